"""Can a target be counted: is there something it is a share of, and a grading that tells by its day?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from phases.checks.look import Look, at
from phases.tracks import BRANCH
from workflow.deadline import BLOCKING
from workflow.errors import Problem
from workflow.model import Target


def targets(look: Look) -> Iterator[Problem]:
    campaign = look.campaign
    has_base = campaign.starting_grades or any(g.baseline and g.subject == BRANCH for g in campaign.gradings)
    if campaign.targets and not has_base:
        yield _said(campaign.targets, "没有分母；请在一轮党支部定级里写 基数: 是，或写“起点”")
    undated = [t for t in campaign.targets if t.deadline.end is None and not BLOCKING & set(t.deadline.flags)]
    if undated:
        yield _said(tuple(undated), "定不出到哪天")
    yield from _measured(look)


def _measured(look: Look) -> Iterator[Problem]:
    """Whether a target is reached shows in a later grading of the branches. One without a day yet is asked about elsewhere."""
    campaign = look.campaign
    rounds = [g for g in campaign.gradings if g.subject == BRANCH and not g.baseline]
    days = [campaign.task_by_key[g.task].deadline.end for g in rounds]
    dated = [t for t in campaign.targets if t.deadline.end is not None]
    if dated and not rounds:
        yield _said(tuple(dated), "到期前没有再次定级，无从知道是否达到；请在“定级”里加一轮")
    if None in days:
        return
    regraded = sorted(day for day in days if day is not None)
    early = [t for t in dated if regraded and t.deadline.end is not None and t.deadline.end < regraded[0]]
    if early:
        yield _said(tuple(early), _too_early(look, early[0], regraded[0]))


def _too_early(look: Look, target: Target, regraded: date) -> str:
    assert target.deadline.end is not None
    return f"{look.day(target.deadline.end)}就到期，再次定级{look.day(regraded)}才完成；请改其中一个时间"


def _said(found: tuple[Target, ...], text: str) -> Problem:
    """One sentence for all targets of which it is true."""
    which = f"目标“{found[0].words}”" if len(found) == 1 else f"{len(found)}条目标（“{found[0].words}”等）"
    return at(found[0], f"{which}{text}")
