"""What a reorganisation changes in the tree: spans, posts, a line about each unit; each step one statement for all its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, case, func, insert, literal, select, update

from storage.enrol import current, or_null
from storage.scope import under
from storage.tables import FOREVER, JOURNAL, POST, SPAN, UNIT


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What every row of one event has in common: when it takes effect, when and by whom it was recorded, and why."""

    day: int
    at: int
    by: int | None
    via: str | None = None
    reason: str | None = None

    def values(self) -> dict[str, ColumnElement[Any]]:
        return {
            "recorded_at": literal(self.at),
            "effective_on": literal(self.day),
            "by_person": or_null(self.by),
            "via": or_null(self.via),
            "reason": or_null(self.reason),
        }


def lock_tree(connection: Connection) -> None:
    """One reorganisation at a time: the next waits until this one is written. (SQLite's writer waits anyway.)"""
    connection.execute(select(UNIT.c.id).order_by(UNIT.c.id).limit(1).with_for_update())


def rename_unit(connection: Connection, unit_id: int, name: str, *, day: int, at: int) -> None:
    """Another name from `day` on."""
    _revise(connection, SPAN, SPAN.c.unit_id == unit_id, day=day, at=at, becomes={"name": literal(name)})


def set_members(connection: Connection, unit_id: int, members: int | None, *, day: int, at: int) -> None:
    """Another number of members from `day` on."""
    _revise(connection, SPAN, SPAN.c.unit_id == unit_id, day=day, at=at, becomes={"members": or_null(members)})


def move_subtree(connection: Connection, *, unit_id: int, path: str, parent_id: int, new_path: str, day: int, at: int) -> None:
    """The unit at `path` and all below it hang at `new_path` from `day` on, each with its own names and dates as before."""
    becomes = {
        "path": literal(new_path).concat(func.substr(SPAN.c.path, len(path) + 1)),
        "depth": SPAN.c.depth + (new_path.count("/") - path.count("/")),
        "parent_id": case((SPAN.c.unit_id == unit_id, parent_id), else_=SPAN.c.parent_id),
    }
    _revise(connection, SPAN, under(SPAN.c.path, path), day=day, at=at, becomes=becomes)


def end_units(connection: Connection, unit_ids: Sequence[int], *, day: int, at: int) -> None:
    """Units are no more from `day` on, and neither is any post in them. The rows stay; what was believed before does too."""
    _revise(connection, SPAN, SPAN.c.unit_id.in_(unit_ids), day=day, at=at)
    _revise(connection, POST, POST.c.unit_id.in_(unit_ids), day=day, at=at)


def first_days(connection: Connection, unit_ids: Sequence[int]) -> dict[int, int]:
    """{unit id: the first day of its first span}, as now believed."""
    asked = select(SPAN.c.unit_id, func.min(SPAN.c.valid_from)).where(
        SPAN.c.unit_id.in_(unit_ids), SPAN.c.superseded_at == FOREVER
    )
    return {row[0]: row[1] for row in connection.execute(asked.group_by(SPAN.c.unit_id))}


def journal_units(
    connection: Connection, act: str, unit_ids: Sequence[int], noted: Noted, *, today: int, data: str | None = None
) -> None:
    """One line a unit about the unit itself; of no campaign."""
    values: dict[str, ColumnElement[Any]] = {
        **noted.values(),
        "unit_id": SPAN.c.unit_id,
        "unit_path": SPAN.c.path,
        "act": literal(act),
        "data": or_null(data),
    }
    picked = select(*values.values()).where(SPAN.c.unit_id.in_(unit_ids), current(today)).order_by(SPAN.c.path)
    connection.execute(insert(JOURNAL).from_select(list(values), picked))


def _revise(
    connection: Connection,
    table: Table,
    which: ColumnElement[bool],
    *,
    day: int,
    at: int,
    becomes: Mapping[str, ColumnElement[Any]] | None = None,
) -> None:
    """Rows that hold on or after `day` are believed until `at` only; what they say before `day` is kept in a copy, what is
    true from `day` on in another, with the columns of `becomes` changed (None: nothing is true any more)."""
    c = table.c
    newest = connection.execute(select(func.coalesce(func.max(c.id), 0))).scalar_one()
    here = and_(which, c.superseded_at == FOREVER, c.valid_to > day, c.id <= newest)
    _copy(connection, table, and_(here, c.valid_from < day), {"valid_to": literal(day), "recorded_at": literal(at)})
    if becomes is not None:
        start = case((c.valid_from > day, c.valid_from), else_=day)
        _copy(connection, table, here, {"valid_from": start, "recorded_at": literal(at), **becomes})
    connection.execute(update(table).where(here).values(superseded_at=at))


def _copy(connection: Connection, table: Table, which: ColumnElement[bool], changes: Mapping[str, ColumnElement[Any]]) -> None:
    values = {column.name: changes.get(column.name, column) for column in table.c if column.name != "id"}
    picked = select(*values.values()).where(which).order_by(table.c.id)
    connection.execute(insert(table).from_select(list(values), picked))
