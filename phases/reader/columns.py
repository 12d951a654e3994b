"""Which lines of a plain text are rows of a table whose cells are divided by wide blanks (时间　　阶段　　主要内容)."""

from __future__ import annotations

import re
from itertools import groupby

from phases.reader.document import CELL, Document
from phases.reader.plain import BLANK, plain

_WIDE = re.compile(r"(?<=[^ \u3000])(?: {2,8}|\u3000)[ \u3000]{0,80}(?=[^ \u3000])")
_WHEN = re.compile(r"时间|日期|时限|期限|周期|进度|节点|日程|时段")
_WHAT = re.compile(r"阶段|步骤|环节|内容|事项|任务|项目|程序|材料")
_SAYS_WHEN = re.compile(r"[0-9一二三四五六七八九十]\s?[月周日号季]|旬|学期|[0-9]{1,2}[./-][0-9]{1,2}|年|待定")
_LONGEST_HEADER = 10
_ROWS = 3


def spaced_rows(document: Document) -> frozenset[int]:
    """The numbers (from 1) of the lines of such tables: names of columns, one of them of a time, and below it times."""
    lines = [[plain(cell) for cell in _WIDE.split(line.strip(BLANK))] for line in document.text.split("\n")]
    found: set[int] = set()
    at = 0
    for count, run in groupby(len(cells) for cells in lines):
        size = len(list(run))
        if count > 1 and size >= _ROWS and _is_table(lines[at : at + size]):
            found.update(range(at + 1, at + size + 1))
        at += size
    return frozenset(found)


def with_cells(line: str) -> str:
    """The line, as long as before, with `CELL` where its cells part."""
    return _WIDE.sub(lambda gap: CELL + " " * (len(gap[0]) - 1), line)


def _is_table(lines: list[list[str]]) -> bool:
    header, *rows = lines
    when = next((i for i, word in enumerate(header) if _WHEN.search(word)), None)
    named = all(1 < len(word) <= _LONGEST_HEADER and not re.search("[0-9,。;:]", word) for word in header)
    if when is None or not named or not any(_WHAT.search(word) for i, word in enumerate(header) if i != when):
        return False
    return all(_SAYS_WHEN.search(row[when]) for row in rows)
