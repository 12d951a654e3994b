"""一个单位: where it stands in a campaign, why and what would help, and everything that happened to it, for somebody who looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from duban.service import story_words as say
from duban.service.context import Context, Running, day_of
from duban.service.explain import Explained, available, explain
from duban.service.people import find_unit
from duban.service.status import DutyStatus, Row
from duban.service.visiting import ABOVE_BRANCHES, Visitor
from duban.service.why import Why, why
from storage import unit_story as rows
from storage import units as unit_rows
from storage.journal import JournalLine
from storage.unit_story import ToldLine, TryLine
from storage.units import UnitRead
from workflow.decide import Action
from workflow.errors import Reason
from workflow.model import CLOSED, STATE_WORDS, DutyState, Task, UnitKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

BLOCKING = ("submit", "receive", "accept")
"""The acts by which a duty goes on: what stands against them is what it waits for."""
FILLED_IN = frozenset({"data-missing", "data-not-asked", "wrong-actor", "stale-version"})
"""Reasons that a form answers, or that are about who asks: nothing that blocks the duty itself."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened. `at` is UTC seconds; `kind` act, told (somebody was), or quiet (nobody was, and why). `more` are details."""

    at: int
    kind: str
    words: str
    by: str = ""
    reason: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DutyStory:
    """One duty: `phase_no` is 0 without a phase, `waits` says what has to happen next, `reasons` what stands against it and what would
    help. `acts` are those the visitor may do now. `told` is None for who is not above the unit."""

    status: DutyStatus
    name: str
    phase: str
    phase_no: int
    words: str
    waits: str
    reasons: tuple[Reason, ...]
    returned: str
    acts: tuple[str, ...]
    task: Task | None
    told: Why | None

    @property
    def done(self) -> bool:
        return self.status.state in CLOSED


@dataclass(frozen=True, kw_only=True)
class CaseStory:
    """One case: `phase_no` counts from 1 (one more than the last: 办结); `held` is what keeps it in its phase."""

    id: int
    track: str
    phase: str
    phase_no: int
    version: int
    may_advance: bool
    held: tuple[Reason, ...]
    duties: tuple[DutyStory, ...]

    @property
    def open(self) -> tuple[DutyStory, ...]:
        return tuple(duty for duty in self.duties if not duty.done)

    @property
    def now(self) -> tuple[DutyStory, ...]:
        """What is open and of the present phase or an earlier one, or has been begun."""
        return tuple(duty for duty in self.open if duty.phase_no <= self.phase_no or duty.status.state != DutyState.OPEN)

    @property
    def later(self) -> tuple[DutyStory, ...]:
        return tuple(duty for duty in self.open if duty not in self.now)

    @property
    def done(self) -> tuple[DutyStory, ...]:
        return tuple(duty for duty in self.duties if duty.done)


@dataclass(frozen=True, kw_only=True)
class UnitStory:
    """One unit in one campaign. `above` are the units over it that the visitor may see, from the top; `posts` who holds which post;
    `overlooks`: the visitor stands above the unit; `months` are what happened, newest first, by month (its first day)."""

    unit: UnitRead
    above: tuple[UnitRead, ...]
    posts: tuple[tuple[str, str], ...]
    overlooks: bool
    has_branches: bool
    cases: tuple[CaseStory, ...]
    months: tuple[tuple[date, tuple[Event, ...]], ...]
    as_of: int


def unit_story(context: Context, running: Running, unit: str, *, visitor: Visitor) -> UnitStory:
    """Everything about one unit that the visitor may read. Raises `NotFound` outside his scope.

    Its own people do not read whom else a reminder told, what leaders decided, or its grade: their committee tells them.
    """
    found = explain(context, running, unit, scope=visitor.scope, to=None)
    today = context.today(running.campaign.zone)
    with context.database.read() as connection:
        seen = find_unit(connection, unit, day=today, scope=visitor.scope)
        place = rows.Place(unit_id=seen.id, campaign_id=running.id, day=today.toordinal())
        phases = rows.phases(connection, place, scope=visitor.scope)
        told = rows.told(connection, place, scope=visitor.scope)
        tries = rows.tries(connection, place, scope=visitor.scope)
        above = tuple(_above(connection, seen, visitor, today))
        holders = unit_rows.holders(connection, scope=visitor.scope, unit_id=seen.id, day=today.toordinal())
    overlooks = _overlooks(visitor, seen)
    reading = _Reading(context=context, running=running, visitor=visitor, unit=seen, today=today, overlooks=overlooks)
    events = [
        *reading.acts(found.journal),
        *reading.told(told, tries, {post.person_id for post in holders}),
    ]
    whys = {one.duty: one for one in why(context, running, unit, scope=visitor.scope, day=None)} if overlooks else {}
    return UnitStory(
        unit=seen,
        above=above,
        posts=tuple((post.role, post.person) for post in holders),
        overlooks=overlooks,
        has_branches=seen.kind in (UnitKind.SCHOOL, *ABOVE_BRANCHES),
        cases=tuple(reading.case(row, found, phases, whys) for row in found.rows),
        months=tuple(_by_month(events, running.campaign.zone)),
        as_of=context.now(),
    )


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """One unit as one visitor reads it."""

    context: Context
    running: Running
    visitor: Visitor
    unit: UnitRead
    today: date
    overlooks: bool

    def case(self, row: Row, found: Explained, phases: dict[int, int], whys: dict[str, Why]) -> CaseStory:
        actions = available(self.context, row.case, self.visitor.person, scope=self.visitor.scope)
        returned = {(line.task_key, line.occurrence or ""): line.reason or "" for line in found.journal if line.act == "return"}
        return CaseStory(
            id=row.case,
            track=row.track,
            phase=row.phase,
            phase_no=phases[row.case],
            version=row.version,
            may_advance=self.visitor.may_act and any(a.act == "advance" and not a.reasons for a in actions),
            held=found.held.get(row.case, ()),
            duties=tuple(self._duty(duty, actions, returned, whys.get(duty.key)) for duty in row.duties),
        )

    def acts(self, journal: Sequence[JournalLine]) -> Iterator[Event]:
        """The journal in sentences; what was asked at one moment in one."""
        campaign = self.running.campaign
        lines = [line for line in journal if self._reads(line)]
        asked = [line for line in lines if line.act == "launch" and line.task_key is not None]
        for (at, reason), group in groupby(asked, key=lambda line: (line.recorded_at, line.reason or "")):
            begun = list(group)
            yield Event(at=at, kind="act", words=say.launched(begun, campaign), by=begun[0].by or "", reason=reason)
        for line in lines:
            if line.act != "launch" or line.task_key is None:
                words = say.act(line, campaign, self.today)
                yield Event(at=line.recorded_at, kind="act", words=words, by=line.by or "", reason=line.reason or "")

    def told(self, lines: Sequence[ToldLine], tries: Sequence[TryLine], own: set[int]) -> Iterator[Event]:
        """One event a message, or what became of those that lie in none; to its own people only what was sent to them."""
        if not self.overlooks:
            lines = [line for line in lines if line.sent_at and (line.post_unit == self.unit.id or line.recipient_id in own)]
        of_message: dict[int, list[TryLine]] = {}
        for one in tries:
            of_message.setdefault(one.message_id, []).append(one)
        same = sorted(lines, key=_message_of)
        for _, group in groupby(same, key=_message_of):
            about = list(group)
            yield self._reminder(about, of_message.get(about[0].message_id or 0, []))

    def _reads(self, line: JournalLine) -> bool:
        if line.act == "grade":
            return self.overlooks and self._needs_grades
        return self.overlooks or line.act in say.OF_THE_UNIT

    @property
    def _needs_grades(self) -> bool:
        """Who grades, reviews or leads; not every office."""
        above = (post.path for post in self.visitor.posts if post.unit_id in self.visitor.reviews)
        return self.visitor.office or self.visitor.leads or any(self.unit.path.startswith(path) for path in above)

    def _reminder(self, about: Sequence[ToldLine], tries: Sequence[TryLine]) -> Event:
        first, campaign = about[0], self.running.campaign
        names = "、".join(dict.fromkeys(say.name_of(campaign, line.task_key, line.occurrence) for line in about))
        if first.message_id is None:
            to = f"给{say.whom(first)}的" if first.recipient else ""
            return Event(at=first.run_at, kind="quiet", words=f"没有发{to}工作提示：{names}", reason=say.fate_of(first))
        steps = tuple(dict.fromkeys(say.step_of(campaign, line.rung) for line in about)) if self.overlooks else ()
        left = first.sent_at is not None
        return Event(
            at=first.sent_at if first.sent_at is not None else first.run_at,
            kind="told" if left else "quiet",
            words=f"工作提示，{'发给' if left else '写给'}{say.whom(first)}：{names}",
            reason=say.fate_of(first) + (f"（{say.channel(first.channel)}）" if self.overlooks else ""),
            more=(*steps, *say.tried(tries)) if self.overlooks else (),
        )

    def _duty(
        self, duty: DutyStatus, actions: Sequence[Action], returned: dict[tuple[str | None, str], str], told: Why | None
    ) -> DutyStory:
        key, _, occurrence = duty.key.partition("@")
        task = self.running.campaign.task_by_key.get(key)
        mine = [action for action in actions if action.duty == duty.id]
        against = {r.text: r for a in mine if a.act in BLOCKING for r in a.reasons if r.code not in FILLED_IN}
        allowed = tuple(a.act for a in mine if not [r for r in a.reasons if r.code != "data-missing"])
        return DutyStory(
            status=duty,
            name=say.name_of(self.running.campaign, key, occurrence),
            phase=task.phase or "" if task is not None else "",
            phase_no=self._phase_no(task),
            words=STATE_WORDS[DutyState(duty.state)],
            waits=self._waits(duty),
            reasons=tuple(against.values()),
            returned=returned.get((key, occurrence), "") if duty.state == DutyState.RETURNED else "",
            acts=allowed if self.visitor.may_act else (),
            task=task,
            told=told,
        )

    def _phase_no(self, task: Task | None) -> int:
        track = self.running.campaign.track_by_key.get(task.track) if task is not None else None
        if task is None or track is None or task.phase not in track.phase_names:
            return 0
        return track.phase_names.index(task.phase) + 1

    def _waits(self, duty: DutyStatus) -> str:
        """What has to happen next."""
        if duty.due is None and duty.state == DutyState.OPEN:
            return "时限待定，定下以前不催办"
        reviewer = "上级党组织" if self.unit.kind == UnitKind.BRANCH else "组织部"
        return {
            DutyState.OPEN: "等本单位报送",
            DutyState.RETURNED: "等本单位补正后再报送",
            DutyState.SUBMITTED: f"已收到，等{reviewer}审核",
        }.get(DutyState(duty.state), "")


def _overlooks(visitor: Visitor, unit: UnitRead) -> bool:
    """He sees more than the unit and what is below it: he stands above."""
    return any(prefix != unit.path and unit.path.startswith(prefix) for prefix in visitor.scope.prefixes)


def _above(connection: Connection, unit: UnitRead, visitor: Visitor, today: date) -> Iterator[UnitRead]:
    for part in unit.path.strip("/").split("/")[1:-1]:
        found = unit_rows.unit_by_id(connection, int(part), scope=visitor.scope, day=today.toordinal())
        if found is not None:
            yield found


def _message_of(line: ToldLine) -> tuple[int, int, int, str]:
    """What stands in one message is one event; of what lies in none, what became of it on one run for one person."""
    return (line.message_id or 0, 0, 0, "") if line.message_id else (0, line.run_at, line.recipient_id, line.state)


def _by_month(events: Iterable[Event], zone: str) -> Iterator[tuple[date, tuple[Event, ...]]]:
    """The newest first; what happened at one instant in the order in which it was recorded."""
    ordered = sorted(events, key=lambda event: event.at)
    for month, group in groupby(reversed(ordered), key=lambda event: day_of(event.at, zone).replace(day=1)):
        yield month, tuple(group)
