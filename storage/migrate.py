"""Bringing a database's tables to the newest shape, with Alembic. Imported only when that is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

from storage import locks

if TYPE_CHECKING:
    from storage.database import Database


def upgrade_to_head(database: Database) -> None:
    """Run every migration the database has not seen yet, all or none of them; a second upgrade waits and finds nothing to do."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.write() as connection:
        locks.hold(connection, locks.UPGRADE)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
