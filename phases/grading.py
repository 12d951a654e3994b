"""定级 in figures: how many units have which grade, and the rules of arithmetic a notice may set for that.

Counts are whole numbers; a share is worked out where it is shown and never kept. No label has a default here: they are data of the
campaign.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

UNRATED = "不参评"
"""The grader's answer for a unit that is not rated, with a reason; a grade beside every scale."""
UNGRADED = "尚未定级"
"""What is shown for a unit without a grade. Never submitted, never stored."""


@dataclass(frozen=True, kw_only=True)
class Graded:
    """One unit as the tables see it. `grade` None: not graded yet. `superior` is the unit that grades it, by name."""

    unit: str
    kind: str
    grade: str | None
    superior: str = ""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """One line of counts; `counts` stand in the order of the distribution's `labels`."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """定级分布: grades across, kinds of units down. Every unit is counted once in `kinds` and once in `whole`.

    `labels` are the scale, then what else occurs (不参评, 尚未定级, a label of an earlier scale), so that nothing is lost.
    """

    labels: tuple[str, ...]
    kinds: tuple[Tally, ...]
    whole: Tally


@dataclass(frozen=True, kw_only=True)
class SameGrade:
    """A unit that gave one grade to all its branches: a hint for a second look (拉开档次), no fault in itself."""

    superior: str
    grade: str
    count: int

    @property
    def text(self) -> str:
        return f"{self.superior}的{self.count}个支部都定为“{self.grade}”，建议再看一看是否拉开了档次。"


@dataclass(frozen=True, kw_only=True)
class Band:
    """Between two shares of `count` units lie the whole numbers `least` to `most`; none do when `most` < `least`."""

    count: int
    least: int
    most: int

    def holds(self, number: int) -> bool:
        return self.least <= number <= self.most

    @property
    def text(self) -> str:
        if self.most < self.least:
            return f"共{self.count}个，这个比例内没有整数，请人工确定。"
        return f"共{self.count}个，应在{self.least}个到{self.most}个之间（含）。"


def distribution(units: Iterable[Graded], scale: Sequence[str]) -> Distribution:
    """Counts by grade and kind. Kinds come in the order in which they first occur, grades best first."""
    found = Counter((unit.kind, _label(unit.grade)) for unit in units)
    others = [label for label in dict.fromkeys(label for _, label in found) if label not in scale]
    others.sort(key=lambda label: (label == UNGRADED, label == UNRATED))
    labels = (*scale, *others)
    kinds = tuple(
        Tally(name=kind, counts=tuple(found[kind, label] for label in labels))
        for kind in dict.fromkeys(kind for kind, _ in found)
    )
    columns = (sum(tally.counts[n] for tally in kinds) for n in range(len(labels)))
    return Distribution(labels=labels, kinds=kinds, whole=Tally(name="合计", counts=tuple(columns)))


def same_grades(units: Iterable[Graded], least: int = 2) -> tuple[SameGrade, ...]:
    """Superiors whose branches, `least` or more, all have one grade. Units not rated are left aside; a superior with a
    branch not graded yet is not judged."""
    by_superior: dict[str, list[str]] = {}
    for unit in units:
        if unit.grade != UNRATED:
            by_superior.setdefault(unit.superior, []).append(_label(unit.grade))
    return tuple(
        SameGrade(superior=superior, grade=grades[0], count=len(grades))
        for superior, grades in by_superior.items()
        if len(grades) >= least and set(grades) == {grades[0]} != {UNGRADED}
    )


def band(count: int, low: Fraction, high: Fraction) -> Band:
    """The whole numbers within `low` to `high` of `count`, both ends included: 5%-10% of 341 is 18 to 34.

    Raises `ValueError` unless 0 <= low <= high <= 1.
    """
    if not 0 <= low <= high <= 1:
        raise ValueError(f"a band needs 0 <= low <= high <= 1, not {low} and {high}")
    return Band(count=count, least=ceil(count * low), most=floor(count * high))


def read_band(words: str) -> tuple[Fraction, Fraction]:
    """`5%-10%` as written in a notice, also `5％～10％`, `5-10%` and `5%至10%`. Raises `ValueError` for other words."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*[%％]?\s*[-－—–~～至到]+\s*(\d+(?:\.\d+)?)\s*[%％]\s*", words)
    if not found:
        raise ValueError(f"“{words}”不是一个比例范围，请写成 5%-10%")
    return Fraction(found[1]) / 100, Fraction(found[2]) / 100


def _label(grade: str | None) -> str:
    return UNGRADED if grade is None else grade
