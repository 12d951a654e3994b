"""What a phrase without a day says about its time: not yet settled, vague, tentative, changed, from the issue on."""

from __future__ import annotations

import re

from workflow.deadline.grammar import FROM_NOW

UNSETTLED = re.compile(r"待定|未定|另行通知|另行确定|另定|另行安排|待通知|另通知")
"""The time is still to be fixed."""

VAGUE = re.compile(
    r"不?定期|适时|及时|经常|尽快|尽早|随时|近期|近日|日前|长期|常态化|持续|择期|按时|按期|如期|届时|立即|抓紧|平时|日常"
)
"""Regularly, in due time, at once: words that bind nobody to a day."""

FROM_ISSUE = re.compile(FROM_NOW)
"""即日起, 自现在起, 自印发之日起."""

_TENTATIVE = re.compile(r"暂定|初定|待定|未定")
_LUNAR = re.compile(r"农历|阴历|旧历|正月|腊月|闰[0-9一二三四五六七八九十]{1,2}月")
_EXPLAINED = re.compile(r"(?<=[日号])\([^()]{1,20}\)")
_PLANNED = re.compile(r"原(?:定|计划|拟)[于在自从为到至]{0,2}(?=[0-9])")
_CHANGED = re.compile(r"(?:改|调整|推迟|推后|延长|延期|顺延|提前|变更|更正|放宽)[为到至成]|延至|原定")


def is_unsettled(text: str) -> bool:
    """Does the text say that the time is still to be fixed (待定), or nothing at all?"""
    return not re.sub(r"[\W_无]", "", text) or bool(UNSETTLED.search(text))


def is_tentative(text: str) -> bool:
    """暂定, 初定."""
    return bool(_TENTATIVE.search(text))


def is_lunar(text: str) -> bool:
    """农历三月三十日 is no day of the calendar that is used here; in brackets behind a day it only explains it."""
    return bool(_LUNAR.search(_EXPLAINED.sub("", text)))


def was_planned(text: str) -> bool:
    """原定于9月: that day holds no longer."""
    return bool(_PLANNED.search(text))


def is_changed(text: str) -> bool:
    """由4月10日提前至3月30日: which day holds is for a person to say."""
    return bool(_CHANGED.search(text))
