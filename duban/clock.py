"""The two clocks, and the only place that reads one.

*Now* is what the campaign lives by: real time, or in a sandbox the instant that `DUBAN_CLOCK` says. *Real time* is for leases and locks,
even in a sandbox, so that a dead holder is noticed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from workflow.errors import UsageError

YEARS = range(1900, 2200)
"""An instant outside is a slip of the pen, and near the ends of what `date` knows no calendar could count from it."""


@dataclass(frozen=True)
class Clock:
    """`now()` and `real()` in UTC seconds; `wait` lets real seconds go by."""

    now: Callable[[], int]
    real: Callable[[], int] = lambda: int(time.time())
    wait: Callable[[float], None] = time.sleep


def system_clock() -> Clock:
    return Clock(now=lambda: int(time.time()))


def fixed_clock(instant: int) -> Clock:
    """A clock that stands still at an instant (UTC seconds): a sandbox's, or a test's."""
    return Clock(now=lambda: instant)


def parse_instant(text: str) -> int:
    """`2012-03-26T09:00:00+08:00` -> UTC seconds. Raises `UsageError` without an offset, outside `YEARS`, or for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"看不懂时刻“{text}”：请写成 2012-03-26T09:00:00+08:00") from None
    if moment.tzinfo is None:
        raise UsageError(f"时刻“{text}”没有时区：请在末尾写上 +08:00，如 2012-03-26T09:00:00+08:00")
    if moment.year not in YEARS:
        raise UsageError(f"时刻“{text}”的年份应在{YEARS.start}到{YEARS.stop - 1}之间：请核对")
    return int(moment.timestamp())


def local_minute(at: int, zone: str) -> str:
    """UTC seconds -> 2012-03-30 08:30 as clocks show it in `zone`."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def show_instant(at: int) -> str:
    """UTC seconds -> ISO 8601 with offset Z."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
