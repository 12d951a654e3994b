"""What people answered about duties they were told of, and what must be known to judge an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, insert, literal, select

from storage.clocks import RUNNING, is_due, same_line
from storage.scope import Scope
from storage.some import some
from storage.tables import CAMPAIGN, DUTY, PERSON, POST, REMINDER, SPAN, TASK, UNIT
from storage.tables_telling import ANSWER
from storage.units import on, post_on
from storage.within import within


class AnswerLine(NamedTuple):
    """One answer with the name of who gave it. `until_day` is an ordinal, `at` UTC seconds."""

    duty_id: int | None
    kind: str
    person_id: int
    person: str
    rung: str | None
    until_day: int | None
    note: str | None
    at: int


class ToldItem(NamedTuple):
    """One duty that a message speaks of, as it stands now. `due_day` is an ordinal. `open`: somebody still waits for what its reader was
    told about, his submission or his review, on the line he was told about."""

    duty_id: int
    campaign_id: int
    campaign: str
    unit_id: int
    unit: str
    unit_code: str
    task_key: str
    occurrence: str
    state: str
    due_day: int | None
    rung: str
    open: bool


def add(
    connection: Connection,
    *,
    kind: str,
    person_id: int,
    at: int,
    duty_id: int | None = None,
    epoch: int | None = None,
    rung: str | None = None,
    until_day: int | None = None,
    note: str | None = None,
    via: str | None = None,
) -> int:
    values = {
        "kind": kind,
        "person_id": person_id,
        "duty_id": duty_id,
        "epoch": epoch,
        "rung": rung,
        "until_day": until_day,
        "note": note,
        "via": via,
        "at": at,
    }
    return int(connection.execute(insert(ANSWER).values(values).returning(ANSWER.c.id)).scalar_one())


def was_told(connection: Connection, *, duty_id: int, epoch: int, person_id: int) -> bool:
    """A reminder about the duty's present line concerned this person."""
    asked = select(REMINDER.c.rung).where(
        REMINDER.c.duty_id == duty_id, REMINDER.c.epoch == epoch, REMINDER.c.recipient_id == person_id
    )
    return connection.execute(asked.limit(1)).first() is not None


def promise_at(connection: Connection, *, duty_id: int, epoch: int, rung: str | None) -> AnswerLine | None:
    """The promise given at a rung of the present line (None: before anybody was told)."""
    at = ANSWER.c.rung == rung if rung is not None else ANSWER.c.rung.is_(None)
    asked = _LINES.where(ANSWER.c.duty_id == duty_id, ANSWER.c.epoch == epoch, ANSWER.c.kind == "promise", at)
    row = connection.execute(asked.limit(1)).first()
    return AnswerLine._make(row) if row else None


def latest(
    connection: Connection, duty_ids: Iterable[int], *, scope: Scope, day: int, kinds: Sequence[str] = ("seen", "promise")
) -> list[AnswerLine]:
    """The newest answer of each kind about each duty's present line, oldest first: what a chase or a page says beside a duty."""
    found: dict[tuple[int | None, str], AnswerLine] = {}
    wanted = sorted(set(duty_ids))
    for ids in some(wanted):
        asked = (
            _LINES.join(DUTY, and_(DUTY.c.id == ANSWER.c.duty_id, DUTY.c.epoch == ANSWER.c.epoch))
            .where(ANSWER.c.duty_id.in_(ids), ANSWER.c.kind.in_(kinds))
            .where(within(scope, DUTY.c.unit_id, day=day))
            .order_by(ANSWER.c.id)
        )
        found |= {(line.duty_id, line.kind): line for line in map(AnswerLine._make, connection.execute(asked))}
    return list(found.values())


def said_via(connection: Connection, *, person_id: int, via: str) -> list[AnswerLine]:
    """What a person answered one way (through the link of one message), oldest first."""
    asked = _LINES.where(ANSWER.c.person_id == person_id, ANSWER.c.via == via).order_by(ANSWER.c.id)
    return [AnswerLine._make(row) for row in connection.execute(asked)]


def told_items(connection: Connection, *, message_id: int, person_id: int, day: int) -> list[ToldItem]:
    """What a message is about, in the order of the tree and the definition; done ones too, each duty at its last rung told."""
    asked = (
        _items()
        .where(REMINDER.c.message_id == message_id, REMINDER.c.recipient_id == person_id, on(day))
        .order_by(SPAN.c.path, TASK.c.ord, DUTY.c.occurrence, REMINDER.c.slot_day)
    )
    return [ToldItem._make(row)._replace(open=bool(row[-1])) for row in connection.execute(asked)]


def see(
    connection: Connection,
    *,
    person_id: int,
    at: int,
    until_day: int,
    note: str | None,
    via: str | None,
    message_id: int | None,
) -> list[int]:
    """知悉 of everything open that a person was told about, or that one message told him, in one statement; the duties."""
    values = {"person_id": person_id, "kind": "seen", "until_day": until_day, "note": note, "via": via, "at": at}
    typed = [literal(value, type_=ANSWER.c[name].type) for name, value in values.items()]
    picked = (
        select(*typed, DUTY.c.id, DUTY.c.epoch)
        .select_from(REMINDER)
        .join(DUTY, same_line())
        .where(REMINDER.c.recipient_id == person_id, is_due())
        .distinct()
    )
    if message_id is not None:
        picked = picked.where(REMINDER.c.message_id == message_id)
    made = insert(ANSWER).from_select([*values, "duty_id", "epoch"], picked).returning(ANSWER.c.duty_id)
    return sorted(int(value) for value in connection.execute(made).scalars())


def first_own_line(connection: Connection, person_id: int, *, day: int, roles: Sequence[str]) -> int | None:
    """The earliest last day (ordinal) of what is open in units where a person holds such a post; past ones count too."""
    asked = (
        select(func.min(DUTY.c.due_day))
        .select_from(POST)
        .join(DUTY, DUTY.c.unit_id == POST.c.unit_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == DUTY.c.campaign_id)
        .where(POST.c.person_id == person_id, POST.c.role.in_(roles), post_on(day))
        .where(DUTY.c.state.in_(RUNNING), DUTY.c.due_day.is_not(None), CAMPAIGN.c.state == "running")
    )
    value = connection.execute(asked).scalar()
    return int(value) if value is not None else None


_LINES = select(
    ANSWER.c.duty_id,
    ANSWER.c.kind,
    ANSWER.c.person_id,
    func.coalesce(PERSON.c.name, ""),
    ANSWER.c.rung,
    ANSWER.c.until_day,
    ANSWER.c.note,
    ANSWER.c.at,
).outerjoin(PERSON, PERSON.c.id == ANSWER.c.person_id)


def _items() -> Any:
    return (
        select(
            DUTY.c.id,
            CAMPAIGN.c.id,
            CAMPAIGN.c.name,
            DUTY.c.unit_id,
            SPAN.c.name,
            UNIT.c.code,
            TASK.c.key,
            DUTY.c.occurrence,
            DUTY.c.state,
            DUTY.c.due_day,
            REMINDER.c.rung,
            and_(DUTY.c.epoch == REMINDER.c.epoch, is_due()),
        )
        .select_from(REMINDER)
        .join(DUTY, DUTY.c.id == REMINDER.c.duty_id)
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == DUTY.c.campaign_id)
        .join(UNIT, UNIT.c.id == DUTY.c.unit_id)
        .join(SPAN, SPAN.c.unit_id == DUTY.c.unit_id)
    )
