"""Who wakes a run up, and who notices when nobody does: the daemon is only an alarm clock, silence at the monitor is the alarm."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from herd import Herd
from places import Places
from world import World, built, days, instant

from duban.clock import Clock, system_clock
from duban.engine import Engine
from duban.scheduler import alarm, tick
from duban.settings import Settings

MINUTE = 60


def reminders(world: World) -> list[tuple[Any, ...]]:
    """What was decided to be told, to whom and when, without the numbers of runs and messages."""
    return sorted(world.rows("SELECT duty_id, epoch, rung, repeat, recipient_id, slot_day, state FROM reminder"))


def letters(world: World) -> list[tuple[Any, ...]]:
    return sorted(world.rows("SELECT recipient_id, channel, window_day, state FROM message"))


@contextmanager
def going(ticks: Callable[[], None], *, every: int) -> Iterator[None]:
    clock = alarm(ticks, every=every, now=system_clock().now())
    clock.start()
    yield
    clock.shutdown(wait=True)


def ticking(world: World, said: list[str]) -> Callable[[], None]:
    """A tick as the daemon makes it: each opens an engine of its own."""
    settings = Settings(folder=str(world.folder / "messages"), backend=world.backend)

    def one() -> None:
        tick(lambda: Engine(world.url, clock=Clock(now=lambda: world.time), settings=settings), said.append)

    return one


def test_case_72_a_daemon_that_was_off_for_five_days_runs_once_within_a_minute_of_its_start(world: World) -> None:
    world.launch()
    world.at("2026-04-01 08:37")  # nothing ran from 03-25 on: rung 1 is past, rung 2 is due since 03-31
    said: list[str] = []

    began = time.monotonic()
    with going(ticking(world, said), every=10):
        while not said and time.monotonic() - began < MINUTE:
            time.sleep(0.05)
        time.sleep(0.5)  # a second tick would come now

    assert world.rows("SELECT count(*), min(as_of) FROM run") == [(1, world.time)]
    states = {state.partition(":")[0] for (state,) in world.rows("SELECT DISTINCT state FROM reminder")}
    assert states == {"folded", "skipped"}
    assert len(said) == 2  # the run, and what was sent
    assert world.rows("SELECT count(*) FROM message WHERE state <> 'sent'") == [(0,)]


def looks(first: str, last: str) -> list[str]:
    """When a daemon looks: four times a morning."""
    return [f"{day} 08:{minute}" for day in days(first, last) for minute in (20, 30, 40, 50)]


def look(url: str, at: str, folder: str, backend: str) -> int:
    """One look of a daemon; returns 1 if its run did something."""
    settings = Settings(folder=folder, backend=backend)
    with Engine(url, clock=Clock(now=lambda: instant(at)), settings=settings) as engine:
        done = engine.escalate().state == "done"
        engine.deliver()
    return int(done)


def test_case_73_two_daemons_on_one_database_make_what_one_makes(places: Places, herd: Herd, tmp_path: Path) -> None:
    """Changed: ticks at fixed instants of a sandbox's clock, by two processes at once; the long form is `make soak`."""
    worlds = [World(url=places.copy("school", built), folder=tmp_path / name) for name in ("one", "two")]
    for world in worlds:
        world.launch()
    one, two = worlds
    week = ("2026-03-25", "2026-04-02")

    alone = sum(look(one.url, at, str(tmp_path / "one"), "poll") for at in looks(*week))
    both = [0, 0]
    for at in looks(*week):  # in step, as by the same clock on the wall
        shares = herd.together(look, [(two.url, at, str(tmp_path / "two"), "poll")] * 2)
        both = [sum(pair) for pair in zip(both, shares, strict=True)]

    assert alone == sum(both) > 2
    assert reminders(one) == reminders(two)
    assert letters(one) == letters(two)
    assert {state for *_, state in letters(two)} == {"sent"}
    for world in worlds:
        world.close()
        places.drop(world.url)


class Monitor:
    """An outside monitor: which paths were called. `answers` with one status, after so many seconds."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.answer, self.slow = 200, 0.0
        monitor = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                monitor.calls.append(self.path)
                time.sleep(monitor.slow)
                self.send_response(monitor.answer)
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Nobody reads it."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ping/5f0c"


@pytest.fixture
def monitor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Monitor]:
    made = Monitor()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("DUBAN_TEST_HEARTBEAT", made.url)
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def watched(world: World) -> World:
    """The same school in earnest, with an outside monitor."""
    world.engine.context.sandbox = False
    world.engine.context.settings = replace(world.engine.context.settings, heartbeat_env="DUBAN_TEST_HEARTBEAT")
    return world


def test_case_74_when_no_run_comes_any_more_the_monitor_hears_nothing_and_the_doctor_says_no_after_a_working_day(
    world: World, monitor: Monitor
) -> None:
    """Changed: how many hours of silence are an alarm is the outside monitor's setting. `duban doctor` ends with 1 once a whole working
    day has gone by without a run: on the second one after the last run, so that a run of Friday is young enough on Monday. (`duban
    status` is the board of duties; of the machine it says nothing.)"""
    world.launch()
    watched(world).run("2026-03-31 08:30")  # a Tuesday
    heard = list(monitor.calls)

    next_day = world.at("2026-04-01 10:30").doctor()  # 26 hours later
    after = world.at("2026-04-02 00:01").doctor()

    assert (heard, monitor.calls) == (["/ping/5f0c"], heard)
    assert (next_day["healthy"], after["healthy"]) == (True, False)
    assert "已超过一个工作日" in " ".join(after["lines"])


def test_the_monitor_is_called_after_every_run_also_when_nothing_is_due(world: World, monitor: Monitor) -> None:
    world.launch()
    watched(world)

    states = [world.run(moment).state for moment in ("2026-03-25 08:29", "2026-03-25 08:30", "2026-03-25 08:31")]

    assert states == ["nothing_due", "done", "nothing_due"]
    assert monitor.calls == ["/ping/5f0c"] * 3


def test_a_run_that_breaks_off_is_told_to_the_monitor_as_one(world: World, monitor: Monitor) -> None:
    world.launch()
    watched(world).break_off("message")

    with pytest.raises(Exception, match="broken off"):
        world.run("2026-03-25 08:30")

    assert monitor.calls == ["/ping/5f0c/fail"]


def test_rehearsals_and_sandboxes_call_nobody(world: World, monitor: Monitor) -> None:
    world.launch()
    world.run("2026-03-24 08:30")
    watched(world).at("2026-03-25 08:30").escalate(dry=True)

    assert monitor.calls == []


@pytest.mark.parametrize("wrong", ["answers", "away", "slow", "empty", "file"])
def test_a_monitor_that_is_away_never_fails_a_run_and_its_address_is_not_repeated(
    small_world: World, monitor: Monitor, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monitor.answer = 503 if wrong == "answers" else 200
    monitor.slow = 7.0 if wrong == "slow" else 0.0
    addresses = {"away": "http://127.0.0.1:9/ping/5f0c", "empty": "", "file": "file:///etc/5f0c"}
    monkeypatch.setenv("DUBAN_TEST_HEARTBEAT", addresses.get(wrong, monitor.url))
    small_world.launch()

    began = time.monotonic()
    result = watched(small_world).run("2026-03-25 08:30")

    assert (result.state, result.messages) == ("done", 8)
    [warning] = [line for line in result.warnings if "外部监控" in line]
    assert "DUBAN_TEST_HEARTBEAT" in warning
    assert "5f0c" not in warning
    assert timedelta(seconds=time.monotonic() - began) < timedelta(seconds=8)
