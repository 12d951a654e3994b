"""我的支部 as its reader meets it: links and forms only, no script."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from portal import Page, portal
from world import CHEN, LI, QIAN, WANG, WU, XU, ZHAO, World, definition

YEAR = definition(
    """任务:
  - {事项: 自评, 谁办: 党支部, 时间: 3月30日前, 可代填: 是}
  - {事项: 台账, 谁办: 党支部, 时间: 3月30日前}
  - {事项: 整改计划, 谁办: 党支部, 时间: 5月29日前, 表单: 整改计划}
"""
)
ITEM = {
    "category": "支部班子",
    "problem": "换届<b>不及时</b>",
    "goal": "按期换届",
    "measure": "四月开会",
    "owner": "书记",
    "due": "2026-04-20",
}
REVIEW = ".//section[@id='review']//form"
MATRIX = ".//div[@id='matrix']//form"
HELD = 2
"""Hours for which a first chase waits."""


def boxes(page: Page, form: str, *units: str) -> dict[str, Any]:
    """Fields that tick the boxes of some units (by the words beside them) in a form."""
    found: dict[str, Any] = {}
    for box in page.find(f"{form}//input[@type='checkbox'][starts-with(@name, 'pick')]"):
        words = box.get("aria-label") or box.getparent().text_content()
        if any(unit in words for unit in units):
            found.setdefault(box.get("name"), []).append(box.get("value"))
    assert found, page.words
    return found


def test_wang_reads_first_how_many_of_his_branches_are_done(small_world: World) -> None:
    small_world.launch(YEAR)
    for key in ("自评", "台账"):
        small_world.act("submit", "0101", key, by=LI)

    with portal(small_world) as p:
        page = p.as_(WANG).get("/branches")

    assert page.status == 200
    assert "4个支部，3月30日（周一）前要交的：1个已交齐，3个尚未交齐。" in page.words
    assert "2件等您审核" in page.words
    assert "逾期" not in page.text
    assert "督办" not in page.words


def test_the_matrix_leads_to_each_unit_and_each_duty(small_world: World) -> None:
    small_world.launch(YEAR)

    with portal(small_world) as p:
        page = p.as_(WANG).get("/branches")

    assert page.links["教工第一党支部"] == "/units/0101"
    duty = small_world.duty("0101", "自评").id
    [link] = page.find(f".//a[@href='/duties/{duty}']")
    assert link.get("aria-label") == "教工第一党支部，自评：尚未报送"
    assert [th.text_content().split()[0] for th in page.find(".//table[contains(@class,'matrix')]/thead//th")] == [
        "支部",
        "自评",
        "台账",
    ]


def test_a_filter_is_a_form_and_its_answer_a_whole_page(small_world: World) -> None:
    small_world.launch(YEAR)
    small_world.act("submit", "0101", "自评", by=LI)

    with portal(small_world) as p:
        page = p.as_(WANG).get("/branches").submit(".//form[@aria-label='筛选']", state="submitted")
        none = page.submit(".//form[@aria-label='筛选']", state="returned")

    assert [th.text_content().split()[0] for th in page.find(".//tbody/tr/th")] == ["教工第一党支部"]
    assert "没有符合条件的支部" in none.words
    assert none.find(".//h1")


def test_many_are_accepted_at_once_and_what_was_done_is_said(small_world: World) -> None:
    small_world.launch(YEAR)
    small_world.act("submit", "0101", "自评", by=LI)
    small_world.act("submit", "0101", "台账", by=LI)
    small_world.act("submit", "0102", "自评", by=CHEN)

    with portal(small_world) as p:
        page = p.as_(WANG).get("/branches")
        done = page.submit(REVIEW, press="审核通过", **boxes(page, REVIEW, "教工第一", "教工第二"))

    said = "已审核通过：教工第一党支部“自评”、教工第二党支部“自评”、教工第一党支部“台账”。"
    assert said in done.words
    assert {small_world.duty(unit, "自评").state for unit in ("0101", "0102")} == {"accepted"}
    assert small_world.duty("0101", "台账").state == "accepted"
    assert "目前没有等您审核的" in done.words


def test_a_return_without_words_does_nothing_and_keeps_what_was_ticked(small_world: World) -> None:
    small_world.launch(YEAR)
    small_world.act("submit", "0101", "自评", by=LI)

    with portal(small_world) as p:
        page = p.as_(WANG).get("/branches")
        again = page.submit(REVIEW, press="退回勾选的", to="2026-04-03", **boxes(page, REVIEW, "教工第一"))
        done = again.submit(REVIEW, press="退回勾选的", reason="第二项补上日期")

    assert again.status == 422
    assert "退回补正要写明理由" in again.words
    assert again.find(f"{REVIEW}//input[@name='to']")[0].get("value") == "2026-04-03"
    assert "已退回补正：教工第一党支部“自评”。" in done.words
    assert small_world.duty("0101", "自评").due == date(2026, 4, 3)


def test_paper_is_registered_from_the_matrix_with_its_day_and_ways(small_world: World) -> None:
    small_world.launch(YEAR)
    small_world.at("2026-03-31 09:00")

    with portal(small_world) as p:
        page = p.as_(WANG).get("/branches")
        fields = boxes(page, MATRIX, "教工第二党支部的自评")
        done = page.submit(MATRIX, press="登记勾选的", received_on="2026-03-30", **fields)

    assert "已登记收件：教工第二党支部“自评”。" in done.words
    assert small_world.duty("0102", "自评").on_time is True


def test_what_each_form_lacks_is_said_before_anything_is_done(small_world: World) -> None:
    small_world.launch(YEAR)
    small_world.act("submit", "0101", "自评", by=LI)

    with portal(small_world) as p:
        before = small_world.everything()
        page = p.as_(WANG).get("/branches")
        mine = boxes(page, MATRIX, "教工第一党支部的自评")
        nothing = page.submit(MATRIX, press="审核通过")
        no_way = page.submit(MATRIX, press="登记勾选的", drop=("ways",), **mine)
        no_day = page.submit(MATRIX, press="登记勾选的", received_on="三月三十", **mine)
        no_act = page.submit(MATRIX, **mine)

    assert [found.status for found in (nothing, no_way, no_day, no_act)] == [422] * 4
    assert "请先勾选要办的事项" in nothing.words
    assert "请勾选收到的是纸质件还是电子件" in no_way.words
    assert "看不懂日期“三月三十”" in no_day.words
    assert "请选择审核通过、退回补正或登记收件" in no_act.words
    assert small_world.everything() == before


def test_a_form_sent_again_after_it_was_done_is_refused_politely(small_world: World) -> None:
    small_world.launch(YEAR)
    small_world.act("submit", "0101", "自评", by=LI)

    with portal(small_world) as p:
        page = p.as_(WANG).get("/branches")
        fields = boxes(page, REVIEW, "教工第一")
        page.submit(REVIEW, press="退回勾选的", reason="补上日期", **fields)
        again = page.submit(REVIEW, press="退回勾选的", reason="补上日期", **fields)

    assert again.status == 200
    assert "教工第一党支部“自评”没有办：" in again.words
    assert "已被他人更新" in again.words
    assert len(small_world.rows("SELECT id FROM journal WHERE act = 'return'")) == 1


def test_a_box_of_another_committee_is_answered_as_if_it_did_not_exist(small_world: World) -> None:
    small_world.launch(YEAR)
    small_world.act("submit", "0101", "自评", by=LI)
    small_world.act("submit", "0201", "自评", by=ZHAO)
    foreign = f"{small_world.duty('0201', '自评').id}.{small_world.row('0201').version}"

    with portal(small_world) as p:
        page = p.as_(WANG).get("/branches")
        mine = boxes(page, REVIEW, "教工第一")
        mine[next(iter(mine))].append(foreign)
        refused = page.submit(REVIEW, press="审核通过", **mine)

    assert refused.status == 404
    assert {small_world.duty(unit, "自评").state for unit in ("0101", "0201")} == {"submitted"}


def test_the_page_and_its_forms_do_not_exist_for_who_reviews_nobody(small_world: World) -> None:
    small_world.launch(YEAR)

    with portal(small_world) as p:
        wang, zhao = p.as_(WANG), p.as_(ZHAO)
        answers = [zhao.get("/branches"), zhao.get("/branches?campaign=1")]
        token = zhao.get("/branches").find(".//input[@name='csrf']")
        forged = [zhao.post(f"/branches/{what}", {"act": "accept", "pick-1": "1.1"}) for what in ("act", "release")]
        other = wang.get("/branches?campaign=99")

    assert [page.status for page in answers] == [404, 404]
    assert not token
    assert [page.status for page in forged] == [404, 404]
    assert other.status == 404


def test_each_committee_reads_of_its_own_branches_only(small_world: World) -> None:
    small_world.launch(YEAR)

    with portal(small_world) as p:
        wu, xu = p.as_(WU).get("/branches"), p.as_(XU).get("/branches")

    assert "退休党支部" in wu.words
    assert "教工第一党支部" not in wu.text
    assert "2个支部" in xu.words
    assert "教工第一党支部" not in xu.text


def test_the_office_reviews_what_committees_sent(small_world: World) -> None:
    text = "报送:\n  - {谁报: 二级党组织, 材料: 汇总表, 报给: 组织部, 方式: [纸质], 时间: 3月30日前}\n"
    small_world.launch(definition(text))
    key = next(duty.key for row in small_world.engine.status().rows for duty in row.duties if row.unit == "01")
    small_world.act("submit", "01", key, by=WANG)

    with portal(small_world) as p:
        page = p.as_(QIAN).get("/branches")
        received = page.submit(MATRIX, press="登记勾选的", **boxes(page, MATRIX, "化学学院党委"))
        done = received.submit(REVIEW, press="审核通过", **boxes(received, REVIEW, "化学学院党委"))

    assert "还没有登记纸质件" in page.words
    assert "已审核通过：化学学院党委" in done.words


def test_what_was_sent_is_read_beside_its_box_and_shown_literally(small_world: World) -> None:
    small_world.launch(YEAR)
    small_world.act("submit", "0101", "整改计划", by=LI, data={"items": [ITEM]})

    with portal(small_world) as p:
        page = p.as_(WANG).get("/branches")

    [entry] = page.find(f"{REVIEW}//li[contains(@class,'entry')]")
    assert "换届<b>不及时</b>" in entry.text_content()
    assert "李可" in entry.text_content()
    assert not page.find(f"{REVIEW}//b")


def test_a_clerk_is_offered_to_fill_in_for_the_retired_branch(small_world: World) -> None:
    small_world.launch(YEAR)

    with portal(small_world) as p:
        page = p.as_(WU).get("/branches")

    assert "3个尚未交齐（其中1个离退休支部可由您代填）" in page.words
    [link] = page.find(".//a[text()='代填']")
    assert link.get("href") == f"/duties/{small_world.duty('0203', '自评').id}"


def test_a_first_chase_is_read_held_back_by_registering_and_released(small_world: World) -> None:
    world = small_world
    world.engine.context.settings = replace(world.engine.context.settings, preview_hours=HELD)
    world.launch(YEAR)
    world.run("2026-03-31 08:30")

    with portal(world) as p:
        wang = p.as_(WANG)
        page = wang.get("/branches")
        text = wang.get(page.links["看原文"])
        registered = page.submit(MATRIX, press="登记勾选的", **boxes(page, MATRIX, "教工第一党支部"))
        released = registered.submit(".//section[@id='chases']//form", press="不再等，2封现在都发出")

    assert "孙岩" in page.words
    assert "3月31日 10:30" in page.words
    [letter] = text.find(".//article[@id='look']//pre")
    assert "如已报送，请忽略" in letter.text_content()
    assert "督办" not in letter.text_content()
    assert "整改计划" not in letter.text_content()  # its own day is in May
    [before, after] = [shown.find(".//section[@id='chases']")[0].text_content() for shown in (page, registered)]
    assert "教工第一党支部" in before
    assert "教工第一党支部" not in after
    assert "教工第二党支部" in after
    assert "工作提示将随下一次发送发出" in released.words
    assert not released.find(".//section[@id='chases']")


def test_enter_in_a_field_presses_no_button(small_world: World) -> None:
    small_world.launch(YEAR)
    small_world.act("submit", "0101", "自评", by=LI)

    with portal(small_world) as p:
        page = p.as_(WANG).get("/branches")

    for form in (REVIEW, MATRIX):
        first = page.find(f"{form}//button")[0]
        assert first.get("disabled") is not None
        assert first.get("hidden") is not None


def test_a_school_in_which_nothing_runs_says_so(small_world: World) -> None:
    with portal(small_world) as p:
        page = p.as_(WANG).get("/branches")

    assert page.status == 200
    assert "还没有启动任何活动" in page.words
