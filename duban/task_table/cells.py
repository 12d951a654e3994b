"""What one cell of the 任务分解表 says as the words of a definition, whatever the spreadsheet has made of it."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from fractions import Fraction

from duban.workbook.cells import Cell, Unreadable, day, words
from phases.written import percent

SHARES = ("至少", "比例")


def cell_text(cell: Cell, kind: str, key: str) -> str:
    """The words a person sees in a cell under `key`; `kind` as in `phases.columns.Slot`.

    A date cell gives 2012-03-30, where a time is meant 2012年3月30日前: who picks a day in a table of tasks means the last one, not
    the only one. 0.3 under a share is 30%, 30.0 is 30. Raises `Unreadable` where the cell can mean several things.
    """
    if isinstance(cell, str):
        return _without_seconds(cell) if kind == "phrase" else cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, date) and kind == "phrase":
        return _last_day(cell)
    if isinstance(cell, datetime):
        return str(cell.date()) if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return str(cell)
    if isinstance(cell, int | float):
        return _figure(cell, kind, key)
    return str(cell)


def _last_day(cell: date) -> str:
    hour = f"{cell:%H:%M}" if isinstance(cell, datetime) and cell.time() != time() else ""
    return f"{cell.year}年{cell.month}月{cell.day}日{hour}前"


def _without_seconds(text: str) -> str:
    """12:00:00 is how a cell with a time of day comes."""
    m = re.fullmatch(r"\s*(\d{1,2}:\d{2}):00\s*", text)
    return m[1] if m else text


def _figure(cell: int | float, kind: str, key: str) -> str:
    if key in SHARES:
        return _share(cell)
    if kind == "day":
        return str(day(cell))
    if kind == "phrase":
        if 20_000 <= cell < 80_000:
            day(cell)
        raise Unreadable(f"「{words(cell)}」是数字，看不出是哪一天；请写成 3月30日前 这样的文字，或把单元格设为日期格式")
    return words(cell) if isinstance(cell, int) or cell.is_integer() else f"{cell:.12g}"


def _share(cell: int | float) -> str:
    if 0 < cell < 1:
        return percent(Fraction(f"{cell:.10g}"))
    raise Unreadable(f"「{words(cell)}」看不出是百分之几；请写成带百分号的文字，如 30%")
