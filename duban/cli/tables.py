"""Boards and plans as they look in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from duban.cli.lines import folded
from duban.service.escalate import RunResult
from duban.service.status import Board, DutyStatus, Row
from phases.ladder_words import key_words
from workflow.model import STATE_WORDS, DutyState
from workflow.workdays import TENTATIVE, provisional

SHOWN_ROWS, SHOWN_PLAN = 200, 40
NAME_ROOM = 20
"""Cells for a name, so that a line fits into 80."""


@dataclass
class _Sum:
    name: str
    cases: int = 0
    expected: int = 0
    on_time: int = 0
    late: int = 0
    open: int = 0
    past: int = 0

    def add(self, row: Row) -> None:
        self.cases += 1
        for duty in row.duties:
            if duty.state == DutyState.WAIVED:
                continue
            self.expected += 1
            self.on_time += duty.on_time is True
            self.late += duty.on_time is False
            self.open += duty.on_time is None
            self.past += duty.on_time is None and duty.days_late > 0


def units(board: Board) -> Table:
    """One line a unit under the root, with everything below it."""
    sums: dict[str, _Sum] = {}
    tops = {row.path: row for row in board.rows if row.depth <= 1}
    for row in board.rows:
        top = tops.get("/".join(row.path.split("/", 3)[:3]) + "/", row)
        sums.setdefault(top.unit, _Sum(name=top.name)).add(row)
    table = plain_table(title=f"{board.campaign}：各单位进度")
    table.add_column("编号")
    table.add_column("单位", overflow="fold", max_width=30)
    for words in ("进展", "应报", "按时", "逾时", "尚未报送", "已过时限"):
        table.add_column(words, justify="right")
    for code, total in sums.items():
        past = Text(str(total.past), style="bold red" if total.past else "dim")
        figures = (total.cases, total.expected, total.on_time, total.late, total.open)
        table.add_row(code, total.name, *map(str, figures), past)
    return table


def branches(board: Board) -> Table:
    """One line a case, with what is open or late in words."""
    table = plain_table(title=board.campaign)
    table.add_column("编号")
    table.add_column("单位", overflow="fold", max_width=NAME_ROOM)
    table.add_column("阶段", overflow="fold", max_width=12)
    table.add_column("事项", overflow="fold")
    table.add_column("进展", overflow="fold")
    cases = Counter(row.unit for row in board.rows)
    for row in board.rows[:SHOWN_ROWS]:
        name = f"{row.name}（{row.track}）" if cases[row.unit] > 1 else row.name
        for line in _lines(row, folded(name, NAME_ROOM)):
            table.add_row(*line)
    if len(board.rows) > SHOWN_ROWS:
        table.caption = f"……共{len(board.rows)}行，这里是前{SHOWN_ROWS}行；全部见 --json"
    return table


def _lines(row: Row, name: list[str]) -> Iterator[tuple[str, str, str, str, Text]]:
    """The lines of one case: its duties beside the lines of its name."""
    duties = [(fold(_name(duty, row.duties), NAME_ROOM), standing(duty)) for duty in row.duties]
    duties = duties or [("", Text("没有应办事项", style="dim"))]
    for at in range(max(len(duties), len(name))):
        first = (row.unit, row.phase) if at == 0 else ("", "")
        part = name[at] if at < len(name) else ""
        yield first[0], part, first[1], *(duties[at] if at < len(duties) else ("", Text()))


def totals(board: Board) -> str:
    """The sum of the rows above, in one sentence."""
    sums = board.totals
    when = f"{board.as_of}{'' if board.today else '结束时'}"
    if not sums.expected:
        return f"无应报。（{when}）"
    return f"应报{sums.expected}件：按时{sums.on_time}，逾时{sums.late}，尚未报送{sums.open}。（{when}）"


def tentative(duties: Iterable[DutyStatus]) -> str:
    """What 暂定 behind a day means; nothing if it stands nowhere."""
    years = sorted({duty.due.year for duty in duties if duty.provisional and duty.due is not None})
    return "；".join(f"“{TENTATIVE}”：{provisional(year)}" for year in years)


def planned(result: RunResult) -> Table:
    """What a run would tell whom."""
    table = plain_table(title=f"将要提醒（hash {result.hash}）")
    for words in ("给谁", "单位", "事项", "最后一天", "第几步"):
        table.add_column(words, overflow="fold")
    for line in result.plan[:SHOWN_PLAN]:
        name = f"{line.recipient}（{line.role}）" if line.role else line.recipient
        day = f"{line.due}（{TENTATIVE}）" if line.provisional else line.due
        table.add_row(fold(name, 16), fold(line.unit, 20), fold(line.duty, 18), day, key_words(line.rung))
    return table


def plain_table(title: str | None = None) -> Table:
    return Table(title=title, title_justify="left", caption_justify="left", pad_edge=False, box=None, header_style="bold")


def fold(text: str, room: int) -> str:
    """Lines broken where Chinese may break: a table would put a comma or half a number on the next."""
    return "\n".join(folded(text, room))


def _name(duty: DutyStatus, among: Iterable[DutyStatus]) -> str:
    """The part of a key behind the slash, where it is the only one: enough for `--duty`."""
    short = duty.key.rpartition("/")[2]
    same = sum(other.key.rpartition("/")[2] == short for other in among)
    return short if same == 1 else duty.key


def standing(duty: DutyStatus, *, dated: bool = False) -> Text:
    """Where a duty stands; `dated` also says the line of what is late."""
    state = STATE_WORDS[DutyState(duty.state)]
    due = f"{duty.due.month}月{duty.due.day}日" if duty.due else "时限待定"
    due += f"（{TENTATIVE}）" if duty.provisional else ""
    if duty.on_time is None and duty.days_late:
        return Text(f"{state}，{f'{due}，' if dated else ''}已过{duty.days_late}天", style="red")
    if duty.on_time is False:
        return Text(f"{state}，晚{duty.days_late}天", style="yellow")
    if duty.state in (DutyState.ACCEPTED, DutyState.WAIVED):
        return Text(state, style="dim")
    return Text(f"{state}，{due}")
