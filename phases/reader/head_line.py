"""The head line of a numbered part: what it is called and which time stands with the name."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace

from phases.reader.document import Passage, Quote
from phases.reader.markers import marker_at
from phases.reader.nouns import Outline, Section
from phases.reader.plain import plain
from phases.reader.sections import head_line_end, heading_end
from phases.reader.stage_words import LONGEST_UNDATED, may_be_name, trimmed
from phases.reader.times import Calendar, Time
from workflow.deadline import read
from workflow.model import Deadline

_MARKS = " :：、，,.。"
_SHORT = 12


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a head line says: the name, the times that stand with it, where its words end in the passage."""

    name: str
    times: tuple[Time, ...] = ()
    to: int
    damaged: Deadline | None = None


@dataclass(frozen=True, kw_only=True)
class HeadLine:
    """`text[at:end]` of a passage with its number; `first` is behind the number; the part goes on to `to` in this passage."""

    passage: Passage
    text: str
    at: int
    first: int
    end: int
    to: int
    form: str

    def quote(self, outline: Outline, to: int) -> Quote:
        return outline.document.quote_of(self.passage, self.at, max(to, self.at + 1))

    def read(self, calendar: Calendar) -> Reading:
        line = self.text[self.first : self.end]
        times = tuple(replace(t, at=t.at + self.first, to=t.to + self.first) for t in calendar.times(line))
        if not times and (year := _YEARS.search(line)):
            deadline = read(self.passage.text[self.first + year.start(1) : self.first + year.end(1)], None)
            times = (Time(at=self.first + year.start(1), to=self.first + year.end(1), deadline=deadline),)
        if bracket := self._bracket(times):
            return self._bracketed(bracket, times)
        if times and (named := _WITH_TIME.fullmatch(self.text[self.first : times[0].at])):
            start = self.first
            return Reading(name=self._name(start, start + named.end(1)), times=times[:1], to=times[0].to)
        if times and times[0].at - self.first <= 2:
            return self._date_first(times)
        if times and self._ends_with(times[-1]):
            start, end = trimmed(self.text, self.first, times[-1].at)
            return Reading(name=self._name(start, self._without_label(start, end)), times=(times[-1],), to=self.end)
        return self._undated()

    def _undated(self) -> Reading:
        start, end = trimmed(self.text, self.first, heading_end(self.text, self.first, self.to))
        damaged = _DAMAGED.search(self.text[start:end])
        if damaged:
            deadline = Deadline(words=self.passage.text[start + damaged.start(1) : start + damaged.end(1)], flags=("damaged",))
            return Reading(name=self._or_marker(start, start + damaged.start()), to=self.end, damaged=deadline)
        return Reading(name=self._or_marker(start, end), to=self.end)

    def _bracket(self, times: tuple[Time, ...]) -> tuple[int, int] | None:
        """The bracket that holds a time: (3月30日前), (时间：4月-5月)."""
        for time in times:
            opened = max(self.text.rfind("(", self.first, time.at), self.text.rfind("[", self.first, time.at))
            closed = min((p for p in (self.text.find(c, time.to, self.end) for c in ")]") if p > 0), default=-1)
            if opened >= 0 and closed > 0 and ")" not in self.text[opened : time.at]:
                return opened, closed + 1
        return None

    def _bracketed(self, bracket: tuple[int, int], times: tuple[Time, ...]) -> Reading:
        opened, closed = bracket
        inside = tuple(t for t in times if opened < t.at and t.to <= closed)
        start, end = trimmed(self.text, self.first, opened)
        if end > start and re.search("[一-鿿]", self.text[start:end]):
            return Reading(name=self._name(start, end), times=inside, to=max(self.end, closed))
        # 第一阶段（3月1日—3月10日）：动员部署。
        start, end = self._clause(closed)
        if start < end and may_be_name(self.text[start:end]):
            return Reading(name=self._name(start, end), times=inside, to=end)
        return Reading(name=self._marker_words(), times=inside, to=max(self.end, closed))

    def _clause(self, at: int) -> tuple[int, int]:
        if week := _WEEK.match(self.text, at, self.to):
            at = week.end()
        stop = re.compile(r"[,。;:(]").search(self.text, at + 1 if self.text[at : at + 1] in (":", "。", ",") else at, self.to)
        return trimmed(self.text, at, stop.start() if stop else min(self.to, len(self.text)))

    def _date_first(self, times: tuple[Time, ...]) -> Reading:
        """2011年1月至5月为宣传发动阶段。 3月1日—3月10日：自查自纠。"""
        first = times[0]
        start, end = self._clause(first.to)
        if start >= end:
            start, end = self._clause(min(self.end, self.to))
        rest, behind = self.text[first.to : first.to + 1], self.text[end : end + 1]
        is_set_off = rest in (":", "") or (rest == "," and end - start <= _SHORT and behind in ("。", ";", ""))
        if first.deadline.kind == "before" and not is_set_off:
            return Reading(name="", to=self.end)
        to = max(end, first.to, min(self.end, self.to))
        return Reading(name=self._or_marker(start, end), times=(first,), to=to)

    def _ends_with(self, time: Time) -> bool:
        """Does the heading end with its time: 作品征集：4月21日-4月30日?"""
        behind = self.text[time.to : self.end]
        before = self.text[self.first : time.at]
        clean = not re.sub(r"[。;:,\s)]", "", behind)
        parted = before.endswith(",") and before.count(",") == 1 and len(before) <= _SHORT + 1
        return clean and (parted or bool(re.search(r"(?:[:\s)-]|阶段|环节|时间|为|从|自)$", before))) and len(before) <= 34

    def _without_label(self, start: int, end: int) -> int:
        found = re.search(r"(?:[:,\s]?(?:时间|时限)?(?:为|从|自|在)?)$", self.text[start:end])
        return start + found.start() if found and found.start() >= 2 else end

    def _name(self, start: int, end: int) -> str:
        return self.passage.text[start:end].strip()

    def _marker_words(self) -> str:
        return self.passage.text[self.at : self.first].strip(_MARKS)

    def _or_marker(self, start: int, end: int) -> str:
        """The name; of 第一阶段 without one the number."""
        name = self._name(start, end)
        if self.form == "stage" and not (may_be_name(plain(name)) and len(name) <= LONGEST_UNDATED):
            return self._marker_words()
        return name


# 学习调研，时间安排在3月-4月，本阶段的重点是……
_WITH_TIME = re.compile(
    r"([^,。;:()]{2,16}),(?:活动|工作|起止|具体)?(?:时间|时限)(?:大体|大致|暂定|初步)?(?:安排)?[在为是:从自于]{0,2}\s?"
)
# The week of term beside a day: 3月9日-3月15日（第2-3周）
_WEEK = re.compile(r"\s?\(第?[0-9一二三四五六七八九十、-]{1,7}(?:教学)?周\)")
# Whole years in a bracket: 启动年（2014年）
_YEARS = re.compile(r"\(((?:19|20)[0-9]{2}年?(?:-(?:19|20)[0-9]{2})?年(?:度|全年)?)\)")
# A bracket with figures in which no time can be read: (31日至310日)
_DAMAGED = re.compile(r"\(([^()]{0,12}[0-9][^()]{0,16}[日号月前][^()]{0,6})\)$")


def head_line_of(outline: Outline, section: Section, next_at: int | None = None) -> HeadLine:
    """The head line of a section; `next_at` is the place in the document of the part that begins next in the same passage."""
    passage = outline.passages[section.passages.start]
    text = plain(passage.text)
    to = section.end if len(section.passages) == 1 else len(text)
    if next_at is not None:
        to = min(to, bisect_left(passage.places, next_at))
    at = bisect_left(passage.places, section.quote.at)
    marker = marker_at(text, at) if section.marker else None
    first = marker.to if marker else section.first
    end = min(head_line_end(text, heading_end(text, first, to)), to)
    return HeadLine(passage=passage, text=text, at=at, first=first, end=end, to=to, form=marker.form if marker else "")
