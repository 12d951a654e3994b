"""Is a plan due before its result, and a summary after what it sums up?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from phases.checks.look import Look, at, named
from phases.checks.papers import same_units
from workflow.errors import Problem
from workflow.model import Task

PLAN, RESULT = re.compile("计划|方案"), re.compile("结果|总结|小结")
SUMMARY = re.compile("汇总|统计|结果|情况|台账")
RECTIFY = "整改"
_NOT_THE_SUBJECT = re.compile(r"计划|方案|结果|总结|小结|汇总|统计|情况|报告|表|[（）()《》“”\s]")


@dataclass(frozen=True)
class _Asked:
    """A paper or a task by the name people know, with its task; `subject` is what it is about."""

    name: str
    task: Task
    subject: str
    is_plan: bool
    is_result: bool

    @property
    def day(self) -> date:
        assert self.task.deadline.end is not None
        return self.task.deadline.end


def plans(look: Look) -> Iterator[Problem]:
    asked = [one for task in look.campaign.tasks if task.deadline.end and not task.recurring for one in _asked(task)]
    yield from _plans_with_results(look, asked)
    yield from _summaries_too_early(look, asked)


def _asked(task: Task) -> Iterator[_Asked]:
    """Every paper of a task; without papers the task itself, whose form says what it is."""
    for name in task.materials or (task.name,):
        plan, result = bool(PLAN.search(name)), bool(RESULT.search(name))
        subject = _NOT_THE_SUBJECT.sub("", name)
        if not task.materials and task.form in ("整改计划", "整改结果"):
            plan, result, subject = task.form == "整改计划", task.form == "整改结果", RECTIFY
        yield _Asked(name, task, subject, plan and not result, result and not plan)


def _plans_with_results(look: Look, asked: list[_Asked]) -> Iterator[Problem]:
    """A plan and a result of one matter from the same units: the plan comes first."""
    told: set[tuple[str, str]] = set()
    plans, results = [one for one in asked if one.is_plan], [one for one in asked if one.is_result]
    for plan, result in product(plans, results):
        same = plan.subject and plan.subject == result.subject and plan.task.track == result.task.track
        if not same or plan.day < result.day or not same_units(plan.task.selector, result.task.selector):
            continue
        # A second round's plan may well follow the first round's result.
        if any(
            plan.day < other.day for other in results if other.subject == plan.subject and other.task.track == plan.task.track
        ):
            continue
        if look.asks(plan.name, result.name) or (plan.name, result.name) in told:
            continue
        told.add((plan.name, result.name))
        if plan.day == result.day:
            late = f"计划“{plan.name}”和结果“{result.name}”同一天到期（{look.day(plan.day)}）"
        else:
            late = f"计划“{plan.name}”{look.day(plan.day)}才到期，结果“{result.name}”{look.day(result.day)}就要交"
        yield at(plan.task, f"{late}；请给计划写早一些的时间")


def _summaries_too_early(look: Look, asked: list[_Asked]) -> Iterator[Problem]:
    """A paper that sums up what nobody needs to have done by then."""
    for paper in asked:
        if not paper.task.materials or not (SUMMARY.search(paper.name) or RESULT.search(paper.name)):
            continue
        if look.asks(paper.name, ("计划", "结果")):
            continue
        for sums_up in _sources(paper):
            basis = [one.task for one in asked if sums_up(one.task) and one.task is not paper.task]
            first = min((one.day for one in asked if one.task in basis), default=None)
            if first is None or first <= paper.day:
                continue
            names = named([task.name for task in basis if task.deadline.end == first])
            doubt = "" if paper.is_plan or paper.is_result else "，或写明报的是计划还是结果"
            early = f"“{paper.name}”{look.day(paper.day)}就要报，它汇总的{names}{look.day(first)}才到期"
            yield at(paper.task, f"{early}；请改其中一个时间{doubt if RECTIFY in paper.name else ''}")


def _sources(paper: _Asked) -> Iterator[Callable[[Task], bool]]:
    """What a paper sums up, by the word in its name. A list of plans needs the plans, any other one the results."""
    if RECTIFY in paper.name:
        form = "整改计划" if paper.is_plan else "整改结果"
        yield lambda task: task.form == form
    if "定级" in paper.name and not paper.is_plan:
        yield lambda task: task.grading is not None
    for form in ("自评", "测评", "承诺"):
        if form in paper.name:
            yield lambda task, form=form: task.form == form  # type: ignore[misc]
