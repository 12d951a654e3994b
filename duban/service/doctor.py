"""How is it going: what waits, is held, dead or blocked, and when the last run was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from duban.clock import show_instant
from duban.service.context import ZONE, Context, day_of
from duban.service.kept import calendar_document, calendar_warnings
from storage import outbox
from storage.campaigns import campaigns
from storage.meta import heartbeat

WORDS = {
    "pending": "等待发送",
    "claimed": "正在发送",
    "held": "暂停（等待确认或模板有误）",
    "no-address": "没有邮箱，送不出去",
    "failed": "没有送达（地址或内容被拒绝）",
    "dead": "多次没有送达",
    "unknown": "结果不明",
}


def doctor(context: Context) -> dict[str, Any]:
    """`healthy` is False if the last run is older than a working day. `lines` are Chinese sentences for people."""
    now = context.now()
    with context.database.read() as connection:
        context.refresh(connection)
        running = bool(campaigns(connection, running=True))
        last = heartbeat(connection)
        messages = outbox.counts_by_state(connection)
        held_runs = outbox.held_runs(connection)
        reasons = outbox.open_reasons(connection)
    limit = context.calendar.add(day_of(now), -1).day
    healthy = last is not None and day_of(last) >= limit
    lines = [_last(last, healthy)]
    lines += [
        f"核查{run}在等待确认：{count}封消息。duban run confirm {run} 或 duban run reject {run}" for run, count in held_runs
    ]
    lines += [f"{words}：{messages[state]}封" for state, words in WORDS.items() if messages.get(state)]
    lines += [f"{words}：{count}条提醒" for words, count in reasons]
    warnings = calendar_warnings(context.in_use, running=running)
    lines += warnings
    return {
        "healthy": healthy,
        "last_run": show_instant(last) if last is not None else None,
        "messages": messages,
        "held_runs": [{"run": run, "messages": count} for run, count in held_runs],
        "calendar": calendar_document(context.in_use, changed=bool(warnings)),
        "lines": lines,
    }


def _last(last: int | None, healthy: bool) -> str:
    if last is None:
        return "还没有做过例行核查：请把 duban escalate --deliver 写进 crontab。"
    when = datetime.fromtimestamp(last, UTC).astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M")
    return f"上次例行核查：{when}" + ("" if healthy else "，已超过一个工作日：请检查 crontab")
