"""A planner as it must not be: it commits between its groups, and folds whatever is planned without holding a lock.

For the tests of the detectors only. It is made of our tables and our claim, and writes rows as ours does; what it lacks is the one
transaction and the lock.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import Text, and_, cast, func, literal, null, select, update

from duban.clock import fixed_clock
from duban.engine import Engine
from duban.settings import Settings
from storage.claim import claim
from storage.tables import DUTY, MESSAGE, POST, REMINDER, SPAN, TIMER
from storage.units import on, post_on

RUNG = "+1:书记"


def plan_a_share(url: str, at: int, day: date, part: int, parts: int, folder: str) -> int:
    """Plan every `parts`-th due duty, commit; fold what is planned by anybody, commit; deliver. Returns how many were sent."""
    engine = Engine(url, clock=fixed_clock(at), settings=Settings(folder=str(Path(folder))))
    try:
        _plan(engine, at, day, part, parts)
        _fold(engine, at, day)
        return engine.deliver().sent
    finally:
        engine.close()


def _plan(engine: Engine, at: int, day: date, part: int, parts: int) -> None:
    values = {
        "duty_id": DUTY.c.id,
        "epoch": DUTY.c.epoch,
        "rung": literal(RUNG),
        "repeat": literal(0),
        "recipient_id": POST.c.person_id,
        "slot_day": literal(day.toordinal()),
        "run_id": literal(0),
        "state": literal("planned"),
        "role": literal("书记"),
        "post_id": POST.c.id,
        "offers": literal(0),
    }
    due = (
        select(*values.values())
        .select_from(TIMER)
        .join(DUTY, and_(DUTY.c.id == TIMER.c.duty_id, DUTY.c.version == TIMER.c.version))
        .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, on(day.toordinal())))
        .join(POST, and_(POST.c.unit_id == SPAN.c.parent_id, POST.c.role == "书记", post_on(day.toordinal())))
        .where(TIMER.c.at <= at, DUTY.c.id % parts == part)
    )
    with engine.database.write() as connection:
        claim(connection, REMINDER, list(values), due)


def _fold(engine: Engine, at: int, day: date) -> None:
    window = (MESSAGE.c.channel == "folder", MESSAGE.c.window_day == day.toordinal())
    people = select(REMINDER.c.recipient_id).where(REMINDER.c.state == "planned").distinct().subquery("people")
    before = select(func.count()).where(MESSAGE.c.recipient_id == people.c.recipient_id, *window).scalar_subquery()
    values = {
        "idem_key": literal("unlocked-") + cast(people.c.recipient_id, Text) + "-" + cast(before, Text),
        "recipient_id": people.c.recipient_id,
        "channel": literal("folder"),
        "address": null(),
        "window_day": literal(day.toordinal()),
        "seq": before,
        "not_before": literal(at),
        "state": literal("pending"),
        "run_id": literal(0),
        "rung": literal(2),
        "urgent": literal(False),
        "preview": literal(False),
        "attempts": literal(0),
        "fence": literal(0),
    }
    newest = select(func.max(MESSAGE.c.id)).where(MESSAGE.c.recipient_id == REMINDER.c.recipient_id, *window).scalar_subquery()
    with engine.database.write() as connection:
        claim(connection, MESSAGE, list(values), select(*values.values()).select_from(people))
        connection.execute(update(REMINDER).where(REMINDER.c.state == "planned").values(state="folded", message_id=newest))
