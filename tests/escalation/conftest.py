"""What the tests of crashes share: warm processes that fork, a receiver of messages, and lives of their own databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crashkit.backends import wake_by
from crashkit.copies import Copies
from crashkit.outside import URL, Outside
from places import Places
from world import School, World, built

from bench.crash.gateway import Gateway
from bench.crash.soak import Lane
from bench.crash.stable import Stable


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with Gateway(tmp_path / "calls.jsonl") as started:
        yield started


@pytest.fixture
def outside(crowded: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Three committees of thirty branches, told by a webhook that leads to the gateway."""
    monkeypatch.setenv(URL, gateway.url("/hook"))
    return Outside(world=crowded, gateway=gateway)


@pytest.fixture
def settled(
    places: Places, tmp_path: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, backend: str
) -> Iterator[Callable[[str, School], Outside]]:
    """The same with another school: `settled("one without 书记", school)`; the name is that of the school."""
    monkeypatch.setenv(URL, gateway.url("/hook"))
    made: list[World] = []

    def one(name: str, school: School) -> Outside:
        url = places.copy(name, lambda url: built(url, school))
        world = World(url=url, folder=tmp_path / str(len(made)), backend=backend)
        made.append(world)
        if backend != "poll":
            wake_by(world.engine, backend)
        return Outside(world=world, gateway=gateway)

    yield one
    for world in made:
        world.close()
        places.drop(world.url)


@pytest.fixture(scope="session")
def stables() -> Iterator[list[Stable]]:
    """Two, as this machine may have no more cores; each forks as many children as are asked of it."""
    made = [Stable(), Stable()]
    yield made
    for stable in made:
        stable.close()


@pytest.fixture
def lanes(places: Places, stables: list[Stable], tmp_path: Path) -> Iterator[list[Lane]]:
    """Two lanes on databases of one kind."""
    yield from _lanes(places, stables, tmp_path)


@pytest.fixture
def lane(lanes: list[Lane]) -> Lane:
    return lanes[0]


@pytest.fixture
def sqlite_lane(sqlite_places: Places, stables: list[Stable], tmp_path: Path) -> Iterator[Lane]:
    """For what only SQLite can meet, and for rules in which the database has no part."""
    for lanes in _lanes(sqlite_places, stables, tmp_path):
        yield lanes[0]


@pytest.fixture
def postgresql_lane(postgresql_places: Places, stables: list[Stable], tmp_path: Path) -> Iterator[Lane]:
    for lanes in _lanes(postgresql_places, stables, tmp_path):
        yield lanes[0]


def _lanes(places: Places, stables: list[Stable], folder: Path) -> Iterator[list[Lane]]:
    place = Copies(places=places)
    gateways = [Gateway(folder / f"calls{no}.jsonl") for no in range(len(stables))]
    for gateway in gateways:
        gateway.__enter__()
    yield [
        Lane(place=place, folder=folder, stable=stable, gateway=gateway)
        for stable, gateway in zip(stables, gateways, strict=True)
    ]
    for gateway in gateways:
        gateway.__exit__(None, None, None)
    place.drop_all()
