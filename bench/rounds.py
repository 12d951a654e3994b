"""Timing: the floor and ours in turns, the best of each against the best of the other."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

Job = Callable[[], None]
Made = Callable[[], tuple[Job, Job]]
"""Makes ready one round, and returns what is timed and what clears up after it."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured workload. `floor` and `ours` are seconds, of all n together; `ratio` is ours over the floor."""

    workload: str
    n: int
    db: str
    floor: float
    ours: float
    ratio: float
    gate: float | None = None
    goal: float | None = None
    note: str = ""
    broken: bool = False

    def public(self) -> dict[str, Any]:
        """What `--json` prints."""
        return {key: value for key, value in asdict(self).items() if key in ("workload", "n", "db", "floor", "ours", "ratio")}


def figure(workload: str, n: int, db: str, floor: float, ours: float, **more: Any) -> Figure:
    ratio = ours / floor
    gate = more.get("gate")
    broken = bool(more.pop("broken", False)) or (gate is not None and ratio > gate)
    return Figure(workload=workload, n=n, db=db, floor=floor, ours=ours, ratio=round(ratio, 2), broken=broken, **more)


def best(rounds: int, *sides: Made, gate: float | None = None) -> list[float]:
    """The shortest time of each side in seconds; the sides take turns, so that a busy minute meets all of them.

    With a `gate` that the second side does not keep, twice as many rounds follow: a busy machine is not a slow program.
    """
    shortest = [float("inf")] * len(sides)
    for at in range(3 * rounds):
        if at >= rounds and (gate is None or shortest[1] <= gate * shortest[0]):
            break
        for no, side in enumerate(sides):
            shortest[no] = min(shortest[no], timed(side))
    return shortest


def timed(side: Made) -> float:
    job, clear = side()
    gc.collect()
    start = perf_counter()
    job()
    taken = perf_counter() - start
    clear()
    return taken
