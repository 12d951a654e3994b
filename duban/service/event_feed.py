"""事件: every line of the journal as a CloudEvent, for programs that want to know what happened: numbers and keys, no names, no grades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from duban.clock import show_instant
from duban.service.context import Context
from duban.service.story_words import OF_THE_UNIT
from duban.service.visiting import Visitor
from storage import event_feed as rows
from storage.event_feed import EventLine
from storage.scope import EVERYTHING
from workflow.model import duty_key

MOST = 200
PREFIX = "cn.duban."


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened. `no` is its place in the journal: later ones have higher numbers, some numbers are never used.

    `document` is the CloudEvent (1.0, structured JSON). Its `id` is the same whenever it is told, and no other event's, also not in a
    database that was restored from a backup.
    """

    no: int
    document: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.document["id"])


@dataclass(frozen=True, kw_only=True)
class Events:
    """Some events, oldest first. `next` is what to ask for as `after` the next time; `more` says that there is more already."""

    events: tuple[Event, ...]
    next: int
    more: bool


def events(context: Context, *, visitor: Visitor | None = None, after: int = 0, limit: int = MOST) -> Events:
    """What happened after `after` (0: from the beginning): everything, or to units that lay in a visitor's scope then.

    Of gradings, leaders' decisions and silences learns who sees the grades of the unit, as on its page; nobody learns the grades.
    """
    everywhere = visitor is None or visitor.judges == EVERYTHING
    with context.database.read() as connection:
        found = rows.page(
            connection,
            scope=visitor.scope if visitor is not None else EVERYTHING,
            after=after,
            limit=limit,
            real=context.clock.real(),
            acts=None if everywhere else OF_THE_UNIT,
            judged=visitor.judges if visitor is not None else EVERYTHING,
        )
    told = tuple(Event(no=line.id, document=document(line, context.instance)) for line in found.lines)
    return Events(events=told, next=found.next, more=found.more)


def document(line: EventLine, instance: str) -> dict[str, Any]:
    """A line as a CloudEvent: `type` is the act, `subject` what it was done to."""
    return {
        "specversion": "1.0",
        "id": f"{instance}-{line.id}-{line.recorded_at}",
        "source": f"urn:duban:{instance}",
        "type": PREFIX + line.act,
        "subject": _subject(line),
        "time": show_instant(line.recorded_at),
        "sequence": f"{line.id:019d}",
        "datacontenttype": "application/json",
        "data": {name: value for name, value in _data(line).items() if value is not None},
    }


def _subject(line: EventLine) -> str:
    for kind, number in (
        ("duties", line.duty_id),
        ("cases", line.case_id),
        ("units", line.unit),
        ("campaigns", line.campaign_id),
    ):
        if number is not None:
            return f"{kind}/{number}"
    return "database"


def _data(line: EventLine) -> dict[str, Any]:
    before, after = (line.from_state, line.to_state) if line.act != "grade" else (None, None)  # those of a grading are grades
    return {
        "campaign": line.campaign_id,
        "unit": line.unit,
        "case": line.case_id,
        "duty": line.duty_id,
        "key": duty_key(line.task_key, line.occurrence or "") if line.task_key is not None else None,
        "from": before,
        "to": after,
        "due_from": _day(line.due_day_from) if line.due_day_from != line.due_day else None,
        "due": _day(line.due_day),
        "on_time": bool(line.on_time) if line.on_time is not None else None,
        "effective_on": _day(line.effective_on),
        "by": line.by_person,
    }


def _day(ordinal: int | None) -> str | None:
    return date.fromordinal(ordinal).isoformat() if ordinal is not None else None
