"""One unit's way through a campaign, told in a terminal: what `duban explain` says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from rich.console import Console

from duban.cli.speak import say, sentences
from duban.cli.tables import fold, plain_table, standing, tentative
from duban.clock import local_minute
from duban.service.context import ZONE
from duban.service.explain import Explained
from duban.service.journal_words import EVENT_WORDS
from duban.service.reminder_words import MESSAGE_FATES, SENT_WORDS, fate
from duban.service.why import Why
from phases.ladder_words import key_words
from storage.journal import JournalLine, ReminderLine
from workflow.decide import Action


def story(out: Console, found: Explained, *, reminders: bool, grades: bool = False) -> None:
    """One unit from the launch to now."""
    say(f"{found.unit} {found.name}（{found.campaign}）", out=out, style="bold")
    say(f"任职：{'，'.join(found.posts) or '没有登记任职的人'}", out=out, hang=6)
    for row in found.rows:
        out.print()
        say(f"{row.track}：现在在“{row.phase}”（第{row.version}版）", out=out)
        for reason in found.held.get(row.case, ()):
            say(f"  {''.join(sentences([reason]))}", out=out, hang=2)
        duties = plain_table()
        for duty in row.duties:
            duties.add_row(f"  {duty.key}", standing(duty, dated=True))
        duties.show_header = False
        out.print(duties)
    if note := tentative(duty for row in found.rows for duty in row.duties):
        say(note, out=out)
    out.print()
    say("办理记录", out=out, style="bold")
    for at, words in _events(line for line in found.journal if grades or line.act != "grade"):
        say(f"  {local_minute(at, ZONE)}  {words}", out=out, hang=20)
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
    lines = list(lines)
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
    about = f" {_key(line)}" if line.task_key else ""
    return f"{words}{about}{mark}{moved}{_by(line)}{_because(line)}"


def _key(line: JournalLine) -> str:
    return f"{line.task_key}@{line.occurrence}" if line.occurrence else str(line.task_key)


def _by(line: JournalLine) -> str:
    return f"（{line.by}）" if line.by else ""


def _because(line: JournalLine) -> str:
    return f"：{line.reason}" if line.reason else ""


def _reminders(out: Console, found: Explained) -> None:
    out.print()
    say("提醒", out=out, style="bold")
    table = plain_table()
    for words in ("应发日", "第几步", "事项", "给谁", "结果"):
        table.add_column(words, overflow="fold")
    for line in found.reminders:
        day = date.fromordinal(line.slot_day)
        name = line.task_key.rpartition("/")[2]
        key = f"{name}@{line.occurrence}" if line.occurrence else name
        table.add_row(
            day.isoformat(), key_words(line.rung), fold(key, 16), fold(line.recipient or "", 8), fold(_fate(line, day), 16)
        )
    out.print(table)


def _fate(line: ReminderLine, day: date) -> str:
    """What became of a reminder; of what left on its own day only the hour."""
    if line.state not in ("folded", "told"):
        return fate(line.state)
    words = (MESSAGE_FATES | SENT_WORDS).get(line.message_state or "") or fate(line.state)
    if not line.sent_at:
        return words
    sent = local_minute(line.sent_at, ZONE)
    return f"{words} {sent[11:] if sent.startswith(day.isoformat()) else sent}"


def why(out: Console, told: Iterable[Why]) -> None:
    """Each duty on the day asked about: who was told, or why nobody was."""
    for no, one in enumerate(told):
        if not no:
            out.print()
            say(f"{one.day.isoformat()}：为什么（没）提醒", out=out, style="bold")
        say(f"  {one.duty}", out=out, hang=2)
        for line in one.told:
            hour = local_minute(line.at, ZONE)[11:] if line.at is not None else ""
            say(
                f"    {hour} 告诉了{line.recipient}（{'，'.join(filter(None, (line.role, line.instead)))}）：{line.rung}，{line.fate}",
                out=out,
                hang=4,
            )
        for reason in one.reasons:
            say(f"    {reason}", out=out, hang=4)


def _line(before: int | None, after: int | None) -> str:
    if after is None:
        return ""
    new = date.fromordinal(after).isoformat()
    return new if before in (None, after) else f"{date.fromordinal(before or 1).isoformat()} → {new}"
