"""What a damaged phrase probably said: 617前 was 6月17日前.

Copying and scanning lose the characters between digits. A repair is a proposal: whoever reads the repaired words must
flag them, and where two repairs are possible there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflow.deadline.clock import BEFORE

LOST = "▢"
"""Stands where something is lost for which no single repair is known."""

_END = rf"(?={BEFORE}|截止|\(|$)"
# 20105月 was 2010年5月
_YEAR_LOST = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(0?[1-9]|1[0-2])(?=月)")
# 3.31118:00 was item 3., 3月11日18:00
_ALL_LOST = re.compile(rf"(?<![0-9.])(?:([0-9]{{1,2}})[.、])?([0-9]{{4,6}}):([0-9]{{2}}){_END}")
# 617前 and 617日前 were 6月17日前; 2012年617日 was 2012年6月17日
_MONTH_LOST = re.compile(rf"(?<![0-9.:/月-])([0-9]{{3,4}})[日号]?(?={BEFORE})|(?<=年)([0-9]{{3,4}})[日号]")
# 3月2829日 was 3月28-29日
_DASH_LOST = re.compile(r"(?<=[0-9]月)([0-9]{3,4})(?=[日号])")
# l for 1 between digits and 月, 日
_LETTER = re.compile(r"[lI|](?=[0-9]?[月日号年])(?<![A-Za-z]{2})")
# 20122年, 3月日前, 3月日: nothing can be proposed
_HOPELESS = re.compile(r"[0-9]{5,}(?=[年月])|[0-9]{1,2}月[日号]")


def repair(text: str) -> tuple[str, bool]:
    """The `numbered` text as it probably was, and whether anything in it was damaged."""
    repaired = _LETTER.sub("1", text) if re.search(r"[0-9年月][lI|]?[0-9]?[月日号]", text) else text
    repaired = _YEAR_LOST.sub(r"\1年\2", repaired)
    repaired = _ALL_LOST.sub(_with_hour, repaired)
    repaired = _MONTH_LOST.sub(_with_month, repaired)
    repaired = _DASH_LOST.sub(_with_dash, repaired)
    repaired = _HOPELESS.sub(LOST, repaired)
    return repaired, repaired != text


def _with_hour(found: re.Match[str]) -> str:
    number, digits, minute = found.groups()
    ways = [f"{m}月{d}日{h}:{minute}" for m, d, h in _cut3(digits)]
    if number and int(number) <= 12:
        ways += [f"{number}月{d}日{h}:{minute}" for d, h in _cut2(digits, 31, 24)]
    return ways[0] if len(ways) == 1 else LOST


def _with_month(found: re.Match[str]) -> str:
    ways = [f"{m}月{d}日" for m, d in _cut2(found[1] or found[2], 12, 31)]
    return ways[0] if len(ways) == 1 else LOST


def _with_dash(found: re.Match[str]) -> str:
    ways = [f"{first}-{last}" for first, last in _cut2(found[1], 31, 31) if first < last]
    return ways[0] if len(ways) == 1 else LOST


def _cut2(digits: str, most: int, second_most: int) -> Iterator[tuple[int, int]]:
    """Every way to cut digits in two numbers from 1 to `most` and `second_most`, of two digits at the most."""
    for at in range(max(1, len(digits) - 2), min(2, len(digits) - 1) + 1):
        first, second = int(digits[:at]), int(digits[at:])
        if 1 <= first <= most and 1 <= second <= second_most:
            yield first, second


def _cut3(digits: str) -> Iterator[tuple[int, int, int]]:
    for length in (1, 2):
        for day, hour in _cut2(digits[length:], 31, 24):
            if 1 <= int(digits[:length]) <= 12:
                yield int(digits[:length]), day, hour
