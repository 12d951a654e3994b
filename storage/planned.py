"""Which reminders are planned, and which of them can be folded now? A planned one lies in no message."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, exists, insert, literal, or_, select, update

from storage.clocks import alive, line_passed, moved
from storage.fold_tables import TAKEN
from storage.holds import are_paused, put_off
from storage.tables import DUTY, REMINDER, RUN
from storage.unsent import LATE, PLANNED


class RungOf(NamedTuple):
    """A rung of a campaign, as reminders have it."""

    campaign_id: int
    rung: str


def any_planned(connection: Connection) -> bool:
    """Is anything planned at all? One step into its index."""
    return connection.execute(select(REMINDER.c.duty_id).where(PLANNED).limit(1)).first() is not None


def rungs(connection: Connection, *, day: int) -> list[RungOf]:
    """The rungs of what can be folded now."""
    asked = select(of_duty("campaign_id"), REMINDER.c.rung).where(PLANNED, foldable(day)).distinct()
    return sorted(RungOf._make(row) for row in connection.execute(asked))


def take(connection: Connection, known: dict[RungOf, tuple[int, bool]], *, day: int) -> int:
    """Everything that can be folded now, with the number of its rung and whether that is urgent. Returns how many."""
    if not known:
        return 0
    said = [(and_(of_duty("campaign_id") == rung.campaign_id, REMINDER.c.rung == rung.rung), n) for rung, n in known.items()]
    values: dict[str, ColumnElement[Any]] = {
        **{column.name: REMINDER.c[column.name] for column in TAKEN.primary_key},
        "no": case(*((is_, literal(no)) for is_, (no, _) in said), else_=literal(0)),
        "urgent": case(*((is_, literal(int(urgent))) for is_, (_, urgent) in said), else_=literal(0)),
    }
    picked = select(*values.values()).where(PLANNED, foldable(day))
    return connection.execute(insert(TAKEN).from_select(list(values), picked)).rowcount


def drop_dead(connection: Connection, *, day: int) -> int:
    """Planned reminders about duties that are done, or have another line by now, and those before a line that is over."""
    state = case((moved(), "cancelled:moved"), (~alive(), "cancelled:done"), else_=LATE)
    return connection.execute(update(REMINDER).where(PLANNED, is_dead(day)).values(state=state)).rowcount


def is_dead(day: int) -> ColumnElement[bool]:
    """There is no reason for a planned reminder any more."""
    late = exists().where(DUTY.c.id == REMINDER.c.duty_id, line_passed(day)).correlate(REMINDER)
    return or_(~alive(), late)


def of_duty(name: str) -> ColumnElement[Any]:
    """A fact of a reminder's duty. Looked up, not joined: a join might begin at all duties."""
    return select(DUTY.c[name]).where(DUTY.c.id == REMINDER.c.duty_id).correlate(REMINDER).scalar_subquery()


def foldable(day: int) -> ColumnElement[bool]:
    """Nothing keeps a planned reminder back: its campaign goes on, its person is not silenced, and its run waits for nobody's consent."""
    going = of_duty("campaign_id").not_in(are_paused())
    asked = exists().where(RUN.c.id == REMINDER.c.run_id, RUN.c.state == "needs_confirm").correlate(REMINDER)
    return and_(alive(), going, ~asked, REMINDER.c.recipient_id.not_in(put_off(day)))
