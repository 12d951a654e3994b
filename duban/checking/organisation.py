"""Who holds which post where, as a file of units says on one day: what `storage.recipients` will find once it is imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from duban.workbook import Person, PostRow, UnitRow, UnitsFile, persons
from storage.recipients import OFFICE_KINDS, Candidate
from workflow.model import SECOND_LEVEL, Selector, Track, UnitKind


@dataclass(frozen=True)
class Organisation:
    """The units and posts of a file on a day. Without a day all of them count."""

    file: UnitsFile
    day: date | None

    @cached_property
    def units(self) -> tuple[UnitRow, ...]:
        return tuple(unit for unit in self.file.units if _begun(unit, self.day))

    @cached_property
    def posts(self) -> tuple[PostRow, ...]:
        return tuple(p for p in self.file.posts if _begun(p, self.day) and not _over(p, self.day) and p.unit in self.by_code)

    @cached_property
    def later(self) -> int:
        """Units and posts that are not yet there on the day."""
        rows: tuple[UnitRow | PostRow, ...] = (*self.file.units, *self.file.posts)
        return sum(not _begun(row, self.day) for row in rows)

    @cached_property
    def by_code(self) -> dict[str, UnitRow]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def root(self) -> UnitRow | None:
        return next((unit for unit in self.units if unit.parent is None), None)

    def members(self, track: Track) -> tuple[UnitRow, ...]:
        """The units that walk a track, as a launch enrols them."""
        return tuple(unit for unit in self.units if _walks(unit, track))

    def concerned(self, track: Track, selector: Selector, *, by_grade: bool) -> tuple[UnitRow, ...]:
        """The units of a track that a task is for. `by_grade`: their 起始等次 decides; else any of them may be graded so."""
        return tuple(
            unit
            for unit in self.members(track)
            if (not selector.branch_kinds or unit.branch_kind in selector.branch_kinds)
            and (not by_grade or not selector.grades or unit.grade in selector.grades)
        )

    def above(self, unit: UnitRow) -> Iterator[UnitRow]:
        """The superiors, nearest first."""
        here = self.parent(unit)
        while here is not None:
            yield here
            here = self.parent(here)

    def parent(self, unit: UnitRow) -> UnitRow | None:
        return self.by_code.get(unit.parent) if unit.parent is not None else None

    def places(self, unit: UnitRow, candidate: Candidate) -> tuple[UnitRow, ...]:
        """Where a candidate is looked for, seen from the unit that owes."""
        parent = self.parent(unit)
        chaser = parent if unit.kind == UnitKind.BRANCH else unit
        if candidate.at == "own":
            return (unit,)
        if candidate.at == "clerk":
            return _those(chaser)
        if candidate.at == "superior":
            return _those(parent)
        if candidate.at == "above":
            committee = self.parent(chaser) if chaser is not None else None
            return _those(committee) if committee is not None and committee.kind in SECOND_LEVEL else ()
        return self.offices(candidate.offices) or self._on_the_way_up(unit, candidate.offices)

    def holders(self, unit: UnitRow, candidate: Candidate) -> tuple[Person, ...]:
        """The people found there."""
        if candidate.names:
            return tuple(person for person in self.people if person.name in candidate.names)
        held = [post for place in self.places(unit, candidate) for post in self._posts_at.get(place.code, ())]
        fitting = [post for post in held if not candidate.roles or post.role in candidate.roles]
        return tuple({self._person_of[post].key: self._person_of[post] for post in fitting}.values())

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Everybody who holds a post on the day."""
        return tuple({self._person_of[post].key: self._person_of[post] for post in self.posts}.values())

    def offices(self, words: Iterable[str]) -> tuple[UnitRow, ...]:
        """The units meant for everybody: by name, or the root and offices by their kind."""
        wanted = tuple(words)
        return tuple(
            unit
            for no, unit in enumerate(self._central)
            if unit.name in wanted or (unit.kind in wanted and (no == 0 or unit.kind in OFFICE_KINDS))
        )

    def _on_the_way_up(self, unit: UnitRow, words: tuple[str, ...]) -> tuple[UnitRow, ...]:
        near = (unit, *list(self.above(unit))[:2])
        return tuple(place for place in near if place.kind in words or place.name in words)

    @cached_property
    def _central(self) -> tuple[UnitRow, ...]:
        """The root, what stands right under it, and offices within offices."""
        found = list(_those(self.root))
        above = {unit.code for unit in found}
        while above:
            below = [unit for unit in self.units if unit.parent in above]
            found += below
            above = {unit.code for unit in below if unit.kind in OFFICE_KINDS}
        return tuple(found)

    @cached_property
    def _posts_at(self) -> dict[str, list[PostRow]]:
        found: dict[str, list[PostRow]] = {}
        for post in self.posts:
            found.setdefault(post.unit, []).append(post)
        return found

    @cached_property
    def _person_of(self) -> dict[PostRow, Person]:
        """Who somebody is shows in all his posts, also in those of another day."""
        return {post: person for person in persons(self.file.posts).people for post in person.posts}


def _those(unit: UnitRow | None) -> tuple[UnitRow, ...]:
    return (unit,) if unit is not None else ()


def _begun(row: UnitRow | PostRow, day: date | None) -> bool:
    return day is None or row.valid_from is None or row.valid_from <= day


def _over(post: PostRow, day: date | None) -> bool:
    return day is not None and post.valid_to is not None and post.valid_to < day


def _walks(unit: UnitRow, track: Track) -> bool:
    if unit.name in track.units or unit.code in track.units:
        return not track.branch_kinds or unit.branch_kind in track.branch_kinds
    return unit.kind in track.kinds and (not track.branch_kinds or unit.branch_kind in track.branch_kinds)
