"""An INSERT that leaves alone what is there already: the key is the claim, and the number of rows says what was new."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, Table, literal
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert


def claim(connection: Connection, table: Table, columns: list[str], picked: Select[Any]) -> int:
    """Insert the rows of a SELECT whose key is free; returns how many they were."""
    picked = picked.where(literal(True))  # SQLite reads "ON CONFLICT" after a bare FROM as the ON of a join
    return connection.execute(keyed_insert(connection, table).from_select(columns, picked).on_conflict_do_nothing()).rowcount


def keyed_insert(connection: Connection, table: Table) -> Any:
    """An INSERT in the words of the database, that can say what to do where the key is taken (`on_conflict_do_…`)."""
    return pg_insert(table) if connection.dialect.name == "postgresql" else sqlite_insert(table)
