"""How much is in and how much is open, counted by place and task: now, or as recorded by a past instant. Always within a scope.

The database counts; what it answers has the size of places times tasks, however many duties there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Subquery, and_, case, func, literal, select

from storage.scope import EVERYTHING, Scope, under
from storage.tables import CASE, DUTY, JOURNAL, SPAN, TASK, UNIT
from storage.units import on


class Where(NamedTuple):
    """A campaign's units on a day, beneath a path if there is one; `instant` None: as it stands now, else as recorded by then."""

    campaign_id: int
    day: int
    instant: int | None = None
    beneath: str | None = None


class Counted(NamedTuple):
    """`n` duties of one task in one place (a path) that stand alike. `past`: their last day is over."""

    place: str
    task_id: int
    state: str
    on_time: bool | None
    past: bool
    n: int


class Standing(NamedTuple):
    """`n` cases in one place in one phase: its number for now, its name for the past. `own`: of the unit at that path itself."""

    place: str
    own: bool
    track: str
    phase: int | str
    n: int


class PlaceLine(NamedTuple):
    """A unit that can be a row of a table."""

    id: int
    code: str
    name: str
    kind: str
    path: str
    depth: int


class TaskLine(NamedTuple):
    """A task of a campaign; `phase` is its number within the track."""

    id: int
    key: str
    track: str
    phase: int | None


class Moved(NamedTuple):
    """`n` journal lines of one act that began in one state."""

    act: str
    from_state: str | None
    n: int


def tasks(connection: Connection, campaign_id: int) -> list[TaskLine]:
    """In the order of the definition."""
    asked = select(TASK.c.id, TASK.c.key, TASK.c.track, TASK.c.phase).where(TASK.c.campaign_id == campaign_id)
    return [TaskLine._make(row) for row in connection.execute(asked.order_by(TASK.c.ord))]


def places_under(connection: Connection, where: Where, parent_id: int, *, scope: Scope) -> list[PlaceLine]:
    """The units right below one, in the order of the tree."""
    return _places(connection, where, SPAN.c.parent_id == parent_id, scope)


def places_at(connection: Connection, where: Where, paths: Sequence[str], *, scope: Scope) -> list[PlaceLine]:
    """The units at some paths."""
    return _places(connection, where, SPAN.c.path.in_(paths), scope)


def places_beneath(connection: Connection, where: Where, path: str, *, scope: Scope, most: int) -> list[PlaceLine]:
    """The unit at a path and all below it, no more than `most` of them."""
    return _places(connection, where, under(SPAN.c.path, path), scope, most)


def duty_counts(connection: Connection, where: Where, places: Sequence[str], *, scope: Scope) -> list[Counted]:
    """Duties by place, task and how they stand; what is void is left out. Without places every unit is one."""
    c = _duties(where, places, scope).c
    kinds = (c.place, c.task_id, c.state, c.on_time, c.past)
    found = connection.execute(select(*kinds, func.count()).group_by(*kinds))
    return [Counted(p, t, s, None if o is None else bool(o), bool(past), n) for p, t, s, o, past, n in found]


def units_behind(connection: Connection, where: Where, task_ids: Sequence[int], *, scope: Scope) -> int:
    """How many units have something of these tasks open whose last day is over."""
    c = _duties(where, (), scope).c
    behind = and_(c.on_time.is_(None), c.state.not_in(("waived", "accepted")), c.past == 1)
    # "+ 0": by the units, as above, not through all duties of these tasks.
    asked = select(func.count(c.unit_id.distinct())).where(behind, (c.task_id + 0).in_(task_ids))
    return int(connection.execute(asked).scalar_one())


def case_counts(connection: Connection, where: Where, places: Sequence[str], *, scope: Scope) -> list[Standing]:
    """Cases by place and phase."""
    place = _place(places)
    phase, source, limits = _cases_at(where) if where.instant is not None else _cases(where, scope)
    own = case((SPAN.c.path == place, 1), else_=0)
    kinds = (place.label("place"), own.label("own"), CASE.c.track.label("track"), phase.label("phase"))
    c = select(*kinds).select_from(source).where(*limits, *_units(where, scope)).subquery("standing").c
    found = connection.execute(select(c.place, c.own, c.track, c.phase, func.count()).group_by(*c))
    return [Standing(p, bool(o), track, no, n) for p, o, track, no, n in found]


def moved(connection: Connection, campaign_id: int, *, scope: Scope, after: int, until: int) -> list[Moved]:
    """What was done after one instant up to another, about units that then lay in scope."""
    seen = (JOURNAL.c.campaign_id == campaign_id, scope.on(JOURNAL.c.unit_path))
    span = (JOURNAL.c.recorded_at > after, JOURNAL.c.recorded_at <= until)
    kinds = (JOURNAL.c.act, JOURNAL.c.from_state)
    asked = select(*kinds, func.count()).where(*seen, *span).group_by(*kinds)
    return [Moved._make(row) for row in connection.execute(asked)]


def _places(
    connection: Connection, where: Where, which: ColumnElement[bool], scope: Scope, most: int | None = None
) -> list[PlaceLine]:
    asked = (
        select(UNIT.c.id, UNIT.c.code, SPAN.c.name, SPAN.c.kind, SPAN.c.path, SPAN.c.depth)
        .join(SPAN, SPAN.c.unit_id == UNIT.c.id)
        .where(which, on(where.day, where.instant), scope.on(SPAN.c.path))
        .order_by(SPAN.c.path)
        .limit(most)
    )
    return [PlaceLine._make(row) for row in connection.execute(asked)]


def _duties(where: Where, places: Sequence[str], scope: Scope) -> Subquery:
    """Every duty with its place, as it stands or as its last line up to the instant says."""
    if where.instant is None:
        source = CASE.join(DUTY, DUTY.c.case_id == CASE.c.id).join(SPAN, SPAN.c.unit_id == CASE.c.unit_id)
        line, state, limits = DUTY.c, DUTY.c.state, [_of_campaign(where, scope)]
    else:
        last = _last_lines(where)
        source = JOURNAL.join(last, last.c.id == JOURNAL.c.id).join(SPAN, SPAN.c.unit_id == JOURNAL.c.unit_id)
        line, state, limits = JOURNAL.c, JOURNAL.c.to_state, []
    past = case((line.due_day < where.day, 1), else_=0)
    kinds = (_place(places).label("place"), line.unit_id, line.task_id, state.label("state"), line.on_time, past.label("past"))
    return select(*kinds).select_from(source).where(state != "void", *limits, *_units(where, scope)).subquery("owed")


def _last_lines(where: Where) -> Subquery:
    """The last line of every duty up to the instant."""
    mine = [JOURNAL.c.campaign_id == where.campaign_id, JOURNAL.c.recorded_at <= where.instant, JOURNAL.c.duty_id.is_not(None)]
    if where.beneath is not None:
        units = select(SPAN.c.unit_id).where(on(where.day, where.instant), under(SPAN.c.path, where.beneath))
        mine.append(JOURNAL.c.unit_id.in_(units))
    return select(func.max(JOURNAL.c.id).label("id")).where(*mine).group_by(JOURNAL.c.duty_id).subquery("last")


def _cases(where: Where, scope: Scope) -> tuple[ColumnElement[Any], FromClause, list[ColumnElement[bool]]]:
    return CASE.c.phase, CASE.join(SPAN, SPAN.c.unit_id == CASE.c.unit_id), [_of_campaign(where, scope)]


def _cases_at(where: Where) -> tuple[ColumnElement[Any], FromClause, list[ColumnElement[bool]]]:
    """By the last line of every case that is not about a duty."""
    of_case = (JOURNAL.c.campaign_id == where.campaign_id, JOURNAL.c.case_id.is_not(None), JOURNAL.c.duty_id.is_(None))
    until = JOURNAL.c.recorded_at <= where.instant
    last = select(func.max(JOURNAL.c.id).label("id")).where(*of_case, until).group_by(JOURNAL.c.case_id).subquery("last")
    source = JOURNAL.join(last, last.c.id == JOURNAL.c.id).join(CASE, CASE.c.id == JOURNAL.c.case_id)
    return JOURNAL.c.to_state, source.join(SPAN, SPAN.c.unit_id == CASE.c.unit_id), []


def _units(where: Where, scope: Scope) -> list[ColumnElement[bool]]:
    found = [on(where.day, where.instant), scope.on(SPAN.c.path)]
    return [*found, under(SPAN.c.path, where.beneath)] if where.beneath is not None else found


def _of_campaign(where: Where, scope: Scope) -> ColumnElement[bool]:
    """Where few units are looked at, "+ 0": from them to their cases, not through all cases of the campaign."""
    narrow = scope != EVERYTHING or where.beneath is not None
    return (CASE.c.campaign_id + 0 if narrow else CASE.c.campaign_id) == where.campaign_id


def _place(places: Sequence[str]) -> ColumnElement[str]:
    """The path of the place a unit lies in; without places every unit is one, and so is a unit that lies in none of them."""
    if not places:
        return SPAN.c.path
    if len({path.count("/") for path in places}) > 1:
        return case(*((under(SPAN.c.path, path), literal(path)) for path in places), else_=SPAN.c.path)
    # On one level the beginning of a path says it, and no place need be looked for: as long as theirs are, up to a slash.
    lengths = sorted({len(path) for path in places})
    cut = ((func.substr(SPAN.c.path, length, 1) == "/", func.substr(SPAN.c.path, 1, length)) for length in lengths)
    return case(*cut, else_=SPAN.c.path)
