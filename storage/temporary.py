"""What a run keeps for itself while it lasts: the due duties and the reminders to be."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, MetaData, Table, Text
from sqlalchemy.schema import CreateTable, DropTable

_metadata = MetaData()
GROUPED_BY = (
    "task_id", "epoch", "due_day", "internal_day", "made_on", "rung", "repeat", "told_on", "held_to", "reached", "review", "silences",
)  # fmt: skip
"""All that the plan depends on. No day is 0 in a key: NULL cannot be part of one, and no ordinal is 0."""
DUE = Table(
    "due",
    _metadata,
    *(Column(name, Text if name == "silences" else Integer, primary_key=True, autoincrement=False) for name in GROUPED_BY),
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
    Column("post_id", Integer),
    Column("again", Boolean),
    Column("urgent", Boolean),
    Column("first", Boolean),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""The reminders to be. A telling is one audience of one rung for one group of duties. `again`: it says nothing new to who has said that
he has seen it, being a reminder before the line or a repeat. `urgent` ones leave before others; `first` is the first rung after the line,
at which a clerk may look before it leaves."""


def create(connection: Connection) -> None:
    for table in (DUE, FRESH):
        connection.execute(CreateTable(table))


def drop(connection: Connection) -> None:
    """A run that fails need not: its transaction takes them along."""
    for table in (DUE, FRESH):
        connection.execute(DropTable(table))
