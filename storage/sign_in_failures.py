"""How often signing in failed in a row, for a name or from an address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, update

from storage.claim import keyed_insert
from storage.tables_portal import SIGN_IN_FAILURE


class Failures(NamedTuple):
    """`refused_until` is the instant (UTC seconds) before which no attempt is looked at."""

    failures: int
    last_at: int
    refused_until: int


def failures(connection: Connection, key: str) -> Failures:
    """Of a key, none if there were none. On PostgreSQL whoever asks next waits until this transaction is over."""
    c = SIGN_IN_FAILURE.c
    _begin(connection, key)
    asked = select(c.failures, c.last_at, c.refused_until).where(c.key == key).with_for_update()
    return Failures._make(connection.execute(asked).one())


def keep(connection: Connection, key: str, found: Failures) -> None:
    connection.execute(update(SIGN_IN_FAILURE).where(SIGN_IN_FAILURE.c.key == key).values(found._asdict()))


def forget(connection: Connection, keys: Iterable[str]) -> None:
    """Somebody got in: what went before does not count."""
    connection.execute(delete(SIGN_IN_FAILURE).where(SIGN_IN_FAILURE.c.key.in_(list(keys))))


def take_back(connection: Connection, key: str) -> None:
    """One attempt was none: it succeeded, and so nothing is refused on its account."""
    c = SIGN_IN_FAILURE.c
    better = {"failures": c.failures - 1, "refused_until": 0}
    connection.execute(update(SIGN_IN_FAILURE).where(c.key == key, c.failures > 0).values(better))


def clear(connection: Connection, *, before: int) -> None:
    """Forget everything that last happened before an instant."""
    connection.execute(
        delete(SIGN_IN_FAILURE).where(SIGN_IN_FAILURE.c.last_at < before, SIGN_IN_FAILURE.c.refused_until < before)
    )


def _begin(connection: Connection, key: str) -> None:
    made = keyed_insert(connection, SIGN_IN_FAILURE).values(key=key, failures=0, last_at=0, refused_until=0)
    connection.execute(made.on_conflict_do_nothing())
