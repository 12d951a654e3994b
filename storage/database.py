"""Where the data lie: engines, pragmas and transactions on SQLite and PostgreSQL.

Two engines: a writer, whose transactions hold SQLite's one write lock from their first word (`BEGIN IMMEDIATE`; without it two
processes lose each other's updates), and a reader (`BEGIN`, `query_only`), so that looking never blocks and never writes.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import NullPool, QueuePool

import storage.tables_portal
import storage.tables_telling  # noqa: F401  (whoever opens a database knows all its tables)
from workflow.errors import DubanError

SCHEMA = "0004"
"""The newest migration this program knows."""
PAGE_SIZE = 2048
"""Bytes. Set when the file is made: an act then writes half as much as with SQLite's 4096."""
BUSY_MS = 15_000
WRITER = ("cache_size=-8000", "wal_autocheckpoint=4000")
"""8 MB for the pages a run changes, so that none is written twice, and a checkpoint every 8 MB: SQLite's 1,000 pages count for 4 MB
only at its own page size."""


UNREACHABLE = (
    "unable to open",
    "Connection refused",
    "connection failed",
    "server closed the connection",
    "connection is lost",
)
"""What sqlite3 and psycopg say where the place itself cannot be reached, or no longer."""


UNKEEPABLE = ("NumericValueOutOfRange", "CharacterNotInRepertoire", "UntranslatableCharacter")
"""What PostgreSQL says of numbers beyond a column's range and of texts it has no signs for; SQLite takes them all."""


class DatabaseProblem(DubanError):
    """The database cannot be used as it is; the sentence says why and what to do."""

    def __init__(self, text: str, *, code: str = "database") -> None:
        super().__init__(text, code=code)


class Collision(DatabaseProblem):
    """Two transactions changed the same rows; this one was given up whole and can begin anew."""

    def __init__(self) -> None:
        super().__init__("同一批数据正有人在改，这一次没有写入；请稍后再试一次。", code="collision")


class Unkeepable(DatabaseProblem):
    """A value that no column takes, so nothing was found by it and nothing written."""

    def __init__(self) -> None:
        super().__init__("没有找到，也没有写入：数字太大，或文字里有不能识别的字符。请核对后再试。", code="unkeepable")


class Database:
    """A place to remember things. Opens nothing until it is used."""

    def __init__(self, url: str) -> None:
        self.url: URL = _url(url)
        self.dialect = self.url.get_backend_name()
        if self.dialect not in ("sqlite", "postgresql"):
            raise DatabaseProblem(f"不支持的数据库“{self.dialect}”：请用 sqlite:///文件 或 postgresql+psycopg://…")

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database; None for PostgreSQL."""
        return Path(self.url.database) if self.dialect == "sqlite" and self.url.database else None

    @contextmanager
    def write(self, *, snapshot: bool = False) -> Iterator[Connection]:
        """One transaction that may write; committed at the end, rolled back on any exception.

        With `snapshot` all its statements see one moment, also on PostgreSQL: what is consumed at its end is what was read at its
        beginning. Raises `Collision` if somebody else changed the same rows meanwhile; then nothing was written: begin anew.
        """
        engine = self.writer
        if snapshot and self.dialect == "postgresql":
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with self._guarded(), engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look. Cannot write, never waits for a writer."""
        with self._guarded(), self.reader.begin() as connection:
            yield connection

    @contextmanager
    def driver(self) -> Iterator[Any]:
        """The writer's bare driver connection inside one transaction: for the few paths where SQLAlchemy's share of the time counts.

        Both sqlite3's and psycopg's connection have `execute(sql, params)`.
        """
        with self._guarded():
            pooled = self.writer.raw_connection()
            try:
                connection = pooled.driver_connection
                assert connection is not None
                if self.dialect == "sqlite":
                    connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()
            finally:
                pooled.close()

    @cached_property
    def writer(self) -> Engine:
        return self._engine(read_only=False)

    @cached_property
    def reader(self) -> Engine:
        return self._engine(read_only=True)

    def close(self) -> None:
        for name in ("writer", "reader"):
            if name in self.__dict__:
                self.__dict__.pop(name).dispose()

    def _engine(self, *, read_only: bool) -> Engine:
        if self.dialect == "sqlite":
            return _sqlite_engine(self.url, read_only=read_only)
        # Without being told to, SQLAlchemy forgets how many rows an INSERT made on PostgreSQL.
        options: dict[str, Any] = {"isolation_level": "READ COMMITTED", "preserve_rowcount": True}
        if read_only:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        # Names and addresses are among the parameters: an error that is logged must not repeat them.
        return create_engine(self.url, pool_pre_ping=True, execution_options=options, hide_parameters=True)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._explained(error) from error
        except DatabaseError as error:
            raise self._explained(error.orig if error.orig is not None else error) from error
        except Exception as error:
            if not type(error).__module__.startswith("psycopg"):  # what the bare driver says; it may not be installed
                raise
            raise self._explained(error) from error

    def _explained(self, error: BaseException) -> BaseException:
        said = " ".join(str(error).split())
        where = str(self.path) if self.path else self.url.render_as_string(hide_password=True)
        if "not a database" in said or "malformed" in said or "disk image" in said:
            return DatabaseProblem(
                f"“{where}”不是完好的 Duban 数据库（{said}）。请用最近的备份替换这个文件。",
                code="corrupt",
            )
        if any(words in said for words in UNREACHABLE) or type(error).__name__ == "AdminShutdown":
            return DatabaseProblem(f"打不开数据库“{where}”：{said}。请检查路径、权限或服务器是否在运行。", code="unreachable")
        if type(error).__name__ in ("SerializationFailure", "DeadlockDetected"):
            return Collision()
        if type(error).__name__ in UNKEEPABLE or "NUL (0x00)" in said:
            return Unkeepable()
        if "locked" in said:
            return DatabaseProblem(f"数据库“{where}”正被另一个程序长时间占用，请稍后再试。", code="busy")
        if "no such table" in said or "UndefinedTable" in type(error).__name__:
            return DatabaseProblem(
                f"“{where}”里没有 Duban 的表：请先运行 duban db create 或 duban db upgrade。", code="no-schema"
            )
        if "readonly" in said or "read-only" in said:
            return DatabaseProblem(f"数据库“{where}”是只读的：请检查文件权限。", code="read-only")
        return error


def _url(url: str) -> URL:
    try:
        made = make_url(url)
    except Exception as error:
        raise DatabaseProblem(f"看不懂数据库地址“{url}”：请写成 sqlite:///文件 或 postgresql+psycopg://…") from error
    if made.get_backend_name() == "postgresql" and made.drivername == "postgresql":
        return made.set(drivername="postgresql+psycopg")
    return made


def _sqlite_engine(url: URL, *, read_only: bool) -> Engine:
    memory = url.database in (None, "", ":memory:")
    if memory:
        raise DatabaseProblem("不能用内存数据库：读写用两条连接，请给一个文件。")
    assert url.database is not None
    if not Path(url.database).parent.exists():
        raise DatabaseProblem(f"文件夹“{Path(url.database).parent}”不存在：请先建立，或换一个路径。", code="unreachable")
    pool = NullPool if read_only else QueuePool
    waits = {"check_same_thread": False, "timeout": BUSY_MS / 1000}
    engine = create_engine(url, poolclass=pool, connect_args=waits, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins, not the driver
        for pragma in (
            f"page_size={PAGE_SIZE}",
            f"busy_timeout={BUSY_MS}",
            "foreign_keys=ON",
            "synchronous=NORMAL",
            "temp_store=MEMORY",
            *(("query_only=ON",) if read_only else WRITER),
        ):
            connection.execute(f"PRAGMA {pragma}").close()
        _log_ahead(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. While another process does the same to a new file, SQLite says "locked" at once instead of waiting."""
    for left in range(BUSY_MS // 50, -1, -1):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            if not left or "locked" not in str(error):
                raise
            time.sleep(0.05)


def schema_of(database: Database) -> str | None:
    """The migration a database stands at; None if it has no tables of ours (or no file yet)."""
    if database.path is not None and not database.path.exists():
        return None
    try:
        with database.read() as connection:
            return connection.execute(text("SELECT version_num FROM duban_version")).scalar()
    except (DatabaseProblem, OperationalError) as error:
        if isinstance(error, DatabaseProblem) and error.code != "no-schema":
            raise
        return None


def prepare(database: Database) -> None:
    """Make sure the tables are there and current.

    A new or older SQLite file is migrated by itself. PostgreSQL is refused with the advice to run `duban db upgrade`, since other
    machines may be working on it; a database newer than the program is refused on both.
    """
    found = schema_of(database)
    if found == SCHEMA:
        return
    check_not_newer(database, found)
    if database.dialect != "sqlite":
        state = "还没有建表" if found is None else f"结构是旧的（{found}，本程序需要 {SCHEMA}）"
        raise DatabaseProblem(f"数据库{state}：请先运行 duban db upgrade。", code="old-database")
    if found is None and _is_used(database):
        raise DatabaseProblem(f"“{database.path}”里已有别的程序的表：请换一个文件名。", code="foreign-database")
    upgrade(database)


def _is_used(database: Database) -> bool:
    """Somebody has tables in a SQLite file."""
    if database.path is None or not database.path.exists():
        return False
    with database.read() as connection:
        return connection.execute(text("SELECT 1 FROM sqlite_master LIMIT 1")).first() is not None


def upgrade(database: Database) -> str:
    """Bring the tables to `SCHEMA`, step by step, each step in a transaction. Returns the migration it then stands at."""
    from storage.migrate import upgrade_to_head  # Alembic takes a second to import

    upgrade_to_head(database)
    return SCHEMA


def check_not_newer(database: Database, found: str | None = None) -> None:
    """Refuse a database that a newer program has made."""
    found = found if found is not None else schema_of(database)
    if found is not None and found > SCHEMA:
        raise DatabaseProblem(
            f"数据库的结构（{found}）比本程序（{SCHEMA}）新：请升级 Duban，或改用与之相配的数据库。", code="newer-database"
        )


def backup(database: Database, out: Path) -> None:
    """Copy a SQLite database into a new file, also while others write to it. Raises `DatabaseProblem` for PostgreSQL."""
    if database.path is None:
        raise DatabaseProblem("PostgreSQL 请用 pg_dump 备份。", code="not-sqlite")
    if not database.path.exists():
        raise DatabaseProblem(f"没有数据库“{database.path}”，无从备份。", code="unreachable")
    if out.exists():
        raise DatabaseProblem(f"“{out}”已经存在：请换一个文件名。", code="exists")
    with database.read() as connection:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        target = sqlite3.connect(out)
        try:
            source.backup(target)
        finally:
            target.close()
