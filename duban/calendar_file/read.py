"""Which kind of calendar file some bytes are, and whether what it says holds together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePath

from duban.calendar_file.ics import read_ics
from duban.calendar_file.lines import CalendarFile, DayLine
from duban.calendar_file.sheets import read_csv, read_workbook
from workflow.errors import Problem
from workflow.workdays import short

MOST_BYTES = 8 * 1024**2
TAKE = "请用 .ics、.xlsx 或 .csv"
BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SUFFIXES = {".ics": "ics", ".ical": "ics", ".csv": "csv", ".txt": "csv"}


def read_calendar_file(name: str, content: bytes, *, published: Iterable[int] = ()) -> CalendarFile:
    """What a file (.ics, .xlsx, .xls, .ods, .csv) says; `published` are years whose whole arrangement it has.

    Never raises: what is wrong with the bytes is among the problems.
    """
    if problem := _unfit(name, content):
        return CalendarFile(name=name, problems=(problem,))
    found = _reader(name, content)(name, content)
    years = tuple(dict.fromkeys((*found.years, *published)))
    clashes = (*_clashing_days(found.days), *_clashing_spans(found))
    if not found.problems and not clashes and found.is_empty and not years:
        clashes = (Problem(path=name, text="里面没有一行内容；请核对文件"),)
    return replace(found, years=years, days=_once(found.days), problems=(*found.problems, *clashes))


def _unfit(name: str, content: bytes) -> Problem | None:
    if not content.strip():
        return Problem(path=name, text=f"文件是空的；{TAKE}")
    if len(content) > MOST_BYTES:
        return Problem(path=name, text=f"文件有{len(content) // 1024**2}MB，不像是日历；{TAKE}")
    return None


def _reader(name: str, content: bytes) -> Callable[[str, bytes], CalendarFile]:
    """By what the content is, then by the name."""
    start = content.lstrip(b"\xef\xbb\xbf \r\n")[:16]
    if start.startswith(BOOKS):
        return read_workbook
    kind = SUFFIXES.get(PurePath(name).suffix.lower())
    if kind == "ics" or start.upper().startswith(b"BEGIN:VCALENDAR"):
        return read_ics
    return read_csv if kind == "csv" else _unknown


def _unknown(name: str, content: bytes) -> CalendarFile:
    return CalendarFile(name=name, problems=(Problem(path=name, text=f"不是日历文件，或已损坏；{TAKE}"),))


def _clashing_days(days: Sequence[DayLine]) -> Iterator[Problem]:
    """One day that both works and rests."""
    seen: dict[object, DayLine] = {}
    for each in days:
        other = seen.setdefault(each.day, each)
        if other.works != each.works:
            before = f"第{other.line}行" if other.line else "前面"
            text = f"{short(each.day)}{_words(each)}，与{before}写的{_words(other)}矛盾；只留一种"
            yield Problem(line=each.line, path=f"{each.day}", text=text)


def _words(line: DayLine) -> str:
    return {True: "上班", False: "休息", None: "照常"}[line.works]


def _clashing_spans(found: CalendarFile) -> Iterator[Problem]:
    terms = sorted(found.terms, key=lambda term: term.start)
    for one, other in pairwise(terms):
        if other.start <= one.end:
            text = f"“{other.title}”（{other.start}起）与“{one.title}”（{one.end}止）重叠；请改正起止"
            yield Problem(line=other.line, path="学期", text=text)
    named: dict[str, str] = {}
    for term in terms:
        if named.setdefault(term.name, term.title) != term.title:
            text = f"“{named[term.name]}”和“{term.title}”都成了{term.name}；请在名称里写明春、夏、秋"
            yield Problem(line=term.line, path="学期", text=text)


def _once(days: Sequence[DayLine]) -> tuple[DayLine, ...]:
    kept: dict[object, DayLine] = {}
    for each in days:
        kept.setdefault(each.day, each)
    return tuple(sorted(kept.values(), key=lambda each: each.day))
