"""A receiver of messages on the loopback that writes down every physical call, and then does what a script says.

    with Gateway(folder / "calls.jsonl") as gateway:
        gateway.plays(limited(after=30), refused('{"errcode": 45009}'), ok())   # one a call; the last one goes on for ever
        gateway.plays(hang(), path="/robot/2")                                  # another script for one address
        WebhookChannel(url=gateway.url("/hook"), ...).send(parcel)
        SmtpSettings(host="127.0.0.1", port=gateway.smtp_port, ...)             # the mail server starts when it is asked for
        gateway.calls()      # [Call(n=1, how="http", key=..., to=..., body=..., at=..., play="limited", effect=False), ...]
        effects(gateway.calls())   # {key: how often the receiver acted on it}

A call is written to the file before it is answered, so a sender that is killed while it waits leaves its trace. `effect` says whether the
receiver acted on the message (a person has it), whatever the sender was told. The key is the `Idempotency-Key` header, the Message-ID of
an e-mail, a key in the JSON, or, since robots take none, a digest of the body.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, Envelope, Session

OK_BODY = '{"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"}'
"""What the robots of three firms and a plain webhook all take for a yes."""
KEYS = ("idempotency_key", "key", "request_id", "requestId", "uuid", "OutId", "outId")
RECIPIENTS = ("to", "touser", "phone", "mobile", "PhoneNumbers", "recipient")
LONG = 60.0


@dataclass(frozen=True, kw_only=True)
class Play:
    """What the receiver does with one call. `wait` is in seconds, before the answer; with `cut` the line is reset instead of one.

    `effect`: it acts on the message. `line` is what a mail server says instead of 250, at RCPT.
    """

    name: str
    status: int = 200
    body: str = OK_BODY
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0.0
    cut: bool = False
    effect: bool = True
    line: str = ""


def ok(body: str = OK_BODY, *, status: int = 200) -> Play:
    return Play(name="ok", body=body, status=status)


def refused(body: str, *, line: str = "550 5.1.1 no such user") -> Play:
    """HTTP 200, and a body that says no, as robots do."""
    return Play(name="refused", body=body, effect=False, line=line)


def limited(after: int | str = 30) -> Play:
    """429 with Retry-After (seconds, or a date as HTTP writes it)."""
    return Play(name="limited", status=429, body="", headers={"Retry-After": str(after)}, effect=False, line="451 4.7.1 later")


def away(status: int = 503, body: str = "") -> Play:
    return Play(name="away", status=status, body=body, effect=False, line="421 4.3.2 closing")


def hang(seconds: float = LONG) -> Play:
    """Takes the call, does nothing with it, and says nothing. After `seconds` the line is cut."""
    return Play(name="hang", wait=seconds, cut=True, effect=False)


def accepted_then_hang(seconds: float = LONG) -> Play:
    """Acts on the message and never says so."""
    return Play(name="accepted-then-hang", wait=seconds, cut=True)


def slow(seconds: float, body: str = OK_BODY) -> Play:
    """Acts on the message and says so after a while."""
    return Play(name="slow", wait=seconds, body=body)


def reset() -> Play:
    """Cuts the line and has done nothing."""
    return Play(name="reset", cut=True, effect=False)


def accepted_then_reset() -> Play:
    """Acts on the message and cuts the line."""
    return Play(name="accepted-then-reset", cut=True)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One physical call as the receiver saw it. `at` is real time in seconds, `to` the path or the address."""

    n: int
    how: str
    at: float
    path: str
    to: str
    key: str
    body: str
    play: str
    effect: bool
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Gateway:
    """HTTP on `url(path)`, SMTP on `smtp_port`; both in threads of this process, so that scripts can be changed while they play."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._scripts: dict[str, list[Play]] = {"": [ok()]}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._calls = 0
        self._open: set[socket.socket] = set()
        self._mail: Controller | None = None
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.gateway = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.set()  # whoever is being kept waiting is let go
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        with self._lock:
            left = list(self._open)
        for line in left:
            _quietly_shut(line)
        if self._mail is not None:
            self._mail.stop()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}{path}"

    @property
    def smtp_port(self) -> int:
        if self._mail is None:
            self._mail = _mail_server(self)
        return int(self._mail.port)

    def plays(self, *plays: Play, path: str = "") -> None:
        """From now on one of these a call, in order; the last one goes on. With `path` (or an e-mail address) only for calls there."""
        with self._lock:
            self._scripts[path] = list(plays) or [ok()]

    def calls(self) -> list[Call]:
        """Every call so far, oldest first."""
        return read_calls(self.log)

    def next_play(self, where: str) -> Play:
        with self._lock:
            script = self._scripts.get(where) or self._scripts[""]
            return script.pop(0) if len(script) > 1 else script[0]

    def write(self, **call: Any) -> None:
        with self._lock:
            self._calls += 1
            _append(self.log, Call(n=self._calls, at=time.time(), **call))

    def wait(self, seconds: float) -> None:
        if seconds:
            self._closing.wait(seconds)

    def holds(self, line: socket.socket, *, open_: bool) -> None:
        with self._lock:
            (self._open.add if open_ else self._open.discard)(line)

    @property
    def closing(self) -> bool:
        return self._closing.is_set()


def read_calls(log: Path) -> list[Call]:
    return [Call(**json.loads(line)) for line in log.read_text("utf-8").splitlines()] if log.exists() else []


def effects(calls: Iterable[Call]) -> Counter[str]:
    """{key: how often the receiver acted on it}: a receiver that drops repeats would show it once."""
    return Counter(call.key for call in calls if call.effect)


def _append(log: Path, call: Call) -> None:
    """One line in one write, so that no reader meets half of it."""
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, (json.dumps(asdict(call), ensure_ascii=False) + "\n").encode())
    finally:
        os.close(handle)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    gateway: Gateway

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was killed is what this receiver is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.gateway.holds(self.connection, open_=True)

    def finish(self) -> None:
        self.server.gateway.holds(self.connection, open_=False)
        super().finish()

    def do_POST(self) -> None:
        gateway = self.server.gateway
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        path = self.path.partition("?")[0]
        play = gateway.next_play(path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        said = _json(body)
        gateway.write(
            how="http",
            path=self.path,
            to=_first(said, RECIPIENTS) or path,
            key=headers.get("idempotency-key") or _first(said, KEYS) or _digest(body),
            body=body,
            play=play.name,
            effect=play.effect,
            headers=headers,
        )
        gateway.wait(play.wait)
        if play.cut or gateway.closing:
            _cut(self.connection)
            self.close_connection = True
            return
        self._answer(play)

    do_PUT = do_POST
    do_GET = do_POST

    def _answer(self, play: Play) -> None:
        content = play.body.encode()
        self.send_response(play.status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in play.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Calls are in the file."""


class _Mail:
    """A mail server's answers, by the same scripts. One recipient a message, as our e-mail has."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.plays: dict[int, Play] = {}

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        play = self.gateway.next_play(address)
        if play.effect:
            self.plays[id(envelope)] = play
            envelope.rcpt_tos.append(address)
            return "250 OK"
        self._write(play, address, "", "")
        await asyncio.sleep(play.wait)
        if play.cut:
            _abort(server)
        return play.line or "451 4.3.0 not now"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        play = self.plays.pop(id(envelope))
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message = message_from_bytes(content, policy=policy.default)
        plain = message.get_body(("plain",))
        headers = {name.lower(): str(value) for name, value in message.items()}
        self._write(play, envelope.rcpt_tos[0], str(message["Message-ID"]), plain.get_content() if plain else "", headers)
        await asyncio.sleep(play.wait)
        if play.cut:
            _abort(server)
        return "250 OK queued"

    def _write(self, play: Play, to: str, key: str, body: str, headers: Mapping[str, str] | None = None) -> None:
        self.gateway.write(
            how="smtp", path="", to=to, key=key, body=body, play=play.name, effect=play.effect, headers=dict(headers or {})
        )


def _mail_server(gateway: Gateway) -> Controller:
    from aiosmtpd.controller import Controller  # of the development extra, like the PostgreSQL of the tests

    for left in range(5, -1, -1):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        controller = Controller(_Mail(gateway), hostname="127.0.0.1", port=port)
        try:
            controller.start()
        except OSError:  # somebody was quicker
            if not left:
                raise
        else:
            return controller
    raise AssertionError


def _abort(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


def _cut(line: socket.socket) -> None:
    """A reset, not a polite end."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()


def _quietly_shut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _json(body: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _first(said: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((str(said[name]) for name in names if isinstance(said.get(name), str | int)), "")


def _digest(body: str) -> str:
    return "body:" + hashlib.sha256(body.encode()).hexdigest()[:16]
