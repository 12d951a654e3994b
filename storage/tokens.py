"""The links in sent messages: only the hash of a secret is kept, with whose it is and until when it serves."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from storage.tables import PERSON
from storage.tables_telling import TOKEN


class TokenRead(NamedTuple):
    """A link. Instants are UTC seconds."""

    hash: str
    message_id: int
    person_id: int
    person: str
    made_at: int
    expires_at: int
    used_at: int | None


def add(connection: Connection, *, hash_: str, message_id: int, person_id: int, at: int, expires_at: int) -> None:
    values = {"hash": hash_, "message_id": message_id, "person_id": person_id, "made_at": at, "expires_at": expires_at}
    connection.execute(insert(TOKEN).values(values))


def find(connection: Connection, hash_: str) -> TokenRead | None:
    asked = (
        select(
            TOKEN.c.hash,
            TOKEN.c.message_id,
            TOKEN.c.person_id,
            PERSON.c.name,
            TOKEN.c.made_at,
            TOKEN.c.expires_at,
            TOKEN.c.used_at,
        )
        .join(PERSON, PERSON.c.id == TOKEN.c.person_id)
        .where(TOKEN.c.hash == hash_, PERSON.c.erased_at.is_(None))
    )
    row = connection.execute(asked).first()
    return TokenRead._make(row) if row else None


def use(connection: Connection, hash_: str, *, at: int) -> bool:
    """Mark a link as used; False if somebody was first."""
    free = (TOKEN.c.hash == hash_, TOKEN.c.used_at.is_(None))
    return connection.execute(update(TOKEN).where(*free).values(used_at=at)).rowcount == 1
