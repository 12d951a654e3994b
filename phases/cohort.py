"""基数: which branches a target is counted over, and which units each of them is judged by today.

The cohort (基数) is the set of baseline branches frozen on a stated day. It never grows.

    dissolved          leaves it, listed with the reason
    merged             stays, judged by its successor
    split              stays ONE member, reached only when all successors are
    renamed, moved     changes nothing

A successor may itself be merged, split or dissolved: a member is judged by the units that are left at the end of its line,
and leaves only when none is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What became of a unit. Renamed and moved units are still `ACTIVE`."""

    ACTIVE = "active"
    DISSOLVED = "dissolved"
    MERGED = "merged"
    SPLIT = "split"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A unit as it stands today: its confirmed grade (None: not graded yet) or what took its place.

    `reason` is why it was dissolved, for the list. Raises `ValueError` for a merged or split unit without successors.
    """

    unit: str
    name: str = ""
    current: str | None = None
    state: Fate = Fate.ACTIVE
    successors: tuple[Standing, ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        if (self.state in (Fate.MERGED, Fate.SPLIT)) != bool(self.successors):
            raise ValueError(f"unit {self.unit} is {self.state} and has {len(self.successors)} successors")


@dataclass(frozen=True, kw_only=True)
class Member(Standing):
    """A branch of the cohort: a standing and the grade it started from (起始等次)."""

    baseline: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """What a reorganisation did to one unit; `successors` are codes."""

    state: Fate
    successors: tuple[str, ...] = ()
    reason: str = ""


def cohort(
    baseline: Mapping[str, str],
    events: Mapping[str, Event],
    current: Mapping[str, str],
    names: Mapping[str, str] | None = None,
) -> tuple[Member, ...]:
    """The members in order of `baseline` (code -> starting grade), each with what became of it.

    `events` has a unit's last event, `current` its confirmed grade of the new round. Raises `ValueError` if a line of
    successors comes back to itself.
    """
    line = _Line(events=events, current=current, names=names or {})
    return tuple(line.member(code, grade) for code, grade in baseline.items())


def ends(standing: Standing) -> tuple[Standing, ...]:
    """The living units at the end of the line, each once."""
    return tuple({end.unit: end for end in _walk(standing)}.values())


@dataclass(frozen=True, kw_only=True)
class _Line:
    """Follows units through their events."""

    events: Mapping[str, Event]
    current: Mapping[str, str]
    names: Mapping[str, str]

    def member(self, code: str, baseline: str) -> Member:
        start = self.standing(code, ())
        return Member(
            baseline=baseline,
            unit=code,
            name=start.name,
            current=start.current,
            state=start.state,
            successors=start.successors,
            reason=start.reason,
        )

    def standing(self, code: str, before: tuple[str, ...]) -> Standing:
        if code in before:
            raise ValueError(f"the line of unit {before[0]} comes back to {code}: {' -> '.join((*before, code))}")
        event = self.events.get(code, Event(state=Fate.ACTIVE))
        return Standing(
            unit=code,
            name=self.names.get(code, ""),
            current=self.current.get(code) if event.state is Fate.ACTIVE else None,
            state=event.state,
            successors=tuple(self.successor(after, code, before) for after in event.successors),
            reason=event.reason,
        )

    def successor(self, code: str, of: str, before: tuple[str, ...]) -> Standing:
        if code == of:  # a branch that gave up half its members, or took in another, and kept its code
            return Standing(unit=code, name=self.names.get(code, ""), current=self.current.get(code))
        return self.standing(code, (*before, of))


def _walk(standing: Standing) -> Iterator[Standing]:
    if standing.state is Fate.ACTIVE:
        yield standing
    for successor in standing.successors:
        yield from _walk(successor)
