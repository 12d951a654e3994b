"""晋位升级统计表: from which grade to which, falls included; the targets; who left the count and who is judged by another."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from duban.sheets.head import Head
from duban.sheets.layout import FULL_WIDTH
from duban.sheets.page import Cell, Page
from phases.cohort import Fate
from phases.targets import Carried, FlowMatrix, Left, TargetFigure
from workflow.model import Deadline, Target

_TARGET_WEIGHTS = (2, 2, 1, 1, 1, 1, 1, 2)
_LIST_WEIGHTS = (0.5, 2.5, 1.0, 4.0)


def promotion_table(head: Head, matrix: FlowMatrix, figures: Sequence[TargetFigure]) -> bytes:
    """The xlsx file: the matrix (every member of the cohort once), one line a target, and the lists behind them."""
    headings = ["起始等次", *matrix.columns, "合计", "其中上升", "其中下降"]
    page = Page(head, "晋位升级统计表", [FULL_WIDTH / len(headings)] * len(headings))
    page.header(headings, repeated=False)
    _flows(page, matrix)
    if figures:
        _targets(page, figures)
    _left(page, list(dict.fromkeys(left for figure in figures for left in figure.left)))
    _carried(page, list(dict.fromkeys(carried for figure in figures for carried in figure.carried)))
    return page.finish()


def _flows(page: Page, matrix: FlowMatrix) -> None:
    if not sum(matrix.totals):
        page.nothing()
        return
    for row in matrix.rows:
        cells: list[Cell] = [row.baseline, *row.counts, row.total, row.rises, row.falls]
        page.row([(cell, False) for cell in cells])
    rises, falls = (sum(row.rises for row in matrix.rows), sum(row.falls for row in matrix.rows))
    page.total("合计", dict(enumerate([*matrix.totals, sum(matrix.totals), rises, falls], 1)))


def _targets(page: Page, figures: Sequence[TargetFigure]) -> None:
    page.caption("目标完成情况（“以上”含本数；基数为起始定级时的支部，撤销的不计，并入、分设的仍计一个）")
    page.spread(["目标", "时限", "基数", "需达到", "已达到", "占基数", "还差", "说明"], _TARGET_WEIGHTS, header=True)
    for figure in figures:
        page.spread([*_asked(figure.target), *_stand(figure)], _TARGET_WEIGHTS)


def _asked(target: Target) -> tuple[str, str]:
    rate = f"{float(target.share * 100):g}%"
    to = target.to_grades[-1] + ("及以上" if len(target.to_grades) > 1 else "")
    return f"{target.from_grade}→{to}，{rate}以上", _by(target.deadline)


def _by(deadline: Deadline) -> str:
    if deadline.end is None:
        return f"{deadline.words or '时间'}（待定）"
    return f"{deadline.words}（至{deadline.end.isoformat()}）"


def _stand(figure: TargetFigure) -> list[Cell]:
    if not figure.expected:
        return [0, None, None, None, None, "无应报"]
    moved = {"撤销": len(figure.left), "并入、分设": len(figure.carried)}
    notes = "，".join(f"{word}{count}个" for word, count in moved.items() if count)
    rate = _rate(figure.reached, figure.expected)
    return [figure.expected, figure.needed, figure.reached, rate, figure.short, notes]


def _rate(count: int, of: int) -> str:
    """Rounded down: a target missed by a hair must not read as reached."""
    return f"{floor(Fraction(count * 1000, of)) / 10:.1f}%"


def _left(page: Page, left: Sequence[Left]) -> None:
    if left:
        page.keep_together()
        page.caption("不再计入基数的支部")
        page.spread(["序号", "党支部", "起始等次", "原因"], _LIST_WEIGHTS, header=True)
    for number, member in enumerate(left, 1):
        page.spread([number, member.name or member.unit, member.baseline, member.reason], _LIST_WEIGHTS)


def _carried(page: Page, carried: Sequence[Carried]) -> None:
    if carried:
        page.keep_together()
        page.caption("由其他支部接续、仍计入基数的支部")
        page.spread(["序号", "党支部", "情况", "按下列支部现等次判定（分设的须全部达到）"], _LIST_WEIGHTS, header=True)
    for number, member in enumerate(carried, 1):
        now = "、".join(f"{end.name or end.unit}（{end.current or '尚未定级'}）" for end in member.by)
        page.spread([number, member.name or member.unit, _FATES[member.state], now], _LIST_WEIGHTS)


_FATES = {Fate.MERGED: "并入", Fate.SPLIT: "分设"}
