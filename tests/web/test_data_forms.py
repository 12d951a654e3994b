"""A form's schema as fields, and what was posted in them as data again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from duban.service.known import Known, NamedRows
from duban.web.data_forms import field_lines, parts_of, wrongs
from duban.web.data_posted import complete, posted_data, with_row, without_row
from duban.web.fields import Field, Part, Rows
from phases.forms import FORMS, check, schema

NOTHING = Known()
SCALE = ("先进", "较好", "一般", "后进")


def _posted(parts: tuple[Part, ...]) -> list[tuple[str, str]]:
    """What a browser sends for fields as they stand."""
    found: list[tuple[str, str]] = []
    for part in parts:
        if isinstance(part, Field):
            found.append((part.name, part.said))
        else:
            found += [pair for row in part.rows for pair in _posted(row.parts)]
    return found


def _rows(parts: tuple[Part, ...], title: str) -> Rows:
    return next(part for part in parts if isinstance(part, Rows) and part.title == title)


@pytest.mark.parametrize("form", FORMS)
def test_every_example_goes_into_fields_and_comes_back_the_same(form: str) -> None:
    for example in schema(form)["examples"]:
        fields = _posted(parts_of(form, example, NOTHING, scale=()))

        assert complete(posted_data(form, fields, NOTHING), NOTHING) == example


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_form_sends_nothing_and_every_missing_place_is_marked(form: str) -> None:
    fields = _posted(parts_of(form, {}, NOTHING))

    data = complete(posted_data(form, fields, NOTHING), NOTHING)

    assert data == {}
    assert set(wrongs(form, data).values()) == {"没有填写"}
    assert len(wrongs(form, data)) == len(check(form, data))


def test_a_list_begins_with_one_empty_row_that_is_not_sent() -> None:
    parts = parts_of("自评", {"summary": "都查过了"}, NOTHING)

    assert len(_rows(parts, "存在问题").rows) == 1
    assert complete(posted_data("自评", _posted(parts), NOTHING), NOTHING) == {"summary": "都查过了"}


def test_rows_are_added_and_taken_away_also_within_rows() -> None:
    ballots: dict[str, Any] = {"groups": [{"voters": "党员", "options": [{"option": "满意"}, {"option": "不满意"}]}]}

    more = with_row(ballots, "测评", "groups.0.options")
    less = without_row(more, "测评", "groups.0.options", 0)

    assert more["groups"][0]["options"] == [{"option": "满意"}, {"option": "不满意"}, {}]
    assert less["groups"][0]["options"] == [{"option": "不满意"}, {}]
    assert ballots["groups"][0]["options"] == [{"option": "满意"}, {"option": "不满意"}]


@pytest.mark.parametrize("place", ["", "summary", "nowhere", "items.9.problem", "items.x", "__class__", "items.0.due"])
def test_a_place_that_is_no_list_changes_nothing(place: str) -> None:
    plan = {"items": [{"problem": "请假没有记录"}]}

    assert with_row(plan, "整改计划", place) == plan


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("86", 86),
        (" 86.5 ", 86.5),
        ("８６．５", 86.5),  # as a Chinese keyboard types it
        ("91.5%", 91.5),
        ("一百", "一百"),
        ("9" * 40, "9" * 40),  # no number of ours
        ("1e3", "1e3"),
        ("٣", "٣"),
    ],
)
def test_a_number_is_read_as_it_is_typed_and_what_is_none_stays_as_it_was(typed: str, kept: object) -> None:
    found = posted_data("自评", [("f.score", typed), ("f.summary", "都查过了")], NOTHING)

    assert found["score"] == kept
    assert ((("score",) in wrongs("自评", found)) is True) == isinstance(kept, str)


def test_fields_that_the_form_does_not_have_are_left_out() -> None:
    fields = [("csrf", "x"), ("f.evil", "1"), ("f.summary", "好"), ("f.problems.0.evil", "1"), ("f.problems.99999.text", "x")]

    assert complete(posted_data("自评", fields, NOTHING), NOTHING) == {"summary": "好"}


GIVEN = Known(
    data={"grades": [{"unit": "0101", "self": 90}, {"unit": "0102"}]},
    lists={"grades": NamedRows(key="unit", names={"0101": "教工第一党支部", "0102": "教工第二党支部"}, notes={"0102": "9人"})},
)


def test_given_entries_are_named_hidden_by_their_key_and_neither_added_nor_taken_away() -> None:
    rows = _rows(parts_of("定级", GIVEN.data, GIVEN, scale=SCALE), "定级结果")

    assert [(row.title, row.note) for row in rows.rows] == [("教工第一党支部", ""), ("教工第二党支部", "9人")]
    assert (rows.given, rows.may_add, rows.as_table) == (True, False, True)
    assert [part.name for part in rows.rows[0].parts if isinstance(part, Field) and part.kind == "hidden"] == [
        "f.grades.0.unit"
    ]


def test_a_unit_that_came_since_is_added_and_one_that_is_not_asked_for_goes() -> None:
    fields = [
        ("f.grades.0.unit", "0202"),
        ("f.grades.0.grade", "先进"),
        ("f.grades.1.unit", "0102"),
        ("f.grades.1.grade", "一般"),
    ]

    assert posted_data("定级", fields, GIVEN) == {"grades": [{"unit": "0101", "self": 90}, {"unit": "0102", "grade": "一般"}]}


@pytest.mark.parametrize("form", FORMS)
def test_no_refusal_names_a_key_of_the_schema(form: str) -> None:
    broken: list[Any] = [{}, *({**example, "items": [{}]} for example in schema(form)["examples"])]
    keys = set(json.loads(json.dumps(list(schema(form)["properties"]))))

    lines = [line for data in broken for line in field_lines(check(form, {k: v for k, v in data.items() if k in keys}))]

    assert lines
    assert not [line for line in lines if any(f"{key}：" in line or f"（{key}）" in line for key in keys)]
    assert not [line for line in lines if "。。" in line]


def test_a_page_asks_for_another_row_by_name_and_leaves_out_how_to_write_what_is_picked() -> None:
    ballots, results = parts_of("测评", {}, NOTHING), parts_of("整改结果", {"items": [{"no": 1}]}, NOTHING)
    group = _rows(ballots, "参加测评的人员")
    hints = {part.title: part.hint for part in _rows(results, "整改条目").rows[0].parts if isinstance(part, Field)}

    assert (group.more, _rows(group.rows[0].parts, "各选项票数").more) == ("再加一组", "再加一个选项")
    assert (hints["是否完成"], hints["核实日期"]) == ("", "未核实的不填")


def test_the_aspects_of_the_notice_stand_beside_the_field_they_are_for() -> None:
    known = Known(suggested={"category": ("班子", "制度")})

    problem = _rows(parts_of("自评", {}, known), "存在问题").rows[0].parts[0]

    assert isinstance(problem, Field)
    assert problem.hint == "通知所列：班子、制度"


def test_rows_of_a_list_of_units_are_told_by_name_and_many_alike_in_one_line() -> None:
    codes = [f"01{n:02}" for n in range(1, 7)]
    named = NamedRows(key="unit", names={code: f"第{code}党支部" for code in codes}, notes={})
    known = Known(lists={"grades": named})
    one = {"grades": [{"unit": code, "grade": "较好"} for code in codes[:-1]] + [{"unit": codes[-1]}]}
    all_ = {"grades": [{"unit": code} for code in codes]}

    assert field_lines(check("定级", one, scale=SCALE), known) == ("“第0106党支部”的等次：没有填写。",)
    assert field_lines(check("定级", all_, scale=SCALE), known) == ("6个单位的等次：没有填写。表里已标出。",)
