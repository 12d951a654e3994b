"""Local accounts and their sessions: who may sign in with which password, and who is signed in."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, delete, exists, func, insert, or_, select, update

from storage.claim import keyed_insert
from storage.scope import Scope
from storage.tables import PERSON, POST, SPAN
from storage.tables_portal import ACCOUNT, INVITATION, SIGN_IN
from storage.units import on, post_on


class AccountRead(NamedTuple):
    """A person's account. `password` is an argon2 hash. Instants are UTC seconds."""

    person_id: int
    password: str
    made_at: int
    changed_at: int
    disabled_at: int | None


class AccountLine(NamedTuple):
    """Somebody who holds a post, and how it is with his account: `state` is none, invited (a link waits), active or disabled."""

    person_id: int
    number: str | None
    name: str
    state: str
    changed_at: int | None
    link_until: int | None
    link_by: str | None


class PostLine(NamedTuple):
    """A post of a person, in words."""

    person_id: int
    unit: str
    role: str


def account(connection: Connection, person_id: int, *, hold: bool = False) -> AccountRead | None:
    """A person's account; `hold`: nobody else changes it until this transaction is over."""
    asked = select(*_of(ACCOUNT, AccountRead)).where(ACCOUNT.c.person_id == person_id)
    row = connection.execute(asked.with_for_update() if hold else asked).first()
    return AccountRead._make(row) if row else None


def set_password(connection: Connection, person_id: int, password: str, *, at: int) -> None:
    """The account has this password from now on, and may be used (again)."""
    made = keyed_insert(connection, ACCOUNT).values(
        person_id=person_id, password=password, made_at=at, changed_at=at, disabled_at=None
    )
    fresh = {"password": made.excluded.password, "changed_at": made.excluded.changed_at, "disabled_at": None}
    connection.execute(made.on_conflict_do_update(index_elements=[ACCOUNT.c.person_id], set_=fresh))


def hash_anew(connection: Connection, person_id: int, *, before: str, after: str) -> None:
    """The same password under the parameters of today; nothing if it was changed meanwhile."""
    same = (ACCOUNT.c.person_id == person_id, ACCOUNT.c.password == before)
    connection.execute(update(ACCOUNT).where(*same).values(password=after))


def disable(connection: Connection, person_id: int, *, at: int) -> bool:
    """Nobody signs in with this account any more; False if there is none that could be used."""
    usable = (ACCOUNT.c.person_id == person_id, ACCOUNT.c.disabled_at.is_(None))
    return connection.execute(update(ACCOUNT).where(*usable).values(disabled_at=at)).rowcount == 1


def accounts(
    connection: Connection,
    *,
    scope: Scope,
    day: int,
    now: int,
    words: str = "",
    state: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[AccountLine]:
    """Who holds a post on a day, by name of unit as the tree goes; `words` looks in names, 工号 and units. One more than `limit`, if
    there are more."""
    first = select(func.min(SPAN.c.path)).where(*_posts(scope, day)).scalar_subquery()
    link = _link(now)
    asked = (
        select(
            PERSON.c.id,
            PERSON.c.number,
            PERSON.c.name,
            _state(now).label("state"),
            ACCOUNT.c.changed_at,
            select(func.max(INVITATION.c.expires_at)).where(link).scalar_subquery(),
            select(func.min(_BY.c.name)).join(INVITATION, INVITATION.c.by_person == _BY.c.id).where(link).scalar_subquery(),
        )
        .outerjoin(ACCOUNT, ACCOUNT.c.person_id == PERSON.c.id)
        .where(PERSON.c.erased_at.is_(None), exists().where(*_posts(scope, day, words)))
        .order_by(first, PERSON.c.id)
        .limit(limit + 1)
        .offset(offset)
    )
    if state is not None:
        asked = asked.where(_state(now) == state)
    return [AccountLine._make(row) for row in connection.execute(asked)]


def posts_of(connection: Connection, people: list[int], *, scope: Scope, day: int) -> list[PostLine]:
    """The posts of some people on a day, in words."""
    asked = (
        select(POST.c.person_id, SPAN.c.name, POST.c.role)
        .join(SPAN, SPAN.c.unit_id == POST.c.unit_id)
        .where(POST.c.person_id.in_(people), post_on(day), on(day), scope.on(SPAN.c.path))
        .order_by(POST.c.id)
    )
    return [PostLine._make(row) for row in connection.execute(asked)]


def holders_in(connection: Connection, *, scope: Scope, day: int, units: tuple[str, ...]) -> list[int]:
    """Who holds a post on a day in a unit of one of these names or kinds (组织部, 领导小组办公室), in the order of their posts."""
    asked = (
        select(POST.c.person_id)
        .join(SPAN, SPAN.c.unit_id == POST.c.unit_id)
        .join(PERSON, PERSON.c.id == POST.c.person_id)
        .where(post_on(day), on(day), scope.on(SPAN.c.path), or_(SPAN.c.name.in_(units), SPAN.c.kind.in_(units)))
        .where(PERSON.c.erased_at.is_(None))
        .order_by(SPAN.c.path, POST.c.id)
    )
    return list(dict.fromkeys(connection.execute(asked).scalars()))


# --- sessions


def open_session(connection: Connection, *, hash_: str, person_id: int, at: int, expires_at: int) -> None:
    """Somebody is signed in. Sessions that are over are cleared away on this occasion."""
    connection.execute(delete(SIGN_IN).where(SIGN_IN.c.expires_at <= at))
    connection.execute(insert(SIGN_IN).values(hash=hash_, person_id=person_id, at=at, expires_at=expires_at))


def session_person(connection: Connection, hash_: str, *, now: int) -> int | None:
    """Whose session this is; None once it is over, the account disabled or the person erased."""
    asked = (
        select(SIGN_IN.c.person_id)
        .join(PERSON, PERSON.c.id == SIGN_IN.c.person_id)
        .outerjoin(ACCOUNT, ACCOUNT.c.person_id == SIGN_IN.c.person_id)
        .where(
            SIGN_IN.c.hash == hash_,
            SIGN_IN.c.expires_at > now,
            ACCOUNT.c.disabled_at.is_(None),
            PERSON.c.erased_at.is_(None),
        )
    )
    return connection.execute(asked).scalar()


def sessions(connection: Connection, person_id: int, *, now: int) -> int:
    """How many of a person's sessions are not over."""
    mine = (SIGN_IN.c.person_id == person_id, SIGN_IN.c.expires_at > now)
    return int(connection.execute(select(func.count()).select_from(SIGN_IN).where(*mine)).scalar_one())


def end_session(connection: Connection, hash_: str) -> None:
    connection.execute(delete(SIGN_IN).where(SIGN_IN.c.hash == hash_))


def end_sessions(connection: Connection, person_id: int) -> int:
    """All of a person's; how many there were."""
    return connection.execute(delete(SIGN_IN).where(SIGN_IN.c.person_id == person_id)).rowcount


_BY = PERSON.alias("by_person")


def _of(table: Any, shape: type[Any]) -> list[Any]:
    return [table.c[name] for name in shape._fields]


def _link(now: int) -> ColumnElement[bool]:
    """A one-time link of this person that still serves."""
    return and_(INVITATION.c.person_id == PERSON.c.id, INVITATION.c.used_at.is_(None), INVITATION.c.expires_at > now)


def _state(now: int) -> ColumnElement[str]:
    return case(
        (and_(ACCOUNT.c.person_id.is_not(None), ACCOUNT.c.disabled_at.is_(None)), "active"),
        (exists().where(_link(now)), "invited"),
        (ACCOUNT.c.disabled_at.is_not(None), "disabled"),
        else_="none",
    )


def _posts(scope: Scope, day: int, words: str = "") -> list[ColumnElement[bool]]:
    """A post of this person on a day within `scope`; with `words` in the person's or the unit's name, or his 工号."""
    asked = [
        POST.c.person_id == PERSON.c.id,
        POST.c.unit_id == SPAN.c.unit_id,
        post_on(day),
        on(day),
        scope.on(SPAN.c.path),
    ]
    if words:
        spots = (PERSON.c.name, PERSON.c.number, SPAN.c.name)
        asked.append(or_(*(spot.contains(words, autoescape=True) for spot in spots)))
    return asked
