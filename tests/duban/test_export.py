"""The tables that go upward hold what their exporter may see, all of it and nothing else, and say who took them out."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from world import CAO, CHEN, LI, QIAN, SCHOOL, TAO, WANG, WU, ZHAO, World, definition, post

from duban.service.people import scope_of
from storage import grades, units
from storage.scope import EVERYTHING
from workflow.errors import NotFound, Refused, UsageError
from workflow.model import BRANCHES

ROUND = "  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 较好, 后进], 基数: 是}\n"
AGAIN = "  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 总结, 等次: [先进, 较好, 后进]}\n"
CAMPAIGN = definition(
    f"""阶段:
  - {{名称: 摸底, 时间: 3月20日前}}
  - {{名称: 整改, 时间: 4月20日前}}
  - {{名称: 总结, 时间: 12月}}
定级:
{ROUND}{AGAIN}任务:
  - {{事项: 整改计划, 谁办: 党支部, 阶段: 整改, 表单: 整改计划}}
  - {{事项: 整改结果, 谁办: 党支部, 阶段: 整改, 表单: 整改结果}}
目标:
  - {{从: 后进, 到: 较好及以上, 至少: 50%, 时间: 年内}}
"""
)
GIVEN = {
    "01": (WANG, {"0101": "先进", "0102": "后进", "010901": "较好", "010902": "后进"}),
    "02": (WU, {"0201": "较好", "0202": "后进", "0203": "先进"}),
}
"""{committee: (who grades, {branch: grade})}; 03, a branch directly below the school, has none."""
NAMES = {unit.code: unit.name for unit in SCHOOL.units}
OF_01 = {NAMES[code] for code in ("0101", "0102", "010901", "010902")}
OF_02 = {NAMES[code] for code in ("0201", "0202", "0203")}
EVERY_BRANCH = OF_01 | OF_02 | {NAMES["03"]}
TABLES = ("grades", "plan", "result", "promotion")


def _plan(problem: str) -> dict[str, object]:
    item = {"category": "制度", "goal": "有考勤", "measure": "每月核对", "owner": "组织委员", "due": "2026-05-29"}
    return {"items": [{**item, "problem": problem}]}


def _begin(world: World, text: str = CAMPAIGN) -> None:
    """On Fri 2026-03-20 every committee has graded, and three branches of two committees have a plan."""
    world.launch(text)
    world.at("2026-03-20")
    _grade(world, "摸底", {committee: (by, dict(given)) for committee, (by, given) in GIVEN.items()})
    for branch, by in (("0101", LI), ("0102", CHEN), ("0201", ZHAO)):
        world.act("submit", branch, "整改计划", by=by, data=_plan(f"{branch}的问题"))
        world.act("accept", branch, "整改计划", by=WU if branch == "0201" else WANG)


def _grade(world: World, phase: str, given: dict[str, tuple[str, dict[str, str]]]) -> None:
    for committee, (by, grades_) in given.items():
        data = {"grades": [{"unit": code, "grade": grade} for code, grade in grades_.items()]}
        world.act("submit", committee, f"{phase}/党支部定级", by=by, data=data)
        world.act("accept", committee, f"{phase}/党支部定级", by=QIAN)


def _export(world: World, table: str, *, by: str, **more: str) -> tuple[Path, list[list[object]]]:
    path = world.engine.export(table, by=by, out=world.folder / "out", **more)
    sheet = openpyxl.load_workbook(BytesIO(path.read_bytes())).worksheets[0]
    return path, [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


def _words(cells: list[list[object]]) -> str:
    return "\n".join(str(cell) for row in cells for cell in row)


def _branches(cells: list[list[object]]) -> list[str]:
    """The branches that have a numbered line of their own."""
    names = EVERY_BRANCH
    return [
        next(str(c) for c in reversed(row) if c in names)
        for row in cells
        if row and isinstance(row[0], int) and names & set(row)
    ]


def _seen(world: World, by: str) -> set[str]:
    """What the database lets somebody see: names of branches."""
    scope = scope_of(world.database, world.engine.person(by), world.day)
    with world.database.read() as connection:
        found = units.units(connection, scope=scope, day=world.day.toordinal())
    return {unit.name for unit in found if unit.kind in BRANCHES}


@pytest.mark.parametrize(("by", "expected"), [(WANG, OF_01), (WU, OF_02), (QIAN, EVERY_BRANCH)])
def test_the_grading_table_has_every_branch_the_exporter_may_see_once(world: World, by: str, expected: set[str]) -> None:
    _begin(world)

    _, cells = _export(world, "grades", by=by)

    shown = _branches(cells)
    assert len(shown) == len(set(shown))
    assert set(shown) == expected == _seen(world, by)


@pytest.mark.parametrize("by", [LI, CAO, TAO])
@pytest.mark.parametrize("table", ["grades", "promotion"])
def test_who_has_no_part_in_grading_takes_no_grades_out_though_an_office_sees_every_unit(
    small_world: World, by: str, table: str
) -> None:
    _begin(small_world)

    with pytest.raises(Refused, match="不能导出等次"):
        _export(small_world, table, by=by)

    assert not (small_world.folder / "out").exists()


def test_no_table_of_one_committee_names_a_unit_of_another(world: World) -> None:
    _begin(world)

    for table in TABLES:
        of_01, of_02 = (_words(_export(world, table, by=clerk)[1]) for clerk in (WANG, WU))

        assert NAMES["01"] in of_01
        assert NAMES["02"] in of_02
        assert not [name for name in (*OF_02, "0201的问题", NAMES["02"]) if name in of_01]
        assert not [name for name in (*OF_01, "0101的问题", NAMES["01"]) if name in of_02]


def test_the_figures_below_the_table_are_those_of_the_database(world: World) -> None:
    _begin(world)
    with world.database.read() as connection:
        known = grades.grades(
            connection, scope=EVERYTHING, campaign_id=world.engine.campaign().id, grading=1, day=world.day.toordinal()
        )
    given = [grade.grade for grade in known.values()]

    _, cells = _export(world, "grades", by=QIAN)

    assert sorted(given) == sorted(grade for _, of in GIVEN.values() for grade in of.values())
    header = next(row for row in cells if row and row[0] == "类别" and "合计" in row)
    whole = next(row for row in cells if row and row[0] == "合计" and len(row) == len(header))
    figures = dict(zip(header, whole, strict=True))
    assert {label: figures[label] for label in ("先进", "较好", "后进")} == {
        label: given.count(label) for label in ("先进", "较好", "后进")
    }
    assert figures["合计"] == 8
    members = sum(int(unit.members) for unit in SCHOOL.units if unit.members)
    assert ["合计（8个）", members] in cells


def test_a_line_says_who_leads_the_branch_and_which_grade_it_has(small_world: World) -> None:
    world = small_world
    _begin(world)

    _, cells = _export(world, "grades", by=WU)

    lines = {str(row[1]): row for row in cells if row and isinstance(row[0], int) and len(row) > 3}
    assert lines["教工党支部"][1:] == ["教工党支部", "专任教师", 15, "赵磊", "较好"]
    assert lines["学生党支部"][-1] == "后进"


def test_the_promotion_table_counts_the_exporters_branches_only(world: World) -> None:
    _begin(world)
    world.at("2026-12-03")
    _grade(world, "总结", {"02": (WU, {"0201": "先进", "0202": "较好", "0203": "先进"})})

    _, of_01 = _export(world, "promotion", by=WANG)
    _, of_02 = _export(world, "promotion", by=WU)
    _, whole = _export(world, "promotion", by=QIAN)

    def sums(cells: list[list[object]]) -> list[object]:
        return next(row for row in cells if row and row[0] == "合计")[-3:]

    def target(cells: list[list[object]]) -> list[object]:
        """基数, 需达到, 已达到."""
        return next(row for row in cells if row and str(row[0]).startswith("后进→"))[2:5]

    assert sums(of_01) == [4, 0, 0]
    assert sums(of_02) == [3, 2, 0]
    assert sums(whole) == [7, 2, 0]
    assert (target(of_01), target(of_02), target(whole)) == ([2, 1, 0], [1, 1, 1], [3, 2, 1])


def test_an_office_may_take_out_the_table_of_one_committee(small_world: World) -> None:
    world = small_world
    _begin(world)

    path, cells = _export(world, "grades", by=QIAN, unit="02")

    assert set(_branches(cells)) == OF_02
    assert path.name == "党支部分类定级汇总表_机械学院党委_2026-03-20.xlsx"


def test_a_unit_of_others_is_as_unknown_as_one_that_is_not_there(small_world: World) -> None:
    world = small_world
    _begin(world)

    for unit in ("02", "0201", "0777"):
        with pytest.raises(NotFound, match="可能不存在，或者您无权查看"):
            world.engine.export("grades", by=WANG, out=world.folder, unit=unit)
    assert not list(world.folder.glob("*.xlsx"))


def test_a_table_names_its_exporter_the_purpose_and_the_time(small_world: World) -> None:
    world = small_world
    _begin(world)
    world.at("2026-03-20 15:07")

    for table in TABLES:
        _, cells = _export(world, table, by=WANG, purpose="报组织部备案")

        words = _words(cells)
        assert "导出人：王然" in words
        assert "用途：报组织部备案" in words
        assert "导出时间：2026-03-20 15:07" in words
        assert "非涉密系统，严禁处理国家秘密" in words


def test_without_a_purpose_nothing_leaves(small_world: World) -> None:
    world = small_world
    _begin(world)

    with pytest.raises(UsageError, match="用途"):
        world.engine.export("grades", by=WANG, out=world.folder, purpose=" ")

    assert not list(world.folder.glob("*.xlsx"))


def test_no_file_is_called_after_the_lowest_grade(small_world: World) -> None:
    world = small_world
    world.engine.import_units(files=SCHOOL.changed("02", name="后进支部整顿学院党委").files())
    _begin(world)

    names = [_export(world, table, by=WU)[0].name for table in TABLES]

    assert len(set(names)) == len(TABLES)
    assert not [name for name in names if "后进" in name]


def test_the_plan_and_its_result_say_what_was_entered(small_world: World) -> None:
    world = small_world
    _begin(world)
    result = {"items": [{"no": 1, "done": True, "result": "3次组织生活都有考勤"}]}
    world.at("2026-04-10")
    world.act("submit", "0101", "整改结果", by=LI, data=result)
    world.act("accept", "0101", "整改结果", by=WANG)

    _, plan = _export(world, "plan", by=WANG)
    _, done = _export(world, "result", by=WANG)

    assert sorted(_branches(plan)) == sorted([NAMES["0101"], NAMES["0102"]])
    assert "0101的问题" in _words(plan)
    assert "3次组织生活都有考勤" not in _words(plan)
    [line] = [row for row in done if "0101的问题" in row]
    assert {"3次组织生活都有考勤", "是"} <= set(line)
    [open_line] = [row for row in done if "0102的问题" in row]
    assert {"进行中", "否"} <= set(open_line)


def test_a_campaign_with_one_round_has_no_second_grade(small_world: World) -> None:
    world = small_world
    _begin(world, CAMPAIGN.replace(AGAIN, ""))

    _, cells = _export(world, "result", by=WANG)

    [line] = [row for row in cells if "0101的问题" in row]
    assert line.count("先进") == 1


def test_the_second_grade_stands_beside_the_first(small_world: World) -> None:
    world = small_world
    _begin(world)
    world.at("2026-12-03")
    _grade(world, "总结", {"02": (WU, {"0201": "先进", "0202": "较好", "0203": "先进"})})

    _, cells = _export(world, "result", by=WU)

    [line] = [row for row in cells if "0201的问题" in row]
    assert "较好" in line
    assert line[-1] == "先进"


def test_a_branch_takes_out_its_plan_without_its_grade(small_world: World) -> None:
    world = small_world
    _begin(world)

    tables = [_export(world, table, by=LI)[1] for table in ("plan", "result")]

    for cells in tables:
        [line] = [row for row in cells if "0101的问题" in row]
        assert not {"先进", "较好", "一般", "后进"} & set(line)


def test_an_unknown_table_is_answered_with_those_there_are(small_world: World) -> None:
    world = small_world
    _begin(world)

    with pytest.raises(NotFound, match="promotion 党支部晋位升级统计表") as caught:
        world.engine.export("grade", by=WANG, out=world.folder)

    assert set(caught.value.candidates) == set(TABLES)


def test_who_has_no_post_any_more_takes_nothing_out(world: World) -> None:
    school = SCHOOL.without(people=[ZHAO]).plus(post("0201", "书记", "赵磊", ZHAO, until="2026-03-19"))
    world.engine.import_units(files=school.files())
    world.launch(CAMPAIGN)
    world.at("2026-03-20")

    for table in TABLES:
        with pytest.raises(NotFound, match="没有任职"):
            world.engine.export(table, by=ZHAO, out=world.folder)

    assert not list(world.folder.glob("*.xlsx"))


def test_a_campaign_that_grades_no_branch_has_no_grading_table(small_world: World) -> None:
    world = small_world
    world.launch()

    with pytest.raises(NotFound, match="没有党支部定级"):
        world.engine.export("grades", by=WANG, out=world.folder)
