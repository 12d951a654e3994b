"""How a definition says what was read: a deadline or a frequency as a phrase that is read back to the same days."""

from __future__ import annotations

from datetime import date

from phases.values import UNDECIDED
from workflow.deadline import BLOCKING, often, read
from workflow.model import Deadline


def is_settled(deadline: Deadline | None) -> bool:
    """Does it say until when, or how often, without anything a person must decide first?"""
    if deadline is None or BLOCKING & set(deadline.flags):
        return False
    if deadline.every is not None:
        return frequency(deadline) != UNDECIDED
    return deadline.end is not None


def phrase(deadline: Deadline | None, anchor: date | None) -> str:
    """The words of the notice if they mean the same days in a definition issued on `anchor`; else the days, with the year.

    待定 if it is not settled. A year that only the rest of the sentence tells (2016年3月至5月，6月总结) is so never lost.
    """
    if deadline is not None and deadline.event and "damaged" not in deadline.flags:
        return "".join(deadline.words.split())  # 党代会召开前: the day of the event is asked for
    if deadline is None or not is_settled(deadline):
        return UNDECIDED
    if deadline.every is not None:
        return frequency(deadline)
    words = "".join(deadline.words.split())
    again = read(words, anchor)
    same = (again.start, again.end, again.hour) == (deadline.start, deadline.end, deadline.hour)
    if same and not BLOCKING & set(again.flags) and len(words) <= 30:
        return words
    return spelled(deadline)


def spelled(deadline: Deadline) -> str:
    """The days in full: 2012年3月30日前, 2022年4月11日至2022年4月30日."""
    end = deadline.end
    if end is None:
        return UNDECIDED
    hour = f"{deadline.hour:%H:%M}" if deadline.hour else ""
    if deadline.start is None or deadline.kind == "before":
        return f"{_day(end)}{hour}前"
    return f"{_day(deadline.start)}至{_day(end)}{hour}" if deadline.start != end else f"{_day(end)}{hour}"


def frequency(deadline: Deadline) -> str:
    """频次: the words if they say the same, else 每月1次."""
    words = "".join(deadline.words.split())
    again = read(words, None)
    if again.every == deadline.every and not again.more and len(words) <= 30:
        return words
    # A day within the period that its own words do not tell is a question, not a period without it.
    return often(deadline.every) if deadline.every and not deadline.every.days else UNDECIDED


def with_anchor(words: str, anchor: date | None) -> Deadline:
    """A phrase somebody answered with, as a deadline; a bare day (5月31日) is a last day: 5月31日前."""
    found = read(words, anchor)
    return read(f"{words}前", anchor) if found.kind == "on" else found


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
