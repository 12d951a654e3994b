"""What is to be said becomes one message a person and window, and what did not arrive is said anew (escalation.md 2, 14, 21, 36, 39-41,
43, 47, 53, 79)."""

from __future__ import annotations

import time as stopwatch
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from places import Places
from world import (
    CHEN,
    LI,
    QIAN,
    R1,
    R2,
    SCHOOL,
    SUN,
    WANG,
    ZHAO,
    ZONE,
    School,
    World,
    built,
    contents,
    crowd,
    definition,
    instant,
    post,
)  # fmt: skip

from duban.service.folding import refold
from duban.settings import ChannelSettings, Settings
from storage import answers, contacts, unsent

R1_DAY, R2_DAY, R3_DAY = "2026-03-25 08:30", "2026-03-31 08:30", "2026-04-02 08:30"
AFTERNOONS = ((time(14, 0), time(18, 0)),)
TWO_TASKS = definition(
    "任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n  - {事项: 党员名册, 谁办: 党支部, 时间: 3月31日前}\n"
)
"""R1 of the first on Wed 03-25, of the second on Thu 03-26."""


def settings(world: World, **more: Any) -> None:
    world.engine.context.settings = replace(world.engine.context.settings, **more)


def to(world: World, number: str) -> list[tuple[Any, ...]]:
    """(state, why, reminders, not before) of every message to somebody, oldest first."""
    found = world.rows(
        "SELECT m.state, m.why, (SELECT count(*) FROM reminder r WHERE r.message_id = m.id AND r.state = 'folded'), m.not_before"
        f" FROM message m JOIN person p ON p.id = m.recipient_id WHERE p.number = '{number}' ORDER BY m.id"
    )
    return [(state, why, n, datetime.fromtimestamp(at, ZONE).strftime("%m-%d %H:%M")) for state, why, n, at in found]


def standing(world: World, number: str) -> list[tuple[Any, ...]]:
    """(state, why, reminders) of the same."""
    return [line[:3] for line in to(world, number)]


def person(world: World, number: str) -> int:
    return int(world.rows(f"SELECT id FROM person WHERE number = '{number}'")[0][0])


def write(world: World, sql: str) -> None:
    with world.database.write() as connection:
        connection.exec_driver_sql(sql)


@contextmanager
def own(places: Places, folder: Path, name: str, school: School) -> Iterator[World]:
    """A school of its own."""
    url = places.copy(name, lambda url: built(url, school))
    world = World(url=url, folder=folder)
    try:
        yield world
    finally:
        world.close()
        places.drop(url)


# --- one message a person and window


def test_thirty_branches_are_one_message_to_their_committee(crowded: World) -> None:
    crowded.launch()
    crowded.run(R1_DAY, deliver=True)

    run = crowded.run(R2_DAY)
    done = crowded.engine.deliver()

    assert (run.reminders, run.messages, done.sent) == (90, 3, 3)
    assert [standing(crowded, f"s{c}") for c in (1, 2, 3)] == [[("sent", None, 30)]] * 3


def test_the_key_of_a_message_follows_from_whom_and_when_it_is_for(world: World) -> None:
    world.launch()

    world.run(R1_DAY)

    day, li = date(2026, 3, 25).toordinal(), person(world, LI)
    keys = world.rows(f"SELECT idem_key FROM message WHERE recipient_id = {li}")
    assert keys == [(f"{world.engine.context.instance}-folder-{day}-{li}",)]


def test_who_holds_two_posts_gets_one_message(places: Places, tmp_path: Path) -> None:
    school = SCHOOL.without(people=[SUN]).plus(post("01", "书记", "李可", LI))
    with own(places, tmp_path, "two posts", school) as world:
        tasks = (
            "任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n  - {事项: 党员名册, 谁办: 党支部, 时间: 4月3日前}\n"
        )
        world.launch(definition(tasks))
        world.run(R1_DAY, deliver=True)

        world.run(R2_DAY, deliver=True)

        # The second rung of both branches of the committee, and the first of his own second task.
        assert standing(world, LI)[1:] == [("sent", None, 3)]
        [message] = [m for m in world.messages.values() if m["recipient"] == "李可" and len(m["items"]) == 3]
        told = sorted((item["unit"], item["duty"], item["rung"]) for item in message["items"])
        assert told == [("0101", "党员名册", R1), ("0101", "换届方案", R2), ("0102", "换届方案", R2)]


def test_what_comes_up_later_in_a_window_joins_the_message_that_still_waits(world: World) -> None:
    settings(world, quiet=AFTERNOONS)
    world.launch(definition("任务:\n  - {事项: 甲, 谁办: 党支部, 时间: 3月30日前}\n"))
    world.run(R1_DAY)
    world.launch(definition("任务:\n  - {事项: 乙, 谁办: 党支部, 时间: 3月30日前}\n", name="第二项活动"))

    run = world.run("2026-03-25 10:00")

    assert (run.reminders, run.messages) == (8, 0)
    assert to(world, LI) == [("pending", None, 2, "03-25 14:00")]


@pytest.mark.parametrize("state", ["claimed", "sent", "unknown"])
def test_nothing_is_put_into_a_message_that_is_on_its_way(world: World, state: str) -> None:
    world.launch(definition("任务:\n  - {事项: 甲, 谁办: 党支部, 时间: 3月30日前}\n"))
    world.run(R1_DAY)
    write(world, f"UPDATE message SET state = '{state}', attempts = 1")
    world.launch(definition("任务:\n  - {事项: 乙, 谁办: 党支部, 时间: 3月30日前}\n", name="第二项活动"))

    run = world.run("2026-03-25 10:00")

    assert (run.reminders, run.messages) == (8, 8)
    assert to(world, LI) == [(state, None, 1, "03-25 08:30"), ("pending", None, 1, "03-26 08:30")]


def test_ten_thousand_things_for_one_person_are_one_message_within_seconds(places: Places, tmp_path: Path) -> None:
    tasks = "".join(f"  - {{事项: 第{n}项, 谁办: 党支部, 时间: 3月30日前}}\n" for n in range(20))
    ladder = "督办:\n  - {何时: 超过1个工作日, 告诉: 上级联系人}\n"
    with own(places, tmp_path, "five hundred branches", crowd(1, 500)) as world:
        world.launch(definition("任务:\n" + tasks, ladder=ladder))
        world.at(R2_DAY)
        begun = stopwatch.monotonic()

        run = world.engine.escalate()

        assert stopwatch.monotonic() - begun < 5
        assert (run.reminders, run.messages) == (10_000, 1)
        assert world.engine.deliver().sent == 1
        assert standing(world, QIAN) == [("sent", None, 10_000)]


# --- when


def evening(world: World) -> None:
    """R2 of a line on Thu 04-02 at 20:00 on Friday, before 清明; nothing leaves outside 08:00-18:00."""
    settings(world, quiet=((time(8, 0), time(18, 0)),))
    ladder = "督办:\n  - {何时: 超过1个工作日, 告诉: 书记, 时刻: '20:00'}\n"
    world.launch(definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 适用类别: 专任教师, 时间: 4月2日前}\n", ladder=ladder))


def test_in_quiet_hours_a_message_waits_for_the_next_working_morning(world: World) -> None:
    evening(world)
    world.run("2026-04-03 20:00")
    too_early = [world.at(at).deliver().sent for at in ("2026-04-03 20:01", "2026-04-06 10:00", "2026-04-07 07:59")]

    done = world.at("2026-04-07 08:00").deliver()

    assert too_early == [0, 0, 0]
    assert done.sent == 2
    assert to(world, SUN) == [("sent", None, 2, "04-07 08:00")]


def test_what_is_done_in_the_quiet_hours_is_not_chased(world: World) -> None:
    evening(world)
    world.run("2026-04-03 20:00")
    world.at("2026-04-06 10:00")
    for unit, secretary in (("0101", LI), ("0102", CHEN), ("0201", ZHAO)):
        world.act("submit", unit, by=secretary)

    done = world.at("2026-04-07 08:00").deliver()

    assert done.sent == 0
    assert {line[0] for line in standing(world, SUN)} == {"cancelled"}


def test_an_extension_takes_what_waits_out_of_its_message(world: World) -> None:
    settings(world, quiet=AFTERNOONS)
    world.launch()
    world.run(R2_DAY)
    world.at("2026-03-31 09:00")
    for unit in ("0101", "0201", "0202", "0203"):
        world.act("extend", unit, by=QIAN, reason="换届推迟", to=date(2026, 4, 10))

    world.at("2026-03-31 14:00").deliver()

    assert to(world, SUN)[0][:2] == ("sent", None)
    assert "教工第一党支部" not in str(world.messages)
    assert world.rows("SELECT count(*) FROM message WHERE state = 'cancelled' AND why = 'done'") == [(1,)]  # to committee 02


def snooze(world: World, number: str, until: date) -> None:
    with world.database.write() as connection:
        answers.add(connection, kind="snooze", person_id=person(world, number), at=world.time, until_day=until.toordinal())


def test_a_digest_that_was_put_off_comes_the_working_day_after(world: World) -> None:
    world.launch()
    world.at("2026-03-30 10:00")
    snooze(world, SUN, date(2026, 4, 1))

    world.run(R2_DAY)

    assert [line[3] for line in to(world, SUN)] == ["04-02 08:30"]
    assert [line[3] for line in to(world, "2002")] == []
    assert [line[3] for line in to(world, "2003")] == ["03-31 08:30"]


def test_the_last_word_about_putting_off_counts(world: World) -> None:
    world.launch()
    world.at("2026-03-30 10:00")
    snooze(world, SUN, date(2026, 4, 1))
    snooze(world, SUN, date(2026, 3, 30))

    world.run(R2_DAY)

    assert [line[3] for line in to(world, SUN)] == ["03-31 08:30"]


def test_who_wants_it_weekly_gets_what_concerns_others_on_the_first_working_day_of_a_week(world: World) -> None:
    world.launch()
    world.at("2026-03-20")
    for number in (SUN, LI):
        world.engine.wish(number, weekly=True)

    world.run(R1_DAY)
    world.run(R2_DAY)

    assert [line[3] for line in to(world, LI)] == ["03-25 08:30"]  # his own branch's line does not wait
    assert [line[3] for line in to(world, SUN)] == ["04-07 08:30"]  # Monday 04-06 is 清明


def test_who_wants_it_daily_again_gets_it_daily(world: World) -> None:
    world.launch()
    world.at("2026-03-20")
    world.engine.wish(SUN, weekly=True)
    world.engine.wish(SUN, weekly=False)

    world.run(R2_DAY)

    assert [line[3] for line in to(world, SUN)] == ["03-31 08:30"]


def test_what_a_leader_is_asked_leaves_first_and_waits_for_no_wish(world: World) -> None:
    ladder = "督办:\n  - {何时: 超过1个工作日, 提请: 组长}\n"
    world.launch(definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n", ladder=ladder))
    world.at("2026-03-20")
    world.engine.wish("9201", weekly=True)
    snooze(world, "9201", date(2026, 4, 3))

    world.run(R2_DAY)

    assert [line[3] for line in to(world, "9201")] == ["03-31 08:30"]
    assert world.rows("SELECT count(*) FROM message WHERE NOT urgent") == [(0,)]


# --- where


NOTES = ChannelSettings(name="notes", kind="folder", address="mobile")
SLIPS = ChannelSettings(name="slips", kind="folder", address="email")


def by_two_channels(world: World, **more: Any) -> None:
    """In earnest, with files instead of servers: slips to e-mail addresses, else notes to mobiles."""
    world.engine.context.sandbox = False
    channels = {"channels": (NOTES, SLIPS), "order": ("slips", "notes")}
    world.engine.context.settings = Settings(folder=str(world.folder / "messages"), **{**channels, **more})


def channels(world: World, number: str) -> list[tuple[Any, ...]]:
    mine = f"FROM message WHERE recipient_id = {person(world, number)} ORDER BY id"
    return world.rows(f"SELECT channel, address, state, window_day {mine}")


def test_the_next_channel_is_for_who_has_no_address_at_the_first(places: Places, tmp_path: Path) -> None:
    without_mail = SCHOOL.without(people=[LI]).plus(post("0101", "书记", "林远", "1010", email="", mobile="13900000010"))
    with own(places, tmp_path, "one without mail", without_mail) as world:
        by_two_channels(world)
        world.launch()

        world.run(R1_DAY)

        day = date(2026, 3, 25).toordinal()
        assert channels(world, "1010") == [("notes", "13900000010", "pending", day)]
        assert channels(world, ZHAO) == [("slips", "p2001@example.edu.cn", "pending", day)]


def test_after_an_address_was_refused_for_good_the_same_is_said_at_the_next_one(world: World) -> None:
    by_two_channels(world)
    write(world, f"UPDATE person SET mobile = '13900000001' WHERE number = '{LI}'")
    world.launch()
    world.run(R1_DAY)
    [(message,)] = world.rows(f"SELECT id FROM message WHERE recipient_id = {person(world, LI)}")
    with world.database.write() as connection:
        contacts.block(connection, "slips", f"p{LI}@example.edu.cn", at=world.time, code="550", why="no such mailbox")
        connection.exec_driver_sql(f"UPDATE message SET state = 'failed', attempts = 1 WHERE id = {message}")
        unsent.offer_again(connection, [message], arrived=False)

    world.engine.deliver()

    day = date(2026, 3, 25).toordinal()
    assert [line[:1] + line[2:] for line in channels(world, LI)] == [("slips", "failed", day), ("notes", "sent", day)]
    assert world.rows("SELECT count(*) FROM message WHERE state = 'sent'") == [(8,)]


def test_a_channel_that_waits_for_somebody_to_mend_it_is_passed_over_where_there_is_another(world: World) -> None:
    by_two_channels(world)
    write(world, f"UPDATE person SET mobile = '13900000001' WHERE number = '{LI}'")
    write(world, "INSERT INTO channel_state (name, state, streak) VALUES ('slips', 'disabled', 5)")
    world.launch()

    world.run(R1_DAY)

    assert [line[0] for line in channels(world, LI)] == ["notes"]
    assert [line[0] for line in channels(world, ZHAO)] == ["slips"]


def test_who_cannot_be_reached_is_held_and_told_once_there_is_an_address(world: World) -> None:
    by_two_channels(world)
    write(world, f"UPDATE person SET email = NULL WHERE number = '{SUN}'")
    world.launch()
    world.run(R1_DAY, deliver=True)
    run = world.run(R2_DAY, deliver=True)
    next_rung = world.run(R3_DAY)

    write(world, f"UPDATE person SET email = 'sun@example.edu.cn' WHERE number = '{SUN}'")
    world.at("2026-04-02 10:00").deliver()

    assert run.held == 1
    assert next_rung.reminders == 8
    assert standing(world, SUN) == [("cancelled", "address-found", 0), ("sent", None, 2)]


def test_two_people_with_one_address_get_two_messages(world: World) -> None:
    by_two_channels(world)
    write(world, f"UPDATE person SET email = 'office@example.edu.cn' WHERE number IN ('{LI}', '{CHEN}')")
    world.launch()

    world.run(R1_DAY)

    assert world.rows("SELECT count(*) FROM message WHERE address = 'office@example.edu.cn'") == [(2,)]


def test_where_addresses_are_shared_it_is_one_message_about_what_concerns_either(world: World) -> None:
    by_two_channels(world, share_addresses=True)
    write(world, f"UPDATE person SET email = 'office@example.edu.cn' WHERE number IN ('{LI}', '{CHEN}')")
    world.launch()

    run = world.run(R1_DAY)

    assert (run.reminders, run.messages) == (8, 7)
    shared = "FROM reminder r JOIN message m ON m.id = r.message_id WHERE m.address = 'office@example.edu.cn'"
    found = world.rows(f"SELECT r.recipient_id, r.message_id {shared} ORDER BY 1")
    assert [line[0] for line in found] == sorted([person(world, LI), person(world, CHEN)])
    assert len({line[1] for line in found}) == 1


def test_who_shares_an_address_is_greeted_beside_the_other_and_answers_for_himself(world: World) -> None:
    by_two_channels(world, share_addresses=True, link="https://duban.example.edu.cn")
    write(world, f"UPDATE person SET email = 'office@example.edu.cn' WHERE number IN ('{LI}', '{CHEN}')")
    world.launch()

    world.run(R1_DAY, deliver=True)
    engine = world.engine
    for number in (LI, CHEN):
        engine.answer("seen", by=number)

    [(message, text)] = world.rows("SELECT id, body FROM message WHERE address = 'office@example.edu.cn'")
    names = [world.rows(f"SELECT name FROM person WHERE number = '{number}'")[0][0] for number in (LI, CHEN)]
    assert all(f"{name}" in text.split("同志：")[0] for name in names)
    assert "请您联系" not in text  # each one's own duty is his own
    assert world.rows(f"SELECT count(*) FROM reply_token WHERE message_id = {message}") == [(0,)]  # a link speaks for one
    day = world.day.toordinal()
    with world.database.read() as connection:
        told = [answers.told_items(connection, message_id=message, person_id=person(world, n), day=day) for n in (LI, CHEN)]
    assert [len(items) for items in told] == [1, 1]
    assert world.rows("SELECT count(*) FROM answer WHERE kind = 'seen'") == [(2,)]


def test_an_address_that_two_share_gets_one_message_a_window_whoever_is_told_when(world: World) -> None:
    by_two_channels(world, share_addresses=True)
    write(world, f"UPDATE person SET email = 'office@example.edu.cn' WHERE number IN ('{LI}', '{CHEN}')")
    world.launch()
    world.run(R1_DAY, deliver=True)
    plan_again = f"UPDATE reminder SET state = 'planned', message_id = NULL WHERE recipient_id = {person(world, CHEN)}"
    write(world, plan_again)

    same_day = world.at("2026-03-25 15:00").deliver().sent
    next_day = world.at("2026-03-26 09:00").deliver().sent

    assert (same_day, next_day) == (0, 1)
    assert world.rows("SELECT count(DISTINCT recipient_id) FROM message WHERE address = 'office@example.edu.cn'") == [(1,)]


# --- what did not leave


def test_what_could_not_leave_goes_into_the_next_message_of_the_same_person(world: World) -> None:
    world.launch(TWO_TASKS)
    world.run(R1_DAY)
    write(world, "UPDATE message SET attempts = 1")  # the server was away
    write(world, "INSERT INTO delivery (message_id, n, started_at, outcome) SELECT id, 1, 0, 'retryable' FROM message")

    world.run("2026-03-26 08:30")
    done = world.engine.deliver()

    assert done.sent == 8
    assert standing(world, LI) == [("cancelled", "merged", 0), ("sent", None, 2)]


def test_what_may_have_arrived_stays_a_message_of_its_own(world: World) -> None:
    world.launch(TWO_TASKS)
    world.run(R1_DAY)
    write(world, "UPDATE message SET attempts = 1")
    write(world, "INSERT INTO delivery (message_id, n, started_at, outcome) SELECT id, 1, 0, 'unknown' FROM message")

    world.run("2026-03-26 08:30")

    assert standing(world, LI) == [("pending", None, 1), ("pending", None, 1)]


def test_a_stale_message_is_not_sent_and_what_it_was_about_is_said_anew(world: World) -> None:
    world.launch()
    world.run(R1_DAY)
    in_time = to(world, LI)

    done = world.at("2026-03-30 09:00").deliver()  # Wednesday's messages were stale with the end of Friday

    assert [line[0] for line in in_time] == ["pending"]
    assert done.sent == 8
    assert to(world, LI) == [("dead", "expired", 0, "03-25 08:30"), ("sent", None, 1, "03-30 09:00")]
    assert world.rows("SELECT kind, messages FROM run ORDER BY id") == [("run", 8), ("refold", 8)]


def test_what_was_said_anew_keeps_no_earlier_run_from_being_made(world: World) -> None:
    world.launch()
    world.run(R1_DAY)
    world.at("2026-03-30 09:00").deliver()

    run = world.engine.escalate(as_of=instant("2026-03-30 08:30"))

    assert run.state == "nothing_due"


def test_nothing_is_written_where_nothing_is_to_be_said_anew(world: World) -> None:
    world.launch()
    world.run(R1_DAY, deliver=True)
    before = contents(world.database)

    assert refold(world.engine.context) is None
    assert contents(world.database) == before


def test_what_is_planned_about_a_duty_that_is_done_is_not_said(world: World) -> None:
    world.launch()
    world.run(R1_DAY)
    write(world, "UPDATE reminder SET state = 'planned', message_id = NULL")
    world.act("submit", "0101", by=LI)

    world.engine.deliver()

    assert ("sent", None, 0) not in standing(world, LI)
    assert world.rows("SELECT state, count(*) FROM reminder GROUP BY state ORDER BY state") == [
        ("cancelled:done", 1),
        ("folded", 7),
    ]


# --- other people


def waiting_at_noon(world: World) -> None:
    """R2 of 03-31 waits until 14:00: to Sun about two branches of committee 01."""
    settings(world, quiet=AFTERNOONS)
    world.launch()
    world.run(R1_DAY)
    world.at("2026-03-25 14:00").deliver()
    world.run(R2_DAY)
    world.at("2026-03-31 10:00")


def replaced(*more: Any) -> School:
    return SCHOOL.without(people=[SUN]).plus(*more)


def test_a_message_that_waits_goes_to_the_new_holder_of_the_post(world: World) -> None:
    waiting_at_noon(world)
    world.engine.import_units(files=replaced(post("01", "书记", "宋平", "1011")).files(), end_missing=True)

    world.at("2026-03-31 14:00").deliver()

    assert standing(world, SUN) == [("cancelled", "post-ended", 0)]
    assert standing(world, "1011") == [("sent", None, 2)]
    assert world.rows("SELECT count(*) FROM reminder WHERE state = 'cancelled:post-ended'") == [(2,)]


def test_a_message_that_waits_goes_to_who_was_named_for_the_day_meanwhile(world: World) -> None:
    waiting_at_noon(world)
    today = date(2026, 3, 31)
    world.engine.delegate("01", "书记", to=WANG, first=today, last=today, by=SUN, reason="出差")

    world.at("2026-03-31 14:00").deliver()

    assert standing(world, SUN) == [("cancelled", "post-ended", 0)]
    assert standing(world, WANG) == [("sent", None, 2)]


def test_what_was_tried_already_is_not_said_again_to_the_new_holder(world: World) -> None:
    waiting_at_noon(world)
    write(world, f"UPDATE message SET attempts = 1 WHERE recipient_id = {person(world, SUN)}")
    world.engine.import_units(files=replaced(post("01", "书记", "宋平", "1011")).files(), end_missing=True)

    world.at("2026-03-31 14:00").deliver()

    assert standing(world, SUN) == [("sent", None, 2)]
    assert standing(world, "1011") == []


def test_where_nobody_follows_it_goes_to_who_stands_in(world: World) -> None:
    waiting_at_noon(world)
    world.engine.import_units(files=replaced().files(), end_missing=True)

    world.at("2026-03-31 14:00").deliver()

    assert standing(world, SUN) == [("cancelled", "post-ended", 0)]
    told = world.rows(f"SELECT state, acting_for IS NOT NULL FROM reminder WHERE recipient_id = {person(world, QIAN)}")
    assert [line[0] for line in told if line[1]][:2] == ["folded", "folded"]


def test_who_comes_back_to_the_post_is_told_once(world: World) -> None:
    waiting_at_noon(world)
    world.engine.import_units(files=replaced(post("01", "书记", "宋平", "1011")).files(), end_missing=True)
    world.at("2026-03-31 14:00")
    refold(world.engine.context)
    write(world, "UPDATE message SET not_before = not_before + 86400 WHERE state = 'pending'")
    world.at("2026-04-01 10:00")
    back = SCHOOL.files()
    world.engine.import_units(files=back, end_missing=True)

    world.at("2026-04-01 14:00").deliver()

    assert [line for line in standing(world, SUN) if line[2]] == [("sent", None, 2)]
    assert [line for line in standing(world, "1011") if line[0] == "sent"] == []


def test_a_post_that_was_only_recorded_anew_has_not_ended(world: World) -> None:
    waiting_at_noon(world)
    [(old,)] = world.rows(f"SELECT id FROM post WHERE person_id = {person(world, SUN)}")
    columns = "unit_id, role, person_id, valid_from, valid_to, acting, delegated, recorded_at, superseded_at"
    write(world, f"INSERT INTO post ({columns}) SELECT {columns} FROM post WHERE id = {old}")
    write(world, f"UPDATE post SET superseded_at = {world.time} WHERE id = {old}")

    world.at("2026-03-31 14:00").deliver()

    assert standing(world, SUN) == [("sent", None, 2)]
