"""A definition's text as a Campaign, or every one of its problems with line and remedy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from phases.aims import ladder_of, projects_of, targets_of
from phases.definition import Definition, known_keys
from phases.fit import fit, layout_plan
from phases.frame import Frame
from phases.ladder_words import CATCH_UP, review_ladder
from phases.questions import questions_of
from phases.rounds import gradings_of
from phases.source import Source, read_source
from phases.tasks import papers_of, reviews_of, second_level, tasks_of
from phases.times import Times
from phases.tracks import BRANCH, who
from workflow.errors import DefinitionError
from workflow.model import ONE_PHASE, Campaign, Contact, Deadline, Grading, Phase, Task, Track
from workflow.workdays import WorkCalendar


def compile_definition(
    text: str, *, name: str = "definition", calendar: WorkCalendar | None = None, launched: bool = False
) -> Campaign:
    """Compile a definition (活动设置).

    `name` is what the file is called in the error. `calendar` decides which last days are rest days; without one the statutory
    calendar. `launched`: it was sound when it was launched, and its duties keep their lines; so what a later calendar or reader finds
    wrong with it stops nothing. Raises `DefinitionError` with all problems, ordered by line; places are counted from 1 (`任务[3].时间`).
    """
    source = read_source(text, known_keys(), layout_plan())
    shape = fit(source) if source.data or not source.problems else None
    campaign = _campaign(source, shape, text, calendar or WorkCalendar()) if shape else None
    if campaign is None or (source.problems and not launched):
        raise DefinitionError(name, sorted(source.problems, key=lambda p: p.line or 0))
    return campaign


def _campaign(source: Source, shape: Definition, text: str, calendar: WorkCalendar) -> Campaign | None:
    counts_from = shape.published or shape.signed or shape.issued
    times = Times(source=source, anchor=counts_from, rest_day=shape.rest_day, calendar=calendar, answers=shape.dates)
    frame = Frame(source=source, shape=shape, times=times)
    frame.enrol()
    _zone_exists(frame)
    gradings, owed = _all_tasks(frame)
    targets, projects, ladder = tuple(targets_of(frame)), tuple(projects_of(frame)), ladder_of(frame)
    if (ends := _ends(frame)) is None:
        return None
    _phases_apply(frame)
    tracks, tasks = _with_phases(frame, [_bounded(task, ends) for task in owed], ends)
    return Campaign(
        name=shape.name,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        issuer=shape.issuer,
        issued=shape.issued or shape.signed,
        counts_from=counts_from,
        ends=ends,
        zone=shape.zone,
        rest_day=shape.rest_day,
        tracks=tracks,
        tasks=tasks,
        gradings=gradings,
        targets=targets,
        ladder=ladder,
        review_ladder=review_ladder() if shape.review else (),
        catchup=CATCH_UP[shape.catchup],
        projects=projects,
        questions=questions_of(frame, tasks, targets),
        contact=_contact(shape),
        addressees=shape.addressees,
        outside=shape.outside,
        document_no=shape.document_no,
        basis=shape.basis,
        theme=shape.theme,
        review_workdays=shape.review,
        starting_grades=shape.start.carried_from if shape.start else None,
        notes=_notes(shape),
    )


def _all_tasks(frame: Frame) -> tuple[tuple[Grading, ...], list[Task]]:
    """Gradings, and all tasks in the order people expect: by phase of the definition, phaseless ones last."""
    graded = list(gradings_of(frame))
    owed = list(tasks_of(frame))
    papers = list(papers_of(frame))
    tasks = [*owed, *(task for _, task in graded), *(task for _, task in papers), *reviews_of(frame)]
    for shape, paper in papers:
        if shape.internal and second_level(paper.track):
            tasks = [_with_internal(task, paper, shape.internal) for task in tasks]
    order = {name: no for no, name in enumerate(frame.phases)}
    tasks.sort(key=lambda task: order.get(task.phase or "", len(order)))
    return tuple(grading for grading, _ in graded), tasks


def _with_internal(task: Task, paper: Task, workdays: int) -> Task:
    """支部内部时间: branches hand in earlier what their second-level organisation has to send upward by the same line."""
    same_line = paper.deadline.end is not None and task.deadline.end == paper.deadline.end
    if task.track != BRANCH or task.recurring or not (same_line or (paper.phase and task.phase == paper.phase)):
        return task
    return replace(task, internal_workdays=max(workdays, task.internal_workdays or 0))


def _bounded(task: Task, ends: date) -> Task:
    """A recurring task recurs until the campaign ends at the latest."""
    if not task.recurring:
        return task
    end = min(task.deadline.end or ends, ends)
    return replace(task, deadline=replace(task.deadline, end=end))


def _with_phases(frame: Frame, tasks: Sequence[Task], ends: date) -> tuple[tuple[Track, ...], tuple[Task, ...]]:
    """Every track with its phases. Participants walk all phases, an office only those in which it owes something.

    A track without phases has the one state 办理, and its tasks belong to it.
    """
    tracks = tuple(_track(frame, key, tasks, ends) for key in frame.tracks)
    phaseless = {track.key for track in tracks if track.phase_names == (ONE_PHASE,)}
    return tracks, tuple(replace(t, phase=ONE_PHASE) if t.track in phaseless else t for t in tasks)


def _phases_apply(frame: Frame) -> None:
    """适用 of a phase names units that take part or owe something."""
    for at, phase in enumerate(frame.shape.phases):
        for no, words in enumerate(phase.tracks):
            named = frame.named(words, ("阶段", at, "适用", no))
            if named and named.track not in frame.tracks:
                known = "、".join(frame.tracks)
                frame.source.report(("阶段", at, "适用", no), f"“{words}”既不参加，也没有事项；可写 {known}")


def _track(frame: Frame, key: str, tasks: Iterable[Task], ends: date) -> Track:
    named = frame.tracks[key]
    used = {task.phase for task in tasks if task.track == key}
    walked = [at for at, p in enumerate(frame.shape.phases) if _walks(frame, key, at, used)]
    phases = tuple(_phase(frame, at, no, key) for no, at in enumerate(walked, start=1))
    whole = Deadline(words="全程", kind="window", start=frame.times.anchor, end=ends)
    return Track(
        key=key,
        kinds=named.kinds,
        units=named.units,
        branch_kinds=named.branch_kinds,
        phases=phases or (Phase(no=1, name=ONE_PHASE, deadline=whole),),
    )


def _walks(frame: Frame, key: str, at: int, used: set[str | None]) -> bool:
    phase = frame.shape.phases[at]
    only = {named.track for words in phase.tracks if (named := who(words))}
    if only and key not in only:
        if phase.name in used:
            text = f"“{phase.name}”不适用于{key}，却有{key}的事项；请补进“适用”或改事项的阶段"
            frame.source.report(("阶段", at, "适用"), text)
        return False
    return key in frame.participants or not frame.participants or phase.name in used or key in only


def _phase(frame: Frame, at: int, no: int, track: str) -> Phase:
    shape = frame.shape.phases[at]
    return Phase(
        no=no,
        name=shape.name,
        deadline=frame.phases[shape.name],
        points=shape.points,
        by_calendar=shape.by_calendar,
        waits_for_branches=shape.waits_for_branches and second_level(track),
        quote=shape.quote,
        local=bool(shape.local),
        line=frame.source.line(("阶段", at)),
    )


def _ends(frame: Frame) -> date | None:
    """结束, else 31 December of the year of issue, which a document number also tells: 校党发〔2012〕12号."""
    shape, anchor = frame.shape, frame.times.anchor
    if shape.ends is None:
        year = (shape.issued or shape.signed or anchor or date.min).year
        if year == date.min.year and (m := re.search(r"[〔\[（(](\d{4})[〕\])）]", shape.document_no or "")):
            year = int(m[1])
        if year > date.min.year:
            return date(year, 12, 31)
        if any(problem.path in ("印发", "落款", "公布") for problem in frame.source.problems):
            return date.max  # the day that is missing was written, and has been reported
        unknown = "没有印发、落款、公布日期，文号里也没有年份，不知道活动到哪天结束"
        frame.source.report(("印发",), f"{unknown}；请补一个日期，或写 结束: 2012-12-31")
        return None
    ends = frame.times.read(shape.ends, ("结束",)).end
    if ends is None:
        frame.source.report(("结束",), f"结束“{shape.ends}”定不出日子；请写成 2012-12-31 或 12月底")
    elif anchor and ends < anchor:
        frame.source.report(("结束",), f"结束（{ends}）早于印发（{anchor}）；请核对年月日")
    return ends


def _zone_exists(frame: Frame) -> None:
    try:
        ZoneInfo(frame.shape.zone)
    except (KeyError, ValueError, OSError):
        frame.source.report(("时区",), f"没有“{frame.shape.zone}”这个时区；全国都写 Asia/Shanghai，可以不写")


def _contact(shape: Definition) -> Contact:
    if shape.contact is None:
        return Contact()
    return Contact(unit=shape.contact.unit or "", name=shape.contact.name or "", phone=shape.contact.phone or "")


def _notes(shape: Definition) -> MappingProxyType[str, Any]:
    """What the campaign carries along in words: 说明, 起点 in figures, 联述联评联考, who accepts projects."""
    notes: dict[str, Any] = {}
    if shape.remarks:
        notes["说明"] = shape.remarks
    if shape.local:
        notes["本级补充"] = True
    if shape.start:
        notes["起点"] = {"沿用": shape.start.carried_from, "二级党组织": shape.start.committees, "党支部": shape.start.branches}
    if shape.review_day:
        notes["联述联评联考"] = shape.review_day.model_dump(by_alias=True, exclude_none=True, mode="json")
    if acceptance := [p.acceptance for p in shape.projects if p.acceptance]:
        notes["验收"] = acceptance[0].model_dump(by_alias=True, exclude_none=True)
    return MappingProxyType(notes)
