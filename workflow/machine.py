"""The machines: one for the life of every duty, one per track for its cases. Compiled once, no model attached.

`transitions` runs them: a trigger gets an `Attempt`, asks the guards, and moves `attempt.state`. Diagrams are drawn from the
same objects (workflow.diagram).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from transitions import EventData, Machine

from workflow import guards as g
from workflow.guards import Attempt, Guard
from workflow.model import DONE_PHASE, DutyState, Phase, Track

S = DutyState
COMMON: tuple[Guard, ...] = (g.right_version,)

DUTY_ACTS: dict[str, tuple[tuple[DutyState, ...], DutyState | None, tuple[Guard, ...]]] = {
    # act: states it exists in, state after (None: the same), guards
    "submit": ((S.OPEN, S.RETURNED), S.SUBMITTED, (g.submits, g.window_open, g.not_locked, g.data_fits)),
    "withdraw": ((S.SUBMITTED,), S.OPEN, (g.submits,)),
    "accept": ((S.SUBMITTED,), S.ACCEPTED, (g.reviews, g.papers_in)),
    "return": ((S.SUBMITTED,), S.RETURNED, (g.reviews, g.has_reason, g.line_not_shortened, g.line_ahead)),
    "receive": (
        (S.OPEN, S.RETURNED, S.SUBMITTED),
        S.SUBMITTED,
        (g.reviews, g.window_open, g.not_locked, g.way_named, g.already_received),
    ),
    "extend": (
        (S.OPEN, S.RETURNED, S.SUBMITTED),
        None,
        (g.extends, g.has_reason, g.date_named, g.line_moves_on, g.line_ahead),
    ),
    "waive": ((S.OPEN, S.RETURNED, S.SUBMITTED), S.WAIVED, (g.top_office, g.has_reason)),
    "reopen": ((S.ACCEPTED, S.WAIVED), S.OPEN, (g.top_office, g.has_reason, g.line_not_shortened, g.line_ahead)),
    "sign": ((S.OPEN, S.RETURNED), None, (g.leads, g.was_asked, g.decision_named)),
}
CASE_ACTS = ("advance",)
ADVANCE: tuple[Guard, ...] = (g.top_office, g.has_reason)
ACTS = (*DUTY_ACTS, *CASE_ACTS)


def try_act(machine: Machine, act: str, attempt: Attempt) -> bool:
    """Fire `act` on a bare value. True: allowed and moved; False: `attempt.reasons` says why not.

    Raises `KeyError` if the machine has no such act; the caller asks `sources` first for acts that do not exist in a state.
    """
    return bool(machine.events[act].trigger(attempt))


def sources(machine: Machine, act: str) -> tuple[str, ...]:
    """The states in which the act exists."""
    return tuple(machine.events[act].transitions)


def acts_in(machine: Machine, state: str) -> tuple[str, ...]:
    """The acts that exist in a state, in the order of their definition."""
    return tuple(act for act, event in machine.events.items() if state in event.transitions)


@lru_cache(maxsize=1)
def duty_machine() -> Machine:
    """The life of a duty: 尚未报送 -> 已报送 -> 已审核, with returns, withdrawals, waivers and reopening."""
    table = [
        {
            "trigger": act,
            "source": [str(s) for s in states],
            "dest": str(after) if after is not None else "=",
            "conditions": [_asks((*COMMON, *guards))],
        }
        for act, (states, after, guards) in DUTY_ACTS.items()
    ]
    return _machine([str(s) for s in DutyState], table, initial=str(S.OPEN))


def track_machine(track: Track) -> Machine:
    """A case's way through its phases, in order, to 办结. States are phase numbers as text: names may repeat, numbers cannot.

    `advance` is an officer's act with a reason; `complete` follows the last acceptance; `open_next` is the calendar's.
    """
    return _known_machine(_Same(track))


class _Same:
    """A track found by being the same object: to compare two by value takes as long as the decision."""

    __slots__ = ("track",)

    def __init__(self, track: Track) -> None:
        self.track = track

    def __hash__(self) -> int:
        return id(self.track)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.track is other.track


@lru_cache(maxsize=256)
def _known_machine(same: _Same) -> Machine:
    return _track_machine(same.track)


@lru_cache(maxsize=256)
def _track_machine(track: Track) -> Machine:
    table: list[dict[str, Any]] = []
    for no in range(1, len(track.phases) + 1):
        step = {"source": str(no), "dest": str(no + 1)}
        table += [
            {"trigger": "advance", **step, "conditions": [_asks((*COMMON, *ADVANCE))]},
            {"trigger": "complete", **step, "conditions": [_asks((g.duties_done, g.branches_done))]},
            {"trigger": "open_next", **step},
        ]
    states = [str(no) for no in range(1, len(track.phases) + 2)]
    return _machine(states, table, initial="1")


def phase_name(track: Track, phase: int) -> str:
    """The name of a phase number; 办结 beyond the last."""
    return track.phases[phase - 1].name if phase <= len(track.phases) else DONE_PHASE


def phase_on(track: Track, phase: int) -> Phase | None:
    return track.phases[phase - 1] if 1 <= phase <= len(track.phases) else None


def _machine(states: Sequence[str], table: list[dict[str, Any]], *, initial: str) -> Machine:
    # auto_transitions would give every value a `to_办结()` that skips all guards.
    return Machine(model=None, states=list(states), transitions=table, initial=initial, auto_transitions=False, send_event=True)


def _asks(guards: tuple[Guard, ...]) -> Any:
    """One condition that asks every guard, so that a refusal carries every reason."""

    def all_agree(event: EventData) -> bool:
        attempt = cast(Attempt, event.model)
        reasons = [reason for guard in guards if (reason := guard(attempt)) is not None]
        attempt.reasons.extend(reasons)
        return not reasons

    all_agree.__name__ = " & ".join(guard.__name__ for guard in guards)
    return all_agree
