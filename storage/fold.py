"""Folding: what was planned for a person becomes one message a window, and every reminder lies in exactly one of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, case, cast, func, insert, literal, null, or_, select

from storage.claim import claim
from storage.tables import MESSAGE, PERSON, REMINDER
from storage.temporary import FOLD, FRESH


def gather(connection: Connection, *, channel: str, today: tuple[int, int], later: tuple[int, int]) -> int:
    """Everybody who has fresh reminders, with window and address. Returns how many of them have no address.

    `today` and `later` are (window day, not before) of this window and the next: who has already been written to in this one gets
    the next.
    """
    told = select(FRESH.c.recipient_id, func.max(FRESH.c.no).label("no")).group_by(FRESH.c.recipient_id).subquery("told")
    joins = and_(MESSAGE.c.seq == 0, MESSAGE.c.state.in_(("pending", "held")))
    mine = (MESSAGE.c.recipient_id == told.c.recipient_id, MESSAGE.c.channel == channel, MESSAGE.c.window_day == today[0])
    taken = select(literal(1)).where(*mine, or_(MESSAGE.c.attempts > 0, and_(MESSAGE.c.seq == 0, ~joins))).limit(1)
    gone = taken.scalar_subquery().is_not(None)  # an EXISTS might be answered by a look through all messages
    folded = select(
        told.c.recipient_id,
        told.c.no,
        case((gone, later[0]), else_=today[0]),
        case((gone, later[1]), else_=today[1]),
        PERSON.c.email,
        or_(PERSON.c.email.is_not(None), literal(channel == "folder")),
    ).select_from(told.join(PERSON, PERSON.c.id == told.c.recipient_id))
    connection.execute(insert(FOLD).from_select(FOLD.c.keys(), folded))
    return int(connection.execute(select(func.count()).select_from(FOLD).where(~FOLD.c.reachable)).scalar_one())


def messages(connection: Connection, *, channel: str, run_id: int, key: str, state: str, seq: int) -> int:
    """A message for everybody gathered who has none waiting in the window; returns how many. Who has no address: held, with the
    reason.

    `seq` is 0, or the run's id where it is held for consent: what is asked about does not mix with what is not.
    """
    window, person = cast(FOLD.c.window_day, Text), cast(FOLD.c.recipient_id, Text)
    values: dict[str, ColumnElement[Any]] = {
        "idem_key": literal(f"{key}-{channel}-") + window + "-" + person + (f"-{seq}" if seq else ""),
        "recipient_id": FOLD.c.recipient_id,
        "channel": literal(channel),
        "address": FOLD.c.address,
        "window_day": FOLD.c.window_day,
        "seq": literal(seq),
        "not_before": FOLD.c.not_before,
        "state": case((FOLD.c.reachable, literal(state)), else_=literal("held")),
        "run_id": literal(run_id),
        "rung": FOLD.c.no,
        "attempts": literal(0),
        "fence": literal(0),
        "why": case((FOLD.c.reachable, null()), else_=literal("no-address")),
    }
    return claim(connection, MESSAGE, list(values), select(*values.values()))


def reminders(connection: Connection, *, channel: str, run_id: int, seq: int) -> int:
    """Every fresh reminder, in the message of its person and window; returns how many were new."""
    # Not a join: whatever the database believes about the size of `message`, this is one look into its key.
    window = (MESSAGE.c.channel == channel, MESSAGE.c.window_day == FOLD.c.window_day, MESSAGE.c.seq == seq)
    message = select(MESSAGE.c.id).where(MESSAGE.c.recipient_id == FRESH.c.recipient_id, *window).scalar_subquery()
    values: dict[str, ColumnElement[Any]] = {
        "duty_id": FRESH.c.duty_id,
        "epoch": FRESH.c.epoch,
        "rung": FRESH.c.rung,
        "repeat": FRESH.c.repeat,
        "recipient_id": FRESH.c.recipient_id,
        "slot_day": FRESH.c.slot_day,
        "run_id": literal(run_id),
        "state": literal("folded"),
        "role": FRESH.c.role,
        "acting_for": FRESH.c.acting_for,
        "message_id": message,
    }
    folded = FRESH.join(FOLD, FOLD.c.recipient_id == FRESH.c.recipient_id)
    return claim(connection, REMINDER, list(values), select(*values.values()).select_from(folded))
