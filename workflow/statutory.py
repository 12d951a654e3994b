"""What the State Council published (国务院办公厅放假安排), as `chinesecalendar` has it.

It knows the years from 2004 to the last one published, and a new release of it may know more or correct one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache

WEEKEND = "周末"


def is_workday(day: date) -> bool:
    """Monday to Friday and the weekend days worked instead (调休), without the holidays; beyond its years plainly Monday to Friday."""
    holidays, made_up = _special_days()
    return day not in holidays if day.weekday() < 5 else day in made_up


@cache
def workdays(year: int) -> tuple[int, ...]:
    """The ordinals of the working days of a year, ascending."""
    days = range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
    return tuple(day for day in days if is_workday(date.fromordinal(day)))


def why(day: date) -> str:
    """What kind of day it is, in a word of Chinese."""
    holidays, made_up = _special_days()
    if day in holidays:
        return "法定节假日"
    if day in made_up:
        return "调休上班"
    return "工作日" if day.weekday() < 5 else WEEKEND


def holiday(day: date) -> str | None:
    """The holiday that a day off, or a day worked instead, belongs to: 春节; None for any other day."""
    holidays, made_up = _special_days()
    english = holidays.get(day) or made_up.get(day)
    return _chinese().get(english, english) if english is not None else None


def year_is_published(year: int) -> bool:
    """Does the statutory source itself know this year? (A calendar may know more: `WorkCalendar.year_is_published`.)"""
    return year in years()


@cache
def years() -> range:
    """The years it knows."""
    holidays, _ = _special_days()
    return range(min(holidays).year, max(holidays).year + 1)


def last_published_year() -> int:
    return years()[-1]


@cache
def digest() -> str:
    """What it says of all its years, in 16 hexadecimal digits: another one if a release says otherwise."""
    said = "".join(f"{day.toordinal()}{sign}" for days, sign in zip(_special_days(), "-+", strict=True) for day in sorted(days))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@cache
def _special_days() -> tuple[Mapping[date, str], Mapping[date, str]]:
    """Holidays, and the weekend days worked instead (调休), of all published years."""
    # Its is_workday() compares the whole table at each call (24 µs); the tables themselves answer in 0.1 µs.
    from chinese_calendar.constants import holidays, workdays

    return holidays, workdays


@cache
def _chinese() -> Mapping[str, str]:
    from chinese_calendar.constants import Holiday

    return {holiday.value: holiday.chinese for holiday in Holiday}
