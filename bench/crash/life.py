"""A life: the mornings of a campaign, each `escalate` and `deliver` in a process of its own, that can be cut off at any checkpoint."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.crash.checkpoints import Checkpoints
from bench.crash.school import instant
from duban.clock import Clock
from duban.engine import Engine
from duban.settings import ChannelSettings, Settings, Smtp

MORNINGS = ("2026-03-25 08:30", "2026-03-31 08:30")
POLICIES = ("repeat", "park")
HOOK = "DUBAN_CRASH_HOOK"
LATER = 2 * 3600
"""Seconds, of both clocks, between a life that was cut off and the second cron after it: longer than a lease and the first back-off."""


@dataclass(frozen=True, kw_only=True)
class Life:
    """Which database, whom the messages go to, and by which policy a claim without a result is treated."""

    url: str
    folder: str
    hook: str
    policy: str = "repeat"
    channel: str = "hook"
    smtp_port: int = 0
    attempts: int = 6

    def settings(self) -> Settings:
        if self.channel == "mail":
            smtp = Smtp(host="127.0.0.1", port=self.smtp_port, sender="组织部 <zzb@example.edu.cn>")
            return Settings(folder=self.folder, smtp=smtp)
        channel = ChannelSettings(
            name="hook", kind="webhook", address="number", url_env=HOOK, unknown=self.policy, attempts=self.attempts
        )
        return Settings(folder=self.folder, channels=(channel,), order=("hook",))

    def engine(self, at: int, real_shift: int = 0) -> Engine:
        """An engine that stands at an instant. `real_shift` is how much later real time is for it: leases run out by that clock."""
        os.environ[HOOK] = self.hook
        clock = Clock(now=lambda: at, real=lambda: int(time.time()) + real_shift)
        engine = Engine(self.url, clock=clock, settings=self.settings())
        engine.context.sandbox = False  # a sandbox's days, but its messages go out, to the receiver on this machine
        return engine


SOON = 50
"""How often a run that met another one's lock comes again within the same minute, as cron would the next."""


def morning(life: Life, at: int, real_shift: int = 0, die_at: int = 0, log: Path | None = None, halt: bool = False) -> None:
    """What cron does at an instant: `duban escalate --deliver`. Ends (or halts) at the `die_at`-th checkpoint."""
    points = Checkpoints(die_at=die_at, halt=halt, log=log, folder=Path(life.folder))
    points.watch_wire()
    with life.engine(at, real_shift) as engine:
        points.watch(engine.database)
        points.doing("escalate")
        for _ in range(SOON):
            if engine.escalate().state != "already_running":
                break
            time.sleep(0.1)  # PostgreSQL may take a moment to notice that the one who held the lock is dead
        points.doing("deliver")
        engine.deliver()


def at_mornings(days: Sequence[str] = MORNINGS) -> list[int]:
    return [instant(words) for words in days]
