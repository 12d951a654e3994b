"""What a table of a notice asks: a row with work or papers, a time, and who owes or receives it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from phases.reader.document import Passage, Quote
from phases.reader.nouns import Demand, Head, Outline
from phases.reader.papers import is_paper, papers, ways_of
from phases.reader.people import is_office
from phases.reader.plain import plain
from phases.reader.times import states_year
from workflow.deadline import mentions, read
from workflow.model import Deadline

_COLUMNS = {
    "what": re.compile(
        r"(?:材料|事项|任务|内容|工作|项目|措施|名称|要求|活动|报送内容|文件|资料)(?:名称|内容|要点|清单|安排|项目|任务)?$"
    ),
    "when": re.compile(r"(?:时限|时间|日期|期限|进度|节点|截止)(?:要求|安排|节点|时间|进度)?$"),
    "who": re.compile(
        r"^(?:责任|报送|填报|牵头|承办|实施|完成|负责|主办|参加|落实|上报)?(?:单位|部门|主体|科室|处室)$|^责任[^人]{0,4}$"
    ),
    "owner": re.compile(r"(?:责任人|负责人|责任领导|分管领导)$"),
    "to": re.compile(
        r"^(?:接收|受理|收取|汇总|归口)(?:单位|部门|科室|对象|地点)$|^(?:报送|提交|上交|交|报)(?:至|到|对象|地点|部门)$|^报送(?:给|到|何处)"
    ),
    "way": re.compile(r"(?:方式|形式|途径)$"),
    "no": re.compile(r"^(?:序号|编号|No\.?|号)$"),
}
# A row with a window is a stage of the plan, and none of the papers or last days that are asked for.
_LASTING = ("window", "month", "xun")
_TIMES = re.compile(r"时间|日期|时限|期限|周期|进度|节点|截止")
_ORDER = ("no", "to", "when", "owner", "who", "way", "what")


@dataclass(frozen=True, kw_only=True)
class _Table:
    """`fills` is True if an empty time is the one above (merged cells): not beside another column of times."""

    columns: dict[str, int]
    width: int
    fills: bool


def row_demands(outline: Outline, head: Head) -> tuple[Demand, ...]:
    """The demands of every table whose head names a time and something to do."""
    return tuple(_demands(outline, head))


def _demands(outline: Outline, head: Head) -> Iterator[Demand]:
    table: _Table | None = None
    last: list[str] = []
    since: date | None = None
    for index in outline.body:
        passage = outline.passages[index]
        if not passage.cells:
            table = None
            continue
        if found := _head(passage.cells):
            table, last, since = found, [], None
        elif table is not None:
            cells = _filled(passage.cells, last, table)
            last = cells
            if demand := _demand(outline, passage, cells, table, head, since):
                since = _later(since, demand.deadline)
                yield demand


def _head(cells: tuple[str, ...]) -> _Table | None:
    columns: dict[str, int] = {}
    for index, cell in enumerate(cells):
        said = re.sub(r"\s|\([^()]*\)", "", plain(cell))
        for kind in _ORDER:
            if len(said) <= 10 and _COLUMNS[kind].search(said) and kind not in columns:
                columns[kind] = index
                break
    times = sum(len(cell) <= 10 and bool(_TIMES.search(plain(cell))) for cell in cells)
    return _Table(columns=columns, width=len(cells), fills=times == 1) if {"what", "when"} <= columns.keys() else None


def _filled(cells: tuple[str, ...], last: list[str], table: _Table) -> list[str]:
    """The cells of a row; a time that is left empty is the one above (merged cells)."""
    row = list(cells) + [""] * (table.width - len(cells))
    when = table.columns["when"]
    if last and table.fills and not row[when].strip() and row[table.columns["what"]].strip():
        row[when] = last[when]
    return row


def _demand(
    outline: Outline, passage: Passage, cells: list[str], table: _Table, head: Head, since: date | None
) -> Demand | None:
    def cell(kind: str) -> str:
        return cells[table.columns[kind]].strip() if kind in table.columns else ""

    handed = _HANDED.search(cell("when"))
    what = handed["what"] if handed else cell("what")
    deadline = _in_order(_deadline(cell("when"), head), since)
    if not what or deadline is None:
        return None
    named = papers(what) if is_paper(what) else None
    if deadline.kind in _LASTING and named is None and not _is_office_row(cell("who"), head):
        return None
    who = tuple(part for part in re.split(r"[、,，\s]", cell("who")) if part)
    return Demand(
        what=(named.what if named and named.named else what)[:60],
        quote=_quote(outline, passage),
        materials=named.materials if named else (),
        who=who,
        office=bool(who) and all(is_office(name, head) for name in who) and not named,
        to=cell("to") or None,
        ways=tuple(dict.fromkeys((*(named.ways if named else ()), *ways_of(cell("way"))))),
        deadline=deadline,
        owners=tuple(part for part in re.split(r"[、,，\s]", cell("owner")) if part),
    )


# 4月30日前交检测报告汇总表 in the column of times
_HANDED = re.compile(r"前(?:上交|提交|报送|上报|交)(?P<what>[^,，。;；:：、]{3,40})$")


def _later(since: date | None, deadline: Deadline | None) -> date | None:
    end = deadline.end if deadline else None
    return max(since, end) if since and end else since or end


def _in_order(deadline: Deadline | None, since: date | None) -> Deadline | None:
    """4月30日前 in a row below 12月15日前 is no day that was over before the notice was written."""
    if deadline is None or since is None or "past" not in deadline.flags or states_year(deadline.words):
        return deadline
    again = read(deadline.words, since)
    return again if again.end and again.end >= since else deadline


def _is_office_row(who: str, head: Head) -> bool:
    return bool(who) and is_office(who, head)


def _deadline(words: str, head: Head) -> Deadline | None:
    if not words:
        return None
    found = [
        m
        for m in mentions(plain(words), head.anchor)
        if m.sense in ("before", "on", "window", "recurring", "event", "vague", "relative")
    ]
    if not found:
        return None
    if len(found) == 1:
        return replace(found[0].deadline, words=found[0].words)
    return read(words, head.anchor)


def _quote(outline: Outline, passage: Passage) -> Quote:
    return outline.document.quote_of(passage, 0, len(passage.text))
