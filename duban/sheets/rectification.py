"""整改汇总表: one line a problem; the plan says what will be done by when, the result what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from duban.sheets.head import Head
from duban.sheets.page import Column, Page
from duban.sheets.table import chosen, fill


@dataclass(frozen=True, kw_only=True)
class RectificationRow:
    """One problem of one branch. The last three belong to the result: `closed` None means not reported yet."""

    superior: str
    branch: str
    category: str
    problem: str
    goal: str
    measure: str
    owner: str
    due: date | None
    baseline: str = ""
    target: str = ""
    progress: str = ""
    closed: bool | None = None
    regrade: str = ""


_CLOSED = {True: "是", False: "否", None: ""}

_PLAN: tuple[Column[RectificationRow], ...] = (
    Column(
        heading="二级党组织",
        width=15,
        value=lambda row: row.superior,
        left=True,
        useful=lambda rows: len({row.superior for row in rows}) > 1,
    ),
    Column(heading="党支部", width=15, value=lambda row: row.branch, left=True),
    Column(heading="原等次", width=7, value=lambda row: row.baseline),
    Column(heading="目标等次", width=8.5, value=lambda row: row.target),
    Column(heading="问题类别", width=9, value=lambda row: row.category),
    Column(heading="突出问题", width=23, value=lambda row: row.problem, left=True),
    Column(heading="整改目标", width=21, value=lambda row: row.goal, left=True),
    Column(heading="措施", width=27, value=lambda row: row.measure, left=True),
    Column(heading="责任人", width=9, value=lambda row: row.owner),
    Column(heading="时限", width=12, value=lambda row: row.due),
)
_RESULT: tuple[Column[RectificationRow], ...] = (
    Column(heading="进展", width=23, value=lambda row: row.progress, left=True),
    Column(heading="是否销号", width=8.5, value=lambda row: _CLOSED[row.closed]),
    Column(heading="复评等次", width=8.5, value=lambda row: row.regrade),
)
PLAN_COLUMNS = tuple(column.heading for column in _PLAN)
RESULT_COLUMNS = (*PLAN_COLUMNS, *(column.heading for column in _RESULT))


def rectification_table(head: Head, rows: Sequence[RectificationRow], *, result: bool, columns: Sequence[str] = ()) -> bytes:
    """The xlsx file, as a plan or with its results. `columns` are the headings wanted, in their order; by default all of
    `PLAN_COLUMNS` or `RESULT_COLUMNS`, the 二级党组织 only when there are several.

    Raises `UsageError` for a heading that is not one of them.
    """
    known = (*_PLAN, *_RESULT) if result else _PLAN
    page = fill(head, _name(result), chosen(known, columns, rows), rows)
    if rows:
        _totals(page, rows, result)
    return page.finish()


def _name(result: bool) -> str:
    return "整改汇总表（结果）" if result else "整改汇总表（计划）"


def _totals(page: Page, rows: Sequence[RectificationRow], result: bool) -> None:
    headings = ["问题类别", "问题数", "涉及支部数", *(["已销号", "未销号"] if result else [])]
    weights = [1.4, *(1.0 for _ in headings[1:])]
    page.keep_together()
    page.caption("分类统计（个数）")
    page.spread(headings, weights, header=True)
    for category in dict.fromkeys(row.category for row in rows):
        page.spread([category or "未分类", *_counts([r for r in rows if r.category == category], result)], weights)
    page.spread(["合计", *_counts(rows, result)], weights, bold=True)
    if result:
        page.note("一个支部有几类问题的，各类都计入，合计只计一次；未销号含尚未报告结果的。")
    else:
        page.note("一个支部有几类问题的，各类都计入，合计只计一次。")


def _counts(rows: Sequence[RectificationRow], result: bool) -> list[int]:
    branches = len({(row.superior, row.branch) for row in rows})
    closed = sum(row.closed is True for row in rows)
    return [len(rows), branches, *([closed, len(rows) - closed] if result else [])]
