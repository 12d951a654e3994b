"""What a run says of each group of due duties: the ladder is asked once a group, and its answer written about all of them.

What cannot be answered (a task or a place on the ladder that is not there, a definition that does not compile) is put aside with a
record and looked at again the next working morning; nobody else waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from duban.service.audience import chain_of, only_the_post
from duban.service.context import ZONE, Context, Running, day_of
from storage import holds, messages
from storage.campaigns import CampaignRead, campaigns, task_ids
from storage.due import Asked, Gate
from storage.holds import DEFER, SilenceRead
from storage.recipients import Candidate
from storage.sweep import Due, DueGroup
from workflow.errors import DubanError
from workflow.ladder import RUNG_TIME, Group, Step, first_look, plan, rungs_of, slot_day
from workflow.model import Campaign, Rung, Task

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONG_LATE_DAYS = 30
QUARANTINED = "quarantined"
URGENT = ("oversee", "ask")
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
class Tally:
    """What a plan must remember until it is written."""

    long_late: int = 0
    notes: list[tuple[DueGroup, Note]] = field(default_factory=list)


def asked_at(context: Context, connection: Connection, at: int, *, backfill: bool) -> Asked:
    """What the run for an instant looks for. A backfill tells nobody, so that nothing silences it."""
    day = day_of(at).toordinal()
    found = [] if backfill else holds.silences(connection, day=day)
    return Asked(
        as_of=at,
        day=day,
        silences=[silence for silence in found if silence.person_id is None],
        persons=[silence for silence in found if silence.person_id is not None],
        gates=tuple(_gates(_going(context, connection))),
        paused=holds.paused(connection),
    )


@dataclass(kw_only=True)
class Planning:
    """One pass over the groups of due duties."""

    context: Context
    connection: Connection
    due: Due
    at: int
    backfill: bool = False
    tally: Tally = field(default_factory=Tally)

    def go(self) -> Tally:
        unanswered = bool(messages.held_runs(self.connection))
        _ = self.tasks  # asked of the database before anything that may go wrong with one group
        for group in self.due.groups():
            try:
                answer = self._answer(group)
            except Exception:  # whatever is wrong with one group, the others are told
                self._put_aside(group)
                continue
            self._write(group, answer)
            # While nobody has answered for a held run, the next rung of what it held is no safer than the first was.
            if self._is_long_late(group) and (group.rung == 0 or unanswered):
                self.tally.long_late += group.size
        return self.tally

    def _is_long_late(self, group: DueGroup) -> bool:
        return not group.review and group.due_day < self.today.toordinal() - LONG_LATE_DAYS

    # --- asking

    def _answer(self, group: DueGroup) -> Answer:
        running, task = self.tasks[group.task_id]
        campaign, values = running.campaign, values_of(group)
        ladder = rungs_of(campaign, review=group.review)
        if ladder and group.rung and all(rung.no != group.rung for rung in ladder):
            raise DubanError(f"督办程序没有第{group.rung}步", code="no-such-rung")
        if self.backfill:
            return self._all_as_skipped(campaign, task, group, values)
        step = plan(campaign, values, self.at, self.context.calendar)
        silent = self._silencing(group, step, review=group.review)
        if until := max((s.last_day for s in silent if s.mode == DEFER), default=None):
            held = replace(values, held_to=max(values.held_to or date.min, date.fromordinal(until)))
            return self._told(campaign, task, group, held, plan(campaign, held, self.at, self.context.calendar))
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
        look = first_look(campaign, stands, self.context.calendar)
        return self._standing(group, replace(step, told_on=None, next_at=self._ahead(look)), (), notes)

    def _all_as_skipped(self, campaign: Campaign, task: Task, group: DueGroup, values: Group) -> Answer:
        """Every rung that is due by now, one above the other: none of them is told, so that none gives the next a dwell."""
        tellings: list[Telling] = []
        notes: list[Note] = []
        step = plan(campaign, values, self.at, self.context.calendar)
        while step.fire is not None and len(tellings) < len(campaign.ladder) + len(campaign.review_ladder):
            notes += [self._note(rung, values, group, f"skipped:{why}") for rung, why in step.skipped]
            tellings.append(self._telling(campaign, step.fire, step.repeat, task, group, values))
            values = replace(values, rung=step.told, repeat=step.repeat, told_on=None)
            step = plan(campaign, values, self.at, self.context.calendar)
        notes += [self._note(rung, values, group, f"skipped:{why}") for rung, why in step.skipped]
        return self._standing(group, step, tuple(tellings), notes)

    def _telling(self, campaign: Campaign, rung: Rung, repeat: int, task: Task, group: DueGroup, values: Group) -> Telling:
        chains = tuple(chain_of(audience, rung, task) for audience in rung.audience)
        first = next((each.no for each in campaign.ladder if each.offset > 0), None)
        return Telling(
            rung=rung,
            repeat=_kept_repeat(group, repeat),
            slot_day=slot_day(rung, values, self.context.calendar).toordinal(),
            chains=tuple(map(only_the_post, chains)) if rung.vacant == "hold" else chains,
            again=rung.kind == "remind" or repeat > 0,
            first=not group.review and rung.no == first and not repeat,
        )

    def _note(self, rung: Rung, values: Group, group: DueGroup, state: str, *, repeat: int = 0) -> Note:
        day = slot_day(rung, values, self.context.calendar).toordinal()
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
        inside = step.fire.offset <= 0 or all(audience.level in WITHIN for audience in step.fire.audience)
        return [
            silence
            for silence in self.due.asked.silences
            if silence.id in group.silences
            and (inside or not silence.inside)
            and (silence.rung_min is None or (not review and step.fire.no >= silence.rung_min))
        ]

    def _in_the_window(self, campaign: Campaign, values: Group, step: Step) -> Step:
        """The step, with its dwell counted from the working day on which people are told: on a rest day that is the next one."""
        window = self.context.calendar.next(self.today).day
        if step.fire is None or step.next_at is None or window == step.told_on:
            return step
        stands = replace(values, rung=step.told, repeat=step.repeat, told_on=window)
        look = first_look(campaign, stands, self.context.calendar)
        return replace(step, told_on=window, next_at=max(look, step.next_at) if look is not None else None)

    # --- writing

    def _write(self, group: DueGroup, answer: Answer) -> None:
        self.tally.notes += [(group, note) for note in answer.notes]
        waits = None
        for telling in answer.tellings:
            covered = [self._tell(group, telling, chain) for chain in telling.chains]
            if any(covered):
                continue
            note = Note(rung=telling.rung.key, repeat=telling.repeat, slot_day=telling.slot_day, state="undeliverable:vacant")
            self.tally.notes.append((group, note))
            waits = telling.rung if telling.rung.vacant == "hold" else None
        held_to = group.held_to if group.held_to and group.held_to >= self.due.asked.day else None
        if waits is not None:
            self._stay(group, held_to, of=(waits.key, False))
        if answer.next_at is not None:
            self.due.look_again(
                group,
                at=answer.next_at,
                rung=answer.rung,
                repeat=answer.repeat,
                told_on=answer.told_on,
                held_to=held_to,
                of=(waits.key, True) if waits is not None else None,
            )

    def _tell(self, group: DueGroup, telling: Telling, chain: tuple[Candidate, ...]) -> bool:
        rung = telling.rung
        return self.due.tell(
            group,
            rung=rung.key,
            no=rung.no,
            repeat=telling.repeat,
            slot_day=telling.slot_day,
            chain=chain,
            again=telling.again,
            urgent=rung.kind in URGENT,
            first=telling.first,
        )

    def _put_aside(self, group: DueGroup) -> None:
        note = Note(rung="-", repeat=0, slot_day=self.due.asked.day, state=QUARANTINED)
        self.tally.notes.append((group, note))
        self._stay(group, group.held_to)

    def _stay(self, group: DueGroup, held_to: int | None, *, of: tuple[str, bool] | None = None) -> None:
        """Where it stood, until the next working morning."""
        self.due.look_again(
            group, at=self.tomorrow, rung=group.rung, repeat=group.repeat, told_on=group.told_on, held_to=held_to, of=of
        )

    def _ahead(self, look: int | None) -> int | None:
        """A look that lies behind would be consumed with this run."""
        return max(look, self.tomorrow) if look is not None and look <= self.at else look

    # --- what is known

    @cached_property
    def today(self) -> date:
        return day_of(self.at)

    @cached_property
    def tomorrow(self) -> int:
        """The next working morning."""
        day = self.context.calendar.add(self.today, 1).day
        return int(datetime.combine(day, RUNG_TIME, ZoneInfo(ZONE)).timestamp())

    @cached_property
    def tasks(self) -> dict[int, tuple[Running, Task]]:
        """The tasks of the running campaigns whose definitions can be read, by their number."""
        return {
            id_: (running, running.campaign.task_by_key[key])
            for running in _going(self.context, self.connection)
            for key, id_ in task_ids(self.connection, running.id).items()
            if key in running.campaign.task_by_key
        }


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


def _kept_repeat(group: DueGroup, repeat: int) -> int:
    """A reviewer's ladder has no repeats: there the number counts how often the duty had come to him before, in this epoch."""
    return group.repeat if group.review else repeat


def _going(context: Context, connection: Connection) -> Iterator[Running]:
    """Running campaigns, but for those whose definition the program cannot read any more: their duties are put aside."""
    for row in campaigns(connection, running=True):
        running = _readable(context, row)
        if running is not None:
            yield running


def _readable(context: Context, row: CampaignRead) -> Running | None:
    try:
        return context.running(row.id)
    except DubanError:
        return None


def _gates(going: Iterable[Running]) -> Iterator[Gate]:
    """Below every rung with a gate, the rungs on which a duty may stand that waits for it."""
    for running in going:
        highest = max((rung.no for rung in running.campaign.ladder if rung.gate != "none"), default=0)
        for rung in running.campaign.ladder:
            if rung.no < highest:
                yield Gate(campaign_id=running.id, no=rung.no, key=rung.key)
