"""报送版: what was submitted last for duties, as it was sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from storage.scope import Scope
from storage.some import some
from storage.tables import DUTY, PERSON, SPAN, SUBMISSION, TASK
from storage.units import on


class SubmissionRead(NamedTuple):
    """The last submission of a duty: `data` is JSON text or None, `at` UTC seconds; `proxy`: for the unit, by its superior (代填)."""

    duty_id: int
    data: str | None
    by: str
    at: int
    proxy: bool


def last_sent(connection: Connection, duty_ids: Sequence[int], *, scope: Scope, day: int) -> dict[int, SubmissionRead]:
    """{duty: its last submission}, of duties of units in scope."""
    found: dict[int, SubmissionRead] = {}
    for ids in some(duty_ids):
        last = select(func.max(SUBMISSION.c.id)).where(SUBMISSION.c.duty_id.in_(ids)).group_by(SUBMISSION.c.duty_id)
        asked = (
            select(
                SUBMISSION.c.duty_id,
                SUBMISSION.c.data,
                func.coalesce(PERSON.c.name, ""),
                SUBMISSION.c.at,
                SUBMISSION.c.proxy,
            )
            .join(DUTY, DUTY.c.id == SUBMISSION.c.duty_id)
            .join(SPAN, SPAN.c.unit_id == DUTY.c.unit_id)
            .outerjoin(PERSON, PERSON.c.id == SUBMISSION.c.by_person)
            .where(SUBMISSION.c.id.in_(last), on(day), scope.on(SPAN.c.path))
        )
        found |= {row[0]: SubmissionRead._make(row)._replace(proxy=bool(row[4])) for row in connection.execute(asked)}
    return found


def forms_sent(
    connection: Connection, *, campaign_id: int, task_keys: Collection[str], scope: Scope, day: int, unit_id: int | None = None
) -> dict[int, str]:
    """{unit: what it last submitted for some tasks, as JSON text}, of units in scope or of one of them: the evidence of a next form."""
    last = (
        select(DUTY.c.unit_id, func.max(SUBMISSION.c.id).label("id"))
        .join(DUTY, DUTY.c.id == SUBMISSION.c.duty_id)
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .where(DUTY.c.campaign_id == campaign_id, TASK.c.key.in_(list(task_keys)), SUBMISSION.c.data.is_not(None))
        .where(DUTY.c.state.in_(("submitted", "accepted")))
        .where(*([DUTY.c.unit_id == unit_id] if unit_id is not None else []))
        .group_by(DUTY.c.unit_id)
        .subquery()
    )
    asked = (
        select(last.c.unit_id, SUBMISSION.c.data)
        .join(SUBMISSION, SUBMISSION.c.id == last.c.id)
        .join(SPAN, SPAN.c.unit_id == last.c.unit_id)
        .where(on(day), scope.on(SPAN.c.path))
    )
    return {int(unit): str(data) for unit, data in connection.execute(asked)}
