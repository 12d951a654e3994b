"""Whose clock runs about a duty, that of who owes it or of who reviews it? And so: is there still reason for a reminder?"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_

from storage.tables import DUTY, MESSAGE, REMINDER
from workflow.ladder import REVIEW_KEY
from workflow.model import CLOCK_RUNS, DutyState

RUNNING = tuple(str(state) for state in CLOCK_RUNS)
"""As the database has them."""
SUBMITTED = str(DutyState.SUBMITTED)
"""Where the reviewer is reminded, by the ladder of his own."""


def is_due() -> ColumnElement[bool]:
    """There is still reason to tell of a duty: its clock runs, or, at the reviewer's rungs, it waits for him."""
    waits = and_(reviewing(), DUTY.c.state == SUBMITTED)
    return or_(and_(~reviewing(), DUTY.c.state.in_(RUNNING)), waits)


def line_passed(day: int) -> ColumnElement[bool]:
    """A reminder before the line that is over by a day: it is never sent late, wherever it waited. (Its slot lies before the line.)"""
    return and_(~reviewing(), DUTY.c.due_day < day, REMINDER.c.slot_day <= DUTY.c.due_day)


def alive() -> ColumnElement[bool]:
    """There is still reason for a reminder: its duty has the line it was told about, and is due."""
    return exists().where(same_line(), is_due()).correlate(REMINDER, MESSAGE)


def moved() -> ColumnElement[bool]:
    """A reminder's duty has another line by now."""
    return exists().where(DUTY.c.id == REMINDER.c.duty_id, DUTY.c.epoch > REMINDER.c.epoch).correlate(REMINDER)


def same_line() -> ColumnElement[bool]:
    """A duty is a reminder's, on the line it was told about."""
    return and_(DUTY.c.id == REMINDER.c.duty_id, DUTY.c.epoch == REMINDER.c.epoch)


def reviewing() -> ColumnElement[bool]:
    """A reminder is one of the reviewer's ladder."""
    return REMINDER.c.rung.startswith(REVIEW_KEY, autoescape=True)
