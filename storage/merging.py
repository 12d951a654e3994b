"""Merging: of several messages that wait for one person at one channel the newest leaves, with what all of them were to say."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Select, and_, case, delete, exists, func, insert, select, update

from storage import unsent
from storage.fold_tables import MERGED, tables
from storage.slots import in_doubt
from storage.tables import MESSAGE, REMINDER


def anything(connection: Connection, *, now: int) -> bool:
    """Does anybody have more than one message that could leave now? A look without a lock."""
    mine = (MESSAGE.c.recipient_id, MESSAGE.c.channel)
    asked = select(MESSAGE.c.recipient_id).where(*_ready(now)).group_by(*mine).having(func.count() > 1)
    return connection.execute(asked.limit(1)).first() is not None


def merge(connection: Connection, *, now: int) -> int:
    """Older messages are emptied into the newest. What may have arrived already stays a message of its own. Returns how many."""
    with tables(connection, MERGED):
        connection.execute(insert(MERGED).from_select(["id", "kept"], _pairs(now)))
        _keep(connection)
        old = and_(MESSAGE.c.id.in_(select(MERGED.c.id)), MESSAGE.c.state == "pending")
        gone = connection.execute(update(MESSAGE).where(old).values(unsent.cancelled("merged"))).rowcount
        merged = exists().where(MESSAGE.c.id == MERGED.c.id, MESSAGE.c.state == "cancelled")
        connection.execute(delete(MERGED).where(~merged))
        moved = and_(REMINDER.c.message_id == MERGED.c.id, REMINDER.c.state == "folded")
        connection.execute(update(REMINDER).where(moved).values(message_id=MERGED.c.kept))
    return gone


def _pairs(now: int) -> Select[tuple[int, int]]:
    """(older, newest) of every person and channel with several."""
    newest = (MESSAGE.c.window_day.desc(), case((MESSAGE.c.seq == 0, 0), else_=1), MESSAGE.c.id.desc())
    mine = (MESSAGE.c.recipient_id, MESSAGE.c.channel)
    kept = func.first_value(MESSAGE.c.id).over(partition_by=mine, order_by=newest)
    each = select(MESSAGE.c.id, kept.label("kept")).where(*_ready(now)).subquery("each")
    return select(each.c.id, each.c.kept).where(each.c.id != each.c.kept)


def _keep(connection: Connection) -> None:
    """The newest are ours from here on: who has taken one for sending meanwhile keeps it, and nothing is put into it."""
    highest = (func.max(MESSAGE.c.rung).label("rung"), func.max(case((MESSAGE.c.urgent, 1), else_=0)).label("urgent"))
    older = select(MERGED.c.kept, *highest).join(MESSAGE, MESSAGE.c.id == MERGED.c.id).group_by(MERGED.c.kept).subquery("older")
    rung = case((older.c.rung > MESSAGE.c.rung, older.c.rung), else_=MESSAGE.c.rung)
    urgent = case((older.c.urgent == 1, True), else_=MESSAGE.c.urgent)
    mine = and_(MESSAGE.c.id == older.c.kept, MESSAGE.c.state == "pending")
    connection.execute(update(MESSAGE).where(mine).values(rung=rung, urgent=urgent))
    ours = exists().where(MESSAGE.c.id == MERGED.c.kept, MESSAGE.c.state == "pending")
    connection.execute(delete(MERGED).where(~ours))


def _ready(now: int) -> tuple[ColumnElement[bool], ...]:
    return MESSAGE.c.state == "pending", MESSAGE.c.not_before <= now, ~in_doubt()
