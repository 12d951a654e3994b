"""Which days a reading means, once the day of issue supplies the year."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.deadline.clock import Clock
from workflow.deadline.grammar import Span
from workflow.deadline.scan import Point

Days = tuple[date, date]

_ONE_DAY = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
HALF_A_YEAR = 183
"""A day without a year that lies further back than this (in days) is meant in the next year: 1月15日前 of December."""


@dataclass(frozen=True)
class Found:
    """The days of one span: None for a side that is open, both None if there is no telling (then `flags` say why)."""

    span: Span
    start: date | None = None
    end: date | None = None
    flags: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        return self.start is None and self.end is None


def resolve(span: Span, anchor: date | None) -> Found:
    """The days of a span; `anchor` is the day of issue, None if nobody knows it.

    A year that is not written is the anchor's, or the next one if the day would lie more than half a year back (flag
    `next-year`). A day that does not exist (2月30日) is never repaired.
    """
    flags = _flags(span)
    if _is_unclear(span):
        return Found(span, None, None, (*flags, "ambiguous"))
    if any(point.unit in ("loose-day", "loose-part") and not _is_month_end(point) for point in span.points):
        return Found(span, None, None, (*flags, "no-month"))
    if "impossible" in flags:
        return Found(span, None, None, flags)
    if anchor is None and _needs_anchor(span):
        return Found(span, None, None, (*flags, "no-year"))
    sides, more = _sides(span, anchor)
    if sides is None:
        return Found(span, None, None, (*flags, *more, "impossible"))
    return _bounded(span, sides, anchor, (*flags, *more))


def _bounded(span: Span, sides: tuple[Days, Days], anchor: date | None, flags: tuple[str, ...]) -> Found:
    (first, _), (_, last) = sides
    flags = (*flags, *_weekday_flags(span, sides))
    start = anchor if span.from_issue else None if span.left is None and ends_only(span) else first
    if span.sense == "from":
        return Found(span, start, None, flags)
    if start is not None and last < start:
        return Found(span, None, None, (*flags, "impossible"))
    return Found(span, start, last, (*flags, "past") if anchor is not None and last < anchor else flags)


def ends_only(span: Span) -> bool:
    at_end = span.right.unit in ("month-end", "year-end") or _is_month_end(span.right)
    return span.sense == "before" or (span.sense == "" and at_end)


def _is_month_end(point: Point) -> bool:
    return point.unit == "loose-part" and point.part == (0, 0)


def _is_unclear(span: Span) -> bool:
    """6月前 may end before June or with it; 初 and 前后 are no days."""
    if span.sense == "before" and span.right.unit in ("month", "half-year", "quarter", "year"):
        return True
    if span.sense in ("around", "offset") or (span.sense == "from" and span.left is not None):
        return True
    return any(p.unit == "unclear" or (p.unit == "weekday" and p.week_shift is None) for p in span.points)


def _flags(span: Span) -> tuple[str, ...]:
    flags = list(span.flags)
    for point in span.points:
        flags += point.flags
        if not point.whole or point.short_year:
            flags.append("damaged")
        if point.unit == "short":
            flags.append("short-form")
    clock = clock_of(span)
    return tuple(flags) + (clock.flags if clock else ())


def clock_of(span: Span) -> Clock | None:
    """The hour that bounds the span: of its last point, or of the only one that has one."""
    return span.right.clock or (span.left.clock if span.left else None)


def _needs_anchor(span: Span) -> bool:
    near = any(p.month_shift is not None or p.unit in ("near", "weekday", "loose-part") for p in span.points)
    return span.from_issue or near or not any(point.year is not None for point in span.points)


def _sides(span: Span, anchor: date | None) -> tuple[tuple[Days, Days] | None, tuple[str, ...]]:
    """The days of the left and the right point (the same for a single one), and flags about the year; None: impossible."""
    if span.left is None:
        year, flags = _year_of(span.right, span, anchor)
        days = _days(span.right, year, anchor)
        return (None if days is None else (days, days)), flags
    return _both(span.left, span.right, span, anchor)


def _both(left: Point, right: Point, span: Span, anchor: date | None) -> tuple[tuple[Days, Days] | None, tuple[str, ...]]:
    flags: tuple[str, ...] = ()
    if _stated(left, anchor) is None and (last := _stated(right, anchor)) is not None:
        first = last if _order(left) <= _order(right) else last - 1
    else:
        first, flags = _year_of(left, span, anchor)
        last = _right_year(left, right, first, anchor)
    if last > first and _stated(right, anchor) is None:
        flags = (*flags, "next-year")
    sides = _days(left, first, anchor), _days(right, last, anchor)
    return (None if sides[0] is None or sides[1] is None else (sides[0], sides[1])), flags


def _right_year(left: Point, right: Point, first: int, anchor: date | None) -> int:
    if right.year_shift == 1:
        return first + 1
    stated = _stated(right, anchor)
    if stated is not None:
        return stated
    same_month = left.month == right.month
    return first if same_month or _order(left) <= _order(right) else first + 1


def _stated(point: Point, anchor: date | None) -> int | None:
    """The year as written: 2012年, 明年."""
    if point.year is not None:
        return point.year
    if point.year_shift is not None and anchor is not None:
        return anchor.year + point.year_shift
    return None


def _year_of(point: Point, span: Span, anchor: date | None) -> tuple[int, tuple[str, ...]]:
    stated = _stated(point, anchor)
    if stated is not None:
        return stated, ()
    assert anchor is not None
    if point.month_shift is not None or point.unit in ("weekday", "near", "loose-part"):
        return anchor.year, ()
    last = span.right if _order(point) <= _order(span.right) else point
    back = _rough(point, anchor.year)
    ended = _rough(last, anchor.year) < anchor
    # Nobody says 元旦前 of a feast that is over.
    if ended and ((anchor - back).days > HALF_A_YEAR or last.unit == "feast"):
        return anchor.year + 1, ("next-year",)
    return anchor.year, ()


def _order(point: Point) -> tuple[int, int]:
    """Where in a year a point ends, roughly: (month, day)."""
    month = {"half-year": point.part[1] * 6, "quarter": point.part[1] * 3, "year": 12}.get(point.unit, point.month or 12)
    day = {"day": point.day, "feast": point.day, "short": point.day, "xun": point.part[1] * 10}.get(point.unit)
    return month, 31 if day is None else day


def _rough(point: Point, year: int) -> date:
    # 28 days are in every month: whether the day exists is a later question, and depends on the year.
    month, day = _order(point)
    return date(year, min(max(month, 1), 12), min(max(day, 1), 28))


def _days(point: Point, year: int, anchor: date | None) -> Days | None:
    """The first and the last day of a point in a year; None if there is no such day."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return _named_days(point, year, anchor)
    except (ValueError, OverflowError):
        return None


def _named_days(point: Point, year: int, anchor: date | None) -> Days:
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


def _weekday_flags(span: Span, sides: tuple[Days, Days]) -> tuple[str, ...]:
    for point, (first, _) in zip((span.left or span.right, span.right), sides, strict=True):
        day = first + _ONE_DAY if point.excluded else first
        if point.weekday is not None and day.weekday() != point.weekday:
            return ("weekday-mismatch",)
    return ()
