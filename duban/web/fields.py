"""What a page has to fill in: a field, or rows of fields."""

from __future__ import annotations

from dataclasses import dataclass

TABLE = 4
"""Rows whose entries are given stand in a table if they have at least so many fields."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field. `kind` is text, area, number, day, choice, yesno or hidden; `said` what is in it; `wrong` what is wrong with it."""

    name: str
    title: str
    hint: str
    kind: str
    said: str
    required: bool
    lines: int = 1
    options: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    wrong: str = ""

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One entry of a list: `title` is 第2条, or the name of what is given, `note` what else is known of it; `no` its place from 0."""

    no: int
    title: str
    note: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A list. `given`: its entries are known, none is added or taken away; `more` asks for another one.

    `name` without the root is its place, `items`.
    """

    name: str
    title: str
    hint: str
    rows: tuple[Row, ...]
    required: bool
    given: bool
    may_add: bool
    more: str = "再加一条"
    wrong: str = ""

    @property
    def place(self) -> str:
        return self.name.partition(".")[2]

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")

    @property
    def as_table(self) -> bool:
        return self.given and bool(self.rows) and len([part for part in self.rows[0].parts if not _is_hidden(part)]) > TABLE

    @property
    def single(self) -> bool:
        """Each entry is one text."""
        return bool(self.rows) and len(self.rows[0].parts) == 1 and isinstance(self.rows[0].parts[0], Field)


Part = Field | Rows


def _is_hidden(part: Part) -> bool:
    return isinstance(part, Field) and part.kind == "hidden"
