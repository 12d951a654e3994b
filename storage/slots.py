"""In which of a fold's windows does each of those gathered get his message? And may a message that waits still take more in?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    case,
    exists,
    literal,
    or_,
    select,
    true,
    update,
)

from storage.fold_tables import FOLD, TAKEN, Folding
from storage.tables import DELIVERY, DUTY, MESSAGE, POST
from storage.tables_telling import ANSWER, WISH
from storage.temporary import FRESH
from storage.units import post_on

NOW, LATER, PREVIEW, PREVIEW_LATER, WEEK, PUT_OFF = range(6)
"""Slots: this window and the next, the same two for what a clerk looks at first, this week's, and from PUT_OFF on those put off."""
REGULAR, LOOKED_AT = 0, 1
"""Parts."""
PREVIEW_SEQ = -1
WAITS = ("pending", "held")
WRITTEN = ("claimed", "sent", "delivered", "unknown")
"""States in which a person has, or may have, something of this window."""


def put_off(folding: Folding, today: int) -> list[int]:
    """The last days to which people gathered here have put their digests off, those from today on."""
    # With a condition, so that it is a step into the key, and no plan ever calls it a look through all answers.
    if folding.connection.execute(select(ANSWER.c.id).where(ANSWER.c.id > 0).limit(1)).first() is None:
        return []
    asked = select(_snoozed_until()).where(FOLD.c.urgent == 0).distinct()
    return sorted(int(day) for day in folding.connection.execute(asked).scalars() if day is not None and day >= today)


def choose_slots(folding: Folding, today: int, until: Mapping[int, int]) -> None:
    """Who does not get his message in this window or the next: he put it off (`until`: {last day: slot}), or wants it weekly."""
    for day, slot in until.items():
        mine = and_(FOLD.c.urgent == 0, _snoozed_until() == day)
        folding.connection.execute(update(FOLD).where(mine).values(slot=slot))
    if folding.weekly_waits and _anybody_weekly(folding.connection):
        weekly = and_(
            FOLD.c.slot.in_((NOW, LATER)),
            FOLD.c.urgent == 0,
            wants_weekly(FOLD.c.recipient_id),
            *(FOLD.c.recipient_id.not_in(owing) for owing in _owing(folding, today)),
        )
        folding.connection.execute(update(FOLD).where(weekly).values(slot=WEEK))


def first_slot(gathered: FromClause, reader: ColumnElement[int], today: int, *, preview: bool) -> ColumnElement[int]:
    """This window, or the next where its reader was, or may have been, written to in this one."""
    mine = and_(MESSAGE.c.recipient_id == reader, MESSAGE.c.channel == gathered.c.channel, MESSAGE.c.window_day == today)
    lost = and_(MESSAGE.c.seq == 0, ~joinable())
    regular = case((_any(gathered, mine, or_(MESSAGE.c.state.in_(WRITTEN), lost)), LATER), else_=NOW)
    if not preview:
        return regular
    looked_at = _any(gathered, mine, MESSAGE.c.seq == PREVIEW_SEQ, ~joinable())
    return case((gathered.c.part == LOOKED_AT, case((looked_at, PREVIEW_LATER), else_=PREVIEW)), else_=regular)


def used(connection: Connection) -> set[int]:
    """The slots in which anybody gets a message."""
    return set(connection.execute(select(FOLD.c.slot).distinct()).scalars())


def in_doubt() -> ColumnElement[bool]:
    """An earlier try of a message ended without an answer: somebody may have it."""
    return exists().where(DELIVERY.c.message_id == MESSAGE.c.id, DELIVERY.c.outcome == "unknown")


def wants_weekly(person: ColumnElement[int]) -> ColumnElement[bool]:
    return exists().where(WISH.c.person_id == person, WISH.c.weekly == true())


def _anybody_weekly(connection: Connection) -> bool:
    return connection.execute(select(WISH.c.person_id).where(WISH.c.weekly == true()).limit(1)).first() is not None


def _owing(folding: Folding, today: int) -> Iterator[Select[Any]]:
    """Of those who want it weekly: who is told about something of his own unit, as letters sort it, not as one who stands in."""
    sources: list[tuple[Table, ColumnElement[bool]]] = [(TAKEN, true())] if folding.again else []
    sources += [(FRESH, FRESH.c.acting_for.is_(None))] if folding.fresh else []
    for rows, proper in sources:
        unit = select(DUTY.c.unit_id).where(DUTY.c.id == rows.c.duty_id).correlate(rows).scalar_subquery()
        own = exists().where(POST.c.person_id == rows.c.recipient_id, POST.c.unit_id == unit, post_on(today)).correlate(rows)
        yield select(rows.c.recipient_id).where(wants_weekly(rows.c.recipient_id), proper, own)


def _snoozed_until() -> ColumnElement[int]:
    """The last day without a digest by what the person of a row said last."""
    said = select(ANSWER.c.until_day).where(ANSWER.c.person_id == FOLD.c.recipient_id, ANSWER.c.kind == "snooze")
    return said.order_by(ANSWER.c.id.desc()).limit(1).correlate(FOLD).scalar_subquery()


def _any(gathered: FromClause, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """There is such a message. Not an EXISTS: that might be answered by a look through all messages."""
    return select(literal(1)).where(*which).limit(1).correlate(gathered).scalar_subquery().is_not(None)


def joinable() -> ColumnElement[bool]:
    """It has certainly not arrived anywhere: what comes up now may still be said in it."""
    return and_(MESSAGE.c.state.in_(WAITS), or_(MESSAGE.c.attempts == 0, ~in_doubt()))
