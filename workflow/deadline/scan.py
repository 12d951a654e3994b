"""Which words of a text are points of time: days, months, ten-day periods, feasts, with weekday and hour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflow.deadline.clock import BEFORE, Clock, hour_at
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


_ONE = r"[0-9]{1,2}"
_FOUR = r"(?:19|20)[0-9]{2}"
_TO = r"(?:-|至|到)"


def _year_form(group: str, digits: str) -> str:
    """2012年 as `group`, or 明年 as `group` + w."""
    return rf"(?:(?<![0-9])(?P<{group}>{digits})年度?的?|(?P<{group}w>[今本当同明次翌来去上])年度?的?)"


# What follows a day whose 日 is missing: 10月10前, 3月28-29日
_NO_DAY_WORD = rf"(?={BEFORE}|{_TO}{_ONE}(?:[日号]|月)|、{_ONE}[日号]|截止|[上下中]午|晚|\((?:周|星期)|[,。;)]|$)"

_FORMS = {
    "iso": rf"(?<![0-9])(?P<iy>{_FOUR})(?P<sep>[-/.])(?P<im>{_ONE})(?P=sep)(?P<id>{_ONE})(?![0-9])[日号]?",
    "compact": rf"(?<![0-9])(?P<cy>{_FOUR})(?P<cm>0[1-9]|1[0-2])(?P<cd>0[1-9]|[12][0-9]|3[01])(?![0-9年])",
    # 3月30日, 4月, 5月底, 4月上旬; the 4 of 4-6月, the 3月28 of 3月28-29日
    "ymd": rf"""
        (?:{_year_form("y", r"[0-9]{4}|[0-9]{2}")}|(?<![0-9])(?P<yd>{_FOUR})[./-](?={_ONE}月))?
        (?<![0-9A-Za-z])(?P<m>{_ONE})
        (?: (?={_TO}(?:[次明翌]年)?{_ONE}月)
          | 月(?:份|月(?=[底末]))?
            (?: (?P<xun>上[、,]?中旬|中[、,]?下旬|[上中下]旬)
              | (?P<end>底|末)
              | (?P<vague>初|中(?=$|[,。;)]|{BEFORE})|第[0-9]个?(?:周|星期)[一二三四五六日天]?)
              | (?P<d>{_ONE})(?:(?P<dd>[日号])日?|{_NO_DAY_WORD})
            )?
        )""",
    "year_month": rf"(?<![0-9])(?P<my>{_FOUR})[-/.](?P<mm>0[1-9]|1[0-2])(?![0-9年月日-])",
    # 本月底, 下月5日, 本月
    "near_month": rf"""
        (?P<mw>[本当这下次翌上])个?月份?
        (?:(?P<mwd>{_ONE})[日号]|(?P<mwx>[上中下]旬)|(?P<mwe>底|末))?""",
    "half": rf"{_year_form('hy', _FOUR)}?(?:(?P<h>[上下])半年|(?<![0-9])第?(?P<q>[1-4])季度(?P<qe>末|底)?)",
    # 今年内, 2012年底, 年底; not the 年内 of 2年内, 学年内
    "year_end": rf"""
        (?:{_year_form("fy", _FOUR)}|(?<![0-9一二三四五六七八九十几数每学半周全多近历成])年度?)
        (?:内|之内|以内|底|末|终(?=$|[,。;)]|{BEFORE})|(?P<yvague>初))""",
    "year": rf"(?<![0-9])(?<![0-9]{_TO})(?P<wy>{_FOUR})年(?:度|全年)?(?![0-9上下第春秋寒暑])",
    # 七一 only where it is itself the time: 七一前, not 七一表彰大会前
    "feast": rf"""
        (?P<till>(?<=[至到-]))?{_year_form("ey", _FOUR)}?(?<![0-9一二三四五六七八九十百])
        (?P<f>元旦|三八|五一|五四|六一|七[·.]?一|八一|教师节|国庆|十一)
        (?:建党|劳动|青年|儿童|建军|妇女)?节?
        (?(till)(?=$|[,。;)]|{BEFORE}|期间|止|结束)
          | (?={BEFORE}(?!后|夕)|(?:之后|以后|后)(?!勤|续|期)|起|{_TO}[0-9三五六七八十国元教]))""",
    # 3.30, 3/30, 3-30: whether it is a day, grammar.py finds out
    "short": rf"(?<![0-9./])(?P<sm>{_ONE})(?P<sd_sep>[./-])(?P<sd>{_ONE})(?![0-9.%/:年月个])[日号]?",
    "week": r"(?P<ww>下下|[本这下上])?个?(?:周|星期|礼拜)(?P<wwd>[一二三四五六日天])",
    "near": r"(?P<nd>今天|今日|明天|明日|后天)",
    # Right halves: 至29日, 至中旬, 至月底
    "loose_day": rf"(?<![0-9A-Za-z年])(?P<ld>{_ONE})[日号](?!内|以内|之内)",
    "loose_part": r"(?P<lx>[上中下]旬)|(?<![0-9个每按])月(?P<le>底|末)",
}
_POINTS = re.compile("|".join(f"(?P<{name}>{form})" for name, form in _FORMS.items()), re.VERBOSE)

# What may stand right behind a point: (周五), (不含当日), 下午5点, 12:00, 下班
_WEEKDAY = re.compile(r"[,(]?(?:周|星期|礼拜)([一二三四五六日天])\)?")
_INCLUDED = re.compile(r"\((不?)(?:包?含|包括)[^()]*\)")
_LIST_NUMBER = re.compile(r"(?<![0-9])([0-9]{1,2})[.、 ]$")


def scan(text: str) -> tuple[Point, ...]:
    """Every point of time in a `numbered` text, in order."""
    return tuple(_scan(text))


def _scan(text: str) -> Iterator[Point]:
    position = 0
    while found := _POINTS.search(text, position):
        point = _with_tail(text, _point(text, found))
        yield point
        position = point.to


def _with_tail(text: str, point: Point) -> Point:
    """The point with the weekday and the hour that stand right behind it."""
    to, weekday, excluded, clock = point.to, point.weekday, False, None
    if found := _WEEKDAY.match(text, to):
        to, weekday = found.end(), WEEKDAYS.index(found[1].replace("天", "日"))
    if found := _INCLUDED.match(text, to):
        to, excluded = found.end(), bool(found[1])
    if hour := hour_at(text, to):
        to, clock = hour
    return replace(point, to=to, weekday=weekday, excluded=excluded, clock=clock)


def _point(text: str, found: re.Match[str]) -> Point:
    build = _BUILD[str(found.lastgroup)]
    return replace(build(found), flags=tuple(_damage(text, found)))


def _damage(text: str, found: re.Match[str]) -> Iterator[str]:
    """What around a point says that a character is lost, or that a list number may belong to it."""
    before, after = text[: found.start()], text[found.end() : found.end() + 1]
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
