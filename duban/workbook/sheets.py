"""Which sheets of cells the given files hold: one workbook, or two CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from duban.workbook.cells import Cell, narrow
from duban.workbook.opened import SAVE_AS, NoWorkbook, open_workbook
from duban.workbook.rows import POSTS, UNITS
from workflow.errors import Problem

NAMES = {
    UNITS: ("单位", "单位表", "党组织", "units", "unit"),
    POSTS: ("任职", "任职表", "任职情况", "posts", "post"),
}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Cells of one sheet; `rows[0]` is row 1 of the sheet, whether empty or not."""

    name: str
    rows: list[list[Cell]]


@dataclass(frozen=True, kw_only=True)
class Sheets:
    units: Sheet | None = None
    posts: Sheet | None = None
    problems: tuple[Problem, ...] = ()


def open_sheets(files: Mapping[str, bytes]) -> Sheets:
    """The sheets 单位 and 任职 of `files`: {file name: content}, one workbook (.xlsx, .xls, .ods) or two CSV files."""
    csvs = {name: content for name, content in files.items() if PurePath(name).suffix.lower() in (".csv", ".txt")}
    if len(csvs) == len(files) == 2:
        return _from_csv(csvs)
    if len(files) == 1 and not csvs:
        return _from_workbook(*next(iter(files.items())))
    text = "需要一个工作簿（units.xlsx，含“单位”“任职”两张表），或两个 CSV（units.csv 和 posts.csv）"
    return Sheets(problems=(Problem(path="、".join(files) or "没有文件", text=text),))


def _from_workbook(file: str, content: bytes) -> Sheets:
    try:
        book = open_workbook(content, [name for names in NAMES.values() for name in names])
    except NoWorkbook as error:
        return Sheets(problems=(Problem(path=file, text=str(error)),))
    found: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for wanted, names in NAMES.items():
        cells = next((sheet for name, sheet in book["sheets"].items() if narrow(name).lower() in names), None)
        if cells is not None:
            found[wanted] = Sheet(name=wanted, rows=filled(cells))
        else:
            text = f"没有名为“{wanted}”的工作表；找到的有：{'、'.join(book['names'])}。请改表名，或补上这张表"
            problems.append(Problem(path=file, text=text))
    return Sheets(units=found.get(UNITS), posts=found.get(POSTS), problems=tuple(problems))


def filled(sheet: Mapping[str, Any]) -> list[list[Cell]]:
    """Rows with merged cells filled: each of them says what the first one says."""
    rows: list[list[Cell]] = sheet["rows"]
    for (top, left), (bottom, right) in sheet["merged"]:
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])
    return rows


def _from_csv(files: Mapping[str, bytes]) -> Sheets:
    found: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for name, content in files.items():
        wanted = _wanted(name)
        if wanted is None or wanted in found:
            problems.append(Problem(path=name, text="看不出是单位还是任职；请把两个文件命名为 units.csv 和 posts.csv"))
            continue
        try:
            found[wanted] = Sheet(name=wanted, rows=csv_rows(csv_text(content)))
        except (ValueError, csv.Error) as error:
            problems.append(Problem(path=name, text=str(error)))
    return Sheets(units=found.get(UNITS), posts=found.get(POSTS), problems=tuple(problems))


def _wanted(name: str) -> str | None:
    stem = narrow(PurePath(name).stem).lower()
    return next((wanted for wanted, names in NAMES.items() if stem in names), None)


def csv_text(content: bytes) -> str:
    if b"\x00" in content:
        raise ValueError(f"不是 UTF-8 或 GB18030 编码的 CSV（可能是 UTF-16 或二进制文件）；{SAVE_AS}")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError(f"既不是 UTF-8 也不是 GB18030 编码；{SAVE_AS}")


def csv_rows(text: str) -> list[list[Cell]]:
    head = text.partition("\n")[0]
    # Some spreadsheets in other regions save CSV with semicolons or tabs.
    separator = max(",;\t", key=head.count)
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
