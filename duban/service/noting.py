"""记录: one line of the journal about what somebody did that moves no case and no duty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from duban.service.context import Context
from storage.acts import Acts, CaseRead, DutyRead
from storage.journal import note_event
from storage.regroup import Noted

if TYPE_CHECKING:
    from sqlalchemy import Connection


def note(
    context: Context,
    connection: Connection,
    act: str,
    *,
    by: int,
    via: str | None,
    reason: str | None = None,
    campaign_id: int | None = None,
    unit_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Of a campaign, a unit, or the whole installation. It was done today. A reason of blanks is none."""
    noted = Noted(day=context.today().toordinal(), at=context.now(), by=by, via=via, reason=(reason or "").strip() or None)
    told = json.dumps(data, ensure_ascii=False) if data else None
    note_event(connection, act, noted, campaign_id=campaign_id, unit_id=unit_id, data=told)


def note_duty(acts: Acts, case: CaseRead, duty: DutyRead, act: str, noted: Noted) -> None:
    """Of one duty, whose state, line and mark stay as they are."""
    acts.journal(
        {
            "recorded_at": noted.at,
            "effective_on": noted.day,
            "campaign_id": case.campaign_id,
            "unit_id": case.unit_id,
            "unit_path": case.unit_path,
            "case_id": case.case_id,
            "duty_id": duty.id,
            "task_id": duty.task_id,
            "act": act,
            "from_state": duty.state,
            "to_state": duty.state,
            "due_day_from": duty.due_day,
            "due_day": duty.due_day,
            "on_time": None if duty.on_time is None else bool(duty.on_time),
            "by_person": noted.by,
            "via": noted.via,
            "reason": noted.reason,
            "data": None,
        }
    )
