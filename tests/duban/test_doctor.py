"""How is it going: whatever waits for a person is said in a sentence, with the verb that helps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from shell import Shell
from world import World

from duban.settings import ChannelSettings
from storage import channel_states

R1_DAY, R2_DAY = "2026-03-25 08:30", "2026-03-31 08:30"
ZHAO_PAUSES = "书记出国"


def said(world: World) -> str:
    return "\n".join(world.engine.doctor()["lines"])


def say(world: World, *statements: str) -> None:
    """Put the database into a state that takes days or accidents to come about."""
    with world.database.write() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_school_in_good_order_has_one_line_only(world: World) -> None:
    world.launch()
    world.run(R1_DAY, deliver=True)

    found = world.engine.doctor()

    assert found["healthy"]
    assert [line for line in found["lines"] if "放假" not in line] == ["上次例行核查：2026-03-25 08:30"]
    empty = ("messages", "held_runs", "unreached", "channels", "silences", "pauses")
    assert [found[name] for name in empty] == [{}, [], {}, [], [], []]
    assert (found["planned"], found["unlooked"]) == (0, 0)


def test_before_the_first_run_it_says_how_to_have_one(world: World) -> None:
    found = world.at("2026-03-25").doctor()

    assert not found["healthy"]
    assert "duban escalate --deliver 写进 crontab，或启动 duban scheduler" in found["lines"][0]


def test_a_run_of_friday_is_young_enough_on_monday_and_too_old_on_tuesday(world: World) -> None:
    world.launch()
    world.run("2026-03-27 17:00")

    healthy = {day: world.at(day).doctor()["healthy"] for day in ("2026-03-28", "2026-03-30", "2026-03-31")}

    assert healthy == {"2026-03-28": True, "2026-03-30": True, "2026-03-31": False}


def test_what_nobody_has_looked_at_for_a_working_day_is_counted(world: World) -> None:
    world.launch()
    world.run("2026-03-24 08:30")

    on_time = world.at("2026-03-26 08:00").doctor()["unlooked"]
    late = world.at("2026-03-27 08:00").doctor()

    assert (on_time, late["unlooked"]) == (0, 8)
    assert "到点超过一个工作日还没有核查的事项：8件。请运行 duban escalate" in late["lines"]


def test_each_state_of_a_message_has_its_sentence_and_its_verb(world: World) -> None:
    world.launch()
    world.run(R1_DAY)
    ids = [row[0] for row in world.rows("SELECT id FROM message ORDER BY id")]
    changes = (
        "state = 'held', why = 'no-address'",
        "state = 'held', why = '模板有误：第3行'",
        "state = 'claimed', lease_until = 5",
        "state = 'unknown'",
        "state = 'failed', why = '550'",
        "state = 'dead', why = '550'",
        "state = 'dead', why = 'expired'",
    )

    say(world, *(f"UPDATE message SET {change} WHERE id = {id_}" for change, id_ in zip(changes, ids, strict=False)))
    found = world.engine.doctor()

    assert found["messages"] == dict.fromkeys(
        ("no-address", "template", "lost", "unknown", "failed", "dead", "expired", "pending"), 1
    )
    text = "\n".join(found["lines"])
    for words in (
        "units import",
        "改好模板后",
        "发送的进程中断了",
        "对方可能已收到",
        "message retry",
        "--state dead",
        "过了时候",
    ):
        assert words in text


def test_what_did_not_arrive_is_forgotten_after_a_month(world: World) -> None:
    world.launch()
    world.run(R1_DAY)
    say(world, "UPDATE message SET state = 'failed'")

    assert [world.at(day).doctor()["messages"] for day in ("2026-04-24", "2026-04-25")] == [{"failed": 8}, {}]


def test_a_first_chase_that_waits_for_the_clerk_is_not_among_what_merely_waits(world: World) -> None:
    world.launch()
    world.run(R1_DAY)
    say(
        world,
        f"UPDATE message SET preview = {'true' if world.database.dialect == 'postgresql' else 1}, not_before = not_before + 9",
    )

    assert world.engine.doctor()["messages"] == {"preview": 8}
    world.time += 9
    assert world.engine.doctor()["messages"] == {"pending": 8}


def test_what_reached_nobody_is_said_with_why(world: World) -> None:
    world.launch()
    world.run(R1_DAY)
    reasons = ("undeliverable:vacant", "blocked:gate", "blocked:calendar", "quarantined")
    duties = [row[0] for row in world.rows("SELECT duty_id FROM reminder ORDER BY duty_id")]
    say(
        world,
        *(f"UPDATE reminder SET state = '{why}' WHERE duty_id = {id_}" for why, id_ in zip(reasons, duties, strict=False)),
    )

    found = world.engine.doctor()

    assert found["unreached"] == {"vacant": 1, "gate": 1, "calendar": 1, "quarantined": 1}
    for words in (
        "没有可以提醒的人：1条提醒",
        "前一步还没有送到，暂缓向上提：1条提醒",
        "公布后 duban calendar import",
        "已隔离：1条提醒",
    ):
        assert words in said(world)


def test_what_reached_nobody_is_no_longer_said_when_the_matter_is_closed(world: World) -> None:
    world.launch()
    world.run(R1_DAY)
    say(world, "UPDATE reminder SET state = 'undeliverable:vacant'", "UPDATE duty SET state = 'accepted'")

    assert world.engine.doctor()["unreached"] == {}


def test_reminders_that_lie_in_no_message_are_counted_after_an_hour(world: World) -> None:
    world.launch()
    world.run(R1_DAY)
    say(world, "UPDATE reminder SET state = 'planned', message_id = NULL")

    counted = [world.at(moment).doctor()["planned"] for moment in ("2026-03-25 09:30", "2026-03-25 09:31")]

    assert counted == [0, 8]
    assert "一小时前就该合进消息的提醒：8条。duban deliver" in said(world)


def test_a_channel_that_does_not_work_is_said_with_why_and_with_the_verb(small_world: World) -> None:
    world, context = small_world, small_world.engine.context
    channels = (
        ChannelSettings(name="todo", kind="inbox", address="number"),
        ChannelSettings(name="portal", kind="webhook", url_env="DUBAN_TEST_NOT_SET"),
        ChannelSettings(name="spare", kind="inbox", address="number"),
    )
    context.sandbox = False
    context.settings = replace(context.settings, channels=channels, order=("folder", "todo", "portal"))
    real = context.clock.real()
    with world.database.write() as connection:
        channel_states.disable(connection, "todo", why="密钥被收回", real_now=real)
        channel_states.failed(connection, "folder", why="磁盘已满")
        channel_states.leave_alone(connection, "folder", until=real + 600, state=channel_states.OPEN, real_now=real)

    found = world.at("2026-03-25").doctor()

    assert {one["name"]: one["state"] for one in found["channels"]} == {
        "folder": "paused",
        "todo": "disabled",
        "portal": "unusable",
        "spare": "ready",
    }
    for words in (
        "渠道“todo”停用：密钥被收回。排除后 duban channel enable todo --by 谁",
        "渠道“folder”连续出错，暂停使用：磁盘已满",
        "DUBAN_TEST_NOT_SET",
        "渠道“spare”没有写进 [deliver] order",
    ):
        assert words in said(world)


def test_silences_and_pauses_in_force_are_said_with_how_to_end_them(world: World) -> None:
    campaign = world.launch()
    day = world.day.toordinal()
    columns = "first_day, last_day, mode, inside, reason, recorded_at"
    no = "false" if world.database.dialect == "postgresql" else "0"
    say(
        world,
        f"INSERT INTO silence ({columns}) VALUES ({day}, {day + 2}, 'defer', {no}, '{ZHAO_PAUSES}', 1)",
        f"INSERT INTO silence ({columns}) VALUES ({day - 9}, {day - 1}, 'defer', {no}, 'vorbei', 1)",
        f"INSERT INTO pause (campaign_id, from_at, reason) VALUES ({campaign}, {world.time}, '迎接检查')",
    )

    found = world.engine.doctor()

    assert [one["reason"] for one in found["silences"]] == [ZHAO_PAUSES]
    assert [one["reason"] for one in found["pauses"]] == ["迎接检查"]
    text = "\n".join(found["lines"])
    assert f"（{ZHAO_PAUSES}；到期后再提醒）。提前结束：duban silence end 1 --by 谁" in text
    assert "起暂停催办（迎接检查）。继续：duban resume" in text
    json.dumps(found, default=str)


def test_a_last_run_that_lies_ahead_of_the_clock_is_said_with_what_to_do(world: World) -> None:
    world.launch()
    world.run(R2_DAY)
    world.at(R1_DAY)

    assert "duban run rewind --by 谁 --reason 原因" in said(world)


def test_templates_that_cannot_be_used_are_said_with_file_and_line(world: World, tmp_path: Path) -> None:
    world.launch()
    (tmp_path / "subject.j2").write_text("{{ unit.phone }}", encoding="utf-8")
    before = said(world)
    world.engine.context.settings = replace(world.engine.context.settings, templates=str(tmp_path))

    assert "消息模板" not in before
    assert "自己的消息模板有问题，改好以前什么也发不出去" in said(world)
    assert "第1行" in said(world)


def test_the_command_gives_one_document_and_ends_with_1_when_the_last_run_is_old(shell: Shell) -> None:
    shell.launched()
    shell.json("escalate")

    young = shell("doctor", "--json")
    old = shell("doctor", "--json", DUBAN_CLOCK="2026-03-10T09:00:00+08:00")

    assert (young.code, old.code) == (0, 1)
    assert {"messages", "unreached", "channels", "silences", "pauses", "planned", "unlooked"} < set(old.document)
