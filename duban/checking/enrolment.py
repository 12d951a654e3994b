"""Which tracks, phases and tasks of a definition concern no unit, and which units nobody can act for?"""

from __future__ import annotations

from collections.abc import Iterator

from duban.checking.organisation import Organisation
from duban.checking.wording import names_of, some
from duban.service.audience import FIRST, SECOND
from phases.checks.look import named
from phases.source import nearest
from phases.tracks import BRANCH
from storage.recipients import Candidate
from workflow.errors import Problem
from workflow.model import ONE_PHASE, Campaign, Grading, Task, Track, UnitKind

PATH = "参加"
HEADS = Candidate(at="own", roles=(*FIRST, *SECOND))


def enrolment(campaign: Campaign, organisation: Organisation) -> Iterator[Problem]:
    for track in campaign.tracks:
        if not organisation.members(track):
            yield _nobody(campaign, organisation, track)
        yield from _headless(organisation, track)
    yield from _empty_phases(campaign, organisation)
    yield from _empty_tasks(campaign, organisation)
    yield from _ungraded(campaign, organisation)


def _nobody(campaign: Campaign, organisation: Organisation, track: Track) -> Problem:
    """No unit is of this kind, or no office has this name."""
    tasks = [task for task in campaign.tasks if task.track == track.key]
    graded = [grading.name for grading in campaign.gradings if grading.grader == track.key]
    undone = f"{named(graded)}没有人来定" if graded else f"{named([task.name for task in tasks])}不会有人办"
    line = tasks[0].line if tasks else None
    others = [unit.name for unit in organisation.units if unit.kind not in (UnitKind.BRANCH, UnitKind.DIRECT_BRANCH)]
    close = next((name for word in track.units for name in others if word in name or name in word), None)
    meant = close or next((name for word in track.units if (name := nearest(word, others))), None)
    guess = f"；是不是“{meant}”？名称要一致" if meant else ""
    return Problem(text=f"单位表里没有“{track.key}”：{undone if tasks else '参加的只有名义'}{guess}", line=line, path=PATH)


def _headless(organisation: Organisation, track: Track) -> Iterator[Problem]:
    empty = [unit for unit in organisation.members(track) if not organisation.holders(unit, HEADS)]
    if empty:
        text = f"“{track.key}”中{len(empty)}个单位没有负责人，提醒会发给上级：{names_of(empty)}"
        yield Problem(text=text, path=PATH)


def _empty_phases(campaign: Campaign, organisation: Organisation) -> Iterator[Problem]:
    """A phase that only tracks without units walk. Of a campaign without units at all enough is said."""
    walked = {phase.name for track in campaign.tracks if organisation.members(track) for phase in track.phases}
    phases = {phase.name: phase for track in campaign.tracks for phase in track.phases if phase.name != ONE_PHASE}
    for name, phase in phases.items():
        if walked and name not in walked:
            yield Problem(text=f"单位表里没有单位会走到阶段“{name}”；请核对“适用”和“谁办”", line=phase.line, path=name)


def _empty_tasks(campaign: Campaign, organisation: Organisation) -> Iterator[Problem]:
    """Tasks for kinds of branches, or for starting grades, that no unit of their track has."""
    found: dict[str, list[Task]] = {}
    by_grade = campaign.starting_grades is not None
    for task in campaign.tasks:
        track = campaign.track_by_key[task.track]
        if organisation.members(track) and not organisation.concerned(track, task.selector, by_grade=by_grade):
            wanted = (*task.selector.branch_kinds, *(task.selector.grades if by_grade else ()))
            found.setdefault(some(wanted), []).append(task)
    for words, tasks in found.items():
        text = f"单位表里没有适用的单位（{words}）：{named([task.name for task in tasks])}不会有人办"
        yield Problem(text=text, line=tasks[0].line, path=tasks[0].key)


def _ungraded(campaign: Campaign, organisation: Organisation) -> Iterator[Problem]:
    """Branches that stand under none of those who grade branches: an office grades all, a second-level unit its own."""
    for grading in campaign.gradings:
        grader = campaign.track_by_key[grading.grader]
        graders = {unit.code for unit in organisation.members(grader)}
        if not graders or grader.units or grading.subject != BRANCH:
            continue
        lost = [
            unit for unit in organisation.members(_subject(campaign, grading)) if not _under(organisation, unit.code, graders)
        ]
        if lost:
            text = f"“{grading.name}”由上级的“{grader.key}”来定，{len(lost)}个单位没有这样的上级：{names_of(lost)}"
            yield Problem(text=text, line=campaign.task_by_key[grading.task].line, path=grading.task)


def _subject(campaign: Campaign, grading: Grading) -> Track:
    kinds = (str(UnitKind.BRANCH), str(UnitKind.DIRECT_BRANCH))
    return campaign.track_by_key.get(grading.subject, Track(key=grading.subject, kinds=kinds))


def _under(organisation: Organisation, code: str, graders: set[str]) -> bool:
    unit = organisation.by_code[code]
    return code in graders or any(above.code in graders for above in organisation.above(unit))
