"""What a message about some duties would say, and to whom, before any reminder of them exists. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, literal, null, select

from storage.messages import OF_DUTY, Answered, ItemLine
from storage.recipients import Candidate, Places
from storage.scope import Scope
from storage.tables import CAMPAIGN, DUTY, PERSON, SPAN, TASK, UNIT
from storage.tables_telling import ANSWER
from storage.units import on
from storage.within import within


class Holder(NamedTuple):
    """A person who would be told about a duty, and in which post. `acting_for` is the unit whose empty post he stands in for."""

    duty_id: int
    person_id: int
    person: str
    role: str | None
    acting_for: int | None


def items(connection: Connection, *, scope: Scope, campaign_id: int, unit_id: int, day: int) -> list[ItemLine]:
    """The duties of one unit as lines of a message that is not there: message, recipient and rung are still to be filled in."""
    to_fill_in = (literal(""), null(), null(), literal(0))
    asked = (
        select(literal(0), literal(0), *OF_DUTY, *to_fill_in)
        .select_from(DUTY)
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == DUTY.c.campaign_id)
        .join(UNIT, UNIT.c.id == DUTY.c.unit_id)
        .join(SPAN, and_(SPAN.c.unit_id == DUTY.c.unit_id, on(day)))
        .where(DUTY.c.campaign_id == campaign_id, DUTY.c.unit_id == unit_id, scope.on(SPAN.c.path))
        .order_by(TASK.c.ord, DUTY.c.occurrence)
    )
    return [ItemLine._make(row) for row in connection.execute(asked)]


def holders(connection: Connection, duty_id: int, chain: Sequence[Candidate], *, scope: Scope, day: int) -> list[Holder]:
    """Who holds the first place of a chain that anybody holds: the people a run would tell on that day."""
    places = Places(connection, day)
    mine = (DUTY.c.id == duty_id, within(scope, DUTY.c.unit_id, day=day))
    rows = select(DUTY.c.id.label("duty_id"), DUTY.c.epoch, DUTY.c.unit_id).where(*mine).subquery("due")
    for holders_ in places.along(rows, chain):
        found = holders_.subquery("held")
        asked = select(found, PERSON.c.name).join(PERSON, PERSON.c.id == found.c.person_id).order_by(found.c.person_id)
        people = {
            row.person_id: Holder(duty_id, row.person_id, row.name, row.role, row.acting_for)
            for row in connection.execute(asked)
        }
        if people:
            return list(people.values())
    return []


def answers(connection: Connection, duty_ids: Sequence[int], *, scope: Scope, day: int) -> list[Answered]:
    """What has been answered about some duties in their present epoch, oldest first."""
    about = and_(DUTY.c.id == ANSWER.c.duty_id, DUTY.c.epoch == ANSWER.c.epoch)
    asked = (
        select(ANSWER.c.duty_id, ANSWER.c.person_id, PERSON.c.name, ANSWER.c.kind, ANSWER.c.until_day, ANSWER.c.at)
        .join(DUTY, about)
        .join(PERSON, PERSON.c.id == ANSWER.c.person_id)
        .where(ANSWER.c.duty_id.in_(duty_ids), ANSWER.c.kind.in_(("seen", "promise")), within(scope, DUTY.c.unit_id, day=day))
        .order_by(ANSWER.c.at)
    )
    return [Answered._make(row) for row in connection.execute(asked)]
