"""Lines put together as a person reads them: a paragraph broken at the edge of the paper is one passage."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import groupby

from phases.reader.columns import spaced_rows, with_cells
from phases.reader.document import CELL, Document, Passage
from phases.reader.markers import marker_at
from phases.reader.names import TITLE_START, is_office, is_title_end, is_whole_title
from phases.reader.page import CARD
from phases.reader.plain import BLANK, plain
from phases.reader.stacked import stacked_rows

_WIDEST_PAPER = 120
_NARROWEST_PAPER = 44
_SHORTFALL = 5
_TITLE_LINES = 4
_TITLE_LENGTH = 50
_ENDS = "。!?;:"
_STARTS_AGAIN = re.compile("关于|印发|转发")
_ALONE = re.compile(
    r"^(?:附件?\s?[0-9一二三四五六七八九十]{0,2}\s?[:.、]|附件?[0-9]{0,2}$|主题词|抄[送报]|联\s?系\s?人|[(]?此件|(?:19|20)[0-9]{2}\s?[年.-]\s?[0-9]{1,2}\s?[月.-]\s?[0-9]{1,2}\s?日?$)"
)


# A line of an index card whose value stands on the next line.
_VALUE_FOLLOWS = re.compile(
    r"^[•·●\s]*(?:索引号|主题分类|发文机[构关]|发布机构|发文字号|文号|(?:发文|成文|发布|公开|生成|印发)日期|发布(?:时间|单位)|来源|有效性)\s?:$"
)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line without the blanks at its ends; `width` in columns with its indentation, `gap` the empty lines above it."""

    no: int
    at: int
    text: str
    plain: str
    width: int
    indented: bool
    gap: int
    cells: tuple[str, ...] = ()


def passages(document: Document) -> tuple[Passage, ...]:
    """Every passage of a document in order, furniture of the page and all."""
    lines = _with_stacked_rows(document, _lines(document))
    paper = _paper_width(lines)
    indents = sum(line.indented for line in lines) >= max(3, len(lines) // 5)
    found: list[list[_Line]] = []
    i = 0
    while i < len(lines):
        run = _title_run(lines, i) or 1
        if run == 1 and found and _continues(found[-1][-1], lines[i], paper, indents):
            found[-1].append(lines[i])
        else:
            found.append(lines[i : i + run])
        i += run
    return tuple(_passage(run) for run in found)


def _lines(document: Document) -> list[_Line]:
    found: list[_Line] = []
    gap = 0
    piped = frozenset() if document.rows else _piped(document)
    spaced = frozenset() if document.rows else spaced_rows(document)
    rows = document.rows or _rows(document) | piped | spaced
    for no, (at, raw) in enumerate(zip(document.starts, document.text.split("\n"), strict=True), 1):
        raw = raw.replace("|", CELL) if no in piped else with_cells(raw) if no in spaced else raw
        text = raw.strip(BLANK if no in rows else BLANK + "|")
        if not text:
            gap += 1
            continue
        found.append(_line(no, at, raw, text, gap, is_row=no in rows))
        gap = 0
    return found


def _rows(document: Document) -> frozenset[int]:
    """The lines of a plain text whose tabs make a table: at least three cells in two lines, or two in three, one below another."""
    return _in_columns([line.strip(BLANK).count(CELL) + 1 for line in document.text.split("\n")])


def _piped(document: Document) -> frozenset[int]:
    """The same for cells divided by | with blanks about it; the index card of a portal is none."""
    lines = [line.strip(BLANK + "|") for line in document.text.split("\n")]
    return _in_columns([1 if CARD.search(line) else len(re.findall(r"\s\|\s", line)) + 1 for line in lines])


def _in_columns(cells: list[int]) -> frozenset[int]:
    found: set[int] = set()
    at = 0
    for count, run in groupby(cells):
        size = len(list(run))
        if (count >= 3 and size >= 2) or (count == 2 and size >= 3):
            found.update(range(at + 1, at + size + 1))
        at += size
    return frozenset(found)


def _with_stacked_rows(document: Document, lines: list[_Line]) -> list[_Line]:
    """Lines as they are, but the rows of a table that an export wrote one cell a line as one line a row."""
    rows = stacked_rows(document)
    if not rows:
        return lines
    covered = {no for row in rows for no in range(row.first, row.last + 1)}
    made = [replace(_line(r.first, r.at, r.text, r.text.strip(BLANK), 0, is_row=False), cells=r.cells) for r in rows]
    return sorted([*(line for line in lines if line.no not in covered), *made], key=lambda line: line.no)


def _line(no: int, at: int, raw: str, text: str, gap: int, *, is_row: bool) -> _Line:
    left = raw.index(text)
    return _Line(
        no=no,
        at=at + left,
        text=text,
        plain=plain(text),
        width=_columns(raw.rstrip(BLANK)),
        indented=_columns(raw[:left]) >= 2,
        gap=gap,
        cells=tuple(cell.strip(BLANK) for cell in raw.split(CELL)) if is_row else (),
    )


def _columns(text: str) -> int:
    """How wide the text is on paper: a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _paper_width(lines: list[_Line]) -> int | None:
    """How many columns a full line has if the file breaks its lines at the edge of the paper; None if it does not."""
    widths = sorted(line.width for line in lines if not line.cells)
    if len(widths) < 4:
        return None
    full = widths[-1] if widths[-1] <= widths[-2] + _SHORTFALL else widths[-2]
    if not _NARROWEST_PAPER <= full <= _WIDEST_PAPER:
        return None
    near = sum(full - _SHORTFALL < width <= full + _SHORTFALL for width in widths)
    return full if near >= max(3, len(widths) // 4) else None


def _continues(last: _Line, line: _Line, paper: int | None, indents: bool) -> bool:
    """Is this line the rest of the paragraph of the last one?"""
    if not last.cells and not line.cells and _VALUE_FOLLOWS.match(last.plain) and len(line.plain) <= 40 and line.gap <= 2:
        return True
    if last.cells or line.cells or line.gap or _ALONE.match(line.plain) or last.plain[-1] in _ENDS:
        return False
    if marker_at(line.plain) and not _is_broken_number(last, line):
        return False
    if last.plain[-1] in ",、" and len(last.plain) >= 10:
        return True
    if paper is None or last.width < paper - _SHORTFALL:
        return False
    return not (indents and line.indented)


def _is_broken_number(last: _Line, line: _Line) -> bool:
    """2012年3月 | 30. is no number of a part."""
    return bool(re.search(r"[0-9年月]$", last.plain)) and line.plain[0].isdigit()


def _title_run(lines: list[_Line], i: int) -> int:
    """Over how many lines, from the i-th on, one title is broken; 0 if none begins here."""
    first = lines[i]
    if not _may_be_title(first) or is_whole_title(first.plain):
        return 0
    starts = bool(TITLE_START.search(first.plain))
    if not starts and is_title_end(first.plain):
        return 0
    for n in range(1, _TITLE_LINES):
        if i + n >= len(lines) or not _may_be_title(lines[i + n]) or lines[i + n].gap > 2:
            return 0
        if starts and _STARTS_AGAIN.match(lines[i + n].plain):
            return 0
        if not starts and not _is_office_of(first, lines[i + 1]):
            return 0
        whole = "".join(line.plain for line in lines[i : i + n + 1])
        if is_whole_title(whole) and _is_closed(whole):
            return n + 1
    return 0


def _is_office_of(line: _Line, title: _Line) -> bool:
    """XX学院 | 关于开展……的通知"""
    return title.gap == 0 and title.plain.startswith("关于") and is_office(line.plain)


def _may_be_title(line: _Line) -> bool:
    return (
        not line.cells
        and len(line.plain) <= _TITLE_LENGTH
        and not re.search(r"[。;!?:]|^[,、]", line.plain)
        and not marker_at(line.plain)
        and not _ALONE.match(line.plain)
    )


def _is_closed(text: str) -> bool:
    return text.count("《") == text.count("》") and text.count("(") == text.count(")")


def _passage(run: list[_Line]) -> Passage:
    places: list[int] = []
    for line in run:
        places.extend(range(line.at, line.at + len(line.text)))
    return Passage(text="".join(line.text for line in run), places=tuple(places), line=run[0].no, cells=run[0].cells)
