"""What happened to a unit, line by line, in the words of a page: acts, changes of plan, reminders and what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from duban.service.channels import EMAIL, FOLDER, INBOX
from duban.service.journal_words import EVENT_WORDS
from duban.service.outcome import CHANNEL, OK, PERMANENT, RAISED, RETRYABLE, TEMPLATE, UNKNOWN
from duban.service.reminder_words import MESSAGE_FATES, SENT_WORDS, fate, message_why, step
from storage.journal import JournalLine
from storage.unit_story import ToldLine, TryLine
from workflow.deadline import short
from workflow.guards import ACT_WORDS
from workflow.model import ONE_PHASE, Campaign, duty_name

OF_THE_UNIT = frozenset(
    {
        *(act for act in ACT_WORDS if act != "sign"),
        *("launch", "complete", "open", "void", "calendar", "promise", "pause", "resume", "migrate", "delegate"),
        *("extend-ask", "extend-withdraw", "extend-refuse"),
        *("found", "rename", "move", "merge", "split", "dissolve"),
    }
)
"""Kinds of lines that a unit's own people read too. Grades, leaders' decisions, papers and silences are for those above it."""
TRY_WORDS = {
    OK: "已交给渠道",
    RETRYABLE: "没有发出，稍后再试",
    PERMANENT: "被拒绝",
    UNKNOWN: "没有回音，可能已收到",
    CHANNEL: "渠道不通，不算一次",
    RAISED: "发送程序出错",
    TEMPLATE: "模板有误",
    "cancelled": "不用再发",
}

OUR_CHANNELS = {FOLDER: "文件夹", EMAIL: "电子邮件", INBOX: "门户待办"}


def channel(name: str | None) -> str:
    """Channels that are always there have English names in the settings; others are called as the installation calls them."""
    return OUR_CHANNELS.get(name or "", name or "")


def name_of(campaign: Campaign, task_key: str, occurrence: str) -> str:
    """组织生活会（2012-04）: a duty as people say it; with its phase, 考评总结·党支部定级, where two tasks have one name."""
    task = campaign.task_by_key.get(task_key)
    name = task.name if task is not None else task_key.rpartition("/")[2]
    if task is not None and task.phase and sum(t.name == name and t.track == task.track for t in campaign.tasks) > 1:
        name = f"{task.phase}·{name}"
    return duty_name(name, occurrence)


def launched(lines: Sequence[JournalLine], campaign: Campaign) -> str:
    """What began at one moment, in one sentence."""
    names = dict.fromkeys(name_of(campaign, str(line.task_key), line.occurrence or "") for line in lines)
    return f"应办{len(lines)}件：{'、'.join(names)}"


def act(line: JournalLine, campaign: Campaign, today: date) -> str:
    """One line of the journal, without who did it and why."""
    words = EVENT_WORDS.get(line.act, line.act)
    if line.act in ("launch", "complete", "open", "advance"):
        return _moved(line)
    if line.act == "grade":
        return f"定级：{f'{line.from_state} → ' if line.from_state else ''}{line.to_state}"
    about = f"：{name_of(campaign, line.task_key, line.occurrence or '')}" if line.task_key else ""
    mark = ""
    if line.act in ("submit", "receive") and line.on_time is not None:
        mark = "，按时" if line.on_time else "，在时限以后"
    return f"{words}{about}{mark}{_line(line, today)}"


def fate_of(line: ToldLine) -> str:
    """What became of a reminder: where its message is, or why there is none."""
    if line.state not in ("folded", "told"):
        return fate(line.state)
    if line.message_state == "held" and line.why is None:
        return "写好了，等核查放行"
    words = (MESSAGE_FATES | SENT_WORDS).get(line.message_state or "") or fate(line.state)
    why = message_why(line.why) if line.message_state not in SENT_WORDS else ""
    return f"{words}：{why}" if why else words


def step_of(campaign: Campaign, rung: str) -> str:
    """第2步（超过1个工作日，告诉书记）, of either ladder."""
    return step((*campaign.ladder, *campaign.review_ladder), rung)


def whom(line: ToldLine) -> str:
    """李可（书记）; 王然（组织员，岗位空缺，代收）"""
    instead = f"受{line.stands_for}委托" if line.stands_for else "岗位空缺，代收" if line.instead else ""
    posts = "，".join(part for part in (line.role, instead) if part)
    return f"{line.recipient or ''}{f'（{posts}）' if posts else ''}"


def tried(lines: Iterable[TryLine]) -> tuple[str, ...]:
    """Each try that is worth telling: the ways of one that worked at once are plain."""
    found = list(lines)
    if len(found) == 1 and found[0].outcome == OK:
        return ()
    return tuple(
        f"第{no}次：{TRY_WORDS.get(line.outcome or '', '正在发送')}{f'（{message_why(line.text)}）' if line.text else ''}"
        for no, line in enumerate(found, start=1)
    )


def _moved(line: JournalLine) -> str:
    how = {"complete": "本阶段事项全部审核通过", "open": "到时间", "advance": "组织部转入"}.get(line.act, "")
    if line.to_state == ONE_PHASE:
        return "开始办理"
    begun = "开始办理" if line.act == "launch" else "转入"
    return f"{begun}“{line.to_state}”{f'（{how}）' if how else ''}"


def _line(line: JournalLine, today: date) -> str:
    """The line after, where it is another one than before."""
    if line.due_day is None or line.due_day == line.due_day_from or line.act == "launch":
        return ""
    after = short(date.fromordinal(line.due_day), today)
    if line.due_day_from is None:
        return f"，时限定为{after}"
    return f"，时限改到{after}（原{short(date.fromordinal(line.due_day_from), today)}）"
