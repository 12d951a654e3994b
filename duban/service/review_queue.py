"""待审核: what was sent to a reviewer and waits for him, with enough beside it to decide."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from duban.service.context import Context
from duban.service.facts import WAYS
from duban.service.reviewed import Owed, Reviewed
from duban.service.submission import graded_codes
from storage import matrix as rows
from storage import messages as message_rows
from storage.matrix import CaseOf
from storage.scope import Scope
from storage.submissions import SubmissionRead, last_sent
from workflow.guards import COPY_WORDS
from workflow.model import DutyState, Task, Way

RESULT = "整改结果"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One duty that waits for review. `seen` is the version of its case.

    `data` is what was sent, None where nothing was (the form asks for nothing, or only paper came in); `by` is who sent it, empty for
    paper. `received` and `missing` are the copies the notice asks for that are registered, and that are not. `review_by` is the last
    day of the reviewer's time. `returned` is what was asked when it was sent back before; `problems` are those of the unit's plan by
    their numbers, where results are reported; `names` those of the units that were graded, by their codes.
    """

    duty: int
    case: int
    seen: int
    unit: str
    name: str
    above: str
    task: Task
    occurrence: str
    at: int | None
    by: str
    proxy: bool
    late: int
    data: Mapping[str, Any] | None
    received: tuple[str, ...]
    missing: tuple[str, ...]
    review_by: date | None
    returned: str
    problems: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def review_queue(context: Context, reviewed: Reviewed, *, scope: Scope) -> tuple[Waiting, ...]:
    """By task in the order of the definition, and within one what came first."""
    known = reviewed.running.campaign.task_by_key
    waiting = [
        (case, owed)
        for case in reviewed.cases
        for owed in reviewed.duties[case.case_id]
        if owed[0].state == DutyState.SUBMITTED and owed[0].task_key in known
    ]
    if not waiting:
        return ()
    ids, day = [duty.duty_id for _, (duty, _) in waiting], reviewed.today.toordinal()
    with context.database.read() as connection:
        sent = last_sent(connection, ids, scope=scope, day=day)
        returned = message_rows.returned(connection, ids)
        units = [case.unit_id for case, (duty, _) in waiting if known[duty.task_key].form == RESULT]
        problems = rows.problems(connection, units, scope=scope, campaign_id=reviewed.running.id, day=day)
        codes = [code for one in sent.values() for code in graded_codes(json.loads(one.data) if one.data else None)]
        names = rows.names_by_code(connection, codes, scope=scope, day=day)
    order = {task: no for no, task in enumerate(known)}
    waiting.sort(key=lambda one: (order[one[1][0].task_key], one[1][0].submitted_at or 0))
    return tuple(_waiting(case, owed, known, sent, returned, problems, names) for case, owed in waiting)


def _waiting(
    case: CaseOf,
    owed: Owed,
    known: Mapping[str, Task],
    sent: Mapping[int, SubmissionRead],
    returned: Mapping[int, str],
    problems: Mapping[int, Mapping[int, str]],
    names: Mapping[str, str],
) -> Waiting:
    duty, status = owed
    task, ways = known[duty.task_key], WAYS[duty.ways]
    # What was taken back, or sent back before paper came in, is not what stands now.
    stands = sent.get(duty.duty_id) if Way.ONLINE in ways else None
    return Waiting(
        duty=duty.duty_id,
        case=case.case_id,
        seen=case.version,
        unit=case.code,
        name=case.name,
        above=case.above or "",
        task=task,
        occurrence=duty.occurrence,
        at=stands.at if stands is not None else duty.submitted_at,
        by=stands.by if stands is not None else "",
        proxy=bool(stands and stands.proxy),
        late=status.days_late,
        data=json.loads(stands.data) if stands is not None and stands.data is not None else None,
        received=_copies(task.ways, ways, registered=True),
        missing=_copies(task.ways, ways, registered=False),
        review_by=date.fromordinal(duty.review_day) if duty.review_day is not None else None,
        returned=returned.get(duty.duty_id, ""),
        problems=problems.get(case.unit_id, {}) if task.form == RESULT else {},
        names=names if task.grading is not None else {},
    )


def _copies(asked: Sequence[Way], came: frozenset[Way], *, registered: bool) -> tuple[str, ...]:
    return tuple(COPY_WORDS[way] for way in asked if way in COPY_WORDS and (way in came) == registered)
