"""What is said when the answer is no survives the way from one process to another."""

from __future__ import annotations

import pickle

import pytest

from notifications.render import TemplateProblem
from workflow.errors import DefinitionError, DubanError, NotFound, Problem, Reason, Refused, UsageError

PROBLEM = Problem(line=3, path="任务[1].时间", text="看不懂")
ERRORS = [
    Refused([Reason(code="locked", text="已过锁定时间", unblock="请批准延期")]),
    DefinitionError("c.yaml", [PROBLEM]),
    TemplateProblem([PROBLEM]),
    NotFound("没有找到", candidates=["0101 教工第一党支部"]),
    UsageError("用法不对"),
    DubanError("不行", code="busy"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda e: type(e).__name__)
def test_an_error_says_the_same_in_another_process(error: DubanError) -> None:
    arrived = pickle.loads(pickle.dumps(error))

    assert (type(arrived), str(arrived), arrived.code) == (type(error), str(error), error.code)
    assert arrived.candidates == error.candidates
    assert getattr(arrived, "reasons", None) == getattr(error, "reasons", None)
    assert getattr(arrived, "problems", None) == getattr(error, "problems", None)
