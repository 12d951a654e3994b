"""暂存: a form kept half-way. It belongs to the duty: whoever of the unit comes next goes on with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duban.clock import local_minute
from duban.service.context import ZONE, Context
from duban.service.duty_at import duty_at
from duban.service.facts import Asked
from storage import saved_forms as rows
from storage.scope import Scope
from workflow.errors import Reason, Refused
from workflow.preparing import against_saving


@dataclass(frozen=True, kw_only=True)
class SavedForm:
    """What was kept, by whom and when (UTC seconds). `version` is what the next save must have seen; 0 before the first."""

    data: Mapping[str, Any]
    version: int
    by: str
    at: int


def save_form(context: Context, duty: int, data: Mapping[str, Any], *, by: int, seen: int, scope: Scope) -> int:
    """Keep a form as it is, complete or not; answers its new version.

    `seen` is the version of what was saved on the page it was written on, 0 for none. Raises `Refused` if somebody else saved meanwhile, or
    who asks may not submit it; then nothing is written.
    """
    asked = Asked(act="submit", by=by, duty=duty, scope=scope)
    with context.database.write() as connection:
        at = duty_at(context, connection, asked)
        reasons = against_saving(at.campaign, at.facts)
        if at.task.form is None:
            reasons = (Reason(code="no-form", text=f"“{at.task.name}”不用填表，没有可以暂存的内容"),)
        if reasons:
            raise Refused(reasons)
        text = json.dumps(data, ensure_ascii=False)
        if not rows.save(connection, duty, text, seen=seen, by=by, at=at.now):
            found = rows.saved_form(connection, duty, scope=scope, day=at.today.toordinal())
            raise Refused([_changed(found)])
        context.record_instant(connection)
    return seen + 1


def saved_form_of(found: rows.SavedFormRead) -> SavedForm:
    """As kept in a row."""
    return SavedForm(data=json.loads(found.data), version=found.version, by=found.by, at=found.at)


def _changed(found: rows.SavedFormRead | None) -> Reason:
    """Two fill in the same form, or one in two windows: what was saved last is not overwritten unseen."""
    if found is None:
        return Reason(code="saved-since", text="暂存的内容已随报送清除", unblock="请核对后再暂存一次")
    text = f"{found.by}在{local_minute(found.at, ZONE)}暂存过这张表，与您打开时不同"
    return Reason(code="saved-since", text=text, unblock="您填的内容还在下面：请核对，再暂存一次就以您的为准")
