"""The last hour before the line: two hundred branches hand in within a minute, each clicks twice, and the runs go on meanwhile."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from api import Api, Program, api
from places import Places
from world import World, built, crowd, instant

COMMITTEES, BRANCHES, SUBMIT, HANDS = 5, 80, 200, 12
"""400 branches owe something, 200 of them hand it in; as many requests at a time as `HANDS`."""
MORNINGS = ("2026-03-25 08:30", "2026-03-31 08:30", "2026-04-02 08:30", "2026-04-09 08:30")
"""Every step of the ladder is due on one of them."""


@pytest.fixture
def busy(sqlite_places: Places, tmp_path: Path) -> Iterator[Api]:
    url = sqlite_places.copy("two hundred", lambda url: built(url, crowd(COMMITTEES, BRANCHES)))
    world = World(url=url, folder=tmp_path)
    world.launch()
    world.at(MORNINGS[0])
    with api(world) as found:
        yield found
    world.close()
    sqlite_places.drop(url)


@dataclass
class Runs:
    """What cron does meanwhile, again and again: run and deliver."""

    world: World
    spans: list[tuple[float, float]] = field(default_factory=list)
    told: int = 0

    def go(self) -> None:
        for morning in MORNINGS:
            self.world.time = instant(morning)
            begun = time.monotonic()
            self.told += self.world.engine.escalate().reminders
            self.world.engine.deliver()
            self.spans.append((begun, time.monotonic()))

    def was_on(self, at: float) -> bool:
        return any(begun <= at <= ended for begun, ended in self.spans)


@dataclass(frozen=True)
class Sent:
    """What one branch was answered to its two clicks, and when the first was."""

    statuses: tuple[int, int]
    at: float


def _hand_in(program: Program, duty: int) -> Sent:
    """Read it, send it, and before the answer is looked at send it once more."""
    tag = program.get(f"/duties/{duty}").headers["etag"]
    first = program.act(duty, "submit", if_match=tag)
    at = time.monotonic()
    return Sent((first.status_code, program.act(duty, "submit", if_match=tag).status_code), at)


@pytest.mark.timeout(240)
def test_two_hundred_submissions_in_a_minute_while_runs_go_on_are_each_taken_once(busy: Api) -> None:
    world = busy.world
    duties = {row.unit: row.duties[0].id for row in world.engine.status().rows if row.duties}
    units = [f"c{c}b{b}" for b in range(1, BRANCHES + 1) for c in range(1, COMMITTEES + 1)][:SUBMIT]
    programs = {unit: busy.as_(f"n{unit[1:].replace('b', '-')}") for unit in units}
    runs = Runs(world)

    begun = time.monotonic()
    cron = threading.Thread(target=runs.go)
    cron.start()
    with ThreadPoolExecutor(HANDS) as hands:
        sent = list(hands.map(lambda unit: _hand_in(programs[unit], duties[unit]), units))
    took = time.monotonic() - begun
    cron.join()

    assert Counter(each.statuses for each in sent) == {(200, 412): SUBMIT}
    assert took < 60
    assert sum(runs.was_on(each.at) for each in sent) > SUBMIT // 4
    assert runs.told > COMMITTEES * BRANCHES
    assert world.rows("SELECT COUNT(*), COUNT(DISTINCT duty_id) FROM submission") == [(SUBMIT, SUBMIT)]
    assert world.rows("SELECT COUNT(*), COUNT(DISTINCT duty_id) FROM journal WHERE act = 'submit'") == [(SUBMIT, SUBMIT)]
    handed_in = {row.unit for row in world.engine.status().rows for duty in row.duties if duty.state == "submitted"}
    assert handed_in == set(units)
    kept = world.rows("SELECT state, version, COUNT(*) FROM duty GROUP BY state, version ORDER BY state")
    assert kept == [("open", 1, COMMITTEES * BRANCHES - SUBMIT), ("submitted", 2, SUBMIT)]
