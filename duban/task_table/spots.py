"""Where in the workbook something stands, and the values and problems collected while its sheets are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from duban.task_table.names import ITEMS
from duban.workbook.cells import Cell, is_empty
from phases.columns import columns
from phases.source import Place, Value
from phases.task_table import Entry
from workflow.errors import Problem


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A cell: its sheet, its row as the spreadsheet counts, and the header of its column or the label of its line."""

    sheet: str
    row: int
    header: str = ""
    category: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.sheet, f"第{self.row}行", self.header) if part)

    def header_of(self, key: str) -> str | None:
        """The header of the column in which this row has its `key`."""
        if self.sheet != ITEMS:
            return None
        return next((c.header for c in columns() if (slot := c.slots.get(self.category)) and slot.place[-1] == key), None)


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The cells of a sheet, `rows[0]` its first row; `merged` are the ((top, left), (bottom, right)) of its merged cells."""

    name: str
    rows: list[list[Cell]]
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()

    def filled_down(self) -> list[list[Cell]]:
        """What a merged cell says holds for each of its rows. Sideways it says it once."""
        rows = [list(row) for row in self.rows]
        for (top, left), (bottom, _) in self.merged:
            for row in rows[top + 1 : bottom + 1]:
                if left < len(row) and is_empty(row[left]):
                    row[left] = rows[top][left]
        return rows


@dataclass
class Found:
    """What the sheets say so far. The reading goes on to the end."""

    entries: list[Entry] = field(default_factory=list)
    spots: dict[Place, Spot] = field(default_factory=dict)
    trouble: list[tuple[Spot, str]] = field(default_factory=list)

    def take(self, place: Place, value: Value, spot: Spot) -> None:
        if place in self.spots:
            self.blame(spot, f"与{self.spots[place]}重复；请删去一处或并成一处")
            return
        self.entries.append(Entry(place=place, value=value))
        self.spots[place] = spot

    def blame(self, spot: Spot, text: str) -> None:
        self.trouble.append((spot, text))

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(Problem(text=text, path=str(spot)) for spot, text in self.trouble)

    def spot(self, place: Place) -> Spot | None:
        """Where the value at a place was read, or the mapping around it."""
        while place and place not in self.spots:
            place = place[:-1]
        return self.spots.get(place)
