"""One act, read and written: what `decide` must know about a duty and its case, and what its outcome changes.

This is the path every button, command and import goes through, so it runs on the bare driver. A write that may race is
`UPDATE ... WHERE version = :seen`; the caller looks at the number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, delete, func, insert, null, or_, select, update

from storage.calendar import number as calendar_number
from storage.campaigns import newest
from storage.clocks import reviewing
from storage.hot import Hot
from storage.tables import (
    CASE,
    DUTY,
    FOREVER,
    JOURNAL,
    META,
    PERSON,
    POST,
    RECEIPT,
    REMINDER,
    RUN,
    SPAN,
    SUBMISSION,
    TASK,
    TIMER,
    UNIT,
)
from storage.tables_portal import SAVED_FORM
from storage.tables_telling import ANSWER
from workflow.model import CLOSED

_day = bindparam("day", type_=SPAN.c.valid_from.type)


class CaseRead(NamedTuple):
    """A case with its unit as of a day, and two numbers looked at in passing: of the calendar in use, and of the newest version that any
    campaign was migrated to."""

    case_id: int
    campaign_id: int
    track: str
    phase: int
    version: int
    unit_id: int
    unit_name: str
    unit_kind: str
    unit_path: str
    branch_kind: str | None
    calendar: int
    version_now: int


class DutyRead(NamedTuple):
    """A duty as it stands. Days are ordinals, instants UTC seconds; `ways` is a bit mask."""

    id: int
    case_id: int
    task_key: str
    occurrence: str
    state: str
    epoch: int
    version: int
    made_on: int
    opens_at: int | None
    due_day: int | None
    closes_at: int | None
    locks_at: int | None
    internal_day: int | None
    first_submitted_at: int | None
    on_time: bool | None
    ways: int
    task_id: int
    submitted_at: int | None
    review_day: int | None


class PostRead(NamedTuple):
    """A post of a person on a day; `above` is the kind of the unit above his."""

    unit_id: int
    role: str
    path: str
    kind: str
    unit_name: str
    above: str | None


def _now_spans() -> Any:
    return (SPAN.c.superseded_at == FOREVER) & (SPAN.c.valid_from <= _day) & (SPAN.c.valid_to > _day)


_CASE = Hot(
    select(
        CASE.c.id,
        CASE.c.campaign_id,
        CASE.c.track,
        CASE.c.phase,
        CASE.c.version,
        CASE.c.unit_id,
        SPAN.c.name,
        SPAN.c.kind,
        SPAN.c.path,
        SPAN.c.branch_kind,
        calendar_number(),
        newest(),
    )
    .join(SPAN, SPAN.c.unit_id == CASE.c.unit_id)
    .where(CASE.c.id == bindparam("case_id"), _now_spans())
    .order_by(SPAN.c.valid_from.desc())
)
_duty_columns = select(
    DUTY.c.id,
    DUTY.c.case_id,
    TASK.c.key,
    DUTY.c.occurrence,
    DUTY.c.state,
    DUTY.c.epoch,
    DUTY.c.version,
    DUTY.c.made_on,
    DUTY.c.opens_at,
    DUTY.c.due_day,
    DUTY.c.closes_at,
    DUTY.c.locks_at,
    DUTY.c.internal_day,
    DUTY.c.first_submitted_at,
    DUTY.c.on_time,
    DUTY.c.ways,
    DUTY.c.task_id,
    DUTY.c.submitted_at,
    DUTY.c.review_day,
).join(TASK, TASK.c.id == DUTY.c.task_id)
_DUTY = Hot(_duty_columns.where(DUTY.c.id == bindparam("duty_id")))
_DUTIES = Hot(
    _duty_columns.where(DUTY.c.case_id == bindparam("case_id"), DUTY.c.state != "void").order_by(TASK.c.ord, DUTY.c.occurrence)
)
_COUNTS = Hot(
    select(
        func.coalesce(TASK.c.phase, 0),
        func.count(),
        func.sum(case((or_(*(DUTY.c.state == str(s) for s in CLOSED)), 0), else_=1)),
    )
    .join(TASK, TASK.c.id == DUTY.c.task_id)
    .where(DUTY.c.case_id == bindparam("case_id"), DUTY.c.state != "void", DUTY.c.occurrence == "")
    .group_by(TASK.c.phase)
)
_above = SPAN.alias("above")
_is_above = (
    (_above.c.unit_id == SPAN.c.parent_id)
    & (_above.c.superseded_at == FOREVER)
    & (_above.c.valid_from <= _day)
    & (_above.c.valid_to > _day)
)
_POSTS = Hot(
    select(POST.c.unit_id, POST.c.role, SPAN.c.path, SPAN.c.kind, SPAN.c.name, _above.c.kind)
    .join(SPAN, SPAN.c.unit_id == POST.c.unit_id)
    .outerjoin(_above, _is_above)
    .where(
        POST.c.person_id == bindparam("person_id"),
        POST.c.superseded_at == FOREVER,
        POST.c.valid_from <= _day,
        POST.c.valid_to > _day,
        _now_spans(),
    )
)
_ACTOR = Hot(
    select(PERSON.c.name, POST.c.unit_id, POST.c.role, SPAN.c.path, SPAN.c.kind, SPAN.c.name, _above.c.kind)
    .select_from(PERSON)
    .outerjoin(
        POST,
        (POST.c.person_id == PERSON.c.id)
        & (POST.c.superseded_at == FOREVER)
        & (POST.c.valid_from <= _day)
        & (POST.c.valid_to > _day),
    )
    .outerjoin(SPAN, (SPAN.c.unit_id == POST.c.unit_id) & _now_spans())
    .outerjoin(_above, _is_above)
    .where(PERSON.c.id == bindparam("person_id"))
)
_below = SPAN.alias("below")
_cases_below = (
    select(func.count())
    .select_from(CASE)
    .join(_below, _below.c.unit_id == CASE.c.unit_id)
    .where(
        CASE.c.campaign_id == bindparam("campaign_id"),
        CASE.c.track == bindparam("track"),
        _below.c.superseded_at == FOREVER,
        _below.c.valid_from <= _day,
        _below.c.valid_to > _day,
        _below.c.path >= bindparam("path_from"),
        _below.c.path < bindparam("path_to"),
    )
)
_BRANCHES = Hot(_cases_below)
_BEHIND = Hot(_cases_below.where(CASE.c.phase <= bindparam("phase")))
_CASE_OF_UNIT = Hot(
    select(CASE.c.id)
    .where(
        CASE.c.campaign_id == bindparam("campaign_id"),
        CASE.c.track == bindparam("track"),
        CASE.c.unit_id == bindparam("unit_id"),
    )
    .with_for_update()
)
_MOVE_CASE = Hot(
    update(CASE)
    .where(CASE.c.id == bindparam("case_id"), CASE.c.version == bindparam("seen"))
    .values(phase=bindparam("to_phase"), version=CASE.c.version + 1, entered_on=bindparam("to_day"))
)
_TOUCH_CASE = Hot(
    update(CASE)
    .where(CASE.c.id == bindparam("case_id"), CASE.c.version == bindparam("seen"))
    .values(version=CASE.c.version + 1)
)
_JOURNAL = Hot(
    insert(JOURNAL).values(
        {
            name: bindparam(name)
            for name in (
                "recorded_at",
                "effective_on",
                "campaign_id",
                "unit_id",
                "unit_path",
                "case_id",
                "duty_id",
                "task_id",
                "act",
                "from_state",
                "to_state",
                "due_day_from",
                "due_day",
                "on_time",
                "by_person",
                "via",
                "reason",
                "data",
            )
        }
    )
)
_TIMER = Hot(
    insert(TIMER).values(
        {name: bindparam(name) for name in ("at", "duty_id", "version", "rung", "repeat", "told_on", "held_to")}
    )
)
_TOLD = Hot(
    select(REMINDER.c.rung, func.max(REMINDER.c.repeat), func.max(RUN.c.as_of))
    .join(RUN, RUN.c.id == REMINDER.c.run_id)
    .where(REMINDER.c.duty_id == bindparam("duty_id"), REMINDER.c.epoch == bindparam("epoch"), REMINDER.c.recipient_id > 0)
    .group_by(REMINDER.c.rung)
)
_REVIVE = Hot(
    update(REMINDER)
    .where(REMINDER.c.duty_id == bindparam("duty_id"), REMINDER.c.epoch == bindparam("in_epoch"))
    .where(REMINDER.c.state == "cancelled:done", ~reviewing())
    .values(state="planned", message_id=null())
)
_UNTOLD = Hot(
    select(REMINDER.c.rung, REMINDER.c.state).where(
        REMINDER.c.duty_id == bindparam("duty_id"), REMINDER.c.epoch == bindparam("epoch"), REMINDER.c.recipient_id == 0
    )
)
_PROMISED = Hot(
    select(func.max(ANSWER.c.until_day)).where(
        ANSWER.c.duty_id == bindparam("duty_id"), ANSWER.c.epoch == bindparam("epoch"), ANSWER.c.kind == "promise"
    )
)
_NAME = Hot(select(PERSON.c.name).where(PERSON.c.id == bindparam("person_id")))
_LAST_DATA = Hot(
    select(SUBMISSION.c.data).where(SUBMISSION.c.duty_id == bindparam("duty_id")).order_by(SUBMISSION.c.id.desc()).limit(1)
)
_SUBJECTS = Hot(
    select(UNIT.c.code, UNIT.c.id, SPAN.c.path)
    .select_from(CASE)
    .join(UNIT, UNIT.c.id == CASE.c.unit_id)
    .join(SPAN, SPAN.c.unit_id == CASE.c.unit_id)
    .where(
        CASE.c.campaign_id == bindparam("campaign_id"),
        CASE.c.track == bindparam("track"),
        _now_spans(),
        SPAN.c.path >= bindparam("path_from"),
        SPAN.c.path < bindparam("path_to"),
    )
    .order_by(UNIT.c.code)
)
_INSTANT = Hot(update(META).where(META.c.key == "last_instant").values(value=bindparam("instant")))
_SUBMISSION = Hot(
    insert(SUBMISSION).values({n: bindparam(n) for n in ("duty_id", "epoch", "at", "by_person", "proxy", "data")})
)
_DROP_SAVED = Hot(delete(SAVED_FORM).where(SAVED_FORM.c.duty_id == bindparam("duty_id")))
_RECEIPT = Hot(insert(RECEIPT).values({n: bindparam(n) for n in ("duty_id", "epoch", "way", "received_on", "at", "by_person")}))


class Acts:
    """The statements of one act on one open driver connection; `connection` is SQLAlchemy's around it, where there is one."""

    def __init__(self, driver: Any, dialect: str, connection: Connection | None = None) -> None:
        self.driver = driver
        self.dialect = dialect
        self.connection = connection
        self._actors: dict[tuple[int, int], tuple[str, list[PostRead]]] = {}

    def case(self, case_id: int, day: int) -> CaseRead | None:
        row = _CASE(self.driver, self.dialect, {"case_id": case_id, "day": day}).fetchone()
        return CaseRead(*row) if row else None

    def branches(self, campaign_id: int, track: str, path: str, day: int) -> int:
        """Cases of a track in a subtree."""
        values = {"campaign_id": campaign_id, "track": track, "path_from": path, "path_to": path[:-1] + "0", "day": day}
        return int(_BRANCHES(self.driver, self.dialect, values).fetchone()[0])

    def case_of(self, campaign_id: int, track: str, unit_id: int) -> int | None:
        """A unit's case, ours until the end: of two branches that finish at once, the second sees that the first is done."""
        values = {"campaign_id": campaign_id, "track": track, "unit_id": unit_id}
        row = _CASE_OF_UNIT(self.driver, self.dialect, values).fetchone()
        return row[0] if row else None

    def duty(self, duty_id: int) -> DutyRead | None:
        row = _DUTY(self.driver, self.dialect, {"duty_id": duty_id}).fetchone()
        return DutyRead(*row) if row else None

    def duties_of(self, case_id: int) -> list[DutyRead]:
        """The duties of a case in the order of the definition; what is void is left out."""
        return [DutyRead(*row) for row in _DUTIES(self.driver, self.dialect, {"case_id": case_id}).fetchall()]

    def counts(self, case_id: int) -> list[tuple[int, int, int]]:
        """(phase, duties, still open) for each phase of the case that has duties; single ones, not recurring."""
        return [tuple(row) for row in _COUNTS(self.driver, self.dialect, {"case_id": case_id}).fetchall()]

    def posts(self, person_id: int, day: int) -> list[PostRead]:
        rows = _POSTS(self.driver, self.dialect, {"person_id": person_id, "day": day}).fetchall()
        return [PostRead(*row) for row in rows]

    def actor(self, person_id: int, day: int) -> tuple[str, list[PostRead]]:
        """Name and posts of who acts; read once, since nobody's posts change within a transaction. Nobody has no name and no post."""
        if (person_id, day) not in self._actors:
            rows = _ACTOR(self.driver, self.dialect, {"person_id": person_id, "day": day}).fetchall()
            posts = [PostRead(*row[1:]) for row in rows if row[3] is not None]
            self._actors[person_id, day] = (str(rows[0][0]) if rows else "", posts)
        return self._actors[person_id, day]

    def behind(self, campaign_id: int, track: str, phase: int, path: str, day: int) -> int:
        """Cases of a track below a unit that have not left a phase."""
        values = {
            "campaign_id": campaign_id,
            "track": track,
            "phase": phase,
            "path_from": path,
            "path_to": path[:-1] + "0",
            "day": day,
        }
        return int(_BEHIND(self.driver, self.dialect, values).fetchone()[0])

    def change_duty(self, duty_id: int, seen: int, changes: Mapping[str, Any]) -> bool:
        """Write columns where the version is still the one seen; False: somebody else was first."""
        values = {**changes, "duty_id": duty_id, "seen": seen}
        return bool(_duty_update(tuple(sorted(changes)))(self.driver, self.dialect, values).rowcount == 1)

    def move_case(self, case_id: int, seen: int, phase: int, day: int) -> bool:
        values = {"case_id": case_id, "seen": seen, "to_phase": phase, "to_day": day}
        return bool(_MOVE_CASE(self.driver, self.dialect, values).rowcount == 1)

    def touch_case(self, case_id: int, seen: int) -> bool:
        return bool(_TOUCH_CASE(self.driver, self.dialect, {"case_id": case_id, "seen": seen}).rowcount == 1)

    def journal(self, values: Mapping[str, Any]) -> None:
        _JOURNAL(self.driver, self.dialect, values)

    def timer(
        self,
        at: int,
        duty_id: int,
        version: int,
        *,
        rung: int,
        repeat: int,
        told_on: int | None,
        held_to: int | None = None,
    ) -> None:
        place = {"rung": rung, "repeat": repeat, "told_on": told_on, "held_to": held_to}
        _TIMER(self.driver, self.dialect, {"at": at, "duty_id": duty_id, "version": version, **place})

    def promised_to(self, duty_id: int, epoch: int) -> int | None:
        """The latest day promised about a duty's line, an ordinal."""
        row = _PROMISED(self.driver, self.dialect, {"duty_id": duty_id, "epoch": epoch}).fetchone()
        return int(row[0]) if row and row[0] is not None else None

    def rungs_dropped(self, duty_id: int, epoch: int) -> set[str]:
        """Keys of the rungs that somebody decided nobody is told in one epoch: dropped by a silence, passed over by a new version."""
        rows = _UNTOLD(self.driver, self.dialect, {"duty_id": duty_id, "epoch": epoch}).fetchall()
        return {str(rung) for rung, state in rows if state == "skipped:catch-up" or state.startswith("suppressed:silence:")}

    def rungs_told(self, duty_id: int, epoch: int) -> dict[str, tuple[int, int]]:
        """{key of a rung somebody was told about in one epoch: (its last repeat, when)}."""
        rows = _TOLD(self.driver, self.dialect, {"duty_id": duty_id, "epoch": epoch}).fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}

    def say_after_all(self, duty_id: int, epoch: int) -> None:
        """What was not said because the duty was done is to be said, since it is not done after all."""
        _REVIVE(self.driver, self.dialect, {"duty_id": duty_id, "in_epoch": epoch})

    def name_of(self, person_id: int) -> str:
        row = _NAME(self.driver, self.dialect, {"person_id": person_id}).fetchone()
        return str(row[0]) if row else ""

    def last_data(self, duty_id: int) -> str | None:
        """What was last submitted for a duty, as JSON text."""
        row = _LAST_DATA(self.driver, self.dialect, {"duty_id": duty_id}).fetchone()
        return row[0] if row else None

    def subjects(self, campaign_id: int, track: str, path: str, day: int) -> list[tuple[str, int, str]]:
        """(code, id, path) of the units of a track in a subtree."""
        values = {"campaign_id": campaign_id, "track": track, "path_from": path, "path_to": path[:-1] + "0", "day": day}
        return [tuple(row) for row in _SUBJECTS(self.driver, self.dialect, values).fetchall()]

    def record_instant(self, instant: str) -> None:
        """A sandbox's last instant."""
        _INSTANT(self.driver, self.dialect, {"instant": instant})

    def submission(self, values: Mapping[str, Any]) -> None:
        """What was sent; what was saved of it has served."""
        _SUBMISSION(self.driver, self.dialect, values)
        _DROP_SAVED(self.driver, self.dialect, {"duty_id": values["duty_id"]})

    def receipt(self, values: Mapping[str, Any]) -> None:
        _RECEIPT(self.driver, self.dialect, values)


_updates: dict[tuple[str, ...], Hot] = {}


def _duty_update(columns: tuple[str, ...]) -> Hot:
    if columns not in _updates:
        _updates[columns] = Hot(
            update(DUTY)
            .where(DUTY.c.id == bindparam("duty_id"), DUTY.c.version == bindparam("seen"))
            .values({"version": DUTY.c.version + 1, **{name: bindparam(name) for name in columns}})
        )
    return _updates[columns]
