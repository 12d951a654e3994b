"""A numbered part read as a stage: its name, and its time from the head line, the words behind it, a label, or the last sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from phases.reader.document import Passage, Quote
from phases.reader.head_line import HeadLine, head_line_of
from phases.reader.markers import marker_at
from phases.reader.nouns import Outline, Section, Sentence, Stage
from phases.reader.plain import plain
from phases.reader.stage_words import LONGEST_UNDATED, is_stage_name, may_be_name, trimmed
from phases.reader.times import Calendar, Time, lasts, several
from workflow.model import Deadline

_CLAUSE = re.compile(r"[^,。;:()]{2,30}(?=[,。;]|$)")
# 第8周—第9周 lasts, though nobody here knows the days.
_WEEKS = re.compile(r"第[0-9一二三四五六七八九十]{1,3}(?:教学|学)?周")


@dataclass(frozen=True, kw_only=True)
class Item:
    """A numbered part that may be a stage. `by` says where its time stands: head, lead, label, close, "" (it has none)."""

    index: int
    section: Section
    form: str
    name: str
    stages: tuple[Stage, ...]
    by: str

    @property
    def dated(self) -> bool:
        return bool(self.by)

    @property
    def is_named(self) -> bool:
        return self.form == "stage" or is_stage_name(plain(self.name))

    @property
    def lasts(self) -> bool:
        return any(s.deadline is not None and (lasts(s.deadline) or _WEEKS.search(s.deadline.words)) for s in self.stages)


@dataclass(frozen=True)
class Items:
    """The numbered parts of one outline as items."""

    outline: Outline
    calendar: Calendar

    @cached_property
    def _children(self) -> dict[int | None, list[Section]]:
        found: dict[int | None, list[Section]] = {}
        for section in self.outline.sections:
            found.setdefault(section.parent, []).append(section)
        return found

    @cached_property
    def _next_at(self) -> dict[int, int]:
        """Where in the document the part behind each part begins, if it begins in the same passage."""
        parts = self.outline.sections
        return {i: b.quote.at for i, (a, b) in enumerate(pairwise(parts)) if a.passages.start == b.passages.start}

    @cached_property
    def _sentences(self) -> dict[int, list[Sentence]]:
        """The sentences of each passage in which something is said to end."""
        found: dict[int, list[Sentence]] = {}
        for sentence in self.outline.sentences:
            if _ENDING.search(sentence.text):
                found.setdefault(sentence.passage, []).append(sentence)
        return found

    def item(self, index: int) -> Item:
        section = self.outline.sections[index]
        line = head_line_of(self.outline, section, self._next_at.get(index))
        reading = line.read(self.calendar)
        name = reading.name or (self._below(section) if reading.times else "")
        head = (
            (self._stage(index, name, line.quote(self.outline, reading.to), several(reading.times)),) if reading.times else ()
        )
        for by, found in (
            ("head", head),
            ("lead", self._lead(index, line, name)),
            ("label", self._label(index, section, name)),
            ("close", self._close(index, section, name)),
        ):
            if found:
                return Item(index=index, section=section, form=line.form, name=name, stages=found, by=by)
        open_time = reading.damaged or self.calendar.vague(line.text[line.first + len(name) : line.end])
        stage = self._stage(index, name, line.quote(self.outline, line.end), open_time)
        return Item(index=index, section=section, form=line.form, name=name, stages=(stage,), by="head" if open_time else "")

    def _below(self, section: Section) -> str:
        """The name on the line below a number with nothing but a span: 1.3月12日-3月25日 | 学员报名，各校初评。"""
        following = section.passages.start + 1
        if following not in section.passages:
            return ""
        text = plain(self.outline.passages[following].text)
        clause = _CLAUSE.match(text)
        return self.outline.passages[following].text[: clause.end()] if clause and not marker_at(text) else ""

    def _stage(self, index: int, name: str, quote: Quote, deadline: Deadline | None) -> Stage:
        points = tuple(s.heading for s in self._children.get(index, ()) if 2 <= len(s.heading) <= LONGEST_UNDATED)
        return Stage(name=name, quote=quote, deadline=deadline, section=index, points=points)

    def _lead(self, index: int, line: HeadLine, name: str) -> tuple[Stage, ...]:
        """The text behind the heading begins with the span of the stage: 整改提高阶段。9月13日至10月16日。"""
        section = self.outline.sections[index]
        if line.end < line.to:
            found = _leading_time(line.text, line.end, line.to, self.calendar)
            return (self._stage(index, name, line.quote(self.outline, found.to), found.deadline),) if found else ()
        following = section.passages.start + 1
        if following in section.passages:
            passage = self.outline.passages[following]
            text = plain(passage.text)
            if (
                not marker_at(text)
                and (found := _leading_time(text, 0, len(text), self.calendar))
                and text[found.to : found.to + 1] != ":"
            ):
                return (self._stage(index, name, self.outline.document.quote_of(passage, 0, found.to), found.deadline),)
        return ()

    def _label(self, index: int, section: Section, name: str) -> tuple[Stage, ...]:
        """时间：院级初赛4月-5月，校级决赛6月中旬 somewhere below the heading: one stage for each time that has a name."""
        for passage, begin, at, to in _label_lines(self.outline, section):
            text = plain(passage.text)
            times = tuple(replace(t, at=t.at + at, to=t.to + at) for t in self.calendar.times(text[at:to]))
            if not times:
                continue
            parts = tuple(named_times(passage, text, at, times))
            if len(parts) > 1 and all(part for part, _ in parts):
                return tuple(
                    self._stage(index, f"{name} {part}", self.outline.document.quote_of(passage, start, time.to), time.deadline)
                    for (part, start), time in zip(parts, times, strict=True)
                )
            quote = self.outline.document.quote_of(passage, begin, times[0].to)
            return (self._stage(index, name, quote, several(times)),)
        return ()

    def _close(self, index: int, section: Section, name: str) -> tuple[Stage, ...]:
        """这项工作在4月13日前完成。 among its sentences; two different days are a question."""
        found: list[tuple[Sentence, Time]] = []
        for sentence in (s for i in section.passages for s in self._sentences.get(i, ())):
            if _is_within(sentence, section):
                time = _closing_time(plain(sentence.text), plain(name), self.calendar)
                found += [(sentence, time)] if time else []
        if not found:
            return ()
        sentence, time = found[-1]
        deadline = time.deadline
        if len({(t.deadline.start, t.deadline.end) for _, t in found}) > 1:
            deadline = replace(deadline, flags=(*deadline.flags, "ambiguous"))
        return (self._stage(index, name, self.outline.quote(sentence), deadline),)


def _is_within(sentence: Sentence, section: Section) -> bool:
    after = sentence.passage > section.passages.start or sentence.at >= section.first
    last = section.passages.stop - 1
    return after and (sentence.passage < last or sentence.to <= section.end)


_LABEL = re.compile(
    r"(?:^|(?<=[。;!?\s、.)]))(?:活动|工作|起止|完成|实施|具体|检查|自查|开展|比赛|阶段|本阶段|进行)?"
    r"(?:时间|时限|日期|期限)(?:安排|要求|节点)?\s?(?::|为(?!期)|是)\s?"
)
_LEAD = re.compile(
    r"^\s?[(\[]?(?:(?:活动|工作|起止|完成|本阶段|该阶段)?(?:时间|时限)(?:安排)?(?:为|从|自|:)?|从|自|于|在|截[止至]到?)?\s?$"
)


def _label_lines(outline: Outline, section: Section) -> Iterator[tuple[Passage, int, int, int]]:
    """(passage, where the label begins, from, to) of what stands behind 时间： in the passages of a section."""
    for i in section.passages:
        passage = outline.passages[i]
        text = plain(passage.text)
        start = section.first if i == section.passages.start else 0
        end = section.end if i == section.passages.stop - 1 else len(text)
        for found in _LABEL.finditer(text, start, end):
            stop = min((p for p in (text.find(c, found.end(), end) for c in "。;") if p > 0), default=end)
            yield passage, found.start(), found.end(), stop


# 5月20日前，各班将总结报后勤处: the day is that of the paper.
_HANDS_IN = re.compile(r"[上呈]报|报送|提交|[上送递]交|[交报寄送发]至|报(?!名|告|道|刊|表)|[交]到|备案")


def _leading_time(text: str, at: int, to: int, calendar: Calendar) -> Time | None:
    """The time with which `text[at:to]` begins, if it is a span, or a last day by which something else than a paper is done."""
    piece = text[at : min(to, at + 80)]
    first = next(iter(calendar.times(piece)), None)
    if first is None or not _LEAD.match(piece[: first.at]):
        return None
    is_span = lasts(first.deadline) and first.deadline.kind != "before"
    is_all = first.deadline.kind == "on" and not text[at + first.to : to].strip("。;,) ")
    if is_span or is_all or (first.deadline.kind == "before" and _ends_step(text[at + first.to : to])):
        return replace(first, at=first.at + at, to=first.to + at)
    return None


def _ends_step(behind: str) -> bool:
    """Do the words behind 5月10日前 tell what the step is, not what is handed in?"""
    sentence = (
        re.split(r"[。;!?]", behind.lstrip(",")[: _LONGEST_CLOSE + 1], maxsplit=1)[0] if behind[:1] not in (")", "") else ""
    )
    # 5月10日前，各班完成整改，5月15日前将报告报后勤处: the second day is the paper's.
    own = _NEXT_DAY.split(sentence, maxsplit=1)[0]
    return not _HANDS_IN.search(own)


_NEXT_DAY = re.compile(r",[^,]{0,6}?[0-9]{1,2}月(?:[0-9]{1,2}日|底|[上中下]旬)?(?:之?前|底)")
_THIS = re.compile(
    r"^(?:要求|确保|争取|力争)?"
    r"(?:(?:[这此该本]|上述|以上|整个|全部)[^,。]{0,8}(?:工作|阶段|活动|任务|步骤?|环节|整改|整治)?|工作|活动|任务)?$"
)
_DONE = re.compile(
    r"^,?(?:全部|基本|全面|必须|要|应|须|务必)*"
    r"(?:完成|结束|完毕|到位|告一段落|做完|办完|收尾|落实到位|见到?(?:成效|结果|效果))(?:[。;!]|$)"
)
_FILL = re.compile(r"(?:[于在应须要将拟,]|原则上|必须|力争|争取|确保|务必|一律|计划)+$")
_ENDING = re.compile("完成|结束|完毕|到位|告一段落|做完|办完|收尾|见到?(?:成效|结果|效果)|結束|完畢|見到?(?:成效|結果|效果)")
_LONGEST_CLOSE = 60
_SHARED = 4


def _closing_time(sentence: str, name: str, calendar: Calendar) -> Time | None:
    """The day by which a sentence says that the stage ends; a paper that is due within it is another matter."""
    if len(sentence) > _LONGEST_CLOSE or _THIS_LATER.search(sentence):
        found = _THIS_LATER.search(sentence)
        sentence = sentence[found.start(1) :] if found else ""
    marker = marker_at(sentence)
    times = calendar.times(sentence)
    if len(times) != 1 or not _DONE.match(sentence[times[0].to :]):
        return None
    subject = _FILL.sub("", sentence[marker.to if marker else 0 : times[0].at])
    return times[0] if _THIS.match(subject) or _shares(subject, name) else None


# ……进行全面清理，此项工作3月20日前完成。
_THIS_LATER = re.compile(r",((?:[这此该]项|这一|该阶段|本阶段|上述)[^,。]{0,40}[。;]?)$")


def _shares(subject: str, name: str) -> bool:
    """分类定级工作 is about 调查摸底，分类定级."""
    subject = re.sub(r"(?:工作|阶段|任务|活动)$", "", subject)
    if not 2 <= len(subject) <= 16:
        return False
    parts = [part for part in re.split("[和与及、,]", subject) if part]
    if all(len(part) >= 2 and part in name for part in parts):
        return True
    return any(subject[i : i + _SHARED] in name for i in range(len(subject) - _SHARED + 1))


def named_times(passage: Passage, text: str, at: int, times: tuple[Time, ...]) -> Iterator[tuple[str, int]]:
    """(name, where it begins) of what stands before each time: 院级初赛 of 院级初赛4月-5月."""
    since = at
    for time in times:
        begin = max(since, max((text.rfind(stop, since, time.at) + 1 for stop in ",;、。)"), default=since))
        start, end = trimmed(text, begin, time.at)
        words = re.sub(r"[为在于从自:]+$", "", text[start:end])
        yield (passage.text[start : start + len(words)] if may_be_name(words) and len(words) <= LONGEST_PART else ""), start
        since = time.to


LONGEST_PART = 12
