"""Delegations as they are kept: posts in which a person stands for the holder over some days."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, func, insert, literal, or_, select, true, update

from storage.tables import FOREVER, PERSON, POST
from storage.units import post_on


class Holder(NamedTuple):
    """Who holds a post by himself; `valid_to` is the first day no longer in it."""

    person_id: int
    name: str
    valid_to: int


class Delegation(NamedTuple):
    """Who stands for whom; both days included."""

    name: str
    stands_for: int
    holder_name: str
    first: int
    last: int


def holders(connection: Connection, unit_id: int, role: str, *, day: int) -> list[Holder]:
    """Who holds a role in a unit on a day, delegates left out."""
    asked = (
        select(POST.c.person_id, PERSON.c.name, POST.c.valid_to)
        .join(PERSON, PERSON.c.id == POST.c.person_id)
        .where(POST.c.unit_id == unit_id, POST.c.role == role, ~POST.c.delegated, post_on(day))
        .order_by(POST.c.id)
    )
    return [Holder._make(row) for row in connection.execute(asked)]


def delegations(connection: Connection, unit_id: int, role: str, *, first: int, last: int) -> list[Delegation]:
    """Those of a role in a unit that overlap some days."""
    holder = PERSON.alias("holder")
    asked = (
        select(PERSON.c.name, POST.c.stands_for, holder.c.name, POST.c.valid_from, POST.c.valid_to - 1)
        .select_from(POST)
        .join(PERSON, PERSON.c.id == POST.c.person_id)
        .join(holder, holder.c.id == POST.c.stands_for)
        .where(
            and_(POST.c.unit_id == unit_id, POST.c.role == role, POST.c.delegated == true()),
            and_(POST.c.superseded_at == FOREVER, POST.c.valid_from <= last, POST.c.valid_to > first),
        )
    )
    return [Delegation._make(row) for row in connection.execute(asked)]


def add(
    connection: Connection, *, unit_id: int, role: str, person_id: int, stands_for: int, first: int, last: int, at: int
) -> None:
    values = {
        "unit_id": unit_id,
        "role": role,
        "person_id": person_id,
        "valid_from": first,
        "valid_to": last + 1,
        "acting": False,
        "delegated": True,
        "stands_for": stands_for,
        "recorded_at": at,
        "superseded_at": FOREVER,
    }
    connection.execute(insert(POST).values(values))


def end_with_posts(connection: Connection, *, at: int) -> None:
    """Nobody stands for who has left: a delegation lasts no longer than the holder's own post, as now believed."""
    own = POST.alias("own")
    his = and_(own.c.unit_id == POST.c.unit_id, own.c.role == POST.c.role, own.c.person_id == POST.c.stands_for)
    until = (
        select(func.max(own.c.valid_to))
        .where(his, ~own.c.delegated, own.c.superseded_at == FOREVER, own.c.valid_from < POST.c.valid_to)
        .correlate(POST)
        .scalar_subquery()
    )
    newest = connection.execute(select(func.coalesce(func.max(POST.c.id), 0))).scalar_one()
    longer = and_(POST.c.delegated == true(), POST.c.superseded_at == FOREVER, POST.c.id <= newest)
    longer = and_(longer, or_(until.is_(None), until < POST.c.valid_to))
    values = {column.name: column for column in POST.c if column.name != "id"}
    shorter = select(*{**values, "valid_to": until, "recorded_at": literal(at)}.values())
    connection.execute(insert(POST).from_select(list(values), shorter.where(longer, until > POST.c.valid_from)))
    connection.execute(update(POST).where(longer).values(superseded_at=at))
