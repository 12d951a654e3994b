"""Notices in our own words, each with what a person says it means: phases, day of issue, papers, and every quote verbatim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache

import pytest

from bench.gold import Notice, notices_in
from bench.reading import OWN, Score, read_notice, score, total
from phases.reader.document import Document, Quote
from phases.reader.draft import draft
from phases.reader.nouns import Draft

NOTICES = {notice.name: notice for notice in notices_in(OWN)}
NO_PHASES = [name for name, notice in NOTICES.items() if not notice.gold["phases"]]


def test_there_are_notices_of_many_kinds():
    assert len(NOTICES) >= 21
    assert len(NO_PHASES) >= 6


@pytest.mark.parametrize("name", NOTICES)
def test_gold_answer_quotes_its_own_notice(name: str):
    notice = NOTICES[name]
    kinds = ("phases", "deliverables", "recurring", "targets", "undated", "events", "relative", "superseded", "limits")

    quotes = [item["quote"] for kind in kinds for item in notice.gold.get(kind, ())]

    assert [quote for quote in quotes if quote not in notice.text] == []


@pytest.mark.parametrize("name", NOTICES)
def test_phases_are_those_of_the_notice(name: str):
    one = scored(name)

    assert (one.found, one.wrong, one.invented) == (one.phases, 0, 0), one.misses


@pytest.mark.parametrize("name", NOTICES)
def test_day_of_issue_is_that_of_the_notice(name: str):
    one = scored(name)

    assert one.issued == 1, one.misses


@pytest.mark.parametrize("name", NOTICES)
def test_no_deadline_is_invented(name: str):
    one = scored(name)

    assert one.extra == 0, one.misses


@pytest.mark.parametrize("name", NOTICES)
def test_every_quote_stands_in_the_notice_on_the_line_that_is_said(name: str):
    found = drafted(name)
    lines = found.document.text.split("\n")

    quotes = list(quotes_in(found))

    assert quotes
    for quote in quotes:
        assert found.document.text[quote.at : quote.to] == quote.text
        assert quote.text.split("\n")[0] in lines[quote.line - 1]


@pytest.mark.parametrize("name", NOTICES)
def test_quotes_of_the_json_stand_in_the_notice(name: str):
    one = scored(name)

    assert one.loose == 0, one.misses


@pytest.mark.parametrize(
    ("what", "least"),
    [("papers", 0.85), ("recurring", 0.85), ("targets", 0.85), ("grades", 0.85)],
)
def test_most_of_what_is_asked_for_is_found(what: str, least: float):
    everything = total([scored(name) for name in NOTICES])
    asked = {"grades": everything.notices}.get(what) or getattr(everything, what)
    found = everything.grades if what == "grades" else getattr(everything, f"{what}_found")

    assert found >= least * asked, everything.misses


def test_damaged_day_is_a_question():
    questions = read_notice(NOTICES["002"])["questions"]

    about = [question for question in questions if "617前" in question["quote"]]

    assert about
    assert any("6月17日" in question["proposal"] for question in about)


def test_stage_without_a_time_is_a_question():
    for name in ("000", "011", "018", "029"):
        undated = [phase["quote"] for phase in NOTICES[name].gold["phases"] if phase["start"] is phase["end"] is None]
        questions = read_notice(NOTICES[name])["questions"]

        asked = [quote for quote in undated if any(shares_words(quote, question["quote"]) for question in questions)]

        assert asked == undated, name


def shares_words(quote: str, other: str) -> bool:
    return bool(other) and (quote in other or other in quote)


@cache
def drafted(name: str) -> Draft:
    return draft(Document(text=NOTICES[name].text))


@cache
def scored(name: str) -> Score:
    notice: Notice = NOTICES[name]
    return score(notice, read_notice(notice))


def quotes_in(value: object) -> Iterator[Quote]:
    """Every quote anywhere in a draft."""
    if isinstance(value, Quote):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from quotes_in(item)
    elif is_dataclass(value) and not isinstance(value, Document):
        for one in fields(value):
            yield from quotes_in(getattr(value, one.name))
