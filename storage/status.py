"""Where everything stands: today from the rows of cases and duties, on a past day from the journal. Always within a scope."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, null, or_, select

from storage.scope import Scope, under
from storage.tables import CASE, DUTY, JOURNAL, SPAN, TASK, UNIT
from storage.units import on


class CaseLine(NamedTuple):
    """One case with its unit, in the order of the tree."""

    case_id: int
    unit_id: int
    code: str
    name: str
    kind: str
    path: str
    depth: int
    track: str
    phase: int
    version: int


class DutyLine(NamedTuple):
    """One duty as it stands or stood. Days are ordinals; `on_time` is None until the first submission.

    The first submission, whose mark stays, is told as an instant for today and as a day for the past; `judged_day` is the line it was
    judged by, None where that is not known.
    """

    case_id: int
    duty_id: int
    task_key: str
    occurrence: str
    state: str
    due_day: int | None
    first_due_day: int | None
    on_time: bool | None
    first_submitted_at: int | None
    first_submitted_on: int | None
    judged_day: int | None


def case_lines(
    connection: Connection, *, scope: Scope, campaign_id: int, day: int, beneath: str | None = None, depth: int | None = None
) -> list[CaseLine]:
    """Cases of units in scope as of today; `beneath` a path, or only those at some depth of the tree."""
    asked = (
        select(
            CASE.c.id,
            CASE.c.unit_id,
            UNIT.c.code,
            SPAN.c.name,
            SPAN.c.kind,
            SPAN.c.path,
            SPAN.c.depth,
            CASE.c.track,
            CASE.c.phase,
            CASE.c.version,
        )
        .join(SPAN, SPAN.c.unit_id == CASE.c.unit_id)
        .join(UNIT, UNIT.c.id == CASE.c.unit_id)
        .where(CASE.c.campaign_id == campaign_id, on(day), scope.on(SPAN.c.path), *_within(beneath, depth))
        .order_by(SPAN.c.path, CASE.c.track)
    )
    return [CaseLine._make(row) for row in connection.execute(asked)]


def duty_lines(
    connection: Connection, *, scope: Scope, campaign_id: int, day: int, beneath: str | None = None, depth: int | None = None
) -> list[DutyLine]:
    """Duties as they stand, in the order of the tree and the definition; what is void is left out."""
    asked = (
        select(
            DUTY.c.case_id,
            DUTY.c.id,
            TASK.c.key,
            DUTY.c.occurrence,
            DUTY.c.state,
            DUTY.c.due_day,
            DUTY.c.first_due_day,
            DUTY.c.on_time,
            DUTY.c.first_submitted_at,
            null(),
            DUTY.c.judged_day,
        )
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(SPAN, SPAN.c.unit_id == DUTY.c.unit_id)
        .where(
            DUTY.c.campaign_id == campaign_id,
            DUTY.c.state != "void",
            on(day),
            scope.on(SPAN.c.path),
            *_within(beneath, depth),
            *_of_few(campaign_id, day, beneath, depth),
        )
        .order_by(SPAN.c.path, DUTY.c.case_id, TASK.c.ord, DUTY.c.occurrence)
    )
    return [DutyLine._make(row) for row in connection.execute(asked)]


def duty_lines_at(
    connection: Connection,
    *,
    scope: Scope,
    campaign_id: int,
    instant: int,
    day: int,
    beneath: str | None = None,
    depth: int | None = None,
) -> list[DutyLine]:
    """Duties as they stood at a past instant, as recorded by then: the last journal line of each."""
    units = select(SPAN.c.unit_id).where(on(day, instant), *_within(beneath, depth)) if beneath is not None else None
    last = _last_lines(campaign_id, instant, units)
    first = _first_submitted(last, instant)
    asked = (
        select(
            JOURNAL.c.case_id,
            JOURNAL.c.duty_id,
            TASK.c.key,
            DUTY.c.occurrence,
            JOURNAL.c.to_state,
            JOURNAL.c.due_day,
            DUTY.c.first_due_day,
            JOURNAL.c.on_time,
            null(),
            first.c.day,
            first.c.due_day,
        )
        .join(last, last.c.id == JOURNAL.c.id)
        .outerjoin(first, first.c.duty_id == JOURNAL.c.duty_id)
        .join(TASK, TASK.c.id == JOURNAL.c.task_id)
        .join(DUTY, DUTY.c.id == JOURNAL.c.duty_id)
        .join(SPAN, SPAN.c.unit_id == JOURNAL.c.unit_id)
        .where(JOURNAL.c.to_state != "void", on(day, instant), scope.on(SPAN.c.path), *_within(beneath, depth))
        .order_by(SPAN.c.path, JOURNAL.c.case_id, TASK.c.ord, DUTY.c.occurrence)
    )
    return [DutyLine._make(row) for row in connection.execute(asked)]


class CaseLineAt(NamedTuple):
    """One case as it stood, with the name of its phase. `version` is the present one: what an act must expect now."""

    case_id: int
    unit_id: int
    code: str
    name: str
    kind: str
    path: str
    depth: int
    track: str
    phase: str
    version: int


def case_lines_at(
    connection: Connection,
    *,
    scope: Scope,
    campaign_id: int,
    instant: int,
    day: int,
    beneath: str | None = None,
    depth: int | None = None,
) -> list[CaseLineAt]:
    """Cases as they stood at a past instant; the tree as recorded by then."""
    of_case = and_(JOURNAL.c.campaign_id == campaign_id, JOURNAL.c.recorded_at <= instant, JOURNAL.c.case_id.is_not(None))
    moves = (
        select(JOURNAL.c.case_id, func.max(JOURNAL.c.id).label("id"))
        .where(of_case, JOURNAL.c.duty_id.is_(None))
        .group_by(JOURNAL.c.case_id)
        .subquery()
    )
    asked = (
        select(
            CASE.c.id,
            CASE.c.unit_id,
            UNIT.c.code,
            SPAN.c.name,
            SPAN.c.kind,
            SPAN.c.path,
            SPAN.c.depth,
            CASE.c.track,
            JOURNAL.c.to_state,
            CASE.c.version,
        )
        .select_from(moves)
        .join(JOURNAL, JOURNAL.c.id == moves.c.id)
        .join(CASE, CASE.c.id == moves.c.case_id)
        .join(SPAN, SPAN.c.unit_id == CASE.c.unit_id)
        .join(UNIT, UNIT.c.id == CASE.c.unit_id)
        .where(on(day, instant), scope.on(SPAN.c.path), *_within(beneath, depth))
        .order_by(SPAN.c.path, CASE.c.track)
    )
    return [CaseLineAt._make(row) for row in connection.execute(asked)]


def phase_counts(connection: Connection, *, scope: Scope, campaign_id: int, day: int) -> dict[str, dict[int, int]]:
    """{track: {phase: cases}}: where the cases stand."""
    asked = (
        select(CASE.c.track, CASE.c.phase, func.count())
        .join(SPAN, SPAN.c.unit_id == CASE.c.unit_id)
        .where(CASE.c.campaign_id == campaign_id, on(day), scope.on(SPAN.c.path))
        .group_by(CASE.c.track, CASE.c.phase)
    )
    found: dict[str, dict[int, int]] = {}
    for track, phase, n in connection.execute(asked):
        found.setdefault(track, {})[phase] = n
    return found


def _last_lines(campaign_id: int, instant: int, units: Select[tuple[int]] | None = None) -> Any:
    """The last line of every duty (of some units) up to an instant, and the last one without a mark: a withdrawal takes the mark back."""
    unmarked = func.max(case((JOURNAL.c.on_time.is_(None), JOURNAL.c.id), else_=0)).label("unmarked")
    return (
        select(JOURNAL.c.duty_id, func.max(JOURNAL.c.id).label("id"), unmarked)
        .where(JOURNAL.c.campaign_id == campaign_id, JOURNAL.c.recorded_at <= instant, JOURNAL.c.duty_id.is_not(None))
        .where(*([JOURNAL.c.unit_id.in_(units)] if units is not None else []))
        .group_by(JOURNAL.c.duty_id)
        .subquery("last")
    )


def _first_submitted(last: Any, instant: int) -> Any:
    """Day and line of the first submission of every duty that has a mark: the earliest registered before it was sent back or reopened."""
    line, sent_back = JOURNAL.alias("line"), _lines_of(("return", "reopen"), instant)
    # "+ 0": compared by itself, SQLite would walk all of the journal after that line for every duty, and not look for the duty.
    broken = (
        select(sent_back.c.duty_id, func.min(sent_back.c.id).label("id"))
        .join(last, and_(last.c.duty_id == sent_back.c.duty_id, sent_back.c.id + 0 > last.c.unmarked))
        .group_by(sent_back.c.duty_id)
        .subquery("broken")
    )
    # A paper may be registered after an e-mail and have come before it.
    place = func.row_number().over(partition_by=line.c.duty_id, order_by=(line.c.effective_on, line.c.id)).label("place")
    sent = (
        select(line.c.duty_id, line.c.effective_on.label("day"), line.c.due_day, place)
        .join(last, and_(last.c.duty_id == line.c.duty_id, line.c.id + 0 > last.c.unmarked))
        .outerjoin(broken, broken.c.duty_id == line.c.duty_id)
        .where(line.c.recorded_at <= instant, line.c.act.in_(("submit", "receive")))
        .where(or_(broken.c.id.is_(None), line.c.id < broken.c.id))
        .subquery("sent")
    )
    return select(sent.c.duty_id, sent.c.day, sent.c.due_day).where(sent.c.place == 1).subquery("first")


def _lines_of(acts: tuple[str, ...], instant: int) -> Any:
    """(duty, line) of some acts: few enough that their duties are looked up, not the other way round."""
    mine = (JOURNAL.c.recorded_at <= instant, JOURNAL.c.act.in_(acts), JOURNAL.c.duty_id.is_not(None))
    return select(JOURNAL.c.duty_id, JOURNAL.c.id).distinct().where(*mine).subquery("again")


def _within(beneath: str | None, depth: int | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if beneath is not None:
        found.append(under(SPAN.c.path, beneath))
    if depth is not None:
        found.append(SPAN.c.depth == depth)
    return found


def _of_few(campaign_id: int, day: int, beneath: str | None, depth: int | None) -> list[ColumnElement[bool]]:
    """Of one unit alone: its few cases, by which an index leads to their duties; else a school's duties would be read for it."""
    if beneath is None or depth is None:
        return []
    here = (CASE.c.campaign_id == campaign_id, on(day), *_within(beneath, depth))
    few = select(CASE.c.id).join(SPAN, SPAN.c.unit_id == CASE.c.unit_id).where(*here).correlate(None)
    return [DUTY.c.case_id.in_(few)]
