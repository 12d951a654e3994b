"""Delivery as cron does it and as `duban worker` does it: every case that delivers is tried with both."""

from __future__ import annotations

from dataclasses import replace

from duban.engine import Engine
from duban.service.deliver import Delivered
from duban.service.waking import PROCRASTINATE, wake_of
from duban.worker import Worker
from storage import jobs

POLL = "poll"
ON = (("sqlite", POLL), ("postgresql", POLL), ("postgresql", PROCRASTINATE))
"""Kinds of databases with the backends there are on each."""


def wake_by(engine: Engine, backend: str) -> None:
    """From now on folds of this engine call delivery in that way, as if its settings had said so from the beginning."""
    if backend == PROCRASTINATE:
        jobs.create(engine.database)
    context = engine.context
    context.settings = replace(context.settings, backend=backend)
    context.wake = wake_of(engine.database, context.settings, context.clock)


def drain(engine: Engine, backend: str) -> Delivered:
    """Send what may leave now: in one pass, or as a worker that ends when no call is left. The same answer from both."""
    if backend == POLL:
        return engine.deliver()
    if engine.context.wake is None:
        wake_by(engine, backend)
    return Worker(engine=engine).once()
