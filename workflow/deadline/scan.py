"""Which words of a text are points of time: days, months, ten-day periods, feasts, with weekday and hour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflow.deadline.clock import Clock, hour_at
from workflow.deadline.forms import INCLUDED, POINTS, WEEKDAY
from workflow.workdays import WEEKDAYS

FEASTS = {
    "元旦": (1, 1),
    "三八": (3, 8),
    "五一": (5, 1),
    "五四": (5, 4),
    "六一": (6, 1),
    "七一": (7, 1),
    "八一": (8, 1),
    "教师节": (9, 10),
    "国庆": (10, 1),
    "十一": (10, 1),
}
"""Feasts of a fixed day. 春节, 清明, 端午 and 中秋 move with the moon: their day is asked for, like that of any event."""

YEAR_WORDS = {"今": 0, "本": 0, "当": 0, "同": 0, "明": 1, "次": 1, "翌": 1, "来": 1, "去": -1, "上": -1}
WEEK_WORDS = {"本": 0, "这": 0, "下": 1, "下下": 2, "上": -1}
MONTH_WORDS = {"本": 0, "当": 0, "这": 0, "下": 1, "次": 1, "翌": 1, "上": -1}
DAY_WORDS = {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2}


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point of time in a text, as written: no year is guessed, nothing is checked yet.

    `at`..`to` is where it stands. `unit` says how much time it is: day, month, month-end, xun, half-year, quarter, year,
    year-end, feast, weekday, near (今天), loose-day and loose-part (a right half: 至29日, 至中旬), unclear (月初).
    `year_shift`, `month_shift` and `week_shift` count from the anchor (明年, 下月, 本周). `part` numbers the xun (from, to),
    half or quarter. `whole` is False if 日 is missing behind the day; `short_year`: 12年 for 2012年.
    """

    at: int
    to: int
    unit: str
    year: int | None = None
    year_shift: int | None = None
    month: int | None = None
    month_shift: int | None = None
    day: int | None = None
    part: tuple[int, int] = (0, 0)
    week_shift: int | None = None
    weekday: int | None = None
    clock: Clock | None = None
    whole: bool = True
    short_year: bool = False
    excluded: bool = False
    flags: tuple[str, ...] = ()


_LIST_NUMBER = re.compile(r"(?<![0-9])([0-9]{1,2})[.、 ]$")


def scan(text: str) -> tuple[Point, ...]:
    """Every point of time in a `numbered` text, in order."""
    return tuple(_scan(text))


def _scan(text: str) -> Iterator[Point]:
    position = 0
    while found := POINTS.search(text, position):
        point = _with_tail(text, _point(text, found))
        yield point
        position = point.to


def _with_tail(text: str, point: Point) -> Point:
    """The point with the weekday and the hour that stand right behind it."""
    to, weekday, excluded, clock = point.to, point.weekday, False, None
    if found := WEEKDAY.match(text, to):
        to, weekday = found.end(), WEEKDAYS.index(found[1].replace("天", "日"))
    if found := INCLUDED.match(text, to):
        to, excluded = found.end(), bool(found[1])
    if hour := hour_at(text, to):
        to, clock = hour
    if weekday is None and clock and (found := WEEKDAY.match(text, to)):
        to, weekday = found.end(), WEEKDAYS.index(found[1].replace("天", "日"))
    return replace(point, to=to, weekday=weekday, excluded=excluded, clock=clock)


def _point(text: str, found: re.Match[str]) -> Point:
    build = _BUILD[str(found.lastgroup)]
    return replace(build(found), flags=tuple(_damage(text, found)))


def _damage(text: str, found: re.Match[str]) -> Iterator[str]:
    """What around a point says that a character is lost, or that a list number may belong to it."""
    before, after = text[max(0, found.start() - 4) : found.start()], text[found.end() : found.end() + 1]
    if (before.endswith("年") and found.lastgroup == "ymd") or (before.endswith("月") and found.lastgroup == "loose_day"):
        yield "damaged"
    if found.lastgroup == "ymd" and not found["d"] and (after.isdigit() or after in ("日", "号")):
        yield "damaged"
    if found.lastgroup == "ymd" and not found["y"] and (number := _LIST_NUMBER.search(before)):
        month = int(found["m"])
        if (before.endswith(" ") and month <= 2) or (not found["d"] and int(number[1]) == month - 1):
            yield "ambiguous"


def _xun(words: str) -> tuple[int, int]:
    """上旬 -> (1, 1), 中下旬 -> (2, 3)."""
    numbers = ["上中下".index(word) + 1 for word in words if word in "上中下"]
    return numbers[0], numbers[-1]


def _number(found: re.Match[str], group: str) -> int | None:
    return int(found[group]) if found[group] else None


def _year(found: re.Match[str], group: str) -> tuple[int | None, int | None]:
    word = found[f"{group}w"]
    year = _number(found, group)
    if year is not None and len(found[group]) == 2:
        year += 2000
    return year, YEAR_WORDS[word] if word else None


def _iso(found: re.Match[str]) -> Point:
    return _day(found, int(found["iy"]), int(found["im"]), int(found["id"]))


def _compact(found: re.Match[str]) -> Point:
    return _day(found, int(found["cy"]), int(found["cm"]), int(found["cd"]))


def _day(found: re.Match[str], year: int | None, month: int, day: int) -> Point:
    return Point(at=found.start(), to=found.end(), unit="day", year=year, month=month, day=day)


def _ymd(found: re.Match[str]) -> Point:
    year, shift = _year(found, "y")
    point = Point(
        at=found.start(),
        to=found.end(),
        unit="month",
        year=_number(found, "yd") if found["yd"] else year,
        short_year=len(found["y"] or "") == 2,
        year_shift=shift,
        month=int(found["m"]),
    )
    if found["xun"]:
        return replace(point, unit="xun", part=_xun(found["xun"]))
    if found["d"]:
        return replace(point, unit="day", day=int(found["d"]), whole=bool(found["dd"]))
    return replace(point, unit="month-end" if found["end"] else "unclear" if found["vague"] else "month")


def _year_month(found: re.Match[str]) -> Point:
    return Point(at=found.start(), to=found.end(), unit="month", year=int(found["my"]), month=int(found["mm"]))


def _near_month(found: re.Match[str]) -> Point:
    point = Point(at=found.start(), to=found.end(), unit="month", month_shift=MONTH_WORDS[found["mw"]])
    if found["mwx"]:
        return replace(point, unit="xun", part=_xun(found["mwx"]))
    if found["mwd"]:
        return replace(point, unit="day", day=int(found["mwd"]))
    return replace(point, unit="month-end") if found["mwe"] else point


def _half(found: re.Match[str]) -> Point:
    year, shift = _year(found, "hy")
    unit, no = ("quarter", int(found["q"])) if found["q"] else ("half-year", 1 if found["h"] == "上" else 2)
    if found["qe"]:
        return Point(at=found.start(), to=found.end(), unit="month-end", year=year, year_shift=shift, month=3 * no)
    return Point(at=found.start(), to=found.end(), unit=unit, year=year, year_shift=shift, part=(no, no))


def _year_end(found: re.Match[str]) -> Point:
    year, shift = _year(found, "fy")
    unit = "unclear" if found["yvague"] else "year-end"
    return Point(at=found.start(), to=found.end(), unit=unit, year=year, year_shift=shift, month=12)


def _whole_year(found: re.Match[str]) -> Point:
    return Point(at=found.start(), to=found.end(), unit="year", year=int(found["wy"]))


def _feast(found: re.Match[str]) -> Point:
    year, shift = _year(found, "ey")
    month, day = FEASTS[found["f"].replace("·", "").replace(".", "")]
    return replace(_day(found, year, month, day), unit="feast", year_shift=shift)


def _short(found: re.Match[str]) -> Point:
    return replace(_day(found, None, int(found["sm"]), int(found["sd"])), unit="short")


def _week(found: re.Match[str]) -> Point:
    weekday = WEEKDAYS.index(found["wwd"].replace("天", "日"))
    shift = WEEK_WORDS[found["ww"]] if found["ww"] else None
    return Point(at=found.start(), to=found.end(), unit="weekday", week_shift=shift, day=weekday)


def _near(found: re.Match[str]) -> Point:
    return Point(at=found.start(), to=found.end(), unit="near", day=DAY_WORDS[found["nd"]])


def _loose_day(found: re.Match[str]) -> Point:
    return Point(at=found.start(), to=found.end(), unit="loose-day", day=int(found["ld"]))


def _loose_part(found: re.Match[str]) -> Point:
    part = _xun(found["lx"]) if found["lx"] else (0, 0)
    return Point(at=found.start(), to=found.end(), unit="loose-part", part=part)


_BUILD = {
    "iso": _iso,
    "compact": _compact,
    "ymd": _ymd,
    "year_month": _year_month,
    "near_month": _near_month,
    "half": _half,
    "year_end": _year_end,
    "year": _whole_year,
    "feast": _feast,
    "short": _short,
    "week": _week,
    "near": _near,
    "loose_day": _loose_day,
    "loose_part": _loose_part,
}
