"""Moving cases when the calendar opens a phase: one statement for all cases of a track that wait for the day."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, literal, select, update

from storage.enrol import current
from storage.tables import CASE, DUTY, JOURNAL, OPENING, SPAN, TASK
from storage.units import on
from workflow.model import CLOSED


class Opened(NamedTuple):
    at: int
    campaign_id: int
    track: str
    phase: int


def due_openings(connection: Connection, as_of: int) -> list[Opened]:
    asked = select(OPENING.c.at, OPENING.c.campaign_id, OPENING.c.track, OPENING.c.phase).where(OPENING.c.at <= as_of)
    return [Opened(*row) for row in connection.execute(asked.order_by(OPENING.c.at, OPENING.c.phase))]


def drop_openings(connection: Connection, as_of: int) -> None:
    connection.execute(delete(OPENING).where(OPENING.c.at <= as_of))


def put_off(connection: Connection, opened: Opened, *, to: int) -> None:
    """Look at it at another instant."""
    same = and_(*(OPENING.c[name] == value for name, value in opened._asdict().items()))
    connection.execute(update(OPENING).where(same).values(at=to))


def move_waiting(
    connection: Connection,
    opened: Opened,
    *,
    by_calendar: bool,
    waits_for: tuple[tuple[str, int], ...] = (),
    names: tuple[str, str],
    day: int,
    at: int,
) -> int:
    """Cases in the phase before `opened.phase` that wait for the calendar move into it; returns how many.

    They wait if the phase is set 按时间 (`by_calendar`), or if it asks nothing of them. `names` are the phases left and entered.
    `waits_for` are (track, phase) that every branch below must have left first.
    """
    before = opened.phase - 1
    here = and_(CASE.c.campaign_id == opened.campaign_id, CASE.c.track == opened.track, CASE.c.phase == before)
    waiting = here if by_calendar else and_(here, ~_has_duty(before, literal(True)))
    for track, phase in waits_for:
        waiting = and_(waiting, ~_branch_behind(track, phase, day))
    return _move(connection, waiting, to=opened.phase, names=names, act="open", day=day, at=at)


def cases_in(connection: Connection, campaign_id: int, track: str, phase: int) -> list[int]:
    """The cases that are in a phase."""
    asked = select(CASE.c.id).where(CASE.c.campaign_id == campaign_id, CASE.c.track == track, CASE.c.phase == phase)
    return list(connection.execute(asked.order_by(CASE.c.id)).scalars())


def move_finished(
    connection: Connection, campaign_id: int, track: str, phase: int, *, names: tuple[str, str], day: int, at: int
) -> int:
    """Cases that have just come into a phase whose duties they had already done move on as well."""
    still_open = DUTY.c.state.not_in([str(s) for s in CLOSED])
    finished = and_(
        CASE.c.campaign_id == campaign_id,
        CASE.c.track == track,
        CASE.c.phase == phase,
        CASE.c.entered_on == day,
        _has_duty(phase, DUTY.c.state != "void"),
        ~_has_duty(phase, still_open),
    )
    return _move(connection, finished, to=phase + 1, names=names, act="complete", day=day, at=at)


def _has_duty(phase: int, which: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        exists()
        .where(DUTY.c.case_id == CASE.c.id, DUTY.c.occurrence == "", TASK.c.id == DUTY.c.task_id, TASK.c.phase == phase, which)
        .correlate(CASE)
    )


def _branch_behind(track: str, phase: int, day: int) -> ColumnElement[bool]:
    """Some case of a track at or below the unit of the case in question has not left a phase."""
    branch, own, below = CASE.alias("branch"), SPAN.alias("own"), SPAN.alias("below")
    return (
        select(literal(1))
        .select_from(branch)
        .join(own, and_(own.c.unit_id == CASE.c.unit_id, on(day, None, own)))
        .join(below, and_(below.c.unit_id == branch.c.unit_id, on(day, None, below)))
        .where(
            branch.c.campaign_id == CASE.c.campaign_id,
            branch.c.track == track,
            branch.c.phase <= phase,
            below.c.path >= own.c.path,
            below.c.path < func.substr(own.c.path, 1, func.length(own.c.path) - 1).op("||")("0"),
        )
        .correlate(CASE)
        .exists()
    )


def _move(
    connection: Connection,
    which: ColumnElement[bool],
    *,
    to: int,
    names: tuple[str, str],
    act: str,
    day: int,
    at: int,
) -> int:
    values: dict[str, ColumnElement[Any]] = {
        "recorded_at": literal(at),
        "effective_on": literal(day),
        "campaign_id": CASE.c.campaign_id,
        "unit_id": CASE.c.unit_id,
        "unit_path": SPAN.c.path,
        "case_id": CASE.c.id,
        "act": literal(act),
        "from_state": literal(names[0]),
        "to_state": literal(names[1]),
    }
    picked = select(*values.values()).join(SPAN, and_(SPAN.c.unit_id == CASE.c.unit_id, current(day))).where(which)
    connection.execute(insert(JOURNAL).from_select(list(values), picked.order_by(CASE.c.id)))
    moved = connection.execute(update(CASE).where(which).values(phase=to, version=CASE.c.version + 1, entered_on=day))
    return moved.rowcount
