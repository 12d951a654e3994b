"""YAML's traps for people who write Chinese: each gets a Chinese hint with its line, and hides nothing behind it."""

from __future__ import annotations

import pytest

from phases import library
from phases.compile import compile_definition
from workflow.errors import DefinitionError, Problem

HEAD = "活动: 试点\n发文: 学校党委\n印发: 2012-03-26\n参加: [党支部]\n"  # 4 lines


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as refused:
        compile_definition(text)
    return refused.value.problems


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("主题： 强组织\n", 5, "全角冒号"),
        ("任务:\n  - 事项：写总结\n", 6, "全角冒号"),
        ("主题:强组织\n", 5, "冒号后面要有一个半角空格"),
        ("主题:　强组织\n", 5, "冒号后面要有一个半角空格"),
        ("主题 强组织\n", 5, "“主题”后面少了冒号"),
        ("任务\n  - 事项: 写总结\n", 5, "“任务”后面少了冒号"),
        ("任务:\n  - 事项 写总结\n    时间: 4月底前\n", 6, "“事项”后面少了冒号"),
        ("主送: ［党支部］\n", 5, "全角括号“［］”"),
        ("主送: 【党支部，二级党组织】\n", 5, "全角括号“【】”"),
        ("联系人: ｛单位: 组织部｝\n", 5, "全角括号“｛｝”"),
        ("联系人: {单位: 组织部，姓名: 张老师}\n", 5, "花括号里用了全角的标点"),
        ("联系人: {单位:组织部, 姓名: 张老师}\n", 5, "冒号后少了空格"),
        ("待定:\n  - {问: 印发日期, 2年内到哪天, 原文: 2年内}\n", 6, "逗号把“2年内到哪天”隔成了另一项"),
        ("联系人: {单位 组织部, 姓名: 张老师}\n", 5, "“单位”后面少了冒号"),
        ("任务:\n\t- 事项: 写总结\n", 6, "制表符（Tab）"),
        ("任务:\n　- 事项: 写总结\n", 6, "全角空格"),
        ("任务:\n  －事项: 写总结\n", 6, "应是半角短横加空格"),
        ("任务:\n  -事项: 写总结\n", 6, "短横后面要有一个空格"),
        ("任务:\n  - {事项: 写总结, 时间: 3.30}\n", 6, "3.30 会被当成数字；请写成 3月30日前"),
        ("任务:\n  - {事项: 写总结, 时间: 12:00}\n", 6, "只有钟点，没有日子"),
        ("主题: 甲\n主题: 乙\n", 6, "“主题”写了两次，第5行已有"),
        ("主题: 注意: 三点\n", 5, "多出一个“: ”"),
        ('主题: "没有收尾\n', 5, "引号没有成对"),
        ('主题: "强组织"，增活力\n', 5, "引号后面还有字"),
        ("主送: [党支部, 二级党组织\n主题: 甲\n", 5, "方括号没有成对"),
        ("主题: @甲\n", 5, "不能直接开头的符号"),
        ("主题: *甲\n", 5, "以 * 开头"),
        ("主题: &甲 乙\n依据: [*甲]\n", 5, "& 和 * 的引用"),
        ("主题: 甲\n---\n文号: 乙\n", 6, "“---”"),
        (
            "任务:\n  - 事项: 甲\n    时间: 4月底前\n   - 事项: 乙\n     时间: 4月底前\n  - 事项: 丙\n    时间: 5月底前\n",
            8,
            "左对齐",
        ),
        ("任务:\n  - 事项: 甲\n     时间: 4月底前\n", 7, "没有与同一项的其他名称左对齐"),
        ("任务:\n  - 事项: 甲\n    时间: 4月底前\n    事项: 乙\n", 8, "前面要加“- ”"),
        (" 主题: 甲\n", 5, "要顶格写"),
        ("主题: 甲\x07乙\n", 5, "控制字符"),
    ],
)
def test_a_trap_is_named_with_its_line(text: str, line: int, said: str) -> None:
    found = problems(HEAD + text)

    assert (found[0].line, said in found[0].text) == (line, True), found
    assert len({problem.line for problem in found}) <= 2, "one slip must not bring a crowd of problems"


def test_a_broken_line_does_not_hide_the_problems_behind_it() -> None:
    text = HEAD + "主题: 注意: 三点\n任务:\n  - 事项: 甲\n    时间：3月32日前\n  - 事项: 乙\n    负责人: 丙\n"

    found = problems(text)

    assert [problem.line for problem in found] == [5, 8, 8, 10]
    assert [problem.path for problem in found][2:] == ["任务[1].时间", "任务[2].负责人"]


def test_full_width_punctuation_inside_text_is_nobodys_business() -> None:
    text = HEAD + "主题: 强组织：增活力，创先争优\n说明: |\n  时间：3月底\n    \t缩进随意\n任务:\n  - 事项: 写总结：半页即可\n"

    campaign = compile_definition(text)

    assert campaign.theme == "强组织：增活力，创先争优"
    assert campaign.tasks[0].name == "写总结：半页即可"
    assert "时间：3月底" in campaign.notes["说明"]


def test_a_quoted_date_with_a_point_is_left_to_the_reader_of_phrases() -> None:
    text = HEAD + '任务:\n  - {事项: 甲, 时间: "3.30前"}\n'

    (task,) = compile_definition(text).tasks

    assert str(task.deadline.end) == "2012-03-30"


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    text = library.text("standard")

    windows = compile_definition("\ufeff" + text.replace("\n", "\r\n"))

    assert windows.tasks == compile_definition(text).tasks


def test_a_sentence_over_two_lines_gets_no_blank_in_the_middle() -> None:
    campaign = compile_definition(HEAD + "主题: 强组织、增活力，\n  创先争优\n")

    assert campaign.theme == "强组织、增活力，创先争优"


@pytest.mark.parametrize("text", ["", "\n# 只有注释\n", "- 甲\n- 乙\n", "活动", "[" * 3000, "\ud800"])
def test_what_is_no_definition_at_all_is_refused_in_a_sentence(text: str) -> None:
    found = problems(text)

    assert found
    assert all(problem.text for problem in found)


def test_a_file_of_the_wrong_kind_is_refused_by_its_size() -> None:
    (problem,) = problems("甲" * 500_000)

    assert "太长" in problem.text


@pytest.mark.parametrize("name", library.names())
def test_any_single_line_out_of_place_is_found_where_it_is(name: str) -> None:
    lines = library.text(name).splitlines()
    headings = [at for at, line in enumerate(lines) if line.rstrip().endswith(":") and not line.startswith((" ", "#"))]

    for at in headings:
        found = problems("\n".join([*lines[:at], "  " + lines[at], *lines[at + 1 :]]))
        assert [problem.line for problem in found] == [at + 1], lines[at]
