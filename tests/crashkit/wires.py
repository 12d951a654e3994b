"""Every kind of channel led to the receiver of the tests, and a real clock that goes on beside the campaign's only when told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from world import World, instant

from crashkit.outside import Outside
from duban.clock import Clock
from duban.service.deliver import Delivered
from duban.settings import ChannelSettings

ROBOT = "DUBAN_TEST_ROBOT"
"""The environment variable with the address of a robot, or of the SMS gateway."""


def robot(kind: str, **more: Any) -> ChannelSettings:
    """A channel of a kind at the receiver's `/robot`, for a group unless an address is named."""
    usual: dict[str, Any] = {"name": kind, "kind": kind, "address": "none", "url_env": ROBOT, "timeout": 0.5}
    return ChannelSettings(**{**usual, **more})


def wired(outside: Outside, monkeypatch: pytest.MonkeyPatch, *channels: ChannelSettings, **more: Any) -> Outside:
    """From now on people are told by these channels, the first before the next."""
    monkeypatch.setenv(ROBOT, outside.gateway.url("/robot"))
    names = tuple(channel.name for channel in channels)
    outside.settings(**{"channels": channels, "order": names, **more})
    return outside


@dataclass(kw_only=True)
class TwoClocks:
    """The campaign's clock and the real one, moved together."""

    world: World
    real: int = field(default=1_000_000_000)

    def __post_init__(self) -> None:
        self.world.engine.context.clock = Clock(now=lambda: self.world.time, real=lambda: self.real, wait=self.go_on)

    def go_on(self, seconds: float) -> None:
        self.world.time += int(seconds)
        self.real += int(seconds)

    def at(self, words: str) -> None:
        """Go on to an instant of the campaign's."""
        self.go_on(instant(words) - self.world.time)

    def every(self, seconds: int, until: str) -> Delivered:
        """Deliver again and again until an instant: what cron does. The last answer."""
        done = self.world.deliver()
        while self.world.time < instant(until):
            self.go_on(min(seconds, instant(until) - self.world.time))
            done = self.world.deliver()
        return done


def states(world: World) -> dict[str, int]:
    """{state: how many} of all messages; what is held or given up with its reason."""
    rows = world.rows("SELECT state, why, count(*) FROM message GROUP BY state, why")
    found: dict[str, int] = {}
    for state, why, n in rows:
        name = f"{state}:{why}" if state in ("held", "dead", "cancelled") and why else str(state)
        found[name] = found.get(name, 0) + int(n)
    return found


def numbers(world: World, sql: str = "") -> Sequence[tuple[str, str]]:
    """(工号, state) of every message, oldest first."""
    return [
        (str(number), str(state))
        for number, state in world.rows(
            f"SELECT p.number, m.state FROM message m JOIN person p ON p.id = m.recipient_id {sql} ORDER BY m.id"
        )
    ]


def write(world: World, sql: str) -> None:
    """Something no door leads to: a spoiled row, a lost address."""
    with world.database.write() as connection:
        connection.exec_driver_sql(sql)
