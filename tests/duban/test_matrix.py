"""我的支部: a clerk's branches × what they owe, as the board has it; who sees whose; what is left out until its time."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from world import CHEN, HE, LI, LYU, QIAN, WANG, WU, XU, ZHAO, ZHOU, World, definition

from duban.facade.reviewing import Desk
from duban.service.listing import Narrowed
from duban.service.matrix import Cell, Wanted
from workflow.errors import NotFound

YEAR = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月30日前}
  - {名称: 整改, 时间: 5月11日至5月29日}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底, 可代填: 是}
  - {事项: 台账, 谁办: 党支部, 阶段: 摸底, 时间: 4月10日前}
  - {事项: 整改计划, 谁办: 党支部, 阶段: 整改}
报送:
  - {谁报: 二级党组织, 材料: 汇总表, 报给: 组织部, 方式: [纸质], 阶段: 摸底}
"""
)
MONTHLY = definition("任务:\n  - {事项: 支委会, 谁办: 党支部, 频次: 每月1次}\n")


def desk(world: World, who: str, **wanted: object) -> Desk:
    return world.engine.desk(of=world.engine.visitor(who), wanted=Wanted(**wanted))  # type: ignore[arg-type]


def cell(found: Desk, unit: str, task: str) -> Cell:
    """The one cell of a unit under a task's name."""
    at = [column.name for column in found.matrix.columns].index(task)
    [row] = [row for row in found.matrix.rows if row.unit == unit]
    [only] = row.cells[at]
    return only


def units(found: Desk) -> list[str]:
    return [row.unit for row in found.matrix.rows]


# --- whose they are


def test_wang_sees_the_branches_of_his_committee_also_those_of_its_general_branch(world: World) -> None:
    world.launch(YEAR)

    found = desk(world, WANG)

    assert units(found) == ["0101", "0102", "010901", "010902"]
    assert found.branches
    assert {row.above for row in found.matrix.rows if row.unit.startswith("0109")} == {"学生党总支"}


def test_the_secretary_of_a_general_branch_sees_its_two_branches(world: World) -> None:
    world.launch(YEAR)

    assert units(desk(world, XU)) == ["010901", "010902"]


def test_zhao_who_reviews_nobody_has_no_such_page(world: World) -> None:
    world.launch(YEAR)

    with pytest.raises(NotFound, match="没有这个页面"):
        desk(world, ZHAO)


def test_the_office_sees_what_committees_owe_and_no_branch(world: World) -> None:
    world.launch(YEAR)

    found = desk(world, QIAN)

    assert units(found) == ["01", "0109", "02", "03"]  # 03 is a second-level unit and a branch: one row
    assert not found.branches
    assert found.matrix.lead.units == 4


def test_a_clerk_sees_no_more_than_a_narrowed_scope(world: World) -> None:
    world.launch(YEAR)
    wang = world.engine.visitor(WANG)
    below = world.engine.visitor(LI).scope

    found = world.engine.desk(of=wang.narrowed(below, may_act=False))

    assert units(found) == ["0101"]


# --- what the cells say


def test_cells_say_state_days_and_lines_as_the_board_does(world: World) -> None:
    world.launch(YEAR)
    world.at("2026-03-27")
    world.act("submit", "0101", "自评", by=LI)
    world.act("accept", "0101", "自评", by=WANG)
    world.act("extend", "0102", "自评", by=WANG, to=date(2026, 4, 3), reason="换届后再报")
    world.at("2026-04-01")
    world.act("submit", "010901", "自评", by=HE)

    found = desk(world, WANG)

    assert (cell(found, "0101", "自评").words, cell(found, "0101", "自评").acts) == ("已审核", ())
    later = cell(found, "0102", "自评")
    assert (later.words, later.late, later.due, later.extended) == ("尚未报送", 0, date(2026, 4, 3), True)
    sent = cell(found, "010901", "自评")
    assert (sent.words, sent.late, sent.acts) == ("已报送", 2, ("accept", "return", "receive"))
    late = cell(found, "010902", "自评")
    assert (late.words, late.late, late.waits, late.acts) == ("尚未报送", 2, True, ("receive",))
    board = {duty.id: (duty.state, duty.days_late) for row in world.engine.status(unit="01").rows for duty in row.duties}
    shown = [one for row in found.matrix.rows for cells in row.cells for one in cells]
    assert {one.duty: (one.code, one.late) for one in shown} == {one.duty: board[one.duty] for one in shown}


def test_what_was_sent_late_stays_that_late_once_it_was_sent_back_for_a_later_day(world: World) -> None:
    world.launch(YEAR)
    world.at("2026-04-16")
    world.act("submit", "0101", "自评", by=LI)
    world.at("2026-04-17")
    world.act("return", "0101", "自评", by=WANG, to=date(2026, 4, 24), reason="缺党员名册")
    world.at("2026-04-20")
    world.act("submit", "0101", "自评", by=LI)

    found = desk(world, WANG)
    listed = world.engine.duties_page(Narrowed(), scope=world.engine.visitor(LI).scope).items

    (mine,) = (duty.status for duty in listed if duty.status.key.endswith("自评"))
    late = (date(2026, 4, 16) - date(2026, 3, 30)).days
    assert (cell(found, "0101", "自评").late, found.waiting[0].late, mine.days_late) == (late, late, late)


def test_what_is_not_due_next_is_left_out_until_it_is_asked_for(world: World) -> None:
    world.launch(YEAR)

    usual, everything, one = desk(world, WANG), desk(world, WANG, ahead=True), desk(world, WANG, task="摸底/台账")

    assert [column.name for column in usual.matrix.columns] == ["自评"]
    assert [column.name for column in usual.matrix.later] == ["台账", "整改计划"]
    assert [column.name for column in everything.matrix.columns] == ["自评", "台账", "整改计划"]
    assert cell(everything, "0101", "台账").words == "未到期"
    assert cell(everything, "0101", "整改计划").words == "未开始"
    assert cell(everything, "0101", "整改计划").acts == ()
    assert cell(one, "0101", "台账").words == "尚未报送"


def test_before_anything_has_begun_everything_is_shown_as_not_begun(world: World) -> None:
    world.launch(definition("任务:\n  - {事项: 公示, 谁办: 党支部, 时间: 4月20日至4月30日}\n"))

    found = desk(world, WANG)

    assert (found.matrix.later, cell(found, "0101", "公示").words) == ((), "未开始")
    assert units(found) == ["0101", "0102", "010901", "010902"]


def test_once_the_first_line_is_met_the_next_one_is_the_line(world: World) -> None:
    world.launch(YEAR)
    for unit, by in (("0101", LI), ("0102", CHEN), ("010901", HE), ("010902", LYU)):
        world.act("submit", unit, "自评", by=by)

    found = desk(world, WANG)

    assert found.matrix.lead.line == date(2026, 4, 10)
    assert cell(found, "0101", "台账").words == "尚未报送"


def test_the_line_of_one_unit_that_has_more_time_is_not_everybodys_next_line(world: World) -> None:
    world.launch(YEAR)
    world.act("extend", "0101", "自评", by=WANG, reason="外出实习", to=date(2026, 4, 3))
    world.at("2026-04-01")

    for unit, by in (("0102", CHEN), ("010901", HE), ("010902", LYU)):
        world.act("submit", unit, "自评", by=by)

    found = desk(world, WANG)

    assert found.matrix.lead.line == date(2026, 4, 10)
    assert (cell(found, "0101", "自评").words, cell(found, "0101", "自评").late) == ("尚未报送", 0)


def test_while_something_is_missing_the_line_just_passed_is_nearer_than_the_one_far_ahead(world: World) -> None:
    world.launch(YEAR)
    world.act("submit", "0101", "自评", by=LI)
    world.at("2026-04-02")
    soon = desk(world, WANG).matrix.lead
    world.at("2026-04-08")
    later = desk(world, WANG).matrix.lead

    assert (soon.line, soon.done, soon.open) == (date(2026, 3, 30), 1, 3)
    assert (later.line, later.done, later.open) == (date(2026, 4, 10), 0, 4)


def test_what_was_sent_back_is_not_past_the_line_it_was_given_though_it_first_came_late(world: World) -> None:
    world.launch(YEAR)
    world.at("2026-04-02")
    world.act("submit", "0101", "自评", by=LI)
    world.act("return", "0101", "自评", by=WANG, reason="缺一项", to=date(2026, 4, 9))

    before = cell(desk(world, WANG), "0101", "自评")
    world.at("2026-04-13")
    after = cell(desk(world, WANG), "0101", "自评")

    assert (before.words, before.late, before.waits) == ("退回补正", 0, False)
    assert (after.late, after.waits) == (4, True)


def test_a_retired_branch_is_offered_to_be_filled_in_by_its_committees_clerk_only(world: World) -> None:
    world.launch(YEAR)

    clerk, head = desk(world, WU), desk(world, ZHOU)

    assert cell(clerk, "0203", "自评").proxy
    assert not cell(clerk, "0201", "自评").proxy
    assert not cell(head, "0203", "自评").proxy
    assert (clerk.matrix.lead.proxied, head.matrix.lead.proxied) == (1, 0)


def test_nobody_is_told_he_could_fill_in_what_the_task_does_not_let_him(world: World) -> None:
    world.launch(YEAR)
    for unit in ("0201", "0203"):
        world.at("2026-04-13")
        world.act("submit", unit, "自评", by=WU)

    lead = desk(world, WU).matrix.lead

    assert (lead.line, lead.open, lead.proxied) == (date(2026, 4, 10), lead.units, 0)


def test_any_branch_past_its_line_may_be_filled_in_where_the_task_allows_it(world: World) -> None:
    world.launch(YEAR)
    world.at("2026-04-13")

    found = desk(world, WU)

    assert cell(found, "0201", "自评").proxy
    assert not cell(found, "0201", "台账").proxy


def test_a_monthly_meeting_shows_the_next_one_and_what_lies_on_the_desk(world: World) -> None:
    world.launch(MONTHLY)
    world.at("2026-03-31")
    board = next(row for row in world.engine.status().rows if row.unit == "0101")
    march = next(duty for duty in board.duties if duty.key.endswith("@2026-03"))
    world.engine.act("submit", duty=march.id, by=LI)
    world.at("2026-05-06")

    found = desk(world, WANG)

    rows = {row.unit: [one.occurrence for one in row.cells[0]] for row in found.matrix.rows}
    assert rows["0101"] == ["2026-03", "2026-05"]
    assert rows["0102"] == ["2026-05"]
    assert found.matrix.lead.open == 4
    assert found.matrix.columns[0].due is None


# --- how many are done


def test_the_lead_counts_every_unit_once(world: World) -> None:
    world.launch(YEAR)
    world.at("2026-03-27")
    for unit, by in (("0101", LI), ("0102", CHEN)):
        world.act("submit", unit, "自评", by=by)
    world.act("return", "0102", "自评", by=WANG, reason="缺一项", to=date(2026, 4, 2))
    world.act("extend", "010901", "自评", by=WANG, reason="外出实习", to=date(2026, 4, 3))

    lead = desk(world, WANG).matrix.lead

    assert lead.line == date(2026, 3, 30)
    assert (lead.units, lead.done, lead.returned, lead.open, lead.extended, lead.none_due) == (4, 1, 1, 1, 1, 0)


def test_units_past_their_own_line_are_counted_apart(world: World) -> None:
    world.launch(YEAR)
    world.act("extend", "0101", "自评", by=WANG, reason="外出实习", to=date(2026, 4, 3))
    world.act("submit", "0102", "自评", by=CHEN)
    world.at("2026-03-31")

    assert desk(world, WANG).matrix.lead.late == 2


def test_a_missed_meeting_makes_nobody_late(world: World) -> None:
    world.launch(MONTHLY)
    world.at("2026-05-06")

    assert desk(world, WANG).matrix.lead.late == 0


def test_the_lead_is_about_all_units_whatever_is_filtered(world: World) -> None:
    world.launch(YEAR)

    assert desk(world, WANG, kind="本科生").matrix.lead == desk(world, WANG).matrix.lead


def test_the_lead_agrees_with_the_board_of_the_same_day(world: World) -> None:
    world.launch(YEAR)
    world.act("submit", "0101", "自评", by=LI)
    world.at("2026-04-02")

    lead = desk(world, WANG).matrix.lead

    rows = [row for row in world.engine.status(unit="01").rows if row.kind == "党支部"]
    due = {row.unit: [d.state for d in row.duties if d.due and lead.line and d.due <= lead.line] for row in rows}
    told = Counter("open" if "open" in states else "done" for states in due.values())
    assert (lead.done, lead.open) == (told["done"], told["open"])


# --- filters


def test_filters_leave_the_rows_and_columns_they_name(world: World) -> None:
    world.launch(YEAR)
    world.act("submit", "0101", "自评", by=LI)

    assert units(desk(world, WANG, state="submitted")) == ["0101"]
    assert units(desk(world, WANG, state="open")) == ["0102", "010901", "010902"]
    assert units(desk(world, WANG, kind="研究生")) == ["010902"]
    assert [column.name for column in desk(world, WANG, phase="整改").matrix.columns] == ["整改计划"]
    assert units(desk(world, WANG, late=True)) == []
    world.at("2026-03-31")
    assert units(desk(world, WANG, late=True)) == ["0102", "010901", "010902"]


def test_words_that_name_nothing_leave_nothing(world: World) -> None:
    world.launch(YEAR)

    assert units(desk(world, WANG, phase="没有的阶段")) == []
    assert units(desk(world, WANG, kind="没有的类别")) == []


def test_what_may_be_filtered_by_is_what_there_is(world: World) -> None:
    world.launch(YEAR)

    found = desk(world, WANG, kind="本科生").matrix

    assert found.kinds == ("专任教师", "本科生", "研究生")
    assert found.phases == ("摸底", "整改")
    assert [column.name for column in found.tasks] == ["自评", "台账", "整改计划"]
