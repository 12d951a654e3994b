"""The page behind the link in a message, and what providers report, over a real server on loopback."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
import uvicorn
from fastapi import FastAPI
from places import Places
from world import CHEN, JIN, LI, QIAN, R3, SUN, ZHENG, World, built, crowd

from duban import create_app
from duban.clock import system_clock
from duban.service import tokens
from duban.settings import ChannelSettings
from notifications.channels.signing import standard

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def words(self) -> str:
        """What a reader sees."""
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", self.text.partition("</head>")[2]))


@dataclass(frozen=True)
class Client:
    port: int

    def __call__(self, verb: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(verb, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            got = connection.getresponse()
            return Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read().decode())
        finally:
            connection.close()

    def page(self, secret: str) -> Answer:
        return self("GET", f"/r/{secret}")

    def post(self, secret: str, **fields: str) -> Answer:
        return self("POST", f"/r/{secret}", urlencode(fields).encode(), Content_Type=FORM)

    def press(self, secret: str, **fields: str) -> Answer:
        """As a browser does: with what the page's form holds."""
        return self.post(secret, confirm=confirmation(self.page(secret)), **fields)


def confirmation(page: Answer) -> str:
    found = re.search(r'name="confirm" value="([0-9a-f]+)"', page.text)
    assert found is not None, page.text
    return found[1]


@contextmanager
def served(app: FastAPI) -> Iterator[Client]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        end = time.monotonic() + 20
        while not server.started and time.monotonic() < end:
            time.sleep(0.01)
        yield Client(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(20)


def told(world: World) -> World:
    """On Tuesday 2026-03-31 the committees were told about their branches."""
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.run("2026-03-31", deliver=True)
    world.at("2026-03-31 09:00")
    return world


def asked(world: World) -> World:
    """On Thursday 2026-04-09 the leader was asked."""
    world.launch()
    for day in ("2026-03-31", "2026-04-02", "2026-04-09"):
        world.run(day, deliver=True)
    world.at("2026-04-09 10:00")
    return world


def link(world: World, person: str) -> str:
    """The secret in the newest message to somebody."""
    ((message,),) = world.rows(
        f"SELECT max(message.id) FROM message JOIN person ON person.id = recipient_id WHERE person.number = '{person}'"
    )
    with world.database.write() as connection:
        expires = tokens.expiry(world.engine.context.calendar, world.time)
        return tokens.mint(connection, message, world.engine.person(person), world.time, expires)


@contextmanager
def unchanged(world: World) -> Iterator[None]:
    before = world.everything()
    yield
    assert world.everything() == before


def answers(world: World) -> list[tuple[str, str]]:
    return [
        (str(kind), str(number))
        for kind, number in world.rows(
            "SELECT DISTINCT kind, number FROM answer JOIN person ON person.id = person_id ORDER BY 1, 2"
        )
    ]


# --- looking


def test_looking_shows_what_it_is_about_and_changes_nothing(world: World) -> None:
    told(world)
    secret = link(world, LI)
    with served(create_app(world.engine)) as client, unchanged(world):
        page = client.page(secret)
        head = client("HEAD", f"/r/{secret}")
        for _ in range(3):
            client.page(secret)
            client("OPTIONS", f"/r/{secret}")

    assert (page.status, head.status, head.text) == (200, 200, "")
    for words in (
        "李可，您好", "换届方案", "教工第一党支部", "支部换届", "3月30日（周一）24:00前，含当日", "尚未报送",
        "已知悉", "哪天前报送", "钱宁", "电话 0000-0000", "如已报送，请忽略", "非涉密系统，严禁处理国家秘密",
    ):  # fmt: skip
        assert words in page.words


def test_a_page_stays_with_its_reader(small_world: World) -> None:
    told(small_world)
    secret = link(small_world, LI)
    with served(create_app(small_world.engine)) as client:
        page = client.page(secret)

    policy = page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in page.headers
    assert not re.search(r"<script|<link|<img|src=|href=|https?://", page.text)
    assert 'name="viewport"' in page.text
    assert secret not in page.text


def test_the_style_is_the_one_the_policy_allows(small_world: World) -> None:
    import base64
    import hashlib

    told(small_world)
    secret = link(small_world, LI)
    with served(create_app(small_world.engine)) as client:
        page = client.page(secret)

    found = re.search(r"<style>(.*)</style>", page.text, re.S)
    assert found is not None
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["content-security-policy"]


def test_a_branch_reads_no_threat(small_world: World) -> None:
    told(small_world)
    secret = link(small_world, LI)
    with served(create_app(small_world.engine)) as client:
        text = client.page(secret).text + client.press(secret, do="seen").text + client.page("x" * 32).text

    assert not re.search("督办|逾期|上报|通报|后进|约谈", text)


def test_forged_and_expired_links_say_so(small_world: World) -> None:
    told(small_world)
    secret = link(small_world, LI)
    with served(create_app(small_world.engine)) as client, unchanged(small_world):
        field = confirmation(client.page(secret))
        other = secret[:-1] + ("A" if secret[-1] != "A" else "B")
        forged = [client.page(other), client.post(other, confirm=field, do="seen"), client.page("短"[:0] + "a")]
        theirs = client.post(other, confirm=tokens.confirmation(other), do="seen")
        small_world.at("2026-04-16 00:00")  # the eleventh working day
        expired = [client.page(secret), client.post(secret, confirm=field, do="seen")]

    assert [a.status for a in forged] == [404, 403, 404]
    assert theirs.status == 404
    assert [a.status for a in expired] == [410, 410]
    assert "这个链接无效" in forged[0].words
    assert all("这个链接已经过期" in a.words for a in expired)
    assert "非涉密系统，严禁处理国家秘密" in forged[0].words


def test_what_people_are_called_is_shown_and_not_run(small_world: World) -> None:
    told(small_world)
    with small_world.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE unit_span SET name = '<script>alert(1)</script>{{7*7}}' WHERE name = '教工第一党支部'"
        )
    secret = link(small_world, LI)
    with served(create_app(small_world.engine)) as client:
        page = client.page(secret)

    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page.text
    assert "<script" not in page.text


# --- answering


def test_scanners_open_a_link_then_two_clicks_are_one_answer(world: World) -> None:
    told(world)
    secret = link(world, SUN)
    with served(create_app(world.engine)) as client:
        page = client.page(secret)
        field = confirmation(page)
        with unchanged(world):
            blind = [client.post(secret, do="seen"), client.post(secret, confirm="0" * 64, do="seen")]
        first = client.post(secret, confirm=field, do="seen")
        world.at("2026-03-31 11:00")
        with unchanged(world):
            second = client.post(secret, confirm=field, do="seen")
            other = client.post(secret, confirm=field, do="snooze")
            again = client.page(secret)

    assert [a.status for a in blind] == [403, 403]
    assert (first.status, second.status, other.status) == (200, 200, 200)
    assert "已经记录，谢谢" in first.words
    assert "此前已经记录" in second.words
    assert "记录时间：2026-03-31 09:00" in second.words
    assert "2026-03-31 09:00 知悉" in again.words
    assert ("已知悉</button>" in page.text, "已知悉</button>" in again.text) == (True, False)
    assert answers(world) == [("seen", SUN)]
    assert {row[0] for row in world.rows("SELECT via FROM answer")} == {f"link:{_message(world, secret)}"}


def _message(world: World, secret: str) -> int:
    ((found,),) = world.rows(f"SELECT message_id FROM reply_token WHERE hash = '{tokens.hashed(secret)}'")
    return int(found)


def test_of_four_clicks_at_once_one_counts(world: World) -> None:
    told(world)
    secret = link(world, SUN)
    with served(create_app(world.engine)) as client, ThreadPoolExecutor(4) as pool:
        field = confirmation(client.page(secret))
        said = list(pool.map(lambda _: client.post(secret, confirm=field, do="seen"), range(4)))

    assert sum("已经记录，谢谢" in a.words for a in said) == 1
    assert sum("此前已经记录" in a.words for a in said) == 3
    ((kept, duties),) = world.rows("SELECT count(*), count(DISTINCT duty_id) FROM answer")
    assert kept == duties


def test_a_day_promised_on_the_page_holds_the_ladder(world: World) -> None:
    told(world)
    secret = link(world, LI)
    duty = world.duty("0101").id
    with served(create_app(world.engine)) as client:
        page = client.page(secret)
        done = client.press(secret, do="promise", until="2026-04-03", **{f"duty-{duty}": "1"}, note="")
    for day in ("2026-04-02", "2026-04-03", "2026-04-07"):
        world.run(day)

    assert 'max="2026-04-08"' in page.text
    assert (done.status, "承诺4月3日（周五）前报送" in done.words) == (200, True)
    at = "SELECT slot_day, as_of FROM reminder JOIN run ON run.id = run_id"
    ((_, as_of),) = world.rows(f"{at} WHERE duty_id = {duty} AND rung = '{R3}' AND recipient_id > 0")
    assert date.fromordinal(date(1970, 1, 1).toordinal() + (as_of + 8 * 3600) // 86400) == date(2026, 4, 7)


def test_what_is_refused_leaves_the_link_to_be_used_again(world: World) -> None:
    told(world)
    secret = link(world, LI)
    duty = {f"duty-{world.duty('0101').id}": "1"}
    with served(create_app(world.engine)) as client:
        with unchanged(world):
            far = client.press(secret, do="promise", until="2026-05-01", **duty)
            none = client.press(secret, do="promise", until="2026-04-03")
            never = client.press(secret, do="promise", until="明天", **duty)
            odd = client.press(secret, do="delete")
        good = client.press(secret, do="promise", until="2026-04-02", **duty)

    assert [a.status for a in (far, none, never, odd)] == [409, 409, 409, 409]
    assert "可以写4月1日（周三）到4月8日（周三）之间的一天" in far.words
    assert "没有勾选事项" in none.words
    assert good.status == 200


def test_of_several_promises_those_that_hold_are_kept_and_the_others_explained(world: World) -> None:
    told(world)
    one, two = world.duty("0101").id, world.duty("0102").id
    world.engine.answer("promise", by=LI, duty=one, until=date(2026, 4, 1))
    secret = link(world, SUN)
    with served(create_app(world.engine)) as client:
        page = client.page(secret)
        done = client.press(secret, do="promise", until="2026-04-02", **{f"duty-{one}": "1", f"duty-{two}": "1"})

    assert f'name="duty-{one}"' not in page.text
    assert "李可：承诺4月1日（周三）前报送" in page.words
    assert "承诺4月2日（周四）前报送" in done.words
    assert "没有记录的" in done.words
    assert "李可已承诺4月1日（周三）前报送" in done.words


def test_a_stranger_duty_cannot_be_slipped_in(world: World) -> None:
    told(world)
    secret = link(world, LI)
    theirs = world.duty("0201").id
    with served(create_app(world.engine)) as client, unchanged(world):
        said = client.press(secret, do="promise", until="2026-04-02", **{f"duty-{theirs}": "1"})

    assert said.status == 409


def test_remind_me_in_three_days(world: World) -> None:
    told(world)
    secret = link(world, SUN)
    with served(create_app(world.engine)) as client:
        page = client.page(secret)
        done = client.press(secret, do="snooze")

    assert "三天后再提醒" in page.words
    assert "4月2日（周四）之后的下一个工作日再提醒您" in page.words  # silent on 04-01 and 04-02, told again on 04-03
    assert "4月2日（周四）之后再提醒" in done.words
    assert world.rows("SELECT kind, until_day FROM answer") == [("snooze", date(2026, 4, 2).toordinal())]


def test_who_owes_what_is_late_is_not_offered_to_put_it_off(small_world: World) -> None:
    told(small_world)
    secret = link(small_world, LI)
    with served(create_app(small_world.engine)) as client, unchanged(small_world):
        page = client.page(secret)
        said = client.press(secret, do="snooze")

    assert "三天后再提醒" not in page.words
    assert (said.status, "提醒不能推迟" in said.words) == (409, True)


def test_what_is_done_needs_no_answer(small_world: World) -> None:
    told(small_world)
    secret = link(small_world, CHEN)
    with served(create_app(small_world.engine)) as client:
        field = confirmation(client.page(secret))
        small_world.act("submit", "0102", by=CHEN)
        small_world.act("accept", "0102", by=SUN)
        with unchanged(small_world):
            page = client.page(secret)
            said = client.post(secret, confirm=field, do="seen")

    assert "已审核" in page.words
    assert "目前没有需要您回应的" in page.words
    assert (said.status, "目前没有需要您回应的" in said.words) == (409, True)


def test_a_body_nobody_honest_would_send_is_not_read(small_world: World) -> None:
    told(small_world)
    secret = link(small_world, LI)
    with served(create_app(small_world.engine)) as client, unchanged(small_world):
        long = client("POST", f"/r/{secret}", b"note=" + b"x" * 70_000, Content_Type=FORM)
        many = client("POST", f"/r/{secret}", urlencode([(f"n{i}", "1") for i in range(5000)]).encode(), Content_Type=FORM)
        file = client("POST", f"/r/{secret}", b"--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\r\n\r\nx\r\n--b--\r\n",
                      Content_Type="multipart/form-data; boundary=b")  # fmt: skip

    assert long.status == 413
    assert (many.status, file.status) == (400, 400)


def test_a_page_of_many_shows_fifty_and_one_click_is_for_all(sqlite_places: Places, tmp_path: Path) -> None:
    world = World(url=sqlite_places.copy("crowd of 60", lambda url: built(url, crowd(1, 60))), folder=tmp_path)
    told(world)
    secret = link(world, "s1")
    with served(create_app(world.engine)) as client:
        page = client.page(secret)
        done = client.press(secret, do="seen")
    kept = world.rows("SELECT count(*), count(DISTINCT duty_id) FROM answer")
    world.close()

    assert page.text.count("<li>") == 50
    assert "另有10件没有列在这里" in page.words
    assert done.status == 200
    assert kept == [(60, 60)]


# --- deciding


def test_a_leader_decides_on_the_page_item_by_item(world: World) -> None:
    asked(world)
    secret = link(world, JIN)
    one, two = world.duty("0101").id, world.duty("0201").id
    with served(create_app(world.engine)) as client:
        page = client.page(secret)
        first = client.press(
            secret, do="decide", **{f"choice-{one}": "督办单", f"note-{one}": "请学院党委过问", f"choice-{two}": ""}
        )
        second = client.press(secret, do="decide", **{f"choice-{one}": "约谈", f"choice-{two}": "电话了解"})
        third = client.page(secret)

    assert [words in page.words for words in ("请您定", "电话了解", "督办单", "约谈", "不处理")] == [True] * 5
    assert "教工第一党支部：督办单（2026-04-09 10:00），已起草，等您签发" in first.words
    assert "教工党支部：电话了解" in second.words
    assert "金声已于4月9日（周四）作出决定：督办单" in second.words
    assert "已经定了：督办单" in third.words
    assert f'name="choice-{one}"' not in third.text
    assert world.rows("SELECT choice, note FROM decision ORDER BY id") == [("督办单", "请学院党委过问"), ("电话了解", None)]
    assert [paper.unit_code for paper in world.engine.papers()] == ["01"]


def test_a_leader_decides_once_for_a_task_and_apart_for_a_single_unit(world: World) -> None:
    asked(world)
    secret = link(world, JIN)
    apart, moved = world.duty("0101").id, world.duty("0202").id
    with served(create_app(world.engine)) as client:
        page = client.page(secret)
        (matter,) = set(re.findall(r'name="choice-of-([0-9a-f]{8})"', page.text))
        world.act("extend", "0202", by=QIAN, to=date(2026, 4, 20), reason="支部书记住院")
        whole = {f"choice-of-{matter}": "电话了解", f"note-of-{matter}": "请组织部问", f"choice-{apart}": "约谈"}
        client.press(secret, do="decide", **whole)

    decided = dict(world.rows("SELECT duty_id, choice FROM decision"))
    open_ones = {duty.id for row in world.engine.status().rows for duty in row.duties if duty.state == "open"}
    assert page.text.count("<summary>个别单位另定</summary>") == 1
    assert decided.pop(apart) == "约谈"
    assert set(decided) == open_ones - {apart, moved}, "a line that has moved since is another matter"
    assert set(decided.values()) == {"电话了解"}
    assert world.rows("SELECT DISTINCT note FROM decision") == [("请组织部问",)]


def test_a_decision_by_the_link_is_the_leaders_own(small_world: World) -> None:
    asked(small_world)
    secret = link(small_world, JIN)
    duty = small_world.duty("0101").id
    with served(create_app(small_world.engine)) as client:
        nothing = client.press(secret, do="decide")
        wrong = client.press(secret, do="decide", **{f"choice-{duty}": "通报"})
        client.press(secret, do="decide", **{f"choice-{duty}": "不处理"})

    assert (nothing.status, wrong.status) == (409, 409)
    with pytest.raises(Exception, match="金声已于4月9日"):
        small_world.engine.decide(duty, "约谈", by=ZHENG)
    assert small_world.rows("SELECT choice, number FROM decision JOIN person ON person.id = person_id") == [("不处理", JIN)]


def test_who_is_not_asked_any_more_reads_why(small_world: World) -> None:
    asked(small_world)
    secret = link(small_world, JIN)
    duty = small_world.duty("0101").id
    with served(create_app(small_world.engine)) as client:
        field = confirmation(client.page(secret))
        with small_world.database.write() as connection:
            connection.exec_driver_sql("UPDATE post SET valid_to = valid_from WHERE role = '组长'")
        with unchanged(small_world):
            said = client.post(secret, confirm=field, do="decide", **{f"choice-{duty}": "约谈"})

    assert said.status == 409
    assert "签发由组织部部长、领导小组组长或学校党委书记办理" in said.words


# --- elsewhere


def test_the_page_works_inside_a_portal(small_world: World) -> None:
    told(small_world)
    secret = link(small_world, SUN)
    portal = FastAPI()
    portal.mount("/duban", create_app(small_world.engine))
    with served(portal) as client:
        page = client("GET", f"/duban/r/{secret}")
        body = urlencode({"confirm": confirmation(page), "do": "seen"}).encode()
        done = client("POST", f"/duban/r/{secret}", body, Content_Type=FORM)

    assert "action=" not in page.text  # the form goes back to wherever it came from
    assert (done.status, "已经记录，谢谢" in done.words) == (200, True)


def test_no_other_address_is_served(small_world: World) -> None:
    with served(create_app(small_world.engine)) as client:
        found = {path: client("GET", path).status for path in ("/docs", "/openapi.json", "/r/", "/callback/gate")}

    assert found == {"/docs": 404, "/openapi.json": 404, "/r/": 404, "/callback/gate": 405}


# --- what providers report


@pytest.fixture
def gate(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A message that left by the channel 「gate」, whose secret the environment has."""
    monkeypatch.setenv("DUBAN_GATE", "a secret of the gate")
    told(world)
    channel = ChannelSettings(name="gate", kind="sms", secret_env="DUBAN_GATE")
    silent = ChannelSettings(name="silent", kind="webhook")
    context = world.engine.context
    context.settings = replace(context.settings, channels=(channel, silent))
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE message SET channel = 'gate', provider_id = 'p1', state = 'sent' "
                                   "WHERE id = (SELECT max(id) FROM message)")  # fmt: skip
    return world


def report(client: Client, content: object, *, secret: str = "a secret of the gate", ago: int = 0, to: str = "gate") -> Answer:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = standard(secret, "event", body, system_clock().real() - ago)
    return client("POST", f"/callback/{to}", body, **{k.replace("-", "_"): v for k, v in headers.items()})


def test_an_event_is_recorded_once_and_state_only_moves_forward(gate: World) -> None:
    event = {"event_id": "e1", "provider_id": "p1", "state": "delivered"}
    with served(create_app(gate.engine)) as client:
        first = [report(client, event) for _ in range(10)]
        older = report(client, {"event_id": "e2", "provider_id": "p1", "state": "queued"})
        unknown = report(client, {"event_id": "e3", "provider_id": "p999", "state": "delivered"})

    assert {a.status for a in (*first, older, unknown)} == {200}
    assert [json.loads(a.text)["recorded"] for a in first] == [True] + [False] * 9
    assert gate.rows("SELECT state FROM message WHERE provider_id = 'p1'") == [("delivered",)]
    assert gate.rows("SELECT event_id FROM inbound_event ORDER BY 1") == [("e1",), ("e2",), ("e3",)]


def test_a_report_that_is_not_signed_as_it_should_be_is_not_read(gate: World) -> None:
    event = {"event_id": "e1", "provider_id": "p1", "state": "delivered"}
    with served(create_app(gate.engine)) as client, unchanged(gate):
        unsigned = client("POST", "/callback/gate", json.dumps(event).encode())
        forged = report(client, event, secret="another secret")
        old = report(client, event, ago=400)
        ahead = report(client, event, ago=-400)
        strange = report(client, event, to="nowhere")
        silent = report(client, event, to="silent")
        bad = [
            report(client, content)
            for content in (b"{", [], {"event_id": "e1"}, {**event, "state": 3}, {**event, "event_id": ""})
        ]
        long = report(client, b" " * 70_000)

    assert [a.status for a in (unsigned, forged, old, ahead)] == [401, 401, 401, 401]
    assert (strange.status, silent.status, long.status) == (404, 404, 413)
    assert {a.status for a in bad} == {400}
