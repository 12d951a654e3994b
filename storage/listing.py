"""Pages of rows for programs that read on and on: units, cases, duties and runs after a place, in an order that stays.

Every page is found by a key ("after id 4711"), never by counting rows: it costs the same at the end as at the beginning, and what is added
meanwhile shifts nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, true

from storage.scope import EVERYTHING, Scope, under
from storage.tables import CASE, DUTY, RUN, SPAN, TASK, UNIT
from storage.units import on

_ABOVE = UNIT.alias("above")


class UnitListed(NamedTuple):
    """A unit on a day; `parent` is the code of the unit above it."""

    id: int
    code: str
    name: str
    kind: str
    branch_kind: str | None
    members: int | None
    parent: str | None
    path: str


class CaseListed(NamedTuple):
    """A case with its unit on a day. `phase` is a number; `entered_on` an ordinal."""

    id: int
    campaign_id: int
    unit: str
    unit_name: str
    unit_kind: str
    track: str
    phase: int
    version: int
    entered_on: int


class DutyListed(NamedTuple):
    """A duty with its unit on a day, and the version of its case. Days are ordinals, instants UTC seconds."""

    id: int
    case_id: int
    campaign_id: int
    unit: str
    unit_name: str
    track: str
    version: int
    task_key: str
    occurrence: str
    state: str
    opens_at: int | None
    due_day: int | None
    first_due_day: int | None
    on_time: bool | None
    first_submitted_at: int | None
    judged_day: int | None


class RunListed(NamedTuple):
    """A run and what it did. Instants are UTC seconds."""

    id: int
    kind: str
    as_of: int
    started_at: int
    finished_at: int | None
    state: str
    why: str | None
    reminders: int
    messages: int
    held: int
    skipped: int


def units(
    connection: Connection, *, scope: Scope, day: int, limit: int, after: str | None = None, beneath: str | None = None
) -> list[UnitListed]:
    """Units in the order of the tree; `after` and `beneath` are paths."""
    asked = (
        select(
            UNIT.c.id,
            UNIT.c.code,
            SPAN.c.name,
            SPAN.c.kind,
            SPAN.c.branch_kind,
            SPAN.c.members,
            _ABOVE.c.code,
            SPAN.c.path,
        )
        .join(SPAN, SPAN.c.unit_id == UNIT.c.id)
        .outerjoin(_ABOVE, _ABOVE.c.id == SPAN.c.parent_id)
        .where(on(day), scope.on(SPAN.c.path), SPAN.c.path > (after or ""))
        .where(under(SPAN.c.path, beneath) if beneath is not None else true())
        .order_by(SPAN.c.path)
        .limit(limit)
    )
    return [UnitListed._make(row) for row in connection.execute(asked)]


def cases(
    connection: Connection,
    *,
    scope: Scope,
    day: int,
    limit: int,
    after: int = 0,
    case_id: int | None = None,
    campaign_id: int | None = None,
    beneath: str | None = None,
    unit_id: int | None = None,
    track: str | None = None,
) -> list[CaseListed]:
    """Cases by their ids; each filter that is given narrows."""
    asked = (
        select(
            CASE.c.id,
            CASE.c.campaign_id,
            UNIT.c.code,
            SPAN.c.name,
            SPAN.c.kind,
            CASE.c.track,
            CASE.c.phase,
            CASE.c.version,
            CASE.c.entered_on,
        )
        .join(SPAN, and_(SPAN.c.unit_id == CASE.c.unit_id, on(day)))
        .join(UNIT, UNIT.c.id == CASE.c.unit_id)
        .where(CASE.c.id > after if case_id is None else CASE.c.id == case_id)
        .where(*_of(scope, campaign_id, beneath, unit_id))
        .where(CASE.c.track == track if track is not None else true())
        .order_by(CASE.c.id)
        .limit(limit)
    )
    return [CaseListed._make(row) for row in connection.execute(asked)]


def duties(
    connection: Connection,
    *,
    scope: Scope,
    day: int,
    limit: int,
    after: int = 0,
    duty_id: int | None = None,
    case_id: int | None = None,
    campaign_id: int | None = None,
    beneath: str | None = None,
    unit_id: int | None = None,
    task: str | None = None,
    state: str | None = None,
    due_by: int | None = None,
) -> list[DutyListed]:
    """Duties by their ids, what is void left out; each filter that is given narrows. `due_by` is the latest last day, an ordinal."""
    # "+ 0" where some units are meant: SQLite would walk through everybody's duties in their order, and not from those units to theirs.
    place = DUTY.c.id if scope == EVERYTHING and beneath is None else DUTY.c.id + 0
    asked = (
        select(
            DUTY.c.id,
            DUTY.c.case_id,
            DUTY.c.campaign_id,
            UNIT.c.code,
            SPAN.c.name,
            CASE.c.track,
            CASE.c.version,
            TASK.c.key,
            DUTY.c.occurrence,
            DUTY.c.state,
            DUTY.c.opens_at,
            DUTY.c.due_day,
            DUTY.c.first_due_day,
            DUTY.c.on_time,
            DUTY.c.first_submitted_at,
            DUTY.c.judged_day,
        )
        .join(CASE, CASE.c.id == DUTY.c.case_id)
        .join(SPAN, and_(SPAN.c.unit_id == CASE.c.unit_id, on(day)))
        .join(UNIT, UNIT.c.id == CASE.c.unit_id)
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .where(place > after if duty_id is None else DUTY.c.id == duty_id, DUTY.c.state != "void")
        .where(*_of(scope, campaign_id, beneath, unit_id))
        .where(*_asked(case_id=case_id, task=task, state=state, due_by=due_by))
        .order_by(place)
        .limit(limit)
    )
    return [DutyListed._make(row) for row in connection.execute(asked)]


def runs(connection: Connection, *, limit: int, before: int | None = None, state: str | None = None) -> list[RunListed]:
    """Runs, the newest first."""
    asked = _run().order_by(RUN.c.id.desc()).limit(limit)
    if before is not None:
        asked = asked.where(RUN.c.id < before)
    if state is not None:
        asked = asked.where(RUN.c.state == state)
    return [RunListed._make(row) for row in connection.execute(asked)]


def run(connection: Connection, run_id: int) -> RunListed | None:
    row = connection.execute(_run().where(RUN.c.id == run_id)).first()
    return RunListed._make(row) if row else None


def _run() -> Select[tuple[object, ...]]:
    return select(*(RUN.c[name] for name in RunListed._fields))


def _of(scope: Scope, campaign_id: int | None, beneath: str | None, unit_id: int | None) -> list[ColumnElement[bool]]:
    """Whose cases: those in the scope, of one campaign, of one unit or of all below one."""
    found: list[ColumnElement[bool]] = []
    if scope != EVERYTHING:
        found.append(scope.on(SPAN.c.path))
    if campaign_id is not None:
        found.append(CASE.c.campaign_id == campaign_id)
    if beneath is not None:
        found.append(under(SPAN.c.path, beneath))
    if unit_id is not None:
        found.append(CASE.c.unit_id == unit_id)
    return found


def _asked(*, case_id: int | None, task: str | None, state: str | None, due_by: int | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if case_id is not None:
        found.append(DUTY.c.case_id == case_id)
    if task is not None:
        found.append(or_(TASK.c.key == task, TASK.c.key.endswith(f"/{task}", autoescape=True)))
    if state is not None:
        found.append(DUTY.c.state == state)
    if due_by is not None:
        found.append(DUTY.c.due_day <= due_by)
    return found
