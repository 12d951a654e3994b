"""A first chase can be looked at before it leaves, so that paper that lies on the desk is registered first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from shell import Shell
from world import CHEN, LI, QIAN, SUN, WANG, ZHAO, ZONE, World, definition

from duban.service.chases import Chase
from workflow.errors import NotFound, Refused

R1_DAY, R2_DAY = "2026-03-25 08:30", "2026-03-31 08:30"
PAPER = definition("报送:\n  - {谁报: 党支部, 材料: [换届方案], 报给: 二级党组织, 方式: [纸质], 时间: 3月30日前}\n")


@pytest.fixture
def looked_at(world: World) -> World:
    """R2, the first rung after the line, waits for two working hours; the run of 03-31 08:30 is done."""
    world.engine.context.settings = replace(world.engine.context.settings, preview_hours=2)
    world.launch()
    world.run(R1_DAY, deliver=True)
    world.run(R2_DAY)
    return world


def told(chases: tuple[Chase, ...]) -> set[tuple[str, str]]:
    """(unit, recipient)"""
    return {(chase.unit_code, chase.recipient) for chase in chases}


def states(world: World, number: str) -> list[str]:
    mine = f"FROM message m JOIN person p ON p.id = m.recipient_id WHERE p.number = '{number}' ORDER BY m.id"
    return [state for (state,) in world.rows(f"SELECT m.state {mine}")]


def test_a_reminder_before_the_line_waits_for_nobody(world: World) -> None:
    world.engine.context.settings = replace(world.engine.context.settings, preview_hours=2)
    world.launch()

    world.run(R1_DAY)

    assert world.engine.first_chases() == ()
    assert world.engine.deliver().sent == 8


def test_what_waits_says_whom_it_tells_what_about_whom_and_when_it_leaves(looked_at: World) -> None:
    found = looked_at.engine.first_chases("01")

    assert told(found) >= {("0101", "孙岩"), ("0102", "孙岩")}
    chase = next(chase for chase in found if chase.unit_code == "0101")
    assert (chase.duties, chase.rung, chase.role) == (("换届方案",), "+1:书记", "书记")
    assert datetime.fromtimestamp(chase.leaves_at, ZONE).strftime("%m-%d %H:%M") == "03-31 10:30"
    assert told(looked_at.engine.first_chases()) > told(found)


def test_a_unit_that_is_not_there_is_said_so(looked_at: World) -> None:
    with pytest.raises(NotFound):
        looked_at.engine.first_chases("77")


def test_a_first_chase_leaves_by_itself_when_nobody_looks(looked_at: World) -> None:
    early = looked_at.at("2026-03-31 10:29").deliver().sent

    looked_at.at("2026-03-31 10:30").deliver()

    assert early == 0
    assert states(looked_at, SUN) == ["sent"]
    assert looked_at.engine.first_chases() == ()


def test_what_is_registered_meanwhile_is_not_chased(world: World) -> None:
    world.engine.context.settings = replace(world.engine.context.settings, preview_hours=2)
    world.launch(PAPER)
    key = next(duty.key for row in world.engine.status().rows for duty in row.duties if row.unit == "0101")
    world.run(R2_DAY)
    before = told(world.engine.first_chases("01"))
    world.at("2026-03-31 09:30")

    world.act("receive", "0101", key, by=WANG, ways=("纸质",))

    left = told(world.engine.first_chases("01"))
    assert before - left == {("0101", "孙岩")}
    world.at("2026-03-31 10:30").deliver()
    [message] = [m for m in world.messages.values() if m["recipient"] == "孙岩"]
    assert "教工第一党支部" not in message["text"]


def test_a_message_whose_every_paper_was_registered_never_leaves(looked_at: World) -> None:
    looked_at.at("2026-03-31 09:30")
    looked_at.act("submit", "0101", by=LI)
    looked_at.act("submit", "0102", by=CHEN)

    looked_at.at("2026-03-31 10:30").deliver()

    assert states(looked_at, SUN) == ["cancelled"]


def test_the_office_releases_all_of_them(looked_at: World) -> None:
    looked_at.at("2026-03-31 09:00")

    done = looked_at.engine.release(by=QIAN, via="测试")

    assert (done.messages > 1, done.left) == (True, 0)
    assert looked_at.engine.deliver().sent == done.messages
    [(by, via)] = looked_at.rows("SELECT by_person, via FROM journal WHERE act = 'release'")
    assert (by, via) == (looked_at.engine.person(QIAN), "测试")


def test_a_committees_clerk_releases_what_is_about_its_own_branches_only(looked_at: World) -> None:
    looked_at.at("2026-03-31 09:00")

    done = looked_at.engine.release(by=WANG)
    looked_at.engine.deliver()

    assert done.left > 0
    assert states(looked_at, SUN) == ["sent"]
    assert {unit[:2] for unit, _ in told(looked_at.engine.first_chases())} == {"02", "03"}


@pytest.mark.parametrize("who", [LI, ZHAO])
def test_a_branch_secretary_releases_nothing(looked_at: World, who: str) -> None:
    looked_at.at("2026-03-31 09:00")
    before = looked_at.everything()

    with pytest.raises(Refused) as refusal:
        looked_at.engine.release(by=who)

    assert [reason.code for reason in refusal.value.reasons] == ["wrong-role"]
    assert looked_at.everything() == before


def test_only_a_subtree_is_released_if_one_is_named(looked_at: World) -> None:
    looked_at.at("2026-03-31 09:00")

    looked_at.engine.release(by=QIAN, under="02")
    looked_at.engine.deliver()

    assert states(looked_at, SUN) == ["pending"]
    assert states(looked_at, "2003") == ["sent"]


def test_other_things_do_not_wait_for_the_look(world: World) -> None:
    world.engine.context.settings = replace(world.engine.context.settings, preview_hours=2)
    tasks = "  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n  - {事项: 党员名册, 谁办: 党支部, 时间: 4月3日前}\n"
    world.launch(definition("任务:\n" + tasks))
    world.run("2026-03-25 08:30", deliver=True)

    world.run(R2_DAY)
    now = world.engine.deliver().sent

    assert now == 8  # R1 of the second task, to the branches
    assert states(world, SUN) == ["pending"]


def test_who_wants_it_weekly_gets_a_first_chase_with_the_rest_of_the_week(world: World) -> None:
    world.engine.context.settings = replace(world.engine.context.settings, preview_hours=2)
    world.launch()
    world.at("2026-03-20")
    world.engine.wish(SUN, weekly=True)

    world.run(R2_DAY)

    assert "孙岩" not in {recipient for _, recipient in told(world.engine.first_chases())}
    [(at, preview)] = world.rows(
        f"SELECT m.not_before, m.preview FROM message m JOIN person p ON p.id = m.recipient_id WHERE p.number = '{SUN}'"
    )
    assert datetime.fromtimestamp(at, ZONE).strftime("%m-%d %H:%M") == "04-07 08:30"
    assert not preview


# --- the command


def test_the_clerks_morning_at_the_command_line(shell: Shell) -> None:
    shell.file("duban.toml", "[first_chase]\nhold_hours = 2\n")
    shell.launched(PAPER)
    shell.clock = "2026-03-31 08:30"
    shell.json("escalate", "--deliver")
    shell.clock = "2026-03-31 09:00"

    shown = shell("chase", "list", "--under", "01")
    listed = shell.json("chase", "list", "--under", "01")["chases"]
    refused = shell.refused("chase", "release", "--by", LI)
    released = shell.json("chase", "release", "--by", WANG, "--under", "01")
    after = shell("chase", "list", "--under", "01")

    assert shown.code == 0
    assert all(words in shown.out for words in ("教工第一党支部", "孙岩（书记）", "2026-03-31 10:30"))
    assert {(line["unit_code"], line["leaves_at"]) for line in listed} >= {("0101", "2026-03-31T02:30:00Z")}
    assert refused == ["wrong-role"]
    assert released["messages"] > 0
    assert "没有等待查看的首次催办" in after.out


def test_a_wish_is_said_at_the_command_line(shell: Shell) -> None:
    weekly, daily = shell("wish", "--by", SUN, "--weekly"), shell("wish", "--by", SUN, "--daily")

    assert (weekly.code, daily.code) == (0, 0)
    assert "每周" in weekly.out
    assert shell("wish", "--by", SUN).code == 2
