"""What children of the tests do, beside whole mornings: run only, deliver for a while, go on after the database was away."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg

from bench.crash.checkpoints import Checkpoints
from bench.crash.life import Life
from duban.clock import Clock
from storage.database import DatabaseProblem
from workflow.errors import Refused


def run_only(life: Life, at: int, answer: Path) -> None:
    """One run; its state, or the code of what stood against it, is written to a file."""
    with life.engine(at) as engine:
        try:
            said = engine.escalate().state
        except DatabaseProblem as problem:
            said = problem.code
        except Refused as refusal:
            said = ",".join(reason.code for reason in refusal.reasons)
    answer.write_text(said, "utf-8")


def deliver_for(life: Life, at: int, seconds: float, speed: int) -> None:
    """A worker that looks for messages over and over for so many seconds.

    `speed` is how much faster real time goes for it: with 3000 a lease of ten minutes is over in a fifth of a second.
    """
    begun = time.monotonic()
    with life.engine(at) as engine:
        engine.context.clock = Clock(now=lambda: at, real=lambda: int(time.monotonic() * speed))
        while time.monotonic() - begun < seconds:
            engine.deliver()
            time.sleep(0.02)


def worker(life: Life, at: int, die_at: int) -> None:
    """A morning that halts at a point, finds the database gone when it goes on, and does what a worker does: it tries again."""
    points = Checkpoints(die_at=die_at, halt=True)
    points.watch_wire()
    with life.engine(at) as engine:
        points.watch(engine.database)
        points.doing("escalate")
        _insists(engine.escalate)
        points.doing("deliver")
        _insists(engine.deliver)


def _insists(step: Callable[[], object]) -> None:
    for left in range(100, -1, -1):
        try:
            step()
            return
        except (DatabaseProblem, psycopg.Error):
            if not left:
                raise
            time.sleep(0.05)


def elsewhere(life: Life, url: str) -> Life:
    """The same life on another database."""
    return replace(life, url=url)
