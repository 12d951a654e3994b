"""登录: who a session belongs to, how one begins and ends. Only the hash of its secret is kept; all instants are real time."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from duban.service.context import Context
from duban.service.tokens import hashed
from storage import accounts as rows

if TYPE_CHECKING:
    from sqlalchemy import Connection

HOURS = 12
"""How long a session lasts: a working day, whatever is done in it."""
BYTES = 32
LONGEST = 64
"""Characters of a secret; a longer one is none of ours and not even hashed."""


def signed_in(context: Context, secret: str) -> int | None:
    """The id of the person a session's secret belongs to; None once it is over, ended, or his account disabled."""
    if len(secret) > LONGEST:
        return None
    with context.database.read() as connection:
        return rows.session_person(connection, hashed(secret), now=context.clock.real())


def begin(context: Context, connection: Connection, person: int, *, before: str | None = None) -> str:
    """A new session of a person, under a new secret; the one this browser had `before` ends. The secret is shown once, here."""
    now, secret = context.clock.real(), secrets.token_urlsafe(BYTES)
    if before:
        rows.end_session(connection, hashed(before))
    rows.open_session(connection, hash_=hashed(secret), person_id=person, at=now, expires_at=now + HOURS * 3600)
    return secret


def sign_out(context: Context, secret: str) -> None:
    """This session ends; nothing if there is none."""
    with context.database.write() as connection:
        rows.end_session(connection, hashed(secret))


def end_all(context: Context, person: int) -> int:
    """Every session of a person ends, on every device; how many there were."""
    with context.database.write() as connection:
        return rows.end_sessions(connection, person)
