"""Units are renamed, moved, merged, split, dissolved, founded in the middle of a campaign; every open duty gets its verdict."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from typer.testing import CliRunner
from world import CHEN, KONG, LI, QIAN, R2, SCHOOL, SUN, WANG, WU, ZHAO, ZHENG, ZHOU, World, contents, definition, instant

from duban.service.reorganise import Part, Reorganised
from storage import journal, lineage, units
from storage.scope import EVERYTHING, Scope
from workflow.errors import NotFound, Refused

CAMPAIGN = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月30日前}
  - {名称: 整改, 时间: 5月底前, 等支部: 是}
  - {名称: 总结, 时间: 12月}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 一般], 基数: 是}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
  - {事项: 整改计划, 谁办: 党支部, 阶段: 整改, 时间: 4月20日前}
  - {事项: 小结, 谁办: 党支部, 阶段: 总结, 时间: 12月14日前}
  - {事项: 对标, 谁办: 党支部, 阶段: 整改, 适用等次: 一般}
"""
)
"""Every branch owes 自评 by Mon 2026-03-30, 整改计划 by Mon 04-20 and 小结 by Mon 12-14."""


def _tree(world: World, on: str, recorded_by: str | None = None) -> dict[str, str]:
    """{code: names from the second level down} of the tree on a day."""
    day = date.fromisoformat(on).toordinal()
    with world.database.read() as connection:
        believed = instant(recorded_by) if recorded_by else None
        found = units.units(connection, scope=EVERYTHING, day=day, recorded_by=believed)
    names = {unit.id: unit.name for unit in found}
    return {u.code: "/".join(names[int(part)] for part in u.path.strip("/").split("/")[1:]) for u in found}


def _path(world: World, code: str) -> str:
    with world.database.read() as connection:
        found = units.unit(connection, code, scope=EVERYTHING, day=world.day.toordinal())
    assert found is not None
    return found.path


def _lines(world: World, **wanted: Any) -> list[dict[str, Any]]:
    with world.database.read() as connection:
        found = journal.lines(connection, world.engine.campaign().id, scope=EVERYTHING)
    return [line for line in found if all(line[name] == value for name, value in wanted.items())]


def _states(world: World, code: str) -> dict[str, str]:
    """{task: state} of a unit's duties, void ones too."""
    joined = "duty d JOIN task t ON t.id = d.task_id JOIN unit u ON u.id = d.unit_id"
    return {row[0]: row[1] for row in world.rows(f"SELECT t.key, d.state FROM {joined} WHERE u.code = '{code}'")}


def _verdicts(made: Reorganised) -> list[tuple[str, str, str, str]]:
    return [(v.unit, v.duty, str(v.verdict), v.why) for v in made.verdicts]


def _codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    assert all(reason.text and reason.unblock for reason in refusal.value.reasons)
    return [reason.code for reason in refusal.value.reasons]


def _told(world: World, rung: str) -> set[str]:
    """工号 of everybody a rung concerned."""
    sql = f"SELECT p.number FROM reminder r JOIN person p ON p.id = r.recipient_id WHERE r.rung = '{rung}'"
    return {row[0] for row in world.rows(sql)}


# --- 更名


def test_a_renamed_unit_keeps_its_duties_and_has_its_old_name_in_the_past(world: World) -> None:
    world.launch(CAMPAIGN)

    made = world.at("2026-03-20").rename_unit("0101", "分析化学党支部", on=date(2026, 3, 20), by=WANG)

    assert _verdicts(made) == [
        ("0101", key, "kept", "只改名称，事项和时限不变") for key in ("摸底/自评", "整改/整改计划", "总结/小结")
    ]
    assert made.changes == ("0101 教工第一党支部更名为分析化学党支部",)
    assert world.row("0101").name == "分析化学党支部"
    then = world.engine.status(unit="0101", at=date(2026, 3, 19))
    assert [row.name for row in then.rows] == ["教工第一党支部"]


def test_renaming_twice_on_one_day_leaves_the_second_name(world: World) -> None:
    engine = world.at("2026-03-20")

    engine.rename_unit("0101", "分析化学党支部", by=WANG)
    engine.rename_unit("0101", "分析科学党支部", by=WANG)

    assert _tree(world, "2026-03-19")["0101"] == "化学学院党委/教工第一党支部"
    assert _tree(world, "2026-03-20")["0101"] == "化学学院党委/分析科学党支部"


# --- 隶属调整


def test_a_subtree_moves_with_everything_below_it(world: World) -> None:
    world.launch(CAMPAIGN)

    made = world.at("2026-03-20").move_unit("0109", "02", by=QIAN)

    assert _tree(world, "2026-03-19")["010901"] == "化学学院党委/学生党总支/本科生党支部"
    assert _tree(world, "2026-03-20")["010901"] == "机械学院党委/学生党总支/本科生党支部"
    assert {v.unit for v in made.verdicts} == {"0109", "010901", "010902"}
    assert {(str(v.verdict), v.why) for v in made.verdicts} == {("kept", "改由机械学院党委管理，事项和时限不变")}
    assert world.row("010901").depth == 3
    assert world.duty("010901", "自评").due == date(2026, 3, 30)


def test_a_scope_sees_a_moved_branch_only_from_the_day_of_its_move(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-20").move_unit("0109", "02", by=QIAN)
    chemistry, mechanics = Scope((_path(world, "01"),)), Scope((_path(world, "02"),))

    world.at("2026-03-25")

    assert "010901" not in {row.unit for row in world.engine.status(scope=chemistry).rows}
    assert "010901" in {row.unit for row in world.engine.status(scope=mechanics).rows}
    before = date(2026, 3, 19)
    assert "010901" in {row.unit for row in world.engine.status(scope=chemistry, at=before).rows}
    assert "010901" not in {row.unit for row in world.engine.status(scope=mechanics, at=before).rows}


def test_a_moved_branch_is_chased_by_its_new_committee(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-20").move_unit("0101", "02", by=QIAN)

    world.run("2026-03-31")

    sql = f"""SELECT p.number FROM reminder r JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id
              JOIN person p ON p.id = r.recipient_id WHERE u.code = '0101' AND r.rung = '{R2}'"""
    assert {row[0] for row in world.rows(sql)} <= {ZHOU, LI}
    assert SUN not in {row[0] for row in world.rows(sql)}


def test_a_move_recorded_late_holds_from_its_day_but_was_not_known_before(world: World) -> None:
    world.at("2026-03-20").move_unit("0101", "02", on=date(2026, 3, 9), by=QIAN)

    assert _tree(world, "2026-03-12")["0101"] == "机械学院党委/教工第一党支部"
    assert _tree(world, "2026-03-08")["0101"] == "化学学院党委/教工第一党支部"
    assert _tree(world, "2026-03-12", recorded_by="2026-03-19 18:00")["0101"] == "化学学院党委/教工第一党支部"


def test_a_move_recorded_late_takes_along_what_changed_below_it_since(world: World) -> None:
    world.at("2026-03-16").rename_unit("010901", "本科生第一党支部", by=WANG)

    world.at("2026-03-20").move_unit("0109", "02", on=date(2026, 3, 9), by=QIAN)

    assert _tree(world, "2026-03-08")["010901"] == "化学学院党委/学生党总支/本科生党支部"
    assert _tree(world, "2026-03-15")["010901"] == "机械学院党委/学生党总支/本科生党支部"
    assert _tree(world, "2026-03-16")["010901"] == "机械学院党委/学生党总支/本科生第一党支部"


@pytest.mark.parametrize(
    ("unit", "under", "code"),
    [
        ("01", "0109", "circle"),
        ("01", "01", "circle"),
        ("0101", "01", "already-there"),
        ("0101", "0201", "wrong-place"),  # a branch under a branch
        ("0101", "91", "wrong-place"),  # a branch under 组织部
        ("00", "01", "is-root"),
    ],
)
def test_a_move_that_makes_no_tree_is_refused(small_world: World, unit: str, under: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        small_world.at("2026-03-20").move_unit(unit, under, by=QIAN)

    assert code in _codes(refusal)


# --- 撤销


def test_the_open_duties_of_a_dissolved_branch_are_void_and_the_rest_is_kept(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-18")
    world.act("submit", "0102", "自评", by=CHEN)
    world.act("accept", "0102", "自评", by=WANG)

    made = world.at("2026-06-26").dissolve_unit(
        "0102", on=date(2026, 6, 24), by=WANG, document="化院党〔2026〕7号", reason="党员毕业离校"
    )

    assert _verdicts(made) == [("0102", "整改/整改计划", "void", "单位撤销"), ("0102", "总结/小结", "void", "单位撤销")]
    assert _states(world, "0102") == {"摸底/自评": "accepted", "整改/整改计划": "void", "总结/小结": "void"}
    lines = _lines(world, act="void")
    assert [(line["from_state"], line["to_state"], line["reason"]) for line in lines] == [("open", "void", "单位撤销")] * 2
    assert {line["effective_on"] for line in lines} == {date(2026, 6, 24).toordinal()}
    assert {line["recorded_at"] for line in lines} == {world.time}
    assert all(line["by_person"] == world.engine.person(WANG) for line in lines)


def test_a_dissolved_branch_is_seen_up_to_its_last_day(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-06-24").dissolve_unit("0102", by=WANG, reason="党员毕业离校")
    world.at("2026-07-01")

    assert "0102" not in {row.unit for row in world.engine.status().rows}
    then = world.engine.status(at=date(2026, 6, 23))
    assert [d.state for row in then.rows if row.unit == "0102" for d in row.duties] == ["open", "open", "open"]
    assert "0102" not in _tree(world, "2026-06-24")
    assert "0102" in _tree(world, "2026-06-23")
    with pytest.raises(NotFound):
        world.engine.person("0102:书记")


def test_nobody_is_reminded_of_a_void_duty_even_if_a_message_was_on_its_way(world: World) -> None:
    world.launch(CAMPAIGN)
    world.run("2026-03-25")
    world.at("2026-03-25 08:40").dissolve_unit("0102", on=date(2026, 3, 25), by=WANG, reason="党员毕业离校")

    world.engine.deliver()
    for day in ("2026-03-26", "2026-03-31", "2026-04-02"):
        world.run(day, deliver=True)

    assert "教工第二党支部" not in json.dumps(list(world.messages.values()), ensure_ascii=False)
    assert world.messages


def test_posts_end_with_their_unit(world: World) -> None:
    made = world.at("2026-06-24").dissolve_unit("0102", by=WANG, reason="党员毕业离校")

    assert "1条任职到2026-06-23为止" in made.changes
    sql = "SELECT valid_to FROM post JOIN person p ON p.id = person_id WHERE p.number = '{}' AND superseded_at > 4000000000"
    assert world.rows(sql.format(CHEN)) == [(date(2026, 6, 24).toordinal(),)]


def test_the_committee_that_waited_only_for_a_dissolved_branch_goes_on(world: World) -> None:
    world.launch(CAMPAIGN)
    for branch, person, clerk in (("0201", ZHAO, WU), ("0202", KONG, WU)):
        world.at("2026-04-10")
        for key in ("自评", "整改计划"):
            world.act("submit", branch, key, by=person)
            world.act("accept", branch, key, by=clerk)
    data = {"grades": [{"unit": code, "grade": "先进"} for code in ("0201", "0202", "0203")]}
    world.act("submit", "02", "党支部定级", by=WU, data=data)
    world.act("accept", "02", "党支部定级", by=QIAN)
    world.run("2026-06-01")
    waiting = world.row("02", "二级党组织").phase

    world.engine.dissolve_unit("0203", by=WU, reason="人员全部退休转出")

    assert waiting == "整改"
    assert world.row("02", "二级党组织").phase == "总结"


@pytest.mark.parametrize(
    ("unit", "reason", "by", "codes"),
    [
        ("0102", None, WANG, ["reason-missing"]),
        ("0102", "党员毕业", ZHAO, ["wrong-actor"]),  # 书记 of another committee's branch
        ("0102", "党员毕业", LI, ["wrong-actor"]),
        ("03", "合署办公", WANG, ["wrong-actor"]),  # a second-level unit: 组织部 decides
        ("01", "合署办公", QIAN, ["has-units-below"]),
        ("00", "合署办公", QIAN, ["is-root", "has-units-below"]),
    ],
)
def test_dissolving_is_refused_with_every_reason(
    small_world: World, unit: str, reason: str | None, by: str, codes: list[str]
) -> None:
    with pytest.raises(Refused) as refusal:
        small_world.at("2026-06-24").dissolve_unit(unit, by=by, reason=reason)

    assert _codes(refusal) == codes


# --- 合并


def test_a_merged_branch_owes_no_more_and_its_successor_what_it_owed_before(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-20")
    world.act("submit", "0102", "自评", by=CHEN)

    made = world.at("2026-04-02").merge_units(["0101", "0102"], "0101", by=WANG, reason="人数较少")

    assert _verdicts(made) == [
        ("0102", "摸底/自评", "void", "并入教工第一党支部；已报送的材料仍可查阅"),
        ("0102", "整改/整改计划", "void", "并入教工第一党支部"),
        ("0102", "总结/小结", "void", "并入教工第一党支部"),
    ]
    assert {line["reason"] for line in _lines(world, act="void")} == {"并入教工第一党支部"}
    assert len(world.rows("SELECT * FROM submission")) == 1
    assert [d.state for d in world.row("0101").duties] == ["open", "open", "open"]
    assert "0101 教工第一党支部党员12人改为21人" in made.changes


def test_what_stood_below_a_merged_committee_goes_over_to_its_successor(world: World) -> None:
    world.launch(CAMPAIGN)

    made = world.at("2026-04-02").merge_units(["01"], "02", by=ZHENG)

    now = _tree(world, "2026-04-02")
    assert now["010901"] == "机械学院党委/学生党总支/本科生党支部"
    assert now["0101"] == "机械学院党委/教工第一党支部"
    assert "01" not in now
    by_verdict = {str(v.verdict): {each.unit for each in made.verdicts if each.verdict == v.verdict} for v in made.verdicts}
    assert by_verdict == {"kept": {"0101", "0102", "0109", "010901", "010902"}, "void": {"01"}}


def test_units_of_one_line_may_merge_together(world: World) -> None:
    made = world.at("2026-04-02").merge_units(["01", "0109"], "02", by=ZHENG)

    now = _tree(world, "2026-04-02")
    assert now["010901"] == "机械学院党委/本科生党支部"
    assert {"01", "0109"}.isdisjoint(now)
    assert made.changes[-1] == "01 化学学院党委、0109 学生党总支并入02 机械学院党委"


@pytest.mark.parametrize(
    ("codes", "into", "by", "refused"),
    [
        (["0101"], "0101", QIAN, "nothing-to-merge"),
        (["0101"], "02", QIAN, "different-kinds"),
        (["01"], "0109", QIAN, "circle"),
        (["0101"], "0201", WANG, "wrong-actor"),  # Wang decides about one of the two only
    ],
)
def test_a_merger_that_cannot_be_is_refused(small_world: World, codes: list[str], into: str, by: str, refused: str) -> None:
    with pytest.raises(Refused) as refusal:
        small_world.at("2026-04-02").merge_units(codes, into, by=by)

    assert refused in _codes(refusal)


def test_a_direct_branch_may_become_part_of_a_branch(world: World) -> None:
    world.launch(CAMPAIGN)

    made = world.at("2026-04-02").merge_units(["03"], "0101", by=QIAN)

    # 03 is a second-level unit and a branch: both of its cases are closed.
    assert {v.unit for v in made.verdicts} == {"03"}
    assert "摸底/党支部定级" in {v.duty for v in made.verdicts}
    assert not [row for row in world.engine.status().rows if row.unit == "03"]


# --- 拆分

PARTS = [Part(code="0111", name="有机化学党支部", members=7), Part(code="0112", name="无机化学党支部", members=5)]


def test_the_parts_of_a_branch_go_on_where_it_was(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-20")
    world.act("submit", "0101", "自评", by=LI)
    world.act("accept", "0101", "自评", by=WANG)
    world.act("extend", "0101", "整改计划", by=WANG, to=date(2026, 4, 24), reason="支部活动推迟")

    made = world.at("2026-04-02").split_unit("0101", PARTS, by=WANG, reason="人数较多")

    assert [(v.unit, v.duty, str(v.verdict), v.due) for v in made.verdicts] == [
        ("0101", "整改/整改计划", "void", date(2026, 4, 24)),
        ("0101", "总结/小结", "void", date(2026, 12, 14)),
        ("0111", "整改/整改计划", "new", date(2026, 4, 24)),
        ("0111", "总结/小结", "new", date(2026, 12, 14)),
        ("0112", "整改/整改计划", "new", date(2026, 4, 24)),
        ("0112", "总结/小结", "new", date(2026, 12, 14)),
    ]
    for part in PARTS:
        row = world.row(part.code)
        assert (row.phase, row.name, row.version) == ("整改", part.name, 1)
        assert [(d.key, d.due, d.state) for d in row.duties] == [
            ("整改/整改计划", date(2026, 4, 24), "open"),
            ("总结/小结", date(2026, 12, 14), "open"),
        ]
    assert "0101" not in {row.unit for row in world.engine.status().rows}
    new = [line for line in _lines(world, reason="由教工第一党支部分设") if line["act"] == "launch"]
    assert [line["to_state"] for line in new] == ["整改", "整改", "open", "open", "open", "open"]
    assert (
        "有机化学党支部、无机化学党支部还没有任职：请用 duban units import 补上书记和委员，否则没有人收到提醒" in made.changes
    )


def test_what_a_branch_had_handed_in_is_not_asked_of_its_parts_again(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-20")
    world.act("submit", "0101", "自评", by=LI)

    made = world.at("2026-04-02").split_unit("0101", PARTS, by=WANG)

    assert ("0101", "摸底/自评", "void", "分设为有机化学党支部、无机化学党支部；已报送的材料仍可查阅") in _verdicts(made)
    assert "摸底/自评" not in {d.key for d in world.row("0111").duties}


def test_a_returned_duty_goes_over_to_the_parts_as_not_yet_begun(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-20")
    world.act("submit", "0101", "自评", by=LI)
    world.act("return", "0101", "自评", by=WANG, reason="缺党员人数")

    world.at("2026-03-23").split_unit("0101", PARTS, by=WANG)

    assert world.duty("0111", "自评").state == "open"


def test_the_parts_are_reminded_like_everybody_else(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-20").split_unit("0101", PARTS, by=WANG)

    world.run("2026-03-31")

    sql = f"""SELECT u.code FROM reminder r JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id
              WHERE r.rung = '{R2}' AND r.slot_day = {date(2026, 3, 31).toordinal()}"""
    codes = {row[0] for row in world.rows(sql)}
    assert {"0111", "0112", "0102"} <= codes
    assert "0101" not in codes


def test_a_unit_may_be_one_of_its_own_parts(world: World) -> None:
    world.launch(CAMPAIGN)

    made = world.at("2026-03-20").split_unit("0101", [Part(code="0101", name="有机化学党支部", members=7), PARTS[1]], by=WANG)

    assert {(v.unit, str(v.verdict)) for v in made.verdicts} == {("0101", "kept"), ("0112", "new")}
    assert world.row("0101").name == "有机化学党支部"
    assert len(world.row("0101").duties) == len(world.row("0112").duties) == 3
    world.act("submit", "0101", "自评", by=LI)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([PARTS[0]], "too-few-parts"),
        ([PARTS[0], Part(code="0201", name="无机化学党支部")], "code-taken"),
        ([PARTS[0], Part(code="0111", name="无机化学党支部")], "code-repeated"),
        ([PARTS[0], Part(code="0112", name="有机化学党支部")], "name-taken"),
        ([PARTS[0], Part(code="0112", name="教工第二党支部")], "name-taken"),
        ([PARTS[0], Part(code="0112", name=" ")], "name-missing"),
    ],
)
def test_a_split_that_cannot_be_is_refused(small_world: World, parts: list[Part], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        small_world.at("2026-04-02").split_unit("0101", parts, by=WANG)

    assert code in _codes(refusal)


def test_the_code_of_an_ended_unit_is_never_used_again(world: World) -> None:
    world.at("2026-04-02").split_unit("0101", PARTS, by=WANG)

    with pytest.raises(Refused) as refusal:
        world.at("2026-05-06").add_unit("0101", "物理化学党支部", "党支部", "01", by=WANG)

    assert _codes(refusal) == ["code-taken"]


# --- 新建


def test_a_new_branch_begins_where_the_calendar_is_and_owes_only_what_is_ahead(world: World) -> None:
    world.launch(CAMPAIGN)

    made = world.at("2026-04-10").add_unit("0111", "物理化学党支部", "党支部", "01", branch_kind="专任教师", members=8, by=WANG)

    # 自评 was due on 03-30; 对标 is for branches graded 一般, and this one has no grade.
    assert [(v.duty, str(v.verdict)) for v in made.verdicts] == [("整改/整改计划", "new"), ("总结/小结", "new")]
    row = world.row("0111")
    assert (row.phase, [d.key for d in row.duties]) == ("整改", ["整改/整改计划", "总结/小结"])
    grades = world.rows("SELECT grade FROM unit_span s JOIN unit u ON u.id = s.unit_id WHERE u.code = '0111'")
    assert grades == [(None,)]


def test_a_new_second_level_unit_comes_into_the_track_of_its_kind(world: World) -> None:
    world.launch(CAMPAIGN)

    world.at("2026-03-20").add_unit("04", "体育部党总支", "党总支", "00", by=QIAN)

    assert [(row.track, row.phase) for row in world.engine.status(unit="04").rows] == [("二级党组织", "摸底")]


def test_a_committee_founds_branches_and_nothing_else(small_world: World) -> None:
    engine = small_world.at("2026-03-20")

    with pytest.raises(Refused) as refusal:
        engine.add_unit("04", "体育部党总支", "党总支", "00", by=WANG)

    assert _codes(refusal) == ["wrong-actor"]
    engine.add_unit("0111", "物理化学党支部", "党支部", "01", by=WANG)
    with pytest.raises(Refused):
        engine.add_unit("0211", "热能党支部", "党支部", "02", by=WANG)


def test_a_kind_that_does_not_exist_is_refused(small_world: World) -> None:
    with pytest.raises(Refused) as refusal:
        small_world.at("2026-03-20").add_unit("0111", "物理化学党小组", "党小组", "01", by=QIAN)

    assert _codes(refusal) == ["no-such-kind"]


# --- all of them


def _events(world: World, *, preview: bool) -> list[Reorganised]:
    engine, day = world.engine, world.day
    return [
        engine.rename_unit("0101", "分析化学党支部", on=day, by=WANG, preview=preview),
        engine.move_unit("0109", "02", on=day, by=QIAN, preview=preview),
        engine.dissolve_unit("0203", on=day, by=WU, reason="合署", preview=preview),
        engine.merge_units(["0201"], "0202", on=day, by=WU, preview=preview),
        engine.split_unit("0102", PARTS, on=day, by=WANG, preview=preview),
        engine.add_unit("0119", "物理化学党支部", "党支部", "01", on=day, by=WANG, preview=preview),
    ]


def test_a_preview_says_the_same_and_writes_nothing(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-20")
    before = world.everything()

    foreseen = _events(world, preview=True)

    assert contents(world.database) == before
    assert all(made.preview for made in foreseen)
    done = _events(world, preview=False)
    assert [(made.changes, made.verdicts) for made in done] == [(made.changes, made.verdicts) for made in foreseen]


def test_every_event_leaves_its_line_of_descent_and_its_line_in_the_journal(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-20")

    _events(world, preview=False)

    with world.database.read() as connection:
        lines = lineage.lines(connection, day=world.day.toordinal())
    codes = dict(world.rows("SELECT id, code FROM unit"))
    assert [(line.kind, codes.get(line.from_unit), codes.get(line.to_unit)) for line in lines] == [
        ("renamed", "0101", "0101"),
        ("moved", "0109", "0109"),
        ("dissolved", "0203", None),
        ("merged", "0201", "0202"),
        ("split", "0102", "0111"),
        ("split", "0102", "0112"),
        ("founded", None, "0119"),
    ]
    sql = "SELECT j.act, u.code FROM journal j JOIN unit u ON u.id = j.unit_id WHERE j.campaign_id IS NULL ORDER BY j.id"
    assert world.rows(sql) == [
        ("rename", "0101"),
        ("move", "0109"),
        ("dissolve", "0203"),
        ("merge", "0201"),
        ("split", "0102"),
        ("found", "0111"),
        ("found", "0112"),
        ("found", "0119"),
    ]


def test_totals_still_equal_the_rows_below_after_every_event(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-20")

    _events(world, preview=False)

    world.at("2026-03-23")
    board = world.engine.status()
    today = date(2026, 3, 23)
    past = world.at("2026-03-24").status(at=today)
    assert past.totals == board.totals
    assert [(r.unit, r.phase, [d.key for d in r.duties]) for r in past.rows] == [
        (r.unit, r.phase, [d.key for d in r.duties]) for r in board.rows
    ]


def test_what_is_not_yet_in_force_is_refused(small_world: World) -> None:
    with pytest.raises(Refused) as refusal:
        small_world.at("2026-03-20").rename_unit("0101", "分析化学党支部", on=date(2026, 3, 21), by=WANG)

    assert _codes(refusal) == ["on-future"]
    assert refusal.value.reasons[0].until == "2026-03-21"


def test_an_event_is_not_recorded_before_another_that_is_recorded_already(small_world: World) -> None:
    small_world.at("2026-03-16").rename_unit("0101", "分析化学党支部", by=WANG)

    with pytest.raises(Refused) as refusal:
        small_world.at("2026-03-20").move_unit("0101", "02", on=date(2026, 3, 10), by=QIAN)

    assert _codes(refusal) == ["changed-since"]


def test_a_unit_is_not_dissolved_on_its_first_day(small_world: World) -> None:
    engine = small_world.at("2026-03-20")
    engine.add_unit("0111", "物理化学党支部", "党支部", "01", by=WANG)

    with pytest.raises(Refused) as refusal:
        engine.dissolve_unit("0111", by=WANG, reason="登记错了")

    assert _codes(refusal) == ["too-young"]
    small_world.at("2026-03-21").dissolve_unit("0111", by=WANG, reason="登记错了")


def test_of_a_unit_that_is_no_more_it_is_said_what_became_of_it(small_world: World) -> None:
    engine = small_world.at("2026-03-20")
    engine.import_units(files=SCHOOL.without(units=["0102"]).files(), end_missing=True)
    engine.dissolve_unit("0203", by=WU, reason="合署")
    engine.merge_units(["0201"], "0202", by=WU)
    engine.split_unit("0101", PARTS, by=WANG)

    said = []
    for code in ("0203", "0201", "0101", "0102"):
        with pytest.raises(NotFound) as refusal:
            engine.rename_unit(code, "新名", by=QIAN)
        said.append(str(refusal.value))

    assert said == [
        "0203 退休党支部已在2026-03-20撤销：不能再调整",
        "0201 教工党支部已在2026-03-20并入0202 学生党支部：不能再调整",
        "0101 教工第一党支部已在2026-03-20分设为0111 有机化学党支部、0112 无机化学党支部：不能再调整",
        "0102 教工第二党支部已在2026-03-20从单位表中去掉：不能再调整",
    ]


def test_an_unknown_unit_is_named_with_what_may_be_meant(small_world: World) -> None:
    with pytest.raises(NotFound, match="教工") as refusal:
        small_world.engine.rename_unit("教工", "分析化学党支部", by=WANG)

    assert "0101 教工第一党支部" in refusal.value.candidates


# --- the command


def _command(world: World, *words: str, clock: str = "2026-03-20T09:00:00+08:00") -> tuple[int, str]:
    from duban.cli import app

    found = CliRunner().invoke(app, [*words, "--db", world.url], env={"DUBAN_CLOCK": clock})
    return found.exit_code, found.stdout


def test_the_command_previews_and_then_does_it(small_world: World) -> None:
    small_world.launch(CAMPAIGN)
    words = (
        "units",
        "split",
        "0101",
        "--into",
        "0111:有机化学党支部:7",
        "--into",
        "0112:无机化学党支部",
        "--on",
        "2026-03-20",
        "--by",
        WANG,
    )

    foreseen = json.loads(_command(small_world, *words, "--preview", "--json")[1])
    code, text = _command(small_world, *words)

    assert foreseen["preview"] is True
    assert foreseen["on"] == "2026-03-20"
    first = {"unit": "0101", "name": "教工第一党支部", "campaign": "支部换届", "duty": "摸底/自评", "due": "2026-03-30"}
    assert first.items() <= foreseen["verdicts"][0].items()
    assert [v["verdict"] for v in foreseen["verdicts"]] == ["void"] * 3 + ["new"] * 6
    assert code == 0
    assert "0101 教工第一党支部分设为0111 有机化学党支部、0112 无机化学党支部" in text
    assert "不再办理3件，新产生6件" in text


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("dissolve", "0101", "--on", "2026-03-20", "--by", WANG), 1, '"reason-missing"'),
        (("dissolve", "0777", "--on", "2026-03-20", "--by", WANG, "--reason", "合署"), 1, '"not-found"'),
        (("rename", "0101", "新名", "--on", "3月20日", "--by", WANG), 2, '"usage"'),
        (("split", "0101", "--into", "0111", "--on", "2026-03-20", "--by", WANG), 2, '"usage"'),
    ],
)
def test_the_command_refuses_with_one_document(small_world: World, words: tuple[str, ...], code: int, said: str) -> None:
    exit_code, text = _command(small_world, "units", *words, "--json")

    assert exit_code == code
    assert said in json.dumps(json.loads(text))
