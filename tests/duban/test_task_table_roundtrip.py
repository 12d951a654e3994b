"""Whatever a definition says comes back from its workbook as the same definition."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from shapes import definitions

from duban.task_table import read_table, workbook_of
from phases.definition import Definition
from phases.emit import yaml_lines
from phases.sign_page import SignPage
from phases.task_table import table_of
from phases.written import shape_of, written

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck))
PAGE = SignPage(title="试", head=("试",), parts=(), projects=(), targets=(), ladder="无", questions=())


@given(definitions)
@settings(SLOW, max_examples=200)
def test_a_shape_written_as_yaml_is_read_back_as_the_same_shape(shape: Definition) -> None:
    text = "\n".join(line for _, line in yaml_lines(written(shape)))

    assert shape_of(text) == shape


@given(definitions)
@settings(SLOW, max_examples=40)
def test_a_shape_written_as_a_workbook_is_read_back_as_the_same_shape(shape: Definition) -> None:
    found = read_table("x.xlsx", workbook_of(table_of(shape), PAGE))

    assert found.problems == ()
    assert shape_of(found.text) == shape
