"""What is asked, and what `decide` may look at: the words of an act and the rows read for it become facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from duban.clock import YEARS
from duban.service import choice, effects
from duban.service.context import Context, Running, day_of
from duban.service.people import standing
from phases.forms import check as check_form
from storage.acts import Acts, CaseRead, DutyRead
from storage.scope import EVERYTHING, Scope
from workflow.deadline import closes_at
from workflow.errors import DubanError, Reason, Refused
from workflow.facts import Actor, CaseFacts, DutyFacts, Facts, Request
from workflow.model import SECOND_LEVEL, Campaign, DutyState, Phase, Task, Track, Way

WAY_BITS = {Way.PAPER: 1, Way.EMAIL: 2, Way.ONLINE: 4}
WAYS = {bits: frozenset(w for w, bit in WAY_BITS.items() if bits & bit) for bits in range(8)}
RETURN_WORKDAYS = 3
"""补正时间: working days a return gives when the reviewer names no day; never less than the line that still runs."""
CLOSING_ACTS = ("accept", "waive", "advance")
NO_DUTY = "没有找到这件事项：它可能不存在，或者您无权查看"
NO_CASE = "没有找到这项进展：它可能不存在，或者您无权查看"
"""What does not exist and what one may not see are not told apart."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The words of an act. `by` is a person's id; `to` a day; `ways` how a registered paper came. A unit outside `scope` does not exist."""

    act: str
    by: int
    duty: int | None = None
    case: int | None = None
    reason: str | None = None
    to: date | None = None
    data: Mapping[str, Any] | None = None
    ways: frozenset[Way] = frozenset()
    received_on: date | None = None
    expect_version: int | None = None
    via: str | None = None
    scope: Scope = EVERYTHING


def facts_of(
    context: Context,
    acts: Acts,
    running: Running,
    case: CaseRead,
    duty: DutyRead | None,
    asked: Asked,
    now: int,
    *,
    counts: bool = False,
) -> Facts:
    """What `decide` may look at. Counts of other duties are read only for acts that can end a phase."""
    campaign = running.campaign
    track = campaign.track_by_key[case.track]
    today = day_of(now, campaign.zone)
    opened, all_ = [0] * (len(track.phases) + 2), [0] * (len(track.phases) + 2)
    behind, branches = 0, None
    if counts or asked.act in CLOSING_ACTS:
        for phase, total, still_open in acts.counts(case.case_id):
            opened[phase], all_[phase] = still_open, total
        current = track.phases[case.phase - 1] if case.phase <= len(track.phases) else None
        if current is not None and current.waits_for_branches:
            behind = _behind(acts, running, case, today)
            branches = sum(
                acts.branches(running.id, key, case.unit_path, today.toordinal())
                for key, _ in branch_phases(campaign, track, current)
            )
    case_facts = CaseFacts(
        id=case.case_id,
        unit_id=case.unit_id,
        unit_name=case.unit_name,
        unit_kind=case.unit_kind,
        track=track,
        phase=case.phase,
        version=case.version,
        open_by_phase=tuple(opened),
        duties_by_phase=tuple(all_),
        branches_behind=behind,
        branches=branches,
    )
    duty_facts = _duty_facts(context, acts, running, duty, asked) if duty is not None else None
    return Facts(
        request=_request(context, acts, running, case, duty_facts, asked, now, today), case=case_facts, duty=duty_facts
    )


def _behind(acts: Acts, running: Running, case: CaseRead, today: date) -> int:
    """Branch cases below that have not left the phase of the same name."""
    track = running.campaign.track_by_key[case.track]
    return sum(
        acts.behind(running.id, key, phase, case.unit_path, today.toordinal())
        for key, phase in branch_phases(running.campaign, track, track.phases[case.phase - 1])
    )


def branch_phases(campaign: Campaign, track: Track, phase: Phase) -> tuple[tuple[str, int], ...]:
    """(track, number) of the phases of the same name that branches walk: those a second-level phase waits for."""
    return tuple(
        (other.key, other.phase_names.index(phase.name) + 1)
        for other in campaign.tracks
        if other.key != track.key and phase.name in other.phase_names and not set(other.kinds) <= set(SECOND_LEVEL)
    )


def _duty_facts(context: Context, acts: Acts, running: Running, duty: DutyRead, asked: Asked) -> DutyFacts:
    task = running.campaign.task_by_key.get(duty.task_key)
    if task is None:
        raise DubanError(f"活动设置里已经没有事项“{duty.task_key}”：请告诉维护人员", code="orphan-task")
    return DutyFacts(
        id=duty.id,
        task=task,
        occurrence=duty.occurrence,
        state=DutyState(duty.state),
        epoch=duty.epoch,
        version=duty.version,
        opens_at=duty.opens_at,
        due_day=date.fromordinal(duty.due_day) if duty.due_day is not None else None,
        closes_at=duty.closes_at,
        locks_at=duty.locks_at,
        first_submitted_at=duty.first_submitted_at,
        submitted_at=duty.submitted_at,
        on_time=None if duty.on_time is None else bool(duty.on_time),
        ways=WAYS[duty.ways],
        asked=asked.act == "sign" and bool(choice.asked_at(acts, running.campaign, duty)),
    )


def _request(
    context: Context,
    acts: Acts,
    running: Running,
    case: CaseRead,
    duty: DutyFacts | None,
    asked: Asked,
    now: int,
    today: date,
) -> Request:
    name, posts = acts.actor(asked.by, today.toordinal()) if asked.by else ("", [])
    actor = Actor(person=asked.by, name=name, standing=standing(posts, case.unit_id, case.unit_path))
    zone = running.campaign.zone
    to = _reckoned(asked.to)
    if asked.act in ("return", "reopen") and to is None and duty is not None and duty.due_day is not None:
        to = max(duty.due_day, context.calendar.add(today, RETURN_WORKDAYS).day)
    received_at = None
    if asked.act == "receive" and asked.received_on is not None and asked.received_on < today:
        received_at = closes_at(asked.received_on, None, zone) - 1
    return Request(
        act=asked.act,
        actor=actor,
        now=now,
        today=today,
        reason=asked.reason,
        to=to,
        to_closes_at=closes_at(to, None, zone) if to is not None else None,
        ways=asked.ways,
        received_on=asked.received_on,
        received_at=received_at,
        has_data=asked.data is not None,
        data_reasons=_data_reasons(acts, running, case, duty, asked, today),
        decision=str(asked.data.get("decision")) if asked.act == "sign" and asked.data else None,
        expect_version=asked.expect_version,
    )


def _reckoned(day: date | None) -> date | None:
    """A day that calendars can count from. Raises `Refused`."""
    if day is not None and day.year not in YEARS:
        text = f"日期{day}的年份不在{YEARS.start}到{YEARS.stop - 1}之间"
        raise Refused([Reason(code="day-beyond", text=text, unblock="请核对年份")])
    return day


def _data_reasons(
    acts: Acts, running: Running, case: CaseRead, duty: DutyFacts | None, asked: Asked, today: date
) -> tuple[Reason, ...]:
    if asked.act != "submit" or duty is None:
        return ()
    reasons = data_reasons(running, duty.task, asked.data)
    if duty.task.grading is not None and asked.data is not None and not reasons:
        return effects.grading_reasons(acts, running, case, duty.task, asked.data, today)
    return reasons


def data_reasons(running: Running, task: Task, data: Mapping[str, Any] | None) -> tuple[Reason, ...]:
    """What the form of a task finds wrong with data; a task without a form needs none, and takes a note in words."""
    if task.form is None:
        if data is None or (set(data) == {"note"} and isinstance(data["note"], str)):
            return ()
        return (Reason(code="data-not-asked", text=f"“{task.key}”不需要附带数据", unblock="去掉 --data 再报送"),)
    if data is None:
        text = f"“{task.key}”要按表单“{task.form}”填写"
        return (Reason(code="data-missing", text=text, unblock=f"用 --data 文件.json 报送；格式见 duban form {task.form}"),)
    return check_form(task.form, data, scale=scale_of(running.campaign, task))


def scale_of(campaign: Campaign, task: Task) -> Sequence[str]:
    """The labels a form of this task may use, best first: of the round it is, else of the round in which its units are graded."""
    if task.grading is not None:
        return next(g.scale for g in campaign.gradings if g.no == task.grading)
    return next((g.scale for g in campaign.gradings if g.subject == task.track), ())
