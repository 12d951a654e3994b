"""How a deadline is said to people."""

from __future__ import annotations

from datetime import date, time

from workflow.workdays import short

__all__ = ["short", "show"]


def show(deadline_end: date, hour: time | None = None, today: date | None = None) -> str:
    """The line as people read it: 「3月30日（周五）24:00前，含当日」, with an hour 「3月30日（周五）12:00前」.

    The year is said if it is not the year of `today`. That a day is provisional is for the caller to add.
    """
    day = short(deadline_end, today)
    return f"{day}24:00前，含当日" if hour is None else f"{day}{hour.hour}:{hour.minute:02}前"
