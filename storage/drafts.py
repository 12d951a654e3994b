"""草稿: what stands in the form of a duty before it is sent, and that no two overwrite each other unseen."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.scope import Scope
from storage.tables import DUTY, PERSON
from storage.tables_portal import DRAFT
from storage.within import within


class DraftRead(NamedTuple):
    """`data` is JSON text, perhaps incomplete; `at` UTC seconds; `by` the name of who saved it last."""

    duty_id: int
    data: str
    version: int
    by: str
    at: int


def draft(connection: Connection, duty_id: int, *, scope: Scope, day: int) -> DraftRead | None:
    """The draft of a duty whose unit is in scope."""
    asked = (
        select(DRAFT.c.duty_id, DRAFT.c.data, DRAFT.c.version, func.coalesce(PERSON.c.name, ""), DRAFT.c.at)
        .join(DUTY, DUTY.c.id == DRAFT.c.duty_id)
        .outerjoin(PERSON, PERSON.c.id == DRAFT.c.by_person)
        .where(DRAFT.c.duty_id == duty_id, within(scope, DUTY.c.unit_id, day=day))
    )
    row = connection.execute(asked).first()
    return DraftRead._make(row) if row else None


def save(connection: Connection, duty_id: int, data: str, *, seen: int, by: int, at: int) -> bool:
    """Keep `data` where the version is still the one seen (0: there was none). False: somebody else saved meanwhile."""
    values = {"data": data, "by_person": by, "at": at}
    if seen:
        changed = update(DRAFT).where(DRAFT.c.duty_id == duty_id, DRAFT.c.version == seen)
        return connection.execute(changed.values(version=seen + 1, **values)).rowcount == 1
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    made = insert(DRAFT).values(duty_id=duty_id, version=1, **values).on_conflict_do_nothing(index_elements=["duty_id"])
    return connection.execute(made).rowcount == 1
