"""Which day of a period is meant (每月25日前, 每年6月10日和12月10日前, 每周二, 每季度末)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflow.deadline.feasts import FIXED
from workflow.model import DayInPeriod
from workflow.workdays import WEEKDAYS

_BEFORE = r"(?:之前|以前|前(?![后夕往来期列述面台瞻景])|为止|止)?"
_AND = r"(?:[、,和及与]|以及|,?并于|,?和于)"
_DAY = "[一二三四五六日天]"
_WEEK = "(?:周|星期|礼拜)"
_LAST = {"上旬": 10, "中旬": 20, "下旬": None, "上中旬": 20, "中下旬": None}

_END = {
    "week": re.compile(r"$^"),
    "month": re.compile(rf"(?:的?月)?(?:[底末](?!尾)|的?最后1?[天日]){_BEFORE}"),
    "quarter": re.compile(rf"(?:的?季度?)?[底末](?!月){_BEFORE}"),
    "halfyear": re.compile(rf"[底末]{_BEFORE}"),
    "term": re.compile(rf"(?:的?学?期)?末{_BEFORE}|结束{_BEFORE}"),
    "year": re.compile(rf"的?年?(?:[底末终]){_BEFORE}"),
}
# 每周的三会 are three meetings, 每周一课 is one lesson a week
_WEEKDAYS = re.compile(
    rf"(?:的?{_WEEK})?(?!一(?:[课题讲练考测歌书星报评查]|学(?!习)))(?P<days>{_DAY}(?:{_AND}{_WEEK}?{_DAY})*)(?![个次年月日至到-]){_BEFORE}"
)
_MONTH_DAYS = re.compile(
    rf"的?第?(?P<days>[0-9]{{1,2}}[日号]?(?:(?:-|至|到|{_AND})[0-9]{{1,2}}[日号]?){{0,4}}(?<=[日号])){_BEFORE}"
)
_AND_MONTH_END = re.compile(rf"{_AND}(?:当|本|每)?月[底末]{_BEFORE}")
_XUN = re.compile(rf"的?(?P<xun>[上中下]旬|上中旬|中下旬){_BEFORE}")
_NTH = re.compile(rf"的?(?:第(?P<nth>[1-5一二三四五])|最后1?)个?{_WEEK}(?P<day>{_DAY}){_BEFORE}")
_MONTH_OF_QUARTER = re.compile(
    rf"的?(?:(?P<first>首月|第[1一]个?月)|(?P<second>第[2二]个?月)|末月|最后1?个?月|第[3三]个?月)(?:的?(?P<day>[0-9]{{1,2}})[日号])?(?:[底末])?{_BEFORE}"
)
_ONE_OF_YEAR = (
    r"(?:(?P<m>[0-9]{1,2})(?:月份?)?(?:-|至|到))?(?P<month>[0-9]{1,2})(?:月份?(?:的?(?P<day>[0-9]{1,2})[日号]|(?P<end>底|末)|(?P<xun>[上中下]旬))?"
    r"|(?=、[0-9]{1,2}(?:、[0-9]{1,2}){0,3}月))"
)
_OF_YEAR = re.compile(rf"的?{_ONE_OF_YEAR}{_BEFORE}")
_PART_OF_YEAR = re.compile(rf"的?(?:第?(?P<quarter>[1-4])季度(?P<qe>末|底)?|(?P<half>[上下])半年){_BEFORE}")
_FEAST = re.compile(rf"的?(?P<feast>{'|'.join(FIXED)})(?:建党|劳动|青年|儿童|建军|妇女)?节?(?:之前|以前|前(?![后夕]))")
_OPENED = re.compile(r"[,(:]?(?:分别)?[于在]?")
_SEPARATOR = re.compile(_AND)
# What says that a day of the period is meant without saying it in a way that can be computed
_ABOUT = ("前后", "左右", "上下")
_UNREAD = re.compile(
    r"的?(?:第?[0-9]{1,2}[日号天月]|第[0-9]{1,2}个?(?:教学)?周|第?[1-4]季度|[上下]半年|年?初|[上中下]旬|次月|下月|结束后|开学[初后]|末|逢|春|秋|最后1?个?(?:周|星期|工作日|旬|天)|[一二三四五六日天](?:至|到|-))"
    r"|[^,。;]{0,10}?(?:之前|以前|前)(?![往来期])"
)


def days_in_period(unit: str, text: str, at: int) -> tuple[tuple[DayInPeriod, ...], int, bool]:
    """(days, where the words for them end, whether something is said that cannot be computed) behind a frequency."""
    if found := _END[unit].match(text, at):
        return (), found.end(), False
    days, to = _READERS[unit](text, at)
    if days and not text.startswith(_ABOUT, to):
        return days, to, False
    found = _UNREAD.match(text, at)
    return (), found.end() if found else at, bool(found)


def days_listed(text: str, at: int) -> tuple[tuple[DayInPeriod, ...], int] | None:
    """The days of the year in brackets or behind a comma (6月底、12月底前), where there are several; None if not."""
    opened = _OPENED.match(text, at)
    days, to = _of_year(text, opened.end()) if opened else ((), at)
    return (days, to) if len(days) > 1 else None


def _of_week(text: str, at: int) -> tuple[tuple[DayInPeriod, ...], int]:
    found = _WEEKDAYS.match(text, at)
    if not found:
        return (), at
    return tuple(DayInPeriod(weekday=_weekday(day)) for day in re.findall(_DAY, found["days"])), found.end()


def _of_month(text: str, at: int) -> tuple[tuple[DayInPeriod, ...], int]:
    if found := _NTH.match(text, at):
        nth = int("一二三四五".find(found["nth"]) + 1 or found["nth"]) if found["nth"] else -1
        return (DayInPeriod(weekday=_weekday(found["day"]), nth=nth),), found.end()
    if found := _MONTH_DAYS.match(text, at):
        days = [int(day) for day in re.findall("[0-9]+", re.sub(r"[0-9]{1,2}[日号]?(?:-|至|到)", "", found["days"]))]
        if not all(1 <= day <= 31 for day in days):
            return (), found.end()
        dated = tuple(DayInPeriod(day=day) for day in days)
        if ending := _AND_MONTH_END.match(text, found.end()):
            return (*dated, DayInPeriod()), ending.end()
        return dated, found.end()
    if found := _XUN.match(text, at):
        return (DayInPeriod(day=_LAST[found["xun"]]),), found.end()
    return (), at


def _of_quarter(text: str, at: int) -> tuple[tuple[DayInPeriod, ...], int]:
    if found := _MONTH_OF_QUARTER.match(text, at):
        month = 1 if found["first"] else 2 if found["second"] else 3
        return (DayInPeriod(month=month, day=int(found["day"]) if found["day"] else None),), found.end()
    return (), at


def _of_year(text: str, at: int) -> tuple[tuple[DayInPeriod, ...], int]:
    if parts := list(_list(_PART_OF_YEAR, text, at)):
        return tuple(map(_part_of_year, parts)), parts[-1].end()
    if found := _FEAST.match(text, at):
        month, day = FIXED[found["feast"]]
        eve = DayInPeriod(month=month, day=day - 1) if day > 1 else DayInPeriod(month=month - 1 or 12)
        return (eve,), found.end()
    days: list[DayInPeriod] = []
    to = at
    for found in _list(_OF_YEAR, text, at):
        days.append(_day_of_year(found))
        to = found.end()
    return tuple(days) if all(_exists(day) for day in days) else (), to


def _part_of_year(found: re.Match[str]) -> DayInPeriod:
    last, length = (int(found["quarter"]) * 3, 3) if found["quarter"] else (6 if found["half"] == "上" else 12, 6)
    return DayInPeriod(month=last, since=None if found["qe"] else last - length + 1)


def _list(pattern: re.Pattern[str], text: str, at: int) -> Iterator[re.Match[str]]:
    """6月10日和12月10日前, one after the other."""
    while found := pattern.match(text, at):
        yield found
        joined = _SEPARATOR.match(text, found.end())
        if not joined:
            return
        at = joined.end()


def _day_of_year(found: re.Match[str]) -> DayInPeriod:
    month = int(found["month"])
    if found["day"]:
        return DayInPeriod(month=month, day=int(found["day"]))
    whole = not found["end"] and not found["xun"]
    since = int(found["m"]) if found["m"] else month if whole else None
    return DayInPeriod(month=month, day=_LAST[found["xun"]] if found["xun"] else None, since=since)


def _exists(day: DayInPeriod) -> bool:
    since = day.since or 1
    return 1 <= since <= (day.month or 12) <= 12 and 1 <= (day.day or 1) <= 31


def _weekday(word: str) -> int:
    return WEEKDAYS.index(word.replace("天", "日"))


def _nothing(text: str, at: int) -> tuple[tuple[DayInPeriod, ...], int]:
    return (), at


_READERS = {
    "week": _of_week,
    "month": _of_month,
    "quarter": _of_quarter,
    "halfyear": _nothing,
    "term": _nothing,
    "year": _of_year,
}
