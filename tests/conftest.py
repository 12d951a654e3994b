"""Fixtures that need a database: each test gets a fresh one, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import getsource, signature
from pathlib import Path

import pytest
from crashkit.backends import ON, wake_by
from herd import Herd, make_herd
from places import KINDS, Places, Server, postgresql
from world import World, built, crowd

from storage.database import Database, upgrade


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for the session."""
    with postgresql() as found:
        yield found


@pytest.fixture(scope="session")
def sqlite_places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return Places(kind="sqlite", folder=tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def postgresql_places(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Places:
    return Places(kind="postgresql", folder=tmp_path_factory.mktemp("databases"), server=server)


@pytest.fixture(params=KINDS)
def places(request: pytest.FixtureRequest) -> Places:
    """Both kinds of databases, one after the other."""
    found: Places = request.getfixturevalue(f"{request.param}_places")
    return found


@pytest.fixture
def database_url(places: Places) -> Iterator[str]:
    """A database with all tables and nothing in them."""
    url = places.copy("tables", _with_tables)
    yield url
    places.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url)
    yield found
    found.close()


@pytest.fixture
def backend() -> str:
    """Who calls delivery."""
    return "poll"


DELIVERS = re.compile(r"deliver|daily\(")
"""What a case's own lines say where messages leave: `daily` of the case files runs and delivers every morning."""


@pytest.hookimpl(tryfirst=True)  # a mark goes before the kinds that `places` brings
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every case of escalation.md that delivers is tried with both ways of calling delivery; the second is PostgreSQL's only."""
    if "test_case_" in metafunc.function.__name__ and "places" in metafunc.fixturenames and "backend" in metafunc.fixturenames:
        both = bool(DELIVERS.search(getsource(metafunc.function))) or "backend" in signature(metafunc.function).parameters
        metafunc.definition.add_marker(
            pytest.mark.parametrize(("places", "backend"), ON if both else ON[:2], indirect=["places"])
        )


@pytest.fixture
def world(places: Places, tmp_path: Path, backend: str) -> Iterator[World]:
    """The small school of tests/world.py, at its beginning."""
    yield from _world(places, tmp_path, "school", built, backend)


@pytest.fixture
def crowded(places: Places, tmp_path: Path, backend: str) -> Iterator[World]:
    """Three committees of 30 branches, as in the cases of escalation.md."""
    yield from _world(places, tmp_path, "crowd", lambda url: built(url, crowd()), backend)


@pytest.fixture
def small_world(sqlite_places: Places, tmp_path: Path) -> Iterator[World]:
    """The small school on SQLite only: for rules in which the database has no part."""
    yield from _world(sqlite_places, tmp_path, "school", built)


@pytest.fixture(scope="session")
def herd() -> Iterator[Herd]:
    """Four processes that do something at the same moment."""
    made = make_herd()
    yield made
    made.pool.shutdown()


def _with_tables(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


def _world(places: Places, folder: Path, template: str, fill: object, backend: str = "poll") -> Iterator[World]:
    assert callable(fill)
    url = places.copy(template, fill)
    made = World(url=url, folder=folder, backend=backend)
    if backend != "poll":
        wake_by(made.engine, backend)
    yield made
    made.close()
    places.drop(url)
