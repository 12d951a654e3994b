"""重新排定: what another calendar does to the open duties of the running campaigns: last days, internal lines, locks, timers, held rungs.

By groups of duties that share all it depends on. What was told is not told again: a rung already told stays told, unless the
last day has moved forward and what people were told is now too late.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from duban.service.context import Context
from duban.service.owing import owed_of
from phases.compile import compile_definition
from storage import campaigns, enrol, locks
from storage import projection as rows
from storage.enrol import Owed
from storage.projection import NewLine, OpenDuties, OpenGroup
from storage.regroup import Noted, lock_tree
from workflow.deadline import opens_at
from workflow.errors import DefinitionError, Reason, Refused
from workflow.ladder import Group, first_look, plan
from workflow.model import Campaign, Task
from workflow.workdays import WorkCalendar, short

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Duties of one task whose lines change: from and to, and how many. `internal` and `locks` are the days before and after."""

    campaign: str
    task: str
    occurrence: str
    due: tuple[date | None, date | None]
    internal: tuple[date | None, date | None]
    duties: int

    @property
    def is_last_day(self) -> bool:
        return self.due[0] != self.due[1]


@dataclass(frozen=True, kw_only=True)
class Projection:
    """Everything a changed calendar did (or, in a preview, would do) to what is open.

    `timers` counts the duties whose next look is at another time, `released` the held rungs that now have a day, `openings` the phases
    that open on another day; `kept` the duties whose line the new calendar cannot tell any more, so that it stays.
    """

    moved: tuple[Moved, ...] = ()
    timers: int = 0
    released: int = 0
    openings: int = 0
    kept: int = 0

    @property
    def duties(self) -> int:
        """How many duties have another last day."""
        return sum(move.duties for move in self.moved if move.is_last_day)

    @property
    def is_nothing(self) -> bool:
        return not (self.moved or self.timers or self.released or self.openings)


@dataclass
class _Tally:
    moved: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    timers: int = 0
    released: int = 0
    openings: int = 0
    kept: int = 0


def hold_everything(connection: Connection) -> None:
    """Nobody else plans, enrols, launches or reorganises until the end of the transaction."""
    locks.hold(connection, locks.PLAN)
    lock_tree(connection)
    for row in campaigns.campaigns(connection, running=True):
        campaigns.hold(connection, row.id)


def project(context: Context, connection: Connection, calendar: WorkCalendar, noted: Noted, *, version: int) -> Projection:
    """Plan what is open by another calendar. Raises `Refused` if a running campaign's definition does not fit it."""
    found = _campaigns(connection, calendar)
    tasks = {
        id_: (campaign, campaign.task_by_key[key])
        for campaign_id, campaign in found.items()
        for key, id_ in campaigns.task_ids(connection, campaign_id).items()
        if key in campaign.task_by_key
    }
    work = _Work(calendar=calendar, noted=noted, version=version, duties=OpenDuties(connection), tasks=tasks)
    for group in work.duties.groups():
        work.take(group)
    work.duties.done()
    for campaign_id, campaign in found.items():
        work.tally.openings += _openings(connection, campaign_id, campaign, now=noted.at)
    tally = work.tally
    return Projection(
        moved=tuple(_moved(tally.moved)),
        timers=tally.timers,
        released=tally.released,
        openings=tally.openings,
        kept=tally.kept,
    )


def _campaigns(connection: Connection, calendar: WorkCalendar) -> dict[int, Campaign]:
    """The running campaigns, their definitions read by the new calendar."""
    made, problems = {}, []
    for row in campaigns.campaigns(connection, running=True):
        try:
            made[row.id] = compile_definition(row.text, name=row.name, calendar=calendar)
        except DefinitionError as error:
            problems += [f"“{row.name}”{problem}" for problem in error.problems]
    if problems:
        unblock = "核对日历；日历没有错，就先改活动设置"
        raise Refused(
            [Reason(code="calendar-against-campaign", text=f"按新的日历，活动{text}", unblock=unblock) for text in problems]
        )
    return made


@dataclass
class _Work:
    """One pass over the groups."""

    calendar: WorkCalendar
    noted: Noted
    version: int
    duties: OpenDuties
    tasks: dict[int, tuple[Campaign, Task]]
    tally: _Tally = field(default_factory=_Tally)
    _lines: dict[tuple[int, int], dict[str, Owed]] = field(default_factory=dict)

    def take(self, group: OpenGroup) -> None:
        if group.task_id not in self.tasks:
            return
        campaign, task = self.tasks[group.task_id]
        line = self._line(group, campaign, task) if group.by_plan else None
        if line is not None and line.due_day != group.due_day:
            self._move(group, campaign, task, line)
            return
        stands = _values(group)
        if line is not None and (line.internal_day, line.locks_at) != (group.internal_day, group.locks_at):
            self._change_inner(group, campaign, task, line)
            stands = replace(stands, internal=_day(line.internal_day)) if stands is not None else None
        if stands is not None and group.at is not None:
            self._look_again(group, campaign, stands, group.at)

    def _line(self, group: OpenGroup, campaign: Campaign, task: Task) -> NewLine | None:
        """The group's lines by the new calendar; None if there are none, so that the old ones stay."""
        key = (group.task_id, group.made_on)
        if key not in self._lines:
            made_on = date.fromordinal(group.made_on)
            owed = owed_of(self.calendar, campaign, task, group.task_id, today=made_on, launch=True)
            self._lines[key] = {each.occurrence: each for each in owed}
        found = self._lines[key].get(group.occurrence)
        if found is None or found.due_day is None or found.closes_at is None:
            self.tally.kept += group.size if group.due_day is not None else 0
            return None
        return NewLine(
            opens_at=found.opens_at,
            due_day=found.due_day,
            closes_at=found.closes_at,
            locks_at=found.locks_at,
            internal_day=found.internal_day,
        )

    def _move(self, group: OpenGroup, campaign: Campaign, task: Task, line: NewLine) -> None:
        told, stands = _carried(group, campaign, line)
        self.duties.move(
            group, line, self._reasoned(group, line), today=self.noted.day, data=self._data(group, line), told=told
        )
        self._count(group, campaign, task, line)
        if not task.chased:
            return
        look = first_look(campaign, stands, self.calendar)
        if look is not None:
            told_on = stands.told_on.toordinal() if stands.told_on else None
            held_to = stands.held_to.toordinal() if stands.held_to else None
            self.duties.start(group, at=look, rung=stands.rung, repeat=stands.repeat, told_on=told_on, held_to=held_to)
            self.tally.timers += group.size

    def _change_inner(self, group: OpenGroup, campaign: Campaign, task: Task, line: NewLine) -> None:
        noted = self._reasoned(group, line)
        self.duties.change_inner(group, line, noted, today=self.noted.day, data=self._data(group, line))
        self._count(group, campaign, task, line)

    def _look_again(self, group: OpenGroup, campaign: Campaign, stands: Group, at: int) -> None:
        """The next look by the new calendar; a rung that was held for its year has its day now."""
        look, now = first_look(campaign, stands, self.calendar), self.noted.at
        step = plan(campaign, stands, now, self.calendar)
        ahead = next((rung for rung in campaign.ladder if rung.no > group.rung), None)
        if ahead is not None and step.blocked is None:
            self.tally.released += self.duties.release(group, ahead.key)
        # What lies behind is looked at once more only if there is something to tell: else the look that is planned will do.
        if look is not None and look != at and (look > now or (at > now and step.fire is not None)):
            self.duties.retime(group, look)
            self.tally.timers += group.size

    def _count(self, group: OpenGroup, campaign: Campaign, task: Task, line: NewLine) -> None:
        due, internal = (group.due_day, line.due_day), (group.internal_day, line.internal_day)
        self.tally.moved[campaign.name, task.key, group.occurrence, due, internal] += group.size

    def _reasoned(self, group: OpenGroup, line: NewLine) -> Noted:
        """The journal's words: why the lines are others now."""
        said = []
        if line.internal_day != group.internal_day:
            said.append(f"支部内部时间{_words(group.internal_day)} → {_words(line.internal_day)}")
        if line.locks_at != group.locks_at:
            said.append("锁定时间随之改变")
        words = "；".join([self.noted.reason or "日历有变化", *said])
        return replace(self.noted, reason=f"{words}（日历第{self.version}版）")

    def _data(self, group: OpenGroup, line: NewLine) -> str:
        internal = [_iso(group.internal_day), _iso(line.internal_day)]
        return json.dumps({"calendar": self.version, "internal": internal, "locks_at": [group.locks_at, line.locks_at]})


def _carried(group: OpenGroup, campaign: Campaign, line: NewLine) -> tuple[list[str], Group]:
    """Which rungs count as told under the new last day, and where the ladder then stands.

    A later last day takes all along: nobody is told twice. After an earlier one those who were told a day that is now too late
    are told anew; escalations that were told stay told.
    """
    made_on, due, internal = date.fromordinal(group.made_on), date.fromordinal(line.due_day), _day(line.internal_day)
    fresh = Group(due=due, internal=internal, made_on=made_on)
    if group.due_day is None:
        return [], fresh
    # Without a next look the ladder has ended: then it stands on its last rung.
    stands_on = group.rung if group.at is not None else max((rung.no for rung in campaign.ladder), default=0)
    kept = replace(fresh, rung=stands_on, repeat=group.repeat, told_on=_day(group.told_on), held_to=_day(group.held_to))
    keys = [rung.key for rung in campaign.ladder if rung.no <= stands_on]
    below = next((rung for rung in campaign.ladder if rung.no == stands_on), None)
    if line.due_day > group.due_day or group.unsent or (below is not None and below.offset > 0):
        return keys, kept
    return [], fresh


def _openings(connection: Connection, campaign_id: int, campaign: Campaign, *, now: int) -> int:
    """Phases the calendar has yet to open, on their new days. Returns how many moved."""
    known, moved = rows.openings(connection, campaign_id), 0
    for track in campaign.tracks:
        for no in range(2, len(track.phases) + 2):
            day, before = track.opening_day(no), known.get((track.key, no))
            at = opens_at(day, campaign.zone) if day is not None else None
            if at is None or at == before or (before is None and at <= now):
                continue
            if before is None:
                enrol.add_opening(connection, at=at, campaign_id=campaign_id, track=track.key, phase=no)
            else:
                rows.move_opening(connection, campaign_id, track.key, no, at)
            moved += 1
    return moved


def _moved(counted: Counter[tuple[Any, ...]]) -> list[Moved]:
    found = [
        Moved(
            campaign=campaign,
            task=task,
            occurrence=occurrence,
            due=(_day(due[0]), _day(due[1])),
            internal=(_day(internal[0]), _day(internal[1])),
            duties=n,
        )
        for (campaign, task, occurrence, due, internal), n in counted.items()
    ]
    return sorted(found, key=lambda move: (move.campaign, move.due[1] or date.max, move.task, move.occurrence))


def _values(group: OpenGroup) -> Group | None:
    if group.due_day is None:
        return None
    return Group(
        due=date.fromordinal(group.due_day),
        internal=_day(group.internal_day),
        made_on=date.fromordinal(group.made_on),
        rung=group.rung,
        repeat=group.repeat,
        told_on=_day(group.told_on),
        held_to=_day(group.held_to),
    )


def _day(ordinal: int | None) -> date | None:
    return date.fromordinal(ordinal) if ordinal is not None else None


def _words(ordinal: int | None) -> str:
    return short(date.fromordinal(ordinal)) if ordinal is not None else "无"


def _iso(ordinal: int | None) -> str | None:
    return date.fromordinal(ordinal).isoformat() if ordinal is not None else None
