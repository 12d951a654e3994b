"""One-time links: who may open one, until when, and whether somebody has."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from storage.tables import PERSON
from storage.tables_portal import INVITATION


class InvitationRead(NamedTuple):
    """A link. `kind` is setup (no person yet) or invite. Instants are UTC seconds."""

    hash: str
    kind: str
    person_id: int | None
    person: str | None
    at: int
    expires_at: int
    used_at: int | None


def add(
    connection: Connection, *, hash_: str, kind: str, person_id: int | None, by_person: int | None, at: int, expires_at: int
) -> None:
    """A new link; an earlier unused one of the same kind for the same person serves no more."""
    drop(connection, kind=kind, person_id=person_id)
    values = {"hash": hash_, "kind": kind, "person_id": person_id, "by_person": by_person, "at": at, "expires_at": expires_at}
    connection.execute(insert(INVITATION).values(values))


def find(connection: Connection, hash_: str) -> InvitationRead | None:
    """A link, used or not; None if it is unknown or its person was erased."""
    asked = (
        select(
            INVITATION.c.hash,
            INVITATION.c.kind,
            INVITATION.c.person_id,
            PERSON.c.name,
            INVITATION.c.at,
            INVITATION.c.expires_at,
            INVITATION.c.used_at,
        )
        .outerjoin(PERSON, PERSON.c.id == INVITATION.c.person_id)
        .where(INVITATION.c.hash == hash_, PERSON.c.erased_at.is_(None))
    )
    row = connection.execute(asked).first()
    return InvitationRead._make(row) if row else None


def use(connection: Connection, hash_: str, *, at: int) -> bool:
    """Mark a link as used; False if somebody was first, or its time is over."""
    free = (INVITATION.c.hash == hash_, INVITATION.c.used_at.is_(None), INVITATION.c.expires_at > at)
    return connection.execute(update(INVITATION).where(*free).values(used_at=at)).rowcount == 1


def drop(connection: Connection, *, kind: str, person_id: int | None) -> None:
    """Take back the unused links of a kind for a person."""
    whose = INVITATION.c.person_id.is_(None) if person_id is None else INVITATION.c.person_id == person_id
    connection.execute(delete(INVITATION).where(INVITATION.c.kind == kind, whose, INVITATION.c.used_at.is_(None)))
