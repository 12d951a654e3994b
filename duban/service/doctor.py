"""How is it going: what waits and for whom, what reached nobody and why, and when the last run was; each with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from duban.clock import local_minute, show_instant
from duban.service import event_push
from duban.service.context import ZONE, Context, day_of
from duban.service.kept import calendar_document, calendar_warnings
from duban.service.reminder_words import RUN_WHYS
from duban.service.tending import ChannelRead, channels
from duban.service.wording import templates
from storage import health, holds, runs
from storage.campaigns import campaigns
from storage.health import HeldRun, Paused
from storage.holds import SilenceRead
from storage.meta import heartbeat
from workflow.deadline import opens_at
from workflow.errors import DubanError

RECENT = 30
"""Days after which a message that did not arrive is history."""
HOUR = 3600

MESSAGES = {
    "pending": ("等待发送", ""),
    "claimed": ("正在发送", ""),
    "preview": ("首次催办留给组织员过目，到时自动发出", "提前发出：duban chase release --by 谁"),
    "consent": ("暂停，等待确认", "duban run confirm 或 duban run reject，编号见上"),
    "template": ("模板有误，暂停", "改好模板后，下一次发送会自动补发"),
    "no-address": ("没有可用的联系方式，送不出去", "在 units.xlsx 的任职表里补上，再 duban units import"),
    "lost": ("发送的进程中断了，结果不明", "下一次发送会按渠道的设置处理，不用动手"),
    "unknown": ("结果不明，对方可能已收到", "会在他的下一封消息里再提；急事请电话联系"),
    "failed": ("没有送达（地址或内容被拒绝）", "duban message list --state failed 看原因，改正后 duban message retry 编号"),
    "dead": ("多次没有送达", "duban message list --state dead 看原因，排除后 duban message retry 编号"),
    "expired": ("过了时候没有送达，已重新安排", ""),
}
UNREACHED = {
    "vacant": ("没有可以提醒的人", "补上任职（duban units import），或看 duban explain 单位 --reminders"),
    "calendar": ("该年放假安排未公布，暂缓", "公布后 duban calendar import 文件 --published 年份"),
    "gate": ("前一步还没有送到，暂缓向上提", "看 duban channel list 和 duban message list"),
    "quarantined": ("数据有误，无法核查，已隔离", "把 duban explain 单位 --reminders 的原文告诉维护人员"),
}


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What was looked up in one moment."""

    last: int | None
    ahead: bool
    restored: bool
    messages: dict[str, int]
    held_runs: list[HeldRun]
    unreached: dict[str, int]
    planned: int
    unlooked: int
    silences: list[SilenceRead]
    pauses: list[Paused]
    running: bool
    channels: tuple[ChannelRead, ...] = field(default=())


def doctor(context: Context) -> dict[str, Any]:
    """`healthy` is False if the last run is older than a working day. `lines` are Chinese sentences for people."""
    now = context.now()
    limit = context.calendar.add(day_of(now), -1).day
    found = _look(context, now, limit)
    healthy = found.last is not None and day_of(found.last) >= limit
    warnings = calendar_warnings(context.in_use, running=found.running)
    return {
        "healthy": healthy,
        "last_run": show_instant(found.last) if found.last is not None else None,
        "messages": found.messages,
        "held_runs": [{"run": held.run, "messages": held.messages} for held in found.held_runs],
        "unreached": found.unreached,
        "planned": found.planned,
        "unlooked": found.unlooked,
        "channels": [
            {"name": c.name, "state": c.state, "why": c.why, "waiting": c.waiting} for c in found.channels if _amiss(context, c)
        ],
        "silences": [{"silence": s.id, "last_day": date.fromordinal(s.last_day), "reason": s.reason} for s in found.silences],
        "pauses": [{"campaign": p.campaign, "since": show_instant(p.since), "reason": p.reason} for p in found.pauses],
        "calendar": calendar_document(context.in_use, changed=bool(warnings)),
        "lines": [*_lines(context, found, healthy), *_of_events(context), *warnings],
    }


def _look(context: Context, now: int, limit: date) -> _Found:
    fares = channels(context)
    today = day_of(now).toordinal()
    with context.database.read() as connection:
        context.refresh(connection)
        newest = runs.last_run(connection)
        return _Found(
            last=heartbeat(connection),
            ahead=newest is not None and newest > now,
            restored=runs.is_restored(connection),
            messages=health.messages(connection, now=now, real=context.clock.real(), since=today - RECENT),
            held_runs=health.held_runs(connection),
            unreached=health.unreached(connection),
            planned=health.planned_before(connection, now - HOUR, day=today),
            unlooked=health.unlooked(connection, opens_at(limit, ZONE)),
            silences=holds.silences(connection, day=today),
            pauses=health.pauses(connection),
            running=bool(campaigns(connection, running=True)),
            channels=fares,
        )


def _lines(context: Context, found: _Found, healthy: bool) -> Iterator[str]:
    """The most urgent first."""
    yield _last(found.last, healthy)
    yield from _of_runs(found)
    yield from _of_templates(context)
    for channel in found.channels:
        if _amiss(context, channel):
            yield _channel(channel)
    for table, counts, unit in ((MESSAGES, found.messages, "封"), (UNREACHED, found.unreached, "条提醒")):
        for how, (words, advice) in table.items():
            if counts.get(how):
                yield f"{words}：{counts[how]}{unit}" + (f"。{advice}" if advice else "")
    if found.planned:
        yield f"一小时前就该合进消息的提醒：{found.planned}条。duban deliver；仍在的，看 duban explain 单位 --reminders"
    yield from (_silence(silence) for silence in found.silences)
    for paused in found.pauses:
        reason = f"（{paused.reason}）" if paused.reason else ""
        since = local_minute(paused.since, ZONE)
        yield f"活动“{paused.campaign}”从{since}起暂停催办{reason}。继续：duban resume {paused.campaign} --by 谁"


def _of_runs(found: _Found) -> Iterator[str]:
    if found.ahead:
        yield "上一次核查的时刻还没有到，核查都会被拒绝：核对这台机器的时钟，再用 duban run rewind --by 谁 --reason 原因"
    if found.restored:
        yield "数据库标明是从备份恢复的：下一次核查会停下来，等您核对恢复以后已发出的消息"
    if found.unlooked:
        yield f"到点超过一个工作日还没有核查的事项：{found.unlooked}件。请运行 duban escalate"
    for held in found.held_runs:
        why = f"（{RUN_WHYS.get(held.why, held.why)}）" if held.why else ""
        yield f"核查{held.run}在等待确认{why}：{held.messages}封消息。duban run confirm {held.run} 或 duban run reject {held.run}"


def _of_events(context: Context) -> Iterator[str]:
    if (said := event_push.amiss(context)) is not None:
        yield f"{said}。请看 duban.toml 的 [events] 和接收的程序"


def _of_templates(context: Context) -> Iterator[str]:
    """Templates that cannot be used at all stop every message."""
    if context.settings.templates is None:
        return  # ours are tested
    try:
        templates(context.settings.templates)
    except DubanError as error:
        yield f"自己的消息模板有问题，改好以前什么也发不出去：{' '.join(str(error).split())}"


def _last(last: int | None, healthy: bool) -> str:
    if last is None:
        return "还没有做过例行核查：请把 duban escalate --deliver 写进 crontab，或启动 duban scheduler。"
    late = "" if healthy else "，已超过一个工作日：请检查 crontab 或 duban scheduler"
    return f"上次例行核查：{local_minute(last, ZONE)}{late}"


def _amiss(context: Context, channel: ChannelRead) -> bool:
    """A channel that does not work, or that is described and never used."""
    return channel.state != "ready" or _unused(context, channel)


def _unused(context: Context, channel: ChannelRead) -> bool:
    described = {each.name for each in context.settings.channels}
    return channel.name in described and channel.name not in context.settings.order


def _channel(channel: ChannelRead) -> str:
    waits = f"，{channel.waiting}封在等" if channel.waiting else ""
    why = f"：{channel.why}" if channel.why else ""
    if channel.state == "disabled":
        return f"渠道“{channel.name}”停用{why}{waits}。排除后 duban channel enable {channel.name} --by 谁"
    if channel.state == "paused":
        until = f"，{local_minute(channel.until, ZONE)}再试" if channel.until is not None else ""
        return f"渠道“{channel.name}”连续出错，暂停使用{why}{waits}{until}"
    if channel.state == "unusable":
        return f"渠道“{channel.name}”不能用{why}{waits}。请看 duban.toml 和环境变量"
    return f"渠道“{channel.name}”没有写进 [deliver] order：不会用它发送"


def _silence(silence: SilenceRead) -> str:
    mode = "到期后再提醒" if silence.mode == holds.DEFER else "这几天的提醒不再补"
    last = date.fromordinal(silence.last_day)
    return f"静默{silence.id}到{last}为止（{silence.reason}；{mode}）。提前结束：duban silence end {silence.id} --by 谁"
