"""Answers to a draft's questions: each in its place, those that are wrong refused, all of them at once."""

from __future__ import annotations

from datetime import date

import pytest
from drafted import drafted, with_rate

from phases.compile import compile_definition
from phases.reader.write import definition_text
from workflow.errors import DefinitionError


def test_every_question_has_a_proposal_and_a_key_of_its_own():
    doubts = drafted().doubts

    assert all(doubt.proposal for doubt in doubts)
    assert len({doubt.answer_key for doubt in doubts}) == len(doubts)


def test_taking_every_proposal_leaves_only_what_a_person_must_know():
    answers = {doubt.answer_key: "建议" for doubt in drafted().doubts if doubt.value}

    left = drafted(answers).doubts

    assert [doubt.answer_key for doubt in left] == ["日期/表彰大会"]


def test_an_answered_stage_has_its_day_and_is_asked_no_more():
    found = drafted({"阶段/立行立改/时间": "5月底前"})

    assert found.stages[1].deadline.end == date(2012, 5, 31)
    assert "阶段/立行立改/时间" not in {doubt.answer_key for doubt in found.doubts}


def test_a_bare_day_as_an_answer_is_a_last_day():
    found = drafted({"阶段/回头看/时间": "6月30日"})

    assert (found.stages[2].deadline.kind, found.stages[2].deadline.end) == ("before", date(2012, 6, 30))


def test_a_frequency_answered_makes_the_work_recurring():
    found = drafted({"任务/民主恳谈会/频次": "每季度1次"})

    assert [demand.what for demand in found.recurring] == ["书记培训班", "民主恳谈会"]


def test_the_day_of_an_event_makes_the_line_of_what_comes_before_it():
    campaign = compile_definition(definition_text(drafted({"日期/表彰大会": "2012-06-28"})))

    assert campaign.task_by_key["书记述职"].deadline.end == date(2012, 6, 27)


def test_the_day_of_an_event_once_answered_is_asked_no_more():
    assert "日期/表彰大会" not in {doubt.answer_key for doubt in drafted({"日期/表彰大会": "2012-06-28"}).doubts}


def test_the_proposal_to_wait_for_the_day_of_an_event_may_be_taken():
    assert drafted({"日期/表彰大会": "="}).doubts == drafted().doubts


def test_an_equals_sign_takes_the_proposal_as_when_asked():
    assert drafted({"阶段/回头看/时间": "="}).doubts == drafted({"阶段/回头看/时间": "建议"}).doubts


def test_whether_an_item_stays_takes_no_other_word():
    with pytest.raises(DefinitionError) as refused:
        drafted({"报送/总结": "不知道"})

    assert "要列入就写 采用，不要就写 删去" in refused.value.problems[0].text


def test_units_answered_once_hold_everywhere():
    found = drafted({"单位/各教学院部": "二级党组织"})

    assert found.tasks[1].who == ("二级党组织",)


def test_an_item_may_be_struck_out():
    found = drafted({"报送/总结": "删去"})

    assert [demand.what for demand in found.deliverables] == ["实施方案和汇总表"]


def test_left_open_is_no_answer():
    assert drafted({"阶段/回头看/时间": "待定"}).doubts == drafted().doubts


def test_all_wrong_answers_are_told_at_once_with_what_to_do():
    wrong = {"阶段/回头看/时间": "尽快", "印发": "2012-13-01", "阶段/回头/时间": "5月底前", "日期/表彰大会": "六月"}

    with pytest.raises(DefinitionError) as refused:
        drafted(wrong)

    told = {problem.path: problem.text for problem in refused.value.problems}
    assert "定不出日子" in told["阶段/回头看/时间"]
    assert "是不是“阶段/回头看/时间”" in told["阶段/回头/时间"]
    assert "不是一个日期" in told["日期/表彰大会"]


def test_striking_out_one_target_leaves_the_others_their_keys():
    keys = {doubt.answer_key for doubt in drafted({"目标/1": "删去"}).doubts}

    assert "目标/2/到" in keys


def test_a_rate_that_names_no_grade_is_one_question_and_is_proposed_to_be_left_out():
    found = with_rate("今年内，三成中等支部要升到优等")

    asked = [doubt for doubt in found.doubts if doubt.answer_key.startswith("目标/3")]

    assert [(doubt.answer_key, doubt.value) for doubt in asked] == [("目标/3", "删去")]


def test_all_work_without_a_time_is_asked_about_once_and_answered_once():
    asked = [doubt for doubt in drafted().doubts if doubt.answer_key == "任务/时间"]
    answered = drafted({"任务/时间": "5月底前"})

    assert ["建立制度" in doubt.why for doubt in asked] == [True]
    assert answered.tasks[1].deadline.end == date(2012, 5, 31)
    assert "任务/时间" not in {doubt.answer_key for doubt in answered.doubts}
