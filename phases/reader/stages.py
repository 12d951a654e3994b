"""The stages (阶段) of a campaign as the notice names them, each with its time; undated ones are kept, none is invented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from phases.reader.nouns import Head, Outline, Stage
from phases.reader.plain import plain
from phases.reader.stage_lines import Lines
from phases.reader.stage_lists import Lists
from phases.reader.stage_text import Texts, table_stages
from phases.reader.times import Calendar, states_year
from phases.reader.whole import Frame
from workflow.model import Deadline


def stages(outline: Outline, head: Head) -> tuple[Stage, ...]:
    """Every stage in the order of the notice, the frame of the whole (overall) first; () is an answer, too.

    Numbered parts count as stages under a heading such as 方法步骤, or if they are called 阶段; measures and demands do not.
    """
    calendar = Calendar(anchor=head.anchor, issued=head.issued is not None)
    lists = Lists(outline, calendar)
    found = lists.stages()
    passages = frozenset(i for index in lists.taken for i in outline.sections[index].passages)
    texts, lines = Texts(outline, calendar, passages), Lines(outline, calendar, passages)
    found += [*table_stages(outline, calendar), *texts.stages(), *lines.named()]
    if not found:
        found += lines.timetable()
    if not found:
        found += texts.listed()
    if not any(stage.overall for stage in found):
        frame = Frame(outline, head, calendar, frozenset(lists.taken)).stages()
        found += [stage for stage in frame if _holds(stage, found)]
    ordered = _in_time(_once(sorted(found, key=_place)), calendar)
    return tuple(_doubted(tuple(_ahead(ordered, head))))


_SLACK = timedelta(days=31)
_HALF_A_YEAR = timedelta(days=183)


def _holds(frame: Stage, found: Iterable[Stage]) -> bool:
    """Does the frame lie about the stages? A 检查时间 of two days among them is none."""
    assert frame.deadline is not None
    first, last = frame.deadline.start, frame.deadline.end
    deadlines = [stage.deadline for stage in found if stage.deadline is not None]
    starts = [d.start for d in deadlines if d.start is not None]
    ends = [d.end for d in deadlines if d.end is not None]
    assert first is not None
    assert last is not None
    return (not starts or first <= min(starts) + _SLACK) and (not ends or last >= max(ends) - _SLACK)


def _doubted(found: tuple[Stage, ...]) -> Iterator[Stage]:
    """If a later stage ends long before an earlier one, the year that was supplied is in doubt."""
    spans = [
        (s.deadline.start or s.deadline.end, s.deadline.end)
        for s in found
        if not s.overall and s.deadline is not None and s.deadline.end is not None
    ]
    in_order = all(end > begin - _HALF_A_YEAR for (begin, _), (_, end) in pairwise(spans))
    for stage in found:
        if in_order or stage.deadline is None or states_year(stage.deadline.words):
            yield stage
        else:
            flags = tuple(dict.fromkeys((*stage.deadline.flags, "ambiguous")))
            yield replace(stage, deadline=replace(stage.deadline, flags=flags))


_REPORT = re.compile(r"(?:通报|总结|报告|简报|情况|纪要)(?:[(][^()]*[)])?$")


def _ahead(found: Iterable[Stage], head: Head) -> Iterator[Stage]:
    """Of a report (通报) only what still lies ahead: the other stages are its history."""
    is_report = bool(head.issued and head.title and _REPORT.search(plain(head.title)))
    stages = tuple(found)
    # 3月至5月 in a report of December is the spring that was: the year ahead was only supposed, and so were those behind it.
    if is_report and any(s.deadline and "next-year" in s.deadline.flags for s in stages):
        return
    for stage in stages:
        end = stage.deadline.end if stage.deadline else None
        if not is_report or (end is not None and head.issued is not None and end > head.issued):
            yield stage


def _place(stage: Stage) -> tuple[bool, int]:
    return not stage.overall, stage.quote.at


def _once(found: Iterable[Stage]) -> Iterator[Stage]:
    """Without a stage that is named again."""
    seen: set[str] = set()
    for stage in found:
        name = plain(stage.name).removesuffix("阶段")
        if name not in seen:
            yield stage
        seen.add(name)


def _in_time(found: Iterable[Stage], calendar: Calendar) -> Iterator[Stage]:
    """With the year of the stage before, where a later stage states none."""
    last: Deadline | None = None
    for stage in found:
        if stage.deadline is None or stage.overall:
            yield stage
            continue
        deadline = calendar.after(stage.deadline, last)
        last = deadline if deadline.start is not None or last is None else last
        yield replace(stage, deadline=deadline)
