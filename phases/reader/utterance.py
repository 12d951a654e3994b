"""What one sentence of a notice says about time, and which stage it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from phases.reader.document import Quote
from phases.reader.markers import marker_at
from phases.reader.nouns import Head, Outline, Sentence, Stage
from phases.reader.plain import plain
from workflow.deadline import Mention, mentions

BLOT = "\x01"
"""Stands in a `shape` for each character between quotes and brackets."""

_LONGEST = 1500
_OPENING = 40
_OF_YEAR = re.compile(r"[^,。;:()]{0,24}\((20[0-9]{2})年(?:度|全年)?\)")
_ENCLOSED = re.compile(r"《[^《》]{1,120}》|“[^“”]{1,120}”|\([^()]{1,200}\)|\[[^\[\]]{1,80}\]")


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """A sentence of the body. `text` is `plain`; `shape` is the same with what stands in quotes and brackets blotted out.

    `begins` is where its words begin, behind the number of its section. Places are places in `text`.
    """

    no: int
    sentence: Sentence
    text: str
    shape: str
    begins: int
    anchor: date | None = None
    stage: Stage | None = None
    opens_section: bool = False

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """Every time it names, in order."""
        return tuple(m for m in mentions(self.text, self.anchor) if not _is_of_paper(self.text, m))

    def mentions_in(self, at: int, to: int) -> tuple[Mention, ...]:
        return tuple(m for m in self.mentions if at <= m.at and m.to <= to)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A notice as its sentences say it."""

    outline: Outline
    head: Head
    stages: tuple[Stage, ...] = ()
    utterances: tuple[Utterance, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, outline: Outline, head: Head, stages: tuple[Stage, ...] = ()) -> Notice:
        return cls(outline=outline, head=head, stages=stages, utterances=tuple(_utterances(outline, head, stages)))

    def quote(self, utterance: Utterance, at: int, to: int) -> Quote:
        """The words `text[at:to]` as they stand in the file, without blanks and commas at the ends."""
        at, to = trimmed(utterance.text, at, to)
        passage = self.outline.passages[utterance.sentence.passage]
        return self.outline.document.quote_of(passage, utterance.sentence.at + at, utterance.sentence.at + to)

    def words(self, utterance: Utterance, at: int, to: int) -> str:
        """The words `text[at:to]` as written."""
        return utterance.sentence.text[at:to]

    def in_table(self, utterance: Utterance) -> bool:
        return bool(self.outline.passages[utterance.sentence.passage].cells)

    def is_of_stage(self, utterance: Utterance, at: int) -> bool:
        """Does this place stand among the words that name a stage or the whole campaign and its time?"""
        passage = self.outline.passages[utterance.sentence.passage]
        place = passage.places[utterance.sentence.at + at]
        return any(stage.quote.at <= place < stage.quote.to for stage in self.stages)

    def before(self, utterance: Utterance, count: int) -> tuple[Utterance, ...]:
        """Up to `count` sentences before this one in the same section, nearest first."""
        nearest = reversed(self.utterances[max(0, utterance.no - count) : utterance.no])
        return tuple(u for u in nearest if u.sentence.section == utterance.sentence.section)


# 5月份工作情况, 12月报表: which month the paper tells of, not when it is due
_TOLD = re.compile(
    r"(?:任务|目标|指标|计划)?(?:完成|落实|进展|执行)情况|的?(?:工作|党建|安全|财务|教学|学习|考勤|在校)?(?:报表|月报|情况|数据|工作总结|工作小结|工资|党费|台账|信息|栏目|明细|简报|账目|考勤表|统计表)"
)


def _is_of_paper(text: str, mention: Mention) -> bool:
    return (
        mention.deadline.kind in ("month", "window")
        and mention.words[-1] in "月份"
        and mention.sense == "window"
        and bool(_TOLD.match(text, mention.to))
    )


def shape(text: str) -> str:
    """A `plain` text with what stands in quotes and brackets blotted out, of the same length: a comma there divides nothing."""
    return _ENCLOSED.sub(lambda found: found[0][0] + BLOT * (len(found[0]) - 2) + found[0][-1], text)


def trimmed(text: str, at: int, to: int) -> tuple[int, int]:
    """The span without blanks and punctuation at its ends; never empty."""
    first, last = at, to
    while first < last and text[first] in " ,;:、。\x01":
        first += 1
    while last > first and text[last - 1] in " ,;:、":
        last -= 1
    return (first, last) if first < last else (at, to)


def _utterances(outline: Outline, head: Head, stages: tuple[Stage, ...]) -> Iterator[Utterance]:
    by_section = {s.section: s for s in stages if s.section is not None and not s.overall}
    no, last_section = 0, None
    for sentence in _of_bearable_length(s for s in outline.sentences if s.passage in outline.body):
        text = plain(sentence.text)
        marker = marker_at(text)
        yield Utterance(
            no=no,
            sentence=sentence,
            text=text,
            shape=shape(text),
            begins=marker.to if marker else 0,
            anchor=_anchor(outline, sentence, head),
            stage=_stage_of(outline, sentence, by_section),
            opens_section=sentence.section is not None and sentence.section != last_section,
        )
        no, last_section = no + 1, sentence.section


def _anchor(outline: Outline, sentence: Sentence, head: Head) -> date | None:
    """The day from which its times count: in a part headed 攻坚年（2016年） the first day of that year, else that of the notice."""
    for section in outline.chain(sentence.section):
        opening = outline.passages[section.passages.start].text[section.first :][:_OPENING]
        year = _OF_YEAR.match(plain(opening))
        if year and head.anchor and int(year[1]) > head.anchor.year:
            return date(int(year[1]), 1, 1)
    return head.anchor


def _of_bearable_length(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """Sentences as they are; one of thousands of characters, which nobody wrote, in pieces."""
    for sentence in sentences:
        for at in range(0, len(sentence.text), _LONGEST):
            text = sentence.text[at : at + _LONGEST]
            yield replace(sentence, at=sentence.at + at, to=sentence.at + at + len(text), text=text)


def _stage_of(outline: Outline, sentence: Sentence, by_section: dict[int, Stage]) -> Stage | None:
    index = sentence.section
    while index is not None:
        if index in by_section:
            return by_section[index]
        index = outline.sections[index].parent
    return None
