"""How did a duty stand at the end of a day: what was owed, who had been told, what held it back, and which step comes next?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from duban.service.asking import is_about
from duban.service.context import Context, day_of
from duban.service.reminder_words import step as step_words
from duban.service.status import DutyStatus
from storage.channel_states import Fare
from storage.told import DutyLine, LastLine, ToldLine
from storage.told_holds import Hold
from workflow.ladder import Group, Step, first_look, plan, rungs_of
from workflow.model import CLOCK_RUNS, Campaign, DutyState, Rung, Task

LOOKS = 40
"""How many looks ahead are taken: a ladder has few rungs, and a look that finds none waits for a calendar."""


@dataclass(frozen=True, kw_only=True)
class Then:
    """A duty as it stood at the end of the day: `instant` is its last second, or now. `fares` is empty for a day that is over."""

    status: DutyStatus
    line: DutyLine
    reminders: tuple[ToldLine, ...]
    last: LastLine | None
    holds: tuple[Hold, ...]
    day: date
    instant: int
    campaign: Campaign
    context: Context
    fares: Mapping[str, Fare]

    @property
    def clock_runs(self) -> bool:
        return self.status.state in CLOCK_RUNS

    @property
    def reviewing(self) -> bool:
        """It waits for its reviewer, and he is told about it."""
        return self.status.state == DutyState.SUBMITTED and bool(self.campaign.review_ladder)

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """The steps of the duty's own clock, or of its reviewer's."""
        return rungs_of(self.campaign, review=self.reviewing)

    @property
    def task(self) -> Task | None:
        return self.campaign.task_by_key.get(self.status.key.partition("@")[0])

    @property
    def zone(self) -> str:
        return self.campaign.zone

    @cached_property
    def before(self) -> tuple[ToldLine, ...]:
        """Reminders made by the end of the day."""
        return tuple(line for line in self.reminders if line.run_at <= self.instant)

    @cached_property
    def present(self) -> tuple[ToldLine, ...]:
        """Those of them about the line in force on the day: else that of the newest reminder made by then."""
        made = [line.epoch for line in self.before]
        same = self.line.due_day == (self.status.due or date.min).toordinal()
        epoch = self.line.epoch if same else max(made, default=1)
        return tuple(line for line in self.before if line.epoch == epoch)

    @property
    def group(self) -> Group | None:
        due = self.status.due
        if self.reviewing:
            last = self.line.review_day
            return Group(due=date.fromordinal(last), internal=None, made_on=date.min, review=True) if last is not None else None
        if due is None:
            return None
        same = self.line.due_day == due.toordinal()
        internal = date.fromordinal(self.line.internal_day) if same and self.line.internal_day is not None else None
        return Group(due=due, internal=internal, made_on=date.fromordinal(self.line.made_on))

    @property
    def put_aside(self) -> bool:
        """Something is wrong with its row, and no run has got past it since."""
        return bool(self.present) and self.present[-1].state.startswith("quarantined")

    def left(self, line: ToldLine) -> int | None:
        """When its message had left, as known by the end of the day."""
        return line.sent_at if line.sent_at is not None and line.sent_at <= self.instant else None

    def hold(self, *kinds: str, person: int | None = None) -> Iterator[Hold]:
        """What held it back of some kinds: for everybody, or for one person."""
        return (hold for hold in self.holds if hold.kind in kinds and hold.person_id == person)

    def step(self, key: str) -> str:
        """A rung of either ladder in words."""
        return step_words((*self.campaign.ladder, *self.campaign.review_ladder), key)

    def ahead(self) -> tuple[str, date] | None:
        """The next step and its day, with every dwell and hold known by then; None where nothing comes of itself any more."""
        group = self._standing()
        still = self.clock_runs or self.reviewing
        if group is None or not still or self.put_aside or any(self.hold("pause")):
            return None
        look = first_look(self.campaign, group, self.context.calendar)
        for _ in range(LOOKS):
            if look is None:
                return None
            at = max(look, self.instant)
            step = plan(self.campaign, group, at, self.context.calendar)
            if step.fire is None:
                look = step.next_at
                continue
            day = self._day(look, at)
            held = next((hold for hold in self._about(step.fire) if hold.last_day and day.toordinal() <= hold.last_day), None)
            if held is None:
                return self.step(step.fire.key) + ("，再说一次" if step.repeat else ""), day
            group = self._after(group, step, held)
            look = first_look(self.campaign, group, self.context.calendar)
        return None

    def _day(self, look: int, at: int) -> date:
        """The day of a look ahead; what was due before and has not been done is due with the next run."""
        if look > self.instant or day_of(self.context.now(), self.zone) == self.day:
            return day_of(at, self.zone)
        return date.fromordinal(self.day.toordinal() + 1)

    def _standing(self) -> Group | None:
        """The group of one, at the highest rung recorded by then."""
        group = self.group
        numbers = {rung.key: rung.no for rung in self.ladder}
        recorded = [line for line in self.present if line.rung in numbers and not line.state.startswith("blocked")]
        if group is None or not recorded:
            return group
        highest = max(recorded, key=lambda line: (numbers[line.rung], line.repeat))
        told_on = self.context.calendar.next(day_of(highest.run_at, self.zone)).day
        passed = highest.state.startswith(("skipped", "suppressed"))
        return replace(group, rung=numbers[highest.rung], repeat=highest.repeat, told_on=None if passed else told_on)

    def _about(self, rung: Rung) -> Iterator[Hold]:
        yield from self.hold("promise")
        yield from (hold for hold in self.hold("silence") if is_about(hold, rung, review=self.reviewing))

    def _after(self, group: Group, step: Step, held: Hold) -> Group:
        """Where it stands once a hold is over: the rung is told then, or passed over for good."""
        assert step.fire is not None
        assert held.last_day is not None
        if held.mode == "drop":
            return replace(group, rung=step.told, repeat=step.repeat, told_on=None)
        return replace(group, held_to=date.fromordinal(held.last_day))
