"""What a deadline phrase means: `read` turns words into a `Deadline`, or into a question; it never guesses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from workflow.deadline.clean import numbered, plain
from workflow.deadline.clock import find_hour
from workflow.deadline.frequency import Frequency, frequencies
from workflow.deadline.grammar import Span, is_bare, spans
from workflow.deadline.repair import LOST, repair
from workflow.deadline.resolve import Found, clock_of, ends_only, resolve
from workflow.deadline.undated import (
    event,
    event_ahead,
    from_issue,
    is_changed,
    is_lunar,
    is_tentative,
    is_unsettled,
    is_vague,
    names_moving_feast,
    relative,
)
from workflow.model import Deadline


@dataclass(frozen=True)
class _Phrase:
    """A text in the forms the readers need; `damaged` says that `text` is a repair."""

    words: str
    plain: str
    text: str
    damaged: bool
    anchor: date | None
    spans: tuple[Span, ...]

    def none(self, rule: str, *flags: str) -> Deadline:
        return Deadline(words=self.words, rule=rule, flags=flags)


def read(text: str, anchor: date | None) -> Deadline:
    """The deadline a phrase states; `anchor` is the day of issue of the notice, which supplies the year.

    Never raises for odd text: what cannot be read, or could be read in two ways, has kind "none" (or no dates) and
    flags that say why, see `workflow.deadline.flags`. With the flag `damaged`, `start` and `end` are a proposal.
    """
    phrase = _phrase(text, anchor)
    for reader in (_recurring, _relative, _dated, _open_start, _undated):
        if deadline := reader(phrase):
            return _with_damage(phrase, deadline)
    return _with_damage(phrase, phrase.none("unread", "unread"))


def _phrase(text: str, anchor: date | None) -> _Phrase:
    simple = plain(text)
    mended, damaged = repair(numbered(simple))
    return _Phrase(text, simple, mended, damaged, anchor, spans(mended))


def _with_damage(phrase: _Phrase, deadline: Deadline) -> Deadline:
    flags = (*deadline.flags, "damaged") if phrase.damaged else deadline.flags
    return replace(deadline, flags=tuple(dict.fromkeys(flags)))


def _recurring(phrase: _Phrase) -> Deadline | None:
    found = frequencies(phrase.text)
    if not found:
        return None
    first = found[0]
    window = _outside(phrase, found)
    flags = (*first.flags, *(("several",) if len(found) > 1 else ()), *(window.flags if window else ()))
    every = first.every
    rule = f"every-{every.unit}" if every else "every-other"
    return Deadline(
        words=phrase.words,
        kind="recurring",
        rule=rule,
        every=every,
        start=window.start if window else None,
        end=window.end if window else None,
        ranges=((window.start, window.end),) if window else (),
        flags=flags,
    )


def _outside(phrase: _Phrase, found: tuple[Frequency, ...]) -> Found | None:
    """The dates between which it recurs (4月至11月每月1次), not those that say when in the period (每年12月)."""
    bounds = (span for span in phrase.spans if _is_dated(span) and all(_bounds(phrase, span, f) for f in found))
    first = next(bounds, None)
    return resolve(first, phrase.anchor) if first else None


def _bounds(phrase: _Phrase, span: Span, frequency: Frequency) -> bool:
    if span.to <= frequency.at:
        return span.sense != "past"
    if span.at < frequency.to or (span.left is None and span.sense not in ("before", "from")):
        return False
    # 每年6月30日前和12月31日前: the second day is in the period as well.
    in_period = "day-in-period" in frequency.flags
    return not in_period or any(stop in phrase.text[frequency.to : span.at] for stop in ",;。")


def _relative(phrase: _Phrase) -> Deadline | None:
    found = relative(phrase.text)
    if found is None or not all(found.at <= s.at and s.to <= found.to for s in phrase.spans if _is_dated(s)):
        return None
    if found.rule == "within" and found.days is None and found.workdays is None:
        # 2年内: from when, and to the day or to the end of the year?
        return phrase.none("within", "ambiguous")
    return Deadline(
        words=phrase.words,
        kind="relative",
        rule=found.rule,
        event=found.event,
        after_workdays=found.workdays,
        after_days=found.days,
        flags=found.flags,
    )


def _is_dated(span: Span) -> bool:
    return any(point.unit not in ("loose-day", "loose-part", "weekday") for point in span.points)


def _dated(phrase: _Phrase) -> Deadline | None:
    if not phrase.spans:
        return None
    found = [resolve(span, phrase.anchor) for span in phrase.spans if span.sense != "past"]
    if is_lunar(phrase.plain) or (len(found) > 1 and is_changed(phrase.plain)):
        return phrase.none("lunar" if is_lunar(phrase.plain) else "changed", "ambiguous")
    if not is_bare(phrase.text, phrase.spans):
        # In running text a day that is over is a report of what happened, unless something was due before it.
        found = [f for f in found if "past" not in f.flags or f.span.sense == "before"]
    if not found:
        return phrase.none("past", "past")
    chosen = [f for f in found if ends_only(f.span)]
    if not chosen and (name := event_ahead(phrase.plain)):
        # 表彰大会前，总结上半年工作: the half year is the subject, the meeting is the deadline.
        return replace(phrase.none("event", "event", "others"), event=name)
    chosen = chosen or found
    return _deadline(phrase, chosen, tuple(_remarks(phrase, has_others=len(chosen) < len(found))))


def _remarks(phrase: _Phrase, *, has_others: bool) -> Iterator[str]:
    if is_tentative(phrase.plain):
        yield "tentative"
    if has_others or names_moving_feast(phrase.plain):
        yield "others"


def _deadline(phrase: _Phrase, chosen: list[Found], remarks: tuple[str, ...]) -> Deadline:
    first = max(chosen, key=lambda f: f.end or date.min) if ends_only(chosen[0].span) else chosen[0]
    refused = [f for f in chosen if f.refused and (ends_only(f.span) or f is first)]
    flags = _flags(refused or [f for f in chosen if not f.refused])
    if refused:
        kind = _kind(first) if set(flags) & {"no-year"} and not set(flags) & {"impossible", "ambiguous"} else "none"
        return Deadline(words=phrase.words, kind=kind, rule=_rule(refused[0].span), flags=flags)
    kept = [f for f in chosen if not f.refused]
    clock = clock_of(first.span)
    return Deadline(
        words=phrase.words,
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


def _open_start(phrase: _Phrase) -> Deadline | None:
    if not from_issue(phrase.plain):
        return None
    if phrase.anchor is None:
        return Deadline(words=phrase.words, kind="open_start", rule="from-issue", flags=("no-year",))
    start = phrase.anchor
    return Deadline(words=phrase.words, kind="open_start", rule="from-issue", start=start, ranges=((start, None),))


def _undated(phrase: _Phrase) -> Deadline | None:
    if is_unsettled(phrase.plain):
        return phrase.none("asked", "asked")
    if LOST in phrase.text:
        return phrase.none("damaged")
    if clock := find_hour(phrase.text):
        return replace(phrase.none("hour", "no-date", *clock.flags), hour=clock.at)
    if name := event(phrase.plain):
        return replace(phrase.none("event", "event"), event=name)
    if is_vague(phrase.plain):
        return phrase.none("vague", "vague")
    return None
