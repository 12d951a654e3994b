"""Definitions made from the standard campaign by replacing words, and what the checks say about them."""

from __future__ import annotations

from datetime import date

from phases import library
from phases.checks import warnings_of
from phases.compile import compile_definition
from workflow.errors import Problem
from workflow.workdays import WorkCalendar

STANDARD = library.text("standard")
HEAD = "活动: 试点\n发文: 学校党委\n印发: 2012-03-26\n参加: [二级党组织, 党支部]\n联系人: {单位: 组织部, 电话: 0000-0000}\n"
"""Five lines about which there is nothing to say; Monday 2012-03-26."""


def standard(*changes: tuple[str, str]) -> str:
    """The standard campaign with words replaced; each must stand in it exactly once."""
    return changed(STANDARD, *changes)


def changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def warnings(text: str, on: date | None = None) -> tuple[Problem, ...]:
    return warnings_of(compile_definition(text), calendar=WorkCalendar(), on=on)


def said(text: str, on: date | None = None) -> list[str]:
    """The sentences without their places."""
    return [warning.text for warning in warnings(text, on)]


def new(text: str, on: date | None = None) -> list[str]:
    """What is said of a changed standard campaign and was not said of the standard one."""
    known = said(STANDARD, on)
    return [sentence for sentence in said(text, on) if sentence not in known]
