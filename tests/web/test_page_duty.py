"""The page of one duty: fill in, keep half-way, hand in, take back; for the clerk above the same, marked 代填."""

from __future__ import annotations

import pytest
from portal import Page, Served, portal
from test_page_next import BODY, UNWANTED
from world import CHEN, LI, QIAN, WANG, ZHAO, World, definition

FILL = ".//form[@id='fill']"


@pytest.fixture
def begun(small_world: World) -> World:
    small_world.launch(definition(BODY + "  - {事项: 学习材料, 谁办: 党支部, 阶段: 摸底}\n"))
    small_world.at("2026-03-09 10:00")
    return small_world


def _open(world: World, p: Served, who: str = LI, unit: str = "0101", key: str = "支部自评") -> Page:
    return p.as_(who).get(f"/duties/{world.duty(unit, key).id}")


def _values(page: Page, name: str) -> list[str]:
    return [value for n, value in page.tree.xpath(FILL)[0].form_values() if n == name]


def test_a_form_is_filled_in_and_handed_in(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p)

        after = page.submit(FILL, press="报送", **{"f.summary": "都查过了", "f.score": "88.5"})

        assert after.url.endswith("/next")
        assert "“支部自评”已报送。如退回，会写明改哪里。" in after.words
        assert begun.duty("0101", "支部自评").state == "submitted"
        sent = _open(begun, p)
        assert "3月9日 10:00由李可报送，已收到" in sent.words
        assert "88.5" in sent.words
        assert not sent.find(FILL)


def test_what_cannot_be_taken_stays_in_the_fields_with_what_is_wrong_beside_it(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p).submit(FILL, press="报送", **{"f.score": "一百", "f.problems.0.text": "请假没有记录"})

        assert page.status == 409
        assert _values(page, "f.score") == ["一百"]
        assert _values(page, "f.problems.0.text") == ["请假没有记录"]
        wrong = {one.get("id"): one.text_content() for one in page.find(".//small[@class='wrong']")}
        assert wrong["f-summary-wrong"] == "没有填写"
        assert "应当是数字" in wrong["f-score-wrong"]
        assert page.find(".//*[@id='f-score']")[0].get("aria-invalid") == "true"
        assert not [word for word in UNWANTED if word in page.words and word != "后进"]  # a label of the scale to choose
        assert begun.duty("0101", "支部自评").state == "open"


def test_a_saved_form_is_kept_and_found_again(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p).submit(FILL, press="暂存", **{"f.summary": "写了一半"})

        assert "已暂存，还没有报送。" in page.words
        assert _values(_open(begun, p), "f.summary") == ["写了一半"]
        assert begun.duty("0101", "支部自评").state == "open"


def test_a_saved_form_that_somebody_else_saved_meanwhile_is_not_lost_and_neither_is_ones_own(begun: World) -> None:
    with portal(begun) as p:
        mine = _open(begun, p)
        _open(begun, p, WANG).submit(FILL, press="暂存", **{"f.summary": "组织员写的"})

        clash = mine.submit(FILL, press="暂存", **{"f.summary": "我写的"})

        assert clash.status == 409
        assert "王然在2026年3月9日（周一）10:00暂存过这张表" in clash.words
        assert _values(clash, "f.summary") == ["我写的"]
        assert _values(_open(begun, p), "f.summary") == ["组织员写的"]
        clash.submit(FILL, press="暂存")
        assert _values(_open(begun, p), "f.summary") == ["我写的"]


def test_rows_are_added_and_taken_away_without_a_script_and_nothing_typed_is_lost(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p)

        more = page.submit(FILL, press="再加一个问题", **{"f.problems.0.text": "请假没有记录"})
        assert more.url.endswith("#f-problems")
        assert _values(more, "f.problems.0.text") == ["请假没有记录"]
        assert _values(more, "f.problems.1.text") == [""]
        shorter = more.submit(FILL, press="删去这一条", **{"f.problems.1.text": "没有台账"})
        assert _values(shorter, "f.problems.0.text") == ["没有台账"]
        assert _values(shorter, "f.problems.1.text") == []


def test_what_was_sent_is_taken_back_and_changed(begun: World) -> None:
    with portal(begun) as p:
        _open(begun, p).submit(FILL, press="报送", **{"f.summary": "都查过了"})

        page = _open(begun, p).submit(".//form[contains(@action, 'withdraw')]", press="撤回修改")

        assert "已撤回" in page.words
        assert _values(page, "f.summary") == ["都查过了"]
        assert begun.duty("0101", "支部自评").state == "open"


def test_what_comes_back_says_what_to_change_and_begins_with_what_was_sent(begun: World) -> None:
    begun.act("submit", "0101", "支部自评", by=LI, data={"summary": "都查过了"})
    begun.act("return", "0101", "支部自评", by=WANG, reason="请写清楚问题")

    with portal(begun) as p:
        page = _open(begun, p)

        assert "要改的地方：请写清楚问题" in page.words
        assert _values(page, "f.summary") == ["都查过了"]


def test_a_form_sent_twice_acts_once(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p)
        page.submit(FILL, press="报送", **{"f.summary": "都查过了"})

        again = page.submit(FILL, press="报送", **{"f.summary": "都查过了"})

        assert again.status == 409
        assert "已经报送" in again.words
        assert begun.rows("SELECT count(*) FROM submission") == [(1,)]


def test_a_case_that_moved_while_the_form_was_filled_in_costs_one_more_press(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p)
        begun.act("submit", "0101", "学习材料", by=LI)

        first = page.submit(FILL, press="报送", **{"f.summary": "写了二十分钟"})
        second = first.submit(FILL, press="报送")

        assert first.status == 409
        assert "已被他人更新" in first.words
        assert second.url.endswith("/next")
        assert begun.duty("0101", "支部自评").state == "submitted"


def test_a_form_without_its_version_is_not_taken(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p).submit(FILL, press="报送", drop=("version",), **{"f.summary": "都查过了"})

        assert (page.status, begun.duty("0101", "支部自评").state) == (409, "open")


def test_what_needs_no_form_is_handed_in_with_one_press(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p, key="学习材料")

        assert "这件事不用填表" in page.words
        assert page.submit(FILL, press="报送").url.endswith("/next")


def test_what_is_said_of_a_thing_without_a_form_is_read_by_the_reviewer_and_kept_when_it_comes_back(begun: World) -> None:
    with portal(begun) as p:
        done = _open(begun, p, key="学习材料").submit(FILL, press="报送", note="材料在书架第二层")
        assert done.status == 200, done.words

        read = _open(begun, p, WANG, key="学习材料").words
        begun.act("return", "0101", "学习材料", by=WANG, reason="请写明份数")
        again = _values(_open(begun, p, key="学习材料"), "note")

    assert "材料在书架第二层" in read
    assert again == ["材料在书架第二层"]


def test_the_clerk_above_fills_in_for_a_branch_and_it_is_marked(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p, WANG)
        assert "您在为教工第一党支部代填" in page.words

        after = page.submit(FILL, press="报送", **{"f.summary": "电话里口述的"})

        assert "已为教工第一党支部代填报送“支部自评”。" in after.words
        assert "由王然代填报送" in _open(begun, p).words
        assert begun.rows("SELECT proxy FROM submission") == [(1,)]


def test_a_grader_has_a_row_for_every_branch_and_a_branch_sees_nothing_of_it(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p, WANG, unit="01", key="党支部定级")
        grades = {f"f.grades.{n}.grade": "一般" for n in range(4)}

        after = page.submit(FILL, press="报送", **grades)

        assert page.find(".//tbody/tr/th")[0].text_content().startswith("教工第一党支部")
        assert after.url.endswith("/next")
        assert _open(begun, p, LI, unit="01", key="党支部定级").status == 404


def test_whoever_only_looks_has_no_form(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p, QIAN)

        assert page.status == 200
        assert "教工第一党支部还没有报送。" in page.words
        assert not page.find(FILL)


def test_another_units_duty_does_not_exist_to_look_at_or_to_act_on(begun: World) -> None:
    number = begun.duty("0101", "支部自评").id
    with portal(begun) as p:
        token = _open(begun, p, CHEN, unit="0102").find(".//input[@name='csrf']")[0].get("value")
        chen = p.as_(CHEN)
        chen.get(f"/duties/{begun.duty('0102', '支部自评').id}")

        assert token
        assert p.as_(ZHAO).get(f"/duties/{number}").status == 404
        for act in ("save", "submit", "withdraw", "extension", "extension/withdraw"):
            mine = chen.get(f"/duties/{begun.duty('0102', '支部自评').id}")
            data = {
                **dict(mine.tree.xpath(FILL)[0].form_values()),
                "f.summary": "替别人写的",
                "to": "2026-04-10",
                "reason": "x",
            }
            assert chen.post(f"/duties/{number}/{act}", data).status == 404
    assert begun.duty("0101", "支部自评").state == "open"
    assert begun.rows("SELECT * FROM saved_form") == []


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999", "-1", "x"])
def test_a_number_that_is_no_duty_is_not_found(begun: World, number: str) -> None:
    with portal(begun) as p:
        assert p.as_(LI).get(f"/duties/{number}").status == 404


def test_what_somebody_typed_is_shown_as_it_is_never_run(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p).submit(FILL, press="暂存", **{"f.summary": "</textarea><script>alert(1)</script>"})

        assert not page.find(".//script[not(@src)]")
        assert _values(page, "f.summary") == ["</textarea><script>alert(1)</script>"]


def test_before_its_time_a_form_is_prepared_but_not_handed_in(small_world: World) -> None:
    body = "任务:\n  - {事项: 年度小结, 谁办: 党支部, 时间: 4月1日至4月20日, 表单: 总结}\n"
    small_world.launch(definition(body))
    with portal(small_world) as p:
        page = _open(small_world, p, key="年度小结")

        assert "4月1日（周三）起可以报送，现在可以先填好暂存。" in page.words
        assert [button.text_content() for button in page.find(f"{FILL}//button[not(@aria-hidden) and not(@name)]")] == ["暂存"]
        assert "已暂存" in page.submit(FILL, press="暂存", **{"f.summary": "先写着"}).words


def test_a_row_that_cannot_be_added_within_the_page_says_so_within_the_page(begun: World) -> None:
    with portal(begun) as p:
        page = _open(begun, p)
        path = f"/duties/{begun.duty('0101', '支部自评').id}/save"
        more = {**dict(page.tree.xpath(FILL)[0].form_values()), "do": "more:problems"}
        begun.engine.save_form(begun.duty("0101", "支部自评").id, {"summary": "别处写的"}, by=LI)

        clash = page.visit.post(path, more, HX_Request="true")
        begun.act("submit", "0101", "支部自评", by=LI, data={"summary": "别处报送的"})
        gone = page.visit.post(path, more, HX_Request="true")

        assert clash.status == 200
        assert "暂存过这张表" in clash.find(FILL)[0].text_content()
        assert gone.headers["hx-refresh"] == "true"
