"""What a run refuses, holds or puts aside: old dates, wrong clocks, a database from a backup, a spoiled row, a gate."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from places import Places
from world import LI, ONE_DUTY, QIAN, R1, R2, R3, R4, World, days, instant

from duban.clock import Clock
from duban.engine import Engine
from duban.service.context import day_of
from storage.database import Database, upgrade
from workflow.errors import Refused


def climbed(world: World, unit: str = "0101") -> list[tuple[str, str]]:
    rows = world.rows(
        "SELECT n.as_of, r.rung FROM reminder r JOIN run n ON n.id = r.run_id JOIN duty d ON d.id = r.duty_id"
        f" JOIN unit u ON u.id = d.unit_id WHERE u.code = '{unit}' AND r.state = 'folded' ORDER BY n.as_of"
    )
    return [(str(day_of(as_of)), rung) for as_of, rung in rows]


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


# --- a backfill


def test_backfill_records_everything_due_by_then_and_tells_nobody(world: World) -> None:  # [33]
    world.launch()
    world.at("2026-04-03 10:00")

    done = world.engine.escalate(as_of=instant("2026-04-02 08:30"), backfill=True)
    world.engine.deliver()

    assert (done.state, done.reminders, done.messages, world.messages) == ("done", 0, 0, {})
    recorded = world.rows("SELECT rung, state, count(*) FROM reminder GROUP BY rung, state ORDER BY rung")
    assert recorded == [(R2, "skipped:backfill", 8), (R3, "skipped:backfill", 8), (R1, "skipped:line-passed", 8)]
    assert world.rows("SELECT kind FROM run") == [("backfill",)]
    assert world.run("2026-04-09", deliver=True).reminders == 8
    assert climbed(world) == [("2026-04-09", R4)]


def test_backfill_may_go_before_the_last_run_and_leaves_the_watermark(world: World) -> None:  # [33]
    world.launch()
    world.run("2026-04-02")
    world.at("2026-04-02 09:00")

    with pytest.raises(Refused) as refusal:
        world.engine.escalate(as_of=instant("2026-03-31 08:30"))
    done = world.engine.escalate(as_of=instant("2026-03-31 08:30"), backfill=True)

    assert codes(refusal) == ["as-of-past"]
    assert "--backfill" in refusal.value.reasons[0].unblock
    assert done.state == "nothing_due"  # the run of 04-02 has done it all
    assert world.run("2026-04-03").state == "done"


def test_run_may_be_for_a_moment_before_a_backfill(world: World) -> None:
    world.launch()
    world.run("2026-03-31")
    world.at("2026-04-02 10:00")
    done = world.engine.escalate(backfill=True)

    run = world.engine.escalate(as_of=instant("2026-04-02 09:00"))

    assert (done.state, done.skipped, run.state) == ("done", 8, "nothing_due")


def test_backfill_can_be_rehearsed(world: World) -> None:
    world.launch()
    world.at("2026-04-03 10:00")
    before = world.everything()

    dry = world.engine.escalate(dry=True, backfill=True)
    untouched = world.everything() == before
    real = world.engine.escalate(backfill=True)

    assert untouched
    assert (dry.reminders, dry.messages, dry.skipped) == (real.reminders, real.messages, real.skipped) == (0, 0, 24)


# --- clocks


def test_clock_that_was_ahead_stops_runs_loudly_until_somebody_takes_it_back(world: World) -> None:  # [31]
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.run("2026-04-03 08:30")  # nine days ahead
    told = world.rows("SELECT count(*) FROM reminder WHERE recipient_id > 0")
    world.at("2026-03-26 09:00")

    with pytest.raises(Refused) as refusal:
        world.engine.escalate()
    taken = world.engine.rewind(by=QIAN, reason="服务器时钟快了九天", via="shell:root")
    after = [world.run(day).reminders for day in days("2026-03-27", "2026-04-02")]

    assert codes(refusal) == ["as-of-past"]
    assert "duban run rewind" in refusal.value.reasons[0].unblock
    assert (taken["from"], taken["to"]) == ("2026-04-03T00:30:00Z", "2026-03-26T01:00:00Z")
    assert sum(after) == 0  # nothing is repeated
    assert world.rows("SELECT count(*) FROM reminder WHERE recipient_id > 0") == told
    assert world.rows("SELECT act, via, reason FROM journal WHERE act = 'rewind'") == [
        ("rewind", "shell:root", "服务器时钟快了九天")
    ]


def test_nothing_is_taken_back_where_nothing_is_ahead(world: World) -> None:
    world.launch()
    world.run("2026-03-25")

    with pytest.raises(Refused) as refusal:
        world.engine.rewind(by=QIAN, reason="误会")
    with pytest.raises(Refused) as wordless:
        world.engine.rewind(by=QIAN, reason="  ")

    assert codes(refusal) == ["not-ahead"]
    assert codes(wordless) == ["reason-missing"]


def test_machine_ahead_of_the_database_server_is_refused(postgresql_places: Places) -> None:  # [31]
    url = postgresql_places.empty()
    made = Database(url)
    upgrade(made)
    made.close()
    with Engine(url) as engine:
        real = engine.context.clock.now()
        engine.context.clock = Clock(now=lambda: real + 299)
        near = engine.escalate().state
        engine.context.clock = Clock(now=lambda: real + 3 * 86_400)
        with pytest.raises(Refused) as refusal:
            engine.escalate()
    postgresql_places.drop(url)

    assert near == "nothing_due"
    assert codes(refusal) == ["clock-ahead"]


# --- a restored database


def test_restored_database_sends_nothing_until_it_was_compared_with_what_had_left(world: World) -> None:  # [75]
    world.launch()
    world.run("2026-03-25 08:30")
    first_keys = dict(world.rows("SELECT p.name, m.idem_key FROM message m JOIN person p ON p.id = m.recipient_id"))
    world.at("2026-03-25 09:00")

    held = world.engine.restored(by=QIAN)
    silent = world.engine.deliver().sent
    run = world.run("2026-03-25 09:30", deliver=True)
    before = dict(world.messages)
    done = world.engine.confirm_run(run.run, sent=[first_keys["李可"], first_keys["赵磊"]])
    world.engine.deliver()

    assert (held, silent, before) == (8, 0, {})
    assert (run.state, run.held) == ("needs_confirm", 8)
    assert done == {"run": run.run, "state": "done", "messages": 6, "sent": 2}
    assert {"李可", "赵磊"}.isdisjoint(m["recipient"] for m in world.messages.values())
    assert len(world.messages) == 6
    assert world.run("2026-03-31", deliver=True).state == "done"


def test_what_was_on_its_way_when_the_backup_was_made_is_held_too(world: World) -> None:
    world.launch()
    world.run("2026-03-25 08:30")
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE message SET state = 'claimed', attempts = 1, lease_until = 1 WHERE id = 1")

    held = world.engine.restored(by=QIAN)

    assert held == 8
    assert world.engine.deliver().sent == 0


def test_what_the_run_after_a_restore_says_has_the_keys_it_had_the_first_time(places: Places, tmp_path: Path) -> None:  # [75]
    from world import built

    keys = []
    for restored in (False, True):
        url = places.copy("school", built)
        world = World(url=url, folder=tmp_path / str(restored))
        world.launch()
        world.at("2026-03-25 08:00")
        if restored:
            world.engine.restored(by=QIAN)
        state = world.run("2026-03-25").state
        found = world.rows("SELECT idem_key FROM message ORDER BY idem_key")
        keys.append([key.removeprefix(world.engine.context.instance) for (key,) in found])
        assert state == ("needs_confirm" if restored else "done")
        world.close()
        places.drop(url)

    assert keys[0] == keys[1]
    assert len(keys[0]) == 8


def test_key_of_no_held_message_is_refused_and_nothing_is_released(world: World) -> None:
    world.launch()
    world.run("2026-03-25 08:30")
    world.engine.restored(by=QIAN)
    run = world.run("2026-03-25 09:30")
    before = world.everything()

    with pytest.raises(Refused) as refusal:
        world.engine.confirm_run(run.run, sent=["not-a-key"])

    assert codes(refusal) == ["no-such-message"]
    assert world.everything() == before


def test_rejected_after_a_restore_nothing_leaves(world: World) -> None:
    world.launch()
    world.run("2026-03-25 08:30")
    world.engine.restored(by=QIAN)
    run = world.run("2026-03-25 09:30")

    world.engine.confirm_run(run.run, accept=False)
    world.engine.deliver()

    assert world.messages == {}
    assert world.rows("SELECT DISTINCT state FROM reminder") == [("skipped:rejected",)]


# --- a spoiled row


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE timer SET rung = 77 WHERE duty_id = {duty}",
        "UPDATE duty SET due_day = -5 WHERE id = {duty}",
        "UPDATE timer SET told_on = 99999999, rung = 1 WHERE duty_id = {duty}",
    ],
)
def test_spoiled_row_is_put_aside_and_all_others_are_told(world: World, spoil: str) -> None:  # [52]
    world.launch()
    duty = world.duty("0101").id
    with world.database.write() as connection:
        connection.exec_driver_sql(spoil.format(duty=duty))

    run = world.run("2026-03-25", deliver=True)
    again = world.run("2026-03-25 15:00").state

    assert (run.state, run.reminders, run.held) == ("done", 7, 1)
    assert world.rows(f"SELECT state, recipient_id FROM reminder WHERE duty_id = {duty}") == [("quarantined", 0)]
    assert [line[:8] for line in run.warnings] == ["1件应办事项的数"]
    assert world.rows(f"SELECT at FROM timer WHERE duty_id = {duty}") == [(instant("2026-03-26 08:30"),)]
    assert again == "nothing_due"


def test_put_aside_row_is_told_once_it_is_mended(world: World) -> None:
    world.launch()
    duty = world.duty("0101").id
    with world.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE timer SET rung = 77 WHERE duty_id = {duty}")
    world.run("2026-03-25")
    with world.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE timer SET rung = 0 WHERE duty_id = {duty}")

    world.run("2026-03-26")

    assert climbed(world) == [("2026-03-26", R1)]


def test_definition_that_cannot_be_read_any_more_holds_up_no_other_campaign(world: World) -> None:  # [52]
    from world import definition

    world.launch()
    world.launch(definition("任务:\n  - {事项: 名册, 谁办: 党支部, 时间: 3月30日前}\n", name="名册核对"))
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE definition SET text = 'x: [' WHERE id = 1")
    fresh = World(url=world.url, folder=world.folder)  # one that has not compiled it yet

    run = fresh.run("2026-03-25", deliver=True)

    assert (run.reminders, run.held) == (8, 8)
    assert world.rows("SELECT state, count(*) FROM reminder GROUP BY state ORDER BY state") == [
        ("folded", 8),
        ("quarantined", 8),
    ]
    fresh.close()


# --- gates


def gated(gate: str) -> str:
    return ONE_DUTY.replace("告诉: 上级联系人", f"告诉: 上级联系人, 前提: {gate}")


def test_nobody_is_reported_upwards_for_what_he_was_never_told(world: World) -> None:  # [43]
    world.launch(gated("上一步已送达"))
    world.run("2026-03-25", deliver=True)
    world.run("2026-03-31")  # made, but not sent

    world.run("2026-04-02")
    waits = world.rows(f"SELECT state, count(*) FROM reminder WHERE rung = '{R3}' GROUP BY state")
    world.at("2026-04-02 09:00")
    world.engine.deliver()
    world.run("2026-04-03")

    assert waits == [("blocked:gate", 8)]
    assert climbed(world)[-1] == ("2026-04-03", R3)


def test_tried_is_enough_where_no_more_is_asked(world: World) -> None:
    world.launch(gated("上一步已发送"))
    world.run("2026-03-31")
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE message SET attempts = 1, state = 'unknown'")

    world.run("2026-04-02")

    assert climbed(world)[-1] == ("2026-04-02", R3)


def test_gate_asks_nothing_where_the_lower_rung_was_passed_over(world: World) -> None:
    world.launch(gated("上一步已送达"))
    world.at("2026-03-30")
    world.engine.silence(by=QIAN, reason="考试周", first=date(2026, 3, 31), last=date(2026, 4, 1), mode="drop")

    world.run("2026-03-31")
    world.run("2026-04-02")

    assert climbed(world) == [("2026-04-02", R3)]


# --- a vacant post


def test_rung_that_waits_for_a_vacant_post_is_told_when_it_is_filled(places: Places, tmp_path: Path) -> None:
    from world import SCHOOL, SUN, built, post

    url = places.copy("vacant-01", lambda url: built(url, SCHOOL.without(people=(SUN,))))
    world = World(url=url, folder=tmp_path)
    world.launch(ONE_DUTY.replace("告诉: 书记", "告诉: 书记, 空缺时: 暂缓"))
    world.run("2026-03-31")
    world.run("2026-04-01")
    before = world.rows(f"SELECT rung, state FROM reminder WHERE duty_id = {world.duty('0101').id} ORDER BY slot_day")
    world.at("2026-04-01 10:00")
    world.engine.import_units(files=SCHOOL.without(people=(SUN,)).plus(post("01", "书记", "冯新", "1099")).files())

    for day in days("2026-04-02", "2026-04-03"):
        world.run(day)

    assert before == [(R1, "skipped:line-passed"), (R2, "undeliverable:vacant")]
    assert climbed(world) == [("2026-04-02", R2), ("2026-04-03", R3)]
    assert climbed(world, "0201") == [("2026-03-31", R2), ("2026-04-02", R3)]
    world.close()
    places.drop(url)


def test_submitted_between_rehearsal_of_a_backfill_and_now_is_left_alone(world: World) -> None:
    world.launch()
    world.at("2026-03-31 09:00")
    world.act("submit", "0101", by=LI)

    world.engine.escalate(backfill=True)

    assert world.rows(f"SELECT count(*) FROM reminder WHERE duty_id = {world.duty('0101').id}") == [(0,)]
