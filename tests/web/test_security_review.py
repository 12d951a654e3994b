"""What a review with an attacker's eyes found, each once: what a branch could learn, what stopped the server, what outlived an account."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from api import api
from campus import PASSWORD, Campus, campus
from portal import portal
from world import JIN, LI, QIAN, SCHOOL, WANG, ZHAO, ZHENG, World, days, definition

from duban import sandbox
from duban.clock import Clock
from duban.engine import Engine
from duban.service import throttling
from workflow.errors import Refused

RATED = definition("任务:\n  - {事项: 支部自评, 谁办: 党支部, 时间: 3月30日前, 表单: 自评}\n")


# --- what a branch learns


@pytest.fixture
def graded(tmp_path: Path) -> Iterator[World]:
    """Li's branch came with a grade that nobody likes to read."""
    url = f"sqlite:///{tmp_path / 'graded.db'}"
    sandbox.create(url, sandbox=True).close()
    made = World(url=url, folder=tmp_path)
    made.engine.import_units(files=SCHOOL.changed("0101", grade="后进").files())
    made.launch(RATED)
    yield made
    made.close()


def test_beside_its_form_a_branch_does_not_read_its_grade_and_who_fills_in_for_it_does(graded: World) -> None:
    path = f"/duties/{graded.duty('0101', '支部自评').id}"

    with portal(graded) as p:
        of_li, of_wang = p.as_(LI).get(path), p.as_(WANG).get(path)

    assert "党员数" in of_li.words
    assert "后进" not in of_li.text
    assert "上次等次" not in of_li.text
    assert "后进" in of_wang.words


def test_a_branch_cannot_find_out_whether_a_leader_was_asked(small_world: World) -> None:
    small_world.launch()
    duty = small_world.duty("0101").id
    with api(small_world) as a:
        program = a.as_(LI)
        before = _about_deciding(program, duty)
        for day in days("2026-03-25", "2026-04-10"):
            small_world.run(day, deliver=True)
        assert [one.duty for one in small_world.engine.waiting_decisions(by=JIN) if one.duty == duty] == [duty]

        after = _about_deciding(program, duty)

    assert before == after == (["wrong-actor"], ["wrong-actor"])


def test_a_clerk_hears_of_a_leaders_decision_about_a_branch_of_his_and_not_of_one_about_his_committee(
    small_world: World,
) -> None:
    small_world.launch(definition("任务:\n  - {事项: 方案, 谁办: [二级党组织, 党支部], 时间: 3月30日前}\n"))
    for day in days("2026-03-25", "2026-04-10"):
        small_world.run(day, deliver=True)
    asked = {one.unit for one in small_world.engine.waiting_decisions(by=JIN)}
    assert {"01", "0101"} <= asked
    for one in small_world.engine.waiting_decisions(by=JIN):
        small_world.engine.decide(one.duty, "约谈", by=JIN)

    with api(small_world) as a:
        events = a.as_(WANG).get("/events", limit=200).json()["items"]

    decided = {event["data"]["unit"] for event in events if event["type"] == "cn.duban.sign"}
    assert "0101" in decided
    assert "01" not in decided


def _about_deciding(program: object, duty: int) -> tuple[list[str], list[str]]:
    """Why not, as the list of acts and the act itself say it."""
    listed = next(one for one in program.get(f"/duties/{duty}/acts").json() if one["act"] == "sign")  # type: ignore[attr-defined]
    tried = program.act(duty, "sign", decision="约谈").json()  # type: ignore[attr-defined]
    return [reason["code"] for reason in listed["reasons"]], [reason["code"] for reason in tried["reasons"]]


# --- what stopped the server


@pytest.mark.parametrize("odd", ["9999-12-31", "0001-01-01", "99991231"])
def test_a_day_beyond_every_calendar_is_not_understood_in_any_form(small_world: World, odd: str) -> None:
    small_world.launch()
    duty, before = small_world.duty("0101"), small_world.row("0101")
    with portal(small_world) as p:
        li, wang = p.as_(LI), p.as_(WANG)
        token = {"csrf": _token(li.get("/account").text), "version": before.version, "reason": "人手不够", "to": odd}

        asked = li.post(f"/duties/{duty.id}/extension", token)
        token["csrf"] = _token(wang.get("/account").text)
        acted = [
            wang.post(f"/duties/{duty.id}/act", {**token, "act": act, "ways": "纸质", "received_on": odd})
            for act in ("extend", "return", "receive")
        ]
        picked = {**token, "act": "receive", "pick": f"{duty.id}.{before.version}", "ways": "纸质", "received_on": odd}
        at_once = wang.post("/branches/act", picked)

    assert [page.status for page in (asked, *acted, at_once)] == [409, 200, 200, 200, 422]
    assert all("看不懂" in page.text for page in (asked, at_once))
    assert small_world.row("0101") == before


def test_numbers_and_signs_that_no_column_takes_are_not_found_on_both_databases(world: World) -> None:
    """PostgreSQL refuses what SQLite takes: numbers beyond a column's range, and NUL in a text."""
    world.launch()
    before, duty = world.row("0101"), world.duty("0101").id
    gets = (
        "/units/%00",
        "/progress?unit=a%00b",
        "/runs/2147483648",
        "/runs?before=9007199254740991",
        "/messages/9007199254740991",
    )
    asked = ("/cases/9007199254740991", "/cases/2147483648/acts", "/duties/9007199254740991")
    with api(world) as a:
        officer, program = a.page_of(QIAN), a.as_(QIAN)

        pages = {path: a.client.get(path, headers=officer.headers).status_code for path in gets}
        programs = {path: program.get(path).status_code for path in asked}
        listed = program.get("/duties", campaign=2**53 - 1).status_code
        token = _token(a.client.get("/account", headers=officer.headers).text)
        form = {"csrf": token, "act": "extend", "to": "2026-04-10", "version": 999_999_999_999_999, "reason": "\0"}
        sent = a.client.post(f"/duties/{duty}/act", data=form, headers=officer.headers, follow_redirects=False).status_code

    assert {path: status for path, status in (pages | programs).items() if status not in (200, 404, 422)} == {}
    assert listed in (200, 404, 422)
    assert sent == 303  # led back, where it says why not
    assert world.row("0101") == before


# --- what outlives an account


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Campus]:
    with campus(tmp_path) as found:
        yield found


def test_an_account_that_was_ended_takes_its_tokens_and_its_calendar_along_for_good(here: Campus) -> None:
    here.has(LI)
    here.has(QIAN)
    token = here.engine.new_token(LI, name="大屏", by=LI).secret
    shown = re.search(r"/calendar/[\w-]+\.ics", here.enter(LI).get("/calendar").text)
    assert shown is not None
    stranger = here.somebody().client
    assert stranger.get(shown[0]).status_code == 200

    here.engine.disable_account(LI, by=QIAN)

    assert stranger.get(shown[0]).status_code == 404
    here.has(LI)  # a new link, weeks later
    assert here.engine.token_visitor(token) is None
    assert stranger.get(shown[0]).status_code == 404


def test_every_form_of_signing_in_and_of_accounts_is_refused_without_its_token(here: Campus) -> None:
    here.has(LI)
    here.has(QIAN)
    officer, other = here.enter(QIAN), _token(here.somebody().get("/signin").text)
    own, li = _token(officer.get("/account").text), here.engine.person(LI)
    new = {"password": "换一句只有我知道的", "again": "换一句只有我知道的", "current": PASSWORD}
    forms = {
        "/signin": {"name": LI, "password": PASSWORD},
        here.engine.invite(WANG).path: new,
        here.engine.set_up().path: {**new, "person": here.engine.person(ZHENG)},
        "/signout": {},
        "/account/password": new,
        "/account/sessions/end": {},
        "/account/tokens": {"name": "大屏", "rights": "act", "days": 5},
        f"/accounts/{li}/invite": {},
        f"/accounts/{li}/disable": {},
        "/calendar/renew": {},
    }
    before = here.engine.own_account(QIAN), here.engine.accounts().accounts

    found = {
        (path, token): officer.post(path, {**fields, "csrf": token}).status
        for path, fields in forms.items()
        for token in ("", other, own if path.startswith(("/signin", "/setup", "/invite")) else other)
    }

    assert {key: status for key, status in found.items() if status != 403} == {}
    assert (here.engine.own_account(QIAN), here.engine.accounts().accounts) == before
    assert here.engine.tokens(QIAN) == ()


def test_in_a_sandbox_too_nobody_is_made_somebody_by_a_form_from_elsewhere(small_world: World) -> None:
    from portal import served

    from duban import create_app

    with served(create_app(small_world.engine)) as p:
        visit = p.as_(None)
        visit.get("/signin")

        page = visit.post("/signin", {"as": QIAN, "csrf": _token(p.as_(None).get("/signin").text)})

    assert page.status == 403
    assert "duban_session" not in visit.client.cookies


# --- who is kept out


@dataclass(kw_only=True)
class Morning:
    """An engine whose real time tests move."""

    world: World
    time: int = 1_800_000_000
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = Engine(self.world.url, clock=Clock(now=lambda: self.world.time, real=lambda: self.time))

    def slip(self, name: str) -> None:
        throttling.attempt(self.engine.context, name=name, address="10.9.9.9")


def test_behind_one_address_the_slips_of_a_whole_day_do_not_add_up(small_world: World) -> None:
    """Every minute of ten hours somebody gets in, and every three minutes somebody mistypes."""
    day = Morning(world=small_world)

    for minute in range(600):
        day.time += 60
        tried = throttling.attempt(day.engine.context, name=f"right {minute}", address="10.9.9.9")
        with day.engine.database.write() as connection:
            throttling.succeeded(connection, tried)
        if minute % 3 == 0:
            day.slip(f"wrong {minute}")
    day.engine.close()


def test_within_an_hour_a_list_of_names_tried_from_one_address_is_stopped(small_world: World) -> None:
    day = Morning(world=small_world)
    for n in range(100):
        day.slip(f"x{n}")
        day.time += 30

    with pytest.raises(throttling.TooManyAttempts):
        day.slip("one more")
    day.engine.close()


# --- at the same moment


def test_two_officers_who_answer_one_request_at_the_same_moment_answer_it_once(world: World) -> None:
    world.launch()
    scope = world.engine.visitor(QIAN).scope
    for who, unit in ((LI, "0101"), (ZHAO, "0201")):
        world.engine.ask_extension(
            world.duty(unit).id, to=date(2026, 4, 10), reason="人手不够", by=who, expect_version=None, via=None, scope=scope
        )
    found = {}
    for request in (1, 2):
        found[request] = _at_once(world, request)

    for request, answers in found.items():
        assert sorted(answers) == ["answered-already", "done"], answers
        assert world.rows(f"SELECT count(*) FROM journal WHERE act IN ('extend', 'extend-refuse') AND duty_id IN "
                          f"(SELECT duty_id FROM extension_request WHERE id = {request})") == [(1,)]  # fmt: skip


def _at_once(world: World, request: int) -> list[str]:
    answers: list[str] = []
    ready = threading.Barrier(2)

    def answer(by: str, *, grant: bool) -> None:
        ready.wait()
        try:
            world.engine.answer_extension(
                request,
                grant=grant,
                by=by,
                to=None,
                words="可以",
                expect_version=None,
                via=None,
                scope=world.engine.visitor(by).scope,
            )
            answers.append("done")
        except Refused as refusal:
            answers.append(refusal.reasons[0].code)

    people = [threading.Thread(target=answer, args=(QIAN,), kwargs={"grant": True})]
    people += [threading.Thread(target=answer, args=(ZHENG,), kwargs={"grant": False})]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return answers


def _token(text: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found is not None
    return found[1]
