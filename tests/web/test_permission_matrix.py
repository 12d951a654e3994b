"""Who may open and send what: every address of the portal as a branch's secretary, the clerk above him, the clerk of another committee, an
officer of the school, and nobody. A new address without a line here fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from places import Places
from portal import Served, Visit, portal, served
from routes import addresses
from world import CHEN, LI, QIAN, WANG, WU, ZHENG, World, built, definition

from duban import create_app
from storage.tables import MESSAGE

CAMPAIGN = definition(
    """任务:
  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}
  - {事项: 支部小结, 谁办: 党支部, 时间: 4月20日前}
  - {事项: 半年总结, 谁办: 党支部, 时间: 4月30日前, 表单: 总结}
"""
)
PEOPLE = {"secretary": LI, "clerk": WANG, "other clerk": WU, "officer": QIAN, "nobody": None}
SEEN_BY_ALL = (200, 200, 200, 200, 401)
OFFICE_ONLY = (404, 404, 404, 200, 401)
NOT_HERE = (404, 404, 404, 404, 404)
"""Signing in: not where a portal says who is asking."""


@dataclass(frozen=True)
class Line:
    """One address: where exactly, what is sent, and the status for each of `PEOPLE`, in their order."""

    path: str
    expected: tuple[int, int, int, int, int]
    form: dict[str, Any] | None = None
    body: dict[str, Any] | None = None
    tagged: bool = False
    """Sent with `If-Match`."""


def asks(path: str, *expected: int) -> Line:
    assert len(expected) == 5
    return Line(path, expected)  # type: ignore[arg-type]


def sends(path: str, form: dict[str, Any], *expected: int) -> Line:
    assert len(expected) == 5
    return Line(path, expected, form=form)  # type: ignore[arg-type]


def posts(path: str, body: dict[str, Any], *expected: int, tagged: bool = False) -> Line:
    assert len(expected) == 5
    return Line(path, expected, body=body, tagged=tagged)  # type: ignore[arg-type]


# Li leads 0101; Wang is 组织员 of 01 above it, Wu of 02. {duty} is 0101's and open, {sent} is handed in, {written} has a form,
# {asked} waits for more time; {request} is that of 0102 under Wang. 303: done, or refused by the guards with a reason on the page one is
# sent back to; 409: refused with a reason on this very page; 404: does not exist for him.
MATRIX: dict[str, Line] = {
    # pages
    "GET /": asks("/", 303, 303, 303, 303, 401),
    "GET /next": asks("/next", 200, 200, 200, 200, 401),
    "GET /branches": asks("/branches", 404, 200, 200, 200, 401),
    "GET /progress": asks("/progress", 404, 200, 200, 200, 401),
    "GET /units/{code}": asks("/units/0101", 200, 200, 404, 200, 401),
    "GET /duties/{duty}": asks("/duties/{duty}", 200, 200, 404, 200, 401),
    "GET /runs": asks("/runs", *OFFICE_ONLY),
    "GET /runs/{run}": asks("/runs/{run}", *OFFICE_ONLY),
    "GET /messages/{message}": asks("/messages/{message}", *OFFICE_ONLY),
    "GET /calendar": asks("/calendar", *SEEN_BY_ALL),
    "GET /account": asks("/account", *SEEN_BY_ALL),
    "GET /accounts": asks("/accounts", 404, 404, 404, 404, 401),
    # forms
    "POST /duties/{duty}/save": sends("/duties/{written}/save", {"summary": "一"}, 303, 409, 404, 409, 401),
    "POST /duties/{duty}/submit": sends("/duties/{duty}/submit", {"version": "{version}"}, 303, 409, 404, 409, 401),
    "POST /duties/{duty}/withdraw": sends("/duties/{sent}/withdraw", {"version": "{version}"}, 303, 409, 404, 409, 401),
    "POST /duties/{duty}/extension": sends(
        "/duties/{duty}/extension", {"to": "2026-04-20", "reason": "书记出差", "version": "{version}"}, 303, 409, 404, 409, 401
    ),
    "POST /duties/{duty}/extension/withdraw": sends("/duties/{asked}/extension/withdraw", {}, 303, 409, 404, 409, 401),
    "POST /requests/{number}": sends(
        "/requests/{request}", {"answer": "refuse", "words": "请按时报送", "version": "{version2}"}, 404, 303, 404, 303, 401
    ),
    "POST /duties/{duty}/act": sends("/duties/{sent}/act", {"act": "accept", "version": "{version}"}, 303, 303, 404, 303, 401),
    "POST /cases/{case}/act": sends(
        "/cases/{case}/act", {"act": "advance", "reason": "试", "version": "{version}"}, 303, 303, 404, 303, 401
    ),
    "POST /branches/act": sends("/branches/act", {"act": "accept", "pick": "{sent}.{version}"}, 404, 303, 404, 303, 401),
    "POST /branches/release": sends("/branches/release", {}, 404, 303, 303, 303, 401),
    "POST /decisions": sends("/decisions", {"duty": "{duty}", "choice": "电话了解"}, 404, 303, 404, 303, 401),
    "POST /runs/{run}/confirm": sends(
        "/runs/{held}/confirm", {"answer": "release", "reason": "已核对"}, 404, 404, 404, 303, 401
    ),
    "POST /messages/{message}/retry": sends("/messages/{failed}/retry", {}, 404, 404, 404, 303, 401),
    "POST /messages/{message}/abort": sends("/messages/{failed}/abort", {}, 404, 404, 404, 303, 401),
    "POST /channels/enable": sends("/channels/enable", {"channel": "folder"}, 404, 404, 404, 303, 401),
    "POST /calendar/renew": sends("/calendar/renew", {}, 303, 303, 303, 303, 401),
    "POST /account/tokens": sends(
        "/account/tokens", {"name": "统计程序", "rights": "read", "days": "30"}, 200, 200, 200, 200, 401
    ),
    "POST /account/tokens/{token}/revoke": sends("/account/tokens/{token}/revoke", {}, 303, 404, 404, 404, 401),
    # with local accounts only
    "GET /signin": asks("/signin", *NOT_HERE),
    "POST /signin": sends("/signin", {"name": LI, "password": "x"}, *NOT_HERE),
    "POST /signout": sends("/signout", {}, *NOT_HERE),
    "GET /setup/{secret}": asks("/setup/abcdefghijklmnopqrst", *NOT_HERE),
    "POST /setup/{secret}": sends("/setup/abcdefghijklmnopqrst", {}, *NOT_HERE),
    "GET /invite/{secret}": asks("/invite/abcdefghijklmnopqrst", *NOT_HERE),
    "POST /invite/{secret}": sends("/invite/abcdefghijklmnopqrst", {}, *NOT_HERE),
    "POST /account/password": sends(
        "/account/password", {"current": "a", "password": "b", "again": "b"}, 404, 404, 404, 404, 401
    ),
    "POST /account/sessions/end": sends("/account/sessions/end", {}, 404, 404, 404, 404, 401),
    "POST /accounts/{person}/invite": sends("/accounts/{person}/invite", {}, 404, 404, 404, 404, 401),
    "POST /accounts/{person}/disable": sends("/accounts/{person}/disable", {}, 404, 404, 404, 404, 401),
    # by a secret in the address, whoever asks
    "GET /calendar/{name}.ics": asks("/calendar/1-1-0000.ics", *NOT_HERE),
    "GET /r/{secret}": asks("/r/abcdefghijklmnopqrstuvwx", *NOT_HERE),
    "POST /r/{secret}": sends("/r/abcdefghijklmnopqrstuvwx", {}, 403, 403, 403, 403, 403),
    "POST /callback/{channel}": posts("/callback/sms", {"event_id": "1"}, *NOT_HERE),
    # open to everybody
    "GET /healthz": asks("/healthz", 200, 200, 200, 200, 200),
    "GET /readyz": asks("/readyz", 200, 200, 200, 200, 200),
    "GET /favicon.ico": asks("/favicon.ico", 200, 200, 200, 200, 200),
    "GET /static": asks("/static/duban.css", 200, 200, 200, 200, 200),
    "GET /api/v1/openapi.json": asks("/api/v1/openapi.json", 200, 200, 200, 200, 200),
    # the API
    "GET /api/v1/me": asks("/api/v1/me", *SEEN_BY_ALL),
    "GET /api/v1/campaigns": asks("/api/v1/campaigns", *SEEN_BY_ALL),
    "GET /api/v1/campaigns/{campaign}": asks("/api/v1/campaigns/{campaign}", *SEEN_BY_ALL),
    "GET /api/v1/campaigns/{campaign}/status": asks("/api/v1/campaigns/{campaign}/status", *SEEN_BY_ALL),
    "GET /api/v1/units": asks("/api/v1/units", *SEEN_BY_ALL),
    "GET /api/v1/units/{code}": asks("/api/v1/units/0101", 200, 200, 404, 200, 401),
    "GET /api/v1/units/{code}/explain": asks("/api/v1/units/0101/explain", 200, 200, 404, 200, 401),
    "GET /api/v1/cases": asks("/api/v1/cases", *SEEN_BY_ALL),
    "GET /api/v1/cases/{case}": asks("/api/v1/cases/{case}", 200, 200, 404, 200, 401),
    "GET /api/v1/cases/{case}/acts": asks("/api/v1/cases/{case}/acts", 200, 200, 404, 200, 401),
    "GET /api/v1/duties": asks("/api/v1/duties", *SEEN_BY_ALL),
    "GET /api/v1/duties/{duty}": asks("/api/v1/duties/{duty}", 200, 200, 404, 200, 401),
    "GET /api/v1/duties/{duty}/acts": asks("/api/v1/duties/{duty}/acts", 200, 200, 404, 200, 401),
    "GET /api/v1/duties/{duty}/form": asks("/api/v1/duties/{written}/form", 200, 200, 404, 200, 401),
    "GET /api/v1/duties/{duty}/submission": asks("/api/v1/duties/{sent}/submission", 200, 200, 404, 200, 401),
    "POST /api/v1/duties/{duty}/acts": posts(
        "/api/v1/duties/{sent}/acts", {"act": "accept"}, 409, 200, 404, 412, 401, tagged=True
    ),
    "POST /api/v1/cases/{case}/acts": posts(
        "/api/v1/cases/{case}/acts", {"act": "advance", "reason": "试"}, 409, 409, 404, 200, 401, tagged=True
    ),
    "GET /api/v1/events": asks("/api/v1/events", *SEEN_BY_ALL),
    "GET /api/v1/runs": asks("/api/v1/runs", *OFFICE_ONLY),
    "GET /api/v1/runs/{run}": asks("/api/v1/runs/{run}", *OFFICE_ONLY),
    "POST /api/v1/runs/{run}/consent": posts("/api/v1/runs/{held}/consent", {"accept": True, "reason": "已核对"}, *OFFICE_ONLY),
    "GET /api/v1/messages": asks("/api/v1/messages", *OFFICE_ONLY),
}


@dataclass
class Scene:
    """A portal in the middle of things, and the numbers of what is in it."""

    served: Served
    names: dict[str, str] = field(default_factory=dict)

    def ask(self, line: Line, method: str, who: str | None) -> int:
        visit = self.served.as_(who)
        path = self._filled(line.path)
        if method == "GET":
            return int(visit.client.get(path, follow_redirects=False).status_code)
        headers = {"If-Match": f'"{self.names["version"]}"'} if line.tagged else {}
        if line.body is not None:
            headers["X-CSRF-Token"] = _api_token(visit)
            answer = visit.client.post(path, json=line.body, headers=headers, follow_redirects=False)
        else:
            form = {name: self._filled(value) for name, value in (line.form or {}).items()}
            answer = visit.client.post(path, data={**form, "csrf": _token(visit)}, headers=headers, follow_redirects=False)
        return int(answer.status_code)

    def _filled(self, words: str) -> str:
        for name, value in self.names.items():
            words = words.replace("{" + name + "}", value)
        return words


def _token(visit: Visit) -> str:
    """The hidden field of a form that everybody has, for this browser."""
    found = visit.get("/calendar").find(".//input[@name='csrf']")
    return str(found[0].get("value")) if found else ""


def _api_token(visit: Visit) -> str:
    answer = visit.client.get("/api/v1/me")
    return str(answer.json()["csrf_token"]) if answer.status_code == 200 else ""


def played(url: str) -> None:
    """Things handed in, asked for, told, put before the 组长, and a run that waits for a word."""
    built(url)
    world = World(url=url, folder=Path())
    world.launch(CAMPAIGN)
    world.at("2026-03-24").act("submit", duty=world.duty("0101", "支部小结").id, by=LI)
    world.run("2026-03-25", deliver=False)
    world.engine.deliver()
    for day in ("2026-03-31", "2026-04-02", "2026-04-09"):
        world.run(day)
        world.engine.deliver()
    world.at("2026-04-09").ask_extension(world.duty("0102").id, to=_day("2026-04-20"), reason="换届推迟", by=CHEN)
    world.engine.ask_extension(world.duty("0101", "半年总结").id, to=_day("2026-05-08"), reason="等数据", by=LI)
    world.engine.restored(by=ZHENG)
    world.run("2026-04-15")
    world.close()


@pytest.fixture
def scene(sqlite_places: Places, tmp_path: Path) -> Iterator[Scene]:
    """For one address that changes something."""
    yield from _scene(sqlite_places, tmp_path)


@pytest.fixture(scope="module")
def still(sqlite_places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """For all that change nothing."""
    yield from _scene(sqlite_places, tmp_path_factory.mktemp("still"))


@pytest.fixture(scope="module")
def alone(sqlite_places: Places, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same where no portal says who is asking."""
    url = sqlite_places.copy("permission scene", played)
    world = World(url=url, folder=tmp_path_factory.mktemp("alone"))
    with served(create_app(world.engine)) as found:
        yield found
    world.close()
    sqlite_places.drop(url)


def _scene(places: Places, folder: Path) -> Iterator[Scene]:
    url = places.copy("permission scene", played)
    world = World(url=url, folder=folder)
    world.at("2026-04-15 09:00").new_token(LI, name="旧程序", by=LI)
    (token,) = world.engine.tokens(LI)
    with portal(world) as found:
        yield Scene(found, _names(world) | {"token": str(token.id)})
    world.close()
    places.drop(url)


def _names(world: World) -> dict[str, str]:
    case = world.row("0101")
    (failed,) = world.rows("SELECT min(id) FROM message WHERE state = 'sent'")
    with world.database.write() as connection:
        connection.execute(MESSAGE.update().where(MESSAGE.c.id == failed[0]).values(state="failed"))
    numbers = {
        "duty": world.duty("0101").id,
        "sent": world.duty("0101", "支部小结").id,
        "written": world.duty("0101", "半年总结").id,
        "asked": world.duty("0101", "半年总结").id,
        "case": case.case,
        "version": case.version,
        "version2": world.row("0102").version,
        "campaign": world.engine.campaign().id,
        "person": world.engine.person(LI),
        "failed": failed[0],
        "message": failed[0],
        "request": world.rows("SELECT min(id) FROM extension_request")[0][0],
        "run": world.rows("SELECT min(id) FROM run")[0][0],
        "held": world.rows("SELECT id FROM run WHERE state = 'needs_confirm'")[0][0],
    }
    return {name: str(value) for name, value in numbers.items()}


def _day(words: str) -> Any:
    from datetime import date

    return date.fromisoformat(words)


def test_every_address_has_a_line_and_every_line_an_address(small_world: World) -> None:
    app = create_app(small_world.engine)

    assert addresses(app) == set(MATRIX)


@pytest.mark.parametrize("address", [address for address in MATRIX if address.startswith("GET ")])
def test_each_of_them_sees_what_is_his(address: str, still: Scene) -> None:
    line = MATRIX[address]

    found = {name: still.ask(line, "GET", who) for name, who in PEOPLE.items()}

    assert found == dict(zip(PEOPLE, line.expected, strict=True))


@pytest.mark.parametrize("address", [address for address in MATRIX if address.startswith("POST ")])
def test_each_of_them_may_send_what_is_his(address: str, scene: Scene) -> None:
    """First whoever must be refused: what is done once cannot be done again."""
    line = MATRIX[address]

    found = {name: scene.ask(line, "POST", PEOPLE[name]) for name in ("nobody", "other clerk", "secretary", "clerk", "officer")}

    assert found == dict(zip(PEOPLE, line.expected, strict=True))


@pytest.mark.parametrize("address", [a for a, line in MATRIX.items() if line.expected[4] == 401 and a.startswith("GET ")])
def test_where_people_sign_in_here_nobody_is_sent_to_do_so_and_programs_are_told(address: str, alone: Served) -> None:
    path = re.sub(r"\{\w+\}", "1", MATRIX[address].path)

    answer = alone.as_(None).client.get(path, follow_redirects=False)

    if path.startswith("/api/"):
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    else:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/signin")
