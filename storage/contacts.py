"""By which channel, and where, a person is written to; and how often he wants to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
)

from storage.claim import keyed_insert
from storage.tables import MESSAGE, PERSON, REMINDER
from storage.tables_telling import BLOCKED, CHANNEL, WISH

ADDRESSES = {"email": PERSON.c.email, "mobile": PERSON.c.mobile, "number": PERSON.c.number}


class Reach(NamedTuple):
    """A channel, and which of a person's data is the address there: email, mobile, number; none: it reaches everybody."""

    channel: str
    by: str


class Contact(NamedTuple):
    """Expressions over `person`: the channel chosen, the address there (NULL: none is needed), and whether there is one at all."""

    channel: ColumnElement[str]
    address: ColumnElement[str | None]
    reachable: ColumnElement[bool]


class Since(NamedTuple):
    """Where a message failed that would not be stale at an instant, the next contact point has its turn. `shared`: whoever it was for."""

    now: int
    shared: bool = False


def chosen(order: Sequence[Reach], *, failed: Since | None = None) -> Contact:
    """The first channel at which a person has an address that was not refused for good; those where a message to him `failed` since
    come last, if that is asked. Nobody is left out: who has none gets the first channel, unreachable."""
    if failed is None and not reaches_some(order[:1]):
        return Contact(channel=literal(order[0].channel), address=_address(order[0]), reachable=true())
    usable = [(_usable(reach), reach) for reach in order]
    untried = [(and_(is_, ~_failed(reach, failed)), reach) for is_, reach in usable] if failed is not None else []
    nowhere = literal(order[0].channel)
    return Contact(
        channel=case(*((is_, literal(reach.channel)) for is_, reach in (*untried, *usable)), else_=nowhere),
        address=case(*((is_, _address(reach)) for is_, reach in (*untried, *usable)), else_=cast(null(), Text)),
        reachable=cast(or_(*(is_ for is_, _ in usable)), Boolean),
    )


def reaches_some(order: Sequence[Reach]) -> bool:
    """There may be people without an address: every channel needs one."""
    return all(reach.by in ADDRESSES for reach in order)


def disabled(connection: Connection) -> set[str]:
    """The channels that wait for a person to enable them."""
    return set(connection.execute(select(CHANNEL.c.name).where(CHANNEL.c.state == "disabled")).scalars())


def block(connection: Connection, channel: str, address: str, *, at: int, code: str | None, why: str | None) -> None:
    """An address that a channel refused for good is not written to again."""
    known = select(BLOCKED.c.at).where(BLOCKED.c.channel == channel, BLOCKED.c.address == address)
    if connection.execute(known).first() is None:
        connection.execute(insert(BLOCKED).values(channel=channel, address=address, at=at, code=code, why=why))


def wish(connection: Connection, person_id: int, *, weekly: bool, at: int) -> None:
    """How a person wants to be written to from now on."""
    made = keyed_insert(connection, WISH).values(person_id=person_id, weekly=weekly, at=at)
    said = {"weekly": made.excluded.weekly, "at": made.excluded.at}
    connection.execute(made.on_conflict_do_update(index_elements=[WISH.c.person_id], set_=said))


def _address(reach: Reach) -> ColumnElement[Any]:
    return ADDRESSES.get(reach.by, PERSON.c.email if reach.channel == "folder" else cast(null(), Text))


def _usable(reach: Reach) -> ColumnElement[bool]:
    if reach.by not in ADDRESSES:
        return true()
    address = ADDRESSES[reach.by]
    refused = select(BLOCKED.c.at).where(BLOCKED.c.channel == reach.channel, BLOCKED.c.address == address)
    return and_(address.is_not(None), address != "", ~refused.exists())


def _failed(reach: Reach, since: Since) -> ColumnElement[bool]:
    same = func.coalesce(MESSAGE.c.address, "") == func.coalesce(_address(reach), "")
    whose = same if since.shared else and_(same, MESSAGE.c.recipient_id == PERSON.c.id)
    fresh = and_(MESSAGE.c.state == "failed", MESSAGE.c.expires_at > since.now)
    return exists().where(MESSAGE.c.channel == reach.channel, whose, fresh).correlate(PERSON)


def elsewhere(connection: Connection, order: Sequence[Reach], message_id: int, failed: Since) -> bool:
    """Somebody whom a message was to tell something can be written to at another contact point."""
    told = select(REMINDER.c.recipient_id).where(REMINDER.c.message_id == message_id, REMINDER.c.state == "folded")
    other = or_(*(and_(_usable(reach), ~_failed(reach, failed)) for reach in order))
    asked = select(PERSON.c.id).where(PERSON.c.id.in_(told), other)
    return connection.execute(asked.limit(1)).first() is not None
