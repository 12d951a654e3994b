"""A portal that puts Duban, a process of its own, behind itself at /duban, and says in a header who is signed in.

Start both: `python examples/reverse_proxy/portal.py`. In service the proxy is nginx or Apache (deploy/nginx.conf); this one, of the
standard library alone, shows what such a proxy has to do: sign people in, strip what browsers send under its header, and set it itself.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import invented  # noqa: E402  (beside this folder)

from duban import Engine  # noqa: E402

HEADER, NAME_HEADER = "x-remote-user", "x-remote-name"
OURS = {HEADER, NAME_HEADER, "x-forwarded-for", "x-forwarded-proto", "forwarded"}
"""What only the proxy may say."""
OF_ONE_CONNECTION = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection"}
OPEN = ("/r/", "/api/", "/callback/", "/calendar/", "/static/")
"""What is asked by who has not signed in to the portal: links in messages, programs with a token, providers, calendars."""
COOKIE = "portal"
LONGEST = 1024 * 1024
"""Bytes of a body; the board takes no more."""


class Portal(ThreadingHTTPServer):
    """The portal's own pages, and everything under /duban handed on to the board on `board_port`."""

    daemon_threads = True

    def __init__(self, port: int, board_port: int, people: tuple[invented.Person, ...]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.board_port = board_port
        self.people = {one.number: one for one in people}
        self.key = secrets.token_bytes()

    def signature(self, number: str) -> str:
        return hmac.new(self.key, number.encode(), hashlib.sha256).hexdigest()


class Handler(BaseHTTPRequestHandler):
    server: Portal
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == invented.PREFIX or path.startswith(f"{invented.PREFIX}/"):
            self._hand_on()
        elif path == "/portal.css":
            self._say(invented.CSS, kind="text/css")
        elif path == "/signin":
            self._say(invented.sign_in_page(list(self.server.people.values())))
        elif path == "/signout":
            self._go("/signin", f"{COOKIE}=; Max-Age=0; Path=/")
        elif path == "/":
            self._say(invented.home_page(self.person.name)) if self.person else self._go("/signin")
        else:
            self._say("没有这个页面", status=404)

    def do_POST(self) -> None:
        if self.path != "/signin":
            self._hand_on()
            return
        length = min(int(self.headers.get("content-length", 0)), LONGEST)
        [number] = parse_qs(self.rfile.read(length).decode()).get("person", [""])[:1]
        signed = f"{number}.{self.server.signature(number)}"
        known = number in self.server.people
        self._go("/", f"{COOKIE}={signed}; HttpOnly; SameSite=Lax; Path=/" if known else None)

    do_HEAD = do_GET
    do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_POST

    @property
    def person(self) -> invented.Person | None:
        """Who is signed in: the portal's own cookie says so, and nothing else a browser sends."""
        kept = SimpleCookie(self.headers.get("cookie", "")).get(COOKIE)
        number, _, signature = kept.value.partition(".") if kept else ("", "", "")
        right = secrets.compare_digest(signature.encode(), self.server.signature(number).encode())
        return self.server.people.get(number) if right else None

    def _hand_on(self) -> None:
        """To the board and back, as it is; a browser's own word about who it is stays here."""
        inner = self.path.removeprefix(invented.PREFIX) or "/"
        person = None if inner.startswith(OPEN) else self.person
        if person is None and not inner.startswith(OPEN):
            self._go("/signin")
            return
        if (body := self._body()) is None:
            self.close_connection = True
            self._say("提交的内容太长，没有记录", status=413)
            return
        board = HTTPConnection("127.0.0.1", self.server.board_port, timeout=60)
        board.putrequest(self.command, inner, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower().replace("_", "-") not in OURS | OF_ONE_CONNECTION:
                board.putheader(name, value)
        if person:
            board.putheader(HEADER, person.number)
            board.putheader(NAME_HEADER, person.name.encode())
        board.putheader("x-forwarded-for", self.client_address[0])
        board.putheader("x-forwarded-proto", "http")
        board.endheaders(body)
        self._back(board)

    def _body(self) -> bytes | None:
        """What was sent; None if it is longer than the board would read. (No browser sends a form in chunks.)"""
        length = int(self.headers.get("content-length", 0))
        found = self.rfile.read(min(length, 8 * LONGEST))  # who is cut off while he sends does not hear why
        return found if length <= LONGEST else None

    def _back(self, board: HTTPConnection) -> None:
        answer = board.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OF_ONE_CONNECTION | {"content-length"}:
                self.send_header(name, value)
        self.send_header("content-length", answer.getheader("content-length") or str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        board.close()

    def _say(self, text: str, *, status: int = 200, kind: str = "text/html") -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("content-type", f"{kind}; charset=utf-8")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _go(self, address: str, cookie: str | None = None) -> None:
        self.send_response(303)
        self.send_header("location", quote(address))
        self.send_header("content-length", "0")
        if cookie:
            self.send_header("set-cookie", cookie)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def board(url: str) -> Iterator[int]:
    """`duban serve` on a port of its own, which only this machine can reach; yields the port."""
    words = ["serve", "--db", url, "--port", "0", "--root-path", invented.PREFIX]
    with subprocess.Popen([sys.executable, "-m", "duban", *words], cwd=HERE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r":(\d+)/", process.stdout.readline())
            if found is None:
                raise SystemExit("duban serve did not start")
            yield int(found[1])
        finally:
            process.terminate()


def main() -> None:
    given = invented.options("A portal with Duban behind it")
    url = invented.database(given.db)
    with Engine(url) as engine:
        people = invented.people(engine)
    with board(url) as board_port, Portal(given.port, board_port, people) as portal:
        print(f"http://127.0.0.1:{portal.server_port}/", flush=True)
        portal.serve_forever()


if __name__ == "__main__":
    invented.run(main)
