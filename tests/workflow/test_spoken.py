"""How frequencies are said to people."""

from __future__ import annotations

import pytest

from workflow.deadline import often, read


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("每月召开一次", "每月1次"),
        ("每半年1次", "每半年1次"),
        ("每两个月一次", "每2个月1次"),
        ("每年6月10日和12月10日前", "每年1次（6月10日、12月10日）"),
        ("每月25日前", "每月1次（25日）"),
        ("每月第二个星期五", "每月1次（第2个周五）"),
        ("每周二之前", "每周1次（周二）"),
    ],
)
def test_a_frequency_is_said_with_its_days(words, said):
    every = read(words, None).every

    assert every is not None
    assert often(every) == said
