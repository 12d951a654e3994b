"""The databases of the tests, in the shape in which the long form of `bench` wants a place."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from places import Places
from sqlalchemy.engine import make_url


@dataclass(kw_only=True)
class Copies:
    """`bench.places.Place` on the server and in the folder that all tests use."""

    places: Places
    urls: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.places.kind

    def url(self, name: str) -> str:
        return self.urls[name]

    def make(self, name: str) -> None:
        self.urls[name] = self.places.empty()

    def copy(self, name: str, to: str) -> None:
        source = self.urls[name]
        if self.kind == "sqlite":
            _settle(source)
        self.places.templates[source] = source
        self.urls[to] = self.places.copy(source, _is_there)

    def drop(self, name: str) -> None:
        url = self.urls.pop(name)
        self.places.drop(url)
        if path := make_url(url).database:
            for tail in ("", "-wal", "-shm") if self.kind == "sqlite" else ():
                Path(f"{path}{tail}").unlink(missing_ok=True)

    def drop_all(self) -> None:
        for name in list(self.urls):
            self.drop(name)

    def driver(self, name: str) -> Any:
        raise NotImplementedError("nothing is measured here")

    def written(self, name: str) -> int:
        raise NotImplementedError("nothing is measured here")


def _is_there(_url: str) -> None:
    raise AssertionError("a copy is made of what is there")


def _settle(url: str) -> None:
    """What a killed process left in the log is part of the database, and is copied too."""
    connection = sqlite3.connect(str(make_url(url).database))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    connection.close()
