"""Enrolling units in a campaign: cases, duties, timers and their journal, each by one statement over all units it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    update,
)

from storage.claim import claim
from storage.scope import under
from storage.tables import CASE, DUTY, FOREVER, GRADE, JOURNAL, OPENING, SPAN, TIMER, UNIT


@dataclass(frozen=True, kw_only=True)
class Who:
    """The units of a track: by kind, or single ones by name or code. `branch_kinds` narrows further; empty means any."""

    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    branch_kinds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One task with one deadline, as every unit it concerns owes it. Days are ordinals, instants UTC seconds."""

    task_id: int
    track: str
    occurrence: str = ""
    opens_at: int | None = None
    due_day: int | None = None
    closes_at: int | None = None
    locks_at: int | None = None
    internal_day: int | None = None
    first_look: int | None = None
    branch_kinds: tuple[str, ...] = ()
    start_grades: tuple[str, ...] = ()


NO_LONGER, AGAIN = "重新定级后不再适用", "重新定级后又适用"


def current(day: int, spans: FromClause = SPAN) -> ColumnElement[bool]:
    """Rows of `unit_span` that hold on a day, as now believed."""
    return and_(spans.c.superseded_at == FOREVER, spans.c.valid_from <= day, spans.c.valid_to > day)


def enrol(connection: Connection, *, campaign_id: int, track: str, who: Who, root_path: str, phases: int, day: int) -> int:
    """A case for every unit of a track that has none yet. Returns how many were made."""
    picked = (
        select(literal(campaign_id), literal(track), SPAN.c.unit_id, literal(1), literal(1), literal(day))
        .where(current(day), under(SPAN.c.path, root_path), _of(who))
        .order_by(SPAN.c.path)
    )
    return claim(connection, CASE, ["campaign_id", "track", "unit_id", "phase", "version", "entered_on"], picked)


def journal_cases(
    connection: Connection, *, campaign_id: int, track: str, state: str, day: int, at: int, by: int | None
) -> None:
    """One line "launch" for every case of a track that has no line yet."""
    seen = select(JOURNAL.c.id).where(JOURNAL.c.case_id == CASE.c.id, JOURNAL.c.unit_id == CASE.c.unit_id).exists()
    picked = (
        select(
            literal(at), literal(day), CASE.c.campaign_id, CASE.c.unit_id, SPAN.c.path, CASE.c.id,
            literal("launch"), literal(state), literal(by) if by is not None else null(),
        )
        .join(SPAN, and_(SPAN.c.unit_id == CASE.c.unit_id, current(day)))
        .where(CASE.c.campaign_id == campaign_id, CASE.c.track == track, ~seen)
        .order_by(CASE.c.id)
    )  # fmt: skip
    columns = ["recorded_at", "effective_on", "campaign_id", "unit_id", "unit_path", "case_id", "act", "to_state", "by_person"]
    connection.execute(insert(JOURNAL).from_select(columns, picked))


def owe(
    connection: Connection,
    owed: Owed,
    *,
    campaign_id: int,
    day: int,
    at: int,
    by: int | None,
    units: Select[tuple[int]] | None = None,
    reason: str | None = None,
) -> int:
    """The duty of one task for every case of its track that it concerns and that has none yet, with timer and journal line.

    `units` narrows it to some units (those just graded 一般, say). Returns how many duties were made.
    """
    before = int(connection.execute(select(func.coalesce(func.max(DUTY.c.id), 0))).scalar_one())
    wanted = [CASE.c.campaign_id == campaign_id, CASE.c.track == owed.track]
    if owed.branch_kinds:
        wanted.append(SPAN.c.branch_kind.in_(owed.branch_kinds))
    if owed.start_grades:
        wanted.append(SPAN.c.grade.in_(owed.start_grades))
    if units is not None:
        wanted.append(CASE.c.unit_id.in_(units))
    values: dict[str, ColumnElement[Any]] = {
        "campaign_id": CASE.c.campaign_id,
        "case_id": CASE.c.id,
        "unit_id": CASE.c.unit_id,
        "task_id": literal(owed.task_id),
        "occurrence": literal(owed.occurrence),
        "state": literal("open"),
        "epoch": literal(1),
        "version": literal(1),
        "made_on": literal(day),
        "opens_at": or_null(owed.opens_at),
        "due_day": or_null(owed.due_day),
        "closes_at": or_null(owed.closes_at),
        "locks_at": or_null(owed.locks_at),
        "internal_day": or_null(owed.internal_day),
        "first_due_day": or_null(owed.due_day),
        "ways": literal(0),
        "proxy": literal(False),
    }
    picked = (
        select(*values.values())
        .join(SPAN, and_(SPAN.c.unit_id == CASE.c.unit_id, current(day)))
        .where(*wanted)
        .order_by(CASE.c.id)
    )
    made = claim(connection, DUTY, list(values), picked)
    if made:
        fresh = and_(DUTY.c.id > before, DUTY.c.task_id == owed.task_id, DUTY.c.occurrence == owed.occurrence)
        _journal_duties(connection, fresh, day=day, at=at, by=by, reason=reason)
        if owed.first_look is not None:
            start_timers(connection, fresh, at=owed.first_look)
    return made


def start_timers(connection: Connection, which: ColumnElement[bool], *, at: int) -> None:
    """A timer at one instant for every duty a predicate picks, in its present version."""
    picked = select(literal(at), DUTY.c.id, DUTY.c.version, literal(0), literal(0)).where(which).order_by(DUTY.c.id)
    connection.execute(insert(TIMER).from_select(["at", "duty_id", "version", "rung", "repeat"], picked))


def add_opening(connection: Connection, *, at: int, campaign_id: int, track: str, phase: int) -> None:
    connection.execute(insert(OPENING).values(at=at, campaign_id=campaign_id, track=track, phase=phase))


def graded_units(campaign_id: int, grading: int, grades: tuple[str, ...]) -> Select[tuple[int]]:
    """The units that now have one of some grades in one round."""
    return select(GRADE.c.unit_id).where(
        GRADE.c.campaign_id == campaign_id,
        GRADE.c.grading == grading,
        GRADE.c.grade.in_(grades),
        GRADE.c.superseded_at == FOREVER,
    )


def _journal_duties(
    connection: Connection,
    fresh: ColumnElement[bool],
    *,
    day: int,
    at: int,
    by: int | None,
    reason: str | None,
    act: str = "launch",
    before: str | None = None,
) -> None:
    values: dict[str, ColumnElement[Any]] = {
        "recorded_at": literal(at),
        "effective_on": literal(day),
        "campaign_id": DUTY.c.campaign_id,
        "unit_id": DUTY.c.unit_id,
        "unit_path": SPAN.c.path,
        "case_id": DUTY.c.case_id,
        "duty_id": DUTY.c.id,
        "task_id": DUTY.c.task_id,
        "act": literal(act),
        "from_state": or_null(before),
        "to_state": DUTY.c.state,
        "due_day_from": DUTY.c.due_day if before is not None else null(),
        "due_day": DUTY.c.due_day,
        "on_time": DUTY.c.on_time,
        "by_person": or_null(by),
        "reason": or_null(reason),
    }
    picked = (
        select(*values.values())
        .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, current(day)))
        .where(fresh)
        .order_by(DUTY.c.id)
    )
    connection.execute(insert(JOURNAL).from_select(list(values), picked))


def or_null(value: int | str | None) -> ColumnElement[Any]:
    return literal(value) if value is not None else null()


def _of(who: Who) -> ColumnElement[bool]:
    tests: list[ColumnElement[bool]] = []
    if who.kinds:
        tests.append(SPAN.c.kind.in_(who.kinds))
    if who.names:
        named = select(UNIT.c.id).where(UNIT.c.code.in_(who.names))
        tests.append(or_(SPAN.c.name.in_(who.names), SPAN.c.unit_id.in_(named)))
    kinds = or_(*tests) if tests else true()
    return and_(kinds, SPAN.c.branch_kind.in_(who.branch_kinds)) if who.branch_kinds else kinds


def revive(
    connection: Connection, owed: Owed, *, campaign_id: int, units: Select[tuple[int]], day: int, at: int, by: int | None
) -> int:
    """Duties that a grade had closed and that apply again: open as before, in a new epoch. Returns how many."""
    closed = select(JOURNAL.c.id).where(JOURNAL.c.duty_id == DUTY.c.id, JOURNAL.c.act == "void", JOURNAL.c.reason == NO_LONGER)
    which = and_(
        DUTY.c.campaign_id == campaign_id,
        DUTY.c.task_id == owed.task_id,
        DUTY.c.occurrence == owed.occurrence,
        DUTY.c.state == "void",
        DUTY.c.unit_id.in_(units),
        closed.exists(),
    )
    ids = list(connection.execute(select(DUTY.c.id).where(which)).scalars())
    if not ids:
        return 0
    same = DUTY.c.id.in_(ids)
    changes = {"state": "open", "epoch": DUTY.c.epoch + 1, "version": DUTY.c.version + 1, "made_on": day}
    connection.execute(update(DUTY).where(same).values(changes))
    _journal_duties(connection, same, day=day, at=at, by=by, reason=AGAIN, act="reopen", before="void")
    if owed.first_look is not None:
        start_timers(connection, same, at=owed.first_look)
    return len(ids)


def void_unbegun(
    connection: Connection,
    *,
    campaign_id: int,
    task_id: int,
    graded: Select[tuple[int]],
    day: int,
    at: int,
    by: int | None,
) -> list[int]:
    """Close the duties of a task that no longer applies to units; what was begun (submitted, returned, accepted) is kept.

    Returns the cases they belonged to: one of them may have been the last that held its phase up.
    """
    which = and_(
        DUTY.c.campaign_id == campaign_id, DUTY.c.task_id == task_id, DUTY.c.state == "open", DUTY.c.unit_id.in_(graded)
    )
    values: dict[str, ColumnElement[Any]] = {
        "recorded_at": literal(at),
        "effective_on": literal(day),
        "campaign_id": DUTY.c.campaign_id,
        "unit_id": DUTY.c.unit_id,
        "unit_path": SPAN.c.path,
        "case_id": DUTY.c.case_id,
        "duty_id": DUTY.c.id,
        "task_id": DUTY.c.task_id,
        "act": literal("void"),
        "from_state": DUTY.c.state,
        "to_state": literal("void"),
        "due_day_from": DUTY.c.due_day,
        "due_day": DUTY.c.due_day,
        "by_person": or_null(by),
        "reason": literal(NO_LONGER),
    }
    picked = select(*values.values()).join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, current(day))).where(which)
    connection.execute(insert(JOURNAL).from_select(list(values), picked))
    cases = [int(row[0]) for row in connection.execute(select(DUTY.c.case_id).where(which))]
    connection.execute(update(DUTY).where(which).values(state="void", version=DUTY.c.version + 1))
    return cases


def count_anew(connection: Connection) -> None:
    """PostgreSQL learns at once how large the tables have become: before, the next run might read all duties for a few due ones."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE timer, duty, case_")
