"""When a deadline opens and closes, and on which days a recurring one falls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflow.errors import Reason, Refused
from workflow.model import DayInPeriod, Every
from workflow.terms import Term, assumed, teaching_weeks

_ONE_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "halfyear": 6, "year": 12}


@dataclass(frozen=True)
class Occurrence:
    """One time a recurring duty falls due: `label` makes its key (任务@2012-04), `last` is the last day allowed.

    `provisional` is True if the days come from assumed terms, because the school gave none.
    """

    label: str
    first: date
    last: date
    provisional: bool = False


def opens_at(start: date, zone: str) -> int:
    """The first instant of `start` in `zone`, in UTC epoch seconds."""
    return int(datetime.combine(start, time.min, ZoneInfo(zone)).timestamp())


def closes_at(end: date, hour: time | None, zone: str) -> int:
    """The first instant that is late, in UTC epoch seconds.

    Without an hour that is 24:00 of `end`, the next midnight in `zone`: 2012-03-30 closes at 2012-03-30T16:00Z in
    Asia/Shanghai. With an hour it is the hour itself: 12:00前 is late from 12:00:00. Raises `Refused` for the last day that
    can be written, 9999-12-31: it has no next midnight.
    """
    if hour is None and end == date.max:
        raise Refused([Reason(code="day-beyond", text=f"{end}是能写的最后一天，不能作为时限", unblock="请核对年份")])
    if hour is None:
        return opens_at(end + _ONE_DAY, zone)
    return int(datetime.combine(end, hour, ZoneInfo(zone)).timestamp())


def occurrences(every: Every, start: date, end: date, terms: tuple[Term, ...] = ()) -> tuple[Occurrence, ...]:
    """The periods of `every` that touch `start`..`end` (both included), one occurrence each, ascending.

    A period counts if a single day of it lies within, at either end: its last day decides, not how much of it has passed.
    `first` and `last` are cut to `start`..`end`, so that nothing is due after the campaign. How often within a period
    (`every.times`) is the occurrence's quantity, not a number of occurrences. With `every.days` (每月25日前) those days
    are the last ones, in the last period of a group; a day outside `start`..`end` gives no occurrence. The first opens with the
    period, or the month the day says; each further one on the day after the one before.

    Labels: week 2012-W14 (ISO), month 2012-04, quarter 2012-Q2, halfyear 2012-H1, year 2012, term 2012春 (the term's name);
    of several days in a period each is its own, 2012-06-10.
    With `every.step` = n, n consecutive periods are one occurrence, counted from the first that touches and labelled
    by it. Weeks are teaching weeks if `terms` are given, else all weeks. Terms, if none are given, are assumed:
    春 20 February to 10 July, 秋 1 September to 15 January, marked `provisional`; the label stays the same when
    the school's own 2012春 replaces the assumed one.

    Raises ValueError for an unknown unit or a step below 1.
    """
    if every.step < 1:
        raise ValueError(f"频次的间隔 {every.step} 不成立；至少为 1")
    periods = [p for p in _periods(every.unit, start, end, terms) if p.last >= start and p.first <= end]
    groups = [periods[at : at + every.step] for at in range(0, len(periods), every.step)]
    if every.days:
        dated = (o for group in groups for o in _days_of(every, group) if start <= o.last <= end)
        return tuple(replace(o, first=max(o.first, start)) for o in dated)
    return tuple(
        Occurrence(group[0].label, max(group[0].first, start), min(group[-1].last, end), group[0].provisional)
        for group in groups
    )


def _days_of(every: Every, group: list[Occurrence]) -> Iterator[Occurrence]:
    """One occurrence for each day of the period, in the last period of the group."""
    opens, period = group[0].first, group[-1]
    # 每月30日和31日前 is one day in June.
    days = {_last_day(every.unit, period, day): day for day in every.days}
    for last, day in sorted(days.items(), key=lambda pair: pair[0]):
        if not period.first <= last <= period.last:
            # A week of which the term or the campaign has only a part.
            continue
        first = _month_of(period, day.since).replace(day=1) if day.since else opens
        label = group[0].label if len(every.days) == 1 else last.isoformat()
        yield Occurrence(label, min(first, last), last, period.provisional)
        opens = last + _ONE_DAY


def _last_day(unit: str, period: Occurrence, day: DayInPeriod) -> date:
    if unit == "week":
        return period.last + _ONE_DAY * ((day.weekday or 0) - period.last.weekday())
    month = _month_of(period, day.month or _MONTHS.get(unit, 1))
    end = _month_end(month.year, month.month)
    if day.weekday is not None:
        return _nth_weekday(month, end, day.weekday, day.nth or 1)
    return min(end, month + _ONE_DAY * (day.day - 1)) if day.day else end


def _month_of(period: Occurrence, number: int) -> date:
    """The first day of the month `number`, counted from 1 for the month in which the period begins."""
    return date(period.first.year, period.first.month + number - 1, 1)


def _nth_weekday(first: date, last: date, weekday: int, nth: int) -> date:
    if nth < 0:
        return last - _ONE_DAY * ((last.weekday() - weekday) % 7)
    day = first + _ONE_DAY * ((weekday - first.weekday()) % 7 + 7 * (nth - 1))
    # A fifth Friday that a month lacks is its last one.
    return day if day <= last else day - _ONE_DAY * 7


def _periods(unit: str, start: date, end: date, terms: tuple[Term, ...]) -> Iterator[Occurrence]:
    if unit == "week":
        return _weeks(start, end, terms)
    if unit == "term":
        return _terms(start, end, terms)
    if unit in _MONTHS:
        return _months(unit, start, end)
    raise ValueError(f"频次的单位“{unit}”不认识；请用 week、month、quarter、term、halfyear、year 之一")


def _weeks(start: date, end: date, terms: tuple[Term, ...]) -> Iterator[Occurrence]:
    for first, last in teaching_weeks(terms, start, end):
        year, week, _ = first.isocalendar()
        yield Occurrence(f"{year}-W{week:02}", first, last)


def _months(unit: str, start: date, end: date) -> Iterator[Occurrence]:
    length = _MONTHS[unit]
    for year in range(start.year, end.year + 1):
        for at in range(12 // length):
            last = _month_end(year, (at + 1) * length)
            yield Occurrence(_label(unit, year, at + 1), date(year, at * length + 1, 1), last)


def _label(unit: str, year: int, no: int) -> str:
    return f"{year:04}" + {"month": f"-{no:02}", "quarter": f"-Q{no}", "halfyear": f"-H{no}", "year": ""}[unit]


def _month_end(year: int, month: int) -> date:
    return date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - _ONE_DAY


def _terms(start: date, end: date, terms: tuple[Term, ...]) -> Iterator[Occurrence]:
    if terms:
        return (Occurrence(t.name, t.start, t.end) for t in sorted(terms, key=lambda t: t.start))
    # The autumn before `start` may still run.
    usual = (term for year in range(start.year - 1, end.year + 1) for term in assumed(year))
    return (Occurrence(term.name, term.start, term.end, provisional=True) for term in usual)
