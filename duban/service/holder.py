"""谁领走了消息: the name a process takes messages under, and whether a process of this machine that bore such a name is gone.

A lease alone would hold what a killed process had taken for ten minutes. A name says which process on which machine: machine, start of
the machine, the space its process numbers belong to, number and start of the process. Of another machine's nothing is known but its lease.
"""

from __future__ import annotations

import os
import secrets
import socket
from functools import cache
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
SPACE = Path("/proc/self/ns/pid")
STARTED = 19
"""Which word behind the name in /proc/PID/stat is the process's start, counted from 0."""


def name() -> str:
    """The name of one pass of this process; no two are alike."""
    return f"{_here()}/{os.getpid()}/{_start(os.getpid())}/{secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """The holder was a process of this machine and is no more. False where that cannot be told."""
    here, _, rest = holder.partition("/")
    number, _, start = rest.rpartition("/")[0].partition("/")
    if here != _here() or not number.isdecimal() or not start:
        return False
    return _start(int(number)) != start


@cache
def _here() -> str:
    """This machine since its start, and the space of process numbers we live in."""
    try:
        space = os.readlink(SPACE)
        return f"{socket.gethostname()}:{BOOT.read_text().strip()[:8]}:{space.strip('pid:[]')}"
    except OSError:  # no Linux: nothing can be told of a process by its number, so no name is ever ours
        return f"{socket.gethostname()}:{secrets.token_hex(4)}"


def _start(process: int) -> str:
    """When a process began, in the machine's own count; "" if there is none of that number, or it is dead and not yet buried."""
    try:
        words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if words[0] in ("Z", "X") else words[STARTED]
