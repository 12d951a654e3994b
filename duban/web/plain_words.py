"""What a sentence says to somebody who has no command line: the same, without the commands it recommends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from workflow.errors import Reason
from workflow.workdays import short

COMMAND = re.compile(r"duban[ .]|crontab|--[a-z]|units\.xlsx")
IN_BRACKETS = re.compile(r"（[^（）]*duban [^（）]*）")
DAY = re.compile(r"\d{4}-\d\d-\d\d(?!\d) ?")
CLAUSE = re.compile(r"([，；：、])")


def plain(words: str) -> str:
    """`没有送达：3封。改正后 duban message retry 编号` -> `没有送达：3封`. A sentence after the first that recommends a command goes as a
    whole; of the first one the clauses that do. What has no command stays as it is."""
    if not COMMAND.search(words):
        return words
    first, *rest = IN_BRACKETS.sub("", words).rstrip("。").split("。")
    kept = [_without(first), *(sentence for sentence in rest if not COMMAND.search(sentence))]
    return "。".join(sentence for sentence in kept if sentence)


def reason_lines(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Why not, and what would help: a line for each."""
    return tuple(_line(reason) for reason in reasons)


def days_read(words: str) -> str:
    """2012-05-31 as people read it: 2012年5月31日（周四）."""
    return DAY.sub(lambda found: f"{found[0][:4]}年{short(date.fromisoformat(found[0].rstrip()))}", words)


def unblock_words(reason: Reason) -> str:
    """What would help; empty if that is a command."""
    return "" if "--" in reason.unblock or "duban " in reason.unblock else reason.unblock


def _line(reason: Reason) -> str:
    unblock = unblock_words(reason)
    return days_read(f"{reason.text}。{unblock}。" if unblock else f"{reason.text}。")


def _without(sentence: str) -> str:
    """Clauses up to the first that recommends a command: those after it belong to it."""
    parts = CLAUSE.split(sentence)
    stops = next((n for n in range(0, len(parts), 2) if COMMAND.search(parts[n])), len(parts) + 1)
    return "".join(parts[: max(0, stops - 1)])
