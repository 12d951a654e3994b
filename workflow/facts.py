"""What `decide` is told about the world at one moment: plain values read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from workflow.errors import Reason
from workflow.model import CLOCK_RUNS, CLOSED, DutyState, Phase, Task, Track, Way, duty_key


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who asks: a person, and how he stands to the unit of the case on that day.

    `standing` holds (level, role) pairs: level is own, superior (any unit above but the root), root, or the name of an office
    under the root, e.g. `("own", "书记")`, `("组织部", "干事")`.
    """

    person: int
    name: str
    standing: frozenset[tuple[str, str]]

    def holds(self, level: str, roles: tuple[str, ...] = ()) -> bool:
        """He has a post at the level, in one of the roles (any role if none are named)."""
        return any(at == level and (not roles or role in roles) for at, role in self.standing)


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyFacts:
    """A duty as it stands. Instants are UTC seconds; `closes_at` is the first that is late, `locks_at` the first refused.

    `submitted_at` is the submission that now stands; it differs from `first_submitted_at` after a return or a reopening.
    """

    id: int
    task: Task
    occurrence: str
    state: DutyState
    epoch: int
    version: int
    opens_at: int | None
    due_day: date | None
    closes_at: int | None
    locks_at: int | None
    first_submitted_at: int | None
    on_time: bool | None
    ways: frozenset[Way]
    submitted_at: int | None = None
    asked: bool = False
    """A leader has been asked to decide about it (提请)."""

    @property
    def key(self) -> str:
        return duty_key(self.task.key, self.occurrence)

    @property
    def resubmitted(self) -> bool:
        """What stands now is not the first submission."""
        return self.submitted_at is not None and self.submitted_at != self.first_submitted_at

    @property
    def clock_runs(self) -> bool:
        return self.state in CLOCK_RUNS

    @property
    def closed(self) -> bool:
        return self.state in CLOSED


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFacts:
    """A case as it stands. `open_by_phase[n]` counts duties of phase n not yet accepted, waived or void (index 0: duties
    without a phase), `duties_by_phase[n]` all that are not void; occurrences of recurring duties are in neither.
    `branches_behind` counts branch cases below that have not left the present phase, `branches` all of them (None: not asked)."""

    id: int
    unit_id: int
    unit_name: str
    unit_kind: str
    track: Track
    phase: int
    version: int
    open_by_phase: tuple[int, ...]
    duties_by_phase: tuple[int, ...]
    branches_behind: int = 0
    branches: int | None = None

    @property
    def current(self) -> Phase | None:
        """The phase it is in; None once it is 办结."""
        return self.track.phases[self.phase - 1] if self.phase <= len(self.track.phases) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is asked for: the act with its words. `now` is UTC seconds, `today` the day in the campaign's zone.

    `data_reasons` is what the form of the task finds wrong with the data; `received_on` is the day a registered paper came in,
    `received_at` the last instant of that day if it is over; `to` is a new last day, `to_closes_at` the first instant after it.
    """

    act: str
    actor: Actor
    now: int
    today: date
    reason: str | None = None
    to: date | None = None
    to_closes_at: int | None = None
    ways: frozenset[Way] = frozenset()
    received_on: date | None = None
    received_at: int | None = None
    has_data: bool = False
    data_reasons: tuple[Reason, ...] = ()
    decision: str | None = None
    expect_version: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Everything `decide` may look at."""

    request: Request
    case: CaseFacts
    duty: DutyFacts | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the journal-to-be: from, to and the lines before and after."""

    act: str
    from_state: str | None = None
    to_state: str | None = None
    due_day_from: date | None = None
    due_day: date | None = None
    on_time: bool | None = None
    reason: str | None = None
    of_case: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What an allowed act changes: columns of the duty, the case's phase, lines of the journal, and what the clock does.

    `clock` is run (a new timer for the owner), review (the reviewer's time begins), stop, or keep. `confirms` says that what
    was submitted now takes effect (grades are confirmed, items registered).
    """

    act: str
    duty: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    phase: int | None = None
    entries: tuple[Entry, ...] = ()
    clock: str = "keep"
    confirms: bool = False
    proxy: bool = False
