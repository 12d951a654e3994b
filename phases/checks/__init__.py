"""What a person should look at in a definition that can run: one module a question, each finding a sentence with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from phases.checks import (
    contact,
    enough_time,
    grades,
    ladder,
    papers,
    plans,
    readings,
    rest_days,
    targets,
    ways,
    windows,
)
from phases.checks.look import Look
from workflow.errors import Problem
from workflow.model import Campaign, Question
from workflow.workdays import WorkCalendar

__all__ = ["in_order", "open_questions", "warnings_of"]

QUESTIONS: tuple[Callable[[Look], Iterator[Problem]], ...] = (
    enough_time.enough_time,
    rest_days.rest_days,
    readings.readings,
    windows.windows,
    ways.ways,
    plans.plans,
    papers.papers,
    grades.grades,
    targets.targets,
    ladder.ladder,
    contact.contact,
)


def warnings_of(campaign: Campaign, *, calendar: WorkCalendar, on: date | None = None) -> tuple[Problem, ...]:
    """Every warning, ordered by line; none of them keeps a definition from being launched.

    `on` is the day of the launch that is looked at; without it time is counted from the day of publication. What is still asked
    under 待定 is no warning as well: see `open_questions`.
    """
    look = Look(campaign=campaign, calendar=calendar, on=on)
    return in_order(problem for question in QUESTIONS for problem in question(look))


def open_questions(campaign: Campaign) -> tuple[Problem, ...]:
    """What somebody still has to decide (待定), with the words of the notice and the proposal."""
    return in_order(Problem(text=_question(each), line=each.line, path="待定") for each in campaign.questions)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By line, what has no line last; each only once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.line is None, problem.line or 0)))


def _question(question: Question) -> str:
    quote = f"（原文“{question.words}”）" if question.words else ""
    proposal = f"；建议：{question.proposal}" if question.proposal else ""
    return f"{question.text}{quote}{proposal}"
