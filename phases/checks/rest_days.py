"""Which last days are rest days, and which are only provisional because their year is not yet published?"""

from __future__ import annotations

from collections.abc import Iterator

from phases.checks.look import LastDay, Look, at, named
from workflow.errors import Problem
from workflow.workdays import EARLIER, KEEP, LATER, PROVISIONAL


def rest_days(look: Look) -> Iterator[Problem]:
    """A last day on a rest day with the working days around it, once; an unpublished year once with its last days."""
    for last in look.last_days:
        yield from (at(last.things[0], text) for text in _rest_day(look, last))
    yield from _unpublished(look)


def _rest_day(look: Look, last: LastDay) -> Iterator[str]:
    line = last.things[0].deadline
    if "moved-rest-day" in line.flags:
        written = line.ranges[-1][1] if line.ranges else None
        _, note = look.calendar.rest_day(written, look.campaign.rest_day) if written else (None, None)
        yield f"“{line.words}”的最后一天{note or '是休息日'}"
        return
    if look.calendar.is_workday(last.day):
        return
    _, note = look.calendar.rest_day(last.day, KEEP)
    yield f"“{line.words}”的最后一天{note}；现在不变，要改就写 休息日: {EARLIER} 或 {LATER}"


def _unpublished(look: Look) -> Iterator[Problem]:
    """Rest days say so themselves; here are the days that are working days only as far as one can tell."""
    years: dict[int, list[LastDay]] = {}
    for last in look.last_days:
        if not look.calendar.is_certain(last.day) and look.calendar.is_workday(last.day):
            years.setdefault(last.day.year, []).append(last)
    for year, days in years.items():
        names = named([f"{last.day.month}月{last.day.day}日" for last in days]).replace("件", "天")
        yield at(days[0].things[0], f"{year}年放假安排{PROVISIONAL}：最后一天{names}是不是工作日，公布后请再核对")
