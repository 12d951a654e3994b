"""What an act does, or every reason why it may not be done. Pure: buttons, API, previews and `explain` all ask here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from workflow import guards as g
from workflow.errors import Reason, Refused
from workflow.facts import Entry, Facts, Outcome
from workflow.guards import Attempt
from workflow.machine import (
    ADVANCE,
    CASE_ACTS,
    COMMON,
    DUTY_ACTS,
    acts_in,
    duty_machine,
    phase_name,
    sources,
    track_machine,
    try_act,
)
from workflow.model import CLOSED, Campaign, DutyState, Way


def decide(campaign: Campaign, facts: Facts) -> Outcome:
    """The outcome of `facts.request`. Raises `Refused` with every reason if it is not allowed.

    The act moves the duty through the machine of duties; if that was the last open one of its phase, the case moves on through
    the machine of its track, in the same outcome.
    """
    if facts.request.act in CASE_ACTS:
        return _advance(campaign, facts)
    return _duty_act(campaign, facts)


@dataclass(frozen=True, kw_only=True)
class Action:
    """One act that exists in the present state, with the reasons that stand against it for this person (none: allowed)."""

    act: str
    words: str
    duty: int | None
    key: str | None
    reasons: tuple[Reason, ...]


NEEDS_WORDS = frozenset({"reason-missing", "date-missing", "way-missing", "decision-missing"})
"""Reasons that only say a form must still be filled in: no reason to hide a button."""


def available(campaign: Campaign, facts: Facts) -> tuple[Action, ...]:
    """Every act that exists for this duty (or, without one, for the case), by the same guards that will judge it."""
    names = acts_in(duty_machine(), str(facts.duty.state)) if facts.duty is not None else CASE_ACTS
    return tuple(_probe(campaign, facts, act) for act in names)


def _probe(campaign: Campaign, facts: Facts, act: str) -> Action:
    asked = replace(facts, request=replace(facts.request, act=act))
    try:
        decide(campaign, asked)
        reasons: tuple[Reason, ...] = ()
    except Refused as refusal:
        reasons = tuple(r for r in refusal.reasons if r.code not in NEEDS_WORDS)
    duty = facts.duty
    return Action(
        act=act, words=g.ACT_WORDS[act], duty=duty.id if duty else None, key=duty.key if duty else None, reasons=reasons
    )


def _duty_act(campaign: Campaign, facts: Facts) -> Outcome:
    duty, act = facts.duty, facts.request.act
    if duty is None:
        raise Refused([Reason(code="duty-missing", text="请写明是哪一件事项", unblock="用 --duty 写明事项")])
    machine = duty_machine()
    attempt = Attempt(state=str(duty.state), facts=facts, zone=campaign.zone)
    if str(duty.state) not in sources(machine, act):
        others = tuple(g.ACT_WORDS[a] for a in acts_in(machine, str(duty.state)) if a != "sign")
        raise Refused([g.wrong_state(attempt, act, others), *_against(attempt, (*COMMON, DUTY_ACTS[act][2][0]))])
    if not try_act(machine, act, attempt):
        raise Refused([*attempt.reasons, *_more_data_reasons(facts)])
    after = DutyState(attempt.state)
    outcome = EFFECTS[act](facts, after)
    return _moved_on(campaign, facts, outcome, after)


def _more_data_reasons(facts: Facts) -> tuple[Reason, ...]:
    return facts.request.data_reasons[1:]


def _against(attempt: Attempt, guards: tuple[g.Guard, ...]) -> list[Reason]:
    """What a machine cannot ask, because the act does not exist in this state: who acts, and on what he has seen."""
    return [reason for guard in guards if (reason := guard(attempt)) is not None]


def _advance(campaign: Campaign, facts: Facts) -> Outcome:
    case = facts.case
    machine = track_machine(case.track)
    attempt = Attempt(state=str(case.phase), facts=facts, zone=campaign.zone)
    if str(case.phase) not in sources(machine, "advance"):
        raise Refused(_against(attempt, (g.not_finished, *COMMON, *ADVANCE)))
    if not try_act(machine, "advance", attempt):
        raise Refused(attempt.reasons)
    entered = replace(facts, case=replace(case, phase=int(attempt.state), branches_behind=0))
    outcome = Outcome(
        act="advance", phase=entered.case.phase, entries=(_case_entry(facts, "advance", case.phase, entered.case.phase),)
    )
    if entered.case.current is not None and entered.case.current.waits_for_branches:
        return outcome
    return _carried_on(campaign, entered, outcome)


def _moved_on(campaign: Campaign, facts: Facts, outcome: Outcome, after: DutyState) -> Outcome:
    """The case after the act: as far as acceptances carry it."""
    assert facts.duty is not None
    if after not in CLOSED or facts.duty.closed:
        return outcome
    case = facts.case
    opened = list(case.open_by_phase)
    if not facts.duty.occurrence:  # what recurs is not among the counted: a monthly meeting holds up no phase
        phase_of_duty = _phase_no(facts)
        opened[phase_of_duty] = max(0, opened[phase_of_duty] - 1)
    return _carried_on(campaign, replace(facts, case=replace(case, open_by_phase=tuple(opened))), outcome)


def _carried_on(campaign: Campaign, facts: Facts, outcome: Outcome) -> Outcome:
    """The outcome with the phases left that are finished already: `facts` have the case as the act leaves it."""
    before = facts.case.phase
    moved = settle(campaign, facts)
    if moved == before:
        return outcome
    return replace(outcome, phase=moved, entries=(*outcome.entries, _case_entry(facts, "complete", before, moved)))


def settle(campaign: Campaign, facts: Facts) -> int:
    """The phase a case stands in once every finished phase is left. `branches_behind` holds for the present phase only: a case
    stays in the next one that waits for branches until it is asked again with what is true there."""
    machine = track_machine(facts.case.track)
    attempt = Attempt(state=str(facts.case.phase), facts=facts, zone=campaign.zone)
    while attempt.state in sources(machine, "complete"):
        # The first guard beforehand: most cases stay where they are, and the machine takes long to say no.
        if g.duties_done(attempt) is not None or not try_act(machine, "complete", attempt):
            break
        case = replace(facts.case, phase=int(attempt.state), branches_behind=0)
        if case.current is not None and case.current.waits_for_branches:
            break
        attempt.facts = replace(facts, case=case)
    return int(attempt.state)


def held_by(campaign: Campaign, facts: Facts) -> tuple[Reason, ...]:
    """What keeps a case in its phase: open duties, branches behind, the calendar. Empty once it is 办结."""
    if facts.case.current is None:
        return ()
    attempt = Attempt(state=str(facts.case.phase), facts=facts, zone=campaign.zone)
    try_act(track_machine(facts.case.track), "complete", attempt)
    return tuple(attempt.reasons)


def _phase_no(facts: Facts) -> int:
    assert facts.duty is not None
    name = facts.duty.task.phase
    return facts.case.track.phase_names.index(name) + 1 if name in facts.case.track.phase_names else 0


def _case_entry(facts: Facts, act: str, before: int, after: int) -> Entry:
    track = facts.case.track
    return Entry(
        act=act,
        from_state=phase_name(track, before),
        to_state=phase_name(track, after),
        reason=facts.request.reason if act == "advance" else None,
        of_case=True,
    )


def _entry(facts: Facts, after: DutyState, **changes: Any) -> Entry:
    duty = facts.duty
    assert duty is not None
    values: dict[str, Any] = {
        "act": facts.request.act,
        "from_state": str(duty.state),
        "to_state": str(after),
        "due_day_from": duty.due_day,
        "due_day": duty.due_day,
        "on_time": duty.on_time,
        "reason": facts.request.reason,
    }
    return Entry(**(values | changes))


def _submit(facts: Facts, after: DutyState) -> Outcome:
    """Submission stops the clock. The first one decides whether it was on time, by the server's receipt."""
    assert facts.duty is not None
    return _stopped(facts, after, at=facts.request.now, ways=facts.duty.ways | {Way.ONLINE, Way.EMAIL})


def _receive(facts: Facts, after: DutyState) -> Outcome:
    """Paper handed in stops the clock as of the day it came. A second way (paper after e-mail) adds itself; if it came before
    what was recorded first, that day counts."""
    duty, request = facts.duty, facts.request
    assert duty is not None
    ways = duty.ways | request.ways
    at = request.received_at if request.received_at is not None else request.now
    if duty.state is not DutyState.SUBMITTED:
        return _stopped(facts, after, at=at, ways=ways)
    if duty.resubmitted or duty.first_submitted_at is None or at >= duty.first_submitted_at:
        return Outcome(act="receive", duty={"ways": ways}, entries=(_entry(facts, after),))
    on_time = duty.on_time or duty.closes_at is None or at < duty.closes_at
    columns = {"ways": ways, "submitted_at": at, "first_submitted_at": at, "on_time": on_time, "judged_day": duty.due_day}
    return Outcome(act="receive", duty=columns, entries=(_entry(facts, after, on_time=on_time),))


def _stopped(facts: Facts, after: DutyState, *, at: int, ways: frozenset[Way]) -> Outcome:
    duty, request = facts.duty, facts.request
    assert duty is not None
    first = duty.first_submitted_at is None
    on_time = (duty.closes_at is None or at < duty.closes_at) if first else duty.on_time
    proxy = request.act == "submit" and g.is_proxy(facts)
    columns = {
        "state": str(after),
        "submitted_at": at,
        "first_submitted_at": at if first else duty.first_submitted_at,
        "on_time": on_time,
        "ways": ways,
        "proxy": proxy,
    }
    if first:
        columns["judged_day"] = duty.due_day
    return Outcome(act=request.act, duty=columns, entries=(_entry(facts, after, on_time=on_time),), clock="review", proxy=proxy)


def _withdraw(facts: Facts, after: DutyState) -> Outcome:
    """Taken back before review: as if it had not been sent. The on-time mark goes too, unless an earlier one had earned it."""
    duty = facts.duty
    assert duty is not None
    columns: dict[str, Any] = {"state": str(after), "submitted_at": None, "ways": frozenset()}
    if duty.resubmitted:
        return Outcome(act="withdraw", duty=columns, entries=(_entry(facts, after),), clock="run")
    columns |= {"first_submitted_at": None, "on_time": None, "judged_day": None}
    return Outcome(act="withdraw", duty=columns, entries=(_entry(facts, after, on_time=None),), clock="run")


def _accept(facts: Facts, after: DutyState) -> Outcome:
    columns = {"state": str(after), "accepted_at": facts.request.now}
    return Outcome(act="accept", duty=columns, entries=(_entry(facts, after),), clock="stop", confirms=True)


def _return(facts: Facts, after: DutyState) -> Outcome:
    """The first submission keeps its on-time mark. A 补正时间 after the present line is a line of its own, in a new epoch."""
    duty, request = facts.duty, facts.request
    assert duty is not None
    columns: dict[str, Any] = {"state": str(after), "submitted_at": None, "ways": frozenset()}
    if request.to is None or request.to == duty.due_day:
        return Outcome(act="return", duty=columns, entries=(_entry(facts, after),), clock="run")
    columns |= _new_line(facts)
    return Outcome(act="return", duty=columns, entries=(_entry(facts, after, due_day=request.to),), clock="run")


def _extend(facts: Facts, after: DutyState) -> Outcome:
    """Both lines are kept: `first_due_day` stays, the journal has from and to, the epoch counts."""
    duty, request = facts.duty, facts.request
    assert duty is not None
    clock = "run" if duty.clock_runs else "keep"
    return Outcome(act="extend", duty=_new_line(facts), entries=(_entry(facts, after, due_day=request.to),), clock=clock)


def _new_line(facts: Facts) -> dict[str, Any]:
    """The columns of a line that moves: a new epoch. The lock never falls before it, and the old internal line is gone."""
    duty, request = facts.duty, facts.request
    assert duty is not None
    columns: dict[str, Any] = {
        "due_day": request.to,
        "closes_at": request.to_closes_at,
        "internal_day": None,
        "epoch": duty.epoch + 1,
    }
    if duty.locks_at is not None and request.to_closes_at is not None:
        columns["locks_at"] = max(duty.locks_at, request.to_closes_at)
    return columns


def _waive(facts: Facts, after: DutyState) -> Outcome:
    return Outcome(act="waive", duty={"state": str(after)}, entries=(_entry(facts, after),), clock="stop")


def _reopen(facts: Facts, after: DutyState) -> Outcome:
    """A new epoch, not a continuation: nothing of the old reminders is used again. With a day it gets a new line as well."""
    duty, request = facts.duty, facts.request
    assert duty is not None
    columns: dict[str, Any] = {"state": str(after), "submitted_at": None, "accepted_at": None, "ways": frozenset()}
    if request.to is None or request.to == duty.due_day:
        columns["epoch"] = duty.epoch + 1
        return Outcome(act="reopen", duty=columns, entries=(_entry(facts, after),), clock="run")
    columns |= _new_line(facts)
    return Outcome(act="reopen", duty=columns, entries=(_entry(facts, after, due_day=request.to),), clock="run")


def _sign(facts: Facts, after: DutyState) -> Outcome:
    said = f"{facts.request.decision}：{facts.request.reason}" if facts.request.reason else facts.request.decision
    return Outcome(act="sign", entries=(_entry(facts, after, reason=said),))


EFFECTS = {
    "submit": _submit,
    "receive": _receive,
    "withdraw": _withdraw,
    "accept": _accept,
    "return": _return,
    "extend": _extend,
    "waive": _waive,
    "reopen": _reopen,
    "sign": _sign,
}
