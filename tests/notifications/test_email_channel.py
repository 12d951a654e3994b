"""What becomes of an e-mail, told against real servers on this machine."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from notifications.channels.channel import Channel, Failed, Parcel, Retry, Sent, Unknown
from notifications.channels.email import EmailChannel, SmtpSettings
from notifications.channels.envelope import Security
from workflow.errors import DubanError

Start = Callable[..., SmtpSettings]


class Server:
    """A mail server that keeps what it accepts. Tests say in subclasses what it does otherwise."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.greetings = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.greetings += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.letters.append(envelope)
        return "250 OK queued as ABC"


class Answers(Server):
    """Answers RCPT or DATA with a given line for one address."""

    def __init__(self, *, rcpt: str = "250 OK", data: str = "250 OK", only: str = "wang@example.edu.cn") -> None:
        super().__init__()
        self.rcpt, self.data, self.only = rcpt, data, only

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if address == self.only and not self.rcpt.startswith("250"):
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.only not in envelope.rcpt_tos:
            return await super().handle_DATA(server, session, envelope)
        self.letters.append(envelope)
        return self.data


class Drops(Server):
    """Cuts the line at RCPT or after DATA."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = at

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.at == "RCPT":
            _cut(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        _cut(server)
        return answer


class Hangs(Server):
    """Accepts a message and never says so."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(60)
        return "250 OK"


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a server on a free port of the loopback and gives the settings to reach it."""
    running: list[Controller] = []

    def start_server(handler: Server, **options: Any) -> SmtpSettings:
        controller = Controller(handler, hostname="127.0.0.1", port=_free_port(), **options)
        controller.start()
        running.append(controller)
        return _settings(controller.port)

    yield start_server
    for controller in running:
        controller.stop()


def test_accepted_message_is_sent_and_reads_as_written(start: Start, parcel: Parcel) -> None:
    server = Server()
    channel: Channel = EmailChannel(start(server))

    result = channel.send(parcel)

    assert isinstance(result, Sent)
    assert "queued as ABC" in result.note
    [envelope] = server.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == ("zzb@example.edu.cn", ["wang@example.edu.cn"])
    message = _read(envelope)
    assert message["Subject"] == parcel.subject
    assert message["From"] == "组织部 <zzb@example.edu.cn>"
    assert message["To"] == "王然 <wang@example.edu.cn>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == result.provider_id
    assert message["Date"] == "Sat, 31 Mar 2012 00:30:00 +0000"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().splitlines() == parcel.text.splitlines()
    assert html.get_content().strip() == parcel.html


def test_two_tries_of_one_parcel_are_the_same_message(start: Start, parcel: Parcel) -> None:
    server = Server()
    channel = EmailChannel(start(server))

    channel.send(parcel)
    channel.send(parcel)
    channel.send(replace(parcel, key="wang|2012-04-05"))

    first, second, other = (envelope.content for envelope in server.letters)
    assert first == second
    assert _read(server.letters[0])["Message-ID"] != _read(server.letters[2])["Message-ID"]
    assert other != first


@pytest.mark.parametrize(
    ("rcpt", "data", "expected"),
    [
        ("550 5.1.1 no such user", "", Failed(why="", code="550", fault="address")),
        ("554 5.7.1 relay access denied", "", Failed(why="", code="554", fault="message")),
        ("451 4.7.1 try again later", "", Retry(after_seconds=300, why="", fault="address")),
        ("421 4.3.2 shutting down", "", Retry(after_seconds=300, why="", fault="channel")),
        ("530 5.7.0 authentication required", "", Retry(after_seconds=1800, why="", fault="channel")),
        ("250 OK", "554 5.6.0 content refused", Failed(why="", code="554", fault="message")),
        ("250 OK", "452 4.3.1 disk full", Retry(after_seconds=300, why="", fault="message")),
    ],
)
def test_refusal_says_whether_to_try_again_and_whom_it_concerns(
    start: Start, parcel: Parcel, rcpt: str, data: str, expected: Failed | Retry
) -> None:
    channel = EmailChannel(start(Answers(rcpt=rcpt, data=data)))

    result = channel.send(parcel)

    assert isinstance(result, Failed | Retry)
    assert replace(result, why="") == expected
    assert (data or rcpt) in result.why


def test_refused_address_does_not_hold_up_the_others(start: Start, parcel: Parcel) -> None:
    server = Answers(rcpt="550 5.1.1 no such user")
    li, zhao = (replace(parcel, to=f"{name}@example.edu.cn", key=name) for name in ("li", "zhao"))

    with EmailChannel(start(server)) as channel:
        results = [channel.send(p) for p in (li, parcel, zhao)]

    assert [type(r) for r in results] == [Sent, Failed, Sent]
    assert [e.rcpt_tos for e in server.letters] == [["li@example.edu.cn"], ["zhao@example.edu.cn"]]
    assert server.greetings == 1


def test_batch_uses_one_connection_and_single_sends_one_each(start: Start, parcel: Parcel) -> None:
    server = Server()
    channel = EmailChannel(start(server))

    with channel:
        for n in range(5):
            channel.send(replace(parcel, key=str(n)))
    in_batch = server.greetings
    channel.send(parcel)
    channel.send(parcel)

    assert in_batch == 1
    assert server.greetings == 3


def test_connection_the_server_closed_meanwhile_is_opened_again(start: Start, parcel: Parcel) -> None:
    server = Server()
    settings = start(server, timeout=0.2)

    with EmailChannel(settings) as channel:
        channel.send(parcel)
        time.sleep(0.5)
        result = channel.send(replace(parcel, key="later"))

    assert isinstance(result, Sent)
    assert server.greetings == 2
    assert len(server.letters) == 2


def test_server_that_is_not_there_is_tried_again(parcel: Parcel) -> None:
    result = EmailChannel(_settings(_free_port())).send(parcel)

    assert isinstance(result, Retry)
    assert result.fault == "channel"
    assert "连接不成" in result.why


def test_server_that_does_not_greet_is_tried_again(parcel: Parcel) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        result = EmailChannel(replace(_settings(silent.getsockname()[1]), timeout=0.3)).send(parcel)

    assert isinstance(result, Retry)
    assert result.fault == "channel"


def test_line_cut_before_the_message_is_tried_again(start: Start, parcel: Parcel) -> None:
    server = Drops(at="RCPT")

    result = EmailChannel(start(server)).send(parcel)

    assert isinstance(result, Retry)
    assert server.letters == []


def test_line_cut_after_the_message_is_unknown(start: Start, parcel: Parcel) -> None:
    server = Drops(at="DATA")

    result = EmailChannel(start(server)).send(parcel)

    assert isinstance(result, Unknown)
    assert len(server.letters) == 1


def test_silence_after_the_message_is_unknown_and_the_next_one_goes_on(start: Start, parcel: Parcel) -> None:
    server = Hangs()
    settings = replace(start(server), timeout=0.3)

    with EmailChannel(settings) as channel:
        first = channel.send(parcel)
        second = channel.send(replace(parcel, key="next"))

    assert isinstance(first, Unknown)
    assert isinstance(second, Unknown)
    assert server.greetings == 2
    assert len(server.letters) == 2


def test_reply_in_gb18030_is_readable(parcel: Parcel) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        talk = _talk(listening, "554 拒绝连接\r\n".encode("gb18030"))
        result = EmailChannel(_settings(port)).send(parcel)
        talk.join()

    assert isinstance(result, Retry)
    assert "554 拒绝连接" in result.why


@pytest.mark.parametrize(
    "address",
    ["", "wang", "wang@", "王然@example.edu.cn", "wang＠example.edu.cn", "a@b.cn, c@d.cn", "a b@c.cn", "a..b@c.cn",
     "a@b.cn\r\nRCPT TO:<x@y.cn>", "<a@b.cn>", "a@b@c.cn"],
)  # fmt: skip
def test_address_nobody_can_have_fails_without_a_connection(parcel: Parcel, address: str) -> None:
    result = EmailChannel(_settings(_free_port())).send(replace(parcel, to=address))

    assert isinstance(result, Failed)
    assert result.code == "bad-address"


def test_line_breaks_in_subject_and_name_add_no_header(start: Start, parcel: Parcel) -> None:
    server = Server()
    hostile = replace(parcel, subject="工作提示\r\nBcc: all@example.edu.cn", recipient='王"<>然\r\nBcc: x@y.cn')

    result = EmailChannel(start(server)).send(hostile)

    assert isinstance(result, Sent)
    message = _read(server.letters[0])
    assert message["Bcc"] is None
    assert message["Subject"] == "工作提示 Bcc: all@example.edu.cn"
    assert server.letters[0].rcpt_tos == ["wang@example.edu.cn"]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_wrong_password_keeps_messages_waiting(start: Start, parcel: Parcel) -> None:
    server = Server()
    settings = start(server, authenticator=_only_zzb, auth_required=True, auth_require_tls=False)

    wrong = EmailChannel(replace(settings, user="zzb", password="wrong")).send(parcel)
    right = EmailChannel(replace(settings, user="zzb", password="right")).send(parcel)

    assert isinstance(wrong, Retry)
    assert (wrong.after_seconds, wrong.fault) == (1800, "channel")
    assert isinstance(right, Sent)


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_encrypted_server_is_used_only_with_a_trusted_certificate(
    start: Start, parcel: Parcel, certificate: tuple[Path, ssl.SSLContext], security: Security
) -> None:
    path, context = certificate
    server = Server()
    options = {"ssl_context": context} if security == "ssl" else {"tls_context": context, "require_starttls": True}
    settings = replace(start(server, **options), security=security)

    untrusted = EmailChannel(settings).send(parcel)
    trusted = EmailChannel(replace(settings, ca_file=str(path))).send(parcel)

    assert isinstance(untrusted, Retry)
    assert (untrusted.after_seconds, untrusted.fault) == (1800, "channel")
    assert isinstance(trusted, Sent)
    assert len(server.letters) == 1


def test_server_without_starttls_gets_nothing_in_the_clear(start: Start, parcel: Parcel) -> None:
    server = Server()

    result = EmailChannel(replace(start(server), security="starttls")).send(parcel)

    assert isinstance(result, Retry)
    assert server.letters == []


def test_all_wrong_settings_are_said_at_once() -> None:
    with pytest.raises(DubanError) as caught:
        SmtpSettings(host=" ", port=0, security="tls", sender="组织部", timeout=0)  # type: ignore[arg-type]

    assert caught.value.code == "bad-settings"
    for word in ("host", "port", "security", "sender", "timeout"):
        assert word in str(caught.value)


def test_password_is_not_printed() -> None:
    settings = SmtpSettings(host="mail.example.edu.cn", sender="zzb@example.edu.cn", user="zzb", password="geheim")

    assert "geheim" not in repr(settings)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that only those trust who are given its file."""
    if shutil.which("openssl") is None:
        pytest.fail("the test certificate is made with openssl: install the package openssl")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def _settings(port: int) -> SmtpSettings:
    return SmtpSettings(host="127.0.0.1", port=port, security="plain", sender="组织部 <zzb@example.edu.cn>", timeout=5)


def _cut(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _read(envelope: Envelope) -> EmailMessage:
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _talk(listening: socket.socket, greeting: bytes) -> Thread:
    def answer() -> None:
        caller, _ = listening.accept()
        with caller:
            caller.sendall(greeting)

    thread = Thread(target=answer)
    thread.start()
    return thread


def _only_zzb(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"zzb", b"right"), handled=False)
