"""日历: taking a file in, and planning what is open by another calendar; each in one audited transaction, with a preview."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from duban.calendar_file import CalendarFile, read_calendar_file
from duban.service.context import Context
from duban.service.kept import InUse, calendar_of, release
from duban.service.projection import Projection, hold_everything, project
from storage import calendar as rows
from storage.calendar import BREAK, DAY, TERM, YEAR, EntryRead
from storage.campaigns import campaigns
from storage.database import Collision
from storage.regroup import Noted
from workflow import statutory
from workflow.errors import FileError, Problem
from workflow.workdays import WorkCalendar, short

if TYPE_CHECKING:
    from sqlalchemy import Connection

COLLISIONS = 3
"""How often it begins anew where it met an act on the same duties (PostgreSQL)."""


NOTHING = Projection()


class CalendarFileError(FileError):
    """A calendar file with problems; nothing of it was taken in."""


@dataclass(frozen=True, kw_only=True)
class CalendarChange:
    """What an import or an apply did (or, in a preview, would do). `version` is the number of the calendar then in use.

    `state` is changed, unchanged (nothing was written), or planned (no day is another, but what is open was planned anew).
    `changes` are Chinese sentences; `same` counts days that are already so by the statutory arrangement and need no entry.
    """

    state: str
    preview: bool
    version: int
    source: str | None = None
    changes: tuple[str, ...] = ()
    same: int = 0
    warnings: tuple[Problem, ...] = ()
    hints: tuple[str, ...] = ()
    projection: Projection = NOTHING


@dataclass(frozen=True, kw_only=True)
class By:
    """Who, by which way and why."""

    person: int | None = None
    via: str | None = None
    reason: str | None = None


def import_calendar(
    context: Context, name: str, content: bytes, *, by: By, published: Iterable[int] = (), preview: bool = False
) -> CalendarChange:
    """Take a calendar file in and plan what is open by it. Raises `CalendarFileError` with every problem; then nothing is written.

    What the file says supersedes what was said of the same days before; what an earlier file of the same name said of the years
    it now speaks of, and the new one does not say, holds no longer.
    """
    found = read_calendar_file(name, content, published=published)
    if found.problems:
        raise CalendarFileError(name, found.problems)

    def change(connection: Connection) -> CalendarChange:
        before = context.in_use
        merged = _merge(before, found)
        if merged.is_nothing:
            return _told(found, merged, state="unchanged", preview=preview, version=before.number)
        after = calendar_of([*merged.kept, *merged.fresh], context.settings.days)
        digest = hashlib.sha256(content).hexdigest()
        version = _new_version(context, connection, after, "import", by, source=name, content=digest)
        rows.supersede(connection, [entry.id for entry in merged.gone], at=context.now(), by=version)
        fresh = [_columns(entry) for entry in merged.fresh]
        rows.add_entries(connection, fresh, calendar_id=version, at=context.now())
        why = by.reason or f"导入{name}"
        projection = project(context, connection, after, _noted(context, by, why), version=version)
        return _told(found, merged, state="changed", preview=preview, version=version, projection=projection)

    return _audited(context, change, preview=preview)


def apply_calendar(context: Context, *, by: By, preview: bool = False) -> CalendarChange:
    """Plan what is open by the calendar in use: after a new release of the statutory days, or a change in duban.toml."""

    def change(connection: Connection) -> CalendarChange:
        used = context.in_use
        if used.is_planned or not campaigns(connection, running=True):
            return CalendarChange(state="unchanged", preview=preview, version=used.number)
        version = _new_version(context, connection, used.calendar, "apply", by)
        why = by.reason or f"按{release()}重新排定"
        projection = project(context, connection, used.calendar, _noted(context, by, why), version=version)
        return CalendarChange(state="planned", preview=preview, version=version, projection=projection)

    return _audited(context, change, preview=preview)


def _audited(context: Context, change: Callable[[Connection], CalendarChange], *, preview: bool) -> CalendarChange:
    """Everything in one transaction, or (in a preview, or if it fails) nothing."""
    for left in range(COLLISIONS, -1, -1):
        try:
            with context.database.write() as connection:
                hold_everything(connection)
                context.refresh(connection)
                made = change(connection)
                if preview or made.state == "unchanged":
                    connection.rollback()
                else:
                    context.record_instant(connection)
            return made
        except Collision:
            if not left:
                raise
    raise AssertionError("unreachable")


def _new_version(
    context: Context,
    connection: Connection,
    calendar: WorkCalendar,
    act: str,
    by: By,
    *,
    source: str | None = None,
    content: str | None = None,
) -> int:
    return rows.add_version(
        connection,
        at=context.now(),
        day=context.today().toordinal(),
        act=act,
        digest=calendar.digest,
        statutory=release(),
        source=source,
        content=content,
        by=by.person,
        via=by.via,
        reason=by.reason,
    )


def _noted(context: Context, by: By, why: str) -> Noted:
    return Noted(day=context.today().toordinal(), at=context.now(), by=by.person, via=by.via, reason=why)


@dataclass(frozen=True, kw_only=True)
class _Merged:
    """What is believed after an import: entries that stay, those that go, and new ones (with id 0)."""

    kept: tuple[EntryRead, ...]
    gone: tuple[EntryRead, ...]
    fresh: tuple[EntryRead, ...]
    same: int

    @property
    def is_nothing(self) -> bool:
        return not (self.gone or self.fresh)


def _merge(before: InUse, found: CalendarFile) -> _Merged:
    said = {_key(entry): entry for entry in _entries(found)}
    usual = {_key(entry) for entry in said.values() if entry.kind == DAY and _is_usual(entry)}
    years = {date.fromordinal(entry.first).year for entry in said.values()}
    gone: list[EntryRead] = []
    kept: list[EntryRead] = []
    for entry in before.entries:
        new = said.get(_key(entry))
        again = entry.source == found.name and date.fromordinal(entry.first).year in years
        replaced = new is not None and (_key(entry) in usual or _content(new) != _content(entry))
        (gone if replaced or (new is None and again) else kept).append(entry)
    known = {_key(entry) for entry in kept}
    fresh = tuple(entry for key, entry in said.items() if key not in known and key not in usual)
    return _Merged(kept=tuple(kept), gone=tuple(gone), fresh=fresh, same=len(usual))


def _entries(found: CalendarFile) -> list[EntryRead]:
    """What a file says, as entries that are not written yet. A day as usual has neither True nor False."""
    made = [_entry(DAY, line.day, line.day, works=line.works, name=line.why or None) for line in found.days]
    made += [
        _entry(YEAR, date(year, 1, 1), date(year, 12, 31)) for year in found.years if not statutory.year_is_published(year)
    ]
    for term in found.terms:
        title = term.title if term.title != term.name else None
        made.append(_entry(TERM, term.start, term.end, name=term.name, title=title, week_one=term.week_one.toordinal()))
    made += [_entry(BREAK, off.start, off.end, name=off.name) for off in found.breaks]
    return made


def _entry(kind: str, first: date, last: date, **more: Any) -> EntryRead:
    empty: dict[str, Any] = {"works": None, "name": None, "title": None, "week_one": None}
    values = {**empty, **more}
    return EntryRead(0, kind, first.toordinal(), last.toordinal(), **values, calendar_id=0, source=None, at=0, by=None)


def _is_usual(entry: EntryRead) -> bool:
    """照常, or what the State Council has published anyway."""
    day = date.fromordinal(entry.first)
    return entry.works is None or (statutory.year_is_published(day.year) and statutory.is_workday(day) == entry.works)


def _key(entry: EntryRead) -> tuple[Any, ...]:
    if entry.kind == TERM:
        return TERM, entry.name
    return (BREAK, entry.name, date.fromordinal(entry.first).year) if entry.kind == BREAK else (entry.kind, entry.first)


def _content(entry: EntryRead) -> tuple[Any, ...]:
    return entry.first, entry.last, entry.works, entry.name, entry.title, entry.week_one


def _columns(entry: EntryRead) -> Mapping[str, Any]:
    names = ("kind", "first", "last", "works", "name", "title", "week_one")
    return {name: getattr(entry, name) for name in names}


def _told(
    found: CalendarFile,
    merged: _Merged,
    *,
    state: str,
    preview: bool,
    version: int,
    projection: Projection | None = None,
) -> CalendarChange:
    return CalendarChange(
        state=state,
        preview=preview,
        version=version,
        source=found.name,
        changes=tuple(_sentences(merged)),
        same=merged.same,
        warnings=found.warnings,
        hints=tuple(_hints(merged)),
        projection=projection or NOTHING,
    )


def _sentences(merged: _Merged) -> list[str]:
    """One a thing that is new, other, or no more."""
    before = {_key(entry): entry for entry in merged.gone}
    lines = []
    for entry in sorted(merged.fresh, key=lambda entry: (entry.kind, entry.first)):
        old = before.pop(_key(entry), None)
        changed = f"（原为{_words(old)}）" if old is not None and _words(old) != _words(entry) else ""
        lines.append(f"{_what(entry)}：{_words(entry)}{changed}")
    lines += [f"{_what(entry)}：不再{_words(entry)}" for entry in before.values() if entry.kind != DAY]
    lines += [f"{_what(entry)}：照常（原为{_words(entry)}）" for entry in before.values() if entry.kind == DAY]
    return lines


def _what(entry: EntryRead) -> str:
    first = date.fromordinal(entry.first)
    if entry.kind == DAY:
        return f"{first.year}年{short(first)}"
    if entry.kind == YEAR:
        return f"{first.year}年"
    return f"{entry.name}（{entry.title}）" if entry.title else str(entry.name)


def _words(entry: EntryRead) -> str:
    if entry.kind == DAY:
        return ("上班" if entry.works else "休息") + (f"，{entry.name}" if entry.name else "")
    if entry.kind == YEAR:
        return "全年放假安排已公布"
    week_one = f"，第一周从{date.fromordinal(entry.week_one)}起" if entry.week_one is not None else ""
    return f"{date.fromordinal(entry.first)}至{date.fromordinal(entry.last)}{week_one}"


def _hints(merged: _Merged) -> list[str]:
    """Days of a year that is not whole are certain themselves, but the others are not."""
    entries: Sequence[EntryRead] = (*merged.kept, *merged.fresh)
    whole = {date.fromordinal(entry.first).year for entry in entries if entry.kind == YEAR}
    years = {date.fromordinal(entry.first).year for entry in merged.fresh if entry.kind == DAY}
    open_ = sorted(year for year in years - whole if not statutory.year_is_published(year))
    return [f"{year}年仍按未公布处理；如果这就是全年的安排，请加 --published {year} 再导入" for year in open_]
