"""Lists page by page, on both databases: complete, in an order that stays, and only what one may see."""

from __future__ import annotations

from datetime import date

import pytest
from world import LI, QIAN, WANG, World, definition

from duban.service.listing import Narrowed
from storage.scope import EVERYTHING, Scope
from workflow.errors import NotFound

TWO = definition(
    """任务:
  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}
  - {事项: 公示, 谁办: 党支部, 时间: 3月20日至4月30日}
"""
)


def _scope(world: World, who: str) -> Scope:
    return world.engine.visitor(who).scope


def test_pages_of_duties_follow_each_other_without_gap_or_double(world: World) -> None:
    world.launch(TWO)
    seen: list[int] = []

    while True:
        page = world.engine.duties_page(Narrowed(), scope=EVERYTHING, after=seen[-1] if seen else 0, limit=3)
        seen += [duty.status.id for duty in page.items]
        if not page.more:
            break

    board = {duty.id for row in world.engine.status().rows for duty in row.duties}
    assert len(seen) == len(set(seen)) == 16
    assert seen == sorted(board)


def test_a_duty_in_a_list_stands_as_on_the_board(world: World) -> None:
    world.launch(TWO)
    world.at("2026-04-02")
    world.act("receive", "0101", by=WANG, ways=["纸质"], received_on=date(2026, 3, 30))

    listed = world.engine.duties_page(Narrowed(), scope=EVERYTHING).items

    board = {duty.id: (duty, row) for row in world.engine.status().rows for duty in row.duties}
    assert {duty.status.id: duty.status for duty in listed} == {number: duty for number, (duty, _) in board.items()}
    assert all(duty.version == board[duty.status.id][1].version for duty in listed)
    assert {duty.opens for duty in listed} == {None, date(2026, 3, 20)}


@pytest.mark.parametrize(("who", "units"), [(LI, {"0101"}), (WANG, {"0101", "0102", "010901", "010902"})])
def test_lists_keep_to_what_one_may_see(world: World, who: str, units: set[str]) -> None:
    world.launch(TWO)
    scope = _scope(world, who)

    duties = world.engine.duties_page(Narrowed(), scope=scope, limit=200)
    cases = world.engine.cases_page(Narrowed(), scope=scope, limit=200, track="党支部")

    assert {duty.unit for duty in duties.items} == units
    assert {case.unit for case in cases.items} == units
    theirs = world.duty("0201").id
    with pytest.raises(NotFound):
        world.engine.one_duty(theirs, scope=scope)
    with pytest.raises(NotFound):
        world.engine.form_of(theirs, scope=scope)
    with pytest.raises(NotFound):
        world.engine.duties_page(Narrowed(under="02"), scope=scope)


def test_units_come_in_the_order_of_the_tree_with_the_unit_above(world: World) -> None:
    first = world.engine.units_page(scope=_scope(world, WANG), limit=4)
    rest = world.engine.units_page(scope=_scope(world, WANG), after=first.items[-1].path, limit=4)

    found = [(unit.code, unit.parent) for unit in (*first.items, *rest.items)]
    assert found == [("01", "00"), ("0101", "01"), ("0102", "01"), ("0109", "01"), ("010901", "0109"), ("010902", "0109")]
    assert (first.more, rest.more) == (True, False)
    assert world.engine.units_page(scope=EVERYTHING, limit=1).items[0].parent is None


def test_what_no_longer_applies_and_who_is_no_more_are_left_out(world: World) -> None:
    world.launch(TWO)
    world.at("2026-03-16")
    world.engine.dissolve_unit("0203", reason="人员调整", by=QIAN)

    units = {duty.unit for duty in world.engine.duties_page(Narrowed(), scope=EVERYTHING, limit=200).items}

    assert "0203" not in units
    assert len(units) == 7


def test_runs_come_newest_first_and_by_state(world: World) -> None:
    world.launch(TWO)
    world.run("2026-03-25")
    world.engine.restored(by=QIAN)
    world.run("2026-03-31")

    runs = world.engine.runs_page(limit=1)
    older = world.engine.runs_page(before=runs.items[0].id)
    held = world.engine.runs_page(state="needs_confirm")

    assert (runs.more, older.more) == (True, False)
    assert [run.id for run in (*runs.items, *older.items)] == sorted(
        (run.id for run in (*runs.items, *older.items)), reverse=True
    )
    assert [run.why for run in held.items] == ["restored"]
    assert world.engine.one_run(held.items[0].id) == held.items[0]


def test_messages_go_on_before_the_last_one_seen(world: World) -> None:
    world.launch(TWO)
    world.run("2026-03-25")

    first = world.engine.messages(limit=5)
    rest = world.engine.messages(limit=5, before=first[-1].id)

    assert [message.id for message in (*first, *rest)] == sorted(
        (message.id for message in world.engine.messages()), reverse=True
    )
