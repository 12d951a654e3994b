"""The forms: what is published, what is refused and in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from phases.forms import FORMS, check, schema
from phases.forms.shape import misfits, read_shape
from workflow.errors import NotFound

SCALE = ("先进", "较好", "一般", "后进")

PLAN_ITEM = {
    "category": "制度",
    "problem": "请假没有记录",
    "goal": "每次都有考勤",
    "measure": "使用统一的考勤页",
    "owner": "组织委员",
    "due": "2012-05-31",
}
BALLOTS = {
    "voters": "党员",
    "issued": 22,
    "returned": 21,
    "valid": 20,
    "invalid": 1,
    "abstained": 1,
    "options": [{"option": "满意", "count": 15}, {"option": "不满意", "count": 4}],
}


def plan(**changes: object) -> dict[str, object]:
    return {"items": [PLAN_ITEM, {**PLAN_ITEM, **changes}]}


def ballots(*groups: dict[str, object], **more: object) -> dict[str, object]:
    return {"held_on": "2012-03-28", "groups": list(groups), **more}


def nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])]
    return [node, *(found for child in inner for found in nodes(child))]


@pytest.mark.parametrize("form", FORMS)
def test_every_published_schema_is_valid_bilingual_and_bounded(form: str) -> None:
    published = schema(form)

    Draft202012Validator.check_schema(published)
    for node in nodes(published):
        chinese, _, english = node["description"].partition(" / ")
        assert chinese
        assert english
        assert node["title"]
        if node["type"] == "object":
            assert node["additionalProperties"] is False
        if node["type"] == "array":
            assert node["maxItems"] > 0
        if node["type"] == "string":
            assert 0 < node["maxLength"] <= 600  # half a page is enough
        if node["type"] in ("number", "integer"):
            assert (node["minimum"], node["maximum"]) is not None


@pytest.mark.parametrize("form", FORMS)
def test_every_example_in_a_schema_is_accepted(form: str) -> None:
    for example in schema(form)["examples"]:
        assert check(form, example, scale=SCALE) == ()


def test_a_schema_handed_out_can_be_changed_without_changing_the_next_one() -> None:
    schema("自评")["properties"].clear()

    assert "summary" in schema("自评")["properties"]


def test_an_unknown_form_names_the_forms_there_are() -> None:
    with pytest.raises(NotFound) as refusal:
        schema("打卡")

    assert refusal.value.candidates == FORMS
    assert "整改计划" in str(refusal.value)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("data", [None, [], "半页", 3, True, float("nan")])
def test_data_that_are_no_object_are_refused_in_one_sentence(form: str, data: object) -> None:
    reasons = check(form, data)

    assert [reason.code for reason in reasons] == ["form-type"]
    assert reasons[0].text.startswith(form)


@pytest.mark.parametrize(
    ("changes", "code", "text", "unblock"),
    [
        ({"due": "5月底前"}, "form-date", "第2条.整改期限：“5月底前”不是一个日期。", "2012-05-31"),
        ({"due": "2012-02-30"}, "form-date", "第2条.整改期限：“2012-02-30”不是一个日期。", "确有这一天"),
        ({"due": "20120531"}, "form-date", "第2条.整改期限：“20120531”不是一个日期。", "2012-05-31"),
        ({"due": None}, "form-type", "第2条.整改期限：应当是文字，现在是空（null）。", "写到日"),
        ({"owner": 7}, "form-type", "第2条.责任人：应当是文字，现在是数字 7。", "姓名或职务"),
        ({"owner": " 　"}, "form-missing", "第2条.责任人：没有填写。", "姓名或职务"),
        ({"problem": "长" * 103}, "form-length", "第2条.突出问题：共103字，最多100字。", "至少减3字"),
        ({"deadline": "2012-05-31"}, "form-unknown", "第2条：没有“deadline”这一项。", "整改期限（due）"),
    ],
)
def test_a_wrong_plan_entry_is_named_with_place_and_remedy(
    changes: dict[str, object], code: str, text: str, unblock: str
) -> None:
    reasons = check("整改计划", plan(**changes))

    assert [(reason.code, reason.text) for reason in reasons] == [(code, text)]
    assert unblock in reasons[0].unblock


def test_a_missing_field_is_named_in_chinese_and_with_its_key() -> None:
    item = {key: value for key, value in PLAN_ITEM.items() if key != "due"}

    (reason,) = check("整改计划", {"items": [item]})

    assert reason.text == "第1条.整改期限：没有填写。"
    assert "due" in reason.unblock


def test_all_problems_are_told_at_once() -> None:
    data = {"items": [{**PLAN_ITEM, "due": "明天"}, {**PLAN_ITEM, "goal": ""}, 5], "target_grade": "优秀"}

    reasons = check("整改计划", data, scale=SCALE)

    assert [reason.text.partition("：")[0] for reason in reasons] == ["第1条.整改期限", "第2条.整改目标", "第3条", "目标等次"]


def test_an_empty_plan_and_a_plan_without_end_are_refused() -> None:
    assert [reason.code for reason in check("整改计划", {"items": []})] == ["form-empty"]
    assert [reason.code for reason in check("整改计划", {"items": [PLAN_ITEM] * 51})] == ["form-too-many"]


@pytest.mark.parametrize("score", [-0.1, 100.5, float("inf"), "90", True])
def test_a_score_that_is_no_number_from_0_to_100_is_refused(score: object) -> None:
    (reason,) = check("自评", {"summary": "已完成自查。", "score": score})

    assert reason.text.startswith("自评得分：")


@pytest.mark.parametrize("score", [0, 100, 86.5])
def test_the_ends_of_the_range_are_scores(score: float) -> None:
    assert check("自评", {"summary": "已完成自查。", "score": score}) == ()


def test_a_self_rating_needs_no_score() -> None:
    assert check("自评", {"summary": "已完成自查。"}) == ()


def test_a_second_problem_of_a_self_rating_is_called_so() -> None:
    problems = [{"category": "制度", "text": "没有考勤"}, {"category": "制度", "text": "长" * 101}]

    (reason,) = check("自评", {"summary": "已完成自查。", "problems": problems})

    assert reason.text == "第2个问题.问题内容：共101字，最多100字。"


def test_ballots_that_add_up_are_accepted() -> None:
    masses = {**BALLOTS, "voters": "群众", "expected": 30, "present": 22}

    assert check("测评", ballots(BALLOTS, masses, counted_by="李", checked_by="王")) == ()


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"issued": 21}, []),  # 21 issued, 21 returned
        ({"issued": 20}, ["ballots-returned"]),  # 21 returned of 20
        ({"invalid": 2}, ["ballots-valid"]),  # 20 + 2 is not 21
        ({"abstained": 0}, ["ballots-options"]),  # 15 + 4 + 0 is not 20
        ({"valid": 19, "invalid": 2}, ["ballots-options"]),  # 15 + 4 + 1 is not 19
        ({"returned": 30}, ["ballots-returned", "ballots-valid"]),
        ({"expected": 20, "present": 22}, ["ballots-present"]),
        ({"options": [{"option": "满意", "count": 15}, {"option": "满意", "count": 4}]}, ["form-twice"]),
    ],
)
def test_ballots_are_added_up(changes: dict[str, object], codes: list[str]) -> None:
    reasons = check("测评", ballots({**BALLOTS, **changes}))

    assert [reason.code for reason in reasons] == codes


def test_the_sentence_about_ballots_shows_the_sum() -> None:
    (reason,) = check("测评", ballots(BALLOTS, {**BALLOTS, "voters": "群众", "invalid": 2}))

    assert reason.text == "第2组（群众）：有效20张加无效2张是22张，与收回的21张不符。"


def test_a_group_whose_shape_is_wrong_does_not_hide_the_sums_of_another() -> None:
    reasons = check("测评", ballots({**BALLOTS, "issued": "22"}, {**BALLOTS, "voters": "群众", "invalid": 2}))

    assert [reason.code for reason in reasons] == ["form-type", "ballots-valid"]


def test_one_person_cannot_count_and_check() -> None:
    (reason,) = check("测评", ballots(BALLOTS, counted_by="李", checked_by="李"))

    assert reason.code == "ballots-same-person"


def test_grades_are_those_of_the_campaign() -> None:
    rows = [{"unit": "030701", "grade": "优秀"}, {"unit": "030702", "grade": "先进"}]

    (reason,) = check("定级", {"grades": rows}, scale=SCALE)

    assert reason.text == "第1行.等次：没有“优秀”这个选项。"
    assert reason.unblock == "请从中选一个：先进、较好、一般、后进、不参评。"


def test_a_campaign_with_other_labels_publishes_those() -> None:
    published = schema("定级", scale=("好", "中", "差"))

    grade = published["properties"]["grades"]["items"]["properties"]["grade"]

    assert grade["enum"] == ["好", "中", "差", "不参评"]
    assert check("定级", {"grades": [{"unit": "1", "grade": "中"}]}, scale=("好", "中", "差")) == ()


def test_a_unit_graded_twice_is_refused_with_both_places() -> None:
    rows = [{"unit": "030701", "grade": "先进"}, {"unit": "030702", "grade": "较好"}, {"unit": "030701", "grade": "一般"}]

    (reason,) = check("定级", {"grades": rows}, scale=SCALE)

    assert reason.text == "第1行、第3行：单位“030701”出现了2次。"


def test_a_unit_not_rated_needs_a_reason() -> None:
    with_reason = {"unit": "030701", "grade": "不参评", "reason": "成立不满一年"}
    without = {"unit": "030702", "grade": "不参评"}

    (reason,) = check("定级", {"grades": [with_reason, without]}, scale=SCALE)

    assert reason.code == "grading-reason"
    assert reason.text.startswith("第2行")


def test_a_problem_of_the_grading_table_has_at_most_30_characters() -> None:
    assert check("定级", {"grades": [{"unit": "1", "grade": "一般", "problem": "长" * 30}]}) == ()
    assert check("定级", {"grades": [{"unit": "1", "grade": "一般", "problem": "长" * 31}]}) != ()


def test_an_entry_of_the_plan_is_reported_once() -> None:
    item = {"no": 2, "done": True, "result": "已有考勤"}

    (reason,) = check("整改结果", {"items": [item, {**item, "no": 2.0}]})

    assert reason.text == "第1条、第2条：编号“2”出现了2次。"


def test_a_day_of_verification_without_a_person_is_asked_about() -> None:
    item = {"no": 1, "done": True, "result": "已有考勤", "checked_on": "2012-05-29"}

    (reason,) = check("整改结果", {"items": [item]})

    assert reason.code == "result-checked"
    assert check("整改结果", {"items": [{**item, "checked_by": "王"}]}) == ()


def test_a_schema_with_a_keyword_nobody_checks_is_refused() -> None:
    with pytest.raises(ValueError, match="uniqueItems"):
        read_shape({"type": "array", "title": "表", "description": "表 / list", "uniqueItems": True})


FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def near(node: dict[str, Any]) -> st.SearchStrategy[object]:
    """Data that mostly fit a schema, so that the interesting places are reached."""
    wrong = st.sampled_from([None, "", " ", "x" * 700, -1, 0, 1.0, 1.5, 101, True, [], {}, {"x": 1}, ["x"]])
    return st.one_of(right(node), right(node), right(node), wrong)


def right(node: dict[str, Any]) -> st.SearchStrategy[object]:
    if "enum" in node:
        return st.sampled_from([*node["enum"], "优秀"])
    if node["type"] == "object":
        fields = {key: near(inner) for key, inner in node["properties"].items()}
        required = {key: fields[key] for key in node["required"]}
        return st.one_of(
            st.fixed_dictionaries(required, optional={key: fields[key] for key in fields if key not in required}),
            st.dictionaries(st.sampled_from([*fields, "x"]), st.just("x"), max_size=3),
        )
    if node["type"] == "array":
        return st.lists(near(node["items"]), max_size=2)
    if node.get("format") == "date":
        return st.one_of(st.dates().map(str), st.sampled_from(["2012-02-29", "2013-02-29", "20120301", "0000-01-01"]))
    if node["type"] == "string":
        return st.text(max_size=node["maxLength"] + 1)
    if node["type"] == "boolean":
        return st.booleans()
    return st.one_of(st.integers(-1, 101), st.floats(allow_nan=False, allow_infinity=False))


@pytest.mark.parametrize("form", FORMS)
@FEW
@given(data=st.data())
def test_our_checker_agrees_with_jsonschema_about_every_place(form: str, data: st.DataObject) -> None:
    published = schema(form, scale=SCALE)
    sent = data.draw(near(published))
    reference = Draft202012Validator(published, format_checker=Draft202012Validator.FORMAT_CHECKER)

    ours = {misfit.path for misfit in misfits(read_shape(published), sent)}

    assert ours == {tuple(error.absolute_path) for error in reference.iter_errors(sent)}
    assert bool(check(form, sent, scale=SCALE)) >= bool(ours)


@pytest.mark.parametrize("form", FORMS)
@FEW
@given(
    sent=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_nothing_that_is_sent_makes_the_checker_fall_over(form: str, sent: object) -> None:
    for reason in check(form, sent, scale=SCALE):
        assert reason.text.endswith("。")
        assert reason.unblock.endswith("。")
        assert len(json.dumps(reason.text, ensure_ascii=False)) < 300
