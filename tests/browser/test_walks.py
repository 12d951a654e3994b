"""The main path of each of the four people, on the demo's busy morning, before a wide screen and on a phone."""

from __future__ import annotations

import re

import pytest
from chrome import BRANCH, CLERK, LEADER, OFFICER, OWING, SECRETARY, SIZES, UNIT, Site, Size
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from duban.clock import Clock
from storage.tables import MESSAGE

SIZED = pytest.mark.parametrize("size", SIZES, ids=lambda size: size.name)


def said(page: Page, words: str) -> None:
    """What the page says was done."""
    expect(page.locator("#said")).to_contain_text(words)


@SIZED
def test_a_secretary_asks_for_time_hands_in_takes_back_and_hands_in_again(site: Site, size: Size) -> None:
    with site.as_(SECRETARY, size) as reader:
        page = reader.open("/")
        expect(page.get_by_role("heading", level=1)).to_have_text("我的下一步")
        expect(page.locator(".lead").first).to_contain_text("本阶段您只有1件事")
        page.get_by_role("button", name="去办理").first.click()

        page.get_by_text("需要更多时间").click()
        page.get_by_label("希望延到").fill("2012-04-20")
        page.get_by_label("理由").fill("书记出差，18日返校")
        page.get_by_role("button", name="申请延期").click()
        expect(page.locator("main")).to_contain_text("撤回申请")

        page.get_by_role("button", name="报送", exact=True).click()
        said(page, "已报送")
        page.goto(f"{reader.base}/next")
        expect(page.locator("main")).not_to_contain_text("本阶段您只有1件事")

        page.go_back()
        page.get_by_role("button", name="撤回修改").click()
        expect(page.get_by_role("button", name="报送", exact=True)).to_be_visible()
        page.get_by_role("button", name="报送", exact=True).click()
        said(page, "已报送")


@SIZED
def test_what_a_secretary_has_written_half_way_is_there_when_he_comes_back(site: Site, size: Size) -> None:
    with site.as_(SECRETARY, size) as reader:
        page = reader.open("/next")
        page.get_by_text(re.compile("以后的事")).click()
        page.get_by_role("link", name="整改计划").click()
        field = page.locator("#fill textarea").first
        field.fill("支部书记讲党课改为每月一次")
        page.get_by_role("button", name="暂存").last.click()
        said(page, "已暂存")

    with site.as_(SECRETARY, size) as another_day:
        page = another_day.open("/next")
        page.get_by_text(re.compile("以后的事")).click()
        page.get_by_role("link", name="整改计划").click()
        expect(page.locator("#fill textarea").first).to_have_value("支部书记讲党课改为每月一次")


@SIZED
@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_clerk_accepts_what_he_ticked_and_sends_one_back_with_a_reason(site: Site, size: Size, script: bool) -> None:
    with site.as_(CLERK, size, script=script) as reader:
        page = reader.open("/")
        expect(page.get_by_role("heading", level=1)).to_have_text("我的支部")
        boxes = page.locator("#review input[type=checkbox][name^=pick]")
        expect(boxes).to_have_count(3)
        boxes.nth(0).check()
        boxes.nth(1).check()
        page.locator("#review").get_by_role("button", name="审核通过").click()
        said(page, "审核通过")
        expect(page.locator("#review input[type=checkbox][name^=pick]")).to_have_count(1)

        page.locator("#review input[type=checkbox][name^=pick]").check()
        page.locator("#review summary", has_text="退回补正").click()
        page.locator("#review textarea[name=reason]").fill("请补上书记和委员的任职时间")
        page.locator("#review").get_by_role("button", name="退回勾选的").click()
        said(page, "退回补正")
        expect(page.locator("#review input[type=checkbox][name^=pick]")).to_have_count(0)


@SIZED
def test_a_clerk_looks_at_what_is_about_to_be_sent_and_registers_a_paper_first(site: Site, size: Size) -> None:
    with site.as_(CLERK, size) as reader:
        page = reader.open("/branches")
        page.get_by_role("link", name="看原文").first.click()
        expect(page.locator("#look")).to_contain_text("如已报送，请忽略")
        expect(page.locator("#look")).not_to_contain_text("督办")

        page.get_by_label("只看过了时限的").check()
        expect(page.locator("#matrix tbody tr")).to_have_count(4)
        page.locator("#matrix input[type=checkbox][name^=pick]").first.check()
        page.locator("main summary", has_text="登记收件").last.click()
        page.get_by_role("button", name="登记勾选的").last.click()
        said(page, "登记收件")


@SIZED
def test_a_clerk_answers_who_asked_for_more_time(site: Site, size: Size) -> None:
    with site.as_(CLERK, size) as reader:
        page = reader.open("/branches")
        page.get_by_role("button", name=re.compile("^同意.*延期$")).click()
        said(page, "同意")

    with site.as_(OWING, size) as reader:
        page = reader.open("/next")
        expect(page.locator("main")).to_contain_text("申请延到4月23日（周一）：已同意")


@SIZED
def test_an_officer_is_with_any_branch_in_two_clicks_and_on_any_past_day(site: Site, size: Size) -> None:
    with site.as_(OFFICER, size) as reader:
        page = reader.open("/")
        expect(page.locator("main")).to_contain_text("已到时限的")
        page.locator("main table").get_by_role("link", name="生命科学学院党委").first.click()
        page.wait_for_url(re.compile(f"unit={UNIT}"))
        page.locator("main table").get_by_role("link", name=re.compile("2010级研究生第二党支部")).first.click()
        page.wait_for_url(re.compile(f"/units/{BRANCH}"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("2010级研究生第二党支部")
        expect(page.locator("svg").first).to_be_visible()

        page = reader.open("/progress")
        page.locator("#at").fill("2012-04-05")
        page.get_by_role("button", name="查看").click()
        page.wait_for_url(re.compile("at=2012-04-05"))
        expect(page.locator("main")).to_contain_text("4月5日")


@SIZED
def test_an_officer_sees_each_run_and_what_became_of_it(site: Site, size: Size) -> None:
    with site.as_(OFFICER, size) as reader:
        page = reader.open("/runs")
        expect(page.locator("main")).to_contain_text("上次核查：4月16日 08:30")
        page.get_by_role("link", name="4月10日 08:30").click()
        expect(page.locator("main")).to_contain_text("181")


@SIZED
def test_a_leader_decides_what_was_put_before_him(site: Site, size: Size) -> None:
    with site.as_(LEADER, size) as reader:
        page = reader.open("/")
        expect(page.locator("#decisions h2")).to_have_text("请您定2件事")
        page.locator("#decisions summary").first.click()
        page.locator("#decisions").get_by_label("电话了解").first.check()
        page.locator("#decisions").get_by_role("button", name="确定").first.click()
        said(page, "电话了解")
        expect(page.locator("#decisions h2")).to_have_text("请您定1件事")


@SIZED
def test_whoever_plays_the_sandbox_chooses_whom_to_be_and_leaves_again(unsigned: Site, size: Size) -> None:
    with unsigned.as_(None, size) as reader:
        page = reader.open("/")
        expect(page.get_by_role("heading", level=1)).to_have_text("沙盘：选一个人来看")
        page.get_by_role("button", name=re.compile("的身份看$")).first.click()
        expect(page.get_by_role("navigation")).to_be_visible()
        page.locator(".me summary").click()
        page.get_by_role("button", name="退出登录").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("沙盘：选一个人来看")


@SIZED
def test_an_officer_looks_at_a_run_that_waits_and_lets_it_go_and_sends_once_more_what_failed(site: Site, size: Size) -> None:
    _the_morning_after_a_backup(site)
    with site.as_(OFFICER, size) as reader:
        page = reader.open("/runs")
        expect(page.locator("main")).to_contain_text("等您放行")
        page.locator("main").get_by_role("link", name="4月17日 08:30").first.click()
        expect(page.locator("main")).to_contain_text("会发给谁")
        page.get_by_role("button", name="放行").first.click()
        said(page, "已放行")

        page.goto(f"{reader.base}/runs")
        expect(page.locator("main")).not_to_contain_text("等您放行")
        page.get_by_text("处理", exact=True).last.click()
        page.get_by_role("button", name=re.compile("再发一次")).first.click()
        said(page, "再发一次")


def _the_morning_after_a_backup(site: Site) -> None:
    """The database came from a backup, so the next run waits for a word; and one message of the last week was refused."""
    engine = site.engine
    engine.restored(by=OFFICER)
    later = engine.context.now() + 23 * 3600
    engine.context.clock = Clock(now=lambda: later)
    assert engine.escalate().state == "needs_confirm"
    with engine.database.write() as connection:
        sent = select(func.max(MESSAGE.c.id)).where(MESSAGE.c.state == "sent").scalar_subquery()
        connection.execute(update(MESSAGE).where(MESSAGE.c.id == sent).values(state="failed", why="550 mailbox unavailable"))
