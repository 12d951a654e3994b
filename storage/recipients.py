"""Whom a rung tells: a place to look for people becomes a SELECT over due duties."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Integer, Select, and_, case, cast, exists, null, or_, select, true

from storage.enrol import current
from storage.tables import PERSON, POST, SPAN
from storage.units import post_on
from workflow.model import SECOND_LEVEL, UnitKind

OFFICE_KINDS = (UnitKind.DEPARTMENT, UnitKind.LEADING_GROUP, UnitKind.GROUP_OFFICE, UnitKind.SECTION)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One place to look for a recipient.

    `at` is own, clerk (the unit that chases: the superior of a branch, else the unit itself), above (the committee over a general
    branch that chases), superior, reviewer (the superior of a branch; of other units, with `offices`, an office), or office; `offices`
    are its names. `names` looks for persons by name instead of by role. Who is found behind the first place of a chain acts for
    somebody, unless the place is `proper`: a first one too, of units of another kind.
    """

    at: str
    roles: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    proper: bool = False


class Office(NamedTuple):
    """A unit that a ladder may name: the root, a unit right under it, or an office within an office."""

    unit_id: int
    name: str
    kind: str


def delegated_away(day: int) -> ColumnElement[bool]:
    """A row of `post` is somebody's who has named another person for the day (委托): he is not told himself."""
    other = POST.alias("delegate")
    return exists().where(
        other.c.unit_id == POST.c.unit_id,
        other.c.role == POST.c.role,
        other.c.stands_for == POST.c.person_id,
        other.c.delegated == true(),
        post_on(day, other),
    )


class Places:
    """Where people are found on a day. Offices and persons by name are looked up once, when a rung first asks for them."""

    def __init__(self, connection: Connection, day: int) -> None:
        self.connection = connection
        self.day = day
        self._named: dict[tuple[str, ...], list[int]] = {}

    def holders(self, rows: FromClause, candidate: Candidate, *, acting: bool) -> Select[Any]:
        """(duty, epoch, person, role, post, unit acted for) of who holds a place; acting (主持) holders count like others.

        `rows` are due duties with their `unit_id`. A person with two roles at the place comes twice. Who has delegated his post for
        the day is left out; the delegate holds it then.
        """
        acting_for = rows.c.unit_id if acting else cast(null(), Integer)  # a bare NULL is text to PostgreSQL
        columns = (rows.c.duty_id, rows.c.epoch, POST.c.person_id, POST.c.role, POST.c.id.label("post_id"))
        found = (
            select(*columns, acting_for.label("acting_for")).select_from(self._joined(rows, candidate)).where(post_on(self.day))
        )
        if self._anybody_delegated:
            found = found.where(~delegated_away(self.day))
        return found.where(POST.c.role.in_(candidate.roles)) if candidate.roles else found

    def along(self, rows: FromClause, chain: Sequence[Candidate]) -> Iterator[Select[Any]]:
        """The same for each place of a chain: who is found behind the first one acts for somebody, unless his place is `proper`."""
        for passed, candidate in enumerate(chain):
            yield self.holders(rows, candidate, acting=passed > 0 and not candidate.proper)

    @cached_property
    def _anybody_delegated(self) -> bool:
        asked = select(POST.c.id).where(POST.c.delegated == true(), POST.c.valid_to > self.day, POST.c.valid_from <= self.day)
        return self.connection.execute(asked.limit(1)).first() is not None

    def _joined(self, rows: FromClause, candidate: Candidate) -> FromClause:
        if candidate.at == "own":
            return rows.join(POST, POST.c.unit_id == rows.c.unit_id)
        placed = rows.join(SPAN, and_(SPAN.c.unit_id == rows.c.unit_id, current(self.day)))
        if candidate.names:
            return placed.join(POST, POST.c.person_id.in_(self._people(candidate.names)))
        chaser = case((SPAN.c.kind == UnitKind.BRANCH.value, SPAN.c.parent_id), else_=SPAN.c.unit_id)
        if candidate.at == "clerk":
            return placed.join(POST, POST.c.unit_id == chaser)
        if candidate.at == "above":
            return self._above(placed, chaser)
        if candidate.at == "reviewer":
            return self._reviewing(placed, candidate.offices)
        if candidate.at == "superior":
            return placed.join(POST, POST.c.unit_id == SPAN.c.parent_id)
        if units := self._units(candidate.offices):
            return placed.join(POST, POST.c.unit_id.in_(units))
        return self._on_the_way_up(placed, candidate.offices)

    def _reviewing(self, placed: FromClause, offices: tuple[str, ...]) -> FromClause:
        """Who reviews what a unit hands in: its superior for a branch, the offices for all others."""
        is_branch = SPAN.c.kind == UnitKind.BRANCH.value
        if offices:
            return placed.join(POST, and_(~is_branch, POST.c.unit_id.in_(self._units(offices))))
        return placed.join(POST, and_(is_branch, POST.c.unit_id == SPAN.c.parent_id))

    def _above(self, placed: FromClause, chaser: ColumnElement[int]) -> FromClause:
        """The committee over a general branch that lies between it and the branch. Nothing where the school comes next."""
        between, committee = SPAN.alias("between"), SPAN.alias("committee")
        second_level = committee.c.kind.in_([kind.value for kind in SECOND_LEVEL])
        return (
            placed.join(between, and_(between.c.unit_id == chaser, current(self.day, between)))
            .join(committee, and_(committee.c.unit_id == between.c.parent_id, current(self.day, committee), second_level))
            .join(POST, POST.c.unit_id == committee.c.unit_id)
        )

    def _on_the_way_up(self, placed: FromClause, words: tuple[str, ...]) -> FromClause:
        """An organisation of that kind (党总支) above the unit; not every one in the school."""
        office, superior = SPAN.alias("office"), SPAN.alias("superior")
        called = or_(office.c.kind.in_(words), office.c.name.in_(words))
        return (
            placed.outerjoin(superior, and_(superior.c.unit_id == SPAN.c.parent_id, current(self.day, superior)))
            .join(POST, POST.c.unit_id.in_((SPAN.c.unit_id, SPAN.c.parent_id, superior.c.parent_id)))
            .join(office, and_(office.c.unit_id == POST.c.unit_id, current(self.day, office), called))
        )

    def _units(self, words: tuple[str, ...]) -> list[int]:
        """The units meant for everybody: by name, or the root and offices by their kind."""
        return [
            office.unit_id
            for no, office in enumerate(self._offices)
            if office.name in words or (office.kind in words and (no == 0 or office.kind in OFFICE_KINDS))
        ]

    @cached_property
    def _offices(self) -> list[Office]:
        """The root first. Found step by step down the tree, never by a look at all units."""
        found = self._spans(SPAN.c.parent_id.is_(None))
        above = [office.unit_id for office in found]
        while above:
            below = self._spans(SPAN.c.parent_id.in_(above))
            found += below
            above = [office.unit_id for office in below if office.kind in OFFICE_KINDS]
        return found

    def _spans(self, which: ColumnElement[bool]) -> list[Office]:
        asked = select(SPAN.c.unit_id, SPAN.c.name, SPAN.c.kind).where(which, current(self.day))
        return [Office(*row) for row in self.connection.execute(asked)]

    def _people(self, names: tuple[str, ...]) -> list[int]:
        if names not in self._named:
            asked = select(PERSON.c.id).where(PERSON.c.name.in_(names))
            self._named[names] = list(self.connection.execute(asked).scalars())
        return self._named[names]
