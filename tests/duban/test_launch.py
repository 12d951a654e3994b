"""The launch: who gets a case and which duties, what it refuses, and what a duty of the past or of a grade brings with it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from world import (
    LI,
    ONE_DUTY,
    QIAN,
    R1,
    R2,
    R3,
    R4,
    SCHOOL,
    ZHAO,
    ZHOU,
    World,
    days,
    definition,
    instant,
)

from workflow.errors import DefinitionError, DubanError, Refused

SEVERAL = definition(
    """任务:
  - {事项: 名册, 谁办: 党支部, 时间: 3月20日前}
  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}
  - {事项: 总结, 谁办: 党支部, 时间: 4月20日前}
  - {事项: 党课, 谁办: 党支部, 时间: 3月-5月, 频次: 每月1次}
"""
)
BY_GRADE = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月10日前}
  - {名称: 整改, 时间: 4月30日前}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 一般, 后进], 基数: 是}
任务:
  - {事项: 对标, 谁办: 党支部, 阶段: 整改, 适用等次: [一般, 后进]}
  - {事项: 自评, 谁办: 党支部, 阶段: 整改}
"""
)
INTERNAL = definition(
    """任务:
  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}
  - {事项: 名册, 谁办: 党支部, 时间: 4月10日前}
报送:
  - {谁报: 二级党组织, 材料: 汇总表, 报给: 组织部, 方式: 在线, 时间: 3月30日前, 支部内部时间: 提前3个工作日}
"""
)
"""Branches hand in the 换届方案 by Wed 2026-03-25, since their organisation has to send it upward by Mon 03-30."""


def told(world: World, unit: str, key: str = "换届方案") -> list[tuple[str, str]]:
    """(day, rung) of what somebody was told about a duty."""
    duty = world.duty(unit, key).id
    rows = world.rows(
        "SELECT DISTINCT n.as_of, r.rung FROM reminder r JOIN run n ON n.id = r.run_id"
        f" WHERE r.duty_id = {duty} AND r.recipient_id > 0 ORDER BY n.as_of"
    )
    return [(str(date.fromordinal(date(1970, 1, 1).toordinal() + (at + 8 * 3600) // 86400)), rung) for at, rung in rows]


def owed(world: World, key: str) -> dict[str, str]:
    """{unit: state} of every duty of a task, also the void ones."""
    asked = "SELECT u.code, d.state FROM duty d JOIN task t ON t.id = d.task_id JOIN unit u ON u.id = d.unit_id"
    return dict(world.rows(f"{asked} WHERE t.key LIKE '%{key}'"))


def graded(**grades: str) -> dict[str, Any]:
    """What the clerk of 02 fills in: its three branches are 先进 unless another grade is given."""
    units = {"0201": "先进", "0202": "先进", "0203": "先进"} | {f"0{unit[1:]}": grade for unit, grade in grades.items()}
    return {"grades": [{"unit": unit, "grade": grade} for unit, grade in units.items()]}


def grade(world: World, **grades: str) -> None:
    world.act("submit", "02", "党支部定级", by=ZHOU, data=graded(**grades))
    world.act("accept", "02", "党支部定级", by=QIAN)


def regrade(world: World, **grades: str) -> None:
    world.act("reopen", "02", "党支部定级", by=QIAN, reason="复核")
    grade(world, **grades)


# --- what is refused


def test_past_days_are_refused_with_the_list_of_them(world: World) -> None:
    world.at("2026-03-31")
    before = world.everything()

    with pytest.raises(Refused) as refused:
        world.launch(SEVERAL)

    assert [reason.code for reason in refused.value.reasons] == ["dates-past"] * 2
    texts = [reason.text for reason in refused.value.reasons]
    assert "名册" in texts[0]
    assert "2026-03-20" in texts[0]
    assert "换届方案" in texts[1]
    assert "2026-03-30" in texts[1]
    assert all("--accept-past" in (reason.unblock or "") for reason in refused.value.reasons)
    assert world.everything() == before


def test_last_day_itself_is_not_past(world: World) -> None:
    world.at("2026-03-30 23:59")

    world.launch()

    assert world.duty("0101").due == date(2026, 3, 30)


def test_second_launch_of_the_same_definition_is_refused_and_leaves_nothing(world: World) -> None:
    world.launch(SEVERAL)
    world.at("2026-03-03")
    before = world.everything()

    with pytest.raises(DubanError) as refused:
        world.launch(SEVERAL)

    assert refused.value.code == "already-launched"
    assert "支部换届" in str(refused.value)
    assert world.everything() == before


def test_another_definition_may_run_beside_it(world: World) -> None:
    world.launch()

    second = world.launch(ONE_DUTY.replace("活动: 支部换届", "活动: 支部换届二"))

    assert world.rows("SELECT count(*) FROM campaign WHERE state = 'running'") == [(2,)]
    assert world.rows(f"SELECT count(*) FROM duty WHERE campaign_id = {second}") == [(8,)]


def test_definition_with_mistakes_leaves_nothing_behind(world: World) -> None:
    before = world.everything()
    text = definition(
        "任务:\n  - {事项: 方案, 谁办: 党支部, 阶段: 没有, 时间: 3月30日前}\n  - {事项: 名册, 谁办: 谁, 时间: 哪天}\n"
    )

    with pytest.raises(DefinitionError) as refused:
        world.launch(text)

    assert len(refused.value.problems) >= 2
    assert world.everything() == before


# --- what a launch makes


def test_every_branch_and_organisation_has_a_case_and_only_who_owes_has_a_duty(world: World) -> None:
    made = world.engine.launched("活动.yaml", text=ONE_DUTY)

    assert (made.cases, made.duties, made.name) == (8 + 4, 8, "支部换届")
    tracks = Counter((row.track, row.unit) for row in world.engine.status().rows)
    assert tracks[("党支部", "03")] == tracks[("二级党组织", "03")] == 1  # a 直属党支部 has two
    assert sorted(owed(world, "换届方案")) == ["0101", "0102", "010901", "010902", "0201", "0202", "0203", "03"]
    assert world.rows("SELECT DISTINCT at FROM timer") == [(instant("2026-03-25 08:30"),)]


def test_recurring_duty_is_owed_for_the_months_still_ahead_and_never_chased(world: World) -> None:
    world.at("2026-04-02")

    world.launch(SEVERAL, accept_past=True)

    months = world.rows(
        "SELECT d.due_day FROM duty d JOIN task t ON t.id = d.task_id JOIN unit u ON u.id = d.unit_id"
        " WHERE t.key = '党课' AND u.code = '0101' ORDER BY d.due_day"
    )
    assert [date.fromordinal(day).isoformat() for (day,) in months] == ["2026-04-30", "2026-05-31"]
    assert world.rows(
        "SELECT count(*) FROM timer x JOIN duty d ON d.id = x.duty_id JOIN task t ON t.id = d.task_id WHERE t.key = '党课'"
    ) == [(0,)]


# --- days that are past


def test_accepted_past_begins_at_the_lowest_rung_and_climbs_one_a_working_day(world: World) -> None:
    world.at("2026-04-20")
    world.launch(accept_past=True)

    for day in days("2026-04-20", "2026-04-30"):
        world.run(f"{day} 09:30", deliver=True)

    assert told(world, "0101") == [("2026-04-20", R2), ("2026-04-21", R3), ("2026-04-22", R4)]
    assert world.rows("SELECT rung, state, count(*) FROM reminder WHERE recipient_id = 0 GROUP BY rung, state") == [
        (R1, "skipped:born-late", 8)
    ]
    assert "李可" not in {m["recipient"] for m in world.messages.values()}


def test_rungs_past_and_ahead_of_one_launch_go_each_their_way(world: World) -> None:
    world.at("2026-03-31 09:00")
    world.launch(SEVERAL, accept_past=True)

    for day in days("2026-03-31", "2026-04-16"):
        world.run(f"{day} 09:30")

    assert told(world, "0101", "名册") == [("2026-03-31", R2), ("2026-04-01", R3), ("2026-04-02", R4)]
    assert told(world, "0101", "换届方案") == [("2026-03-31", R2), ("2026-04-02", R3), ("2026-04-09", R4)]
    assert told(world, "0101", "总结") == [("2026-04-15", R1)]


def test_launch_on_the_reminders_own_day_still_reminds_and_a_day_later_does_not(world: World) -> None:
    world.at("2026-03-25 10:00")
    world.launch()
    world.at("2026-03-26 10:00")
    world.launch(ONE_DUTY.replace("活动: 支部换届", "活动: 支部换届二"))

    run = world.run("2026-03-26 11:00")

    assert (run.reminders, run.skipped) == (8, 8)


# --- duties by grade


def test_duty_by_grade_arises_with_the_confirmed_grade_for_the_units_graded_so(world: World) -> None:
    world.launch(BY_GRADE)
    at_launch = owed(world, "对标")
    world.at("2026-03-09")
    world.act("submit", "02", "党支部定级", by=ZHOU, data=graded(u201="一般", u202="后进"))
    submitted = owed(world, "对标")

    world.act("accept", "02", "党支部定级", by=QIAN)

    assert at_launch == submitted == {}
    assert owed(world, "对标") == {"0201": "open", "0202": "open"}
    assert world.duty("0201", "对标").due == date(2026, 4, 30)
    assert sorted(owed(world, "自评")) == ["0101", "0102", "010901", "010902", "0201", "0202", "0203", "03"]
    reasons = world.rows("SELECT j.reason FROM journal j JOIN task t ON t.id = j.task_id WHERE t.key LIKE '%对标'")
    assert reasons == [("定级确定后产生",)] * 2


def test_grade_from_the_list_of_units_selects_only_where_the_notice_carries_it_over(world: World) -> None:
    world.engine.import_units(files=SCHOOL.changed("0201", grade="一般").files())

    world.launch(BY_GRADE)
    without = owed(world, "对标")
    carried = BY_GRADE.replace("活动: 支部换届", "活动: 支部换届二").replace("阶段:\n", "起点: {沿用: 上年定级}\n阶段:\n", 1)
    world.launch(carried)

    assert without == {}
    assert owed(world, "对标") == {"0201": "open"}


def test_regraded_unit_owes_no_more_what_it_had_not_begun_and_nobody_is_reminded_of_it(world: World) -> None:
    world.launch(BY_GRADE)
    world.at("2026-03-09")
    grade(world, u201="一般", u202="一般")
    world.at("2026-03-12")
    world.act("submit", "0201", "对标", by=ZHAO)

    regrade(world, u203="后进")
    world.run("2026-04-27")  # R1 of 04-30

    assert owed(world, "对标") == {"0201": "submitted", "0202": "void", "0203": "open"}
    assert world.rows("SELECT count(*) FROM journal WHERE act = 'void' AND reason = '重新定级后不再适用'") == [(1,)]
    named = world.rows(
        "SELECT u.code FROM reminder r JOIN duty d ON d.id = r.duty_id JOIN task t ON t.id = d.task_id"
        " JOIN unit u ON u.id = d.unit_id WHERE t.key LIKE '%对标'"
    )
    assert named == [("0203",)]


def test_unit_graded_back_owes_again_what_was_taken_from_it(world: World) -> None:
    world.launch(BY_GRADE)
    world.at("2026-03-09")
    grade(world, u202="一般")
    world.at("2026-03-12")
    regrade(world)
    between = owed(world, "对标")

    world.at("2026-03-16")
    regrade(world, u202="后进")
    world.run("2026-04-27")

    assert between == {"0202": "void"}
    assert owed(world, "对标") == {"0202": "open"}
    assert told(world, "0202", "对标") == [("2026-04-27", R1)]


def test_grade_confirmed_after_a_slot_brings_no_reminder_of_before(world: World) -> None:
    world.launch(BY_GRADE)
    world.at("2026-04-28")
    grade(world, u201="一般")

    world.run("2026-04-28 10:00")
    world.run("2026-05-06")  # 劳动节: 1 to 5 May

    assert told(world, "0201", "对标") == [("2026-05-06", R2)]


# --- the internal line


def test_reminder_counts_from_the_internal_line_and_the_chase_from_the_notices_own(world: World) -> None:
    world.launch(INTERNAL)

    for day in days("2026-03-16", "2026-04-02"):
        world.run(day)

    assert told(world, "0101") == [("2026-03-20", R1), ("2026-03-31", R2), ("2026-04-02", R3)]
    assert told(world, "01", "报送材料")[0] == ("2026-03-25", R1)  # the organisation's own line has no inner one


def test_internal_line_is_said_to_the_branch_and_no_matter_of_statistics(world: World) -> None:
    world.launch(INTERNAL)
    world.run("2026-03-20", deliver=True)
    li = next(m for m in world.messages.values() if m["recipient"] == "李可")

    world.at("2026-03-27")
    late_inside = world.duty("0101").days_late
    world.act("submit", "0101", by=LI)

    assert "3月25日" in li["text"]
    assert "3月30日" in li["text"]
    assert late_inside == 0
    assert world.duty("0101").on_time is True
    assert world.duty("0101").due == date(2026, 3, 30)


def test_internal_line_holds_only_for_what_goes_upward_by_the_same_line(world: World) -> None:
    world.launch(INTERNAL)

    inner = world.rows(
        "SELECT DISTINCT t.key, d.internal_day FROM duty d JOIN task t ON t.id = d.task_id WHERE d.internal_day IS NOT NULL"
    )

    assert [(key, date.fromordinal(day).isoformat()) for key, day in inner] == [("换届方案", "2026-03-25")]
