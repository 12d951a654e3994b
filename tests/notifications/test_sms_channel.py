"""What the SMS gateway is asked, and what its answers mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from wire import Gateway, answers, drops, free_port, gateway

from notifications.channels.channel import Failed, Parcel, Retry, Sent, Unknown
from notifications.channels.http import BadSettings
from notifications.channels.signing import accepted
from notifications.channels.sms import SmsChannel

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldA=="


@pytest.fixture
def server() -> Iterator[Gateway]:
    with gateway(answers({"result": "accepted", "id": "G-77"})) as made:
        yield made


@pytest.fixture
def text(parcel: Parcel) -> Parcel:
    return replace(parcel, to="138-0000 0000", facts={"活动": "基层组织建设年", "件数": "3", "称呼": "王然"})


def test_template_and_parameters_go_out_and_nothing_else(server: Gateway, text: Parcel) -> None:
    result = _channel(server.url("/sms/")).send(text)

    assert result == Sent(provider_id="G-77", note="200 accepted")
    asked = server.heard[0].json
    assert {k: asked[k] for k in ("mobile", "template", "params")} == {
        "mobile": "13800000000",
        "template": "SMS_1001",
        "params": ["3", "基层组织建设年"],
    }
    assert set(asked) == {"mobile", "template", "params", "key"}
    assert server.heard[0].target == "/sms/"


def test_request_is_signed_and_its_key_stays_the_same(server: Gateway, text: Parcel) -> None:
    channel = _channel(server.url())

    for parcel in (text, text, replace(text, key="zhao|2012-03-31")):
        channel.send(parcel)

    assert all(accepted(SECRET, request.headers, request.body) for request in server.heard)
    first, again, other = (request.headers["idempotency-key"] for request in server.heard)
    assert first == again != other
    assert first == server.heard[0].json["key"]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"result": "bad-number"}, Failed(why="", code="bad-number", fault="address")),
        ({"result": "refused"}, Failed(why="", code="refused", fault="message")),
        ({"result": "not-allowed"}, Failed(why="", code="not-allowed", fault="channel")),
        ({"result": "busy"}, Retry(after_seconds=60, why="", fault="channel")),
        ({"result": "accepted"}, Unknown(why="")),
        ({"result": "accepted", "id": ""}, Unknown(why="")),
        ({"result": "perhaps", "id": "7"}, Unknown(why="")),
    ],
)
def test_word_of_the_gateway_says_what_to_do(text: Parcel, reply: object, expected: Failed | Retry | Unknown) -> None:
    with gateway(answers(reply)) as server:
        result = _channel(server.url()).send(text)

    assert not isinstance(result, Sent)
    assert replace(result, why="") == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"state": "delivered", "id": "G-77"}, Sent(provider_id="G-77", note="200 delivered")),
        ({"state": "accepted", "id": "G-77"}, Sent(provider_id="G-77", note="200 accepted")),
        ({"state": "failed"}, Failed(why="", code="failed", fault="message")),
        ({"state": "bad-number"}, Failed(why="", code="bad-number", fault="address")),
        ({"state": "pending"}, Unknown(why="")),
        ({"state": "none"}, Retry(after_seconds=0, why="", fault="message")),
        ({}, Unknown(why="")),
    ],
)
def test_gateway_can_be_asked_what_became_of_a_message(reply: object, expected: Sent | Failed | Retry | Unknown) -> None:
    with gateway(answers(reply)) as server:
        result = _channel(server.url("/sms?app=7")).query(key="wang|2012-03-31", provider_id="G-77")

    assert (result if isinstance(result, Sent) else replace(result, why="")) == expected
    assert server.heard[0].target == "/sms/query?app=7"
    assert accepted(SECRET, server.heard[0].headers, server.heard[0].body)


def test_question_without_an_answer_leaves_the_message_unknown() -> None:
    away = _channel(f"http://127.0.0.1:{free_port()}/sms").query(key="wang|2012-03-31")
    with gateway(drops) as server:
        cut = _channel(server.url()).query(key="wang|2012-03-31")
    with gateway(answers({}, status=404)) as server:
        missing = _channel(server.url()).query(key="wang|2012-03-31")

    assert [type(result) for result in (away, cut, missing)] == [Unknown, Unknown, Unknown]


@pytest.mark.parametrize(
    "to",
    [
        "",
        "wang@example.edu.cn",
        "1380000000",
        "138000000000",
        "23800000000",
        "１３８００００００００",
        "13800000000,13900000000",
    ],
)
def test_number_nobody_can_have_fails_without_a_request(server: Gateway, text: Parcel, to: str) -> None:
    result = _channel(server.url()).send(replace(text, to=to))

    assert isinstance(result, Failed)
    assert (result.code, result.fault) == ("bad-address", "address")
    assert server.heard == []


def test_parameter_that_no_letter_has_is_the_settings_fault(server: Gateway, text: Parcel) -> None:
    result = _channel(server.url(), fields=("件数", "党龄")).send(text)

    assert isinstance(result, Failed)
    assert result.fault == "channel"
    assert "党龄" in result.why
    assert "活动、件数、称呼" in result.why
    assert server.heard == []


def test_wrong_settings_are_refused_without_the_secret() -> None:
    with pytest.raises(BadSettings, match="template"):
        _channel("http://127.0.0.1/sms", template=" ")
    with pytest.raises(BadSettings, match="base64") as caught:
        _channel("http://127.0.0.1/sms", secret="whsec_geheim!")

    assert "geheim" not in str(caught.value)


def _channel(url: str, **changed: object) -> SmsChannel:
    settings: dict[str, object] = {
        "template": "SMS_1001",
        "fields": ("件数", "活动"),
        "secret": SECRET,
        "timeout": 1.0,
    } | changed
    return SmsChannel(url, clock=lambda: 1333153800.0, **settings)  # type: ignore[arg-type]
