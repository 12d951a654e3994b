"""Who looks: a person with his posts of the day, what he may see, and which pages are his."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from duban.service.context import Context
from duban.service.people import is_office, scope_of_posts
from storage import units as unit_rows
from storage.acts import Acts, PostRead
from storage.scope import EVERYTHING, Scope
from workflow.errors import NotFound
from workflow.guards import GROUP_OFFICE, HEADS, REVIEWERS, SUBMITTERS, TOP_OFFICE
from workflow.model import UnitKind

ABOVE_BRANCHES = (UnitKind.COMMITTEE, UnitKind.GENERAL_BRANCH)
"""Units that have branches below them."""
NO_PAGE = "没有这个页面，或您无权查看。"
"""What does not exist and what one may not see are not told apart."""


class NoPost(NotFound):
    """A person who holds no post today; 0 is somebody unknown."""

    def __init__(self, text: str, *, person: int = 0) -> None:
        super().__init__(text)
        self.person = person


class Page(StrEnum):
    """The pages of the portal, in the order of its menu."""

    NEXT = "我的下一步"
    BRANCHES = "我的支部"
    PAPERS = "报来的材料"
    PROGRESS = "进度"
    RUNS = "例行核查"


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A person as he stands today. Rights to act come from his posts anew with every act; `scope` is what he may see.

    `own` are the units he submits for (ids), `reviews` the second-level units whose branches he reviews, `office` whether he works in
    组织部 or the leading group's office, `leads` whether a leader's decision may be his. `may_act` is False for a token that only reads.
    """

    person: int
    number: str | None
    name: str
    scope: Scope
    posts: tuple[PostRead, ...]
    own: tuple[int, ...] = ()
    reviews: tuple[int, ...] = ()
    office: bool = False
    leads: bool = False
    may_act: bool = True

    @property
    def central(self) -> bool:
        """He answers for the whole: of 组织部 or the leading group's office, or a leader."""
        return self.office or self.leads

    @property
    def pages(self) -> tuple[Page, ...]:
        """What his menu shows."""
        shown = {
            Page.NEXT: bool(self.own) and not self.central,
            Page.BRANCHES: bool(self.reviews) and not self.office,
            Page.PAPERS: self.office,
            Page.PROGRESS: self.central or bool(self.reviews) or self.scope == EVERYTHING,
            Page.RUNS: self.office,
        }
        return tuple(page for page in Page if shown[page])

    @property
    def home(self) -> Page | None:
        """Where he begins: a clerk with his branches, an officer or a leader with the whole, a secretary with his next step."""
        order = (Page.PROGRESS,) if self.central else (Page.BRANCHES, Page.NEXT, Page.PROGRESS)
        return next((page for page in order if page in self.pages), None)

    @property
    def posts_words(self) -> str:
        """化学学院党委 组织员；…"""
        return "；".join(f"{post.unit_name} {post.role}" for post in self.posts)

    @property
    def judges(self) -> Scope:
        """Of his scope, where he may learn how units below are graded: all of it if he is central, else below the units he reviews for."""
        if self.central:
            return self.scope
        reviewed = [post.path for post in self.posts if post.unit_id in self.reviews]
        return Scope(tuple(dict.fromkeys(both for path in reviewed for both in self.scope.within(path))))

    def sees_grades_of(self, path: str) -> bool:
        """The grade of the unit at a path, what it rests on, what leaders decided about it: for those who grade, review or lead it.

        Not for every office that sees the unit, and its own people hear of it from their committee.
        """
        return any(path != above and path.startswith(above) for above in self.judges.prefixes)

    def narrowed(self, scope: Scope, *, may_act: bool) -> Visitor:
        """The same with less: as a program with his token."""
        return replace(self, scope=scope, may_act=self.may_act and may_act)


def visitor(context: Context, person: int) -> Visitor:
    """A person as he stands today. Raises `NoPost` if he is unknown, or holds no post today."""
    day = context.today().toordinal()
    with context.database.read() as connection:
        known = unit_rows.person(connection, person)
        posts = Acts(connection.connection.driver_connection, context.database.dialect).posts(person, day)
    if known is None or not posts:
        name = known.name if known is not None else "您"
        text = f"{name}目前没有任职，看不到任何单位：请联系组织部登记任职"
        raise NoPost(text, person=known.id if known is not None else 0)
    offices = {words for post in posts if is_office(post) for words in (post.unit_name, str(post.kind))}
    return Visitor(
        person=person,
        number=known.number,
        name=known.name,
        scope=scope_of_posts(posts),
        posts=tuple(posts),
        own=tuple(dict.fromkeys(post.unit_id for post in posts if post.role in SUBMITTERS)),
        reviews=tuple(dict.fromkeys(post.unit_id for post in posts if post.kind in ABOVE_BRANCHES and post.role in REVIEWERS)),
        office=bool({TOP_OFFICE, GROUP_OFFICE} & offices),
        leads=any(_leads(post) for post in posts),
    )


def _leads(post: PostRead) -> bool:
    """Of the leading group, or at the head of the school."""
    return (is_office(post) and post.kind in (UnitKind.LEADING_GROUP, UnitKind.GROUP_OFFICE)) or (
        post.path.count("/") == 2 and post.role in HEADS
    )
