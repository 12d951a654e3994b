"""What leaders were asked to decide (提请), and what they chose: the first choice stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, literal, select

from storage.claim import claim
from storage.clocks import RUNNING
from storage.scope import Scope
from storage.tables import CAMPAIGN, DUTY, PERSON, REMINDER, RUN, SPAN, TASK, UNIT
from storage.tables_telling import DECISION
from storage.units import on


class DecisionRead(NamedTuple):
    """A choice. `at` is UTC seconds."""

    duty_id: int
    epoch: int
    rung: str
    person_id: int
    person: str
    choice: str
    note: str | None
    at: int


class AskedLine(NamedTuple):
    """An open duty brought before one leader at one rung. `due_day` is an ordinal, `asked_at` UTC seconds."""

    duty_id: int
    campaign_id: int
    campaign: str
    unit: str
    unit_code: str
    task_key: str
    occurrence: str
    due_day: int | None
    rung: str
    leader: str
    asked_at: int


def of_duty(connection: Connection, duty_id: int, epoch: int) -> list[DecisionRead]:
    """What was chosen about the present line of a duty, oldest first."""
    asked = _READ.where(DECISION.c.duty_id == duty_id, DECISION.c.epoch == epoch).order_by(DECISION.c.id)
    return [DecisionRead._make(row) for row in connection.execute(asked)]


def present(connection: Connection, duty_ids: Sequence[int]) -> dict[tuple[int, str], DecisionRead]:
    """{(duty, rung): the choice made there about its present line}."""
    same = and_(DUTY.c.id == DECISION.c.duty_id, DUTY.c.epoch == DECISION.c.epoch)
    asked = _READ.join(DUTY, same).where(DECISION.c.duty_id.in_(duty_ids))
    return {(line.duty_id, line.rung): line for line in map(DecisionRead._make, connection.execute(asked))}


def add(
    connection: Connection,
    *,
    duty_id: int,
    epoch: int,
    rung: str,
    person_id: int,
    choice: str,
    note: str | None,
    via: str | None,
    at: int,
) -> bool:
    """Keep a choice; False if one stands already."""
    values = {
        "duty_id": duty_id,
        "epoch": epoch,
        "rung": rung,
        "person_id": person_id,
        "choice": choice,
        "note": note,
        "via": via,
        "at": at,
    }
    typed = [literal(value, type_=DECISION.c[name].type).label(name) for name, value in values.items()]
    return claim(connection, DECISION, list(values), select(*typed)) == 1


def waiting(
    connection: Connection, *, scope: Scope, day: int, rungs: Mapping[int, Sequence[str]], person_id: int | None
) -> list[AskedLine]:
    """Open duties that a leader was asked about and nobody has decided. `rungs` are {campaign: keys of its rungs that ask}."""
    decided = select(DECISION.c.id).where(
        DECISION.c.duty_id == REMINDER.c.duty_id, DECISION.c.epoch == REMINDER.c.epoch, DECISION.c.rung == REMINDER.c.rung
    )
    found: list[AskedLine] = []
    for campaign_id, keys in rungs.items():
        asked = (
            select(
                DUTY.c.id,
                CAMPAIGN.c.id,
                CAMPAIGN.c.name,
                SPAN.c.name,
                UNIT.c.code,
                TASK.c.key,
                DUTY.c.occurrence,
                DUTY.c.due_day,
                REMINDER.c.rung,
                PERSON.c.name,
                func.min(RUN.c.as_of),
            )
            .select_from(DUTY)
            .join(REMINDER, and_(REMINDER.c.duty_id == DUTY.c.id, REMINDER.c.epoch == DUTY.c.epoch))
            .join(RUN, RUN.c.id == REMINDER.c.run_id)
            .join(PERSON, PERSON.c.id == REMINDER.c.recipient_id)
            .join(TASK, TASK.c.id == DUTY.c.task_id)
            .join(CAMPAIGN, CAMPAIGN.c.id == DUTY.c.campaign_id)
            .join(UNIT, UNIT.c.id == DUTY.c.unit_id)
            .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, on(day)))
            .where(DUTY.c.campaign_id == campaign_id, DUTY.c.state.in_(RUNNING))
            .where(REMINDER.c.rung.in_(keys), ~decided.exists(), scope.on(SPAN.c.path))
            .group_by(
                DUTY.c.id,
                CAMPAIGN.c.id,
                SPAN.c.name,
                SPAN.c.path,
                UNIT.c.code,
                TASK.c.key,
                TASK.c.ord,
                REMINDER.c.rung,
                PERSON.c.id,
            )
            .order_by(SPAN.c.path, TASK.c.ord, DUTY.c.occurrence, PERSON.c.id)
        )
        if person_id is not None:
            asked = asked.where(REMINDER.c.recipient_id == person_id)
        found += [AskedLine._make(row) for row in connection.execute(asked)]
    return found


_READ = select(
    DECISION.c.duty_id,
    DECISION.c.epoch,
    DECISION.c.rung,
    DECISION.c.person_id,
    func.coalesce(PERSON.c.name, "").label("person"),
    DECISION.c.choice,
    DECISION.c.note,
    DECISION.c.at,
).outerjoin(PERSON, PERSON.c.id == DECISION.c.person_id)
