"""我的下一步: what comes now, what can wait, what is done; and what is known already for a form."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from world import CAO, CHEN, HE, LI, QIAN, SUN, WANG, World, definition

from duban.service.next_step import NextSteps, Step
from duban.service.one_duty import OneDuty

BODY = """阶段:
  - {名称: 摸底, 时间: 3月30日前, 要点: [支部班子, 组织制度]}
  - {名称: 整改, 时间: 5月底前}
  - {名称: 总结, 时间: 12月}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 一般, 后进], 基数: 是}
任务:
  - {事项: 支部自评, 谁办: 党支部, 阶段: 摸底, 表单: 自评}
  - {事项: 整改计划, 谁办: 党支部, 阶段: 整改, 表单: 整改计划}
  - {事项: 整改结果, 谁办: 党支部, 阶段: 总结, 表单: 整改结果}
  - {事项: 公开承诺, 谁办: 党支部, 阶段: 整改, 表单: 承诺}
  - {事项: 组织生活, 谁办: 党支部, 频次: 每月1次}
"""
RATED = {"summary": "都查过了", "score": 88, "problems": [{"category": "组织制度", "text": "请假没有记录"}]}
PLAN: dict[str, Any] = {
    "items": [
        {
            "category": "组织制度",
            "problem": "请假没有记录",
            "goal": "次次有记录",
            "measure": "一月一查",
            "owner": "书记",
            "due": "2026-05-20",
        }
    ]
}


@pytest.fixture
def begun(small_world: World) -> World:
    """A campaign in its first phase, on Monday 9 March."""
    small_world.launch(definition(BODY))
    small_world.at("2026-03-09 10:00")
    return small_world


def _steps(world: World, who: str) -> NextSteps:
    visitor = world.engine.visitor(who)
    return world.engine.next_steps(visitor, scope=visitor.scope)


def _titles(steps: tuple[Step, ...]) -> list[str]:
    return [step.title for step in steps]


def _page(world: World, unit: str, key: str, *, to: str) -> OneDuty:
    return world.engine.duty_page(world.duty(unit, key).id, visitor=world.engine.visitor(to))


def test_first_come_the_duties_of_the_present_phase_and_what_is_running(begun: World) -> None:
    steps = _steps(begun, LI)

    assert _titles(steps.now) == ["支部自评", "组织生活（2026-03）"]
    assert _titles(steps.later) == ["组织生活（2026-04）", "整改计划", "公开承诺", "整改结果"]
    assert steps.lead == "现在您有2件事，最近的一件3月30日（周一）前。"


def test_the_page_says_how_it_stands_by_when_and_whom_to_ask(begun: World) -> None:
    step = _steps(begun, LI).now[0]

    assert (step.state_words, step.due_words, step.workdays_left) == ("尚未报送", "3月30日（周一）24:00前，含当日", 15)
    assert (step.ask.unit, step.ask.name, step.minutes) == ("化学学院党委", "王然（组织员）", 5)


def test_who_has_no_clerk_right_above_asks_the_secretary_there_and_a_direct_branch_the_contact(begun: World) -> None:
    assert _steps(begun, HE).now[0].ask.name == "徐晴（书记）"
    assert _steps(begun, CAO).now[0].ask.unit == "组织部"


def test_what_is_sent_back_comes_first_with_what_to_change(begun: World) -> None:
    begun.act("submit", "0101", "支部自评", by=LI, data=RATED)
    begun.act("return", "0101", "支部自评", by=WANG, reason="请写清楚问题", to=date(2026, 4, 10))

    step = _steps(begun, LI).now[0]

    assert (step.title, step.returned, step.state_words) == ("支部自评", "请写清楚问题", "退回补正")


def test_a_past_line_is_still_only_not_yet_handed_in(begun: World) -> None:
    begun.at("2026-04-02 10:00")

    step = _steps(begun, LI).now[0]

    assert (step.title, step.days_past, step.state_words) == ("支部自评", 3, "尚未报送")
    assert "请从第一件办起" in _steps(begun, LI).lead


def test_what_is_due_within_a_working_week_is_to_be_done_whatever_its_phase(begun: World) -> None:
    begun.at("2026-05-25 10:00")  # the plan is due on Sunday 31 May; the case still waits in the first phase

    assert "整改计划" in _titles(_steps(begun, LI).now)


def test_nothing_to_do_is_said_with_what_waits(begun: World) -> None:
    begun.act("submit", "0101", "支部自评", by=LI, data=RATED)
    begun.act("submit", "0101", "组织生活@2026-03", by=LI)

    steps = _steps(begun, LI)

    assert (_titles(steps.now), _titles(steps.sent)) == ([], ["支部自评", "组织生活（2026-03）"])
    assert steps.lead == "目前没有需要您办的事。已报送的2件正在审核；如退回，会写明改哪里。"


def test_done_is_done_and_one_thing_is_said_to_be_one(begun: World) -> None:
    begun.act("submit", "0101", "组织生活@2026-03", by=LI)
    begun.act("accept", "0101", "组织生活@2026-03", by=WANG)

    steps = _steps(begun, LI)

    assert _titles(steps.done) == ["组织生活（2026-03）"]
    assert steps.lead == "本阶段您只有1件事，约5分钟。"


def test_an_internal_line_is_the_day_to_keep_while_it_is_ahead(small_world: World) -> None:
    body = """阶段:
  - {名称: 摸底, 时间: 3月30日前}
任务:
  - {事项: 支部自评, 谁办: 党支部, 阶段: 摸底}
报送:
  - {谁报: 二级党组织, 材料: [汇总表], 报给: 组织部, 阶段: 摸底, 支部内部时间: 提前2个工作日}
"""
    small_world.launch(definition(body))
    small_world.at("2026-03-26 10:00")  # Thursday, the internal day: two working days before Monday the 30th
    before = _steps(small_world, LI)
    small_world.at("2026-03-27 10:00")

    after = _steps(small_world, LI)

    assert (before.now[0].internal, before.now[0].first_due) == (date(2026, 3, 26), date(2026, 3, 26))
    assert (after.now[0].internal, after.now[0].first_due) == (None, date(2026, 3, 30))


def test_nobody_meets_the_duties_of_another_unit(begun: World) -> None:
    own = {step.duty for step in _steps(begun, LI).now}

    assert not own & {step.duty for step in _steps(begun, CHEN).now}
    assert _steps(begun, QIAN).now == ()


def test_a_plan_begins_with_the_problems_the_branch_found_itself(begun: World) -> None:
    begun.act("submit", "0101", "支部自评", by=LI, data=RATED)

    page = _page(begun, "0101", "整改计划", to=LI)

    assert page.data == {"items": [{"category": "组织制度", "problem": "请假没有记录"}]}
    assert tuple(page.known.suggested["category"]) == ("支部班子", "组织制度")


def test_a_result_is_told_by_the_entries_of_the_register_and_a_promise_repeats_the_plan(begun: World) -> None:
    begun.act("submit", "0101", "整改计划", by=LI, data=PLAN)
    begun.act("accept", "0101", "整改计划", by=WANG)

    result = _page(begun, "0101", "整改结果", to=LI).known
    promise = _page(begun, "0101", "公开承诺", to=LI)

    assert result.data == {"items": [{"no": 1}]}
    assert result.lists["items"].names == {"1": "1. 请假没有记录"}
    assert promise.data == {"measures": ["一月一查"], "due": "2026-05-20"}


def test_a_grader_finds_every_branch_with_its_own_score_and_the_last_grade(begun: World) -> None:
    begun.act("submit", "0101", "支部自评", by=LI, data=RATED)

    page = _page(begun, "01", "党支部定级", to=SUN)

    assert page.data["grades"] == [{"unit": "0101", "self": 88}, {"unit": "0102"}, {"unit": "010901"}, {"unit": "010902"}]
    assert page.known.lists["grades"].names["0101"] == "教工第一党支部"
    assert page.known.lists["grades"].notes["0101"] == "专任教师，12人"


def test_what_is_known_of_the_unit_is_not_asked_again(begun: World) -> None:
    facts = dict(_page(begun, "0101", "支部自评", to=LI).facts)

    assert facts == {"单位": "教工第一党支部", "支部类别": "专任教师", "党员数": "12人", "书记": "李可"}


def test_the_clerk_fills_in_for_a_branch_and_an_officer_only_looks(begun: World) -> None:
    proxy = _page(begun, "0102", "支部自评", to=WANG)
    officer = _page(begun, "0102", "支部自评", to=QIAN)

    assert (proxy.fill, proxy.proxy, proxy.own, proxy.may_submit) == (True, True, False, True)
    assert (officer.fill, officer.facts, officer.saved) == (False, (), None)
