"""Every time said in a longer text, in order: what `read` is for a phrase, `mentions` is for a paragraph."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from workflow.deadline.clean import LOST
from workflow.deadline.event import Event, events
from workflow.deadline.frequency import Frequency, frequencies
from workflow.deadline.grammar import Span
from workflow.deadline.mapped import Mapped
from workflow.deadline.reading import Phrase, dated, is_dated, open_start, phrase_of, recurring, relative
from workflow.deadline.reference import in_turn, is_over, is_reported, references, years
from workflow.deadline.relative import relatives
from workflow.deadline.resolve import Found, ends_only, resolve
from workflow.deadline.undated import FROM_ISSUE, UNSETTLED
from workflow.model import Deadline


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A point or span of time said in a text: `text[at:to] == words`, with the words that give its sense (3月30日前).

    `sense` is one of
      before      until a day, included (3月30日前, 截止4月15日, 5月底)
      from        since a day on, without an end (4月1日起, 即日起)
      window      from one day to another (4月-11月, 4月上旬, 12月, 上半年)
      on          a single day (4月16日)
      past        a day that is over, as a report of what happened (已于3月9日, a day before the issue)
      recurring   a frequency (每月1次, 每周二前)
      relative    counted from something that happens (公示5个工作日, 收到后10日内, 第11周)
      event       at or before something of unknown day (表彰大会前, 学期末)
      vague       no time, or one still to be fixed (定期, 待定)
      reference   a date that is no time for doing anything: of a document (〔2012〕6号), of history (今年3月份以来, 去年),
                  of a period that papers are about (2012年度工作总结), of a congress (十八大)
    `deadline` is what `read` says about these words alone, in the year that the sentence gives them; of past and reference it
    has no days.
    """

    at: int
    to: int
    words: str
    sense: str
    deadline: Deadline


def mentions(text: str, anchor: date | None) -> tuple[Mention, ...]:
    """Every time said in a sentence, a paragraph or a row of a table (cells divided by tabs), in order, never overlapping.

    `anchor` is the day of issue of the notice; None if nobody knows it. A year that a sentence states also holds for the
    later days of the same sentence. Takes time in proportion to the length of the text.
    """
    phrase = phrase_of(text, anchor, cells=True)
    kept = _Kept(text, phrase.damage)
    for reader in (_references, _recurring, _relative, _dated, _years, _from_issue, _events, _lost, _vague):
        for mapped, at, to, sense, deadline in reader(phrase):
            kept.add(*_with_quotes(text, *mapped.place(at, to)), sense, deadline)
    return tuple(kept.found)


_Told = Iterator[tuple[Mapped, int, int, str, Deadline]]
"""A mention before it is placed: the text it stands in, from, to, sense and meaning."""


class _Kept:
    """The mentions so far, by place; what overlaps an earlier one is not taken."""

    def __init__(self, text: str, damage: tuple[tuple[int, int], ...]) -> None:
        self.text, self.damage = text, sorted(damage)
        self.found: list[Mention] = []
        self._starts: list[int] = []

    def add(self, at: int, to: int, sense: str, deadline: Deadline) -> None:
        index = bisect_left(self._starts, at)
        if (index < len(self.found) and self.found[index].at < to) or (index and self.found[index - 1].to > at):
            return
        words = self.text[at:to]
        flags = (*deadline.flags, "damaged") if self._is_damaged(at, to) and sense != "reference" else deadline.flags
        deadline = replace(deadline, words=words, flags=tuple(dict.fromkeys(flags)), at=0, to=len(words))
        self.found.insert(index, Mention(at=at, to=to, words=words, sense=sense, deadline=deadline))
        self._starts.insert(index, at)

    def _is_damaged(self, at: int, to: int) -> bool:
        index = bisect_left(self.damage, (at, at))
        return (index < len(self.damage) and self.damage[index][0] < to) or (index > 0 and self.damage[index - 1][1] > at)


_CLOSING = {"”": "“", "’": "‘", "」": "「", "』": "『", "》": "《", '"': '"'}


def _with_quotes(text: str, at: int, to: int) -> tuple[int, int]:
    """“七一”前 begins at its opening mark."""
    if at and any(text[at - 1] == opening and closing in text[at:to] for closing, opening in _CLOSING.items()):
        return at - 1, to
    return at, to


def _references(phrase: Phrase) -> _Told:
    for mapped, numbered in ((phrase.text, True), (phrase.plain, False)):
        for rule, at, to in references(mapped.text, numbered=numbered):
            yield mapped, at, to, "reference", Deadline(words="", rule=rule, flags=("reference",))


def _recurring(phrase: Phrase) -> _Told:
    for frequency in frequencies(phrase.text.text):
        span = _bounds(phrase, frequency) if frequency.every else None
        window = resolve(span, phrase.anchor) if span else None
        ends = (frequency.at, frequency.to, *((span.at, span.to) if span else ()))
        at, to = min(ends), max(ends)
        told = recurring(phrase.text.text[max(0, at - 4) : to], (frequency,), window)
        yield phrase.text, at, to, "recurring", told


_NEXT_TO = re.compile(r"[,的内期间]{0,3}")


def _bounds(phrase: Phrase, frequency: Frequency) -> Span | None:
    """The span right before a frequency (4月至11月每月1次)."""
    index = bisect_left(phrase.spans, frequency.at, key=lambda span: span.to)
    if index < len(phrase.spans) and phrase.spans[index].to == frequency.at:
        index += 1
    span = phrase.spans[index - 1] if index else None
    if span is None or span.sense == "past" or not is_dated(span) or frequency.at - span.to > 3:
        return None
    return span if _NEXT_TO.fullmatch(phrase.text.text[span.to : frequency.at]) else None


def _relative(phrase: Phrase) -> _Told:
    for found in relatives(phrase.text.text):
        yield phrase.text, found.at, found.to, "relative", relative("", found)


def _dated(phrase: Phrase) -> _Told:
    text = phrase.text.text
    for found in in_turn(text, phrase.spans, phrase.anchor):
        span, sense = found.span, _sense(text, found, phrase.anchor)
        if sense in ("past", "reference"):
            deadline = Deadline(words="", rule=sense, flags=(sense,))
        else:
            is_tentative = _TENTATIVE.search(text, max(0, span.at - 6), span.at)
            deadline = dated("", [found], ("tentative",) if is_tentative else ())
        yield phrase.text, span.at, span.to, sense, deadline


_TENTATIVE = re.compile(r"(?:拟|暂定|初定|初步定|计划)(?:[于在为])?$")


def _years(phrase: Phrase) -> _Told:
    for at, to in years(phrase.text.text):
        yield phrase.text, at, to, "reference", Deadline(words="", rule="year", flags=("reference",))


def _sense(text: str, found: Found, anchor: date | None) -> str:
    span = found.span
    if is_reported(text, found, anchor):
        return "reference"
    if span.sense == "past":
        return "past"
    if is_over(text, found, anchor):
        return "past"
    if ends_only(span):
        return "before"
    if span.sense == "from" and span.left is None:
        return "from"
    if span.left is not None or span.from_issue or span.right.unit not in ("day", "near", "short", "weekday", "feast"):
        return "window"
    return "on"


def _from_issue(phrase: Phrase) -> _Told:
    for found in FROM_ISSUE.finditer(phrase.plain.text):
        yield phrase.plain, found.start(), found.end(), "from", open_start("", phrase.anchor)


def _events(phrase: Phrase) -> _Told:
    for found in events(phrase.plain.text):
        if _is_time(found):
            deadline = Deadline(words="", rule="event", event=found.name, flags=("event",))
            yield phrase.plain, found.at, found.to, "event", deadline


_OWN_DAY = re.compile(
    r"(?:会|会议|典礼|仪式|学期末?|期末|假|节|开学|放假|离校|返校|毕业|结束|换届|选举|七一|五一|十一|国庆|元旦)$"
)


def _is_time(event: Event) -> bool:
    """在开展活动时 says how, not when."""
    return event.sure and (event.ahead or bool(_OWN_DAY.search(event.name)))


def _lost(phrase: Phrase) -> _Told:
    for found in re.finditer(LOST, phrase.text.text):
        yield phrase.text, found.start(), found.end(), "on", Deadline(words="", rule="damaged", flags=("damaged",))


_VAGUE = re.compile(r"不?定期|适时|及时|经常(?![化性])|尽快|尽早|随时|近期|近日|择期|按时|按期|如期|届时|立即|抓紧")
"""Of the vague words those that are told of a demand; 常态化 and 日常 are only talk."""


def _vague(phrase: Phrase) -> _Told:
    for pattern, flag in ((UNSETTLED, "asked"), (_VAGUE, "vague")):
        for found in pattern.finditer(phrase.plain.text):
            yield phrase.plain, found.start(), found.end(), "vague", Deadline(words="", rule=flag, flags=(flag,))
