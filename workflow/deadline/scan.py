"""Which words of a text are points of time: days, months, ten-day periods, feasts, with weekday and hour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflow.deadline.clock import Clock, hour_at
from workflow.deadline.feasts import FIXED, MOVING
from workflow.deadline.forms import INCLUDED, POINTS, WEEKDAY, WEEKDAY_REMARK
from workflow.workdays import WEEKDAYS

YEAR_WORDS = {"今": 0, "本": 0, "当": 0, "同": 0, "明": 1, "次": 1, "翌": 1, "来": 1, "去": -1, "上": -1}
WEEK_WORDS = {"本": 0, "这": 0, "下": 1, "下下": 2, "上": -1}
MONTH_WORDS = {"本": 0, "当": 0, "这": 0, "下": 1, "次": 1, "翌": 1, "上": -1}
DAY_WORDS = {"今天": 0, "今日": 0, "明天": 1, "明日": 1, "后天": 2}


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point of time in a text, as written: no year is guessed, nothing is checked yet.

    `at`..`to` is where it stands. `unit` says how much time it is: day, month, month-end, xun, half-year, quarter, year,
    year-end, feast (named in `feast`; month and day are a rough place in the year), weekday, week (本周), near (今天),
    loose-day and loose-part (a right half: 至29日, 至中旬), unclear (月初).
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
    feast: str = ""
    clock: Clock | None = None
    whole: bool = True
    short_year: bool = False
    excluded: bool = False
    flags: tuple[str, ...] = ()


_FEAST_BEFORE = re.compile(rf"(?:{'|'.join((*FIXED, *MOVING))})节?[、和,]?$")
_EACH = re.compile(r"(?:每|发生|各)[^,。;]{0,12}$")
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
        to, weekday = found.end(), _weekday(found[1])
        if found := WEEKDAY_REMARK.match(text, to):
            to = found.end()
    if found := INCLUDED.match(text, to):
        to, excluded = found.end(), bool(found[1])
    if hour := hour_at(text, to):
        to, clock = hour
    if (
        clock is None
        and text.startswith("(", max(0, point.at - 1))
        and text.startswith(")", to)
        and (hour := hour_at(text, to + 1))
    ):
        # 本周三(9月21日)17:00
        to, clock = hour
    if weekday is None and clock and (found := WEEKDAY.match(text, to)):
        to, weekday = found.end(), _weekday(found[1])
    return replace(point, to=to, weekday=weekday, excluded=excluded, clock=clock) if to > point.to else point


def _weekday(word: str) -> int:
    """五 -> 4, 5 -> 4; -1 for 星期八, which fits no day."""
    at = "一1二2三3四4五5六6日7".find(word.replace("天", "日"))
    return at // 2 if at >= 0 else -1


def _point(text: str, found: re.Match[str]) -> Point:
    build = _BUILD[str(found.lastgroup)]
    point, flags = build(found), tuple(_damage(text, found))
    return replace(point, flags=flags) if flags else point


def _damage(text: str, found: re.Match[str]) -> Iterator[str]:
    """What around a point says that a character is lost, or that a list number may belong to it."""
    before, after = text[max(0, found.start() - 4) : found.start()], text[found.end() : found.end() + 1]
    if (before.endswith("年") and found.lastgroup == "ymd") or (before.endswith("月") and found.lastgroup == "loose_day"):
        yield "damaged"
    if found.lastgroup == "ymd" and not found["d"] and (after.isdigit() or after in ("日", "号")):
        yield "damaged"
    if found.lastgroup == "feast" and _FEAST_BEFORE.search(before):
        # 元旦、春节前: before which of them?
        yield "ambiguous"
    if (
        found.lastgroup == "near_month"
        and found["mw"] in "当次翌"
        and _EACH.search(text, max(0, found.start() - 14), found.start())
    ):
        # 每笔业务发生当月28日前: of no single month
        yield "ambiguous"
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
    month = int(found["mm"] or found["mn"])
    return Point(at=found.start(), to=found.end(), unit="month", year=int(found["my"]), month=month)


def _near_month(found: re.Match[str]) -> Point:
    point = Point(at=found.start(), to=found.end(), unit="month", month_shift=MONTH_WORDS[found["mw"]])
    if found["mwx"]:
        return replace(point, unit="xun", part=_xun(found["mwx"]))
    if found["mwd"]:
        return replace(point, unit="day", day=int(found["mwd"]))
    if found["mwv"]:
        return replace(point, unit="unclear")
    return replace(point, unit="month-end") if found["mwe"] else point


def _half(found: re.Match[str]) -> Point:
    year, shift = _year(found, "hy")
    unit, no = ("quarter", int(found["q"])) if found["q"] else ("half-year", 1 if found["h"] == "上" else 2)
    if found["he"]:
        return Point(at=found.start(), to=found.end(), unit="month-end", year=year, year_shift=shift, month=6 * no)
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
    name = found["f"].replace("·", "").replace(".", "")
    month, day = FIXED.get(name) or MOVING[name]
    return replace(_day(found, year, month, day), unit="feast", feast=name, year_shift=shift)


def _short(found: re.Match[str]) -> Point:
    return replace(_day(found, None, int(found["sm"]), int(found["sd"])), unit="short")


def _week(found: re.Match[str]) -> Point:
    if found["wk"]:
        return Point(at=found.start(), to=found.end(), unit="week", week_shift=WEEK_WORDS[found["wk"]])
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
