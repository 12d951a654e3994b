"""Tables that an export wrote one cell a line, each closed by |: which lines make a row, and its cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from phases.reader.document import CELL, Document
from phases.reader.plain import BLANK, plain


@dataclass(frozen=True, kw_only=True)
class Stacked:
    """A row on the lines `first`..`last` (from 1). `text` is as long as the words of the file that begin at `at`."""

    first: int
    last: int
    at: int
    text: str
    cells: tuple[str, ...]


def stacked_rows(document: Document) -> tuple[Stacked, ...]:
    """Every row of such a table whose header names a time and what there is to do; () if the file marks its rows itself."""
    if "|" not in document.text or document.rows:
        return ()
    raw = document.text.split("\n")
    return tuple(row for cells in _stacks(raw) if len(cells) >= _FEWEST_CELLS for row in _rows_of(document, raw, cells))


_WHEN = re.compile(r"时间|日期|时限|期限|周期|进度|节点|日程|时段")
_WHAT = re.compile(r"阶段|步骤|环节|内容|事项|工作|任务|项目|程序|材料")
_SAYS_WHEN = re.compile(r"[0-9一二三四五六七八九十]\s?[月周日号]|学期|[0-9]{1,2}[./-][0-9]{1,2}|年")
_MOST_COLUMNS = 8
_LONGEST_HEADER = 10
_LONGEST_CELL = 12
"""In lines."""
_FEWEST_CELLS = 6

_Cell = tuple[int, int]


def _stacks(raw: list[str]) -> Iterator[list[_Cell]]:
    """Runs of cells, each as its (first, last) line; the last ends with |, the others hold none."""
    cells: list[_Cell] = []
    begun = 0
    for no, line in enumerate(raw, 1):
        bars = line.count("|")
        if bars == 1 and line.rstrip(BLANK).endswith("|"):
            cells.append((begun or no, no))
            begun = 0
        elif bars or not cells or no - cells[-1][1] > _LONGEST_CELL:
            yield cells
            cells, begun = [], 0
        else:
            begun = begun or no
    yield cells


def _rows_of(document: Document, raw: list[str], cells: list[_Cell]) -> Iterator[Stacked]:
    """The rows of a run of cells under a header that names a time and what there is to do."""
    words = ["".join(raw[first - 1 : last]).strip(BLANK + "|") for first, last in cells]
    width = next((n for n in range(2, _MOST_COLUMNS + 1) if _is_table(words, n)), 0)
    for at in range(0, len(cells) - width + 1, width) if width else ():
        (first, _), (_, last) = cells[at], cells[at + width - 1]
        begin, end = document.starts[first - 1], document.starts[last - 1] + len(raw[last - 1])
        text = document.text[begin:end].replace("|", CELL).replace("\n", " ")
        yield Stacked(first=first, last=last, at=begin, text=text, cells=tuple(words[at : at + width]))


def _is_table(words: list[str], width: int) -> bool:
    """Do these cells make rows of `width` under a header, with times in the column of times?"""
    header = [plain(word) for word in words[:width]]
    if len(words) < 3 * width or not all(
        1 < len(word) <= _LONGEST_HEADER and not re.search("[0-9,。;]", word) for word in header
    ):
        return False
    when = next((i for i, word in enumerate(header) if _WHEN.search(word)), None)
    if when is None or not any(_WHAT.search(word) for i, word in enumerate(header) if i != when):
        return False
    times = [word for word in words[width + when :: width] if word]
    return len(times) >= 2 and all(_SAYS_WHEN.search(word) for word in times)
