"""What a sentence says to somebody who has no command line: the same, without the commands it recommends."""

from __future__ import annotations

import re

COMMAND = re.compile(r"duban[ .]|crontab|--[a-z]|units\.xlsx")
IN_BRACKETS = re.compile(r"（[^（）]*duban [^（）]*）")
CLAUSE = re.compile(r"([，；：、])")


def plain(words: str) -> str:
    """`没有送达：3封。改正后 duban message retry 编号` -> `没有送达：3封`. A sentence after the first that recommends a command goes as a
    whole; of the first one the clauses that do. What has no command stays as it is."""
    if not COMMAND.search(words):
        return words
    first, *rest = IN_BRACKETS.sub("", words).rstrip("。").split("。")
    kept = [_without(first), *(sentence for sentence in rest if not COMMAND.search(sentence))]
    return "。".join(sentence for sentence in kept if sentence)


def _without(sentence: str) -> str:
    """Clauses up to the first that recommends a command: those after it belong to it."""
    parts = CLAUSE.split(sentence)
    stops = next((n for n in range(0, len(parts), 2) if COMMAND.search(parts[n])), len(parts) + 1)
    return "".join(parts[: max(0, stops - 1)])
