"""记录: one line of the journal about what somebody did to a campaign, a unit, or the whole installation: of no case and no duty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from duban.service.context import Context
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
    """It was done today. A reason of blanks is none."""
    noted = Noted(day=context.today().toordinal(), at=context.now(), by=by, via=via, reason=(reason or "").strip() or None)
    told = json.dumps(data, ensure_ascii=False) if data else None
    note_event(connection, act, noted, campaign_id=campaign_id, unit_id=unit_id, data=told)
