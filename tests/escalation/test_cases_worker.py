"""Calls of procrastinate are hints: lost, doubled, stuck or rolled back, they can neither lose a message nor repeat one."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from crashkit.backends import wake_by
from places import Places
from sqlalchemy import Connection
from world import World, built

from duban.clock import Clock
from duban.engine import Engine
from duban.settings import Settings, Smtp
from duban.worker import SWEEP, Worker, work
from storage import jobs

R1_DAY = "2026-03-25 08:30"
BRANCHES = 8
"""Who is told on that day, in the school of tests/world.py."""


@pytest.fixture
def called(postgresql_places: Places, tmp_path: Path) -> Iterator[World]:
    """The small school with a launched campaign, whose messages call a worker."""
    url = postgresql_places.copy("school", built)
    world = World(url=url, folder=tmp_path)
    wake_by(world.engine, "procrastinate")
    world.launch()
    yield world
    world.close()
    postgresql_places.drop(url)


def answer(world: World) -> Worker:
    """A worker that answers the calls there are, without looking for more."""
    worker = Worker(engine=world.engine)
    asyncio.run(worker.answer(wait=False))
    return worker


def calls(world: World, what: str = "count(*)", more: str = "") -> list[tuple[Any, ...]]:
    return world.rows(f"SELECT {what} FROM {jobs.SCHEMA}.procrastinate_jobs {more}")


def say(world: World, sql: str) -> None:
    with world.database.write() as connection:
        connection.exec_driver_sql(sql)


def once_each(world: World) -> list[tuple[Any, ...]]:
    return world.rows(
        "SELECT m.id FROM message m WHERE m.state = 'sent' AND (SELECT count(*) FROM delivery d WHERE d.message_id = m.id) = 1"
    )


def test_a_fold_leaves_a_call_for_every_message_and_answering_them_leaves_none(called: World) -> None:
    run = called.run(R1_DAY)

    waiting = calls(called, "queue_name, task_name, status::text, count(*)", "GROUP BY 1, 2, 3")
    worker = answer(called)

    assert (run.messages, waiting) == (BRANCHES, [(jobs.QUEUE, jobs.TASK, "todo", BRANCHES)])
    assert (worker.done.sent, len(called.messages), calls(called)) == (BRANCHES, BRANCHES, [(0,)])


def test_case_68_a_message_whose_call_is_lost_is_called_for_again_and_sent_once(called: World) -> None:
    called.run(R1_DAY)
    say(called, f"DELETE FROM {jobs.SCHEMA}.procrastinate_jobs")

    unheard = answer(called).done.sent
    again = Worker(engine=called.engine).sweep()
    sent = answer(called).done.sent

    assert SWEEP <= 120
    assert (unheard, again, sent) == (0, BRANCHES, BRANCHES)
    assert len(once_each(called)) == BRANCHES


def test_a_sweep_calls_only_for_what_has_no_living_call(called: World) -> None:
    called.run(R1_DAY)
    say(
        called,
        f"DELETE FROM {jobs.SCHEMA}.procrastinate_jobs WHERE id IN (SELECT min(id) FROM {jobs.SCHEMA}.procrastinate_jobs)",
    )
    worker = Worker(engine=called.engine)

    assert [worker.sweep(), worker.sweep()] == [1, 0]
    assert calls(called) == [(BRANCHES + 1,)]  # and one about no message in particular


def test_a_call_for_later_is_brought_forward_when_its_time_has_come(called: World) -> None:
    called.run("2026-03-28 09:00")  # a Saturday: planned now, told on Monday
    later = calls(called, "count(*)", "WHERE scheduled_at > clock_timestamp()")

    early = answer(called).done.sent
    called.at("2026-03-30 08:30")
    Worker(engine=called.engine).sweep()
    sent = answer(called).done.sent

    assert later == [(BRANCHES,)]
    assert (early, sent) == (0, BRANCHES)


def test_case_69_a_doubled_call_does_nothing(called: World) -> None:
    called.run(R1_DAY)
    columns = "queue_name, task_name, priority, args"
    copied = f"SELECT {columns} FROM {jobs.SCHEMA}.procrastinate_jobs"
    say(called, f"INSERT INTO {jobs.SCHEMA}.procrastinate_jobs ({columns}) {copied}")

    both = calls(called)
    first = answer(called).done.sent
    after = called.everything()
    say(
        called,
        f"INSERT INTO {jobs.SCHEMA}.procrastinate_jobs ({columns}) SELECT '{jobs.QUEUE}', '{jobs.TASK}', 0, "
        "jsonb_build_object('message', id) FROM message",
    )
    second = answer(called).done.sent

    assert both == [(2 * BRANCHES,)]
    assert (first, second) == (BRANCHES, 0)
    assert called.everything() == after
    assert len(once_each(called)) == BRANCHES


class Office:
    """A mail server that lets the first letter's sender wait until told to go on."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.arrived, self.released = threading.Event(), threading.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.keys.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        self.arrived.set()
        await asyncio.get_running_loop().run_in_executor(None, self.released.wait, 30)
        return "250 OK"


@pytest.fixture
def office() -> Iterator[tuple[Office, int]]:
    office = Office()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    yield office, port
    office.released.set()
    controller.stop()


def in_earnest(engine: Engine, port: int) -> None:
    """The same school as one that mails, on days that the test chooses."""
    engine.context.sandbox = False
    smtp = Smtp(host="127.0.0.1", port=port, sender="组织部 <zzb@example.edu.cn>", timeout=30)
    engine.context.settings = replace(engine.context.settings, smtp=smtp)


def answer_in_a_process(url: str, at: int, port: int) -> None:
    with Engine(url, clock=Clock(now=lambda: at), settings=Settings(backend="procrastinate")) as engine:
        in_earnest(engine, port)
        asyncio.run(Worker(engine=engine).answer(wait=False))


def test_case_70_what_a_killed_worker_had_in_hand_goes_by_the_channel_s_policy_under_the_same_key(
    called: World, office: tuple[Office, int]
) -> None:
    server, port = office
    in_earnest(called.engine, port)
    called.run(R1_DAY)
    child = get_context("forkserver").Process(target=answer_in_a_process, args=(called.url, called.time, port))
    child.start()
    assert server.arrived.wait(30)
    child.kill()
    child.join()
    server.released.set()

    stuck = calls(called, "count(*)", "WHERE status = 'doing'")
    meanwhile = Worker(engine=called.engine).once().sent
    say(called, f"UPDATE {jobs.SCHEMA}.procrastinate_workers SET last_heartbeat = now() - interval '{jobs.STALLED + 1} s'")
    real = called.engine.context.clock.real() + 601
    called.engine.context.clock = Clock(now=lambda: called.time, real=lambda: real)
    done = Worker(engine=called.engine).once()

    assert stuck == [(1,)]
    assert (meanwhile, done.sent, done.waiting) == (BRANCHES - 1, 1, 0)  # it had one in hand; nobody waited for the others
    assert calls(called) == [(0,)]
    assert len(server.keys) == BRANCHES + 1
    assert len(set(server.keys)) == BRANCHES
    assert called.rows("SELECT count(*) FROM delivery WHERE outcome = 'unknown'") == [(1,)]


def test_case_71_when_a_run_breaks_off_after_calling_there_is_neither_message_nor_call(called: World) -> None:
    context, seen = called.engine.context, []
    wake = context.wake
    assert wake is not None

    def call_and_break_off(connection: Connection, run_id: int) -> None:
        wake(connection, run_id)
        seen.append(connection.exec_driver_sql(f"SELECT count(*) FROM {jobs.SCHEMA}.procrastinate_jobs").scalar())
        raise RuntimeError("broken off")

    context.wake = call_and_break_off
    with pytest.raises(RuntimeError, match="broken off"):
        called.run(R1_DAY)

    assert seen == [BRANCHES]
    assert (called.rows("SELECT count(*) FROM message"), calls(called)) == ([(0,)], [(0,)])
    context.wake = wake
    called.run(R1_DAY)
    assert (answer(called).done.sent, calls(called)) == (BRANCHES, [(0,)])


def test_two_workers_share_the_messages_and_send_each_once(called: World) -> None:
    called.run(R1_DAY)
    context = get_context("forkserver")
    children = [context.Process(target=once_in_a_process, args=(called.url, called.time, str(called.folder))) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)

    assert [child.exitcode for child in children] == [0, 0]
    assert (len(once_each(called)), calls(called)) == (BRANCHES, [(0,)])


def once_in_a_process(url: str, at: int, folder: str) -> None:
    settings = Settings(backend="procrastinate", folder=f"{folder}/messages")
    with Engine(url, clock=Clock(now=lambda: at), settings=settings) as engine:
        Worker(engine=engine).once()


@pytest.fixture
def daemon(called: World, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`duban worker`, as a process of its own, that has just begun to wait."""
    (tmp_path / "duban.toml").write_text('[deliver]\nbackend = "procrastinate"\n', encoding="utf-8")
    environment = os.environ | {
        "DUBAN_CLOCK": "2026-03-25T08:30:00+08:00",
        "DUBAN_DATABASE_URL": called.url,
        "DUBAN_FOLDER": str(tmp_path / "messages"),
    }
    with (tmp_path / "log").open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "duban", "worker"], cwd=tmp_path, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
    wait_until(lambda: "在等待消息" in (tmp_path / "log").read_text("utf-8"))
    yield process
    process.kill()
    process.wait()


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 90
    while not true() and time.monotonic() < until:
        time.sleep(0.1)


def test_the_daemon_answers_calls_that_come_while_it_waits_and_ends_when_it_is_told_to(
    called: World, daemon: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    called.run(R1_DAY)
    wait_until(lambda: len(once_each(called)) == BRANCHES)
    daemon.send_signal(signal.SIGTERM)

    code = daemon.wait(60)

    said = (tmp_path / "log").read_text("utf-8")
    assert (code, len(once_each(called))) == (0, BRANCHES), said
    assert said.count("已发送1封") == BRANCHES
    assert "Traceback" not in said


def test_a_daemon_whose_connections_are_cut_goes_on(called: World, daemon: subprocess.Popen[bytes], tmp_path: Path) -> None:
    listening = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    wait_until(lambda: called.rows(listening) != [(0,)])
    called.database.close()
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    say(called, cut)

    called.run(R1_DAY)
    wait_until(lambda: len(once_each(called)) == BRANCHES)

    said = (tmp_path / "log").read_text("utf-8")
    assert (daemon.poll(), len(once_each(called))) == (None, BRANCHES), said
    assert "Traceback" not in said


def test_a_worker_is_told_in_one_sentence_why_nobody_would_call_it(called: World, small_world: World) -> None:
    called.engine.context.settings = Settings()

    for world, said in ((called, "backend"), (small_world, "只用于 PostgreSQL")):
        with pytest.raises(Exception, match=said):
            work(lambda engine=world.engine: engine, lambda line: None)  # type: ignore[misc]
