"""What letters say of answers that were given, of what waits for a reviewer, and of what may have come before."""

from __future__ import annotations

from world import LI, ONE_DUTY, SUN, WANG, World

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
