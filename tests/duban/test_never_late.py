"""A reminder before the line is never sent after it, wherever it waited; and what waits for a person's consent leaves with it only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from world import CHEN, LI, ONE_DUTY, QIAN, R1, R2, R3, World, definition, instant

from duban.service.context import day_of
from duban.settings import ChannelSettings
from workflow.ladder.slots import day_of as ladder_day_of

LATE = "skipped:line-passed"


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on the other side of the earth."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def fates(world: World, unit: str = "0101") -> list[tuple[str, str]]:
    """(rung, state) of what concerned somebody about one unit's duty."""
    rows = world.rows(
        "SELECT r.rung, r.state FROM reminder r JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id"
        f" WHERE u.code = '{unit}' AND r.recipient_id > 0 ORDER BY r.rung DESC"
    )
    return sorted((str(rung), str(state)) for rung, state in rows)


def write(world: World, sql: str) -> None:
    with world.database.write() as connection:
        connection.exec_driver_sql(sql)


# --- the line


def test_reminder_that_expired_unsent_is_not_said_anew_after_the_line(world: World) -> None:
    world.launch()
    world.run("2026-03-25")  # nobody delivers until its messages are stale and the line is over

    world.at("2026-03-31 08:00").deliver()

    assert world.messages == {}
    assert fates(world) == [(R1, LATE)]
    assert world.rows("SELECT DISTINCT state, why FROM message") == [("dead", "expired")]


def test_reminder_that_waits_in_its_message_over_the_line_is_taken_out_when_it_would_leave(world: World) -> None:
    world.launch(definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月27日前}\n"))
    world.run("2026-03-27 08:30")  # the first run at all, on the last day; nobody delivers that day

    world.at("2026-03-30 08:00")
    before = world.rows("SELECT count(*) FROM message WHERE state = 'pending'")
    world.at("2026-03-30 08:31").deliver()

    assert before == [(8,)]
    assert world.messages == {}
    assert fates(world) == [(R1, LATE)]
    assert world.rows("SELECT DISTINCT state, why FROM message") == [("cancelled", "line-passed")]


def test_chase_that_lies_in_the_same_message_still_leaves(world: World) -> None:
    two = "任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月27日前}\n  - {事项: 党员名册, 谁办: 党支部, 时间: 4月3日前}\n"
    world.launch(definition(two))
    world.run("2026-03-27 17:00")  # of the first only the last day is left
    world.at("2026-03-31 09:00")

    world.engine.escalate()
    world.deliver()

    items = [item["duty"] for m in world.messages.values() if m["recipient"] == "李可" for item in m["items"]]
    assert items == ["党员名册"]
    assert (R1, LATE) in fates(world)


def test_gate_does_not_wait_for_what_came_too_late_to_be_said(world: World) -> None:
    ladder = "督办:\n  - {何时: 提前3个工作日, 告诉: 责任人}\n  - {何时: 超过1个工作日, 告诉: 书记, 前提: 上一步已送达}\n"
    world.launch(definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n", ladder=ladder))
    world.run("2026-03-25")
    world.at("2026-03-31 08:00").deliver()

    world.run("2026-03-31 08:30")
    world.run("2026-04-01 08:30")

    assert fates(world) == [(R2, "folded"), (R1, LATE)]


def test_review_that_waited_in_a_pause_over_the_line_is_asked_for_afterwards(world: World) -> None:
    world.launch(ONE_DUTY.replace("任务:", "审核时限: 3\n任务:"))
    world.at("2026-03-20 10:00")
    world.act("submit", "0101", by=LI)
    world.run("2026-03-26 08:30")
    world.at("2026-03-26 08:31").pause(by=QIAN, reason="校庆")

    world.at("2026-03-31 10:00").resume(by=QIAN)
    world.engine.deliver()

    assert fates(world) == [("review-1", "folded")]
    assert [m["recipient"] for m in world.messages.values()] == ["王然"]


def test_calendar_takes_along_what_is_planned_and_lies_in_no_message(world: World) -> None:
    world.launch(ONE_DUTY.replace("任务:", "休息日: 顺延\n任务:"))
    world.at("2026-03-24")
    world.engine.silence(by=QIAN, reason="出差", person=LI, first=date(2026, 3, 25), last=date(2026, 3, 27))
    world.run("2026-03-25", deliver=True)
    closed = "日期,类型,名称\n2026-03-30,休息,校庆\n"
    world.at("2026-03-26 10:00").import_calendar("校历.csv", content=closed.encode(), by=QIAN)

    world.at("2026-03-31 08:30").deliver()

    assert world.duty("0101").due == date(2026, 3, 31)
    assert fates(world)[-1] == (R1, "folded")
    assert [m["recipient"] for m in world.messages.values()].count("李可") == 1


def test_rung_that_a_silence_dropped_stays_dropped_after_a_promise_and_a_withdrawal(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-30").silence(by=QIAN, reason="考试周", first=date(2026, 3, 31), last=date(2026, 3, 31), mode="drop")
    world.run("2026-03-31", deliver=True)
    world.at("2026-04-01 10:00").answer("promise", by=LI, duty=world.duty("0101").id, until=date(2026, 4, 2))
    world.at("2026-04-01 10:05")
    world.act("submit", "0102", by=CHEN)
    world.act("withdraw", "0102", by=CHEN)

    for day in ("2026-04-02", "2026-04-03"):
        world.run(day, deliver=True)

    assert fates(world, "0101") == [(R3, "folded"), (R1, "folded")]
    assert fates(world, "0102") == [(R3, "folded"), (R1, "folded")]


# --- consent


def held_run(world: World) -> int:
    """A run that waits for consent, in which Li has no address."""
    write(world, f"UPDATE person SET email = NULL WHERE number = '{LI}'")
    settings = replace(
        world.engine.context.settings,
        channels=(ChannelSettings(name="notes", kind="folder", address="email"),),
        order=("notes",),
    )
    world.engine.context.settings, world.engine.context.sandbox = settings, False
    world.launch()
    world.at("2026-03-24")
    world.engine.restored(by=QIAN)
    result = world.run("2026-03-25")
    assert result.state == "needs_confirm"
    return int(result.run)


def mend(world: World) -> None:
    write(world, f"UPDATE person SET email = 'p{LI}@example.edu.cn' WHERE number = '{LI}'")


def of_li(world: World) -> list[tuple[str, str | None]]:
    rows = world.rows(
        f"SELECT m.state, m.why FROM message m JOIN person p ON p.id = m.recipient_id WHERE p.number = '{LI}' ORDER BY m.id"
    )
    return [(str(state), why) for state, why in rows]


def test_address_found_meanwhile_is_no_consent(world: World) -> None:
    run = held_run(world)
    mend(world)

    world.engine.deliver()
    waiting = of_li(world)
    world.engine.confirm_run(run, accept=True)
    world.engine.deliver()

    assert waiting == [("held", "no-address")]
    assert [state for state, _ in of_li(world)] == ["cancelled", "sent"]


def test_address_found_later_does_not_bring_back_what_was_rejected(world: World) -> None:
    run = held_run(world)

    world.engine.confirm_run(run, accept=False)
    mend(world)
    world.engine.deliver()

    assert of_li(world) == [("cancelled", "rejected")]
    assert fates(world) == [(R1, "skipped:rejected")]


def test_pause_does_not_answer_for_who_is_asked_about_a_run(world: World) -> None:
    world.launch()
    world.at("2026-03-24").restored(by=QIAN)
    run = world.run("2026-03-25").run
    world.at("2026-03-25 10:00").pause(by=QIAN, reason="校庆")

    world.at("2026-03-26 10:00").resume(by=QIAN)
    world.engine.deliver()

    assert world.messages == {}
    world.engine.confirm_run(run, accept=True)
    world.engine.deliver()
    assert len(world.messages) == 8


def test_what_is_released_in_a_pause_waits_for_its_end(world: World) -> None:
    world.launch()
    world.at("2026-03-24").restored(by=QIAN)
    run = world.run("2026-03-25").run
    world.at("2026-03-25 10:00").pause(by=QIAN, reason="校庆")

    world.engine.confirm_run(run, accept=True)
    world.engine.deliver()
    silent = dict(world.messages)
    world.at("2026-03-26 10:00").resume(by=QIAN)
    world.engine.deliver()

    assert silent == {}
    assert len(world.messages) == 8


def test_what_lay_in_no_message_waits_too_until_a_restored_database_was_compared(world: World) -> None:
    world.launch()
    world.at("2026-03-24").silence(by=QIAN, reason="出差", person=LI, first=date(2026, 3, 25), last=date(2026, 3, 26))
    world.run("2026-03-25")
    world.at("2026-03-27 08:20").restored(by=QIAN)

    world.at("2026-03-27 08:30").deliver()
    run = world.run("2026-03-27 08:40", deliver=True)
    before = dict(world.messages)
    world.engine.confirm_run(run.run, accept=True)
    world.engine.deliver()

    assert before == {}
    assert sorted(m["recipient"] for m in world.messages.values()).count("李可") == 1
    assert len(world.messages) == 8


# --- the civil day


@pytest.mark.usefixtures("far_away")
@pytest.mark.parametrize(("moment", "day"), [("2026-03-30 23:59", date(2026, 3, 30)), ("2026-03-31 00:01", date(2026, 3, 31))])
def test_civil_day_is_the_schools_wherever_the_machine_stands(moment: str, day: date) -> None:
    at = instant(moment)

    assert time.tzname == ("EST", "EDT")
    assert (day_of(at), ladder_day_of(at, ZoneInfo("Asia/Shanghai"))) == (day, day)
