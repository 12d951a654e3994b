"""What takes effect when a submission is accepted: grades are confirmed, duties by grade arise, plan items enter the 整改台账."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from duban.service.context import Context, Running, day_of
from duban.service.owing import owed_of
from phases.grading import UNRATED
from storage import campaigns, enrol, grades
from storage.acts import Acts, CaseRead
from storage.scope import EVERYTHING
from storage.units import path_below
from workflow.errors import Reason
from workflow.facts import DutyFacts
from workflow.model import SECOND_LEVEL, Grading, Task

SHOWN = 5


def grading_reasons(
    acts: Acts, running: Running, case: CaseRead, task: Task, data: Mapping[str, Any], today: date
) -> tuple[Reason, ...]:
    """A grader grades the units below him, each once, and all of them."""
    subjects = {code for code, _, _ in subjects_of(acts, running, case, _grading(running, task), today)}
    given = [str(row["unit"]) for row in data["grades"]]
    strange = sorted(set(given) - subjects)
    missing = sorted(subjects - set(given))
    reasons = []
    if strange:
        reasons.append(
            Reason(
                code="unknown-unit",
                text=f"{_some(strange)}不在{case.unit_name}定级的范围内",
                unblock="核对单位编号；只填写由本单位定级的党组织",
            )
        )
    if missing:
        reasons.append(
            Reason(
                code="grades-missing",
                text=f"还有{len(missing)}个党组织没有定级：{_some(missing)}",
                unblock=f"补上等次；不参加定级的填“{UNRATED}”并写明理由",
            )
        )
    return tuple(reasons)


def confirm(context: Context, acts: Acts, running: Running, case: CaseRead, duty: DutyFacts, *, by: int, now: int) -> list[int]:
    """Make effective what was last submitted for a duty that has just been accepted.

    Returns cases of which a duty no longer applies, so that the caller asks whether they move on.
    """
    text = acts.last_data(duty.id) if duty.task.form is not None else None
    if text is None:
        return []
    data = json.loads(text)
    if duty.task.grading is not None:
        return _confirm_grades(context, acts, running, case, duty, data, by=by, now=now)
    if duty.task.form == "整改计划":
        _register_items(acts, running, case, duty, data, now=now)
    elif duty.task.form == "整改结果":
        _close_items(acts, running, case, data, today=day_of(now, running.campaign.zone))
    return []


def _confirm_grades(
    context: Context,
    acts: Acts,
    running: Running,
    case: CaseRead,
    duty: DutyFacts,
    data: Mapping[str, Any],
    *,
    by: int,
    now: int,
) -> list[int]:
    assert acts.connection is not None
    campaigns.hold(acts.connection, running.id)
    if context.refresh(acts.connection):  # the calendar changed while this waited
        running = context.running(running.id)
    grading = _grading(running, duty.task)
    today = day_of(now, running.campaign.zone)
    known = {code: (unit_id, path) for code, unit_id, path in subjects_of(acts, running, case, grading, today)}
    before = grades.grades(acts.connection, scope=EVERYTHING, campaign_id=running.id, grading=grading.no, day=today.toordinal())
    rows = [
        {
            "unit_id": known[str(row["unit"])][0],
            "grade": row["grade"],
            "self_score": row.get("self"),
            "superior_score": row.get("superior"),
            "final_score": row.get("final"),
            "satisfaction": row.get("satisfaction"),
            "reason": row.get("reason"),
            "problem": row.get("problem"),
            "duty_id": duty.id,
            "by_person": by,
            "effective_on": today.toordinal(),
        }
        for row in data["grades"]
        if str(row["unit"]) in known
    ]
    grades.confirm_grades(acts.connection, rows, campaign_id=running.id, grading=grading.no, at=now)
    paths = {unit_id: path for unit_id, path in known.values()}
    for row in rows:
        unit_id = int(row["unit_id"])
        old = before.get(unit_id)
        acts.journal(_grade_line(running, row, path=paths[unit_id], old=old.grade if old else None, duty=duty, now=now))
    return _owe_by_grade(context, acts, running, grading, today=today, now=now, by=by)


def _grade_line(
    running: Running, row: Mapping[str, Any], *, path: str, old: str | None, duty: DutyFacts, now: int
) -> dict[str, Any]:
    """A grade never changes without a trace: from, to, by whom, resting on which submission."""
    return {
        "recorded_at": now,
        "effective_on": row["effective_on"],
        "campaign_id": running.id,
        "unit_id": row["unit_id"],
        "unit_path": path,
        "case_id": None,
        "duty_id": None,
        "task_id": None,
        "act": "grade",
        "from_state": old,
        "to_state": row["grade"],
        "due_day_from": None,
        "due_day": None,
        "on_time": None,
        "by_person": row["by_person"],
        "via": None,
        "reason": row["reason"],
        "data": json.dumps({"submission_of": duty.id}),
    }


def _owe_by_grade(
    context: Context, acts: Acts, running: Running, grading: Grading, *, today: date, now: int, by: int
) -> list[int]:
    """Tasks for certain grades arise for the units just graded so; of units re-graded, what was not begun is closed."""
    assert acts.connection is not None
    campaign = running.campaign
    ids = campaigns.task_ids(acts.connection, running.id)
    freed: list[int] = []
    for task in campaign.tasks:
        if not task.selector.grades or task.track != grading.subject or not grading.baseline:
            continue
        units = enrol.graded_units(running.id, grading.no, task.selector.grades)
        freed += enrol.void_unbegun(
            acts.connection,
            campaign_id=running.id,
            task_id=ids[task.key],
            graded=enrol.graded_units(running.id, grading.no, _others(grading, task)),
            day=today.toordinal(),
            at=now,
            by=by,
        )
        for owed in owed_of(context.calendar, campaign, task, ids[task.key], today=today, launch=False):
            enrol.revive(acts.connection, owed, campaign_id=running.id, units=units, day=today.toordinal(), at=now, by=by)
            enrol.owe(
                acts.connection,
                owed,
                campaign_id=running.id,
                day=today.toordinal(),
                at=now,
                by=by,
                units=units,
                reason="定级确定后产生",
            )
    return freed


def _others(grading: Grading, task: Task) -> tuple[str, ...]:
    """The grades for which a task is not; who is not rated has none of its grades either."""
    return tuple(grade for grade in (*grading.scale, UNRATED) if grade not in task.selector.grades)


def _register_items(
    acts: Acts, running: Running, case: CaseRead, duty: DutyFacts, data: Mapping[str, Any], *, now: int
) -> None:
    """A plan accepted once more corrects its items in their order; what it no longer has is void."""
    assert acts.connection is not None
    items = [_item(item) for item in data.get("items", [])]
    kept = grades.item_numbers(acts.connection, campaign_id=running.id, unit_id=case.unit_id, duty_id=duty.id)
    taken = grades.item_numbers(acts.connection, campaign_id=running.id, unit_id=case.unit_id)
    grades.correct_items(acts.connection, dict(zip(kept, items, strict=False)), duty_id=duty.id)
    grades.void_items(acts.connection, kept[len(items) :], duty_id=duty.id)
    common = {"campaign_id": running.id, "unit_id": case.unit_id, "duty_id": duty.id, "kind": "problem", "state": "open"}
    fresh = enumerate(items[len(kept) :], max(taken, default=0) + 1)
    rows: list[dict[str, object]] = [
        {**common, "version": 1, "recorded_at": now, "no": number, **item} for number, item in fresh
    ]
    grades.add_items(acts.connection, rows)


def _item(given: Mapping[str, Any]) -> dict[str, object]:
    words = {name: given.get(name) for name in ("category", "problem", "goal", "measure", "owner")}
    return {**words, "due_day": date.fromisoformat(given["due"]).toordinal() if given.get("due") else None}


def _close_items(acts: Acts, running: Running, case: CaseRead, data: Mapping[str, Any], *, today: date) -> None:
    assert acts.connection is not None
    changes: list[dict[str, object]] = [
        {
            "no": item["no"],
            "state": "closed" if item["done"] else "open",
            "result": item.get("result"),
            "checked_by": item.get("checked_by"),
            "closed_on": today.toordinal() if item["done"] else None,
        }
        for item in data.get("items", [])
    ]
    grades.close_items(acts.connection, changes, campaign_id=running.id, unit_id=case.unit_id)


def _grading(running: Running, task: Task) -> Grading:
    return next(g for g in running.campaign.gradings if g.no == task.grading)


def subjects_of(acts: Acts, running: Running, case: CaseRead, grading: Grading, today: date) -> list[tuple[str, int, str]]:
    """Second-level graders grade their own subtree; an office grades the whole tree."""
    path = case.unit_path if case.unit_kind in SECOND_LEVEL else path_below("/", running.root_id)
    return acts.subjects(running.id, grading.subject, path, today.toordinal())


def _some(codes: list[str]) -> str:
    return "、".join(codes[:SHOWN]) + (f"等{len(codes)}个" if len(codes) > SHOWN else "")
