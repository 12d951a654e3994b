"""What somebody sends who means no good, or whose browser has gone mad: refused or shown literally, and nothing is written."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from places import Places
from portal import Served, Visit, portal
from test_permission_matrix import MATRIX, played
from world import LI, QIAN, SCHOOL, WANG, ZHAO, World, definition, instant

from duban import sandbox

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
QUOTE = "'; DROP TABLE duty; --"
FORMS = {address: line for address, line in MATRIX.items() if line.form is not None and "/r/" not in address}
PAGES = {address: line for address, line in MATRIX.items() if address.startswith("GET ")}


@pytest.fixture(scope="module")
def busy(sqlite_places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Served]]:
    """The scene of the permission matrix: nothing of what is sent here may change it."""
    url = sqlite_places.copy("permission scene", played)
    world = World(url=url, folder=tmp_path_factory.mktemp("busy"), time=instant("2026-04-15 09:00"))
    with portal(world) as found:
        yield world, found
    world.close()
    sqlite_places.drop(url)


# --- names that are programs


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Served]]:
    """A school whose branches, people, tasks and reasons are called like programs."""
    folder = tmp_path_factory.mktemp("strange")
    url = f"sqlite:///{folder / 'strange.db'}"
    sandbox.create(url, sandbox=True).close()
    school = SCHOOL.changed("0101", name=f"{SCRIPT}党支部").changed("0102", name=f"{IMAGE}党支部")
    posts = tuple(post if post.number != LI else type(post)(**{**vars(post), "name": SCRIPT}) for post in school.posts)
    world = World(url=url, folder=folder)
    world.engine.import_units(files=type(school)(school.units, posts).files())
    text = "任务:\n  - {事项: '<b onclick=alert(1)>换届', 谁办: 党支部, 时间: 3月30日前}\n"
    world.engine.launch("活动.yaml", text=definition(text, name="支部换届<script src=//evil.example/x.js>"))
    duty = next(d.id for r in world.engine.status().rows if r.unit == "0101" for d in r.duties)
    world.run("2026-03-25", deliver=False)
    world.at("2026-03-26").act("submit", duty=duty, by=LI)
    world.engine.act("return", duty=duty, by=WANG, reason=f"请改{IMAGE}{SCRIPT}")
    world.run("2026-03-31")
    with portal(world) as found:
        yield world, found
    world.close()


@pytest.mark.parametrize("who", [LI, WANG, QIAN])
def test_a_name_that_is_a_program_is_shown_as_it_is_written(strange: tuple[World, Served], who: str) -> None:
    world, site = strange
    duty = next(d.id for r in world.engine.status().rows if r.unit == "0101" for d in r.duties)
    visit = site.as_(who)
    paths = ("/next", f"/duties/{duty}", "/branches", "/progress", "/progress?unit=01", "/units/0101", "/units/0102", "/runs")

    pages = [page for path in paths if (page := visit.get(path)).status == 200]

    assert len(pages) >= 3
    assert any(SCRIPT in page.words or IMAGE in page.words for page in pages)
    for page in pages:
        assert page.find("//script[not(@src)] | //script[contains(@src, 'evil')] | //main//img | //b[@onclick]") == []
        assert page.find("//@*[starts-with(name(), 'on')] | //@*[name() = 'style']") == []


def test_what_somebody_searches_for_is_not_run_on_the_page(busy: tuple[World, Served]) -> None:
    visit = busy[1].as_(QIAN)

    for path in (f"/progress?phase={quote(SCRIPT)}", f"/progress?unit={quote(IMAGE)}", f"/branches?state={quote(IMAGE)}"):
        page = visit.get(path)
        assert page.status in (200, 404), path
        assert SCRIPT not in page.text
        assert IMAGE not in page.text


def test_a_sentence_of_sql_is_a_sentence(busy: tuple[World, Served]) -> None:
    world, site = busy
    before = world.everything()

    found = {path: site.as_(QIAN).get(path + quote(QUOTE)).status for path in ("/units/", "/progress?unit=", "/branches?task=")}

    assert all(status in (200, 404) for status in found.values()), found
    assert world.everything() == before


# --- forms that our pages did not make


@pytest.mark.parametrize("address", FORMS)
def test_a_form_without_its_token_or_with_a_wrong_one_does_nothing(address: str, busy: tuple[World, Served]) -> None:
    world, site = busy
    path = _filled(MATRIX[address].path, world)
    fields = {name: _filled(value, world) for name, value in (MATRIX[address].form or {}).items()}
    visit, before = site.as_(QIAN), world.everything()
    good = _token(visit)
    tokens = (None, "", "1.2", _another(good), _token(site.as_(LI)), _token(site.as_(QIAN)), _expired(good), good + "0")

    found = [
        visit.client.post(path, data=fields | ({"csrf": token} if token is not None else {}), follow_redirects=False)
        for token in tokens
    ]

    assert {answer.status_code for answer in found} <= {403, 404}, [answer.status_code for answer in found]
    assert world.everything() == before


def test_a_token_serves_only_in_the_browser_it_was_made_for(busy: tuple[World, Served]) -> None:
    visit = busy[1].as_(LI)
    token = _token(visit)
    visit.client.cookies.clear()

    answer = visit.client.post("/calendar/renew", data={"csrf": token})

    assert answer.status_code == 403


def test_a_form_sent_twice_counts_once(small_world: World) -> None:
    small_world.launch()
    duty = small_world.duty("0101").id
    with portal(small_world) as site:
        li = site.as_(LI)
        page = li.get(f"/duties/{duty}")
        first = page.submit(".//form[contains(@action, '/submit') or @id='fill']")
        again = page.submit(".//form[contains(@action, '/submit') or @id='fill']")

    assert first.status == 200
    assert again.status == 409
    assert len(small_world.rows("SELECT id FROM journal WHERE act = 'submit'")) == 1


def test_an_acceptance_seen_in_another_state_is_refused(small_world: World) -> None:
    """The clerk's page lay open while the branch took its paper back and sent another."""
    small_world.launch()
    engine, duty = small_world.engine, small_world.duty("0101").id
    small_world.at("2026-03-20").act("submit", duty=duty, by=LI)
    with portal(small_world) as site:
        page = site.as_(WANG).get("/branches")
        engine.act("withdraw", duty=duty, by=LI)
        engine.act("submit", duty=duty, by=LI)
        (pick,) = {str(box.get("value")) for box in page.find("//section[@id='review']//input[starts-with(@name, 'pick')]")}
        form = "//section[@id='review']//form | //form[.//section[@id='review']]"
        answer = page.submit(form, press="审核通过", **{"pick-task-1": pick})

    assert "已被他人更新" in answer.words or "刷新" in answer.words
    assert small_world.rows("SELECT id FROM journal WHERE act = 'accept'") == []


# --- somebody else's


def test_a_foreign_branch_among_ones_own_stops_the_whole_form(small_world: World) -> None:
    small_world.launch()
    own, foreign = small_world.duty("0101").id, small_world.duty("0201").id
    small_world.at("2026-03-20").act("submit", duty=own, by=LI)
    small_world.engine.act("submit", duty=foreign, by=ZHAO)
    versions = {unit: small_world.row(unit).version for unit in ("0101", "0201")}
    with portal(small_world) as site:
        wang = site.as_(WANG)
        picks = [f"{own}.{versions['0101']}", f"{foreign}.{versions['0201']}"]
        answer = wang.post("/branches/act", {"csrf": _token(wang), "act": "accept", "pick": picks})

    assert answer.status == 404
    assert small_world.duty("0201").state == "submitted"


def test_what_does_not_exist_and_what_is_not_his_are_told_in_the_same_words(small_world: World) -> None:
    small_world.launch()
    foreign = small_world.duty("0201").id
    with portal(small_world) as site:
        wang = site.as_(WANG)
        hidden = [wang.get(path) for path in (f"/duties/{foreign}", "/units/0201", f"/api/v1/duties/{foreign}")]
        nothing = [wang.get(path) for path in ("/duties/999999", "/units/0999", "/api/v1/duties/999999")]

    for one, other in zip(hidden, nothing, strict=True):
        assert (one.status, other.status) == (404, 404)
        assert _without_numbers(one.text) == _without_numbers(other.text)


# --- addresses, headers and bodies out of order


@pytest.mark.parametrize(
    "odd", ["9" * 30, "-1", "0", "1.5", "١", "%00", "%0d%0aX-Evil:%201", "..%2f..%2fetc", "%F0%9F%92%A9", "a" * 300]
)
def test_no_address_brings_the_server_down(odd: str, busy: tuple[World, Served]) -> None:
    visit = busy[1].as_(QIAN)

    found = {
        path: visit.client.get(path, follow_redirects=False)
        for line in PAGES.values()
        if "{" in line.path
        for path in [re.sub(r"\{\w+\}", odd, line.path)]
    }

    assert {path: answer.status_code for path, answer in found.items() if answer.status_code >= 500} == {}
    assert all("x-evil" not in answer.headers for answer in found.values())


@pytest.mark.parametrize("odd", ["9" * 30, "-1", "x"])
def test_no_form_sent_to_an_odd_address_brings_the_server_down(odd: str, busy: tuple[World, Served]) -> None:
    visit = busy[1].as_(QIAN)
    token = _token(visit)

    found = {
        path: visit.client.post(path, data={**(line.form or {}), "csrf": token}, follow_redirects=False).status_code
        for line in FORMS.values()
        if "{" in line.path
        for path in [re.sub(r"\{\w+\}", odd, line.path)]
    }

    assert {path: status for path, status in found.items() if status >= 500 or status < 300} == {}


@pytest.mark.parametrize(
    "odd", ["9" * 30, "-1", "x", "%00", "2012-99-99", "9999-12-31", "0001-01-01", "%0d%0aX-Evil:%201", "1&campaign=2"]
)
def test_no_question_brings_the_server_down(odd: str, busy: tuple[World, Served]) -> None:
    names = (
        "campaign",
        "unit",
        "phase",
        "at",
        "late",
        "state",
        "kind",
        "task",
        "look",
        "before",
        "after",
        "page",
        "limit",
        "next",
    )
    visit = busy[1].as_(QIAN)
    paths = ("/branches", "/progress", "/units/0101", "/runs", "/next", "/account", "/api/v1/duties", "/api/v1/events")

    found = {
        address: visit.client.get(address, follow_redirects=False)
        for path in paths
        for name in names
        for address in [f"{path}?{name}={odd}"]
    }

    assert {path: answer.status_code for path, answer in found.items() if answer.status_code >= 500} == {}
    assert all("x-evil" not in answer.headers for answer in found.values())


@pytest.mark.parametrize(
    "odd", ["9" * 30, "-1", "x", "\x00", "\r\nX-Evil: 1", "\ud83d".encode("utf-16", "surrogatepass").hex(), IMAGE]
)
def test_no_field_of_a_form_brings_the_server_down(odd: str, sqlite_places: Places, tmp_path: Path) -> None:
    url = sqlite_places.copy("permission scene", played)
    world = World(url=url, folder=tmp_path, time=instant("2026-04-15 09:00"))
    with portal(world) as site:
        visit = site.as_(QIAN)
        token, found = _token(visit), {}
        for address, line in FORMS.items():
            for name in line.form or {}:
                fields = {key: _filled(value, world) for key, value in (line.form or {}).items()} | {name: odd, "csrf": token}
                answer = visit.client.post(_filled(line.path, world), data=fields, follow_redirects=False)
                found[f"{address} {name}"] = (answer.status_code, "x-evil" in answer.headers)
    world.close()
    sqlite_places.drop(url)

    assert {what: status for what, (status, _) in found.items() if status >= 500} == {}
    assert not any(evil for _, evil in found.values())


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/next\r\nX-Evil: 1",
        "/\t/evil.example",
    ],
)
def test_after_a_form_nobody_is_led_to_another_host(back: str, busy: tuple[World, Served]) -> None:
    visit = busy[1].as_(QIAN)
    fields = {"csrf": _token(visit), "back": back, "channel": "folder"}

    answer = visit.client.post("/channels/enable", data=fields, follow_redirects=False)

    assert answer.status_code == 303
    where = urlsplit(answer.headers["location"])
    assert (where.scheme, where.netloc, where.path) == ("", "", "/runs")
    assert "x-evil" not in answer.headers


def test_a_made_up_note_of_what_was_done_is_not_shown(busy: tuple[World, Served]) -> None:
    visit = busy[1].as_(LI)
    visit.client.cookies.set("duban_said", "eyJnb29kIjogWyLlt7LlkIzmhI8iXSwgImJhZCI6IFtdfQ==.0000", domain="127.0.0.1")

    page = visit.get("/next")

    assert page.status == 200
    assert page.find("//*[@id='said']") == []


@pytest.mark.parametrize(
    "path",
    ["/branches/act", "/duties/1/submit", "/api/v1/duties/1/acts", "/signin", "/callback/sms", "/r/abcdefghijklmnopqrst"],
)
def test_a_body_of_100_megabytes_is_refused_before_it_is_read(path: str, busy: tuple[World, Served]) -> None:
    said = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-Test-Person: {QIAN}\r\nContent-Type: application/x-www-form-urlencoded\r\n"

    answer = _raw(busy[1], f"{said}Content-Length: 104857600\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_who_says_much_and_sends_it_hears_why(busy: tuple[World, Served]) -> None:
    said = f"POST /branches/act HTTP/1.1\r\nHost: x\r\nX-Test-Person: {QIAN}\r\nContent-Length: 3145728\r\n\r\n"

    answer = _raw(busy[1], said.encode() + b"a" * 3_145_728)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_body_that_does_not_say_how_long_it_is_is_refused_where_it_becomes_too_long(busy: tuple[World, Served]) -> None:
    said = f"POST /branches/act HTTP/1.1\r\nHost: x\r\nX-Test-Person: {QIAN}\r\nTransfer-Encoding: chunked\r\n"
    head = f"{said}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode()
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"

    answer = _raw(busy[1], head + chunk * 20)

    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("length", ["-1", "1e9", "9" * 40, "0x10", ""])
def test_a_length_that_is_none_is_no_way_around_it(length: str, busy: tuple[World, Served]) -> None:
    said = f"POST /branches/act HTTP/1.1\r\nHost: x\r\nX-Test-Person: {QIAN}\r\nContent-Length: {length}\r\n\r\n"

    answer = _raw(busy[1], said.encode())

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 ")), answer[:100]


def test_json_nested_a_thousand_deep_is_not_understood(busy: tuple[World, Served]) -> None:
    visit = busy[1].as_(QIAN)
    token = visit.client.get("/api/v1/me").json()["csrf_token"]
    body = b'{"act": "submit", "data": ' + b'{"a": ' * 100_000 + b"1" + b"}" * 100_000 + b"}"
    headers = {"content-type": "application/json", "X-CSRF-Token": token, "If-Match": '"1"'}

    answer = visit.client.post("/api/v1/duties/1/acts", content=body[:1_000_000], headers=headers)

    assert 400 <= answer.status_code < 500


def test_every_answer_says_what_a_browser_must_not_do(busy: tuple[World, Served]) -> None:
    visit = busy[1].as_(QIAN)
    pages = [
        visit.client.get(path)
        for path in ("/progress", "/nowhere", "/duties/x", "/static/duban.css", "/api/v1/me", "/api/v1/x")
    ]

    for answer in pages:
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def _token(visit: Visit) -> str:
    found = visit.get("/calendar").find(".//input[@name='csrf']")
    return str(found[0].get("value"))


def _another(token: str) -> str:
    """The same with its last sign changed."""
    return token[:-1] + ("0" if token[-1] != "0" else "1")


def _expired(token: str) -> str:
    return f"1000000000.{token.partition('.')[2]}"


def _filled(words: str, world: World) -> str:
    """Real numbers, so that only the token is wrong."""
    numbers = {
        "duty": world.duty("0101").id,
        "sent": world.duty("0101", "支部小结").id,
        "written": world.duty("0101", "半年总结").id,
        "asked": world.duty("0101", "半年总结").id,
        "case": world.row("0101").case,
        "version": world.row("0101").version,
        "version2": world.row("0102").version,
    }
    for name, number in numbers.items():
        words = words.replace("{" + name + "}", str(number))
    return re.sub(r"\{\w+\}", "1", words)


def _without_numbers(text: str) -> str:
    """A page without what tells one asking from another: form tokens, and the numbers asked for."""
    return re.sub(r'value="[^"]*"|\d+', "", text)


def _raw(site: Served, content: bytes) -> bytes:
    """What a server answers to bytes on the line."""
    parts = urlsplit(site.base)
    with socket.create_connection((str(parts.hostname), parts.port or 80), timeout=20) as line:
        with suppress(OSError):  # it has answered and closed already
            line.sendall(content)
        found = b""
        while b"\r\n\r\n" not in found and (more := line.recv(4096)):
            found += more
        return found
