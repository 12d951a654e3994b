"""What was not said keeps its turn: a step cancelled for a submission then withdrawn, put off in a run nobody agreed to, or aborted."""

from __future__ import annotations

from datetime import date

import pytest
from world import LADDER, LI, QIAN, World, definition

LONG_AGO = definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n", issued="2024-03-01")
GATED = definition(
    "任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n",
    ladder=LADDER.replace("告诉: 上级联系人}", "告诉: 上级联系人, 前提: 上一步已送达}"),
)
OUR_BRANCH = "教工第一党支部"


def about_our_branch(world: World) -> list[str]:
    """Who was written to about Li's branch, in the order of sending."""
    return [str(m["recipient"]) for _, m in sorted(world.messages.items()) if OUR_BRANCH in m["text"]]


def test_a_step_cancelled_for_a_submission_that_is_withdrawn_is_told_before_the_next_one(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.run("2026-03-31")
    world.at("2026-03-31 09:00")
    world.act("submit", "0101", by=LI)
    world.at("2026-03-31 09:30").deliver()
    world.at("2026-03-31 10:00")
    world.act("withdraw", "0101", by=LI)

    world.run("2026-04-01", deliver=True)
    by_then = about_our_branch(world)
    world.run("2026-04-02", deliver=True)

    assert by_then == ["李可", "孙岩"]
    assert about_our_branch(world) == ["李可", "孙岩", "钱宁"]


@pytest.mark.parametrize(("accept", "told"), [(False, 0), (True, 1)])
def test_who_is_silenced_in_a_run_that_waits_for_consent_is_told_after_both_and_not_before(
    crowded: World, accept: bool, told: int
) -> None:
    crowded.launch(LONG_AGO, accept_past=True)
    day = date(2026, 3, 3)
    crowded.at("2026-03-02 10:00").silence(by=QIAN, reason="住院", first=day, last=day, person="s1")
    run = crowded.run("2026-03-03")
    crowded.at("2026-03-04 09:00").deliver()
    before = dict(crowded.messages)

    crowded.engine.confirm_run(run.run, accept=accept)
    crowded.at("2026-03-04 10:00").deliver()

    assert run.state == "needs_confirm"
    assert before == {}
    assert [m["recipient"] for m in crowded.messages.values()].count("院书记1") == told


def test_a_message_that_a_person_aborted_holds_up_no_gate(world: World) -> None:
    world.launch(GATED)
    world.run("2026-03-31")
    ((message,),) = world.rows(
        "SELECT m.id FROM message m JOIN person p ON p.id = m.recipient_id WHERE p.name = '孙岩' AND m.state = 'pending'"
    )
    world.engine.abort_message(message, by=QIAN, reason="已当面说过")

    world.run("2026-04-02", deliver=True)

    assert about_our_branch(world) == ["钱宁"]
