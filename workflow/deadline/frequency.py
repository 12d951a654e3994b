"""How often something recurs (每月1次, 每两周一次, 按季度)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workflow.model import Every


@dataclass(frozen=True)
class Frequency:
    """A frequency and where it stands; `every` is None for one that `Every` cannot say (每天)."""

    every: Every | None
    at: int
    to: int
    flags: tuple[str, ...] = ()


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
_FREQUENCIES = re.compile(
    rf"""
    # 每月, 每2周, 每个学期, 逐月, 按季度
      (?:每(?P<gap>隔)?(?P<step>[0-9]{{1,2}})?个?|逐|按(?=月|季|周|学期|半年)|(?P<other>隔)(?=周))(?P<unit>{_UNIT})(?!级|龄|[程期]|计)
    # 半年1次, 2周1次
    | (?<![0-9])(?P<bare_step>[0-9]{{1,2}})?个?(?P<bare>{_UNIT})(?=[0-9]{{1,2}}次|[1一]报)
    # 月检查、季通报, 半年点评
    | (?:(?<=^)|(?<=[,、;(]))(?P<title>月|季|半年|周)(?=检查|通报|点评|考评|调度|讲评|小结|例会|报)
    | 每(?P<daily>天|日|晚)
    """,
    re.VERBOSE,
)
_TIMES = re.compile(r"[^,。;、()0-9]{0,10}?(?:不少于|至少)?([0-9]{1,2})(?:-[0-9]{1,2})?次")
# 每月25日前, 每周二, 每年年底: which day of the period is more than `Every` can say
_DAY_IN_PERIOD = re.compile(
    r"的?(?:第?[0-9]{1,2}[日号天周月]|第?[1-4]季度|[上下]半年|年?[底末初]|[上中下]旬)"
    r"|[^,。;]{0,10}?(?:之前|以前|前)(?![往来期])"
)
_WEEKDAY = re.compile(r"[一二三四五六日天](?![个次])")
_WITHIN = {"半个月": ("month", 2), "半月": ("month", 2), "旬": ("month", 3)}


def frequencies(text: str) -> tuple[Frequency, ...]:
    """Every frequency in a `numbered` text, in order."""
    return tuple(_frequency(text, found) for found in _FREQUENCIES.finditer(text))


def _frequency(text: str, found: re.Match[str]) -> Frequency:
    weekly = found["unit"] in ("周", "星期", "礼拜")
    in_period = _DAY_IN_PERIOD.match(text, found.end()) or (_WEEKDAY.match(text, found.end()) if weekly else None)
    to = in_period.end() if in_period else found.end()
    flags = tuple(_flags(found, in_period=bool(in_period)))
    if found["daily"]:
        return Frequency(None, found.start(), found.end(), flags)
    unit, times = _unit_and_times(found["unit"] or found["bare"] or found["title"])
    step = 2 if found["other"] else int(found["step"] or found["bare_step"] or 1)
    if counted := _TIMES.match(text, found.end()):
        times *= int(counted[1])
        to = max(to, counted.end())
    if not step or not times:
        return Frequency(None, found.start(), to, (*flags, "ambiguous"))
    return Frequency(Every(unit=unit, step=step, times=times), found.start(), to, flags)


def _unit_and_times(word: str) -> tuple[str, int]:
    return _WITHIN[word] if word in _WITHIN else (_UNITS[word], 1)


def _flags(found: re.Match[str], *, in_period: bool) -> Iterator[str]:
    if found["daily"]:
        yield "daily"
    if found["gap"]:
        # 每隔2周: every second or every third week?
        yield "ambiguous"
    if (found["unit"] or found["bare"] or "").startswith("学年"):
        yield "school-year"
    if in_period:
        yield "day-in-period"
