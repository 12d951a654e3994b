"""The outbox: who gets which message in which window, and what several people or processes at once may not do to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from places import Places
from world import CHEN, LI, ONE_DUTY, R1, SCHOOL, WANG, World, built, definition, post

from duban.service.escalate import LONG_LATE, confirm_run, escalate
from duban.settings import Settings, Smtp
from storage import consent, outbox
from storage.outbox import Policy
from workflow.errors import Refused

POLICIES = {"folder": Policy("repeat", 6)}
MORNING = "2026-03-25 08:30"
"""When everybody is reminded of what is due on Monday 2026-03-30."""
ANOTHER = definition("任务:\n  - {事项: 名册, 谁办: 党支部, 时间: 3月30日前}\n", name="名册核对")
CLONED = definition(
    "任务:\n" + "".join(f"  - {{事项: 旧事{n}, 谁办: 党支部, 时间: 3月30日前}}\n" for n in range(8)), issued="2024-03-01"
)
"""More than LONG_LATE duties of long ago."""


def _messages(world: World, number: str = LI) -> list[tuple[str, str | None, int]]:
    """(state, why, reminders in it) of a person's messages."""
    sql = f"""SELECT m.state, m.why, (SELECT count(*) FROM reminder r WHERE r.message_id = m.id)
        FROM message m JOIN person p ON p.id = m.recipient_id WHERE p.number = '{number}' ORDER BY m.id"""
    return [(str(state), why, int(n)) for state, why, n in world.rows(sql)]


def _states(world: World, unit: str = "0101") -> list[str]:
    """States of the reminders about a unit, of people only."""
    sql = f"""SELECT r.state FROM reminder r JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id
        WHERE u.code = '{unit}' AND r.recipient_id > 0 ORDER BY r.duty_id, r.epoch, r.rung"""
    return [str(row[0]) for row in world.rows(sql)]


# --- one message a person and window


def test_what_comes_up_later_in_the_morning_joins_the_message_that_has_not_left(world: World) -> None:
    world.launch()
    world.run(MORNING)
    world.launch(ANOTHER)

    run = world.run("2026-03-25 10:00")

    assert (run.reminders, run.messages) == (8, 0)
    assert _messages(world) == [("pending", None, 2)]


def test_who_has_been_written_to_today_is_told_of_more_on_the_next_working_day(world: World) -> None:
    world.launch()
    world.run(MORNING, deliver=True)
    world.launch(ANOTHER)
    world.run("2026-03-25 10:00", deliver=True)
    assert _messages(world) == [("sent", None, 1), ("pending", None, 1)]

    world.at("2026-03-26 08:30").deliver()

    assert _messages(world) == [("sent", None, 1), ("sent", None, 1)]


def test_a_message_that_was_cancelled_unsent_does_not_use_up_the_day(world: World) -> None:
    world.launch()
    world.run(MORNING)
    world.act("submit", "0101", by=LI)
    world.engine.deliver()
    assert _messages(world) == [("cancelled", "done", 1)]
    world.launch(ANOTHER)

    world.run("2026-03-25 10:00", deliver=True)

    assert _messages(world) == [("cancelled", "done", 1), ("sent", None, 1)]


def test_a_change_of_the_channel_in_the_morning_loses_nobody(world: World) -> None:
    context = replace(world.engine.context, sandbox=False)
    world.launch()
    world.at(MORNING)
    escalate(context)
    world.launch(ANOTHER)
    world.at("2026-03-25 10:00")

    run = escalate(replace(context, settings=Settings(smtp=Smtp(host="127.0.0.1", sender="a@example.edu.cn"))))

    assert (run.reminders, run.messages) == (8, 8)
    assert world.rows("SELECT channel, count(*) FROM message GROUP BY channel ORDER BY channel") == [
        ("email", 8),
        ("folder", 8),
    ]


# --- runs that wait for consent


def test_what_waits_for_consent_does_not_leave_with_what_does_not(world: World) -> None:
    world.launch()
    world.run(MORNING)
    world.launch(CLONED, accept_past=True)

    held = world.run("2026-03-25 10:00", deliver=True)

    assert held.state == "needs_confirm"
    assert LONG_LATE < 8 * 8
    assert _messages(world) == [("sent", None, 1)]
    assert all("旧事" not in letter["text"] for letter in world.messages.values())


def test_what_needs_no_consent_does_not_wait_with_what_does(world: World) -> None:
    world.launch(CLONED, accept_past=True)
    held = world.run(MORNING)
    world.launch(ANOTHER)
    world.run("2026-03-25 10:00", deliver=True)
    assert _messages(world) == [("sent", None, 1)]

    world.engine.confirm_run(held.run, accept=False)

    assert _messages(world) == [("sent", None, 1)]
    assert set(world.rows("SELECT state FROM reminder WHERE recipient_id > 0")) == {("folded",), ("skipped:rejected",)}


def test_two_people_cannot_decide_about_one_run(world: World) -> None:
    world.launch(CLONED, accept_past=True)
    held = world.run(MORNING)
    answers: list[object] = []

    def reject() -> None:
        try:
            answers.append(confirm_run(world.engine.context, held.run, accept=False))
        except Refused as refusal:
            answers.append(refusal.reasons[0].code)

    with world.database.write() as connection:
        assert consent.run_state(connection, held.run) == "needs_confirm"
        consent.release(connection, held.run)
        other = _begun(world, reject)
    other.join()

    assert answers == ["not-held"]
    assert world.rows(f"SELECT DISTINCT state FROM message WHERE run_id = {held.run}") == [("pending",)]


# --- claims


def test_a_lease_that_ran_out_is_taken_over_by_one(world: World) -> None:
    world.launch()
    world.run(MORNING)
    with world.database.write() as connection:
        ids = outbox.waiting(connection, now=world.time, channels=("folder",), limit=3)
        outbox.claim(connection, ids, owner="dead", lease_until=100, started=world.time)

    def late() -> None:
        with world.database.write() as connection:
            outbox.expire_leases(connection, real_now=200, policies=POLICIES)

    with world.database.write() as connection:
        assert outbox.expire_leases(connection, real_now=200, policies=POLICIES) == 3
        mine = outbox.claim(connection, ids, owner="mine", lease_until=800, started=world.time)
        other = _begun(world, late)
    other.join()

    assert len(mine) == 3
    assert world.rows("SELECT count(*) FROM message WHERE state = 'claimed' AND lease_owner = 'mine'") == [(3,)]
    assert world.rows("SELECT n, outcome FROM delivery ORDER BY message_id, n") == [(1, "unknown"), (2, None)] * 3


def test_a_result_that_comes_after_somebody_else_took_over_changes_nothing(world: World) -> None:
    world.launch()
    world.run(MORNING)
    with world.database.write() as connection:
        ids = outbox.waiting(connection, now=world.time, channels=("folder",), limit=1)
        (slow,) = outbox.claim(connection, ids, owner="slow", lease_until=100, started=world.time)
        outbox.expire_leases(connection, real_now=200, policies=POLICIES)
        (quick,) = outbox.claim(connection, ids, owner="quick", lease_until=800, started=world.time)
    with world.database.write() as connection:
        kept = [
            outbox.finish(connection, slow, outcome="permanent", state="failed", at=world.time),
            outbox.finish(connection, quick, outcome="ok", state="sent", at=world.time),
        ]

    assert kept == [False, True]
    assert world.rows(f"SELECT state, attempts, fence FROM message WHERE id = {quick.id}") == [("sent", 2, 2)]


# --- every reminder can be accounted for


def test_what_is_done_before_a_message_leaves_is_struck_out_of_it_alone(world: World) -> None:
    world.launch()
    world.launch(ANOTHER)
    world.run(MORNING)
    duty = world.rows(
        """SELECT d.id FROM duty d JOIN unit u ON u.id = d.unit_id JOIN task t ON t.id = d.task_id
        WHERE u.code = '0101' AND t.key = '名册'"""
    )[0][0]
    world.engine.act("submit", duty=duty, by=LI)

    world.engine.deliver()

    assert _states(world) == ["folded", "cancelled:done"]
    letter = next(m for m in world.messages.values() if m["recipient"] == "李可")
    assert [item["duty"] for item in letter["items"]] == ["换届方案"]


def test_a_line_that_moved_before_the_message_left_is_its_reason(world: World) -> None:
    world.launch()
    world.run(MORNING)
    world.act("extend", "0101", by=WANG, to=world.day.replace(month=4, day=10), reason="书记出差")

    world.engine.deliver()

    assert _states(world) == ["cancelled:moved"]
    assert _messages(world) == [("cancelled", "done", 1)]


def test_withdrawing_after_being_told_brings_no_second_reminder_and_no_empty_message(world: World) -> None:
    world.launch()
    world.run(MORNING, deliver=True)
    world.at("2026-03-25 10:00")
    world.act("submit", "0101", by=LI)
    world.act("withdraw", "0101", by=LI)

    for day in ("2026-03-25 11:00", "2026-03-26 08:30", "2026-03-27 08:30", "2026-03-30 08:30"):
        run = world.run(day, deliver=True)
        assert (run.reminders, run.messages) == (0, 0)

    assert _messages(world) == [("sent", None, 1)]
    assert _states(world) == ["folded"]
    assert world.rows(f"SELECT count(*) FROM reminder WHERE rung = '{R1}'") == [(8,)]


def test_withdrawing_what_was_put_aside_unsaid_says_it_after_all_and_climbs_on(world: World) -> None:
    world.launch()
    world.run(MORNING)
    world.act("submit", "0101", by=LI)
    world.engine.deliver()
    world.at("2026-03-26 09:00")
    world.act("withdraw", "0101", by=LI)

    runs = [world.run(day, deliver=True).reminders for day in ("2026-03-27", "2026-03-30")]
    after_the_line = world.run("2026-03-31", deliver=True)

    assert runs == [0, 0]
    assert after_the_line.reminders == 8
    assert _states(world) == ["folded", "folded"]


def test_a_run_that_breaks_off_leaves_nothing(world: World) -> None:
    world.launch()
    world.break_off("reminder")
    before = world.everything()

    with pytest.raises(Exception, match="broken off"):
        world.run(MORNING)

    assert world.everything() == before


def test_a_claim_that_breaks_off_takes_nothing(world: World) -> None:
    world.launch()
    world.run(MORNING)
    world.break_off("delivery")
    before = world.everything()

    with pytest.raises(Exception, match="broken off"):
        world.engine.deliver()

    assert world.everything() == before


def test_a_message_is_made_for_a_person_however_many_posts_he_has_at_the_place(places: Places, tmp_path: Path) -> None:
    school = SCHOOL.without(people=[CHEN]).plus(post("0102", "副书记", "陈初", CHEN), post("0102", "组织委员", "陈初", CHEN))
    world = World(url=places.copy("two posts", lambda url: built(url, school)), folder=tmp_path)
    world.launch(ONE_DUTY)
    dry = world.at(MORNING).escalate(dry=True)

    run = world.run(MORNING, deliver=True)

    assert (dry.reminders, dry.messages) == (run.reminders, run.messages) == (8, 8)
    assert len([m for m in world.messages.values() if m["recipient"] == "陈初"]) == 1
    world.close()


def _begun(world: World, work: Callable[[], None]) -> threading.Thread:
    """A thread that has begun, and on PostgreSQL waits for a lock by now (SQLite's waits for its turn anyway)."""
    thread = threading.Thread(target=work)
    thread.start()
    if world.database.dialect == "sqlite":
        return thread
    for _ in range(400):
        if world.rows("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")[0][0]:
            return thread
        time.sleep(0.005)
    pytest.fail("nobody waits")
