"""Does the starting point (起点) of a definition agree with the units: how many they are, and their 起始等次?"""

from __future__ import annotations

from collections.abc import Iterator

from duban.checking.organisation import Organisation
from duban.checking.wording import names_of, some
from phases.tracks import BRANCH, KINDS, SECOND
from workflow.errors import Problem
from workflow.model import Campaign

PATH = "起点"


def start(campaign: Campaign, organisation: Organisation) -> Iterator[Problem]:
    if campaign.starting_grades is None:
        return
    written = campaign.notes.get("起点", {})
    for level in (SECOND, BRANCH):
        there = sum(unit.kind in KINDS[level] for unit in organisation.units)
        if written.get(level) not in (None, there):
            text = f"起点写的{level}是{written[level]}个，单位表里是{there}个；请核对，按单位表启动"
            yield Problem(text=text, path=PATH)
    yield from _grades(campaign, organisation)


def _grades(campaign: Campaign, organisation: Organisation) -> Iterator[Problem]:
    """Without 起始等次 a branch is in no denominator, with one that is on no scale likewise."""
    branches = [unit for unit in organisation.units if unit.kind in KINDS[BRANCH]]
    bare = [unit for unit in branches if unit.grade is None]
    if bare and (campaign.targets or any(task.selector.grades for task in campaign.tasks)):
        text = f"{len(branches)}个党支部中{len(bare)}个没有起始等次，不进目标的基数，也没有按等次的事项：{names_of(bare)}"
        yield Problem(text=text, path=PATH)
    scale = {grade for grading in campaign.gradings if grading.subject == BRANCH for grade in grading.scale}
    strange = [unit for unit in branches if scale and unit.grade is not None and unit.grade not in scale]
    if strange:
        labels = some(list(dict.fromkeys(unit.grade or "" for unit in strange)))
        text = f"{len(strange)}个党支部的起始等次（{labels}）不在这次的等次里：{names_of(strange)}"
        yield Problem(text=text, path=PATH)
