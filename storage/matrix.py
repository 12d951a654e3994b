"""What a reviewer has before him: the cases of the units he reviews, their duties, and what those are called. Always within a scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, select

from storage.scope import Scope
from storage.some import SOME, some
from storage.tables import CASE, DUTY, ITEM, SPAN, TASK, UNIT
from storage.units import on
from workflow.model import UnitKind


class CaseOf(NamedTuple):
    """One case with its unit; `above` is the name of the unit over it."""

    case_id: int
    unit_id: int
    code: str
    name: str
    kind: str
    branch_kind: str | None
    path: str
    above: str | None
    track: str
    phase: int
    version: int


class DutyOf(NamedTuple):
    """One duty as it stands. Days are ordinals, instants UTC seconds, `ways` a bit mask."""

    duty_id: int
    case_id: int
    task_key: str
    occurrence: str
    state: str
    due_day: int | None
    first_due_day: int | None
    opens_at: int | None
    on_time: bool | None
    first_submitted_at: int | None
    judged_day: int | None
    submitted_at: int | None
    review_day: int | None
    ways: int


class Named(NamedTuple):
    """What a duty is called in a sentence."""

    duty_id: int
    case_id: int
    unit: str
    task_key: str
    occurrence: str


def cases(connection: Connection, *, scope: Scope, campaign_id: int, day: int, beneath: Scope, branches: bool) -> list[CaseOf]:
    """Cases in the order of the tree, of units in the scope that lie `beneath` some paths as well: of the branches only, whom their
    superior reviews, or of all other units, whom 组织部 reviews."""
    above = SPAN.alias("above")
    asked = (
        select(
            CASE.c.id,
            CASE.c.unit_id,
            UNIT.c.code,
            SPAN.c.name,
            SPAN.c.kind,
            SPAN.c.branch_kind,
            SPAN.c.path,
            above.c.name,
            CASE.c.track,
            CASE.c.phase,
            CASE.c.version,
        )
        .join(SPAN, SPAN.c.unit_id == CASE.c.unit_id)
        .join(UNIT, UNIT.c.id == CASE.c.unit_id)
        .outerjoin(above, and_(above.c.unit_id == SPAN.c.parent_id, on(day, spans=above)))
        .where(CASE.c.campaign_id == campaign_id, *_reviewed(scope, beneath, day, branches))
        .order_by(SPAN.c.path, CASE.c.track)
    )
    return [CaseOf._make(row) for row in connection.execute(asked)]


def duties(connection: Connection, *, scope: Scope, campaign_id: int, day: int, beneath: Scope, branches: bool) -> list[DutyOf]:
    """The duties of those cases in the order of the definition; what is void is left out. Read along the tree: a clerk's page costs what
    his branches owe, however many others there are."""
    asked = (
        select(
            DUTY.c.id,
            DUTY.c.case_id,
            TASK.c.key,
            DUTY.c.occurrence,
            DUTY.c.state,
            DUTY.c.due_day,
            DUTY.c.first_due_day,
            DUTY.c.opens_at,
            DUTY.c.on_time,
            DUTY.c.first_submitted_at,
            DUTY.c.judged_day,
            DUTY.c.submitted_at,
            DUTY.c.review_day,
            DUTY.c.ways,
        )
        .select_from(SPAN)
        .join(CASE, CASE.c.unit_id == SPAN.c.unit_id)
        .join(DUTY, DUTY.c.case_id == CASE.c.id)
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .where(
            CASE.c.campaign_id == campaign_id,
            DUTY.c.state != "void",
            *_reviewed(scope, beneath, day, branches),
        )
        .order_by(TASK.c.ord, DUTY.c.occurrence, SPAN.c.path)
    )
    return [DutyOf._make(row) for row in connection.execute(asked)]


def problems(
    connection: Connection, unit_ids: Sequence[int], *, scope: Scope, campaign_id: int, day: int
) -> dict[int, dict[int, str]]:
    """{unit: {number: problem}}: what the plans of some units promised to mend."""
    found: dict[int, dict[int, str]] = {}
    for ids in some(unit_ids):
        asked = (
            select(ITEM.c.unit_id, ITEM.c.no, ITEM.c.problem)
            .join(SPAN, SPAN.c.unit_id == ITEM.c.unit_id)
            .where(ITEM.c.campaign_id == campaign_id, ITEM.c.unit_id.in_(ids), on(day), scope.on(SPAN.c.path))
            .order_by(ITEM.c.unit_id, ITEM.c.no)
        )
        for unit_id, no, problem in connection.execute(asked):
            found.setdefault(unit_id, {})[no] = problem or ""
    return found


def names_by_code(connection: Connection, codes: Sequence[str], *, scope: Scope, day: int) -> dict[str, str]:
    """{code: name} of units on a day."""
    found: dict[str, str] = {}
    for wanted in (codes[start : start + SOME] for start in range(0, len(codes), SOME)):
        asked = (
            select(UNIT.c.code, SPAN.c.name)
            .join(SPAN, SPAN.c.unit_id == UNIT.c.id)
            .where(UNIT.c.code.in_(wanted), on(day), scope.on(SPAN.c.path))
        )
        found |= {code: name for code, name in connection.execute(asked)}
    return found


def named(connection: Connection, duty_ids: Sequence[int], *, scope: Scope, day: int) -> dict[int, Named]:
    """{duty: what it is called}, of those whose unit lies in the scope: the others do not exist."""
    found: dict[int, Named] = {}
    for ids in some(duty_ids):
        asked = (
            select(DUTY.c.id, DUTY.c.case_id, SPAN.c.name, TASK.c.key, DUTY.c.occurrence)
            .join(TASK, TASK.c.id == DUTY.c.task_id)
            .join(SPAN, SPAN.c.unit_id == DUTY.c.unit_id)
            .where(DUTY.c.id.in_(ids), on(day), scope.on(SPAN.c.path))
        )
        found |= {row[0]: Named._make(row) for row in connection.execute(asked)}
    return found


def _reviewed(scope: Scope, beneath: Scope, day: int, branches: bool) -> Iterable[ColumnElement[bool]]:
    of_kind = SPAN.c.kind == str(UnitKind.BRANCH) if branches else SPAN.c.kind != str(UnitKind.BRANCH)
    return (on(day), scope.on(SPAN.c.path), beneath.on(SPAN.c.path), of_kind)
