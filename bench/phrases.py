"""How well phrases of time are read: a file of JSON lines with what each means, against `duban deadline`.

A line has `text`, `anchor`, `kind`, `start` and `end`, and perhaps `time` and `flags`. In place of a value may stand a list of values
that are equally right, or "*" where anything is. `"or": "asked"` says that asking a person is as right as the days, `"tolerable": true`
that another reading does no harm. A line flagged damaged, or with a `note` that begins so, lost characters: it must be flagged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from duban.checking import deadline_document
from workflow.deadline import BLOCKING

Line = Mapping[str, Any]
DAYS = ("start", "end")


@dataclass(frozen=True, kw_only=True)
class PhraseScore:
    """`right` phrases have the days of the gold answer, `kinds` of them also its kind. Of the others `asked` have a flag on which a
    person must decide, `silent` have other days and no such flag, `invented` of these have days where there are none. `damaged`
    phrases should all be `flagged`. `misses` says of each that is not right what was read."""

    count: int
    right: int
    kinds: int
    asked: int
    silent: int
    invented: int
    damaged: int
    flagged: int
    misses: tuple[str, ...]

    def public(self) -> dict[str, Any]:
        share = round(self.right / self.count, 3) if self.count else None
        return {"workload": "phrases", **{key: value for key, value in vars(self).items() if key != "misses"}, "share": share}

    def said(self) -> str:
        share = f"{self.right / self.count:.1%}" if self.count else "-"
        return (
            f"phrases: {self.count}, right {share} (kind too {self.kinds}), asked {self.asked}, silently wrong {self.silent}, "
            f"of these invented {self.invented}, damaged and flagged {self.flagged}/{self.damaged}"
        )


def score_phrases(path: Path) -> PhraseScore:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    pairs = [(line, read_phrase(line)) for line in lines]
    wrong = [(line, read) for line, read in pairs if not is_right(line, read)]
    silent = [(line, read) for line, read in wrong if _has_day(read) and not _is_asked(read) and _misleads(line, read)]
    damaged = [read for line, read in pairs if _is_damaged(line)]
    return PhraseScore(
        count=len(pairs),
        right=len(pairs) - len(wrong),
        kinds=sum(is_right(line, read) and _fits(line["kind"], read["kind"]) for line, read in pairs),
        asked=sum(_is_asked(read) for _, read in wrong),
        silent=len(silent),
        invented=sum(not _has_day(line) for line, _ in silent),
        damaged=len(damaged),
        flagged=sum("damaged" in read["flags"] for read in damaged),
        misses=tuple(_miss(line, read) for line, read in wrong),
    )


def read_phrase(line: Line) -> Line:
    anchor = line.get("anchor")
    return deadline_document(line["text"], date.fromisoformat(anchor) if anchor else None)


def is_right(line: Line, read: Line) -> bool:
    if line.get("tolerable") or (line.get("or") == "asked" and _is_asked(read)):
        return True
    return all(_fits(line[key], read[key]) for key in DAYS) and _fits(line.get("time", "*"), read["time"])


def _fits(wanted: object, found: object) -> bool:
    return wanted == "*" or (found in wanted if isinstance(wanted, list) else found == wanted)


def _misleads(line: Line, read: Line) -> bool:
    """Would somebody be late, or begin too early? A day that is read as that day alone is neither."""
    other_start = not _fits(line["start"], read["start"]) and read["start"] != read["end"]
    other_hour = bool(read["time"]) and not _fits(line.get("time", "*"), read["time"])
    return other_start or other_hour or not _fits(line["end"], read["end"])


def _has_day(reading: Line) -> bool:
    return any(reading[key] not in (None, []) for key in DAYS)


def _is_asked(read: Line) -> bool:
    return not BLOCKING.isdisjoint(read["flags"])


def _is_damaged(line: Line) -> bool:
    return "damaged" in line.get("flags", ()) or str(line.get("note", "")).startswith("damaged")


def _miss(line: Line, read: Line) -> str:
    wanted, found = (" ".join(str(one.get(key) or "-") for key in ("kind", *DAYS, "time")) for one in (line, read))
    return f"{line.get('id', '')} {line['text']}: {wanted}; read {found} {','.join(read['flags'])}".strip()
