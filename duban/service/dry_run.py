"""What a run would do, without doing it: a plan with its hash, which a real run can be held to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from duban.service.context import Context
from storage import messages
from storage.scope import EVERYTHING
from storage.sweep import Told

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One line of a dry run's plan."""

    unit: str
    duty: str
    due: str
    rung: str
    recipient: str
    role: str
    provisional: bool = False


def hash_of(told: list[Told]) -> str:
    """The same for the same people told the same things about the same duties."""
    digest = hashlib.sha256()
    for line in told:
        digest.update(repr(tuple(line[:5])).encode())
    return digest.hexdigest()[:16]


def shown(context: Context, connection: Connection, told: list[Told], today: date) -> Iterator[Planned]:
    """The plan as people read it."""
    names = messages.names_for_plan(connection, [t.duty_id for t in told], scope=EVERYTHING, day=today.toordinal())
    people = messages.person_names(connection, {t.recipient_id for t in told})
    for line in told:
        unit, duty, due = names.get(line.duty_id, ("", "", None))
        yield Planned(
            unit=unit,
            duty=duty,
            due=date.fromordinal(due).isoformat() if due else "",
            rung=line.rung,
            recipient=people.get(line.recipient_id, ""),
            role=line.role or "",
            provisional=due is not None and not context.calendar.is_certain(date.fromordinal(due)),
        )
