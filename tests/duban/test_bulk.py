"""One act on many duties as they were seen: each by itself, none unseen, nobody else's."""

from __future__ import annotations

from datetime import date

import pytest
from world import CHEN, LI, WANG, ZHAO, World, definition

from duban.service.bulk import Bulk, Picked
from workflow.errors import NotFound

TWO = definition(
    """任务:
  - {事项: 自评, 谁办: 党支部, 时间: 3月30日前}
  - {事项: 台账, 谁办: 党支部, 时间: 3月30日前}
"""
)


def seen(world: World, *which: tuple[str, str]) -> list[Picked]:
    """Duties by unit and task, with the version of their case now."""
    return [Picked(duty=world.duty(unit, key).id, seen=world.row(unit).version) for unit, key in which]


def act(world: World, name: str, picked: list[Picked], **more: object) -> Bulk:
    return world.engine.act_on_picked(name, picked, by=world.engine.visitor(WANG), via="portal", **more)  # type: ignore[arg-type]


def test_two_duties_of_one_case_are_accepted_together(world: World) -> None:
    world.launch(TWO)
    world.act("submit", "0101", "自评", by=LI)
    world.act("submit", "0101", "台账", by=LI)

    done = act(world, "accept", seen(world, ("0101", "自评"), ("0101", "台账")))

    assert (done.done, done.refused) == ((("教工第一党支部", "自评"), ("教工第一党支部", "台账")), ())
    assert [world.duty("0101", key).state for key in ("自评", "台账")] == ["accepted", "accepted"]
    assert {via for (via,) in world.rows("SELECT via FROM journal WHERE act = 'accept'")} == {"portal"}


def test_what_changed_since_it_was_seen_is_refused_and_the_others_go_on(world: World) -> None:
    world.launch(TWO)
    world.act("submit", "0101", "自评", by=LI)
    world.act("submit", "0102", "自评", by=CHEN)
    picked = seen(world, ("0101", "自评"), ("0102", "自评"))
    world.act("withdraw", "0101", "自评", by=LI)
    world.act("submit", "0101", "自评", by=LI)

    done = act(world, "accept", picked)

    assert done.done == (("教工第二党支部", "自评"),)
    [refused] = done.refused
    assert (refused.unit, [reason.code for reason in refused.reasons]) == ("教工第一党支部", ["stale-version"])
    assert world.duty("0101", "自评").state == "submitted"


def test_the_same_form_sent_twice_does_nothing_the_second_time(world: World) -> None:
    world.launch(TWO)
    picked = seen(world, ("0101", "自评"), ("0101", "台账"))
    act(world, "receive", picked, ways=("纸质",))
    before = world.everything()

    again = act(world, "receive", picked, ways=("纸质",))

    assert again.done == ()
    assert {reason.code for one in again.refused for reason in one.reasons} == {"stale-version"}
    assert world.everything() == before


def test_a_refused_duty_does_not_stop_the_next_one_of_its_case(world: World) -> None:
    world.launch(TWO)
    world.act("submit", "0101", "台账", by=LI)

    done = act(world, "return", seen(world, ("0101", "自评"), ("0101", "台账")), reason="缺一项", to=date(2026, 4, 3))

    assert done.done == (("教工第一党支部", "台账"),)
    assert [reason.code for reason in done.refused[0].reasons] == ["wrong-state"]
    assert world.duty("0101", "台账").due == date(2026, 4, 3)


def test_one_duty_of_another_committee_and_nothing_is_done_at_all(world: World) -> None:
    world.launch(TWO)
    world.act("submit", "0101", "自评", by=LI)
    world.act("submit", "0201", "自评", by=ZHAO)
    before = world.everything()

    with pytest.raises(NotFound, match="它可能不存在，或者您无权查看"):
        act(world, "accept", seen(world, ("0101", "自评"), ("0201", "自评")))

    assert world.everything() == before


def test_a_duty_that_does_not_exist_is_answered_like_one_of_another_committee(world: World) -> None:
    world.launch(TWO)

    with pytest.raises(NotFound, match="它可能不存在，或者您无权查看"):
        act(world, "accept", [Picked(duty=99999, seen=1)])


def test_paper_is_registered_for_many_with_the_day_it_came(world: World) -> None:
    world.launch(TWO)
    world.at("2026-03-31 09:00")

    act(world, "receive", seen(world, ("0101", "自评"), ("0102", "自评")), ways=("纸质",), received_on=date(2026, 3, 30))

    assert [world.duty(unit, "自评").on_time for unit in ("0101", "0102")] == [True, True]
    assert set(world.rows("SELECT way, received_on FROM receipt")) == {("纸质", date(2026, 3, 30).toordinal())}
