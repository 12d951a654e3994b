"""How units and posts look as a workbook: what `read_units` reads, made for people to fill in and to print."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from duban.workbook.rows import POST_COLUMNS, POSTS, UNIT_COLUMNS, UNITS, Column, PostRow, UnitRow
from workflow.model import UnitKind

# The day of the first release, not today: the same rows give the same bytes.
CREATED = datetime(2012, 1, 1, tzinfo=UTC)
DAYS = ("valid_from", "valid_to")
NUMBERS = ("members",)
FONT = {"font_name": "微软雅黑", "font_size": 10, "valign": "vcenter"}
HEADER = {**FONT, "bold": True, "font_color": "#FFFFFF", "bg_color": "#9C2A2A", "border": 1, "border_color": "#B8B8B8"}
BODY = {**FONT, "border": 1, "border_color": "#D9D9D9"}
FOOTER = "&L非涉密系统，严禁处理国家秘密&C第 &P 页，共 &N 页&R&A"
# Rows for people to add keep the formats: a code typed there stays text.
SPARE = 200


def write_units(units: Sequence[UnitRow], posts: Sequence[PostRow]) -> bytes:
    """An .xlsx with the sheets 单位 and 任职. Codes, 工号 and mobiles are text, days are dates."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": "单位与任职", "created": CREATED})
    formats = _formats(book)
    sheet = _sheet(book, UNITS, UNIT_COLUMNS, units, formats)
    _choices(sheet, UNIT_COLUMNS, len(units))
    _sheet(book, POSTS, POST_COLUMNS, posts, formats)
    book.close()
    return out.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    return {
        "header": book.add_format({**HEADER, "align": "center"}),
        "text": book.add_format({**BODY, "num_format": "@"}),
        "day": book.add_format({**BODY, "num_format": "yyyy-mm-dd", "align": "center"}),
        "number": book.add_format({**BODY, "num_format": "0"}),
        "middle": book.add_format({**BODY, "num_format": "@", "align": "center"}),
    }


def _sheet(
    book: Any, name: str, columns: tuple[Column, ...], rows: Sequence[UnitRow | PostRow], formats: dict[str, Any]
) -> Any:
    sheet = book.add_worksheet(name)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.header, formats["header"])
        _column(sheet, place, column, rows, formats[_look(column)])
    sheet.set_row(0, 22)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    # Without this Excel marks every code with a green corner.
    sheet.ignore_errors({"number_stored_as_text": f"A2:H{len(rows) + SPARE + 1}"})
    _page(sheet, len(rows), len(columns))
    return sheet


def _column(sheet: Any, place: int, column: Column, rows: Sequence[UnitRow | PostRow], look: Any) -> None:
    for number, row in enumerate(rows, start=1):
        value = getattr(row, column.field)
        if value is None:
            sheet.write_blank(number, place, None, look)
        elif column.field in DAYS:
            sheet.write_datetime(number, place, value, look)
        elif column.field in NUMBERS:
            sheet.write_number(number, place, value, look)
        else:
            sheet.write_string(number, place, str(value), look)
    for number in range(len(rows) + 1, len(rows) + SPARE + 1):
        sheet.write_blank(number, place, None, look)


def _look(column: Column) -> str:
    if column.field in DAYS:
        return "day"
    if column.field in NUMBERS:
        return "number"
    return "middle" if column.field == "grade" else "text"


def _choices(sheet: Any, columns: tuple[Column, ...], rows: int) -> None:
    place = next(index for index, column in enumerate(columns) if column.field == "kind")
    kinds = [kind.value for kind in UnitKind]
    # Only a warning: other usual words such as 分党委 are understood too.
    rule = {"validate": "list", "source": kinds, "error_type": "warning", "error_message": "常用类型见下拉列表"}
    sheet.data_validation(1, place, rows + SPARE, place, rule)


def _page(sheet: Any, rows: int, columns: int) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, max(rows, 1), columns - 1)
    sheet.set_footer(FOOTER)
