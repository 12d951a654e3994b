"""Work on somebody's file in a process of its own, bounded in memory and time: what a damaged file does there cannot hurt Duban.

`run` starts this file as a script; it sets the bounds, then runs the script it is given. It imports nothing of Duban, to start fast.
"""

from __future__ import annotations

import contextlib
import os
import runpy
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path


class Failed(Exception):
    """The child ended without an answer: it crashed, or asked for more memory than it may have."""


class TooSlow(Failed):
    """The child did not end in time and was stopped."""


def interpreter() -> str | None:
    """The Python to run a child with, if it is found.

    Inside some web servers `sys.executable` is the server; then the one of this environment is looked for.
    """
    beside = Path(sys.prefix) / ("Scripts/python.exe" if os.name == "nt" else "bin/python3")
    candidates = (sys.executable, str(beside))
    return next((each for each in candidates if each and Path(each).stem.startswith("python") and Path(each).exists()), None)


def run(
    python: str,
    script: str,
    words: Sequence[str],
    content: bytes,
    *,
    memory: int,
    seconds: int,
    libraries: Iterable[Path] = (),
) -> bytes:
    """What `script` with `words` writes to stdout when `content` is its stdin.

    `memory` is its most address space in bytes, `seconds` its most time by either clock, `libraries` the folders it imports from.
    Raises TooSlow, Failed.
    """
    paths = os.pathsep.join(dict.fromkeys(str(path) for path in libraries))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8", "RUST_BACKTRACE": "0"}
    command = [python, "-P", __file__, str(memory), str(seconds), script, *words]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=seconds, env=environment, check=True)
    except subprocess.TimeoutExpired:
        raise TooSlow from None
    except subprocess.CalledProcessError:
        raise Failed from None
    return done.stdout


def _limit(memory: int, seconds: int) -> None:
    # Windows has no such limits; there the parent's clock and the system's memory are the only ones.
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + 1))  # the parent's clock comes first and says why
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


if __name__ == "__main__":
    _limit(int(sys.argv[1]), int(sys.argv[2]))
    sys.argv = sys.argv[3:]
    runpy.run_path(sys.argv[0], run_name="__main__")
