"""The outbox: which messages wait, what each says now, and what came of every try."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Text, and_, case, cast, func, insert, or_, select, update

from storage.scope import Scope
from storage.tables import (
    CAMPAIGN,
    DELIVERY,
    DUTY,
    MESSAGE,
    PERSON,
    POST,
    REMINDER,
    RUN,
    SPAN,
    TASK,
    UNIT,
)
from storage.units import on, post_on
from workflow.model import CLOCK_RUNS

RUNS_ON = tuple(str(s) for s in CLOCK_RUNS)
BAD_TEMPLATE = "模板有误"
"""How the reason of a message begins that no template could say."""


class Claimed(NamedTuple):
    """A message taken for sending, with its fence: only who holds the fence may record the result."""

    id: int
    idem_key: str
    recipient_id: int
    recipient: str
    channel: str
    address: str | None
    attempts: int
    fence: int
    rung: int


class ItemLine(NamedTuple):
    """One reminder of a message whose duty is still open. Days are ordinals."""

    message_id: int
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
    rung: str
    role: str | None
    acting_for: int | None


def waiting(connection: Connection, *, now: int, channels: Sequence[str], limit: int) -> list[int]:
    """Messages that may leave now, oldest window and highest rung first. A claim whose lease has run out is not among them."""
    asked = (
        select(MESSAGE.c.id)
        .where(MESSAGE.c.state == "pending", MESSAGE.c.not_before <= now, MESSAGE.c.channel.in_(channels))
        .order_by(MESSAGE.c.not_before, MESSAGE.c.rung.desc(), MESSAGE.c.id)
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        asked = asked.with_for_update(skip_locked=True)
    return [int(value) for value in connection.execute(asked).scalars()]


def claim(connection: Connection, ids: Sequence[int], *, owner: str, lease_until: int, started: int) -> list[Claimed]:
    """Take messages, and write the try before the wire is touched."""
    if not ids:
        return []
    connection.execute(
        update(MESSAGE)
        .where(MESSAGE.c.id.in_(ids), MESSAGE.c.state == "pending")
        .values(
            state="claimed",
            attempts=MESSAGE.c.attempts + 1,
            fence=MESSAGE.c.fence + 1,
            lease_until=lease_until,
            lease_owner=owner,
        )
    )
    asked = (
        select(
            MESSAGE.c.id,
            MESSAGE.c.idem_key,
            MESSAGE.c.recipient_id,
            PERSON.c.name,
            MESSAGE.c.channel,
            MESSAGE.c.address,
            MESSAGE.c.attempts,
            MESSAGE.c.fence,
            MESSAGE.c.rung,
        )
        .join(PERSON, PERSON.c.id == MESSAGE.c.recipient_id)
        .where(MESSAGE.c.id.in_(ids), MESSAGE.c.state == "claimed", MESSAGE.c.lease_owner == owner)
        .order_by(MESSAGE.c.not_before, MESSAGE.c.rung.desc(), MESSAGE.c.id)
    )
    taken = [Claimed._make(row) for row in connection.execute(asked)]
    if taken:
        _drop_done(connection, [m.id for m in taken if m.attempts == 1])
        tries = [{"message_id": m.id, "n": m.attempts, "started_at": started} for m in taken]
        connection.execute(insert(DELIVERY), tries)
    return taken


def renew(connection: Connection, messages: Sequence[Claimed], *, lease_until: int) -> set[int]:
    """Hold what is not sent yet for longer; returns the ids of those that nobody has taken over since."""
    kept = set()
    for message in messages:
        mine = and_(MESSAGE.c.id == message.id, MESSAGE.c.fence == message.fence, MESSAGE.c.state == "claimed")
        if connection.execute(update(MESSAGE).where(mine).values(lease_until=lease_until)).rowcount == 1:
            kept.add(message.id)
    return kept


def reoffer(connection: Connection, *, template: str) -> int:
    """Messages that an earlier wording could not say are offered to this one."""
    other = or_(MESSAGE.c.template.is_(None), MESSAGE.c.template != template)
    held = and_(MESSAGE.c.state == "held", MESSAGE.c.why.startswith(BAD_TEMPLATE), other)
    return connection.execute(update(MESSAGE).where(held).values(state="pending", why=None)).rowcount


def cancel_empty(connection: Connection, *, now: int) -> int:
    """Messages about nothing that is still open are cancelled before they are claimed; their reminders say so."""
    alive = (
        select(REMINDER.c.duty_id)
        .join(DUTY, and_(DUTY.c.id == REMINDER.c.duty_id, DUTY.c.epoch == REMINDER.c.epoch))
        .where(REMINDER.c.message_id == MESSAGE.c.id, DUTY.c.state.in_(RUNS_ON))
    )
    empty = and_(MESSAGE.c.state == "pending", MESSAGE.c.not_before <= now, MESSAGE.c.attempts == 0, ~alive.exists())
    cancelled = update(MESSAGE).where(empty).values(_cancelled("done")).returning(MESSAGE.c.id)
    ids = list(connection.execute(cancelled).scalars())
    _drop_done(connection, ids)
    return len(ids)


def _cancelled(why: str) -> dict[str, Any]:
    """A message that was never tried gives its window free: what comes up later that day may still be said in it."""
    key = MESSAGE.c.idem_key + "-" + cast(MESSAGE.c.id, Text)
    return {"state": "cancelled", "why": why, "seq": MESSAGE.c.id, "idem_key": key}


def _drop_done(connection: Connection, ids: Sequence[int]) -> None:
    """Reminders of messages that are not said after all: their duty is done, or has another line now."""
    same = DUTY.c.id == REMINDER.c.duty_id
    alive = select(DUTY.c.id).where(same, DUTY.c.epoch == REMINDER.c.epoch, DUTY.c.state.in_(RUNS_ON)).exists()
    moved = select(DUTY.c.id).where(same, DUTY.c.epoch > REMINDER.c.epoch).exists()
    mine = and_(REMINDER.c.message_id.in_(ids), REMINDER.c.state == "folded", ~alive)
    if ids:
        state = case((moved, "cancelled:moved"), else_="cancelled:done")
        connection.execute(update(REMINDER).where(mine).values(state=state))


def lines(connection: Connection, ids: Sequence[int], *, day: int) -> list[ItemLine]:
    """What messages are about, as it is now: only duties that are still open, in the epoch they were told about."""
    if not ids:
        return []
    asked = (
        select(
            REMINDER.c.message_id,
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
            REMINDER.c.rung,
            REMINDER.c.role,
            REMINDER.c.acting_for,
        )
        .select_from(REMINDER)
        .join(DUTY, and_(DUTY.c.id == REMINDER.c.duty_id, DUTY.c.epoch == REMINDER.c.epoch))
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == DUTY.c.campaign_id)
        .join(UNIT, UNIT.c.id == DUTY.c.unit_id)
        .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, on(day)))
        .where(REMINDER.c.message_id.in_(ids), DUTY.c.state.in_(RUNS_ON))
        .order_by(REMINDER.c.message_id, SPAN.c.path, TASK.c.ord, DUTY.c.occurrence)
    )
    return [ItemLine._make(row) for row in connection.execute(asked)]


def own_units(connection: Connection, person_ids: Iterable[int], *, day: int) -> dict[int, set[int]]:
    """{person: units he holds a post in}: what he owes himself stands apart from what he chases."""
    found: dict[int, set[int]] = {}
    asked = select(POST.c.person_id, POST.c.unit_id).where(post_on(day), POST.c.person_id.in_(set(person_ids)))
    for person_id, unit_id in connection.execute(asked):
        found.setdefault(person_id, set()).add(unit_id)
    return found


def finish(
    connection: Connection,
    message: Claimed,
    *,
    outcome: str,
    state: str,
    at: int,
    not_before: int | None = None,
    why: str | None = None,
    code: str | None = None,
    template: str | None = None,
    subject: str | None = None,
    body: str | None = None,
) -> bool:
    """Record the result of a try; False if somebody else has taken the message over since (then only the try is completed)."""
    values: dict[str, Any] = {"state": state, "why": why, "lease_until": None, "lease_owner": None}
    if not_before is not None:
        values["not_before"] = not_before
    if template is not None:
        values["template"] = template
    if state == "sent":
        values |= {"sent_at": at, "subject": subject, "body": body}
    mine = and_(MESSAGE.c.id == message.id, MESSAGE.c.fence == message.fence, MESSAGE.c.state == "claimed")
    kept = connection.execute(update(MESSAGE).where(mine).values(values)).rowcount == 1
    connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.message_id == message.id, DELIVERY.c.n == message.attempts)
        .values(finished_at=at, outcome=outcome, code=code, text=why)
    )
    return kept


def expire_leases(connection: Connection, *, real_now: int) -> int:
    """Claims whose holder is gone are offered again: what came of them is unknown, and the same key goes out with the next try."""
    lost = and_(MESSAGE.c.state == "claimed", MESSAGE.c.lease_until < real_now)
    # One statement: whoever waited here for another deliverer finds the lease renewed, and leaves the message alone.
    again = update(MESSAGE).where(lost).values(state="pending", why="lease-expired", lease_owner=None)
    ids = list(connection.execute(again.returning(MESSAGE.c.id)).scalars())
    if ids:
        connection.execute(
            update(DELIVERY).where(DELIVERY.c.message_id.in_(ids), DELIVERY.c.finished_at.is_(None)).values(outcome="unknown")
        )
    return len(ids)


def waiting_count(connection: Connection) -> int:
    asked = select(func.count()).select_from(MESSAGE).where(MESSAGE.c.state.in_(("pending", "claimed", "held")))
    return int(connection.execute(asked).scalar_one())


def anything_to_send(connection: Connection, *, now: int, real_now: int) -> bool:
    """A look that takes no lock."""
    ready = or_(
        and_(MESSAGE.c.state == "pending", MESSAGE.c.not_before <= now),
        and_(MESSAGE.c.state == "claimed", MESSAGE.c.lease_until < real_now),
        and_(MESSAGE.c.state == "held", MESSAGE.c.why.startswith(BAD_TEMPLATE)),
    )
    return connection.execute(select(MESSAGE.c.id).where(ready).limit(1)).first() is not None


def run_state(connection: Connection, run_id: int) -> str | None:
    """The state of a run, ours to change until the end of the transaction: two people cannot decide about it at once."""
    value = connection.execute(select(RUN.c.state).where(RUN.c.id == run_id).with_for_update()).scalar()
    return str(value) if value is not None else None


def release(connection: Connection, run_id: int) -> int:
    """The held messages of a run may leave; those held for another reason stay."""
    held = and_(MESSAGE.c.run_id == run_id, MESSAGE.c.state == "held", MESSAGE.c.why.is_(None))
    count = connection.execute(update(MESSAGE).where(held).values(state="pending")).rowcount
    connection.execute(update(RUN).where(RUN.c.id == run_id).values(state="done", held=RUN.c.held - count))
    return count


def reject(connection: Connection, run_id: int) -> int:
    """The held messages of a run will not leave; their reminders are kept as skipped."""
    held = and_(MESSAGE.c.run_id == run_id, MESSAGE.c.state == "held", MESSAGE.c.why.is_(None))
    cancelled = update(MESSAGE).where(held).values(_cancelled("rejected")).returning(MESSAGE.c.id)
    ids = list(connection.execute(cancelled).scalars())
    if ids:
        connection.execute(update(REMINDER).where(REMINDER.c.message_id.in_(ids)).values(state="skipped:rejected"))
    connection.execute(update(RUN).where(RUN.c.id == run_id).values(state="rejected"))
    return len(ids)


def counts_by_state(connection: Connection) -> dict[str, int]:
    """{state: messages}; those held because nobody can be reached are counted as `no-address`."""
    state = case((MESSAGE.c.why == "no-address", "no-address"), else_=MESSAGE.c.state).label("state")
    return {str(name): int(n) for name, n in connection.execute(select(state, func.count()).group_by(state))}


def held_runs(connection: Connection) -> list[tuple[int, int]]:
    """(run, messages) of the runs that wait for a person's consent."""
    return [
        (int(run), int(n))
        for run, n in connection.execute(
            select(RUN.c.id, RUN.c.messages).where(RUN.c.state == "needs_confirm").order_by(RUN.c.id)
        )
    ]


def open_reasons(connection: Connection) -> list[tuple[str, int]]:
    """Why reminders about duties that are still open reached nobody: vacancies and unpublished calendars."""
    words = {"undeliverable:vacant": "没有可以提醒的人", "blocked:calendar": "该年放假安排未公布，暂缓"}
    asked = (
        select(REMINDER.c.state, func.count())
        .join(DUTY, and_(DUTY.c.id == REMINDER.c.duty_id, DUTY.c.epoch == REMINDER.c.epoch))
        .where(REMINDER.c.state.in_(words), DUTY.c.state.in_(RUNS_ON))
        .group_by(REMINDER.c.state)
    )
    return [(words[state], int(n)) for state, n in connection.execute(asked)]


def names_for_plan(
    connection: Connection, duty_ids: Sequence[int], *, scope: Scope, day: int
) -> dict[int, tuple[str, str, int | None]]:
    """{duty: (unit, key, last day)} for the lines of a plan."""
    found: dict[int, tuple[str, str, int | None]] = {}
    for start in range(0, len(duty_ids), 500):
        asked = (
            select(DUTY.c.id, SPAN.c.name, TASK.c.key, DUTY.c.occurrence, DUTY.c.due_day)
            .join(TASK, TASK.c.id == DUTY.c.task_id)
            .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, on(day)))
            .where(DUTY.c.id.in_(duty_ids[start : start + 500]), scope.on(SPAN.c.path))
        )
        for id_, unit, key, occurrence, due in connection.execute(asked):
            found[id_] = (unit, f"{key}@{occurrence}" if occurrence else key, due)
    return found


def person_names(connection: Connection, ids: set[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        asked = select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(wanted[start : start + 500]))
        found |= {id_: name for id_, name in connection.execute(asked)}
    return found
