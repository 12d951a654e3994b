"""Whether what a sentence asks still holds: binding, tentative (拟, 暂定), superseded (原定), or past."""

from __future__ import annotations

import re

from phases.reader.utterance import Utterance
from workflow.deadline import Mention

BINDING, TENTATIVE, SUPERSEDED, PAST = "binding", "tentative", "superseded", "past"

_FIRST_PLAN = re.compile(
    r"(?:原定|原计划|原要求|原来?规定|原拟|原先|由原[来定]?|原(?![则因有始本件创文貌籍理]))[^。;!?]{0,40}$"
)
_NEW_PLAN = re.compile(
    r"现(?:延|改|调整|推迟|要求|定)|(?:延长|延期|延迟|推迟|推后|顺延|提前|调整|变更|放宽|改|延)[为至到]|最[迟晚]"
)
_MOVED_AFTER = re.compile(
    r"[^,。;]{0,12}?(?:,?现)?(?:延长|延期|延迟|推迟|推后|顺延|提前|调整|变更|放宽|改|延)[^,。;0-9]{0,4}(?:为|至|到)(?=[^,。;]{0,4}[0-9])"
)
# 学校计划于5月…: a plan of theirs; 学习计划于5月…报: the name of a paper
_PLANNED = re.compile(
    r"(?:拟定?|暂定|初定|初步(?:定|计划|安排)|(?:^|[,。;:、()部处院校委会组办局室科系将现我们年])计划|预计|打算|考虑)"
    r"(?:于|在|定于|为|将于)?[^,。;、]{0,3}$"
)
_PLANNED_AFTER = re.compile(r"\((?:暂定|拟|初定|待定|具体时间另行?通知|时间待定)[^()]{0,12}\)")
_DONE = re.compile(r"(?:已经?|曾|刚|业已|均已|都已)(?:于|在|自)?[^,。;]{0,6}$")
_REPORTED = re.compile(
    r",?[^,。;《]{0,16}?(?:党委|党组|政府|[部委局厅处办室院校会])(?:联合|正式)?(?:下发|印发|出台|发布|转发)了?《[^》]{2,80}》|[^,。;]{0,30}?(?:开过|开展了|召开了|举行了|完成了|进行了|下发了|印发了|举办了|已经?完成|上报了|启动了|发现|查出)"
)


def standing(utterance: Utterance, mention: Mention | None, at: int) -> str:
    """The status of what stands at place `at` and is to be done at the time of `mention`, None if no time is named."""
    text = utterance.text
    if mention is None:
        return PAST if _DONE.search(text, max(0, at - 12), at) else BINDING
    before = text[max(0, mention.at - 60) : mention.at]
    first = _FIRST_PLAN.search(before)
    if (first and not _NEW_PLAN.search(first[0] + mention.words)) or _MOVED_AFTER.match(text, mention.to):
        return SUPERSEDED
    if mention.sense == "past" or _DONE.search(before) or _is_history(utterance, mention):
        return PAST
    if _PLANNED.search(before) or _PLANNED_AFTER.match(text, mention.to):
        return TENTATIVE
    return BINDING


def _is_history(utterance: Utterance, mention: Mention) -> bool:
    """A day that is over, unless something was due before it; a report of what was done."""
    if _REPORTED.match(utterance.text, mention.to):
        return True
    return "past" in mention.deadline.flags and mention.sense != "before"
