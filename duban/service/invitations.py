"""一次性链接: whoever opens it sets a password, once, and is signed in.

`setup` is for whoever sets the portal up: he picks himself among those who hold posts in 组织部 or the leading group's office. `invite` is
for one person, the first time or after he forgot his password. Looking at a link changes nothing: mail scanners do.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duban.service import devices, sessions, throttling
from duban.service.accounts import SignedIn, look_after, new_hash
from duban.service.context import Context
from duban.service.tokens import hashed
from duban.service.visiting import Visitor, visitor
from storage import accounts as account_rows
from storage import api_tokens as token_rows
from storage import invitations as rows
from storage import units as unit_rows
from storage.invitations import InvitationRead
from storage.scope import EVERYTHING
from workflow.errors import DubanError, NotFound
from workflow.guards import GROUP_OFFICE, TOP_OFFICE

if TYPE_CHECKING:
    from sqlalchemy import Connection

SETUP, INVITE = "setup", "invite"
SETUP_HOURS, INVITE_HOURS = 1, 72
BYTES, LONGEST = 32, 64
SAID = {
    "forged": "这个链接无效：可能没有复制完整，或者后来又发了新的链接。",
    "used": "这个链接已经用过了。请直接用密码登录；忘记密码，请联系组织部重新发一次链接。",
    "expired": "这个链接已经过期。请联系组织部重新发一次。",
}


class BadInvitation(DubanError):
    """A link that does not open anything: `code` is forged, used or expired."""

    def __init__(self, code: str) -> None:
        super().__init__(SAID[code], code=code)


@dataclass(frozen=True, kw_only=True)
class Invited:
    """A new link: `secret` is shown once, here. `expires_at` in UTC seconds."""

    kind: str
    secret: str
    person: int | None
    name: str
    expires_at: int

    @property
    def path(self) -> str:
        """Where it opens, within the portal: `/invite/SECRET`."""
        return f"/{self.kind}/{self.secret}"


@dataclass(frozen=True, kw_only=True)
class Someone:
    """A person as a link's page shows him."""

    person: int
    number: str | None
    name: str
    posts: str


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What a link opens: whom it is for; several to choose from where it is `setup`."""

    kind: str
    people: tuple[Someone, ...]
    expires_at: int


def set_up(context: Context) -> Invited:
    """The link for whoever sets the portal up, or gets in again: for who has the shell. An earlier unused one serves no more."""
    return _made(context, SETUP, None, "", by=None, hours=SETUP_HOURS)


def invite(context: Context, person: int, *, by: int | None) -> Invited:
    """A link for one person, by whoever looks after accounts (None: the shell). Raises `NotFound` for somebody without a post."""
    look_after(context, by)
    found = visitor(context, person)
    return _made(context, INVITE, person, found.name, by=by, hours=INVITE_HOURS)


def opened(context: Context, kind: str, secret: str) -> Opened:
    """What a link opens; changes nothing. Raises `BadInvitation`."""
    with context.database.read() as connection:
        link = _found(context, connection, kind, secret)
    whom = [visitor(context, link.person_id)] if link.person_id is not None else _officers(context)
    return Opened(kind=kind, people=tuple(_someone(each) for each in whom), expires_at=link.expires_at)


def redeem(context: Context, kind: str, secret: str, password: str, *, person: int | None = None) -> SignedIn:
    """The password is set, every session of the person ends, and he is signed in. Raises `BadInvitation`, `Refused`.

    Who had an account forgot his password, or somebody else knew it: his API tokens end too. Who has one for the first time keeps what was
    made for him. `person` is who he is, for a link of `setup`: one of those it offers, else `NotFound`.
    """
    offered = opened(context, kind, secret)
    who = offered.people[0].person if kind == INVITE else person
    if who not in {each.person for each in offered.people}:
        raise NotFound("请从名单里选择您本人")
    assert who is not None
    with context.database.read() as connection:
        known = unit_rows.person(connection, who)
    hash_ = new_hash(known, password)
    now = context.clock.real()
    with context.database.write() as connection:
        if not rows.use(connection, hashed(secret), at=now):
            raise BadInvitation("used")
        anew = account_rows.account(connection, who, hold=True) is not None
        account_rows.set_password(connection, who, hash_, at=now)
        revoked = token_rows.revoke_all(connection, who, at=now) if anew else 0
        account_rows.end_sessions(connection, who)
        throttling.forgive(connection, f"id {who}")
        begun = sessions.begin(context, connection, who)
    return SignedIn(person=who, secret=begun, device=devices.marked(context, who, since=now), revoked=revoked)


def _made(context: Context, kind: str, person: int | None, name: str, *, by: int | None, hours: int) -> Invited:
    secret, now = secrets.token_urlsafe(BYTES), context.clock.real()
    until = now + hours * 3600
    with context.database.write() as connection:
        rows.add(connection, hash_=hashed(secret), kind=kind, person_id=person, by_person=by, at=now, expires_at=until)
    return Invited(kind=kind, secret=secret, person=person, name=name, expires_at=until)


def _found(context: Context, connection: Connection, kind: str, secret: str) -> InvitationRead:
    link = rows.find(connection, hashed(secret)) if len(secret) <= LONGEST else None
    if link is None or link.kind != kind:
        raise BadInvitation("forged")
    if link.used_at is not None:
        raise BadInvitation("used")
    if context.clock.real() >= link.expires_at:
        raise BadInvitation("expired")
    return link


def _officers(context: Context) -> list[Visitor]:
    """Who works in 组织部 or the leading group's office today."""
    with context.database.read() as connection:
        day = context.today().toordinal()
        people = account_rows.holders_in(connection, scope=EVERYTHING, day=day, units=(TOP_OFFICE, GROUP_OFFICE))
    return [found for found in (visitor(context, person) for person in people) if found.office]


def _someone(found: Visitor) -> Someone:
    return Someone(person=found.person, number=found.number, name=found.name, posts=found.posts_words)
