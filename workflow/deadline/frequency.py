"""How often something recurs (每月1次, 每两周一次, 按季度, 每月25日前)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workflow.deadline.clock import BEFORE, Clock, hour_at
from workflow.deadline.period import days_in_period, days_listed
from workflow.model import DayInPeriod, Every


@dataclass(frozen=True)
class Frequency:
    """A frequency and where it stands; `every` is None for one that `Every` cannot say (每天). `clock` is the hour of 每周五17:00前."""

    every: Every | None
    at: int
    to: int
    flags: tuple[str, ...] = ()
    clock: Clock | None = None


_UNITS = {
    "周": "week",
    "星期": "week",
    "礼拜": "week",
    "月": "month",
    "季": "quarter",
    "季度": "quarter",
    "学期": "term",
    "半年": "halfyear",
    "年": "year",
    "年度": "year",
    "学年": "year",
    "学年度": "year",
}
_UNIT = "学年度|学期|学年|半年|半个月|半月|季度|年度|星期|礼拜|季|年|月|周|旬"
# 每学年40周, 每月200元: a rate, no frequency
_RATE = r"[0-9]{1,4}(?:周|元|万|%|天)"
_NO_UNIT = rf"(?!级|龄|程|期(?!末)|计|{_RATE})"
_WORK = r"(?:至少|集中|开展|召开|进行|组织|举行|举办|报送|汇报|通报|检查|更新|安排|上|报|讲)"
_AS_A_RULE = r"[1一](?:报|总结|小结|考核|考评|考|评|检查|检|通报|调度|汇报|主题|讲|次)"
_FREQUENCIES = re.compile(
    rf"""
    # 每月, 每2周, 每个学期, 每逢周一, 逐月, 按季度
      (?:每逢?(?P<gap>隔)?(?P<step>[0-9]{{1,2}})?(?P<upto>(?:-|至|到)[0-9]{{1,2}})?个?|逐|按(?=月|季|周|学期|半年)|(?P<other>隔)(?=周))(?P<unit>{_UNIT}){_NO_UNIT}
    # 逢单月, 每双周
    | (?:每逢|逢|每|(?<=^)|(?<=[,;。、]))(?P<parity>[单双])(?P<parity_unit>月|周)
    # 半年1次, 2周1次, 2个月开展1次, 1年1总结
    | (?<![0-9第本上下这当该全今-])(?:(?P<bare_step>[0-9]{{1,2}})(?:个|(?=周|星期|年|学期|季度)))?(?P<bare>{_UNIT})
      (?=[0-9]{{1,2}}次|{_AS_A_RULE})
    | (?<![0-9第-])(?P<long_step>[0-9]{{1,2}})个?(?P<long>(?<=个)月|周|星期|年|学期|季度)
      (?={_WORK}{{1,2}}[^,。;0-9内前后]{{0,3}}[1-9][0-9]?次)
    | (?<![0-9第年])1(?P<monthly>月)(?=[0-9]{{1,2}}次|[1一]报)
    | (?P<half>半年)(?={_WORK}{{1,2}}[^,。;0-9内前后]{{0,3}}[1-9][0-9]?次)
    # 月检查、季通报, 半年点评
    | (?:(?<=^)|(?<=[,、;(])|(?<=做到)|(?<=实行))(?P<title>月|季|半年|周)(?=检查|通报|点评|考评|调度|讲评|小结|例会|报)
    | 每(?P<daily>天|日|晚)
    """,
    re.VERBOSE,
)
_BEFORE = re.compile(BEFORE)
_TIMES = re.compile(r"[^,。;、()0-9]{0,10}?(?:不少于|至少)?([0-9]{1,2})(?:-[0-9]{1,2})?次")
_WITHIN = {"半个月": ("month", 2), "半月": ("month", 2), "旬": ("month", 3)}


def frequencies(text: str) -> tuple[Frequency, ...]:
    """Every frequency in a `numbered` text, in order."""
    found: list[Frequency] = []
    for match in _FREQUENCIES.finditer(text):
        # 每年半年报一次 is one frequency.
        if not found or match.start() >= found[-1].to:
            found.append(_frequency(text, match))
    return tuple(found)


def _frequency(text: str, found: re.Match[str]) -> Frequency:
    if found["daily"]:
        return Frequency(None, found.start(), found.end(), ("daily",))
    unit, times, step = _period(found)
    flags = tuple(_flags(found))
    days, to, unread = days_in_period(unit, text, found.end())
    if found["parity_unit"] == "月":
        days = tuple(DayInPeriod(month=month, day=days[0].day if days else None) for month in _months_of(found["parity"]))
        unit = "year"
    to, clock = (hour_at(text, to) if days else None) or (to, None)
    if clock and (before := _BEFORE.match(text, to)):
        to = before.end()
    if counted := _TIMES.match(text, to):
        times *= int(counted[1])
        to = max(to, counted.end())
    if unit in ("halfyear", "quarter") and not days and step == 1 and (listed := days_listed(text, to)):
        # 每半年1次(6月底、12月底前)
        unit, (days, to), times = "year", listed, 1
    if not step or not times:
        return Frequency(None, found.start(), to, (*flags, "ambiguous"))
    flags = (*flags, "day-in-period") if unread or found["parity_unit"] == "周" else flags
    flags = (*flags, *clock.flags) if clock else flags
    return Frequency(Every(unit=unit, step=step, times=times, days=days), found.start(), to, flags, clock)


def _period(found: re.Match[str]) -> tuple[str, int, int]:
    """(unit, times, step) as far as the words of the period say them."""
    if found["parity"]:
        return _UNITS[found["parity_unit"]], 1, 2 if found["parity_unit"] == "周" else 1
    word = found["unit"] or found["monthly"] or found["bare"] or found["long"] or found["half"] or found["title"]
    unit, times = _WITHIN.get(word) or (_UNITS[word], 1)
    step = 2 if found["other"] else int(found["step"] or found["bare_step"] or found["long_step"] or 1)
    return unit, times, step


def _months_of(parity: str) -> range:
    return range(1, 12, 2) if parity == "单" else range(2, 13, 2)


def _flags(found: re.Match[str]) -> Iterator[str]:
    if found["gap"] or found["upto"]:
        # 每隔2周: every second or every third week? 每2-3个月: how often?
        yield "ambiguous"
    if (found["unit"] or found["bare"] or "").startswith("学年"):
        yield "school-year"
