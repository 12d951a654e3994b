"""The databases of the tests, in the shape in which the long form of `bench` wants a place."""

from __future__ import annotations

import shutil
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
    gone: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.places.kind

    def url(self, name: str) -> str:
        return self.urls[name]

    def make(self, name: str) -> None:
        self.urls[name] = self.places.empty()

    def copy(self, name: str, to: str) -> None:
        """Under the same name it is the same URL again, once the earlier one was dropped."""
        source = make_url(self.urls[name]).database
        if to not in self.urls:
            self.urls[to] = self.gone.pop(to, "") or self._place()
        target = make_url(self.urls[to]).database
        if self.places.server is not None:
            self.places.server.say(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        else:
            _settle(str(source))
            shutil.copyfile(str(source), str(target))

    def drop(self, name: str) -> None:
        url = self.gone[name] = self.urls.pop(name)
        self.places.drop(url)
        if self.places.server is None:
            for tail in ("", "-wal", "-shm"):
                Path(f"{make_url(url).database}{tail}").unlink(missing_ok=True)

    def drop_all(self) -> None:
        for name in list(self.urls):
            self.drop(name)

    def _place(self) -> str:
        """A URL where nothing is yet."""
        url = self.places.empty()
        self.places.drop(url)
        return url

    def driver(self, name: str) -> Any:
        raise NotImplementedError("nothing is measured here")

    def written(self, name: str) -> int:
        raise NotImplementedError("nothing is measured here")


def _settle(file: str) -> None:
    """What a killed process left in the log is part of the database, and is copied too."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    connection.close()
