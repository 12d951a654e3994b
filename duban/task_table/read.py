"""Which definition a workbook with 任务分解表 and 基本情况 holds, where each of its values stands, and what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from duban.task_table.facts import fact_entries
from duban.task_table.items import item_entries
from duban.task_table.names import FACTS, ITEMS
from duban.task_table.spots import Found, Grid, Spot
from duban.workbook.cells import narrow
from duban.workbook.opened import NoWorkbook, open_workbook
from phases.columns import CATEGORIES
from phases.definition import Definition, keys_of
from phases.emit import yaml_lines
from phases.task_table import arranged
from workflow.errors import DubanError, Problem

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".et")
STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
HEAD = ("# yaml-language-server: $schema=campaign.schema.json", "")
OTHERS = {
    "单位": "单位表；请用 duban units import 读入",
    "任职": "单位表；请用 duban units import 读入",
    "日历": "校历；请用 duban calendar import 读入",
}
_MISSING = re.compile(r"缺少“[^”]*”；请补上一行“.*”")
_LINE = re.compile(r"第(\d+)行(?![^“]*”)")


@dataclass(frozen=True, kw_only=True)
class TableFile:
    """A workbook as read: the YAML `text` of its definition, the spot that each line of it comes from (from 1), and every cell that
    could not be read."""

    text: str
    spots: Mapping[int, Spot] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def told(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Problems of the text as problems of the workbook (`任务分解表 第7行 时间`), in the order of its rows."""
        return tuple(told for _, told in sorted((self._told(problem) for problem in problems), key=lambda each: each[0]))

    def _told(self, problem: Problem) -> tuple[tuple[bool, str, int], Problem]:
        spot = self.spots.get(problem.line or 0)
        missing = _MISSING.match(problem.text) is not None
        if spot is None or (missing and spot.sheet == FACTS):
            # What is missing altogether has no row.
            text = f"没有填“{problem.path.rpartition('.')[2]}”；请填上" if missing else problem.text
            return (not missing, FACTS, 0), replace(problem, line=None, path=_of_facts(problem.path), text=text)
        key = re.sub(r"\[\d+\]$", "", problem.path.rpartition(".")[2])
        spot = replace(spot, header=spot.header_of(key) or spot.header)
        text = _MISSING.sub(f"没有填“{spot.header}”；请填上", problem.text)
        return (False, spot.sheet, spot.row), replace(problem, line=None, path=str(spot), text=_LINE.sub(self._row, text))

    def _row(self, line: re.Match[str]) -> str:
        """Another line that a problem mentions."""
        spot = self.spots.get(int(line[1]))
        return str(replace(spot, header="")) if spot else line[0]


def _of_facts(path: str) -> str:
    """A key that is missing altogether belongs to 基本情况."""
    top = path.partition(".")[0]
    return f"{FACTS} {path}" if top in keys_of(Definition) and top not in CATEGORIES else path


def is_workbook(name: str, content: bytes) -> bool:
    """By its name or its first bytes."""
    return PurePath(name).suffix.lower() in SUFFIXES or content.startswith(STARTS)


def read_table(name: str, content: bytes) -> TableFile:
    """The definition in a workbook. What is wrong in its cells is in `problems`; raises `DubanError` if it is no such workbook."""
    items, facts = _grids(name, content)
    found = Found()
    item_entries(items, found)
    fact_entries(facts, found)
    lines = [((), line) for line in HEAD] + list(yaml_lines(arranged(found.entries)))
    spots = {no: spot for no, (place, _) in enumerate(lines, 1) if (spot := found.spot(place))}
    return TableFile(text="\n".join([*(line for _, line in lines), ""]), spots=spots, problems=found.problems)


def _grids(name: str, content: bytes) -> tuple[Grid, Grid]:
    book = _opened(name, content)
    known = {narrow(title).replace(" ", ""): sheet for title, sheet in book["sheets"].items()}
    if missing := [wanted for wanted in (ITEMS, FACTS) if wanted not in known]:
        raise DubanError(f"“{name}”{_instead([str(title) for title in book['names']], missing)}", code="unreadable")
    items, facts = (Grid(name=wanted, rows=known[wanted]["rows"], merged=known[wanted]["merged"]) for wanted in (ITEMS, FACTS))
    return items, facts


def _opened(name: str, content: bytes) -> dict[str, Any]:
    try:
        book = open_workbook(content, [ITEMS.lower(), FACTS.lower()])
        if len(book["sheets"]) < 2:
            # 「任务 分解表」 is asked for by the very name it has.
            alike = [title for title in book["names"] if narrow(title).replace(" ", "") in (ITEMS, FACTS)]
            book = open_workbook(content, [narrow(title).lower() for title in alike]) if len(alike) > 1 else book
    except NoWorkbook as error:
        raise DubanError(f"“{name}”{_sentence(str(error), content)}", code="unreadable") from None
    return book


def _sentence(said: str, content: bytes) -> str:
    """Why it is no workbook, without the advice that only fits a file of units."""
    if b"\x00" not in content and not content.startswith((b"PK", b"%PDF", b"<")) and content:
        return "的内容是文字，不是工作簿；如果是活动设置，请把扩展名改为 .yaml"
    hint = "；如果是通知，请先用 duban draft 起草活动设置" if "Word" in said else ""
    return said.replace("（或两个 CSV）", "").replace("再导入", "再试").replace("后导入", "再试") + hint


def _instead(titles: Sequence[str], missing: Sequence[str]) -> str:
    other = next((what for title, what in OTHERS.items() if any(title == narrow(each) for each in titles)), None)
    if other and ITEMS in missing:
        return f"是{other}，不是活动设置"
    sheets = "、".join(titles[:8])
    return f"缺少工作表“{'”“'.join(missing)}”；现有：{sheets}。请用 duban read-back 活动设置 -o 文件.xlsx 导出的样子"
