"""What a reorganisation writes: spans, posts, open duties, cases of new units, each by one statement over all units it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, case, func, insert, literal, null, or_, select, update

from storage.enrol import current
from storage.scope import Scope, under
from storage.tables import CAMPAIGN, CASE, DUTY, FOREVER, JOURNAL, POST, SPAN, TASK, UNIT
from workflow.model import CLOSED, CLOCK_RUNS

RUNNING = select(CAMPAIGN.c.id).where(CAMPAIGN.c.state == "running")


class OpenDuty(NamedTuple):
    """A duty of a running campaign that is neither accepted, waived nor void. Days are ordinals."""

    id: int
    campaign_id: int
    campaign: str
    unit_id: int
    code: str
    unit: str
    task_id: int
    task_key: str
    occurrence: str
    state: str
    due_day: int | None
    internal_day: int | None


class CaseLine(NamedTuple):
    case_id: int
    campaign_id: int
    track: str
    phase: int


@dataclass_line
class _:
    ...
