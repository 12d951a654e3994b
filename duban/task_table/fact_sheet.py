"""基本情况: what a definition says besides its items, one line each: 项目, 内容, 填写说明."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duban.sheets.layout import lines
from duban.task_table.item_sheet import LONGEST
from duban.task_table.look import A4, FOOTER, Look
from duban.task_table.names import CONTENT, FACTS, LABEL, MEANS
from phases.task_table import Fact
from workflow.errors import DubanError

SPARE = 20


def write_fact_sheet(sheet: Any, look: Look, facts: Sequence[Fact]) -> None:
    """Fill an empty sheet. Raises `DubanError` for words that no cell can hold."""
    sheet.set_row(0, 24)
    for at, (heading, width) in enumerate(((LABEL, 26), (CONTENT, 60), (MEANS, 40))):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, heading, look.header())
    for row, fact in enumerate(facts, start=1):
        if len(fact.words) > LONGEST:
            raise DubanError(
                f"{FACTS} {fact.label}有{len(fact.words)}字，Excel 一格最多{LONGEST}字；请缩短后再导出", code="too-long"
            )
        sheet.set_row(row, min(400.0, max(lines(fact.words, 56), lines(fact.means, 42), lines(fact.label, 25)) * 15.5 + 6))
        sheet.write_string(row, 0, fact.label, look.boxed(num_format="@", font_name="黑体", font_size=10.5))
        sheet.write_string(row, 1, fact.words, look.boxed(num_format="@"))
        sheet.write_string(row, 2, fact.means, look.boxed(font_color="#666666", font_size=9.5))
        if fact.label == "休息日":
            sheet.data_validation(row, 1, row, 1, {"validate": "list", "source": ["保持", "提前", "顺延"]})
    for row in range(len(facts) + 1, len(facts) + SPARE + 1):
        for at in range(3):
            sheet.write_blank(row, at, None, look.boxed(num_format="@"))
    _page(sheet, len(facts))


def _page(sheet: Any, rows: int) -> None:
    sheet.freeze_panes(1, 1)
    sheet.set_paper(A4)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, rows, 2)
    sheet.set_footer(FOOTER, {"margin": 0.25})
