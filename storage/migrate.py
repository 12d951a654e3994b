"""Bringing a database's tables to the newest shape, with Alembic. Imported only when that is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import func, select

if TYPE_CHECKING:
    from storage.database import Database

UPGRADE_LOCK = 7_361_531
"""The number of the advisory lock that one upgrade at a time holds on PostgreSQL (SQLite has its one write lock)."""


def upgrade_to_head(database: Database) -> None:
    """Run every migration the database has not seen yet, all or none of them; a second upgrade waits and finds nothing to do."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.write() as connection:
        if database.dialect == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
