"""Wake-up calls for delivery on several machines: a job a waiting message, in procrastinate's tables (PostgreSQL only).

The outbox is the truth and a job only a hint: lost, doubled or stuck, it can neither lose a message nor repeat one. So procrastinate's
tables stand in a schema of their own, made anew when its version is another, and whatever has no living job gets one within a minute.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, or_, select, text
from sqlalchemy.exc import IntegrityError

from storage import locks
from storage.database import Database, DatabaseProblem
from storage.meta import meta, set_meta
from storage.tables import MESSAGE

SCHEMA = "duban_jobs"
QUEUE, TASK = "duban", "duban.deliver"
ANY = 0
"""The message number of a call about no message in particular: say anew what has to be said another way, offer again what was mended."""
STALLED = 60
"""Seconds without a sign of life after which a worker is taken for dead. It gives one every 10."""

_CALL = f"""(ROW('{QUEUE}', '{TASK}', %s, NULL, %s, jsonb_build_object('message', %s), %s)::{SCHEMA}.procrastinate_job_to_defer_v1)"""
_FOR_MESSAGE = _CALL % (
    "CASE WHEN m.urgent THEN 1 ELSE 0 END",
    "'m:' || m.id",
    "m.id",
    "CASE WHEN m.not_before > :now THEN clock_timestamp() + make_interval(secs => m.not_before - :now) END",
)
_LIVE = f"""
    SELECT 1 FROM {SCHEMA}.procrastinate_jobs j
    WHERE j.queueing_lock = 'm:' || m.id AND (j.status = 'todo' OR (j.status = 'doing' AND j.worker_id IS NOT NULL))"""
_DEFER = f"""
    SELECT coalesce(array_length({SCHEMA}.procrastinate_defer_jobs_v1(calls.made), 1), 0) FROM (
        SELECT array_agg({_FOR_MESSAGE} ORDER BY m.urgent DESC, m.not_before, m.id) AS made
        FROM message m WHERE %s AND NOT EXISTS ({_LIVE})
    ) calls WHERE calls.made IS NOT NULL"""
_READY = "((m.state = 'pending' AND m.not_before <= :now) OR (m.state = 'claimed' AND m.lease_until < :real))"
_OF_RUN = text(_DEFER % "m.run_id = :run AND m.state = 'pending'")
_OF_ALL = text(_DEFER % _READY)
_FOR_ANY = text(f"""
    SELECT array_length({SCHEMA}.procrastinate_defer_jobs_v1(ARRAY[{_CALL % (0, "'any'", ANY, "NULL")}]), 1)
    WHERE NOT EXISTS (SELECT 1 FROM {SCHEMA}.procrastinate_jobs WHERE queueing_lock = 'any' AND status = 'todo')""")
_SOONER = text(f"""
    UPDATE {SCHEMA}.procrastinate_jobs j SET scheduled_at = NULL FROM message m
    WHERE j.status = 'todo' AND j.scheduled_at > clock_timestamp() AND j.queueing_lock = 'm:' || m.id AND {_READY}""")
_BURY = (
    f"DELETE FROM {SCHEMA}.procrastinate_workers WHERE last_heartbeat < clock_timestamp() - interval '{STALLED} s'",
    f"DELETE FROM {SCHEMA}.procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL",
    f"DELETE FROM {SCHEMA}.procrastinate_jobs WHERE status NOT IN ('todo', 'doing')",
)
"""A worker without a sign of life; what it had in hand (its number is gone with it); and what is over."""
# Its functions name its tables without a schema: they find them whatever the caller's search path is.
_AT_HOME = f"""
    DO $$ DECLARE one regprocedure; BEGIN
        FOR one IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = '{SCHEMA}' LOOP
            EXECUTE format('ALTER FUNCTION %s SET search_path = {SCHEMA}, pg_catalog', one);
        END LOOP;
    END $$"""


def create(database: Database) -> str:
    """Make procrastinate's tables, or make them anew if they are of another version of it. Returns the version.

    Raises `DatabaseProblem` if procrastinate is not installed, the database is not PostgreSQL, or we may not make a schema there.
    """
    if database.dialect != "postgresql":
        raise DatabaseProblem(
            'backend = "procrastinate" 只用于 PostgreSQL：SQLite 请写 backend = "poll"。', code="not-postgresql"
        )
    try:
        from procrastinate import __version__
        from procrastinate.schema import SchemaManager
    except ImportError:
        raise DatabaseProblem("没有安装 procrastinate：请运行 pip install 'duban[worker]'。", code="not-installed") from None
    version = str(__version__)
    with database.write() as connection:
        locks.hold(connection, locks.SWEEP)
        if not (ready(connection) and meta(connection).get("jobs") == version):
            try:
                _make(connection, SchemaManager.get_schema())
            except Exception as error:
                if type(error).__name__ != "InsufficientPrivilege":
                    raise
                raise DatabaseProblem(
                    f"没有权限建立 schema {SCHEMA}：请让数据库的所有者运行 GRANT CREATE ON DATABASE，再运行 duban db upgrade。",
                    code="no-privilege",
                ) from error
            set_meta(connection, jobs=version)
    return version


def ready(connection: Connection) -> bool:
    """The tables are there."""
    found = connection.execute(text("SELECT to_regclass(:name)"), {"name": f"{SCHEMA}.procrastinate_jobs"})
    return found.scalar() is not None


def version(connection: Connection) -> str | None:
    """Of which procrastinate the tables are."""
    return meta(connection).get("jobs")


def call(connection: Connection, *, now: int, run_id: int) -> int:
    """A call for each message of a run that may leave, at its time; in the caller's transaction: both are there, or neither.

    `now` is the campaign's. Returns how many. Somebody else's call for the same message at the same moment is as good as ours.
    """
    try:
        with connection.begin_nested():
            return int(connection.execute(_OF_RUN, {"now": now, "run": run_id}).scalar() or 0)
    except IntegrityError:
        return 0  # the sweep looks again


def sweep(connection: Connection, *, now: int, real: int) -> int:
    """Bury the jobs of dead workers, and call for whatever may leave and has no living job. Returns for how many messages.

    Somebody is also called to look for what no message says (`ANY`). One at a time: whoever comes second finds it being done, and
    answers 0.
    """
    if not locks.try_hold(connection, locks.SWEEP):
        return 0
    for buried in _BURY:
        connection.execute(text(buried))
    connection.execute(_SOONER, {"now": now, "real": real})
    try:
        with connection.begin_nested():
            connection.execute(_FOR_ANY)
            return int(connection.execute(_OF_ALL, {"now": now, "real": real}).scalar() or 0)
    except IntegrityError:
        return 0


def wanted(connection: Connection, message_id: int, *, now: int, real: int) -> bool:
    """The message of a call may be claimed."""
    waits = and_(MESSAGE.c.state == "pending", MESSAGE.c.not_before <= now)
    lost = and_(MESSAGE.c.state == "claimed", MESSAGE.c.lease_until < real)
    asked = select(MESSAGE.c.id).where(MESSAGE.c.id == message_id, or_(waits, lost))
    return connection.execute(asked).first() is not None


def _make(connection: Connection, schema: str) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    driver.execute(f"CREATE SCHEMA {SCHEMA}")
    driver.execute(f"SET LOCAL search_path = {SCHEMA}, pg_catalog")
    driver.execute(schema)
    driver.execute("SET LOCAL search_path TO DEFAULT")
    driver.execute(_AT_HOME)
