"""By which channel, and where, a person is written to; and how often he wants to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Boolean, ColumnElement, Connection, Text, and_, case, cast, literal, null, or_, select, true
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from storage.tables import PERSON
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


def chosen(order: Sequence[Reach]) -> Contact:
    """The first channel at which a person has an address that was not refused for good. Nobody is left out: who has none gets the
    first channel, unreachable."""
    if not reaches_some(order[:1]):
        return Contact(channel=literal(order[0].channel), address=_address(order[0]), reachable=true())
    usable = [(_usable(reach), reach) for reach in order]
    nowhere = literal(order[0].channel)
    return Contact(
        channel=case(*((is_, literal(reach.channel)) for is_, reach in usable), else_=nowhere),
        address=case(*((is_, _address(reach)) for is_, reach in usable), else_=cast(null(), Text)),
        reachable=cast(or_(*(is_ for is_, _ in usable)), Boolean),
    )


def reaches_some(order: Sequence[Reach]) -> bool:
    """There may be people without an address: every channel needs one."""
    return all(reach.by in ADDRESSES for reach in order)


def disabled(connection: Connection) -> set[str]:
    """The channels that wait for a person to enable them."""
    return set(connection.execute(select(CHANNEL.c.name).where(CHANNEL.c.state == "disabled")).scalars())


def wish(connection: Connection, person_id: int, *, weekly: bool, at: int) -> None:
    """How a person wants to be written to from now on."""
    maker: Any = pg_insert if connection.dialect.name == "postgresql" else sqlite_insert
    made = maker(WISH).values(person_id=person_id, weekly=weekly, at=at)
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
