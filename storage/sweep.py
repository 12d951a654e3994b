"""What is due, and what a run writes about it: by statements over groups of duties, never by a loop over them.

A real run keeps the due duties in a temporary table, keyed by all that the plan depends on, so that a group is a range of it. A dry
run asks the same questions of the same SELECT as a subquery and writes nothing at all. `Due` hides which of the two it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from storage import fold, temporary
from storage.claim import claim
from storage.recipients import Candidate, Places
from storage.tables import DUTY, OPENING, REMINDER, RUN, TIMER
from storage.temporary import DUE, FRESH, GROUPED_BY
from workflow.model import CLOCK_RUNS

__all__ = ["Candidate", "Due", "DueGroup", "Told", "anything_due", "close_run", "last_run", "open_run", "try_lock"]

PLAN_LOCK = 7_361_530
"""The number of the advisory lock that one planner at a time holds on PostgreSQL (SQLite has its one write lock)."""


class DueGroup(NamedTuple):
    """Duties that share everything the plan depends on, and how many they are. Days are ordinals."""

    task_id: int
    epoch: int
    due_day: int
    internal_day: int | None
    made_on: int
    rung: int
    repeat: int
    told_on: int | None
    size: int


class Told(NamedTuple):
    """One reminder of a plan: who is told about which duty at which rung. The first five say which reminder it is."""

    duty_id: int
    epoch: int
    rung: str
    repeat: int
    recipient_id: int
    role: str | None
    acting_for: int | None


def anything_due(connection: Connection, as_of: int) -> bool:
    """A look that takes no lock: is any timer or opening due? One step into each clustered index."""
    return bool(
        connection.execute(select(exists().where(TIMER.c.at <= as_of))).scalar()
        or connection.execute(select(exists().where(OPENING.c.at <= as_of))).scalar()
    )


def try_lock(connection: Connection) -> bool:
    """Be the one planner. Held to the end of the transaction, so a dead one's lock is free at once."""
    if connection.dialect.name == "postgresql":
        return bool(connection.execute(select(func.pg_try_advisory_xact_lock(PLAN_LOCK))).scalar())
    return True  # BEGIN IMMEDIATE already waited for every other writer


class Due:
    """The due duties of one run, and what can be asked of them and written about them."""

    def __init__(self, connection: Connection, as_of: int, day: int, *, dry: bool) -> None:
        self.connection = connection
        self.as_of = as_of
        self.dry = dry
        self.places = Places(connection, day)
        self._told: dict[tuple[Any, ...], Told] = {}
        self._tellings: dict[tuple[DueGroup, str], list[int]] = {}
        self._reached: dict[tuple[DueGroup, str], set[int]] = {}
        picked = _due(as_of)
        self.rows: FromClause = picked.subquery("due")
        if not dry:
            temporary.create(connection)
            claim(connection, DUE, DUE.c.keys(), picked)
            self.rows = DUE

    def groups(self) -> list[DueGroup]:
        columns = [self.rows.c[name] for name in GROUPED_BY]
        asked = select(*columns, func.count()).group_by(*columns).order_by(*columns)
        return [_group(row) for row in self.connection.execute(asked)]

    def tell(self, group: DueGroup, *, rung: str, no: int, repeat: int, slot_day: int, chain: Sequence[Candidate]) -> bool:
        """A reminder for the holders at the first place of the chain where a duty's unit has any. True if every duty has somebody."""
        telling = sum(map(len, self._tellings.values())) + 1
        self._tellings.setdefault((group, rung), []).append(telling)
        constants = {"telling": telling, "rung": rung, "no": no, "repeat": repeat, "slot_day": slot_day}
        reached: set[int] = set()
        for passed, candidate in enumerate(chain):
            found = self.places.holders(self.rows, candidate, acting=passed > 0).where(_same(self.rows, group))
            covered = (
                self._plan(found, group, constants, reached) if self.dry else self._write(found, constants, first=not passed)
            )
            if covered >= group.size:
                return True
        return False

    def note(self, group: DueGroup, *, rung: str, repeat: int, slot_day: int, state: str, run_id: int) -> int:
        """Record of a rung about which nobody was told, and why. Returns how many rows were new."""
        if self.dry:
            return group.size - len(self._reached.get((group, rung), ()))
        rows = self.rows
        tellings = self._tellings.get((group, rung), [])
        reached = exists().where(FRESH.c.telling.in_(tellings), FRESH.c.duty_id == rows.c.duty_id)
        values: dict[str, ColumnElement[Any]] = {
            "duty_id": rows.c.duty_id,
            "epoch": rows.c.epoch,
            "rung": literal(rung),
            "repeat": literal(repeat),
            "recipient_id": literal(0),
            "slot_day": literal(slot_day),
            "run_id": literal(run_id),
            "state": literal(state),
        }
        picked = select(*values.values()).where(_same(rows, group), *([~reached] if tellings else []))
        return claim(self.connection, REMINDER, list(values), picked)

    def look_again(self, group: DueGroup, *, at: int, rung: int, repeat: int, told_on: int | None) -> None:
        """The next timer of every duty of a group."""
        if self.dry:
            return
        values: dict[str, ColumnElement[Any]] = {
            "at": literal(at),
            "duty_id": self.rows.c.duty_id,
            "version": self.rows.c.version,
            "rung": literal(rung),
            "repeat": literal(repeat),
            "told_on": literal(told_on) if told_on is not None else null(),
        }
        picked = select(*values.values()).where(_same(self.rows, group)).order_by(self.rows.c.duty_id)
        self.connection.execute(insert(TIMER).from_select(list(values), picked))

    def consume(self) -> None:
        """The due timers are done with: those that counted have a successor, the others were of older versions."""
        self.connection.execute(delete(TIMER).where(TIMER.c.at <= self.as_of))
        temporary.drop(self.connection)

    def planned(self) -> list[Told]:
        """Every reminder of this plan, in an order that does not depend on how it was made."""
        if not self.dry:
            columns = [FRESH.c[name] for name in Told._fields]
            for row in self.connection.execute(select(*columns).order_by(FRESH.c.telling)):
                self._told.setdefault(tuple(row[:5]), Told(*row))
        return [self._told[key] for key in sorted(self._told)]

    def fold(
        self, *, channel: str, run_id: int, key: str, state: str, today: tuple[int, int], later: tuple[int, int]
    ) -> tuple[int, int, int]:
        """One message per person and window, and every reminder in exactly one of them.

        `today` and `later` are (window day, not before) of this window and the next: who has already been written to in this one gets
        the next. Returns (reminders, new messages, of which nobody can be reached).
        """
        unreachable = fold.gather(self.connection, channel=channel, today=today, later=later)
        seq = run_id if state == "held" else 0
        made = fold.messages(self.connection, channel=channel, run_id=run_id, key=key, state=state, seq=seq)
        return fold.reminders(self.connection, channel=channel, run_id=run_id, seq=seq), made, unreachable

    def _write(self, found: Select[Any], constants: dict[str, Any], *, first: bool) -> int:
        """Add to the reminders to be of a telling, for duties it has not reached yet. Returns how many duties it reaches now."""
        mine = FRESH.c.telling == constants["telling"]
        if not first:
            found = found.where(~exists().where(mine, FRESH.c.duty_id == self.rows.c.duty_id))
        held = found.subquery("held")
        values = {**held.c, "recipient_id": held.c.person_id, **{name: literal(value) for name, value in constants.items()}}
        names = FRESH.c.keys()
        picked = select(*(values[name] for name in names))
        claim(self.connection, FRESH, names, picked)
        reached = select(func.count(func.distinct(FRESH.c.duty_id))).where(mine)
        return int(self.connection.execute(reached).scalar_one())

    def _plan(self, found: Select[Any], group: DueGroup, constants: dict[str, Any], reached: set[int]) -> int:
        """The same in memory."""
        rows = [row for row in self.connection.execute(found) if row.duty_id not in reached]
        for row in rows:
            told = Told(row.duty_id, row.epoch, constants["rung"], constants["repeat"], row.person_id, row.role, row.acting_for)
            self._told.setdefault(told[:5], told)
            reached.add(row.duty_id)
        self._reached.setdefault((group, constants["rung"]), set()).update(reached)
        return len(reached)


def _due(as_of: int) -> Select[Any]:
    """Timers up to an instant that still count: of the duty's present version, while its clock runs and it has a line."""
    values: dict[str, ColumnElement[Any]] = {
        "task_id": DUTY.c.task_id,
        "epoch": DUTY.c.epoch,
        "due_day": DUTY.c.due_day,
        "internal_day": func.coalesce(DUTY.c.internal_day, 0),
        "made_on": DUTY.c.made_on,
        "rung": TIMER.c.rung,
        "repeat": TIMER.c.repeat,
        "told_on": func.coalesce(TIMER.c.told_on, 0),
        "duty_id": DUTY.c.id,
        "version": DUTY.c.version,
        "unit_id": DUTY.c.unit_id,
    }
    return (
        select(*(value.label(name) for name, value in values.items()))
        .select_from(TIMER)
        .join(DUTY, and_(DUTY.c.id == TIMER.c.duty_id, DUTY.c.version == TIMER.c.version))
        .where(TIMER.c.at <= as_of, DUTY.c.state.in_([str(s) for s in CLOCK_RUNS]), DUTY.c.due_day.is_not(None))
    )


def _group(row: Any) -> DueGroup:
    group = DueGroup._make(row)
    return group._replace(internal_day=group.internal_day or None, told_on=group.told_on or None)


def _same(rows: FromClause, group: DueGroup) -> ColumnElement[bool]:
    return and_(*(rows.c[name] == (value or 0) for name, value in zip(GROUPED_BY, group[:-1], strict=True)))


def last_run(connection: Connection) -> int | None:
    """The newest as-of of any run, UTC seconds."""
    value = connection.execute(select(func.max(RUN.c.as_of))).scalar()
    return int(value) if value is not None else None


def open_run(connection: Connection, *, as_of: int, at: int) -> int:
    made = connection.execute(insert(RUN).values(as_of=as_of, started_at=at, state="planning", reminders=0, messages=0,
                                                 held=0, skipped=0, moved=0).returning(RUN.c.id))  # fmt: skip
    return int(made.scalar_one())


def close_run(connection: Connection, run_id: int, **counts: Any) -> None:
    connection.execute(update(RUN).where(RUN.c.id == run_id).values(counts))
