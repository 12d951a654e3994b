"""暂存: what stands in the form of a duty before it is sent, and that no two overwrite each other unseen."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from storage.claim import keyed_insert
from storage.scope import Scope
from storage.tables import DUTY, PERSON
from storage.tables_portal import SAVED_FORM
from storage.within import within


class SavedFormRead(NamedTuple):
    """`data` is JSON text, perhaps incomplete; `at` UTC seconds; `by` the name of who saved it last."""

    duty_id: int
    data: str
    version: int
    by: str
    at: int


def saved_form(connection: Connection, duty_id: int, *, scope: Scope, day: int) -> SavedFormRead | None:
    """The saved form of a duty whose unit is in scope."""
    asked = (
        select(SAVED_FORM.c.duty_id, SAVED_FORM.c.data, SAVED_FORM.c.version, func.coalesce(PERSON.c.name, ""), SAVED_FORM.c.at)
        .join(DUTY, DUTY.c.id == SAVED_FORM.c.duty_id)
        .outerjoin(PERSON, PERSON.c.id == SAVED_FORM.c.by_person)
        .where(SAVED_FORM.c.duty_id == duty_id, within(scope, DUTY.c.unit_id, day=day))
    )
    row = connection.execute(asked).first()
    return SavedFormRead._make(row) if row else None


def save(connection: Connection, duty_id: int, data: str, *, seen: int, by: int, at: int) -> bool:
    """Keep `data` where the version is still the one seen (0: there was none). False: somebody else saved meanwhile."""
    values = {"data": data, "by_person": by, "at": at}
    if seen:
        changed = update(SAVED_FORM).where(SAVED_FORM.c.duty_id == duty_id, SAVED_FORM.c.version == seen)
        return connection.execute(changed.values(version=seen + 1, **values)).rowcount == 1
    made = keyed_insert(connection, SAVED_FORM).values(duty_id=duty_id, version=1, **values)
    return connection.execute(made.on_conflict_do_nothing()).rowcount == 1
