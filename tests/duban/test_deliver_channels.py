"""What becomes of messages on channels that lie, fail, hang, are slow or allow only so many: real senders before a receiver of ours."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import time
from multiprocessing import get_context
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from crashkit.gateway import (
    Call,
    Gateway,
    Play,
    accepted_then_hang,
    accepted_then_reset,
    away,
    effects,
    limited,
    ok,
    refused,
    slow,
)
from herd import Herd
from world import CHEN, LI, World

from duban.clock import Clock
from duban.engine import Engine
from duban.settings import ChannelSettings, Settings, Smtp
from storage.channel_states import fares

R1_DAY, R2_DAY = "2026-03-25 08:30", "2026-03-31 08:30"
SECRET = "zhe-shi-mi-mi-0123456789"
URL = "DUBAN_TEST_URL"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with Gateway(tmp_path / "calls.jsonl") as started:
        yield started


def _channel(kind: str, **more: Any) -> ChannelSettings:
    usual: dict[str, Any] = {"name": kind, "kind": kind, "address": "none", "url_env": URL, "timeout": 0.5}
    return ChannelSettings(**{**usual, **more})


def _webhook(**more: Any) -> ChannelSettings:
    return _channel("webhook", **{"address": "number", **more})


def _in_earnest(engine: Engine, *channels: ChannelSettings, **more: Any) -> Engine:
    engine.context.sandbox = False
    names = tuple(channel.name for channel in channels)
    engine.context.settings = Settings(**{"channels": channels, "order": names, **more})
    return engine


def _real(world: World) -> list[int]:
    """Real time, moved by the test beside the campaign's."""
    real = [1_000_000_000]
    world.engine.context.clock = Clock(now=lambda: world.time, real=lambda: real[0], wait=lambda s: _go_on(real, s))
    return real


def _go_on(real: list[int], seconds: float) -> None:
    real[0] += int(seconds)


def _pass(world: World, real: list[int], seconds: int) -> Any:
    """Both clocks go on, then a delivery."""
    world.time, real[0] = world.time + seconds, real[0] + seconds
    return world.engine.deliver()


def _due(world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, *channels: ChannelSettings, **more: Any) -> list[int]:
    """A campaign whose eight (or ninety) branches are reminded now, by channels that lead to the gateway."""
    monkeypatch.setenv(URL, gateway.url(f"/robot?access_token={SECRET}"))
    world.launch()
    _in_earnest(world.engine, *channels, **more)
    real = _real(world)
    world.run(R1_DAY)
    return real


def _states(world: World) -> dict[str, int]:
    return {str(state): int(n) for state, n in world.rows("SELECT state, count(*) FROM message GROUP BY state")}


def _fare(world: World, name: str) -> tuple[str, int]:
    with world.database.read() as connection:
        found = fares(connection)[name]
    return found.state, found.streak


def _to(calls: list[Call], number: str) -> list[Call]:
    return [call for call in calls if number in call.body]


# --- 200, and refused all the same


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("wecom", '{"errcode": 45009, "errmsg": "api freq out of limit"}'),
        ("feishu", '{"code": 11232, "msg": "frequency limited"}'),
        ("dingtalk", '{"errcode": 130101, "errmsg": "send too fast"}'),
    ],
)
def test_case_44_a_robot_that_is_too_busy_is_left_alone_for_a_while_and_nothing_is_called_sent(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, kind: str, body: str
) -> None:
    real = _due(world, gateway, monkeypatch, _channel(kind))
    gateway.plays(refused(body), ok())

    first = world.engine.deliver()
    then = world.rows("SELECT DISTINCT state, attempts FROM message")
    at_once = world.engine.deliver()
    later = _pass(world, real, 3600)

    assert (first.sent, first.failed, first.waiting) == (0, 1, 8)
    assert then == [("pending", 0)]
    assert at_once.sent == 0
    assert later.sent == 8
    assert [call.play for call in gateway.calls()] == ["refused"] + ["ok"] * 8


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("dingtalk", '{"errcode": 310000, "errmsg": "keywords not in content"}'),
        ("feishu", '{"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}'),
    ],
)
def test_case_44_a_robot_that_refuses_for_good_is_out_of_use_until_a_person_enables_it(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, kind: str, body: str
) -> None:
    real = _due(world, gateway, monkeypatch, _channel(kind))
    gateway.plays(refused(body))

    world.engine.deliver()
    for _ in range(5):
        _pass(world, real, 3600)
    [shown] = [one for one in world.engine.channels() if one.name == kind]
    knocked = len(gateway.calls())
    gateway.plays(ok())
    still = _pass(world, real, 3600)
    world.engine.enable_channel(kind, by="9101", reason="关键词已改")
    done = world.engine.deliver()

    assert (shown.state, shown.waiting) == ("disabled", 8)
    assert knocked == 1
    assert still.sent == 0
    assert done.sent == 8


def test_what_waits_for_a_robot_out_of_use_goes_another_way_if_there_is_one(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_TEST_HOOK", gateway.url("/hook"))
    _due(world, gateway, monkeypatch, _channel("dingtalk"), _webhook(url_env="DUBAN_TEST_HOOK"))
    gateway.plays(refused('{"errcode": 310000, "errmsg": "keywords not in content"}'), path="/robot")

    done = world.engine.deliver()

    assert done.sent == 8
    assert Counter(call.to for call in gateway.calls() if call.effect).total() == 8
    assert _states(world) == {"cancelled": 8, "sent": 8}
    assert world.rows("SELECT DISTINCT channel FROM message WHERE state = 'sent'") == [("webhook",)]


# --- no answer


def test_case_45_a_webhook_without_an_answer_gets_the_same_key_again(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = _due(world, gateway, monkeypatch, _webhook())
    gateway.plays(accepted_then_hang(3), ok())

    first = world.engine.deliver()
    _pass(world, real, 60)

    assert (first.sent, first.unknown) == (7, 1)
    assert len(gateway.calls()) == 9
    assert len(effects(gateway.calls())) == 8
    assert max(effects(gateway.calls()).values()) == 2
    assert _states(world) == {"sent": 8}


def test_case_45_a_robot_without_an_answer_is_not_sent_to_again_but_offered_in_the_next_window(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = _due(world, gateway, monkeypatch, _channel("wecom", unknown="park", address="number"))
    gateway.plays(accepted_then_reset(), ok())

    first = world.engine.deliver()
    for _ in range(6):
        _pass(world, real, 3600)
    that_day = len(gateway.calls())
    states = _states(world)
    world.at("2026-03-26 08:30")
    real[0] += 86400
    world.engine.deliver()
    tomorrow = gateway.calls()[that_day:]

    assert (first.sent, first.unknown) == (7, 1)
    assert that_day == 8
    assert states == {"sent": 7, "unknown": 1, "pending": 1}
    assert len(tomorrow) == 1
    assert world.rows("SELECT offers, state FROM reminder WHERE offers > 0") == [(1, "folded")]


def test_case_45_a_text_message_without_an_answer_is_asked_about_before_anything_is_sent(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    sms = _channel("sms", address="number", unknown="query", template="T1", fields=())
    monkeypatch.setenv(URL, gateway.url("/sms"))
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE person SET mobile = '1380000' || number")
    world.launch()
    _in_earnest(world.engine, ChannelSettings(**{**vars(sms), "address": "mobile"}))
    real = _real(world)
    world.run(R1_DAY)
    gateway.plays(accepted_then_reset(), ok('{"result": "accepted", "id": "g-1"}'), path="/sms")
    gateway.plays(ok('{"state": "accepted", "id": "g-77"}'), path="/sms/query")

    first = world.engine.deliver()
    _pass(world, real, 60)

    sent = [call for call in gateway.calls() if call.path == "/sms"]
    asked = [call for call in gateway.calls() if call.path == "/sms/query"]
    assert (first.sent, first.unknown) == (7, 1)
    assert len(sent) == len({call.body for call in sent}) == 8
    assert len(asked) == 1
    assert _states(world) == {"sent": 8}
    assert ("g-77",) in world.rows("SELECT provider_id FROM message")


# --- a channel that is away


def test_case_43_a_channel_that_is_down_is_knocked_at_seldom_and_costs_no_message_a_try(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = _due(world, gateway, monkeypatch, _webhook())
    gateway.plays(away())

    for _ in range(120):
        _pass(world, real, 60)
    two_hours = len(gateway.calls())
    fare = _fare(world, "webhook")
    waiting = world.rows("SELECT DISTINCT state, attempts FROM message")
    gateway.plays(ok())
    for _ in range(31):
        _pass(world, real, 60)

    assert 5 < two_hours < 15
    assert fare[0] == "open"
    assert waiting == [("pending", 0)]
    assert _states(world) == {"sent": 8}
    assert _fare(world, "webhook") == ("closed", 0)
    assert max(effects(gateway.calls()).values()) == 1


def test_an_open_channel_is_tried_with_one_message_by_one_process(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = _due(world, gateway, monkeypatch, _webhook(timeout=5))
    gateway.plays(away())
    for _ in range(6):
        _pass(world, real, 300)
    before = len(gateway.calls())
    world.time, real[0] = world.time + 3600, real[0] + 3600
    gateway.plays(slow(1.5, body=""))
    other = _in_earnest(Engine(world.url, clock=Clock(now=lambda: world.time, real=lambda: real[0])), _webhook(timeout=5))

    prober = threading.Thread(target=world.engine.deliver)
    prober.start()
    while len(gateway.calls()) == before:
        prober.join(0.01)
    shut_out = other.deliver()
    seen = len(gateway.calls())
    gateway.plays(ok())
    prober.join()
    other.close()

    assert shut_out.sent == 0
    assert seen == before + 1
    assert _states(world) == {"sent": 8}


def test_a_receiver_that_asks_for_a_pause_gets_it(world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    real = _due(world, gateway, monkeypatch, _webhook())
    gateway.plays(limited(after=600), ok())

    world.engine.deliver()
    too_soon = _pass(world, real, 590)
    later = _pass(world, real, 20)

    assert (too_soon.sent, later.sent) == (0, 8)
    assert len(gateway.calls()) == 9


def test_five_silences_in_a_row_spare_the_others(world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    _due(world, gateway, monkeypatch, _channel("wecom", unknown="park", address="number"))
    gateway.plays(accepted_then_reset())

    world.engine.deliver()

    assert len(gateway.calls()) == 5
    assert world.rows("SELECT count(*) FROM message WHERE state = 'unknown'") == [(5,)]
    assert world.rows("SELECT max(attempts) FROM message WHERE state = 'pending'") == [(0,)]


# --- how often


def test_case_46_one_robot_takes_twenty_a_minute_from_all_machines_together(
    crowded: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, herd: Herd
) -> None:
    """The minute is six seconds here; the rate is a minute's twenty."""
    robot = _channel("wecom", per_minute=20, unknown="park", address="number", timeout=2.0)
    _due(crowded, gateway, monkeypatch, robot)
    with crowded.database.write() as connection:
        connection.exec_driver_sql("UPDATE message SET state = 'held', why = 'x' WHERE id > (SELECT min(id) + 59 FROM message)")

    answers = herd.together(_send_rated, [(crowded.url, crowded.time, gateway.url("/robot"))] * 3)

    at = [call.at for call in gateway.calls()]
    assert sum(answers) == len(at) == 60
    assert max(sum(1 for other in at if start <= other < start + 6) for start in at) <= 20
    assert at[-1] - at[0] < 40
    assert crowded.rows("SELECT DISTINCT attempts FROM message WHERE state = 'sent'") == [(1,)]


def _send_rated(url: str, at: int, robot: str) -> int:
    os.environ[URL] = robot
    engine = _in_earnest(
        Engine(url, clock=Clock(now=lambda: at)),
        _channel("wecom", per_minute=20, unknown="park", address="number", timeout=2.0),
    )
    try:
        return engine.deliver(interval=6, patience=45).sent
    finally:
        engine.close()


# --- one bad among good


def test_case_53_an_address_refused_for_good_is_not_used_again_and_the_next_one_gets_a_message_of_its_own(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp = Smtp(host="127.0.0.1", port=gateway.smtp_port, sender="zzb@example.edu.cn", timeout=5)
    _due(world, gateway, monkeypatch, _webhook(), smtp=smtp, order=("email", "webhook"))
    bad = f"p{LI}@example.edu.cn"
    gateway.plays(refused("", line="550 5.1.1 no such user"), path=bad)

    done = world.engine.deliver()
    world.run(R2_DAY, deliver=True)

    mails = [call for call in gateway.calls() if call.how == "smtp"]
    [hook] = [call for call in gateway.calls() if call.how == "http" and "李可" in call.body]
    assert (done.sent, done.failed) == (8, 1)
    assert [call.to for call in mails].count(bad) == 1
    assert hook.effect
    assert world.rows("SELECT channel, address FROM blocked_address") == [("email", bad)]
    sql = "SELECT m.channel, m.state FROM message m JOIN person p ON p.id = m.recipient_id"
    assert world.rows(f"{sql} WHERE p.number = '{LI}' ORDER BY m.id") == [("email", "failed"), ("webhook", "sent")]


def test_case_51_a_message_that_breaks_the_sender_every_time_is_given_up_and_holds_nobody_up(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = _due(world, gateway, monkeypatch, _webhook(attempts=3))
    poison = world.rows("SELECT min(id) FROM message")[0][0]
    with world.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE message SET urgent = true WHERE id = {poison}")
        duty = connection.exec_driver_sql(f"SELECT duty_id FROM reminder WHERE message_id = {poison}").scalar()
        connection.exec_driver_sql(
            "INSERT INTO task (campaign_id, key, track, ord) SELECT campaign_id, '没有这一项', track, 99 FROM task LIMIT 1"
        )
        connection.exec_driver_sql(f"UPDATE duty SET task_id = (SELECT max(id) FROM task) WHERE id = {duty}")

    first = world.engine.deliver()
    for _ in range(12):
        _pass(world, real, 3600)

    assert (first.sent, first.failed) == (7, 1)
    assert world.rows(f"SELECT state, attempts FROM message WHERE id = {poison}") == [("dead", 3)]
    assert world.rows(f"SELECT DISTINCT outcome FROM delivery WHERE message_id = {poison}") == [("raised",)]
    assert "KeyError" in first.problems[0]


def test_case_49_a_wording_that_fails_for_one_is_mended_and_leaves_once(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same file is mended, in the same process."""
    folder = tmp_path / "templates"
    folder.mkdir()
    wording = '工作提示：{{ letter.first_campaign }}{% if letter.recipient == "赵磊" %}\n{{ letter.FIELD }}{% endif %}'
    (folder / "subject.j2").write_text(wording.replace("FIELD", "phone_of_unit"), encoding="utf-8")
    _due(world, gateway, monkeypatch, _webhook(), templates=str(folder))

    first = world.engine.deliver()
    why = world.rows("SELECT why FROM message WHERE state = 'held'")
    again = world.engine.deliver()
    (folder / "subject.j2").write_text(wording.replace("FIELD", "recipient"), encoding="utf-8")
    mended = world.engine.deliver()

    assert (first.sent, first.failed) == (7, 1)
    assert "第2行" in why[0][0]
    assert (again.sent, again.failed) == (0, 0)
    assert mended.sent == 1
    assert len(_to(gateway.calls(), "赵磊")) == 1


# --- what is true when it leaves


def test_case_17_what_is_done_before_it_is_taken_is_not_mentioned(
    crowded: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL, gateway.url("/hook"))
    crowded.launch()
    _in_earnest(crowded.engine, _webhook())
    crowded.run(R1_DAY, deliver=True)
    crowded.run(R2_DAY)
    crowded.act("submit", "c1b7", by="n1-7")

    crowded.engine.deliver()

    [letter] = [call for call in gateway.calls() if "院书记1" in call.body]
    assert len(letter.json["data"]["items"]) == 29


def test_case_18_what_is_done_while_the_wire_hangs_is_mentioned_once_at_most_and_climbs_no_further(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = _due(world, gateway, monkeypatch, _webhook(timeout=5))
    gateway.plays(slow(0.5))
    thread = threading.Thread(target=world.engine.deliver)
    thread.start()
    while not gateway.calls():
        thread.join(0.01)
    for unit, who in (("0101", LI), ("0102", CHEN)):
        world.act("submit", unit, by=who)
    thread.join()
    before = len(gateway.calls())
    gateway.plays(ok())
    world.run(R2_DAY)
    real[0] += 86400
    world.engine.deliver()

    assert before <= 8
    done = "reminder r JOIN duty d ON d.id = r.duty_id WHERE d.state = 'submitted'"
    assert world.rows(f"SELECT DISTINCT r.rung FROM {done}") == [("-3:责任人",)]
    assert not [call for call in gateway.calls()[before:] if "教工第一党支部" in call.body]


# --- who comes first


def test_case_78_what_is_urgent_leaves_before_what_has_waited_longer(
    crowded: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    _due(crowded, gateway, monkeypatch, _webhook())
    last = crowded.rows("SELECT max(id) FROM message")[0][0]
    with crowded.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE message SET urgent = true WHERE id = {last}")

    crowded.engine.deliver(batch=10)

    assert gateway.calls()[0].json["data"]["message"] == str(last)
    assert len(gateway.calls()) == 90


# --- several processes


def test_case_81_a_lease_that_is_too_short_repeats_and_the_configured_one_does_not(
    crowded: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, herd: Herd
) -> None:
    """Sends take 1.2 s here, and 16 messages stand for 500."""
    _due(crowded, gateway, monkeypatch, _webhook(timeout=10))
    half = "(SELECT min(id) + {} FROM message)"
    with crowded.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE message SET state = 'held', why = 'x' WHERE id >= {half.format(8)}")
    gateway.plays(slow(1.2))

    herd.together(_send_slowly, [(crowded.url, crowded.time, gateway.url("/hook"), 600.0)] * 4)
    sound = effects(gateway.calls())
    with crowded.database.write() as connection:
        some = f"id >= {half.format(8)} AND id < {half.format(16)}"
        connection.exec_driver_sql(f"UPDATE message SET state = 'pending', why = NULL WHERE {some}")
    herd.together(_send_slowly, [(crowded.url, crowded.time, gateway.url("/hook"), 0.2)] * 4)

    forced = effects(gateway.calls()) - sound
    assert set(sound.values()) == {1}
    assert len(sound) == 8
    assert max(forced.values()) > 1
    assert crowded.rows("SELECT count(*) FROM message WHERE state = 'sent'") == [(16,)]
    open_tries = "SELECT count(*) FROM delivery WHERE outcome IS NULL"
    assert crowded.rows(open_tries) == [(0,)]


def _send_slowly(url: str, at: int, hook: str, lease: float) -> int:
    os.environ[URL] = hook
    # A lease shorter than a send burns tries; here they must not run out.
    engine = _in_earnest(Engine(url, clock=Clock(now=lambda: at)), _webhook(timeout=10, attempts=1000))
    sent = 0
    try:
        for _ in range(9):  # who finds nothing looks again, as a worker does: the others still have theirs on the wire
            sent += engine.deliver(lease=lease, batch=4).sent
            sleep(0.3)
        return sent
    finally:
        engine.close()


def test_a_robot_whose_sender_died_is_not_called_again_but_the_next_window_says_that_it_may_have_come(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = _due(world, gateway, monkeypatch, _channel("wecom", unknown="park", address="number"))
    gateway.plays(accepted_then_hang(20))
    process = get_context("forkserver").Process(target=_send_robot, args=(world.url, world.time, gateway.url("/robot")))
    process.start()
    while not gateway.calls():
        process.join(0.02)
    written = world.rows("SELECT count(*) FROM delivery WHERE finished_at IS NULL")
    process.kill()
    process.join()
    gateway.plays(ok())

    real[0] = 3_000_000_000
    world.engine.deliver()

    assert written == [(1,)], "where nothing may go twice they are taken one at a time"
    assert len(gateway.calls()) == 8
    assert _states(world) == {"unknown": 1, "pending": 1, "sent": 7}
    assert world.rows("SELECT count(*) FROM reminder WHERE offers = 1 AND state = 'folded'") == [(1,)]


def _send_robot(url: str, at: int, robot: str) -> None:
    os.environ[URL] = robot
    engine = _in_earnest(
        Engine(url, clock=Clock(now=lambda: at)), _channel("wecom", unknown="park", address="number", timeout=30)
    )
    engine.deliver()


# --- stale


def test_case_79_what_could_not_leave_for_days_is_said_anew_and_never_as_it_was(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = _due(world, gateway, monkeypatch, _webhook())
    gateway.plays(away())
    for day in ("2026-03-25", "2026-03-26", "2026-03-27", "2026-03-30"):
        for hour in (9, 12, 15):
            world.at(f"{day} {hour:02}:00")
            real[0] += 3 * 3600
            world.engine.deliver()
    gateway.plays(ok())
    start = len(gateway.calls())
    world.at("2026-03-30 16:00")
    real[0] += 7200
    world.engine.deliver()
    world.engine.deliver()

    fresh = [call for call in gateway.calls()[start:]]
    assert len(fresh) == 8
    assert all("今天到期" in call.json["data"]["text"] for call in fresh)
    assert world.rows("SELECT DISTINCT why FROM message WHERE state = 'dead'") == [("expired",)]
    assert world.rows("SELECT count(*) FROM reminder WHERE state = 'folded' AND recipient_id > 0") == [(8,)]


def test_nothing_leaves_on_a_rest_day_or_outside_the_hours(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL, gateway.url("/hook"))
    world.launch()
    _in_earnest(world.engine, _webhook(), quiet=((time(8), time(18)),))
    real = _real(world)
    world.run("2026-03-27 09:00")
    gateway.plays(away())
    world.engine.deliver()
    gateway.plays(ok())
    real[0] += 3600

    evening = world.at("2026-03-27 20:00").deliver()
    saturday = world.at("2026-03-28 10:00").deliver()
    monday = world.at("2026-03-30 09:00").deliver()

    assert (evening.sent, saturday.sent, monday.sent) == (0, 0, 8)


def test_secrets_of_channels_are_nowhere_but_on_the_wire(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = _due(world, gateway, monkeypatch, _channel("wecom"), _webhook(name="hook", secret_env="DUBAN_TEST_SECRET"))
    monkeypatch.setenv("DUBAN_TEST_SECRET", SECRET)
    problems: list[str] = []
    for play in (
        away(),
        refused('{"errcode": 93000}'),
        Play(name="x", body=f'{{"errcode": 40058, "errmsg": "{SECRET}"}}'),
        ok(),
    ):
        gateway.plays(play)
        problems += _pass(world, real, 3600).problems
        world.engine.enable_channel("wecom", by="9101")

    assert len(gateway.calls()) > 3
    assert SECRET not in repr(world.everything())
    assert SECRET not in " ".join(problems)
    assert SECRET not in caplog.text
