"""How wide Chinese text is in a terminal, and where a line of it may break."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

NOT_FIRST = "，。；：！？、）］」』】》〉”’…—,.;:!?)]}%"
"""Marks that never begin a line."""
NOT_LAST = "（［「『【《〈“‘([{"
"""Marks that never end one."""
_PIECES = re.compile(r"［[^］]*］|[0-9A-Za-z_@./+*=<>-]+|\s+|.", re.DOTALL)


def width(text: str) -> int:
    """Cells of a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(mark) in "WF" else 1 for mark in text)


def folded(text: str, room: int, *, hang: int = 0) -> list[str]:
    """`text` in lines of at most `room` cells, all but the first indented by `hang`. Numbers and words of Latin letters stay whole."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        indent = ""
        pieces = _unbroken(paragraph, room - hang)
        while pieces:
            taken = _taken(pieces, room - len(indent))
            lines.append((indent + "".join(pieces[:taken])).rstrip())
            pieces = _without_leading_space(pieces[taken:])
            indent = " " * hang
        if not paragraph:
            lines.append("")
    return lines


def _unbroken(text: str, room: int) -> list[str]:
    """What is not cut: a character, a number, a word; one wider than the room is cut all the same."""
    made: list[str] = []
    for piece in _PIECES.findall(text):
        made += [piece] if width(piece) <= room else list(piece)
    return made


def _taken(pieces: list[str], room: int) -> int:
    """How many pieces the line takes; at least one."""
    used, taken = 0, 0
    while taken < len(pieces) and used + width(pieces[taken]) <= room:
        used += width(pieces[taken])
        taken += 1
    if taken == len(pieces):
        return taken
    whole = taken
    while taken > 1 and (pieces[taken][0] in NOT_FIRST or pieces[taken - 1][-1] in NOT_LAST):
        taken -= 1
    return taken if taken > 1 else max(whole, 1)


def _without_leading_space(pieces: list[str]) -> list[str]:
    return pieces[1:] if pieces and pieces[0].isspace() else pieces
