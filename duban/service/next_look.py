"""When a duty next needs a run after an act: its own ladder goes on, or its reviewer's begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from duban.service.context import Context, Running, day_of
from storage.acts import Acts, DutyRead
from workflow.facts import DutyFacts, Outcome
from workflow.ladder import Group, first_look
from workflow.model import DutyState, Rung


@dataclass(frozen=True, kw_only=True)
class NextLook:
    """A timer to be, in UTC seconds, with the place on the ladder; days are ordinals."""

    at: int
    rung: int
    repeat: int
    told_on: int | None
    held_to: int | None = None


def next_look(
    context: Context, acts: Acts, running: Running, duty: DutyRead, facts: DutyFacts, outcome: Outcome, *, today: date
) -> NextLook | None:
    """The next timer of a duty that an act gives a new version; None: nobody needs to look.

    In the same epoch the ladder goes on where it stood, and a promise still holds: nobody is told a second time, or too early.
    """
    if outcome.clock == "run":
        return _of_owner(context, acts, running, duty, facts, outcome, today)
    if outcome.clock == "review" or (outcome.duty and facts.state == DutyState.SUBMITTED and outcome.clock == "keep"):
        return _of_reviewer(context, acts, running, duty, facts, today, begins=outcome.clock == "review")
    return None


def stands_at(acts: Acts, duty: DutyRead, group: Group, ladder: tuple[Rung, ...], *, zone: str) -> Group:
    """A group with its place on a ladder, by what was told about the duty's present line, or was dropped above that: it stays dropped."""
    told, dropped = acts.rungs_told(duty.id, duty.epoch), acts.rungs_dropped(duty.id, duty.epoch)
    last = max((rung for rung in ladder if rung.key in told or rung.key in dropped), key=lambda rung: rung.no, default=None)
    if last is None:
        return group
    if last.key not in told:
        return replace(group, rung=last.no)
    repeat, when = told[last.key]
    return replace(group, rung=last.no, repeat=repeat, told_on=day_of(when, zone))


def review_day(context: Context, running: Running, today: date) -> date | None:
    """The last day for reviewing what is submitted today (审核时限); None: no time is set for it."""
    campaign = running.campaign
    if not campaign.review_ladder or campaign.review_workdays is None:
        return None
    return context.calendar.add(today, campaign.review_workdays).day


def _of_owner(
    context: Context, acts: Acts, running: Running, duty: DutyRead, facts: DutyFacts, outcome: Outcome, today: date
) -> NextLook | None:
    due = outcome.duty.get("due_day", facts.due_day)
    if due is None or not facts.task.chased:
        return None
    internal = date.fromordinal(duty.internal_day) if duty.internal_day and due == facts.due_day else None
    group = Group(due=due, internal=internal, made_on=today)
    if outcome.duty.get("epoch", facts.epoch) == facts.epoch:
        acts.say_after_all(duty.id, facts.epoch)
        group = stands_at(acts, duty, group, running.campaign.ladder, zone=running.campaign.zone)
        promised = acts.promised_to(duty.id, facts.epoch)
        if promised is not None and promised >= today.toordinal():
            group = replace(group, held_to=date.fromordinal(promised))
    return _look(context, running, group, repeat=group.repeat)


def _of_reviewer(
    context: Context, acts: Acts, running: Running, duty: DutyRead, facts: DutyFacts, today: date, *, begins: bool
) -> NextLook | None:
    """His time begins with each submission, and he is told of each: `repeat` counts how often the duty came to him before."""
    kept = date.fromordinal(duty.review_day) if duty.review_day is not None else None
    last_day = review_day(context, running, today) if begins else kept
    if last_day is None:
        return None
    group = Group(due=last_day, internal=None, made_on=today, review=True)
    told = acts.rungs_told(duty.id, facts.epoch) if facts.first_submitted_at is not None else {}
    mine = [(rung, *told[rung.key]) for rung in running.campaign.review_ladder if rung.key in told]
    before = max((repeat for _, repeat, _ in mine), default=-1) + 1
    present = [each for each in mine if not begins and each[2] >= (facts.submitted_at or 0)]
    if not present:
        return _look(context, running, group, repeat=before)
    rung, repeat, when = max(present, key=lambda each: each[0].no)
    stands = replace(group, rung=rung.no, told_on=day_of(when, running.campaign.zone))
    return _look(context, running, stands, repeat=repeat)


def _look(context: Context, running: Running, group: Group, *, repeat: int) -> NextLook | None:
    at = first_look(running.campaign, group, context.calendar)
    if at is None:
        return None
    return NextLook(
        at=at,
        rung=group.rung,
        repeat=repeat,
        told_on=group.told_on.toordinal() if group.told_on else None,
        held_to=group.held_to.toordinal() if group.held_to else None,
    )
