"""Messages as they are looked at: what each is about now, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, exists, func, select

from storage.clocks import is_due, same_line
from storage.scope import EVERYTHING, Scope
from storage.some import some
from storage.tables import CAMPAIGN, DELIVERY, DUTY, JOURNAL, MESSAGE, PERSON, POST, REMINDER, SPAN, TASK, UNIT
from storage.tables_telling import ANSWER
from storage.units import on, post_on
from storage.within import duty_within
from workflow.model import duty_key


class ItemLine(NamedTuple):
    """One reminder of a message that there is still reason for. Days are ordinals; `offers` counts earlier messages with it."""

    message_id: int
    recipient_id: int
    duty_id: int
    campaign_id: int
    campaign: str
    unit_id: int
    unit: str
    unit_code: str
    unit_kind: str
    task_key: str
    occurrence: str
    state: str
    due_day: int | None
    internal_day: int | None
    review_day: int | None
    rung: str
    role: str | None
    acting_for: int | None
    offers: int

    @property
    def key(self) -> str:
        return duty_key(self.task_key, self.occurrence)


OF_DUTY = (
    DUTY.c.id,
    CAMPAIGN.c.id,
    CAMPAIGN.c.name,
    DUTY.c.unit_id,
    SPAN.c.name,
    UNIT.c.code,
    SPAN.c.kind,
    TASK.c.key,
    DUTY.c.occurrence,
    DUTY.c.state,
    DUTY.c.due_day,
    DUTY.c.internal_day,
    DUTY.c.review_day,
)
"""What an `ItemLine` says of its duty, in its order."""


class Answered(NamedTuple):
    """What somebody answered about a duty: `kind` seen or promise (then `until_day` is the day promised). `at` in UTC seconds."""

    duty_id: int
    person_id: int
    person: str
    kind: str
    until_day: int | None
    at: int


class MessageLine(NamedTuple):
    """One message in a list. `tries` counts physical ones, `items` the reminders in it."""

    id: int
    state: str
    why: str | None
    recipient: str
    channel: str
    window_day: int
    not_before: int
    sent_at: int | None
    tries: int
    items: int


def lines(connection: Connection, ids: Sequence[int], *, day: int) -> list[ItemLine]:
    """What messages are about, as it is now: only duties there is still reason to tell of, in the epoch they were told about."""
    if not ids:
        return []
    asked = (
        select(
            REMINDER.c.message_id,
            REMINDER.c.recipient_id,
            *OF_DUTY,
            REMINDER.c.rung,
            REMINDER.c.role,
            REMINDER.c.acting_for,
            REMINDER.c.offers,
        )
        .select_from(REMINDER)
        .join(DUTY, same_line())
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == DUTY.c.campaign_id)
        .join(UNIT, UNIT.c.id == DUTY.c.unit_id)
        .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, on(day)))
        .where(REMINDER.c.message_id.in_(ids), REMINDER.c.state == "folded", is_due())
        .order_by(REMINDER.c.message_id, SPAN.c.path, TASK.c.ord, DUTY.c.occurrence)
    )
    return [ItemLine._make(row) for row in connection.execute(asked)]


def answers(connection: Connection, ids: Sequence[int]) -> list[Answered]:
    """What has been answered about the duties of messages, oldest first."""
    if not ids:
        return []
    about = and_(ANSWER.c.duty_id == REMINDER.c.duty_id, ANSWER.c.epoch == REMINDER.c.epoch)
    asked = (
        select(ANSWER.c.duty_id, ANSWER.c.person_id, PERSON.c.name, ANSWER.c.kind, ANSWER.c.until_day, ANSWER.c.at)
        .distinct()
        .select_from(REMINDER)
        .join(ANSWER, about)
        .join(PERSON, PERSON.c.id == ANSWER.c.person_id)
        .where(REMINDER.c.message_id.in_(ids), ANSWER.c.kind.in_(("seen", "promise")))
        .order_by(ANSWER.c.at)
    )
    return [Answered._make(row) for row in connection.execute(asked)]


def returned(connection: Connection, duty_ids: Sequence[int]) -> dict[int, str]:
    """{duty: what its reviewer wrote when he last sent it back}. Only of duties that wait to be completed."""
    found: dict[int, str] = {}
    mine = and_(JOURNAL.c.duty_id == DUTY.c.id, JOURNAL.c.unit_id == DUTY.c.unit_id, JOURNAL.c.act == "return")
    asked = select(DUTY.c.id, JOURNAL.c.reason).join(JOURNAL, mine).order_by(JOURNAL.c.id)
    for ids in some(duty_ids):
        lines = connection.execute(asked.where(DUTY.c.id.in_(ids)))
        found |= {int(duty): str(reason) for duty, reason in lines if reason}
    return found


def own_units(connection: Connection, person_ids: Iterable[int], *, day: int) -> dict[int, set[int]]:
    """{person: units he holds a post in}: what he owes himself stands apart from what he chases."""
    found: dict[int, set[int]] = {}
    asked = select(POST.c.person_id, POST.c.unit_id).where(post_on(day), POST.c.person_id.in_(set(person_ids)))
    for person_id, unit_id in connection.execute(asked):
        found.setdefault(person_id, set()).add(unit_id)
    return found


def listed(
    connection: Connection, *, states: Sequence[str], limit: int, scope: Scope, day: int, before: int | None = None
) -> list[MessageLine]:
    """The newest messages (before one of them), of some states if any are given: those about some unit within the scope."""
    about = exists().where(REMINDER.c.message_id == MESSAGE.c.id, duty_within(scope, REMINDER.c.duty_id, day=day))
    tries = select(func.count()).where(DELIVERY.c.message_id == MESSAGE.c.id).correlate(MESSAGE).scalar_subquery()
    items = select(func.count()).where(REMINDER.c.message_id == MESSAGE.c.id).correlate(MESSAGE).scalar_subquery()
    asked = (
        select(
            MESSAGE.c.id,
            MESSAGE.c.state,
            MESSAGE.c.why,
            PERSON.c.name,
            MESSAGE.c.channel,
            MESSAGE.c.window_day,
            MESSAGE.c.not_before,
            MESSAGE.c.sent_at,
            tries,
            items,
        )
        .join(PERSON, PERSON.c.id == MESSAGE.c.recipient_id)
        .where(*([MESSAGE.c.state.in_(states)] if states else []), *([about] if scope != EVERYTHING else []))
        .where(*([MESSAGE.c.id < before] if before is not None else []))
        .order_by(MESSAGE.c.id.desc())
        .limit(limit)
    )
    return [MessageLine._make(row) for row in connection.execute(asked)]


def waiting_by_channel(connection: Connection) -> dict[str, int]:
    """{channel: messages that wait to leave by it}."""
    asked = select(MESSAGE.c.channel, func.count()).where(MESSAGE.c.state.in_(("pending", "claimed")))
    return {str(name): int(n) for name, n in connection.execute(asked.group_by(MESSAGE.c.channel))}


def names_for_plan(
    connection: Connection, duty_ids: Sequence[int], *, scope: Scope, day: int
) -> dict[int, tuple[str, str, int | None]]:
    """{duty: (unit, key, last day)} for the lines of a plan."""
    found: dict[int, tuple[str, str, int | None]] = {}
    for ids in some(duty_ids):
        asked = (
            select(DUTY.c.id, SPAN.c.name, TASK.c.key, DUTY.c.occurrence, DUTY.c.due_day)
            .join(TASK, TASK.c.id == DUTY.c.task_id)
            .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, on(day)))
            .where(DUTY.c.id.in_(ids), scope.on(SPAN.c.path))
        )
        for id_, unit, key, occurrence, due in connection.execute(asked):
            found[id_] = (unit, duty_key(key, occurrence), due)
    return found


def person_names(connection: Connection, ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = sorted(ids)
    for some_ids in some(wanted):
        asked = select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(some_ids))
        found |= {id_: name for id_, name in connection.execute(asked)}
    return found
