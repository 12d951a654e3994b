"""A campus without a sign-on of its own: a database that lives by real time, and a portal in which people sign in with local accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal import Page, Served, Visit, served
from world import SCHOOL

from duban import create_app
from duban.engine import Engine
from duban.settings import Settings

PASSWORD = "春风十里不如一早交表"


@dataclass(frozen=True)
class Campus:
    """A portal at `base`, and the engine behind it."""

    engine: Engine
    portal: Served

    @property
    def base(self) -> str:
        return self.portal.base

    def somebody(self) -> Visit:
        """A browser in which nobody is signed in."""
        return self.portal.as_(None)

    def has(self, who: str, password: str = PASSWORD) -> None:
        """Somebody has an account, and is signed in nowhere."""
        made = self.engine.redeem("invite", self.engine.invite(who).secret, password)
        self.engine.sign_out(made.secret)

    def enter(self, who: str, password: str = PASSWORD) -> Visit:
        """A browser in which somebody has signed in through the page."""
        visit = self.somebody()
        page = sign_in(visit, who, password)
        assert page.status == 200, page.words
        return visit


def sign_in(visit: Visit, who: str, password: str = PASSWORD, *, path: str = "/signin") -> Page:
    """Fill in the page of signing in."""
    return visit.get(path).submit(press="登录", name=who, password=password)


@contextmanager
def campus(folder: Path, *, settings: Settings | None = None, root: str = "", **more: Any) -> Iterator[Campus]:
    """The small school of tests/world.py, by real time."""
    engine = Engine(f"sqlite:///{folder / 'campus.db'}", settings=settings)
    engine.import_units(files=SCHOOL.files())
    try:
        with served(create_app(engine, **more), root=root) as found:
            yield Campus(engine, found)
    finally:
        engine.close()
