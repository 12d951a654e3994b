"""A year, or a day, of the calendar as people look at it: what works, and where that is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from duban.service.context import Context, day_of
from duban.service.kept import InUse, calendar_document, calendar_warnings, release
from storage.calendar import DAY, YEAR, EntryRead
from storage.campaigns import campaigns
from workflow import statutory
from workflow.workdays import PROVISIONAL, Break, Shift, Term, days_between

STATE_COUNCIL = "国务院办公厅放假安排"


class Kind(StrEnum):
    """What a day is, in the words of the JSON."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MADE_UP = "made-up"
    OWN_REST = "own-rest"
    OWN_WORK = "own-work"


@dataclass(frozen=True, kw_only=True)
class DayView:
    """One day. `why` is 春节, 校庆, 周末 …; `source` where that is said, `PROVISIONAL` if nobody has said it yet.

    `week` is (term, number of the teaching week), None in a vacation or where no terms are known.
    """

    day: date
    kind: Kind
    working: bool
    certain: bool
    why: str
    source: str
    week: tuple[str, int] | None


@dataclass(frozen=True, kw_only=True)
class Special:
    """Days in a row that are so for one reason by one source."""

    first: date
    last: date
    kind: Kind
    working: bool
    why: str
    source: str


@dataclass(frozen=True, kw_only=True)
class YearView:
    """`note` is None for a published year; `in_use` says which calendar it is, `warnings` if something is to be done about it."""

    year: int
    published: bool
    note: str | None
    days: tuple[DayView, ...]
    specials: tuple[Special, ...]
    terms: tuple[Term, ...]
    breaks: tuple[Break, ...]
    in_use: dict[str, object]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DayAnswer:
    """A day with the working day before and after it, and, if asked, the `counted`-th working day from it."""

    day: DayView
    previous: Shift
    following: Shift
    counted: int | None = None
    reached: Shift | None = None


def year_view(context: Context, year: int | None = None) -> YearView:
    """A year from 1 January to 31 December; without one that of today."""
    used, running = _look(context)
    year = year if year is not None else context.today().year
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = tuple(_Sources(used).view(day) for day in days_between(first, last))
    published = used.calendar.year_is_published(year)
    warnings = calendar_warnings(used, running=running)
    return YearView(
        year=year,
        published=published,
        note=None if published else PROVISIONAL,
        days=days,
        specials=tuple(_specials(days)),
        terms=tuple(t for t in used.calendar.terms if t.start <= last and t.end >= first),
        breaks=tuple(b for b in used.calendar.breaks if b.start <= last and b.end >= first),
        in_use=calendar_document(used, changed=bool(warnings)),
        warnings=warnings,
    )


def day_answer(context: Context, day: date, *, plus: int | None = None) -> DayAnswer:
    """What a day is; with `plus` also the n-th working day after it (before it, if negative)."""
    used, _ = _look(context)
    return DayAnswer(
        day=_Sources(used).view(day),
        previous=used.calendar.add(day, -1),
        following=used.calendar.add(day, 1),
        counted=plus,
        reached=used.calendar.add(day, plus) if plus is not None else None,
    )


def _look(context: Context) -> tuple[InUse, bool]:
    with context.database.read() as connection:
        context.refresh(connection)
        return context.in_use, bool(campaigns(connection, running=True))


class _Sources:
    """Where each day's status comes from, looked up once for a year."""

    def __init__(self, used: InUse) -> None:
        self.used = used
        self.days = {entry.first: entry for entry in used.entries if entry.kind == DAY}
        self.years = {date.fromordinal(entry.first).year: entry for entry in used.entries if entry.kind == YEAR}

    def view(self, day: date) -> DayView:
        about = self.used.calendar.about(day)
        kind, why, source = self._say(day, about.working)
        found = self.used.calendar.teaching_week(day)
        return DayView(
            day=day,
            kind=kind,
            working=about.working,
            certain=about.certain,
            why=why,
            source=source,
            week=(found[0].name, found[1]) if found else None,
        )

    def _say(self, day: date, working: bool) -> tuple[Kind, str, str]:
        own = Kind.OWN_WORK if working else Kind.OWN_REST
        if day.isoformat() in self.used.days:
            return own, "本机设置", "duban.toml"
        if (entry := self.days.get(day.toordinal())) is not None:
            return own, entry.name or ("上班" if working else "休息"), _imported(entry)
        plain = Kind.WORKDAY if working else Kind.WEEKEND
        if (holiday := statutory.holiday(day)) is not None:
            return (Kind.MADE_UP, f"{holiday}调休", _published()) if working else (Kind.HOLIDAY, holiday, _published())
        why = "工作日" if working else statutory.WEEKEND
        if statutory.year_is_published(day.year):
            return plain, why, _published()
        if (year := self.years.get(day.year)) is not None:
            return plain, why, _imported(year)
        return plain, why, PROVISIONAL


def _published() -> str:
    return f"{STATE_COUNCIL}（{release()}）"


def _imported(entry: EntryRead) -> str:
    who = f"，{entry.by}" if entry.by else ""
    return f"本单位导入 {entry.source}（{day_of(entry.at)}{who}）"


def _specials(days: tuple[DayView, ...]) -> Iterator[Special]:
    """What is not as the week has it, days in a row together: the weekend within a holiday is part of it."""
    special = [day for day in days if day.kind not in (Kind.WORKDAY, Kind.WEEKEND)]
    for _, group in groupby(
        enumerate(special), key=lambda item: (item[1].day.toordinal() - item[0], item[1].kind, item[1].why, item[1].source)
    ):
        run = [day for _, day in group]
        yield Special(
            first=run[0].day, last=run[-1].day, kind=run[0].kind, working=run[0].working, why=run[0].why, source=run[0].source
        )
