"""What the sheets of a workbook, or one CSV, say about the calendar: 日历 (days), 学期 (terms and vacations), 已公布 (years)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from duban.calendar_file.lines import (
    EARLIEST,
    LATEST,
    LONGEST,
    MOST_DAYS,
    MOST_LINES,
    BreakLine,
    CalendarFile,
    DayLine,
    TermLine,
)
from duban.workbook.cells import Cell, Unreadable, is_empty, narrow, words
from duban.workbook.cells import day as day_of
from duban.workbook.headers import Headers, find_headers
from duban.workbook.opened import NoWorkbook, open_workbook
from duban.workbook.rows import Column
from duban.workbook.sheets import Sheet, csv_rows, csv_text, filled
from workflow.errors import Problem
from workflow.workdays import days_between

DAYS, TERMS, YEARS = "日历", "学期", "已公布"
NAMES = {
    DAYS: ("日历", "放假安排", "放假", "节假日", "休息日", "调休", "days"),
    TERMS: ("学期", "校历", "学期安排", "terms"),
    YEARS: ("已公布", "已公布年份", "years"),
}
COLUMNS = {
    DAYS: (
        Column(field="day", header="日期", english="date"),
        Column(field="first", header="起", english="from", also=("开始", "起始日期", "开始日期")),
        Column(field="last", header="止", english="to", also=("结束", "截止日期", "结束日期")),
        Column(field="kind", header="类型", english="kind", also=("休息上班", "状态"), required=True),
        Column(field="why", header="说明", english="why", also=("备注", "事由", "名称")),
    ),
    TERMS: (
        Column(field="name", header="名称", english="name", also=("学期", "学期名称"), required=True),
        Column(field="first", header="起", english="from", also=("开始", "起始日期", "开始日期", "开学"), required=True),
        Column(field="last", header="止", english="to", also=("结束", "截止日期", "结束日期"), required=True),
        Column(field="week_one", header="第一周", english="week_one", also=("第一周周一", "第1周")),
    ),
    YEARS: (Column(field="year", header="年份", english="year", also=("年度", "年"), required=True),),
}
RESTS = ("休息", "休", "放假", "假", "rest", "off")
WORKS = ("上班", "班", "补班", "调休上班", "工作日", "工作", "work")
AS_USUAL = ("照常", "取消", "恢复", "usual")
_SEASON = re.compile(r"春|秋|夏|暑期|第?[一二三123]学期")
_BREAK = re.compile(r"假")


@dataclass(kw_only=True)
class _Taken:
    days: list[DayLine]
    terms: list[TermLine]
    breaks: list[BreakLine]
    years: list[int]
    problems: list[Problem]
    warnings: list[Problem]


def read_workbook(name: str, content: bytes) -> CalendarFile:
    """Sheets by their names; a single sheet of another name is taken by its headers."""
    try:
        titles = [str(title) for title in open_workbook(content, [])["names"]]
        book = open_workbook(content, [narrow(title).lower() for title in titles])
    except NoWorkbook as error:
        text = str(error).replace("（或两个 CSV）", "（或一个 CSV）")
        return CalendarFile(name=name, problems=(Problem(path=name, text=text),))
    sheets: list[tuple[str, Sheet]] = []
    others: list[str] = []
    for title in titles:
        sheet = Sheet(name=title, rows=filled(book["sheets"][title]))
        kind = next((kind for kind, names in NAMES.items() if narrow(title).lower() in names), None)
        kind = kind if kind is not None or len(titles) > 1 else _by_headers(sheet)
        if kind is not None:
            sheets.append((kind, sheet))
        elif any(not is_empty(cell) for row in sheet.rows for cell in row):
            others.append(title)
    return _read(name, sheets, others)


def read_csv(name: str, content: bytes) -> CalendarFile:
    """One sheet, taken by its headers."""
    try:
        sheet = Sheet(name=name, rows=csv_rows(csv_text(content)))
    except csv.Error:
        return CalendarFile(
            name=name, problems=(Problem(path=name, text="不是可读的 CSV；请用表格软件打开后另存为 .xlsx 再导入"),)
        )
    except ValueError as error:
        text = str(error).replace("（或两个 CSV）", "（或一个 CSV）")
        return CalendarFile(name=name, problems=(Problem(path=name, text=text),))
    kind = _by_headers(sheet)
    return _read(name, [(kind, sheet)] if kind else [], [] if kind else [name])


def _by_headers(sheet: Sheet) -> str | None:
    return next((kind for kind in COLUMNS if isinstance(find_headers(sheet, COLUMNS[kind]), Headers)), None)


def _read(name: str, sheets: Sequence[tuple[str, Sheet]], others: Sequence[str]) -> CalendarFile:
    taken = _Taken(days=[], terms=[], breaks=[], years=[], problems=[], warnings=[])
    if not sheets:
        text = (
            f"看不出写的是什么；需要工作表“{DAYS}”（日期 或 起、止，类型，说明）、“{TERMS}”（名称，起，止）或“{YEARS}”（年份）"
        )
        taken.problems.append(Problem(path=name, text=text))
    elif others:
        taken.warnings.append(
            Problem(path=name, text=f"工作表“{'”“'.join(others)}”没有读取；认识的有：{DAYS}、{TERMS}、{YEARS}")
        )
    for kind, sheet in sheets:
        found = find_headers(sheet, COLUMNS[kind])
        if isinstance(found, Problem):
            taken.problems.append(found)
            continue
        taken.warnings += found.warnings
        if len(sheet.rows) > MOST_LINES:
            text = f"有{len(sheet.rows)}行，太多了：请只留放假、上班和学期的安排"
            taken.problems.append(Problem(path=sheet.name, text=text))
            continue
        for number, values in _rows(sheet, found):
            try:
                _READERS[kind](taken, values, number)
            except Unreadable as error:
                taken.problems.append(Problem(line=number, path=sheet.name, text=str(error)))
    return CalendarFile(
        name=name,
        days=tuple(taken.days),
        years=tuple(dict.fromkeys(taken.years)),
        terms=tuple(taken.terms),
        breaks=tuple(taken.breaks),
        problems=tuple(taken.problems),
        warnings=tuple(taken.warnings),
    )


def _rows(sheet: Sheet, headers: Headers) -> Iterator[tuple[int, Mapping[str, Cell]]]:
    """(row number, {field: cell}) of the rows below the headers that are not empty."""
    for index, row in enumerate(sheet.rows[headers.row + 1 :], start=headers.row + 2):
        values = {field: row[at] if at < len(row) else "" for field, at in headers.places.items()}
        if any(not is_empty(cell) for cell in values.values()):
            yield index, values


def _day(taken: _Taken, values: Mapping[str, Cell], line: int) -> None:
    first, last = _span(values)
    works = _works(values.get("kind", ""))
    why = words(values.get("why", ""))
    if len(taken.days) > MOST_DAYS:
        raise Unreadable("前面写的日子已经太多，这一行没有读；请只留有变化的日子")
    taken.days += [DayLine(day=day, works=works, why=why, line=line) for day in days_between(first, last)]


def _works(cell: Cell) -> bool | None:
    kind = narrow(cell).replace(" ", "").lower()
    if kind in AS_USUAL:
        return None
    if kind not in RESTS and kind not in WORKS:
        found = f"不认识的类型「{words(cell)}」" if kind else "没有写类型"
        raise Unreadable(f"{found}；请填 休息、上班，或 照常（取消以前的改动）")
    return kind in WORKS


def _span(values: Mapping[str, Cell]) -> tuple[date, date]:
    """日期, or 起 and 止; one of both alone is one day."""
    cells = [values.get(field, "") for field in ("day", "first", "last")]
    single, first, last = (None if is_empty(cell) else _sane(day_of(cell)) for cell in cells)
    if single is not None and (first is not None or last is not None):
        raise Unreadable("又写了日期，又写了起、止；只留一种")
    first = single or first or last
    last = single or last or first
    if first is None or last is None:
        raise Unreadable("没有写日期；请填日期，或起、止")
    return _ordered(first, last)


def _ordered(first: date, last: date) -> tuple[date, date]:
    if last < first:
        raise Unreadable(f"止（{last}）早于起（{first}）；请对调或改正")
    if (last - first).days >= LONGEST:
        raise Unreadable(f"从{first}到{last}超过一年；请核对年份")
    return first, last


def _sane(day: date) -> date:
    if not EARLIEST <= day <= LATEST:
        raise Unreadable(f"「{day}」不像是要用的日期；请核对年份")
    return day


def _term(taken: _Taken, values: Mapping[str, Cell], line: int) -> None:
    title = words(values["name"])
    if not title:
        raise Unreadable("没有写名称；请填 2026春 这样的学期，或 暑假 这样的假期")
    cells = [values.get(field, "") for field in ("first", "last")]
    if any(is_empty(cell) for cell in cells):
        raise Unreadable(f"“{title}”没有写起或止")
    first, last = _ordered(*(_sane(day_of(cell)) for cell in cells))
    if _BREAK.search(title):
        taken.breaks.append(BreakLine(name=title, start=first, end=last, line=line))
        return
    week_one = _week_one(values.get("week_one", ""), title, first)
    taken.terms.append(
        TermLine(name=_term_name(title, first), title=title, start=first, end=last, week_one=week_one, line=line)
    )


def _week_one(cell: Cell, title: str, first: date) -> date:
    """The Monday of 第一周; not written, it is that of the week in which the term starts, if it starts on a weekday."""
    if is_empty(cell):
        if first.weekday() > 4:
            weekday = "周六" if first.weekday() == 5 else "周日"
            raise Unreadable(
                f"“{title}”{first}（{weekday}）开始，看不出第一周是这一周还是下一周；请在“第一周”列写上第一周的周一"
            )
        return first - timedelta(days=first.weekday())
    monday = _sane(day_of(cell))
    if monday.weekday():
        raise Unreadable(f"第一周写的{monday}不是周一；请写第一周的周一")
    if abs((monday - first).days) > 27:
        raise Unreadable(f"第一周（{monday}）离学期开始（{first}）太远；请核对")
    return monday


def _term_name(title: str, first: date) -> str:
    """2026春, by what it is called and when it starts: 2025-2026学年第二学期 is 2026春 too."""
    season = _SEASON.search(title)
    said = season[0][0] if season and season[0][0] in "春秋夏" else "夏" if season and season[0] == "暑期" else None
    by_start = "春" if first.month <= 5 else "夏" if first.month <= 7 else "秋"
    year = first.year + (first.month == 12 and said == "春")
    return f"{year}{said or by_start}"


def _year(taken: _Taken, values: Mapping[str, Cell], line: int) -> None:
    text = narrow(values["year"]).removesuffix("年").strip()
    if not re.fullmatch(r"20\d\d", text):
        raise Unreadable(f"「{words(values['year'])}」不是年份；请填 2027 这样的年份")
    taken.years.append(int(text))


_READERS: dict[str, Callable[[_Taken, Mapping[str, Any], int], None]] = {DAYS: _day, TERMS: _term, YEARS: _year}
