"""Beside the played year lies a busy morning of it, at which every page of the portal has something to show."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_year import FOLDER, demo_year

from duban.demo import DATABASE, MIDWAY
from duban.engine import Engine


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_year(tmp_path_factory) / FOLDER


@pytest.fixture(scope="session")
def midway(folder: Path) -> Iterator[Engine]:
    with Engine(f"sqlite:///{folder / MIDWAY}") as engine:
        yield engine


def test_its_clock_rests_on_a_monday_morning_of_april(midway: Engine) -> None:
    assert midway.context.sandbox
    assert midway.context.now() == 1334539800  # 2012-04-16 09:30 in Shanghai


def test_there_are_things_to_review_to_chase_to_decide_and_to_answer(midway: Engine) -> None:
    duties = [duty for row in midway.status().rows for duty in row.duties]

    waiting = [duty for duty in duties if duty.state == "submitted"]
    late = [duty for duty in duties if duty.days_late and duty.on_time is None]
    requests = _rows(midway, "SELECT count(*) FROM extension_request WHERE state = 'open'")

    assert len(waiting) >= 30
    assert len(late) >= 30
    assert len(midway.first_chases()) >= 10
    assert len(midway.waiting_decisions()) >= 1
    assert requests == [(3,)]


def test_nothing_of_the_later_year_is_in_it_and_nothing_of_it_in_the_year(folder: Path, midway: Engine) -> None:
    later = _rows(midway, "SELECT count(*) FROM journal WHERE recorded_at > 1334539800")

    with Engine(f"sqlite:///{folder / DATABASE}") as year:
        asked = _rows(year, "SELECT count(*) FROM extension_request")
        held = _rows(year, "SELECT count(*) FROM message WHERE preview = 1")

    assert (later, asked, held) == ([(0,)], [(0,)], [(0,)])


def _rows(engine: Engine, sql: str) -> list[tuple[int, ...]]:
    path = engine.database.path
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        found = connection.execute(sql).fetchall()
    connection.close()
    return found
