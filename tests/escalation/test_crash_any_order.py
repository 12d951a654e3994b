"""Case 82: anything in any order, and what must hold all the same. `make soak` plays the long form."""

from __future__ import annotations

import pytest

from bench.crash.any_order import bound, play
from bench.crash.soak import Lane

EXAMPLES = {("sqlite", "repeat"): 150, ("sqlite", "park"): 50, ("postgresql", "repeat"): 20, ("postgresql", "park"): 10}
"""A PostgreSQL database takes ten times as long to be copied; the rules are the same."""
STEPS = 15
EVERYTHING = {
    "run", "killed", "submit", "return", "accept", "reopen", "extend", "seen", "promise", "snooze", "silence", "end_silence",
    "pause", "resume", "migrate", "calls",
}  # fmt: skip
"""What the lives must really have done, or the test shows nothing; and what a call without an answer must have led to."""
LED_TO = {"repeat": "repeats", "park": "parked"}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("policy", ["repeat", "park"])
def test_case_82_whatever_happens_in_whatever_order_nobody_is_told_twice_and_nothing_is_lost(lane: Lane, policy: str) -> None:
    machine, examples = bound(lane, policy), EXAMPLES[lane.place.kind, policy]

    assert play(machine, examples, STEPS) == ""

    done = {what for what, n in machine.seen.items() if n}
    assert done >= EVERYTHING | {LED_TO[policy]}, machine.seen
    assert policy == "repeat" or not machine.seen["repeats"], machine.seen  # what parks never sends a key again
