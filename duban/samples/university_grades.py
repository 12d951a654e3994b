"""Which grade every branch of the university has at the start (起始等次)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from duban.samples.draws import shuffled, stream
from duban.samples.university_units import (
    ADMIN,
    AUX,
    HOSPITAL,
    LOGISTICS,
    MIXED,
    PG,
    RETIRED,
    STAFF,
    UG,
    seconds,
)
from duban.workbook.rows import UnitRow

BEST, GOOD, FAIR, POOR = "先进", "较好", "一般", "后进"
# {kind of branch: branches 先进, 较好, 一般, 后进}: 68, 153, 92, 28 in all; 后进 gather in 后勤/校产 and 离退休.
QUOTAS = {
    UG: (22, 48, 28, 6),
    PG: (14, 29, 16, 3),
    MIXED: (0, 3, 2, 1),
    STAFF: (20, 45, 26, 5),
    ADMIN: (5, 12, 8, 3),
    AUX: (5, 6, 2, 1),
    LOGISTICS: (0, 3, 4, 4),
    RETIRED: (1, 4, 5, 4),
    HOSPITAL: (1, 3, 1, 1),
}
# Two units that call every branch 先进 (a warning: 未拉开档次), six that have none to learn from (pairing must go elsewhere).
ALL_BEST = ("图书馆", "出版社")
NO_BEST = ("后勤", "资产经营公司", "信息网络中心", "分析测试中心", "哲学与社会学院", "测绘学院")
LEAVING = "2008级"


def baseline(units: Sequence[UnitRow]) -> dict[str, str]:
    """{code of a branch: grade} for the 341 branches."""
    placing = _Placing(
        branches=tuple(row for row in units if row.branch_kind), random=stream("university", "grades"), grades={}
    )
    _place_best(placing)
    _place_poor(placing)
    _place_fair(placing)
    for row in placing.branches:
        placing.grades.setdefault(row.code, GOOD)
    return {row.code: placing.grades[row.code] for row in placing.branches}


def unit_of(code: str) -> str:
    """The second-level unit of a branch: 0307 is in 03; a direct branch is its own."""
    return code[:2]


@dataclass(kw_only=True)
class _Placing:
    branches: tuple[UnitRow, ...]
    random: Random
    grades: dict[str, str]
    left: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = {
            (kind, grade): number
            for kind, quota in QUOTAS.items()
            for grade, number in zip((BEST, GOOD, FAIR, POOR), quota, strict=True)
        }

    def open(self, unit: str, kinds: Iterable[str | None]) -> list[UnitRow]:
        """Branches of one unit without a grade so far, in random order."""
        rows = [r for r in self.branches if unit_of(r.code) == unit and r.branch_kind in kinds]
        return shuffled(self.random, [row for row in rows if row.code not in self.grades])

    def may(self, row: UnitRow, grade: str) -> bool:
        return row.code not in self.grades and self.left[row.branch_kind or "", grade] > 0

    def give(self, row: UnitRow, grade: str) -> None:
        self.grades[row.code] = grade
        self.left[row.branch_kind or "", grade] -= 1

    def give_all(self, rows: Iterable[UnitRow], grade: str) -> None:
        """The grade to as many of `rows`, in random order, as the quotas of their kinds allow."""
        for row in shuffled(self.random, rows):
            if self.may(row, grade):
                self.give(row, grade)


def _place_best(placing: _Placing) -> None:
    """先进: all of two units, none of six and of the direct branches, at least one and never all of every other unit."""
    others = []
    for unit in seconds():
        rows = [row for row in placing.branches if unit_of(row.code) == unit.code]
        if unit.short in ALL_BEST:
            placing.give_all(rows, BEST)
        elif unit.short not in NO_BEST and len(rows) > 1:
            others.append((unit, rows))
    for unit, _ in sorted(others, key=lambda each: len(each[1])):
        kind = max(unit.branches, key=lambda kind: placing.left[kind, BEST] if unit.branches[kind] else -1)
        placing.give(placing.open(unit.code, (kind,))[0], BEST)
    for row in shuffled(placing.random, [row for _, rows in others for row in rows]):
        if placing.may(row, BEST) and len(placing.open(unit_of(row.code), QUOTAS)) > 1:
            placing.give(row, BEST)


def _place_poor(placing: _Placing) -> None:
    """后进: two of them branches of students who leave in summer, for their dissolution changes what the targets count."""
    leaving = [row for row in placing.branches if LEAVING in row.name and row.code not in placing.grades]
    for row in shuffled(placing.random, leaving)[:2]:
        placing.give(row, POOR)
    placing.give_all([row for row in placing.branches if row not in leaving], POOR)


def _place_fair(placing: _Placing) -> None:
    """一般: at least one in every unit that has no 先进, and two among the students who leave."""
    for unit in seconds():
        if unit.short in NO_BEST:
            rows = [row for row in placing.open(unit.code, QUOTAS) if placing.may(row, FAIR)]
            placing.give(rows[0], FAIR)
    leaving = [row for row in placing.branches if LEAVING in row.name and placing.may(row, FAIR)]
    for row in shuffled(placing.random, leaving)[:2]:
        placing.give(row, FAIR)
    placing.give_all(placing.branches, FAIR)
