"""沿革: which unit came from which, and how every unit was last seen. Nothing here is ever changed or deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, insert, select

from storage.scope import Scope
from storage.tables import FOREVER, GRADE, LINEAGE, SPAN, UNIT
from storage.units import believed, on

FOUNDED, DISSOLVED, MERGED, SPLIT, RENAMED, MOVED = "founded", "dissolved", "merged", "split", "renamed", "moved"
ENDINGS = (DISSOLVED, MERGED, SPLIT)
"""Kinds after which a unit is no longer judged by itself."""


class LineageLine(NamedTuple):
    """One step from a unit to the one that came of it; a split has one line a part. Days are ordinals."""

    kind: str
    from_unit: int | None
    to_unit: int | None
    effective_on: int
    recorded_at: int
    reason: str | None
    document: str | None


class Seen(NamedTuple):
    """A unit as it was last: on the day asked for, or on its last day before it.

    `first_day` is the first of its first span, `until` the first day on which it is no more.
    """

    unit_id: int
    code: str
    name: str
    kind: str
    path: str
    first_day: int
    until: int


def add_lines(
    connection: Connection,
    kind: str,
    steps: Iterable[tuple[int | None, int | None]],
    *,
    day: int,
    at: int,
    by: int | None,
    document: str | None = None,
    reason: str | None = None,
) -> None:
    """One line for every (from, to) of an event that takes effect on `day` and is recorded at `at`."""
    common = {"kind": kind, "effective_on": day, "recorded_at": at, "by_person": by, "document": document, "reason": reason}
    rows = [{**common, "from_unit": source, "to_unit": target} for source, target in steps]
    if rows:
        connection.execute(insert(LINEAGE), rows)


def lines(connection: Connection, *, day: int, recorded_by: int | None = None) -> list[LineageLine]:
    """What took effect by `day`, in that order, as recorded by an instant (None: by now). Ids only, so without a scope."""
    columns = [LINEAGE.c[name] for name in LineageLine._fields]
    asked = select(*columns).where(LINEAGE.c.effective_on <= day).order_by(LINEAGE.c.effective_on, LINEAGE.c.id)
    if recorded_by is not None:
        asked = asked.where(LINEAGE.c.recorded_at <= recorded_by)
    return [LineageLine(*row) for row in connection.execute(asked)]


def last_seen(connection: Connection, *, scope: Scope, day: int, recorded_by: int | None = None) -> dict[int, Seen]:
    """{unit id: how it was last seen by `day`}, ended units too; in scope by the path it had then."""
    held = and_(believed(recorded_by), SPAN.c.valid_from <= day)
    ends = (
        select(SPAN.c.unit_id, func.max(SPAN.c.valid_from).label("last"), func.min(SPAN.c.valid_from).label("first"))
        .where(held)
        .group_by(SPAN.c.unit_id)
        .subquery()
    )
    asked = (
        select(UNIT.c.id, UNIT.c.code, SPAN.c.name, SPAN.c.kind, SPAN.c.path, ends.c.first, SPAN.c.valid_to)
        .join(SPAN, SPAN.c.unit_id == UNIT.c.id)
        .join(ends, and_(ends.c.unit_id == SPAN.c.unit_id, ends.c.last == SPAN.c.valid_from))
        .where(held, scope.on(SPAN.c.path))
        .order_by(SPAN.c.path)
    )
    return {row[0]: Seen(*row) for row in connection.execute(asked)}


def starting_grades(
    connection: Connection, *, scope: Scope, day: int, kinds: tuple[str, ...], recorded_by: int | None = None
) -> dict[int, str]:
    """{unit id: 起始等次} of units of some kinds, on a day."""
    asked = select(SPAN.c.unit_id, SPAN.c.grade).where(
        on(day, recorded_by), SPAN.c.kind.in_(kinds), SPAN.c.grade.is_not(None), scope.on(SPAN.c.path)
    )
    return {row[0]: row[1] for row in connection.execute(asked.order_by(SPAN.c.path))}


def confirmed_grades(
    connection: Connection, *, campaign_id: int, grading: int, recorded_by: int | None = None
) -> dict[int, str]:
    """{unit id: grade} of one round, ended units too. Ids only, so without a scope: names come from `last_seen`."""
    valid = (
        GRADE.c.superseded_at == FOREVER
        if recorded_by is None
        else and_(GRADE.c.recorded_at <= recorded_by, GRADE.c.superseded_at > recorded_by)
    )
    asked = select(GRADE.c.unit_id, GRADE.c.grade).where(GRADE.c.campaign_id == campaign_id, GRADE.c.grading == grading, valid)
    return {row[0]: row[1] for row in connection.execute(asked)}
