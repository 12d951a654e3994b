"""What the ladder says of one group of due duties: whom to tell at which rung, what is passed over and why, where the group then stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from duban.service.audience import chain_of, only_the_post
from duban.service.context import ZONE, day_of
from storage.due import DueGroup
from storage.holds import DEFER, SilenceRead
from storage.recipients import Candidate
from storage.told_holds import Hold
from workflow.errors import DubanError
from workflow.ladder import RUNG_TIME, Group, Step, first_look, plan, rungs_of, slot_day
from workflow.model import Campaign, Rung, Task
from workflow.workdays import WorkCalendar

WITHIN = ("own", "clerk")
"""Audiences that are found within a second-level unit: all that its own people may silence."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A rung told: to whom (a chain of places an audience), which repeat, and as of which slot."""

    rung: Rung
    repeat: int
    slot_day: int
    chains: tuple[tuple[Candidate, ...], ...]
    again: bool
    first: bool


@dataclass(frozen=True, kw_only=True)
class Note:
    """A rung about which nobody is told, and why."""

    rung: str
    repeat: int
    slot_day: int
    state: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a run does with a group. `rung`, `repeat` and `told_on` are where it then stands; `next_at` None: the ladder has ended."""

    tellings: tuple[Telling, ...] = ()
    notes: tuple[Note, ...] = ()
    rung: int = 0
    repeat: int = 0
    told_on: int | None = None
    next_at: int | None = None


@dataclass(kw_only=True)
class Asking:
    """One run's questions to the ladder, as of one instant. `silences` are those about duties in force on its day.

    With `backfill` nobody is told anything any more that is due by now.
    """

    at: int
    calendar: WorkCalendar
    silences: Sequence[SilenceRead] = ()
    backfill: bool = False

    def answer(self, campaign: Campaign, task: Task, group: DueGroup) -> Answer:
        """Raises an error for a group whose place or days make no sense."""
        values = values_of(group)
        ladder = rungs_of(campaign, review=group.review)
        if ladder and group.rung and all(rung.no != group.rung for rung in ladder):
            raise DubanError(f"督办程序没有第{group.rung}步", code="no-such-rung")
        if self.backfill:
            return self._all_as_skipped(campaign, task, group, values)
        step = plan(campaign, values, self.at, self.calendar)
        silent = self._silencing(group, step, review=group.review)
        if until := max((s.last_day for s in silent if s.mode == DEFER), default=None):
            held = replace(values, held_to=max(values.held_to or date.min, date.fromordinal(until)))
            return self._told(campaign, task, group, held, plan(campaign, held, self.at, self.calendar))
        if silent:
            return self._dropped(campaign, group, values, step, silent[0])
        return self._told(campaign, task, group, values, self._in_the_window(campaign, values, step))

    def _told(self, campaign: Campaign, task: Task, group: DueGroup, values: Group, step: Step) -> Answer:
        notes = [self._note(rung, values, group, f"skipped:{why}") for rung, why in step.skipped]
        if step.blocked is not None and step.waiting is not None:
            notes.append(self._note(step.waiting, values, group, f"blocked:{step.blocked}"))
        tellings = (self._telling(campaign, step.fire, step.repeat, task, group, values),) if step.fire is not None else ()
        return self._standing(group, step, tellings, notes)

    def _dropped(self, campaign: Campaign, group: DueGroup, values: Group, step: Step, silence: SilenceRead) -> Answer:
        """The rung is recorded and passed over; what comes after it has its own slot."""
        assert step.fire is not None
        notes = [self._note(rung, values, group, f"skipped:{why}") for rung, why in step.skipped]
        notes.append(self._note(step.fire, values, group, f"suppressed:silence:{silence.id}", repeat=step.repeat))
        if step.repeat:
            return self._standing(group, step, (), notes)
        stands = replace(values, rung=step.told, repeat=0, told_on=None)
        look = first_look(campaign, stands, self.calendar)
        return self._standing(group, replace(step, told_on=None, next_at=self._ahead(look)), (), notes)

    def _all_as_skipped(self, campaign: Campaign, task: Task, group: DueGroup, values: Group) -> Answer:
        """Every rung that is due by now, one above the other: none of them is told, so that none gives the next a dwell."""
        tellings: list[Telling] = []
        notes: list[Note] = []
        step = plan(campaign, values, self.at, self.calendar)
        while step.fire is not None and len(tellings) < len(campaign.ladder) + len(campaign.review_ladder):
            notes += [self._note(rung, values, group, f"skipped:{why}") for rung, why in step.skipped]
            tellings.append(self._telling(campaign, step.fire, step.repeat, task, group, values))
            values = replace(values, rung=step.told, repeat=step.repeat, told_on=None)
            step = plan(campaign, values, self.at, self.calendar)
        notes += [self._note(rung, values, group, f"skipped:{why}") for rung, why in step.skipped]
        return self._standing(group, step, tuple(tellings), notes)

    def _telling(self, campaign: Campaign, rung: Rung, repeat: int, task: Task, group: DueGroup, values: Group) -> Telling:
        chains = tuple(chain_of(audience, rung, task) for audience in rung.audience)
        first = next((each.no for each in campaign.ladder if each.offset > 0), None)
        return Telling(
            rung=rung,
            repeat=_kept_repeat(group, repeat),
            slot_day=slot_day(rung, values, self.calendar).toordinal(),
            chains=tuple(map(only_the_post, chains)) if rung.vacant == "hold" else chains,
            again=rung.kind == "remind" or repeat > 0,
            first=not group.review and rung.no == first and not repeat,
        )

    def _note(self, rung: Rung, values: Group, group: DueGroup, state: str, *, repeat: int = 0) -> Note:
        day = slot_day(rung, values, self.calendar).toordinal()
        return Note(rung=rung.key, repeat=_kept_repeat(group, repeat), slot_day=day, state=state)

    def _standing(self, group: DueGroup, step: Step, tellings: tuple[Telling, ...], notes: Iterable[Note]) -> Answer:
        return Answer(
            tellings=tellings,
            notes=tuple(notes),
            rung=step.told,
            repeat=_kept_repeat(group, step.repeat),
            told_on=step.told_on.toordinal() if step.told_on is not None else None,
            next_at=step.next_at,
        )

    def _silencing(self, group: DueGroup, step: Step, *, review: bool) -> list[SilenceRead]:
        """The silences that are about the rung to be told now."""
        if step.fire is None or not group.silences:
            return []
        return [s for s in self.silences if s.id in group.silences and is_about(s, step.fire, review=review)]

    def _in_the_window(self, campaign: Campaign, values: Group, step: Step) -> Step:
        """The step, with its dwell counted from the working day on which people are told: on a rest day that is the next one."""
        window = self.calendar.next(self.today).day
        if step.fire is None or step.next_at is None or window == step.told_on:
            return step
        stands = replace(values, rung=step.told, repeat=step.repeat, told_on=window)
        look = first_look(campaign, stands, self.calendar)
        return replace(step, told_on=window, next_at=max(look, step.next_at) if look is not None else None)

    def _ahead(self, look: int | None) -> int | None:
        """A look that lies behind would be consumed with this run."""
        return max(look, self.tomorrow) if look is not None and look <= self.at else look

    @cached_property
    def today(self) -> date:
        return day_of(self.at)

    @cached_property
    def tomorrow(self) -> int:
        """The next working morning."""
        day = self.calendar.add(self.today, 1).day
        return int(datetime.combine(day, RUNG_TIME, ZoneInfo(ZONE)).timestamp())


def values_of(group: DueGroup) -> Group:
    """As the ladder takes them. Raises `ValueError` for days that no calendar knows."""
    return Group(
        due=date.fromordinal(group.due_day),
        internal=date.fromordinal(group.internal_day) if group.internal_day is not None and not group.review else None,
        made_on=date.fromordinal(group.made_on),
        rung=group.rung,
        repeat=0 if group.review else group.repeat,
        told_on=date.fromordinal(group.told_on) if group.told_on is not None else None,
        held_to=date.fromordinal(group.held_to) if group.held_to is not None else None,
        reached=group.reached,
        review=group.review,
    )


def is_about(silence: SilenceRead | Hold, rung: Rung, *, review: bool) -> bool:
    """Whether a silence that concerns a duty hides a rung: those from a number up (never a reviewer's), or those told within the unit."""
    inside = rung.offset <= 0 or all(audience.level in WITHIN for audience in rung.audience)
    high_enough = silence.rung_min is None or (not review and rung.no >= silence.rung_min)
    return high_enough and (inside or not silence.inside)


def _kept_repeat(group: DueGroup, repeat: int) -> int:
    """A reviewer's ladder has no repeats: there the number counts how often the duty had come to him before, in this epoch."""
    return group.repeat if group.review else repeat
