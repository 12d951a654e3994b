"""What providers report back, and what people do by hand: receipts, once more, call off, enable, and the command for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from crashkit.gateway import Gateway, away, ok, refused
from shell import Shell
from world import LI, ONE_DUTY, QIAN, World

from duban.clock import Clock
from duban.settings import ChannelSettings, Settings, Smtp
from workflow.errors import NotFound, Refused

R1_DAY = "2026-03-25 08:30"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with Gateway(tmp_path / "calls.jsonl") as started:
        yield started


@pytest.fixture
def told(world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> World:
    """Eight branches are to be reminded by text message; the gateway names its messages by their order."""
    monkeypatch.setenv("DUBAN_TEST_URL", gateway.url("/sms"))
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE person SET mobile = '1380000' || number")
    world.launch()
    world.engine.context.sandbox = False
    sms = ChannelSettings(
        name="sms", kind="sms", address="mobile", unknown="query", url_env="DUBAN_TEST_URL", template="T1", timeout=2
    )
    world.engine.context.settings = Settings(channels=(sms,), order=("sms",))
    gateway.plays(*[ok(json.dumps({"result": "accepted", "id": f"g-{n}"})) for n in range(1, 9)], path="/sms")
    world.run(R1_DAY)
    return world


def _state(world: World, provider_id: str) -> str:
    return str(world.rows(f"SELECT state FROM message WHERE provider_id = '{provider_id}'")[0][0])


def _refused(world: World, gateway: Gateway) -> int:
    """Li's mail is refused for good; the number of the message."""
    world.launch()
    world.engine.context.sandbox = False
    smtp = Smtp(host="127.0.0.1", port=gateway.smtp_port, sender="zzb@example.edu.cn", timeout=5)
    world.engine.context.settings = Settings(smtp=smtp)
    gateway.plays(refused(""), path=f"p{LI}@example.edu.cn")
    world.run(R1_DAY)
    world.engine.deliver()
    return int(world.rows("SELECT id FROM message WHERE state = 'failed'")[0][0])


# --- receipts


def test_case_54_the_same_report_ten_times_changes_a_message_once_and_an_older_one_never(told: World) -> None:
    told.engine.deliver()

    answers = [told.engine.receipt("sms", event_id="e1", provider_id="g-3", state="delivered", body=b"{}") for _ in range(10)]
    late = told.engine.receipt("sms", event_id="e0", provider_id="g-3", state="queued", body=b"{}")

    assert answers == [True] + [False] * 9
    assert late is False
    assert _state(told, "g-3") == "delivered"
    assert told.rows("SELECT event_id, applied FROM inbound_event ORDER BY event_id") == [("e0", False), ("e1", True)]


def test_case_54_a_report_about_nothing_known_is_kept(told: World) -> None:
    told.engine.deliver()

    answer = told.engine.receipt("sms", event_id="e9", provider_id="g-99", state="delivered", body="{}")

    assert answer is False
    assert told.rows("SELECT provider_id, applied FROM inbound_event") == [("g-99", False)]
    assert told.rows("SELECT DISTINCT state FROM message") == [("sent",)]


def test_a_report_that_is_quicker_than_the_answer_to_the_send_counts(told: World) -> None:
    told.engine.receipt("sms", event_id="e1", provider_id="g-5", state="delivered", body="{}")

    told.engine.deliver()

    assert _state(told, "g-5") == "delivered"
    assert told.rows("SELECT applied FROM inbound_event") == [(True,)]
    assert told.rows("SELECT count(*) FROM message WHERE state = 'sent'") == [(7,)]


def by_mail_after(world: World, gateway: Gateway) -> None:
    """Who cannot be told by text message has a mailbox."""
    context = world.engine.context
    smtp = Smtp(host="127.0.0.1", port=gateway.smtp_port, sender="zzb@example.edu.cn", timeout=5)
    context.settings = replace(context.settings, smtp=smtp, order=("sms", "email"))


def _ways(world: World) -> list[tuple[str, str, int]]:
    """(channel, state, reminders in it) of the messages to whoever was first at the gateway."""
    return world.rows(
        "SELECT m.channel, m.state, (SELECT count(*) FROM reminder r WHERE r.message_id = m.id) FROM message m WHERE m.recipient_id ="
        " (SELECT recipient_id FROM message WHERE provider_id = 'g-1') ORDER BY m.id"
    )


@pytest.mark.parametrize("early", [False, True])
def test_case_54_a_report_that_it_did_not_arrive_gives_the_next_contact_point_its_turn(
    told: World, gateway: Gateway, early: bool
) -> None:
    by_mail_after(told, gateway)
    report = {"event_id": "e1", "provider_id": "g-1", "state": "failed"}
    if early:
        told.engine.receipt("sms", **report)
    told.engine.deliver()
    changed = early or told.engine.receipt("sms", **report)

    told.engine.deliver()
    late = told.engine.receipt("sms", event_id="e2", provider_id="g-1", state="delivered")

    assert changed
    assert late is False
    assert _ways(told) == [("sms", "failed", 0), ("email", "sent", 1)]
    assert told.rows("SELECT count(*) FROM blocked_address") == [(0,)]


def test_case_54_what_arrived_nowhere_else_stays_where_it_failed_for_a_person_to_see(told: World) -> None:
    told.engine.deliver()

    told.engine.receipt("sms", event_id="e1", provider_id="g-1", state="failed")
    told.at("2026-03-26 09:00").deliver()

    assert _ways(told) == [("sms", "failed", 1)]


def test_case_54_an_old_report_posted_again_does_not_undo_what_was_sent_after_it(told: World, gateway: Gateway) -> None:
    """The gateway knows the key, and calls the second send what it called the first."""
    told.engine.deliver()
    report = {"event_id": "e1", "provider_id": "g-1", "state": "failed"}
    told.engine.receipt("sms", **report)
    gateway.plays(ok(json.dumps({"result": "accepted", "id": "g-1"})), path="/sms")
    told.engine.retry_message(told.engine.messages(state="failed")[0].id, by=QIAN, reason="号码已恢复")
    told.engine.deliver()
    before = _state(told, "g-1")

    again = told.engine.receipt("sms", **report)

    assert (before, again, _state(told, "g-1")) == ("sent", False, "sent")
    assert len(gateway.calls()) == 9


def test_what_one_channel_will_not_carry_goes_by_the_next_and_the_address_is_not_blamed(told: World, gateway: Gateway) -> None:
    by_mail_after(told, gateway)
    words = json.dumps({"result": "refused", "message": "内容含禁用词"})
    gateway.plays(ok(words), path="/sms")
    told.engine.deliver()
    first = told.rows("SELECT channel, state, count(*) FROM message GROUP BY channel, state ORDER BY channel")
    gateway.plays(ok(json.dumps({"result": "accepted", "id": "g-9"})), path="/sms")

    told.run("2026-03-31 08:30", deliver=True)

    assert first == [("email", "sent", 8), ("sms", "failed", 8)]
    assert ("sms", "sent") in told.rows(
        "SELECT channel, state FROM message WHERE window_day > (SELECT min(window_day) FROM message)"
    )
    assert told.rows("SELECT count(*) FROM blocked_address") == [(0,)]


# --- by hand


def test_a_mended_address_is_written_to_again(world: World, gateway: Gateway) -> None:
    message = _refused(world, gateway)
    gateway.plays(ok(), path=f"p{LI}@example.edu.cn")

    idle = world.engine.deliver()
    world.engine.retry_message(message, by=QIAN, reason="邮箱已恢复")
    world.engine.deliver()
    world.at("2026-03-26 09:00").deliver()

    assert idle.sent == 0
    assert [call.effect for call in gateway.calls() if call.to == f"p{LI}@example.edu.cn"] == [False, True]
    assert world.rows("SELECT act, reason FROM journal WHERE act = 'retry-message'") == [("retry-message", "邮箱已恢复")]


def test_a_message_given_up_can_be_sent_once_more(told: World, gateway: Gateway) -> None:
    told.engine.deliver()
    with told.database.write() as connection:
        connection.exec_driver_sql("UPDATE message SET state = 'dead', why = 'x', attempts = 6 WHERE provider_id = 'g-2'")
    dead = told.engine.messages(state="dead")[0]
    before = len(gateway.calls())

    state = told.engine.retry_message(dead.id, by=QIAN, reason="再试一次")
    told.engine.deliver()

    assert state == "pending"
    assert len(gateway.calls()) == before + 1
    assert told.engine.messages(state="dead") == ()


def test_what_has_left_or_says_nothing_any_more_is_not_sent_again(told: World) -> None:
    told.engine.deliver()
    sent = told.engine.messages(state="sent")[0]

    with pytest.raises(Refused, match="已发送"):
        told.engine.retry_message(sent.id, by=QIAN, reason="x")
    with pytest.raises(Refused, match="已发送"):
        told.engine.abort_message(sent.id, by=QIAN, reason="x")
    with pytest.raises(NotFound, match="999999"):
        told.engine.retry_message(999_999, by=QIAN, reason="x")


def test_a_message_that_was_called_off_does_not_leave_and_says_so(told: World, gateway: Gateway) -> None:
    one = told.engine.messages(state="pending")[0]

    items = told.engine.abort_message(one.id, by=QIAN, reason="已电话告知")
    told.engine.deliver()

    assert items == 1
    assert len(gateway.calls()) == 7
    assert told.rows(f"SELECT state, why FROM message WHERE id = {one.id}") == [("cancelled", "aborted")]
    assert told.rows("SELECT count(*) FROM reminder WHERE state = 'cancelled:aborted'") == [(1,)]


def test_only_an_office_of_the_school_may_do_it(told: World) -> None:
    one = told.engine.messages(state="pending")[0]

    with pytest.raises(Refused, match="校级部门"):
        told.engine.abort_message(one.id, by=LI, reason="x")
    with pytest.raises(Refused, match="校级部门"):
        told.engine.enable_channel("sms", by=LI)

    assert told.rows("SELECT DISTINCT state FROM message") == [("pending",)]


def test_a_paused_channel_is_shown_and_can_be_enabled_at_once(told: World, gateway: Gateway) -> None:
    told.engine.context.clock = Clock(now=lambda: told.time, real=lambda: 5_000)
    gateway.plays(away(), path="/sms")
    told.engine.deliver()
    [shown] = [one for one in told.engine.channels() if one.name == "sms"]
    gateway.plays(ok('{"result": "accepted", "id": "g"}'), path="/sms")

    changed = told.engine.enable_channel("sms", by=QIAN)
    again = told.engine.enable_channel("sms", by=QIAN)
    done = told.engine.deliver()

    assert (shown.state, shown.waiting, shown.until is not None) == ("paused", 8, True)
    assert (changed, again) == (True, False)
    assert done.sent == 8


# --- what is kept of messages


def test_texts_of_messages_are_forgotten_in_time_and_their_facts_are_not(told: World, gateway: Gateway) -> None:
    told.engine.deliver()
    kept = told.rows("SELECT count(body) FROM message")
    told.time += 731 * 86400
    with told.database.write() as connection:
        connection.exec_driver_sql(
            f"UPDATE message SET state = 'pending', expires_at = NULL, not_before = {told.time}, sent_at = NULL, body = NULL "
            "WHERE provider_id = 'g-1'"
        )
        connection.exec_driver_sql("UPDATE duty SET due_day = due_day + 740")  # a reminder after the line would not be sent
    told.at("2028-03-28 09:00").deliver()

    assert kept == [(8,)]
    assert told.rows("SELECT count(body) FROM message") == [(1,)]
    assert told.rows("SELECT count(*) FROM message WHERE sent_at IS NOT NULL") == [(8,)]


# --- the command


def test_the_command_lists_messages_and_channels(shell: Shell) -> None:
    Path("活动.yaml").write_text(ONE_DUTY, encoding="utf-8")
    shell("launch", "活动.yaml")
    shell.clock = "2026-03-25 08:30"
    shell("escalate")

    listed = json.loads(shell("message", "list", "--state", "pending", "--json").out)
    one = listed["messages"][0]
    aborted = shell("message", "abort", str(one["id"]), "--by", QIAN, "--reason", "已电话告知")
    channels = json.loads(shell("channel", "list", "--json").out)
    enabled = shell("channel", "enable", "folder", "--by", QIAN)
    unknown = shell("channel", "enable", "无此渠道", "--by", QIAN)
    wrong = shell("message", "list", "--state", "没有")

    assert len(listed["messages"]) == 8
    assert (one["state"], one["channel"], one["items"]) == ("pending", "folder", 1)
    assert (aborted.code, "已取消" in aborted.out) == (0, True)
    assert channels["channels"] == [
        {"name": "folder", "kind": "folder", "state": "ready", "waiting": 7, "why": None, "until": None}
    ]
    assert (enabled.code, unknown.code, wrong.code) == (0, 1, 2)
