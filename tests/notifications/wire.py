"""Real servers on the loopback that answer, refuse, stall, lie, drop, and accept and then hang."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

Behave = Callable[[socket.socket, Event], None]


@dataclass(frozen=True)
class Heard:
    """One request as it came over the wire."""

    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        """Decoded once, as every web server does."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def json(self) -> dict[str, object]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found


@dataclass
class Gateway:
    """A server on a port of its own. `behaves` says what it does with a request it has read; it may be changed between requests."""

    behaves: Behave
    heard: list[Heard] = field(default_factory=list)
    port: int = 0
    over: Event = field(default_factory=Event)

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def gateway(behaves: Behave) -> Iterator[Gateway]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Gateway(behaves=behaves, port=int(listening.getsockname()[1]))
        thread = Thread(target=_serve, args=(listening, made), daemon=True)
        thread.start()
        yield made
        made.over.set()
        # A thread blocked in accept() is not woken by closing the socket: one last caller wakes it.
        socket.create_connection(("127.0.0.1", made.port)).close()
        thread.join(5)


def answers(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Behave:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} Whatever",
        f"Content-Length: {len(content)}",
        *(f"{k}: {v}" for k, v in (headers or {}).items()),
    ]

    def behave(caller: socket.socket, over: Event) -> None:
        caller.sendall("\r\n".join([*lines, "", ""]).encode() + content)

    return behave


def hangs(caller: socket.socket, over: Event) -> None:
    """Has the whole request and never says a word."""
    over.wait(30)


def drops(caller: socket.socket, over: Event) -> None:
    """Has the whole request and cuts the line."""
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def half_answer(caller: socket.socket, over: Event) -> None:
    caller.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"errcode": 0, "code": 0, "res')


def trickles(caller: socket.socket, over: Event) -> None:
    """A byte now and then, each within every timeout."""
    try:
        caller.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not over.wait(0.1):
            caller.sendall(b"x")
    except OSError:
        return


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _serve(listening: socket.socket, made: Gateway) -> None:
    while True:
        caller, _ = listening.accept()
        if made.over.is_set():
            caller.close()
            return
        Thread(target=_talk, args=(caller, made), daemon=True).start()


def _talk(caller: socket.socket, made: Gateway) -> None:
    with caller:
        try:
            heard = _read(caller)
            if heard is not None:
                made.heard.append(heard)
                made.behaves(caller, made.over)
        except OSError:
            return


def _read(caller: socket.socket) -> Heard | None:
    stream = caller.makefile("rb")
    first = stream.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers: dict[str, str] = {}
    while (line := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Heard(target=first[1], headers=headers, body=stream.read(int(headers.get("content-length", "0"))))
