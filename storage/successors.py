"""What was to be said to somebody whose post has ended: who hears it instead?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    delete,
    exists,
    func,
    literal,
    select,
    tuple_,
    update,
)

from storage import unsent
from storage.claim import claim
from storage.clocks import alive
from storage.fold_tables import ENDED, FOUND
from storage.planned import foldable, of_duty
from storage.recipients import Candidate, Places, delegated_away
from storage.tables import MESSAGE, POST, REMINDER
from storage.units import post_on
from storage.unsent import PLANNED

ENDED_POST = "cancelled:post-ended"
_KEY = tuple(REMINDER.primary_key)


class EndedGroup(NamedTuple):
    """Reminders of one rung of one task to people whose post has ended."""

    campaign_id: int
    task_id: int
    rung: str
    repeat: int


def end(connection: Connection, *, now: int, day: int) -> list[EndedGroup]:
    """Reminders that have not left yet, to people who do not hold the post any more, are cancelled: the groups of what they said."""
    for look in (ended_in_messages(now, day), ended_planned(day)):
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
    for found in places.along(ENDED, chain):
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
    connection.execute(update(MESSAGE).where(empty).values(unsent.cancelled("post-ended")))


def ended_in_messages(now: int, day: int) -> Select[Any]:
    """Those about to leave, in messages that nobody has tried to send."""
    untried = and_(MESSAGE.c.state == "pending", MESSAGE.c.not_before <= now, MESSAGE.c.attempts == 0)
    mine = and_(REMINDER.c.message_id == MESSAGE.c.id, REMINDER.c.state == "folded")
    return _ended(MESSAGE.join(REMINDER, mine), MESSAGE.c.id, day).where(untried, alive())


def ended_planned(day: int) -> Select[Any]:
    return _ended(REMINDER, REMINDER.c.message_id, day).where(PLANNED, foldable(day))


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
        **{name: of_duty(name) for name in ("campaign_id", "task_id", "unit_id")},
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
