"""What a reorganisation does to each open duty: kept, void, or owed by a new unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from duban.service.act import settle_case
from duban.service.context import Context, Running, day_of
from duban.service.owing import owed_of
from storage import campaigns, enrol, succession
from storage.acts import Acts
from storage.enrol import Who
from storage.regroup import Noted
from storage.scope import EVERYTHING
from storage.succession import CaseLine, OpenDuty
from storage.units import UnitRead
from workflow.ladder import Group, first_look
from workflow.machine import phase_name
from workflow.model import CLOCK_RUNS, DutyState, Task, Track, duty_key

if TYPE_CHECKING:
    from sqlalchemy import Connection

STILL_THERE = "；已报送的材料仍可查阅"


class Fate(StrEnum):
    """保留, 不再适用, 新增."""

    KEPT = "kept"
    VOID = "void"
    NEW = "new"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What happens to one open duty of one unit, and why. `provisional`: `due` lies in a year whose arrangement is not published."""

    unit: str
    name: str
    campaign: str
    duty: str
    due: date | None
    state: DutyState
    verdict: Fate
    why: str
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """Gives verdicts inside the transaction of one event: `noted` is what its rows have in common."""

    context: Context
    connection: Connection
    noted: Noted
    today: int

    def open(self, unit_ids: Sequence[int] = (), beneath: Sequence[str] = ()) -> list[OpenDuty]:
        return succession.open_duties(self.connection, scope=EVERYTHING, day=self.today, unit_ids=unit_ids, beneath=beneath)

    def keep(self, duties: Iterable[OpenDuty], why: str) -> list[Verdict]:
        """The duties go on as they are."""
        return [self._verdict(duty, Fate.KEPT, why) for duty in duties]

    def void(self, duties: Sequence[OpenDuty], why: str) -> list[Verdict]:
        """The duties of units that end are owed no more; a paper already handed in stays readable."""
        noted = replace(self.noted, reason=why)
        succession.void_duties(self.connection, [duty.id for duty in duties], noted, today=self.today)
        return [
            self._verdict(duty, Fate.VOID, why + (STILL_THERE if duty.state == DutyState.SUBMITTED else "")) for duty in duties
        ]

    def pass_on(self, duties: Sequence[OpenDuty], unit_id: int, heirs: Sequence[int], why: str) -> list[Verdict]:
        """New units come into the campaigns of the old one, in its phase, and owe by its lines what it had not handed in.

        What it had handed in they are not asked again.
        """
        noted = replace(self.noted, reason=why)
        for case in succession.cases_of(self.connection, [unit_id]):
            succession.copy_case(self.connection, case, heirs, noted, state=self._phase(case))
        owed = [duty for duty in duties if duty.state in CLOCK_RUNS]
        if owed:
            self._copy(owed, heirs, noted)
        return [self._verdict(duty, Fate.NEW, why) for duty in self.open(heirs)]

    def enrol(self, unit: UnitRead, why: str) -> list[Verdict]:
        """A new unit comes into every campaign that means its kind, where the calendar is, and owes what is still ahead."""
        for row in campaigns.campaigns(self.connection, running=True):
            running = self.context.running(row.id)
            today = day_of(self.noted.at, running.campaign.zone)
            if today <= running.campaign.ends:
                self._enrol(running, unit, today, why)
        return [self._verdict(duty, Fate.NEW, why) for duty in self.open([unit.id])]

    def settle_above(self, paths: Iterable[str]) -> None:
        """Committees that only waited for a branch that is gone go on to their next phase."""
        above = {int(part) for path in paths for part in path.strip("/").split("/")[:-1]}
        acts = Acts(self.connection.connection.driver_connection, self.context.database.dialect, self.connection)
        for case in succession.cases_of(self.connection, sorted(above, reverse=True)):
            running = self.context.running(case.campaign_id)
            if any(phase.waits_for_branches for phase in running.campaign.track_by_key[case.track].phases):
                settle_case(self.context, acts, running, case.case_id, by=self.noted.by, now=self.noted.at)

    def _verdict(self, duty: OpenDuty, fate: Fate, why: str) -> Verdict:
        due = date.fromordinal(duty.due_day) if duty.due_day is not None else None
        return Verdict(
            unit=duty.code,
            name=duty.unit,
            campaign=duty.campaign,
            duty=duty_key(duty.task_key, duty.occurrence),
            due=due,
            state=DutyState(duty.state),
            verdict=fate,
            why=why,
            provisional=due is not None and not self.context.calendar.is_certain(due),
        )

    def _phase(self, case: CaseLine) -> str:
        campaign = self.context.running(case.campaign_id).campaign
        return phase_name(campaign.track_by_key[case.track], case.phase)

    def _copy(self, owed: Sequence[OpenDuty], heirs: Sequence[int], noted: Noted) -> None:
        ids = [duty.id for duty in owed]
        fresh = succession.copy_duties(self.connection, ids, heirs, noted, made_on=self.today)
        for duty in owed:
            look = self._first_look(duty)
            if look is not None:
                mine = succession.same_duty(fresh, duty)
                enrol.start_timers(self.connection, mine, at=look)

    def _first_look(self, duty: OpenDuty) -> int | None:
        campaign = self.context.running(duty.campaign_id).campaign
        task = campaign.task_by_key.get(duty.task_key)
        if task is None or not task.chased or duty.due_day is None:
            return None
        internal = date.fromordinal(duty.internal_day) if duty.internal_day is not None else None
        group = Group(due=date.fromordinal(duty.due_day), internal=internal, made_on=date.fromordinal(self.today))
        return first_look(campaign, group, self.context.calendar)

    def _enrol(self, running: Running, unit: UnitRead, today: date, why: str) -> None:
        phases = {}
        for track in running.campaign.tracks:
            made = enrol.enrol(
                self.connection,
                campaign_id=running.id,
                track=track.key,
                who=Who(kinds=track.kinds, names=track.units, branch_kinds=track.branch_kinds),
                root_path=unit.path,
                phases=len(track.phases),
                day=self.today,
            )
            if made:
                phases[track.key] = self._place(running, track, unit, today)
        ids = campaigns.task_ids(self.connection, running.id)
        for task in running.campaign.tasks:
            if task.track in phases and not task.selector.grades and _ahead(running, task, phases[task.track], today):
                self._owe(running, task, ids[task.key], unit, today, why)

    def _place(self, running: Running, track: Track, unit: UnitRead, today: date) -> int:
        phase = calendar_phase(track, today)
        campaign_id, at, by = running.id, self.noted.at, self.noted.by
        succession.set_phase(self.connection, campaign_id=campaign_id, track=track.key, unit_id=unit.id, phase=phase)
        state = phase_name(track, phase)
        enrol.journal_cases(
            self.connection, campaign_id=campaign_id, track=track.key, state=state, day=self.today, at=at, by=by
        )
        return phase

    def _owe(self, running: Running, task: Task, task_id: int, unit: UnitRead, today: date, why: str) -> None:
        for owed in owed_of(self.context.calendar, running.campaign, task, task_id, today=today, launch=False):
            if owed.due_day is None or owed.due_day >= self.today:
                enrol.owe(
                    self.connection,
                    owed,
                    campaign_id=running.id,
                    day=self.today,
                    at=self.noted.at,
                    by=self.noted.by,
                    units=succession.just(unit.id),
                    reason=why,
                )


def calendar_phase(track: Track, today: date) -> int:
    """The last phase the calendar has opened; the first if none has a date."""
    opened = [no for no in range(2, len(track.phases) + 1) if (day := track.opening_day(no)) is not None and day <= today]
    return max(opened, default=1)


def _ahead(running: Running, task: Task, phase: int, today: date) -> bool:
    """A new unit is not asked what was due before it was there."""
    if task.deadline.every is not None:
        return True
    if task.deadline.end is not None:
        return task.deadline.end >= today
    names = running.campaign.track_by_key[task.track].phase_names
    return task.phase not in names or names.index(task.phase) + 1 >= phase
