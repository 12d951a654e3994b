"""Advisory locks of PostgreSQL, each held to the end of its transaction: a dead holder's is free at once. SQLite has its one writer."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

PLAN, UPGRADE, SWEEP, RECEIPT, FOLD = range(7_361_530, 7_361_535)
"""PLAN: one planner at a time. UPGRADE: of the tables. SWEEP: one look for messages without a call. RECEIPT: a report meets its message,
whichever comes second. FOLD: messages are made by one at a time."""


def hold(connection: Connection, lock: int) -> None:
    """Be the one; whoever comes second waits."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(lock)))


def try_hold(connection: Connection, lock: int) -> bool:
    """Be the one, or learn at once that somebody else is."""
    if connection.dialect.name == "postgresql":
        return bool(connection.execute(select(func.pg_try_advisory_xact_lock(lock))).scalar())
    return True  # BEGIN IMMEDIATE already waited for every other writer
