"""What a run keeps for itself while it lasts: the due duties, the reminders to be, and who is written to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, MetaData, Table, Text
from sqlalchemy.schema import CreateTable, DropTable

_metadata = MetaData()
GROUPED_BY = ("task_id", "epoch", "due_day", "internal_day", "made_on", "rung", "repeat", "told_on")
"""All that the plan depends on. No day is 0 in a key: NULL cannot be part of one, and no ordinal is 0."""
DUE = Table(
    "due",
    _metadata,
    *(Column(name, Integer, primary_key=True, autoincrement=False) for name in GROUPED_BY),
    Column("duty_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer),
    Column("unit_id", Integer),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""The due duties. A group is a range of the key, so that no statement about one reads the others."""
FRESH = Table(
    "fresh",
    _metadata,
    Column("telling", Integer, primary_key=True, autoincrement=False),
    Column("duty_id", BigInteger, primary_key=True, autoincrement=False),
    Column("recipient_id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer),
    Column("rung", Text),
    Column("no", Integer),
    Column("repeat", Integer),
    Column("slot_day", Integer),
    Column("role", Text),
    Column("acting_for", Integer),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""The reminders to be. A telling is one audience of one rung for one group of duties."""
FOLD = Table(
    "fold",
    _metadata,
    Column("recipient_id", Integer, primary_key=True, autoincrement=False),
    Column("no", Integer),
    Column("window_day", Integer),
    Column("not_before", BigInteger),
    Column("address", Text),
    Column("reachable", Boolean),
    prefixes=["TEMPORARY"],
)
"""Who is written to, with the highest rung, the window and the address."""


def create(connection: Connection) -> None:
    for table in (DUE, FRESH, FOLD):
        connection.execute(CreateTable(table))


def drop(connection: Connection) -> None:
    """A run that fails need not: its transaction takes them along."""
    for table in (DUE, FRESH, FOLD):
        connection.execute(DropTable(table))
