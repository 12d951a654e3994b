"""What people do to messages by hand: send again, call off."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, delete, exists, func, select, update

from storage import unsent
from storage.clocks import is_due, same_line
from storage.tables import DUTY, MESSAGE, REMINDER
from storage.tables_telling import BLOCKED

ABORTED = "aborted"


class Found(NamedTuple):
    """A message as it stands; `items` are those reminders in it that there is still reason for."""

    id: int
    state: str
    why: str | None
    channel: str
    address: str | None
    items: int


def find(connection: Connection, id_: int) -> Found | None:
    """A message, ours to change until the end of the transaction."""
    asked = select(MESSAGE.c.id, MESSAGE.c.state, MESSAGE.c.why, MESSAGE.c.channel, MESSAGE.c.address)
    row = connection.execute(asked.where(MESSAGE.c.id == id_).with_for_update()).first()
    if row is None:
        return None
    inside = select(func.count()).select_from(REMINDER.join(DUTY, and_(same_line(), is_due())))
    items = connection.execute(inside.where(REMINDER.c.message_id == id_, REMINDER.c.state == "folded")).scalar_one()
    return Found(*row, int(items))


def again(connection: Connection, id_: int, *, not_before: int, expires_at: int) -> None:
    """The message waits as if it had never been tried; its tries stay on record."""
    values = {"state": "pending", "why": None, "attempts": 0, "not_before": not_before, "expires_at": expires_at}
    connection.execute(update(MESSAGE).where(MESSAGE.c.id == id_).values(values))


def unblock(connection: Connection, id_: int, *, now: int) -> bool:
    """A person says that the address of a message is in order after all: what failed does not speak against it any more."""
    found = and_(MESSAGE.c.id == id_, MESSAGE.c.channel == BLOCKED.c.channel, MESSAGE.c.address == BLOCKED.c.address)
    mended = connection.execute(delete(BLOCKED).where(exists().where(found).correlate(BLOCKED))).rowcount > 0
    failed = and_(MESSAGE.c.id == id_, MESSAGE.c.state == "failed", MESSAGE.c.expires_at > now)
    connection.execute(update(MESSAGE).where(failed).values(expires_at=now))
    return mended


def abort(connection: Connection, id_: int) -> None:
    """The message does not leave; what it was about says so."""
    connection.execute(update(MESSAGE).where(MESSAGE.c.id == id_).values(unsent.cancelled(ABORTED)))
    mine = and_(REMINDER.c.message_id == id_, REMINDER.c.state == "folded")
    connection.execute(update(REMINDER).where(mine).values(state=f"cancelled:{ABORTED}"))
