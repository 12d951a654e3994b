"""One duty as it stands to a person, within what he may see: read once, for whoever shows it or changes what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from duban.service.context import Context, Running, day_of
from duban.service.facts import NO_DUTY, Asked, facts_of
from duban.service.noting import note_duty
from storage.acts import Acts, CaseRead, DutyRead
from storage.regroup import Noted
from workflow.errors import NotFound
from workflow.facts import DutyFacts, Facts
from workflow.model import Campaign, Task

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class DutyAt:
    """A duty with its case, and the facts about what is asked. Valid as long as the transaction it was read in."""

    acts: Acts
    running: Running
    case: CaseRead
    duty: DutyRead
    facts: Facts
    now: int
    today: date

    @property
    def campaign(self) -> Campaign:
        return self.running.campaign

    @property
    def owed(self) -> DutyFacts:
        assert self.facts.duty is not None
        return self.facts.duty

    @property
    def task(self) -> Task:
        return self.owed.task

    def journal(self, act: str, reason: str | None, *, by: int, via: str | None) -> None:
        """A line that leaves state, line and mark as they are."""
        note_duty(
            self.acts, self.case, self.duty, act, Noted(day=self.today.toordinal(), at=self.now, by=by, via=via, reason=reason)
        )


def duty_at(context: Context, connection: Connection, asked: Asked) -> DutyAt:
    """The duty that is asked about, to the person who asks. Raises `NotFound` if there is none in his scope."""
    context.refresh(connection)
    now = context.now()
    acts = Acts(connection.connection.driver_connection, context.database.dialect, connection)
    duty = acts.duty(asked.duty) if asked.duty is not None else None
    case = acts.case(duty.case_id, day_of(now).toordinal()) if duty is not None else None
    if duty is None or case is None or not asked.scope.sees(case.unit_path):
        raise NotFound(NO_DUTY)
    running = context.running(case.campaign_id)
    facts = facts_of(context, acts, running, case, duty, asked, now)
    return DutyAt(
        acts=acts, running=running, case=case, duty=duty, facts=facts, now=now, today=day_of(now, running.campaign.zone)
    )
