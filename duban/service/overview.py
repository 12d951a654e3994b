"""How far a campaign is: units down, phases (or the tasks of one) across, counted by the database, now or at the end of a past day.

The figures are those of `status`: a duty that is owed is in on time, in late, or open. Nobody is ranked: rows are in the order of the tree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from duban.service.as_of import Looked, look
from duban.service.columns import OTHER, Column, columns_of
from duban.service.context import Context, Running
from duban.service.people import OFFICE_KINDS, find_unit
from storage import overview as rows
from storage.overview import Counted, PlaceLine, Standing, Where
from storage.scope import EVERYTHING, Scope, paths_above
from storage.units import path_below
from workflow.machine import phase_name

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_SHOWN = 300
"""A unit with fewer units below it is shown with all of them; a larger one with those right below it, which lead further down."""


@dataclass(frozen=True, kw_only=True)
class Count:
    """Duties that are owed. `over` are those whose last day is over, `behind` those of them still open; `review` are in and wait."""

    on_time: int = 0
    late: int = 0
    open: int = 0
    over: int = 0
    behind: int = 0
    review: int = 0

    @property
    def expected(self) -> int:
        return self.on_time + self.late + self.open

    @property
    def sent(self) -> int:
        return self.on_time + self.late

    def __add__(self, other: Count) -> Count:
        return Count(
            on_time=self.on_time + other.on_time,
            late=self.late + other.late,
            open=self.open + other.open,
            over=self.over + other.over,
            behind=self.behind + other.behind,
            review=self.review + other.review,
        )


@dataclass(frozen=True, kw_only=True)
class OverviewRow:
    """A unit, with everything below it if `whole`. `cells` stand under the columns. `phases` is where the unit itself is.

    `leads_down`: there are units below it that can be shown. `level` counts how deep it lies below the unit that is looked at; `itself` is
    that unit, alone.
    """

    code: str
    name: str
    level: int
    office: bool
    whole: bool
    itself: bool
    leads_down: bool
    phases: str
    cells: tuple[Count, ...]
    total: Count


@dataclass(frozen=True, kw_only=True)
class Overview:
    """`stamp` (UTC seconds) is the instant it holds for. `unit` is what is looked at, None where somebody sees several apart.

    `here` says for each column how many cases are in that phase (None under tasks). `units_behind` counts units with something open whose
    last day is over. `above` are the units above that he may see, the highest first.
    """

    campaign: int
    name: str
    looked: Looked
    unit: PlaceLine | None
    above: tuple[PlaceLine, ...]
    phase: str | None
    columns: tuple[Column, ...]
    here: tuple[int | None, ...]
    rows: tuple[OverviewRow, ...]
    sums: tuple[Count, ...]
    total: Count
    units_behind: int


def overview(
    context: Context,
    running: Running,
    *,
    scope: Scope,
    unit: str | None = None,
    phase: str | None = None,
    at: date | None = None,
) -> Overview:
    """What somebody sees of a campaign: of all of it, or of `unit` and what is below it.

    `at` a DAY means its end, as recorded by then. Raises `NotFound` for an unknown unit or phase, `Refused` for a day that cannot be asked.
    """
    looked = look(context, running, at)
    with context.database.read() as connection:
        tasks = rows.tasks(connection, running.id)
        columns = columns_of(running.campaign, tasks, phase)
        view = _View.of(connection, running, looked, scope, unit)
        by_place = view.by_place
        duties = rows.duty_counts(connection, view.where, by_place, scope=scope)
        cases = rows.case_counts(connection, view.where, by_place, scope=scope)
        behind = rows.units_behind(connection, view.where, [id_ for c in columns for id_ in c.tasks], scope=scope)
        beyond = paths_above(view.unit.path) if view.unit is not None else []
        above = rows.places_at(connection, view.where, beyond, scope=scope)
    counts = _counts(duties, columns)
    found = (_row(place, view, running, columns, counts, cases) for place in view.places)
    made = sorted((row for row in found if row is not None), key=lambda row: row.office)  # offices after those they ask
    shown = [no for no, column in enumerate(columns) if _is_shown(column) or any(row.cells[no].expected for row in made)]
    kept = tuple(OverviewRow(**{**vars(row), "cells": tuple(row.cells[no] for no in shown)}) for row in made)
    sums = tuple(_sum(row.cells[no] for row in made) for no in shown)
    return Overview(
        campaign=running.id,
        name=running.campaign.name,
        looked=looked,
        unit=view.unit,
        above=tuple(above),
        phase=phase,
        columns=tuple(columns[no] for no in shown),
        here=_here(running, [columns[no] for no in shown], cases),
        rows=kept,
        sums=sums,
        total=_sum(sums),
        units_behind=behind,
    )


@dataclass(frozen=True, kw_only=True)
class _View:
    """What is looked at: a unit (None: several apart), its rows, and whether each row stands for all below it."""

    unit: PlaceLine | None
    places: tuple[PlaceLine, ...]
    whole: bool
    where: Where

    @property
    def by_place(self) -> list[str]:
        """How counts are taken together: without places by every unit itself."""
        return [place.path for place in self.places if place != self.unit] if self.whole else []

    @classmethod
    def of(cls, connection: Connection, running: Running, looked: Looked, scope: Scope, code: str | None) -> _View:
        where = Where(running.id, looked.day.toordinal(), looked.instant)
        if code is not None:
            found = find_unit(connection, code, day=looked.day, scope=scope, recorded_by=looked.instant)
            return cls._below(connection, where, rows.places_at(connection, where, [found.path], scope=scope)[0], scope)
        tops = _tops(connection, running, where, scope)
        if len(tops) == 1:
            return cls._below(connection, where, tops[0], scope)
        return cls(unit=None, places=tuple(tops), whole=True, where=where)

    @classmethod
    def _below(cls, connection: Connection, where: Where, unit: PlaceLine, scope: Scope) -> _View:
        """With all units below it, unless they are too many, or it is the school: then with those right below it."""
        is_root = unit.path.count("/") == 2
        where = where._replace(beneath=None if is_root and scope == EVERYTHING else unit.path)
        if not is_root:
            found = rows.places_beneath(connection, where, unit.path, scope=scope, most=MOST_SHOWN + 1)
            if len(found) <= MOST_SHOWN:
                return cls(unit=unit, places=tuple(found), whole=False, where=where)
        below = rows.places_under(connection, where, unit.id, scope=scope)
        return cls(unit=unit, places=(unit, *below), whole=True, where=where)


def _tops(connection: Connection, running: Running, where: Where, scope: Scope) -> list[PlaceLine]:
    """The highest units somebody sees: the campaign's root, or his own units, each once."""
    if scope == EVERYTHING:
        return rows.places_at(connection, where, [path_below("/", running.root_id)], scope=scope)
    return rows.places_at(connection, where, scope.tops, scope=scope)


def _is_shown(column: Column) -> bool:
    """A phase also where nothing is asked in it; tasks only where somebody owes them."""
    return column.phase not in (None, OTHER)


def _counts(duties: Iterable[Counted], columns: Sequence[Column]) -> Mapping[str, Mapping[int, Count]]:
    """{place: {number of a column: how its duties stand}}."""
    column_of = {task: no for no, column in enumerate(columns) for task in column.tasks}
    found: dict[str, dict[int, Count]] = {}
    for line in duties:
        no = column_of.get(line.task_id)
        if no is not None and line.state != "waived":
            cells = found.setdefault(line.place, {})
            cells[no] = cells.get(no, Count()) + _count(line)
    return found


def _count(line: Counted) -> Count:
    """As `status.totals_of` counts; `behind` as its days late."""
    over = line.n if line.past else 0
    if line.on_time is not None:
        review = line.n if line.state == "submitted" else 0
        mark = "on_time" if line.on_time else "late"
        return Count(over=over, review=review, **{mark: line.n})
    return Count(open=line.n, over=over, behind=over if line.state != "accepted" else 0)


def _row(
    place: PlaceLine,
    view: _View,
    running: Running,
    columns: Sequence[Column],
    counts: Mapping[str, Mapping[int, Count]],
    cases: Sequence[Standing],
) -> OverviewRow | None:
    """None for a unit of which nothing is asked."""
    mine = counts.get(place.path, {})
    standing = [case for case in cases if case.place == place.path]
    if not mine and not standing:
        return None
    cells = tuple(mine.get(no, Count()) for no in range(len(columns)))
    whole = view.whole and place != view.unit
    return OverviewRow(
        code=place.code,
        name=place.name,
        level=max(0, place.depth - view.unit.depth - 1) if view.unit is not None else 0,
        office=place.kind in OFFICE_KINDS,
        whole=whole,
        itself=place == view.unit,
        leads_down=whole and (any(not case.own for case in standing)),
        phases=_phases(running, [case for case in standing if case.own]),
        cells=cells,
        total=_sum(cells),
    )


def _phases(running: Running, own: Sequence[Standing]) -> str:
    """健全组织; where its tracks are in different phases, each with its track."""
    names = {case.track: _name(running, case) for case in own}
    if len(set(names.values())) == 1:
        return next(iter(names.values()))
    return "；".join(f"{track}：{name}" for track, name in names.items())


def _name(running: Running, case: Standing) -> str:
    return case.phase if isinstance(case.phase, str) else phase_name(running.campaign.track_by_key[case.track], case.phase)


def _here(running: Running, columns: Sequence[Column], cases: Iterable[Standing]) -> tuple[int | None, ...]:
    found: Counter[str] = Counter()
    for case in cases:
        found[_name(running, case)] += case.n
    return tuple(found[column.name] if column.phase not in (None, OTHER) else None for column in columns)


def _sum(counts: Iterable[Count]) -> Count:
    return sum(counts, start=Count())
