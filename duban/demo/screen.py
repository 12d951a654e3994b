"""The demo's progress bar, and the one screen it ends with."""

from __future__ import annotations

import shlex
import shutil
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from duban.demo import DATABASE, MESSAGES, MIDWAY, TABLES, Result

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duban.demo import Progress as Told

BAR = 60
"""Cells of the bar of all duties."""
LABEL, GAP = 12, 2
"""Cells of the words at the left, and between columns."""


def progress() -> Told:
    """A bar on stderr, only on a terminal."""
    bar = Progress(
        TextColumn("2012年 {task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}天"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
    tasks: list[TaskID] = []

    def told(words: str, done: int, of: int) -> None:
        if not tasks:
            bar.start()
            tasks.append(bar.add_task(words, total=of))
        bar.update(tasks[0], completed=done, description=words)
        if done == of:
            bar.stop()

    return told


def show(out: Console, result: Result) -> None:
    """What happened, in figures a person can check, and what to try next. Fits into 80 columns."""
    out.print(_head(result))
    out.print(Padding(_work(result), (0, 0, 1, 0)))
    out.print(Padding(_grades(result), (0, 0, 1, 0)))
    out.print(Padding(_phases(result), (0, 0, 1, 0)))
    _places(out, result)
    _next(out, result)


def command() -> str:
    """How this shell calls us: `duban`, or the path it was called by where that is not on the way (`.venv/bin/duban`)."""
    if shutil.which("duban"):
        return "duban"
    return f"{sys.executable} -m duban" if sys.argv[0].endswith("__main__.py") else sys.argv[0]


def _head(result: Result) -> Panel:
    return Panel(
        Text(
            f"{result.organisation}（虚构）：{result.units}个二级党组织，{result.branches}个党支部，{result.members:,}名党员\n"
            f"2012年3月26日启动“{result.campaign}”，{result.cases}份进展\n"
            f"到年底每天8:30例行核查，共{result.runs}次"
        ),
        title="督办 Duban：一年的活动走完了",
        title_align="left",
        border_style="dim",
    )


def _work(result: Result) -> Table:
    totals, acts = result.totals, result.acts
    table = _lines()
    table.add_row("应办事项", Text(f"应报{totals['expected']:,}件"))
    table.add_row("", _bar(totals))
    table.add_row(
        "办理",
        f"报送{acts.get('submit', 0):,}（代填{result.proxies}），登记收件{acts.get('receive', 0)}，"
        f"审核通过{acts.get('accept', 0):,}\n"
        f"退回补正{acts.get('return', 0)}，延期{acts.get('extend', 0)}，提请后由领导决定{acts.get('sign', 0)}",
    )
    day, most = result.longest_day
    held = result.held.get("no-address", 0)
    table.add_row(
        "提醒",
        f"{result.reminders:,}条合成{result.messages:,}封消息，最多的一天{day.month}月{day.day}日{most}封"
        + (f"\n{held}封因没有邮箱暂停" if held else ""),
    )
    return table


def _bar(totals: dict[str, int]) -> Text:
    """All duties as one bar, told apart by colour and by pattern, and its legend."""
    parts = (("on_time", "█", "green", "按时"), ("late", "▓", "yellow", "逾时"), ("open", "░", "red", "年底尚未报送"))
    bar, legend = Text(), Text("\n")
    for name, mark, style, words in parts:
        share = BAR * totals[name] / max(1, totals["expected"])
        bar.append(mark * (max(1, round(share)) if totals[name] else 0), style)
        legend.append(f"{mark} ", style).append(f"{words}{totals[name]:,}   ")
    return bar.append(legend)


def _grades(result: Result) -> Table:
    """The two gradings side by side, and what the targets count from them."""
    labels = list(dict.fromkeys(label for grades in result.grades.values() for label in grades))
    table = _columns("党支部定级", labels)
    for words, grades in result.grades.items():
        table.add_row(words, *(f"{grades.get(label, 0)}" for label in labels), "")
    whole = Table.grid()
    whole.add_row(table)
    targets = _lines()
    for number, figure in enumerate(result.figures):
        word = Text("达到", "green") if figure.met else Text(f"差{figure.short}", "red")
        said = f"{figure.target.words}：基数{figure.expected}，需要{figure.needed}，现有{figure.reached}，"
        targets.add_row("" if number else "目标", Text(said).append(word))
    whole.add_row(targets)
    return whole


def _phases(result: Result) -> Table:
    """Where the cases of every track with more than one stand."""
    many = {track: counts for track, counts in result.phases.items() if sum(counts.values()) > 1}
    names = list(dict.fromkeys(phase for counts in many.values() for phase in counts))
    table = _columns("年底在哪一步", names)
    for track, counts in many.items():
        table.add_row(track, *(f"{counts.get(name, 0)}" for name in names), "")
    return table


def _places(out: Console, result: Result) -> None:
    folder = result.folder
    for words, place in (
        ("数据库", f"{folder / DATABASE}"),
        ("途中", f"{folder / MIDWAY}（4月16日早上：有待审、首次催办、待定的事）"),
        ("消息", f"{folder / MESSAGES}/"),
        ("表格", f"{folder / TABLES}/"),
    ):
        _say(out, Text(words.ljust(LABEL + GAP - len(words)), "bold").append(place, "not bold"))
    for path in result.tables:
        _say(out, Text(" " * (LABEL + GAP) + path.name, "dim"))


def _next(out: Console, result: Result) -> None:
    url, midway = (shlex.quote(f"sqlite:///{result.folder / name}") for name in (DATABASE, MIDWAY))
    _say(out, Text("\n在浏览器里看（打开后选一个人）：", "bold"))
    _say(out, Text(f"  {command()} serve --db {midway}"))
    _say(out, Text("接下来可以试：", "bold"))
    for line in (
        f"{command()} status --db {url}",
        f"{command()} status --db {url} --at 2012-04-13 --unit {result.example[:2]}",
        f"{command()} explain {result.example} --reminders --db {url}",
    ):
        _say(out, Text(f"  {line}"))


def _say(out: Console, words: Text) -> None:
    """On one line however long: a path or a command is there to be copied."""
    out.print(words, soft_wrap=True)


def _lines() -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", width=LABEL, no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _columns(title: str, names: Iterable[str]) -> Table:
    """Counts under their names; the empty last column keeps them at the left."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(Text(title, "bold"), width=LABEL, no_wrap=True)
    for name in names:
        table.add_column(name, justify="right", min_width=8, no_wrap=True)
    table.add_column("")
    return table


__all__ = ["command", "progress", "show"]
