"""What a run writes about the due duties: by statements over groups of them, never by a loop over them.

A real run keeps the due duties in a temporary table, keyed by all that the plan depends on, so that a group is a range of it. A dry
run asks the same questions of the same SELECT as a subquery and writes nothing at all. `Due` hides which of the two it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, delete, exists, func, insert, literal, null, select

from storage import due as due_rows
from storage import hush, temporary
from storage.claim import claim
from storage.due import Asked, DueGroup, group_of, same
from storage.recipients import Candidate, Places
from storage.tables import REMINDER, TIMER
from storage.temporary import DUE, FRESH, GROUPED_BY

__all__ = ["Candidate", "Due", "DueGroup", "Told"]


class Told(NamedTuple):
    """One reminder of a plan: who is told about which duty at which rung. The first five say which reminder it is."""

    duty_id: int
    epoch: int
    rung: str
    repeat: int
    recipient_id: int
    role: str | None
    acting_for: int | None


class Due:
    """The due duties of one run, and what can be asked of them and written about them."""

    def __init__(self, connection: Connection, asked: Asked, *, dry: bool) -> None:
        self.connection = connection
        self.asked = asked
        self.dry = dry
        self.places = Places(connection, asked.day)
        self._told: dict[tuple[Any, ...], Told] = {}
        self._again: dict[tuple[Any, ...], tuple[int, bool]] = {}
        self._tellings: dict[tuple[DueGroup, str], list[int]] = {}
        self._reached: dict[tuple[DueGroup, str], set[int]] = {}
        picked = due_rows.due_duties(asked)
        self.rows: FromClause = picked.subquery("due")
        if not dry:
            due_rows.park(connection, asked)
            temporary.create(connection)
            claim(connection, DUE, DUE.c.keys(), picked)
            self.rows = DUE

    def groups(self) -> list[DueGroup]:
        columns = [self.rows.c[name] for name in GROUPED_BY]
        asked = select(*columns, func.count()).group_by(*columns).order_by(*columns)
        return [group_of(row) for row in self.connection.execute(asked)]

    def tell(
        self,
        group: DueGroup,
        *,
        rung: str,
        no: int,
        repeat: int,
        slot_day: int,
        chain: Sequence[Candidate],
        again: bool = False,
        urgent: bool = False,
        first: bool = False,
    ) -> bool:
        """A reminder for the holders at the first place of the chain where a duty's unit has any. True if every duty has somebody.

        `again`: it says nothing new to who has seen it. `urgent`: it leaves before others. `first`: a clerk may look at it before.
        """
        telling = sum(map(len, self._tellings.values())) + 1
        self._tellings.setdefault((group, rung), []).append(telling)
        constants = {"telling": telling, "rung": rung, "no": no, "repeat": repeat, "slot_day": slot_day}
        constants |= {"again": again, "urgent": urgent, "first": first}
        reached: set[int] = set()
        for passed, holders in enumerate(self.places.along(self.rows, chain)):
            found = holders.where(same(self.rows, group))
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
        values: dict[str, ColumnElement[Any]] = {
            "duty_id": self.rows.c.duty_id,
            "epoch": self.rows.c.epoch,
            "rung": literal(rung),
            "repeat": literal(repeat),
            "recipient_id": literal(0),
            "slot_day": literal(slot_day),
            "run_id": literal(run_id),
            "state": literal(state),
            "offers": literal(0),
        }
        told = self._is_told(group, rung)
        picked = select(*values.values()).where(same(self.rows, group), *([~told] if told is not None else []))
        return claim(self.connection, REMINDER, list(values), picked)

    def look_again(
        self,
        group: DueGroup,
        *,
        at: int,
        rung: int,
        repeat: int,
        told_on: int | None,
        held_to: int | None = None,
        of: tuple[str, bool] | None = None,
    ) -> None:
        """The next timer of every duty of a group; with `of` (key of a rung, was somebody told) only of some."""
        if self.dry:
            return
        values: dict[str, ColumnElement[Any]] = {
            "at": literal(at),
            "duty_id": self.rows.c.duty_id,
            "version": self.rows.c.version,
            "rung": literal(rung),
            "repeat": literal(repeat),
            "told_on": literal(told_on) if told_on is not None else null(),
            "held_to": literal(held_to) if held_to is not None else null(),
        }
        picked = select(*values.values()).where(same(self.rows, group)).order_by(self.rows.c.duty_id)
        if of is not None:
            told = self._is_told(group, of[0])
            assert told is not None
            picked = picked.where(told if of[1] else ~told)
        self.connection.execute(insert(TIMER).from_select(list(values), picked))

    def hush(self, *, run_id: int) -> int:
        """Leave out those who are not to be told now: silenced persons, and who has just seen it. Returns how many reminders."""
        if not self.dry:
            return hush.write(self.connection, self.asked, run_id=run_id)
        told = {key: (line.recipient_id, *self._again[key]) for key, line in self._told.items()}
        gone = hush.find(self.connection, self.asked, self.rows, told)
        for key in gone:
            del self._told[key]
        return len(gone)

    def consume(self) -> None:
        """The due timers are done with: those that counted have a successor, the others were of older versions."""
        self.connection.execute(delete(TIMER).where(TIMER.c.at <= self.asked.as_of))
        temporary.drop(self.connection)

    def planned(self) -> list[Told]:
        """Every reminder of this plan, in an order that does not depend on how it was made."""
        if not self.dry:
            columns = [FRESH.c[name] for name in Told._fields]
            for row in self.connection.execute(select(*columns).order_by(FRESH.c.telling)):
                self._told.setdefault(tuple(row[:5]), Told(*row))
        return [self._told[key] for key in sorted(self._told)]

    def record(self, state: str, *, run_id: int) -> int:
        """Every reminder of this plan as one that nobody gets. Returns how many were new."""
        return hush.record(self.connection, literal(state), run_id=run_id)

    def _is_told(self, group: DueGroup, rung: str) -> ColumnElement[bool] | None:
        """Of a duty of a group: somebody is told at a rung. None: the rung was not asked about."""
        tellings = self._tellings.get((group, rung), [])
        if not tellings:
            return None
        return exists().where(FRESH.c.telling.in_(tellings), FRESH.c.duty_id == self.rows.c.duty_id)

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
            self._again.setdefault(told[:5], (constants["no"], constants["again"]))
            reached.add(row.duty_id)
        self._reached.setdefault((group, constants["rung"]), set()).update(reached)
        return len(reached)
