"""报送版: what somebody submitted for a duty, kept as sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duban.service.visiting import Visitor
from storage import submissions as rows
from storage.scope import Scope
from workflow.model import Task

if TYPE_CHECKING:
    from sqlalchemy import Connection


GRADES = "grades"
ABOUT_GRADES = ("定级", "自评", "测评")
"""The form in which a unit grades those below it, and those on which its own grade rests."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """`data` is None where the task asks for no form; `at` UTC seconds; `proxy`: for the unit, by somebody of its superior (代填)."""

    data: Mapping[str, Any] | None
    by: str
    at: int
    proxy: bool


def last_submission(connection: Connection, duty: int, *, scope: Scope, day: int) -> Submission | None:
    """What was submitted last for a duty whose unit is in scope; None before that."""
    found = rows.last_sent(connection, [duty], scope=scope, day=day).get(duty)
    if found is None:
        return None
    data = json.loads(found.data) if found.data is not None else None
    return Submission(data=data, by=found.by, at=found.at, proxy=found.proxy)


def may_read(visitor: Visitor, task: Task | None, *, unit: int, path: str) -> bool:
    """Whether somebody reads what a unit (its id, and path today) sent for a task (None: the definition has it no more).

    Its own people read what they wrote. Grades, and what they rest on, are otherwise read by those who need them.
    """
    is_open = task is not None and task.form not in ABOUT_GRADES
    return is_open or unit in visitor.own or visitor.sees_grades_of(path)


def graded_codes(data: Mapping[str, Any] | None) -> list[str]:
    """The units of a list of grades, by their codes; none of anything else that was sent."""
    entries = (data or {}).get(GRADES)
    return [str(one["unit"]) for one in entries if isinstance(one, dict) and "unit" in one] if isinstance(entries, list) else []
