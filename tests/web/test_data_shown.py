"""What was sent in a form is shown as it reads, in the words of the form."""

from __future__ import annotations

import pytest

from duban.web.data_shown import Line, Points, Table, brief, data_shown, long
from phases.forms import FORMS, schema


def test_scores_texts_and_problems_of_a_self_rating() -> None:
    data = {
        "score": 86.0,
        "summary": "每月一次组织生活，\n缺席的补了课。",
        "problems": [{"category": "制度", "text": "请假没有记录"}],
    }

    shown = data_shown("自评", data)

    assert shown == (
        Line(title="自评得分", text="86"),
        Line(title="自评情况", text="每月一次组织生活，\n缺席的补了课。"),
        Table(title="存在问题", columns=("问题类别", "问题内容"), rows=(("制度", "请假没有记录"),)),
    )
    assert brief(shown) == shown[:1]
    assert long(shown) == shown[1:]


def test_days_are_said_as_days_and_lists_of_sentences_as_points() -> None:
    data = {"goal": "做实组织生活", "measures": ["每月公开记录", "每学期走访"], "due": "2012-11-30"}

    shown = data_shown("承诺", data)

    assert shown[1] == Points(title="措施", points=("每月公开记录", "每学期走访"))
    assert shown[2] == Line(title="完成时限", text="2012年11月30日（周五）")


def test_counts_of_a_ballot_stand_in_one_row_with_the_options_joined() -> None:
    [example] = schema("测评")["examples"]

    [day, table] = data_shown("测评", example)

    assert day == Line(title="测评日期", text="2012年3月28日（周三）")
    assert isinstance(table, Table)
    assert table.columns == ("人员类别", "应到", "实到", "发出", "收回", "有效", "无效", "弃权", "各选项票数")
    assert table.rows == (("党员", "24", "22", "22", "21", "20", "1", "1", "满意 15、基本满意 3、不满意 1"),)


def test_columns_that_nobody_filled_in_are_left_out() -> None:
    data = {"items": [{"no": 1, "done": True, "result": "已补课"}, {"no": 2, "done": False, "result": "还差一次"}]}

    [table] = data_shown("整改结果", data)

    assert isinstance(table, Table)
    assert table.columns == ("编号", "是否完成", "完成情况")
    assert table.rows == (("1", "是", "已补课"), ("2", "否", "还差一次"))


def test_results_are_shown_beside_the_problems_of_the_plan() -> None:
    data = {"items": [{"no": 2, "done": True, "result": "已补课"}, {"no": 7, "done": True, "result": "也做了"}]}

    [table] = data_shown("整改结果", data, problems={1: "换届不及时", 2: "缺席没有补课"})

    assert isinstance(table, Table)
    assert table.columns == ("编号", "计划里的问题", "是否完成", "完成情况")
    assert [row[:2] for row in table.rows] == [("2", "缺席没有补课"), ("7", "")]


def test_what_the_form_of_today_does_not_know_is_shown_all_the_same() -> None:
    shown = data_shown("总结", {"summary": "做了三件事", "旧栏目": {"a": 1}, "空": None, "没有": []})

    assert shown == (
        Line(title="工作情况", text="做了三件事"),
        Line(title="旧栏目", text="1"),
        Line(title="空", text=""),
        Points(title="没有", points=()),
    )


@pytest.mark.parametrize("form", FORMS)
def test_every_published_example_is_shown_with_all_its_words(form: str) -> None:
    for example in schema(form)["examples"]:
        shown = data_shown(form, example)

        said = "\n".join(str(block) for block in shown)
        assert len(shown) == len(example)
        assert all(word in said for word in _texts(example))


@pytest.mark.parametrize(("form", "data"), [(None, {"a": 1}), ("自评", None), ("没有的表单", {"a": 1})])
def test_without_a_form_or_without_data_there_is_nothing(form: str | None, data: dict[str, int] | None) -> None:
    assert data_shown(form, data) == ()


def _texts(value: object) -> list[str]:
    """Every text in it that is no day."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) and not value[:4].isdigit() else []


def test_grades_are_read_by_the_names_of_the_units() -> None:
    data = {"grades": [{"unit": "0101", "grade": "较好"}, {"unit": "0199", "grade": "一般"}]}

    [table] = data_shown("定级", data, names={"0101": "教工第一党支部"})

    assert isinstance(table, Table)
    assert table.columns == ("单位", "等次")
    assert table.rows == (("教工第一党支部", "较好"), ("0199", "一般"))
