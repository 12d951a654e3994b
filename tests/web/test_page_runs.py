"""例行核查, as the office sees it and as nobody else does."""

from __future__ import annotations

import re

import pytest
from portal import portal
from world import JIN, LI, QIAN, TAO, WANG, ZHENG, World

CONFIRM = ".//form[contains(@action, '/confirm')]"


def held(world: World) -> int:
    """A run that waits because the database came from a backup."""
    world.launch()
    world.engine.restored(by=QIAN)
    run = world.run("2026-03-25")
    assert run.state == "needs_confirm"
    assert run.run is not None
    return int(run.run)


def message_of(world: World, number: str) -> int:
    found = world.rows(
        f"SELECT m.id FROM message m JOIN person p ON p.id = m.recipient_id WHERE p.number = '{number}' ORDER BY m.id DESC"
    )
    return int(found[0][0])


def change(world: World, sql: str) -> None:
    with world.database.write() as connection:
        connection.exec_driver_sql(sql)


def test_a_quiet_installation_says_so(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-25", deliver=True)
    with portal(small_world) as p:
        page = p.as_(QIAN).get("/runs")

    assert "一切正常，没有等您处理的事。" in page.words
    assert "上次核查：3月25日 08:30。" in page.words
    assert page.find(".//td[text()='已完成']")


def test_a_held_run_shows_what_it_would_send_and_is_released(small_world: World) -> None:
    run = held(small_world)
    with portal(small_world) as p:
        officer = p.as_(QIAN)
        listed = officer.get("/runs")
        shown = officer.get(f"/runs/{run}")
        letter = officer.get(shown.links["李可"].removeprefix(p.base))
        done = shown.submit(CONFIRM, press="核对过了，放行", reason="与网关核对过")

    assert "1次核查等放行" in listed.words
    assert "数据库刚从备份恢复" in listed.words
    assert "教工第一党支部：换届方案（3月30日（周一））" in shown.words
    assert re.search(r"放行后会发出8封消息", shown.words)
    assert "现在发出会这样写" in letter.words
    assert "李可同志" in letter.words
    assert f"核查{run}已放行，8封消息随下一次发送发出。" in done.words
    assert not done.find(CONFIRM)
    small_world.deliver()
    assert len(small_world.messages) == 8
    assert small_world.rows(
        "SELECT p.number, j.via, j.reason FROM journal j JOIN person p ON p.id = j.by_person WHERE act = 'confirm-run'"
    ) == [(QIAN, "portal", "与网关核对过")]


def test_a_held_run_is_called_off(small_world: World) -> None:
    run = held(small_world)
    with portal(small_world) as p:
        page = p.as_(QIAN).get(f"/runs/{run}")
        done = page.submit(CONFIRM, press="取消，不发送")
        again = page.submit(CONFIRM, press="核对过了，放行")

    small_world.deliver()
    assert f"核查{run}已取消，不会发送。" in done.words
    assert f"核查{run}不在等待确认（已取消）。" in again.words
    assert small_world.messages == {}
    assert small_world.rows("SELECT act FROM journal WHERE act LIKE '%-run'") == [("reject-run",)]


def test_a_message_that_failed_says_why_and_is_sent_once_more(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-25")
    message = message_of(small_world, LI)
    change(small_world, f"UPDATE message SET state = 'failed', why = '550 查无此人' WHERE id = {message}")
    with portal(small_world) as p:
        officer = p.as_(QIAN)
        page = officer.get("/runs")
        done = page.submit(f".//form[@action='/messages/{message}/retry']", reason="邮箱已改好")
        after = officer.get("/runs")

    assert "550 查无此人" in page.words
    assert "没有送达" in page.words
    assert "这封消息随下一次发送再发一次。" in done.words
    assert "没有发出或没有送达的消息" not in after.words
    assert small_world.rows(f"SELECT state FROM message WHERE id = {message}") == [("pending",)]
    assert ("邮箱已改好",) in small_world.rows("SELECT reason FROM journal WHERE act = 'retry-message'")


def test_a_message_is_called_off_with_the_other_button_of_its_form(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-25")
    message = message_of(small_world, LI)
    change(small_world, f"UPDATE message SET state = 'dead', why = '连接超时' WHERE id = {message}")
    with portal(small_world) as p:
        buttons = p.as_(QIAN).get("/runs").find(f".//form[@action='/messages/{message}/retry']//button")
        done = p.as_(QIAN).get(f"/messages/{message}").submit(press="取消，不发")

    assert [button.text_content().strip() for button in buttons] == ["再发一次", "取消，不发"]
    assert "这封消息已取消，不再发出（里面有1件事项）。" in done.words
    assert small_world.rows(f"SELECT state FROM message WHERE id = {message}") == [("cancelled",)]


def test_messages_that_wait_with_a_run_are_not_counted_twice(small_world: World) -> None:
    held(small_world)
    with portal(small_world) as p:
        page = p.as_(QIAN).get("/runs")

    assert "1件事等您处理：1次核查等放行。" in page.words
    assert "没有发出或没有送达的消息" not in page.words


def test_a_disabled_channel_is_enabled(small_world: World) -> None:
    small_world.launch()
    change(small_world, "INSERT INTO channel_state (name, state, streak, why) VALUES ('folder', 'disabled', 5, '写不进去')")
    with portal(small_world) as p:
        page = p.as_(QIAN).get("/runs")
        done = page.submit(".//form[@action='/channels/enable']")

    assert "1个渠道不能用" in page.words
    assert "写不进去" in page.words
    assert "已重新启用" in done.words
    assert "可用" in done.words


def test_a_sent_message_is_read_as_it_left(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-25", deliver=True)
    small_world.at("2026-03-26")
    small_world.act("submit", "0101", by=LI)
    with portal(small_world) as p:
        page = p.as_(QIAN).get(f"/messages/{message_of(small_world, LI)}")

    assert "已发送，3月25日 08:30发出。" in page.words
    assert "如已报送，请忽略" in page.words
    assert "已报送" in page.find(".//table")[0].text_content()
    assert not page.find(".//main//form")


def test_a_message_about_what_is_done_has_nothing_left_to_say(small_world: World) -> None:
    small_world.launch()
    small_world.run("2026-03-25")
    small_world.act("submit", "0101", by=LI)
    with portal(small_world) as p:
        page = p.as_(QIAN).get(f"/messages/{message_of(small_world, LI)}")

    assert "里面没有还要告诉的事项。" in page.words


def test_runs_and_their_messages_go_on_on_further_pages(crowded: World) -> None:
    crowded.launch()
    crowded.run("2026-03-25")
    run = crowded.rows("SELECT max(id) FROM run")[0][0]
    with portal(crowded) as p:
        officer = p.as_(QIAN)
        first = officer.get(f"/runs/{run}")
        second = officer.get(first.links["往下看"].removeprefix(p.base))

    names = [[a.text_content() for a in page.find(".//tbody//th/a")] for page in (first, second)]
    assert "共90封" in first.words
    assert [len(some) for some in names] == [50, 40]
    assert len({*names[0], *names[1]}) == 90
    assert "往下看" not in second.links


@pytest.mark.parametrize("who", [LI, WANG, TAO, JIN])
def test_others_do_not_find_these_pages(small_world: World, who: str) -> None:
    run = held(small_world)
    with portal(small_world) as p:
        visit = p.as_(who)
        addresses = ("/runs", f"/runs/{run}", f"/messages/{message_of(small_world, LI)}")
        statuses = [visit.get(address).status for address in addresses]
        posts = [visit.post(f"/runs/{run}/confirm", {"answer": "release"}).status]

    assert statuses == [404, 404, 404]
    assert posts == [404]
    assert small_world.rows("SELECT state FROM run WHERE state = 'needs_confirm'")


def test_nothing_on_these_pages_asks_for_a_command(small_world: World) -> None:
    run = held(small_world)
    change(small_world, f"UPDATE message SET state = 'held', why = 'no-address' WHERE id = {message_of(small_world, LI)}")
    small_world.engine.silence(by=QIAN, reason="考试周", first=small_world.day, last=small_world.day, unit="02")
    small_world.engine.pause(by=ZHENG, reason="校庆")
    with portal(small_world) as p:
        pages = [p.as_(QIAN).get(address) for address in ("/runs", f"/runs/{run}", f"/messages/{message_of(small_world, LI)}")]

    assert "校庆" in pages[0].words
    assert "考试周" in pages[0].words
    assert all(page.status == 200 for page in pages)
    assert not [page.url for page in pages if re.search(r"duban |--[a-z]|crontab|toml", page.words)]


def test_unknown_runs_and_messages_are_not_found(small_world: World) -> None:
    small_world.launch()
    with portal(small_world) as p:
        assert [p.as_(QIAN).get(address).status for address in ("/runs/77", "/messages/77", "/runs/x")] == [404, 404, 404]
