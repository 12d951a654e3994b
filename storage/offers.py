"""What was to be said and did not arrive: planned again, for whoever it concerns now.

A reminder that is planned lies in no message; the next fold puts it into one. Here it becomes planned: its message was not worth sending
any more, or its person can be reached again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select, update

from storage import successors, unsent
from storage.contacts import Reach, chosen
from storage.fold import NO_ADDRESS
from storage.planned import foldable, is_dead
from storage.slots import in_doubt
from storage.some import some
from storage.tables import MESSAGE, PERSON, REMINDER, RUN
from storage.unsent import PLANNED


def anything(connection: Connection, *, now: int, day: int, order: Sequence[Reach]) -> bool:
    """A look that takes no lock: is there anything to offer anew?"""
    looks: tuple[Select[Any], ...] = (
        select(REMINDER.c.duty_id).where(PLANNED, or_(is_dead(day), foldable(day))),
        select(MESSAGE.c.id).where(_stale(now)),
        _reachable_now(order),
        successors.ended_in_messages(now, day),
        successors.ended_planned(day),
    )
    return any(connection.execute(look.limit(1)).first() is not None for look in looks)


# --- what becomes planned


def expire(connection: Connection, *, now: int) -> int:
    """Messages that waited too long are not sent any more; what they were about is said anew, as it is then."""
    dead = update(MESSAGE).where(_stale(now)).values(state="dead", why="expired").returning(MESSAGE.c.id)
    ids = sorted(connection.execute(dead).scalars())
    for part in some(ids):
        doubtful = set(connection.execute(select(MESSAGE.c.id).where(MESSAGE.c.id.in_(part), in_doubt())).scalars())
        unsent.offer_again(connection, [id_ for id_ in part if id_ not in doubtful], arrived=False)
        unsent.offer_again(connection, sorted(doubtful), arrived=True)
    return len(ids)


def readdress(connection: Connection, *, order: Sequence[Reach]) -> int:
    """Messages held for want of an address, to people who have one now."""
    found = MESSAGE.c.id.in_(_reachable_now(order))
    gone = update(MESSAGE).where(found).values(unsent.cancelled("address-found")).returning(MESSAGE.c.id)
    ids = sorted(connection.execute(gone).scalars())
    for part in some(ids):
        unsent.offer_again(connection, part, arrived=False)
    return len(ids)


def _stale(now: int) -> ColumnElement[bool]:
    return and_(MESSAGE.c.state == "pending", MESSAGE.c.expires_at <= now)


def _reachable_now(order: Sequence[Reach]) -> Select[Any]:
    waits = and_(MESSAGE.c.state == "held", MESSAGE.c.why == NO_ADDRESS)
    # What waits for a person's consent too waits on: an address is no consent.
    asked = exists().where(RUN.c.id == MESSAGE.c.run_id, RUN.c.state == "needs_confirm").correlate(MESSAGE)
    found = select(MESSAGE.c.id).join(PERSON, PERSON.c.id == MESSAGE.c.recipient_id)
    return found.where(waits, ~asked, chosen(order).reachable)
