"""How long a form takes: what must be filled in, about."""

from __future__ import annotations

import pytest

from phases.forms import FORMS
from phases.forms.effort import minutes


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (None, 1),  # nothing to fill in
        ("自评", 5),  # half a page; score, grade and problems are optional
        ("整改计划", 6),  # one entry: three sentences at 1.5, three short ones at 0.5
        ("整改结果", 3),  # number and yes/no at 0.5, a sentence at 1.5
        ("总结", 5),  # half a page
        ("定级", None),  # as long as the list of units
        ("测评", None),  # as long as the meeting
    ],
)
def test_minutes(form: str | None, expected: int | None) -> None:
    assert minutes(form) == expected


def test_every_form_has_an_answer_that_is_no_frightening_one() -> None:
    assert all((minutes(form) or 1) <= 10 for form in FORMS)
