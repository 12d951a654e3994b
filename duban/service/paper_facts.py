"""What a paper says now: which duties of one task are past their last day and still open, in one second-level unit and below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from duban.service.context import Context, Running
from notifications.papers.content import CIRCULAR, PaperContent, PaperItem
from storage import answers as answer_rows
from storage import status as status_rows
from storage.scope import EVERYTHING
from storage.status import CaseLine, DutyLine
from storage.units import UnitRead
from workflow.deadline import short, show
from workflow.errors import NotFound
from workflow.model import CLOCK_RUNS, SECOND_LEVEL, STATE_WORDS, DutyState, Task, duty_name

if TYPE_CHECKING:
    from sqlalchemy import Connection

ANSWER_WORKDAYS = 3
"""A paper asks for an answer within so many working days, unless it names another day."""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """The task, and which occurrence of it, that a paper is about."""

    task: Task
    occurrence: str = ""

    @property
    def name(self) -> str:
        return duty_name(self.task.name, self.occurrence)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A matter in one unit and below. `open` are past their last day and still open; `milestone` is the newest of those days."""

    lines: tuple[tuple[CaseLine, DutyLine], ...]
    open: tuple[tuple[CaseLine, DutyLine], ...]
    next_due: date | None

    @property
    def milestone(self) -> date:
        return date.fromordinal(max(line.due_day or 0 for _, line in self.open))


def matter(running: Running, key: str) -> Matter:
    """`TASK`, `PHASE/TASK` or `TASK@2012-04` as people type it. Raises `NotFound` naming what there is."""
    name, _, occurrence = key.partition("@")
    tasks = running.campaign.tasks
    found = [t for t in tasks if t.key == name] or [t for t in tasks if t.key.rpartition("/")[2] == name]
    if len(found) == 1:
        return Matter(task=found[0], occurrence=occurrence)
    keys = [t.key for t in found or tasks]
    if found:
        raise NotFound(f"有{len(found)}件事项叫“{name}”，请写全：{'、'.join(keys)}", candidates=keys)
    raise NotFound(f"这个活动没有事项“{name}”；有：{'、'.join(keys)}", candidates=keys)


def standing_of(connection: Connection, running: Running, about: Matter, unit: UnitRead, *, today: date) -> Standing:
    """How a matter stands in a unit and below, today."""
    where = {"scope": EVERYTHING, "campaign_id": running.id, "day": today.toordinal(), "beneath": unit.path}
    cases = {case.case_id: case for case in status_rows.case_lines(connection, **where)}  # type: ignore[arg-type]
    lines = tuple(
        (cases[line.case_id], line)
        for line in status_rows.duty_lines(connection, **where)  # type: ignore[arg-type]
        if line.task_key == about.task.key and line.occurrence == about.occurrence and line.state != "waived"
    )
    waiting = [pair for pair in lines if pair[1].state in CLOCK_RUNS and pair[1].due_day is not None]
    past = tuple(pair for pair in waiting if (pair[1].due_day or 0) < today.toordinal())
    ahead = [line.due_day for _, line in waiting if line.due_day is not None and line.due_day >= today.toordinal()]
    return Standing(lines=lines, open=past, next_due=date.fromordinal(min(ahead)) if ahead else None)


def content(
    context: Context,
    connection: Connection,
    running: Running,
    about: Matter,
    found: Standing,
    *,
    kind: str,
    unit: UnitRead,
    requested_by: str,
    until: date | None,
    today: date,
) -> PaperContent:
    """The paper as it is to be drafted now."""
    campaign = running.campaign
    answer_by = until or context.calendar.add(today, ANSWER_WORKDAYS).day
    circular = kind == CIRCULAR
    items = _by_second_level(connection, found, today) if circular else _by_unit(connection, found, today)
    return PaperContent(
        kind=kind,
        issuer=campaign.issuer,
        unit=unit.name,
        unit_code=unit.code,
        addressees=campaign.addressees if circular else (),
        campaign=campaign.name,
        notice=campaign.name,
        notice_number=campaign.document_no or "",
        notice_date=campaign.issued,
        task=about.name,
        occurrence=about.occurrence,
        due=found.milestone,
        due_words=show(found.milestone, about.task.deadline.hour, today),
        items=items,
        expected=len(found.lines),
        handed_in=sum(1 for _, line in found.lines if line.state not in CLOCK_RUNS),
        until=answer_by,
        until_words=short(answer_by, today),
        requested_by=requested_by,
        contact=context.contact(campaign),
        drafted_on=today,
        signer=_signer(running),
    )


def _by_unit(connection: Connection, found: Standing, today: date) -> tuple[PaperItem, ...]:
    """A line a unit that owes, in the order of the tree."""
    answers = answer_rows.latest(
        connection,
        [line.duty_id for _, line in found.open],
        scope=EVERYTHING,
        day=today.toordinal(),
        kinds=("promise",),
    )
    promised = {line.duty_id: line.until_day for line in answers if (line.until_day or 0) >= today.toordinal()}
    return tuple(
        PaperItem(
            unit=case.name,
            unit_code=case.code,
            state=STATE_WORDS[DutyState(line.state)],
            due=_day(line.due_day),
            promised=_day(promised.get(line.duty_id)),
        )
        for case, line in found.open
    )


def _by_second_level(connection: Connection, found: Standing, today: date) -> tuple[PaperItem, ...]:
    """A line a second-level unit with something open, in the order of the tree; branches are counted, not named."""
    tops = [unit for unit in _second_level(connection, today) if any(case.path.startswith(unit.path) for case, _ in found.open)]
    made = []
    for unit in tops:
        waiting = sum(1 for case, _ in found.open if case.path.startswith(unit.path))
        owed = sum(1 for case, _ in found.lines if case.path.startswith(unit.path))
        state = f"尚有{waiting}件未报送"
        made.append(PaperItem(unit=unit.name, unit_code=unit.code, state=state, open=waiting, expected=owed))
    return tuple(made)


def _second_level(connection: Connection, today: date) -> Sequence[UnitRead]:
    from storage import units as unit_rows

    return [
        unit
        for unit in unit_rows.units(connection, scope=EVERYTHING, day=today.toordinal())
        if unit.depth == 1 and unit.kind in SECOND_LEVEL
    ]


def _signer(running: Running) -> str:
    """The role that is asked to decide by the ladder; else the head of 组织部."""
    asked = next((rung.audience[0] for rung in running.campaign.ladder if rung.kind == "ask" and rung.audience), None)
    return f"{asked.office or ''}{asked.role}" if asked is not None else "组织部部长"


def _day(ordinal: int | None) -> date | None:
    return date.fromordinal(ordinal) if ordinal is not None else None
