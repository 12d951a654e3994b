"""Does what was read from a notice agree with what a person says it means? Matching of one item with another.

A gold answer (`NNN.gold.json` beside `NNN.txt`) has the shape of `duban draft --json`, and may say more of an item: `optional` or
`overall` (neither asked for nor invented), `alt` (other windows that are right too), `alt_start`, `alt_end`, `damaged` (the words are
damaged: no date is as good as the right one). What stands under `events`, `undated`, `relative` and `superseded` is neither.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Item = Mapping[str, Any]
Window = tuple[str | None, str | None]
ENOUGH = 0.5
UNITS = {
    "week": ("week", "周", "星期"),
    "month": ("month", "月"),
    "quarter": ("quarter", "季"),
    "half": ("half", "半年"),
    "term": ("term", "semester", "学期"),
    "year": ("year", "annual", "每年", "年"),
}


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice with what it means. `name` is the file's, without ending."""

    name: str
    text: str
    gold: Item


def notices_in(folder: Path) -> list[Notice]:
    """Every `NAME.txt` that has a `NAME.gold.json`, in order."""
    pairs = [(path, path.with_suffix(".gold.json")) for path in sorted(folder.glob("*.txt"))]
    return [
        Notice(name=path.stem, text=path.read_text(encoding="utf-8"), gold=json.loads(gold.read_text(encoding="utf-8")))
        for path, gold in pairs
        if gold.exists()
    ]


def same_name(one: str, other: str) -> bool:
    """Half of the characters are the same, punctuation left aside."""
    a, b = _letters(one), _letters(other)
    return 2 * sum((a & b).values()) >= ENOUGH * (sum(a.values()) + sum(b.values())) > 0


def is_aside(phase: Item) -> bool:
    """Neither asked for nor invented: the frame of the whole campaign, or a matter of taste."""
    return bool(phase.get("overall") or phase.get("optional"))


def windows(phase: Item) -> set[Window]:
    """All windows that are right for a phase of the gold answer."""
    start, end = phase["start"], phase["end"]
    also = {(phase.get("alt_start", start), end), (start, phase.get("alt_end", end))}
    return {(start, end)} | also | {(first, last) for first, last in phase.get("alt", ())}


def same_phase(wanted: Item, found: Item) -> bool:
    return same_name(wanted["name"], found["name"]) and window(found) in windows(wanted)


def window(phase: Item) -> Window:
    return phase.get("start"), phase.get("end")


def same_paper(wanted: Item, found: Item) -> bool:
    """Due on the same day, and the same in its words."""
    days = {wanted["due"], None} if wanted.get("damaged") else {wanted["due"]}
    return found.get("due") in days and alike(wanted, found)


def same_rhythm(wanted: Item, found: Item) -> bool:
    units, said = units_of(wanted["rule"]), units_of(str(found.get("rule") or ""))
    return alike(wanted, found) and (not units or not said or bool(units & said))


def same_rate(wanted: Item, found: Item) -> bool:
    rate = found.get("rate")
    close = rate is not None and abs(float(rate) - wanted["rate"]) < 1e-9
    return close and found.get("by") == wanted["by"] and alike(wanted, found)


def units_of(rule: str) -> set[str]:
    """Which units of time a rule counts in: week, month, quarter, half, term, year."""
    found = {unit for unit, words in UNITS.items() if any(word in rule for word in words)}
    return {"half"} if "half" in found else found


def is_no_invention(gold: Item, found: Item) -> bool:
    """Whether a day that is no deliverable's is that of an event in the gold answer."""
    return any(item["date"] == found["due"] and alike(item, found) for item in gold.get("events", ()))


def alike(wanted: Item, found: Item) -> bool:
    """Half of the pairs of characters of one's name, or of its quote, stand in the words of the other.

    Remarks in brackets are no part of the wanted name.
    """
    theirs, ours = _words(found), _words(wanted)
    what = re.sub(r"（[^（）]*）|\([^()]*\)", "", wanted["what"])
    parts = ((what, theirs), (wanted["quote"], theirs), (found.get("what"), ours), (found.get("quote"), ours))
    return any(_share(str(part or ""), words) >= ENOUGH for part, words in parts)


def quotes_of(document: Item) -> Iterator[str]:
    """Every quote of a draft."""
    for value in document.values():
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict) and item.get("quote"):
                yield item["quote"]


def _words(item: Item) -> str:
    return f"{item.get('what') or ''} {item.get('quote') or ''} {' '.join(item.get('parts') or ())}"


def _share(what: str, words: str) -> float:
    wanted, found = set(_pairs(what)), set(_pairs(words))
    return len(wanted & found) / len(wanted) if wanted else 0.0


def _pairs(words: str) -> Iterable[str]:
    letters = re.sub(r"[\W_]+", "", words)
    return (letters[at : at + 2] for at in range(len(letters) - 1))


def _letters(name: str) -> Counter[str]:
    return Counter(re.sub(r"[\W_]+", "", name))
