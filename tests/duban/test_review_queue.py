"""待审核: what waits for a reviewer, with what was sent, what is still missing, and what was asked before."""

from __future__ import annotations

import json
from datetime import date

from world import CHEN, ITEM, LI, QIAN, SUN, WANG, WU, ZHAO, World, definition

from duban.service.review_queue import Waiting

PAPER = definition(
    """审核时限: 3个工作日
任务:
  - {事项: 整改计划, 谁办: 党支部, 表单: 整改计划, 时间: 3月30日前, 可代填: 是}
  - {事项: 整改结果, 谁办: 党支部, 表单: 整改结果, 时间: 3月30日前}
报送:
  - {谁报: 党支部, 材料: [换届方案], 报给: 二级党组织, 方式: [纸质, 电子邮件], 时间: 3月30日前}
"""
)
PLAN = {"items": [ITEM]}
RESULT = {"items": [{"no": 1, "done": True, "result": "已按期换届"}]}


def waiting(world: World, who: str = WANG) -> tuple[Waiting, ...]:
    return world.engine.desk(of=world.engine.visitor(who)).waiting


def test_what_was_sent_lies_there_with_who_sent_it_and_when(world: World) -> None:
    world.launch(PAPER)
    world.at("2026-03-26 10:00")
    world.act("submit", "0101", "整改计划", by=LI, data=PLAN)

    [one] = waiting(world)

    assert (one.unit, one.task.name, one.by, one.proxy, one.late) == ("0101", "整改计划", "李可", False, 0)
    assert one.data == PLAN
    assert one.at == world.time
    assert one.review_by == date(2026, 3, 31)
    assert json.loads(json.dumps(one.data, ensure_ascii=False)) == PLAN


def test_zhaos_branch_is_on_the_desk_of_its_own_clerk_only(world: World) -> None:
    world.launch(PAPER)
    world.act("submit", "0201", "整改计划", by=ZHAO, data=PLAN)

    assert waiting(world, WANG) == ()
    assert [one.unit for one in waiting(world, WU)] == ["0201"]
    assert waiting(world, QIAN) == ()


def test_copies_that_are_asked_for_and_not_registered_are_missing(world: World) -> None:
    world.launch(PAPER)
    key = next(d.key for r in world.engine.status().rows if r.unit == "0101" for d in r.duties if "材料" in d.key)
    world.act("submit", "0101", key, by=LI)

    [before] = waiting(world)
    world.act("receive", "0101", key, by=WANG, ways=("纸质",))
    [after] = waiting(world)

    assert (before.received, before.missing) == (("电子件",), ("纸质件",))
    assert (after.received, after.missing) == (("纸质件", "电子件"), ())


def test_paper_that_came_without_a_submission_has_no_sender_and_no_data(world: World) -> None:
    world.launch(PAPER)
    world.at("2026-03-26 10:00")
    world.act("submit", "0101", "整改计划", by=LI, data=PLAN)
    world.act("withdraw", "0101", "整改计划", by=LI)
    world.at("2026-03-27 10:00")
    world.act("receive", "0101", "整改计划", by=WANG, ways=("纸质",))

    [one] = waiting(world)

    assert (one.by, one.data, one.at) == ("", None, world.time)


def test_what_was_asked_when_it_was_sent_back_stands_beside_it(world: World) -> None:
    world.launch(PAPER)
    world.act("submit", "0101", "整改计划", by=LI, data=PLAN)
    world.act("return", "0101", "整改计划", by=WANG, reason="补上责任人")
    world.act("submit", "0101", "整改计划", by=WANG, data=PLAN)

    [one] = waiting(world)

    assert (one.returned, one.by, one.proxy) == ("补上责任人", "王然", True)


def test_results_lie_beside_the_problems_of_the_plan(world: World) -> None:
    world.launch(PAPER)
    world.act("submit", "0101", "整改计划", by=LI, data=PLAN)
    world.act("accept", "0101", "整改计划", by=SUN)
    world.act("submit", "0101", "整改结果", by=LI, data=RESULT)

    [one] = waiting(world)

    assert one.problems == {1: "换届不及时"}


def test_the_queue_goes_by_task_and_then_by_who_came_first(world: World) -> None:
    world.launch(PAPER)
    world.at("2026-03-26 10:00")
    world.act("submit", "0102", "整改计划", by=CHEN, data=PLAN)
    world.at("2026-03-26 11:00")
    world.act("submit", "0101", "整改计划", by=LI, data=PLAN)

    assert [one.unit for one in waiting(world)] == ["0102", "0101"]
