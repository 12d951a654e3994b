"""Spoiled templates, names, messages and rows; what providers and people answer; silences and pauses (cases 49 to 60 of escalation.md)."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time as stopwatch
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
import uvicorn
from crashkit.gateway import refused
from crashkit.outside import HOOK, Outside, told, unsaid
from crashkit.wires import TwoClocks, numbers, robot, states, wired, write
from world import JIN, ONE_DUTY, QIAN, R1, R2, R3, R4, School, days

from duban import create_app
from duban.settings import Smtp
from notifications.channels.signing import standard
from workflow.errors import Refused

Settled = Callable[[str, School], Outside]
R1_DAY, R2_DAY, R3_DAY = "2026-03-25 08:30", "2026-03-31 08:30", "2026-04-02 08:30"
SECRETARIES = {"s1": 30, "s2": 30, "s3": 30}
REPEATED = ONE_DUTY.replace("告诉: 书记", "告诉: 书记, 重复: 每1个工作日, 最多: 5")
TUESDAY, WEDNESDAY = date(2026, 3, 31), date(2026, 4, 1)
LINK = "https://duban.example.edu.cn"


def mail(outside: Outside) -> Smtp:
    return Smtp(host="127.0.0.1", port=outside.gateway.smtp_port, sender="zzb@example.edu.cn", timeout=5)


def delivers(outside: Outside, first: str, last: str) -> dict[str, dict[str, int]]:
    """Runs of every morning: {day: {to whom: how many things}} of the days on which anything left."""
    found = {}
    for day in days(first, last):
        outside.run(day, deliver=True)
        if sizes := outside.sizes():
            found[day] = sizes
    return found


# --- one bad among good


def test_case_49_a_wording_that_fails_for_one_branch_holds_its_letter_and_no_other(outside: Outside, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    wording = '工作提示：{{ letter.first_campaign }}{% if letter.recipient == "支书1-9" %}\n{{ letter.phone }}{% endif %}'
    (folder / "subject.j2").write_text(wording, encoding="utf-8")
    outside.settings(templates=str(folder))
    outside.world.launch()

    outside.run(R1_DAY, deliver=True)
    first, ((why, held),) = outside.sizes(), outside.world.rows("SELECT why, id FROM message WHERE state = 'held'")
    outside.world.deliver()
    still = outside.sizes()
    (folder / "subject.j2").write_text(wording.replace("letter.phone", "letter.recipient"), encoding="utf-8")
    outside.world.engine.retry_message(held, by=QIAN, reason="模板已改")
    outside.world.deliver()
    mended = outside.sizes()
    outside.world.deliver()

    assert (len(first), "n1-9" in first) == (89, False)
    assert "第2行" in why
    assert still == {}
    assert mended == {"n1-9": 1}
    assert outside.sizes() == {}


HOSTILE = ("{{7*7}}党支部", "<script>alert(1)</script>党支部", "@all党支部", "甲支部\r\nBcc: everyone@example.edu.cn")


@pytest.mark.parametrize("kind", ["webhook", "email", "wecom", "dingtalk", "feishu"])
def test_case_50_a_hostile_name_is_shown_as_it_is_written_and_does_nothing(
    outside: Outside, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """In the names of units and of the campaign, which stands in the subject."""
    for no, name in enumerate(HOSTILE, start=1):
        shown = name.replace("'", "''").replace("\r\n", "' || char(13) || char(10) || '" if _sqlite(outside) else "\r\n")
        write(
            outside.world, f"UPDATE unit_span SET name = '{shown}' WHERE unit_id = (SELECT id FROM unit WHERE code = 'c1b{no}')"
        )
    outside.world.launch()
    write(outside.world, "UPDATE campaign SET name = '支部换届 {{7*7}} <b> @all'")
    if kind == "email":
        outside.settings(smtp=mail(outside), order=("email",))
    elif kind != "webhook":
        wired(outside, monkeypatch, robot(kind, timeout=5.0))

    outside.run(R2_DAY, deliver=True)

    calls = [call for call in outside.calls() if "7*7" in call.body or "7＊7" in call.body]
    assert len(calls) >= 1
    said = next(call for call in calls if "党支部" in call.body and "alert(1)" in call.body)
    assert states(outside.world) == {"sent": 3}
    assert "49党支部" not in said.body
    if kind == "webhook":
        assert "{{7*7}}党支部" in said.json["data"]["text"]
        assert "<script>" not in said.json["data"]["html"]
        assert "&lt;script&gt;" in said.json["data"]["html"]
        assert "\n" not in said.json["data"]["subject"]
    elif kind == "email":
        assert "{{7*7}}党支部" in said.body
        assert "bcc" not in said.headers
        assert said.headers["to"].endswith("ps1@example.edu.cn>") or said.headers["to"] == "ps1@example.edu.cn"
        assert "\nBcc:" not in said.body.split("\n\n")[0]
    else:
        text = json.dumps(json.loads(said.body), ensure_ascii=False)
        assert '"isAtAll": true' not in text
        assert '"tag": "at"' not in text
        assert kind == "feishu" or "@all" not in text  # 飞书 mentions by an element only
        assert kind == "feishu" or "<script>" not in text


def _sqlite(outside: Outside) -> bool:
    return outside.world.database.dialect == "sqlite"


def _spoiled(outside: Outside, duty: int) -> None:
    """One row speaks of a task that the definition does not have."""
    write(
        outside.world,
        "INSERT INTO task (campaign_id, key, track, ord) SELECT campaign_id, '没有这一项', track, 99 FROM task LIMIT 1",
    )
    write(outside.world, f"UPDATE duty SET task_id = (SELECT max(id) FROM task) WHERE id = {duty}")


def test_case_51_a_message_that_breaks_its_sender_is_given_up_and_holds_nobody_up(outside: Outside) -> None:
    outside.settings(channels=(replace(HOOK, attempts=3),))
    clocks = TwoClocks(world=outside.world)
    outside.world.launch()
    clocks.at(R1_DAY)
    outside.world.engine.escalate()
    ((poison, duty),) = outside.world.rows("SELECT message_id, duty_id FROM reminder ORDER BY message_id LIMIT 1")
    write(outside.world, f"UPDATE message SET urgent = true WHERE id = {poison}")  # first in order
    _spoiled(outside, duty)

    outside.world.deliver()
    first = outside.calls()
    tries = [outside.world.rows(f"SELECT count(*) FROM delivery WHERE message_id = {poison}")[0][0]]
    for _ in range(11):
        clocks.go_on(40)
        outside.world.deliver()
        tries += [outside.world.rows(f"SELECT count(*) FROM delivery WHERE message_id = {poison}")[0][0]]
    clocks.every(3600, until="2026-03-25 17:00")

    assert len(first) == 89
    assert (tries[0], tries[1], tries[2], max(tries)) == (1, 1, 2, 3)  # a minute after the first, five after the second
    ((state, attempts, why),) = outside.world.rows(f"SELECT state, attempts, why FROM message WHERE id = {poison}")
    assert (state, attempts) == ("dead", 3)
    assert "KeyError" in why
    assert outside.calls() == []


@pytest.mark.parametrize("spoil", ["task", "rung"])
def test_case_52_a_row_that_cannot_be_planned_is_put_aside_with_its_reason_and_the_others_go_on(
    outside: Outside, spoil: str
) -> None:
    outside.world.launch()
    duty = outside.duty("c2b5")
    if spoil == "task":
        _spoiled(outside, duty)
    else:
        write(outside.world, f"UPDATE timer SET rung = 99 WHERE duty_id = {duty}")

    run = outside.run(R1_DAY, deliver=True)
    sizes, alarms = outside.sizes(), outside.world.engine.doctor()["lines"]
    again = outside.run(R1_DAY)
    looks = outside.world.rows(f"SELECT min(at) FROM timer WHERE duty_id = {duty} AND at > {outside.world.time}")

    assert run.state == "done"
    assert (len(sizes), "n2-5" in sizes) == (89, False)
    assert [state for _, state in unsaid(outside.world, "c2b5")] == ["quarantined"]
    assert any("已隔离" in line for line in alarms)
    assert again.state == "nothing_due"
    assert looks == [(outside.world.time + 86400,)]


def test_case_53_a_mailbox_that_does_not_exist_is_not_used_again_and_its_owner_is_told_another_way(outside: Outside) -> None:
    outside.settings(smtp=mail(outside), order=("email", HOOK.name))
    outside.gateway.plays(refused("", line="550 5.1.1 no such user"), path="ps2@example.edu.cn")
    outside.world.launch()

    outside.run(R2_DAY, deliver=True)
    calls = outside.calls()

    assert sorted(call.to for call in calls if call.how == "smtp" and call.effect) == [
        "ps1@example.edu.cn",
        "ps3@example.edu.cn",
    ]
    assert [call.to for call in calls if not call.effect] == ["ps2@example.edu.cn"]
    assert [call.json["data"]["to"] for call in calls if call.how == "http"] == ["s2"]
    assert sorted(numbers(outside.world)) == [("s1", "sent"), ("s2", "failed"), ("s2", "sent"), ("s3", "sent")]
    assert len({call.key for call in calls if call.effect}) == 3
    outside.world.deliver()
    assert outside.calls() == []


# --- what comes back


@contextmanager
def served(outside: Outside) -> Iterator[Callable[..., tuple[int, str]]]:
    """The pages of the engine on a port of the loopback: `ask("GET", "/r/…")` answers (status, text)."""
    app = create_app(outside.world.engine)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = stopwatch.monotonic() + 20
    while not server.started and stopwatch.monotonic() < end:
        stopwatch.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]

    def ask(verb: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request(verb, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    try:
        yield ask
    finally:
        server.should_exit = True
        thread.join(20)


SECRET = "zhe-shi-hui-zhi-mi-yao"
SECRET_ENV = "DUBAN_TEST_SECRET"


def test_case_54_a_report_repeated_or_late_changes_nothing_and_one_about_nothing_known_is_kept(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_ENV, SECRET)
    outside.settings(channels=(replace(HOOK, secret_env=SECRET_ENV),))
    outside.world.launch()
    outside.run(R2_DAY, deliver=True)
    ((provider_id,),) = outside.world.rows("SELECT provider_id FROM message ORDER BY id LIMIT 1")

    def report(event: str, state: str, about: str = provider_id) -> tuple[int, bool]:
        body = json.dumps({"event_id": event, "provider_id": about, "state": state}).encode()
        headers = standard(SECRET, event, body, outside.world.engine.context.clock.real())
        status, text = ask("POST", f"/callback/{HOOK.name}", body, **{name.replace("-", "_"): v for name, v in headers.items()})
        return status, json.loads(text)["recorded"]

    with served(outside) as ask:
        ten = [report("e2", "delivered") for _ in range(10)]
        late = report("e1", "queued")
        after = states(outside.world)
        strange = report("e3", "delivered", about="never-heard-of")
        again = report("e3", "delivered", about="never-heard-of")

    assert ten == [(200, True)] + [(200, False)] * 9
    assert late == (200, False)
    assert after == {"delivered": 1, "sent": 2}
    assert (strange[0], again[0]) == (200, 200)
    assert states(outside.world) == after
    assert outside.world.rows("SELECT event_id, provider_id, applied FROM inbound_event ORDER BY event_id") == [
        ("e1", provider_id, False), ("e2", provider_id, True), ("e3", "never-heard-of", False),
    ]  # fmt: skip


def test_case_55_who_has_seen_it_is_not_reminded_for_two_days_and_the_next_rung_fires_and_says_so(outside: Outside) -> None:
    outside.world.launch(REPEATED)
    outside.run(R1_DAY, deliver=True)
    outside.run(R2_DAY, deliver=True)
    outside.calls()
    outside.world.at("2026-03-31 09:00").answer("seen", by="s1")

    outside.run("2026-04-01", deliver=True)
    repeats = outside.sizes()
    outside.run(R3_DAY, deliver=True)
    [call] = outside.calls()
    outside.run("2026-04-09", deliver=True)

    assert repeats == {"s2": 30, "s3": 30}
    assert call.json["data"]["to"] == QIAN
    assert len(call.json["data"]["items"]) == 90
    assert "知悉" in call.json["data"]["text"]
    assert {rung for rung, state in unsaid(outside.world, "c1b1") if state == "suppressed:seen"} == {R2}
    assert outside.sizes() == {JIN: 90}


def test_case_56_a_link_is_opened_by_scanners_and_acts_once_for_who_presses_its_button(outside: Outside) -> None:
    outside.settings(link=LINK)
    outside.world.launch()
    outside.run(R2_DAY, deliver=True)
    [letter] = [call.json["data"]["text"] for call in outside.calls() if call.json["data"]["to"] == "s1"]
    found = re.search(rf"{LINK}/r/([A-Za-z0-9_-]+)", letter)
    assert found is not None
    secret = found[1]
    answers = "SELECT kind, count(*) FROM answer GROUP BY kind"

    with served(outside) as ask:
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        opened = [ask("GET", f"/r/{secret}") for _ in range(3)]
        ask("POST", f"/r/{secret}", urlencode({"do": "seen"}).encode(), **form)  # without what only the page holds
        scanned = outside.world.rows(answers)
        confirm = re.search(r'name="confirm" value="([0-9a-f]+)"', opened[0][1])
        assert confirm is not None
        press = urlencode({"do": "seen", "confirm": confirm[1]}).encode()
        pressed = [ask("POST", f"/r/{secret}", press, **form)[0] for _ in range(2)]
        once = outside.world.rows(answers)
        forged = ask("POST", f"/r/{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}", press, **form)
        outside.world.at("2026-04-30 09:00")
        expired = ask("GET", f"/r/{secret}")

    assert [status for status, _ in opened] == [200] * 3
    assert scanned == []
    assert pressed == [200, 200]  # the second press is told that it was recorded before
    assert once == [("seen", 30)]
    assert forged[0] == 403
    assert outside.world.rows(answers) == once
    assert expired[0] == 410
    assert "过期" in expired[1]


def test_case_57_a_promised_day_lets_the_ladder_wait_once_and_keeps_the_branch_out_of_digests(outside: Outside) -> None:
    outside.world.launch()
    outside.run(R1_DAY, deliver=True)
    outside.run(R2_DAY, deliver=True)
    engine, duty = outside.world.at("2026-03-31 10:00"), outside.duty("c1b5")

    engine.answer("promise", by="n1-5", duty=duty, until=date(2026, 4, 3))
    with pytest.raises(Refused) as refusal:
        engine.answer("promise", by="n1-5", duty=duty, until=date(2026, 4, 7))
    outside.calls()
    runs = delivers(outside, "2026-04-01", "2026-04-08")

    assert [reason.code for reason in refusal.value.reasons] == ["promise-again"]
    assert runs == {"2026-04-02": {QIAN: 89}, "2026-04-07": {QIAN: 1}}
    assert told(outside.world, "c1b5") == [("2026-03-25", R1), ("2026-03-31", R2), ("2026-04-07", R3)]
    assert told(outside.world, "c1b6")[-1] == ("2026-04-02", R3)


def test_case_57_a_digest_put_off_is_that_persons_alone_and_holds_no_rung_back(outside: Outside) -> None:
    outside.world.launch(REPEATED)
    outside.run(R2_DAY, deliver=True)
    outside.calls()
    outside.world.at("2026-03-31 10:00").answer("snooze", by="s1", until=date(2026, 4, 2))

    runs = delivers(outside, "2026-04-01", "2026-04-03")

    assert runs == {"2026-04-01": {"s2": 30, "s3": 30}, "2026-04-02": {QIAN: 90}, "2026-04-03": {"s1": 30}}


# --- held back on purpose


def test_case_58_a_silenced_committee_hears_it_once_afterwards_and_the_next_rung_keeps_its_distance(outside: Outside) -> None:
    outside.world.launch()
    outside.run(R1_DAY, deliver=True)
    outside.calls()
    outside.world.at("2026-03-30").silence(by=QIAN, reason="考试周", first=TUESDAY, last=WEDNESDAY, unit="c3")

    runs = delivers(outside, "2026-03-31", "2026-04-08")

    assert runs == {
        "2026-03-31": {"s1": 30, "s2": 30},
        "2026-04-02": {"s3": 30, QIAN: 60},
        "2026-04-03": {QIAN: 30},
    }
    assert told(outside.world, "c3b1") == [("2026-03-25", R1), ("2026-04-02", R2), ("2026-04-03", R3)]


def test_case_59_what_a_silence_drops_is_recorded_with_its_number_and_never_told(outside: Outside) -> None:
    outside.world.launch()
    outside.run(R1_DAY, deliver=True)
    outside.calls()
    number = outside.world.at("2026-03-30").silence(
        by=QIAN, reason="考试周", first=TUESDAY, last=WEDNESDAY, unit="c3", mode="drop"
    )

    runs = delivers(outside, "2026-03-31", "2026-04-09")

    assert runs == {
        "2026-03-31": {"s1": 30, "s2": 30},
        "2026-04-02": {QIAN: 90},
        "2026-04-09": {JIN: 90},
    }
    assert unsaid(outside.world, "c3b1") == [(R2, f"suppressed:silence:{number}")]
    assert told(outside.world, "c3b1") == [("2026-03-25", R1), ("2026-04-02", R3), ("2026-04-09", R4)]


def test_case_60_a_paused_campaign_goes_on_as_after_downtime(outside: Outside) -> None:
    outside.world.launch()
    outside.run(R1_DAY, deliver=True)
    outside.calls()
    outside.world.at("2026-03-30").pause(by=QIAN, reason="等上级文件")
    paused = delivers(outside, "2026-03-31", "2026-04-06")
    outside.world.at("2026-04-07 08:00").resume(by=QIAN)

    runs = delivers(outside, "2026-04-07", "2026-04-13")

    assert paused == {}
    assert runs == {"2026-04-07": SECRETARIES, "2026-04-08": {QIAN: 90}, "2026-04-09": {JIN: 90}}


def test_case_60_after_a_long_pause_the_first_run_waits_for_a_person(outside: Outside) -> None:
    outside.world.launch()
    outside.world.at("2026-03-20").pause(by=QIAN, reason="等上级文件")
    outside.run("2026-05-06", deliver=True)
    outside.world.at("2026-05-15 08:00").resume(by=QIAN)

    run = outside.run("2026-05-15", deliver=True)
    held = (outside.calls(), states(outside.world))
    outside.world.engine.confirm_run(run.run, accept=True)
    outside.world.deliver()

    assert run.state == "needs_confirm"
    assert held == ([], {"held": 3})
    assert outside.sizes() == SECRETARIES
