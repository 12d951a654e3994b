"""Folding: what was planned for a person becomes one message a window, and every reminder lies in exactly one of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Insert,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)

from storage.tables import MESSAGE, PERSON

TEMPORARY = MetaData()
FRESH = Table(
    "fresh",
    TEMPORARY,
    Column("telling", Integer, primary_key=True, autoincrement=False),
    Column("duty_id", BigInteger, primary_key=True, autoincrement=False),
    Column("recipient_id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer),
    Column("rung", Text),
    Column("no", Integer),
    Column("repeat", Integer),
    Column("slot_day", Integer),
    Column("role", Text),
    Column("acting_for", Integer),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""Reminders to be. A telling is one audience of one rung for one group of duties."""
FOLD = Table(
    "fold",
    TEMPORARY,
    Column("recipient_id", Integer, primary_key=True, autoincrement=False),
    Column("no", Integer),
    Column("window_day", Integer),
    Column("not_before", BigInteger),
    Column("address", Text),
    Column("reachable", Boolean),
    prefixes=["TEMPORARY"],
)
"""Who is written to, with the highest rung, the window and the address."""


def folded(*, channel: str, today: tuple[int, int], later: tuple[int, int]) -> Select[Any]:
    """The rows of `fold`. `today` and `later` are (window day, not before) of this window and the next: who has already been written
    to in this one gets the next."""
    told = select(FRESH.c.recipient_id, func.max(FRESH.c.no).label("no")).group_by(FRESH.c.recipient_id).subquery("told")
    gone = and_(
        MESSAGE.c.recipient_id == told.c.recipient_id,
        MESSAGE.c.channel == channel,
        MESSAGE.c.window_day == today[0],
        MESSAGE.c.seq == 0,
        or_(MESSAGE.c.attempts > 0, MESSAGE.c.state.not_in(("pending", "held"))),
    )
    return select(
        told.c.recipient_id,
        told.c.no,
        case((MESSAGE.c.id.is_not(None), later[0]), else_=today[0]),
        case((MESSAGE.c.id.is_not(None), later[1]), else_=today[1]),
        PERSON.c.email,
        or_(PERSON.c.email.is_not(None), literal(channel == "folder")),
    ).select_from(told.join(PERSON, PERSON.c.id == told.c.recipient_id).outerjoin(MESSAGE, gone))


def messages(claim: Any, *, channel: str, run_id: int, key: str, state: str) -> Insert:
    """A new message for every folded person without a waiting one in the window. Who has no address is held, with the reason."""
    values: dict[str, ColumnElement[Any]] = {
        "idem_key": literal(f"{key}-") + cast(FOLD.c.window_day, Text) + "-" + cast(FOLD.c.recipient_id, Text),
        "recipient_id": FOLD.c.recipient_id,
        "channel": literal(channel),
        "address": FOLD.c.address,
        "window_day": FOLD.c.window_day,
        "seq": literal(0),
        "not_before": FOLD.c.not_before,
        "state": case((FOLD.c.reachable, literal(state)), else_=literal("held")),
        "run_id": literal(run_id),
        "rung": FOLD.c.no,
        "attempts": literal(0),
        "fence": literal(0),
        "why": case((FOLD.c.reachable, null()), else_=literal("no-address")),
    }
    made: Insert = claim.from_select(list(values), select(*values.values()).where(literal(True)))
    return made


def reminders(claim: Any, *, channel: str, run_id: int) -> Insert:
    """Every reminder, in the message of its person and window."""
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
        "message_id": MESSAGE.c.id,
    }
    window = and_(
        MESSAGE.c.recipient_id == FRESH.c.recipient_id,
        MESSAGE.c.channel == channel,
        MESSAGE.c.window_day == FOLD.c.window_day,
        MESSAGE.c.seq == 0,
    )
    joined = FRESH.join(FOLD, FOLD.c.recipient_id == FRESH.c.recipient_id).join(MESSAGE, window)
    # SQLite reads "ON CONFLICT" after a bare FROM as a join's ON, so there has to be a WHERE.
    made: Insert = claim.from_select(list(values), select(*values.values()).select_from(joined).where(literal(True)))
    return made


def unreachable() -> Select[tuple[int]]:
    """How many of the folded people have no address."""
    return select(func.count()).select_from(FOLD).where(~FOLD.c.reachable)
