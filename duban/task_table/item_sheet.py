"""任务分解表: the table people edit, one row an item, with what may be chosen and what each column means."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from duban.sheets.layout import lines
from duban.task_table.look import A4, FOOTER, UNUSED, Look
from duban.task_table.names import ITEMS
from phases.columns import CATEGORIES, CATEGORY, MAIN, Column, columns
from phases.task_table import Item
from phases.values import FORMS
from workflow.errors import DubanError
from workflow.model import Way

LONGEST = 32_767
"""Characters in a cell."""
ACROSS = 798.0
"""Points of a sheet of A4 across between the margins."""
LEGIBLE = 0.6
"""The smallest scale in print."""
SPARE = 100
"""Rows for people to add keep the formats: 3.30 typed there stays text."""
WIDTHS = {"事项": 30, "谁办": 13, "责任人": 11, "阶段": 17, "时间": 15, "频次": 14, "数量": 13, "材料": 22, "报给": 14, "写明": 24,
          "要点": 20, "建议": 28, "原文": 20, "范围": 16, "办法": 16, "参考": 14, "步骤": 14}  # fmt: skip
USUAL_WIDTH = 10
FLAGS = ("基数", "等支部", "可代填", "催办", "本级补充", "验收本级补充")
CHOICES = {
    **dict.fromkeys(FLAGS, ("是", "否")),
    "推进": ("按审核", "按时间"),
    "表单": FORMS,
    "方式": tuple(way.value for way in Way),
    "对象": ("党支部", "二级党组织"),
}


def write_item_sheet(sheet: Any, look: Look, items: Sequence[Item]) -> None:
    """Fill an empty sheet. Raises `DubanError` for words that no cell can hold."""
    shown = [column for column in columns() if column.header in MAIN or any(column.header in item.cells for item in items)]
    _header(sheet, look, shown)
    for row, item in enumerate(items, start=1):
        sheet.set_row(row, _height(item))
        sheet.write_string(row, 0, item.category, look.boxed(num_format="@", align="center", valign="top", font_size=10.5))
        for at, column in enumerate(shown, start=1):
            _cell(sheet, look, (row, at), item.cells.get(column.header, ""), column.header)
    for row in range(len(items) + 1, len(items) + SPARE + 1):
        for at in range(len(shown) + 1):
            sheet.write_blank(row, at, None, look.boxed(num_format="@", valign="top", font_size=10.5))
    _choices(sheet, shown, items)
    _unused(sheet, look, shown, len(items) + SPARE)
    _page(sheet, len(items), shown)


def _height(item: Item) -> float:
    """Points that the fullest cell of a row needs."""
    most = max((lines(words, WIDTHS.get(header, USUAL_WIDTH) - 1) for header, words in item.cells.items()), default=1)
    return min(400.0, most * 15.3 + 5)


def _header(sheet: Any, look: Look, shown: Sequence[Column]) -> None:
    sheet.set_row(0, 26)
    sheet.set_column(0, 0, 7)
    sheet.write_string(0, 0, CATEGORY, look.header(font_size=10.5))
    notes = [(0, f"这一行是什么：{'、'.join(CATEGORIES)}。可以增行、删行、调换同类各行的先后。")]
    for at, column in enumerate(shown, start=1):
        sheet.set_column(at, at, WIDTHS.get(column.header, USUAL_WIDTH))
        sheet.write_string(0, at, column.header, look.header(font_size=10.5))
        notes.append((at, note_of(column)))
    for at, words in notes:
        height = 22 + 15 * sum(1 + len(line) // 18 for line in words.split("\n"))
        sheet.write_comment(
            0, at, words, {"author": "督办", "width": 260, "height": height, "font_size": 10, "font_name": "宋体"}
        )


def note_of(column: Column) -> str:
    """What a column means, for each category that has it, and how a cell in it is filled in."""
    means = {
        slot.means: [c for c, other in column.slots.items() if other.means == slot.means] for slot in column.slots.values()
    }
    lines = [f"{'、'.join(categories)}：{words}" for words, categories in means.items()]
    kinds = {slot.kind for slot in column.slots.values()}
    if kinds & {"names", "list"}:
        lines.append("几项就一行一项（Alt+Enter 换行）。")
    if "named" in kinds:
        lines.append("几样就一行一样：名称: 数。")
    return "\n".join(lines)


def _cell(sheet: Any, look: Look, at: tuple[int, int], words: str, header: str) -> None:
    if len(words) > LONGEST:
        raise DubanError(
            f"{ITEMS} 第{at[0] + 1}行 {header}有{len(words)}字，Excel 一格最多{LONGEST}字；请缩短后再导出", code="too-long"
        )
    style = look.boxed(num_format="@", valign="top", font_size=10.5, align="center" if header in CHOICES else "left")
    if words:
        sheet.write_string(*at, words, style)
    else:
        sheet.write_blank(*at, None, style)


def _choices(sheet: Any, shown: Sequence[Column], items: Sequence[Item]) -> None:
    last = len(items) + SPARE
    rule = {"validate": "list", "error_type": "warning", "error_message": "不在可选的内容里；确实要这样写请选“是”"}
    sheet.data_validation(1, 0, last, 0, {**rule, "source": list(CATEGORIES)})
    places = {column.header: at for at, column in enumerate(shown, start=1)}
    for header, choices in CHOICES.items():
        if header in places:
            # Several ways stand in one cell, one a line: the list helps, and refuses nothing.
            sheet.data_validation(
                1, places[header], last, places[header], {**rule, "source": list(choices), "show_error": header in FLAGS}
            )
    if phases := sum(item.category == "阶段" for item in items):
        names = f"=$B$2:$B${phases + 1}"
        sheet.data_validation(1, places["阶段"], last, places["阶段"], {**rule, "source": names})


def _unused(sheet: Any, look: Look, shown: Sequence[Column], last: int) -> None:
    """Cells that mean nothing for the category of their row are grey, in added rows too."""
    grey = look(bg_color=UNUSED, pattern=1)
    for at, column in enumerate(shown, start=1):
        used = ",".join(f'$A2="{category}"' for category in column.slots)
        if len(column.slots) < len(CATEGORIES):
            formula = f'=AND($A2<>"",NOT(OR({used})))'
            sheet.conditional_format(1, at, last, at, {"type": "formula", "criteria": formula, "format": grey})


def _page(sheet: Any, rows: int, columns: Sequence[Column]) -> None:
    shown = len(columns)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(rows, 1), shown)
    sheet.ignore_errors({"number_stored_as_text": f"A1:BZ{rows + SPARE + 1}"})
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.6)
    # A table of many columns goes over several pages side by side rather than print too small to read.
    table = sum(WIDTHS.get(column.header, USUAL_WIDTH) for column in columns) * 5.25 + 7 * 5.25
    sheet.fit_to_pages(ceil(table * LEGIBLE / ACROSS), 0)
    sheet.print_across()
    sheet.repeat_columns(0, 1)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, max(rows, 1), shown)
    sheet.set_footer(FOOTER, {"margin": 0.25})
