"""Which time a sentence gives for what stands at one place of it, and which times stand alone."""

from __future__ import annotations

import re

from phases.reader.utterance import Notice, Utterance
from workflow.deadline import Mention, read
from workflow.model import Deadline

_TIMES = frozenset({"before", "on", "window", "recurring", "relative", "event"})
# Words that put something off to no day; 按时, 按期 and 近期 lean on a day named elsewhere.
_PUT_OFF = re.compile(
    r"及时|适时|随时|尽快|尽早|抓紧|定期|不定期|立即|经常|会前|会后|活动后|结束后|届时|平时|陆续|另行通知|待定"
)
_LABEL = re.compile(
    r"^(?:[^,。;:]{0,16}?(?:报送|上报|提交|交报|上交|申报|报名|递交|投稿|征文|征稿|截稿|征集|材料|作品|推荐|完成|交稿|填报|交件|收稿|反馈|截止|截至|报表)[^,。;:]{0,8}?)?"
    r"(?:的?(?:截止|截至|最[后终迟]|结束)?的?(?:时间|日期|期限|时限|日期和时间)(?:要求|安排|节点)?|截止|截至|时限要求)"
    r"(?:截止|截至|到|至|于|为|是|在|:|延长[至到]|延[至到]|延期[至到]|调整为|改为|推迟[至到]){0,4}[:\s]{0,4}$"
)
_NO_LABEL = re.compile(
    r"活动时间|公示|会议时间|培训时间|开展时间|工作时间|召开时间|举办时间|检查时间|督查时间|考试|演出|开班|报到|起止|实施时间"
)
_BARE = ("时间", "日期", "时间安排", "时间要求")
_AND = re.compile(r"[和及与、]|以及")
_NO_DIGIT = re.compile(r"(?:截止|截至|延长|延期|推迟|调整|改|最[迟晚]|时间|日期|期限|[到至为于在:是\s])*")
_DUE_BEHIND = re.compile(
    r"^[,;(]{0,2}(?:最[迟晚]|截止|时间|期限|务必|并?请?务?必?[于在]|要求|报送|上报|提交|交|不晚于|不迟于)?[^,;。0-9]{0,10}$"
)


def governing(utterance: Utterance, at: int, since: int) -> Mention | None:
    """The time said of what stands at `at`: the nearest one before it, not before `since`, unless words between put it off (会后)."""
    if covering := next((m for m in utterance.mentions if m.at <= at < m.to and is_time(m)), None):
        return covering  # 每季度末报送一次
    found = [m for m in utterance.mentions_in(since, at) if is_time(m)]
    if not found or _PUT_OFF.search(utterance.text, found[-1].to, at):
        return None
    return found[-1]


def behind(utterance: Utterance, at: int, to: int) -> Mention | None:
    """A time in a bracket or a clause of its own right behind (报组织部，截止时间5月7日; 报组织部（3月30日前）)."""
    first = next((m for m in utterance.mentions_in(at, to) if is_time(m)), None)
    if first and utterance.text[first.at - 1] == "(":
        return first
    return first if first and _DUE_BEHIND.match(utterance.text[at : first.at][:30]) else None


def listed(utterance: Utterance, mention: Mention) -> tuple[Mention, ...]:
    """6月10日和12月10日之前: both days, in their order; else the one alone."""
    found = [mention]
    for earlier in reversed([m for m in utterance.mentions if m.to <= mention.at]):
        if earlier.sense not in ("before", "on") or not _AND.fullmatch(utterance.text[earlier.to : found[0].at]):
            break
        found.insert(0, earlier)
    return tuple(found)


def is_time(mention: Mention) -> bool:
    """Does it say when something is to be done, rather than since when or that it was?"""
    return mention.sense in _TIMES


def vague(utterance: Utterance, at: int, since: int) -> Deadline | None:
    """The deadline of 及时报送: none that binds anybody to a day; None if no such word stands between the two places."""
    found = list(_PUT_OFF.finditer(utterance.text, since, at))
    return read(found[-1][0], utterance.anchor) if found else None


def label(utterance: Utterance) -> Mention | None:
    """The time that stands alone in a sentence (报送时间：3月30日前; 截止时间5月7日), or None."""
    first = next((m for m in utterance.mentions if is_time(m)), None)
    if first is None:
        return None
    own = _NO_DIGIT.match(first.words)
    words = utterance.text[utterance.begins : first.at + (own.end() if own else 0)].strip()
    if not words or _NO_LABEL.search(words) or not _LABEL.match(words):
        return None
    return None if words.rstrip(": ") in _BARE and first.sense != "before" else first


def labels(notice: Notice) -> dict[int, Mention]:
    """The times that stand alone, by the number of their sentence; also one that only its heading names (二、报送时间)."""
    found: dict[int, Mention] = {}
    heading: Utterance | None = None
    for utterance in notice.utterances:
        mention = label(utterance) or (_alone(utterance) if heading else None)
        if mention and not (heading and is_bare(heading) and mention.sense != "before"):
            found[utterance.no] = mention
        heading = utterance if is_heading(utterance) else None
    return found


def _alone(utterance: Utterance) -> Mention | None:
    """The time of a sentence that is nothing but a time."""
    first = next((m for m in utterance.mentions if is_time(m)), None)
    if first is None or first.at > utterance.begins + 2:
        return None
    return None if utterance.text[first.to :].strip(" 。,;()") else first


def is_bare(utterance: Utterance) -> bool:
    """一、时间: of anything; only a last day behind it is one for papers."""
    return utterance.text[utterance.begins :].strip(" :。") in _BARE


def is_heading(utterance: Utterance) -> bool:
    """Is it the heading of a time for papers (二、报送时间)?"""
    words = utterance.text[utterance.begins :].strip(" :。")
    return bool(words) and not utterance.mentions and not _NO_LABEL.search(words) and bool(_LABEL.match(words))
