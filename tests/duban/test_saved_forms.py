"""暂存: kept half-way, by whoever may submit, and never overwritten unseen."""

from __future__ import annotations

import pytest
from world import CHEN, LI, WANG, ZHAO, World, definition

from storage.scope import EVERYTHING
from workflow.errors import NotFound, Refused

RATING = definition(
    "任务:\n  - {事项: 支部自评, 谁办: 党支部, 时间: 3月30日前, 表单: 自评}\n  - {事项: 换届方案, 谁办: 党支部, 时间: 4月20日起}\n"
)
HALF = {"summary": "写了一半"}


@pytest.fixture
def rating(world: World) -> int:
    """The duty of Li's branch to rate itself."""
    world.launch(RATING)
    return world.duty("0101", "支部自评").id


def _refused(world: World, duty: int, *, by: str, seen: int = 0) -> list[str]:
    with pytest.raises(Refused) as refusal:
        world.engine.save_form(duty, HALF, by=by, seen=seen)
    return [reason.code for reason in refusal.value.reasons]


def test_a_saved_form_is_found_by_whoever_of_the_unit_comes_next(world: World, rating: int) -> None:
    world.at("2026-03-20 10:00")

    world.engine.save_form(rating, HALF, by=LI)

    found = world.engine.duty_page(rating, visitor=world.engine.visitor(LI))
    assert found.saved is not None
    assert (found.saved.by, found.saved.version) == ("李可", 1)
    assert found.data == HALF


def test_a_form_saved_in_another_window_is_not_overwritten_unseen(world: World, rating: int) -> None:
    world.engine.save_form(rating, HALF, by=LI)

    codes = _refused(world, rating, by=LI, seen=0)

    assert codes == ["saved-since"]
    assert world.engine.save_form(rating, {"summary": "全写完了"}, by=LI, seen=1) == 2
    assert world.engine.duty_page(rating, visitor=world.engine.visitor(LI)).data == {"summary": "全写完了"}


def test_the_clerk_above_goes_on_with_it_but_the_neighbour_and_the_stranger_do_not(world: World, rating: int) -> None:
    assert world.engine.save_form(rating, HALF, by=WANG) == 1

    assert _refused(world, rating, by=CHEN, seen=1) == ["wrong-actor"]
    with pytest.raises(NotFound):
        world.engine.save_form(rating, HALF, by=ZHAO, scope=world.engine.visitor(ZHAO).scope)


def test_a_saved_form_not_sent_is_shown_only_to_who_may_send_it(world: World, rating: int) -> None:
    world.engine.save_form(rating, HALF, by=LI)

    assert world.engine.duty_page(rating, visitor=world.engine.visitor(CHEN).narrowed(EVERYTHING, may_act=True)).saved is None


def test_submitting_takes_the_saved_form_away_and_withdrawing_brings_back_what_was_sent(world: World, rating: int) -> None:
    world.engine.save_form(rating, HALF, by=LI)

    world.engine.act("submit", duty=rating, by=LI, data={"summary": "都查过了"})

    assert world.rows("SELECT duty_id FROM saved_form") == []
    assert _refused(world, rating, by=LI) == ["wrong-state"]
    world.engine.act("withdraw", duty=rating, by=LI)
    assert world.engine.duty_page(rating, visitor=world.engine.visitor(LI)).data == {"summary": "都查过了"}


def test_a_submission_that_is_refused_leaves_what_was_saved(world: World, rating: int) -> None:
    world.engine.save_form(rating, HALF, by=LI)

    with pytest.raises(Refused):
        world.engine.act("submit", duty=rating, by=LI, data={})

    assert world.rows("SELECT version FROM saved_form") == [(1,)]


def test_what_needs_no_form_has_nothing_to_save(world: World, rating: int) -> None:
    assert _refused(world, world.duty("0101").id, by=LI) == ["no-form"]
