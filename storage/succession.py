"""What becomes of the open duties and the cases of units that a reorganisation concerns: kept, void, or passed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, literal, null, or_, select, update

from storage.enrol import current
from storage.regroup import Noted
from storage.scope import Scope, under
from storage.tables import CAMPAIGN, CASE, DUTY, JOURNAL, SPAN, TASK, UNIT
from workflow.model import CLOSED

RUNNING = select(CAMPAIGN.c.id).where(CAMPAIGN.c.state == "running")


class OpenDuty(NamedTuple):
    """A duty of a running campaign that is neither accepted, waived nor void. Days are ordinals."""

    id: int
    campaign_id: int
    campaign: str
    unit_id: int
    code: str
    unit: str
    task_id: int
    task_key: str
    occurrence: str
    state: str
    due_day: int | None
    internal_day: int | None


class CaseLine(NamedTuple):
    case_id: int
    campaign_id: int
    track: str
    phase: int


def open_duties(
    connection: Connection, *, scope: Scope, day: int, unit_ids: Sequence[int] = (), beneath: Sequence[str] = ()
) -> list[OpenDuty]:
    """Open duties of some units and of whole subtrees, in the order of the tree; nobody else can act on them meanwhile."""
    asked = (
        select(
            DUTY.c.id,
            DUTY.c.campaign_id,
            CAMPAIGN.c.name,
            DUTY.c.unit_id,
            UNIT.c.code,
            SPAN.c.name,
            DUTY.c.task_id,
            TASK.c.key,
            DUTY.c.occurrence,
            DUTY.c.state,
            DUTY.c.due_day,
            DUTY.c.internal_day,
        )
        .join(CAMPAIGN, CAMPAIGN.c.id == DUTY.c.campaign_id)
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(UNIT, UNIT.c.id == DUTY.c.unit_id)
        .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, current(day)))
        .where(
            CAMPAIGN.c.state == "running",
            DUTY.c.state.not_in([str(state) for state in CLOSED]),
            or_(DUTY.c.unit_id.in_(unit_ids), *(under(SPAN.c.path, path) for path in beneath)),
            scope.on(SPAN.c.path),
        )
        .order_by(SPAN.c.path, DUTY.c.campaign_id, DUTY.c.case_id, TASK.c.ord, DUTY.c.occurrence)
        .with_for_update(of=DUTY)
    )
    return [OpenDuty._make(row) for row in connection.execute(asked)]


def void_duties(connection: Connection, duty_ids: Sequence[int], noted: Noted, *, today: int) -> None:
    """Duties are owed no more. What was submitted stays where it is; their timers no longer count."""
    which = DUTY.c.id.in_(duty_ids)
    values = {**_of_duty(), **noted.values(), "act": literal("void"), "from_state": DUTY.c.state, "to_state": literal("void")}
    _journal(connection, values, which, today)
    connection.execute(update(DUTY).where(which).values(state="void", version=DUTY.c.version + 1))


def cases_of(connection: Connection, unit_ids: Sequence[int]) -> list[CaseLine]:
    """Cases of units in running campaigns."""
    asked = select(CASE.c.id, CASE.c.campaign_id, CASE.c.track, CASE.c.phase)
    asked = asked.where(CASE.c.unit_id.in_(unit_ids), CASE.c.campaign_id.in_(RUNNING))
    return [CaseLine._make(row) for row in connection.execute(asked.order_by(CASE.c.id))]


def set_phase(connection: Connection, *, campaign_id: int, track: str, unit_id: int, phase: int) -> None:
    """A case just made begins in the phase the calendar has reached."""
    mine = and_(CASE.c.campaign_id == campaign_id, CASE.c.track == track, CASE.c.unit_id == unit_id)
    connection.execute(update(CASE).where(mine).values(phase=phase))


def copy_case(connection: Connection, case_: CaseLine, unit_ids: Sequence[int], noted: Noted, *, state: str) -> None:
    """Units come into a campaign in the phase another one is in; `state` is its name. They have spans on the day already."""
    picked = (
        select(CASE.c.campaign_id, CASE.c.track, UNIT.c.id, CASE.c.phase, literal(1), literal(noted.day))
        .join(UNIT, and_(UNIT.c.id != CASE.c.unit_id, UNIT.c.id.in_(unit_ids)))
        .where(CASE.c.id == case_.case_id)
    )
    columns = ["campaign_id", "track", "unit_id", "phase", "version", "entered_on"]
    connection.execute(insert(CASE).from_select(columns, picked.order_by(UNIT.c.id)))
    values: dict[str, ColumnElement[Any]] = {
        **noted.values(),
        "campaign_id": CASE.c.campaign_id,
        "unit_id": CASE.c.unit_id,
        "unit_path": SPAN.c.path,
        "case_id": CASE.c.id,
        "act": literal("launch"),
        "to_state": literal(state),
    }
    made = and_(CASE.c.campaign_id == case_.campaign_id, CASE.c.track == case_.track, CASE.c.unit_id.in_(unit_ids))
    lines = select(*values.values()).join(SPAN, and_(SPAN.c.unit_id == CASE.c.unit_id, current(noted.day))).where(made)
    connection.execute(insert(JOURNAL).from_select(list(values), lines.order_by(CASE.c.id)))


def copy_duties(
    connection: Connection, duty_ids: Sequence[int], unit_ids: Sequence[int], noted: Noted, *, made_on: int
) -> ColumnElement[bool]:
    """Units owe what another unit owed, by the same lines and not yet begun. Returns the predicate of the new duties."""
    newest = connection.execute(select(func.coalesce(func.max(DUTY.c.id), 0))).scalar_one()
    old_case, new_case = CASE.alias("old_case"), CASE.alias("new_case")
    fixed: dict[str, ColumnElement[Any]] = {
        "case_id": new_case.c.id,
        "unit_id": new_case.c.unit_id,
        "state": literal("open"),
        "epoch": literal(1),
        "version": literal(1),
        "made_on": literal(made_on),
        "ways": literal(0),
        "proxy": literal(False),
    }
    lines = ("campaign_id", "task_id", "occurrence", "opens_at", "due_day", "closes_at", "locks_at", "internal_day")
    planned = func.coalesce(DUTY.c.planned_day, DUTY.c.first_due_day)  # a line that a person set stays one in the copy
    values = {**{name: DUTY.c[name] for name in lines}, "first_due_day": DUTY.c.due_day, "planned_day": planned, **fixed}
    same = and_(new_case.c.campaign_id == old_case.c.campaign_id, new_case.c.track == old_case.c.track)
    picked = (
        select(*values.values())
        .select_from(DUTY)
        .join(old_case, old_case.c.id == DUTY.c.case_id)
        .join(new_case, and_(same, new_case.c.unit_id.in_(unit_ids)))
        .where(DUTY.c.id.in_(duty_ids))
        .order_by(new_case.c.unit_id, DUTY.c.id)
    )
    connection.execute(insert(DUTY).from_select(list(values), picked))
    fresh = and_(DUTY.c.id > newest, DUTY.c.unit_id.in_(unit_ids))
    line = {**_of_duty(), **noted.values(), "due_day_from": null(), "act": literal("launch"), "to_state": DUTY.c.state}
    _journal(connection, line, fresh, noted.day)
    return fresh


def same_duty(fresh: ColumnElement[bool], duty: OpenDuty) -> ColumnElement[bool]:
    """Of the duties just made, those that follow one old duty."""
    return and_(
        fresh, DUTY.c.campaign_id == duty.campaign_id, DUTY.c.task_id == duty.task_id, DUTY.c.occurrence == duty.occurrence
    )


def just(unit_id: int) -> Select[tuple[int]]:
    """One unit, where a statement asks for several."""
    return select(UNIT.c.id).where(UNIT.c.id == unit_id)


def _of_duty() -> dict[str, ColumnElement[Any]]:
    return {
        "campaign_id": DUTY.c.campaign_id,
        "unit_id": DUTY.c.unit_id,
        "unit_path": SPAN.c.path,
        "case_id": DUTY.c.case_id,
        "duty_id": DUTY.c.id,
        "task_id": DUTY.c.task_id,
        "due_day_from": DUTY.c.due_day,
        "due_day": DUTY.c.due_day,
    }


def _journal(connection: Connection, values: Mapping[str, ColumnElement[Any]], which: ColumnElement[bool], day: int) -> None:
    picked = select(*values.values()).join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, current(day))).where(which)
    connection.execute(insert(JOURNAL).from_select(list(values), picked.order_by(DUTY.c.id)))
