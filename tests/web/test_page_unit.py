"""一个单位 and its forms, as a browser without scripts shows them."""

from __future__ import annotations

import re

import pytest
from portal import Page, portal
from world import LI, QIAN, SUN, WANG, ZHAO, World, definition

PHASES = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月30日前}
  - {名称: 整改, 时间: 5月底前}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底, 方式: [纸质]}
  - {事项: 整改计划, 谁办: 党支部, 阶段: 整改}
"""
)


def form(act: str) -> str:
    return f".//form[input[@name='act'][@value='{act}']]"


def acts(page: Page) -> set[str]:
    return {found.get("value") for found in page.find(".//input[@name='act']")}


def test_the_picture_shows_where_the_unit_is_and_the_date_guards(small_world: World) -> None:
    small_world.launch(PHASES)
    with portal(small_world) as p:
        page = p.as_(LI).get("/units/0101")

    picture = page.find(".//main//*[local-name()='svg']")[0]
    here = page.find(".//*[local-name()='g'][@data-state='1']")[0].text_content()
    assert page.status == 200
    assert "本单位在此" in here
    assert "3月30日前" in picture.text_content()
    assert not page.find(".//main//*[@style]")  # the browser would refuse it, and complain
    assert picture.get("aria-label") == "支部换届：党支部的阶段和时限"


def test_wang_returns_and_li_reads_why(small_world: World) -> None:
    small_world.launch()
    small_world.act("submit", "0101", by=LI)
    with portal(small_world) as p:
        done = p.as_(WANG).get("/units/0101").submit(form("return"), reason="请补上候选人名单")
        own = p.as_(LI).get("/units/0101")

    assert "退回补正：换届方案，现在是“退回补正”。" in done.words
    assert "退回时写明：请补上候选人名单" in own.words
    assert small_world.duty("0101").state == "returned"


def test_a_duty_is_accepted_received_extended_waived_and_reopened_from_its_forms(small_world: World) -> None:
    small_world.launch()
    with portal(small_world) as p:
        clerk, officer = p.as_(WANG), p.as_(QIAN)
        clerk.get("/units/0101").submit(form("extend"), reason="书记出差", to="2026-04-08")
        extended = small_world.duty("0101").due
        clerk.get("/units/0101").submit(form("receive"), ways=["纸质", "电子邮件"], received_on="2026-03-02")
        received = small_world.duty("0101").state
        clerk.get("/units/0101").submit(form("accept"))
        accepted = small_world.duty("0101").state
        officer.get("/units/0101").submit(form("reopen"), reason="核对有误")
        reopened = small_world.duty("0101").state
        officer.get("/units/0101").submit(form("waive"), reason="支部即将撤销")

    assert str(extended) == "2026-04-08"
    assert (received, accepted, reopened) == ("submitted", "accepted", "open")
    assert small_world.duty("0101").state == "waived"
    assert {row[0] for row in small_world.rows("SELECT DISTINCT via FROM journal WHERE act = 'waive'")} == {"portal"}


def test_a_case_is_advanced_with_a_reason_by_the_office_only(small_world: World) -> None:
    small_world.launch(PHASES)
    with portal(small_world) as p:
        assert "advance" not in acts(p.as_(WANG).get("/units/0101"))
        done = p.as_(QIAN).get("/units/0101").submit(form("advance"), reason="支部刚成立")

    assert "转入下一阶段：现在在“整改”。" in done.words
    assert small_world.row("0101").phase == "整改"


def test_what_a_guard_refuses_is_said_and_nothing_is_written(small_world: World) -> None:
    small_world.launch()
    small_world.at("2026-03-20")
    small_world.act("submit", "0101", by=LI)
    before = small_world.everything()
    with portal(small_world) as p:
        page = p.as_(WANG).get("/units/0101")
        without = page.submit(form("return"), reason=" ")
        past = page.submit(form("extend"), reason="出差", to="2026-03-10")
        strange = page.submit(form("extend"), reason="出差", to="下周")
        nothing = page.submit(form("receive"), drop=("ways",))

    assert "这项操作需要写明理由。" in without.words
    assert "不晚于现在的时限" in past.words
    assert "看不懂新的时限“下周”" in strange.words
    assert "登记收件要写明收到的是纸质还是电子邮件。" in nothing.words
    assert not any("--" in said.words for said in (without, past, strange, nothing))
    assert {k: v for k, v in small_world.everything().items() if k != "meta"} == {
        k: v for k, v in before.items() if k != "meta"
    }


def test_a_form_that_is_sent_twice_acts_once(small_world: World) -> None:
    small_world.launch()
    small_world.act("submit", "0101", by=LI)
    with portal(small_world) as p:
        page = p.as_(WANG).get("/units/0101")
        page.submit(form("return"), reason="请补上名单")
        again = page.submit(form("return"), reason="请补上名单")

    assert "已被他人更新" in again.words
    assert len(small_world.rows("SELECT id FROM journal WHERE act = 'return'")) == 1


@pytest.mark.parametrize("fields", [{"version": ""}, {"act": "submit"}, {"act": "sign"}, {"ways": "飞鸽"}])
def test_a_form_that_no_page_made_does_nothing(small_world: World, fields: dict[str, str]) -> None:
    small_world.launch()
    small_world.act("submit", "0101", by=LI)
    with portal(small_world) as p:
        page = p.as_(WANG).get("/units/0101").submit(form("receive"), **{"ways": "纸质", **fields})

    assert page.status in (200, 404)
    assert "登记收件：" not in page.words
    assert not small_world.rows("SELECT id FROM journal WHERE act = 'receive'")


def test_a_forged_form_is_refused(small_world: World) -> None:
    small_world.launch()
    small_world.act("submit", "0101", by=LI)
    duty = small_world.duty("0101").id
    with portal(small_world) as p:
        page = p.as_(WANG).post(f"/duties/{duty}/act", {"act": "accept", "version": "2"})

    assert page.status == 403
    assert small_world.duty("0101").state == "submitted"


def test_another_committees_unit_and_duty_do_not_exist(small_world: World) -> None:
    small_world.launch()
    duty, case = small_world.duty("0101").id, small_world.row("0101").case
    with portal(small_world) as p:
        zhao = p.as_(ZHAO)
        mine = zhao.get("/units/0201")
        token = mine.find(".//input[@name='csrf']")
        data = {"act": "accept", "version": "1", "csrf": token[0].get("value") if token else ""}
        pages = [zhao.get("/units/0101"), zhao.get("/units/9999")]
        wu = p.as_("2002")
        hers = wu.get("/units/0201").find(".//input[@name='csrf']")[0].get("value")
        posts = [
            wu.post(f"/duties/{duty}/act", {**data, "csrf": hers}),
            wu.post(f"/duties/{duty + 10_000}/act", {**data, "csrf": hers}),
            wu.post(f"/cases/{case}/act", {**data, "act": "advance", "reason": "x", "csrf": hers}),
        ]

    assert [page.status for page in pages] == [404, 404]
    assert [page.status for page in posts] == [404, 404, 404]
    assert posts[0].words == posts[1].words  # what may not be seen is not told from what is not there


def test_no_page_of_a_branch_speaks_of_chasing_or_of_commands(small_world: World) -> None:
    small_world.launch()
    for morning in ("2026-03-25", "2026-03-31", "2026-04-02", "2026-04-09"):
        small_world.run(morning, deliver=True)
    with portal(small_world) as p:
        own, clerk = p.as_(LI).get("/units/0101"), p.as_(WANG).get("/units/0101")

    assert "尚未报送" in own.words
    assert not re.search(r"督办|逾期|催办|通报|约谈|提请|上级联系人|组长", own.words)
    for page in (own, clerk):
        assert not re.search(r"duban |--[a-z]|crontab", page.words)


def test_names_with_script_are_shown_as_they_are(small_world: World) -> None:
    small_world.launch()
    small_world.engine.rename_unit("0101", "<script>alert(1)</script>支部", by=QIAN, reason="<b>改名</b>")
    small_world.act(
        "extend", "0101", by=WANG, reason="<img src=x onerror=alert(2)>", to=small_world.day.replace(month=4, day=9)
    )
    with portal(small_world) as p:
        page = p.as_(LI).get("/units/0101")

    assert not page.find(".//main//script | .//main//img | .//main//b")
    assert "<script>alert(1)</script>支部" in page.words
    assert "<img src=x onerror=alert(2)>" in page.words


def test_a_unit_that_takes_no_part_says_so(small_world: World) -> None:
    small_world.launch()
    with portal(small_world) as p:
        none, all_ = p.as_(QIAN).get("/units/91"), p.as_(SUN).get("/units/01")

    assert "这个单位没有参加“支部换届”。" in none.words
    assert "看所属支部的进度" in all_.links


def test_with_two_campaigns_one_is_chosen(small_world: World) -> None:
    first = small_world.launch()
    second = small_world.launch(definition("任务:\n  - {事项: 学习计划, 谁办: 党支部, 时间: 4月10日前}\n", name="学习年"))
    with portal(small_world) as p:
        li = p.as_(LI)
        newest, older, unknown = (li.get(f"/units/0101?campaign={c}") for c in (second, first, 99))

    assert "学习计划" in newest.words
    assert "换届方案" not in newest.words
    assert "换届方案" in older.words
    assert [option.text_content() for option in older.find(".//select[@name='campaign']/option")] == ["学习年", "支部换届"]
    assert unknown.status == 404


def test_a_direct_branch_has_both_its_ways(small_world: World) -> None:
    small_world.launch(
        definition(
            "任务:\n  - {事项: 自评, 谁办: 党支部, 时间: 3月30日前}\n  - {事项: 汇总, 谁办: 二级党组织, 时间: 4月3日前}\n"
        )
    )
    with portal(small_world) as p:
        page = p.as_(QIAN).get("/units/03")

    assert len(page.find(".//main//*[local-name()='svg']")) == 2
    headings = [heading.text_content() for heading in page.find(".//main//h2")]
    assert headings[:2] == ["作为二级党组织", "作为党支部"]


def test_going_back_never_leads_to_another_host(small_world: World) -> None:
    small_world.launch()
    small_world.act("submit", "0101", by=LI)
    with portal(small_world) as p:
        page = p.as_(WANG).get("/units/0101").submit(form("accept"), back="//elsewhere.example/units/0101")

    assert page.url.startswith(p.base)
    assert small_world.duty("0101").state == "accepted"


def test_an_extension_asked_for_is_part_of_the_story(small_world: World) -> None:
    small_world.launch()
    duty, li = small_world.duty("0101").id, small_world.engine.visitor(LI)
    small_world.engine.ask_extension(duty, by=LI, to=small_world.day.replace(month=4, day=9), reason="书记住院", scope=li.scope)
    with portal(small_world) as p:
        page = p.as_(LI).get("/units/0101")

    assert "申请延期：换届方案（李可）申请延到4月9日（周四）：书记住院" in page.words
