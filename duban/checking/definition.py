"""Is a definition fit to launch: what is wrong with it, what somebody should look at, and what is still to be decided?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from phases.checks import in_order, open_questions, warnings_of
from phases.compile import compile_definition
from workflow.errors import DefinitionError, Problem
from workflow.workdays import WorkCalendar

if TYPE_CHECKING:
    from duban.workbook import UnitsFile


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found, each ordered by line. Only `problems` keep a definition from being launched."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    questions: tuple[Problem, ...] = ()


def check_definition(text: str, *, name: str, units: Sequence[Path] = (), on: date | None = None) -> Checked:
    """Check a definition as it would be launched on the day `on`, by default on the day of publication.

    With files of `units` also: their bad rows, and with sound ones who has nothing to do and whom a rung would not find.
    """
    found = _read_units(units) if units else None
    bad_rows = tuple(_in_file(problem, units) for problem in found.problems) if found else ()
    try:
        campaign = compile_definition(text, name=name)
    except DefinitionError as error:
        return Checked(problems=(*error.problems, *bad_rows))
    warnings = warnings_of(campaign, calendar=WorkCalendar(), on=on)
    if found is not None and not bad_rows:
        from duban.checking.against_units import against_units

        warnings = in_order((*warnings, *against_units(campaign, found, on or campaign.counts_from)))
    return Checked(problems=bad_rows, warnings=warnings, questions=open_questions(campaign))


def _read_units(paths: Sequence[Path]) -> UnitsFile:
    from duban.given_files import read_file
    from duban.workbook import read_units

    return read_units({path.name: read_file(path) for path in paths})


def _in_file(problem: Problem, paths: Sequence[Path]) -> Problem:
    """A row of a file of units: not to be taken for a line of the definition."""
    named = any(path.name in problem.path for path in paths)
    return problem if named else replace(problem, path=f"{'、'.join(path.name for path in paths)} {problem.path}")
