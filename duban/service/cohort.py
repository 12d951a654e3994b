"""基数: who a campaign's targets are counted over, and where they stand; read from storage, judged in `phases`.

The cohort is frozen on the last day of the baseline round (定级, 基数), or at the launch if grades are carried over (起点).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from duban.service.context import Context, Running, day_of
from phases.cohort import Event, Fate, Member, Standing, cohort
from phases.targets import FlowMatrix, TargetFigure, flow_matrix, measure
from phases.tracks import BRANCH
from storage import lineage
from storage.lineage import LineageLine, Seen
from storage.scope import EVERYTHING, Scope
from workflow.deadline import closes_at
from workflow.model import BRANCHES, Grading

if TYPE_CHECKING:
    from sqlalchemy import Connection

FATES = {lineage.DISSOLVED: Fate.DISSOLVED, lineage.MERGED: Fate.MERGED, lineage.SPLIT: Fate.SPLIT}
NOT_LISTED = "单位表里已经没有"
_AGAIN = "\0"
"""Between the code of a branch that was split and kept its code, and how often: each life of it has its own event."""


def members_of(context: Context, running: Running, at: date | None = None, *, scope: Scope = EVERYTHING) -> tuple[Member, ...]:
    """The cohort in the order of the tree, each member with what became of it; as recorded by the end of the day `at`.

    In scope are members by the place they have, or last had. A campaign without baseline or carried-over grades has none.
    """
    day, instant = _when(context, running, at)
    with context.database.read() as connection:
        seen = lineage.last_seen(connection, scope=EVERYTHING, day=day.toordinal(), recorded_by=instant)
        steps = lineage.lines(connection, day=day.toordinal(), recorded_by=instant)
        baseline = _baseline(connection, running, seen, steps, instant)
        current = _current(connection, running, instant)
    lives = _Lives(seen=seen)
    events = lives.follow(steps)
    events |= lives.vanished(events, day.toordinal())
    mine = {seen[unit].code: grade for unit, grade in baseline.items() if scope.sees(seen[unit].path)}
    made = cohort(mine, events, lives.latest(current), lives.names())
    return tuple(replace(member, successors=tuple(map(_plain, member.successors))) for member in made)


def figures(context: Context, running: Running, at: date | None = None, *, scope: Scope = EVERYTHING) -> list[TargetFigure]:
    """Where every target stands, in the order of the definition: needed, reached, who left, who is judged by another."""
    members, scale = members_of(context, running, at, scope=scope), scale_of(running)
    return [measure(target, members, scale) for target in running.campaign.targets]


def flow(context: Context, running: Running, at: date | None = None, *, scope: Scope = EVERYTHING) -> FlowMatrix:
    """晋位升级: from which grade to which, every member once."""
    return flow_matrix(members_of(context, running, at, scope=scope), scale_of(running))


def scale_of(running: Running) -> tuple[str, ...]:
    """The grades of branches, the best first; empty if the campaign grades none."""
    rounds = _rounds(running)
    return rounds[0].scale if rounds else ()


def _when(context: Context, running: Running, at: date | None) -> tuple[date, int | None]:
    today = day_of(context.now(), running.campaign.zone)
    if at is None or at >= today:
        return today, None
    return at, closes_at(at, None, running.campaign.zone) - 1


def _rounds(running: Running) -> list[Grading]:
    return [grading for grading in running.campaign.gradings if grading.subject == BRANCH]


def _base(running: Running) -> Grading | None:
    return next((grading for grading in _rounds(running) if grading.baseline), None)


def _baseline(
    connection: Connection, running: Running, seen: Mapping[int, Seen], steps: Iterable[LineageLine], instant: int | None
) -> dict[int, str]:
    """{unit id: the grade it started from}, in the order of the tree."""
    base = _base(running)
    if base is None:
        return _carried_over(connection, running, seen, instant)
    grades = lineage.confirmed_grades(connection, campaign_id=running.id, grading=base.no, recorded_by=instant)
    frozen = (running.campaign.task_by_key[base.task].deadline.end or running.launched_on).toordinal()
    parts = [(step.from_unit, step.to_unit) for step in steps if step.kind == lineage.SPLIT and step.from_unit != step.to_unit]
    by_split = {to for _, to in parts}
    counted_already = {to for source, to in parts if source in grades}

    def belongs(unit: int) -> bool:
        # A belated round may grade a unit founded after the frozen day, or a part of a member: the cohort never grows.
        return unit not in counted_already and (seen[unit].first_day <= frozen or unit in by_split)

    return {unit: grades[unit] for unit in seen if unit in grades and belongs(unit)}


def _carried_over(connection: Connection, running: Running, seen: Mapping[int, Seen], instant: int | None) -> dict[int, str]:
    if not running.campaign.starting_grades:
        return {}
    day = running.launched_on.toordinal()
    grades = lineage.starting_grades(connection, scope=EVERYTHING, day=day, kinds=BRANCHES, recorded_by=instant)
    return {unit: grades[unit] for unit in seen if unit in grades}


def _current(connection: Connection, running: Running, instant: int | None) -> dict[int, str]:
    """{unit id: its grade in the last round that graded it} of the rounds after the baseline."""
    base = _base(running)
    later = [g for g in _rounds(running) if not g.baseline and (base is None or g.no > base.no)]
    found: dict[int, str] = {}
    for grading in later:
        found |= lineage.confirmed_grades(connection, campaign_id=running.id, grading=grading.no, recorded_by=instant)
    return found


@dataclass(kw_only=True)
class _Lives:
    """Codes of units through their events. A branch that was split and kept its code goes on under a code of its own."""

    seen: Mapping[int, Seen]
    _life: dict[int, int] = field(default_factory=dict)

    def follow(self, steps: Iterable[LineageLine]) -> dict[str, Event]:
        """{code: what ended it}, from lines in the order in which they took effect."""
        events: dict[str, Event] = {}
        ended = (step for step in steps if step.kind in FATES and step.from_unit in self.seen)
        for (unit, kind, _, _), group in groupby(ended, key=lambda s: (s.from_unit, s.kind, s.effective_on, s.recorded_at)):
            parts = list(group)
            assert unit is not None
            before = self.code(unit)
            successors = [part.to_unit for part in parts if part.to_unit is not None and part.to_unit in self.seen]
            if unit in successors:
                self._life[unit] = self._life.get(unit, 0) + 1
            state = FATES[kind] if successors else Fate.DISSOLVED
            events[before] = Event(state=state, successors=tuple(map(self.code, successors)), reason=parts[0].reason or "")
        return events

    def vanished(self, events: Mapping[str, Event], day: int) -> dict[str, Event]:
        """Units that are no more and of which no event tells: an import ended them."""
        gone = [self.code(unit) for unit, seen in self.seen.items() if seen.until <= day]
        return {code: Event(state=Fate.DISSOLVED, reason=NOT_LISTED) for code in gone if code not in events}

    def code(self, unit: int) -> str:
        life = self._life.get(unit, 0)
        return f"{self.seen[unit].code}{_AGAIN}{life}" if life else self.seen[unit].code

    def latest(self, grades: Mapping[int, str]) -> dict[str, str]:
        return {self.code(unit): grade for unit, grade in grades.items() if unit in self.seen}

    def names(self) -> dict[str, str]:
        return dict(self._names())

    def _names(self) -> Iterator[tuple[str, str]]:
        for unit, seen in self.seen.items():
            yield seen.code, seen.name
            yield from ((f"{seen.code}{_AGAIN}{life}", seen.name) for life in range(1, self._life.get(unit, 0) + 1))


def _plain(standing: Standing) -> Standing:
    """With the codes people know."""
    code = standing.unit.partition(_AGAIN)[0]
    return replace(standing, unit=code, successors=tuple(map(_plain, standing.successors)))
