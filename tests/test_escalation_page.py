"""docs/escalation.md says what the tests say: its table is made from them, and no case is missing."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
CASES = range(1, 83)


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """docs/cases.py."""
    spec = importlib.util.spec_from_file_location("cases", ROOT / "docs" / "cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["cases"] = module
    spec.loader.exec_module(module)
    return module


def test_every_case_has_a_test_of_its_number(maker: ModuleType) -> None:
    numbers = {case.number for case in maker.cases()}

    assert numbers == set(CASES)


def test_the_page_has_the_table_that_the_tests_make(maker: ModuleType) -> None:
    page = maker.PAGE.read_text("utf-8")

    assert page == maker.written(page, maker.cases()), "run: python docs/cases.py --write"
