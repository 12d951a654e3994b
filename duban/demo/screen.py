"""The demo's progress bar, and the one screen it ends with."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from duban.demo import DATABASE, MESSAGES, TABLES, Result

if TYPE_CHECKING:
    from duban.demo import Progress as Told


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
    """What happened, in figures a person can check, and what to try next."""
    out.print(
        Panel(
            f"{result.organisation}（虚构）：{result.units}个二级党组织，{result.branches}个党支部，{result.members:,}名党员\n"
            f"2012年3月26日启动“{result.campaign}”，{result.cases}份进展；每天8:30例行核查一次，共{result.runs}次",
            title="督办 Duban：一年的活动跑完了",
            title_align="left",
        )
    )
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    totals, acts = result.totals, result.acts
    table.add_row(
        "应办事项",
        f"应报{totals['expected']:,}件：按时{totals['on_time']:,}，逾时{totals['late']:,}，年底仍未报{totals['open']:,}",
    )
    table.add_row(
        "办理",
        f"报送{acts.get('submit', 0):,}（代填{result.proxies}），登记收件{acts.get('receive', 0)}，审核通过{acts.get('accept', 0):,}",
    )
    table.add_row("", f"退回补正{acts.get('return', 0)}，延期{acts.get('extend', 0)}，提请后由领导决定{acts.get('sign', 0)}")
    day, most = result.longest_day
    held = result.held.get("no-address", 0)
    table.add_row(
        "提醒",
        f"{result.reminders:,}条合成{result.messages:,}封消息，最多的一天{day.month}月{day.day}日{most}封"
        + (f"；{held}封因没有邮箱暂停" if held else ""),
    )
    for words, grades in result.grades.items():
        table.add_row(f"{words}定级", "，".join(f"{label}{n}" for label, n in grades.items()))
    for figure in result.figures:
        target = figure.target
        word = "达到" if figure.met else f"差{figure.short}"
        table.add_row(
            "目标",
            f"{target.words}：基数{figure.expected}，需要{figure.needed}，现有{figure.reached}，{word}",
        )
    for track, counts in result.phases.items():
        table.add_row(f"{track}在", "，".join(f"{phase}{n}" for phase, n in counts.items()))
    out.print(table)
    folder = result.folder
    out.print(f"\n数据库 {folder / DATABASE}　消息 {folder / MESSAGES}/　表格 {folder / TABLES}/", soft_wrap=True)
    for path in result.tables:
        out.print(f"  {path.name}", markup=False, soft_wrap=True)
    url = f"sqlite:///{folder / DATABASE}"
    out.print("\n接下来可以试：", style="bold")
    for line in (
        f"duban status --db {url}",
        f"duban status --db {url} --at 2012-04-13 --unit 01",
        f"duban explain 0101 --reminders --db {url}",
    ):
        out.print(f"  {line}", markup=False, soft_wrap=True)
