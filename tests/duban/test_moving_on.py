"""How a case moves on through the service: what an act, a run or a new grade sets free moves in the same transaction."""

from __future__ import annotations

from datetime import date

import pytest
from world import CAO, JIN, KONG, LI, ONE_DUTY, QIAN, WANG, WU, YAN, ZHAO, ZHOU, World, days, definition

PHASES = """阶段:
  - {名称: 摸底, 时间: 3月10日前}
  - {名称: 健全, 时间: 3月20日前%s}
  - {名称: 整改, 时间: 4月30日前}
"""
BRANCHES = (("0201", ZHAO), ("0202", KONG), ("0203", YAN))


def done(world: World, unit: str, key: str, by: str, reviewer: str) -> None:
    world.act("submit", unit, key, by=by)
    world.act("accept", unit, key, by=reviewer)


def second_level(world: World, unit: str) -> str:
    return world.row(unit, "二级党组织").phase


def test_committee_that_is_last_itself_does_not_wait_for_branches_that_are_done(small_world: World) -> None:
    tasks = """任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
  - {事项: 核对, 谁办: 党支部, 阶段: 健全}
  - {事项: 汇总, 谁办: 二级党组织, 阶段: 摸底}
  - {事项: 计划, 谁办: 党支部, 阶段: 整改}
  - {事项: 报告, 谁办: 二级党组织, 阶段: 整改}
"""
    small_world.launch(definition(PHASES % ", 等支部: 是" + tasks))
    small_world.at("2026-03-05")
    for branch, secretary in BRANCHES:
        done(small_world, branch, "自评", secretary, WU)
        done(small_world, branch, "核对", secretary, WU)

    small_world.at("2026-03-25")
    done(small_world, "02", "汇总", ZHOU, QIAN)

    assert second_level(small_world, "02") == "整改"


def test_last_branch_of_a_general_branch_frees_the_committee_above_as_well(small_world: World) -> None:
    tasks = """任务:
  - {事项: 核对, 谁办: 党支部, 阶段: 健全}
  - {事项: 报告, 谁办: 二级党组织, 阶段: 整改}
"""
    small_world.launch(definition(PHASES % ", 等支部: 是" + tasks))
    small_world.run("2026-03-11")

    for branch, secretary, reviewer in (
        ("0101", LI, WANG),
        ("0102", "1004", WANG),
        ("010901", "1006", "1005"),
        ("010902", "1007", "1005"),  # the last one is below 0109, and 0109 below 01
    ):
        done(small_world, branch, "核对", secretary, reviewer)

    assert (second_level(small_world, "0109"), second_level(small_world, "01")) == ("整改", "整改")


def test_committee_without_branches_goes_with_the_calendar(small_world: World) -> None:
    tasks = "任务:\n  - {事项: 自评, 谁办: 学生党支部, 阶段: 健全}\n  - {事项: 报告, 谁办: 二级党组织, 阶段: 整改}\n"
    text = definition(PHASES % ", 等支部: 是" + tasks).replace("参加: [二级党组织, 党支部]", "参加: [二级党组织, 学生党支部]")
    small_world.launch(text)

    small_world.run("2026-03-11")
    before = second_level(small_world, "03")
    small_world.run("2026-03-21")

    assert (before, second_level(small_world, "03")) == ("健全", "整改")


def test_branches_that_leave_by_the_calendar_free_their_committee(small_world: World) -> None:
    tasks = """任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
  - {事项: 汇总, 谁办: 二级党组织, 阶段: 摸底}
  - {事项: 计划, 谁办: 党支部, 阶段: 整改}
"""
    small_world.launch(definition(PHASES % ", 等支部: 是" + tasks))
    small_world.at("2026-03-05")
    for branch, secretary in BRANCHES:
        done(small_world, branch, "自评", secretary, WU)
    done(small_world, "02", "汇总", ZHOU, QIAN)

    for day in ("2026-03-11", "2026-03-21"):
        small_world.run(day)

    assert [small_world.row(branch).phase for branch, _ in BRANCHES] == ["整改"] * 3
    assert second_level(small_world, "02") == "整改"


def test_case_moved_by_hand_passes_through_a_phase_it_has_already_done(small_world: World) -> None:
    tasks = "任务:\n" + "".join(
        f"  - {{事项: {name}, 谁办: 党支部, 阶段: {phase}}}\n"
        for name, phase in (("自评", "摸底"), ("核对", "健全"), ("计划", "整改"))
    )
    small_world.launch(definition(PHASES % "" + tasks))
    small_world.at("2026-03-05")
    done(small_world, "0101", "核对", LI, WANG)

    moved = small_world.engine.act("advance", case=small_world.row("0101").case, by=QIAN, reason="由组织部代管")

    assert moved.phase == small_world.row("0101").phase == "整改"
    assert moved.version == small_world.row("0101").version


def test_case_ends_when_a_new_grade_takes_away_its_last_open_duty(small_world: World) -> None:
    body = """阶段:
  - {名称: 摸底, 时间: 3月10日前}
  - {名称: 整改, 时间: 4月30日前}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 一般], 基数: 是}
任务:
  - {事项: 对标, 谁办: 党支部, 阶段: 整改, 适用等次: 一般}
  - {事项: 自评, 谁办: 党支部, 阶段: 整改}
"""

    def graded(grade: str) -> dict[str, object]:
        return {"grades": [{"unit": code, "grade": grade if code == "0201" else "先进"} for code, _ in BRANCHES]}

    small_world.launch(definition(body))
    small_world.at("2026-03-05")
    small_world.act("submit", "02", "党支部定级", by=ZHOU, data=graded("一般"))
    small_world.act("accept", "02", "党支部定级", by=QIAN)
    small_world.run("2026-03-11")
    done(small_world, "0201", "自评", ZHAO, WU)

    small_world.at("2026-03-16")
    small_world.act("reopen", "02", "党支部定级", by=QIAN, reason="复核")
    small_world.act("submit", "02", "党支部定级", by=ZHOU, data=graded("先进"))
    small_world.act("accept", "02", "党支部定级", by=QIAN)

    assert small_world.row("0201").phase == "办结"


def test_what_a_leader_may_sign_is_offered_to_him(small_world: World) -> None:
    small_world.launch(ONE_DUTY)
    for day in days("2026-03-25", "2026-04-09"):
        small_world.run(day)

    offered = {a.act: a.reasons for a in small_world.engine.available(small_world.row("0101").case, to=JIN) if a.duty}

    assert offered["sign"] == ()
    assert small_world.act("sign", "0101", by=JIN, data={"decision": "电话了解"}).state == "open"


def test_submitting_and_withdrawing_on_one_morning_climbs_no_rung(small_world: World) -> None:
    small_world.launch(ONE_DUTY)
    small_world.run("2026-04-20")
    small_world.act("submit", "0101", by=LI)
    small_world.at("2026-04-20 09:05")
    small_world.act("withdraw", "0101", by=LI)

    small_world.run("2026-04-20 09:15")

    duty = small_world.duty("0101").id
    told = small_world.rows(f"SELECT rung FROM reminder WHERE duty_id = {duty} AND recipient_id > 0")
    assert told == [("+1:书记",)]


def test_withdrawing_a_correction_keeps_the_mark_of_the_first_submission(small_world: World) -> None:
    small_world.launch(ONE_DUTY)
    small_world.at("2026-03-20")
    small_world.act("submit", "0101", by=LI)
    small_world.act("return", "0101", by=WANG, reason="缺名册")
    small_world.at("2026-04-01")
    small_world.act("submit", "0101", by=LI)
    small_world.act("withdraw", "0101", by=LI)

    small_world.at("2026-04-10")
    small_world.act("submit", "0101", by=LI)

    assert small_world.duty("0101").on_time is True


@pytest.mark.parametrize(("act", "by"), [("return", WANG), ("reopen", QIAN)])
def test_what_must_be_done_again_gets_three_working_days(small_world: World, act: str, by: str) -> None:
    small_world.launch(ONE_DUTY)
    small_world.at("2026-03-30 10:00")
    small_world.act("submit", "0101", by=LI)
    if act == "reopen":
        small_world.act("accept", "0101", by=WANG)

    small_world.at("2026-04-01 14:00")
    small_world.act(act, "0101", by=by, reason="缺名册")
    small_world.run("2026-04-02")

    assert small_world.duty("0101").due == date(2026, 4, 7)  # 2 and 3 April, then 清明 to the 6th
    told = small_world.rows(f"SELECT rung FROM reminder WHERE duty_id = {small_world.duty('0101').id} AND epoch = 2")
    assert ("+1:书记",) not in told


def test_direct_branch_waits_for_itself(small_world: World) -> None:
    tasks = "任务:\n  - {事项: 核对, 谁办: 党支部, 阶段: 健全}\n  - {事项: 报告, 谁办: 二级党组织, 阶段: 整改}\n"
    small_world.launch(definition(PHASES % ", 等支部: 是" + tasks))
    small_world.run("2026-03-11")
    before = second_level(small_world, "03")

    done(small_world, "03", "核对", CAO, QIAN)

    assert (before, second_level(small_world, "03")) == ("健全", "整改")
