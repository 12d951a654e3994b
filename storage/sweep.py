"""What is due, and what a run writes about it: by statements over groups of duties, never by a loop over them.

A real run keeps the due duties in a temporary table; a dry run asks the same questions of the same SELECT as a subquery and writes
nothing at all. `Due` hides which of the two it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Insert,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.schema import CreateTable

from storage.enrol import current
from storage.tables import DUTY, FOREVER, MESSAGE, OPENING, PERSON, POST, REMINDER, RUN, SPAN, TIMER
from workflow.model import CLOCK_RUNS

_temporary = MetaData()
_DUE = Table(
    "due",
    _temporary,
    Column("duty_id", BigInteger),
    Column("version", Integer),
    Column("campaign_id", Integer),
    Column("unit_id", Integer),
    Column("task_id", Integer),
    Column("epoch", Integer),
    Column("due_day", Integer),
    Column("internal_day", Integer),
    Column("made_on", Integer),
    Column("rung", Integer),
    Column("repeat", Integer),
    Column("told_on", Integer),
    prefixes=["TEMPORARY"],
)
_FRESH = Table(
    "fresh",
    _temporary,
    Column("duty_id", BigInteger),
    Column("epoch", Integer),
    Column("rung", Text),
    Column("no", Integer),
    Column("repeat", Integer),
    Column("recipient_id", Integer),
    Column("slot_day", Integer),
    Column("role", Text),
    Column("acting_for", Integer),
    prefixes=["TEMPORARY"],
)
_FOLD = Table(
    "fold",
    _temporary,
    Column("recipient_id", Integer),
    Column("no", Integer),
    Column("window_day", Integer),
    Column("not_before", BigInteger),
    Column("address", Text),
    Column("reachable", Boolean),
    prefixes=["TEMPORARY"],
)
GROUPED_BY = ("campaign_id", "task_id", "epoch", "due_day", "internal_day", "made_on", "rung", "repeat", "told_on")
PLAN_LOCK = 7_361_530
"""The number of the advisory lock that one planner at a time holds on PostgreSQL (SQLite has its one write lock)."""


class DueGroup(NamedTuple):
    """Duties that share everything the plan depends on, and how many they are. Days are ordinals."""

    campaign_id: int
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
    """One reminder of a plan: who is told about which duty at which rung."""

    duty_id: int
    epoch: int
    rung: str
    repeat: int
    recipient_id: int
    role: str | None
    acting_for: int | None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One place to look for a recipient: `at` is own, clerk (the unit that chases: the superior of a branch, else the unit itself),
    superior, or office; `offices` are its names. `names` looks for persons by name instead of by role."""

    at: str
    roles: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


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
        self.day = day
        self.dry = dry
        self.told: list[Told] = []
        picked = _due(as_of)
        self.rows: FromClause = picked.subquery("due")
        if not dry:
            for table in (_DUE, _FRESH, _FOLD):
                connection.execute(CreateTable(table, if_not_exists=True))
                connection.execute(delete(table))
            connection.execute(insert(_DUE).from_select(list(_DUE.c.keys()), picked))
            self.rows = _DUE

    def groups(self) -> list[DueGroup]:
        columns = [self.rows.c[name] for name in GROUPED_BY]
        asked = select(*columns, func.count()).group_by(*columns).order_by(*columns)
        return [DueGroup._make(row) for row in self.connection.execute(asked)]

    def tell(self, group: DueGroup, *, rung: str, no: int, repeat: int, slot_day: int, chain: Sequence[Candidate]) -> None:
        """A reminder for the holders at the first place of the chain where a duty's unit has any."""
        passed: list[Candidate] = []
        for candidate in chain:
            self._tell(_told(self.rows, group, candidate, passed, self.day), rung=rung, no=no, repeat=repeat, slot_day=slot_day)
            passed.append(candidate)
            if self._covered(rung, group) >= group.size:
                return

    def note(self, group: DueGroup, *, rung: str, repeat: int, slot_day: int, state: str, run_id: int) -> int:
        """Record of a rung about which nobody was told, and why. Returns how many rows were new."""
        if self.dry:
            return 0
        reached = select(_FRESH.c.duty_id).where(_FRESH.c.rung == rung, _FRESH.c.duty_id == self.rows.c.duty_id).exists()
        rows = self.rows
        picked = select(
            rows.c.duty_id,
            rows.c.epoch,
            literal(rung),
            literal(repeat),
            literal(0),
            literal(slot_day),
            literal(run_id),
            literal(state),
        ).where(_same(rows, group), ~reached)
        columns = ["duty_id", "epoch", "rung", "repeat", "recipient_id", "slot_day", "run_id", "state"]
        return self.connection.execute(self._claim(REMINDER).from_select(columns, picked)).rowcount

    def look_again(self, group: DueGroup, *, at: int, rung: int, repeat: int, told_on: int | None) -> None:
        """The next timer of every duty of a group."""
        if self.dry:
            return
        rows = self.rows
        picked = select(
            literal(at),
            rows.c.duty_id,
            rows.c.version,
            literal(rung),
            literal(repeat),
            literal(told_on) if told_on is not None else null(),
        ).where(_same(rows, group))
        columns = ["at", "duty_id", "version", "rung", "repeat", "told_on"]
        self.connection.execute(insert(TIMER).from_select(columns, picked.order_by(rows.c.duty_id)))

    def consume(self) -> None:
        """The due timers are done with: those that counted have a successor, the others were of older versions."""
        self.connection.execute(delete(TIMER).where(TIMER.c.at <= self.as_of))

    def planned(self) -> list[Told]:
        """Every reminder of this plan, in an order that does not depend on how it was made."""
        if self.dry:
            return sorted(set(self.told), key=lambda t: t[:5])
        columns = [_FRESH.c[name] for name in Told._fields]
        return sorted({Told(*row) for row in self.connection.execute(select(*columns))}, key=lambda t: t[:5])

    def recipients(self) -> int:
        if self.dry:
            return len({t.recipient_id for t in self.told})
        return int(self.connection.execute(select(func.count(func.distinct(_FRESH.c.recipient_id)))).scalar_one())

    def fold(
        self, *, channel: str, run_id: int, key: str, state: str, today: tuple[int, int], later: tuple[int, int]
    ) -> tuple[int, int, int]:
        """One message per person and window, and every reminder in exactly one of them.

        `today` and `later` are (window day, not before) of this window and the next: who has already been written to in this one gets
        the next. Returns (reminders, new messages, of which nobody can be reached).
        """
        connection = self.connection
        gone = exists().where(
            MESSAGE.c.recipient_id == _FRESH.c.recipient_id,
            MESSAGE.c.channel == channel,
            MESSAGE.c.window_day == today[0],
            or_(MESSAGE.c.attempts > 0, MESSAGE.c.state.not_in(("pending", "held"))),
        )
        address = select(PERSON.c.email).where(PERSON.c.id == _FRESH.c.recipient_id).scalar_subquery()
        folded = select(
            _FRESH.c.recipient_id,
            func.max(_FRESH.c.no),
            case((gone, later[0]), else_=today[0]),
            case((gone, later[1]), else_=today[1]),
            address,
            or_(address.is_not(None), literal(channel == "folder")),
        ).group_by(_FRESH.c.recipient_id)
        connection.execute(insert(_FOLD).from_select(list(_FOLD.c.keys()), folded))
        made = connection.execute(
            _messages(self._claim(MESSAGE), channel=channel, run_id=run_id, key=key, state=state)
        ).rowcount
        unreachable = int(connection.execute(select(func.count()).select_from(_FOLD).where(~_FOLD.c.reachable)).scalar_one())
        reminders = connection.execute(_reminders(self._claim(REMINDER), channel=channel, run_id=run_id)).rowcount
        return reminders, made, unreachable

    def _tell(self, told: Select[Any], *, rung: str, no: int, repeat: int, slot_day: int) -> None:
        picked = told.subquery("told")
        if self.dry:
            for row in self.connection.execute(select(picked)):
                self.told.append(Told(row.duty_id, row.epoch, rung, repeat, row.person_id, row.role, row.acting_for))
            return
        fresh = select(
            picked.c.duty_id,
            picked.c.epoch,
            literal(rung),
            literal(no),
            literal(repeat),
            picked.c.person_id,
            literal(slot_day),
            picked.c.role,
            picked.c.acting_for,
        )
        self.connection.execute(insert(_FRESH).from_select(list(_FRESH.c.keys()), fresh))

    def _covered(self, rung: str, group: DueGroup) -> int:
        """How many duties of a group have somebody who is told."""
        if self.dry:
            asked = select(self.rows.c.duty_id).where(_same(self.rows, group))
            mine = set(self.connection.execute(asked).scalars())
            return len({t.duty_id for t in self.told if t.rung == rung} & mine)
        reached = select(_FRESH.c.duty_id).where(_FRESH.c.rung == rung, _FRESH.c.duty_id == self.rows.c.duty_id).exists()
        return int(
            self.connection.execute(
                select(func.count()).select_from(self.rows).where(_same(self.rows, group), reached)
            ).scalar_one()
        )

    def _claim(self, table: Table) -> Any:
        """INSERT that leaves rows alone whose key is taken: the key is the claim."""
        maker = pg_insert if self.connection.dialect.name == "postgresql" else sqlite_insert
        return _OrNothing(maker(table))


class _OrNothing:
    def __init__(self, made: Any) -> None:
        self.made = made

    def from_select(self, columns: list[str], picked: Select[Any]) -> Insert:
        result: Insert = self.made.from_select(columns, picked).on_conflict_do_nothing()
        return result


def _due(as_of: int) -> Select[Any]:
    """Timers up to an instant that still count: of the duty's present version, while its clock runs and it has a line."""
    return (
        select(
            DUTY.c.id.label("duty_id"),
            DUTY.c.version,
            DUTY.c.campaign_id,
            DUTY.c.unit_id,
            DUTY.c.task_id,
            DUTY.c.epoch,
            DUTY.c.due_day,
            DUTY.c.internal_day,
            DUTY.c.made_on,
            TIMER.c.rung,
            TIMER.c.repeat,
            TIMER.c.told_on,
        )
        .select_from(TIMER)
        .join(DUTY, and_(DUTY.c.id == TIMER.c.duty_id, DUTY.c.version == TIMER.c.version))
        .where(TIMER.c.at <= as_of, DUTY.c.state.in_([str(s) for s in CLOCK_RUNS]), DUTY.c.due_day.is_not(None))
    )


def _same(rows: FromClause, group: DueGroup) -> ColumnElement[bool]:
    return and_(
        *(
            rows.c[name].is_(None) if value is None else rows.c[name] == value
            for name, value in zip(GROUPED_BY, group[:-1], strict=True)
        )
    )


def _told(rows: FromClause, group: DueGroup, candidate: Candidate, passed: Sequence[Candidate], day: int) -> Select[Any]:
    """(duty, epoch, person, role, unit acted for) of the holders at one place, for units that had none at the places before."""
    held = _holders(rows, candidate, day)
    acting = rows.c.unit_id if passed else cast(null(), Integer)  # a bare NULL in a subquery is text to PostgreSQL
    missing = [~select(literal(1)).where(_held(rows, earlier, day)).correlate(rows, SPAN).exists() for earlier in passed]
    return (
        select(
            rows.c.duty_id.label("duty_id"),
            rows.c.epoch.label("epoch"),
            held.c.person_id.label("person_id"),
            held.c.role.label("role"),
            acting.label("acting_for"),
        )
        .select_from(rows)
        .join(SPAN, and_(SPAN.c.unit_id == rows.c.unit_id, current(day)))
        .join(held, _place(rows, candidate, held))
        .where(_same(rows, group), *missing)
        .distinct()
    )


def _holders(rows: FromClause, candidate: Candidate, day: int) -> FromClause:
    """The posts on a day that a candidate place accepts, with their unit; acting holders count like others."""
    wanted: list[ColumnElement[bool]] = [POST.c.superseded_at == FOREVER, POST.c.valid_from <= day, POST.c.valid_to > day]
    picked = select(POST.c.unit_id, POST.c.person_id, POST.c.role)
    if candidate.names:
        picked = picked.join(PERSON, PERSON.c.id == POST.c.person_id)
        wanted.append(PERSON.c.name.in_(candidate.names))
    if candidate.roles:
        wanted.append(POST.c.role.in_(candidate.roles))
    if candidate.offices:
        office = SPAN.alias("office")
        picked = picked.join(office, and_(office.c.unit_id == POST.c.unit_id, office.c.superseded_at == FOREVER))
        wanted += [
            office.c.valid_from <= day,
            office.c.valid_to > day,
            or_(office.c.name.in_(candidate.offices), office.c.kind.in_(candidate.offices)),
        ]
    return picked.where(*wanted).subquery()


def _place(rows: FromClause, candidate: Candidate, held: FromClause) -> ColumnElement[bool]:
    if candidate.at == "own":
        return held.c.unit_id == rows.c.unit_id
    if candidate.at == "clerk":
        return held.c.unit_id == case((SPAN.c.kind == "党支部", SPAN.c.parent_id), else_=SPAN.c.unit_id)
    if candidate.at == "superior":
        return held.c.unit_id == SPAN.c.parent_id
    return literal(True)


def _held(rows: FromClause, candidate: Candidate, day: int) -> ColumnElement[bool]:
    held = _holders(rows, candidate, day)
    return select(literal(1)).select_from(held).where(_place(rows, candidate, held)).correlate(rows, SPAN).exists()


def _messages(claim: Any, *, channel: str, run_id: int, key: str, state: str) -> Insert:
    """A new message for every folded person without a waiting one in the window. Who has no address is held, with the reason."""
    values: dict[str, ColumnElement[Any]] = {
        "idem_key": literal(f"{key}-") + cast(_FOLD.c.window_day, Text) + "-" + cast(_FOLD.c.recipient_id, Text),
        "recipient_id": _FOLD.c.recipient_id,
        "channel": literal(channel),
        "address": _FOLD.c.address,
        "window_day": _FOLD.c.window_day,
        "seq": literal(0),
        "not_before": _FOLD.c.not_before,
        "state": case((_FOLD.c.reachable, literal(state)), else_=literal("held")),
        "run_id": literal(run_id),
        "rung": _FOLD.c.no,
        "attempts": literal(0),
        "fence": literal(0),
        "why": case((_FOLD.c.reachable, null()), else_=literal("no-address")),
    }
    made: Insert = claim.from_select(list(values), select(*values.values()).where(literal(True)))
    return made


def _reminders(claim: Any, *, channel: str, run_id: int) -> Insert:
    values: dict[str, ColumnElement[Any]] = {
        "duty_id": _FRESH.c.duty_id,
        "epoch": _FRESH.c.epoch,
        "rung": _FRESH.c.rung,
        "repeat": _FRESH.c.repeat,
        "recipient_id": _FRESH.c.recipient_id,
        "slot_day": _FRESH.c.slot_day,
        "run_id": literal(run_id),
        "state": literal("folded"),
        "role": _FRESH.c.role,
        "acting_for": _FRESH.c.acting_for,
        "message_id": MESSAGE.c.id,
    }
    picked = (
        select(*values.values())
        .select_from(_FRESH)
        .join(_FOLD, _FOLD.c.recipient_id == _FRESH.c.recipient_id)
        .join(
            MESSAGE,
            and_(
                MESSAGE.c.recipient_id == _FRESH.c.recipient_id,
                MESSAGE.c.channel == channel,
                MESSAGE.c.window_day == _FOLD.c.window_day,
                MESSAGE.c.seq == 0,
            ),
        )
        .where(literal(True))  # SQLite reads "ON CONFLICT" after a bare FROM as a join's ON
        .order_by(_FRESH.c.duty_id)
    )
    made: Insert = claim.from_select(list(values), picked)
    return made


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


def over_30_days(connection: Connection, rows: FromClause, day: int) -> int:
    """Duties first seen more than 30 days after their line: a sign of imported or cloned dates."""
    asked = select(func.count()).select_from(rows).where(rows.c.rung == 0, rows.c.due_day < day - 30)
    return int(connection.execute(asked).scalar_one())
