"""提请: what waits for a leader's decision, and his choice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from duban.service.act import act
from duban.service.choice import asked_at, decided, standing
from duban.service.context import Context, day_of
from duban.service.entitled import actor
from duban.service.facts import NO_DUTY, Asked
from duban.service.papers import second_level
from storage import decisions as rows
from storage import papers as paper_rows
from storage.acts import Acts
from storage.campaigns import campaigns
from storage.decisions import DecisionRead
from storage.scope import EVERYTHING, Scope
from workflow.errors import NotFound, Refused
from workflow.guards import DECISIONS, is_leader
from workflow.model import duty_key

__all__ = ["DECISIONS", "Decided", "WaitingDecision", "decide", "waiting_decisions"]


@dataclass(frozen=True, kw_only=True)
class WaitingDecision:
    """A duty brought before leaders that nobody has decided about. `asked_at` is UTC seconds."""

    duty: int
    campaign: int
    campaign_name: str
    unit: str
    unit_name: str
    key: str
    due: date | None
    rung: str
    leaders: tuple[str, ...]
    asked_at: int


@dataclass(frozen=True, kw_only=True)
class Decided:
    """The choice that stands, when it was made (UTC seconds), and the 督办单 about its milestone, if there is one."""

    duty: int
    choice: str
    note: str | None
    by: str
    at: int
    paper: int | None = None


def decide(
    context: Context,
    duty: int,
    choice: str,
    *,
    by: int,
    note: str | None = None,
    via: str | None = None,
    scope: Scope = EVERYTHING,
) -> Decided:
    """Record a leader's choice. The first stands: the same again changes nothing, another is refused and names it."""
    earlier = _earlier(context, duty, scope)
    if earlier is None or not _leads(context, by):  # others are refused by the guards, and do not hear what was decided
        try:
            asked = Asked(act="sign", by=by, duty=duty, data={"decision": choice}, reason=note or None, via=via, scope=scope)
            act(context, asked)
        except Refused as refusal:
            if refusal.code != "already-decided":
                raise
        earlier = _earlier(context, duty, scope)
        assert earlier is not None
    if earlier.choice != choice:
        raise Refused([decided(earlier, context.now())])
    return Decided(
        duty=duty, choice=choice, note=earlier.note, by=earlier.person, at=earlier.at, paper=_paper(context, duty, choice)
    )


def waiting_decisions(
    context: Context, *, by: int | None = None, campaign: int | None = None, scope: Scope = EVERYTHING
) -> tuple[WaitingDecision, ...]:
    """What leaders (or one of them) were asked and nobody has decided, while it is still open; in the order of the tree."""
    with context.database.read() as connection:
        context.refresh(connection)
        ids = [row.id for row in campaigns(connection, running=True) if campaign in (None, row.id)]
        rungs = {id_: [r.key for r in context.running(id_).campaign.ladder if r.kind == "ask"] for id_ in ids}
        lines = rows.waiting(connection, scope=scope, day=context.today().toordinal(), rungs=rungs, person_id=by)
    made: dict[tuple[int, str], WaitingDecision] = {}
    for line in lines:
        before = made.get((line.duty_id, line.rung))
        made[line.duty_id, line.rung] = WaitingDecision(
            duty=line.duty_id,
            campaign=line.campaign_id,
            campaign_name=line.campaign,
            unit=line.unit_code,
            unit_name=line.unit,
            key=duty_key(line.task_key, line.occurrence),
            due=date.fromordinal(line.due_day) if line.due_day is not None else None,
            rung=line.rung,
            leaders=(*(before.leaders if before else ()), line.leader),
            asked_at=min(line.asked_at, before.asked_at) if before else line.asked_at,
        )
    return tuple(made.values())


def _leads(context: Context, person: int) -> bool:
    with context.database.read() as connection:
        return is_leader(actor(context, connection, person))


def _earlier(context: Context, duty_id: int, scope: Scope) -> DecisionRead | None:
    with context.database.read() as connection:
        acts = Acts(connection.connection.driver_connection, context.database.dialect, connection)
        duty = acts.duty(duty_id)
        case = acts.case(duty.case_id, context.today().toordinal()) if duty is not None else None
        if duty is None or case is None or not scope.sees(case.unit_path):
            raise NotFound(NO_DUTY)
        context.keep_up(case.calendar, case.version_now)
        rung = asked_at(acts, context.running(case.campaign_id).campaign, duty)
        return standing(connection, duty, rung) if rung else None


def _paper(context: Context, duty_id: int, choice: str) -> int | None:
    """The draft of a 督办单 that lists this duty's task, newest first."""
    if choice != "督办单":
        return None
    with context.database.read() as connection:
        acts = Acts(connection.connection.driver_connection, context.database.dialect, connection)
        duty = acts.duty(duty_id)
        assert duty is not None
        day = day_of(context.now()).toordinal()
        case = acts.case(duty.case_id, day)
        unit = second_level(connection, case.unit_path, day) if case is not None else None
        if case is None or unit is None:
            return None
        found = paper_rows.papers(connection, scope=EVERYTHING, day=day, campaign_id=case.campaign_id)
    about = [p.id for p in found if (p.kind, p.unit_id, p.task_id) == (choice, unit.id, duty.task_id)]
    return about[-1] if about else None
