"""The last days of what some units still owe, for the calendars of the people who answer for them; and which addresses those have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, select

from storage.claim import keyed_insert
from storage.clocks import RUNNING
from storage.scope import Scope
from storage.tables import CAMPAIGN, DUTY, SPAN, TASK
from storage.tables_portal import CALENDAR_ADDRESS
from storage.units import on

FIRST_NO = 1
"""The number in the address of who never asked for another."""


class OwnLine(NamedTuple):
    """One duty that is open or sent back, and its last day. Days are ordinals."""

    duty_id: int
    campaign_id: int
    unit: str
    task_key: str
    occurrence: str
    state: str
    epoch: int
    due_day: int
    internal_day: int | None


def open_lines(connection: Connection, *, scope: Scope, unit_ids: Sequence[int], day: int) -> list[OwnLine]:
    """What the units owe in running campaigns, soonest first."""
    asked = (
        select(
            DUTY.c.id,
            DUTY.c.campaign_id,
            SPAN.c.name,
            TASK.c.key,
            DUTY.c.occurrence,
            DUTY.c.state,
            DUTY.c.epoch,
            DUTY.c.due_day,
            DUTY.c.internal_day,
        )
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(CAMPAIGN, and_(CAMPAIGN.c.id == DUTY.c.campaign_id, CAMPAIGN.c.state == "running"))
        .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, on(day)))
        .where(DUTY.c.unit_id.in_(unit_ids), DUTY.c.state.in_(RUNNING), DUTY.c.due_day.is_not(None))
        .where(scope.on(SPAN.c.path))
        .order_by(DUTY.c.due_day, DUTY.c.id)
    )
    return [OwnLine._make(row) for row in connection.execute(asked)]


def address_no(connection: Connection, person_id: int) -> int:
    """The number that the address of a person's calendar must hold."""
    found = connection.execute(select(CALENDAR_ADDRESS.c.no).where(CALENDAR_ADDRESS.c.person_id == person_id)).scalar()
    return int(found) if found is not None else FIRST_NO


def renew_address(connection: Connection, person_id: int) -> int:
    """From now on another number; two who ask at once get two."""
    made = keyed_insert(connection, CALENDAR_ADDRESS).values(person_id=person_id, no=FIRST_NO + 1)
    more = made.on_conflict_do_update(index_elements=[CALENDAR_ADDRESS.c.person_id], set_={"no": CALENDAR_ADDRESS.c.no + 1})
    connection.execute(more)
    return address_no(connection, person_id)
