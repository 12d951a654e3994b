"""What became of a reminder or a message, and which step of the ladder it was, in words for people."""

from __future__ import annotations

from collections.abc import Iterable

from phases.ladder_words import key_words, offset_words
from workflow.model import Rung

FATES = {
    "planned": "已列入，等下一次发送合成消息",
    "folded": "已写进消息",
    "told": "已告诉",
    "skipped:born-late": "这一步的日子在任务开始之前，略过",
    "skipped:line-passed": "时限已过，不再发时限前的提醒",
    "skipped:later-one-due": "同时到点的还有更近的一步，这一步略过",
    "skipped:catch-up": "补做核查时已过时，略过",
    "skipped:collapsed": "补做核查时只报最高一步，这一步略过",
    "skipped:backfill": "按补记处理，不发送",
    "skipped:rejected": "那次核查被取消，没有发送",
    "suppressed:seen": "本人刚答复过“已知悉”，两个工作日内不重复提醒",
    "suppressed:silence": "静默期内，按“不补发”处理",
    "cancelled:done": "发送前已报送，没有发送",
    "cancelled:moved": "发送前时限改了，没有发送",
    "cancelled:paused": "发送前活动暂停，没有发送",
    "cancelled:post-ended": "发送前他已离任，改告诉接任的人",
    "cancelled:aborted": "那封消息被人工取消，没有发送",
    "cancelled:superseded": "已并入更高一步的消息",
    "undeliverable:vacant": "没有可以告诉的人：岗位空缺，上级也没有可以代收的人，请在任职表里补上",
    "blocked:calendar": "要用到的年份放假安排未公布，暂缓",
    "blocked:gate": "上一步还没有送到，先不往上报",
    "released:calendar": "曾暂缓，放假安排公布后照常提醒",
    "quarantined": "这条记录有问题，已单独搁置，请看 duban doctor",
}
MESSAGE_FATES = {
    "pending": "等待发送",
    "claimed": "正在发送",
    "held": "消息暂停",
    "unknown": "发出后没有回音，可能已收到",
    "failed": "没有送达",
    "dead": "多次没有送达",
    "cancelled": "消息已取消",
}
RUN_WHYS = {"restored": "数据库刚从备份恢复", "long-late": "一下子有很多早已过了时限的事项"}
"""Why a run waits for consent."""
RUN_STATES = {"planning": "正在进行", "done": "已完成", "needs_confirm": "等待确认", "rejected": "已取消"}
SENT_WORDS = {"sent": "已发送", "delivered": "已送达"}
MESSAGE_WHYS = {
    "done": "里面的事项都已报送",
    "line-passed": "时限已过，不再发时限前的提醒",
    "merged": "已并入后来的一封",
    "rejected": "那次核查被取消",
    "aborted": "人工取消",
    "expired": "等得太久，已经过时；里面的事项会重新写一封",
    "no-address": "任职表里没有他能用的联系方式，请补上",
    "post-ended": "收件人已离任",
    "address-found": "有了新的联系方式，里面的事项会重新写一封",
    "channel-disabled": "这个渠道已停用，里面的事项改由别的渠道发出",
    "restored": "数据库刚从备份恢复，等人核对",
    "lease-expired": "发送时程序中断",
    "sent-before-restore": "备份恢复以前已经发出",
}
"""Why a message is held, dead or cancelled, where the reason is ours; a receiver's own words are shown as they are."""


def fate(state: str) -> str:
    """What became of a reminder; `suppressed:silence:7` and the like by their beginning."""
    known = (state, state.rpartition(":")[0], state.partition(":")[0])
    return next((FATES[each] for each in known if each in FATES), state)


def message_why(why: str | None) -> str:
    """Why a message did not leave, in words; "" if nothing is known."""
    return MESSAGE_WHYS.get(why, why) if why else ""


def step(ladder: Iterable[Rung], key: str) -> str:
    """第2步（超过1个工作日，告诉书记）; a rung the ladder has no more by its key."""
    rung = next((rung for rung in ladder if rung.key == key), None)
    if rung is None:
        return f"“{key_words(key)}”"
    people = "、".join(audience.words for audience in rung.audience)
    if rung.kind == "review":
        return f"审核提醒第{rung.no}步（超过审核时间{rung.offset}个工作日，告诉{people}）"
    return f"第{rung.no}步（{offset_words(rung.offset)}，{'提请' if rung.kind == 'ask' else '告诉'}{people}）"
