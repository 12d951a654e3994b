"""What the database knows of itself: which one it is, whether it is a sandbox, and a sandbox's last instant."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from storage.tables import META


def meta(connection: Connection) -> dict[str, str]:
    return {key: value for key, value in connection.execute(select(META.c.key, META.c.value))}


def set_meta(connection: Connection, **values: str) -> None:
    for key, value in values.items():
        connection.execute(delete(META).where(META.c.key == key))
        connection.execute(insert(META).values(key=key, value=value))
