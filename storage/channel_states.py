"""How each channel fares, shared by all processes: whether it is left alone, until when, and how much it may still carry.

Instants are real time: UTC seconds, of the rates milliseconds. A channel that never failed has no row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, literal, or_, select, update

from storage.claim import claim
from storage.tables_telling import CHANNEL, RATE

CLOSED, OPEN, DISABLED = "closed", "open", "disabled"


class Fare(NamedTuple):
    """How one channel fares: `state` is closed, open or disabled; it is left alone until `open_until`."""

    name: str
    state: str = CLOSED
    streak: int = 0
    open_until: int | None = None
    why: str | None = None
    since: int | None = None

    def is_left_alone(self, real_now: int) -> bool:
        return self.state == DISABLED or (self.open_until is not None and self.open_until > real_now)


def fares(connection: Connection) -> dict[str, Fare]:
    """{name: how it fares} of every channel that has ever failed or has a rate."""
    columns = [CHANNEL.c[name] for name in Fare._fields]
    return {row[0]: Fare(*row) for row in connection.execute(select(*columns).order_by(CHANNEL.c.name))}


def failed(connection: Connection, name: str, *, why: str) -> int:
    """One more failure of the channel itself; returns how many in a row they are now. The row is ours until the transaction ends."""
    _row(connection, name)
    more = update(CHANNEL).where(CHANNEL.c.name == name).values(streak=CHANNEL.c.streak + 1, why=why)
    return int(connection.execute(more.returning(CHANNEL.c.streak)).scalar_one())


def leave_alone(connection: Connection, name: str, *, until: int, state: str, real_now: int) -> None:
    """Nothing goes by this channel until an instant; a longer pause that somebody else has set stays."""
    longer = or_(CHANNEL.c.open_until.is_(None), CHANNEL.c.open_until < until)
    usable = and_(CHANNEL.c.name == name, CHANNEL.c.state != DISABLED)
    connection.execute(update(CHANNEL).where(usable, longer).values(open_until=until))
    connection.execute(update(CHANNEL).where(usable, CHANNEL.c.state != state).values(state=state, since=real_now))


def worked(connection: Connection, name: str) -> None:
    """The channel carried something: whatever was held against it is forgotten, except that a person must enable it."""
    blamed = or_(CHANNEL.c.streak > 0, CHANNEL.c.open_until.is_not(None), CHANNEL.c.state == OPEN)
    mine = and_(CHANNEL.c.name == name, CHANNEL.c.state != DISABLED, blamed)
    connection.execute(update(CHANNEL).where(mine).values(state=CLOSED, streak=0, open_until=None, why=None, since=None))


def disable(connection: Connection, name: str, *, why: str, real_now: int) -> bool:
    """Nothing goes by this channel until a person enables it. True if it was in use until now."""
    _row(connection, name)
    mine = and_(CHANNEL.c.name == name, CHANNEL.c.state != DISABLED)
    values = {"state": DISABLED, "open_until": None, "why": why, "since": real_now}
    return connection.execute(update(CHANNEL).where(mine).values(values)).rowcount == 1


def enable(connection: Connection, name: str) -> bool:
    """A person says that the channel is in order again. False if nothing was held against it."""
    blamed = or_(CHANNEL.c.state != CLOSED, CHANNEL.c.open_until.is_not(None), CHANNEL.c.streak > 0)
    values = {"state": CLOSED, "streak": 0, "open_until": None, "why": None, "since": None}
    return connection.execute(update(CHANNEL).where(CHANNEL.c.name == name, blamed).values(values)).rowcount == 1


def take_probe(connection: Connection, name: str, *, real_now: int, until: int) -> bool:
    """Be the one who tries an open channel with one message; the others leave it alone until `until`."""
    mine = and_(CHANNEL.c.name == name, CHANNEL.c.state == OPEN, func.coalesce(CHANNEL.c.open_until, 0) <= real_now)
    return connection.execute(update(CHANNEL).where(mine).values(open_until=until)).rowcount == 1


# --- how often


def used(connection: Connection, names: Iterable[str], *, since_ms: int) -> dict[str, int]:
    """{channel: sends after an instant}."""
    asked = select(RATE.c.channel, func.count()).where(RATE.c.channel.in_(list(names)), RATE.c.at_ms > since_ms)
    return {str(name): int(n) for name, n in connection.execute(asked.group_by(RATE.c.channel))}


def reserve(connection: Connection, name: str, *, n: int, most: int, since_ms: int, until_ms: int) -> bool:
    """Whether there is room for one send among the `most` allowed after `since_ms`; then it is taken.

    Until the send is over it counts as if it arrived as late as it may, at `until_ms`; `settle` then says when it did.
    """
    _row(connection, name)
    # One after the other, on all machines: whoever counts here has seen what the one before him took.
    connection.execute(select(CHANNEL.c.name).where(CHANNEL.c.name == name).with_for_update())
    connection.execute(delete(RATE).where(RATE.c.channel == name, RATE.c.at_ms <= since_ms))
    taken = connection.execute(select(func.count()).select_from(RATE).where(RATE.c.channel == name)).scalar_one()
    if taken < most:
        connection.execute(insert(RATE).values(channel=name, at_ms=until_ms, n=n))
    return bool(taken < most)


def settle(connection: Connection, name: str, *, n: int, at_ms: int) -> None:
    """The send is over: it arrived at `at_ms` at the latest."""
    mine = and_(RATE.c.channel == name, RATE.c.n == n, RATE.c.at_ms > at_ms)
    connection.execute(update(RATE).where(mine).values(at_ms=at_ms))


def _row(connection: Connection, name: str) -> None:
    values: list[ColumnElement[Any]] = [literal(name), literal(CLOSED), literal(0)]
    claim(connection, CHANNEL, ["name", "state", "streak"], select(*values))
