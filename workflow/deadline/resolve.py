"""Which days a reading means, once the day of issue supplies the year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from workflow.deadline.clock import Clock
from workflow.deadline.feasts import MOVING
from workflow.deadline.grammar import Span
from workflow.deadline.points import Days, days_of, order, rough
from workflow.deadline.scan import Point

_ONE_DAY = timedelta(days=1)
HALF_A_YEAR = 183
"""A day without a year that lies further back than this (in days) is meant in the next year: 1月15日前 of December."""
LONG_OVER = 92
"""The same of a line (3月底前 in a notice of September): nobody orders what was due a quarter of a year ago."""


_SLIP = 31
"""A day with a wrong weekday that is over no longer than this (in days) is rather a slip than one of the next year."""


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


def resolve(span: Span, anchor: date | None, since: date | None = None) -> Found:
    """The days of a span; `anchor` is the day of issue, None if nobody knows it.

    A year that is not written is the year of `since`, a day that the same sentence states before, else the anchor's, or
    the next one if the day would lie more than half a year back (flag `next-year`). A day that does not exist (2月30日) is
    never repaired.
    """
    since = since or anchor
    flags = _flags(span, anchor)
    if _is_unclear(span):
        return Found(span, None, None, (*flags, "ambiguous"))
    if any(point.unit in ("loose-day", "loose-part") and not _is_month_end(point) for point in span.points):
        return Found(span, None, None, (*flags, "no-month"))
    if "impossible" in flags:
        return Found(span, None, None, flags)
    if _lacks_year(span, anchor, since):
        return Found(span, None, None, (*flags, "no-year"))
    if span.right.feast in MOVING and span.sense == "from":
        # 春节后: after the day, or after the holidays?
        return Found(span, None, None, (*flags, "ambiguous"))
    sides, more = _sides(span, anchor, since)
    if sides is not None and anchor is not None and _is_of_next_year(span, sides, anchor):
        sides, more = _sides(span, anchor, anchor.replace(year=anchor.year + 1, day=1))
        more = (*more, "next-year")
    if sides is None:
        return Found(span, None, None, (*flags, *more, "impossible"))
    return _bounded(span, sides, anchor, (*flags, *more))


def _bounded(span: Span, sides: tuple[Days, Days], anchor: date | None, flags: tuple[str, ...]) -> Found:
    (first, _), (_, last) = sides
    flags = (*flags, *_weekday_flags(span, sides))
    start = anchor if span.from_issue else None if span.left is None and ends_only(span) else first
    if span.right.unit == "week" and span.sense == "from" and anchor is not None:
        start = max(first, anchor)
    if span.right.unit == "week" and span.sense != "from":
        flags = (*flags, "week")
    if span.sense == "from":
        return Found(span, start, None, flags)
    if start is not None and last < start:
        return Found(span, None, None, (*flags, "impossible"))
    return Found(span, start, last, (*flags, "past") if anchor is not None and last < anchor else flags)


def _is_of_next_year(span: Span, sides: tuple[Days, Days], anchor: date) -> bool:
    """Does the weekday tell that a day long over, without a year, is one of the next year (10月27日(周一) in December)?"""
    point, (day, _) = span.right, sides[1]
    unstated = span.left is None and point.unit == "day" and point.year is None and point.year_shift is None
    if not unstated or point.month_shift is not None or point.weekday is None or point.excluded:
        return False
    if day.year != anchor.year or (anchor - day).days <= _SLIP or day.weekday() == point.weekday:
        return False
    return (days := days_of(point, anchor.year + 1, anchor)) is not None and days[0].weekday() == point.weekday


def ends_only(span: Span) -> bool:
    at_end = span.right.unit in ("month-end", "year-end") or _is_month_end(span.right)
    return span.sense == "before" or (span.sense == "" and at_end)


def _is_month_end(point: Point) -> bool:
    return point.unit == "loose-part" and point.part == (0, 0)


def _is_unclear(span: Span) -> bool:
    """6月前 may end before June or with it; 初 and 前后 are no days."""
    if span.sense == "before" and not span.through and span.right.unit in ("month", "half-year", "quarter", "year", "week"):
        return True
    if span.sense in ("around", "offset") or (span.sense == "from" and span.left is not None):
        return True
    return any(p.unit == "unclear" or (p.unit == "weekday" and p.week_shift is None) for p in span.points)


def _flags(span: Span, anchor: date | None) -> tuple[str, ...]:
    flags = list(span.flags)
    for point in span.points:
        flags += point.flags
        is_near = anchor is not None and abs((point.year or 0) - anchor.year) <= 1
        if not point.whole or (point.short_year and not is_near):
            flags.append("damaged")
        if point.unit == "short" or point.short_year:
            flags.append("short-form")
    clock = clock_of(span)
    return tuple(flags) + (clock.flags if clock else ())


def clock_of(span: Span) -> Clock | None:
    """The hour that bounds the span: of its last point, or of the only one that has one."""
    return span.right.clock or (span.left.clock if span.left else None)


def _lacks_year(span: Span, anchor: date | None, since: date | None) -> bool:
    near = any(
        p.month_shift is not None or p.year_shift is not None or p.unit in ("near", "weekday", "week", "loose-part")
        for p in span.points
    )
    if anchor is None and (span.from_issue or near):
        return True
    return since is None and not any(point.year is not None for point in span.points)


def _sides(span: Span, anchor: date | None, since: date | None) -> tuple[tuple[Days, Days] | None, tuple[str, ...]]:
    """The days of the left and the right point (the same for a single one), and flags about the year; None: impossible."""
    if span.left is None:
        year, flags = _year_of(span.right, span, anchor, since)
        days = days_of(span.right, year, anchor)
        return (None if days is None else (days, days)), flags
    return _both(span.left, span.right, span, anchor, since)


def _both(
    left: Point, right: Point, span: Span, anchor: date | None, since: date | None
) -> tuple[tuple[Days, Days] | None, tuple[str, ...]]:
    flags: tuple[str, ...] = ()
    if _stated(left, anchor) is None and (last := _stated(right, anchor)) is not None:
        # 6月至次年6月: the next year is counted from the left side
        first = last if order(left) <= order(right) and right.year_shift != 1 else last - 1
    else:
        first, flags = _year_of(left, span, anchor, since)
        last = _right_year(left, right, first, anchor)
    if last > first and _stated(right, anchor) is None:
        flags = (*flags, "next-year")
    sides = days_of(left, first, anchor), days_of(right, last, anchor)
    return (None if sides[0] is None or sides[1] is None else (sides[0], sides[1])), flags


def _right_year(left: Point, right: Point, first: int, anchor: date | None) -> int:
    if right.year_shift == 1:
        return first + 1
    stated = _stated(right, anchor)
    if stated is not None:
        return stated
    same_month = left.month == right.month
    return first if same_month or order(left) <= order(right) else first + 1


def _stated(point: Point, anchor: date | None) -> int | None:
    """The year as written: 2012年, 明年."""
    if point.year is not None:
        return point.year
    if point.year_shift is not None and anchor is not None:
        return anchor.year + point.year_shift
    return None


def _year_of(point: Point, span: Span, anchor: date | None, since: date | None) -> tuple[int, tuple[str, ...]]:
    stated = _stated(point, anchor)
    if stated is not None:
        return stated, ()
    if anchor is not None and (point.month_shift is not None or point.unit in ("weekday", "week", "near", "loose-part")):
        return anchor.year, ()
    assert since is not None
    last = span.right if order(point) <= order(span.right) else point
    back = (since - rough(point, since.year)).days
    if rough(last, since.year) < since and back > _patience(last, span, since):
        return since.year + 1, ("next-year",)
    return since.year, ()


def _patience(last: Point, span: Span, since: date) -> int:
    """How many days a point without a year may lie back and still be of this year."""
    if last.unit == "feast":
        # Nobody says 元旦前 of a feast that is over.
        return 0
    if (since.month, since.day) >= (12, 15) and last.month is not None and last.month <= 9:
        return 0
    return LONG_OVER if span.sense == "before" and span.left is None else HALF_A_YEAR


def _weekday_flags(span: Span, sides: tuple[Days, Days]) -> tuple[str, ...]:
    for point, (first, _) in zip((span.left or span.right, span.right), sides, strict=True):
        day = first + _ONE_DAY if point.excluded else first
        if point.weekday is not None and day.weekday() != point.weekday:
            return ("weekday-mismatch",)
    return ()
