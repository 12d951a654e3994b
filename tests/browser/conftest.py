"""The demo's busy morning before a real browser: a fresh copy for each test that changes something."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import chrome
import pytest
from chrome import Site
from demo_year import FOLDER, demo_year
from playwright.sync_api import Browser

from duban.demo import MIDWAY


@pytest.fixture(scope="session")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demo_year(tmp_path_factory) / FOLDER / MIDWAY


@pytest.fixture(scope="module")  # it keeps an event loop in this thread, which other files' tests must not meet
def browser() -> Iterator[Browser]:
    try:
        chrome.chromium()
    except FileNotFoundError as missing:
        pytest.fail(str(missing), pytrace=False)
    with chrome.browser() as found:
        yield found


@pytest.fixture
def site(morning: Path, tmp_path: Path, browser: Browser) -> Iterator[Site]:
    """Afterwards: no page complained, and none called anybody but us."""
    yield from _before(morning, tmp_path, browser, sign_on=True)


@pytest.fixture
def unsigned(morning: Path, tmp_path: Path, browser: Browser) -> Iterator[Site]:
    """The same where no portal says who is asking."""
    yield from _before(morning, tmp_path, browser, sign_on=False)


def _before(morning: Path, folder: Path, browser: Browser, *, sign_on: bool) -> Iterator[Site]:
    shutil.copy(morning, folder / "midway.db")
    with chrome.site(folder / "midway.db", browser, sign_on=sign_on) as found:
        yield found
    assert found.seen.wrong == []
    assert found.seen.hosts <= {"127.0.0.1"}
