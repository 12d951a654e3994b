"""A shell in a folder of its own, before a sandbox with the small school of tests/world.py in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from places import Places
from shell import Shell
from world import built


@pytest.fixture
def shell(sqlite_places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """On the Monday 2026-03-02, 09:00, when the school was imported."""
    monkeypatch.chdir(tmp_path)
    return Shell(folder=tmp_path, url=sqlite_places.copy("school", built))


@pytest.fixture
def empty_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """In an empty folder, without a clock."""
    monkeypatch.chdir(tmp_path)
    return Shell(folder=tmp_path, url=f"sqlite:///{tmp_path / 'duban.db'}", clock=None)
