"""签发页: the page to sign on a sheet that prints on exactly one A4 page, upright or across, as large as it can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from duban.sheets.layout import lines, text_width
from duban.task_table.look import A4, HEAD, LIGHT, SHADE, Look
from phases.sign_page import HEADINGS, SignPage

SIZE = 11.0
LEAST = 6.5
"""The smallest print, in points, that people read without a glass; a longer campaign takes a second page instead."""
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.45, "bottom": 0.45}  # inches
UPRIGHT = (595.0, 842.0)  # A4, points
SHARES = (0.04, 0.205, 0.18, 0.145, 0.325, 0.105)
LEFT = 4
"""So many columns are the left half where questions stand in two columns."""
_WIDTHS = range(122, 262, 4)  # digits across; from here on 12月14日（周五） stands on one line
_HEAD_WIDTH = 100
_LEADING = 1.38
_PADDING = 3.0


@dataclass(frozen=True, kw_only=True)
class Band:
    """One row of the sheet: its cells as (first column, last column, words), how they look, and how high it must be."""

    cells: tuple[tuple[int, int, str], ...]
    kind: str
    size: float = SIZE
    least: float = 0.0

    def height(self, widths: Sequence[float]) -> float:
        most = max(lines(words, _room(sum(widths[first : last + 1]), self.size)) for first, last, words in self.cells)
        return max(self.least, most * self.size * _LEADING + _PADDING)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How the page is laid out: column widths in digits, row heights in points, and the scale at which all of it fits."""

    widths: tuple[float, ...]
    heights: tuple[float, ...]
    landscape: bool
    scale: float

    @property
    def print_size(self) -> float:
        """Points of the body text on paper."""
        return SIZE * self.scale


def bands_of(page: SignPage) -> tuple[Band, ...]:
    """The rows of the sheet from top to bottom."""
    return tuple(_bands(page))


def plan_of(bands: Sequence[Band]) -> Plan:
    """The widths and the direction of the paper that make the print largest."""
    plans = [_plan(bands, width, landscape) for landscape in (False, True) for width in _WIDTHS]
    # Upright is how papers are signed and filed: across only where it is plainly larger.
    return max(plans, key=lambda plan: (plan.scale * (1.0 if plan.landscape else 1.04), -sum(plan.widths)))


def write_sign_sheet(sheet: Any, look: Look, page: SignPage) -> Plan:
    """Fill an empty sheet with the page."""
    bands = bands_of(page)
    plan = plan_of(bands)
    _paper(sheet, plan)
    for column, width in enumerate(plan.widths):
        sheet.set_column(column, column, width)
    for number, (band, height) in enumerate(zip(bands, plan.heights, strict=True)):
        sheet.set_row(number, height)
        for first, last, words in band.cells:
            _write(sheet, number, (first, last), words, _format(look, band, first))
        if band.kind == "header":
            sheet.repeat_rows(number)
    sheet.print_area(0, 0, len(bands) - 1, len(HEADINGS) - 1)
    return plan


def _bands(page: SignPage) -> Iterator[Band]:
    end = len(HEADINGS) - 1
    yield Band(cells=((0, end, page.title),), kind="title", size=18.0, least=30.0)
    yield from (Band(cells=((0, end, words),), kind="plain") for words in _packed(page.head))
    yield Band(cells=tuple((n, n, words) for n, words in enumerate(HEADINGS)), kind="header", least=20.0)
    for part in page.parts:
        if part.heading:
            yield Band(cells=((0, end, part.heading),), kind="phase")
        yield from (Band(cells=tuple((n, n, words) for n, words in enumerate(line.cells)), kind="task") for line in part.lines)
    for project in page.projects:
        yield Band(cells=((0, end, project),), kind="wide")
    if page.targets:
        yield Band(cells=((0, end, "目标（比例含本数）"),), kind="caption")
        yield from _in_two(page.targets)
    yield Band(cells=((0, end, "督办程序（从最后一天起按工作日计，每步上午8:30，另写的除外）"),), kind="caption")
    yield Band(cells=((0, end, page.ladder),), kind="wide")
    if page.questions:
        yield Band(cells=((0, end, f"还要请您定的（{len(page.questions)}处）"),), kind="caption")
        yield from _in_two(page.questions)
    approval, signature, warning = page.closing
    yield Band(cells=((0, 2, approval), (3, end, signature)), kind="sign", least=34.0)
    yield Band(cells=((0, end, warning),), kind="small", size=9.0)


def _packed(head: Sequence[str]) -> Iterator[str]:
    """The lines above the table, two on a line where they are short."""
    line = ""
    for words in head:
        if line and text_width(line + words) > _HEAD_WIDTH:
            yield line
            line = ""
        line = f"{line}　　{words}" if line else words
    yield line


def _in_two(words: Sequence[str]) -> Iterator[Band]:
    """Short entries side by side; a long one has a line of its own."""
    end, waiting = len(HEADINGS) - 1, ""
    for entry in words:
        if len(entry) > 90:
            if waiting:
                yield Band(cells=((0, LEFT - 1, waiting), (LEFT, end, "")), kind="wide")
            waiting = ""
            yield Band(cells=((0, end, entry),), kind="wide")
        elif waiting:
            yield Band(cells=((0, LEFT - 1, waiting), (LEFT, end, entry)), kind="wide")
            waiting = ""
        else:
            waiting = entry
    if waiting:
        yield Band(cells=((0, end, waiting),), kind="wide")


def _plan(bands: Sequence[Band], width: float, landscape: bool) -> Plan:
    widths = tuple(round(width * share, 1) for share in SHARES)
    heights = tuple(band.height(widths) for band in bands)
    across, down = reversed(UPRIGHT) if landscape else UPRIGHT
    across -= (MARGINS["left"] + MARGINS["right"]) * 72
    down -= (MARGINS["top"] + MARGINS["bottom"]) * 72
    table = sum(width * 7 + 5 for width in widths) * 0.75
    scale = min(1.0, across / table, down / sum(heights))
    return Plan(widths=widths, heights=heights, landscape=landscape, scale=floor(scale * 100) / 100)


def _paper(sheet: Any, plan: Plan) -> None:
    sheet.set_paper(A4)
    if plan.landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_margins(**MARGINS)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)
    sheet.fit_to_pages(1, 1 if plan.print_size >= LEAST else 0)


def _room(width: float, size: float) -> float:
    """Digits of 10.5-point text that a column takes in `size` points, less what its edges take."""
    return (width - 0.8) * 10.5 / size


def _format(look: Look, band: Band, column: int) -> Any:
    if band.kind == "task":
        return look.boxed(align="center" if column in (0, 3, 5) else "left", font_size=band.size)
    return {
        "title": lambda: look(font_name=HEAD, font_size=band.size, align="center"),
        "plain": lambda: look(font_size=band.size),
        "header": lambda: look.header(),
        "phase": lambda: look.boxed(font_name=HEAD, bg_color=LIGHT),
        "caption": lambda: look.boxed(font_name=HEAD, bg_color=SHADE),
        "wide": lambda: look.boxed(),
        "sign": lambda: look(font_size=band.size, align="right" if column else "left"),
        "small": lambda: look(font_size=band.size, align="center"),
    }[band.kind]()


def _write(sheet: Any, row: int, columns: tuple[int, int], words: str, style: Any) -> None:
    first, last = columns
    if last > first:
        sheet.merge_range(row, first, row, last, "", style)
    sheet.write_string(row, first, words, style)
