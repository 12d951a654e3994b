"""Will the tasks that are only for certain grades ever come about, and in time?"""

from __future__ import annotations

from collections.abc import Iterator

from phases.checks.look import Look, at, named
from workflow.errors import Problem
from workflow.model import Campaign, Grading, Task


def grades(look: Look) -> Iterator[Problem]:
    """A task for a grade comes about when the 基数 round of its track is confirmed, or at the launch from starting grades."""
    campaign = look.campaign
    never = [task for task in campaign.tasks if never_arises(campaign, task)]
    if never:
        marks = "、".join(dict.fromkeys(grade for task in never for grade in task.selector.grades))
        why = f"{named([task.name for task in never])}只给“{marks}”的单位，可是没有哪一轮作基数的定级会给出这个等次，不会产生"
        yield at(never[0], f"{why}；请在那一轮定级里写 基数: 是，或写“起点”")
    for grading in campaign.gradings:
        yield from _too_late(look, grading)


def never_arises(campaign: Campaign, task: Task) -> bool:
    """It is only for grades that nobody is given."""
    if not task.selector.grades or campaign.starting_grades:
        return False
    given = [grade for grading in _giving(campaign, task) for grade in grading.scale]
    return not set(task.selector.grades) & set(given)


def _giving(campaign: Campaign, task: Task) -> list[Grading]:
    return [grading for grading in campaign.gradings if grading.baseline and grading.subject == task.track]


def _too_late(look: Look, grading: Grading) -> Iterator[Problem]:
    """The grade that brings a task about is due after the task itself."""
    campaign = look.campaign
    known = campaign.task_by_key[grading.task].deadline.end
    if known is None or campaign.starting_grades:
        return
    late = [
        task
        for task in campaign.tasks
        if task.selector.grades
        and grading in _giving(campaign, task)
        and not task.recurring
        and task.deadline.end is not None
        and task.deadline.end < known
    ]
    if late:
        end = late[0].deadline.end
        assert end is not None
        text = f"{named([task.name for task in late])}{look.day(end)}到期，要等“{grading.name}”{look.day(known)}定完才产生"
        yield at(late[0], f"{text}；请改其中一个时间")
