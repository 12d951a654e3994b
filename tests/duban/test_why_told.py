"""Why was I (not) told: for any day, every open duty answers with a message or with a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from world import LI, QIAN, World, definition

from workflow.errors import Refused


def of(world: World, unit: str, day: str) -> tuple[list[str], str]:
    """Who was told about the unit's one duty on a day, and the reasons as one text."""
    found = world.engine.why_told(unit, at=date.fromisoformat(day))
    assert len(found) == 1
    return [told.recipient for told in found[0].told], "；".join(found[0].reasons)


def test_on_the_day_of_a_step_it_says_who_was_told_by_which_channel_and_when(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)

    found = world.engine.why_told("0101")[0]

    assert [(t.recipient, t.role, t.channel) for t in found.told] == [("李可", "书记", "folder")]
    assert found.told[0].rung == "第1步（提前3个工作日，告诉责任人）"
    assert found.reasons == ()
    assert found.next == ("第2步（超过1个工作日，告诉书记）", date(2026, 3, 31))


def test_between_two_steps_it_says_when_the_last_one_was_and_when_the_next_one_is(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-27")

    told, reasons = of(world, "0101", "2026-03-27")

    assert told == []
    assert (
        reasons
        == "第1步（提前3个工作日，告诉责任人）已在3月25日（周三）告诉李可；下一步要到3月31日（周二）：第2步（超过1个工作日，告诉书记）"
    )


def test_after_handing_in_it_says_when_that_was(world: World) -> None:
    world.launch()
    world.at("2026-03-30 18:00")
    world.act("submit", "0101", by=LI)
    world.run("2026-03-31", deliver=True)

    told, reasons = of(world, "0101", "2026-03-31")

    assert told == []
    assert reasons == "2026-03-30 18:00 已报送，不再提醒"
    assert of(world, "0102", "2026-03-31") == (["孙岩"], "")


def test_a_past_day_is_answered_as_it_was_then(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-30 18:00")
    world.act("submit", "0101", by=LI)

    told, reasons = of(world, "0101", "2026-03-26")

    assert told == []
    assert "已在3月25日（周三）告诉李可" in reasons
    assert "已报送" not in reasons


def test_a_day_without_a_run_is_named_with_the_run_that_made_up_for_it(world: World) -> None:
    world.launch()
    world.run("2026-04-01", deliver=True)

    told, reasons = of(world, "0101", "2026-03-31")

    assert told == []
    assert "还没有做过例行核查，后来在2026-04-01 08:30补做" in reasons


def test_a_message_that_waits_for_a_working_day_says_until_when(world: World) -> None:
    world.launch(definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 4月2日前}\n"))
    world.run("2026-04-04 09:00", deliver=True)

    told, reasons = of(world, "0101", "2026-04-04")

    assert told == []
    assert "给孙岩的消息等到2026-04-07 08:30再发" in reasons


def test_an_empty_post_without_anybody_above_is_a_reason(world: World) -> None:
    world.launch(definition("任务:\n  - {事项: 方案, 谁办: 党支部, 时间: 待定}\n"))

    _, reasons = of(world, "0101", "2026-03-02")

    assert reasons == "时限待定，定下之前不提醒"


def test_every_open_duty_has_a_message_or_a_reason_on_every_day_of_its_life(world: World) -> None:
    world.launch()
    day = date(2026, 3, 3)
    while day < date(2026, 4, 20):
        if day.day % 3:  # no cron every third day
            world.run(day.isoformat(), deliver=True)
        world.at(day.isoformat())
        if day == date(2026, 3, 27):
            world.act("extend", "0102", by=QIAN, to=date(2026, 4, 10), reason="人员出差")
        for unit in ("0101", "0102", "03"):
            for found in world.engine.why_told(unit):
                assert found.told or found.reasons, (unit, day)
        day += timedelta(days=1)

    again = date(2026, 3, 3)
    while again < day:
        for found in world.engine.why_told("0102", at=again):
            assert found.told or found.reasons, again
        again += timedelta(days=1)


def test_a_day_to_come_is_refused(world: World) -> None:
    world.launch()

    with pytest.raises(Refused) as refusal:
        world.engine.why_told("0101", at=date(2026, 5, 1))

    assert [reason.code for reason in refusal.value.reasons] == ["at-future"]
