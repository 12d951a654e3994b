"""一个单位: where it stands in a campaign, why and what would help, and everything that happened to it, for somebody who looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from duban.service import story_words as say
from duban.service.context import Context, Running
from duban.service.explain import Explained, available, explain
from duban.service.people import find_unit
from duban.service.status import DutyStatus, Row
from duban.service.story_events import StoryEvent, Telling, by_month
from duban.service.submission import may_read
from duban.service.visiting import ABOVE_BRANCHES, Visitor
from duban.service.why import Why, why
from storage import unit_story as rows
from storage import units as unit_rows
from storage.journal import JournalLine
from storage.overview import PlaceLine, Where, places_at
from storage.scope import paths_above
from storage.units import UnitRead
from workflow.decide import Action
from workflow.errors import Reason
from workflow.model import CLOSED, STATE_WORDS, DutyState, Task, UnitKind

if TYPE_CHECKING:
    pass

BLOCKING = ("submit", "receive", "accept")
"""The acts by which a duty goes on: what stands against them is what it waits for."""
FILLED_IN = frozenset({"data-missing", "data-not-asked", "wrong-actor", "stale-version"})
"""Reasons that a form answers, or that are about who asks: nothing that blocks the duty itself."""


@dataclass(frozen=True, kw_only=True)
class DutyStory:
    """One duty: `phase_no` is 0 without a phase, `waits` says what has to happen next, `reasons` what stands against it and what would
    help. `acts` are those the visitor may do now. `told` is None for who does not see its grades."""

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
    `overlooks`: the visitor sees its grades, and whom reminders told; `months` are what happened, newest first, by month (its first day).
    """

    unit: UnitRead
    above: tuple[PlaceLine, ...]
    posts: tuple[tuple[str, str], ...]
    overlooks: bool
    has_branches: bool
    cases: tuple[CaseStory, ...]
    months: tuple[tuple[date, tuple[StoryEvent, ...]], ...]
    as_of: int


def unit_story(context: Context, running: Running, unit: str, *, visitor: Visitor) -> UnitStory:
    """Everything about one unit that the visitor may read. Raises `NotFound` outside his scope.

    Whom else a reminder told, what leaders decided and its grade read those who grade, review or lead it: its own people hear of it from
    their committee, and other offices not at all.
    """
    found = explain(context, running, unit, scope=visitor.scope, to=None)
    today = context.today(running.campaign.zone)
    with context.database.read() as connection:
        seen = find_unit(connection, unit, day=today, scope=visitor.scope)
        place = rows.Place(unit_id=seen.id, campaign_id=running.id, day=today.toordinal())
        phases = rows.phases(connection, place, scope=visitor.scope)
        told = rows.told(connection, place, scope=visitor.scope)
        tries = rows.tries(connection, place, scope=visitor.scope)
        where = Where(running.id, today.toordinal())
        above = places_at(connection, where, paths_above(seen.path), scope=visitor.scope)
        holders = unit_rows.holders(connection, scope=visitor.scope, unit_id=seen.id, day=today.toordinal())
    telling = Telling(campaign=running.campaign, visitor=visitor, unit=seen, today=today)
    events = [*telling.acts(found.journal), *telling.told(told, tries, {post.person_id for post in holders})]
    whys = {one.duty: one for one in why(context, running, unit, scope=visitor.scope, day=None)} if telling.overlooks else {}
    reading = _Reading(context=context, running=running, visitor=visitor, unit=seen)
    return UnitStory(
        unit=seen,
        above=tuple(above),
        posts=tuple((post.role, post.person) for post in holders),
        overlooks=telling.overlooks,
        has_branches=seen.kind in (UnitKind.SCHOOL, *ABOVE_BRANCHES),
        cases=tuple(reading.case(row, found, phases, whys) for row in found.rows),
        months=tuple(by_month(events, running.campaign.zone)),
        as_of=context.now(),
    )


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """One unit as one visitor reads it."""

    context: Context
    running: Running
    visitor: Visitor
    unit: UnitRead

    def case(self, row: Row, found: Explained, phases: dict[int, int], whys: dict[str, Why]) -> CaseStory:
        actions = available(self.context, row.case, self.visitor.person, scope=self.visitor.scope)
        returned = self._returned(found.journal)
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

    def _returned(self, journal: Sequence[JournalLine]) -> dict[tuple[str | None, str], str]:
        """{(task, occurrence): what was asked the last time}, of what he may read."""
        known, unit = self.running.campaign.task_by_key, self.unit
        return {
            (line.task_key, line.occurrence or ""): line.reason or ""
            for line in journal
            if line.act == "return" and may_read(self.visitor, known.get(line.task_key or ""), unit=unit.id, path=unit.path)
        }

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
