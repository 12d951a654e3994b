"""The phases of a campaign on one line of days: their windows, the day that is looked at, and which days are rest days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from duban.service.columns import OTHER, Column
from workflow.workdays import WorkCalendar, days_between

LONGEST = 366 * 5
"""Days. Nobody plans a campaign for longer, and nobody could read the picture."""
MOST_BARS = 16
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A phase (or a task) from `first` to `last`; `last` is None where its time is not set yet. `words` is the line as written.

    `here` cases are in this phase (None for a task). `certain` is False if its last day lies in a year whose arrangement is not published.
    """

    name: str
    words: str
    first: date
    last: date | None
    here: int | None
    certain: bool


@dataclass(frozen=True, kw_only=True)
class Rest:
    """Rest days in a row, both included. `holiday`: there is a working week's day among them."""

    first: date
    last: date
    holiday: bool


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """From `first` to `last`, both included. From `uncertain` on no arrangement of holidays is published (None: all is)."""

    first: date
    last: date
    day: date
    bars: tuple[Bar, ...]
    rests: tuple[Rest, ...]
    uncertain: date | None


def phase_timeline(
    calendar: WorkCalendar, columns: Sequence[Column], here: Sequence[int | None], *, begins: date, day: date
) -> Timeline | None:
    """The columns that have a time, in their order; None if none has one. `begins` is the day of the launch."""
    timed = [
        (column, n)
        for column, n in zip(columns, here, strict=True)
        if column.last is not None or column.phase not in (None, OTHER)
    ]
    ends = [column.last for column, _ in timed if column.last is not None]
    if not ends:
        return None
    first = min([begins, *(column.opens for column, _ in timed if column.opens is not None)])
    last = min(max(*ends, begins), first + timedelta(days=LONGEST))
    return Timeline(
        first=first,
        last=last,
        day=min(max(day, first), last),
        bars=tuple(_bar(calendar, column, n, first) for column, n in timed[:MOST_BARS]),
        rests=tuple(_rests(calendar, first, last)),
        uncertain=next((d for d in days_between(first, last) if not calendar.is_certain(d)), None),
    )


def _bar(calendar: WorkCalendar, column: Column, here: int | None, first: date) -> Bar:
    opens = column.opens or first
    return Bar(
        name=column.name,
        words=column.words,
        first=min(opens, column.last) if column.last is not None else opens,
        last=column.last,
        here=here,
        certain=column.last is None or calendar.is_certain(column.last),
    )


def _rests(calendar: WorkCalendar, first: date, last: date) -> Iterator[Rest]:
    begun: date | None = None
    for day in days_between(first, last + _ONE_DAY):
        rests = day <= last and not calendar.is_workday(day)
        if rests and begun is None:
            begun = day
        elif not rests and begun is not None:
            run = list(days_between(begun, day - _ONE_DAY))
            yield Rest(first=run[0], last=run[-1], holiday=any(d.weekday() < 5 for d in run))
            begun = None
