"""What stands against preparing an act: keeping a form half-way, asking for more time, answering who asked?"""

from __future__ import annotations

from collections.abc import Sequence

from workflow import guards as g
from workflow.errors import Reason
from workflow.facts import Facts
from workflow.guards import Attempt, Guard
from workflow.model import CLOCK_RUNS, Campaign, DutyState


def against_saving(campaign: Campaign, facts: Facts) -> tuple[Reason, ...]:
    """暂存: whoever may submit may keep the form half-way, also before the window opens."""
    return (*_asked(campaign, facts, (g.submits,)), *_still_open(facts, "不能再暂存"))


def against_asking(campaign: Campaign, facts: Facts) -> tuple[Reason, ...]:
    """申请延期: the unit itself asks, with a day later than its line and the reason."""
    guards = (_own, g.has_reason, g.date_named, g.line_moves_on, g.line_ahead)
    return (*_asked(campaign, facts, guards), *_has_line(facts), *_still_open(facts, "不需要延期"))


def against_taking_back(campaign: Campaign, facts: Facts) -> tuple[Reason, ...]:
    """撤回申请: the unit itself, whoever of it asked."""
    return _asked(campaign, facts, (_own,))


def against_refusing(campaign: Campaign, facts: Facts) -> tuple[Reason, ...]:
    """不同意延期: whoever could have granted it, with words. (Granting is the act `extend`.)"""
    return _asked(campaign, facts, (g.right_version, g.extends, g.has_reason))


def _asked(campaign: Campaign, facts: Facts, guards: Sequence[Guard]) -> tuple[Reason, ...]:
    assert facts.duty is not None
    attempt = Attempt(state=str(facts.duty.state), facts=facts, zone=campaign.zone)
    return tuple(reason for guard in guards if (reason := guard(attempt)) is not None)


def _own(attempt: Attempt) -> Reason | None:
    """Who chases a unit extends; he does not ask himself."""
    actor = attempt.facts.request.actor
    if actor.holds("own", g.SUBMITTERS):
        return None
    text = f"{actor.name}不能为{attempt.facts.case.unit_name}办理：延期由本单位书记、委员申请"
    return Reason(code="wrong-actor", text=text, unblock="请本单位书记办理")


def _has_line(facts: Facts) -> tuple[Reason, ...]:
    if facts.duty is None or facts.duty.due_day is not None:
        return ()
    return (Reason(code="no-line", text="这件事项还没有定下时限，不需要延期"),)


def _still_open(facts: Facts, so: str) -> tuple[Reason, ...]:
    """While the owner's clock runs."""
    assert facts.duty is not None
    if facts.duty.state in CLOCK_RUNS:
        return ()
    words = g.WRONG_STATE[DutyState(facts.duty.state)]
    return (Reason(code="wrong-state", text=f"“{facts.duty.task.name}”{words}，{so}"),)
