"""What letters say of answers that were given, of what waits for a reviewer, and of what may have come before."""

from __future__ import annotations

from pathlib import Path

from places import Places
from world import LI, ONE_DUTY, SCHOOL, SUN, WANG, World, built, post

R2_DAY, R4_DAY = "2026-03-31", "2026-04-09"


def _text(world: World, recipient: str) -> str:
    """The newest letter to somebody."""
    return str([m for _, m in sorted(world.messages.items()) if m["recipient"] == recipient][-1]["text"])


def test_case_55_who_has_seen_it_stands_in_the_letter_of_the_next_rung(world: World) -> None:
    world.launch()
    for day in ("2026-03-25", R2_DAY):
        world.run(day, deliver=True)
    world.at("2026-03-31 09:00")
    world.engine.answer("seen", by=SUN, duty=world.duty("0101").id)
    for day in ("2026-04-02", "2026-04-03", "2026-04-07", "2026-04-08", R4_DAY):
        world.run(day, deliver=True)

    said = _text(world, "金声")
    assert "教工第一党支部（孙岩3月31日已知悉）" in said
    assert "教工第二党支部（" not in said


def test_what_was_promised_stands_in_the_letters_that_follow(world: World) -> None:
    world.launch()
    for day in ("2026-03-25", R2_DAY):
        world.run(day, deliver=True)
    world.at("2026-03-31 09:00")
    world.engine.answer("promise", by=LI, duty=world.duty("0101").id, until=world.day.replace(month=4, day=2))
    for day in ("2026-04-02", "2026-04-03", "2026-04-07", "2026-04-08", R4_DAY, "2026-04-10", "2026-04-13", "2026-04-14"):
        world.run(day, deliver=True)

    told = [m["text"] for m in world.messages.values() if "承诺4月2日前报送" in m["text"]]
    assert told
    assert all("教工第一党支部（承诺4月2日前报送）" in text for text in told)


def test_a_reviewer_is_told_what_waits_for_him_and_until_when(world: World) -> None:
    world.launch("审核时限: 3个工作日\n" + ONE_DUTY)
    world.at("2026-03-24 09:00")
    world.act("submit", "0101", by=LI)
    for day in ("2026-03-25", "2026-03-26", "2026-03-27", "2026-03-30"):
        world.run(day, deliver=True)

    said = _text(world, "王然")
    assert "审核" in said
    assert "教工第一党支部" in said
    assert [m["recipient"] for m in world.messages.values() if "教工第一党支部" in m["text"]].count("李可") == 0


def test_what_is_reviewed_before_the_letter_leaves_is_not_asked_for(world: World) -> None:
    world.launch("审核时限: 3个工作日\n" + ONE_DUTY)
    world.at("2026-03-24 09:00")
    world.act("submit", "0101", by=LI)
    world.run("2026-03-25", deliver=True)
    world.run("2026-03-30")
    world.act("accept", "0101", by=WANG)

    world.engine.deliver()

    assert not [m for m in world.messages.values() if m["recipient"] == "王然"]
    sql = "SELECT state FROM reminder WHERE rung = 'review-1'"
    assert world.rows(sql) == [("cancelled:done",)]


def test_who_has_something_to_complete_reads_what_it_is(world: World) -> None:
    world.launch()
    world.at("2026-03-23 09:00")
    world.act("submit", "0101", by=LI)
    world.at("2026-03-24 09:00")
    world.act("return", "0101", by=WANG, reason="第二项没有写负责人")

    world.run("2026-03-25", deliver=True)

    assert "要改的是：第二项没有写负责人" in _text(world, "李可")
    assert [m["recipient"] for m in world.messages.values() if "没有写负责人" in m["text"]] == ["李可"]
    assert "要改的是：第二项没有写负责人" in world.engine.preview("0101")[0].rendered.text


def test_who_stands_in_within_his_own_branch_is_asked_to_do_it_and_not_to_chase_it(places: Places, tmp_path: Path) -> None:
    school = SCHOOL.without(people=[LI]).plus(post("0101", "组织委员", "唐委员", "1099"))
    world = World(url=places.copy("member", lambda url: built(url, school)), folder=tmp_path)
    world.launch()

    world.run("2026-03-25", deliver=True)

    said = _text(world, "唐委员")
    assert "教工第一党支部有1件事请您办" in said
    assert "还没有报齐" not in said
    world.close()
    places.drop(world.url)
