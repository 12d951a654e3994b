"""A printed page with one table on it: title, table, totals, signatures, foot. The only place that knows xlsxwriter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any, Generic, TypeVar

from xlsxwriter import Workbook

from duban.sheets.head import NO_SECRETS, Head, chinese_day, discreet
from duban.sheets.layout import BODY_SIZE, MARGINS, page_room, row_height, settle, spans

Cell = str | int | float | Decimal | Fraction | date | None
Row = TypeVar("Row")
NOTHING = "无应报"
_A4 = 9
_ELASTIC = 40  # so many rows at the end may be a little higher or lower: about two pages
_SPARE_WIDTH = 9.0
_LONGEST_TEXT = 32_000  # a cell holds 32 767 characters


@dataclass(frozen=True, kw_only=True)
class Column(Generic[Row]):
    """One column: its heading, its width in digits, and what it shows of a row. `summed` columns get a total; `useful`
    says for which rows the column is shown when nobody chose the columns."""

    heading: str
    width: float
    value: Callable[[Row], Cell]
    left: bool = False
    summed: bool = False
    useful: Callable[[Sequence[Row]], bool] = lambda rows: True


class Page:
    """A sheet that is filled from top to bottom; `finish` gives the file.

    `widths` is the grid of columns (in digits) that everything on the page is laid over.
    """

    def __init__(self, head: Head, name: str, widths: Sequence[float]) -> None:
        self.head = head
        self.widths = list(widths)
        self._file = BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self._book = Workbook(self._file, options)
        self._sheet = self._book.add_worksheet(name)
        self._formats: dict[tuple[tuple[str, object], ...], Any] = {}
        self._heights: list[float] = []
        self._elastic: set[int] = set()
        self._repeated = 0.0
        self._tail: int | None = None
        # The day of the table, not the moment of writing: the same rows make the same bytes.
        self._book.set_properties({"title": discreet(head.title), "created": datetime.combine(head.date, time())})
        self._set_up_paper()
        self._heading_lines()

    @property
    def last_column(self) -> int:
        return len(self.widths) - 1

    def header(self, headings: Sequence[str], *, repeated: bool = True) -> None:
        """The header of the table that fills the whole grid; `repeated` on every printed page and kept in sight."""
        self._next_row([(heading, self.widths[n]) for n, heading in enumerate(headings)])
        for n, heading in enumerate(headings):
            self._write(n, n, heading, **_HEADER)
        if repeated:
            self._repeated = self._heights[-1]
            self._sheet.repeat_rows(self._row)
            self._sheet.freeze_panes(self._row + 1, 0)

    def row(self, cells: Sequence[tuple[Cell, bool]]) -> None:
        """One row of the table; each cell is (value, left-aligned)."""
        self._next_row([(_words(value), self.widths[n]) for n, (value, _) in enumerate(cells)])
        self._elastic.add(self._row)
        for n, (value, left) in enumerate(cells):
            self._write(n, n, value, **(_TEXT if left else _CENTRE))

    def nothing(self, words: str = NOTHING) -> None:
        """What stands instead of rows when there are none."""
        self._next_row([], least=48)
        self._write(0, self.last_column, words, **_CENTRE)

    def spread(self, cells: Sequence[Cell], weights: Sequence[float], *, header: bool = False, bold: bool = False) -> None:
        """One row of a smaller table, its cells laid over the grid by `weights`."""
        self._widen(len(weights))
        places = spans(self.widths, weights)
        self._next_row([(_words(cell), self._width(*place)) for cell, place in zip(cells, places, strict=True)])
        self._elastic.add(self._row)
        look = _HEADER if header else {**_CENTRE, "bold": bold}
        for cell, (first, last) in zip(cells, places, strict=True):
            self._write(first, last, cell, **look)

    def caption(self, words: str) -> None:
        """The name of a smaller table below the main one."""
        self._next_row([(words, self._width(0, self.last_column))], size=12)
        self._write(0, self.last_column, words, **_CAPTION)

    def keep_together(self) -> None:
        """What follows, with the signatures, shall stand on one printed page."""
        self._tail = len(self._heights)

    def note(self, words: str) -> None:
        """A small line that says how something was counted."""
        self._next_row([(words, self._width(0, self.last_column))])
        self._write(0, self.last_column, words, **_SMALL)

    def total(self, label: str, sums: Mapping[int, Cell]) -> None:
        """The line under the rows: `sums` by column; the label fills what is left of the first of them."""
        first = min(sums)
        self._next_row([(label, self._width(0, max(first - 1, 0)))])
        self._write(0, max(first - 1, 0), label, **_STRONG)
        for n in range(first, self.last_column + 1):
            self._write(n, n, sums.get(n), **_STRONG)

    def finish(self) -> bytes:
        """Signatures and foot; the file."""
        tails = [self._row - 1, self._row if self._tail is None else self._tail]
        self._signatures()
        self.note(f"{NO_SECRETS}　　{self.head.export_line}")
        elastic = sorted(self._elastic)[-_ELASTIC:]
        for n, height in enumerate(settle(self._heights, elastic, tails, page_room(self.widths), self._repeated)):
            self._sheet.set_row(n, height)
        self._sheet.print_area(0, 0, self._row, self.last_column)
        self._book.close()
        return self._file.getvalue()

    @property
    def _row(self) -> int:
        return len(self._heights) - 1

    def _set_up_paper(self) -> None:
        self._sheet.set_landscape()
        self._sheet.set_paper(_A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.center_horizontally()
        self._sheet.set_margins(**MARGINS)
        self._sheet.hide_gridlines(2)
        self._sheet.set_footer(_footer(self.head))
        for n, width in enumerate(self.widths):
            self._sheet.set_column(n, n, width)

    def _widen(self, columns: int) -> None:
        """A grid of few columns grows to the right when totals need more."""
        missing = columns - len(self.widths)
        self.widths.extend([_SPARE_WIDTH] * missing)
        for n in range(columns - missing, columns):
            self._sheet.set_column(n, n, _SPARE_WIDTH)

    def _heading_lines(self) -> None:
        end = self.last_column
        self._next_row([(self.head.title, self._width(0, end))], size=_TITLE_SIZE)
        self._write(0, end, self.head.title, **_TITLE)
        unit, day = f"填报单位（盖章）：{self.head.unit}", f"填报日期：{chinese_day(self.head.date)}"
        (_, middle), (right, _) = places = spans(self.widths, (2, 1))
        self._next_row([(text, self._width(*place)) for text, place in zip((unit, day), places, strict=True)], size=12)
        self._write(0, middle, unit, **_PLAIN)
        self._write(right, end, day, **{**_PLAIN, "align": "right"})

    def _signatures(self) -> None:
        words = ("负责人签字：", "填表人：", f"联系电话：{self.head.contact}")
        self._widen(len(words))
        places = spans(self.widths, (1, 1, 1))
        self._next_row([(text, self._width(*place)) for text, place in zip(words, places, strict=True)], size=12, least=36)
        for text, (first, last) in zip(words, places, strict=True):
            self._write(first, last, text, **_PLAIN)

    def _next_row(self, cells: Sequence[tuple[str, float]], *, size: float = BODY_SIZE, least: float = 0) -> None:
        """Begins a row as high as the fullest of its cells (text, width) needs."""
        self._heights.append(max(least, row_height(cells, size)))

    def _width(self, first: int, last: int) -> float:
        return sum(self.widths[first : last + 1])

    def _write(self, first: int, last: int, value: Cell, **look: object) -> None:
        style = self._format(look)
        if last > first:
            self._sheet.merge_range(self._row, first, self._row, last, "", style)
        if value is None or value == "":
            self._sheet.write_blank(self._row, first, None, style)
        elif isinstance(value, str):
            self._sheet.write_string(self._row, first, value[:_LONGEST_TEXT], style)
        elif isinstance(value, date):
            self._sheet.write_datetime(self._row, first, value, self._format({**look, "num_format": "yyyy-mm-dd"}))
        else:
            self._sheet.write_number(self._row, first, value if isinstance(value, int) else float(value), style)

    def _format(self, look: dict[str, object]) -> Any:
        key = tuple(sorted(look.items(), key=lambda item: item[0]))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]


def _words(value: Cell) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _footer(head: Head) -> str:
    """Excel takes 255 characters; `&` is doubled, and the blank after the size keeps a name like 0307 from joining it."""
    look = '&"仿宋,Regular"&9 '
    right = f"{head.exporter[:24]}　{head.at_text[:24]}".replace("&", "&&")
    return f"&L{look}{NO_SECRETS}&C{look}第 &P 页　共 &N 页&R{look}{right}"


_BASE: dict[str, object] = {"font_name": "仿宋", "font_size": BODY_SIZE, "valign": "vcenter", "text_wrap": True}
_PLAIN: dict[str, object] = {**_BASE, "align": "left", "font_size": 12}
_SMALL: dict[str, object] = {**_BASE, "align": "left", "font_size": 9}
_TEXT: dict[str, object] = {**_BASE, "align": "left", "border": 1}
_CENTRE: dict[str, object] = {**_BASE, "align": "center", "border": 1}
_STRONG: dict[str, object] = {**_CENTRE, "bold": True}
_HEADER: dict[str, object] = {**_CENTRE, "font_name": "黑体", "bg_color": "#F2F2F2"}
_CAPTION: dict[str, object] = {**_BASE, "align": "left", "valign": "bottom", "font_name": "黑体", "font_size": 12}
_TITLE_SIZE = 20
_TITLE: dict[str, object] = {**_BASE, "align": "center", "font_name": "宋体", "font_size": _TITLE_SIZE, "bold": True}
