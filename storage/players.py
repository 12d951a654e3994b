"""Whom it is worth being in a sandbox: who owes something, and who holds which posts."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, case, or_, select

from storage.scope import Scope
from storage.tables import CASE, DUTY, PERSON, POST, SPAN
from storage.units import on, post_on
from workflow.model import CLOCK_RUNS


class Candidate(NamedTuple):
    """A person with the path of the unit in which he holds the post."""

    person_id: int
    path: str


def owing(
    connection: Connection, *, scope: Scope, day: int, now: int, kinds: tuple[str, ...], roles: tuple[str, ...], limit: int
) -> list[Candidate]:
    """Holders of a role in units of some kinds that owe something now: first what is due next, then what has been due for long."""
    running = [str(state) for state in CLOCK_RUNS]
    asked = (
        select(POST.c.person_id, SPAN.c.path)
        .select_from(DUTY)
        .join(CASE, CASE.c.id == DUTY.c.case_id)
        .join(SPAN, SPAN.c.unit_id == CASE.c.unit_id)
        .join(POST, POST.c.unit_id == CASE.c.unit_id)
        .where(DUTY.c.state.in_(running), or_(DUTY.c.opens_at.is_(None), DUTY.c.opens_at <= now), DUTY.c.due_day.is_not(None))
        .where(*_held(scope, day, kinds, roles))
        .order_by(case((DUTY.c.due_day >= day, 0), else_=1), DUTY.c.due_day, SPAN.c.path, POST.c.id)
        .limit(limit)
    )
    return [Candidate._make(row) for row in connection.execute(asked)]


def holding(
    connection: Connection, *, scope: Scope, day: int, kinds: tuple[str, ...], roles: tuple[str, ...], limit: int
) -> list[Candidate]:
    """Holders of a role in units of some kinds, as the tree goes."""
    asked = (
        select(POST.c.person_id, SPAN.c.path)
        .join(SPAN, SPAN.c.unit_id == POST.c.unit_id)
        .where(*_held(scope, day, kinds, roles))
        .order_by(SPAN.c.depth, SPAN.c.path, POST.c.id)
        .limit(limit)
    )
    return [Candidate._make(row) for row in connection.execute(asked)]


def _held(scope: Scope, day: int, kinds: tuple[str, ...], roles: tuple[str, ...]) -> tuple[ColumnElement[bool], ...]:
    erased = select(PERSON.c.id).where(PERSON.c.id == POST.c.person_id, PERSON.c.erased_at.is_not(None)).exists()
    return (
        on(day),
        post_on(day),
        scope.on(SPAN.c.path),
        SPAN.c.kind.in_(kinds),
        POST.c.role.in_(roles),
        ~erased,
    )
