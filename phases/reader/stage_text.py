"""Stages named in running text: 自查阶段（5月15日-6月30日）；督导阶段（7月1日-11月30日）；最后是总结."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from phases.reader.document import Passage, Quote
from phases.reader.nouns import Outline, Sentence, Stage
from phases.reader.plain import plain
from phases.reader.stage_words import COUNTED, is_stage_name, may_be_name, trimmed
from phases.reader.times import Calendar, Time, lasts
from workflow.numerals import whole

_NAMED = re.compile(r"(?:阶段|环节)")
_BEHIND = re.compile(
    r"[”\]]?\s?[:,]?\s?(?:[(\[](?:时间|时限|完成时限|起止时间)?\s?[:为]?|(?:时间)?(?:为|从|自|是|:|于|在)|(?<=\]))\s?$"
)
_CLAUSE = ",;。:、()[]!?“”"
_LONGEST_CLAUSE = 60
_INTO = re.compile(
    r"^(?:(?:第?[一二三四五六七八九][是要]|首先|其次|然后|最后)?(?:是|为|进入|开展|在|从|于|即|的|和|及|与)?)(?=.{4,})"
)
_LAST = re.compile(r"(?:最后|最终)(?:一个阶段)?(?:就是|是|为|进行|开展)([^,。;:()]{2,16})")
_LISTED = re.compile(
    r"分(?:为|成)?([^,。;:()]{2,16}(?:\([^()]{1,20}\))?(?:、[^,。;:()、]{2,16}(?:\([^()]{1,20}\))?){1,5}"
    r"(?:(?:和|与|以及)[^,。;:()、]{2,16}(?:\([^()]{1,20}\))?)?)等?([二两三四五六七八2-8])(?:个大?(?:阶段|步骤|环节)|步(?!骤))"
)


@dataclass(frozen=True)
class Texts:
    """The stages in the running text of one outline, outside the passages in `taken`."""

    outline: Outline
    calendar: Calendar
    taken: frozenset[int]

    def stages(self) -> Iterator[Stage]:
        for index in self._passages():
            passage = self.outline.passages[index]
            text = plain(passage.text)
            found = list(self._in_passage(passage, text))
            yield from found
            yield from self._last_one(passage, text, found)

    def listed(self) -> Iterator[Stage]:
        """分自查自纠、督查整改、总结提高三个阶段, each with the time that stands with its name further on (3月自查自纠，4月…)."""
        for index in self._passages():
            passage = self.outline.passages[index]
            text = plain(passage.text)
            if found := _LISTED.search(text):
                names = re.split("、|和|与|以及", re.sub(r"\([^()]*\)", "", found[1]))
                if len(names) == whole(found[2].replace("两", "二")):
                    at = found.start(1)
                    timed = self._timed(index, found.start(1), names)
                    for name in names:
                        begin = text.index(name, at)
                        at = begin + len(name)
                        yield timed.get(name) or self._stage(passage, begin, at, begin, at)
                    return

    def _timed(self, index: int, at: int, names: list[str]) -> dict[str, Stage]:
        """The names with the times beside them, there or on the lines below; nothing unless every name has a time of its own."""
        found: dict[str, Stage] = {}
        any_name = "|".join(re.escape(name) for name in names)
        behind = re.compile(rf"\s?[:,]?(?:为|是|进行)?({any_name})")
        before = re.compile(rf"({any_name})(?:阶段)?[(:,为从自在于]{{0,3}}$")
        for i in (i for i in self._passages() if index <= i <= index + len(names)):
            passage = self.outline.passages[i]
            text, since = plain(passage.text), at if i == index else 0
            for time in self.calendar.times(text[since:]):
                begin, end = time.at + since, time.to + since
                if match := behind.match(text, end):
                    found.setdefault(match[1], self._stage(passage, *match.span(1), begin, match.end(), time))
                elif match := before.search(text[max(since, begin - _LONGEST_CLAUSE) : begin]):
                    first = begin - len(match[0])
                    found.setdefault(match[1], self._stage(passage, first, first + len(match[1]), first, end, time))
        return found if len(found) == len(names) else {}

    def _passages(self) -> Iterator[int]:
        text = {sentence.passage for sentence in self.outline.sentences}
        yield from (i for i in sorted(text) if i not in self.taken and not self.outline.passages[i].cells)

    def _in_passage(self, passage: Passage, text: str) -> Iterator[Stage]:
        if not _NAMED.search(text):
            return
        for time in self.calendar.times(text):
            yield from self._before(passage, text, time) or self._behind(passage, text, time)

    def _before(self, passage: Passage, text: str, time: Time) -> tuple[Stage, ...]:
        """自查阶段（5月15日-6月30日）"""
        opened = _BEHIND.search(text[max(0, time.at - 14) : time.at])
        if not opened:
            return ()
        end = max(0, time.at - 14) + opened.start()
        since = max(0, end - _LONGEST_CLAUSE)
        start = max(since, max(text.rfind(c, since, end) for c in _CLAUSE) + 1)
        start, end = self._cut(text, start, end)
        if not is_stage_name(text[start:end]) or not may_be_name(text[start:end]):
            return ()
        closed = text.find(")", time.to, time.to + 20) if "(" in opened[0] else -1
        to = closed + 1 if closed > 0 else time.to
        return (self._stage(passage, start, end, start, to, time),)

    def _cut(self, text: str, start: int, end: int) -> tuple[int, int]:
        if found := _INTO.match(text[start:end]):
            start += found.end()
        return trimmed(text, start, end)

    def _behind(self, passage: Passage, text: str, time: Time) -> tuple[Stage, ...]:
        """3月至5月为宣传发动阶段"""
        found = re.match(
            r"[,:]?(?:为|是|系|属于|作为|:)([^,。;:()]{2,24}?(?:阶段|环节))(?=[,。;:()]|$)", text[time.to : time.to + 34]
        )
        if time.at == 0 and lasts(time.deadline):
            found = found or _STAGE_ALONE.match(text[time.to :])
        if not found or not is_stage_name(found[1]):
            return ()
        start, end = trimmed(text, time.to + found.start(1), time.to + found.end(1))
        return (self._stage(passage, start, end, time.at, end, time),)

    def _last_one(self, passage: Passage, text: str, found: list[Stage]) -> Iterator[Stage]:
        """The notice counts four steps, names three with their times, and says what the last one is."""
        counted = COUNTED.search(text)
        number = whole(counted[1].replace("两", "二")) if counted else None
        last = _LAST.search(text)
        if last and len(found) >= 2 and number == len(found) + 1:
            yield self._stage(passage, *trimmed(text, *last.span(1)), last.start(), last.end(1))

    def _stage(self, passage: Passage, start: int, end: int, at: int, to: int, time: Time | None = None) -> Stage:
        return Stage(
            name=passage.text[start:end],
            quote=self.outline.document.quote_of(passage, at, to),
            deadline=time.deadline if time else None,
            section=self._section(passage, at),
        )

    @cached_property
    def _sentences(self) -> dict[int, list[Sentence]]:
        """The sentences by the line on which their passage begins."""
        found: dict[int, list[Sentence]] = {}
        for sentence in self.outline.sentences:
            found.setdefault(self.outline.passages[sentence.passage].line, []).append(sentence)
        return found

    def _section(self, passage: Passage, at: int) -> int | None:
        sentences = self._sentences.get(passage.line, [])
        index = bisect_right(sentences, at, key=lambda sentence: sentence.at) - 1
        return sentences[index].section if index >= 0 else None


# 9月上旬至10月中旬，学习动员阶段；
_STAGE_ALONE = re.compile(r",((?![各请要应须]|完成|做好|结束)[一-鿿]{2,10}阶段)(?=[;。]?$)")
_STAGE_COLUMN = re.compile(r"^(?:工作|活动|实施|推进|时间|学习)?(?:阶段|步骤|环节)(?:划分|名称|安排)?$")
_TIME_COLUMN = re.compile(r"时间|日期|时限|期限|周期|进度")


def table_stages(outline: Outline, calendar: Calendar) -> Iterator[Stage]:
    """Stages of tables with a column of stages and one of times."""
    columns: tuple[int, int] | None = None
    last = ""
    for index in outline.body:
        passage = outline.passages[index]
        if not passage.cells:
            columns = None
            continue
        cells = [plain(cell).replace(" ", "") for cell in passage.cells]
        if header := _columns(cells):
            columns, last = header, ""
        elif columns and max(columns) < len(cells):
            name = passage.cells[columns[0]].strip()
            if may_be_name(plain(name)) and name != last:
                times = calendar.times(cells[columns[1]])
                deadline = times[0].deadline if times else calendar.vague(cells[columns[1]])
                several = times and len(times) > 1
                if several and deadline:
                    deadline = replace(deadline, flags=(*deadline.flags, "several"))
                yield Stage(name=name, quote=_row_quote(outline, passage), deadline=deadline)
                last = name


def _columns(cells: list[str]) -> tuple[int, int] | None:
    stage = next((i for i, cell in enumerate(cells) if _STAGE_COLUMN.match(cell)), None)
    time = next((i for i, cell in enumerate(cells) if i != stage and len(cell) <= 8 and _TIME_COLUMN.search(cell)), None)
    return (stage, time) if stage is not None and time is not None else None


def _row_quote(outline: Outline, passage: Passage) -> Quote:
    return outline.document.quote_of(passage, 0, len(passage.text))
