"""What the tests of messages share: Li leads a branch, Wang is its committee's clerk, Zhao belongs to another committee."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from notifications.channels.channel import Parcel
from notifications.letter import Contact, Letter, Line


@pytest.fixture
def self_assessment() -> Line:
    return Line(
        unit="化学化工学院教工第一党支部",
        unit_code="030701",
        task="支部自评",
        campaign="基层组织建设年",
        due_text="3月30日（周五）24:00前，含当日",
        due_day=date(2012, 3, 30),
        workdays_left=3,
    )


@pytest.fixture
def to_li(self_assessment: Line) -> Letter:
    return Letter(
        recipient="李可",
        role="书记",
        own=(self_assessment,),
        contact=Contact(unit="化学化工学院党委", name="陈老师", phone="0000-1234"),
        today=date(2012, 3, 27),
        link="https://portal.example.edu.cn/duban/my",
    )


@pytest.fixture
def to_wang(to_li: Letter, self_assessment: Line) -> Letter:
    """Wang is told of three branches, one of which has something to complete."""
    late = replace(self_assessment, workdays_left=None, days_past=1, rung_kind="chase")
    below = (
        replace(late, unit="硕士党支部", unit_code="030703"),
        replace(late, unit="教工第二党支部", unit_code="030702", returned=True),
        replace(late, unit="退休党支部", unit_code="030709"),
    )
    return replace(to_li, recipient="王然", role="组织员", own=(), below=below, today=date(2012, 3, 31))


@pytest.fixture
def parcel() -> Parcel:
    return Parcel(
        id="0007",
        key="wang|2012-03-31",
        to="wang@example.edu.cn",
        recipient="王然",
        subject="工作提示：基层组织建设年 3个单位还没有报齐",
        text="王然同志：\n\n.一行以点开头\n如已报送，请忽略。\n",
        html="<p>王然同志：</p>",
        at=datetime(2012, 3, 31, 0, 30, tzinfo=UTC),
        extra={"unit": "0307", "items": 3, "rung": "chase"},
    )
