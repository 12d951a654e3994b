"""What a run says of each group of due duties: the ladder is asked once a group, and its answer written about all of them.

What cannot be answered (a task or a place on the ladder that is not there, a definition that does not compile) is put aside with a
record and looked at again the next working morning; nobody else waits for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from duban.service.asking import Answer, Asking, Note, Telling
from duban.service.context import Context, Running, day_of
from storage import health, holds
from storage.campaigns import CampaignRead, campaigns, task_ids
from storage.due import Asked, Gate
from storage.recipients import Candidate
from storage.sweep import Due, DueGroup
from workflow.errors import DubanError
from workflow.model import Task

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONG_LATE_DAYS = 30
QUARANTINED = "quarantined"


@dataclass(kw_only=True)
class Tally:
    """What a plan must remember until it is written."""

    long_late: int = 0
    notes: list[tuple[DueGroup, Note]] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)
    """How many duties were put aside, by the kind of error: only for whoever is called to look."""


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
        unanswered = bool(health.held_runs(self.connection))
        _ = self.tasks  # asked of the database before anything that may go wrong with one group
        for group in self.due.groups():
            try:
                running, task = self.tasks[group.task_id]
                answer = self.asking.answer(running.campaign, task, group)
            except Exception as error:  # whatever is wrong with one group, the others are told
                self._put_aside(group)
                self.tally.broken[type(error).__name__] += group.size
                continue
            self._write(group, answer)
            # While nobody has answered for a held run, the next rung of what it held is no safer than the first was.
            if self._is_long_late(group) and (group.rung == 0 or unanswered):
                self.tally.long_late += group.size
        return self.tally

    def _is_long_late(self, group: DueGroup) -> bool:
        return not group.review and group.due_day < self.asking.today.toordinal() - LONG_LATE_DAYS

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
            urgent=rung.urgent,
            first=telling.first,
        )

    def _put_aside(self, group: DueGroup) -> None:
        note = Note(rung="-", repeat=0, slot_day=self.due.asked.day, state=QUARANTINED)
        self.tally.notes.append((group, note))
        self._stay(group, group.held_to)

    def _stay(self, group: DueGroup, held_to: int | None, *, of: tuple[str, bool] | None = None) -> None:
        """Where it stood, until the next working morning."""
        self.due.look_again(
            group, at=self.asking.tomorrow, rung=group.rung, repeat=group.repeat, told_on=group.told_on, held_to=held_to, of=of
        )

    # --- what is known

    @cached_property
    def asking(self) -> Asking:
        silences = self.due.asked.silences
        return Asking(at=self.at, calendar=self.context.calendar, silences=silences, backfill=self.backfill)

    @cached_property
    def tasks(self) -> dict[int, tuple[Running, Task]]:
        """The tasks of the running campaigns whose definitions can be read, by their number."""
        return {
            id_: (running, running.campaign.task_by_key[key])
            for running in _going(self.context, self.connection)
            for key, id_ in task_ids(self.connection, running.id).items()
            if key in running.campaign.task_by_key
        }


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
