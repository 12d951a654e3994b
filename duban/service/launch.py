"""启动: a definition becomes a campaign, and every matching unit gets its case and its duties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from duban.service.context import Context, day_of
from duban.service.kept import plan_by
from duban.service.owing import owed_of
from storage import campaigns, enrol
from storage import units as unit_rows
from storage.enrol import Who
from storage.regroup import lock_tree
from workflow.deadline import opens_at, short
from workflow.errors import DubanError, NotFound, Reason, Refused
from workflow.machine import phase_name
from workflow.model import Campaign, Task, Track

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class Launched:
    """The campaign's id, and how many cases and duties were made."""

    campaign: int
    cases: int
    duties: int
    name: str
    nobody: tuple[str, ...] = ()
    """Tracks of the definition that no unit walks."""
    provisional: tuple[int, ...] = ()
    """Years not yet published in which last days lie."""
    by_terms: tuple[str, ...] = ()
    """What the school's terms made of phrases like 第11周周五, in sentences: somebody should look at it."""


def launch(
    context: Context, text: str, *, name: str = "活动设置", by: int | None = None, accept_past: bool = False
) -> Launched:
    """Enrol every matching unit, in one transaction.

    Raises `DefinitionError` with every problem; `Refused` with `dates-past` (and the list) when last days lie before now, unless
    `accept_past`; then slots before the launch are never sent, and escalation begins at the lowest rung.
    """
    with context.database.read() as connection:
        context.refresh(connection)
    campaign = _compiled(context, text, name)
    now = context.now()
    today = day_of(now, campaign.zone)
    _refuse_past(campaign, today, accept_past)
    with context.database.write() as connection:
        lock_tree(connection)  # a change of the calendar takes it too, so that it is seen here, or sees what is made here
        if context.refresh(connection):  # somebody changed the calendar a moment ago
            campaign = _compiled(context, text, name)
            _refuse_past(campaign, today, accept_past)
        root = unit_rows.root(connection, day=today.toordinal())
        if root is None:
            raise NotFound("还没有单位：请先运行 duban units import units.xlsx")
        others = campaigns.campaigns(connection, running=True)
        for other in others:
            if other.digest == campaign.digest:
                raise DubanError(f"这份活动设置已经启动（活动{other.id}“{other.name}”）：请勿重复启动", code="already-launched")
        if not others:
            plan_by(context, connection, at=now, day=today.toordinal(), by=by)
        definition_id = campaigns.add_definition(connection, digest=campaign.digest, text=text, at=now)
        campaign_id = campaigns.add_campaign(
            connection, definition_id=definition_id, name=campaign.name, root_id=root.id, at=now, day=today.toordinal()
        )
        campaigns.add_version(connection, campaign_id, definition_id, at=now, by=by)
        ids = campaigns.add_tasks(connection, campaign_id, [(t.key, t.track, _phase_no(campaign, t)) for t in campaign.tasks])
        cases, nobody = 0, list[str]()
        for track in campaign.tracks:
            made = enrol.enrol(
                connection,
                campaign_id=campaign_id,
                track=track.key,
                who=Who(kinds=track.kinds, names=track.units, branch_kinds=track.branch_kinds),
                root_path=root.path,
                phases=len(track.phases),
                day=today.toordinal(),
            )
            enrol.journal_cases(
                connection,
                campaign_id=campaign_id,
                track=track.key,
                state=phase_name(track, 1),
                day=today.toordinal(),
                at=now,
                by=by,
            )
            _openings(connection, campaign, campaign_id, track)
            cases += made
            if not made:
                nobody.append(track.key)
        if not cases:
            words = "、".join(nobody)
            raise Refused(
                [Reason(code="nobody", text=f"单位表里没有“{words}”，没有单位要办", unblock="核对“参加”“谁办”和单位类型")]
            )
        duties = 0
        for task in campaign.tasks:
            if task.selector.grades and not campaign.starting_grades:
                continue  # arises when the grade is confirmed
            for owed in owed_of(context.calendar, campaign, task, ids[task.key], today=today, launch=True):
                duties += enrol.owe(connection, owed, campaign_id=campaign_id, day=today.toordinal(), at=now, by=by)
        enrol.count_anew(connection)
        context.record_instant(connection)
    ends = {task.deadline.end for task in campaign.tasks if task.deadline.end is not None}
    years = tuple(sorted({end.year for end in ends if not context.calendar.is_certain(end)}))
    return Launched(
        campaign=campaign_id,
        cases=cases,
        duties=duties,
        name=campaign.name,
        nobody=tuple(nobody),
        provisional=years,
        by_terms=_by_terms(campaign),
    )


def _compiled(context: Context, text: str, name: str) -> Campaign:
    from phases.compile import compile_definition

    return compile_definition(text, name=name, calendar=context.calendar)


def _by_terms(campaign: Campaign) -> tuple[str, ...]:
    found = {task.deadline.words: task.deadline for task in campaign.tasks if "by-terms" in task.deadline.flags}
    return tuple(
        f"“{words}”按校历（{line.rule.partition(':')[2]}）定为{short(line.end, campaign.counts_from)}"
        for words, line in found.items()
        if line.end is not None
    )


def _refuse_past(campaign: Campaign, today: date, accept_past: bool) -> None:
    past = [t for t in campaign.tasks if t.deadline.end is not None and t.deadline.end < today and t.deadline.every is None]
    if past and not accept_past:
        raise Refused(
            [
                Reason(
                    code="dates-past",
                    text=f"“{t.key}”的最后一天{t.deadline.end}已经过去",
                    unblock="改时间，或加 --accept-past 照常启动（以前的提醒不会补发）",
                )
                for t in past
            ]
        )


def _openings(connection: Connection, campaign: Campaign, campaign_id: int, track: Track) -> None:
    """When the calendar opens each phase after the first, and 办结 after the last."""
    for no in range(2, len(track.phases) + 2):
        day = track.opening_day(no)
        if day is not None:
            at = opens_at(day, campaign.zone)
            enrol.add_opening(connection, at=at, campaign_id=campaign_id, track=track.key, phase=no)


def _phase_no(campaign: Campaign, task: Task) -> int | None:
    names = campaign.track_by_key[task.track].phase_names
    return names.index(task.phase) + 1 if task.phase in names else None
