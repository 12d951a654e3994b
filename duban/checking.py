"""Is a definition fit to launch, and what does a phrase mean: the answers of `duban check` and `duban deadline`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from phases.check import warnings_of
from phases.compile import compile_definition
from workflow.deadline import read
from workflow.errors import DefinitionError, Problem, UsageError, WorkbookError
from workflow.model import Campaign
from workflow.workdays import WorkCalendar


def check_definition(
    text: str, *, name: str, units: Path | None = None, on: date | None = None
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """(problems, warnings). With a workbook of units also: who has nothing to do, and whom a rung would not find."""
    try:
        campaign = compile_definition(text, name=name)
    except DefinitionError as error:
        return error.problems, ()
    warnings = list(warnings_of(campaign, calendar=WorkCalendar()))
    if on is not None:
        warnings += [
            Problem(text=f"“{task.key}”的最后一天{task.deadline.end}在{on}之前", line=task.line, path="任务")
            for task in campaign.tasks
            if task.deadline.end is not None and task.deadline.end < on and not task.recurring
        ]
    if units is not None:
        warnings += _against_units(campaign, units)
    return (), tuple(warnings)


def _against_units(campaign: Campaign, path: Path) -> Iterator[Problem]:
    from duban.engine import read_file
    from duban.service.audience import FIRST, SECOND
    from duban.workbook import read_units

    found = read_units({path.name: read_file(path)})
    if found.problems:
        raise WorkbookError(path.name, found.problems)
    for track in campaign.tracks:
        members = [u for u in found.units if u.kind in track.kinds or u.name in track.units]
        if not members:
            yield Problem(text=f"单位表里没有“{track.key}”：这部分任务不会有人办", path="参加")
        heads = {post.unit for post in found.posts if post.role in (*FIRST, *SECOND)}
        empty = [u for u in members if u.code not in heads]
        if empty:
            names = "、".join(u.name for u in empty[:5]) + (f"等{len(empty)}个" if len(empty) > 5 else "")
            yield Problem(text=f"“{track.key}”中{len(empty)}个单位没有负责人，提醒会发给上级：{names}", path="参加")


def deadline_document(text: str, anchor: date | None) -> dict[str, Any]:
    """`{"kind","start","end","time","rule","flags","all"}`; dates `YYYY-MM-DD` or null."""
    found = read(text, anchor)
    return {
        "kind": found.kind,
        "start": _iso(found.start),
        "end": _iso(found.end),
        "time": found.hour.strftime("%H:%M") if found.hour else None,
        "rule": found.rule or None,
        "flags": list(found.flags),
        "all": [[_iso(start), _iso(end)] for start, end in found.ranges],
    }


def deadline_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One answer a line. A line that is no such object is wrong usage, named by its number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            anchor = date.fromisoformat(asked["anchor"]) if asked.get("anchor") else None
            text = asked["text"]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UsageError(f'标准输入第{number}行要写成 {{"text": "3月30日前", "anchor": "2012-03-26"}}') from None
        yield deadline_document(str(text), anchor)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
