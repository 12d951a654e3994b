"""Whether the portal can answer: is the database there, are its tables ours, and when did somebody last look what is due."""

from __future__ import annotations

from dataclasses import dataclass

from duban.service.context import Context
from storage.database import SCHEMA, schema_of
from storage.meta import heartbeat


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """`database` answers; `schema` is the one this program needs. `last_run_age` is seconds since the last run's instant, None if there was
    none or nobody could be asked."""

    database: bool = False
    schema: bool = False
    last_run_age: int | None = None

    @property
    def ready(self) -> bool:
        """A run long ago is for whoever watches runs: the pages can be read all the same."""
        return self.database and self.schema


def readiness(context: Context) -> Readiness:
    """Ask, and never fail."""
    try:
        found = schema_of(context.database)
        if found != SCHEMA:
            return Readiness(database=found is not None or context.database.path is None or context.database.path.exists())
        with context.database.read() as connection:
            last = heartbeat(connection)
    except Exception:  # whatever it is, the answer is the same: not now
        return Readiness()
    return Readiness(database=True, schema=True, last_run_age=None if last is None else max(0, context.now() - last))
