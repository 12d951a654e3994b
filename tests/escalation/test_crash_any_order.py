"""Case 82: anything in any order, and what must hold all the same. `make soak` plays the long form."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from bench.crash.any_order import STEPS, bound
from bench.crash.soak import Lane

EXAMPLES = {"sqlite": 200, "postgresql": 40}
"""A PostgreSQL database takes ten times as long to be copied; the rules are the same."""

EVERYTHING = {"run", "killed", "submit", "return", "extend", "seen", "promise", "silence", "pause", "resume", "migrate"}
"""What at least one of all those lives must really have done, or the test shows nothing."""


def test_case_82_whatever_happens_in_whatever_order_nobody_is_told_twice_and_nothing_is_lost(lane: Lane) -> None:
    machine = bound(lane)

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=EXAMPLES[lane.place.kind],
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    missing = {"run", "killed", "submit", "return", "extend", "seen", "promise", "silence", "pause", "resume", "migrate"} - set(
        machine.seen
    )
    assert not missing, machine.seen
    assert machine.seen["calls"] > 0
