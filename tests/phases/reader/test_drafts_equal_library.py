"""Five notices with the build of the five source notices: their drafts, with answers, are the ready-made campaigns."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from importlib.resources import files
from unicodedata import normalize

import pytest

from bench.reading import OWN
from phases.compile import compile_definition
from phases.reader.document import Document
from phases.reader.draft import draft
from phases.reader.write import definition_text
from workflow.model import Campaign

PAIRS = (("000", "d0"), ("001", "d1"), ("002", "d2"), ("003", "d3"), ("004", "d4"))


@pytest.mark.parametrize(("notice", "ready"), PAIRS)
def test_phases_have_the_names_phrases_and_windows_of_the_ready_made_campaign(notice: str, ready: str):
    assert phases(drafted(notice)) == phases(ready_made(ready))


@pytest.mark.parametrize(("notice", "ready"), PAIRS)
def test_papers_are_those_of_the_ready_made_campaign(notice: str, ready: str):
    assert papers(drafted(notice)) == papers(ready_made(ready))


@pytest.mark.parametrize(("notice", "ready"), PAIRS)
def test_targets_are_those_of_the_ready_made_campaign(notice: str, ready: str):
    assert targets(drafted(notice)) == targets(ready_made(ready))


@pytest.mark.parametrize(("notice", "ready"), PAIRS)
def test_campaign_is_dated_as_the_ready_made_one(notice: str, ready: str):
    ours, theirs = drafted(notice), ready_made(ready)

    assert (ours.issued, ours.counts_from) == (theirs.issued, theirs.counts_from)


def test_damaged_day_becomes_a_deadline_when_it_is_answered():
    answers = {**answers_to("002"), "报送/总结和评先评优材料/时间": "6月17日前"}

    campaign = compile_definition(definition_text(draft(notice_text("002"), answers)), name="002")

    assert [task.deadline.end for task in campaign.tasks if task.materials] == [date(2012, 6, 17)]


def phases(campaign: Campaign) -> list[tuple[str, str, date | None, date | None]]:
    """Name, phrase, first and last day of each phase of the longest track; one dash is as good as another."""
    track = max(campaign.tracks, key=lambda track: len(track.phases))
    return [(phase.name, normalize("NFKC", phase.deadline.words), phase.opens, phase.closes) for phase in track.phases]


def papers(campaign: Campaign) -> list[tuple[tuple[str, ...], str | None, str, date | None]]:
    """Materials, receiver, who hands in, last day of each delivery."""
    return sorted((task.materials, task.receiver, task.track, task.deadline.end) for task in campaign.tasks if task.materials)


def targets(campaign: Campaign) -> list[tuple[str, tuple[str, ...], float, date | None]]:
    return [(target.from_grade, target.to_grades, float(target.share), target.deadline.end) for target in campaign.targets]


@cache
def drafted(notice: str) -> Campaign:
    """The campaign of a notice, its questions answered as far as the ready-made one has an answer."""
    found = draft(notice_text(notice), answers_to(notice))
    return compile_definition(definition_text(found, name=f"{notice}.txt"), name=f"{notice}.yaml")


@cache
def ready_made(name: str) -> Campaign:
    return compile_definition((files("phases") / "library" / f"{name}.yaml").read_text(encoding="utf-8"), name=f"{name}.yaml")


def notice_text(name: str) -> Document:
    return Document(text=(OWN / f"{name}.txt").read_text(encoding="utf-8"))


def answers_to(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((OWN / f"{name}.answers.json").read_text(encoding="utf-8"))
    return found
