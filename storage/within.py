"""Do rows belong to units that somebody may see?"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select, true

from storage.scope import EVERYTHING, Scope
from storage.tables import DUTY, SPAN
from storage.units import on


def within(scope: Scope, unit_id: ColumnElement[int], *, day: int) -> ColumnElement[bool]:
    """For a column that holds a unit: it lies in the scope on a day. Who may see everything also sees units that are no more."""
    if scope == EVERYTHING:
        return true()
    return exists(select(SPAN.c.unit_id).where(SPAN.c.unit_id == unit_id, on(day), scope.on(SPAN.c.path)))


def duty_within(scope: Scope, duty_id: ColumnElement[int], *, day: int) -> ColumnElement[bool]:
    """For a column that holds a duty: its unit lies in the scope on a day."""
    if scope == EVERYTHING:
        return true()
    return exists(select(DUTY.c.id).where(DUTY.c.id == duty_id, within(scope, DUTY.c.unit_id, day=day)))
