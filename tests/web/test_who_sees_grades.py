"""Grades, what they rest on and what leaders decided: shown and told to who grades, reviews or leads, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from api import Api, api
from portal import Served, portal
from world import JIN, LI, QIAN, SCHOOL, SUN, TAO, WANG, WU, XU, ZHENG, World, days, definition, post

from duban import sandbox
from duban.service.visiting import Visitor
from storage.scope import EVERYTHING, Scope
from workflow.errors import NotFound, Refused

RECTOR, SCRIBE, PRESS = "0001", "0002", "1008"
"""书记 and 组织员 of the school, and a member of Wang's committee who reviews nobody."""
GRADED = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月30日前}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 较好, 一般], 基数: 是}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底, 表单: 自评}
  - {事项: 测评, 谁办: 党支部, 阶段: 摸底, 表单: 测评}
  - {事项: 总结, 谁办: 党支部, 阶段: 摸底, 表单: 总结}
  - {事项: 方案, 谁办: 党支部, 阶段: 摸底}
目标:
  - {从: 一般, 到: 较好及以上, 至少: 50%, 时间: 年内}
"""
)
RATED = {"score": 61.5, "grade": "一般", "summary": "查得不细"}
BALLOTS = {
    "held_on": "2026-03-20",
    "groups": [
        {
            "voters": "党员",
            "issued": 17,
            "returned": 17,
            "valid": 17,
            "invalid": 0,
            "abstained": 0,
            "options": [{"option": "不满意", "count": 17}],
        }
    ],
}
NOTE = "书记去谈一次，看看为什么"
NEEDS = {QIAN: True, ZHENG: True, JIN: True, RECTOR: True, WANG: True, SUN: True, TAO: False, SCRIBE: False}


@pytest.fixture
def graded(tmp_path: Path) -> Iterator[World]:
    """Li's branch rated itself and was graded 一般; a leader decided about what it still owes."""
    url = f"sqlite:///{tmp_path / 'graded.db'}"
    sandbox.create(url, sandbox=True).close()
    world = World(url=url, folder=tmp_path)
    more = (post("00", "书记", "高原", RECTOR), post("00", "组织员", "石青", SCRIBE), post("01", "宣传委员", "郑宣", PRESS))
    world.engine.import_units(files=SCHOOL.plus(*more).files())
    world.launch(GRADED)
    world.at("2026-03-20")
    world.act("submit", "0101", "自评", by=LI, data=RATED)
    world.act("submit", "0101", "测评", by=LI, data=BALLOTS)
    world.act("submit", "0101", "总结", by=LI, data={"summary": "都做完了"})
    grades = {"grades": [{"unit": code, "grade": "一般"} for code in ("0101", "0102", "010901", "010902")]}
    world.act("submit", "01", "党支部定级", by=WANG, data=grades)
    world.act("return", "01", "党支部定级", by=QIAN, reason="四个支部都是一般，再看一看")
    world.act("submit", "01", "党支部定级", by=WANG, data=grades)
    world.act("accept", "01", "党支部定级", by=QIAN)
    for day in days("2026-03-25", "2026-04-10"):
        world.run(day, deliver=True)
    world.engine.decide(world.duty("0101", "方案").id, "约谈", by=JIN, note=NOTE)
    yield world
    world.close()


@pytest.fixture
def pages(graded: World) -> Iterator[Served]:
    with portal(graded) as served:
        yield served


@pytest.fixture
def programs(graded: World) -> Iterator[Api]:
    with api(graded) as found:
        yield found


# --- the rule


@dataclass(frozen=True)
class Rule:
    """Of whom a person sees the grade: of Li's branch, of one of the 总支, of Wang's committee, of another one's branch."""

    branch: bool
    deeper: bool
    committee: bool
    other: bool


EVERY = Rule(True, True, True, True)
NOTHING = Rule(False, False, False, False)


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        *((who, EVERY) for who in (QIAN, ZHENG, JIN, RECTOR)),
        *((who, Rule(True, True, False, False)) for who in (WANG, SUN)),
        (XU, Rule(False, True, False, False)),
        (WU, Rule(False, False, False, True)),
        *((who, NOTHING) for who in (TAO, SCRIBE, PRESS, LI)),
    ],
)
def test_who_grades_reviews_or_leads_sees_grades_and_nobody_else(graded: World, who: str, rule: Rule) -> None:
    visitor, path = graded.engine.visitor(who), _paths(graded)

    assert _rule(visitor, path) == rule


def test_a_token_does_not_see_the_grade_of_the_one_unit_it_is_narrowed_to(graded: World) -> None:
    path = _paths(graded)

    program = graded.engine.visitor(WANG).narrowed(Scope((path["0101"],)), may_act=False)
    wider = graded.engine.visitor(WANG).narrowed(Scope((path["0109"],)), may_act=False)

    assert _rule(program, path) == NOTHING
    assert _rule(wider, path) == Rule(False, True, False, False)


def test_seeing_everything_by_another_post_does_not_widen_what_a_reviewer_sees(graded: World) -> None:
    clerk = graded.engine.visitor(WANG)

    also_in_an_office = clerk.narrowed(EVERYTHING, may_act=True)

    assert _rule(also_in_an_office, _paths(graded)) == Rule(True, True, False, False)


# --- pages


@pytest.mark.parametrize(("who", "needs"), NEEDS.items())
def test_a_committees_list_of_grades_is_read_on_its_page_by_who_needs_it(
    graded: World, pages: Served, who: str, needs: bool
) -> None:
    page = pages.as_(who).get(f"/duties/{graded.duty('01', '党支部定级').id}")

    assert page.status == 200
    assert "由王然报送" in page.words
    assert ("一般" in page.text) is needs
    assert ("教工第二党支部" in page.text) is needs
    assert ("报送的内容由上级党组织和组织部查看。" in page.words) is not needs


@pytest.mark.parametrize(("who", "needs"), NEEDS.items())
def test_a_branchs_rating_and_ballots_are_read_on_their_pages_by_who_needs_them_and_a_summary_by_all(
    graded: World, pages: Served, who: str, needs: bool
) -> None:
    visit = pages.as_(who)
    words = {key: visit.get(f"/duties/{graded.duty('0101', key).id}").words for key in ("自评", "测评", "总结")}

    assert ("61.5" in words["自评"], "查得不细" in words["自评"]) == (needs, needs)
    assert ("不满意" in words["测评"]) is needs
    assert "都做完了" in words["总结"]


def test_whoever_wrote_it_reads_it(graded: World, pages: Served) -> None:
    of_li = pages.as_(LI).get(f"/duties/{graded.duty('0101', '自评').id}")
    of_press = pages.as_(PRESS).get(f"/duties/{graded.duty('01', '党支部定级').id}")
    not_his = pages.as_(PRESS).get(f"/duties/{graded.duty('0101', '自评').id}")

    assert "61.5" in of_li.words
    assert "一般" in of_press.words
    assert not_his.status == 200
    assert "61.5" not in not_his.words


@pytest.mark.parametrize(("who", "needs"), NEEDS.items())
def test_a_units_page_tells_its_grade_and_what_a_leader_decided_to_who_needs_it(pages: Served, who: str, needs: bool) -> None:
    page = pages.as_(who).get("/units/0101")

    assert page.status == 200
    assert "自评" in page.words
    assert ("定级：一般" in page.words) is needs
    assert (NOTE in page.words, "领导" in page.words, "约谈" in page.words) == (needs, needs, needs)


@pytest.mark.parametrize(("who", "needs"), [(QIAN, True), (WANG, True), (TAO, False), (SCRIBE, False)])
def test_what_was_asked_when_a_list_of_grades_went_back_is_read_as_the_list_is(
    graded: World, pages: Served, who: str, needs: bool
) -> None:
    page = pages.as_(who).get("/units/01")

    assert "退回补正：党支部定级" in page.words
    assert ("四个支部都是一般" in page.words) is needs
    graded.act("reopen", "01", "党支部定级", by=QIAN, reason="重新核对")
    graded.act("submit", "01", "党支部定级", by=WANG, data={"grades": [{"unit": c, "grade": "较好"} for c in _BELOW]})
    graded.act("return", "01", "党支部定级", by=QIAN, reason="现在又都是较好")
    again = pages.as_(who).get("/units/01"), pages.as_(who).get(f"/duties/{graded.duty('01', '党支部定级').id}")
    assert [("现在又都是较好" in page.words) for page in again] == [needs, needs]


@pytest.mark.parametrize(("who", "needs"), [(QIAN, True), (JIN, True), (RECTOR, True), (TAO, False), (SCRIBE, False)])
def test_an_office_that_grades_nobody_sees_how_it_goes_and_neither_targets_nor_decisions(
    pages: Served, who: str, needs: bool
) -> None:
    page = pages.as_(who).get("/progress")

    assert page.status == 200
    assert "化学学院党委" in page.words
    assert ("目标" in [head.text_content() for head in page.find(".//h2")]) is needs
    assert ("一般" in page.words, "领导决定1项" in page.words) == (needs, needs)


def test_before_a_reviewer_lie_the_ratings_of_his_own_branches(pages: Served) -> None:
    assert "61.5" in pages.as_(WANG).get("/branches").words
    assert "61.5" not in pages.as_(WU).get("/branches").text
    assert pages.as_(TAO).get("/branches").status == 404


def test_who_may_not_decide_is_not_told_what_was_decided(graded: World) -> None:
    duty = graded.duty("0101", "方案").id

    for who in (TAO, WANG, QIAN):
        for choice in ("约谈", "不处理"):  # the one that stands, and another
            with pytest.raises(Refused) as refused:
                graded.engine.decide(duty, choice, by=who)
            assert refused.value.code == "wrong-actor"
            assert "金声" not in str(refused.value)
    with pytest.raises(Refused, match="金声"):
        graded.engine.decide(duty, "不处理", by=ZHENG)
    assert graded.engine.decide(duty, "约谈", by=ZHENG).note == NOTE


# --- programs


@pytest.mark.parametrize(("who", "needs"), NEEDS.items())
def test_a_program_reads_what_its_person_reads(graded: World, programs: Api, who: str, needs: bool) -> None:
    program = programs.as_(who, rights="read")
    guarded = [("01", "党支部定级"), ("0101", "自评"), ("0101", "测评")]

    sent = [program.get(f"/duties/{graded.duty(*one).id}/submission").status_code for one in guarded]
    story = program.get("/units/0101/explain").text

    assert sent == [200 if needs else 404] * 3
    assert program.get(f"/duties/{graded.duty('0101', '总结').id}/submission").status_code == 200
    assert ("定级：一般" in story, NOTE in story) == (needs, needs)


def test_a_program_of_a_department_sees_every_duty_and_form_and_no_grade(graded: World, programs: Api) -> None:
    program = programs.as_(TAO, rights="read")
    list_of_grades = graded.duty("01", "党支部定级").id

    board = program.get("/campaigns/1/status")
    form = program.get(f"/duties/{list_of_grades}/form")

    assert (board.status_code, form.status_code) == (200, 200)
    assert program.get(f"/duties/{list_of_grades}").json()["state"] == "accepted"
    assert not [word for word in ("一般", NOTE, "61.5") if word in board.text]
    assert "0101" not in form.text  # the scale to choose from, and nobody's place on it


def test_what_one_does_not_see_at_all_is_answered_alike(graded: World, programs: Api) -> None:
    program = programs.as_(WU, rights="read")

    answers = [program.get(f"/duties/{one}/submission") for one in (graded.duty("0101", "自评").id, 999_999)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    with pytest.raises(NotFound):
        graded.engine.sent_for(graded.duty("0101", "自评").id, visitor=graded.engine.visitor(TAO))


@pytest.mark.parametrize(("who", "needs"), [*NEEDS.items(), (XU, False), (PRESS, False), (LI, False)])
def test_that_a_unit_was_graded_is_told_to_who_needs_it_and_its_grade_to_nobody(programs: Api, who: str, needs: bool) -> None:
    found = programs.as_(who, rights="read").get("/events", limit=200).json()["items"]

    kinds = {event["type"] for event in found if event["data"].get("unit") == "0101"}
    assert ({"cn.duban.grade", "cn.duban.sign"} <= kinds) is needs
    assert ({"cn.duban.grade", "cn.duban.sign"} & kinds == set()) is not needs
    assert not [event for event in found if "一般" in event["data"].values()]


_BELOW = ("0101", "0102", "010901", "010902")


def _paths(world: World) -> dict[str, str]:
    return dict(world.rows("SELECT u.code, s.path FROM unit_span s JOIN unit u ON u.id = s.unit_id"))


def _rule(visitor: Visitor, path: dict[str, str]) -> Rule:
    return Rule(*(visitor.sees_grades_of(path[code]) for code in ("0101", "010901", "01", "0201")))
