"""What one line of a calendar file can say, and what a whole file comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflow.errors import Problem

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
"""Days outside are a slip of the pen."""
LONGEST = 366
"""Days in one line: more is a slip too."""
MOST_LINES = 5000
"""Lines, or events, of one file: a hundred years have fewer special days. More is another file."""
MOST_DAYS = (LATEST - EARLIEST).days
"""Days of one file, those said twice counted twice."""


@dataclass(frozen=True, kw_only=True)
class DayLine:
    """A day that works (True), rests (False), or is again what the State Council says (None: 照常). `why` may be empty."""

    day: date
    works: bool | None
    why: str = ""
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class TermLine:
    """学期: `name` is 2026春, `title` how the school calls it, `week_one` the Monday of 第一周."""

    name: str
    title: str
    start: date
    end: date
    week_one: date
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class BreakLine:
    """假期: 寒假, 暑假. Offices work in it unless its days are rest days too."""

    name: str
    start: date
    end: date
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class CalendarFile:
    """A file as read; with `problems` nothing of it may be taken in. `years` are wholly known, `warnings` change nothing."""

    name: str
    days: tuple[DayLine, ...] = ()
    years: tuple[int, ...] = ()
    terms: tuple[TermLine, ...] = ()
    breaks: tuple[BreakLine, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.years or self.terms or self.breaks)
