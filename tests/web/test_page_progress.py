"""进度: how it goes in a sentence, units down and phases across, any past day, two clicks to a branch, and what waits for a decision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from portal import Page, Served, portal
from world import CAO, CHEN, JIN, LI, ONE_DUTY, QIAN, WANG, WU, ZHAO, ZHENG, World, definition

CAMPAIGN = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月10日前}
  - {名称: 整改, 时间: 3月20日前}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 较好, 一般], 基数: 是}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
  - {事项: 制度, 谁办: 党支部, 阶段: 整改}
目标:
  - {从: 一般, 到: 较好及以上, 至少: 50%, 时间: 年内}
"""
)


@dataclass(frozen=True)
class Scene:
    world: World
    portal: Served

    def sees(self, who: str, path: str = "/progress", **query: Any) -> Page:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return self.portal.as_(who).get(f"{path}?{asked}" if asked else path)


@pytest.fixture
def scene(small_world: World) -> Iterator[Scene]:
    """On Wednesday 2026-03-11: 自评 was due yesterday; Li's and Zhao's are in, Zhao's was late."""
    small_world.launch(CAMPAIGN)
    small_world.at("2026-03-09")
    small_world.act("submit", "0101", "自评", by=LI)
    small_world.at("2026-03-11")
    small_world.act("submit", "0201", "自评", by=ZHAO)
    with portal(small_world) as served:
        yield Scene(small_world, served)


@pytest.fixture
def asked(small_world: World) -> Iterator[Scene]:
    """On Thursday 2026-04-09 the head of the leading group has been asked about every branch."""
    small_world.launch()
    for day in ("2026-03-31", "2026-04-02", "2026-04-09"):
        small_world.run(day)
    small_world.at("2026-04-09 10:00")
    with portal(small_world) as served:
        yield Scene(small_world, served)


def _figures(page: Page) -> dict[str, int]:
    return {
        div.findtext("dt"): int(re.match(r"[\d,]+", div.find("dd").text).group().replace(",", ""))  # type: ignore[union-attr]
        for div in page.find(".//dl[@class='figures']/div")
    }


def _table(page: Page) -> dict[str, list[str]]:
    """{unit: its cells as read}."""
    return {
        re.split(r"\s", row.find("th").text_content().strip())[0]: [
            re.sub(r"\s+", " ", cell.text_content()).strip() for cell in row.findall("td")
        ]
        for row in page.find(".//table//tbody/tr")
    }


def test_a_leader_reads_first_how_it_goes(scene: Scene) -> None:
    page = scene.sees(JIN)

    # Of 8 自评 two are in, of the 4 gradings by 01, 0109, 02 and 03 none; 03 owes both.
    assert page.status == 200
    assert "已到时限的12项报了2项，还有9个单位的10项尚未报送。" in page.find(".//p[@class='lead']")[0].text_content()
    assert "下一个时限是3月20日（周五）“整改”，8项都尚未报送。" in page.words
    assert "最近7天（3月5日至3月11日）：报送2项。" in page.words


def test_when_all_that_is_due_is_in_it_says_so(small_world: World) -> None:
    small_world.launch()
    for code, who in (("0101", LI), ("0102", CHEN), ("0201", ZHAO), ("03", CAO)):
        small_world.act("submit", code, by=who)
    with portal(small_world) as served:
        before = served.as_(QIAN).get("/progress").words
        small_world.at("2026-03-30")
        on_the_day = served.as_(QIAN).get("/progress").words

    assert "各项都还没有到时限。下一个时限是3月30日（周一）“换届方案”，8项中还有4项尚未报送。" in before
    assert "今天是“换届方案”的最后一天，8项中还有4项尚未报送。" in on_the_day


def test_the_figures_are_the_boards_and_the_table_adds_up_to_them(scene: Scene) -> None:
    page, totals = scene.sees(QIAN), scene.world.engine.status().totals

    figures, table = _figures(page), _table(page)

    assert (figures["应报"], figures["按时报送"]) == (totals.expected, totals.on_time)
    assert (figures["过时限后报送"], figures["尚未报送"]) == (totals.late, totals.open)
    assert figures["已报待审核"] == 2
    parts = [tuple(map(int, cells[-1].split("/"))) for name, cells in table.items() if name != "全部"]
    assert [sum(column) for column in zip(*parts, strict=True)] == [totals.on_time + totals.late, totals.expected]
    assert table["全部"][-1] == f"{totals.on_time + totals.late}/{totals.expected}"


def test_a_cell_says_in_words_what_its_colour_says(scene: Scene) -> None:
    table = _table(scene.sees(QIAN, unit="02"))

    assert table["机械学院党委"][:2] == ["0/1 1项未报", "— 无应报"]
    assert table["教工党支部"][:2] == ["1/1 已报齐", "0/1 差1项"]
    assert table["学生党支部"][0] == "0/1 1项未报"


def test_a_phase_that_has_not_begun_is_not_counted_against_anybody(small_world: World) -> None:
    small_world.launch(CAMPAIGN)
    with portal(small_world) as served:
        table = _table(served.as_(QIAN).get("/progress"))

    assert table["全部"][1] == "未到时限"


def test_two_clicks_lead_to_a_branch(scene: Scene) -> None:
    top = scene.sees(JIN)

    committee = top.visit.get(top.links["化学学院党委"])
    branch = committee.visit.get(committee.links["教工第一党支部"])

    assert (committee.status, branch.status) == (200, 200)
    assert branch.url.endswith("/units/0101")
    assert "教工第一党支部" in branch.tree.findtext(".//h1")


def test_what_changed_in_a_unit_is_told_of_it_alone(scene: Scene) -> None:
    assert "最近7天（3月5日至3月11日）：报送1项。" in scene.sees(JIN, unit="01").words
    assert "最近7天（3月5日至3月11日）没有办理记录。" in scene.sees(JIN, unit="0109").words


def test_the_way_back_up_is_there(scene: Scene) -> None:
    page = scene.sees(JIN, unit="0109")

    assert page.links["化学学院党委"].endswith("/progress?unit=01")
    assert page.links["全部"].endswith("/progress")


def test_a_past_day_is_shown_as_it_was_then(scene: Scene) -> None:
    top = scene.sees(JIN)

    then = top.submit(".//form[contains(@class,'filters')]", at="2026-03-10")

    assert "at=2026-03-10" in then.url
    assert "这是2026年3月10日（周二）24:00的情况" in then.words
    assert _figures(then) == {"应报": 20, "按时报送": 1, "过时限后报送": 0, "尚未报送": 19, "已报待审核": 1}
    assert then.links["化学学院党委"].endswith("unit=01&at=2026-03-10")
    assert "at=" not in then.links["回到今天"]
    assert "截至2026-03-10 23:59" in then.words


@pytest.mark.parametrize("at", ["2026-03-11", "2031-01-01", "2026-02-30", "gestern", ""])
def test_what_is_no_past_day_shows_today(scene: Scene, at: str) -> None:
    page = scene.sees(JIN, at=at)

    assert page.status == 200
    assert "的情况，按当时的记录" not in page.words
    assert _figures(page)["过时限后报送"] == 1
    assert page.find(".//input[@name='at']")[0].get("value") == "2026-03-11"


def test_a_day_before_the_launch_shows_the_day_of_the_launch(scene: Scene) -> None:
    page = scene.sees(JIN, at="2020-01-01")

    assert "这是2026年3月2日（周一）24:00的情况" in page.words


def test_a_phase_is_shown_task_by_task(scene: Scene) -> None:
    top = scene.sees(QIAN)

    page = top.visit.get(top.links["摸底"])

    heads = [re.sub(r"\s+", " ", th.text_content()).strip() for th in page.find(".//thead//th")]
    assert heads == ["单位", "自评 3月10日前", "党支部定级 3月10日前", "合计"]
    assert page.links["化学学院党委"].endswith("unit=01&phase=%E6%91%B8%E5%BA%95")


def test_only_those_behind_can_be_listed_and_are_summed_themselves(scene: Scene) -> None:
    scene.world.act("submit", "03", "自评", by=CAO)

    page = scene.sees(QIAN, phase="摸底", late=1, unit="02")

    table = _table(page)
    assert list(table) == ["所列单位", "机械学院党委", "学生党支部", "退休党支部"]
    assert table["所列单位"][-1] == "0/3"


def test_the_clerk_sees_his_own_committee_only(scene: Scene) -> None:
    own, other = scene.sees(WANG), scene.sees(WANG, unit="02")

    assert own.tree.findtext(".//h1").strip() == "化学学院党委"
    assert "机械" not in own.words
    assert "图书馆" not in own.words
    assert other.status == 404
    assert "机械" not in other.text
    assert scene.sees(WANG, unit="0102").status == 200


def test_a_secretary_has_no_such_page_and_nobody_is_asked_to_sign_in(scene: Scene) -> None:
    assert scene.sees(LI).status == 404
    assert scene.portal.as_(None).get("/progress").status == 401


@pytest.mark.parametrize("query", [{"campaign": 99}, {"campaign": "x"}, {"unit": "0999"}, {"phase": "没有的阶段"}])
def test_what_does_not_exist_is_not_found(scene: Scene, query: dict[str, Any]) -> None:
    assert scene.sees(QIAN, **query).status == 404


def test_before_the_first_launch_the_page_says_so_kindly(small_world: World) -> None:
    with portal(small_world) as served:
        page = served.as_(QIAN).get("/progress")

    assert page.status == 200
    assert "还没有启动任何活动" in page.words


def test_of_several_campaigns_one_is_chosen_and_kept(scene: Scene) -> None:
    second = scene.world.launch(ONE_DUTY)

    page = scene.sees(QIAN)
    first = page.submit(".//form[contains(@class,'which')]", campaign="1")

    assert page.tree.findtext(".//h1").strip() == "支部换届"
    assert page.find(".//select[@name='campaign']/option[@selected]")[0].get("value") == str(second)
    assert "整改" in first.words
    assert "campaign=1" in first.links["化学学院党委"]
    assert "campaign=1" in first.visit.get(first.links["化学学院党委"]).links["教工第一党支部"]


def test_the_line_of_days_is_drawn_wide_and_for_a_telephone(scene: Scene) -> None:
    pictures = scene.sees(QIAN).find(".//figure//*[local-name()='svg']")

    assert [picture.get("width") for picture in pictures] == ["1120", "360"]
    assert "今天3月11日（周三）" in pictures[0].get("aria-label")
    assert "摸底，3月2日至3月10日；整改，3月11日至3月20日" in pictures[1].get("aria-label")


def test_targets_stand_where_those_who_answer_for_the_whole_look(scene: Scene) -> None:
    above, clerk = scene.sees(QIAN), scene.sees(WANG)

    assert "目标" in [h.text_content() for h in above.find(".//h2")]
    assert "一般" not in clerk.words


def test_no_page_scolds(scene: Scene) -> None:
    for who in (JIN, QIAN, WANG):
        page = scene.sees(who)
        assert not {"逾期", "督办", "后进", "落后", "排名"} & set(re.findall("逾期|督办|后进|落后|排名", page.words))


def test_a_leader_decides_once_for_the_units_he_leaves_ticked(asked: Scene) -> None:
    page = asked.sees(JIN)
    assert "请您定1件事" in page.words
    boxes = page.find(".//form[contains(@action,'/decisions')]//input[@name='duty']")
    assert len(boxes) == 8
    ticked = [box.get("value") for box in boxes[:2]]

    after = page.submit(
        ".//form[contains(@action,'/decisions')]", press="确定", duty=ticked, choice="电话了解", note="先问清原因"
    )

    assert "已记录：电话了解（教工第一党支部、教工第二党支部）。" in after.text
    assert (
        asked.world.rows("SELECT choice, note, via, person_id FROM decision")
        == [("电话了解", "先问清原因", "portal", asked.world.engine.person(JIN))] * 2
    )
    assert len(after.find(".//form[contains(@action,'/decisions')]//input[@name='duty']")) == 6


def test_the_same_form_once_more_changes_nothing(asked: Scene) -> None:
    page = asked.sees(JIN)
    page.submit(".//form[contains(@action,'/decisions')]", choice="不处理")
    before = asked.world.rows("SELECT * FROM decision")

    same = page.submit(".//form[contains(@action,'/decisions')]", choice="不处理")
    other = page.submit(".//form[contains(@action,'/decisions')]", choice="约谈")

    assert same.status == other.status == 200
    assert asked.world.rows("SELECT * FROM decision") == before
    assert "金声" in other.find(".//*[@id='said']")[0].text_content()
    assert "已记录：约谈" not in other.text


def test_without_a_choice_or_a_unit_nothing_is_recorded(asked: Scene) -> None:
    page = asked.sees(JIN)

    no_choice = page.submit(".//form[contains(@action,'/decisions')]", drop=("choice",))
    no_unit = asked.sees(JIN).submit(".//form[contains(@action,'/decisions')]", drop=("duty",), choice="约谈")

    assert "没有选怎么办" in no_choice.text
    assert "没有选中任何单位" in no_unit.text
    assert asked.world.rows("SELECT * FROM decision") == []


def test_an_officer_sees_what_waits_for_whom_but_has_no_form(asked: Scene) -> None:
    page = asked.sees(QIAN)

    assert "有1件事在等领导决定" in page.words
    assert "4月9日（周四）提请金声" in page.words
    assert page.find(".//form[contains(@action,'/decisions')]") == []


def test_a_clerk_does_not_learn_that_leaders_were_asked(asked: Scene) -> None:
    page = asked.sees(WANG)

    assert page.status == 200
    assert "提请" not in page.words
    assert "等领导决定" not in page.words


def test_who_may_not_decide_is_told_and_who_may_not_see_finds_nothing(asked: Scene) -> None:
    form = asked.sees(JIN).find(".//form[contains(@action,'/decisions')]")[0]
    duties = [box.get("value") for box in form.findall(".//input[@name='duty']")]
    own, other = duties[0], duties[-1]

    def send(who: str, duty: str) -> Page:
        page = asked.sees(who)
        token = page.find(".//input[@name='csrf']")
        value = token[0].get("value") if token else _token_of(asked, page)
        return page.visit.post("/decisions", {"csrf": value, "duty": duty, "choice": "约谈"})

    assert "签发由组织部部长、领导小组组长或学校党委书记办理" in send(WANG, own).text
    assert send(WU, own).status == 404
    assert send(WANG, other).status == 404
    assert send(QIAN, own).status == 200
    assert asked.world.rows("SELECT * FROM decision") == []
    # 部长 may decide although it was 组长 who was asked.
    assert "已记录：约谈" in send(ZHENG, own).text


def _token_of(asked: Scene, page: Page) -> str:
    """The token of any form his pages have."""
    found = page.visit.get("/branches").find(".//input[@name='csrf']") or page.visit.get("/calendar").find(
        ".//input[@name='csrf']"
    )
    return str(found[0].get("value"))


def test_a_form_without_our_token_is_not_taken(asked: Scene) -> None:
    page = asked.sees(JIN)

    forged = page.submit(".//form[contains(@action,'/decisions')]", choice="约谈", csrf="1.deadbeef")

    assert forged.status == 403
    assert asked.world.rows("SELECT * FROM decision") == []


def test_what_leaders_are_asked_is_about_today_only(asked: Scene) -> None:
    page = asked.sees(JIN, at="2026-04-08")

    assert "请您定" not in page.words


def test_requests_for_more_time_wait_where_the_officer_looks(scene: Scene) -> None:
    duty = next(d.id for r in scene.world.engine.status(unit="03").rows for d in r.duties if d.key == "整改/制度")
    scene.world.engine.ask_extension(duty, to=date(2026, 3, 27), reason="等设备到货", by=CAO)

    page = scene.sees(QIAN)

    assert "等设备到货" in page.words
    assert "等设备到货" not in scene.sees(WANG).words
