"""Checks of time: too little of it, rest days, unpublished years, what ends after the campaign or before it begins."""

from __future__ import annotations

from datetime import date

import pytest
from checked import HEAD, STANDARD, changed, new, said, standard, warnings

from phases import library


def task(words: str, more: str = "") -> str:
    return HEAD + more + f"任务:\n  - {{事项: 甲, 谁办: 党支部, 时间: {words}}}\n"


# -- enough time


def test_the_four_working_days_of_the_first_notice_are_told_once_with_figures() -> None:
    found = [text for text in said(library.text("d0")) if "个工作日" in text]

    assert found == ["从3月26日（周一）公布到3月30日（周五）只有4个工作日（4件事项）；请核对是否来得及"]


def test_five_working_days_are_enough() -> None:
    # Tuesday 3-27 to Friday 3-30, and the make-up Saturday 3-31
    assert said(task("3月31日前")) == []
    assert said(task("3月30日前")) == ["从3月26日（周一）公布到3月30日（周五）只有4个工作日；请核对是否来得及"]


def test_time_is_counted_from_publication_not_from_the_day_under_the_signature() -> None:
    text = changed(task("4月6日前"), ("印发: 2012-03-26", "印发: 2012-03-26\n公布: 2012-03-31"))

    # Qingming: 4-1 works, 4-2 to 4-4 are holidays
    assert said(text)[0] == "从3月31日（周六）公布到4月6日（周五）只有3个工作日；请核对是否来得及"


def test_time_is_counted_from_the_launch_that_is_asked_about() -> None:
    found = said(STANDARD, on=date(2012, 4, 9))

    assert "从4月9日（周一）启动到4月13日（周五）只有4个工作日；请核对是否来得及" in found
    assert not any("4月13日" in text for text in said(STANDARD))


def test_a_task_that_begins_later_is_known_from_the_launch_on() -> None:
    assert said(task("4月23日-4月25日")) == []


@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (2, "“支部自评”支部要在3月28日（周三）前先交，从3月26日（周一）公布起实际只有2个工作日；请核对是否来得及"),
        (4, "支部内部时间是3月26日（周一），不晚于公布日3月26日（周一）；请少提前几个工作日"),
    ],
)
def test_the_time_a_branch_really_has_ends_with_the_internal_line(ahead: int, text: str) -> None:
    definition = standard(("支部内部时间: 提前2个工作日", f"支部内部时间: 提前{ahead}个工作日"))

    assert text in said(definition)


def test_without_an_internal_line_there_is_nothing_to_say_of_branches() -> None:
    internal = "    支部内部时间: 提前2个工作日        # 所属支部先交到二级党组织，只作内部掌握\n"

    assert not any("支部" in text for text in said(standard((internal, "")))[:2])


def test_an_internal_line_is_told_even_where_the_line_itself_leaves_enough_time() -> None:
    paper = "报送:\n  - {谁报: 二级党组织, 材料: [总表], 报给: 组织部, 时间: 4月10日前, 支部内部时间: 提前5个工作日}\n"

    five, six = task("4月10日前") + paper, changed(task("4月10日前") + paper, ("提前5", "提前6"))

    # back from 4-10: 4-9, 4-6, 4-5, then 4-1 and 3-31, both make-up days, then 3-30
    assert not any("先交，从" in text for text in said(five))
    assert said(six)[0] == "“甲”支部要在3月30日（周五）前先交，从3月26日（周一）公布起实际只有4个工作日；请核对是否来得及"


def test_a_question_that_gives_the_same_figures_makes_the_warning_needless() -> None:
    asked = "待定:\n  - 问: 距3月30日只有4个工作日，来得及吗\n"

    assert said(task("3月30日前") + asked) == []
    assert said(task("3月30日前") + asked.replace("4个", "3个")) != []


# -- before the launch


def test_last_days_before_a_launch_are_one_warning_that_names_the_way_out() -> None:
    found = warnings(STANDARD, on=date(2012, 4, 5))

    (over,) = [warning for warning in found if "--accept-past" in warning.text]
    assert str(over) == (
        "第17行，调查摸底：阶段“调查摸底”、4件事项的最后一天3月30日（周五）在4月5日（周四）启动之前，"
        "到时不能启动；请改时间，或启动时加 --accept-past（以前的提醒不补发）"
    )


def test_the_last_day_itself_is_not_over() -> None:
    assert not any("--accept-past" in text for text in said(STANDARD, on=date(2012, 3, 30)))


def test_a_phase_without_tasks_that_is_over_keeps_no_launch_back() -> None:
    text = HEAD + "阶段:\n  - {名称: 学习, 时间: 4月20日前}\n  - {名称: 总结, 时间: 12月}\n"

    assert "阶段“学习”的最后一天4月20日（周五）在5月2日（周三）启动之前；请改时间，或删去" in said(text, on=date(2012, 5, 2))


def test_a_day_before_the_notice_itself_looks_like_a_wrong_year() -> None:
    assert said(task("2012年3月20日前")) == ["“2012年3月20日前”（3月20日（周二））在3月26日（周一）公布之前；请核对年份"]


# -- rest days


def test_a_last_day_on_a_holiday_is_told_with_the_working_days_around_it() -> None:
    text = task("4月底前")

    assert said(text) == [
        "“4月底前”的最后一天4月30日是周一（法定节假日）；之前最后一个工作日4月28日（周六），"
        "之后第一个工作日5月2日（周三）；现在不变，要改就写 休息日: 提前 或 顺延"
    ]


@pytest.mark.parametrize(("rule", "day"), [("提前", "4月28日（周六）"), ("顺延", "5月2日（周三）")])
def test_a_last_day_that_moved_says_whence_and_whither(rule: str, day: str) -> None:
    (found,) = said(task("4月底前", f"休息日: {rule}\n"))

    assert "“4月底前”的最后一天4月30日是周一（法定节假日）" in found
    assert found.endswith(f"按“{rule}”定为{day}")


def test_a_make_up_saturday_is_a_working_day() -> None:
    assert said(task("2012年4月28日前")) == []


def test_working_days_of_an_unpublished_year_are_one_warning() -> None:
    text = changed(HEAD, ("2012-03-26", "2099-03-02"))
    text += "任务:\n" + "".join(f"  - {{事项: 甲{day}, 谁办: 党支部, 时间: 5月{day}日前}}\n" for day in (18, 19, 20, 21))

    (found,) = said(text)

    assert found == (
        "2099年放假安排未公布，暂按周一至周五推算：最后一天“5月18日”“5月19日”“5月20日”等4天是不是工作日，公布后请再核对"
    )


# -- the frame of the campaign, and the order of the phases


def test_tasks_after_the_end_of_the_campaign_are_one_warning() -> None:
    text = standard(("休息日: 保持", "结束: 12月17日\n休息日: 保持"))

    assert [sentence for sentence in new(text) if "在活动结束" in sentence] == [
        "“12月”（12月31日（周一））在活动结束（12月17日（周一））之后；请改“结束”或这件事的时间",
        "“12月20日前”（12月20日（周四））的2项在活动结束（12月17日（周一））之后；请改“结束”或这件事的时间",
    ]


def test_a_phase_that_closes_before_the_one_in_front_of_it_is_told_once_for_all_tracks() -> None:
    text = standard(("时间: 4月13日前", "时间: 3月28日前"))

    (found,) = [warning for warning in warnings(text) if "还早" in warning.text]

    assert (found.line, found.path) == (20, "健全组织")
    assert not any("还早" in text for text in said(standard(("时间: 4月13日前", "时间: 3月30日前"))))
    assert found.text.startswith("阶段“健全组织”3月28日（周三）结束，比前面的“调查摸底”（3月30日（周五））还早")


# -- doubts of reading


def test_a_doubtful_reading_is_told_with_what_it_is_taken_for() -> None:
    assert said(task("暂定4月20日前")) == ["“暂定4月20日前”：写的是暂定（现按4月20日（周五））"]


def test_what_is_asked_under_open_questions_is_not_a_warning_as_well() -> None:
    assert said(task("3月30日（周四）前")) == []
    assert said(task("定期")) == []


def test_warnings_come_by_line_and_each_only_once() -> None:
    found = warnings(STANDARD)

    lines = [warning.line for warning in found if warning.line is not None]
    assert lines == sorted(lines)
    assert [warning.line for warning in found][len(lines) :] == [None] * (len(found) - len(lines))
    assert len(set(found)) == len(found)


def test_thirty_tasks_with_one_line_are_one_warning_with_their_number() -> None:
    text = HEAD + "任务:\n" + "".join(f"  - {{事项: 甲{no}, 谁办: 党支部, 时间: 3月29日前}}\n" for no in range(30))

    assert [one for one in said(text) if "只有" in one] == [
        "从3月26日（周一）公布到3月29日（周四）只有3个工作日（30件事项）；请核对是否来得及"
    ]
