"""A notice as a draft: everything found in it, put where it belongs, answered questions applied, open ones listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from phases.reader.aims import aims
from phases.reader.answers import Answers, head_with, settled
from phases.reader.demands import demands
from phases.reader.document import Document
from phases.reader.doubts import doubts_of
from phases.reader.head import head
from phases.reader.keys import named_apart
from phases.reader.nouns import Demand, Draft, Stage
from phases.reader.outline import outline
from phases.reader.scales import scales
from phases.reader.stage_work import stage_work
from phases.reader.stages import stages


def draft(document: Document, answers: Mapping[str, str] | None = None) -> Draft:
    """Read a notice. `answers` are under the keys of the questions of an earlier draft (`Doubt.answer_key`).

    Raises `DefinitionError` naming every answer that is not understood or belongs to no question.
    """
    given = Answers(answers or {})
    built = outline(document)
    top = head_with(head(built), given)
    found = stages(built, top)
    asked = tuple(_within_its_stage(d, found) for d in demands(built, top, found))
    first = Draft(
        document=document,
        head=top,
        stages=found,
        deliverables=tuple(d for d in asked if is_deliverable(d)),
        recurring=tuple(d for d in asked if comes_again(d)),
        tasks=(
            *(d for d in asked if not comes_again(d) and not is_deliverable(d) and d.status in ("binding", "tentative")),
            *stage_work(built, top, found, asked),
        ),
        scales=scales(built, top, found),
        aims=aims(built, top),
    )
    final = settled(named_apart(first), given)
    given.complain()
    return replace(final, doubts=tuple(doubts_of(final)))


def _within_its_stage(demand: Demand, found: tuple[Stage, ...]) -> Demand:
    """活动结束后 within a stage that has its own time is no day to ask for: the stage says when."""
    line = demand.deadline
    if line is None or not line.event or not line.event.endswith("结束") or demand.stage is None:
        return demand
    timed = any(stage.name == demand.stage and stage.deadline and stage.deadline.end for stage in found)
    return replace(demand, deadline=None) if timed else demand


def is_deliverable(demand: Demand) -> bool:
    """A paper or a dated piece of work that somebody other than an office or superior owes."""
    if demand.office or demand.status not in ("binding", "tentative") or comes_again(demand):
        return False
    line = demand.deadline
    dated = line is not None and line.event is None and (line.end is not None or "damaged" in line.flags)
    return dated or bool(demand.materials and demand.to)


def comes_again(demand: Demand) -> bool:
    """Is it done again and again, at intervals given (每月) or still to be given (定期召开)?"""
    line = demand.deadline
    return demand.status == "binding" and line is not None and line.kind == "recurring"
