"""接口令牌: a program comes with a secret and acts as a person, with at most his rights of the day.

Its instants are real time. Only the hash of a secret is kept.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date

from duban.service.context import Context, day_of
from duban.service.people import find_unit
from duban.service.tokens import hashed
from duban.service.visiting import Visitor, visitor
from storage import api_tokens as rows
from storage.api_tokens import TokenFound, TokenLine
from storage.scope import EVERYTHING, Scope
from workflow.errors import NotFound, Reason, Refused

READ, ACT = "read", "act"
RIGHTS = {READ: "只查看", ACT: "查看和办理"}
PREFIX = "duban_"
"""So that a secret is known for what it is where one turns up."""
BYTES, LONGEST = 32, 64
USUAL_DAYS, MOST_DAYS = 90, 366
LONGEST_NAME = 40
MOST = 20
"""Tokens of one person that serve at the same time."""


@dataclass(frozen=True, kw_only=True)
class NewToken:
    """`secret` is shown once, here. `expires_at` in UTC seconds."""

    id: int
    name: str
    secret: str
    expires_at: int


@dataclass(frozen=True, kw_only=True)
class TokenRead:
    """A token as lists show it. `rights` is read or act; instants are UTC seconds."""

    id: int
    name: str
    person: int
    number: str | None
    person_name: str
    rights: str
    unit_code: str | None
    unit: str | None
    at: int
    expires_at: int
    last_used_on: date | None

    @property
    def rights_words(self) -> str:
        return RIGHTS[self.rights]


def token_visitor(context: Context, secret: str) -> Visitor | None:
    """The person a program stands for as he is today, narrowed to what its token allows. None for a secret that opens nothing: unknown,
    revoked, over, its account disabled, or its person without a post."""
    if len(secret) > LONGEST or not secret.startswith(PREFIX):
        return None
    with context.database.read() as connection:
        day = context.today().toordinal()
        found = rows.find(connection, hashed(secret), now=context.clock.real(), day=day)
    if found is None:
        return None
    try:
        who = visitor(context, found.person_id)
    except NotFound:
        return None
    _note_use(context, found)
    return _narrowed(who, found)


def new_token(
    context: Context,
    person: int,
    *,
    name: str,
    rights: str = READ,
    unit: str | None = None,
    days: int = USUAL_DAYS,
    by: int | None = None,
) -> NewToken:
    """A token of a person, over his whole scope or one `unit` (code or name) within it, for so many days.

    `by` is he himself, None the shell. Raises `Refused`; `NotFound` for a unit he does not see.
    """
    who = visitor(context, person)
    now, day = context.clock.real(), context.today()
    name = "".join(letter for letter in name if letter.isprintable()).strip()
    with context.database.write() as connection:
        served = len(rows.tokens(connection, scope=EVERYTHING, now=now, day=day.toordinal(), person_id=person))
        reasons = _wrong(name, rights, days, served)
        if reasons:
            raise Refused(reasons)
        within = find_unit(connection, unit.replace("\0", ""), day=day, scope=who.scope).id if unit else None
        secret, until = PREFIX + secrets.token_urlsafe(BYTES), now + days * 86400
        number = rows.add(
            connection,
            hash_=hashed(secret),
            name=name,
            person_id=person,
            rights=rights,
            unit_id=within,
            by_person=by,
            at=now,
            expires_at=until,
        )
    return NewToken(id=number, name=name, secret=secret, expires_at=until)


def tokens(context: Context, person: int | None) -> tuple[TokenRead, ...]:
    """A person's tokens that serve now, oldest first; None: everybody's, for the shell."""
    with context.database.read() as connection:
        day = context.today().toordinal()
        found = rows.tokens(connection, scope=EVERYTHING, now=context.clock.real(), day=day, person_id=person)
    return tuple(_read(line) for line in found)


def revoke(context: Context, number: int, *, person: int | None) -> None:
    """撤销: it serves no more. `person` is whose it must be, None the shell. Raises `NotFound`."""
    with context.database.write() as connection:
        if not rows.revoke(connection, number, at=context.clock.real(), person_id=person):
            raise NotFound(f"没有编号为{number}的有效令牌")


def _wrong(name: str, rights: str, days: int, served: int) -> list[Reason]:
    found = []
    if not 1 <= len(name) <= LONGEST_NAME:
        found.append(_reason("token-name", "令牌要有名称", f"请写明用在哪里，如“数据中台”，不超过{LONGEST_NAME}个字"))
    if rights not in RIGHTS:
        found.append(_reason("token-rights", f"没有“{rights}”这种权限", "请选只查看，或查看和办理"))
    if not 1 <= days <= MOST_DAYS:
        found.append(_reason("token-days", f"有效期不能是{days}天", f"请写1到{MOST_DAYS}天"))
    if served >= MOST:
        found.append(_reason("token-many", f"已有{served}个有效的令牌", "请先撤销不再用的"))
    return found


def _note_use(context: Context, found: TokenFound) -> None:
    """Once a day, so that reading stays reading."""
    today = day_of(context.clock.real()).toordinal()
    if found.last_used_on is None or found.last_used_on < today:
        with context.database.write() as connection:
            rows.used(connection, found.id, day=today)


def _narrowed(who: Visitor, found: TokenFound) -> Visitor:
    """With a unit only what he is within that unit: nothing of the whole, nothing if the unit is no more."""
    may_act = found.rights == ACT
    if found.unit_id is None:
        return who.narrowed(who.scope, may_act=may_act)
    scope = _within(who.scope, found.path)
    posts = tuple(post for post in who.posts if scope.sees(post.path))
    units = {post.unit_id for post in posts}
    return replace(
        who.narrowed(scope, may_act=may_act),
        posts=posts,
        own=tuple(unit for unit in who.own if unit in units),
        reviews=tuple(unit for unit in who.reviews if unit in units),
        office=False,
        leads=False,
    )


def _within(scope: Scope, path: str | None) -> Scope:
    if path is None:
        return Scope(())
    if scope.sees(path):
        return Scope((path,))
    return Scope(tuple(prefix for prefix in scope.prefixes if prefix.startswith(path)))


def _read(line: TokenLine) -> TokenRead:
    return TokenRead(
        id=line.id,
        name=line.name,
        person=line.person_id,
        number=line.number,
        person_name=line.person,
        rights=line.rights,
        unit_code=line.unit_code,
        unit=line.unit,
        at=line.at,
        expires_at=line.expires_at,
        last_used_on=date.fromordinal(line.last_used_on) if line.last_used_on is not None else None,
    )


def _reason(code: str, text: str, unblock: str) -> Reason:
    return Reason(code=code, text=text, unblock=unblock)
