"""What one run made, and one message with its tries: as they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true

from storage.scope import EVERYTHING, Scope
from storage.tables import DELIVERY, DUTY, MESSAGE, PERSON, REMINDER, SPAN, TASK, UNIT
from storage.units import on
from storage.within import duty_within


class MessageLine(NamedTuple):
    """One message, whether it has left or not. Instants are UTC seconds, `window_day` an ordinal."""

    id: int
    run_id: int
    state: str
    why: str | None
    recipient_id: int
    recipient: str
    channel: str
    window_day: int
    not_before: int
    sent_at: int | None
    subject: str | None
    body: str | None


class About(NamedTuple):
    """One thing a message is about, or was. `due_day` is an ordinal."""

    message_id: int
    unit: str
    unit_code: str
    task_key: str
    occurrence: str
    campaign_id: int
    due_day: int | None
    rung: str
    role: str | None
    state: str


class Tried(NamedTuple):
    """One physical try."""

    n: int
    started_at: int
    outcome: str | None
    code: str | None
    text: str | None


def of_run(
    connection: Connection, run_id: int, why: str | None, *, scope: Scope, day: int, limit: int, after: int = 0
) -> list[MessageLine]:
    """The messages that a run made, from the one `after` another; if it waits because of `why`, also those held for the same reason."""
    return _messages(connection, and_(_of_run(run_id, why), MESSAGE.c.id > after), scope=scope, day=day, limit=limit)


def count_of_run(connection: Connection, run_id: int, why: str | None) -> int:
    """How many messages those are."""
    return int(connection.execute(select(func.count()).select_from(MESSAGE).where(_of_run(run_id, why))).scalar_one())


def message(connection: Connection, id_: int, *, scope: Scope, day: int) -> MessageLine | None:
    """One message about some unit in the scope."""
    found = _messages(connection, MESSAGE.c.id == id_, scope=scope, day=day, limit=1)
    return found[0] if found else None


def about(connection: Connection, ids: Sequence[int], *, scope: Scope, day: int) -> list[About]:
    """What messages are about, in the order of the tree, also what has been done since."""
    asked = (
        select(
            REMINDER.c.message_id,
            SPAN.c.name,
            UNIT.c.code,
            TASK.c.key,
            DUTY.c.occurrence,
            DUTY.c.campaign_id,
            DUTY.c.due_day,
            REMINDER.c.rung,
            REMINDER.c.role,
            DUTY.c.state,
        )
        .select_from(REMINDER)
        .join(DUTY, DUTY.c.id == REMINDER.c.duty_id)
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(UNIT, UNIT.c.id == DUTY.c.unit_id)
        .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, on(day)))
        .where(REMINDER.c.message_id.in_(ids), scope.on(SPAN.c.path))
        .order_by(REMINDER.c.message_id, SPAN.c.path, TASK.c.ord, DUTY.c.occurrence)
    )
    return [About._make(row) for row in connection.execute(asked)]


def tries(connection: Connection, id_: int, *, scope: Scope, day: int) -> list[Tried]:
    """Every try to send one message about some unit in the scope."""
    columns = (DELIVERY.c.n, DELIVERY.c.started_at, DELIVERY.c.outcome, DELIVERY.c.code, DELIVERY.c.text)
    asked = select(*columns).join(MESSAGE, MESSAGE.c.id == DELIVERY.c.message_id)
    mine = (DELIVERY.c.message_id == id_, _seen(scope, day))
    return [Tried._make(row) for row in connection.execute(asked.where(*mine).order_by(DELIVERY.c.n))]


def _messages(connection: Connection, which: ColumnElement[bool], *, scope: Scope, day: int, limit: int) -> list[MessageLine]:
    asked = (
        select(
            MESSAGE.c.id,
            MESSAGE.c.run_id,
            MESSAGE.c.state,
            MESSAGE.c.why,
            MESSAGE.c.recipient_id,
            PERSON.c.name,
            MESSAGE.c.channel,
            MESSAGE.c.window_day,
            MESSAGE.c.not_before,
            MESSAGE.c.sent_at,
            MESSAGE.c.subject,
            MESSAGE.c.body,
        )
        .join(PERSON, PERSON.c.id == MESSAGE.c.recipient_id)
        .where(which, _seen(scope, day))
        .order_by(MESSAGE.c.id)
        .limit(limit)
    )
    return [MessageLine._make(row) for row in connection.execute(asked)]


def _of_run(run_id: int, why: str | None) -> ColumnElement[bool]:
    own = MESSAGE.c.run_id == run_id
    return or_(own, and_(MESSAGE.c.state == "held", MESSAGE.c.why == why)) if why is not None else own


def _seen(scope: Scope, day: int) -> ColumnElement[bool]:
    """It is about some unit in the scope; who may see everything also sees what is about nothing any more."""
    if scope == EVERYTHING:
        return true()
    mine = and_(REMINDER.c.message_id == MESSAGE.c.id, duty_within(scope, REMINDER.c.duty_id, day=day))
    return select(REMINDER.c.duty_id).where(mine).exists()
