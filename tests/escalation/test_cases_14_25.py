"""What changes between a rung and its message, lines that move, and days on which nothing ran (cases 14 to 25 of escalation.md)."""

from __future__ import annotations

import threading
import time as stopwatch
from datetime import date, time
from typing import Any

import pytest
from crashkit.gateway import ok, slow
from crashkit.outside import Outside, looks, notices, told, units, unsaid
from sqlalchemy import event
from world import LADDER, ONE_DUTY, QIAN, R1, R2, R3, R4, World, days, definition, instant

from duban.engine import Engine

SECRETARIES = {"s1": 30, "s2": 30, "s3": 30}
OFFICE_HOURS = ((time(8, 0), time(18, 0)),)
EVENING = LADDER.replace("告诉: 书记}", '告诉: 书记, 时刻: "20:00"}')
"""R2 is told at eight in the evening, when nothing leaves."""
COLLAPSING = ONE_DUTY.replace("督办:\n", "错过时: 只报最高一步\n督办:\n")
HEAD = "日期,类型,说明\n"
WHY = "换届材料待补"


def until(line: str, *, ladder: str = LADDER, more: str = "") -> str:
    return definition(f"{more}任务:\n  - {{事项: 换届方案, 谁办: 党支部, 时间: {line}}}\n", ladder=ladder)


def states(world: World, number: str) -> list[tuple[str, str | None, int]]:
    """(state, why, not before) of the messages to somebody, oldest first."""
    return world.rows(
        "SELECT m.state, m.why, m.not_before FROM message m JOIN person p ON p.id = m.recipient_id"
        f" WHERE p.number = '{number}' ORDER BY m.id"
    )


def extend(outside: Outside, words: str, *codes: str) -> None:
    """组织部 gives branches to the end of 10 April, at an instant."""
    engine = outside.world.at(words)
    for code in codes:
        engine.act("extend", duty=outside.duty(code), by=QIAN, to=date(2026, 4, 10), reason=WHY)


def daily(outside: Outside, first: str, last: str) -> dict[str, dict[str, int]]:
    """Runs of every morning with what left after them: {day: {to whom: how many things}}, of the days on which any did."""
    left: dict[str, dict[str, int]] = {}
    for day in days(first, last):
        outside.run(day, deliver=True)
        if sizes := outside.sizes():
            left[day] = sizes
    return left


def branches(committee: int) -> list[str]:
    return [f"c{committee}b{b}" for b in range(1, 31)]


# --- between the rung and the message


def test_case_14_what_falls_due_in_quiet_hours_leaves_on_the_next_working_morning(outside: Outside) -> None:
    outside.settings(quiet=OFFICE_HOURS)
    outside.world.launch(until("4月2日前", ladder=EVENING))
    outside.run("2026-03-30", deliver=True)
    outside.calls()

    run = outside.run("2026-04-03 20:00", deliver=True)
    waiting = states(outside.world, "s1")
    for moment in ("2026-04-03 23:00", "2026-04-04 10:00", "2026-04-06 12:00", "2026-04-07 07:59:59"):
        outside.deliver(moment)
    too_early = outside.calls()
    outside.deliver("2026-04-07 08:00")

    assert (run.reminders, run.messages) == (90, 3)
    assert waiting == [("pending", None, instant("2026-04-07 08:00"))]
    assert too_early == []
    assert outside.sizes() == SECRETARIES


def test_case_14_what_is_done_in_the_quiet_hours_is_not_sent(outside: Outside) -> None:
    outside.settings(quiet=OFFICE_HOURS)
    outside.world.launch(until("4月2日前", ladder=EVENING))
    outside.run("2026-04-03 20:00", deliver=True)
    outside.submit("2026-04-06 10:00", *branches(1), "c2b7")

    outside.deliver("2026-04-07 08:00")

    assert outside.sizes() == {"s2": 29, "s3": 30}
    assert states(outside.world, "s1") == [("cancelled", "done", instant("2026-04-07 08:00"))]


def test_case_15_who_handed_in_before_the_run_is_not_in_the_digest(outside: Outside) -> None:
    outside.world.launch()
    outside.run("2026-03-25", deliver=True)
    outside.calls()
    outside.submit("2026-03-30 18:00", "c1b7")

    run = outside.run("2026-03-31", deliver=True)

    assert run.reminders == 89
    about = dict(outside.sends())
    assert about["s1"] == tuple(code for code in branches(1) if code != "c1b7")
    assert (len(about["s2"]), len(about["s3"])) == (30, 30)
    assert told(outside.world, "c1b7") == [("2026-03-25", R1)]


def test_case_16_who_hands_in_while_the_run_is_under_way_is_not_in_the_digest(outside: Outside) -> None:
    """Changed: plan and fold are one transaction. On PostgreSQL the submission is through before the messages are made; on SQLite it
    waits for the run. Either way it is found when the message leaves."""
    world = outside.world
    world.launch()
    outside.run("2026-03-25", deliver=True)
    outside.calls()
    duty, acted = outside.duty("c1b7"), threading.Event()

    def hand_in() -> None:
        with Engine(world.url, clock=world.engine.context.clock) as engine:
            engine.act("submit", duty=duty, by="c1b7:书记")
        acted.set()

    branch = threading.Thread(target=hand_in)

    def before(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().upper().startswith("INSERT INTO MESSAGE") and not branch.ident:
            branch.start()
            acted.wait(5 if world.database.dialect == "postgresql" else 0.3)

    event.listen(world.database.writer, "before_cursor_execute", before)
    outside.run("2026-03-31")
    event.remove(world.database.writer, "before_cursor_execute", before)
    branch.join(20)
    outside.deliver("2026-03-31 08:31")

    assert acted.is_set()
    assert dict(outside.sends())["s1"] == tuple(code for code in branches(1) if code != "c1b7")
    assert unsaid(world, "c1b7") == [(R2, "cancelled:done")]


def test_case_17_who_hands_in_between_run_and_delivery_is_not_mentioned(outside: Outside) -> None:
    outside.world.launch()
    outside.run("2026-03-31")
    outside.submit("2026-03-31 08:31", "c1b7", *branches(3)[1:])

    outside.deliver("2026-03-31 08:32")

    (first, second, third) = sorted(outside.calls(), key=lambda call: str(call.json["data"]["to"]))
    assert [len(units(call)) for call in (first, second, third)] == [29, 30, 1]
    assert "第1学院第7党支部" not in first.json["data"]["text"] + first.json["data"]["html"]
    assert "29个单位" in first.json["data"]["text"]
    assert notices(outside.world)[(R2, "cancelled:done")] == 30


def test_case_17_a_message_about_nothing_that_is_still_open_is_cancelled(outside: Outside) -> None:
    outside.world.launch()
    outside.run("2026-03-25")
    outside.submit("2026-03-25 08:31", "c1b7")

    outside.deliver("2026-03-25 08:32")

    assert "n1-7" not in outside.sizes()
    assert states(outside.world, "n1-7") == [("cancelled", "done", instant("2026-03-25 08:30"))]
    assert unsaid(outside.world, "c1b7") == [(R1, "cancelled:done")]


def test_case_18_who_hands_in_while_the_message_is_on_the_wire_is_mentioned_that_once(outside: Outside) -> None:
    world = outside.world
    world.launch()
    outside.run("2026-03-31")
    outside.gateway.plays(slow(1.0), slow(1.0), slow(1.0), ok())
    delivery = threading.Thread(target=world.deliver)

    delivery.start()
    limit = stopwatch.monotonic() + 20
    while not [call for call in outside.gateway.calls() if call.json["data"]["to"] == "s1"]:
        assert stopwatch.monotonic() < limit
        stopwatch.sleep(0.02)
    outside.submit("2026-03-31 08:30:02", "c1b7")
    world.time += 3
    delivery.join(30)
    world.run("2026-04-02", deliver=True)

    calls = outside.calls()
    mentions = [call.json["data"]["to"] for call in calls if "c1b7" in units(call)]
    assert mentions == ["s1"]
    assert len(units(calls[-1])) == 89  # R3 to 组织部, without it
    done = instant("2026-03-31 08:30:02")
    ((sent,),) = world.rows("SELECT sent_at FROM message m JOIN person p ON p.id = m.recipient_id WHERE p.number = 's1'")
    ((handed_in,),) = world.rows("SELECT recorded_at FROM journal WHERE act = 'submit'")
    of_s1 = "JOIN message m ON m.id = d.message_id JOIN person p ON p.id = m.recipient_id WHERE p.number = 's1'"
    ((begun,),) = world.rows(f"SELECT min(started_at) FROM delivery d {of_s1}")
    assert begun < handed_in == done <= sent


def test_case_19_what_is_opened_again_begins_its_ladder_anew(outside: Outside) -> None:
    """A new line comes with it, three working days from the day it was opened again: Tuesday 7 April."""
    world = outside.world
    world.launch()
    outside.run("2026-03-25")
    outside.submit("2026-03-30 18:00", "c1b7")
    world.at("2026-03-31 10:00").act("accept", duty=outside.duty("c1b7"), by="s1")
    before = world.rows(f"SELECT epoch, rung, state FROM reminder WHERE duty_id = {outside.duty('c1b7')}")

    world.at("2026-04-01 09:00").act("reopen", duty=outside.duty("c1b7"), by=QIAN, reason=WHY)
    for moment in ("2026-04-01 09:01", "2026-04-02", "2026-04-03", "2026-04-07"):
        outside.run(moment)
    at_once = [line for line in told(world, "c1b7") if line[1] != R1]
    outside.run("2026-04-08")

    assert before == [(1, R1, "folded")]
    assert at_once == []
    assert told(world, "c1b7")[-1] == ("2026-04-08", R2)
    kept = world.rows(f"SELECT epoch, rung, state FROM reminder WHERE duty_id = {outside.duty('c1b7')} ORDER BY epoch, rung")
    assert kept[0] == (1, R1, "folded")
    assert {epoch for epoch, _, _ in kept[1:]} == {2}


# --- lines that move


def test_case_20_an_extended_line_gets_a_ladder_of_its_own_and_the_old_one_falls_silent(outside: Outside) -> None:
    """Changed: no extra message says that the line was extended; the next reminder names the new day."""
    outside.world.launch()
    outside.run("2026-03-25", deliver=True)
    outside.calls()
    extend(outside, "2026-03-27 10:00", *branches(2))

    left = daily(outside, "2026-03-28", "2026-04-13")

    # R1 of committee 2 three working days before 10 April, on Tuesday the 7th; the others climb as they did
    expected = {
        "2026-03-31": {"s1": 30, "s3": 30},
        "2026-04-02": {"9101": 60},
        "2026-04-07": {f"n2-{b}": 1 for b in range(1, 31)},
        "2026-04-09": {"9201": 60},
        "2026-04-13": {"s2": 30},
    }
    assert left == expected
    duty = outside.duty("c2b9")
    assert outside.world.rows(f"SELECT epoch, rung FROM reminder WHERE duty_id = {duty} ORDER BY epoch, rung") == sorted(
        [(1, R1), (2, R1), (2, R2)]
    )


def test_case_21_a_line_extended_in_the_quiet_hours_takes_its_item_out_of_the_message(outside: Outside) -> None:
    outside.settings(quiet=OFFICE_HOURS)
    outside.world.launch(until("3月30日前", ladder=EVENING))
    outside.run("2026-03-25", deliver=True)
    outside.calls()
    outside.run("2026-03-31 20:00", deliver=True)
    extend(outside, "2026-04-01 07:00", "c1b7", *branches(2))

    outside.deliver("2026-04-01 08:00")

    assert dict(outside.sends()) == {"s1": tuple(c for c in branches(1) if c != "c1b7"), "s3": tuple(branches(3))}
    assert [state for state, _, _ in states(outside.world, "s2")[-1:]] == ["cancelled"]
    assert notices(outside.world)[(R2, "cancelled:moved")] == 31


@pytest.mark.parametrize("first", ["2026-03-24", "2026-03-31"])
def test_case_22_a_line_brought_forward_skips_the_reminder_and_climbs_each_rung_once(outside: Outside, first: str) -> None:
    """With runs from the beginning, and with the first run after the change.

    Changed: no act brings a line forward; only the calendar does, where the definition says 休息日: 提前. So it is from Tuesday
    31 March to Friday the 27th, as the school closes on the 30th and 31st; R2 falls on Wednesday 1 April, R3 on the 3rd.
    """
    world = outside.world
    world.launch(until("3月31日前", more="休息日: 提前\n"))
    before = daily(outside, first, "2026-03-29") if first < "2026-03-30" else {}
    closed = f"{HEAD}2026-03-30,休息,校庆\n2026-03-31,休息,校庆\n"
    world.at("2026-03-30 10:00").import_calendar("校历.csv", content=closed.encode(), by=QIAN)

    left = daily(outside, "2026-03-30", "2026-04-10") if before else daily(outside, "2026-03-31", "2026-04-10")

    assert world.duty("c1b1").due == date(2026, 3, 27)
    assert [len(sizes) for sizes in before.values()] == ([90] if before else [])
    assert {day: sum(sizes.values()) for day, sizes in left.items()} == {"2026-04-01": 90, "2026-04-03": 90, "2026-04-10": 90}
    assert told(world, "c1b1")[-3:] == [("2026-04-01", R2), ("2026-04-03", R3), ("2026-04-10", R4)]
    assert unsaid(world, "c1b1") == [(R1, "skipped:line-passed")]


# --- when nothing ran for a while


@pytest.mark.parametrize(("dwell", "third"), [(1, "2026-04-02"), (2, "2026-04-03")])
def test_case_23_after_five_dead_days_the_lowest_chase_comes_first_and_the_next_after_its_dwell(
    outside: Outside, dwell: int, third: str
) -> None:
    outside.world.launch(ONE_DUTY.replace("告诉: 上级联系人", f"告诉: 上级联系人, 间隔: {dwell}"))

    left = daily(outside, "2026-04-01", "2026-04-10")

    assert left == {"2026-04-01": SECRETARIES, third: {"9101": 90}, "2026-04-09": {"9201": 90}}
    assert notices(outside.world)[(R1, "skipped:line-passed")] == 90
    assert told(outside.world, "c3b3") == [("2026-04-01", R2), (third, R3), ("2026-04-09", R4)]


def test_case_24_after_downtime_over_the_whole_ladder_it_climbs_one_rung_a_working_day(outside: Outside) -> None:
    outside.world.launch()

    left: dict[str, list[str]] = {}
    for day in days("2026-04-20", "2026-04-24"):
        for hour in ("08:30", "11:00", "16:00"):
            outside.run(f"{day} {hour}", deliver=True)
            left.setdefault(day, []).extend(to for to, _ in outside.sends())

    assert {day: sorted(whom) for day, whom in left.items() if whom} == {
        "2026-04-20": ["s1", "s2", "s3"],
        "2026-04-21": ["9101"],
        "2026-04-22": ["9201"],
    }
    assert told(outside.world, "c2b2") == [("2026-04-20", R2), ("2026-04-21", R3), ("2026-04-22", R4)]
    assert unsaid(outside.world, "c2b2") == [(R1, "skipped:line-passed")]


def test_case_24_where_only_the_highest_missed_step_is_wanted_it_alone_is_told(outside: Outside) -> None:
    outside.world.launch(COLLAPSING)

    left = daily(outside, "2026-04-20", "2026-04-24")

    assert left == {"2026-04-20": {"9201": 90}}
    assert unsaid(outside.world, "c2b2") == sorted(
        [(R1, "skipped:line-passed"), (R2, "skipped:collapsed"), (R3, "skipped:collapsed")]
    )
    assert looks(outside.world) == []


# --- the volume guard

TASKS = 223
"""Things that each of ninety branches owes: 20 070 duties."""


def flooded(outside: Outside, tasks: int) -> int:
    """The first run after a launch with the dates of 2024; its number."""
    body = "".join(f"  - {{事项: 第{n}项, 谁办: 党支部, 时间: 3月30日前}}\n" for n in range(tasks))
    outside.world.launch(definition(f"任务:\n{body}", issued="2024-03-01"), accept_past=True)
    run = outside.run("2026-03-02 10:00", deliver=True)
    assert (run.state, run.reminders, run.messages) == ("needs_confirm", 90 * tasks, 3)
    assert run.run is not None
    return run.run


def test_case_25_a_flood_of_old_dates_waits_for_a_person_and_goes_when_he_agrees(outside: Outside) -> None:
    number = flooded(outside, TASKS)
    outside.run("2026-03-03", deliver=True)
    held, shown = outside.calls(), outside.world.engine.doctor()

    answer = outside.world.engine.confirm_run(number)
    outside.deliver("2026-03-03 08:31")

    assert held == []
    assert {"run": number, "messages": 3} in shown["held_runs"]
    assert any(f"核查{number}在等待确认" in line and "3封" in line for line in shown["lines"])
    assert answer["state"] == "done"
    assert {to: len(set(about)) for to, about in outside.sends()} == SECRETARIES
    assert notices(outside.world)[(R2, "folded")] == 90 * TASKS


def test_case_25_a_flood_that_is_rejected_sends_nothing_and_is_kept_as_skipped(outside: Outside) -> None:
    number = flooded(outside, 3)

    outside.world.engine.confirm_run(number, accept=False)
    outside.deliver("2026-03-02 10:01")

    assert outside.calls() == []
    assert notices(outside.world)[(R2, "skipped:rejected")] == 270
    assert outside.world.rows("SELECT state FROM run") == [("rejected",)]
