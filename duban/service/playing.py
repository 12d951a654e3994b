"""沙盘：选一个人来看: in a sandbox nobody needs a password; anywhere else this opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from duban.service import sessions
from duban.service.accounts import SignedIn
from duban.service.context import Context
from duban.service.people import find_person
from duban.service.visiting import ABOVE_BRANCHES, NO_PAGE, Page, Visitor, visitor
from storage import accounts as account_rows
from storage import players as rows
from storage.players import Candidate
from storage.scope import EVERYTHING, Scope
from workflow.errors import NotFound
from workflow.guards import CLERKS, HEADS, TOP_OFFICE
from workflow.model import UnitKind

SHOWN_POSTS = 2
LOOKED_AT = 12
"""Candidates tried for each part: the first who stands for nothing else as well."""


@dataclass(frozen=True, kw_only=True)
class Player:
    """Somebody worth being: `part` is 支部书记, 组织员, 组织部干部 or 领导小组."""

    part: str
    person: int
    number: str | None
    name: str
    posts: str
    page: str


def players(context: Context) -> tuple[Player, ...]:
    """One of each of the four, as far as the organisation has them; none outside a sandbox.

    The clerk is the one above the secretary, so that what the one sends the other finds.
    """
    if not context.sandbox:
        return ()
    with context.database.read() as connection:
        day, now = context.today().toordinal(), context.now()
        role, kinds = ("书记",), (UnitKind.BRANCH,)
        owing = rows.owing(connection, scope=EVERYTHING, day=day, now=now, kinds=kinds, roles=role, limit=LOOKED_AT)
        branch = owing or rows.holding(connection, scope=EVERYTHING, day=day, kinds=kinds, roles=role, limit=LOOKED_AT)
        scopes = (_above(branch), EVERYTHING)
        tried = (
            rows.holding(connection, scope=s, day=day, kinds=ABOVE_BRANCHES, roles=CLERKS, limit=LOOKED_AT) for s in scopes
        )
        clerks = next((found for found in tried if found), [])
        officers = account_rows.holders_in(connection, scope=EVERYTHING, day=day, units=(TOP_OFFICE,))
        top = (UnitKind.LEADING_GROUP, UnitKind.SCHOOL)
        leaders = rows.holding(connection, scope=EVERYTHING, day=day, kinds=top, roles=HEADS, limit=LOOKED_AT)
    found = (
        _first(context, "支部书记", _ids(branch), lambda who: who.home == Page.NEXT),
        _first(context, "组织员", _ids(clerks), lambda who: who.home == Page.BRANCHES),
        _first(context, "组织部干部", officers, _plain_officer)
        or _first(context, "组织部干部", officers, lambda who: who.office),
        _first(context, "领导小组", _ids(leaders), lambda who: who.leads),
    )
    return tuple(player for player in found if player is not None)


def play(context: Context, who: str | int, *, before: str | None = None) -> SignedIn:
    """A session as somebody, by id, 工号, e-mail or `UNIT:ROLE`. Raises `NotFound` outside a sandbox, or where nobody is meant."""
    if not context.sandbox:
        raise NotFound(NO_PAGE)
    person = find_person(context.database, who.strip(), context.today()) if isinstance(who, str) else who
    visitor(context, person)
    with context.database.write() as connection:
        return SignedIn(person=person, secret=sessions.begin(context, connection, person, before=before))


def _first(context: Context, part: str, people: list[int], fits: Callable[[Visitor], bool]) -> Player | None:
    seen = (visitor(context, person) for person in people[:LOOKED_AT])
    who = next((who for who in seen if fits(who)), None)
    if who is None:
        return None
    page = str(who.home.value) if who.home else ""
    return Player(part=part, person=who.person, number=who.number, name=who.name, posts=_posts_words(who), page=page)


def _posts_words(who: Visitor) -> str:
    """What fits on a card, the leading group first: a leader holds many posts."""
    posts = sorted(who.posts, key=lambda post: post.kind != UnitKind.LEADING_GROUP)
    words = "；".join(f"{post.unit_name} {post.role}" for post in posts[:SHOWN_POSTS])
    return words if len(who.posts) <= SHOWN_POSTS else f"{words}，等{len(who.posts)}个任职"


def _plain_officer(who: Visitor) -> bool:
    """One who does the work, not one who heads an office or decides."""
    return who.office and not who.leads and not any(post.role in HEADS for post in who.posts)


def _ids(candidates: list[Candidate]) -> list[int]:
    return list(dict.fromkeys(found.person_id for found in candidates))


def _above(branch: list[Candidate]) -> Scope:
    """The second-level organisation of the first candidate; everywhere, if there is none."""
    if not branch:
        return EVERYTHING
    return Scope(("/".join(branch[0].path.split("/")[:3]) + "/",))
