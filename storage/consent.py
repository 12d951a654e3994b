"""Runs that wait for a person's consent: their messages are released, or rejected and recorded as such."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, update

from storage.fold import NO_ADDRESS
from storage.some import some
from storage.tables import MESSAGE, REMINDER, RUN
from storage.unsent import PLANNED, cancelled


def run_state(connection: Connection, run_id: int) -> str | None:
    """The state of a run, ours to change until the end of the transaction: two people cannot decide about it at once."""
    value = connection.execute(select(RUN.c.state).where(RUN.c.id == run_id).with_for_update()).scalar()
    return str(value) if value is not None else None


def release(connection: Connection, run_id: int) -> int:
    """The held messages of a run may leave; those held for another reason stay."""
    held = _held(connection, run_id)
    count = connection.execute(update(MESSAGE).where(held).values(state="pending", why=None)).rowcount
    own = case((RUN.c.held > count, RUN.c.held - count), else_=0)
    connection.execute(update(RUN).where(RUN.c.id == run_id).values(state="done", held=own))
    return count


def reject(connection: Connection, run_id: int) -> int:
    """The held messages of a run will not leave; their reminders are kept as skipped."""
    # Those without an address too: one that is found later does not bring back what was rejected.
    without = and_(MESSAGE.c.run_id == run_id, MESSAGE.c.state == "held", MESSAGE.c.why == NO_ADDRESS)
    which = or_(_held(connection, run_id), without)
    gone = update(MESSAGE).where(which).values(cancelled("rejected")).returning(MESSAGE.c.id)
    ids = list(connection.execute(gone).scalars())
    if ids:
        mine = and_(REMINDER.c.message_id.in_(ids), REMINDER.c.state == "folded")
        connection.execute(update(REMINDER).where(mine).values(state="skipped:rejected"))
    put_off = and_(PLANNED, REMINDER.c.run_id == run_id)  # of the same run, for somebody who is silenced
    connection.execute(update(REMINDER).where(put_off).values(state="skipped:rejected"))
    connection.execute(update(RUN).where(RUN.c.id == run_id).values(state="rejected"))
    return len(ids)


def hold_waiting(connection: Connection, *, why: str) -> int:
    """Nothing that waits may leave: whatever was being sent when the backup was made may have left long ago. Returns how many."""
    waits = MESSAGE.c.state.in_(("pending", "claimed"))
    held = {"state": "held", "why": why, "lease_until": None, "lease_owner": None, "fence": MESSAGE.c.fence + 1}
    return connection.execute(update(MESSAGE).where(waits).values(held)).rowcount


def held_by(connection: Connection, why: str) -> int:
    """How many messages are held for a reason."""
    asked = select(func.count()).select_from(MESSAGE).where(MESSAGE.c.state == "held", MESSAGE.c.why == why)
    return int(connection.execute(asked).scalar_one())


def held_keys(connection: Connection, run_id: int) -> list[str]:
    """The keys of the messages that wait for consent with a run."""
    return list(connection.execute(select(MESSAGE.c.idem_key).where(_held(connection, run_id))).scalars())


def mark_sent(connection: Connection, run_id: int, keys: Sequence[str], *, at: int) -> int:
    """They left before the database was restored, as somebody saw elsewhere: they do not leave again. Returns how many."""
    marked = 0
    for part in some(keys):
        mine = and_(_held(connection, run_id), MESSAGE.c.idem_key.in_(part))
        changes = {"state": "sent", "why": "sent-before-restore", "sent_at": at}
        marked += connection.execute(update(MESSAGE).where(mine).values(changes)).rowcount
    return marked


def _held(connection: Connection, run_id: int) -> ColumnElement[bool]:
    """The messages that wait for consent with a run: its own, and after a restored backup also those that waited before."""
    why = connection.execute(select(RUN.c.why).where(RUN.c.id == run_id)).scalar()
    own = and_(MESSAGE.c.run_id == run_id, MESSAGE.c.why.is_(None))
    waits = or_(own, MESSAGE.c.why == why) if why is not None else own
    return and_(MESSAGE.c.state == "held", waits)
