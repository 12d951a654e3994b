"""The targets are counted over the branches of the baseline, whatever became of them since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from world import QIAN, SCHOOL, WANG, WU, ZHENG, World, definition

from duban import samples, sandbox
from duban.clock import Clock
from duban.engine import Engine
from duban.samples import Organisation, Reorganisation
from duban.service import cohort
from duban.service.reorganise import Part
from phases.cohort import Fate, Member
from phases.targets import TargetFigure
from storage import grades, units
from storage.scope import EVERYTHING, Scope
from storage.units import UnitRead
from workflow.model import BRANCHES

CAMPAIGN = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月30日前}
  - {名称: 总结, 时间: 12月}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 较好, 一般], 基数: 是}
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 总结, 等次: [先进, 较好, 一般]}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
目标:
  - {从: 一般, 到: 较好及以上, 至少: 50%, 时间: 年内}
"""
)
CLERKS = {"01": WANG, "02": WU}


def _grade(world: World, committee: str, task: str, given: Mapping[str, str]) -> None:
    """A committee grades its branches, and 组织部 confirms it."""
    data = {"grades": [_line(code, grade) for code, grade in given.items()]}
    world.act("submit", committee, f"{task}/党支部定级", by=CLERKS[committee], data=data)
    world.act("accept", committee, f"{task}/党支部定级", by=QIAN)


def _line(code: str, grade: str) -> dict[str, str]:
    line = {"unit": code, "grade": grade}
    return {**line, "reason": "成立不满一年"} if grade == "不参评" else line


def _begin(world: World) -> None:
    """02 grades its three branches on Fri 2026-03-27: two 一般, one 先进."""
    world.launch(CAMPAIGN)
    world.at("2026-03-27")
    _grade(world, "02", "摸底", {"0201": "一般", "0202": "一般", "0203": "先进"})


def _regrade(world: World, given: Mapping[str, str]) -> None:
    world.at("2026-12-03")
    _grade(world, "02", "总结", given)


def _figure(world: World, **at: Any) -> TargetFigure:
    return cohort.figures(world.engine.context, world.engine.campaign(), **at)[0]


def _members(world: World, **at: Any) -> dict[str, Member]:
    return {m.unit: m for m in cohort.members_of(world.engine.context, world.engine.campaign(), **at)}


def test_before_the_baseline_is_graded_nobody_is_expected(world: World) -> None:
    world.launch(CAMPAIGN)

    figure = _figure(world)

    assert (figure.expected, figure.needed, figure.met) == (0, 0, None)


def test_the_baseline_and_the_second_round_make_the_figure(world: World) -> None:
    _begin(world)
    _regrade(world, {"0201": "较好", "0202": "一般", "0203": "先进"})

    figure = _figure(world)

    # 50 % of 2
    assert (figure.expected, figure.needed, figure.reached, figure.met) == (2, 1, 1, True)
    assert {code: (m.baseline, m.current) for code, m in _members(world).items()} == {
        "0201": ("一般", "较好"),
        "0202": ("一般", "一般"),
        "0203": ("先进", "先进"),
    }


def test_a_dissolved_branch_leaves_the_cohort_with_its_reason(world: World) -> None:
    _begin(world)

    world.at("2026-06-24").dissolve_unit("0202", by=WU, reason="党员毕业离校")

    figure = _figure(world)
    assert (figure.expected, figure.needed) == (1, 1)
    assert [(left.unit, left.name, left.reason) for left in figure.left] == [("0202", "学生党支部", "党员毕业离校")]


def test_a_branch_that_an_import_ended_leaves_the_cohort_too(world: World) -> None:
    _begin(world)

    world.at("2026-06-24").import_units(files=SCHOOL.without(units=["0202"]).files(), end_missing=True)

    figure = _figure(world)
    assert (figure.expected, [(left.unit, left.reason) for left in figure.left]) == (1, [("0202", "单位表里已经没有")])


def test_a_merged_branch_is_judged_by_its_successor(world: World) -> None:
    _begin(world)
    world.at("2026-06-24").merge_units(["0202"], "0203", by=WU)
    _regrade(world, {"0201": "一般", "0203": "先进"})

    figure = _figure(world)

    assert (figure.expected, figure.reached) == (2, 1)
    assert [(c.unit, c.state, [end.unit for end in c.by]) for c in figure.carried] == [("0202", Fate.MERGED, ["0203"])]


@pytest.mark.parametrize(("second", "reached"), [("较好", 1), ("一般", 0)])
def test_a_split_branch_is_one_member_and_reached_only_by_all_its_parts(world: World, second: str, reached: int) -> None:
    _begin(world)
    world.at("2026-06-24").split_unit(
        "0202", [Part(code="0211", name="本科生党支部"), Part(code="0212", name="研究生党支部")], by=WU
    )
    _regrade(world, {"0201": "一般", "0203": "先进", "0211": "较好", "0212": second})

    figure = _figure(world)

    assert (figure.expected, figure.reached) == (2, reached)
    assert set(_members(world)) == {"0201", "0202", "0203"}


def test_a_renamed_and_moved_branch_stays_as_it_was(world: World) -> None:
    _begin(world)
    world.at("2026-06-24").rename_unit("0202", "本科生党支部", by=WU)
    world.engine.move_unit("0202", "01", by=ZHENG)

    member = _members(world)["0202"]

    assert (member.name, member.state, member.baseline) == ("本科生党支部", Fate.ACTIVE, "一般")
    assert _figure(world).expected == 2


def test_a_branch_that_kept_its_code_in_a_split_is_followed_to_its_end(world: World) -> None:
    _begin(world)
    parts = [Part(code="0202", name="本科生党支部"), Part(code="0212", name="研究生党支部")]
    world.at("2026-06-24").split_unit("0202", parts, by=WU)
    world.at("2026-09-10").dissolve_unit("0202", by=WU, reason="党员毕业离校")
    _regrade(world, {"0201": "一般", "0203": "先进", "0212": "较好"})

    figure = _figure(world)

    # The part that is left speaks for the member.
    assert (figure.expected, figure.reached, figure.left) == (2, 1, ())
    (carried,) = figure.carried
    assert (carried.unit, carried.state, [end.unit for end in carried.by]) == ("0202", Fate.SPLIT, ["0212"])


def test_what_merges_into_a_branch_after_its_split_has_no_part_in_what_left_it(world: World) -> None:
    _begin(world)
    parts = [Part(code="0203", name="退休第一党支部"), Part(code="0213", name="退休第二党支部")]
    world.at("2026-06-24").split_unit("0203", parts, by=WU)
    world.at("2026-09-10").merge_units(["0202"], "0203", by=WU)

    (carried,) = _figure(world).carried

    assert [end.unit for end in carried.by] == ["0203"]


def test_a_new_branch_does_not_come_into_the_cohort_even_if_the_first_round_is_graded_once_more(world: World) -> None:
    _begin(world)
    world.at("2026-04-10").add_unit("0211", "热能党支部", "党支部", "02", by=WU)
    world.act("reopen", "02", "摸底/党支部定级", by=QIAN, reason="更正等次")
    _grade(world, "02", "摸底", {"0201": "一般", "0202": "较好", "0203": "先进", "0211": "一般"})

    assert {code: m.baseline for code, m in _members(world).items()} == {"0201": "一般", "0202": "较好", "0203": "先进"}


def test_the_parts_of_a_branch_split_before_the_grading_are_members_themselves(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-20").split_unit(
        "0202", [Part(code="0211", name="本科生党支部"), Part(code="0212", name="研究生党支部")], by=WU
    )
    world.at("2026-03-27")
    _grade(world, "02", "摸底", {"0201": "一般", "0203": "先进", "0211": "一般", "0212": "一般"})

    assert set(_members(world)) == {"0201", "0203", "0211", "0212"}


def test_the_figures_of_a_past_day_are_those_recorded_by_then(world: World) -> None:
    _begin(world)
    world.at("2026-06-24").dissolve_unit("0202", on=date(2026, 6, 22), by=WU, reason="党员毕业离校")

    assert _figure(world, at=date(2026, 6, 23)).expected == 2
    assert _figure(world, at=date(2026, 6, 24)).expected == 1
    assert _figure(world, at=date(2026, 3, 26)).expected == 0


def test_a_committee_sees_the_members_of_its_own(world: World) -> None:
    _begin(world)
    world.act(
        "submit",
        "01",
        "摸底/党支部定级",
        by=WANG,
        data={"grades": [_line(c, "一般") for c in ("0101", "0102", "010901", "010902")]},
    )
    world.act("accept", "01", "摸底/党支部定级", by=QIAN)
    world.at("2026-06-24").dissolve_unit("0202", by=WU, reason="党员毕业离校")
    with world.database.read() as connection:
        found = units.unit(connection, "02", scope=EVERYTHING, day=world.day.toordinal())
    assert found is not None

    mine = _members(world, scope=Scope((found.path,)))

    assert set(mine) == {"0201", "0202", "0203"}
    assert len(_members(world)) == 7


CARRIED = definition(
    """起点: {沿用: 上一次定级}
定级:
  - {名称: 再次定级, 对象: 党支部, 谁来定: 二级党组织, 等次: [先进, 较好, 一般], 基数: 否, 时间: 11月底前}
任务:
  - {事项: 自评, 谁办: 党支部, 时间: 3月30日前}
目标:
  - {从: 一般, 到: 较好及以上, 至少: 50%, 时间: 年内}
"""
)


def test_grades_that_are_carried_over_make_the_baseline_on_the_day_of_the_launch(world: World) -> None:
    school = SCHOOL.changed("0201", grade="一般").changed("0202", grade="一般").changed("0203", grade="先进")
    world.engine.import_units(files=school.files())
    world.launch(CARRIED)
    # What the file says later is no longer the baseline.
    world.at("2026-04-10").import_units(files=school.changed("0201", grade="较好").files())

    members = _members(world)

    assert {code: m.baseline for code, m in members.items()} == {"0201": "一般", "0202": "一般", "0203": "先进"}
    assert {m.current for m in members.values()} == {None}


# --- the whole university of H1: 341 branches, 46 events, three outcomes

ZONE = ZoneInfo("Asia/Shanghai")
STANDARD = Path(__file__).parents[2] / "phases" / "library" / "standard.yaml"


@dataclass
class University:
    """The generated university with its campaign launched, the first round confirmed."""

    engine: Engine
    organisation: Organisation
    now: datetime

    def at(self, day: date) -> Engine:
        self.now = datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)
        return self.engine

    def confirm(self, grading: int, given: Mapping[str, str]) -> None:
        day = self.now.date().toordinal()
        with self.engine.database.write() as connection:
            ids = units.unit_ids(connection)
            rows: list[dict[str, object]] = [
                {"unit_id": ids[code], "grade": grade, "effective_on": day} for code, grade in given.items()
            ]
            at = int(self.now.timestamp())
            grades.confirm_grades(connection, rows, campaign_id=1, grading=grading, at=at)

    def reorganise(self, event: Reorganisation) -> None:
        """As the truth has it; the officer records it on the same day."""
        engine, by = self.at(event.on), "91:部长"
        one, becomes = (event.units[0] if event.units else ""), event.becomes
        if event.kind == "撤销":
            engine.dissolve_unit(one, by=by, reason=event.reason)
        elif event.kind == "合并":
            engine.merge_units(event.units, becomes[0].code, by=by, reason=event.reason)
        elif event.kind == "拆分":
            engine.split_unit(one, [Part(code=r.code, name=r.name, members=r.members) for r in becomes], by=by)
        elif event.kind == "更名":
            engine.rename_unit(one, becomes[0].name, by=by)
        elif event.kind == "隶属调整":
            engine.move_unit(one, becomes[0].parent or "", by=by)
        else:
            new = becomes[0]
            engine.add_unit(
                new.code, new.name, str(new.kind), new.parent or "", by=by, branch_kind=new.branch_kind, members=new.members
            )

    def figures(self) -> dict[str, dict[str, int]]:
        return {
            figure.target.from_grade: {"cohort": figure.expected, "needed": figure.needed, "reached": figure.reached}
            for figure in self.engine.figures()
        }


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    return samples.generate("university")


@pytest.fixture
def university(organisation: Organisation, tmp_path: Path) -> Iterator[University]:
    workbook, _ = samples.write(organisation, tmp_path)
    url = f"sqlite:///{tmp_path / 'u.db'}"
    sandbox.create(url, sandbox=True).close()
    now = datetime(2012, 3, 26, 9, tzinfo=ZONE)
    engine = Engine(url, clock=Clock(now=lambda: int(made.now.timestamp())))
    made = University(engine=engine, organisation=organisation, now=now)
    engine.import_units(workbook)
    engine.launch(STANDARD)
    made.at(date(2012, 3, 29))
    made.confirm(2, {row.code: row.grade for row in organisation.units if row.grade})
    yield made
    engine.close()


@pytest.mark.parametrize("variant", ["A", "B"])
def test_the_university_meets_its_targets_exactly_or_by_one_not(university: University, variant: str) -> None:
    truth: Any = university.organisation.truth
    university.at(date(2012, 12, 20))

    university.confirm(4, truth["regrade"][variant])

    assert university.figures() == truth["targets"][variant]


def test_the_university_is_counted_over_the_branches_that_were_there_after_46_events(university: University) -> None:
    truth: Any = university.organisation.truth
    for event in university.organisation.reorganisations:
        university.reorganise(event)
    university.at(date(2012, 12, 20))
    university.confirm(4, truth["regrade"]["C"])

    figures = university.figures()

    assert figures == truth["targets"]["C"]
    running = university.engine.campaign()
    members = cohort.members_of(university.engine.context, running)
    assert len(members) == 341
    fates = [member.state for member in members]
    assert [fates.count(fate) for fate in (Fate.DISSOLVED, Fate.MERGED, Fate.SPLIT)] == [11, 4, 3]
    left = {left.unit for figure in university.engine.figures() for left in figure.left}
    gone = {event.units[0] for event in university.organisation.reorganisations if event.kind == "撤销"}
    assert left == {code for code in gone if _start(university, code) in ("一般", "后进")}


def test_the_university_has_as_many_branches_afterwards_as_the_truth_says(university: University) -> None:
    truth: Any = university.organisation.truth

    for event in university.organisation.reorganisations:
        university.reorganise(event)

    with university.engine.database.read() as connection:
        day = date(2012, 12, 20).toordinal()
        found = units.units(connection, scope=EVERYTHING, day=day)
    assert sum(unit.branch_kind is not None for unit in found) == truth["reorganisation_totals"]["branches_after"]
    board = university.at(date(2012, 12, 20)).status()
    assert {row.unit for row in board.rows if row.track == "党支部"} == {u.code for u in found if u.kind in BRANCHES}
    codes = {unit.id: unit.code for unit in found}
    now = {unit.code: (unit.name, codes.get(unit.parent_id or 0)) for unit in found}
    for event in university.organisation.reorganisations:
        assert all(now[row.code] == (row.name, row.parent) for row in event.becomes)


def test_the_tree_of_every_day_of_the_year_can_still_be_seen(university: University) -> None:
    seen: dict[date, list[UnitRead]] = {}
    for event in university.organisation.reorganisations:
        university.reorganise(event)
        seen[event.on] = _units(university, event.on)

    for day, then in seen.items():
        end_of_day = int(datetime(day.year, day.month, day.day, 23, 59, tzinfo=ZONE).timestamp())
        assert _units(university, day, recorded_by=end_of_day) == then
        assert _units(university, day) == then


def _units(university: University, day: date, recorded_by: int | None = None) -> list[UnitRead]:
    with university.engine.database.read() as connection:
        return units.units(connection, scope=EVERYTHING, day=day.toordinal(), recorded_by=recorded_by)


def _start(university: University, code: str) -> str | None:
    return next(row.grade for row in university.organisation.units if row.code == code)
