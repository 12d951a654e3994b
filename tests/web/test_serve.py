"""`duban serve` as whoever operates it meets it: a process, its lines and its log, signals, settings, and what a monitor asks."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from places import Places
from portal import Page, Visit, portal, served
from world import LI, QIAN, WANG, World, built

from duban import create_app
from duban.engine import Engine
from duban.serving import Place, application, behind_proxy
from duban.settings import PortalSettings, Settings
from duban.web.guarding import HEADERS
from duban.web.identity import Identity, trusted_header
from duban.web.logging import JsonLines, ShortLines
from storage.meta import heartbeat
from workflow.errors import UsageError

SECRET = "tJ3kq9Zs0aXw71bQ"
"""Something that must stand in no log."""


@dataclass
class Running:
    """A `duban serve` in a process of its own. `said` is its stdout so far, `log` its stderr, a JSON object a line."""

    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def said(self) -> str:
        return (self.folder / "out").read_text("utf-8")

    @property
    def log(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.folder / "err").read_text("utf-8").splitlines()]

    @property
    def base(self) -> str:
        until = time.monotonic() + 60
        while (found := re.search(r"http://[\d.]+:\d+", self.said)) is None:
            assert self.process.poll() is None, self.said + (self.folder / "err").read_text("utf-8")
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.05)
        return found[0]

    def stopped(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


Start = Callable[..., Running]


@pytest.fixture
def start(sqlite_places: Places, tmp_path: Path) -> Iterator[Start]:
    """Start it on the small school; further words of the command, and the content of duban.toml."""
    running: list[Running] = []

    def start(*words: str, toml: str = "", url: str | None = None) -> Running:
        folder = tmp_path / str(len(running))
        folder.mkdir()
        (folder / "duban.toml").write_text(toml, encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")}
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "duban", "serve", "--port", "0", *words],
                cwd=folder,
                env=kept | {"DUBAN_DATABASE_URL": url or sqlite_places.copy("school", built)},
                stdout=out,
                stderr=err,
            )
        running.append(Running(process, folder))
        return running[-1]

    yield start
    for one in running:
        one.process.kill()
        one.process.wait()


def get(base: str, path: str, **headers: str) -> Page:
    visit = Visit(base, None)
    try:
        return visit.get(path, **headers)
    finally:
        visit.client.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_answers_there_and_ends_politely(start: Start, number: int) -> None:
    running = start()

    page = get(running.base, "/signin")
    code = running.stopped(number)

    assert (page.status, code) == (200, 0)
    assert running.said.splitlines()[-1] == "已停止"
    assert "Traceback" not in (running.folder / "err").read_text("utf-8")


def test_a_request_under_way_is_answered_before_it_ends(start: Start) -> None:
    running = start()
    host, _, port = running.base.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as line:
        body = b"x" * 100
        line.sendall(b"POST /callback/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" + body[:50])
        time.sleep(0.5)  # until the server has begun to read it

        running.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        line.sendall(body[50:])

        assert line.recv(100).startswith(b"HTTP/1.1 404")
    assert running.process.wait(60) == 0


def test_a_port_that_is_taken_is_one_sentence(start: Start) -> None:
    first = start()
    port = first.base.rpartition(":")[2]

    second = start("--port", port)

    assert second.process.wait(60) == 1
    assert (second.folder / "err").read_text("utf-8").startswith("端口已被占用")


def test_the_alarm_clock_beside_it_runs_at_once_and_its_lines_are_in_the_log(start: Start, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'duban.db'}"
    running = start("--with-scheduler", url=url)
    assert running.base
    with Engine(url) as engine:
        until = time.monotonic() + 60
        while not _ran(engine) and time.monotonic() < until:
            time.sleep(0.1)
        code = running.stopped()

        assert _ran(engine)
        assert engine.readiness().last_run_age is not None
    assert code == 0
    assert {line["logger"] for line in running.log} <= {"duban.scheduler", "duban.access"}


def _ran(engine: Engine) -> bool:
    with engine.database.read() as connection:
        return heartbeat(connection) is not None


def test_setup_gives_a_link_that_opens_once_and_is_in_no_log(start: Start, tmp_path: Path) -> None:
    running = start("--setup", url=f"sqlite:///{tmp_path / 'duban.db'}")
    link = re.search(r"(/setup/)(\S+)", running.said) if running.base else None
    until = time.monotonic() + 20
    while link is None and time.monotonic() < until:
        time.sleep(0.05)
        link = re.search(r"(/setup/)(\S+)", running.said)
    assert link is not None

    page = get(running.base, link[0])
    running.stopped()

    assert page.status == 200
    assert link[2] not in (running.folder / "err").read_text("utf-8")
    assert "/setup/{secret}" in {line.get("route") for line in running.log}


def test_a_new_installation_says_how_somebody_can_sign_in(start: Start, tmp_path: Path) -> None:
    running = start(url=f"sqlite:///{tmp_path / 'duban.db'}")

    assert running.base
    running.stopped()

    assert "duban serve --setup" in running.said


def test_setup_where_a_proxy_signs_people_in_is_wrong_usage(start: Start) -> None:
    running = start("--setup", toml='[portal]\nheader = "X-Remote-User"\nproxies = ["127.0.0.1"]\n')

    assert running.process.wait(60) == 2
    assert "--setup" in (running.folder / "err").read_text("utf-8")


def test_a_menu_that_is_not_there_is_one_sentence_and_not_a_page_without_it(start: Start) -> None:
    running = start(toml='[portal]\nbar = "bar.html"\n')

    assert running.process.wait(60) == 1
    assert f"没有文件“{running.folder / 'bar.html'}”" in (running.folder / "err").read_text("utf-8")


def test_a_file_of_the_portal_s_menu_is_above_every_page(small_world: World, tmp_path: Path) -> None:
    (tmp_path / "bar.html").write_text('<nav id="campus">校园门户</nav>', encoding="utf-8")
    engine = _with(small_world, PortalSettings(name="校内工作", bar="bar.html", css="/p.css", home="/home"))

    with engine, served(application(engine, folder=tmp_path)) as site:
        page = site.as_(None).get("/signin")

    assert page.find("string(//nav[@id='campus'])") == list("校园门户")
    assert page.find("//link[@href='/p.css']")
    assert page.find("//header//a[@href='/home' and text()='校内工作']")


def _with(world: World, portal_settings: PortalSettings) -> Engine:
    """The engine of a world, told something under [portal]."""
    return Engine(world.url, clock=world.engine.context.clock, settings=Settings(portal=portal_settings))


PROXIED = PortalSettings(header="X-Remote-User", name_header="X-Remote-Name", proxies=("127.0.0.1",))


def test_what_a_proxy_says_of_the_browser_is_believed_and_does_not_hide_the_proxy(small_world: World, tmp_path: Path) -> None:
    engine = _with(small_world, PROXIED)
    app = application(engine, folder=tmp_path)
    seen: list[tuple[str | None, str]] = []

    @app.get("/who")
    def who(request: Request) -> None:
        seen.append((request.client.host if request.client else None, request.url.scheme))

    with engine, served(behind_proxy(app, PROXIED.proxies), proxy_headers=False) as site:  # type: ignore[arg-type]
        visit = site.as_(None)
        forwarded = {"x_forwarded_for": "10.9.8.7", "x_forwarded_proto": "https"}
        home = visit.get("/", x_remote_user=LI, **forwarded)
        visit.get("/who", **forwarded)
        nobody = visit.get("/", **forwarded)

    assert home.status != 401
    assert nobody.status == 401
    assert seen == [("10.9.8.7", "https")]


def test_who_is_no_proxy_can_say_nothing_about_anybody(small_world: World, tmp_path: Path) -> None:
    elsewhere = PortalSettings(header="X-Remote-User", proxies=("10.1.1.1",))
    engine = _with(small_world, elsewhere)
    app = behind_proxy(application(engine, folder=tmp_path), elsewhere.proxies)

    with engine, served(app, proxy_headers=False) as site:  # type: ignore[arg-type]
        forged = site.as_(None).get("/", x_remote_user=QIAN, x_forwarded_for="10.1.1.1")

    assert forged.status == 401


def test_a_root_path_that_is_none_is_wrong_usage() -> None:
    for words in ("duban", "/duban/", "//duban"):
        with pytest.raises(UsageError):
            Place(root=words)


# -- what a monitor asks


def test_healthz_answers_without_the_database_and_readyz_says_it_is_away(small_world: World) -> None:
    with portal(small_world) as site:
        nobody = site.as_(None)
        before = nobody.get("/readyz")
        small_world.engine.close()
        path = small_world.database.path
        assert path is not None
        path.rename(path.with_suffix(".away"))

        alive, away = nobody.get("/healthz"), nobody.get("/readyz")
        path.with_suffix(".away").rename(path)
        again = nobody.get("/readyz")

    assert [page.status for page in (before, alive, away, again)] == [200, 200, 503, 200]
    assert json.loads(away.text) == {
        "status": "not-ready",
        "database": "unreachable",
        "schema": "unknown",
        "last_run_age": None,
    }


def test_readyz_says_how_long_ago_the_last_run_was_and_nothing_about_anybody(world: World) -> None:
    world.launch()
    world.run("2026-03-25 08:30")
    world.at("2026-03-25 09:30")

    with portal(world) as site:
        found = json.loads(site.as_(None).get("/readyz").text)

    assert found == {"status": "ready", "database": "ok", "schema": "ok", "last_run_age": 3600}


def test_readyz_refuses_the_tables_of_another_version_of_the_program(world: World) -> None:
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE duban_version SET version_num = '0001'")

    found = world.engine.readiness()

    assert (found.database, found.schema, found.ready) == (True, False, False)


# -- the log


class Lines(logging.Handler):
    """What was logged, as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name != "httpx2":  # the reader of these tests, not the portal
            self.written.append(self.format(record))

    @property
    def documents(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.written]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Everything that is logged while a test runs."""
    root, handler = logging.getLogger(), Lines()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_request_is_one_line_with_its_route_and_a_number_that_the_answer_carries(small_world: World, lines: Lines) -> None:
    small_world.launch()

    with portal(small_world) as site:
        page = site.as_(WANG).get("/units/0101")

    [line] = [line for line in lines.documents if line["logger"] == "duban.access"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/units/{code}", page.status)
    assert line["request"] == page.headers["x-request-id"]
    assert set(line) == {"at", "level", "logger", "event", "request", "method", "route", "status", "ms"}


@pytest.mark.parametrize(
    "path",
    [
        f"/r/{SECRET}",
        f"/setup/{SECRET}",
        f"/invite/{SECRET}",
        f"/calendar/{SECRET}.ics",
        f"/nothing/{SECRET}",
        f"/signin?next={SECRET}",
    ],
)
def test_no_secret_word_of_an_address_is_logged(path: str, small_world: World, lines: Lines) -> None:
    with portal(small_world) as site:
        site.as_(LI).get(path)
        site.as_(LI).post(path, {"password": SECRET, "person": "李可"}, authorization=f"Bearer {SECRET}")

    assert len(lines.written) >= 2
    assert [line for line in lines.written if SECRET in line or LI in line or "李可" in line] == []


def test_a_method_that_is_none_is_not_repeated(small_world: World, lines: Lines) -> None:
    with portal(small_world) as site:
        site.as_(None).client.request(SECRET, "/")

    assert [line["method"] for line in lines.documents if line["logger"] == "duban.access"] == ["-"]
    assert SECRET not in "".join(lines.written)


def test_a_failure_is_logged_with_its_places_and_without_its_words(small_world: World, lines: Lines) -> None:
    app = create_app(small_world.engine, lambda request: Identity(person=LI))

    @app.get("/broken")
    def broken() -> None:
        try:
            raise KeyError("李可 13800000000")
        except KeyError as error:
            raise RuntimeError("李可的口令") from error

    with served(app) as site:
        page = site.as_(None).get("/broken")

    ours = next(line for line in lines.documents if line["logger"] == "duban.web")
    assert page.status == 500
    assert (ours["error"], ours["request"]) == ("RuntimeError < KeyError", page.headers["x-request-id"])
    assert any("test_serve.py:" in str(place) for place in ours["places"])  # type: ignore[attr-defined]
    assert [line for line in lines.written if "李可" in line or "13800000000" in line] == []
    assert {line["status"] for line in lines.documents if "status" in line} == {500}


def test_what_monitors_ask_all_day_is_not_logged_while_it_is_well(small_world: World, lines: Lines) -> None:
    with portal(small_world) as site:
        for path in ("/healthz", "/readyz", "/static/duban.css"):
            assert site.as_(None).get(path).status == 200
        missing = site.as_(None).get("/static/nothing.css")

    assert missing.status == 404
    assert [(line["route"], line["status"]) for line in lines.documents if line["logger"] == "duban.access"] == [
        ("/static", 404)
    ]


def test_on_a_terminal_a_line_is_short() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(ShortLines("Asia/Shanghai"))
    record = logging.makeLogRecord(
        {"msg": "request", "created": 1_774_425_600.0, "method": "GET", "route": "/next", "status": 200, "ms": 12}
    )

    handler.emit(record)

    assert out.getvalue() == "16:00:00 200 GET /next 12毫秒\n"


# -- inside somebody's portal


def test_a_mounted_app_logs_and_protects_as_on_its_own(small_world: World, lines: Lines) -> None:
    small_world.launch()
    host = FastAPI()
    host.mount("/campus/duban", create_app(small_world.engine, lambda request: Identity(person=WANG)))

    with served(host) as site:
        page = site.as_(None).get("/campus/duban/units/0101")
        style = site.as_(None).get("/campus/duban/static/duban.css")

    routes = {line["route"] for line in lines.documents if line["logger"] == "duban.access"}
    assert routes == {"/units/{code}"}
    for found in (page, style):
        assert {name: found.headers.get(name) for name in HEADERS} == HEADERS


def test_the_answer_to_a_failure_is_protected_too(small_world: World) -> None:
    app = create_app(small_world.engine, trusted_header("X-User", proxies=["127.0.0.1"]))
    app.get("/broken")(lambda: 1 / 0)

    with served(app) as site:
        page = site.as_(None).get("/broken")

    assert page.status == 500
    assert {name: page.headers.get(name) for name in HEADERS} == HEADERS
    assert page.headers["x-request-id"]
