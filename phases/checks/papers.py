"""Does every paper have somebody to go to, and is nothing asked for twice (减负)?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from phases.checks.look import Look, at, named
from workflow.errors import Problem
from workflow.model import Selector, Task


def papers(look: Look) -> Iterator[Problem]:
    yield from _without_receiver(look)
    yield from _asked_twice(look)


def _without_receiver(look: Look) -> Iterator[Problem]:
    lost = [task for task in look.campaign.tasks if task.materials and task.receiver is None]
    lost = [task for task in lost if not look.asks("报给", (task.name, *task.materials))]
    if lost:
        yield at(lost[0], f"{named([task.name for task in lost])}要交材料，没有写报给谁")


def _asked_twice(look: Look) -> Iterator[Problem]:
    """The same paper from the same units under two tasks, also where one of them has the paper for its name."""
    wanted: dict[tuple[str, str], list[Task]] = {}
    for task in look.campaign.tasks:
        for paper in dict.fromkeys(map(_plain, (*task.materials, *(() if task.materials else (task.name,))))):
            wanted.setdefault((task.track, paper), []).append(task)
    for (track, paper), tasks in wanted.items():
        twice = [(one, two) for one, two in combinations(tasks, 2) if same_units(one.selector, two.selector)]
        if twice and any(task.materials for task in tasks):
            one, two = twice[0]
            where = f"“{one.key}”和“{two.key}”" if len(tasks) == 2 else f"“{one.key}”等{len(tasks)}处"
            yield at(two, f"{where}都向{track}要“{paper}”；同一份材料只要一次，若不是同一份请在名称里写明区别")


def _plain(paper: str) -> str:
    return re.sub(r"\s", "", paper).replace("(", "（").replace(")", "）")


def same_units(one: Selector, two: Selector) -> bool:
    """There may be units for which both are."""
    grades = not (one.grades and two.grades) or bool(set(one.grades) & set(two.grades))
    kinds = not (one.branch_kinds and two.branch_kinds) or bool(set(one.branch_kinds) & set(two.branch_kinds))
    return grades and kinds
