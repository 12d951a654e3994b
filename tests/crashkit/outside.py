"""A world whose messages leave by a real channel, and the receiver that counts every physical call: what the cases call a send."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from world import World

from bench.crash.gateway import Call, Gateway
from duban.service.context import day_of
from duban.service.deliver import Delivered
from duban.service.escalate import RunResult
from duban.settings import ChannelSettings

URL = "DUBAN_TEST_HOOK"
"""The environment variable with the address of the channel."""
HOOK = ChannelSettings(name="webhook", kind="webhook", address="number", url_env=URL, timeout=20.0)
"""A person's address is his 工号."""

Send = tuple[str, tuple[str, ...]]
"""Whom a call was for, and the units it spoke of."""


@dataclass(kw_only=True)
class Outside:
    """`crowded` of the tests, or another world, with a channel that leads to `gateway`."""

    world: World
    gateway: Gateway
    seen: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.world.engine.context.sandbox = False  # a sandbox sends nothing out
        self.settings(channels=(HOOK,), order=(HOOK.name,))

    def settings(self, **more: Any) -> None:
        context = self.world.engine.context
        context.settings = replace(context.settings, **more)

    def run(self, words: str, *, deliver: bool = False) -> RunResult:
        found: RunResult = self.world.run(words, deliver=deliver)
        return found

    def deliver(self, words: str) -> Delivered:
        """Send what may leave at an instant."""
        self.world.at(words)
        return self.world.deliver()

    def calls(self) -> list[Call]:
        """Every physical call since this was asked last."""
        found = self.gateway.calls()[self.seen :]
        self.seen += len(found)
        return found

    def sends(self) -> list[Send]:
        """The same as (to whom, about which units), sorted."""
        return sorted((str(call.json["data"]["to"]), units(call)) for call in self.calls())

    def sizes(self) -> dict[str, int]:
        """{to whom: how many things} of the same; a person who was called twice is a failure."""
        found = self.sends()
        assert len({to for to, _ in found}) == len(found), found
        return {to: len(about) for to, about in found}

    def duty(self, unit: str) -> int:
        ((found,),) = self.world.rows(f"SELECT d.id FROM duty d JOIN unit u ON u.id = d.unit_id WHERE u.code = '{unit}'")
        return int(found)

    def submit(self, words: str, *codes: str) -> None:
        """Branches hand in what they owe, each by its own 书记, at an instant."""
        engine = self.world.at(words)
        for code in codes:
            engine.act("submit", duty=self.duty(code), by=f"{code}:书记")


def units(call: Call) -> tuple[str, ...]:
    """The units that a call spoke of, in their order."""
    return tuple(item["unit"] for item in call.json["data"]["items"])


def notices(world: World) -> Counter[tuple[str, str]]:
    """{(rung, state): how many} of all reminders."""
    return Counter(world.rows("SELECT rung, state FROM reminder"))


def told(world: World, unit: str) -> list[tuple[str, str]]:
    """(day of the run, rung) of what somebody was told about a unit, oldest first."""
    rows = world.rows(
        "SELECT n.as_of, r.rung FROM reminder r JOIN run n ON n.id = r.run_id JOIN duty d ON d.id = r.duty_id"
        f" JOIN unit u ON u.id = d.unit_id WHERE u.code = '{unit}' AND r.state = 'folded' ORDER BY n.as_of, r.rung"
    )
    return [(str(day_of(as_of)), rung) for as_of, rung in rows]


def unsaid(world: World, unit: str) -> list[tuple[str, str]]:
    """(rung, state) of what nobody was told about a unit."""
    return sorted(
        world.rows(
            "SELECT r.rung, r.state FROM reminder r JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id"
            f" WHERE u.code = '{unit}' AND r.state <> 'folded'"
        )
    )


def looks(world: World) -> list[tuple[int, int]]:
    """(instant, how many duties) of when a run looks again."""
    return sorted(world.rows("SELECT at, count(*) FROM timer GROUP BY at"))


def facts(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Every row but the heartbeat's."""
    return {name: rows for name, rows in world.everything().items() if name != "meta"}


def ledger(world: World) -> list[tuple[Any, ...]]:
    """What was decided to be told, to whom, for which day and when it may leave; without the numbers of runs and messages."""
    return sorted(
        world.rows(
            "SELECT r.duty_id, r.epoch, r.rung, r.repeat, r.recipient_id, r.slot_day, r.state, m.window_day, m.not_before"
            " FROM reminder r LEFT JOIN message m ON m.id = r.message_id"
        ),
        key=repr,
    )
