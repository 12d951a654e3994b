"""Stages that stand on lines without a number: 学校检查：7月9日—7月11日; 9月：交通安全; 评比时间：校内展示9月；县级决赛11月."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from phases.reader.document import Passage
from phases.reader.names import is_office
from phases.reader.nouns import Outline, Stage
from phases.reader.plain import plain
from phases.reader.stage_items import named_times
from phases.reader.stage_words import announces_dates, announces_steps, is_act, is_demand, may_be_name
from phases.reader.times import Calendar, Time, follow_on, in_order, lasts

_NAMED_LINE = re.compile(r"(?!(?:起止|活动|工作)?时间)([^,。;:()0-9]{2,12}?)(?:时间)?\s?:\s?(?=[0-9])")
_AFTER_TIME = re.compile(r"\s?(?:[:,]\s?|\s|为)([^,。;:()]{2,16})(?=[,。;:(]|$)")
_BULLET = re.compile(r"[•·●◆■▪○〇*>※-]?\s?(?=[0-9一二三四第次明翌])")
_LONGEST = 60
_FEW, _TIMETABLE = 2, 3


@dataclass(frozen=True)
class Lines:
    """The stages on lines of their own in one outline, outside the passages in `taken`."""

    outline: Outline
    calendar: Calendar
    taken: frozenset[int]

    def named(self) -> Iterator[Stage]:
        """Below a heading 检查时间 lines such as 学校检查：7月9日—7月11日, or each time with its name behind the heading; at least two."""
        for index, section in enumerate(self.outline.sections):
            heading = plain(section.heading)
            if section.passages.start in self.taken or not (announces_dates(heading) or heading.endswith("时间")):
                continue
            rows = (self._line(self.outline.passages[i], index) for i in section.passages[1:] if i not in self.taken)
            found = [stage for stage in rows if stage]
            if len(found) > 1:
                yield from found
            yield from self._behind_heading(index)

    def _line(self, passage: Passage, section: int) -> Stage | None:
        text = plain(passage.text)
        named = _NAMED_LINE.match(text)
        if passage.cells or not named:
            return None
        time = next(iter(self.calendar.times(text)), None)
        if time is None or time.at != named.end() or not lasts(time.deadline) or is_demand(named[1]):
            return None
        return self._stage(passage, named.span(1), (0, time.to), time, section)

    def _behind_heading(self, index: int) -> Iterator[Stage]:
        """评比时间：校内展示9月—10月；县级决赛11月下旬"""
        section = self.outline.sections[index]
        passage = self.outline.passages[section.passages.start]
        text = plain(passage.text)
        at = section.first + len(section.heading)
        to = section.end if len(section.passages) == 1 else len(text)
        times = tuple(replace(t, at=t.at + at, to=t.to + at) for t in self.calendar.times(text[at:to]))
        parts = tuple(named_times(passage, text, at, times))
        if len(parts) < _FEW or not all(name and not is_act(name) for name, _ in parts):
            return
        if any(lasts(time.deadline) for time in times):
            for (name, start), time in zip(parts, times, strict=True):
                yield self._stage(passage, (start, start + len(name)), (start, time.to), time, index)

    def timetable(self) -> Iterator[Stage]:
        """Lines 9月：交通安全。 10月：消防安全。 one below another: under 工作进度, or each beginning where the one before ends."""
        run: list[Stage] = []
        for i in (*sorted(self._sections.keys() - self.taken), None):
            stage = self._timed(i) if i is not None else None
            if stage and stage.section == (run[0].section if run else stage.section):
                run.append(stage)
                continue
            yield from run if self._is_timetable(run) else ()
            run = [stage] if stage else []

    def _is_timetable(self, run: list[Stage]) -> bool:
        deadlines = [stage.deadline for stage in run]
        # 10月1日—3日：保卫处 is a roster.
        if any(is_office(plain(stage.name)) for stage in run):
            return False
        if len(run) >= _TIMETABLE and follow_on(deadlines):
            return True
        at = run[0].section if run else None
        steps = at is not None and announces_steps(plain(self.outline.sections[at].heading))
        return steps and len(run) >= _FEW and in_order(deadlines)

    def _timed(self, index: int) -> Stage | None:
        """一季度：清理垃圾。"""
        passage = self.outline.passages[index]
        text = plain(passage.text[:_LONGEST])
        begin = _BULLET.match(text)
        time = next(iter(self.calendar.times(text)), None) if begin and not passage.cells else None
        named = _AFTER_TIME.match(text, time.to) if begin and time and time.at == begin.end() else None
        if named is None or time is None or not may_be_name(named[1]) or is_act(named[1]):
            return None
        return self._stage(passage, named.span(1), (0, named.end(1)), time, self._sections[index])

    @cached_property
    def _sections(self) -> dict[int, int | None]:
        """The section in which each passage of the text begins."""
        found: dict[int, int | None] = {}
        for sentence in self.outline.sentences:
            found.setdefault(sentence.passage, sentence.section)
        return found

    def _stage(self, passage: Passage, name: tuple[int, int], quote: tuple[int, int], time: Time, section: int | None) -> Stage:
        return Stage(
            name=passage.text[slice(*name)],
            quote=self.outline.document.quote_of(passage, *quote),
            deadline=time.deadline,
            section=section,
        )
