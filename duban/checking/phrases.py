"""What does a phrase mean: the answers of `duban deadline`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from workflow.deadline import read
from workflow.errors import UsageError


def deadline_document(text: str, anchor: date | None) -> dict[str, Any]:
    """`{"kind","start","end","time","rule","flags","all"}`; dates `YYYY-MM-DD` or null."""
    found = read(text, anchor)
    return {
        "kind": found.kind,
        "start": _iso(found.start),
        "end": _iso(found.end),
        "time": found.hour.strftime("%H:%M") if found.hour else None,
        "rule": found.rule or None,
        "flags": list(found.flags),
        "all": [[_iso(start), _iso(end)] for start, end in found.ranges],
    }


def deadline_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One answer a line. A line that is no such object is wrong usage, named by its number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            text, anchor = _asked(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UsageError(f'标准输入第{number}行要写成 {{"text": "3月30日前", "anchor": "2012-03-26"}}') from None
        yield deadline_document(text, anchor)


def _asked(line: Any) -> tuple[str, date | None]:
    """Raises any of the errors above for what is no such object."""
    text, anchor = line["text"], line.get("anchor")
    if not isinstance(text, str) or (anchor is not None and len(anchor) != len("2012-03-26")):
        raise TypeError
    return text, date.fromisoformat(anchor) if anchor is not None else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
