"""The deadlines of a task as every unit owes it: one for a single task, one a period for a recurring one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from storage.enrol import Owed
from workflow.deadline import closes_at, occurrences, opens_at
from workflow.ladder import Group, first_look
from workflow.model import Campaign, Task
from workflow.terms import with_assumed
from workflow.workdays import WorkCalendar


def owed_of(
    calendar: WorkCalendar, campaign: Campaign, task: Task, task_id: int, *, today: date, launch: bool
) -> Iterator[Owed]:
    """What is owed from `today` on. Only at the launch do starting grades select; later the confirmed grade does."""
    grades = task.selector.grades if launch else ()
    common = Owed(task_id=task_id, track=task.track, branch_kinds=task.selector.branch_kinds, start_grades=grades)
    if task.deadline.every is not None:
        start = max(today, task.deadline.start or today)
        until = min(task.deadline.end or campaign.ends, campaign.ends)
        terms = with_assumed(calendar.terms, start, until)
        for occurrence in occurrences(task.deadline.every, start, until, terms):
            yield _dated(calendar, campaign, task, common, today, occurrence.first, occurrence.last, label=occurrence.label)
    else:
        yield _dated(calendar, campaign, task, common, today, task.deadline.start, task.deadline.end, label="")


def _dated(
    calendar: WorkCalendar,
    campaign: Campaign,
    task: Task,
    common: Owed,
    today: date,
    first: date | None,
    last: date | None,
    *,
    label: str,
) -> Owed:
    internal = None
    if last is not None and task.internal_workdays:
        internal = calendar.add(last, -task.internal_workdays).day
    look = None
    if last is not None and task.chased:
        look = first_look(campaign, Group(due=last, internal=internal, made_on=today), calendar)
    return replace(
        common,
        occurrence=label,
        opens_at=opens_at(first, campaign.zone) if first is not None and first > today else None,
        due_day=last.toordinal() if last is not None else None,
        closes_at=closes_at(last, task.deadline.hour, campaign.zone) if last is not None else None,
        locks_at=closes_at(task.locks, None, campaign.zone) if task.locks is not None else None,
        internal_day=internal.toordinal() if internal is not None else None,
        first_look=look,
    )
