"""Whom somebody reviews in a campaign: the cases and duties before him, as read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from duban.service.context import Context, Running, day_of
from duban.service.people import standing
from duban.service.status import DutyStatus, duty_status
from duban.service.visiting import NO_PAGE, Visitor
from storage import matrix as rows
from storage.matrix import CaseOf, DutyOf
from storage.scope import Scope
from storage.status import DutyLine
from workflow.errors import NotFound
from workflow.facts import Actor, CaseFacts, Facts, Request
from workflow.guards import is_proxy
from workflow.workdays import WorkCalendar

Owed = tuple[DutyOf, DutyStatus]
"""A duty, and how the board would show it today."""


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """`branches`: they are branches, and he is their committee's; otherwise the units above them, whom 组织部 reviews.

    `duties` has those of each case in the order of the definition; `proxied` are the cases he may fill in for (代填).
    """

    running: Running
    now: int
    today: date
    calendar: WorkCalendar
    branches: bool
    cases: tuple[CaseOf, ...]
    duties: dict[int, tuple[Owed, ...]]
    proxied: frozenset[int]

    @property
    def owed(self) -> tuple[Owed, ...]:
        return tuple(one for duties in self.duties.values() for one in duties)


def reviewed(context: Context, running: Running, visitor: Visitor) -> Reviewed:
    """What lies before a clerk: the branches below his unit; before 组织部: all units that are no branches.

    Raises `NotFound` for who reviews nobody.
    """
    beneath, branches = _whom(visitor)
    now = context.now()
    today = day_of(now, running.campaign.zone)
    day = today.toordinal()
    with context.database.read() as connection:
        context.refresh(connection)
        calendar = context.calendar
        cases = rows.cases(connection, scope=visitor.scope, campaign_id=running.id, day=day, beneath=beneath, branches=branches)
        found = rows.duties(
            connection, scope=visitor.scope, campaign_id=running.id, day=day, beneath=beneath, branches=branches
        )
    duties: dict[int, list[Owed]] = {case.case_id: [] for case in cases}
    for duty in found:
        if duty.case_id in duties:
            duties[duty.case_id].append((duty, duty_status(_line(duty), today, running.campaign.zone, calendar)))
    return Reviewed(
        running=running,
        now=now,
        today=today,
        calendar=calendar,
        branches=branches,
        cases=tuple(cases),
        duties={case: tuple(of_case) for case, of_case in duties.items()},
        proxied=frozenset(
            case.case_id for case in cases if visitor.may_act and is_proxy(_facts(running, visitor, case, now, today))
        ),
    )


def _whom(visitor: Visitor) -> tuple[Scope, bool]:
    """Below which paths, and whether branches or the units above them."""
    if visitor.reviews:
        return Scope(tuple(dict.fromkeys(post.path for post in visitor.posts if post.unit_id in visitor.reviews))), True
    if visitor.office:
        return visitor.scope, False
    raise NotFound(NO_PAGE)


def _line(duty: DutyOf) -> DutyLine:
    return DutyLine(
        case_id=duty.case_id,
        duty_id=duty.duty_id,
        task_key=duty.task_key,
        occurrence=duty.occurrence,
        state=duty.state,
        due_day=duty.due_day,
        first_due_day=duty.first_due_day,
        on_time=duty.on_time,
        first_submitted_at=duty.first_submitted_at,
        first_submitted_on=None,
        judged_day=duty.judged_day,
    )


def _facts(running: Running, visitor: Visitor, case: CaseOf, now: int, today: date) -> Facts:
    """What a guard must know to say whether somebody would submit for a unit below his own."""
    actor = Actor(person=visitor.person, name=visitor.name, standing=standing(visitor.posts, case.unit_id, case.path))
    of = CaseFacts(
        id=case.case_id,
        unit_id=case.unit_id,
        unit_name=case.name,
        unit_kind=case.kind,
        track=running.campaign.track_by_key[case.track],
        phase=case.phase,
        version=case.version,
        open_by_phase=(),
        duties_by_phase=(),
    )
    return Facts(request=Request(act="submit", actor=actor, now=now, today=today), case=of)
