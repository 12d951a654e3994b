"""Preview: the message people would read about a unit, on real data, before anything is due; nothing is written."""

from __future__ import annotations

from datetime import date

import pytest
from world import LI, SCHOOL, World, definition

from workflow.errors import NotFound, Refused


def test_the_next_step_of_a_branch_is_shown_as_its_secretary_would_read_it(world: World) -> None:
    world.launch()
    world.at("2026-03-20")

    (shown,) = world.engine.preview("0101")

    assert (shown.recipient, shown.role, shown.day) == ("李可", "书记", date(2026, 3, 25))
    assert "换届方案" in shown.rendered.subject
    assert "还有3个工作日" in shown.rendered.text
    assert "如已报送，请忽略" in shown.rendered.text


def test_a_later_step_is_shown_to_whom_it_would_go_and_as_of_its_own_day(world: World) -> None:
    world.launch()

    (shown,) = world.engine.preview("0101", step=2)

    assert (shown.recipient, shown.day) == ("孙岩", date(2026, 3, 31))
    assert "教工第一党支部" in shown.rendered.text


def test_what_is_shown_is_what_is_then_sent(world: World) -> None:
    world.launch()
    (shown,) = world.engine.preview("0101")

    world.run("2026-03-25", deliver=True)

    sent = [m for m in world.messages.values() if m["recipient"] == "李可"]
    assert [m["text"] for m in sent] == [shown.rendered.text]
    assert [m["subject"] for m in sent] == [shown.rendered.subject]


def test_a_preview_writes_nothing(world: World) -> None:
    world.launch()
    before = world.everything()

    world.engine.preview("0101", step=4, on=date(2026, 4, 9))

    assert world.everything() == before


def test_duties_of_several_days_are_several_messages(world: World) -> None:
    text = "任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n  - {事项: 名册, 谁办: 党支部, 时间: 4月15日前}\n"
    world.launch(definition(text))

    shown = world.engine.preview("0101")

    assert [(one.recipient, one.day) for one in shown] == [("李可", date(2026, 3, 25)), ("李可", date(2026, 4, 10))]


def test_an_empty_post_shows_who_stands_in(world: World) -> None:
    world.launch()
    world.engine.import_units(files=SCHOOL.without(people=[LI]).files(), end_missing=True)
    world.at("2026-03-20")

    (shown,) = world.engine.preview("0101")

    assert shown.recipient == "王然"


def test_nothing_open_is_said_and_not_an_empty_answer(world: World) -> None:
    world.launch()
    world.at("2026-03-20")
    world.act("submit", "0101", by=LI)

    with pytest.raises(Refused) as refusal:
        world.engine.preview("0101")

    assert [reason.code for reason in refusal.value.reasons] == ["nothing-to-tell"]


def test_an_unknown_duty_is_answered_with_those_there_are(world: World) -> None:
    world.launch()

    with pytest.raises(NotFound) as error:
        world.engine.preview("0101", duty="换界方案")

    assert error.value.candidates == ("换届方案",)
