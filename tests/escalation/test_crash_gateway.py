"""The receiver that other tests trust: what it was sent it writes down, and what its script says it does."""

from __future__ import annotations

import http.client
import smtplib
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from crashkit.gateway import (
    Call,
    Gateway,
    Play,
    accepted_then_hang,
    accepted_then_reset,
    away,
    effects,
    hang,
    limited,
    ok,
    refused,
    reset,
)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with Gateway(tmp_path / "calls.jsonl") as started:
        yield started


def _post(gateway: Gateway, body: str = '{"to": "1001"}', *, key: str = "k1", path: str = "/hook") -> tuple[int, str, str]:
    """(status, body, Retry-After)."""
    line = http.client.HTTPConnection(gateway.url().removeprefix("http://").rstrip("/"), timeout=0.3)
    try:
        line.request("POST", path, body.encode(), {"Idempotency-Key": key} if key else {})
        answer = line.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("Retry-After", "")
    finally:
        line.close()


def _mail(gateway: Gateway, to: str = "wang@example.edu.cn") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"] = "zzb@example.edu.cn", to, "<m1@example.edu.cn>"
    message.set_content("王然同志：\n请报送。\n")
    with smtplib.SMTP("127.0.0.1", gateway.smtp_port, timeout=0.5) as server:
        server.send_message(message)


def test_every_call_is_written_down_as_it_came(gateway: Gateway) -> None:
    before = time.monotonic()

    _post(gateway, '{"to": "1001", "text": "请报送"}', key="k1")
    _post(gateway, "不是 JSON", key="", path="/robot/1?access_token=x")

    first, second = gateway.calls()
    assert (first.n, first.how, first.key, first.to, first.json["text"]) == (1, "http", "k1", "1001", "请报送")
    assert (second.to, second.path, second.key[:5]) == ("/robot/1", "/robot/1?access_token=x", "body:")
    assert first.at <= second.at <= first.at + time.monotonic() - before + 1


def test_a_script_is_played_in_order_and_its_last_play_goes_on(gateway: Gateway) -> None:
    gateway.plays(limited(after=30), away(), refused('{"errcode": 45009}'), ok())

    answers = [_post(gateway) for _ in range(5)]

    assert [status for status, _, _ in answers] == [429, 503, 200, 200, 200]
    assert answers[0][2] == "30"
    assert answers[2][1] == '{"errcode": 45009}'
    assert [call.play for call in gateway.calls()] == ["limited", "away", "refused", "ok", "ok"]
    assert effects(gateway.calls()) == {"k1": 2}


def test_one_address_can_have_a_script_of_its_own(gateway: Gateway) -> None:
    gateway.plays(away(), path="/robot/2")

    assert _post(gateway, path="/robot/1")[0] == 200
    assert _post(gateway, path="/robot/2")[0] == 503


@pytest.mark.parametrize(
    ("play", "acted", "seen"),
    [
        (hang(), False, TimeoutError),
        (accepted_then_hang(), True, TimeoutError),
        (reset(), False, ConnectionResetError),
        (accepted_then_reset(), True, ConnectionResetError),
    ],
)
def test_who_gets_no_answer_has_still_left_a_trace(gateway: Gateway, play: Play, acted: bool, seen: type[Exception]) -> None:
    gateway.plays(play)

    with pytest.raises(seen):
        _post(gateway)

    [call] = gateway.calls()
    assert (call.play, call.effect) == (play.name, acted)


def test_a_receiver_that_keeps_somebody_waiting_can_be_closed(tmp_path: Path) -> None:
    before = time.monotonic()
    with Gateway(tmp_path / "calls.jsonl") as gateway:
        gateway.plays(hang(30))
        with pytest.raises(TimeoutError):
            _post(gateway)

    assert time.monotonic() - before < 5


def test_a_mail_is_written_down_by_its_message_id(gateway: Gateway) -> None:
    _mail(gateway)

    [call] = gateway.calls()
    assert (call.how, call.key, call.to) == ("smtp", "<m1@example.edu.cn>", "wang@example.edu.cn")
    assert "请报送" in call.body


@pytest.mark.parametrize(
    ("play", "acted", "seen"),
    [
        (refused(""), False, smtplib.SMTPRecipientsRefused),
        (limited(), False, smtplib.SMTPRecipientsRefused),
        (hang(0.8), False, (TimeoutError, smtplib.SMTPServerDisconnected)),
        (reset(), False, (smtplib.SMTPServerDisconnected, ConnectionResetError)),
        (accepted_then_reset(), True, (smtplib.SMTPServerDisconnected, ConnectionResetError)),
        (accepted_then_hang(0.8), True, (TimeoutError, smtplib.SMTPServerDisconnected)),
    ],
)
def test_a_mail_server_plays_the_same_scripts(
    gateway: Gateway, play: Play, acted: bool, seen: type[Exception] | tuple[type[Exception], ...]
) -> None:
    gateway.plays(play, path="wang@example.edu.cn")

    with pytest.raises(seen):
        _mail(gateway)

    [call] = _waited(gateway)
    assert (call.play, call.effect) == (play.name, acted)


def _waited(gateway: Gateway) -> list[Call]:
    return gateway.calls()
