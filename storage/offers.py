"""What was to be said and did not arrive: planned again, for whoever it concerns now.

A reminder that is planned lies in no message; the next fold puts it into one. Here it becomes planned: its message was not worth sending
any more, its person can be reached again, or another person holds the post.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)

from storage import outbox
from storage.claim import claim
from storage.contacts import Reach, chosen
from storage.fold import NO_ADDRESS
from storage.fold_tables import ENDED, FOUND, TAKEN
from storage.holds import are_paused, put_off
from storage.messages import is_due
from storage.recipients import Candidate, Places, delegated_away
from storage.tables import DELIVERY, DUTY, MESSAGE, PERSON, POST, REMINDER
from storage.units import post_on

FOLD_LOCK = 7_361_531
"""The number of the advisory lock under which messages are made on PostgreSQL: by one at a time, who waits for another."""
PLANNED = text("reminder.state = 'planned' AND reminder.recipient_id > 0")
"""Written out: with a parameter in its place SQLite would not use the index of what is planned."""
ENDED_POST = "cancelled:post-ended"
_KEY = tuple(REMINDER.primary_key)
_CHUNK = 500


class RungOf(NamedTuple):
    """A rung of a campaign, as reminders have it."""

    campaign_id: int
    rung: str


class EndedGroup(NamedTuple):
    """Reminders of one rung of one task to people whose post has ended."""

    campaign_id: int
    task_id: int
    rung: str
    repeat: int


def lock(connection: Connection) -> None:
    """Be the one who makes messages. (SQLite's writer is alone anyway.)"""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(FOLD_LOCK)))


def anything(connection: Connection, *, now: int, day: int, order: Sequence[Reach]) -> bool:
    """A look that takes no lock: is there anything to offer anew?"""
    looks: tuple[Select[Any], ...] = (
        select(REMINDER.c.duty_id).where(PLANNED, or_(~_alive(), _foldable(day))),
        select(MESSAGE.c.id).where(_stale(now)),
        _reachable_now(order),
        _ended_in_messages(now, day),
        _ended_planned(day),
    )
    return any(connection.execute(look.limit(1)).first() is not None for look in looks)


# --- what becomes planned


def expire(connection: Connection, *, now: int) -> int:
    """Messages that waited too long are not sent any more; what they were about is said anew, as it is then."""
    dead = update(MESSAGE).where(_stale(now)).values(state="dead", why="expired").returning(MESSAGE.c.id)
    ids = sorted(connection.execute(dead).scalars())
    for part in _parts(ids):
        doubtful = set(
            connection.execute(
                select(DELIVERY.c.message_id).where(DELIVERY.c.message_id.in_(part), DELIVERY.c.outcome == "unknown")
            ).scalars()
        )
        outbox.offer_again(connection, [id_ for id_ in part if id_ not in doubtful], arrived=False)
        outbox.offer_again(connection, sorted(doubtful), arrived=True)
    return len(ids)


def readdress(connection: Connection, *, order: Sequence[Reach]) -> int:
    """Messages held for want of an address, to people who have one now."""
    found = MESSAGE.c.id.in_(_reachable_now(order))
    gone = update(MESSAGE).where(found).values(outbox.cancelled("address-found")).returning(MESSAGE.c.id)
    ids = sorted(connection.execute(gone).scalars())
    for part in _parts(ids):
        outbox.offer_again(connection, part, arrived=False)
    return len(ids)


def drop_dead(connection: Connection) -> int:
    """Planned reminders about duties that are done, or have another line by now."""
    moved = exists().where(DUTY.c.id == REMINDER.c.duty_id, DUTY.c.epoch > REMINDER.c.epoch)
    state = case((moved, "cancelled:moved"), else_="cancelled:done")
    return connection.execute(update(REMINDER).where(PLANNED, ~_alive()).values(state=state)).rowcount


# --- what is planned


def any_planned(connection: Connection) -> bool:
    """Is anything planned at all? One step into its index."""
    return connection.execute(select(REMINDER.c.duty_id).where(PLANNED).limit(1)).first() is not None


def rungs(connection: Connection, *, day: int) -> list[RungOf]:
    """The rungs of what can be folded now."""
    asked = select(_of_duty("campaign_id"), REMINDER.c.rung).where(PLANNED, _foldable(day)).distinct()
    return sorted(RungOf._make(row) for row in connection.execute(asked))


def take(connection: Connection, known: dict[RungOf, tuple[int, bool]], *, day: int) -> int:
    """Everything that can be folded now, with the number of its rung and whether that is urgent. Returns how many."""
    if not known:
        return 0
    said = [(and_(_of_duty("campaign_id") == rung.campaign_id, REMINDER.c.rung == rung.rung), n) for rung, n in known.items()]
    values: dict[str, ColumnElement[Any]] = {
        **{column.name: REMINDER.c[column.name] for column in TAKEN.primary_key},
        "no": case(*((is_, literal(no)) for is_, (no, _) in said), else_=literal(0)),
        "urgent": case(*((is_, literal(int(urgent))) for is_, (_, urgent) in said), else_=literal(0)),
    }
    picked = select(*values.values()).where(PLANNED, _foldable(day))
    return connection.execute(insert(TAKEN).from_select(list(values), picked)).rowcount


# --- other people


def end(connection: Connection, *, now: int, day: int) -> list[EndedGroup]:
    """Reminders that have not left yet, to people who do not hold the post any more, are cancelled: the groups of what they said."""
    for look in (_ended_in_messages(now, day), _ended_planned(day)):
        claim(connection, ENDED, ENDED.c.keys(), look)
    # Whoever takes one of these messages for sending at this moment was quicker.
    untouched = and_(MESSAGE.c.id == ENDED.c.message_id, MESSAGE.c.state == "pending", MESSAGE.c.attempts == 0)
    mine = select(MESSAGE.c.id).where(MESSAGE.c.id.in_(select(ENDED.c.message_id)), MESSAGE.c.state == "pending")
    connection.execute(mine.with_for_update()).all()
    connection.execute(delete(ENDED).where(ENDED.c.message_id.is_not(None), ~exists().where(untouched)))
    theirs = tuple_(*_KEY).in_(select(*(ENDED.c[column.name] for column in _KEY)))
    connection.execute(update(REMINDER).where(theirs).values(state=ENDED_POST, message_id=None))
    columns = [ENDED.c[name] for name in EndedGroup._fields]
    return [EndedGroup(*row) for row in connection.execute(select(*columns).distinct().order_by(*columns))]


def succeed(connection: Connection, places: Places, group: EndedGroup, chain: Sequence[Candidate], *, telling: int) -> None:
    """The same is planned for the people whom one audience of the rung finds now, at the first place of the chain that is held."""
    names = FOUND.c.keys()
    for passed, candidate in enumerate(chain):
        found = places.holders(ENDED, candidate, acting=passed > 0 and not candidate.proper)
        columns = {column.name: column for column in found.selected_columns}
        connection.execute(delete(FOUND))
        picked = found.with_only_columns(*(columns[name] for name in names)).where(*_of(group), ENDED.c.telling < telling)
        if not claim(connection, FOUND, names, picked):
            continue
        _plan(connection, group)
        reached = exists().where(FOUND.c.duty_id == ENDED.c.duty_id, FOUND.c.epoch == ENDED.c.epoch)
        connection.execute(update(ENDED).where(*_of(group), reached).values(telling=telling))


def tidy(connection: Connection) -> None:
    """Where nobody holds the post a line says so; messages about nothing are not sent."""
    values: dict[str, ColumnElement[Any]] = {
        **{column.name: ENDED.c[column.name] for column in _KEY},
        "recipient_id": literal(0),
        "slot_day": ENDED.c.slot_day,
        "run_id": ENDED.c.run_id,
        "state": literal("undeliverable:vacant"),
        "offers": literal(0),
    }
    claim(connection, REMINDER, list(values), select(*values.values()).where(ENDED.c.telling == 0))
    full = exists().where(REMINDER.c.message_id == MESSAGE.c.id, REMINDER.c.state == "folded")
    empty = and_(MESSAGE.c.id.in_(select(ENDED.c.message_id)), MESSAGE.c.state == "pending", ~full)
    connection.execute(update(MESSAGE).where(empty).values(outbox.cancelled("post-ended")))


def _plan(connection: Connection, group: EndedGroup) -> None:
    """Reminders for the people found. Who was told already is not told again; who lost the post and has it again is."""
    lost = and_(REMINDER.c.rung == group.rung, REMINDER.c.repeat == group.repeat, REMINDER.c.state == ENDED_POST)
    theirs = (REMINDER.c.duty_id, REMINDER.c.epoch, REMINDER.c.recipient_id)
    here = and_(*(mine == column for mine, column in zip(theirs, FOUND.primary_key, strict=True)))
    now = {name: select(FOUND.c[name]).where(here).scalar_subquery() for name in ("role", "acting_for", "post_id")}
    back = and_(lost, tuple_(*theirs).in_(select(*FOUND.primary_key)))
    connection.execute(update(REMINDER).where(back).values(state="planned", **now))
    ended = and_(*_of(group), ENDED.c.duty_id == FOUND.c.duty_id, ENDED.c.epoch == FOUND.c.epoch)
    before = {
        name: select(func.max(ENDED.c[name])).where(ended).correlate(FOUND).scalar_subquery() for name in ("slot_day", "run_id")
    }
    values: dict[str, ColumnElement[Any]] = {
        **{name: FOUND.c[name] for name in ("duty_id", "epoch", "role", "acting_for", "post_id")},
        **before,
        "rung": literal(group.rung),
        "repeat": literal(group.repeat),
        "recipient_id": FOUND.c.person_id,
        "state": literal("planned"),
        "offers": literal(0),
    }
    claim(connection, REMINDER, list(values), select(*values.values()))


# --- which


def _of_duty(name: str) -> ColumnElement[Any]:
    """A fact of a reminder's duty. Looked up, not joined: a join might begin at all duties."""
    return select(DUTY.c[name]).where(DUTY.c.id == REMINDER.c.duty_id).correlate(REMINDER).scalar_subquery()


def _alive() -> ColumnElement[bool]:
    """There is still reason for a reminder: as messages ask."""
    return (
        exists().where(DUTY.c.id == REMINDER.c.duty_id, DUTY.c.epoch == REMINDER.c.epoch, is_due()).correlate(REMINDER, MESSAGE)
    )


def _foldable(day: int) -> ColumnElement[bool]:
    """Nothing keeps a planned reminder back: its campaign goes on, and its person is not silenced."""
    going = _of_duty("campaign_id").not_in(are_paused())
    return and_(_alive(), going, REMINDER.c.recipient_id.not_in(put_off(day)))


def _stale(now: int) -> ColumnElement[bool]:
    return and_(MESSAGE.c.state == "pending", MESSAGE.c.expires_at <= now)


def _reachable_now(order: Sequence[Reach]) -> Select[Any]:
    waits = and_(MESSAGE.c.state == "held", MESSAGE.c.why == NO_ADDRESS)
    return select(MESSAGE.c.id).join(PERSON, PERSON.c.id == MESSAGE.c.recipient_id).where(waits, chosen(order).reachable)


def _ended_in_messages(now: int, day: int) -> Select[Any]:
    """Those about to leave, in messages that nobody has tried to send."""
    untried = and_(MESSAGE.c.state == "pending", MESSAGE.c.not_before <= now, MESSAGE.c.attempts == 0)
    mine = and_(REMINDER.c.message_id == MESSAGE.c.id, REMINDER.c.state == "folded")
    return _ended(MESSAGE.join(REMINDER, mine), MESSAGE.c.id, day).where(untried, _alive())


def _ended_planned(day: int) -> Select[Any]:
    return _ended(REMINDER, REMINDER.c.message_id, day).where(PLANNED, _foldable(day))


def _ended(source: FromClause, message: ColumnElement[Any], day: int) -> Select[Any]:
    """Reminders to people who do not hold the role in the unit any more, or have named somebody else for the day."""
    then = POST.alias("then")

    def held(name: str) -> ColumnElement[Any]:
        return select(then.c[name]).where(then.c.id == REMINDER.c.post_id).correlate(REMINDER).scalar_subquery()

    holds = (
        exists()
        .where(POST.c.person_id == REMINDER.c.recipient_id, POST.c.unit_id == held("unit_id"), POST.c.role == held("role"))
        .where(post_on(day), ~delegated_away(day))
        .correlate(REMINDER)
    )
    values: dict[str, ColumnElement[Any]] = {
        **{name: _of_duty(name) for name in ("campaign_id", "task_id", "unit_id")},
        **{column.name: column for column in _KEY},
        "slot_day": REMINDER.c.slot_day,
        "run_id": REMINDER.c.run_id,
        "message_id": message,
        "telling": literal(0),
    }
    picked = select(*(values[column.name] for column in ENDED.c))
    return picked.select_from(source).where(REMINDER.c.post_id.is_not(None), ~holds)


def _of(group: EndedGroup) -> tuple[ColumnElement[bool], ...]:
    return tuple(ENDED.c[name] == value for name, value in zip(EndedGroup._fields, group, strict=True))


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
