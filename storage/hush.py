"""Who is left out of a plan: persons silenced for some days, and who has just said that he has seen it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, delete, exists, func, literal, select

from storage.claim import claim
from storage.due import Asked
from storage.holds import DEFER, SilenceRead, of_duties
from storage.tables import REMINDER
from storage.tables_telling import ANSWER
from storage.temporary import FRESH

SEEN = "suppressed:seen"


def write(connection: Connection, asked: Asked, *, run_id: int) -> int:
    """Take them out of the reminders to be, and record why. Who is put off is told when his silence is over."""
    gone = 0
    for each in asked.persons:
        state = "planned" if each.mode == DEFER else f"suppressed:silence:{each.id}"
        gone += _leave_out(connection, _of(each, asked.day), state, run_id)
    if _anybody_answered(connection):
        seen = exists().where(ANSWER.c.duty_id == FRESH.c.duty_id, ANSWER.c.epoch == FRESH.c.epoch,
                              ANSWER.c.person_id == FRESH.c.recipient_id, *_still_counts(asked.day))  # fmt: skip
        gone += _leave_out(connection, and_(FRESH.c.again, seen), SEEN, run_id)
    return gone


def find(
    connection: Connection, asked: Asked, due: FromClause, told: Mapping[tuple[Any, ...], tuple[int, int, bool]]
) -> set[tuple[Any, ...]]:
    """The same for a plan in memory: of {reminder: (recipient, number of the rung, says nothing new)} those left out."""
    gone: set[tuple[Any, ...]] = set()
    for each in asked.persons:
        duties = set(connection.execute(select(due.c.duty_id).where(of_duties(each, due.c.duty_id, asked.day))).scalars())
        gone |= {
            key
            for key, (recipient, no, _) in told.items()
            if recipient == each.person_id and key[0] in duties and no >= (each.rung_min or 0)
        }
    if _anybody_answered(connection):
        answers = select(ANSWER.c.duty_id, ANSWER.c.epoch, ANSWER.c.person_id).join(due, due.c.duty_id == ANSWER.c.duty_id)
        seen = {tuple(row) for row in connection.execute(answers.where(*_still_counts(asked.day)))}
        gone |= {key for key, (recipient, _, again) in told.items() if again and (key[0], key[1], recipient) in seen}
    return gone


def record(connection: Connection, state: ColumnElement[str], *, run_id: int, which: ColumnElement[bool] | None = None) -> int:
    """Reminders to be that lie in no message, as they are kept."""
    names = ("duty_id", "epoch", "rung", "repeat", "recipient_id", "slot_day", "role", "acting_for", "post_id")
    values: dict[str, ColumnElement[Any]] = {
        **{name: FRESH.c[name] for name in names},
        "run_id": literal(run_id),
        "state": state,
        "offers": literal(0),
    }
    picked = select(*values.values())
    return claim(connection, REMINDER, list(values), picked.where(which) if which is not None else picked)


def _leave_out(connection: Connection, which: ColumnElement[bool], state: str, run_id: int) -> int:
    made = record(connection, literal(state), run_id=run_id, which=which)
    connection.execute(delete(FRESH).where(which))
    return made


def _of(each: SilenceRead, day: int) -> ColumnElement[bool]:
    return and_(
        FRESH.c.recipient_id == each.person_id, FRESH.c.no >= (each.rung_min or 0), of_duties(each, FRESH.c.duty_id, day)
    )


def _anybody_answered(connection: Connection) -> bool:
    return connection.execute(select(func.max(ANSWER.c.id))).scalar() is not None  # one step into the key


def _still_counts(day: int) -> tuple[ColumnElement[bool], ...]:
    return ANSWER.c.kind == "seen", ANSWER.c.until_day >= day
