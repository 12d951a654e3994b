"""What a deadline phrase means: `read` turns words into a `Deadline`, or into a question; it never guesses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from workflow.deadline.clean import LOST, numbered, plain
from workflow.deadline.clock import find_hour
from workflow.deadline.event import events
from workflow.deadline.frequency import Frequency, frequencies
from workflow.deadline.grammar import Span, is_bare, spans
from workflow.deadline.mapped import Mapped
from workflow.deadline.reference import in_turn, is_history, is_over
from workflow.deadline.relative import Relative, relatives
from workflow.deadline.repair import cut_years, looks_damaged, repair
from workflow.deadline.resolve import Found, clock_of, ends_only, resolve
from workflow.deadline.undated import (
    FROM_ISSUE,
    UNSETTLED,
    VAGUE,
    is_changed,
    is_lunar,
    is_tentative,
    is_unsettled,
    was_planned,
)
from workflow.model import Deadline

_MONTHS = re.compile(r"月份?、[^、，,]{1,3}月份?的?每")
"""9月、10月、11月每月底前: a list of months is no window."""

_APART = re.compile(r"[^,。;、()]{2}[,;。]")
"""Between two lines: each belongs to a clause of its own (3月30日前报名单，4月10日前报总结)."""


@dataclass(frozen=True)
class Phrase:
    """A text in the forms the readers need: `plain`, and `text` with numerals as digits, repaired where it was damaged.

    `damage` are the places in the original that were repaired.
    """

    words: str
    plain: Mapped
    text: Mapped
    damage: tuple[tuple[int, int], ...]
    anchor: date | None
    spans: tuple[Span, ...]

    def none(self, rule: str, *flags: str) -> Deadline:
        return Deadline(words=self.words, rule=rule, flags=flags)


def read(text: str, anchor: date | None) -> Deadline:
    """The deadline a phrase states; `anchor` is the day of issue of the notice, which supplies the year.

    Never raises for odd text: what cannot be read, or could be read in two ways, has kind "none" (or no dates) and
    flags that say why, see `workflow.deadline.flags`. With the flag `damaged`, `start` and `end` are a proposal.
    `at`..`to` of the answer is where the words that were read stand in `text`.
    """
    phrase = phrase_of(text, anchor)
    for reader in (_recurring, _relative, _dated, _open_start, _undated):
        if deadline := reader(phrase):
            return _with_damage(phrase, deadline)
    lost = ("damaged",) if looks_damaged(phrase.plain.text) else ()
    return _with_damage(phrase, phrase.none("unread", "unread", *lost))


def phrase_of(text: str, anchor: date | None, *, cells: bool = False) -> Phrase:
    """A text made ready to be read; `cells` as in `clean.plain`."""
    simple = plain(text, cells=cells)
    mended, damage = repair(numbered(simple))
    return Phrase(text, simple, mended, (*damage, *cut_years(simple)), anchor, spans(mended.text))


def _with_damage(phrase: Phrase, deadline: Deadline) -> Deadline:
    flags = tuple(dict.fromkeys((*deadline.flags, "damaged") if phrase.damage else deadline.flags))
    return deadline if flags == deadline.flags else replace(deadline, flags=flags)


def _placed(deadline: Deadline, text: Mapped, at: int, to: int) -> Deadline:
    at, to = text.place(at, to)
    return replace(deadline, at=at, to=to)


def _recurring(phrase: Phrase) -> Deadline | None:
    found = frequencies(phrase.text.text)
    if not found:
        return None
    window = _outside(phrase, found)
    deadline = recurring(phrase.words, found, resolve(window, phrase.anchor) if window else None)
    ends = [at for f in found for at in (f.at, f.to)] + ([window.at, window.to] if window else [])
    return _placed(deadline, phrase.text, min(ends), max(ends))


def recurring(words: str, found: tuple[Frequency, ...], window: Found | None) -> Deadline:
    """What recurs, within the dates of `window`."""
    every = [f.every for f in found if f.every]
    listed = ("ambiguous",) if window and _MONTHS.search(words) else ()
    flags = (*listed, *(flag for f in found for flag in f.flags), *(("several",) if len(found) > 1 else ()))
    return Deadline(
        words=words,
        kind="recurring",
        rule=f"every-{every[0].unit}" if every else "every-other",
        every=every[0] if every else None,
        more=tuple(every[1:]),
        hour=next((f.clock.at for f in found if f.clock), None),
        start=window.start if window else None,
        end=window.end if window else None,
        ranges=((window.start, window.end),) if window else (),
        flags=tuple(dict.fromkeys((*flags, *(window.flags if window else ())))),
    )


def _outside(phrase: Phrase, found: tuple[Frequency, ...]) -> Span | None:
    """The dates between which it recurs (4月至11月每月1次), not those that say when in the period (每年12月)."""
    bounds = (span for span in phrase.spans if is_dated(span) and all(_bounds(phrase, span, f) for f in found))
    return next(bounds, None)


def _bounds(phrase: Phrase, span: Span, frequency: Frequency) -> bool:
    if span.to <= frequency.at:
        return span.sense != "past"
    if span.at < frequency.to or (span.left is None and span.sense not in ("before", "from")):
        return False
    # 每年6月30日前和12月31日前: the second day is in the period as well.
    in_period = "day-in-period" in frequency.flags
    return not in_period or any(stop in phrase.text.text[frequency.to : span.at] for stop in ",;。")


def _relative(phrase: Phrase) -> Deadline | None:
    found = next(relatives(phrase.text.text), None)
    if found is None or not all(found.at <= s.at and s.to <= found.to for s in phrase.spans if is_dated(s)):
        return None
    return _placed(relative(phrase.words, found), phrase.text, found.at, found.to)


def relative(words: str, found: Relative) -> Deadline:
    """What counts from an event."""
    if found.rule == "within" and found.days is None and found.workdays is None:
        # 2年内: from when, and to the day or to the end of the year?
        return Deadline(words=words, rule="within", flags=("ambiguous",))
    return Deadline(
        words=words,
        kind="relative",
        rule=found.rule,
        event=found.event,
        after_workdays=found.workdays,
        after_days=found.days,
        flags=found.flags,
    )


def is_dated(span: Span) -> bool:
    """Does the span stand for itself, without a month said before it?"""
    return any(point.unit not in ("loose-day", "loose-part", "weekday") for point in span.points)


def is_last(span: Span) -> bool:
    """去年10月, 上月, 上周五 tell of what was."""
    return any(
        shift is not None and shift < 0 for shift in (span.right.year_shift, span.right.month_shift, span.right.week_shift)
    )


def _dated(phrase: Phrase) -> Deadline | None:
    if not phrase.spans:
        return None
    simple = phrase.plain.text
    told = (f for f in in_turn(phrase.text.text, phrase.spans, phrase.anchor) if f.span.sense != "past")
    found = [f for f in told if not is_last(f.span)]
    if is_lunar(simple) or was_planned(phrase.text.text) or (len(found) > 1 and is_changed(simple)):
        return phrase.none("lunar" if is_lunar(simple) else "changed", "ambiguous")
    if not is_bare(phrase.text.text, phrase.spans):
        text = phrase.text.text
        found = [f for f in found if not (is_over(text, f, phrase.anchor) or is_history(text, f, phrase.anchor))]
    if not found:
        return phrase.none("past", "past")
    chosen = [f for f in found if ends_only(f.span)]
    if not chosen and (ahead := next((e for e in events(simple) if e.ahead and e.sure), None)):
        # 表彰大会前，总结上半年工作: the half year is the subject, the meeting is the deadline.
        named = replace(phrase.none("event", "event", "others"), event=ahead.name)
        return _placed(named, phrase.plain, ahead.at, ahead.to)
    chosen = chosen or found
    deadline = dated(phrase.words, chosen, tuple(_remarks(phrase, chosen, has_others=len(chosen) < len(found))))
    return _placed(deadline, phrase.text, chosen[0].span.at, chosen[-1].span.to)


def _remarks(phrase: Phrase, chosen: list[Found], *, has_others: bool) -> Iterator[str]:
    lines = [f.span for f in chosen if ends_only(f.span)]
    if any(_APART.search(phrase.text.text, one.to, other.at) for one, other in pairwise(lines)):
        yield "apart"
    if is_tentative(phrase.plain.text):
        yield "tentative"
    if has_others:
        yield "others"


def dated(words: str, chosen: list[Found], remarks: tuple[str, ...] = ()) -> Deadline:
    """What one or several spans of days come to."""
    first = max(chosen, key=lambda f: f.end or date.min) if ends_only(chosen[0].span) else chosen[0]
    refused = [f for f in chosen if f.refused and (ends_only(f.span) or f is first)]
    flags = _flags(refused or [f for f in chosen if not f.refused])
    if refused:
        kind = _kind(first) if set(flags) & {"no-year"} and not set(flags) & {"impossible", "ambiguous"} else "none"
        return Deadline(words=words, kind=kind, rule=_rule(refused[0].span), flags=flags)
    kept = [f for f in chosen if not f.refused]
    clock = clock_of(first.span)
    return Deadline(
        words=words,
        kind=_kind(first),
        rule=_rule(first.span),
        start=first.start,
        end=first.end,
        hour=clock.at if clock and first.end else None,
        ranges=tuple((f.start, f.end) for f in kept),
        flags=(*flags, *(("several",) if len(kept) > 1 else ()), *remarks),
    )


def _flags(found: Iterable[Found]) -> tuple[str, ...]:
    return tuple(flag for f in found for flag in f.flags)


_SINGLE_KINDS = {"day": "on", "near": "on", "short": "on", "weekday": "on", "feast": "on", "month": "month", "xun": "xun"}


def _kind(found: Found) -> str:
    span = found.span
    if span.sense == "from" and span.left is None and span.right.unit in ("near", "week") and not span.right.day:
        return "open_start"
    if span.left is not None or span.from_issue or span.sense == "from":
        return "window"
    if ends_only(span):
        return "before"
    return _SINGLE_KINDS.get(span.right.unit, "window")


def _rule(span: Span) -> str:
    unit = "month-end" if span.right.unit == "loose-part" else span.right.unit
    if span.left is not None or span.from_issue:
        return f"{unit}-range"
    return f"{unit}-{span.sense}" if span.sense else unit


def _open_start(phrase: Phrase) -> Deadline | None:
    found = FROM_ISSUE.search(phrase.plain.text)
    return _placed(open_start(phrase.words, phrase.anchor), phrase.plain, *found.span()) if found else None


def open_start(words: str, anchor: date | None) -> Deadline:
    """即日起: from the day of issue on."""
    if anchor is None:
        return Deadline(words=words, kind="open_start", rule="from-issue", flags=("no-year",))
    return Deadline(words=words, kind="open_start", rule="from-issue", start=anchor, ranges=((anchor, None),))


def _undated(phrase: Phrase) -> Deadline | None:
    simple, text = phrase.plain, phrase.text
    if is_unsettled(simple.text):
        found = UNSETTLED.search(simple.text)
        return _placed(phrase.none("asked", "asked"), simple, *found.span()) if found else phrase.none("asked", "asked")
    if LOST in text.text:
        return phrase.none("damaged")
    if clock := find_hour(text.text):
        return replace(phrase.none("hour", "no-date", *clock.flags), hour=clock.at)
    if event := min(events(simple.text), key=lambda e: (not e.sure, not e.ahead, e.at), default=None):
        return _placed(replace(phrase.none("event", "event"), event=event.name), simple, event.at, event.to)
    if found := VAGUE.search(simple.text):
        return _placed(phrase.none("vague", "vague"), simple, *found.span())
    return None
