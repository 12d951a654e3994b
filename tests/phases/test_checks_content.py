"""Checks of what is asked for: plans and results, papers, grades, targets, and the way through the phases."""

from __future__ import annotations

import pytest
from checked import HEAD, changed, new, said, standard, warnings

from phases import library

D0 = library.text("d0")
SCALE = "等次: [先进, 较好, 一般, 后进]"
GRADED = HEAD + f"定级:\n  - {{对象: 党支部, 谁来定: 二级党组织, {SCALE}, 时间: 4月27日前}}\n"
PAPER = "  - {{谁报: {who}, 名称: {name}, 材料: {paper}, 报给: 组织部, 时间: {time}}}\n"


def paper(what: str, time: str = "4月20日前", *, name: str = "甲", who: str = "二级党组织") -> str:
    return PAPER.format(who=who, name=name, paper=what, time=time)


# -- plans and results


@pytest.mark.parametrize(
    ("time", "text"),
    [
        ("5月底前", "计划“整改计划”和结果“整改结果”同一天到期（5月31日（周四））；请给计划写早一些的时间"),
        ("4月20日前", "计划“整改计划”5月31日（周四）才到期，结果“整改结果”4月20日（周五）就要交；请给计划写早一些的时间"),
    ],
)
def test_a_plan_is_due_before_its_result(time: str, text: str) -> None:
    result = "  - 事项: 整改结果\n    谁办: 党支部\n    阶段: 学习先进\n"

    found = [w for w in warnings(standard((result, f"{result}    时间: {time}\n"))) if w.text == text]

    assert [(warning.line, warning.path) for warning in found] == [(76, "对标整改/整改计划")]


def test_papers_for_plan_and_result_of_one_matter_in_one_parcel_are_told() -> None:
    one = HEAD + "报送:\n" + paper("[工作方案, 工作总结]")
    other = HEAD + "报送:\n" + paper("[工作方案, 活动总结]")

    assert said(one) == ["计划“工作方案”和结果“工作总结”同一天到期（4月20日（周五））；请给计划写早一些的时间"]
    assert said(other) == []


def test_a_plan_after_the_result_of_an_earlier_round_is_no_mistake() -> None:
    rounds = (("整改计划", "4月6日前"), ("整改结果", "6月15日前"), ("整改计划", "9月5日前"), ("整改结果", "12月14日前"))
    steps = [f"  - {{事项: 第{no}步, 谁办: 党支部, 表单: {form}, 时间: {time}}}\n" for no, (form, time) in enumerate(rounds)]

    assert said(HEAD + "任务:\n" + "".join(steps)) == []
    assert said(HEAD + "任务:\n" + "".join(steps[:3])) == [
        "计划“第2步”9月5日（周三）才到期，结果“第1步”6月15日（周五）就要交；请给计划写早一些的时间"
    ]


def test_a_list_asked_for_while_rectification_still_runs_is_told_with_both_days() -> None:
    question = "  - 问: 3月30日报的整改汇总表是计划还是结果（整改到5月底才结束）\n    原文: 党支部整改汇总表\n"
    proposal = "    建议: 先报计划；5月底由系统生成结果表，不再另要\n"

    unasked = said(changed(D0, (question + proposal, "")))

    assert (
        "“党支部整改汇总表”3月30日（周五）就要报，它汇总的“落实整改”5月31日（周四）才到期；请改其中一个时间，或写明报的是计划还是结果"
    ) in unasked
    assert not any("党支部整改汇总表" in text for text in said(D0))


def test_a_list_of_plans_waits_for_the_plans_only() -> None:
    early = standard(("    写明: [问题, 目标, 措施, 责任人, 时限]\n", "    时间: 3月30日前\n"))

    assert not any("汇总" in text for text in said(early))


def test_a_list_of_grades_before_the_grading_is_told() -> None:
    text = GRADED + "报送:\n" + paper("分类定级汇总表")

    assert said(text) == ["“分类定级汇总表”4月20日（周五）就要报，它汇总的“党支部定级”4月27日（周五）才到期；请改其中一个时间"]
    assert said(changed(text, ("4月20日前", "4月27日前"))) == []


# -- papers


def test_papers_without_recipient_are_one_warning() -> None:
    four = "".join(f"  - {{谁报: 党支部, 名称: 甲{no}, 材料: 乙{no}, 报给: 待定, 时间: 4月20日前}}\n" for no in range(4))

    assert said(HEAD + "报送:\n" + four) == ["“甲0”“甲1”“甲2”等4件要交材料，没有写报给谁"]


def test_a_recipient_asked_for_is_not_told_twice() -> None:
    assert not any("报给谁" in text for text in said(library.text("d2")))


def test_the_same_paper_asked_twice_from_the_same_units_is_told() -> None:
    text = standard(("材料: [整改汇总表（结果）]", "材料: [整改汇总表（结果）, 实施方案]"))

    assert [one for one in new(text) if "同一份" in one] == [
        "“调查摸底/报送材料”和“考评总结/报送材料”都向二级党组织要“实施方案”；同一份材料只要一次，若不是同一份请在名称里写明区别"
    ]


def test_a_task_of_the_name_of_a_paper_asks_for_it_twice_unless_others_owe_it() -> None:
    text = HEAD + "任务:\n  - {事项: 党员名册, 谁办: 二级党组织, 时间: 4月20日前}\n报送:\n" + paper("党员名册", "4月25日前")

    (found,) = said(text)

    assert found.startswith("“党员名册”和“甲”都向二级党组织要“党员名册”")
    assert said(changed(text, ("谁办: 二级党组织", "谁办: 党支部"))) == []


def test_a_paper_from_other_kinds_of_branches_is_not_asked_twice() -> None:
    kinds = "任务:\n" + "".join(
        f"  - {{事项: {kind}事项, 谁办: {who}党支部, 材料: 登记表, 报给: 组织部, 时间: 4月20日前}}\n"
        for kind, who in (("甲", "教工"), ("乙", "学生"))
    )

    assert said(HEAD + kinds) == []
    assert len(said(HEAD + kinds.replace("学生党支部", "党支部"))) == 1


# -- grades


NEVER = "不会产生；请在那一轮定级里写 基数: 是，或写“起点”"


def test_tasks_for_a_grade_that_nobody_is_given_never_arise() -> None:
    text = standard(("基数: 是 ", "基数: 否 "))

    (found,) = [one for one in new(text) if NEVER in one]

    assert found.startswith("“选定对标支部”只给“一般”的单位")


def test_a_grade_only_on_the_scale_of_a_later_round_is_not_given_in_time() -> None:
    rounds = GRADED + "  - {对象: 党支部, 谁来定: 二级党组织, 名称: 再定, 等次: [优, 良], 时间: 12月14日前}\n"
    task = "任务:\n  - {事项: 甲, 谁办: 党支部, 适用等次: 优, 时间: 5月18日前}\n"

    assert any(NEVER in one for one in said(rounds + task))
    assert not any(NEVER in one for one in said(rounds + task.replace("优, 时间", "先进, 时间")))


def test_starting_grades_make_such_tasks_at_the_launch() -> None:
    task = "任务:\n  - {事项: 甲, 谁办: 党支部, 适用等次: 一般, 时间: 5月18日前}\n"

    assert said(HEAD + "起点: {沿用: 上年结果}\n" + task) == []


def test_a_task_due_before_the_grading_that_brings_it_about_is_told() -> None:
    task = "任务:\n  - {事项: 甲, 谁办: 党支部, 适用等次: 一般, 时间: 4月20日前}\n"

    assert said(GRADED + changed(task, ("4月20日前", "4月27日前"))) == []
    assert said(GRADED + task) == ["“甲”4月20日（周五）到期，要等“党支部定级”4月27日（周五）定完才产生；请改其中一个时间"]


# -- targets


def test_targets_without_denominator_are_one_warning() -> None:
    text = standard(("基数: 是 ", "基数: 否 "))

    assert "2条目标（“一般→先进，至少30%，今年内”等）没有分母；请在一轮党支部定级里写 基数: 是，或写“起点”" in new(text)


def test_a_target_before_the_regrading_that_would_measure_it_is_told() -> None:
    text = standard(("至少: 30%, 时间: 今年内", "至少: 30%, 时间: 12月10日前"))
    just = standard(("至少: 30%, 时间: 今年内", "至少: 30%, 时间: 12月20日前"))

    assert new(just) == []

    assert new(text) == [
        "目标“一般→先进，至少30%，12月10日前”12月10日（周一）就到期，再次定级12月20日（周四）才完成；请改其中一个时间"
    ]


def test_targets_that_no_regrading_measures_are_told() -> None:
    target = "目标:\n  - {从: 一般, 到: 先进, 至少: 30%, 时间: 12月20日前}\n"

    assert said(GRADED + target) == [
        "目标“一般→先进，至少30%，12月20日前”到期前没有再次定级，无从知道是否达到；请在“定级”里加一轮"
    ]


def test_a_regrading_whose_day_is_asked_for_is_not_called_late() -> None:
    assert said(library.text("d1")) == []


# -- the way through the phases


def test_an_undated_phase_without_tasks_holds_every_case_before_what_follows() -> None:
    check = "  - 事项: 班子和设置核对\n    谁办: 党支部\n"

    text = standard(("时间: 4月13日前", "时间: 待定"), (f"{check}    阶段: 健全组织\n", check))

    assert [(w.line, w.path, w.text) for w in warnings(text) if "不会自动" in w.text] == [
        (
            20,
            "健全组织",
            "阶段“健全组织”没有时间，二级党组织、党支部在其中也没有事项："
            "到这里不会自动转入“对标整改”，以后的阶段都到不了；请给它补上时间",
        )
    ]


def test_an_undated_phase_with_tasks_for_some_units_holds_the_others() -> None:
    all_of_them = HEAD + "阶段:\n  - {名称: 学习, 时间: 待定}\n任务:\n  - {事项: 甲, 谁办: [二级党组织, 党支部], 阶段: 学习}\n"

    some = changed(all_of_them, ("阶段: 学习", "适用类别: 学生, 阶段: 学习"), ("[二级党组织, 党支部], ", "党支部, "))

    assert said(all_of_them) == []
    assert said(some) == [
        "阶段“学习”没有时间，二级党组织在其中也没有事项：到这里不会自动办结；请给它补上时间",
        "阶段“学习”没有时间，其中的事项只给一部分党支部：其余的到这里不会自动办结；请给它补上时间",
    ]


def test_a_phase_by_calendar_without_a_day_holds_even_who_has_done_all() -> None:
    text = HEAD + (
        "阶段:\n  - {名称: 学习, 时间: 待定, 推进: 按时间, 适用: [党支部]}\n  - {名称: 总结, 适用: [党支部]}\n"
        "任务:\n  - {事项: 甲, 谁办: 党支部, 阶段: 学习}\n  - {事项: 乙, 谁办: 党支部, 阶段: 总结}\n"
    )

    assert said(text) == [
        "阶段“学习”写了按时间转入下一阶段，可是没有日子：到这里不会自动转入“总结”，以后的阶段都到不了；请给它补上时间"
    ]
    assert said(text.replace("推进: 按时间, ", "")) == []
    assert said(text.replace("{名称: 总结,", "{名称: 总结, 时间: 11月,")) == []


def test_a_phase_whose_tasks_never_arise_is_as_good_as_empty() -> None:
    text = GRADED.replace("时间: 4月27日前", "时间: 4月27日前, 基数: 否") + (
        "阶段:\n  - {名称: 学习, 时间: 待定, 适用: [党支部]}\n任务:\n  - {事项: 甲, 谁办: 党支部, 适用等次: 一般, 阶段: 学习}\n"
    )

    assert any("党支部在其中也没有事项" in one for one in said(text))
