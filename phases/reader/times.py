"""When a stage is: which of the times said in its words is its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from workflow.deadline import Mention, mentions, read
from workflow.model import Deadline

LASTING = ("window", "month", "xun")
"""Kinds of deadlines that last longer than a day."""
_TIMES = ("before", "window", "on", "past", "from")
_FROM_NOW = re.compile(r"即日|现在|[发印]文?之?日|印发|下发|发布|公布")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}|[明次翌来去]年|二[〇○零0]")
# 20*年, 20__年: a form whose year nobody filled in
_MASKED_YEAR = re.compile(r"[0-9][*xX×_〇○]{1,3}年")
_OUT_OF_ORDER = 62


@dataclass(frozen=True, kw_only=True)
class Time:
    """A time that stands at `at`..`to` of a text."""

    at: int
    to: int
    deadline: Deadline


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """What supplies the year: `anchor`, and whether it is really the day of issue (`issued`) or only 1 January of a known year."""

    anchor: date | None
    issued: bool

    def times(self, text: str) -> tuple[Time, ...]:
        """The days, months and spans said in a text, also those that are over, not frequencies and references."""
        return tuple(self._times(text))

    def _times(self, text: str) -> Iterator[Time]:
        for mention in mentions(text, self.anchor):
            if mention.sense in _TIMES and not _is_torn(text, mention) and (deadline := self._deadline(mention)):
                until = _UNTIL.match(text, mention.to, mention.to + _LONGEST_EVENT)
                to = until.end() if until else mention.to
                yield Time(at=mention.at, to=to, deadline=_open(deadline, text[mention.at : to]) if until else deadline)

    def _deadline(self, mention: Mention) -> Deadline | None:
        # A stage that lies before the day of issue is a stage all the same.
        deadline = read(mention.words, self.anchor) if mention.sense == "past" else mention.deadline
        if mention.sense == "past" and deadline.kind not in ("before", "on", *LASTING):
            return None
        if _MASKED_YEAR.search(mention.words):
            return Deadline(words=mention.words, rule="masked-year", flags=("ambiguous",))
        return self._without_unknown_start(deadline)

    def _without_unknown_start(self, deadline: Deadline) -> Deadline:
        """即日起 of a notice whose day nobody knows has no beginning."""
        if self.issued or not _FROM_NOW.search(deadline.words) or deadline.start is None:
            return deadline
        ranges = tuple((None, end) for _, end in deadline.ranges)
        return replace(deadline, start=None, kind="before" if deadline.end else "none", ranges=ranges)

    def vague(self, text: str) -> Deadline | None:
        """长期坚持, 待定, 表彰大会前: no days, but something to ask about."""
        found = [m for m in mentions(text, self.anchor) if m.sense in ("vague", "event", "relative")]
        if len(found) > 1 and _TO.fullmatch(text[found[0].to : found[1].at]):
            # 第8周—第9周: two marks of one span
            return replace(found[0].deadline, words=_balanced(text[found[0].at : found[1].to]))
        return replace(found[0].deadline, words=_balanced(found[0].words)) if found else None

    def after(self, deadline: Deadline, last: Deadline | None) -> Deadline:
        """A deadline without a year in the light of the stage before it: 1月 after 2023年11月-12月 is January 2024."""
        if last is None or last.start is None or states_year(deadline.words):
            return deadline
        if "no-year" in deadline.flags:
            return self._without_unknown_start(read(deadline.words, last.start))
        if deadline.end is None:
            return deadline
        stated = states_year(last.words)
        begins = deadline.start or deadline.end
        if not stated and (last.start - begins).days <= _OUT_OF_ORDER:
            return deadline
        again = read(deadline.words, last.start)
        return self._without_unknown_start(again) if again.end and again.end > deadline.end else deadline


def _balanced(words: str) -> str:
    """第10周) -> 第10周"""
    return words if "(" in words else words.rstrip(")")


_TO = re.compile(r"\s?[-至到~]\s?")


def _open(deadline: Deadline, words: str) -> Deadline:
    """2012年1月—党的十八大召开: it begins with the month; when it ends nobody has said."""
    flags = tuple(dict.fromkeys((*deadline.flags, "event", "ambiguous")))
    ranges = ((deadline.start, None),)
    return replace(deadline, words=words, kind="open_start", rule="until-event", end=None, ranges=ranges, flags=flags)


_LONGEST_EVENT = 24
_UNTIL = re.compile(
    r"\s?(?:-{1,3}|至)(?=[一-鿿])(?![本今明次当该同上下年月季周])[^,。;:()0-9]{2,16}?"
    r"(?:召开|开幕|闭幕|结束|完成|为止|开学|放假|大会|考试|验收)(?:之?前|时|后)?(?=[,。;:()]|$)"
)


def _is_torn(text: str, mention: Mention) -> bool:
    """202111月至12: the figures about it lost their words."""
    before, behind = text[max(0, mention.at - 3) : mention.at], text[mention.to : mention.to + 4]
    return bool(_COMES_FROM.search(before) or _GOES_ON.match(behind))


# (107-1010日): the beginning of the span is no day any more
_COMES_FROM = re.compile(r"[0-9](?:\s?[-至到~])?$")
_GOES_ON = re.compile(r"[-至到~]\s?[0-9](?!:|[0-9]:)")


def several(times: tuple[Time, ...]) -> Deadline:
    """The first of the times said at one place, flagged if there are more; two single days tell no span (5月2日7日)."""
    first = times[0].deadline
    if len(times) == 1:
        return first
    if first.kind == "on":
        words = "、".join(time.deadline.words for time in times)
        return Deadline(words=words, rule="several", flags=("ambiguous", "several"))
    return replace(first, flags=tuple(dict.fromkeys((*first.flags, "several"))))


def follow_on(deadlines: Sequence[Deadline | None]) -> bool:
    """Does each span begin on the day after the one before?"""
    spans = [(d.start, d.end) for d in deadlines if d and lasts(d)]
    whole = len(spans) == len(deadlines)
    return whole and all(end and begin and begin - end == _ONE_DAY for (_, end), (begin, _) in pairwise(spans))


def in_order(deadlines: Sequence[Deadline | None]) -> bool:
    """Does none end before the one that stands before it?"""
    ends = [d.end for d in deadlines if d and d.end]
    return len(ends) == len(deadlines) and all(a <= b for a, b in pairwise(ends))


_ONE_DAY = timedelta(days=1)


def states_year(words: str) -> bool:
    return bool(_YEAR.search(words))


def lasts(deadline: Deadline) -> bool:
    return deadline.kind in LASTING or (deadline.start is not None and deadline.start != deadline.end)
