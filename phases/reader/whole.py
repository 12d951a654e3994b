"""The frame of a campaign (全程): from when to when all of it runs, where the notice says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from phases.reader.nouns import Head, Outline, Section, Sentence, Stage
from phases.reader.plain import plain
from phases.reader.sections import head_line_end, heading_end
from phases.reader.stage_words import announces_dates, announces_steps, is_stage_name
from phases.reader.times import Calendar, Time, lasts
from workflow.model import Deadline

_NEAR = 60
WHOLE = "（全程）"
_HEADING = re.compile(
    r"^(?:(?:活动|工作|整治|检查|行动|开展|实施|学习|培训|总体|整体|竞赛|比赛|大赛|专项|治理|排查|组织|教育|宣传|创建|评选|自查|起止|本次)"
    r"[^,。:]{0,6})?(?:时间|期限|周期|时段)(?:安排|及安排|步骤|和地点|地点|及地点|范围)?$"
)
_AIM = re.compile(
    r"(?:,|起|止|期间|内|底)?,?(?:将|拟)?(?:在|对|以)?[^,。;:()]{0,24}?(?:组织|集中|全面|深入|联合|广泛|扎实|统一|继续|持续|部署|决定)*"
    r"(?:开展|实施|进行|举办)(?!了|过|的)(?:为期[^,。;]{1,6}的)?"
    r"([^,。;:()]{2,40}?(?:整治|行动|活动|检查|治理|排查|清理|大赛|比赛|竞赛|创建|教育|工作|月|周|年))(?:工作|活动|行动)?(?=[,。;:(]|$)"
)
_RUNS = re.compile(
    r"(?:活动|行动|整治|治理|检查|排查|清理|教育|工作|创建|”)"
    r"(?:(?:工作)?”?(?:时间|期限)?(?:定?于|从|自|为)|(?:时间|期限):)$"
)
_CORE = re.compile(
    r"(?:开展|举办|组织|实施|进行|做好|印发)《?(.{4,60}?)(?:的(?:工作|实施|指导|总体)?(?:通知|方案|意见|公告|通告|函)|(?:工作)?(?:实施|工作|活动)?方案)"
)
_PLAIN_CORE = re.compile(r"(?:关于)?([^,。;:]{4,60}?)(?:的)?(?:工作|实施|总体)*(?:方案|意见|计划|通知|安排)(?:[(][^()]*[)])?$")


@dataclass(frozen=True)
class Frame:
    outline: Outline
    head: Head
    calendar: Calendar
    taken: frozenset[int]

    def stages(self) -> Iterator[Stage]:
        """At most one frame: below a heading 活动时间, else said in a sentence."""
        yield from list(self._all())[:1]

    def _all(self) -> Iterator[Stage]:
        for index, section in enumerate(self.outline.sections):
            if index not in self.taken and _HEADING.match(plain(section.heading)):
                yield from self._below(index, section)
        for sentence in self.outline.sentences:
            if sentence.section not in self.taken:
                yield from self._said(sentence)

    def _below(self, index: int, section: Section) -> Iterator[Stage]:
        """活动时间：2022年4月20日—9月30日, behind the heading or on the next line, with nothing but the span."""
        child = next((s for s in self.outline.sections if s.parent == index), None)
        stop = child.passages.start if child else section.passages.stop
        for i in range(section.passages.start, min(section.passages.stop, stop + 1)):
            passage = self.outline.passages[i]
            text = plain(passage.text)
            if child and i == stop:
                text = text[: max(child.first - len(child.marker), 0)]
            at = head_line_end(text, heading_end(text, section.first)) if i == section.passages.start else 0
            times = self.calendar.times(text[at:])
            if len(times) == 1 and _is_span(times[0]) and _is_alone(text[at:], times[0]):
                quote = self.outline.document.quote_of(passage, at + times[0].at, at + times[0].to)
                name = self._name() or section.heading
                yield Stage(name=name + WHOLE, quote=quote, deadline=times[0].deadline, overall=True, section=index)
            if times:
                return

    def _said(self, sentence: Sentence) -> Iterator[Stage]:
        """于2023年5月至12月在全市开展专项整治; 集中整治自4月启动，至12月底结束"""
        text = plain(sentence.text)
        passage = self.outline.passages[sentence.passage]
        times = self.calendar.times(text)
        for time in (*_from_to(text, sentence.text, times), *times):
            if not _is_span(time) or "past" in time.deadline.flags or is_stage_name(text[max(0, time.at - _NEAR) : time.at]):
                continue
            aim = _AIM.match(text, time.to) if self._speaks_of_all(sentence) else None
            if not aim and not _runs(text, time):
                continue
            if time.at == 0 and self._is_one_of_several(sentence):
                continue
            begin = time.at - 1 if time.at and text[time.at - 1] in "于从自在" else time.at
            to = aim.end() if aim else time.to
            quote = self.outline.document.quote_of(passage, sentence.at + begin, sentence.at + to)
            name = sentence.text[aim.start(1) : aim.end()] if aim else self._name() or "活动"
            yield Stage(name=name + WHOLE, quote=quote, deadline=time.deadline, overall=True, section=sentence.section)

    def _is_one_of_several(self, sentence: Sentence) -> bool:
        """一季度，开展…… among sentences that begin with other times speaks of its quarter."""
        beside = (s for s in self.outline.sentences if s.section == sentence.section and s is not sentence)
        return any(_BEGINS_WITH_TIME.match(plain(s.text)) for s in beside)

    def _speaks_of_all(self, sentence: Sentence) -> bool:
        """The words before the first numbered part, or below 时间安排, speak of the whole; in an item they speak of the item."""
        if sentence.section is None:
            return True
        heading = plain(self.outline.sections[sentence.section].heading)
        return announces_dates(heading) or announces_steps(heading) or bool(_HEADING.match(heading))

    def _name(self) -> str | None:
        """What the title says is done: 关于开展“安全月”活动的通知 -> “安全月”活动."""
        title = self.head.title or ""
        found = _CORE.search(plain(title)) or _PLAIN_CORE.search(plain(title))
        return title[found.start(1) : found.end(1)] if found else None


_BEGINS_WITH_TIME = re.compile(r"(?:(?:19|20)[0-9]{2}年)?(?:第?[一二三四]季度|[上下]半年|[0-9]{1,2}月)[^,。;]{0,16},")
_BETWEEN = re.compile(r"(?:正式)?(?:开始|启动|起|开展)?(?:实施|进行)?,?(?:到|至|于|在)?")
_FINISHED = re.compile(r"(?:前)?(?:全面|基本|全部)?(?:结束|完成|止)")


def _from_to(text: str, words: str, times: tuple[Time, ...]) -> Iterator[Time]:
    """从4月下旬开始，6月底前基本完成: two times of a sentence that bound one span."""
    for first, last in pairwise(times):
        begins, ends = first.deadline.start, last.deadline.end
        joined = _BETWEEN.fullmatch(text[first.to : last.at]) and _FINISHED.match(text, last.to)
        if joined and begins is not None and ends is not None and begins < ends:
            said = words[first.at : last.to]
            flags = tuple(dict.fromkeys((*first.deadline.flags, *last.deadline.flags)))
            deadline = Deadline(
                words=said, kind="window", rule="from-to", start=begins, end=ends, flags=flags, ranges=((begins, ends),)
            )
            yield Time(at=first.at, to=last.to, deadline=deadline)


def _runs(text: str, time: Time) -> bool:
    """Is the span what the campaign before it takes: 集中整治自4月10日至12月底"""
    behind = _RAN_OUT.match(text, time.to)
    return time.deadline.kind == "window" and bool(behind and _RUNS.search(text[max(0, time.at - _NEAR) : time.at]))


_RAN_OUT = re.compile(r"(?:前)?(?:全面|基本|全部)?(?:结束|止|完成)?(?:[,。;)]|$)")


def _is_span(time: Time) -> bool:
    """Has it a beginning and an end, not on one day?"""
    deadline = time.deadline
    return lasts(deadline) and deadline.start is not None and deadline.end is not None


# What may stand before the span on its line: 时间为一个月，从
_ALONE = re.compile(r"^[\s:]*(?:[^,。:]{0,8}(?:时间|期限))?(?:为期?[^,。:0-9]{1,6},)?[\s:,为从自于在定是]*$")


def _is_alone(text: str, time: Time) -> bool:
    before, behind = text[: time.at], text[time.to :]
    return bool(_ALONE.match(before)) and (not behind.strip() or behind.strip()[0] in "。;(")
