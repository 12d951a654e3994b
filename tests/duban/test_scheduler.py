"""The daemon: a tick at its start and at every full so-many minutes, one line for what happened, and no error that ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from shell import Shell
from world import World

from duban.clock import Clock, system_clock
from duban.engine import Engine
from duban.scheduler import EVERY, alarm, tick
from duban.settings import Settings
from workflow.errors import DubanError

R1_DAY = "2026-03-25 08:30"


class Lines(list[str]):
    """What a daemon said."""

    def __str__(self) -> str:
        return "\n".join(self)


def again(world: World) -> Engine:
    """An engine of its own on the same database, as a tick opens it."""
    return Engine(world.url, clock=Clock(now=lambda: world.time), settings=Settings(folder=str(world.folder / "messages")))


def test_a_tick_runs_and_delivers_and_says_both_in_a_line_each(world: World) -> None:
    world.launch()
    world.at(R1_DAY)
    said = Lines()

    well = [tick(lambda: again(world), said.append) for _ in range(2)]

    assert well == [True, True]
    assert len(world.messages) == 8
    assert [line.partition("：")[0] for line in said] == ["核查1", "已发送8封，未送达0封，结果不明0封，等待中0封"]


def test_a_tick_survives_a_database_that_is_away_and_the_next_one_works(world: World) -> None:
    world.launch()
    world.at(R1_DAY)
    said, away = Lines(), [True]

    def open_engine() -> Engine:
        return Engine("postgresql+psycopg://nobody@127.0.0.1:9/nothing") if away[0] else again(world)

    first = tick(open_engine, said.append)
    away[0] = False
    second = tick(open_engine, said.append)

    assert (first, second) == (False, True)
    assert said[0].startswith("打不开数据库，下次再试：打不开数据库")
    assert len(said[0].splitlines()) == 1
    assert len(world.messages) == 8


def test_a_run_that_breaks_off_is_one_line_and_what_waits_is_sent_all_the_same(world: World) -> None:
    world.launch()
    world.run(R1_DAY)
    with world.database.write() as connection:  # all of it is due once more
        connection.exec_driver_sql(f"UPDATE timer SET at = {world.time}")
    world.break_off("timer", "DELETE")
    said = Lines()

    well = tick(lambda: again(world), said.append)

    assert not well
    assert len(said) == 2
    assert said[0].startswith("例行核查没有做完，下次再试：")
    assert said[1].startswith("已发送")


def test_settings_that_are_wrong_are_one_line_of_a_tick() -> None:
    said = Lines()

    def open_engine() -> Engine:
        raise DubanError("duban.toml 的 [smpt] 不认识。", code="bad-settings")

    assert not tick(open_engine, said.append)
    assert said == ["打不开数据库，下次再试：duban.toml 的 [smpt] 不认识。"]


def test_the_alarm_rings_when_it_is_started_and_never_twice_at_a_time() -> None:
    rung, at_once = threading.Event(), []
    together = threading.Lock()

    def job() -> None:
        assert together.acquire(blocking=False)
        at_once.append(time.monotonic())
        rung.set()
        together.release()

    clock = alarm(job, every=10, now=system_clock().now())
    began = time.monotonic()
    clock.start()
    assert rung.wait(10)
    clock.pause()
    clock.shutdown(wait=True)

    assert at_once[0] - began < 5


@pytest.mark.parametrize("every", EVERY)
def test_every_interval_divides_the_hour_and_is_never_skipped_as_too_late(every: int) -> None:
    clock = alarm(lambda: None, every=every, now=0)
    clock.start(paused=True)

    job = clock.get_job("tick")
    first = job.next_run_time
    second = job.trigger.get_next_fire_time(first, first + timedelta(seconds=1))
    third = job.trigger.get_next_fire_time(second, second + timedelta(seconds=1))
    clock.shutdown(wait=True)

    assert job.misfire_grace_time is None
    assert (job.coalesce, job.max_instances) == (True, 1)
    assert first.timestamp() == 0
    assert third - second == timedelta(minutes=every)


def test_an_interval_that_does_not_divide_the_hour_is_wrong_usage(shell: Shell) -> None:
    answer = shell("scheduler", "--every", "7")

    assert answer.code == 2
    assert "60的约数" in answer.err


def test_sigterm_lets_the_present_tick_end_and_then_the_daemon_does(shell: Shell, tmp_path: Path) -> None:
    shell.launched()
    environment = os.environ | {"DUBAN_DATABASE_URL": shell.url, "DUBAN_CLOCK": "2026-03-25T08:30:00+08:00"}
    log = tmp_path / "log"
    with log.open("wb") as out:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "duban", "scheduler"], cwd=tmp_path, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        until = time.monotonic() + 60
        while "已启动" not in log.read_text("utf-8") and time.monotonic() < until:
            time.sleep(0.02)
        daemon.send_signal(signal.SIGTERM)  # in the middle of its first tick
        code = daemon.wait(60)
    finally:
        daemon.kill()

    said = log.read_text("utf-8")
    assert code == 0, said
    assert "值守进程已停止" in said.splitlines()[-1]
    assert "Traceback" not in said
    shell.clock = "2026-03-25 08:30"
    states = shell.json("doctor")["messages"]
    assert states == {}, said  # whatever the tick had begun, it has ended
