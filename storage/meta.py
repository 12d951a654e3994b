"""What the database knows of itself: which one it is, whether it is a sandbox, and a sandbox's last instant."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from storage.claim import keyed_insert
from storage.tables import META


def meta(connection: Connection) -> dict[str, str]:
    return {key: value for key, value in connection.execute(select(META.c.key, META.c.value))}


def set_meta(connection: Connection, **values: str) -> None:
    """One statement a fact: two who say the same at once do not collide."""
    for key, value in values.items():
        made = _insert(connection, key, value)
        connection.execute(made.on_conflict_do_update(index_elements=[META.c.key], set_={"value": made.excluded.value}))


def claim_meta(connection: Connection, key: str, value: str) -> str:
    """Say a fact that is said only once; returns what holds: ours, or that of who was first."""
    connection.execute(_insert(connection, key, value).on_conflict_do_nothing())
    return str(connection.execute(select(META.c.value).where(META.c.key == key)).scalar_one())


def heartbeat(connection: Connection) -> int | None:
    """The as-of of the last run that said it was here, UTC seconds."""
    value = connection.execute(select(META.c.value).where(META.c.key == "heartbeat")).scalar()
    return int(value) if value is not None else None


def _insert(connection: Connection, key: str, value: str) -> Any:
    return keyed_insert(connection, META).values(key=key, value=value)
