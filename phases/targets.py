"""目标: how many of the baseline branches had to rise, how many did, and who left the count on the way.

Who is counted is the cohort's rule (`phases.cohort`); how a member is judged is said once, in `standing_grade`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from phases.cohort import Fate, Member, Standing, ends
from phases.grading import UNGRADED, UNRATED
from workflow.model import Target

DISSOLVED_COLUMN = "撤销"
_AFTER_SCALE = (UNRATED, DISSOLVED_COLUMN, UNGRADED)


@dataclass(frozen=True, kw_only=True)
class Left:
    """A member that is no longer counted, and why."""

    unit: str
    name: str
    baseline: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A merged or split member that is still counted, and the living units it is judged by."""

    unit: str
    name: str
    state: Fate
    by: tuple[Standing, ...]


@dataclass(frozen=True, kw_only=True)
class TargetFigure:
    """Where a target stands. `expected` is the denominator, `needed` the whole number the share asks for."""

    target: Target
    expected: int
    needed: int
    reached: int
    left: tuple[Left, ...] = ()
    carried: tuple[Carried, ...] = ()

    @property
    def short(self) -> int:
        return max(0, self.needed - self.reached)

    @property
    def met(self) -> bool | None:
        """None when nobody is expected (无应报): neither met nor missed."""
        return self.short == 0 if self.expected else None


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One row of the matrix: where the branches of one baseline grade are now, in the order of its `columns`."""

    baseline: str
    counts: tuple[int, ...]
    rises: int
    falls: int

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class FlowMatrix:
    """晋位升级: baseline grades down, current grades across, then 不参评, 撤销 and 尚未定级."""

    columns: tuple[str, ...]
    rows: tuple[Flow, ...]

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(sum(row.counts[n] for row in self.rows) for n in range(len(self.columns)))


def needed(count: int, share: Fraction) -> int:
    """The whole number that `share` 以上 of `count` asks for, itself included: 30% of 92 is 28, 50% of 28 is 14."""
    return ceil(count * share)


def measure(target: Target, members: Iterable[Member], scale: Sequence[str]) -> TargetFigure:
    """Where `target` stands among the cohort's `members`. `scale` has the best grade first; better than asked counts."""
    concerned = [member for member in members if member.baseline == target.from_grade]
    counted = [member for member in concerned if ends(member)]
    reached = [member for member in counted if _reaches(standing_grade(member, scale), target, scale)]
    return TargetFigure(
        target=target,
        expected=len(counted),
        needed=needed(len(counted), target.share),
        reached=len(reached),
        left=tuple(_left(member) for member in concerned if not ends(member)),
        carried=tuple(_carried(member) for member in counted if member.state is not Fate.ACTIVE),
    )


def flow_matrix(members: Iterable[Member], scale: Sequence[str]) -> FlowMatrix:
    """Every member once: by its baseline grade and by `standing_grade`, falls included."""
    places = [(member.baseline, standing_grade(member, scale)) for member in members]
    others = [grade for pair in places for grade in pair if grade not in scale]
    known = (*scale, *(grade for grade in dict.fromkeys(others) if grade not in _AFTER_SCALE))
    columns = (*known, *_AFTER_SCALE)
    baselines = [grade for grade in columns if grade in scale or any(start == grade for start, _ in places)]
    return FlowMatrix(
        columns=columns,
        rows=tuple(_flow(start, [now for first, now in places if first == start], columns, scale) for start in baselines),
    )


def standing_grade(member: Standing, scale: Sequence[str]) -> str:
    """The grade a member is judged by: its own, its successor's, or the last among several; 撤销 when none is left.

    One judgement for figures and matrix, so that they cannot disagree.
    """
    grades = [end.current or UNGRADED for end in ends(member)]
    return max(grades, key=lambda grade: _place(grade, scale), default=DISSOLVED_COLUMN)


def _reaches(grade: str, target: Target, scale: Sequence[str]) -> bool:
    asked = [_place(label, scale) for label in target.to_grades if label in scale]
    return grade in scale and _place(grade, scale) <= max(asked, default=-1)


def _place(grade: str, scale: Sequence[str]) -> int:
    """From best to worst; behind the scale come labels it does not know, 不参评, 尚未定级."""
    if grade in scale:
        return scale.index(grade)
    return len(scale) + (_AFTER_SCALE.index(grade) + 1 if grade in _AFTER_SCALE else 0)


def _left(member: Member) -> Left:
    reason = member.reason or next((end.reason for end in _dissolved(member) if end.reason), "")
    return Left(unit=member.unit, name=member.name, baseline=member.baseline, reason=reason or DISSOLVED_COLUMN)


def _dissolved(standing: Standing) -> Iterator[Standing]:
    if standing.state is Fate.DISSOLVED:
        yield standing
    for successor in standing.successors:
        yield from _dissolved(successor)


def _carried(member: Member) -> Carried:
    return Carried(unit=member.unit, name=member.name, state=member.state, by=ends(member))


def _flow(baseline: str, now: Sequence[str], columns: Sequence[str], scale: Sequence[str]) -> Flow:
    moves = [_place(baseline, scale) - scale.index(grade) for grade in now if grade in scale and baseline in scale]
    return Flow(
        baseline=baseline,
        counts=tuple(now.count(column) for column in columns),
        rises=sum(move > 0 for move in moves),
        falls=sum(move < 0 for move in moves),
    )
