"""Why was nobody told of a duty on a day? Sentences, the most telling first; never none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from duban.clock import local_minute
from duban.service.context import day_of
from duban.service.reminder_words import MESSAGE_FATES, RUN_WHYS, fate, message_why
from duban.service.why_then import Then
from duban.service.windows import windows_of
from storage.channel_states import DISABLED, OPEN
from storage.told import ToldLine
from storage.told_holds import Hold
from workflow.deadline import short
from workflow.ladder import slot_day
from workflow.model import STATE_WORDS, DutyState

WAITING = ("pending", "claimed", "held")
UNSOLVED = ("planned", "undeliverable", "blocked", "quarantined")
"""How the states of reminders begin that stay a reason on the days that follow."""


def reasons(then: Then, ahead: tuple[str, date] | None) -> Iterator[str]:
    """At least one. `ahead` is the next step with its day."""
    if then.status.due is None and then.clock_runs:
        yield "时限待定，定下之前不提醒"
        return
    if not then.clock_runs and not then.reviewing:
        yield _closed(then)
        return
    yield from (_held(then, hold) for hold in then.hold("pause", "silence", "promise"))
    if then.task is not None and not then.task.chased:
        yield "经常性工作，只统计，不逐次提醒"
        return
    if then.reviewing:
        yield _reviewing(then)
    yield from _unsent(then)
    yield from _told_before(then)
    yield from _missed(then)
    yield from _decided(then)
    yield from _then_what(then, ahead)


def _closed(then: Then) -> str:
    words = STATE_WORDS[DutyState(then.status.state)]
    if then.last is None:
        return f"{words}，不再提醒"
    return f"{local_minute(then.last.recorded_at, then.zone)} {words}，不再提醒"


def _reviewing(then: Then) -> str:
    last = then.line.review_day
    return "已报送，等待审核" + (f"；审核时间到{short(date.fromordinal(last), then.day)}" if last is not None else "")


def _held(then: Then, hold: Hold) -> str:
    by = f"（{hold.by}）" if hold.by else ""
    because = f"：{hold.reason}" if hold.reason else ""
    until = _until(then, hold)
    match hold.kind:
        case "pause":
            return f"活动暂停中{by}{because}；恢复后接着提醒"
        case "silence":
            which = "".join((f"第{hold.rung_min}步起" if hold.rung_min else "", "只涉及本单位的" if hold.inside else ""))
            after = "，过后也不补发" if hold.mode == "drop" else ""
            return f"静默到{until}，{which}不提醒{after}{by}{because}"
        case _:
            return f"已承诺{until}前报送，这之前不提醒{by}{because}"


def _until(then: Then, hold: Hold) -> str:
    return short(date.fromordinal(hold.last_day), then.day) if hold.last_day is not None else ""


def _unsent(then: Then) -> Iterator[str]:
    """What was due on the day, or waits since then, and did not leave."""
    for line in then.before:
        if then.left(line) is not None:
            continue
        waits = line.state == "folded" and (line.message_state in WAITING or line.sent_at is not None)
        if waits or _unsolved(then, line) or day_of(line.run_at, then.zone) == then.day:
            which = f"{then.step(line.rung)}：" if line.state != "quarantined" else ""
            yield f"{which}{_fate(then, line)}"


def _unsolved(then: Then, line: ToldLine) -> bool:
    """It has stayed so: nobody was told anything else since."""
    since = (other for other in then.present if other.run_at > line.run_at and not other.state.startswith("skipped"))
    return line in then.present and line.state.startswith(UNSOLVED) and not any(since)


def _fate(then: Then, line: ToldLine) -> str:
    if line.state == "planned" and (hold := next(then.hold("silence", person=line.recipient_id), None)):
        by, because = f"（{hold.by}）" if hold.by else "", f"：{hold.reason}" if hold.reason else ""
        return f"对{line.recipient}静默到{_until(then, hold)}，过后再告诉{by}{because}"
    if line.state != "folded":
        return fate(line.state)
    to = f"给{line.recipient}的消息" if line.recipient else "消息"
    if line.sent_at is not None:
        return f"{to}到{local_minute(line.sent_at, then.zone)}才发出{_wait(then, line)}"
    if line.message_state == "held" and line.why is None:
        return f"{to}要等人确认{_run(line)}"
    if line.message_state == "pending" and line.not_before is not None and line.not_before > then.instant:
        return f"{to}等到{local_minute(line.not_before, then.zone)}再发{_wait(then, line)}"
    words = MESSAGE_FATES.get(line.message_state or "", line.message_state or "").removeprefix("消息")
    because = _channel(then, line) or message_why(line.why)
    if line.message_state == "pending" and not because:
        because = "下一次 duban deliver 时发出"
    return f"{to}{words}{f'：{because}' if because else ''}"


def _run(line: ToldLine) -> str:
    because = RUN_WHYS.get(line.run_why or "", line.run_why or "")
    how = f"核对后用 duban run confirm {line.run} 放行" if line.run_state == "needs_confirm" else ""
    words = "；".join(part for part in (because, how) if part)
    return f"：{words}" if words else ""


def _wait(then: Then, line: ToldLine) -> str:
    """Why a message did not leave at once."""
    if hold := next(then.hold("snooze", person=line.recipient_id), None):
        return f"：他请求{_until(then, hold)}以前不要提醒"
    if line.preview:
        return "：首次催办，先由组织员查看，可用 duban chase list 看、duban chase release 提前发出"
    later = line.not_before is not None and day_of(line.not_before, then.zone) > then.day + timedelta(days=1)
    if later and any(then.hold("weekly", person=line.recipient_id)):
        return "：他选了只涉及下级的每周合成一封"
    if line.not_before is None or line.why:
        return f"：{message_why(line.why)}" if line.why else ""
    run_on = day_of(line.run_at, then.zone)
    if not then.context.calendar.is_workday(run_on):
        return "：休息日不发"
    if windows_of(then.context).at(line.run_at).not_before > line.run_at:
        return "：不在发送时间内"
    return "：每人每个工作日只写一封，这件写进下一封" if day_of(line.not_before, then.zone) > run_on else ""


def _channel(then: Then, line: ToldLine) -> str:
    found = then.fares.get(line.channel or "")
    because = f"（{found.why}）" if found is not None and found.why else ""
    if found is None or line.message_state != "pending":
        return ""
    if found.state == DISABLED:
        return f"渠道{found.name}已停用{because}，改好后用 duban channel enable {found.name} 启用"
    if found.state == OPEN or found.streak:
        return f"渠道{found.name}现在不通{because}，会自动再试"
    return ""


def _told_before(then: Then) -> Iterator[str]:
    """The last time somebody was told, if it was before the day."""
    sent = [(at, line) for line in then.present if (at := then.left(line)) is not None]
    earlier = [(at, line) for at, line in sent if day_of(at, then.zone) < then.day]
    if earlier:
        at = max(at for at, _ in earlier)
        people = "、".join(dict.fromkeys(line.recipient or "" for when, line in earlier if when == at))
        rung = next(line.rung for when, line in earlier if when == at)
        yield f"{then.step(rung)}已在{short(day_of(at, then.zone), then.day)}告诉{people}"


def _missed(then: Then) -> Iterator[str]:
    """A step was due by the end of the day, and no run had come by: else it would have left a trace."""
    group = then.group
    if group is None or then.reviewing or any(then.hold("pause", "silence", "promise")):
        return
    recorded = {line.rung for line in then.present}
    rungs = [rung for rung in then.ladder if rung.key not in recorded]
    slots = [(slot_day(rung, group, then.context.calendar), rung) for rung in rungs]
    due = [(day, rung) for day, rung in slots if day <= then.day and day >= group.made_on]
    later = [line for line in then.reminders if line.run_at > then.instant and line.rung in {rung.key for _, rung in due}]
    if due and (later or not recorded):
        day, rung = min(due, key=lambda pair: pair[1].no)
        after = f"，后来在{local_minute(min(x.run_at for x in later), then.zone)}补做" if later else ""
        yield f"{then.step(rung.key)}在{short(day, then.day)}到点，但到这时还没有做过例行核查{after}"


def _decided(then: Then) -> Iterator[str]:
    if then.last is not None and then.last.act == "sign":
        yield f"{local_minute(then.last.recorded_at, then.zone)} 领导已定{f'：{then.last.reason}' if then.last.reason else ''}"


def _blocked(then: Then) -> bool:
    return any(line.state.startswith("blocked") for line in then.present)


def _then_what(then: Then, ahead: tuple[str, date] | None) -> Iterator[str]:
    if ahead is not None:
        yield f"下一步要到{short(ahead[1], then.day)}：{ahead[0]}" if ahead[1] > then.day else f"下一次例行核查时：{ahead[0]}"
    elif then.clock_runs and not then.put_aside and not any(then.hold("pause")) and not _blocked(then):
        yield "各步都已走完" + ("" if then.last is not None and then.last.act == "sign" else "，等领导定")
