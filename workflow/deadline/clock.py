"""Which hour is written behind a day (下午5点前, 12:00前, 下班前)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time

BEFORE = r"(?:之前|以前|前)"


@dataclass(frozen=True)
class Clock:
    """An hour as written: `at` is None if it is the end of the day (24:00) or cannot be told; `flags` say which.

    `ranged` is True for the last hour of several (9:00-11:00).
    """

    at: time | None = None
    flags: tuple[str, ...] = ()
    ranged: bool = False


_ONE = r"[0-9]{1,2}"
_NOON = "[AP]M|[ap]m|午夜|深夜|午夜|深夜|凌晨|清晨|早上|早晨|早|上午|中午|午间|下午|午后|傍晚|晚上|晚间|夜间|晚"
_HOUR = re.compile(
    rf"""
    [ T,的(]?
    (?: (?P<named>{_NOON})?
        (?<![0-9])(?P<h>{_ONE})
        (?: (?(named)[:.]|:)(?P<mm>[0-9]{{1,2}})(?![0-9])(?::[0-9]{{2}})?(?:[时点](?![间期名评击要意建]))?
          | (?=(?:-|至|到){_ONE}(?:[时点]|:[0-9]{{2}}))
          | [时点](?![间期名评击要意建])(?:(?P<mn>{_ONE})分?|(?P<half>半)|整|钟)? )
        (?P<latin>[AP]M|[ap]m)?
        (?:(?:-|至|到)(?P<last_h>{_ONE})(?::(?P<last_mm>[0-9]{{2}})|[时点](?P<last_half>半)?))?
      | (?P<off>(?:[上中下]午)?(?:下班|放学|下课|闭馆)|{_NOON})(?=\)?{BEFORE}) )
    \)?
    """,
    re.VERBOSE,
)
_EVENING = ("下午", "PM", "pm", "午后", "傍晚", "晚上", "晚间", "夜间", "晚", "午夜", "深夜")
_UNCLEAR = Clock(None, ("hour-unclear",))


def hour_at(text: str, position: int) -> tuple[int, Clock] | None:
    """Where the hour that stands at `position` ends, and what it says; None if none stands there."""
    found = _HOUR.match(text, position)
    return (found.end(), _clock(found)) if found else None


def find_hour(text: str) -> Clock | None:
    """The hour in a text that has no day (下午5点前), or None."""
    found = _HOUR.search(text)
    return _clock(found) if found else None


def _clock(found: re.Match[str]) -> Clock:
    if not found["h"] or len(found["mm"] or "00") == 1:
        return _UNCLEAR
    if found["last_h"]:
        # 8:00-17:00: the last hour is the line.
        hour, minute = int(found["last_h"]), 30 if found["last_half"] else int(found["last_mm"] or 0)
    else:
        hour, minute = int(found["h"]), 30 if found["half"] else int(found["mm"] or found["mn"] or 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return Clock(None, ("impossible",))
    clock = _in_24_hours(hour, minute, found["named"] or found["latin"])
    return replace(clock, ranged=True) if found["last_h"] else clock


def _in_24_hours(hour: int, minute: int, noon: str | None) -> Clock:
    if noon in _EVENING and hour < 12:
        hour += 12
    elif noon in _EVENING and hour == 12 and noon not in ("下午", "午后", "PM", "pm"):
        hour = 24
    elif noon in ("中午", "午间") and hour < 4:
        hour += 12
    elif noon is None and hour < 7:
        # 5点前 may mean the morning or the afternoon, 0点前 the first or the last minute of the day.
        return _UNCLEAR
    return Clock(None if hour == 24 else time(hour, minute))
