"""The page a leader signs: every line with its source, every day with its weekday, what is open, and the place to sign."""

from __future__ import annotations

import pytest

from phases import library
from phases.compile import compile_definition
from phases.read_back import Row, read_back, rows_of
from phases.sign_page import sign_page

HEAD = "活动: 试点\n发文: 学校党委\n印发: 2012-03-26\n参加: [二级党组织, 党支部]\n"


def row(text: str, section: str = "任务") -> Row:
    return next(row for row in rows_of(compile_definition(text)) if row.section == section)


@pytest.mark.parametrize("name", library.names())
def test_every_line_says_where_it_comes_from(name: str) -> None:
    rows = rows_of(compile_definition(library.text(name)))

    assert rows
    assert all(line.source.startswith(("原文", "本级补充", "通知未写")) for line in rows)
    assert all(line.source != "通知未写" for line in rows if line.section != "待定")


def test_the_words_of_the_notice_stand_beside_the_line_they_gave() -> None:
    quoted = row(HEAD + "任务:\n  - {事项: 甲, 时间: 待定, 原文: 适时}\n")
    local = row(HEAD + "任务:\n  - {事项: 甲, 本级补充: 是}\n")

    assert (quoted.source, quoted.when) == ("原文“适时”", "待定")
    assert local.source == "本级补充"


def test_a_day_is_resolved_with_its_weekday_and_includes_itself() -> None:
    assert row(HEAD + "任务:\n  - {事项: 甲, 时间: 3月30日前}\n").when == "3月30日前，即3月30日（周五）24:00前，含当日"


def test_an_hour_is_kept() -> None:
    assert "3月30日（周五）12:00前" in row(HEAD + "任务:\n  - {事项: 甲, 时间: 3月30日12:00前}\n").when


def test_a_window_names_both_ends_and_another_year_is_said() -> None:
    window = row(HEAD + "任务:\n  - {事项: 甲, 时间: 4月-11月}\n")
    next_year = row(HEAD + "结束: 2013-12-31\n任务:\n  - {事项: 甲, 时间: 2013年6月7日前}\n")

    assert window.when == "4月-11月，即4月1日（周日）起，11月30日（周五）24:00前，含当日"
    assert "2013年6月7日（周五）" in next_year.when


@pytest.mark.parametrize(
    ("rule", "note"),
    [
        ("保持", "4月30日是周一（法定节假日）；之前最后一个工作日4月28日（周六），之后第一个工作日5月2日（周三）"),
        ("顺延", "原定最后一天是休息日，按“顺延”定为5月2日（周三）"),
    ],
)
def test_a_last_day_that_is_a_rest_day_is_said(rule: str, note: str) -> None:
    assert row(HEAD + f"休息日: {rule}\n任务:\n  - {{事项: 甲, 时间: 4月底前}}\n").rest == note


def test_a_frequency_is_said_with_the_span_it_holds_for() -> None:
    assert row(HEAD + "任务:\n  - {事项: 支委会, 频次: 每月1次}\n").when == "每月1次，3月26日（周一）起至12月31日（周一）"


def test_all_that_is_asked_stands_in_the_note() -> None:
    text = HEAD + (
        "任务:\n  - {事项: 甲, 时间: 4月13日前, 数量: 1以上, 写明: [目标, 措施], 材料: 总结, 报给: 组织部, 方式: 纸质, "
        "范围: 本单位, 锁定: 超过1个工作日, 可代填: 是}\n"
    )

    assert row(text).note == (
        "数量：甲1以上；材料：总结；报给：组织部；方式：纸质；写明：目标、措施；范围：本单位；锁定：4月16日（周一）后不再接收；代填：组织员可以代填"
    )


def test_the_ladder_is_read_back_in_plain_words() -> None:
    steps = [line.what for line in rows_of(compile_definition(HEAD)) if line.section == "督办"]

    assert steps == [
        "提前3个工作日，告诉责任人（提醒）",
        "超过1个工作日，告诉组织员（催办）",
        "超过3个工作日，告诉书记（催办）",
        "超过5个工作日，告诉上级联系人（督办）",
        "超过7个工作日，提请部长决定",
    ]


def test_what_is_unusual_about_a_step_is_read_back_in_plain_words() -> None:
    text = HEAD + (
        "错过时: 只报最高一步\n督办:\n  - {何时: 当天, 告诉: 责任人, 时刻: '14:00'}\n"
        "  - {何时: 超过1个工作日, 告诉: 组织员, 前提: 上一步已发送, 重复: 每2个工作日}\n"
        "  - {何时: 超过3个工作日, 告诉: 书记, 前提: 上一步已送达, 间隔: 2, 空缺时: 暂缓}\n"
    )

    notes = [line.note for line in rows_of(compile_definition(text)) if line.section == "督办"]

    assert notes == [
        "14:00发",
        "上一步发出后才发；每2个工作日再说一次，最多3次",
        "上一步送达后才发；与上一步至少隔2个工作日；没有人任职时暂缓，不由上级代收；错过了几步的，只报最高一步",
    ]


def test_what_is_as_usual_is_not_said() -> None:
    text = HEAD + "督办:\n  - {何时: 当天, 告诉: 责任人, 时刻: '8:30', 间隔: 1, 空缺时: 上级代收}\n"

    assert row(text, "督办").note == ""


def test_the_reviewers_steps_follow_those_of_the_ladder() -> None:
    text = HEAD + "审核时限: 5个工作日\n督办:\n  - {何时: 当天, 告诉: 责任人}\n"

    steps = [(line.no, line.what, line.source) for line in rows_of(compile_definition(text)) if line.section == "督办"]

    assert steps[1:] == [
        (2, "报来5个工作日没有审核的，再过1个工作日，告诉审核的组织员（审核）", "本级补充"),
        (3, "报来5个工作日没有审核的，再过4个工作日，告诉审核单位的书记（审核）", "本级补充"),
    ]


def test_the_sign_page_says_the_ladder_in_one_paragraph() -> None:
    with_review = "审核时限: 5个工作日\n督办: []\n"
    quoted = "督办:\n  - {何时: 当天, 告诉: 责任人, 时刻: '14:00', 原文: 当天提醒}\n"

    assert sign_page(compile_definition(HEAD + quoted)).ladder == "1. 当天，告诉责任人（提醒）；14:00发。［原文］"
    assert sign_page(compile_definition(HEAD + "督办: []\n")).ladder == "不设督办程序，不提醒。"
    assert sign_page(compile_definition(HEAD + with_review)).ladder.endswith("（审核）。［本级补充］不设督办程序，不提醒。")


def test_the_page_counts_what_this_level_added_and_what_is_open() -> None:
    page = read_back(compile_definition(library.text("standard")))

    assert "任务14项，其中本级补充2项；待定1处" in page


def test_the_page_ends_with_the_place_to_sign_and_the_warning() -> None:
    page = read_back(compile_definition(library.text("standard")))

    assert page.splitlines()[0] == "《基层组织建设年》任务分解表"
    assert page.splitlines()[-2].startswith("签发人：")
    assert page.splitlines()[-1] == "非涉密系统，严禁处理国家秘密"


def test_an_open_question_is_read_back_with_its_proposal() -> None:
    text = HEAD + "待定:\n  - {问: 第四阶段没有时间, 原文: 学习先进, 建议: 12月底前}\n"

    question = row(text, "待定")

    assert (question.what, question.source, question.note) == ("第四阶段没有时间", "原文“学习先进”", "建议：12月底前")


def test_every_task_of_the_campaign_is_on_the_page() -> None:
    campaign = compile_definition(library.text("d3"))
    page = read_back(campaign)

    assert all(task.key in page for task in campaign.tasks)
