"""我的下一步, as a branch's secretary reads it."""

from __future__ import annotations

import pytest
from portal import portal
from world import LI, QIAN, WANG, World, definition

BODY = """阶段:
  - {名称: 摸底, 时间: 3月30日前}
  - {名称: 整改, 时间: 5月底前}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 一般, 后进], 基数: 是}
任务:
  - {事项: 支部自评, 谁办: 党支部, 阶段: 摸底, 表单: 自评}
  - {事项: 整改计划, 谁办: 党支部, 阶段: 整改, 表单: 整改计划}
"""
UNWANTED = ("逾期", "督办", "后进", "duban ", "--", "超期", "None")
"""Words that no page says to a branch (the name of the portal stands in the head, not in its own part)."""


@pytest.fixture
def begun(small_world: World) -> World:
    small_world.launch(definition(BODY))
    small_world.at("2026-03-09 10:00")
    return small_world


def test_the_page_says_one_thing_by_when_whom_to_ask_and_where_to_begin(begun: World) -> None:
    with portal(begun) as p:
        page = p.as_(LI).get("/next")

        assert page.status == 200
        assert "本阶段您只有1件事，约5分钟。" in page.words
        assert "3月30日（周一）24:00前，含当日" in page.words
        assert "化学学院党委 王然（组织员）" in page.words
        assert page.links["去填写"] == f"/duties/{begun.duty('0101', '支部自评').id}"


def test_nothing_on_a_secretarys_page_speaks_of_supervision_not_even_its_head(begun: World) -> None:
    with portal(begun) as p:
        pages = [p.as_(LI).get(path) for path in ("/next", "/units/0101", f"/duties/{begun.duty('0101', '支部自评').id}")]

    assert [word for page in pages for word in ("督办", "督查", "逾期", "将上报") if word in page.tree.text_content()] == []


def test_what_is_later_and_what_is_done_is_folded(begun: World) -> None:
    begun.act("submit", "0101", "支部自评", by=LI, data={"summary": "都查过了"})
    begun.act("accept", "0101", "支部自评", by=WANG)
    begun.act("submit", "0101", "整改计划", by=LI, data=PLAN)

    with portal(begun) as p:
        page = p.as_(LI).get("/next")

        assert [summary.text_content() for summary in page.find(".//main//details/summary")] == ["已办1件"]
        assert "已报送，等审核" in page.words
        assert "目前没有需要您办的事。" in page.words


PLAN = {
    "items": [
        {"category": "制度", "problem": "没有记录", "goal": "有记录", "measure": "月查", "owner": "书记", "due": "2026-05-20"}
    ]
}


def test_a_past_line_is_said_without_reproach(begun: World) -> None:
    begun.at("2026-04-20 10:00")

    with portal(begun) as p:
        words = p.as_(LI).get("/next").words

        assert "尚未报送" in words
        assert "请尽快报送" in words
        assert not [word for word in UNWANTED if word in words]


def test_a_saved_form_is_gone_on_with(begun: World) -> None:
    begun.engine.save_form(begun.duty("0101", "支部自评").id, {"summary": "写了一半"}, by=LI)

    with portal(begun) as p:
        page = p.as_(LI).get("/next")

        assert "已暂存，还没有报送" in page.words
        assert "接着填" in page.links


def test_a_clerk_meets_what_his_committee_owes_and_an_officer_nothing(begun: World) -> None:
    with portal(begun) as p:
        assert "党支部定级" in p.as_(WANG).get("/next").words
        assert "支部自评" not in p.as_(WANG).get("/next").words
        assert "目前没有需要您办的事。" in p.as_(QIAN).get("/next").words


def test_before_any_campaign_there_is_nothing_to_do(small_world: World) -> None:
    with portal(small_world) as p:
        page = p.as_(LI).get("/next")

        assert (page.status, page.words) == (200, "我的下一步 目前没有需要您办的事。 把时限放进手机日历")


def test_nobody_is_asked_to_sign_in_first(begun: World) -> None:
    with portal(begun) as p:
        assert p.as_(None).get("/next").status == 401
