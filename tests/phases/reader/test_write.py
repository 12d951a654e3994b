"""The definition written from a draft: what stands in it, that it compiles, that open questions stand at their place."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from drafted import ISSUED, SCALE, drafted, quote
from hypothesis import given, settings
from hypothesis import strategies as st

from phases.compile import compile_definition
from phases.reader.nouns import Demand, Stage
from phases.reader.said import phrase, spelled
from phases.reader.whom import definition_words, unit_words
from phases.reader.write import definition_text
from workflow.deadline import read


def test_an_unanswered_draft_compiles_and_asks_exactly_the_questions_of_the_draft():
    found = drafted()

    campaign = compile_definition(definition_text(found))

    asked = [question.text for question in campaign.questions]
    assert asked[: len(found.doubts)] == [doubt.why for doubt in found.doubts]


def test_nothing_that_is_still_open_has_a_day():
    campaign = compile_definition(definition_text(drafted()))

    days = {phase.name: phase.closes for phase in campaign.tracks[0].phases}
    assert days == {"摸底排查": date(2012, 3, 30), "立行立改": None, "回头看": None}
    assert campaign.task_by_key["总结"].deadline.end is None


def test_a_question_stands_as_a_comment_right_before_the_line_it_is_about():
    lines = definition_text(drafted()).splitlines()

    at = lines.index("  - 名称: 回头看")
    assert lines[at + 1].strip().startswith("# 待定：阶段“回头看”没有写时间；建议：")
    assert lines[at + 1].endswith("【阶段/回头看/时间】")
    assert lines[at + 2].strip() == "时间: 待定"


def test_every_item_carries_its_words_with_their_line():
    text = definition_text(drafted())

    assert "原文: 617前报总结。  # 第10行" in text
    assert "印发: 2012-03-26  # 落款日期" in text


def test_papers_go_under_报送_and_work_under_任务():
    campaign = compile_definition(definition_text(drafted()))

    papers = {task.name: (task.materials, task.receiver) for task in campaign.tasks if task.materials}
    assert papers == {"实施方案和汇总表": (("实施方案", "汇总表"), "组织部"), "总结": (("总结",), None)}
    assert campaign.task_by_key["建立制度"].quantities[0].most is None


def test_a_scale_nobody_sets_stays_a_comment_until_it_is_answered():
    open_campaign = compile_definition(definition_text(drafted()))
    answered = compile_definition(definition_text(drafted({"定级/2/谁来定": "学校党委"})))

    assert [grading.subject for grading in open_campaign.gradings] == ["党支部"]
    assert [grading.subject for grading in answered.gradings] == ["党支部", "二级党组织"]
    assert answered.gradings[1].scale == SCALE


def test_a_target_without_a_grade_to_reach_stays_a_comment():
    text = definition_text(drafted())

    assert len(compile_definition(text).targets) == 1
    assert "# 至少: 100%  # 原文：2年内，差等支部全部升级" in text


def test_tentative_work_is_only_a_comment():
    found = drafted()
    tentative = Demand(what="现场观摩", status="tentative", deadline=read("5月中旬", ISSUED), quote=quote("三、回头看。"))

    text = definition_text(replace(found, tasks=(*found.tasks, tentative)))

    assert "现场观摩" not in {task.name for task in compile_definition(text).tasks}


@pytest.mark.parametrize(
    ("words", "year_known", "said"),
    [
        ("3月30日前", True, "3月30日前"),
        ("2022年4月11日至30日", True, "2022年4月11日至30日"),
        ("4月11日至30日", False, "2012年4月11日至2012年4月30日"),
        ("6月5日下午5点前", False, "2012年6月5日17:00前"),
    ],
)
def test_a_phrase_keeps_its_words_where_they_mean_the_same_days_else_the_days_are_spelled_out(words, year_known, said):
    line = read(words, ISSUED)

    assert phrase(line, ISSUED if year_known else None) == said


def test_a_year_that_only_the_sentence_tells_is_written_out():
    line = replace(read("2016年6月1日至10日", ISSUED), words="6月1日至10日")

    assert phrase(line, ISSUED) == "2016年6月1日至2016年6月10日"
    assert spelled(line) == "2016年6月1日至2016年6月10日"


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("各直属党委（党总支部）", "二级党组织"),
        ("各二级学院党委", "二级党组织"),
        ("各分党委", "二级党组织"),
        ("每个党支部", "党支部"),
        ("各基层党支部", "党支部"),
        ("学生党支部", "学生党支部"),
        ("直属党支部", "直属党支部"),
        ("学校党校", "党校"),
        ("党委组织部", "组织部"),
        ("各科室", "科室"),
        ("示范学院党总支", "党总支"),
        ("各教学院部", None),
        ("全校各相关单位", None),
        ("全体教师", None),
        ("学校", "学校党委"),
    ],
)
def test_units_of_a_notice_become_the_kinds_a_definition_knows_or_are_asked_for(words, meant):
    assert unit_words(words) == meant


@settings(deadline=None)
@given(st.text(min_size=1, max_size=60).filter(lambda words: words.strip()))
def test_whatever_a_notice_calls_a_stage_is_read_back_as_it_was(name):
    found = drafted()
    stage = Stage(name=name, quote=quote("三、回头看。"))

    text = definition_text(replace(found, stages=(*found.stages, stage), doubts=()))

    shown = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]+", " ", name).strip()
    if shown:
        assert [phase.name for phase in compile_definition(text).tracks[0].phases][-1] == shown


def test_a_paper_that_several_kinds_of_units_owe_is_an_entry_for_each():
    found = drafted()
    paper = Demand(what="台账", materials=("台账",), who=("各二级党组织", "各党支部"), to="组织部", quote=quote("三、回头看。"))

    campaign = compile_definition(definition_text(replace(found, deliverables=(paper,), doubts=())))

    assert {(task.name, task.track) for task in campaign.tasks if task.materials} == {
        ("台账", "二级党组织"),
        ("台账（党支部）", "党支部"),
    }


def test_general_branches_and_direct_branches_together_are_the_second_level():
    assert definition_words(("各党总支", "直属党支部")) == ("二级党组织",)
    assert definition_words(("各党总支", "各党支部")) == ("党总支", "党支部")
