"""Which days a single point of time covers in a given year."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from workflow.deadline.feasts import day_of
from workflow.deadline.scan import Point

Days = tuple[date, date]
"""The first and the last day."""

_ONE_DAY = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def order(point: Point) -> tuple[int, int]:
    """Where in a year a point ends, roughly: (month, day)."""
    month = {"half-year": point.part[1] * 6, "quarter": point.part[1] * 3, "year": 12}.get(point.unit, point.month or 12)
    day = {"day": point.day, "feast": point.day, "short": point.day, "xun": point.part[1] * 10}.get(point.unit)
    return month, 31 if day is None else day


def rough(point: Point, year: int) -> date:
    if point.feast and (feast := day_of(point.feast, year)):
        return feast
    # 28 days are in every month: whether the day exists is a later question, and depends on the year.
    month, day = order(point)
    return date(year, min(max(month, 1), 12), min(max(day, 1), 28))


def days_of(point: Point, year: int, anchor: date | None) -> Days | None:
    """The first and the last day of a point in a year; None if there is no such day."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return _named_days(point, year, anchor)
    except (ValueError, OverflowError):
        return None


def _named_days(point: Point, year: int, anchor: date | None) -> Days:
    if point.feast:
        feast = day_of(point.feast, year)
        if feast is None:
            raise ValueError(year)
        return (feast - _ONE_DAY,) * 2 if point.excluded else (feast, feast)
    if point.unit == "week":
        assert anchor is not None
        monday = anchor - _ONE_DAY * anchor.weekday() + _ONE_DAY * 7 * (point.week_shift or 0)
        return monday, monday + _ONE_DAY * 6
    if point.unit in ("near", "weekday"):
        assert anchor is not None
        day = anchor + _ONE_DAY * (point.day or 0) if point.unit == "near" else _weekday_of(point, anchor)
        return day, day
    if point.unit == "year-end":
        return date(year, 12, 31), date(year, 12, 31)
    if point.unit in ("half-year", "quarter", "year"):
        return _part_of_year(point, year)
    month = point.month
    if month is None:
        assert anchor is not None
        year, month = _shifted(anchor, point.month_shift or 0)
    return _part_of_month(point, year, month)


def _part_of_month(point: Point, year: int, month: int) -> Days:
    if not 1 <= month <= 12:
        raise ValueError(month)
    length = monthrange(year, month)[1]
    if point.unit == "month":
        return date(year, month, 1), date(year, month, length)
    if point.unit in ("month-end", "loose-part"):
        return date(year, month, length), date(year, month, length)
    if point.unit == "xun":
        first, last = point.part
        return date(year, month, first * 10 - 9), date(year, month, length if last == 3 else last * 10)
    day = date(year, month, point.day or 0)
    last_day = day - _ONE_DAY if point.excluded else day
    return last_day, last_day


def _part_of_year(point: Point, year: int) -> Days:
    months = {"half-year": 6, "quarter": 3, "year": 12}[point.unit]
    no = max(point.part[0], 1)
    last = no * months
    return date(year, last - months + 1, 1), date(year, last, monthrange(year, last)[1])


def _shifted(anchor: date, months: int) -> tuple[int, int]:
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return year, month + 1


def _weekday_of(point: Point, anchor: date) -> date:
    monday = anchor - _ONE_DAY * anchor.weekday()
    return monday + _ONE_DAY * (7 * (point.week_shift or 0) + (point.day or 0))
