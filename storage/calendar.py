"""The calendar as it is kept: its versions, and what is believed of days, years, terms and vacations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, ScalarSelect, func, insert, select, update

from storage.tables import CALENDAR, ENTRY, FOREVER, JOURNAL, PERSON

DAY, YEAR, TERM, BREAK = "day", "year", "term", "break"


class VersionRead(NamedTuple):
    """One version of the calendar. `at` is UTC seconds, `digest` that of the whole calendar timers were then planned with."""

    id: int
    at: int
    act: str
    digest: str
    statutory: str
    source: str | None
    by: str | None
    via: str | None
    reason: str | None


class EntryRead(NamedTuple):
    """One thing that is believed, and which import said so. Days are ordinals, `at` UTC seconds."""

    id: int
    kind: str
    first: int
    last: int
    works: bool | None
    name: str | None
    title: str | None
    week_one: int | None
    calendar_id: int
    source: str | None
    at: int
    by: str | None


def number() -> ScalarSelect[int]:
    """The number of the version in use, 0 before the first: a step into the key, for statements that look in passing."""
    return select(func.coalesce(func.max(CALENDAR.c.id), 0)).scalar_subquery()


def number_now(connection: Connection) -> int:
    return int(connection.execute(select(number())).scalar_one())


def latest(connection: Connection) -> VersionRead | None:
    """The version in use."""
    row = connection.execute(_VERSIONS.where(CALENDAR.c.id == number())).first()
    return VersionRead._make(row) if row else None


_VERSIONS = select(
    CALENDAR.c.id,
    CALENDAR.c.at,
    CALENDAR.c.act,
    CALENDAR.c.digest,
    CALENDAR.c.statutory,
    CALENDAR.c.source,
    PERSON.c.name,
    CALENDAR.c.via,
    CALENDAR.c.reason,
).outerjoin(PERSON, PERSON.c.id == CALENDAR.c.by_person)


def entries(connection: Connection) -> list[EntryRead]:
    """What is believed now, by kind and day."""
    c = ENTRY.c
    asked = (
        select(
            c.id, c.kind, c.first, c.last, c.works, c.name, c.title, c.week_one, c.calendar_id, CALENDAR.c.source,
            CALENDAR.c.at, PERSON.c.name,
        )
        .join(CALENDAR, CALENDAR.c.id == c.calendar_id)
        .outerjoin(PERSON, PERSON.c.id == CALENDAR.c.by_person)
        .where(c.superseded_at == FOREVER)
        .order_by(c.kind, c.first, c.id)
    )  # fmt: skip
    return [EntryRead._make(row) for row in connection.execute(asked)]


def add_version(
    connection: Connection,
    *,
    at: int,
    day: int,
    act: str,
    digest: str,
    statutory: str,
    source: str | None = None,
    content: str | None = None,
    by: int | None = None,
    via: str | None = None,
    reason: str | None = None,
) -> int:
    """A new version, with its line in the journal; returns its number."""
    made = number_now(connection) + 1  # not the database's counter: a preview that is rolled back must leave no gap
    values = {
        "id": made,
        "at": at,
        "act": act,
        "digest": digest,
        "statutory": statutory,
        "source": source,
        "content": content,
        "by_person": by,
        "via": via,
        "reason": reason,
    }
    connection.execute(insert(CALENDAR).values(values))
    line = {
        "recorded_at": at,
        "effective_on": day,
        "act": "calendar",
        "from_state": str(made - 1) if made > 1 else None,
        "to_state": str(made),
        "by_person": by,
        "via": via,
        "reason": reason,
        "data": source,
    }
    connection.execute(insert(JOURNAL).values(line))
    return made


def supersede(connection: Connection, ids: Iterable[int], *, at: int, by: int) -> None:
    """Entries are believed no longer; `by` is the version that says so."""
    listed = list(ids)
    if listed:
        changed = {"superseded_at": at, "superseded_by": by}
        connection.execute(update(ENTRY).where(ENTRY.c.id.in_(listed)).values(changed))


def add_entries(connection: Connection, rows: Sequence[Mapping[str, Any]], *, calendar_id: int, at: int) -> None:
    """Rows of kind, first, last and what else the kind has."""
    fixed = {"calendar_id": calendar_id, "recorded_at": at, "superseded_at": FOREVER}
    empty = {"works": None, "name": None, "title": None, "week_one": None}
    if rows:
        connection.execute(insert(ENTRY), [{**empty, **row, **fixed} for row in rows])
