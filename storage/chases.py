"""First chases that wait for a clerk's look: what each would say, and their release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, false, select, true, update

from storage.clocks import is_due, same_line
from storage.scope import Scope
from storage.tables import DUTY, MESSAGE, PERSON, REMINDER, SPAN, TASK, UNIT
from storage.units import on
from workflow.model import duty_key


class ChaseLine(NamedTuple):
    """One duty in a message that waits for a look, as it stands now. `due_day` is an ordinal, `leaves_at` UTC seconds."""

    message_id: int
    leaves_at: int
    recipient: str
    role: str | None
    campaign_id: int
    unit: str
    unit_code: str
    path: str
    task_key: str
    occurrence: str
    due_day: int | None
    rung: str

    @property
    def key(self) -> str:
        return duty_key(self.task_key, self.occurrence)


def waiting(connection: Connection, *, scope: Scope, day: int) -> list[ChaseLine]:
    """What would go out, by message and in the order of the tree: only what there is still reason for."""
    asked = (
        select(
            MESSAGE.c.id,
            MESSAGE.c.not_before,
            PERSON.c.name,
            REMINDER.c.role,
            DUTY.c.campaign_id,
            SPAN.c.name,
            UNIT.c.code,
            SPAN.c.path,
            TASK.c.key,
            DUTY.c.occurrence,
            DUTY.c.due_day,
            REMINDER.c.rung,
        )
        .select_from(MESSAGE)
        .join(REMINDER, and_(REMINDER.c.message_id == MESSAGE.c.id, REMINDER.c.state == "folded"))
        .join(PERSON, PERSON.c.id == REMINDER.c.recipient_id)
        .join(DUTY, same_line())
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(UNIT, UNIT.c.id == DUTY.c.unit_id)
        .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, on(day)))
        .where(_looked_at(), is_due(), scope.on(SPAN.c.path))
        .order_by(MESSAGE.c.not_before, MESSAGE.c.id, SPAN.c.path, TASK.c.ord, DUTY.c.occurrence)
    )
    return [ChaseLine._make(row) for row in connection.execute(asked)]


def release(connection: Connection, ids: Sequence[int], *, at: int) -> list[int]:
    """These messages may leave from an instant on; those that have left or were cancelled meanwhile are passed over."""
    earlier = case((MESSAGE.c.not_before > at, at), else_=MESSAGE.c.not_before)
    mine = and_(MESSAGE.c.id.in_(ids), _looked_at())
    freed = update(MESSAGE).where(mine).values(preview=false(), not_before=earlier).returning(MESSAGE.c.id)
    return sorted(connection.execute(freed).scalars()) if ids else []


def _looked_at() -> ColumnElement[bool]:
    return and_(MESSAGE.c.state == "pending", MESSAGE.c.preview == true(), MESSAGE.c.attempts == 0)
