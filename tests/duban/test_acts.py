"""Acts through the engine: what each writes, who may, what a refusal leaves behind, and what takes effect with an acceptance."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from places import Places
from world import CAO, HE, ITEM, LI, QIAN, SCHOOL, SUN, WANG, WU, XU, YAN, ZHAO, ZHENG, World, built, definition, instant, post

from workflow.errors import DubanError, NotFound, Refused
from workflow.model import Way

PAPERS = definition(
    """任务:
  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}
  - {事项: 台账, 谁办: 党支部, 时间: 3月30日前, 锁定: 4月3日}
  - {事项: 公示, 谁办: 党支部, 时间: 3月20日至3月30日}
报送:
  - {谁报: 二级党组织, 材料: 汇总表, 报给: 组织部, 方式: [纸质, 电子邮件], 时间: 3月30日前}
"""
)
GRADES = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月30日前}
  - {名称: 整改, 时间: 5月底前}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 较好, 一般, 后进], 基数: 是}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
  - {事项: 选定对标支部, 谁办: 党支部, 阶段: 整改, 适用等次: 一般}
  - {事项: 整改计划, 谁办: 党支部, 阶段: 整改, 表单: 整改计划}
"""
)


def _line(world: World, act: str) -> dict[str, Any]:
    """The newest line of an act in the journal."""
    columns = "from_state, to_state, due_day_from, due_day, on_time, by_person, via, reason, recorded_at, effective_on"
    rows = world.rows(f"SELECT {columns} FROM journal WHERE act = '{act}' ORDER BY id DESC")
    return dict(zip(columns.split(", "), rows[0], strict=True))


# --- what an act writes


def test_a_submission_is_a_state_a_mark_a_line_and_a_kept_version(world: World) -> None:
    world.launch()
    world.at("2026-03-26 10:00")

    done = world.act("submit", "0101", by=LI, via="cli:root")

    assert (done.phase, done.duty, done.state, done.version) == ("办理", "换届方案", "submitted", 2)
    duty = world.duty("0101")
    assert (duty.state, duty.on_time, duty.days_late) == ("submitted", True, 0)
    line = _line(world, "submit")
    assert (line["from_state"], line["to_state"], bool(line["on_time"]), line["via"]) == ("open", "submitted", True, "cli:root")
    assert (line["recorded_at"], line["effective_on"]) == (instant("2026-03-26 10:00"), date(2026, 3, 26).toordinal())
    assert world.rows("SELECT duty_id, epoch, at, proxy FROM submission") == [(duty.id, 1, world.time, False)]


@pytest.mark.parametrize(("when", "on_time"), [("2026-03-30 23:59:59", True), ("2026-03-31 00:00:00", False)])
def test_the_line_is_the_end_of_its_last_day(world: World, when: str, on_time: bool) -> None:
    world.launch()
    world.time = instant(when)

    world.act("submit", "0101", by=LI)

    assert world.duty("0101").on_time is on_time


def test_submission_stops_the_clock_and_withdrawing_starts_it_again(world: World) -> None:
    world.launch()
    world.act("submit", "0101", by=LI)
    assert world.run("2026-03-25").reminders == 7  # eight branches but Li's

    world.act("withdraw", "0101", by=LI)

    assert (world.duty("0101").state, world.duty("0101").on_time) == ("open", None)
    assert world.run("2026-03-26").reminders == 1


def test_a_clerk_above_submits_for_a_branch_and_is_marked_as_proxy(world: World) -> None:
    world.launch()

    world.act("submit", "0101", by=WANG)

    assert world.rows("SELECT count(*) FROM submission WHERE proxy") == [(1,)]


def test_paper_counts_on_the_day_it_came_not_on_the_day_it_was_registered(world: World) -> None:
    world.launch(PAPERS)
    world.at("2026-04-02")

    world.act("receive", "01", "报送材料", by=QIAN, ways=[Way.PAPER], received_on=date(2026, 3, 30))

    duty = world.duty("01", "报送材料")
    assert (duty.state, duty.on_time) == ("submitted", True)
    assert world.rows("SELECT way, received_on FROM receipt") == [("纸质", date(2026, 3, 30).toordinal())]
    line = _line(world, "receive")
    assert (line["effective_on"], line["recorded_at"]) == (date(2026, 3, 30).toordinal(), world.time)


def test_what_is_asked_on_paper_is_accepted_once_the_paper_is_there(world: World) -> None:
    world.launch(PAPERS)
    world.act("submit", "01", "报送材料", by=SUN)
    assert world.refused("accept", "01", "报送材料", by=QIAN) == ["paper-missing"]

    world.act("receive", "01", "报送材料", by=QIAN, ways=[Way.PAPER])
    world.act("accept", "01", "报送材料", by=QIAN)

    assert world.duty("01", "报送材料").state == "accepted"
    assert world.row("01", "二级党组织").phase == "办结"


def test_an_extension_keeps_both_lines(world: World) -> None:
    world.launch()
    world.at("2026-03-27")

    world.act("extend", "0101", by=WANG, to=date(2026, 4, 10), reason="书记出差")

    duty = world.duty("0101")
    assert (duty.due, duty.extended_from) == (date(2026, 4, 10), date(2026, 3, 30))
    line = _line(world, "extend")
    assert (line["due_day_from"], line["due_day"]) == (date(2026, 3, 30).toordinal(), date(2026, 4, 10).toordinal())
    assert line["reason"] == "书记出差"
    assert world.rows(f"SELECT epoch FROM duty WHERE id = {duty.id}") == [(2,)]


def test_a_return_keeps_the_mark_and_gives_time(world: World) -> None:
    world.launch()
    world.at("2026-03-30 16:00")
    world.act("submit", "0101", by=LI)
    world.at("2026-03-31 09:00")

    world.act("return", "0101", by=WANG, reason="缺党员名册")

    duty = world.duty("0101")
    assert (duty.state, duty.on_time) == ("returned", True)
    assert duty.due == date(2026, 4, 3)  # three working days from Tuesday 03-31


def test_what_is_waived_is_not_expected(world: World) -> None:
    world.launch()
    before = world.engine.status().totals.expected

    world.act("waive", "0101", by=QIAN, reason="新建支部")

    assert world.engine.status().totals.expected == before - 1
    assert world.row("0101").phase == "办结"


def test_reopening_is_a_new_epoch(world: World) -> None:
    world.launch()
    world.act("submit", "0101", by=LI)
    world.act("accept", "0101", by=WANG)

    world.act("reopen", "0101", by=QIAN, reason="名单有误")

    assert world.duty("0101").state == "open"
    assert world.rows(f"SELECT epoch FROM duty WHERE id = {world.duty('0101').id}") == [(2,)]


def test_a_direct_branch_has_two_ways_to_walk(world: World) -> None:
    world.launch(PAPERS)

    world.act("submit", "03", "换届方案", by=CAO)
    world.act("submit", "03", "报送材料", by=CAO)

    assert {row.track for row in world.engine.status(unit="03").rows} == {"党支部", "二级党组织"}
    assert world.refused("accept", "03", "换届方案", by=WANG) == ["wrong-actor"]
    world.act("accept", "03", "换届方案", by=QIAN)  # a second-level unit: 组织部 reviews


def test_a_branch_under_a_general_branch_is_reviewed_by_it_or_by_the_committee(world: World) -> None:
    world.launch(PAPERS)
    for key in ("换届方案", "台账"):
        world.act("submit", "010901", key, by=HE)

    world.act("accept", "010901", "换届方案", by=XU)
    world.act("accept", "010901", "台账", by=WANG)

    assert {d.state for d in world.row("010901").duties if d.key != "公示"} == {"accepted"}


# --- who may not, and when


@pytest.mark.parametrize(
    ("act", "by", "more"),
    [
        ("submit", ZHAO, {}),  # another branch's
        ("submit", SUN, {}),  # the superior's 书记 reviews, he does not fill in
        ("submit", WU, {}),  # another committee's clerk
        ("extend", LI, {"to": date(2026, 4, 10), "reason": "想晚点"}),
        ("waive", WANG, {"reason": "不必"}),
    ],
)
def test_who_has_no_part_in_it_is_refused_and_nothing_is_written(world: World, act: str, by: str, more: dict[str, Any]) -> None:
    world.launch()
    before = world.everything()

    assert world.refused(act, "0101", by=by, **more) == ["wrong-actor"]

    assert world.everything() == before


@pytest.mark.parametrize(("act", "by"), [("accept", ZHAO), ("accept", LI), ("accept", WU), ("return", LI), ("withdraw", ZHAO)])
def test_who_has_no_part_in_a_review_is_refused(world: World, act: str, by: str) -> None:
    world.launch()
    world.act("submit", "0101", by=LI)

    assert "wrong-actor" in world.refused(act, "0101", by=by, reason="理由")


def test_an_office_of_that_name_inside_a_college_is_not_the_schools(places: Places, tmp_path: Path) -> None:
    from world import Unit

    inner = SCHOOL.plus(Unit(code="0198", name="组织部", kind="部门", parent="01"), post("0198", "干事", "范围", "1098"))
    world = World(url=places.copy("inner", lambda url: built(url, inner)), folder=tmp_path)
    world.launch()

    assert world.refused("waive", "0201", by="1098", reason="不必") == ["wrong-actor"]

    world.close()


def test_a_former_secretary_has_no_part_in_it_any_more(world: World) -> None:
    world.launch()
    successor = SCHOOL.without(people=[LI]).plus(
        post("0101", "书记", "李可", LI, until="2026-03-20"), post("0101", "书记", "林远", "1008", since="2026-03-21")
    )
    world.at("2026-03-10").import_units(files=successor.files())
    world.at("2026-03-23")

    assert world.refused("submit", "0101", by=LI) == ["wrong-actor"]
    world.act("submit", "0101", by="1008")


@pytest.mark.parametrize(
    ("when", "act", "key", "more", "code"),
    [
        ("2026-03-19 12:00", "submit", "公示", {}, "not-yet-open"),
        ("2026-04-04 00:00", "submit", "台账", {}, "locked"),
        ("2026-03-20 12:00", "submit", "换届方案", {"expect_version": 7}, "stale-version"),
        ("2026-03-20 12:00", "submit", "换届方案", {"data": {"a": 1}}, "data-not-asked"),
    ],
)
def test_the_window_the_lock_and_the_version_refuse(
    world: World, when: str, act: str, key: str, more: dict[str, Any], code: str
) -> None:
    world.launch(PAPERS)
    world.at(when)
    before = world.everything()

    assert world.refused(act, "0101", key, by=LI, **more) == [code]

    assert world.everything() == before


def test_the_last_second_before_the_lock_is_late_but_taken(world: World) -> None:
    world.launch(PAPERS)
    world.time = instant("2026-04-03 23:59:59")

    world.act("submit", "0101", "台账", by=LI)

    assert world.duty("0101", "台账").days_late == 4


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"to": date(2026, 3, 30), "reason": "想晚点"}, "not-later"),
        ({"to": date(2026, 4, 10)}, "reason-missing"),
        ({"reason": "想晚点"}, "date-missing"),
    ],
)
def test_an_extension_needs_a_later_day_and_a_reason(small_world: World, more: dict[str, Any], code: str) -> None:
    small_world.launch()

    assert code in small_world.refused("extend", "0101", by=WANG, **more)


@pytest.mark.parametrize("act", ["withdraw", "accept", "return", "reopen"])
def test_what_does_not_exist_in_a_state_says_what_does(small_world: World, act: str) -> None:
    small_world.launch()

    with pytest.raises(Refused) as refusal:
        small_world.act(act, "0101", by=LI, reason="理由")

    assert refusal.value.reasons[0].code == "wrong-state"
    assert "还没有报送" in refusal.value.reasons[0].text
    assert "报送" in refusal.value.reasons[0].unblock


def test_every_reason_is_given_at_once(small_world: World) -> None:
    small_world.launch(PAPERS)
    small_world.at("2026-04-06")

    assert set(small_world.refused("submit", "0101", "台账", by=ZHAO, expect_version=9)) == {
        "stale-version",
        "wrong-actor",
        "locked",
    }


@pytest.mark.parametrize(("duty", "by"), [(999, LI), (None, LI)])
def test_an_id_that_is_none_is_not_found(small_world: World, duty: int | None, by: str) -> None:
    small_world.launch()

    with pytest.raises(NotFound):
        small_world.engine.act("submit", duty=duty, by=by)


def test_an_act_that_is_none_names_those_there_are(small_world: World) -> None:
    small_world.launch()

    with pytest.raises(DubanError, match="没有“sumbit”这项操作；可以用：submit"):
        small_world.engine.act("sumbit", duty=1, by=LI)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("4711", "没有找到“4711”"),
        ("0101:组织员", "教工第一党支部现在没有“组织员”；是不是：0101:书记 李可"),
        ("9999:书记", "没有找到单位“9999”"),
        ("党支部:书记", "没有找到单位“党支部”；是不是：0101 教工第一党支部"),
    ],
)
def test_an_unknown_person_is_one_sentence_with_who_may_be_meant(small_world: World, words: str, says: str) -> None:
    small_world.launch()

    with pytest.raises(NotFound, match=says):
        small_world.engine.act("submit", duty=1, by=words)


@pytest.mark.parametrize("words", ["1001", "p1001@example.edu.cn", "P1001@Example.edu.cn", "0101:书记", "教工第一党支部：书记"])
def test_a_person_is_found_by_number_mail_or_post(small_world: World, words: str) -> None:
    assert small_world.engine.person(words) == small_world.engine.person(LI)


def test_the_same_guards_say_what_can_be_done(small_world: World) -> None:
    small_world.launch()
    case = small_world.row("0101").case

    def free(by: str) -> set[str]:
        return {a.act for a in small_world.engine.available(case, to=by) if not a.reasons}

    assert free(LI) == {"submit"}
    assert free(ZHAO) == set()
    assert {"submit", "receive", "extend"} <= free(WANG)
    assert {"extend", "waive", "advance"} <= free(QIAN)


# --- all or nothing


@pytest.mark.parametrize("table", ["submission", "journal", "case_"])
def test_a_submission_that_breaks_off_leaves_nothing(world: World, table: str) -> None:
    world.launch()
    world.break_off(table, "UPDATE" if table == "case_" else "INSERT")
    before = world.everything()

    with pytest.raises(Exception, match="broken off"):
        world.act("submit", "0101", by=LI)

    assert world.everything() == before


@pytest.mark.parametrize("table", ["grade", "journal", "timer", "duty"])
def test_an_acceptance_that_breaks_off_confirms_no_grade(world: World, table: str) -> None:
    world.launch(GRADES)
    _submit_grades(world, {"0201": "一般", "0202": "先进", "0203": "一般"})
    world.break_off(table)
    before = world.everything()

    with pytest.raises(Exception, match="broken off"):
        world.act("accept", "02", "党支部定级", by=QIAN)

    assert world.everything() == before


# --- what takes effect


def _submit_grades(world: World, grades: dict[str, str]) -> None:
    rows = [{"unit": code, "grade": grade} for code, grade in grades.items()]
    world.act("submit", "02", "党支部定级", by=WU, data={"grades": rows})


def _graded(world: World, grades: dict[str, str]) -> None:
    _submit_grades(world, grades)
    world.act("accept", "02", "党支部定级", by=QIAN)


def _keys(world: World, unit: str) -> list[str]:
    return [duty.key for duty in world.row(unit).duties]


def test_tasks_for_a_grade_arise_when_the_grade_is_confirmed(world: World) -> None:
    world.launch(GRADES)
    world.at("2026-03-26")
    assert "整改/选定对标支部" not in _keys(world, "0201")

    _submit_grades(world, {"0201": "一般", "0202": "先进", "0203": "一般"})
    assert "整改/选定对标支部" not in _keys(world, "0201")
    world.act("accept", "02", "党支部定级", by=QIAN)

    assert ["整改/选定对标支部" in _keys(world, unit) for unit in ("0201", "0202", "0203", "0101")] == [
        True,
        False,
        True,
        False,
    ]
    assert _line(world, "grade")["by_person"] == world.engine.person(QIAN)
    assert world.rows("SELECT reason FROM journal WHERE act = 'launch' AND reason IS NOT NULL") == [("定级确定后产生",)] * 2


def test_a_new_grade_closes_what_was_not_begun_and_keeps_what_was(world: World) -> None:
    world.launch(GRADES)
    _graded(world, {"0201": "一般", "0202": "先进", "0203": "一般"})
    world.act("submit", "0203", "选定对标支部", by=YAN)
    world.act("reopen", "02", "党支部定级", by=QIAN, reason="复核")

    _graded(world, {"0201": "较好", "0202": "一般", "0203": "较好"})

    assert ["整改/选定对标支部" in _keys(world, unit) for unit in ("0201", "0202", "0203")] == [False, True, True]
    assert world.duty("0203", "选定对标支部").state == "submitted"
    assert world.rows("SELECT act, to_state FROM journal WHERE act = 'void'") == [("void", "void")]
    assert world.engine.grades(1, 1) == {"0201": "较好", "0202": "一般", "0203": "较好"}
    assert world.rows("SELECT count(*) FROM grade") == [(6,)]  # nothing of the first round is lost


def test_a_grade_that_comes_back_brings_its_task_back(world: World) -> None:
    world.launch(GRADES)
    _graded(world, {"0201": "一般", "0202": "先进", "0203": "先进"})
    first = world.duty("0201", "选定对标支部")
    world.act("reopen", "02", "党支部定级", by=QIAN, reason="复核")
    _graded(world, {"0201": "较好", "0202": "先进", "0203": "先进"})
    world.act("reopen", "02", "党支部定级", by=QIAN, reason="再复核")

    _graded(world, {"0201": "一般", "0202": "先进", "0203": "先进"})

    again = world.duty("0201", "选定对标支部")
    assert (again.id, again.state, again.due) == (first.id, "open", first.due)
    world.run("2026-05-27")  # three working days before Sunday 05-31
    told = world.rows(f"SELECT epoch FROM reminder WHERE duty_id = {again.id} AND recipient_id > 0")
    assert told == [(2,)]


def test_a_unit_that_is_no_longer_rated_owes_nothing_for_its_grade(world: World) -> None:
    world.launch(GRADES)
    _graded(world, {"0201": "一般", "0202": "先进", "0203": "先进"})
    world.act("reopen", "02", "党支部定级", by=QIAN, reason="复核")
    rows = [{"unit": "0201", "grade": "不参评", "reason": "新建"}, *({"unit": u, "grade": "先进"} for u in ("0202", "0203"))]
    world.act("submit", "02", "党支部定级", by=WU, data={"grades": rows})

    world.act("accept", "02", "党支部定级", by=QIAN)

    assert "整改/选定对标支部" not in _keys(world, "0201")


@pytest.mark.parametrize(
    ("grades", "code"),
    [
        ({"0201": "一般", "0202": "先进"}, "grades-missing"),
        ({"0201": "一般", "0202": "先进", "0203": "先进", "0101": "先进"}, "unknown-unit"),
    ],
)
def test_a_committee_grades_all_its_own_branches_and_no_others(small_world: World, grades: dict[str, str], code: str) -> None:
    small_world.launch(GRADES)
    rows = [{"unit": unit, "grade": grade} for unit, grade in grades.items()]

    assert small_world.refused("submit", "02", "党支部定级", by=WU, data={"grades": rows}) == [code]


def test_a_plan_becomes_items_when_it_is_accepted(world: World) -> None:
    world.launch(GRADES)
    world.act("submit", "0101", "整改计划", by=LI, data={"items": [ITEM, {**ITEM, "problem": "台账不全"}]})
    assert world.rows("SELECT count(*) FROM item") == [(0,)]

    world.act("accept", "0101", "整改计划", by=WANG)

    assert world.rows("SELECT no, problem, state FROM item ORDER BY no") == [(1, "换届不及时", "open"), (2, "台账不全", "open")]


def test_a_plan_that_is_accepted_once_more_does_not_double_its_items(world: World) -> None:
    world.launch(GRADES)
    world.act("submit", "0101", "整改计划", by=LI, data={"items": [ITEM]})
    world.act("accept", "0101", "整改计划", by=WANG)
    world.act("reopen", "0101", "整改计划", by=QIAN, reason="措施太空")
    world.act("submit", "0101", "整改计划", by=LI, data={"items": [{**ITEM, "measure": "四月八日开会"}]})

    world.act("accept", "0101", "整改计划", by=WANG)

    assert world.rows("SELECT no, measure FROM item WHERE state = 'open'") == [(1, "四月八日开会")]


def test_a_leader_decides_only_what_was_brought_to_him(world: World) -> None:
    world.launch()
    assert world.refused("sign", "0101", by=ZHENG, data={"decision": "电话了解"}) == ["nothing-asked"]
    for day in ("2026-03-31", "2026-04-02", "2026-04-09"):
        world.run(day, deliver=True)

    world.act("sign", "0101", by=ZHENG, data={"decision": "电话了解"}, reason="先问情况")

    assert _line(world, "sign")["reason"] == "电话了解：先问情况"
    assert world.duty("0101").state == "open"
