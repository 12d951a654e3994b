"""How much room text needs on paper: lines, row heights, and cells spread over the columns of a grid.

Column widths are Excel's unit, the width of one digit of the default font; a Chinese character at 10.5 points takes two.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate
from math import ceil, floor
from unicodedata import east_asian_width

BODY_SIZE = 10.5
FULL_WIDTH = 150.0  # digits across the page: 10.5 points print as about 9
PAPER = (842.0, 595.0)  # A4 landscape, points
MARGINS = {"left": 0.6, "right": 0.6, "top": 0.6, "bottom": 0.7}  # inches
_LINE = 15.0  # points a line of 10.5-point text needs, in Excel and in LibreOffice
_PADDING = 6.0
_HIGHEST = 409.0  # Excel's limit
_LOWEST = 19.0
# Excel's page counts as 1; LibreOffice does not round the width of a digit and shrinks the same table a little more.
_PLAYS = (0.98, 0.99, 1.0, 1.01, 1.05, 1.06, 1.07)
_WIDE = frozenset("WFA")


def text_width(text: str) -> float:
    """In digits: Chinese characters and full-width signs count two."""
    return sum(2.0 if east_asian_width(sign) in _WIDE else 1.0 for sign in text)


def lines(text: str, width: float) -> int:
    """How many lines `text` takes in a column of `width`. A line holds whole characters only, hence the rounding down."""
    room = max(2.0, width // 2 * 2)
    return sum(max(1, ceil(text_width(paragraph) / room)) for paragraph in text.split("\n"))


def row_height(cells: Sequence[tuple[str, float]], size: float = BODY_SIZE) -> float:
    """Points that the fullest of `cells` (text, column width) needs, written in `size` points."""
    most = max((lines(text, width * BODY_SIZE / size) for text, width in cells), default=1)
    return min(_HIGHEST, max(_LOWEST, most * _LINE * size / BODY_SIZE + _PADDING))


def page_room(widths: Sequence[float]) -> float:
    """How many points of row height fit on one printed page when columns of `widths` are shrunk to its width.

    A column takes seven pixels a digit and five around, at 96 pixels an inch; the scale is whole per cent.
    """
    table = sum(width * 7 + 5 for width in widths) * 0.75
    across = PAPER[0] - (MARGINS["left"] + MARGINS["right"]) * 72
    down = PAPER[1] - (MARGINS["top"] + MARGINS["bottom"]) * 72
    return down * 100 / min(100, floor(100 * across / table))


def settle(
    heights: Sequence[float], elastic: Collection[int], tails: Sequence[int], room: float, repeated: float
) -> list[float]:
    """The heights, rows `elastic` a few points lower or higher where that keeps the end of the page together.

    Totals and signatures belong on one page, a page with nothing but signatures is not handed in: so no page should begin
    behind any of the rows `tails`. Programs differ by some per cent in what fits on a page; the change is taken that
    serves most of them. `repeated` is the height of the header on every further page.
    """

    def stretched(change: int) -> list[float]:
        return [height + change if n in elastic else height for n, height in enumerate(heights)]

    def kept(change: int) -> int:
        tried = stretched(change)
        ends = [_last_page_begins(tried, room * play, repeated) for play in _PLAYS]
        return sum(end <= tail for end in ends for tail in tails)

    best = max(sorted(range(-4, 9), key=abs), key=kept)  # the smallest among the best
    return [min(_HIGHEST, height) for height in stretched(best)]


def _last_page_begins(heights: Sequence[float], room: float, repeated: float) -> int:
    """The row at the top of the last page."""
    used, top = 0.0, 0
    for n, height in enumerate(heights):
        if used + height > room:
            used, top = repeated, n
        used += height
    return top


def spans(widths: Sequence[float], weights: Sequence[float]) -> list[tuple[int, int]]:
    """First and last column of each of several cells laid over a grid, as near to `weights` as its columns allow.

    Every cell gets at least one column. Raises `ValueError` if there are more cells than columns.
    """
    if len(weights) > len(widths):
        raise ValueError(f"{len(weights)} cells do not go into {len(widths)} columns")
    edges = [0.0, *accumulate(widths)]
    unit = edges[-1] / sum(weights)
    cuts = [0]
    for n, wanted in enumerate(accumulate(weights[:-1]), 1):
        free = range(cuts[-1] + 1, len(widths) - (len(weights) - n) + 1)
        cuts.append(_nearest(edges, free, wanted * unit))
    return [(first, last - 1) for first, last in zip(cuts, [*cuts[1:], len(widths)], strict=True)]


def _nearest(edges: Sequence[float], free: range, wanted: float) -> int:
    return min(free, key=lambda edge: abs(edges[edge] - wanted))


def filled(widths: Sequence[float], wide: Sequence[bool]) -> list[float]:
    """The widths, stretched to `FULL_WIDTH` if they are less: the `wide` columns take all there is, in proportion."""
    spare = FULL_WIDTH - sum(widths)
    takers = [width if takes or not any(wide) else 0.0 for width, takes in zip(widths, wide, strict=True)]
    if spare <= 0:
        return list(widths)
    return [width + spare * taker / sum(takers) for width, taker in zip(widths, takers, strict=True)]
