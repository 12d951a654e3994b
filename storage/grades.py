"""Confirmed grades and the items of the 整改台账: append-only, each correction a new row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, insert, select, update

from storage.scope import Scope
from storage.tables import FOREVER, GRADE, ITEM, SPAN, UNIT
from storage.units import on


@dataclass(frozen=True, kw_only=True)
class GradeRead:
    """A unit's present grade in one round, with the figures it rests on."""

    unit_id: int
    code: str
    grade: str
    self_score: float | None
    superior_score: float | None
    final_score: float | None
    satisfaction: float | None
    reason: str | None
    problem: str | None


@dataclass(frozen=True, kw_only=True)
class ItemRead:
    unit_id: int
    no: int
    category: str | None
    problem: str | None
    goal: str | None
    measure: str | None
    owner: str | None
    due_day: int | None
    state: str
    result: str | None
    checked_by: str | None
    closed_on: int | None


def confirm_grades(connection: Connection, rows: list[dict[str, object]], *, campaign_id: int, grading: int, at: int) -> None:
    """New grades of one round; what stood before for the same units is superseded, never changed."""
    if not rows:
        return
    units = [row["unit_id"] for row in rows]
    connection.execute(
        update(GRADE)
        .where(
            GRADE.c.campaign_id == campaign_id,
            GRADE.c.grading == grading,
            GRADE.c.unit_id.in_(units),
            GRADE.c.superseded_at == FOREVER,
        )
        .values(superseded_at=at)
    )
    common = {"campaign_id": campaign_id, "grading": grading, "recorded_at": at, "superseded_at": FOREVER}
    connection.execute(insert(GRADE), [{**common, **row} for row in rows])


def grades(
    connection: Connection, *, scope: Scope, campaign_id: int, grading: int, day: int, recorded_by: int | None = None
) -> dict[int, GradeRead]:
    """{unit id: grade} of one round, of units in scope, as believed at an instant."""
    believed = (
        GRADE.c.superseded_at == FOREVER
        if recorded_by is None
        else and_(GRADE.c.recorded_at <= recorded_by, GRADE.c.superseded_at > recorded_by)
    )
    asked = (
        select(
            GRADE.c.unit_id,
            UNIT.c.code,
            GRADE.c.grade,
            GRADE.c.self_score,
            GRADE.c.superior_score,
            GRADE.c.final_score,
            GRADE.c.satisfaction,
            GRADE.c.reason,
            GRADE.c.problem,
        )
        .join(UNIT, UNIT.c.id == GRADE.c.unit_id)
        .join(SPAN, SPAN.c.unit_id == GRADE.c.unit_id)
        .where(GRADE.c.campaign_id == campaign_id, GRADE.c.grading == grading, believed, on(day), scope.on(SPAN.c.path))
    )
    return {row["unit_id"]: GradeRead(**row) for row in connection.execute(asked).mappings()}


def add_items(connection: Connection, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(insert(ITEM), rows)


def close_items(connection: Connection, changes: list[dict[str, object]], *, campaign_id: int, unit_id: int) -> None:
    """Results of items by their number within a unit: {no, state, result, checked_by, closed_on}."""
    for change in changes:
        connection.execute(
            update(ITEM)
            .where(ITEM.c.campaign_id == campaign_id, ITEM.c.unit_id == unit_id, ITEM.c.no == change["no"])
            .values({**{k: v for k, v in change.items() if k != "no"}, "version": ITEM.c.version + 1})
        )


def items(connection: Connection, *, scope: Scope, campaign_id: int, day: int) -> list[ItemRead]:
    """The 整改台账 of every unit in scope, in the order of the tree."""
    columns = [ITEM.c[name] for name in ItemRead.__dataclass_fields__]
    asked = (
        select(*columns)
        .join(SPAN, SPAN.c.unit_id == ITEM.c.unit_id)
        .where(ITEM.c.campaign_id == campaign_id, ITEM.c.state != "void", on(day), scope.on(SPAN.c.path))
        .order_by(SPAN.c.path, ITEM.c.no)
    )
    return [ItemRead(**row) for row in connection.execute(asked).mappings()]


def item_numbers(connection: Connection, *, campaign_id: int, unit_id: int, duty_id: int | None = None) -> list[int]:
    """The numbers of a unit's items in order, void ones too: of all, or of those that one plan made."""
    asked = select(ITEM.c.no).where(ITEM.c.campaign_id == campaign_id, ITEM.c.unit_id == unit_id).order_by(ITEM.c.no)
    if duty_id is not None:
        asked = asked.where(ITEM.c.duty_id == duty_id)
    return [int(no) for no in connection.execute(asked).scalars()]


def correct_items(connection: Connection, changes: Mapping[int, Mapping[str, object]], *, duty_id: int) -> None:
    """{number: what it says now} of items of one plan. What became of them stays; a void one is open again."""
    state = case((ITEM.c.state == "void", "open"), else_=ITEM.c.state)
    for no, values in changes.items():
        mine = (ITEM.c.duty_id == duty_id, ITEM.c.no == no)
        connection.execute(update(ITEM).where(*mine).values({**values, "state": state, "version": ITEM.c.version + 1}))


def void_items(connection: Connection, numbers: Sequence[int], *, duty_id: int) -> None:
    """Items that a corrected plan no longer has."""
    gone = (ITEM.c.duty_id == duty_id, ITEM.c.no.in_(numbers), ITEM.c.state == "open")
    connection.execute(update(ITEM).where(*gone).values(state="void", version=ITEM.c.version + 1))
