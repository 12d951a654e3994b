"""What a stage itself asks, where its text names no single paper or piece of work: that it be gone through by its day."""

from __future__ import annotations

from collections.abc import Iterable

from phases.reader.nouns import Demand, Head, Outline, Stage
from phases.reader.people import ADDRESSEES, Doer, doer
from phases.reader.utterance import Notice
from phases.reader.whom import known_kinds

FIRST = 2
"""Whom a stage is about stands in its heading or in the sentence after it; further down single cases are treated."""


def stage_work(outline: Outline, head: Head, stages: tuple[Stage, ...], asked: Iterable[Demand]) -> tuple[Demand, ...]:
    """One demand for each stage in which nothing else is asked: 摸底 of those its text names, else of the addressees.

    Without it nobody would owe anything there, and the calendar would pass over the stage in silence.
    """
    busy = {demand.stage for demand in asked if demand.status == "binding"}
    notice = Notice.of(outline, head, stages)
    idle = [stage for stage in stages if not stage.overall and stage.name not in busy]
    return tuple(_work(stage, _doer(notice, stage)) for stage in idle)


def _work(stage: Stage, by: Doer) -> Demand:
    return Demand(what=stage.name, quote=stage.quote, who=by.names, office=by.office, stage=stage.name)


def _doer(notice: Notice, stage: Stage) -> Doer:
    """The first in the stage's text who is surely a unit of ours, or an office; whoever else seems to act may be a figure of speech."""
    said = [u for u in notice.utterances if u.stage is not None and u.stage.name == stage.name][:FIRST]
    named = (doer(u, len(u.shape), notice.head) for u in said)
    return next((by for by in named if by.names and all(_is_sure(name, by) for name in by.names)), ADDRESSEES)


def _is_sure(name: str, by: Doer) -> bool:
    return bool(known_kinds((name,))) or (by.office and not name.startswith("上级"))
