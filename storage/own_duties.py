"""应办事项 of the units somebody acts for, as they stand now, and who reviews what those units hand in."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, and_, or_, select

from storage.recipients import delegated_away
from storage.scope import Scope
from storage.tables import CAMPAIGN, CASE, DUTY, PERSON, POST, SPAN, TASK, UNIT
from storage.tables_portal import SAVED_FORM
from storage.units import on, post_on


class OwnDuty(NamedTuple):
    """One duty with its unit and case. Days are ordinals, instants UTC seconds; `saved_at` is when its form was last saved."""

    duty_id: int
    campaign_id: int
    case_id: int
    version: int
    unit_id: int
    unit: str
    unit_code: str
    unit_kind: str
    track: str
    phase: int
    task_key: str
    occurrence: str
    state: str
    opens_at: int | None
    due_day: int | None
    internal_day: int | None
    submitted_at: int | None
    accepted_at: int | None
    saved_at: int | None


class Reviewer(NamedTuple):
    """Who receives a unit's papers: a post in the unit above."""

    unit_id: int
    above: str
    role: str
    name: str
    mobile: str | None


def own_duties(connection: Connection, unit_ids: Collection[int], *, scope: Scope, day: int, until: int) -> list[OwnDuty]:
    """Duties of some units in running campaigns, in the order of the units and the definition.

    What is void is left out, and so are occurrences whose time begins after `until` (UTC seconds).
    """
    begun = or_(DUTY.c.occurrence == "", DUTY.c.opens_at.is_(None), DUTY.c.opens_at <= until)
    asked = (
        select(
            DUTY.c.id,
            DUTY.c.campaign_id,
            DUTY.c.case_id,
            CASE.c.version,
            DUTY.c.unit_id,
            SPAN.c.name,
            UNIT.c.code,
            SPAN.c.kind,
            CASE.c.track,
            CASE.c.phase,
            TASK.c.key,
            DUTY.c.occurrence,
            DUTY.c.state,
            DUTY.c.opens_at,
            DUTY.c.due_day,
            DUTY.c.internal_day,
            DUTY.c.submitted_at,
            DUTY.c.accepted_at,
            SAVED_FORM.c.at,
        )
        .join(CASE, CASE.c.id == DUTY.c.case_id)
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == DUTY.c.campaign_id)
        .join(UNIT, UNIT.c.id == DUTY.c.unit_id)
        .join(SPAN, SPAN.c.unit_id == DUTY.c.unit_id)
        .outerjoin(SAVED_FORM, SAVED_FORM.c.duty_id == DUTY.c.id)
        .where(DUTY.c.unit_id.in_(list(unit_ids)), DUTY.c.state != "void", CAMPAIGN.c.state == "running", begun)
        .where(on(day), scope.on(SPAN.c.path))
        .order_by(SPAN.c.path, DUTY.c.campaign_id, TASK.c.ord, DUTY.c.due_day)
    )
    return [OwnDuty._make(row) for row in connection.execute(asked)]


def reviewers(
    connection: Connection, unit_ids: Collection[int], *, roles: tuple[str, ...], scope: Scope, day: int
) -> dict[int, Reviewer]:
    """{unit: who holds the first of the roles in the unit above}; a delegate in the place of who delegated."""
    above = SPAN.alias("above")
    asked = (
        select(SPAN.c.unit_id, above.c.name, POST.c.role, PERSON.c.name, PERSON.c.mobile)
        .join(above, and_(above.c.unit_id == SPAN.c.parent_id, on(day, spans=above)))
        .join(POST, and_(POST.c.unit_id == SPAN.c.parent_id, post_on(day), POST.c.role.in_(roles), ~delegated_away(day)))
        .join(PERSON, PERSON.c.id == POST.c.person_id)
        .where(SPAN.c.unit_id.in_(list(unit_ids)), on(day), scope.on(SPAN.c.path))
        .order_by(POST.c.id)
    )
    found: dict[int, Reviewer] = {}
    for one in map(Reviewer._make, connection.execute(asked)):
        if one.unit_id not in found or roles.index(one.role) < roles.index(found[one.unit_id].role):
            found[one.unit_id] = one
    return found
