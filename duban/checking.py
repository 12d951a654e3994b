"""Is a definition fit to launch, and what does a phrase mean: the answers of `duban check` and `duban deadline`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phases.check import warnings_of
from phases.compile import compile_definition
from workflow.deadline import read
from workflow.errors import DefinitionError, Problem, UsageError
from workflow.model import Campaign, Track
from workflow.workdays import WorkCalendar

if TYPE_CHECKING:
    from duban.workbook import UnitRow, UnitsFile


def check_definition(
    text: str, *, name: str, units: Sequence[Path] = (), on: date | None = None
) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """(problems, warnings). With files of units also: their bad rows, who has nothing to do, and whom a rung would not find."""
    found = _read_units(units) if units else None
    bad_rows = tuple(_in_file(problem, units) for problem in found.problems) if found else ()
    try:
        campaign = compile_definition(text, name=name)
    except DefinitionError as error:
        return (*error.problems, *bad_rows), ()
    warnings = list(warnings_of(campaign, calendar=WorkCalendar()))
    if on is not None:
        warnings += [
            Problem(text=f"最后一天{task.deadline.end}在{on}之前", line=task.line, path=task.key)
            for task in campaign.tasks
            if task.deadline.end is not None and task.deadline.end < on and not task.recurring
        ]
    if found is not None and not bad_rows:
        warnings += _against_units(campaign, found)
    return bad_rows, tuple(warnings)


def _read_units(paths: Sequence[Path]) -> UnitsFile:
    from duban.engine import read_file
    from duban.workbook import read_units

    return read_units({path.name: read_file(path) for path in paths})


def _in_file(problem: Problem, paths: Sequence[Path]) -> Problem:
    """A row of a file of units: not to be taken for a line of the definition."""
    named = any(path.name in problem.path for path in paths)
    return problem if named else replace(problem, path=f"{'、'.join(path.name for path in paths)} {problem.path}")


def _against_units(campaign: Campaign, found: UnitsFile) -> Iterator[Problem]:
    from duban.service.audience import FIRST, SECOND

    for track in campaign.tracks:
        members = [unit for unit in found.units if _walks(unit, track)]
        if not members:
            yield Problem(text=f"单位表里没有“{track.key}”：这部分任务不会有人办", path="参加")
        heads = {post.unit for post in found.posts if post.role in (*FIRST, *SECOND)}
        empty = [u for u in members if u.code not in heads]
        if empty:
            names = "、".join(u.name for u in empty[:5]) + (f"等{len(empty)}个" if len(empty) > 5 else "")
            yield Problem(text=f"“{track.key}”中{len(empty)}个单位没有负责人，提醒会发给上级：{names}", path="参加")


def _walks(unit: UnitRow, track: Track) -> bool:
    """Whether a unit is in a track, as a launch enrols it."""
    if unit.name in track.units or unit.code in track.units:
        return True
    return unit.kind in track.kinds and (not track.branch_kinds or unit.branch_kind in track.branch_kinds)


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
            text, anchor = _asked(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise UsageError(f'标准输入第{number}行要写成 {{"text": "3月30日前", "anchor": "2012-03-26"}}') from None
        yield deadline_document(text, anchor)


def _asked(line: Any) -> tuple[str, date | None]:
    """Raises any of the errors above for what is no such object."""
    text, anchor = line["text"], line.get("anchor")
    if not isinstance(text, str) or (anchor is not None and len(anchor) != len("2012-03-26")):
        raise TypeError
    return text, date.fromisoformat(anchor) if anchor is not None else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
