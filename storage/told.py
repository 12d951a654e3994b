"""What is recorded about telling people of one unit's duties: reminders with their messages, and what held them back on a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, literal, or_, select

from storage.scope import Scope
from storage.tables import DUTY, JOURNAL, MESSAGE, PERSON, REMINDER, RUN, SPAN
from storage.tables_telling import ANSWER, PAUSE, SILENCE
from storage.units import on
from storage.within import duty_within, within


class DutyLine(NamedTuple):
    """What a ladder needs to know of a duty. Days are ordinals."""

    duty_id: int
    epoch: int
    made_on: int
    due_day: int | None
    internal_day: int | None


class ToldLine(NamedTuple):
    """One reminder: when the run was that made it, and the message it lies in. Days are ordinals, instants UTC seconds."""

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


class LastLine(NamedTuple):
    """The last recorded act on a duty up to an instant."""

    duty_id: int
    recorded_at: int
    act: str
    to_state: str | None


class Hold(NamedTuple):
    """What held back reminders about a duty (None: about everything asked for) until a day: `kind` is silence, promise or pause."""

    kind: str
    duty_id: int | None
    last_day: int | None
    rung_min: int | None
    by: str | None
    reason: str | None


def duties(connection: Connection, duty_ids: Sequence[int], *, scope: Scope, day: int) -> dict[int, DutyLine]:
    columns = (DUTY.c.id, DUTY.c.epoch, DUTY.c.made_on, DUTY.c.due_day, DUTY.c.internal_day)
    asked = select(*columns).where(DUTY.c.id.in_(duty_ids), within(scope, DUTY.c.unit_id, day=day))
    return {line.duty_id: line for line in map(DutyLine._make, connection.execute(asked))}


def told(connection: Connection, duty_ids: Sequence[int], *, scope: Scope, day: int) -> list[ToldLine]:
    """Every reminder about some duties, in the order of the runs that made them."""
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
        )
        .join(RUN, RUN.c.id == REMINDER.c.run_id)
        .outerjoin(PERSON, PERSON.c.id == REMINDER.c.recipient_id)
        .outerjoin(MESSAGE, MESSAGE.c.id == REMINDER.c.message_id)
        .where(REMINDER.c.duty_id.in_(duty_ids), REMINDER.c.state != "carried", duty_within(scope, REMINDER.c.duty_id, day=day))
        .order_by(RUN.c.as_of, REMINDER.c.duty_id, REMINDER.c.rung, REMINDER.c.repeat, REMINDER.c.recipient_id)
    )
    return [ToldLine._make(row) for row in connection.execute(asked)]


def last_acts(
    connection: Connection, unit_id: int, duty_ids: Sequence[int], *, scope: Scope, day: int, instant: int
) -> dict[int, LastLine]:
    """{duty: the last act on it recorded up to an instant}."""
    columns = (JOURNAL.c.duty_id, JOURNAL.c.recorded_at, JOURNAL.c.act, JOURNAL.c.to_state)
    mine = (JOURNAL.c.unit_id == unit_id, JOURNAL.c.duty_id.in_(duty_ids), JOURNAL.c.recorded_at <= instant)
    asked = select(*columns).where(*mine, within(scope, JOURNAL.c.unit_id, day=day)).order_by(JOURNAL.c.id)
    return {row.duty_id: LastLine._make(row) for row in connection.execute(asked)}


def holds(
    connection: Connection, *, scope: Scope, campaign_id: int, path: str, duty_ids: Sequence[int], day: int, instant: int
) -> list[Hold]:
    """What was in force on a day, as recorded by the instant at which it ended."""
    return [
        *_pauses(connection, campaign_id, instant),
        *_silences(connection, scope, campaign_id, path, day, instant),
        *_promises(connection, duty_ids, day, instant),
    ]


def _pauses(connection: Connection, campaign_id: int, instant: int) -> list[Hold]:
    then = (PAUSE.c.from_at <= instant, or_(PAUSE.c.to_at.is_(None), PAUSE.c.to_at > instant))
    asked = (
        select(PERSON.c.name, PAUSE.c.reason)
        .outerjoin_from(PAUSE, PERSON, PERSON.c.id == PAUSE.c.by_person)
        .where(PAUSE.c.campaign_id == campaign_id, *then)
    )
    return [Hold("pause", None, None, None, by, reason) for by, reason in connection.execute(asked)]


def _silences(connection: Connection, scope: Scope, campaign_id: int, path: str, day: int, instant: int) -> list[Hold]:
    """Those of a unit in scope at or above the path, and those of no unit; a silence of one person says nothing about a unit."""
    above = and_(SPAN.c.unit_id == SILENCE.c.unit_id, on(day))
    covers = or_(SILENCE.c.unit_id.is_(None), literal(path).like(SPAN.c.path + "%"))
    concerns = or_(SILENCE.c.campaign_id.is_(None), SILENCE.c.campaign_id == campaign_id)
    then = (SILENCE.c.first_day <= day, SILENCE.c.last_day >= day, SILENCE.c.recorded_at <= instant)
    lasts = or_(SILENCE.c.ended_at.is_(None), SILENCE.c.ended_at > instant)
    asked = (
        select(SILENCE.c.last_day, SILENCE.c.rung_min, PERSON.c.name, SILENCE.c.reason)
        .outerjoin_from(SILENCE, SPAN, above)
        .outerjoin(PERSON, PERSON.c.id == SILENCE.c.by_person)
        .where(covers, concerns, lasts, *then, SILENCE.c.person_id.is_(None))
        .order_by(SILENCE.c.id)
    )
    return [Hold("silence", None, last, rung, by, reason) for last, rung, by, reason in connection.execute(asked)]


def _promises(connection: Connection, duty_ids: Sequence[int], day: int, instant: int) -> list[Hold]:
    asked = (
        select(ANSWER.c.duty_id, ANSWER.c.until_day, PERSON.c.name, ANSWER.c.note)
        .join(PERSON, PERSON.c.id == ANSWER.c.person_id)
        .where(ANSWER.c.kind == "promise", ANSWER.c.duty_id.in_(duty_ids), ANSWER.c.until_day >= day, ANSWER.c.at <= instant)
        .order_by(ANSWER.c.id)
    )
    return [Hold("promise", duty, until, None, by, note) for duty, until, by, note in connection.execute(asked)]
