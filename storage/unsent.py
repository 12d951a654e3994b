"""What is not sent after all: what becomes of a message that does not leave, and of what it was about?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Text, and_, case, cast, exists, select, text, update

from storage.clocks import alive, is_due, line_passed, moved, same_line
from storage.some import some
from storage.tables import DUTY, MESSAGE, REMINDER

LATE = "skipped:line-passed"
PLANNED = text("reminder.state = 'planned' AND reminder.recipient_id > 0")
"""Written out: with a parameter in its place SQLite would not use the index of what is planned."""


def offer_again(connection: Connection, ids: Sequence[int], *, arrived: bool) -> int:
    """What messages were about, as far as there is still reason to tell of it, waits for the next message.

    `arrived`: the people may have these already, and the next one says so.
    """
    if not ids:
        return 0
    drop_done(connection, ids)
    mine = and_(REMINDER.c.message_id.in_(ids), REMINDER.c.state == "folded")
    offers = REMINDER.c.offers + (1 if arrived else 0)
    return connection.execute(update(REMINDER).where(mine).values(state="planned", message_id=None, offers=offers)).rowcount


def move_off(connection: Connection, channel: str) -> int:
    """What waits for a channel that is out of use, and certainly has not arrived, is offered again. Returns how many messages it was."""
    waits = and_(MESSAGE.c.channel == channel, MESSAGE.c.state == "pending", MESSAGE.c.attempts == 0)
    gone = update(MESSAGE).where(waits).values(cancelled("channel-disabled")).returning(MESSAGE.c.id)
    ids = list(connection.execute(gone).scalars())
    for part in some(ids):
        offer_again(connection, part, arrived=False)
    return len(ids)


def cancel_empty(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Those of some waiting messages that are about nothing any more are cancelled, and their reminders say so. Returns them."""
    if not ids:
        return set()
    due = (
        select(REMINDER.c.duty_id)
        .join(DUTY, same_line())
        .where(REMINDER.c.message_id == MESSAGE.c.id, REMINDER.c.state == "folded", is_due())
    )
    late = select(REMINDER.c.duty_id).where(REMINDER.c.message_id == MESSAGE.c.id, REMINDER.c.state == LATE).exists()
    empty = and_(MESSAGE.c.id.in_(ids), MESSAGE.c.state == "pending", ~due.exists())
    values = {**cancelled("done"), "why": case((late, "line-passed"), else_="done")}
    gone = list(connection.execute(update(MESSAGE).where(empty).values(values).returning(MESSAGE.c.id)).scalars())
    drop_done(connection, gone)
    return set(gone)


def drop_late(connection: Connection, ids: Sequence[int], *, day: int) -> int:
    """Take out of some waiting messages the reminders before a line that is over by now. Returns how many they were."""
    if not ids:
        return 0
    over = exists().where(same_line(), line_passed(day))
    mine = and_(REMINDER.c.message_id.in_(ids), REMINDER.c.state == "folded", over.correlate(REMINDER))
    return connection.execute(update(REMINDER).where(mine).values(state=LATE)).rowcount


def cancelled(why: str) -> dict[str, Any]:
    """A message that was never tried gives its window free: what comes up later that day may still be said in it."""
    untried = MESSAGE.c.attempts == 0
    key = MESSAGE.c.idem_key + "-" + cast(MESSAGE.c.id, Text)
    return {
        "state": "cancelled",
        "why": why,
        "seq": case((untried, MESSAGE.c.id), else_=MESSAGE.c.seq),
        "idem_key": case((untried, key), else_=MESSAGE.c.idem_key),
    }


def drop_done(connection: Connection, ids: Sequence[int]) -> None:
    """Reminders of messages that are not said after all: their duty is done, or has another line now."""
    if not ids:
        return
    mine = and_(REMINDER.c.message_id.in_(ids), REMINDER.c.state == "folded", ~alive())
    state = case((moved(), "cancelled:moved"), else_="cancelled:done")
    connection.execute(update(REMINDER).where(mine).values(state=state))
