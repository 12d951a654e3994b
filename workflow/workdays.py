"""Which days are working days, and the arithmetic on them (工作日, 调休, 教学周).

The statutory calendar (国务院办公厅放假安排) comes from `chinesecalendar`, which knows the years from 2004 to the last one
published. Beyond it nothing is refused: Monday to Friday work *provisionally*, and everything derived from such a day
says so (`certain` is False).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from workflow import statutory
from workflow.statutory import WEEKEND, year_is_published
from workflow.terms import Break, Term, teaching_weeks

__all__ = [
    "EARLIER",
    "KEEP",
    "LATER",
    "PROVISIONAL",
    "REST_DAY_RULES",
    "TENTATIVE",
    "WEEKDAYS",
    "WEEKEND",
    "Break",
    "Day",
    "Shift",
    "Term",
    "WorkCalendar",
    "days_between",
    "provisional",
    "short",
    "teaching_weeks",
    "year_is_published",
]

PROVISIONAL = "未公布，暂按周一至周五推算"
TENTATIVE = "暂定"
"""The same where there is room for two characters only; what it means is said beneath."""
KEEP, EARLIER, LATER = "保持", "提前", "顺延"
REST_DAY_RULES = (KEEP, EARLIER, LATER)
WEEKDAYS = "一二三四五六日"

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """What kind of day it is: does it work, is that certain, and why, in Chinese."""

    working: bool
    certain: bool
    why: str


@dataclass(frozen=True)
class Shift:
    """A day that was reached by counting working days. `certain` is False if a day on the way lies in an unpublished year."""

    day: date
    certain: bool


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """The statutory calendar with what a school changed or learned since.

    `overrides` says of single days whether they work, and always wins; `notes` why. `published` are years whose arrangement
    is wholly known although `chinesecalendar` lacks them: the special days stand in `overrides`, all others follow the week.
    `terms` and `breaks` are the school's own, ascending, and have no say in what works.
    None of them may be changed after it was handed over. Days run from 0001-01-01 to 9999-12-31; a walk beyond raises
    OverflowError.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict, hash=False)
    published: frozenset[int] = frozenset()
    notes: Mapping[date, str] = field(default_factory=dict, hash=False, compare=False)
    terms: tuple[Term, ...] = ()
    breaks: tuple[Break, ...] = ()

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits: two calendars that have the same answer to everything have the same."""
        said = [
            *(f"{day}{'+' if works else '-'}" for day, works in sorted(self.overrides.items())),
            *(f"{year}" for year in sorted(self.published)),
            *(f"{t.name}:{t.start}:{t.end}:{t.monday}" for t in self.terms),
            *(f"{b.name}:{b.start}:{b.end}" for b in self.breaks),
        ]
        return hashlib.sha256("\n".join([statutory.digest(), *said]).encode()).hexdigest()[:16]

    def teaching_week(self, day: date) -> tuple[Term, int] | None:
        """The term a day lies in and the number of its teaching week (教学周), from 1; None in a vacation."""
        term = next((term for term in self.terms if max(term.start, term.monday) <= day <= term.end), None)
        return (term, (day - term.monday).days // 7 + 1) if term is not None else None

    def is_workday(self, day: date) -> bool:
        override = self.overrides.get(day)
        return statutory.is_workday(day) if override is None else override

    def is_certain(self, day: date) -> bool:
        return day in self.overrides or self.year_is_published(day.year)

    def year_is_published(self, year: int) -> bool:
        return year in self.published or year_is_published(year)

    def about(self, day: date) -> Day:
        return Day(self.is_workday(day), self.is_certain(day), self._why(day))

    def add(self, day: date, n: int) -> Shift:
        """The n-th working day after `day` (before it, if n is negative); `day` itself is never counted.

        n = 0 is the rung 当天: `day` itself, or the working day before it if it is a rest day, because whoever is to be
        told "today is the last day" must still be at work. 2026-10-09 +1 = Saturday 2026-10-10, a make-up workday.
        """
        if n == 0:
            return self.previous(day)
        reached = self._nth_after(day, n) if n > 0 else self._nth_before(day, -n)
        first, last = (day + _ONE_DAY, reached) if n > 0 else (reached, day - _ONE_DAY)
        return Shift(reached, self.is_certain_between(first, last))

    def previous(self, day: date) -> Shift:
        """The working day on or before `day`."""
        reached = day if self.is_workday(day) else self._nth_before(day, 1)
        return Shift(reached, self.is_certain_between(reached, day))

    def next(self, day: date) -> Shift:
        """The working day on or after `day`."""
        reached = day if self.is_workday(day) else self._nth_after(day, 1)
        return Shift(reached, self.is_certain_between(day, reached))

    def count(self, start: date, end: date) -> int:
        """How many working days lie after `start`, up to and including `end`; negative if `end` is before `start`.

        `is_certain_between` tells whether the number can still change.
        """
        if end < start:
            return -self.count(end, start)
        return sum(
            bisect_right(days, end.toordinal()) - bisect_right(days, start.toordinal())
            for days in map(self._workdays, range(start.year, end.year + 1))
        )

    def is_certain_between(self, first: date, last: date) -> bool:
        """Is every day from `first` to `last`, both included, certain?"""
        unpublished = [year for year in range(first.year, last.year + 1) if not self.year_is_published(year)]
        return all(
            day in self.overrides
            for year in unpublished
            for day in days_between(max(first, date(year, 1, 1)), min(last, date(year, 12, 31)))
        )

    def rest_day(self, day: date, rule: str) -> tuple[date, str | None]:
        """The last day that holds when `day` may be a rest day, and what people must be told about it (never silent).

        `rule` is 保持 (the day stays), 提前 (the working day before) or 顺延 (the working day after). The note is None for
        an ordinary working day. Raises ValueError for another rule.
        """
        if rule not in REST_DAY_RULES:
            raise ValueError(f"休息日规则“{rule}”不认识；请写 {'、'.join(REST_DAY_RULES)} 之一")
        about = self.about(day)
        if about.working:
            return day, None if about.certain else f"{short(day)}：{provisional(day.year)}"
        before, after = self.previous(day), self.next(day)
        moved = {KEEP: day, EARLIER: before.day, LATER: after.day}[rule]
        return moved, self._rest_note(day, before, after, "" if rule == KEEP else f"；按“{rule}”定为{short(moved, day)}")

    def _rest_note(self, day: date, before: Shift, after: Shift, verdict: str) -> str:
        why = self._why(day)
        kind = "休息日" if why in (WEEKEND, PROVISIONAL) else why
        note = f"{_month_day(day)}是周{WEEKDAYS[day.weekday()]}（{kind}）；"
        note += f"之前最后一个工作日{short(before.day, day)}，之后第一个工作日{short(after.day, day)}{verdict}"
        return note if before.certain and after.certain else f"{note}（放假安排{PROVISIONAL}）"

    def _why(self, day: date) -> str:
        if day in self.overrides:
            note = f"：{self.notes[day]}" if self.notes.get(day) else ""
            return ("按本单位日历上班" if self.overrides[day] else "按本单位日历休息") + note
        if not self.year_is_published(day.year):
            return PROVISIONAL
        return statutory.why(day)

    @cached_property
    def _years(self) -> dict[int, tuple[int, ...]]:
        return {}

    def _workdays(self, year: int) -> tuple[int, ...]:
        """The ordinals of the working days of a year, ascending."""
        if year not in self._years:
            changed = {day: works for day, works in self.overrides.items() if day.year == year}
            self._years[year] = _changed(statutory.workdays(year), changed) if changed else statutory.workdays(year)
        return self._years[year]

    def _nth_after(self, day: date, n: int) -> date:
        for year in range(day.year, date.max.year + 1):
            days = self._workdays(year)
            at = bisect_right(days, day.toordinal()) + n - 1
            if at < len(days):
                return date.fromordinal(days[at])
            n = at - len(days) + 1
        raise OverflowError(f"no {n} working days after {day} before the end of the calendar")

    def _nth_before(self, day: date, n: int) -> date:
        for year in range(day.year, 0, -1):
            days = self._workdays(year)
            at = bisect_left(days, day.toordinal()) - n
            if at >= 0:
                return date.fromordinal(days[at])
            n = -at
        raise OverflowError(f"no {n} working days before {day} since the start of the calendar")


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def provisional(year: int) -> str:
    """What must stand where a day of a year shows whose arrangement nobody has published."""
    return f"{year}年放假安排{PROVISIONAL}"


def short(day: date, today: date | None = None) -> str:
    """A day as people read it: 「3月30日（周五）」, with its year if that is not the year of `today`."""
    year = f"{day.year}年" if today is not None and today.year != day.year else ""
    return f"{year}{_month_day(day)}（周{WEEKDAYS[day.weekday()]}）"


def _month_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _changed(workdays: tuple[int, ...], overrides: Mapping[date, bool]) -> tuple[int, ...]:
    works = {day.toordinal() for day, working in overrides.items() if working}
    rests = {day.toordinal() for day, working in overrides.items() if not working}
    return tuple(sorted((set(workdays) | works) - rests))
