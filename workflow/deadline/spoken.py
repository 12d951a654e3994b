"""How a deadline is said to people."""

from __future__ import annotations

from datetime import date, time

from workflow.model import DayInPeriod, Every
from workflow.workdays import WEEKDAYS, short

__all__ = ["often", "short", "show"]

_PERIODS = {"week": "周", "month": "月", "quarter": "季度", "term": "学期", "halfyear": "半年", "year": "年"}
_COUNTED = {"月", "季度", "学期"}
_MONTHS = {"quarter": 3, "halfyear": 6, "year": 12}


def show(deadline_end: date | None, hour: time | None = None, today: date | None = None) -> str:
    """The line as people read it: 「3月30日（周五）24:00前，含当日」, with an hour 「3月30日（周五）12:00前」; without a day 时限待定.

    The year is said if it is not the year of `today`. That a day is provisional is for the caller to add.
    """
    if deadline_end is None:
        return "时限待定"
    day = short(deadline_end, today)
    return f"{day}24:00前，含当日" if hour is None else f"{day}{hour.hour}:{hour.minute:02}前"


def often(every: Every) -> str:
    """A frequency: 每半年1次, 每2个月1次, 每年1次（6月10日、12月10日）, 每月1次（第2个周五）."""
    period = _PERIODS[every.unit]
    step = f"{every.step}{'个' if period in _COUNTED else ''}" if every.step > 1 else ""
    days = f"（{'、'.join(_said(day, every.unit) for day in every.days)}）" if every.days else ""
    return f"每{step}{period}{every.times}次{days}"


def _said(day: DayInPeriod, unit: str) -> str:
    if day.weekday is not None:
        nth = "" if day.nth is None else "最后1个" if day.nth < 0 else f"第{day.nth}个"
        return f"{_month(day.month, unit)}{nth}周{WEEKDAYS[day.weekday]}"
    of_month = "底" if day.day is None else f"{day.day}日"
    if day.month is None:
        return {"year": "年", "halfyear": "半年", "quarter": "季度"}.get(unit, "月" if day.day is None else "") + of_month
    return f"{_month(day.month, unit)}{of_month}"


def _month(month: int | None, unit: str) -> str:
    """Of a year the months have names, of a shorter period only numbers."""
    if month is None or unit not in _MONTHS:
        return ""
    return f"{month}月" if unit == "year" else f"第{month}个月"
