"""Checks of the ladder: gaps, steps that come too late or too early, and steps that tell nobody new."""

from __future__ import annotations

from datetime import date

import pytest
from checked import HEAD, STANDARD, said, warnings

TASK = "任务:\n  - {事项: 甲, 谁办: 党支部, 时间: 4月20日前}\n"
BEFORE, AFTER = ("提前3个工作日", "责任人"), ("超过1个工作日", "组织员")


def ladder(*rungs: tuple[str, str], more: str = "") -> str:
    steps = "".join(f"  - {{何时: {when}, {'提请' if who == '部长' else '告诉'}: {who}{more}}}\n" for when, who in rungs)
    return HEAD + TASK + "督办:\n" + steps


def test_a_ladder_that_begins_before_the_line_and_goes_on_after_it_is_sound() -> None:
    assert said(ladder(BEFORE, AFTER, ("超过3个工作日", "书记"), ("超过7个工作日", "部长"))) == []


def test_a_ladder_that_ends_before_the_line_leaves_what_is_late_unknown() -> None:
    assert said(ladder(BEFORE, ("当天", "责任人"))) == [
        "“督办”到最后一天为止：过了时间还没有报的，没有人会知道；请加一步，如 {何时: 超过1个工作日, 告诉: 组织员}"
    ]


def test_a_ladder_that_starts_after_the_line_reminds_nobody() -> None:
    assert said(ladder(("超过2个工作日", "书记"))) == [
        "“督办”从“超过2个工作日”才开始：到期以前没有人会收到提醒；请加一步，如 {何时: 提前3个工作日, 告诉: 责任人}"
    ]
    assert said(ladder(("当天", "责任人"), ("超过2个工作日", "书记"))) == []


def test_an_empty_ladder_tells_nobody_which_matters_where_somebody_is_chased() -> None:
    assert said(HEAD + TASK + "督办: []\n") == ["“督办”是空的：没有人会收到提醒；要用默认办法就删去“督办”这一行"]
    assert said(HEAD + TASK.replace("时间:", "催办: 否, 时间:") + "督办: []\n") == []


def test_a_first_step_before_the_launch_is_never_sent() -> None:
    rungs = (BEFORE, ("提前1个工作日", "责任人"), AFTER)

    assert said(ladder(*rungs), on=date(2012, 4, 17)) == [
        "从4月17日（周二）启动到4月20日（周五）只有3个工作日；请核对是否来得及"
    ]
    assert said(ladder(*rungs), on=date(2012, 4, 18))[-1] == (
        "4月20日（周五）到期的1件事项，“提前3个工作日”是4月17日（周二），在4月18日（周三）启动以前，不会发；从“提前1个工作日”开始提醒"
    )
    assert said(ladder(*rungs), on=date(2012, 4, 20))[-1].endswith("不会发；到期以前没有人会收到提醒")


def test_reminders_count_from_the_internal_line_of_branches() -> None:
    (found,) = [warning for warning in warnings(STANDARD) if warning.path == "督办"]

    assert found.text.startswith("3月30日（周五）到期、支部3月28日（周三）先交的1件事项，“提前3个工作日”是3月23日（周五）")


@pytest.mark.parametrize(
    ("last", "late"),
    [
        ("12月28日前", "“超过1个工作日”要到12月31日"),  # Monday 12-31 works, and is the last day of the campaign
        ("12月31日前", "“超过1个工作日”要到2013年1月4日（周五），那时活动已经结束（12月31日（周一））"),
    ],
)
def test_steps_after_the_campaign_are_told_by_the_first_of_them(last: str, late: str) -> None:
    text = ladder(BEFORE, AFTER).replace("4月20日前", last)

    assert any(late in one for one in said(text)) == ("2013" in late)


def test_two_steps_of_one_day_are_not_both_sent_at_once() -> None:
    assert said(ladder(BEFORE, ("提前3个工作日", "组织员"), AFTER)) == [
        "“提前3个工作日”写了2步：只会发最后一步；要同时告诉，请合成一步 告诉: 责任人和组织员"
    ]
    assert said(ladder(BEFORE, AFTER, ("超过1个工作日", "书记"))) == [
        "“超过1个工作日”写了2步：后一步要再等1个工作日；要同时告诉，请合成一步 告诉: 组织员和书记"
    ]


def test_a_step_to_whom_the_step_before_told_already_does_not_climb() -> None:
    again = ladder(BEFORE, AFTER, ("超过3个工作日", "组织员"))

    assert said(again) == [
        "“超过3个工作日”告诉的组织员，前一步（超过1个工作日）已经告诉过；请告诉上一级，只是再说一次就给前一步写“重复”"
    ]
    assert said(ladder(BEFORE, AFTER, ("超过3个工作日", "组织员和书记"))) == []
    assert said(ladder(BEFORE, ("提前1个工作日", "责任人"), AFTER)) == []  # to be reminded twice is usual


def test_to_ask_for_a_decision_is_more_than_to_tell() -> None:
    told_then_asked = ladder(BEFORE, ("超过1个工作日", "部 长"), ("超过5个工作日", "部长")).replace("部 长", "部长")

    assert said(told_then_asked) == []


def test_without_anything_to_chase_the_ladder_is_nobody_s_business() -> None:
    assert said(HEAD + "督办:\n  - {何时: 超过2个工作日, 告诉: 书记}\n") == []


def test_a_gate_on_the_first_step_has_nothing_to_wait_for() -> None:
    gated = ladder(BEFORE, AFTER, more=", 前提: 上一步已发送")

    (found,) = warnings(gated)

    assert found.text == "“提前3个工作日”是第一步，前面没有要等的一步，写的“前提”用不上；请删去“前提”"
    assert found.line == gated[: gated.index("提前3个工作日")].count("\n") + 1


@pytest.mark.parametrize(
    ("hour", "odd"), [("6:59", True), ("7:00", False), ("20:00", False), ("22:00", False), ("22:01", True), ("00:00", True)]
)
def test_a_step_at_night_is_pointed_out(hour: str, odd: bool) -> None:
    found = said(ladder(BEFORE, AFTER).replace("告诉: 组织员", f"告诉: 组织员, 时刻: '{hour}'"))

    night = f"“超过1个工作日”在{hour.replace('00:00', '0:00')}，是休息时间；请改在7:00到22:00之间"
    assert found == ([night] if odd else [])


def test_a_dwell_and_only_the_highest_step_do_not_go_together() -> None:
    patient = ladder(BEFORE, AFTER).replace("告诉: 组织员", "告诉: 组织员, 间隔: 2")
    collapsing = patient.replace("督办:", "错过时: 只报最高一步\n督办:")

    assert said(patient) == []
    assert said(collapsing) == [
        "“超过1个工作日”写了间隔2个工作日，“错过时”又是只报最高一步：错过的几步不逐级补，间隔用不上；请删去一样"
    ]
    assert said(collapsing.replace(", 间隔: 2", "")) == []


def test_two_reminders_of_one_day_at_different_hours_are_both_sent() -> None:
    twice = ladder(BEFORE, ("当天", "责任人"), ("当 天", "组织员"), AFTER).replace(
        "当 天, 告诉: 组织员", "当天, 告诉: 组织员, 时刻: '14:00'"
    )

    assert said(twice) == []


def test_an_hour_of_its_own_does_not_make_two_chases_of_one_day() -> None:
    twice = ladder(BEFORE, AFTER, ("超过1个工作日", "书记")).replace("告诉: 书记", "告诉: 书记, 时刻: '14:00'")

    assert said(twice) == ["“超过1个工作日”写了2步：后一步要再等1个工作日；要同时告诉，请合成一步 告诉: 组织员和书记"]
