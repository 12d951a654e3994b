"""Shapes and Chinese text as SVG: no script, no ids, no outside references; safe to stand in any page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

FONTS = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, Heiti SC, SimHei, sans-serif"
INK, GREY, LINE, PAPER, PALE = "#1f2328", "#5b626a", "#8a8f95", "#ffffff", "#f7f5f2"
RED, ROSE = "#9c2a2a", "#fbefed"
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NO_START = "，。、；：！？”’）》〕】"
"""What must not begin a line."""


def clean(text: str) -> str:
    """On one line, without characters that XML does not know."""
    return " ".join(NOT_XML.sub("", text).split())


def width_of(text: str, size: float) -> float:
    """About how wide a text will be: an em a Chinese character, a little over half for others."""
    return sum(size if east_asian_width(c) in "WF" else 0.58 * size for c in text)


def wrapped(text: str, size: float, room: float, most: int = 3) -> list[str]:
    """Lines of a text that fit into `room`, at most `most`; what does not fit ends in …"""
    lines = [""]
    for character in clean(text):
        hangs = character in NO_START and lines[-1][-1:] not in NO_START
        full = width_of(lines[-1] + character, size) > room and not hangs
        if full and len(lines) == most:
            lines[-1] = lines[-1][:-1] + "…"
            break
        lines = [*lines, character] if full else [*lines[:-1], lines[-1] + character]
    return [line.strip() for line in lines]


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float = 14,
    fill: str = INK,
    bold: bool = False,
    anchor: str = "start",
    halo: bool = False,
) -> str:
    """One line of text; `y` is its baseline. `halo`: on a white ground, for words on a line."""
    weight = ' font-weight="600"' if bold else ""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    ground = f' stroke="{PAPER}" stroke-width="5" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}"{weight}{where}{ground}>{escape(clean(words))}</text>'


def paragraph(
    x: float, y: float, lines: Iterable[str], *, size: float, leading: float, fill: str = INK, bold: bool = False
) -> str:
    return "".join(text(x, y + n * leading, line, size=size, fill=fill, bold=bold) for n, line in enumerate(lines))


def box(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    radius: float = 10,
    fill: str = PALE,
    stroke: str = LINE,
    weight: float = 1.2,
    dashed: bool = False,
) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="{weight:g}"{dash}/>'
    )


def arrow(points: Sequence[tuple[float, float]], *, stroke: str = LINE, weight: float = 1.6) -> str:
    """A line through points, rounded at its bends, with a head at the last one."""
    (x0, y0), (x1, y1) = points[-2:]
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    neck = (x1 - 7 * ux, y1 - 7 * uy)
    way = " ".join(f"{x:.4g},{y:.4g}" for x, y in (*points[:-1], neck))
    head = " ".join(
        f"{x:.4g},{y:.4g}"
        for x, y in (
            points[-1],
            (x1 - 9 * ux - 4.6 * uy, y1 - 9 * uy + 4.6 * ux),
            (x1 - 9 * ux + 4.6 * uy, y1 - 9 * uy - 4.6 * ux),
        )
    )
    return (
        f'<polyline points="{way}" fill="none" stroke="{stroke}" stroke-width="{weight:g}" stroke-linejoin="round"/>'
        f'<polygon points="{head}" fill="{stroke}"/>'
    )


def group(content: str, **data: str) -> str:
    """Shapes that belong together; `data` tells programs what they stand for."""
    named = "".join(f" data-{name}={quoteattr(clean(value))}" for name, value in data.items())
    return f"<g{named}>{content}</g>"


def picture(width: float, height: float, label: str, content: str) -> str:
    """A whole SVG; `label` says to those who cannot see it what it shows. It prints as it is, and shrinks where a page's style sheet
    says so: it has no style of its own, which a strict page would refuse."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        f'font-family="{FONTS}" role="img" aria-label={quoteattr(clean(label))}>'
        f'<rect width="{width:g}" height="{height:g}" fill="{PAPER}"/>{content}</svg>\n'
    )
