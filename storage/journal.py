"""The journal as it is read: what happened to a unit, in order."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, insert, literal, null, or_, select

from storage.enrol import or_null
from storage.regroup import Noted
from storage.scope import Scope
from storage.tables import CASE, DELIVERY, DUTY, JOURNAL, MESSAGE, PERSON, REMINDER, SPAN, TASK
from storage.units import on


class JournalLine(NamedTuple):
    """One line: days are ordinals, `recorded_at` UTC seconds."""

    id: int
    recorded_at: int
    effective_on: int
    act: str
    task_key: str | None
    occurrence: str | None
    from_state: str | None
    to_state: str | None
    due_day_from: int | None
    due_day: int | None
    on_time: bool | None
    by: str | None
    via: str | None
    reason: str | None


class ReminderLine(NamedTuple):
    """One reminder about a unit's duties, and what came of it."""

    duty_id: int
    task_key: str
    occurrence: str
    rung: str
    slot_day: int
    state: str
    recipient: str | None
    message_id: int | None
    message_state: str | None
    sent_at: int | None
    tries: int


def of_unit(connection: Connection, *, scope: Scope, unit_id: int, day: int, campaign_id: int) -> list[JournalLine]:
    """Everything recorded about a unit, in one campaign and apart from campaigns, and about the campaign as a whole; oldest first."""
    mine = and_(
        JOURNAL.c.unit_id == unit_id,
        or_(JOURNAL.c.campaign_id == campaign_id, JOURNAL.c.campaign_id.is_(None)),
        scope.on(SPAN.c.path),
    )
    for_all = and_(JOURNAL.c.unit_id.is_(None), JOURNAL.c.campaign_id == campaign_id)
    asked = (
        select(
            JOURNAL.c.id,
            JOURNAL.c.recorded_at,
            JOURNAL.c.effective_on,
            JOURNAL.c.act,
            TASK.c.key,
            DUTY.c.occurrence,
            JOURNAL.c.from_state,
            JOURNAL.c.to_state,
            JOURNAL.c.due_day_from,
            JOURNAL.c.due_day,
            JOURNAL.c.on_time,
            PERSON.c.name,
            JOURNAL.c.via,
            JOURNAL.c.reason,
        )
        .outerjoin(SPAN, and_(SPAN.c.unit_id == JOURNAL.c.unit_id, on(day)))
        .outerjoin(TASK, TASK.c.id == JOURNAL.c.task_id)
        .outerjoin(DUTY, DUTY.c.id == JOURNAL.c.duty_id)
        .outerjoin(PERSON, PERSON.c.id == JOURNAL.c.by_person)
        .where(or_(mine, for_all))
        .order_by(JOURNAL.c.id)
    )
    return [JournalLine._make(row) for row in connection.execute(asked)]


def reminders_of_unit(connection: Connection, *, scope: Scope, unit_id: int, day: int, campaign_id: int) -> list[ReminderLine]:
    """Every reminder about a unit's duties, skipped and held ones too."""
    tries = select(func.count()).where(DELIVERY.c.message_id == REMINDER.c.message_id).correlate(REMINDER).scalar_subquery()
    mine = select(CASE.c.id).where(CASE.c.unit_id == unit_id, CASE.c.campaign_id == campaign_id)
    asked = (
        select(
            REMINDER.c.duty_id,
            TASK.c.key,
            DUTY.c.occurrence,
            REMINDER.c.rung,
            REMINDER.c.slot_day,
            REMINDER.c.state,
            PERSON.c.name,
            REMINDER.c.message_id,
            MESSAGE.c.state,
            MESSAGE.c.sent_at,
            tries,
        )
        .join(DUTY, DUTY.c.id == REMINDER.c.duty_id)
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, on(day)))
        .outerjoin(PERSON, PERSON.c.id == REMINDER.c.recipient_id)
        .outerjoin(MESSAGE, MESSAGE.c.id == REMINDER.c.message_id)
        .where(DUTY.c.case_id.in_(mine), scope.on(SPAN.c.path))
        .where(REMINDER.c.state != "carried")  # the same reminder once more, as the key of a later last day
        .order_by(REMINDER.c.slot_day, REMINDER.c.duty_id, REMINDER.c.rung)
    )
    return [ReminderLine._make(row) for row in connection.execute(asked)]


def counts_by_act(connection: Connection, campaign_id: int, *, scope: Scope) -> dict[str, int]:
    """{act: lines} of one campaign, about units that then lay in scope."""
    seen = (JOURNAL.c.campaign_id == campaign_id, scope.on(JOURNAL.c.unit_path))
    asked = select(JOURNAL.c.act, func.count()).where(*seen).group_by(JOURNAL.c.act)
    return {str(act): int(n) for act, n in connection.execute(asked)}


def lines(connection: Connection, campaign_id: int, *, scope: Scope) -> list[dict[str, Any]]:
    """Every line of a campaign as plain values, oldest first: for proof and for tests that count for themselves."""
    asked = select(JOURNAL).where(JOURNAL.c.campaign_id == campaign_id, scope.on(JOURNAL.c.unit_path)).order_by(JOURNAL.c.id)
    return [dict(row) for row in connection.execute(asked).mappings()]


def note_event(
    connection: Connection,
    act: str,
    noted: Noted,
    *,
    campaign_id: int | None = None,
    unit_id: int | None = None,
    data: str | None = None,
) -> None:
    """One line about a campaign as a whole, a unit, or the database itself: of no case and no duty."""
    path = select(SPAN.c.path).where(SPAN.c.unit_id == unit_id, on(noted.day)).limit(1).scalar_subquery()
    values: dict[str, ColumnElement[Any]] = {
        **noted.values(),
        "act": literal(act),
        "campaign_id": or_null(campaign_id),
        "unit_id": or_null(unit_id),
        "unit_path": path if unit_id is not None else null(),
        "data": or_null(data),
    }
    connection.execute(insert(JOURNAL).values(values))
