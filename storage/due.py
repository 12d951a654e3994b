"""Which duties are due, and what a plan must know of each: one SELECT from the timers, for real and for dry runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, case, exists, func, literal, or_, select

from storage.claim import claim
from storage.clocks import RUNNING, SUBMITTED
from storage.holds import SilenceRead, silenced
from storage.tables import DUTY, MESSAGE, OPENING, REMINDER, TIMER
from storage.tables_telling import PARKED_AT
from storage.temporary import GROUPED_BY
from workflow.ladder import REACHED

_SPARED = ("carried", "skipped:line-passed", "cancelled:paused", "cancelled:done", "cancelled:aborted")


class DueGroup(NamedTuple):
    """Duties that share everything the plan depends on, and how many they are. Days are ordinals.

    With `review` they wait for their reviewer and `due_day` is his last day. `silences` are the numbers of those that concern them.
    """

    task_id: int
    epoch: int
    due_day: int
    internal_day: int | None
    made_on: int
    rung: int
    repeat: int
    told_on: int | None
    held_to: int | None
    reached: str
    review: bool
    silences: tuple[int, ...]
    size: int


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A rung of a campaign above which a rung waits until people were really told: the place and the key of the lower one."""

    campaign_id: int
    no: int
    key: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a run looks for: timers up to an instant, with what is in force on its day: silences about duties, and those of `persons`.

    Paused campaigns are left out.
    """

    as_of: int
    day: int
    silences: Sequence[SilenceRead] = ()
    persons: Sequence[SilenceRead] = ()
    gates: Sequence[Gate] = ()
    paused: Sequence[int] = ()


def anything_due(connection: Connection, as_of: int) -> bool:
    """A look that takes no lock: is any timer or opening due? One step into each clustered index."""
    return bool(
        connection.execute(select(exists().where(TIMER.c.at <= as_of))).scalar()
        or connection.execute(select(exists().where(OPENING.c.at <= as_of))).scalar()
    )


def due_duties(asked: Asked) -> Select[Any]:
    """Timers that still count: of the duty's present version, while its clock or its reviewer's runs and it has a line."""
    waits = DUTY.c.state == SUBMITTED
    values: dict[str, ColumnElement[Any]] = {
        "task_id": DUTY.c.task_id,
        "epoch": DUTY.c.epoch,
        "due_day": case((waits, DUTY.c.review_day), else_=DUTY.c.due_day),
        "internal_day": func.coalesce(DUTY.c.internal_day, 0),
        "made_on": DUTY.c.made_on,
        "rung": TIMER.c.rung,
        "repeat": TIMER.c.repeat,
        "told_on": func.coalesce(TIMER.c.told_on, 0),
        "held_to": func.coalesce(TIMER.c.held_to, 0),
        "reached": _reached(asked.gates),
        "review": case((waits, 1), else_=0),
        "silences": silenced(asked.silences, asked.day),
        "duty_id": DUTY.c.id,
        "version": DUTY.c.version,
        "unit_id": DUTY.c.unit_id,
    }
    running = and_(DUTY.c.state.in_(RUNNING), DUTY.c.due_day.is_not(None))
    reviewed = and_(waits, DUTY.c.review_day.is_not(None))
    picked = _timers(asked, values).where(or_(running, reviewed))
    return picked.where(DUTY.c.campaign_id.not_in(asked.paused)) if asked.paused else picked


def park(connection: Connection, asked: Asked) -> None:
    """Timers of paused campaigns wait where no run looks, until the campaign goes on."""
    if not asked.paused:
        return
    values: dict[str, ColumnElement[Any]] = {**{column.name: column for column in TIMER.c}, "at": literal(PARKED_AT)}
    picked = _timers(asked, values).where(DUTY.c.campaign_id.in_(asked.paused))
    claim(connection, TIMER, list(values), picked)


def group_of(row: Any) -> DueGroup:
    values = dict(zip(DueGroup._fields, row, strict=True))
    for name in ("internal_day", "told_on", "held_to"):
        values[name] = values[name] or None
    values["reached"] = REACHED[values["reached"]]
    values["review"] = bool(values["review"])
    values["silences"] = tuple(int(number) for number in values["silences"].split(",")[:-1])
    return DueGroup(**values)


def same(rows: FromClause, group: DueGroup) -> ColumnElement[bool]:
    """The duties of a group among `rows`, which have the columns of `GROUPED_BY`."""
    values: dict[str, int | str] = {name: getattr(group, name) or 0 for name in GROUPED_BY}
    values["reached"] = REACHED.index(group.reached)
    values["review"] = int(group.review)
    values["silences"] = "".join(f"{number}," for number in group.silences)
    return and_(*(rows.c[name] == values[name] for name in GROUPED_BY))


def _timers(asked: Asked, values: dict[str, ColumnElement[Any]]) -> Select[Any]:
    return (
        select(*(value.label(name) for name, value in values.items()))
        .select_from(TIMER)
        .join(DUTY, and_(DUTY.c.id == TIMER.c.duty_id, DUTY.c.version == TIMER.c.version))
        .where(TIMER.c.at <= asked.as_of)
    )


def _reached(gates: Sequence[Gate]) -> ColumnElement[int]:
    """Only who stands below a gate is asked about; for all others the answer is as good as delivered."""
    delivered = literal(REACHED.index("delivered"))
    cases = [
        (and_(DUTY.c.campaign_id == gate.campaign_id, TIMER.c.rung == gate.no, TIMER.c.told_on.is_not(None)), _came(gate.key))
        for gate in gates
    ]
    return case(*cases, else_=delivered) if cases else delivered


def _came(rung: str) -> ColumnElement[int]:
    """The best that came of telling a rung, as its place among `REACHED`: somebody has it, or it was at least tried.

    What a person was spared he knows; and what came too late to be said never arrives, so that no gate waits for it.
    """
    spared = or_(REMINDER.c.state.in_(_SPARED), REMINDER.c.state.startswith("suppressed:", autoescape=True))
    delivered = or_(MESSAGE.c.state.in_(("sent", "delivered")), spared)
    tried = or_(MESSAGE.c.attempts > 0, REMINDER.c.offers > 0)
    best = func.max(case((delivered, 2), (tried, 1), else_=0))
    return (
        select(func.coalesce(best, 0))
        .select_from(REMINDER.outerjoin(MESSAGE, MESSAGE.c.id == REMINDER.c.message_id))
        .where(
            REMINDER.c.duty_id == DUTY.c.id,
            REMINDER.c.epoch == DUTY.c.epoch,
            REMINDER.c.rung == rung,
            REMINDER.c.recipient_id > 0,
        )
        .correlate(DUTY, TIMER)
        .scalar_subquery()
    )
