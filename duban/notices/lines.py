"""The lines of a notice while it is being read: which characters stay, what ends a line, which lines are a table's row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from phases.reader.document import CELL

MOST = 120_000
"""Characters: what can be read within ten seconds whatever it says. The longest notices with all their forms have some 100 000."""
WIDEST = 63
"""Columns of a table; Word allows no more, and a cell of a web page may say it spans 65 534."""

_ENDS = re.compile("\r\n|[\r\u2028\u2029\x0b\x0c\x85]")
# Control characters, zero-width and direction marks, soft hyphen, surrogates, what stands for an embedded object.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\ufffe\uffff\ud800-\udfff]"
)
_DASH = r"[-－‐‑–—―─_~～·.|]"
_NUMBER = r"(?:[0-9０-９]{1,4}|[ivxIVX]{1,7})"
_PAGE_NUMBER = re.compile(
    rf"{_DASH}{{0,4}}{_NUMBER}{_DASH}{{0,4}}|{_NUMBER}/{_NUMBER}|第{_NUMBER}?页[,，、/]?(?:共{_NUMBER}?页)?|共{_NUMBER}?页"
)


class Unreadable(Exception):
    """`str(error)` says in Chinese what the file is or lacks and what to do; it goes on after the name of the file."""


class Found(TypedDict):
    """What a reader hands over: the lines, the numbers (from 1) of those that are rows, what could not be read in Chinese."""

    lines: list[str]
    rows: list[int]
    unread: list[str]


@dataclass
class Lines:
    """Lines in the order of reading; `rows` are the places (from 0) of a table's rows. Raises Unreadable when there are too many."""

    texts: list[str] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    size: int = 0

    def add(self, text: str) -> None:
        for line in clean(text).split("\n"):
            self._put(line)

    def add_row(self, cells: Iterable[str]) -> None:
        self.rows.add(len(self.texts))
        self._put(CELL.join(_one_line(cell) for cell in cells))

    def extend(self, other: Lines) -> None:
        for place, text in enumerate(other.texts):
            if place in other.rows:
                self.rows.add(len(self.texts))
            self._put(text)

    def found(self, unread: Iterable[str] = ()) -> Found:
        return Found(lines=self.texts, rows=[place + 1 for place in sorted(self.rows)], unread=list(unread))

    def _put(self, line: str) -> None:
        self.size += len(line) + 1
        if self.size > 2 * MOST:  # what is dropped later (page furniture, blanks) may bring it below the bound
            raise too_long()
        self.texts.append(line)


@dataclass(eq=False)
class Cell:
    """A cell of a table. A merged one stands in every place it covers, as the same object."""

    lines: Lines = field(default_factory=Lines)


def add_table(lines: Lines, table: Sequence[Sequence[Cell]]) -> None:
    """The rows of a table; a table that only places text on the page (one column, or an article in a cell) as running lines."""
    running = all(len(set(row)) <= 1 for row in table) or any(_is_article(cell.lines) for row in table for cell in row)
    for row in table:
        cells = list(row) if len(set(row)) > 1 else list(row[:1])
        if running:
            for cell in dict.fromkeys(cells):
                lines.extend(cell.lines)
        elif any("".join(cell.lines.texts).strip() for cell in cells):
            lines.add_row(" ".join(cell.lines.texts) for cell in cells)


def _is_article(cell: Lines) -> bool:
    return cell.size > 1500 and len(cell.texts) > 8


def clean(text: str) -> str:
    """`text` with `\\n` for whatever ends a line, without what cannot be seen."""
    return _INVISIBLE.sub("", _ENDS.sub("\n", text))


def is_page_number(line: str) -> bool:
    """`— 3 —`, `3`, `3/12`, `第3页 共12页`, and what a field leaves of it: `第页`."""
    return bool(_PAGE_NUMBER.fullmatch("".join(line[:40].split())))


def too_long() -> Unreadable:
    return Unreadable(f"的文字超过 {MOST // 10_000} 万字，不像一份通知；请只给出通知本身")


def _one_line(cell: str) -> str:
    return re.sub(r"[\t\n ]+", " ", cell).strip()
