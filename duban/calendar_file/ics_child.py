"""The events of an iCalendar file, read in a process of its own: `duban/child.py` runs this as a script, content on stdin, JSON on stdout.

It imports nothing of Duban, to start fast.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

ZONE = ZoneInfo("Asia/Shanghai")
MOST = 5000


def read_events(content: bytes) -> dict[str, Any]:
    """{"events": [{"summary", "special", "first", "last", "whole", "status", "recurs"} or {"summary", "error"}]}, or {"error"}."""
    try:
        calendars = icalendar.Calendar.from_ical(content.lstrip(b"\xef\xbb\xbf"), multiple=True)
        found = [event for calendar in calendars if calendar.name == "VCALENDAR" for event in calendar.walk("VEVENT")]
    except Exception as error:  # whatever the parser makes of what is no calendar
        return {"error": f"{type(error).__name__}: {error}"[:200]}
    if not any(calendar.name == "VCALENDAR" for calendar in calendars):
        return {"error": "no VCALENDAR"}
    if len(found) > MOST:
        return {"many": len(found)}
    return {"events": [_event(event) for event in found]}


def _event(event: Any) -> dict[str, Any]:
    summary = " ".join(str(event.get("SUMMARY", "")).split())[:200]
    try:
        if event.errors:
            raise ValueError(str(event.errors[0][1]))
        start, end = event.start, event.end
        first, whole = _day(start)
        last, ends_whole = _day(end)
        if whole and ends_whole and last > first:
            last -= timedelta(days=1)  # DTEND is the first day that is no longer meant
        return {
            "summary": summary,
            "special": str(event.get("X-APPLE-SPECIAL-DAY", "")).strip().upper(),
            "first": first.isoformat(),
            "last": last.isoformat(),
            "whole": whole and ends_whole,
            "status": str(event.get("STATUS", "")).strip().upper(),
            "recurs": "RRULE" in event or "RDATE" in event,
        }
    except Exception as error:  # a broken property, a date that does not exist
        return {"summary": summary, "error": f"{error}"[:200]}


def _day(at: date | datetime) -> tuple[date, bool]:
    """The civil day in China, and whether it is said of the whole day: as a date, or as its midnight."""
    if not isinstance(at, datetime):
        return at, True
    local = at.astimezone(ZONE) if at.tzinfo is not None else at
    return local.date(), (local.hour, local.minute, local.second) == (0, 0, 0)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(read_events(sys.stdin.buffer.read())))
