"""账号: signing in with a local account, its password, and who has one. For a campus without a sign-on of its own.

All instants are real time, also in a sandbox. Who may look after accounts is judged here: 组织部 and the leading group's office, and
whoever has the shell (`by` None).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duban.service import devices, passwords, sessions, throttling
from duban.service.context import Context
from duban.service.visiting import NO_PAGE, Visitor, visitor
from storage import accounts as rows
from storage import api_tokens as token_rows
from storage import invitations as links
from storage import own_lines
from storage import units as unit_rows
from storage.accounts import AccountLine
from storage.scope import EVERYTHING
from storage.units import PersonRead
from workflow.errors import DubanError, NotFound, Reason, Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

SHOWN = 50
STATES = {"none": "没有账号", "invited": "链接已发，等待启用", "active": "可以登录", "disabled": "已停用"}
NOT_SIGNED_IN = "账号或密码不对。请核对后再试；忘记密码，请联系组织部重新发一次链接。"


class NotSignedIn(DubanError):
    """A name and a password that do not go together: the same words whether the name, the account or the password is the reason."""

    def __init__(self) -> None:
        super().__init__(NOT_SIGNED_IN, code="not-signed-in")


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """`secret` is what the browser keeps; it can't be had again. `device` is what it keeps longer, to be known by (empty in a sandbox).

    `revoked`: how many API tokens a new link put an end to.
    """

    person: int
    secret: str
    device: str = ""
    revoked: int = 0


@dataclass(frozen=True, kw_only=True)
class OwnAccount:
    """What a person sees of his account: since when the password holds (UTC seconds), and how many sessions there are."""

    changed_at: int
    sessions: int


@dataclass(frozen=True, kw_only=True)
class AccountRead:
    """Somebody who holds a post today, and how it is with his account; `state` as in `STATES`. Instants are UTC seconds."""

    person: int
    number: str | None
    name: str
    posts: tuple[str, ...]
    state: str
    changed_at: int | None
    link_until: int | None
    link_by: str | None


@dataclass(frozen=True, kw_only=True)
class AccountList:
    """One page of the list; `more` says whether another follows."""

    accounts: tuple[AccountRead, ...]
    more: bool


def sign_in(
    context: Context, words: str, password: str, *, address: str, before: str | None = None, device: str = ""
) -> SignedIn:
    """A session for whoever knows the password of a 工号 or e-mail.

    `address` is where he comes from; `before` the session and `device` the mark his browser had. Raises `TooManyAttempts`,
    `NotSignedIn`; `NotFound` for somebody who holds no post today.
    """
    known = _known(context, words)
    tried = _tried(context, known.id if known else None, words, address=address, device=device)
    proved = _proved(context, known, password)
    visitor(context, proved.person_id)
    with context.database.write() as connection:
        _still(connection, proved)
        throttling.succeeded(connection, tried)
        secret = sessions.begin(context, connection, proved.person_id, before=before)
    mark = devices.marked(context, proved.person_id, since=proved.changed_at, before=device)
    return SignedIn(person=proved.person_id, secret=secret, device=mark)


def change_password(context: Context, person: int, current: str, new: str, *, address: str, device: str = "") -> SignedIn:
    """A new password; every session ends, the one that is answered begins. API tokens go on: they are not of this password.

    Raises `TooManyAttempts`, `NotSignedIn`, `Refused`.
    """
    with context.database.read() as connection:
        known = unit_rows.person(connection, person)
    tried = _tried(context, person, "", address=address, device=device)
    proved = _proved(context, known, current)
    hash_, now = new_hash(known, new), context.clock.real()
    with context.database.write() as connection:
        _still(connection, proved)
        throttling.succeeded(connection, tried)
        rows.set_password(connection, person, hash_, at=now)
        rows.end_sessions(connection, person)
        secret = sessions.begin(context, connection, person)
    return SignedIn(person=person, secret=secret, device=devices.marked(context, person, since=now))


def new_hash(known: PersonRead | None, password: str) -> str:
    """What is kept of a person's new password. Raises `Refused` with everything that is wrong with it."""
    about = (known.number or "", (known.email or "").partition("@")[0]) if known else ()
    reasons = passwords.weak(password, about=about)
    if reasons:
        raise Refused(reasons)
    return passwords.kept(password)


def own_account(context: Context, person: int) -> OwnAccount | None:
    """A person's account; None if he has none."""
    with context.database.read() as connection:
        found = rows.account(connection, person)
        count = rows.sessions(connection, person, now=context.clock.real())
    return OwnAccount(changed_at=found.changed_at, sessions=count) if found is not None else None


def accounts(
    context: Context, *, by: int | None, words: str = "", state: str | None = None, limit: int = SHOWN, offset: int = 0
) -> AccountList:
    """Who holds a post today, and whether he can sign in. Raises `NotFound` for whoever does not look after accounts."""
    look_after(context, by)
    day = context.today().toordinal()
    with context.database.read() as connection:
        found = rows.accounts(
            connection,
            scope=EVERYTHING,
            day=day,
            now=context.clock.real(),
            words=_typed(words),
            state=state,
            limit=limit,
            offset=offset,
        )
        posts: dict[int, list[str]] = {}
        for post in rows.posts_of(connection, [line.person_id for line in found], scope=EVERYTHING, day=day):
            posts.setdefault(post.person_id, []).append(f"{post.unit} {post.role}")
    return AccountList(accounts=tuple(_read(line, posts) for line in found[:limit]), more=len(found) > limit)


def disable(context: Context, person: int, *, by: int | None) -> None:
    """停用: the account serves no more, nor its sessions, links, tokens and calendar; a new link later brings back none of these.

    Raises `Refused`, `NotFound`.
    """
    look_after(context, by)
    if person == by:
        unblock = "请由另一位管理账号的同志办理"
        raise Refused([Reason(code="own-account", text="不能停用自己的账号", unblock=unblock)])
    now = context.clock.real()
    with context.database.write() as connection:
        if not rows.disable(connection, person, at=now):
            raise Refused([Reason(code="no-account", text="这位同志没有可以停用的账号")])
        rows.end_sessions(connection, person)
        links.drop(connection, kind="invite", person_id=person)
        token_rows.revoke_all(connection, person, at=now)
        own_lines.renew_address(connection, person)


def look_after(context: Context, by: int | None) -> Visitor | None:
    """Whoever looks after accounts; None is the shell. Anybody else: `NotFound`, as if there were nothing of the kind."""
    if by is None:
        return None
    found = visitor(context, by)
    if not found.office:
        raise NotFound(NO_PAGE)
    return found


def _known(context: Context, words: str) -> PersonRead | None:
    """The one person of a 工号 or e-mail."""
    with context.database.read() as connection:
        found = unit_rows.people(connection, _typed(words))
    return found[0] if len(found) == 1 else None


def _typed(words: str) -> str:
    """As it stands in 任职, however it was typed: １００１ is 1001. PostgreSQL takes no NUL."""
    return unicodedata.normalize("NFKC", words).replace("\0", "").strip()


def _tried(context: Context, person: int | None, words: str, *, address: str, device: str) -> throttling.Attempt:
    """An attempt, counted. Raises `TooManyAttempts`."""
    if person is None:
        return throttling.attempt(context, name=f"words {_typed(words).casefold()}", address=address)
    with context.database.read() as connection:
        found = rows.account(connection, person)
    known_by = devices.device_of(context, person, since=found.changed_at, mark=device) if found else None
    return throttling.attempt(context, name=f"id {person}", address=address, device=known_by)


def _proved(context: Context, known: PersonRead | None, password: str) -> rows.AccountRead:
    """The account whose password this is. Raises `NotSignedIn`, after the same time whatever the reason."""
    with context.database.read() as connection:
        found = rows.account(connection, known.id) if known else None
    right = passwords.same(found.password if found else None, password)
    if not right or found is None or found.disabled_at is not None:
        raise NotSignedIn
    if passwords.outdated(found.password):
        after = passwords.kept(password)  # before anything is locked: it takes its time
        with context.database.write() as connection:
            rows.hash_anew(connection, found.person_id, before=found.password, after=after)
    return found


def _still(connection: Connection, proved: rows.AccountRead) -> None:
    """The account is as it was when the password was looked at, and stays so: nobody gets in with yesterday's."""
    now = rows.account(connection, proved.person_id, hold=True)
    if now is None or now.disabled_at is not None or now.changed_at != proved.changed_at:
        raise NotSignedIn


def _read(line: AccountLine, posts: dict[int, list[str]]) -> AccountRead:
    return AccountRead(
        person=line.person_id,
        number=line.number,
        name=line.name,
        posts=tuple(posts.get(line.person_id, ())),
        state=line.state,
        changed_at=line.changed_at,
        link_until=line.link_until,
        link_by=line.link_by,
    )
