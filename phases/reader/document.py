"""The words of a notice and where each stands: lines as the file has them, passages as a person reads them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Quote:
    """原文: the exact words of the notice, `document.text[at:to]`, beginning on line `line` (from 1).

    A quote that runs over a line break holds the break; `said` is how it is shown.
    """

    text: str
    at: int
    to: int
    line: int

    @property
    def said(self) -> str:
        """The words on one line."""
        return "".join(part.strip() for part in self.text.split("\n"))


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A paragraph, a heading or a row of a table as one line of words, whatever line breaks the file has.

    `places[i]` is where `text[i]` stands in the document. `cells` are the cells of a table's row, () for running text.
    """

    text: str
    places: tuple[int, ...] = field(repr=False)
    line: int
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """What stands in a file: `text` with `\\n` between lines; `rows` are the numbers (from 1) of lines that are a table's row.

    The cells of a row are divided by `CELL`. `kind` says what it was read from: txt, docx, html, pdf. `unread` says in Chinese what
    of the file could not be read (scanned pages, damaged characters).
    """

    text: str
    kind: str = "txt"
    rows: frozenset[int] = frozenset()
    unread: tuple[str, ...] = ()

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each line begins."""
        at, found = 0, []
        for line in self.text.split("\n"):
            found.append(at)
            at += len(line) + 1
        return tuple(found)

    def line_of(self, at: int) -> int:
        """The number (from 1) of the line on which a place stands."""
        return bisect_right(self.starts, at)

    def quote(self, at: int, to: int) -> Quote:
        return Quote(text=self.text[at:to], at=at, to=to, line=self.line_of(at))

    def quote_of(self, passage: Passage, at: int, to: int) -> Quote:
        """`passage.text[at:to]` (not empty) as it stands in the file."""
        return self.quote(passage.places[at], passage.places[to - 1] + 1)


CELL = "\t"
