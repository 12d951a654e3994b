"""Programs learn what happened: every act once or more, in order, as numbers without names, and a receiver that is away misses nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from crashkit.gateway import Call, Gateway, away, hang, limited, ok, refused
from places import Places
from sqlalchemy import insert, text
from world import BEGIN, LI, QIAN, WANG, ZHAO, World, built, definition, instant

from duban.clock import Clock
from duban.engine import Engine
from notifications.channels.signing import accepted
from storage import event_feed
from storage.database import Database
from storage.scope import EVERYTHING
from storage.tables import JOURNAL

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQ="
URL, SECRET_NAME = "DUBAN_TEST_EVENTS", "DUBAN_TEST_EVENTS_SECRET"


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    with Gateway(tmp_path / "events.jsonl") as gateway:
        monkeypatch.setenv(URL, gateway.url("/hook"))
        monkeypatch.setenv(SECRET_NAME, SECRET)
        yield gateway


@pytest.fixture
def told(world: World, receiver: Gateway) -> World:
    """A launched world in earnest whose events begin now; its real time is `told.real`."""
    world.launch()
    in_earnest(world.engine)
    assert world.engine.push_events().sent == 0
    return world


def in_earnest(engine: Engine) -> None:
    engine.context.sandbox = False
    engine.context.settings = replace(engine.context.settings, events_url_env=URL, events_secret_env=SECRET_NAME)


def later(world: World, seconds: int) -> None:
    """Real time goes on."""
    before = world.engine.context.clock
    now = before.real() + seconds
    world.engine.context.clock = Clock(now=before.now, real=lambda: now)


def types(calls: list[Call]) -> list[str]:
    return [call.json["type"] for call in calls]


def test_a_submission_and_its_acceptance_are_told_in_order_signed_and_without_a_name(told: World, receiver: Gateway) -> None:
    told.at("2026-03-20").act("submit", duty=told.duty("0101").id, by=LI)
    told.at("2026-03-21").act("accept", duty=told.duty("0101").id, by=WANG)

    done = told.engine.deliver()

    calls = receiver.calls()
    assert types(calls) == ["cn.duban.submit", "cn.duban.accept", "cn.duban.complete"]
    assert done.problems == []
    event = calls[0].json
    assert event["specversion"] == "1.0"
    assert event["time"] == "2026-03-20T01:00:00Z"
    assert event["subject"] == f"duties/{told.duty('0101').id}"
    assert event["data"]["unit"] == "0101"
    assert (event["data"]["from"], event["data"]["to"], event["data"]["due"]) == ("open", "submitted", "2026-03-30")
    assert calls[0].headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert calls[0].headers["webhook-id"] == event["id"]
    assert all(accepted(SECRET, call.headers, call.body.encode()) for call in calls)
    assert not any(name in call.body for call in calls for name in ("李可", "王然", "教工第一党支部"))


def test_what_was_told_is_not_told_again(told: World, receiver: Gateway) -> None:
    told.at("2026-03-20").act("submit", duty=told.duty("0101").id, by=LI)
    told.engine.push_events()

    again = told.engine.push_events()

    assert again.sent == 0
    assert len(receiver.calls()) == 1


def test_a_receiver_that_is_away_is_left_alone_longer_each_time_and_then_hears_everything_in_order(
    told: World, receiver: Gateway
) -> None:
    for unit in ("0101", "0102", "0201"):
        told.at("2026-03-20").act("submit", duty=told.duty(unit).id, by=f"{unit}:书记")
    receiver.plays(ok(), away(500), away(500), ok())

    first = told.engine.push_events()
    at_once = told.engine.push_events()
    later(told, 60)
    second = told.engine.push_events()
    later(told, 60)
    too_soon = told.engine.push_events()
    later(told, 60)
    third = told.engine.push_events()

    assert (first.sent, at_once.sent, second.sent, too_soon.sent, third.sent) == (1, 0, 0, 0, 2)
    assert first.problem is not None
    assert "500" in first.problem
    units = [call.json["data"]["unit"] for call in receiver.calls()]
    assert units == ["0101", "0102", "0102", "0102", "0201"]
    assert len({call.json["id"] for call in receiver.calls()}) == 3


def test_a_receiver_that_names_its_pause_is_taken_at_its_word(told: World, receiver: Gateway) -> None:
    told.at("2026-03-20").act("submit", duty=told.duty("0101").id, by=LI)
    receiver.plays(limited(after=600), ok())
    told.engine.push_events()

    later(told, 599)
    early = told.engine.push_events()
    later(told, 1)
    done = told.engine.push_events()

    assert (early.sent, done.sent) == (0, 1)


def test_the_doctor_says_what_waits_and_never_the_address(told: World, receiver: Gateway) -> None:
    told.at("2026-03-20").act("submit", duty=told.duty("0101").id, by=LI)
    receiver.plays(refused("nein"), away(404))
    receiver.plays(away(404))
    before = [line for line in told.engine.doctor()["lines"] if "事件推送" in line]

    told.engine.push_events()

    (line,) = [line for line in told.engine.doctor()["lines"] if "事件推送" in line]
    assert before == []
    assert "连续1次" in line
    assert "还有1条没有送到" in line
    assert "404" in line
    assert "/hook" not in line


def test_who_finds_the_feed_in_other_hands_leaves_it(told: World, receiver: Gateway) -> None:
    """Two machines deliver at the same moment: the second does nothing, and order is kept."""
    told.at("2026-03-20").act("submit", duty=told.duty("0101").id, by=LI)
    other = Engine(told.url, clock=Clock(now=lambda: told.time))
    in_earnest(other)
    receiver.plays(hang(0.5), ok())
    from threading import Thread

    slow = Thread(target=told.engine.push_events)
    slow.start()
    while not receiver.calls():
        slow.join(0.01)
    meanwhile = other.push_events()
    slow.join()
    other.close()

    assert meanwhile.sent == 0
    assert len(receiver.calls()) == 1


def test_a_process_that_died_with_the_feed_in_hand_holds_it_up_for_minutes_only(told: World, receiver: Gateway) -> None:
    told.at("2026-03-20").act("submit", duty=told.duty("0101").id, by=LI)
    with told.database.write() as connection:
        said = event_feed.place(connection)
        assert said is not None
        held = json.dumps(json.loads(said) | {"lease": told.engine.context.clock.real() + 300}, sort_keys=True)
        event_feed.move(connection, before=said, after=held)

    at_once = told.engine.push_events()
    later(told, 300)
    afterwards = told.engine.push_events()

    assert (at_once.sent, afterwards.sent) == (0, 1)


def test_a_sandbox_tells_nobody(world: World, receiver: Gateway) -> None:
    world.launch()
    in_earnest(world.engine)
    world.engine.context.sandbox = True
    world.engine.push_events()
    world.at("2026-03-20").act("submit", duty=world.duty("0101").id, by=LI)

    done = world.engine.push_events()

    assert done.sent == 0
    assert receiver.calls() == []


def test_a_missing_variable_is_said_and_tried_again_soon(told: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told.at("2026-03-20").act("submit", duty=told.duty("0101").id, by=LI)
    secret = SECRET
    monkeypatch.delenv(SECRET_NAME)
    wrong = told.engine.push_events()
    monkeypatch.setenv(SECRET_NAME, secret)

    later(told, 60)
    done = told.engine.push_events()

    assert wrong.problem is not None
    assert SECRET_NAME in wrong.problem
    assert done.sent == 1


def test_the_worker_tells_what_happened_too(postgresql_places: Places, tmp_path: Path, receiver: Gateway) -> None:
    from crashkit.backends import wake_by

    from duban.worker import Worker

    url = postgresql_places.copy("school", built)
    world = World(url=url, folder=tmp_path)
    wake_by(world.engine, "procrastinate")
    world.launch()
    in_earnest(world.engine)
    world.engine.push_events()
    world.at("2026-03-20").act("submit", duty=world.duty("0101").id, by=LI)

    Worker(engine=world.engine).once()

    world.close()
    postgresql_places.drop(url)
    assert types(receiver.calls()) == ["cn.duban.submit"]


# --- asked for


def test_whoever_asks_gets_pages_that_together_are_the_whole_journal(world: World) -> None:
    world.launch()
    world.at("2026-03-20").act("submit", duty=world.duty("0101").id, by=LI)
    whole = [row[0] for row in world.rows("SELECT id FROM journal ORDER BY id")]

    found, after, more = [], 0, True
    while more:
        page = world.engine.events(after=after, limit=7)
        found += [event.no for event in page.events]
        after, more = page.next, page.more

    assert found == whole
    assert world.engine.events(after=after).events == ()


def test_a_clerk_learns_of_his_own_branches_only(world: World) -> None:
    world.launch()
    world.at("2026-03-20").act("submit", duty=world.duty("0101").id, by=LI)
    world.engine.act("submit", duty=world.duty("0201").id, by=ZHAO)

    found = world.engine.events(visitor=world.engine.visitor(WANG))

    units = {event.document["data"].get("unit") for event in found.events}
    assert units == {"01", "0101", "0102", "0109", "010901", "010902"} & units
    assert "0101" in units
    assert None not in units
    assert found.next == world.engine.events().next


GRADED = definition(
    "阶段:\n  - {名称: 摸底, 时间: 3月30日前}\n"
    "定级:\n  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 较好, 一般, 后进]}\n"
    "任务:\n  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}\n"
)


def test_a_secretary_follows_his_own_branch_but_not_its_grading(world: World) -> None:
    world.launch(GRADED)
    world.at("2026-03-20").act("submit", duty=world.duty("0101", "自评").id, by=LI)
    grades = [{"unit": code, "grade": "较好"} for code in ("0101", "0102", "010901", "010902")]
    world.engine.act("submit", duty=world.duty("01", "党支部定级").id, by=WANG, data={"grades": grades})
    world.engine.act("accept", duty=world.duty("01", "党支部定级").id, by=QIAN)

    def kinds(who: str) -> set[str]:
        found = world.engine.events(visitor=world.engine.visitor(who), limit=1000)
        return {str(e.document["type"]) for e in found.events if e.document["data"].get("unit") == "0101"}

    assert kinds(LI) == {"cn.duban.launch", "cn.duban.submit"}
    assert kinds(WANG) == {"cn.duban.launch", "cn.duban.submit", "cn.duban.grade"}


def test_an_event_of_a_restored_database_is_no_event_that_was_told_before(world: World) -> None:
    """The backup was made before the submission; the number it had is given again."""
    world.launch()
    world.at("2026-03-20").act("submit", duty=world.duty("0101").id, by=LI)
    before = world.engine.events(limit=1000).events[-1]

    with world.database.write() as connection:
        connection.execute(text("UPDATE journal SET recorded_at = recorded_at + 60 WHERE id = :no"), {"no": before.no})
    after = world.engine.events(limit=1000).events[-1]

    assert after.no == before.no
    assert after.id != before.id


# --- numbers that are still on their way (PostgreSQL)


def test_a_line_waits_for_an_older_one_that_is_not_committed_yet(postgresql_places: Places) -> None:
    url = postgresql_places.copy("school", built)
    database, now = Database(url), instant(BEGIN)
    with database.read() as connection:
        start = event_feed.newest(connection)
    line = {"recorded_at": now, "effective_on": 739_000, "act": "submit"}

    with database.writer.connect() as slow:
        with slow.begin():
            slow.execute(insert(JOURNAL).values(**line))
            with database.write() as quick:
                quick.execute(insert(JOURNAL).values(**line))
            with database.read() as connection:
                meanwhile = event_feed.page(connection, scope=EVERYTHING, after=start, limit=10, real=now)
        with database.read() as connection:
            afterwards = event_feed.page(connection, scope=EVERYTHING, after=start, limit=10, real=now)

    database.close()
    postgresql_places.drop(url)
    assert (meanwhile.lines, meanwhile.next, meanwhile.more) == ([], start, False)
    assert [found.id for found in afterwards.lines] == [start + 1, start + 2]


def test_a_number_that_was_given_up_holds_nothing_up_once_nobody_writes_or_an_hour_has_gone(postgresql_places: Places) -> None:
    url = postgresql_places.copy("school", built)
    database, now = Database(url), instant(BEGIN)
    with database.read() as connection:
        start = event_feed.newest(connection)
    line = {"recorded_at": now, "effective_on": 739_000, "act": "submit"}
    with database.writer.connect() as given_up, given_up.begin() as transaction:
        given_up.execute(insert(JOURNAL).values(**line))
        transaction.rollback()
    with database.write() as connection:
        connection.execute(insert(JOURNAL).values(**line))

    patience = time.monotonic() + 60  # who writes is asked of the whole server, where other tests write too
    while True:
        with database.read() as connection:
            quiet = event_feed.page(connection, scope=EVERYTHING, after=start, limit=10, real=now)
        if quiet.lines or time.monotonic() > patience:
            break
        time.sleep(0.02)
    with database.writer.connect() as busy, busy.begin():
        busy.execute(text("UPDATE meta SET value = value"))
        with database.read() as connection:
            soon = event_feed.page(connection, scope=EVERYTHING, after=start, limit=10, real=now + 3599)
            late = event_feed.page(connection, scope=EVERYTHING, after=start, limit=10, real=now + 3601)

    database.close()
    postgresql_places.drop(url)
    assert [found.id for found in quiet.lines] == [start + 2]
    assert soon.lines == []
    assert [found.id for found in late.lines] == [start + 2]
