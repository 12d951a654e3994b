"""Runs as they are kept: opened, closed, and the moment before which no further one may be."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Connection, ScalarSelect, cast, func, insert, select, update

from storage.meta import set_meta
from storage.tables import META, RUN

RUN_KIND, BACKFILL = "run", "backfill"
_REWOUND_RUN, _REWOUND_TO, _RESTORED = "rewound_run", "rewound_to", "restored"


def open_run(connection: Connection, *, as_of: int, at: int, kind: str = RUN_KIND) -> int:
    values = {"as_of": as_of, "started_at": at, "state": "planning", "kind": kind}
    counts = {"reminders": 0, "messages": 0, "held": 0, "skipped": 0, "moved": 0}
    return int(connection.execute(insert(RUN).values(**values, **counts).returning(RUN.c.id)).scalar_one())


def close_run(connection: Connection, run_id: int, **counts: Any) -> None:
    connection.execute(update(RUN).where(RUN.c.id == run_id).values(counts))


def last_run(connection: Connection) -> int | None:
    """The newest as-of of any run that told people, UTC seconds: none after it may be for an earlier moment.

    What somebody took back with `rewind` counts no more.
    """
    later = RUN.c.id > func.coalesce(_number(_REWOUND_RUN), 0)
    asked = select(RUN.c.as_of).where(RUN.c.kind == RUN_KIND, later).order_by(RUN.c.as_of.desc()).limit(1)
    value = connection.execute(select(func.coalesce(asked.scalar_subquery(), _number(_REWOUND_TO)))).scalar()
    return int(value) if value is not None else None


def rewind(connection: Connection, *, to: int) -> None:
    """Runs so far, whatever moment they were for, count as if they had been for `to` at the latest."""
    newest = int(connection.execute(select(func.coalesce(func.max(RUN.c.id), 0))).scalar_one())
    set_meta(connection, **{_REWOUND_RUN: str(newest), _REWOUND_TO: str(to)})


def mark_restored(connection: Connection, at: int | None) -> None:
    """Note that the database came from a backup and nobody has looked yet; None: somebody is being asked."""
    set_meta(connection, **{_RESTORED: str(at) if at is not None else ""})


def is_restored(connection: Connection) -> bool:
    return bool(connection.execute(select(META.c.value).where(META.c.key == _RESTORED)).scalar())


def asks_about_restore(connection: Connection) -> bool:
    """Nobody has said yet what left after the backup was made: until then nothing is said anew either."""
    asked = select(RUN.c.id).where(RUN.c.state == "needs_confirm", RUN.c.why == _RESTORED)
    return is_restored(connection) or connection.execute(asked.limit(1)).first() is not None


def clock_of(connection: Connection) -> int | None:
    """The database server's own clock, UTC seconds; None where the database has no server."""
    if connection.dialect.name != "postgresql":
        return None
    return int(connection.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())


def _number(key: str) -> ScalarSelect[int]:
    """A fact about the database that is a number, for a statement."""
    return select(cast(META.c.value, BigInteger)).where(META.c.key == key).scalar_subquery()
