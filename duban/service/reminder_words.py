"""What became of a reminder, and which step of the ladder it was, in words for people."""

from __future__ import annotations

from collections.abc import Iterable

from phases.ladder_words import offset_words
from workflow.model import Rung

FATES = {
    "planned": "已列入，等下一次发送合成消息",
    "skipped:born-late": "这一步的日子在任务开始之前，略过",
    "skipped:line-passed": "时限已过，不再发时限前的提醒",
    "skipped:later-one-due": "同时到点的还有更近的一步，这一步略过",
    "skipped:catch-up": "补做核查时已过时，略过",
    "skipped:collapsed": "补做核查时只报最高一步，这一步略过",
    "skipped:backfill": "按补记处理，不发送",
    "skipped:rejected": "那次核查被取消，没有发送",
    "suppressed:seen": "本人刚答复过“已知悉”，两个工作日内不重复提醒",
    "cancelled:done": "发送前已报送，没有发送",
    "cancelled:moved": "发送前时限改了，没有发送",
    "cancelled:paused": "发送前活动暂停，没有发送",
    "cancelled:post-ended": "发送前他已离任，改告诉接任的人",
    "cancelled:aborted": "那封消息被人工取消，没有发送",
    "cancelled:superseded": "已并入更高一步的消息",
    "undeliverable:vacant": "没有可以告诉的人",
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


def step(ladder: Iterable[Rung], key: str) -> str:
    """第2步（超过1个工作日，告诉书记）."""
    rung = next((rung for rung in ladder if rung.key == key), None)
    if rung is None:
        return f"“{key}”"
    people = "、".join(audience.words for audience in rung.audience)
    return f"第{rung.no}步（{offset_words(rung.offset)}，{'提请' if rung.kind == 'ask' else '告诉'}{people}）"
