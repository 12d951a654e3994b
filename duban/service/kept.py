"""The calendar in use: what the database keeps of it, and over it the installation's own days of duban.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from storage import calendar as rows
from storage.calendar import EntryRead, VersionRead
from workflow.workdays import Break, Term, WorkCalendar

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from duban.service.context import Context


@dataclass(frozen=True, kw_only=True)
class InUse:
    """A calendar with where it comes from. `number` is the version kept in the database, 0 if there is none yet.

    `version` is None as long as nothing was imported, planned or applied; `days` are the installation's own.
    """

    number: int
    calendar: WorkCalendar
    version: VersionRead | None
    entries: tuple[EntryRead, ...]
    days: Mapping[str, bool]

    @property
    def is_planned(self) -> bool:
        """Were the timers of the open duties planned with this very calendar?"""
        return self.version is not None and self.version.digest == self.calendar.digest


def read_calendar(connection: Connection, number: int, days: Mapping[str, bool]) -> InUse:
    """What is believed at this moment."""
    entries = tuple(rows.entries(connection)) if number else ()
    version = rows.latest(connection) if number else None
    return InUse(number=number, calendar=calendar_of(entries, days), version=version, entries=entries, days=days)


def calendar_of(entries: Sequence[EntryRead], days: Mapping[str, bool]) -> WorkCalendar:
    """The database's days, years, terms and vacations; `days` win over them, since they hold for this installation alone."""
    believed = [entry for entry in entries if entry.kind == rows.DAY]
    own = {date.fromisoformat(day): works for day, works in days.items()}
    notes = {date.fromordinal(entry.first): entry.name or "" for entry in believed}
    return WorkCalendar(
        overrides={**{date.fromordinal(entry.first): bool(entry.works) for entry in believed}, **own},
        published=frozenset(date.fromordinal(entry.first).year for entry in entries if entry.kind == rows.YEAR),
        notes={day: note for day, note in notes.items() if note and day not in own},
        terms=tuple(_term(entry) for entry in _sorted(entries, rows.TERM)),
        breaks=tuple(
            Break(entry.name or "", date.fromordinal(entry.first), date.fromordinal(entry.last))
            for entry in _sorted(entries, rows.BREAK)
        ),
    )


def plan_by(context: Context, connection: Connection, *, at: int, day: int, by: int | None) -> None:
    """Note with which calendar the duties to come are planned, where no other duties are; a new version only if it is another."""
    if not context.in_use.is_planned:
        digest = context.calendar.digest
        rows.add_version(connection, at=at, day=day, act="launch", digest=digest, statutory=release(), by=by)


def calendar_warnings(used: InUse, *, running: bool = False) -> tuple[str, ...]:
    """That the calendar is another one than the open duties were planned by, and what to do. `running`: there are duties for sure."""
    look = "先用 duban calendar apply --preview 看会动什么，再运行 duban calendar apply"
    if used.is_planned:
        return ()
    if used.version is None:
        return (f"没有记录未办结的事项是按哪一版日历排的：{look}",) if running else ()
    what = f"节假日数据（{release()}，原{used.version.statutory}）" if used.version.statutory != release() else "日历"
    return (f"{what}和排定时限、提醒时用的不同，已经排定的还没有跟着变：{look}",)


def calendar_document(used: InUse, *, changed: bool) -> dict[str, Any]:
    """Which calendar is in use, as JSON has it."""
    digest = used.calendar.digest
    return {"version": used.number, "digest": digest, "statutory": release(), "needs_apply": changed}


@cache
def release() -> str:
    """The statutory days installed here: `chinesecalendar 1.11.0`."""
    return f"chinesecalendar {version('chinesecalendar')}"


def _sorted(entries: Sequence[EntryRead], kind: str) -> list[EntryRead]:
    return sorted((entry for entry in entries if entry.kind == kind), key=lambda entry: (entry.first, entry.id))


def _term(entry: EntryRead) -> Term:
    return Term(
        entry.name or "",
        date.fromordinal(entry.first),
        date.fromordinal(entry.last),
        date.fromordinal(entry.week_one) if entry.week_one is not None else None,
        entry.title or "",
    )
