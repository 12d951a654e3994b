"""What a changed calendar does to open duties: their lines and timers, by statements over groups of duties, never by a loop over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.schema import CreateTable, DropTable

from storage.claim import claim
from storage.clocks import RUNNING
from storage.enrol import current
from storage.regroup import Noted
from storage.tables import CAMPAIGN, DUTY, JOURNAL, MESSAGE, OPENING, REMINDER, SPAN, TIMER

GROUPED_BY = (
    "campaign_id", "task_id", "occurrence", "due_day", "internal_day", "locks_at", "made_on", "by_plan", "at", "rung", "repeat",
    "told_on", "held_to", "unsent",
)  # fmt: skip
_BIG = ("locks_at", "at")
PROJECTED = Table(
    "projected",
    MetaData(),
    *(
        Column(name, Text if name == "occurrence" else BigInteger if name in _BIG else Integer, primary_key=True)
        for name in GROUPED_BY
    ),
    Column("duty_id", BigInteger, primary_key=True, autoincrement=False),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""The open duties of running campaigns with the timer of each, keyed so that a group is a range. 0 stands for none."""


class OpenGroup(NamedTuple):
    """Open duties that share their lines and where they stand on the ladder, and how many they are.

    Days are ordinals, instants UTC seconds. `by_plan`: the line is still the one of the definition, nobody has set another. `at` is
    their next look (None: the ladder has ended, or never began); `unsent`: a message about them waits to leave.
    """

    campaign_id: int
    task_id: int
    occurrence: str
    due_day: int | None
    internal_day: int | None
    locks_at: int | None
    made_on: int
    by_plan: bool
    at: int | None
    rung: int
    repeat: int
    told_on: int | None
    held_to: int | None
    unsent: bool
    size: int


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """The lines of a group by another calendar."""

    opens_at: int | None
    due_day: int
    closes_at: int
    locks_at: int | None
    internal_day: int | None


class OpenDuties:
    """The open duties at one moment, all or one campaign's, and what is written about groups of them.

    Nobody else plans or enrols meanwhile.
    """

    def __init__(self, connection: Connection, *, campaign_id: int | None = None) -> None:
        self.connection = connection
        connection.execute(CreateTable(PROJECTED))
        picked = _open()
        mine = picked.where(DUTY.c.campaign_id == campaign_id) if campaign_id is not None else picked
        claim(connection, PROJECTED, PROJECTED.c.keys(), mine)

    def groups(self) -> list[OpenGroup]:
        columns = [PROJECTED.c[name] for name in GROUPED_BY]
        asked = select(*columns, func.count()).group_by(*columns).order_by(*columns)
        return [_group(row) for row in self.connection.execute(asked)]

    def done(self) -> None:
        self.connection.execute(DropTable(PROJECTED))

    def retime(self, group: OpenGroup, at: int) -> None:
        """Look at them at another instant."""
        mine = and_(TIMER.c.at == group.at, TIMER.c.duty_id.in_(_ids(group)))
        self.connection.execute(update(TIMER).where(mine).values(at=at))

    def release(self, group: OpenGroup, rung: str) -> int:
        """A rung that waited for a year to be published does so no longer. Returns about how many duties."""
        held = and_(
            REMINDER.c.duty_id.in_(_ids(group)),
            REMINDER.c.rung == rung,
            REMINDER.c.state == "blocked:calendar",
            exists().where(DUTY.c.id == REMINDER.c.duty_id, DUTY.c.epoch == REMINDER.c.epoch),
        )
        return self.connection.execute(update(REMINDER).where(held).values(state="released:calendar")).rowcount

    def change_inner(self, group: OpenGroup, line: NewLine, noted: Noted, *, today: int, data: str) -> None:
        """Another internal line or lock before or after the same last day."""
        self._journal(group, noted, literal(group.due_day) if group.due_day else null(), today=today, data=data)
        changes = {"internal_day": line.internal_day, "locks_at": line.locks_at}
        self.connection.execute(update(DUTY).where(DUTY.c.id.in_(_ids(group))).values(changes))

    def move(self, group: OpenGroup, line: NewLine, noted: Noted, *, today: int, data: str, told: list[str]) -> None:
        """Another last day: a new epoch, in which the rungs of the keys `told` count as told where they were.

        What waits to leave is said in the new epoch: a message is written when it leaves, and then names the new day.
        """
        ids = _ids(group)
        self._carry(ids, told, later=line.due_day - group.due_day if group.due_day is not None else 0)
        self._journal(group, noted, literal(line.due_day), today=today, data=data)
        changes: dict[str, Any] = {
            "opens_at": line.opens_at,
            "due_day": line.due_day,
            "closes_at": line.closes_at,
            "locks_at": line.locks_at,
            "internal_day": line.internal_day,
            "planned_day": line.due_day,
            "first_due_day": func.coalesce(DUTY.c.first_due_day, line.due_day),
            "epoch": DUTY.c.epoch + 1,
            "version": DUTY.c.version + 1,
        }
        self.connection.execute(update(DUTY).where(DUTY.c.id.in_(ids)).values(changes))

    def renew(self, group: OpenGroup) -> None:
        """A new version of them: the timers they have count no more, and whoever read them must read them again."""
        self.connection.execute(update(DUTY).where(DUTY.c.id.in_(_ids(group))).values(version=DUTY.c.version + 1))

    def pass_over(self, group: OpenGroup, rung: str, *, slot_day: int, run_id: int) -> int:
        """A rung that nobody is told about any more. Returns how many duties have a line about it that had none."""
        values: dict[str, ColumnElement[Any]] = {
            "duty_id": DUTY.c.id,
            "epoch": DUTY.c.epoch,
            "rung": literal(rung),
            "repeat": literal(0),
            "recipient_id": literal(0),
            "slot_day": literal(slot_day),
            "run_id": literal(run_id),
            "state": literal("skipped:catch-up"),
            "offers": literal(0),
        }
        return claim(self.connection, REMINDER, list(values), select(*values.values()).where(DUTY.c.id.in_(_ids(group))))

    def start(
        self,
        group: OpenGroup,
        *,
        at: int,
        rung: int,
        repeat: int,
        told_on: int | None,
        held_to: int | None = None,
    ) -> None:
        """A timer for duties just moved, in their new version."""
        values: dict[str, ColumnElement[Any]] = {
            "at": literal(at),
            "duty_id": DUTY.c.id,
            "version": DUTY.c.version,
            "rung": literal(rung),
            "repeat": literal(repeat),
            "told_on": literal(told_on) if told_on is not None else null(),
            "held_to": literal(held_to) if held_to is not None else null(),
        }
        picked = select(*values.values()).where(DUTY.c.id.in_(_ids(group))).order_by(DUTY.c.id)
        self.connection.execute(insert(TIMER).from_select(list(values), picked))

    def _carry(self, ids: Select[Any], told: list[str], *, later: int) -> None:
        """`later`: by how many days the line moves; the slot of what still waits moves along, so that it stays on its side of the line."""
        mine = and_(
            REMINDER.c.duty_id.in_(ids),
            exists().where(DUTY.c.id == REMINDER.c.duty_id, DUTY.c.epoch == REMINDER.c.epoch),
            REMINDER.c.state.in_(("folded", "planned")),
        )
        waits = or_(REMINDER.c.state == "planned", _unsent())
        names = ["duty_id", "epoch", "rung", "repeat", "recipient_id", "slot_day", "run_id", "state"]
        values = {**{name: REMINDER.c[name] for name in names}, "epoch": REMINDER.c.epoch + 1, "state": literal("carried")}
        picked = select(*values.values()).where(mine, ~waits, REMINDER.c.rung.in_(told))
        claim(self.connection, REMINDER, names, picked)
        moved = {"epoch": REMINDER.c.epoch + 1, "slot_day": REMINDER.c.slot_day + later}
        self.connection.execute(update(REMINDER).where(mine, waits).values(moved))

    def _journal(self, group: OpenGroup, noted: Noted, due: ColumnElement[Any], *, today: int, data: str) -> None:
        values: dict[str, ColumnElement[Any]] = {
            **noted.values(),
            "campaign_id": DUTY.c.campaign_id,
            "unit_id": DUTY.c.unit_id,
            "unit_path": SPAN.c.path,
            "case_id": DUTY.c.case_id,
            "duty_id": DUTY.c.id,
            "task_id": DUTY.c.task_id,
            "act": literal("calendar"),
            "from_state": DUTY.c.state,
            "to_state": DUTY.c.state,
            "due_day_from": DUTY.c.due_day,
            "due_day": due,
            "data": literal(data),
        }
        picked = select(*values.values()).outerjoin(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, current(today)))
        picked = picked.where(DUTY.c.id.in_(_ids(group))).order_by(DUTY.c.id)
        self.connection.execute(insert(JOURNAL).from_select(list(values), picked))


def openings(connection: Connection, campaign_id: int) -> dict[tuple[str, int], int]:
    """{(track, phase): when the calendar opens it}, of what it has not opened yet."""
    c = OPENING.c
    rows = connection.execute(select(c.track, c.phase, c.at).where(c.campaign_id == campaign_id).order_by(c.track, c.phase))
    return {(track, phase): at for track, phase, at in rows}


def move_opening(connection: Connection, campaign_id: int, track: str, phase: int, at: int) -> None:
    c = OPENING.c
    mine = and_(c.campaign_id == campaign_id, c.track == track, c.phase == phase)
    connection.execute(update(OPENING).where(mine).values(at=at))


def _open() -> Select[Any]:
    """Duties whose clock runs, in running campaigns, with the timer that counts."""
    planned = func.coalesce(DUTY.c.planned_day, DUTY.c.first_due_day)
    waits = exists().where(
        REMINDER.c.duty_id == DUTY.c.id,
        REMINDER.c.epoch == DUTY.c.epoch,
        or_(REMINDER.c.state == "planned", and_(REMINDER.c.state == "folded", _unsent())),
    )
    values: dict[str, ColumnElement[Any]] = {
        "campaign_id": DUTY.c.campaign_id,
        "task_id": DUTY.c.task_id,
        "occurrence": DUTY.c.occurrence,
        "due_day": func.coalesce(DUTY.c.due_day, 0),
        "internal_day": func.coalesce(DUTY.c.internal_day, 0),
        "locks_at": func.coalesce(DUTY.c.locks_at, 0),
        "made_on": DUTY.c.made_on,
        "by_plan": case((or_(DUTY.c.due_day == planned, and_(DUTY.c.due_day.is_(None), planned.is_(None))), 1), else_=0),
        "at": func.coalesce(TIMER.c.at, 0),
        "rung": func.coalesce(TIMER.c.rung, 0),
        "repeat": func.coalesce(TIMER.c.repeat, 0),
        "told_on": func.coalesce(TIMER.c.told_on, 0),
        "held_to": func.coalesce(TIMER.c.held_to, 0),
        "unsent": case((waits, 1), else_=0),
        "duty_id": DUTY.c.id,
    }
    return (
        select(*(value.label(name) for name, value in values.items()))
        .select_from(DUTY)
        .join(CAMPAIGN, CAMPAIGN.c.id == DUTY.c.campaign_id)
        .outerjoin(TIMER, and_(TIMER.c.duty_id == DUTY.c.id, TIMER.c.version == DUTY.c.version))
        .where(CAMPAIGN.c.state == "running", DUTY.c.state.in_(RUNNING))
        .with_for_update(of=DUTY)
    )


def _unsent() -> ColumnElement[bool]:
    """A reminder lies in a message that has not left."""
    return exists().where(MESSAGE.c.id == REMINDER.c.message_id, MESSAGE.c.state.in_(("pending", "held"))).correlate(REMINDER)


def _group(row: Any) -> OpenGroup:
    values = dict(zip(OpenGroup._fields, row, strict=True))
    for name in ("due_day", "internal_day", "locks_at", "at", "told_on", "held_to"):
        values[name] = values[name] or None
    return OpenGroup(**{**values, "by_plan": bool(values["by_plan"]), "unsent": bool(values["unsent"])})


def _ids(group: OpenGroup) -> Select[Any]:
    values = (0 if value is None else int(value) if isinstance(value, bool) else value for value in group[:-1])
    same = and_(*(PROJECTED.c[name] == value for name, value in zip(GROUPED_BY, values, strict=True)))
    return select(PROJECTED.c.duty_id).where(same)
