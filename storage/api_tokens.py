"""Tokens of programs: whose they are, what they may, until when."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from storage.scope import Scope
from storage.tables import PERSON, SPAN, UNIT
from storage.tables_portal import ACCOUNT, API_TOKEN
from storage.units import on


class TokenFound(NamedTuple):
    """What a presented token stands for. `path` is where its unit hangs today, None if it has no unit or the unit is no more."""

    id: int
    person_id: int
    rights: str
    unit_id: int | None
    path: str | None
    last_used_on: int | None


class TokenLine(NamedTuple):
    """A token as lists show it: never its secret. Instants are UTC seconds, `last_used_on` an ordinal day."""

    id: int
    name: str
    person_id: int
    number: str | None
    person: str
    rights: str
    unit_code: str | None
    unit: str | None
    at: int
    expires_at: int
    last_used_on: int | None


def add(
    connection: Connection,
    *,
    hash_: str,
    name: str,
    person_id: int,
    rights: str,
    unit_id: int | None,
    by_person: int | None,
    at: int,
    expires_at: int,
) -> int:
    """A new token; returns its number."""
    values = {
        "hash": hash_,
        "name": name,
        "person_id": person_id,
        "rights": rights,
        "unit_id": unit_id,
        "by_person": by_person,
        "at": at,
        "expires_at": expires_at,
    }
    return int(connection.execute(insert(API_TOKEN).values(values).returning(API_TOKEN.c.id)).scalar_one())


def find(connection: Connection, hash_: str, *, now: int, day: int) -> TokenFound | None:
    """The token of a secret; None if it is unknown, revoked or over, the person erased or his account disabled."""
    c = API_TOKEN.c
    asked = (
        select(c.id, c.person_id, c.rights, c.unit_id, SPAN.c.path, c.last_used_on)
        .join(PERSON, PERSON.c.id == c.person_id)
        .outerjoin(ACCOUNT, ACCOUNT.c.person_id == c.person_id)
        .outerjoin(SPAN, and_(SPAN.c.unit_id == c.unit_id, on(day)))
        .where(c.hash == hash_, _serves(now), PERSON.c.erased_at.is_(None), ACCOUNT.c.disabled_at.is_(None))
    )
    row = connection.execute(asked).first()
    return TokenFound._make(row) if row else None


def used(connection: Connection, token_id: int, *, day: int) -> None:
    """A program came with it on this day. Said once a day: the first who says it writes."""
    c = API_TOKEN.c
    fresh = or_(c.last_used_on.is_(None), c.last_used_on < day)
    connection.execute(update(API_TOKEN).where(c.id == token_id, fresh).values(last_used_on=day))


def tokens(connection: Connection, *, scope: Scope, now: int, day: int, person_id: int | None = None) -> list[TokenLine]:
    """Tokens that serve now, oldest first; `person_id` keeps one person's. One with a unit is seen by who sees the unit."""
    c = API_TOKEN.c
    asked = (
        select(
            c.id,
            c.name,
            c.person_id,
            PERSON.c.number,
            PERSON.c.name,
            c.rights,
            UNIT.c.code,
            SPAN.c.name,
            c.at,
            c.expires_at,
            c.last_used_on,
        )
        .join(PERSON, PERSON.c.id == c.person_id)
        .outerjoin(UNIT, UNIT.c.id == c.unit_id)
        .outerjoin(SPAN, and_(SPAN.c.unit_id == c.unit_id, on(day)))
        .where(_serves(now), or_(c.unit_id.is_(None), SPAN.c.path.is_(None), scope.on(SPAN.c.path)))
        .order_by(c.id)
    )
    if person_id is not None:
        asked = asked.where(c.person_id == person_id)
    return [TokenLine._make(row) for row in connection.execute(asked)]


def revoke(connection: Connection, token_id: int, *, at: int, person_id: int | None = None) -> bool:
    """It serves no more; False if it does not now, or is not this person's."""
    here = [API_TOKEN.c.id == token_id, _serves(at)]
    if person_id is not None:
        here.append(API_TOKEN.c.person_id == person_id)
    return connection.execute(update(API_TOKEN).where(*here).values(revoked_at=at)).rowcount == 1


def revoke_all(connection: Connection, person_id: int, *, at: int) -> int:
    """None of a person's tokens serves any more, whatever becomes of his account later; how many did."""
    mine = update(API_TOKEN).where(API_TOKEN.c.person_id == person_id, _serves(at))
    return connection.execute(mine.values(revoked_at=at)).rowcount


def _serves(now: int) -> ColumnElement[bool]:
    return and_(API_TOKEN.c.revoked_at.is_(None), API_TOKEN.c.expires_at > now)
