"""What is recorded about telling people of one unit's duties: reminders with their messages, and the last act on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, false, func, select

from storage.scope import Scope
from storage.tables import DUTY, JOURNAL, MESSAGE, PERSON, POST, REMINDER, RUN
from storage.within import duty_within, within


class DutyLine(NamedTuple):
    """What a ladder needs to know of a duty. Days are ordinals."""

    duty_id: int
    epoch: int
    made_on: int
    due_day: int | None
    internal_day: int | None
    review_day: int | None


class ToldLine(NamedTuple):
    """One reminder: when the run was that made it, and the message it lies in. Days are ordinals, instants UTC seconds.

    `instead` is true where somebody stands in for an empty post, `stands_for` names whose delegate he is. `preview`: the message is a
    first chase somebody may look at; `run` made it, and `run_state` and `run_why` say whether that run waits for consent.
    """

    duty_id: int
    epoch: int
    rung: str
    repeat: int
    slot_day: int
    state: str
    recipient: str | None
    role: str | None
    run_at: int
    channel: str | None
    message_state: str | None
    not_before: int | None
    sent_at: int | None
    why: str | None
    recipient_id: int = 0
    instead: bool = False
    stands_for: str | None = None
    preview: bool = False
    run: int | None = None
    run_state: str | None = None
    run_why: str | None = None


class LastLine(NamedTuple):
    """The last recorded act on a duty up to an instant."""

    duty_id: int
    recorded_at: int
    act: str
    to_state: str | None
    reason: str | None = None


def duties(connection: Connection, duty_ids: Sequence[int], *, scope: Scope, day: int) -> dict[int, DutyLine]:
    columns = (DUTY.c.id, DUTY.c.epoch, DUTY.c.made_on, DUTY.c.due_day, DUTY.c.internal_day, DUTY.c.review_day)
    asked = select(*columns).where(DUTY.c.id.in_(duty_ids), within(scope, DUTY.c.unit_id, day=day))
    return {line.duty_id: line for line in map(DutyLine._make, connection.execute(asked))}


def told(connection: Connection, duty_ids: Sequence[int], *, scope: Scope, day: int) -> list[ToldLine]:
    """Every reminder about some duties, in the order of the runs that made them."""
    made, principal = RUN.alias("made"), PERSON.alias("principal")
    asked = (
        select(
            REMINDER.c.duty_id,
            REMINDER.c.epoch,
            REMINDER.c.rung,
            REMINDER.c.repeat,
            REMINDER.c.slot_day,
            REMINDER.c.state,
            PERSON.c.name,
            REMINDER.c.role,
            RUN.c.as_of,
            MESSAGE.c.channel,
            MESSAGE.c.state,
            MESSAGE.c.not_before,
            MESSAGE.c.sent_at,
            MESSAGE.c.why,
            REMINDER.c.recipient_id,
            REMINDER.c.acting_for.is_not(None),
            principal.c.name,
            func.coalesce(MESSAGE.c.preview, false()),
            MESSAGE.c.run_id,
            made.c.state,
            made.c.why,
        )
        .join(RUN, RUN.c.id == REMINDER.c.run_id)
        .outerjoin(PERSON, PERSON.c.id == REMINDER.c.recipient_id)
        .outerjoin(MESSAGE, MESSAGE.c.id == REMINDER.c.message_id)
        .outerjoin(made, made.c.id == MESSAGE.c.run_id)
        .outerjoin(POST, POST.c.id == REMINDER.c.post_id)
        .outerjoin(principal, principal.c.id == POST.c.stands_for)
        .where(REMINDER.c.duty_id.in_(duty_ids), REMINDER.c.state != "carried", duty_within(scope, REMINDER.c.duty_id, day=day))
        .order_by(RUN.c.as_of, REMINDER.c.duty_id, REMINDER.c.rung, REMINDER.c.repeat, REMINDER.c.recipient_id)
    )
    return [ToldLine._make(row) for row in connection.execute(asked)]


def last_acts(
    connection: Connection, unit_id: int, duty_ids: Sequence[int], *, scope: Scope, day: int, instant: int
) -> dict[int, LastLine]:
    """{duty: the last act on it recorded up to an instant}."""
    columns = (JOURNAL.c.duty_id, JOURNAL.c.recorded_at, JOURNAL.c.act, JOURNAL.c.to_state, JOURNAL.c.reason)
    mine = (JOURNAL.c.unit_id == unit_id, JOURNAL.c.duty_id.in_(duty_ids), JOURNAL.c.recorded_at <= instant)
    asked = select(*columns).where(*mine, within(scope, JOURNAL.c.unit_id, day=day)).order_by(JOURNAL.c.id)
    return {row.duty_id: LastLine._make(row) for row in connection.execute(asked)}
