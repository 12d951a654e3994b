"""What another program of the campus receives, and what its answers mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from wire import Gateway, answers, gateway

from notifications.channels.channel import Failed, Parcel, Retry, Sent, Unknown
from notifications.channels.webhook import WebhookChannel

RAW = b"thirty-two bytes of a true secret"
SECRET = "whsec_" + base64.b64encode(RAW).decode()
NOW = 1333153800.75


@pytest.fixture
def server() -> Iterator[Gateway]:
    with gateway(answers(b"", status=202)) as made:
        yield made


def test_message_is_a_cloud_event_with_its_facts(server: Gateway, parcel: Parcel) -> None:
    result = _channel(server).send(parcel)

    assert isinstance(result, Sent)
    request = server.heard[0]
    assert request.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    event = request.json
    data = event.pop("data")
    assert event == {
        "specversion": "1.0",
        "id": result.provider_id,
        "source": "duban",
        "type": "duban.message",
        "time": "2012-03-31T00:30:00+00:00",
        "datacontenttype": "application/json",
    }
    assert isinstance(data, dict)
    assert data["recipient"] == "王然"
    assert (data["unit"], data["items"], data["rung"]) == ("0307", 3, "chase")
    assert data["text"] == parcel.text


@pytest.mark.parametrize(("secret", "raw"), [(SECRET, RAW), ("plain words", b"plain words")])
def test_signature_is_what_a_receiver_computes(server: Gateway, parcel: Parcel, secret: str, raw: bytes) -> None:
    _channel(server, secret=secret).send(parcel)

    request = server.heard[0]
    signed = f"{request.headers['webhook-id']}.1333153800.".encode() + request.body
    expected = base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-timestamp"] == "1333153800"
    assert request.headers["webhook-signature"] == f"v1,{expected}"


def test_receiver_that_keeps_keys_has_one_effect_of_many_tries(parcel: Parcel) -> None:
    with gateway(answers(b"")) as server:
        channel = _channel(server)
        for tried in (parcel, parcel, replace(parcel, key="zhao|2012-03-31")):
            channel.send(tried)

    keys = [request.headers["idempotency-key"] for request in server.heard]
    assert keys[0] == keys[1] != keys[2]
    assert keys == [request.headers["webhook-id"] for request in server.heard]
    assert keys[0].isascii()


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {}, Sent),
        (204, {}, Sent),
        (409, {}, Sent),
        (410, {}, Failed(why="", code="410", fault="channel")),
        (422, {}, Failed(why="", code="422", fault="message")),
        (429, {"Retry-After": "75"}, Retry(after_seconds=75, why="", fault="channel")),
        (503, {"Retry-After": "1"}, Retry(after_seconds=60, why="", fault="channel")),
        (503, {"Retry-After": "Fri, 30 Mar 2012 00:00:00 GMT"}, Retry(after_seconds=60, why="", fault="channel")),
        (503, {"Retry-After": "99999999999999999999"}, Retry(after_seconds=6 * 3600, why="", fault="channel")),
        (429, {"Retry-After": "²"}, Retry(after_seconds=60, why="", fault="channel")),
    ],
)
def test_status_says_what_to_do(parcel: Parcel, status: int, headers: dict[str, str], expected: type | Failed | Retry) -> None:
    with gateway(answers(b"", status=status, headers=headers)) as server:
        result = _channel(server).send(parcel)

    if isinstance(expected, type):
        assert isinstance(result, expected)
    else:
        assert isinstance(result, Failed | Retry)
        assert replace(result, why="") == expected


def test_extra_that_is_no_json_fails_for_this_message(server: Gateway, parcel: Parcel) -> None:
    result = _channel(server).send(replace(parcel, extra={"unit": object()}))

    assert isinstance(result, Failed)
    assert result.fault == "message"
    assert server.heard == []


def test_certificate_nobody_vouches_for_gets_nothing(parcel: Parcel, certificate: tuple[Path, ssl.SSLContext]) -> None:
    path, context = certificate
    with gateway(answers(b"")) as server:
        untrusted = _over_tls(server, context, lambda url: WebhookChannel(url, clock=lambda: NOW, timeout=2).send(parcel))
        trusted = _over_tls(
            server, context, lambda url: WebhookChannel(url, clock=lambda: NOW, timeout=2, ca_file=str(path)).send(parcel)
        )
        missing = WebhookChannel("https://127.0.0.1:9/x", clock=lambda: NOW, ca_file="/nowhere.pem").send(parcel)

    assert isinstance(untrusted, Retry)
    assert (untrusted.after_seconds, untrusted.fault) == (1800, "channel")
    assert "证书不可信" in untrusted.why
    assert isinstance(missing, Retry)
    assert missing.after_seconds == 1800
    assert isinstance(trusted, Sent)
    assert len(server.heard) == 1


def test_refused_handshake_has_handed_nothing_over(parcel: Parcel) -> None:
    with gateway(answers(b"")) as plain:  # speaks no TLS at all
        result = WebhookChannel(f"https://127.0.0.1:{plain.port}/x", clock=lambda: NOW, timeout=1).send(parcel)

    assert isinstance(result, Retry)
    assert result.fault == "channel"


def test_line_cut_amid_the_message_has_not_handed_it_over(parcel: Parcel) -> None:
    huge = replace(parcel, text="汉" * 8_000_000)  # more than the buffers of both sides hold
    with socket.create_server(("127.0.0.1", 0)) as listening:
        talk = Thread(target=_take_a_little, args=(listening,))
        talk.start()
        result = WebhookChannel(f"http://127.0.0.1:{listening.getsockname()[1]}/x", clock=lambda: NOW, timeout=2).send(huge)
        talk.join()

    assert isinstance(result, Retry)


@pytest.mark.parametrize(("said", "expected"), [(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", Retry), (b"", Retry)])
def test_proxy_that_refuses_has_handed_nothing_over(parcel: Parcel, said: bytes, expected: type) -> None:
    with gateway(lambda caller, over: caller.sendall(said)) as proxy:
        channel = WebhookChannel("https://portal.example.edu.cn/x", clock=lambda: NOW, timeout=1, proxy=proxy.url(""))
        result = channel.send(parcel)

    assert proxy.heard[0].target == "portal.example.edu.cn:443"
    assert isinstance(result, expected)
    assert not isinstance(result, Unknown)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    if shutil.which("openssl") is None:
        pytest.fail("the test certificate is made with openssl: install the package openssl")
    folder = tmp_path_factory.mktemp("certificate")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def _over_tls(server: Gateway, context: ssl.SSLContext, send: object) -> object:
    """Send to `server` through a door that speaks TLS."""
    assert callable(send)
    with socket.create_server(("127.0.0.1", 0)) as door:
        porter = Thread(target=_open_once, args=(door, context, server.port))
        porter.start()
        result: object = send(f"https://127.0.0.1:{door.getsockname()[1]}/in")
        porter.join()
    return result


def _open_once(door: socket.socket, context: ssl.SSLContext, port: int) -> None:
    caller, _ = door.accept()
    with caller:
        try:
            with (
                context.wrap_socket(caller, server_side=True) as spoken,
                socket.create_connection(("127.0.0.1", port)) as inner,
            ):
                spoken.settimeout(0.3)
                try:
                    while chunk := spoken.recv(65536):
                        inner.sendall(chunk)
                except TimeoutError:
                    spoken.sendall(inner.recv(65536))
        except OSError:
            return


def _take_a_little(listening: socket.socket) -> None:
    caller, _ = listening.accept()
    with caller:
        caller.recv(1000)


def _channel(server: Gateway, secret: str = SECRET) -> WebhookChannel:
    return WebhookChannel(server.url("/in"), clock=lambda: NOW, secret=secret, timeout=1)
