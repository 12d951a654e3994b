"""Ladders that change while they are climbed, repeats, and units that come, go or are copied (cases 61 to 67 of escalation.md)."""

from __future__ import annotations

from datetime import date

import pytest
from crashkit.outside import Outside, facts, notices, told, unsaid
from crashkit.wires import states
from world import JIN, QIAN, R1, R2, days, definition

from duban.service.migrating import Migrated
from workflow.errors import Refused

SECRETARIES = {"s1": 30, "s2": 30, "s3": 30}
DUTY = "任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n"
V1 = definition(
    DUTY,
    ladder="""督办:
  - {何时: 提前3个工作日, 告诉: 责任人, 代号: R1}
  - {何时: 超过1个工作日, 告诉: 书记, 代号: R2}
  - {何时: 超过3个工作日, 告诉: 上级联系人, 代号: R3}
  - {何时: 超过7个工作日, 提请: 组长, 代号: R4}
""",
)
"""The ladder of the cases with keys of its own, so that a rung may change its words."""
WITH_R1B = V1.replace("  - {何时: 超过1个", "  - {何时: 当天, 告诉: 责任人, 代号: R1b}\n  - {何时: 超过1个")


def migrate(outside: Outside, text: str, *, preview: bool = False) -> Migrated:
    return outside.world.engine.migrate(text=text, campaign="支部换届", by=QIAN, reason="调整督办", preview=preview)


def delivers(outside: Outside, first: str, last: str) -> dict[str, dict[str, int]]:
    """Runs of every morning: {day: {to whom: how many things}} of the days on which anything left."""
    found = {}
    for day in days(first, last):
        outside.run(day, deliver=True)
        if sizes := outside.sizes():
            found[day] = sizes
    return found


def test_case_61_a_rung_put_in_below_is_skipped_what_was_told_stays_told_and_others_keep_their_ladder(outside: Outside) -> None:
    outside.world.launch(V1)
    other = outside.world.launch(V1.replace("支部换届", "名册核对").replace("换届方案", "名册").replace("3月30日", "12月28日"))
    before = outside.world.engine.campaign(other).campaign
    delivers(outside, "2026-03-25", "2026-03-31")
    outside.world.at("2026-04-01 10:00")
    v2 = WITH_R1B.replace("告诉: 书记, 代号: R2", "告诉: 组织员, 代号: R2").replace("超过3个", "超过4个")
    untouched = facts(outside.world)

    looked = migrate(outside, v2, preview=True)
    nothing = facts(outside.world) == untouched
    done = migrate(outside, v2)
    runs = delivers(outside, "2026-04-01", "2026-04-09")

    assert nothing
    assert (looked.verdicts, looked.rungs, looked.skipped) == (done.verdicts, done.rungs, done.skipped)
    assert {rung.key: rung.verdict for rung in done.rungs}["R1b"] == "new"
    assert runs == {"2026-04-03": {QIAN: 90}, "2026-04-09": {JIN: 90}}  # R3 a working day later, as the new ladder has it
    assert notices(outside.world) == {
        ("R1", "folded"): 90, ("R1b", "skipped:catch-up"): 90, ("R2", "folded"): 90, ("R3", "folded"): 90, ("R4", "folded"): 90,
    }  # fmt: skip
    assert outside.world.engine.campaign(other).campaign == before


def test_case_62_a_rung_taken_away_under_the_cursor_leaves_nothing_stuck(outside: Outside) -> None:
    outside.world.launch(V1)
    delivers(outside, "2026-03-25", "2026-03-31")
    outside.world.at("2026-04-01 10:00")

    migrate(outside, V1.replace("  - {何时: 超过3个工作日, 告诉: 上级联系人, 代号: R3}\n", ""))
    runs = delivers(outside, "2026-04-02", "2026-04-13")

    assert runs == {"2026-04-09": {JIN: 90}}
    assert told(outside.world, "c1b1") == [("2026-03-25", "R1"), ("2026-03-31", "R2"), ("2026-04-09", "R4")]


def test_case_63_the_same_rungs_under_other_numbers_send_nothing(outside: Outside) -> None:
    """A rung in front moves all the others up by one."""
    outside.world.launch(V1)
    delivers(outside, "2026-03-25", "2026-03-31")
    outside.world.at("2026-03-31 15:00")

    in_front = V1.replace("督办:\n", "督办:\n  - {何时: 提前5个工作日, 告诉: 责任人, 代号: R0}\n")
    done = migrate(outside, in_front)
    run = outside.run("2026-04-01", deliver=True)

    assert {rung.key: (rung.before, rung.after) for rung in done.rungs if rung.before} == {
        "R1": (1, 2), "R2": (2, 3), "R3": (3, 4), "R4": (4, 5),
    }  # fmt: skip
    assert (run.messages, outside.calls()) == (0, [])
    assert delivers(outside, "2026-04-02", "2026-04-09") == {"2026-04-02": {QIAN: 90}, "2026-04-09": {JIN: 90}}


def test_case_64_a_repeated_rung_is_told_three_times_on_working_days_whoever_restarts_in_between(outside: Outside) -> None:
    repeated = "督办:\n  - {何时: 超过1个工作日, 告诉: 书记, 重复: 每2个工作日, 最多: 3}\n"
    outside.world.launch(definition(DUTY, ladder=repeated))

    found = {}
    for day in days("2026-03-30", "2026-04-15"):
        outside.world.database.close()  # as a new process finds it
        outside.run(day, deliver=True)
        outside.run(day, deliver=True)
        if sizes := outside.sizes():
            found[day] = sizes

    assert found == dict.fromkeys(("2026-03-31", "2026-04-02", "2026-04-07"), SECRETARIES)


def test_case_65_a_branch_made_after_a_reminders_day_is_not_reminded_late_and_is_chased_like_all(outside: Outside) -> None:
    outside.world.launch()
    outside.run("2026-03-25", deliver=True)
    outside.calls()
    outside.world.at("2026-03-27 08:00").add_unit(
        "c1b31", "第1学院第31党支部", "党支部", "c1", branch_kind="专任教师", by=QIAN, reason="新建"
    )

    outside.run("2026-03-27", deliver=True)
    born_late = (outside.calls(), unsaid(outside.world, "c1b31"))
    outside.run("2026-03-31", deliver=True)

    assert born_late == ([], [(R1, "skipped:born-late")])
    assert outside.sizes() == {**SECRETARIES, "s1": 31}
    assert told(outside.world, "c1b31") == [("2026-03-31", R2)]


def test_case_66_a_definition_copied_from_last_year_is_refused_and_if_forced_waits_for_a_person(outside: Outside) -> None:
    """Changed: nothing is launched as a draft: the launch itself is refused, and `--accept-past` leads to a run that waits."""
    cloned = definition(DUTY, issued="2025-03-03")

    with pytest.raises(Refused):
        outside.world.launch(cloned)
    outside.world.launch(cloned, accept_past=True)
    run = outside.run("2026-03-03", deliver=True)
    held = (outside.calls(), states(outside.world))
    outside.world.engine.confirm_run(run.run, accept=False)
    outside.world.deliver()

    assert run.state == "needs_confirm"
    assert held == ([], {"held": 3})
    assert outside.calls() == []
    assert notices(outside.world)[R2, "skipped:rejected"] == 90


def test_case_67_a_branch_that_was_merged_is_not_chased_and_the_one_it_joined_is_named_once(outside: Outside) -> None:
    outside.world.launch()
    outside.run("2026-03-25", deliver=True)
    outside.calls()
    outside.world.at("2026-03-30 10:00").merge_units(["c1b8"], "c1b9", by=QIAN, reason="人数较少", on=date(2026, 3, 30))

    outside.run("2026-03-31", deliver=True)

    to = {who: about for who, about in outside.sends()}
    assert {who: len(about) for who, about in to.items()} == {"s1": 29, "s2": 30, "s3": 30}
    assert ("c1b8" in to["s1"], to["s1"].count("c1b9")) == (False, 1)
    assert outside.world.rows("SELECT d.state FROM duty d JOIN unit u ON u.id = d.unit_id WHERE u.code = 'c1b8'") == [("void",)]
    assert told(outside.world, "c1b8") == [("2026-03-25", R1)]
