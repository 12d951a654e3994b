"""提请: a leader's choice is recorded once, the first stands, and a 督办单 becomes a draft for the second-level unit."""

from __future__ import annotations

import pytest
from shell import Shell
from world import JIN, LI, ONE_DUTY, QIAN, R4, ZHENG, World

from workflow.errors import NotFound, Refused


@pytest.fixture
def asked(world: World) -> World:
    """On Thursday 2026-04-09 the head of the leading group is asked about every branch."""
    return _asked(world)


@pytest.fixture
def small_asked(small_world: World) -> World:
    return _asked(small_world)


def _asked(world: World) -> World:
    world.launch()
    for day in ("2026-03-31", "2026-04-02", "2026-04-09"):
        world.run(day, deliver=True)
    world.at("2026-04-09 10:00")
    return world


def choose(world: World, unit: str, choice: str, *, by: str = JIN, note: str | None = None) -> None:
    world.engine.decide(world.duty(unit).id, choice, by=by, note=note)


def refused(world: World, unit: str, choice: str, *, by: str = JIN) -> list[str]:
    before = world.everything()
    with pytest.raises(Refused) as refusal:
        choose(world, unit, choice, by=by)
    assert world.everything() == before
    return [reason.code for reason in refusal.value.reasons]


def waiting(world: World, by: str | None = None) -> list[str]:
    return [line.unit for line in world.engine.waiting_decisions(by)]


def test_what_was_brought_before_a_leader_waits_for_him(asked: World) -> None:
    (first, *_) = asked.engine.waiting_decisions()

    assert waiting(asked) == waiting(asked, JIN) == ["0101", "0102", "010901", "010902", "0201", "0202", "0203", "03"]
    assert waiting(asked, ZHENG) == []  # he may decide, but was not asked
    assert (first.unit_name, first.key, first.leaders, first.rung) == ("教工第一党支部", "换届方案", ("金声",), R4)


def test_a_choice_is_recorded_once_and_the_first_stands(asked: World) -> None:
    choose(asked, "0101", "电话了解", note="下午打")
    asked.at("2026-04-10 09:00")

    codes = refused(asked, "0101", "约谈", by=ZHENG)
    with pytest.raises(Refused) as refusal:
        choose(asked, "0101", "约谈", by=ZHENG)

    assert codes == ["already-decided"]
    assert "金声已于4月9日（周四）作出决定：电话了解" in str(refusal.value)
    assert asked.rows("SELECT choice, note, rung FROM decision") == [("电话了解", "下午打", R4)]
    assert asked.rows("SELECT reason FROM journal WHERE act = 'sign'") == [("电话了解：下午打",)]
    assert "0101" not in waiting(asked)


def test_the_same_choice_again_is_no_second_one(asked: World) -> None:
    choose(asked, "0101", "不处理")
    before = asked.everything()

    again = asked.engine.decide(asked.duty("0101").id, "不处理", by=JIN)

    assert asked.everything() == before
    assert (again.by, again.choice) == ("金声", "不处理")


def test_who_does_not_lead_decides_nothing(small_asked: World) -> None:
    assert refused(small_asked, "0101", "不处理", by=QIAN) == ["wrong-actor"]
    assert refused(small_asked, "0101", "不处理", by=LI) == ["wrong-actor"]
    assert refused(small_asked, "0101", "通报批评") == ["decision-missing"]


def test_nothing_is_decided_that_was_not_brought_before_anybody(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-31")

    assert refused(small_world, "0101", "电话了解") == ["nothing-asked"]
    with pytest.raises(NotFound):
        small_world.engine.decide(987654, "电话了解", by=JIN)


def test_what_is_handed_in_no_longer_waits(small_asked: World) -> None:
    small_asked.act("submit", "0101", by=LI)

    assert "0101" not in waiting(small_asked)
    assert refused(small_asked, "0101", "约谈") == ["wrong-state"]


def test_an_order_is_drafted_once_for_the_committee_of_its_branches(asked: World) -> None:
    choose(asked, "0101", "督办单")
    choose(asked, "010902", "督办单")
    choose(asked, "0201", "督办单")
    done = asked.engine.decide(asked.duty("0101").id, "督办单", by=JIN)

    found = asked.engine.papers()

    assert [(p.kind, p.unit_code, p.state) for p in found] == [("督办单", "01", "draft"), ("督办单", "02", "draft")]
    assert done.paper == found[0].id
    assert [item.unit_code for item in found[0].content.items] == ["0101", "0102", "010901", "010902"]
    assert found[0].content.requested_by == "金声"


def test_an_order_for_a_signed_paper_leaves_the_paper_alone(small_asked: World) -> None:
    choose(small_asked, "0101", "督办单")
    (paper,) = small_asked.engine.papers()
    signed = small_asked.engine.sign_paper(paper.id, by=ZHENG)

    choose(small_asked, "0102", "督办单")

    assert small_asked.engine.papers() == (signed,)


def test_the_act_sign_is_the_same_decision(small_asked: World) -> None:
    small_asked.act("sign", "0101", by=ZHENG, data={"decision": "约谈"})

    assert refused(small_asked, "0101", "电话了解") == ["already-decided"]
    assert small_asked.refused("sign", "0101", by=JIN, data={"decision": "约谈"}) == ["already-decided"]


def test_a_new_line_can_be_brought_and_decided_anew(small_asked: World) -> None:
    from datetime import date

    choose(small_asked, "0101", "电话了解")
    small_asked.act("extend", "0101", by=QIAN, to=date(2026, 4, 17), reason="党员出差")
    assert refused(small_asked, "0101", "约谈") == ["nothing-asked"]

    for day in ("2026-04-20", "2026-04-22", "2026-04-28"):
        small_asked.run(day)
    choose(small_asked, "0101", "约谈")

    assert small_asked.rows("SELECT epoch, choice FROM decision ORDER BY id") == [(1, "电话了解"), (2, "约谈")]


def test_of_four_leaders_at_once_one_decides(asked: World) -> None:
    from concurrent.futures import ThreadPoolExecutor

    duty = asked.duty("0101").id

    def decide(choice: str) -> str:
        try:
            return asked.engine.decide(duty, choice, by=JIN).choice
        except Refused as refusal:
            return refusal.code

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(decide, ("电话了解", "督办单", "约谈", "不处理")))

    ((choice,),) = asked.rows("SELECT choice FROM decision")
    assert sorted(said) == sorted([choice, *["already-decided"] * 3])
    assert asked.rows("SELECT count(*) FROM journal WHERE act = 'sign'") == [(1,)]


def test_the_command_lists_and_records(shell: Shell) -> None:
    shell.launched(ONE_DUTY)
    for day in ("2026-03-31", "2026-04-02", "2026-04-09"):
        shell.clock = f"{day} 08:30"
        shell.json("escalate")
    about = ("--unit", "0101", "--duty", "换届方案")

    listed = shell.json("decide", "list", "--by", JIN)["waiting"]
    done = shell.json("decide", "choose", "督办单", *about, "--by", JIN, "--note", "请学院党委过问")
    codes = shell.refused("decide", "choose", "约谈", *about, "--by", ZHENG)

    assert [line["unit"] for line in listed][:2] == ["0101", "0102"]
    assert (done["choice"], done["by"], done["note"]) == ("督办单", "金声", "请学院党委过问")
    assert shell.json("paper", "list")["papers"][0]["id"] == done["paper"]
    assert codes == ["already-decided"]
    assert shell("decide", "list").out.endswith("共7件等待决定。\n")
