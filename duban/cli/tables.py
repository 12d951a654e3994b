"""Boards and stories as they look in a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from duban.cli.lines import folded
from duban.cli.speak import say, sentences
from duban.service.context import ZONE
from duban.service.escalate import RunResult
from duban.service.explain import Explained
from duban.service.status import Board, DutyStatus, Row
from storage.journal import JournalLine, ReminderLine
from workflow.decide import Action
from workflow.guards import ACT_WORDS
from workflow.model import STATE_WORDS, DutyState, UnitKind

SHOWN_ROWS, SHOWN_PLAN = 200, 40
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
    table = _table(title=f"{board.campaign}：各单位进度")
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
    table = _table(title=board.campaign)
    table.add_column("编号")
    table.add_column("单位", overflow="fold", max_width=20)
    table.add_column("阶段", overflow="fold", max_width=12)
    table.add_column("事项", overflow="fold")
    table.add_column("进展", overflow="fold")
    for row in board.rows[:SHOWN_ROWS]:
        name = row.name if row.kind == UnitKind.BRANCH else f"{row.name}（{row.track}）"
        first: tuple[RenderableType, ...] = (row.unit, _fold(name, 20), row.phase)
        for duty in row.duties:
            table.add_row(*first, _fold(_name(duty, row.duties), 20), _standing(duty))
            first = ("", "", "")
        if not row.duties:
            table.add_row(*first, Text("没有应办事项", style="dim"), "")
    if len(board.rows) > SHOWN_ROWS:
        table.caption = f"……共{len(board.rows)}行，这里是前{SHOWN_ROWS}行；全部见 --json"
    return table


def totals(board: Board) -> str:
    """The sum of the rows above, in one sentence."""
    sums = board.totals
    when = f"{board.as_of}{'' if board.today else '结束时'}"
    if not sums.expected:
        return f"无应报。（{when}）"
    return f"应报{sums.expected}件：按时{sums.on_time}，逾时{sums.late}，尚未报送{sums.open}。（{when}）"


def planned(result: RunResult) -> Table:
    """What a run would tell whom."""
    table = _table(title=f"将要提醒（hash {result.hash}）")
    for words in ("给谁", "单位", "事项", "最后一天", "第几步"):
        table.add_column(words, overflow="fold")
    for line in result.plan[:SHOWN_PLAN]:
        name = f"{line.recipient}（{line.role}）" if line.role else line.recipient
        table.add_row(_fold(name, 16), _fold(line.unit, 20), _fold(line.duty, 18), line.due, rung_words(line.rung))
    return table


def rung_words(key: str) -> str:
    """`-3:责任人` as people say it."""
    offset, _, who = key.partition(":")
    days = int(offset) if offset.lstrip("+-").isdecimal() else 0
    when = f"提前{-days}天" if days < 0 else f"超过{days}天" if days > 0 else "当天"
    return f"{when} {who}"


def _table(title: str | None = None) -> Table:
    return Table(title=title, title_justify="left", caption_justify="left", pad_edge=False, box=None, header_style="bold")


def _fold(text: str, room: int) -> str:
    """Lines broken where Chinese may break: a table would put a comma or half a number on the next."""
    return "\n".join(folded(text, room))


def _name(duty: DutyStatus, among: Iterable[DutyStatus]) -> str:
    """The part of a key behind the slash, where it is the only one: enough for `--duty`."""
    short = duty.key.rpartition("/")[2]
    same = sum(other.key.rpartition("/")[2] == short for other in among)
    return short if same == 1 else duty.key


def _standing(duty: DutyStatus, *, dated: bool = False) -> Text:
    """Where a duty stands; `dated` also says the line of what is late."""
    state = STATE_WORDS[DutyState(duty.state)]
    due = f"{duty.due.month}月{duty.due.day}日" if duty.due else "时限待定"
    if duty.on_time is None and duty.days_late:
        return Text(f"{state}，{f'{due}，' if dated else ''}已过{duty.days_late}天", style="red")
    if duty.on_time is False:
        return Text(f"{state}，晚{duty.days_late}天", style="yellow")
    if duty.state in (DutyState.ACCEPTED, DutyState.WAIVED):
        return Text(state, style="dim")
    return Text(f"{state}，{due}")


def story(out: Console, found: Explained, *, reminders: bool) -> None:
    """One unit from the launch to now."""
    say(f"{found.unit} {found.name}（{found.campaign}）", out=out, style="bold")
    say(f"任职：{'，'.join(found.posts) or '没有登记任职的人'}", out=out, hang=6)
    for row in found.rows:
        out.print()
        say(f"{row.track}：现在在“{row.phase}”（第{row.version}版）", out=out)
        duties = _table()
        for duty in row.duties:
            duties.add_row(f"  {duty.key}", _standing(duty, dated=True))
        duties.show_header = False
        out.print(duties)
    out.print()
    say("办理记录", out=out, style="bold")
    for at, words in _events(found.journal):
        say(f"  {_local(at)}  {words}", out=out, hang=20)
    if reminders:
        _reminders(out, found)
    if found.actions:
        _actions(out, found.actions)


def _actions(out: Console, actions: Iterable[Action]) -> None:
    """What the person can do, then what only waits for something; what is for others to do is counted."""
    listed = list(actions)
    others = [a for a in listed if any(r.code == "wrong-actor" for r in a.reasons)]
    out.print()
    say("现在能办的", out=out, style="bold")
    for action in sorted((a for a in listed if a not in others), key=lambda a: bool(a.reasons)):
        why = "".join(sentences(action.reasons))
        say(f"  {'×' if why else '○'} {action.words} {action.key or ''}{'：' + why if why else ''}".rstrip(), out=out, hang=4)
    if others:
        say(f"  另有{len(others)}项由别人办理，见 --json", out=out)


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
    out.print()
    say("提醒", out=out, style="bold")
    table = _table()
    for words in ("应发日", "第几步", "事项", "给谁", "结果"):
        table.add_column(words, overflow="fold")
    for line in found.reminders:
        day = date.fromordinal(line.slot_day)
        key = f"{line.task_key}@{line.occurrence}" if line.occurrence else line.task_key
        table.add_row(
            day.isoformat(), rung_words(line.rung), _fold(key, 22), _fold(line.recipient or "", 8), _fold(_fate(line, day), 16)
        )
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


def _fate(line: ReminderLine, day: date) -> str:
    """What became of a reminder; of what left on its own day only the hour."""
    if line.state in FATES:
        return FATES[line.state]
    words = MESSAGE_FATES.get(line.message_state or "", line.message_state or line.state)
    if not line.sent_at:
        return words
    sent = _local(line.sent_at)
    return f"{words} {sent[11:] if sent.startswith(day.isoformat()) else sent}"


def _line(before: int | None, after: int | None) -> str:
    if after is None:
        return ""
    new = date.fromordinal(after).isoformat()
    return new if before in (None, after) else f"{date.fromordinal(before or 1).isoformat()} → {new}"


def _local(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M")
