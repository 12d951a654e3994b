"""Processes that begin at once: forked from a warm one that has imported everything and opened no database.

    with Stable() as stable:
        pid = stable.start(morning, life, at)    # os.kill(pid, SIGSTOP) if you like
        stable.wait(pid)                         # its exit code; minus the signal that ended it
        stable.run(morning, life, at)            # both

A life is ended by `os._exit` or a signal, so what it has to tell goes into files.
"""

from __future__ import annotations

import gc
import os
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

WARM = (
    "duban.engine",
    "duban.service.deliver",
    "notifications.render",
    "notifications.channels.folder",
    "notifications.channels.email",
    "notifications.channels.envelope",
    "phases.compile",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "bench.crash.life",
    "http.client",
    "urllib.request",
)
FAILED = 99
"""The exit code of a child that raised; what it raised is on stderr."""
PATIENCE = 120.0


class Stable:
    """One warm process and the children it forks. Not to be shared between threads."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_keep, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._asked("ready")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._line.send(("end",))
        self._process.join(PATIENCE)
        self._process.close()
        self._line.close()

    def start(self, work: Callable[..., object], *arguments: object) -> int:
        """Begin `work(*arguments)` (a function of a module, with plain values) in a new process; its id."""
        return int(self._asked("start", work, arguments))

    def wait(self, pid: int, patience: float = PATIENCE) -> int:
        """How a child ended: its exit code, or minus the number of the signal. Raises `TimeoutError`; then the child is gone too."""
        code = self._asked("wait", pid, patience)
        if code is None:
            raise TimeoutError(f"process {pid} did not end within {patience} s")
        return int(code)

    def run(self, work: Callable[..., object], *arguments: object, patience: float = PATIENCE) -> int:
        return self.wait(self.start(work, *arguments), patience)

    def _asked(self, *words: object) -> Any:
        self._line.send(words)
        return self._line.recv()


def _keep(line: Connection) -> None:
    for name in WARM:
        import_module(name)
    gc.collect()
    gc.freeze()  # so that children do not copy what they only read
    while True:
        try:
            word, *rest = line.recv()
        except EOFError:
            return
        if word == "end":
            return
        if word == "ready":
            line.send(True)
        elif word == "start":
            line.send(_forked(line, *rest))
        else:
            line.send(_ended(*rest))


def _forked(line: Connection, work: Callable[..., object], arguments: tuple[object, ...]) -> int:
    pid = os.fork()
    if pid:
        return pid
    line.close()
    code = FAILED
    try:
        answer = work(*arguments)
        code = answer if isinstance(answer, int) else 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _ended(pid: int, patience: float) -> int | None:
    until = time.monotonic() + patience
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            return None
        time.sleep(0.001)
