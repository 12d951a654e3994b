"""Boards and stories as they look in a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from duban.service.context import ZONE
from duban.service.explain import Explained
from duban.service.status import Board, DutyStatus, Row
from storage.journal import JournalLine
from workflow.guards import ACT_WORDS
from workflow.model import STATE_WORDS, DutyState, UnitKind

SHOWN_ROWS = 200
EVENT_WORDS = ACT_WORDS | {
    "launch": "启动",
    "sign": "领导决定",
    "complete": "本阶段完成",
    "open": "到时间转入",
    "grade": "定级",
    "void": "不再适用",
}


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
        top = next((t for path, t in tops.items() if row.path.startswith(path)), row)
        sums.setdefault(top.unit, _Sum(name=top.name)).add(row)
    table = Table(title=f"{board.campaign}：各单位进度", title_justify="left", pad_edge=False, box=None, header_style="bold")
    table.add_column("编号")
    table.add_column("单位", overflow="fold", max_width=30)
    for words in ("进展", "应报", "按时", "逾时", "尚未报送", "其中已过时限"):
        table.add_column(words, justify="right")
    for code, total in sums.items():
        past = Text(str(total.past), style="bold red" if total.past else "dim")
        table.add_row(
            code, total.name, str(total.cases), str(total.expected), str(total.on_time), str(total.late), str(total.open), past
        )
    return table


def branches(board: Board) -> Table:
    """One line a case, with what is open or late in words."""
    table = Table(title=f"{board.campaign}", title_justify="left", pad_edge=False, box=None, header_style="bold")
    table.add_column("编号")
    table.add_column("单位", overflow="fold", max_width=24)
    table.add_column("阶段", max_width=12)
    table.add_column("版", justify="right")
    table.add_column("事项", overflow="fold")
    for row in board.rows[:SHOWN_ROWS]:
        name = row.name if row.kind == UnitKind.BRANCH else f"{row.name}（{row.track}）"
        table.add_row(row.unit, name, row.phase, str(row.version), _duties(row.duties, short=True))
    if len(board.rows) > SHOWN_ROWS:
        table.caption = f"……共{len(board.rows)}行，这里是前{SHOWN_ROWS}行；全部见 --json"
    return table


def _duties(duties: Iterable[DutyStatus], *, short: bool = False) -> Text:
    words = Text()
    listed = list(duties)
    names = Counter(_short(duty) for duty in listed)
    for duty in listed:
        if words:
            words.append("\n")
        name = _short(duty) if short and names[_short(duty)] == 1 else duty.key
        due = f"{duty.due.month}月{duty.due.day}日" if duty.due else "时限待定"
        state = STATE_WORDS[DutyState(duty.state)]
        if duty.on_time is None and duty.days_late:
            words.append(f"{name}：{state}，{due}，已过{duty.days_late}天", style="red")
        elif duty.on_time is False:
            words.append(f"{name}：{state}（晚{duty.days_late}天）", style="yellow")
        elif duty.state in (DutyState.ACCEPTED, DutyState.WAIVED):
            words.append(f"{name}：{state}", style="dim")
        else:
            words.append(f"{name}：{state}，{due}")
    return words


def _short(duty: DutyStatus) -> str:
    """The part of a key behind the slash: enough for `--duty` where it is the only one."""
    return duty.key.rpartition("/")[2]


def story(out: Console, found: Explained, *, reminders: bool) -> None:
    """One unit from the launch to now."""
    out.print(f"{found.unit} {found.name}（{found.campaign}）", style="bold", markup=False)
    out.print(f"任职：{'，'.join(found.posts) or '没有登记任职的人'}", markup=False)
    for row in found.rows:
        out.print(f"\n{row.track}：现在在“{row.phase}”（第{row.version}版）", markup=False)
        out.print(_duties(row.duties))
    out.print("\n办理记录", style="bold")
    for at, words in _events(found.journal):
        out.print(f"  {_local(at)}  {words}", markup=False, soft_wrap=True)
    if reminders:
        _reminders(out, found)
    if found.actions:
        out.print("\n现在能办的", style="bold")
        for action in found.actions:
            name = f"{action.words} {action.key or ''}".strip()
            why = "；".join(f"{r.text}{'。' + r.unblock if r.unblock else ''}" for r in action.reasons)
            out.print(f"  {'×' if why else '○'} {name}{'：' + why if why else ''}", markup=False, soft_wrap=True)


def _events(lines: Iterable[JournalLine]) -> Iterable[tuple[int, str]]:
    """The journal in sentences; what was asked at the launch in one."""
    asked: dict[tuple[int, str], list[str]] = {}
    for line in lines:
        if line.act == "launch" and line.task_key is not None:
            asked.setdefault((line.recorded_at, line.reason or ""), []).append(_key(line))
    told: set[tuple[int, str]] = set()
    for line in lines:
        if line.act == "launch" and line.task_key is not None:
            moment = (line.recorded_at, line.reason or "")
            if moment not in told:
                told.add(moment)
                yield line.recorded_at, f"应办{len(asked[moment])}件：{'、'.join(asked[moment])}{_because(line)}"
        else:
            yield line.recorded_at, _event(line)


def _event(line: JournalLine) -> str:
    words = EVENT_WORDS.get(line.act, line.act)
    if line.act in ("launch", "complete", "open", "advance"):
        return f"{words}：{f'{line.from_state} → ' if line.from_state else '进入'}{line.to_state}{_by(line)}{_because(line)}"
    if line.act == "grade":
        return f"{words}：{f'{line.from_state} → ' if line.from_state else ''}{line.to_state}{_by(line)}{_because(line)}"
    mark = ""
    if line.act in ("submit", "receive") and line.on_time is not None:
        mark = "，按时" if line.on_time else "，逾时"
    moved = f"，时限{_line(line.due_day_from, line.due_day)}" if line.due_day_from != line.due_day else ""
    return f"{words} {_key(line)}{mark}{moved}{_by(line)}{_because(line)}"


def _key(line: JournalLine) -> str:
    return f"{line.task_key}@{line.occurrence}" if line.occurrence else str(line.task_key)


def _by(line: JournalLine) -> str:
    return f"（{line.by}）" if line.by else ""


def _because(line: JournalLine) -> str:
    return f"：{line.reason}" if line.reason else ""


def _reminders(out: Console, found: Explained) -> None:
    out.print("\n提醒", style="bold")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for words in ("应发日", "第几步", "事项", "给谁", "结果"):
        table.add_column(words, overflow="fold")
    for line in found.reminders:
        key = f"{line.task_key}@{line.occurrence}" if line.occurrence else line.task_key
        table.add_row(date.fromordinal(line.slot_day).isoformat(), line.rung, key, line.recipient or "", _fate(line))
    out.print(table)


FATES = {
    "skipped:born-late": "略过：启动前的提醒",
    "skipped:line-passed": "略过：时限已过，不再发到期前的提醒",
    "skipped:later-one-due": "略过：已有更近的提醒",
    "skipped:rejected": "核查被取消，没有发送",
    "cancelled:done": "已报送，没有发送",
    "undeliverable:vacant": "没有可以提醒的人",
    "blocked:calendar": "暂缓：该年的放假安排还没有公布",
}
MESSAGE_FATES = {
    "sent": "已发送",
    "pending": "等待发送",
    "claimed": "正在发送",
    "held": "暂停",
    "failed": "没有送达",
    "dead": "多次没有送达",
    "cancelled": "已取消",
}


def _fate(line: object) -> str:
    state, message, sent = (getattr(line, name) for name in ("state", "message_state", "sent_at"))
    if state in FATES:
        return FATES[state]
    words = MESSAGE_FATES.get(message or "", message or state)
    return f"{words} {_local(sent)}" if sent else words


def _line(before: int | None, after: int | None) -> str:
    if after is None:
        return ""
    new = date.fromordinal(after).isoformat()
    return new if before in (None, after) else f"{date.fromordinal(before or 1).isoformat()} → {new}"


def _local(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M")
