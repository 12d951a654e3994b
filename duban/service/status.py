"""Where everything stands: totals, and every unit with its phase and duties, now or at the end of a past day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from duban.service.as_of import Looked, look
from duban.service.context import Context, Running, day_of
from duban.service.people import find_unit
from storage import status as rows
from storage.scope import EVERYTHING, Scope
from storage.status import CaseLine, DutyLine
from workflow.errors import NotFound
from workflow.machine import phase_name
from workflow.model import DONE_PHASE, duty_key
from workflow.workdays import WorkCalendar

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Counts of duties: `expected` are owed (neither waived nor void), each of which is on time, late, or still open."""

    expected: int
    on_time: int
    late: int
    open: int


@dataclass(frozen=True, kw_only=True)
class DutyStatus:
    """One duty: key, last day, state, and civil days late (0 if in time or not yet due).

    `provisional`: its last day lies in a year whose arrangement is not published.
    """

    id: int
    key: str
    due: date | None
    state: str
    days_late: int
    on_time: bool | None
    extended_from: date | None = None
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case."""

    case: int
    unit: str
    name: str
    kind: str
    depth: int
    path: str
    track: str
    phase: str
    version: int
    duties: tuple[DutyStatus, ...]


@dataclass(frozen=True, kw_only=True)
class Board:
    """`as_of` is the day it holds for; `rows` are in the order of the tree; `totals` equal the sum of the rows."""

    campaign: str
    as_of: date
    today: bool
    totals: Totals
    rows: tuple[Row, ...]


def status(
    context: Context,
    running: Running,
    *,
    scope: Scope = EVERYTHING,
    unit: str | None = None,
    alone: bool = False,
    phase: str | None = None,
    late: bool = False,
    at: date | None = None,
) -> Board:
    """The board of a campaign: of one unit and all below it (or the unit `alone`), of one phase, or of what is late only.

    `at` a DAY means its end in the campaign's zone, as recorded by then. Raises `NotFound` for an unknown unit or phase.
    """
    looked = look(context, running, at)
    if phase is not None and phase not in _phases(running):
        raise NotFound(f"没有阶段“{phase}”；有：{'、'.join(_phases(running))}", candidates=_phases(running))
    with context.database.read() as connection:
        beneath, depth = None, None
        if unit is not None:
            found = find_unit(connection, unit, day=looked.day, scope=scope, recorded_by=looked.instant)
            beneath, depth = found.path, found.depth if alone else None
        cases, duties = _read(connection, running, looked, scope, beneath, depth)
    made = _rows(cases, duties, looked.day, running.campaign.zone, context.calendar)
    shown = tuple(_filtered(made, phase=phase, late=late))
    return Board(campaign=running.campaign.name, as_of=looked.day, today=not looked.past, totals=totals_of(shown), rows=shown)


def _read(
    connection: Connection, running: Running, looked: Looked, scope: Scope, beneath: str | None, depth: int | None
) -> tuple[list[tuple[CaseLine, str]], list[DutyLine]]:
    """Cases, each with the name of its phase, and their duties: as they stand, or as the journal had them at a past instant."""
    id_, day = running.id, looked.day.toordinal()
    if looked.instant is None:
        lines = rows.case_lines(connection, scope=scope, campaign_id=id_, day=day, beneath=beneath, depth=depth)
        named = [(line, phase_name(running.campaign.track_by_key[line.track], line.phase)) for line in lines]
        return named, rows.duty_lines(connection, scope=scope, campaign_id=id_, day=day, beneath=beneath, depth=depth)
    at = looked.instant
    then = rows.case_lines_at(connection, scope=scope, campaign_id=id_, instant=at, day=day, beneath=beneath, depth=depth)
    named = [(CaseLine(*line[:8], 0, line[9]), line[8]) for line in then]
    return named, rows.duty_lines_at(
        connection, scope=scope, campaign_id=id_, instant=at, day=day, beneath=beneath, depth=depth
    )


def totals_of(shown: Iterable[Row]) -> Totals:
    """Totals are the sum of the rows they stand above."""
    owed = [duty for row in shown for duty in row.duties if duty.state != "waived"]
    on_time = sum(1 for duty in owed if duty.on_time is True)
    late = sum(1 for duty in owed if duty.on_time is False)
    return Totals(expected=len(owed), on_time=on_time, late=late, open=len(owed) - on_time - late)


def _rows(
    cases: Sequence[tuple[CaseLine, str]], duties: Sequence[DutyLine], day: date, zone: str, calendar: WorkCalendar
) -> list[Row]:
    by_case: dict[int, list[DutyStatus]] = {}
    for duty in duties:
        by_case.setdefault(duty.case_id, []).append(duty_status(duty, day, zone, calendar))
    return [
        Row(
            case=case.case_id,
            unit=case.code,
            name=case.name,
            kind=case.kind,
            depth=case.depth,
            path=case.path,
            track=case.track,
            phase=phase,
            version=case.version,
            duties=tuple(by_case.get(case.case_id, ())),
        )
        for case, phase in cases
    ]


def duty_status(line: DutyLine, day: date, zone: str, calendar: WorkCalendar) -> DutyStatus:
    """One duty as it stands on a day in the campaign's zone."""
    due = date.fromordinal(line.due_day) if line.due_day is not None else None
    on_time = None if line.on_time is None else bool(line.on_time)
    late = 0
    if due is not None and on_time is None and line.state not in ("waived", "accepted"):
        late = max(0, (day - due).days)
    elif due is not None and on_time is False:
        judged = date.fromordinal(line.judged_day) if line.judged_day is not None else due
        late = max(1, (_submitted_on(line, zone) - judged).days)
    first = date.fromordinal(line.first_due_day) if line.first_due_day is not None else None
    return DutyStatus(
        id=line.duty_id,
        key=duty_key(line.task_key, line.occurrence),
        due=due,
        state=line.state,
        days_late=late,
        on_time=on_time,
        extended_from=first if first != due else None,
        provisional=due is not None and not calendar.is_certain(due),
    )


def _submitted_on(line: DutyLine, zone: str) -> date:
    """The day of the first submission: later ones (after a return) do not change how late it was."""
    if line.first_submitted_on is not None:
        return date.fromordinal(line.first_submitted_on)
    assert line.first_submitted_at is not None, "a mark without a submission"
    return day_of(line.first_submitted_at, zone)


def _filtered(made: Iterable[Row], *, phase: str | None, late: bool) -> Iterable[Row]:
    for row in made:
        if phase is not None and row.phase != phase:
            continue
        if not late:
            yield row
            continue
        kept = tuple(duty for duty in row.duties if duty.days_late)
        if kept:
            yield replace(row, duties=kept)


def _phases(running: Running) -> list[str]:
    names = dict.fromkeys(name for track in running.campaign.tracks for name in track.phase_names)
    return [*names, DONE_PHASE]
