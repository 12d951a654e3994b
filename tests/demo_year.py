"""The demo's year, played once a test run by the command itself, whichever test files ask for it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from duban.demo import MARK

NOTE = "我的笔记.txt"
FOLDER, OUT, ERR, PEAK, CODE = "demo", "out", "err", "peak", "code"

# Linux counts to a process what its parent held when it was started: this one is small, the tests' own may not be.
MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[2:])
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(done.returncode)
"""


def demo_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it lies: the folder of the demo, what the command said, its peak of memory, its exit code.

    Test files may run in processes of their own: the first one plays, the others wait for it.
    """
    place = _shared(tmp_path_factory) / "demo-year"
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / CODE).exists():
            _play(place)
    return place


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mine = tmp_path_factory.getbasetemp()
    return mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine


def _play(place: Path) -> None:
    """Into a folder in which an earlier, broken demo lies, and a note of somebody's own."""
    _leave_an_earlier_demo(place / FOLDER)
    words = [sys.executable, "-c", MEASURED, str(place / PEAK), sys.executable, "-m", "duban", "demo"]
    with (place / OUT).open("wb") as out, (place / ERR).open("wb") as err:
        process = subprocess.run(words, cwd=place, stdout=out, stderr=err, env=os.environ | {"COLUMNS": "80"}, check=False)
    (place / CODE).write_text(str(process.returncode))


def _leave_an_earlier_demo(folder: Path) -> None:
    for inner in ("demo.db.messages", "tables"):
        (folder / inner).mkdir(parents=True)
    (folder / MARK).write_text("duban demo\n")
    (folder / "demo.db").write_bytes(b"cut off in the middle" * 1000)
    (folder / "demo.db-wal").write_bytes(b"left behind")
    (folder / "demo.db.messages" / "999999.json").write_text("{}")
    (folder / "tables" / "旧表.xlsx").write_text("")
    (folder / NOTE).write_text("别动", encoding="utf-8")
