"""Several processes that do the same thing at the same moment, as two crons and many secretaries do by themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from duban.clock import Clock
from duban.engine import Engine
from duban.service.folding import refold
from duban.settings import Settings
from workflow.errors import DubanError, Refused

SIZE = 4


@dataclass(frozen=True)
class Herd:
    """`SIZE` processes, kept for all tests that want them."""

    pool: ProcessPoolExecutor

    def together(self, work: Callable[..., Any], calls: Sequence[Sequence[Any]]) -> list[Any]:
        """What `work(*arguments)` answers for each of the calls, all begun at the same moment, each in a process of its own."""
        assert len(calls) <= SIZE
        start = time.monotonic() + 0.03
        return [future.result(timeout=60) for future in [self.pool.submit(_at, start, work, call) for call in calls]]


def make_herd() -> Herd:
    """Processes from a server that has imported us once: not forked from a process that holds connections."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["duban.engine", "phases.compile", "storage.migrate", "psycopg"])
    herd = Herd(ProcessPoolExecutor(SIZE, mp_context=context))
    herd.together(_warm, [(n,) for n in range(SIZE)])
    return herd


def act(url: str, at: int, name: str, duty: int, by: str, expect_version: int | None = None) -> str:
    """`done`, or the codes of the refusal."""
    return _answer(url, at, lambda engine: engine.act(name, duty=duty, by=by, expect_version=expect_version))


def acts(url: str, at: int, name: str, duties: Sequence[int], by: str) -> list[str]:
    """The same act on several duties, one after the other."""
    engine = _engine(url, at)
    try:
        return [_said(partial(engine.act, name, duty=duty, by=by)) for duty in duties]
    finally:
        engine.close()


def escalate(url: str, at: int) -> str:
    """The state of a run, or the codes of the refusal."""
    return _answer(url, at, lambda engine: engine.escalate().state)


def fold_again(url: str, at: int) -> str:
    """What was planned becomes messages, outside a run."""
    return _answer(url, at, lambda engine: refold(engine.context))


def deliver(url: str, at: int, folder: str) -> tuple[int, int]:
    """(sent, failed) of a delivery into a folder."""
    engine = _engine(url, at, folder)
    try:
        done = engine.deliver()
        return done.sent, done.failed
    finally:
        engine.close()


def launch(url: str, at: int, text: str) -> str:
    return _answer(url, at, lambda engine: engine.launch("活动.yaml", text=text))


def open_new(url: str) -> str:
    """First use of a database: the instance name it was given."""
    try:
        with Engine(url) as engine:
            return engine.context.instance
    except DubanError as error:
        return f"{error.code}: {error}"


def _engine(url: str, at: int, folder: str = "") -> Engine:
    return Engine(url, clock=Clock(now=lambda: at), settings=Settings(folder=folder or str(Path(url).name)))


def _answer(url: str, at: int, work: Callable[[Engine], Any]) -> str:
    engine = _engine(url, at)
    try:
        return _said(lambda: work(engine))
    finally:
        engine.close()


def _said(work: Callable[[], Any]) -> str:
    try:
        said = work()
    except Refused as refusal:
        return ",".join(reason.code for reason in refusal.reasons)
    except DubanError as error:
        return error.code
    return said if isinstance(said, str) else "done"


def _at(start: float, work: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    while time.monotonic() < start:
        time.sleep(0.0005)
    return work(*arguments)


def _warm(_number: int) -> None:
    time.sleep(0.2)  # long enough for every process of the pool to be started
