"""The journal as a feed: lines in order from a place on, none before all older ones are there; and how far a receiver has come."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select, text, update

from storage.meta import claim_meta, meta
from storage.scope import EVERYTHING, Scope
from storage.tables import DUTY, JOURNAL, META, TASK, UNIT

WINDOW = 20_000
"""Lines of the journal looked at in one page: a narrow scope in a long journal takes several pages, none of them slow."""
LONGEST = 3600
"""Seconds. No transaction that writes the journal takes so long: a number still missing then never comes."""
PLACE = "events"


class EventLine(NamedTuple):
    """One line as others may learn of it: numbers and keys only. Days are ordinals, `recorded_at` UTC seconds."""

    id: int
    recorded_at: int
    effective_on: int
    act: str
    campaign_id: int | None
    unit: str | None
    case_id: int | None
    duty_id: int | None
    task_key: str | None
    occurrence: str | None
    from_state: str | None
    to_state: str | None
    due_day_from: int | None
    due_day: int | None
    on_time: bool | None
    by_person: int | None


class Page(NamedTuple):
    """Some lines; `next` is where to go on, `more` whether there is anything now."""

    lines: list[EventLine]
    next: int
    more: bool


def page(
    connection: Connection,
    *,
    scope: Scope,
    after: int,
    limit: int,
    real: int,
    acts: Collection[str] | None = None,
    judged: Scope = EVERYTHING,
) -> Page:
    """The lines after number `after` about units that then lay in scope, oldest first; lines about no unit only where all is seen.

    Only those of some `acts`, if they are named, or about units below the tops of `judged`. `real` is real time in UTC seconds.
    """
    end = _end(connection, after, real)
    until = min(end, after + WINDOW)
    asked = (
        select(
            JOURNAL.c.id,
            JOURNAL.c.recorded_at,
            JOURNAL.c.effective_on,
            JOURNAL.c.act,
            JOURNAL.c.campaign_id,
            UNIT.c.code,
            JOURNAL.c.case_id,
            JOURNAL.c.duty_id,
            TASK.c.key,
            DUTY.c.occurrence,
            JOURNAL.c.from_state,
            JOURNAL.c.to_state,
            JOURNAL.c.due_day_from,
            JOURNAL.c.due_day,
            JOURNAL.c.on_time,
            JOURNAL.c.by_person,
        )
        .outerjoin(UNIT, UNIT.c.id == JOURNAL.c.unit_id)
        .outerjoin(TASK, TASK.c.id == JOURNAL.c.task_id)
        .outerjoin(DUTY, DUTY.c.id == JOURNAL.c.duty_id)
        .where(JOURNAL.c.id > after, JOURNAL.c.id <= until, scope.on(JOURNAL.c.unit_path))
        .order_by(JOURNAL.c.id)
        .limit(limit)
    )
    if acts is not None:
        told = JOURNAL.c.act.in_(acts)
        asked = asked.where(or_(told, and_(judged.on(JOURNAL.c.unit_path), JOURNAL.c.unit_path.not_in(judged.tops))))
    found = [EventLine._make(row) for row in connection.execute(asked)]
    reached = found[-1].id if len(found) == limit else max(after, until)
    return Page(found, reached, reached < end)


def newest(connection: Connection) -> int:
    """The number of the last line; 0 of an empty journal."""
    return int(connection.execute(select(func.coalesce(func.max(JOURNAL.c.id), 0))).scalar_one())


def place(connection: Connection) -> str | None:
    """How far the receiver of the feed has come, as it was written; None before the first time."""
    return meta(connection).get(PLACE)


def begin(connection: Connection, said: str) -> str:
    """Say it for the first time; returns what holds: ours, or that of who was first."""
    return claim_meta(connection, PLACE, said)


def move(connection: Connection, *, before: str, after: str) -> bool:
    """From one place to another; False if somebody else moved it meanwhile."""
    done = connection.execute(update(META).where(META.c.key == PLACE, META.c.value == before).values(value=after))
    return done.rowcount == 1


def _end(connection: Connection, after: int, real: int) -> int:
    """The last line that may be told: on PostgreSQL a lower number may still be on its way while a higher one is there already."""
    last = newest(connection)
    if connection.dialect.name != "postgresql" or last <= after or not _is_busy(connection):
        return last
    near = (
        select(JOURNAL.c.id, JOURNAL.c.recorded_at).where(JOURNAL.c.id > after).order_by(JOURNAL.c.id).limit(WINDOW).subquery()
    )
    before = func.lag(near.c.id, 1, after).over(order_by=near.c.id).label("before")
    steps = select(near.c.id, near.c.recorded_at, before).subquery()
    missing = select(func.min(steps.c.before)).where(
        and_(steps.c.id > steps.c.before + 1, steps.c.recorded_at > real - LONGEST)
    )
    open_gap = connection.execute(missing).scalar()
    return last if open_gap is None else int(open_gap)


def _is_busy(connection: Connection) -> bool:
    """Some transaction may have begun to write and not ended when this look began.

    None had, if none before the newest that had ended was still open, and no number was given to a newer one since.
    """
    idle = "pg_snapshot_xmin(s) = pg_snapshot_xmax(s) AND age(pg_snapshot_xmax(s)::xid) = 0"
    asked = text(f"SELECT NOT ({idle}) FROM pg_current_snapshot() AS s")
    return bool(connection.execute(asked).scalar_one())
