"""What is known already for a form: nothing is typed twice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from duban.service.duty_at import DutyAt
from duban.service.effects import subjects_of
from storage import grades as grade_rows
from storage import submissions as rows
from storage import units as unit_rows
from storage.scope import EVERYTHING, Scope
from storage.units import UnitRead
from workflow.model import Grading

if TYPE_CHECKING:
    from sqlalchemy import Connection

SELF_RATING = "自评"


@dataclass(frozen=True, kw_only=True)
class NamedRows:
    """The entries of a list are given, each known by one of its fields: {"0101": "教工第一党支部"} by `unit`; `notes` say more of each."""

    key: str
    names: Mapping[str, str]
    notes: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Known:
    """`data` begins a form; `lists` are its lists whose entries are given; `suggested` are words for a field of this name."""

    data: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    lists: Mapping[str, NamedRows] = field(default_factory=lambda: MappingProxyType({}))
    suggested: Mapping[str, Sequence[str]] = field(default_factory=lambda: MappingProxyType({}))

    def completed(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """`data` as somebody filled them in, with the given entries as they are today: no more and no fewer."""
        made = dict(data)
        for name, given in self.lists.items():
            said = {str(row.get(given.key, "")): row for row in _rows(data.get(name))}
            made[name] = [said.get(str(row[given.key]), row) for row in self.data[name]]
        return made


def known(connection: Connection, at: DutyAt, *, scope: Scope) -> Known:
    """What a duty's form begins with, for somebody who may fill it in."""
    suggested = {"category": _points(at)}
    if at.task.grading is not None:
        return _to_grade(connection, at, scope=scope)
    if at.task.form == "整改计划":
        return Known(data=_problems(connection, at, scope=scope), suggested=suggested)
    if at.task.form == "整改结果":
        return _results(connection, at, scope=scope)
    if at.task.form == "承诺":
        return Known(data=_promise(connection, at, scope=scope))
    return Known(suggested=suggested)


def _points(at: DutyAt) -> Sequence[str]:
    """The aspects the notice names (要点): of the phase in which the unit rates itself, else of the duty's own."""
    track = at.facts.case.track
    rated = next((task.phase for task in at.campaign.tasks if task.track == track.key and task.form == SELF_RATING), None)
    wanted = rated or at.task.phase
    return next((phase.points for phase in track.phases if phase.name == wanted), ())


def _problems(connection: Connection, at: DutyAt, *, scope: Scope) -> dict[str, Any]:
    """A plan begins with the problems the branch found itself."""
    problems = _rows(_self_ratings(connection, at, at.case.track, scope=scope, unit=at.case.unit_id).get("problems"))
    return {"items": [{"category": p.get("category", ""), "problem": p.get("text", "")} for p in problems]} if problems else {}


def _results(connection: Connection, at: DutyAt, *, scope: Scope) -> Known:
    """A result is told by the entries of the unit's register."""
    items = _register(connection, at, scope=scope)
    if not items:
        return Known()
    done = [
        {"no": item.no, "done": True, "result": item.result or ""} if item.state == "closed" else {"no": item.no}
        for item in items
    ]
    names = {str(item.no): f"{item.no}. {item.problem or ''}" for item in items}
    notes = {str(item.no): f"措施：{item.measure}" for item in items if item.measure}
    return Known(data={"items": done}, lists={"items": NamedRows(key="no", names=names, notes=notes)})


def _promise(connection: Connection, at: DutyAt, *, scope: Scope) -> dict[str, Any]:
    """A promise repeats what the plan says."""
    items = _register(connection, at, scope=scope)
    measures = [item.measure for item in items if item.measure][:10]
    last = max((item.due_day for item in items if item.due_day is not None), default=None)
    made: dict[str, Any] = {"measures": measures} if measures else {}
    return made | ({"due": date.fromordinal(last).isoformat()} if last is not None else {})


def _to_grade(connection: Connection, at: DutyAt, *, scope: Scope) -> Known:
    """A grader's list: every unit he grades, with its own score, and beside it what it is and how it was graded last."""
    grading = next(g for g in at.campaign.gradings if g.no == at.task.grading)
    subjects = subjects_of(at.acts, at.running, at.case, grading, at.today)
    day = at.today.toordinal()
    units = {unit.id: unit for unit in unit_rows.units(connection, scope=scope, day=day)}
    before = _graded_before(connection, at, grading, units)
    sent = rows.forms_sent(
        connection, campaign_id=at.running.id, task_keys=_rating_tasks(at, grading.subject), scope=scope, day=day
    )
    scores = {unit: json.loads(text).get("score") for unit, text in sent.items()}
    begun = [{"unit": code} | ({"self": scores[id_]} if scores.get(id_) is not None else {}) for code, id_, _ in subjects]
    names = {code: units[id_].name for code, id_, _ in subjects if id_ in units}
    notes = {code: _said(units[id_], before.get(id_)) for code, id_, _ in subjects if id_ in units}
    return Known(data={"grades": begun}, lists={"grades": NamedRows(key="unit", names=names, notes=notes)})


def _graded_before(connection: Connection, at: DutyAt, grading: Grading, units: Mapping[int, UnitRead]) -> dict[int, str]:
    """The last grade of each unit: of the round before this one, else the one it came with."""
    before = {unit.id: unit.grade for unit in units.values() if unit.grade}
    rounds = [other for other in at.campaign.gradings if other.subject == grading.subject and other.no < grading.no]
    for one in rounds:
        found = grade_rows.grades(
            connection, scope=EVERYTHING, campaign_id=at.running.id, grading=one.no, day=at.today.toordinal()
        )
        before |= {unit: grade.grade for unit, grade in found.items()}
    return before


def _said(unit: UnitRead, grade: str | None) -> str:
    """专任教师，12人，上次一般"""
    words = [unit.branch_kind, f"{unit.members}人" if unit.members is not None else None, f"上次{grade}" if grade else None]
    return "，".join(word for word in words if word)


def _register(connection: Connection, at: DutyAt, *, scope: Scope) -> list[grade_rows.ItemRead]:
    found = grade_rows.items(connection, scope=scope, campaign_id=at.running.id, day=at.today.toordinal())
    return [item for item in found if item.unit_id == at.case.unit_id]


def _self_ratings(connection: Connection, at: DutyAt, track: str, *, scope: Scope, unit: int) -> dict[str, Any]:
    sent = rows.forms_sent(
        connection,
        campaign_id=at.running.id,
        task_keys=_rating_tasks(at, track),
        scope=scope,
        day=at.today.toordinal(),
        unit_id=unit,
    )
    return dict(json.loads(sent[unit])) if unit in sent else {}


def _rating_tasks(at: DutyAt, track: str) -> list[str]:
    return [task.key for task in at.campaign.tasks if task.track == track and task.form == SELF_RATING]


def _rows(found: object) -> list[dict[str, Any]]:
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
