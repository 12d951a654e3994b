"""可以发送的时间: `08:00-18:00`, from–to within a day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import time
from itertools import pairwise

Span = tuple[time, time]
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~至]\s*(\d{1,2}):(\d{2})", re.ASCII)


def spans(lines: Sequence[str]) -> tuple[Span, ...]:
    """Sound lines as times, in order; `24:00` is the end of the day."""
    return tuple(sorted(found for line in lines if (found := _span(line)) is not None))


def wrong_hours(lines: Sequence[str]) -> Iterator[str]:
    """What is wrong with the lines of `[quiet] hours`."""
    for line in lines:
        if (found := _span(line)) is None:
            yield f"里的“{line}”看不懂：写成 08:00-18:00"
        elif found[0] >= found[1]:
            yield f"里的“{line}”止不晚于起：写的是可以发送的时间，起在前、止在后，不跨零点"
    sound = [span for span in spans(lines) if span[0] < span[1]]
    for earlier, later in pairwise(sound):
        if later[0] < earlier[1]:
            yield f"里的 {_shown(earlier)} 和 {_shown(later)} 重叠：请合成一段"


def _span(line: str) -> Span | None:
    found = _SPAN.fullmatch(line.strip().replace("：", ":"))
    if found is None:
        return None
    first, last = _time(found[1], found[2]), _time(found[3], found[4])
    return (first, last) if first is not None and last is not None else None


def _time(hour: str, minute: str) -> time | None:
    if (hour, minute) == ("24", "00"):
        return time.max
    try:
        return time(int(hour), int(minute))
    except ValueError:
        return None


def _shown(span: Span) -> str:
    return "-".join("24:00" if at == time.max else f"{at:%H:%M}" for at in span)
