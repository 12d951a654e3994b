"""Lists for programs: units, cases, duties and runs, page by page, with the figures the board has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from duban.service.context import Context, day_of
from duban.service.facts import NO_CASE, NO_DUTY, scale_of
from duban.service.people import find_unit
from duban.service.status import DutyStatus, duty_status
from duban.service.submission import Submission, last_submission, may_read
from duban.service.visiting import Visitor
from phases.forms import schema
from storage import listing as rows
from storage.acts import Acts
from storage.listing import CaseListed, DutyListed, RunListed, UnitListed
from storage.scope import Scope
from storage.status import DutyLine
from workflow.errors import NotFound
from workflow.machine import phase_name

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOTHING_SENT = "没有找到报送的内容：可能还没有报送，或者您无权查看"
T_ = TypeVar("T_")
R_ = TypeVar("R_")


@dataclass(frozen=True, kw_only=True)
class Stretch(Generic[T_]):
    """Some of a list; `more`: it goes on after the last of them."""

    items: tuple[T_, ...]
    more: bool


@dataclass(frozen=True, kw_only=True)
class CaseShown:
    """One unit's way through one track of one campaign, as it stands."""

    id: int
    campaign: int
    unit: str
    unit_name: str
    unit_kind: str
    track: str
    phase: str
    version: int
    entered_on: date


@dataclass(frozen=True, kw_only=True)
class DutyShown:
    """A duty of a case. `version` is the case's, which an act expects; `form` names the schema its data follow (None: no data)."""

    case: int
    campaign: int
    unit: str
    unit_name: str
    track: str
    version: int
    task: str
    form: str | None
    opens: date | None
    status: DutyStatus


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What a list of cases or duties is narrowed to: a campaign's id, a unit, or all below one (codes or whole names)."""

    campaign: int | None = None
    unit: str | None = None
    under: str | None = None


def units(context: Context, *, scope: Scope, under: str | None, after: str | None, limit: int) -> Stretch[UnitListed]:
    """Units in the order of the tree, as of today. Raises `NotFound` for an unknown unit `under`."""
    today = context.today()
    with context.database.read() as connection:
        beneath = find_unit(connection, under, day=today, scope=scope).path if under is not None else None
        found = rows.units(connection, scope=scope, day=today.toordinal(), limit=limit + 1, after=after, beneath=beneath)
    return _page(found, limit, lambda line: line)


def unit(context: Context, code: str, *, scope: Scope) -> UnitListed:
    """One unit by its code or whole name. Raises `NotFound`."""
    today = context.today()
    with context.database.read() as connection:
        path = find_unit(connection, code, day=today, scope=scope).path
        return rows.units(connection, scope=scope, day=today.toordinal(), limit=1, beneath=path)[0]


def cases(
    context: Context, wanted: Narrowed, *, scope: Scope, after: int, limit: int, track: str | None = None
) -> Stretch[CaseShown]:
    """Cases by their ids, as of today. Raises `NotFound` for an unknown unit."""
    day = context.today().toordinal()
    with context.database.read() as connection:
        context.refresh(connection)
        unit_id, beneath = _place(context, connection, wanted, scope)
        found = rows.cases(
            connection,
            scope=scope,
            day=day,
            limit=limit + 1,
            after=after,
            campaign_id=wanted.campaign,
            unit_id=unit_id,
            beneath=beneath,
            track=track,
        )
    return _page(found, limit, lambda line: _case(context, line))


def case(context: Context, case_id: int, *, scope: Scope) -> CaseShown:
    """Raises `NotFound`, also outside the scope."""
    with context.database.read() as connection:
        context.refresh(connection)
        found = rows.cases(connection, scope=scope, day=context.today().toordinal(), limit=1, case_id=case_id)
    if not found:
        raise NotFound(NO_CASE)
    return _case(context, found[0])


def duties(
    context: Context,
    wanted: Narrowed,
    *,
    scope: Scope,
    after: int,
    limit: int,
    case: int | None = None,
    task: str | None = None,
    state: str | None = None,
    due_by: date | None = None,
) -> Stretch[DutyShown]:
    """Duties by their ids, as they stand. `task` is a task's key, with or without its phase. Raises `NotFound` for an unknown unit."""
    day = context.today().toordinal()
    with context.database.read() as connection:
        context.refresh(connection)
        unit_id, beneath = _place(context, connection, wanted, scope)
        found = rows.duties(
            connection,
            scope=scope,
            day=day,
            limit=limit + 1,
            after=after,
            case_id=case,
            campaign_id=wanted.campaign,
            unit_id=unit_id,
            beneath=beneath,
            task=task,
            state=state,
            due_by=due_by.toordinal() if due_by is not None else None,
        )
    return _page(found, limit, lambda line: _duty(context, line))


def duty(context: Context, duty_id: int, *, scope: Scope) -> DutyShown:
    """Raises `NotFound`, also outside the scope."""
    with context.database.read() as connection:
        context.refresh(connection)
        found = rows.duties(connection, scope=scope, day=context.today().toordinal(), limit=1, duty_id=duty_id)
    if not found:
        raise NotFound(NO_DUTY)
    return _duty(context, found[0])


def sent_for(context: Context, duty_id: int, *, visitor: Visitor) -> Submission:
    """What was last submitted for a duty. Raises `NotFound`, also where nothing was, or it is not for the visitor to read."""
    day = context.today().toordinal()
    with context.database.read() as connection:
        context.refresh(connection)
        acts = Acts(connection.connection.driver_connection, context.database.dialect, connection)
        duty = acts.duty(duty_id)
        case = acts.case(duty.case_id, day) if duty is not None else None
        found = last_submission(connection, duty_id, scope=visitor.scope, day=day)
    if duty is None or case is None or found is None:
        raise NotFound(NOTHING_SENT)
    task = context.running(case.campaign_id).campaign.task_by_key.get(duty.task_key)
    if not may_read(visitor, task, unit=case.unit_id, path=case.unit_path):
        raise NotFound(NOTHING_SENT)
    return found


def form_of(context: Context, duty_id: int, *, scope: Scope) -> tuple[str, dict[str, Any]]:
    """The name and the JSON Schema of what is submitted for a duty, with the grades of its campaign. Raises `NotFound`, also where its
    task needs no data."""
    with context.database.read() as connection:
        context.refresh(connection)
        found = rows.duties(connection, scope=scope, day=context.today().toordinal(), limit=1, duty_id=duty_id)
    if not found:
        raise NotFound(NO_DUTY)
    campaign = context.running(found[0].campaign_id).campaign
    task = campaign.task_by_key.get(found[0].task_key)
    if task is None or task.form is None:
        raise NotFound(f"“{found[0].task_key}”不需要附带数据，没有表单")
    return task.form, schema(task.form, scale=scale_of(campaign, task))


def runs(context: Context, *, before: int | None, limit: int, state: str | None) -> Stretch[RunListed]:
    """Runs, the newest first."""
    with context.database.read() as connection:
        found = rows.runs(connection, limit=limit + 1, before=before, state=state)
    return _page(found, limit, lambda line: line)


def run(context: Context, run_id: int) -> RunListed:
    """Raises `NotFound`."""
    with context.database.read() as connection:
        found = rows.run(connection, run_id)
    if found is None:
        raise NotFound(f"没有编号为{run_id}的核查")
    return found


def _page(found: Sequence[R_], limit: int, shown: Callable[[R_], T_]) -> Stretch[T_]:
    """One more than asked for was read: whether there is one is whether the list goes on."""
    return Stretch(items=tuple(shown(line) for line in found[:limit]), more=len(found) > limit)


def _place(context: Context, connection: Connection, wanted: Narrowed, scope: Scope) -> tuple[int | None, str | None]:
    """(id of the one unit, path of the subtree)."""
    today = context.today()
    one = find_unit(connection, wanted.unit, day=today, scope=scope).id if wanted.unit is not None else None
    tree = find_unit(connection, wanted.under, day=today, scope=scope).path if wanted.under is not None else None
    return one, tree


def _case(context: Context, line: CaseListed) -> CaseShown:
    track = context.running(line.campaign_id).campaign.track_by_key[line.track]
    return CaseShown(
        id=line.id,
        campaign=line.campaign_id,
        unit=line.unit,
        unit_name=line.unit_name,
        unit_kind=line.unit_kind,
        track=line.track,
        phase=phase_name(track, line.phase),
        version=line.version,
        entered_on=date.fromordinal(line.entered_on),
    )


def _duty(context: Context, line: DutyListed) -> DutyShown:
    campaign = context.running(line.campaign_id).campaign
    task = campaign.task_by_key.get(line.task_key)
    read = DutyLine(
        case_id=line.case_id,
        duty_id=line.id,
        task_key=line.task_key,
        occurrence=line.occurrence,
        state=line.state,
        due_day=line.due_day,
        first_due_day=line.first_due_day,
        on_time=line.on_time,
        first_submitted_at=line.first_submitted_at,
        first_submitted_on=None,
        judged_day=line.judged_day,
    )
    return DutyShown(
        case=line.case_id,
        campaign=line.campaign_id,
        unit=line.unit,
        unit_name=line.unit_name,
        track=line.track,
        version=line.version,
        task=task.name if task is not None else line.task_key,
        form=task.form if task is not None else None,
        opens=day_of(line.opens_at, campaign.zone) if line.opens_at is not None else None,
        status=duty_status(read, day_of(context.now(), campaign.zone), campaign.zone, context.calendar),
    )
