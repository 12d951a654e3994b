"""In which row the headers of a sheet stand, and which column fills which field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from duban.workbook.cells import Cell, is_empty, narrow
from duban.workbook.rows import Column
from duban.workbook.sheets import Sheet
from workflow.errors import Problem

# A title and a line such as 「填报单位（盖章）」 often stand above the headers.
LOOKED_AT = 6


@dataclass(frozen=True, kw_only=True)
class Headers:
    """`row` counts from 0; `places` is {field: index of its column}."""

    row: int
    places: Mapping[str, int]
    warnings: tuple[Problem, ...] = ()


def find_headers(sheet: Sheet, columns: tuple[Column, ...]) -> Headers | Problem:
    """Where the headers are, or the problem that they are not there. Unknown columns are warned about, once each."""
    candidates = [(index, _places(row, columns)) for index, row in enumerate(sheet.rows[:LOOKED_AT])]
    row, places = max(candidates, key=lambda each: len(each[1]), default=(0, {}))
    missing = [column.header for column in columns if column.required and column.field not in places]
    if missing:
        return Problem(path=sheet.name, text=_missing(sheet, row, missing, columns))
    return Headers(row=row, places=places, warnings=tuple(_ignored(sheet, row, places, columns)))


def _places(row: list[Cell], columns: tuple[Column, ...]) -> dict[str, int]:
    places: dict[str, int] = {}
    for index, cell in enumerate(row):
        column = _column(cell, columns)
        if column is not None:
            places.setdefault(column.field, index)
    return places


def _column(cell: Cell, columns: tuple[Column, ...]) -> Column | None:
    """The column a header means: 「编号」, 「code」, 「编号 code」 or 「编号*」."""
    text = narrow(cell).lower().replace("*", " ").strip()
    for wanted in (text, text.replace(" ", ""), *text.split()):
        found = next((column for column in columns if wanted in column.headers), None)
        if found is not None:
            return found
    return None


def _missing(sheet: Sheet, row: int, missing: list[str], columns: tuple[Column, ...]) -> str:
    shown = [narrow(cell) for cell in sheet.rows[row] if not is_empty(cell)] if sheet.rows else []
    found = f"第{row + 1}行找到的是：{'、'.join(shown[:12])}" if shown else "表是空的"
    return f"缺少表头「{'」「'.join(missing)}」；{found}。表头应为：{'、'.join(column.header for column in columns)}"


def _ignored(sheet: Sheet, row: int, places: Mapping[str, int], columns: tuple[Column, ...]) -> Iterator[Problem]:
    for index, cell in enumerate(sheet.rows[row]):
        if is_empty(cell) or index in places.values():
            continue
        why = "与前面的列重复" if _column(cell, columns) else "不认识"
        known = "、".join(column.header for column in columns)
        yield Problem(line=row + 1, path=sheet.name, text=f"列「{narrow(cell)}」{why}，未读取；认识的列有：{known}")
