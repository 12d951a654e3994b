"""分类定级汇总表: one line a unit, then how many have which grade, by kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from duban.sheets.head import Head
from duban.sheets.page import Column, Page
from duban.sheets.table import chosen, fill, share
from phases.grading import Distribution, Graded, distribution


@dataclass(frozen=True, kw_only=True)
class GradingRow:
    """One graded unit. `superior` is the 二级党组织, `branch` empty when it is itself graded; scores 0-100, satisfaction in
    per cent; whatever nobody asked for stays None and blank. `grade` None: 尚未定级."""

    superior: str
    branch: str = ""
    kind: str = ""
    members: int | None = None
    secretary: str = ""
    self_score: float | Decimal | None = None
    satisfaction: float | Decimal | None = None
    superior_score: float | Decimal | None = None
    final_score: float | Decimal | None = None
    grade: str | None = None
    reason: str = ""
    problem: str = ""


_COLUMNS: tuple[Column[GradingRow], ...] = (
    Column(
        heading="二级党组织",
        width=17,
        value=lambda row: row.superior,
        left=True,
        useful=lambda rows: len({row.superior for row in rows}) != 1 or not any(row.branch for row in rows),
    ),
    Column(
        heading="党支部",
        width=19,
        value=lambda row: row.branch,
        left=True,
        useful=lambda rows: not rows or any(row.branch for row in rows),
    ),
    Column(heading="类别", width=8.5, value=lambda row: row.kind),
    Column(heading="党员数", width=7, value=lambda row: row.members, summed=True),
    Column(heading="书记", width=8.5, value=lambda row: row.secretary),
    Column(heading="自评分", width=7, value=lambda row: row.self_score),
    Column(heading="群众测评满意率（%）", width=10, value=lambda row: row.satisfaction),
    Column(heading="上级评分", width=8.5, value=lambda row: row.superior_score),
    Column(heading="综合分", width=7, value=lambda row: row.final_score),
    Column(heading="定级", width=7, value=lambda row: row.grade),
    Column(heading="否决或调整理由", width=17, value=lambda row: row.reason, left=True),
    Column(heading="突出问题", width=21, value=lambda row: row.problem, left=True),
)
GRADING_COLUMNS = tuple(column.heading for column in _COLUMNS)


def grading_table(head: Head, rows: Sequence[GradingRow], *, scale: Sequence[str], columns: Sequence[str] = ()) -> bytes:
    """The xlsx file. `scale` has the best grade first; `columns` are the headings wanted, in their order; by default all,
    the 二级党组织 only when there are several.

    Raises `UsageError` for a heading that is not one of `GRADING_COLUMNS`.
    """
    page = fill(head, "分类定级汇总表", chosen(_COLUMNS, columns, rows), rows)
    if rows:
        _totals(page, distribution([_graded(row) for row in rows], scale))
    return page.finish()


def _graded(row: GradingRow) -> Graded:
    return Graded(unit=row.branch or row.superior, kind=row.kind or "未分类", grade=row.grade, superior=row.superior)


def _totals(page: Page, counts: Distribution) -> None:
    weights = [1.4, *(1.0 for _ in counts.labels), 1.0]
    page.keep_together()
    page.caption("分类统计（个数）")
    page.spread(["类别", *counts.labels, "合计"], weights, header=True)
    for kind in counts.kinds:
        page.spread([kind.name, *kind.counts, kind.total], weights)
    whole = counts.whole
    page.spread([whole.name, *whole.counts, whole.total], weights, bold=True)
    page.spread(["占比", *(share(count, whole.total) for count in whole.counts), "100%"], weights)
