"""Where everything stands: figures equal the rows below them, for every unit, phase and day, now and looking back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from typer.testing import CliRunner
from world import CHEN, LI, LYU, QIAN, SCHOOL, WANG, WU, ZHAO, World, days, definition

from duban.cli import app
from duban.service.people import scope_of
from duban.service.status import Board, Totals, totals_of
from workflow.errors import NotFound, Refused

CAMPAIGN = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月10日前}
  - {名称: 整改, 时间: 3月20日前}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
  - {事项: 公示, 谁办: 党支部, 阶段: 摸底, 时间: 3月6日前}
  - {事项: 制度, 谁办: 党支部, 阶段: 整改}
报送:
  - {谁报: 二级党组织, 材料: 汇总表, 报给: 组织部, 方式: 在线, 阶段: 摸底}
"""
)
"""Eight branches owe three things each; 01, 02, 03 and the 党总支 0109, as second-level organisations, one."""
UNITS = [unit.code for unit in SCHOOL.units]
STORY = (
    ("2026-03-04 10:00", "submit", "0101", "公示", LI, {}),
    ("2026-03-05 10:00", "accept", "0101", "公示", WANG, {}),
    ("2026-03-05 11:00", "submit", "0102", "公示", CHEN, {}),
    ("2026-03-06 15:00", "return", "0102", "公示", WANG, {"reason": "请补上公示照片"}),
    ("2026-03-09 10:00", "submit", "0102", "公示", CHEN, {}),
    ("2026-03-09 10:30", "submit", "0201", "公示", ZHAO, {}),
    ("2026-03-09 11:00", "submit", "0101", "自评", LI, {}),
    ("2026-03-09 12:00", "accept", "0101", "自评", WANG, {}),
    ("2026-03-09 13:00", "extend", "0202", "自评", QIAN, {"to": date(2026, 3, 24), "reason": "外出实习"}),
    ("2026-03-10 09:00", "waive", "0203", "制度", QIAN, {"reason": "离退休支部不作要求"}),
    ("2026-03-11 09:00", "submit", "02", "报送材料", WU, {}),
    ("2026-03-11 10:00", "submit", "010902", "自评", LYU, {}),
    ("2026-03-12 10:00", "withdraw", "010902", "自评", LYU, {"reason": "数字有误"}),
    ("2026-03-23 09:00", "submit", "010902", "自评", LYU, {}),
)


def _play(world: World) -> dict[str, Board]:
    """{day: the board on the evening of it} of three weeks in which people act."""
    world.launch(CAMPAIGN)
    boards = {}
    for day in days("2026-03-02", "2026-03-24"):
        for moment, act, unit, key, by, more in STORY:
            if moment.startswith(day):
                world.at(moment)
                world.act(act, unit, key, by=by, **more)
        boards[day] = world.at(f"{day} 23:59").status()
    return boards


def _counted(board: Board) -> Totals:
    """The totals, counted in another way than the board does."""
    duties = [duty for row in board.rows for duty in row.duties if duty.state != "waived"]
    marks = [duty.on_time for duty in duties]
    return Totals(expected=len(duties), on_time=marks.count(True), late=marks.count(False), open=marks.count(None))


def _sum(parts: Iterable[Totals]) -> tuple[int, int, int, int]:
    found = [(p.expected, p.on_time, p.late, p.open) for p in parts]
    return tuple(sum(column) for column in zip(*found, strict=True))  # type: ignore[return-value]


def _figures(totals: Totals) -> tuple[int, int, int, int]:
    return (totals.expected, totals.on_time, totals.late, totals.open)


def _shown(board: Board) -> list[object]:
    """What a board says, without the version: nobody acts on the past."""
    return [replace(row, version=0) for row in board.rows]


def test_the_figures_are_those_of_the_story(world: World) -> None:
    boards = _play(world)

    # 8 branches x 3 and 4 second-level organisations; 0203 is spared one from the 10th on
    assert _figures(boards["2026-03-02"].totals) == (28, 0, 0, 28)
    assert _figures(boards["2026-03-06"].totals) == (28, 2, 0, 26)
    assert _figures(boards["2026-03-09"].totals) == (28, 3, 1, 24)
    assert _figures(boards["2026-03-11"].totals) == (27, 3, 3, 21)
    assert _figures(boards["2026-03-12"].totals) == (27, 3, 2, 22)
    assert _figures(boards["2026-03-24"].totals) == (27, 3, 3, 21)


def test_totals_equal_rows_and_units_add_up_on_every_day(world: World) -> None:
    boards = _play(world)
    engine = world.engine

    for day in boards:
        at = date.fromisoformat(day)
        whole = engine.status(at=at)
        assert whole.totals == _counted(whole)
        by_unit = {unit: engine.status(unit=unit, at=at) for unit in UNITS}
        for board in by_unit.values():
            assert board.totals == totals_of(board.rows) == _counted(board)
        assert _sum(by_unit[unit].totals for unit in ("01", "02", "03")) == _figures(whole.totals)
        # 01: itself, two branches, and a 党总支 with two more
        own = [row for row in by_unit["01"].rows if row.unit == "01"]
        below = [by_unit[unit].totals for unit in ("0101", "0102", "0109")]
        assert _sum([totals_of(own), *below]) == _figures(by_unit["01"].totals)


def test_a_past_day_looks_as_its_evening_did(world: World) -> None:
    boards = _play(world)

    for day, evening in boards.items():
        looked_back = world.engine.status(at=date.fromisoformat(day))
        assert (looked_back.as_of, looked_back.totals) == (date.fromisoformat(day), evening.totals)
        assert _shown(looked_back) == _shown(evening)


def test_phases_share_the_rows_out_among_them(world: World) -> None:
    _play(world)
    whole = world.engine.status()

    parts = [world.engine.status(phase=phase) for phase in ("摸底", "整改", "办结")]

    assert _sum(part.totals for part in parts) == _figures(whole.totals)
    assert {row.case for part in parts for row in part.rows} == {row.case for row in whole.rows}
    assert [row.unit for row in parts[1].rows if row.track == "党支部"] == ["0101"]


def test_what_is_late_is_shown_with_its_days_and_nothing_else(world: World) -> None:
    _play(world)

    board = world.at("2026-03-12").status(late=True, unit="02")

    late = {(row.unit, duty.key): (duty.state, duty.days_late) for row in board.rows for duty in row.duties}
    assert late == {
        ("02", "摸底/报送材料"): ("submitted", 1),
        ("0201", "摸底/公示"): ("submitted", 3),
        ("0201", "摸底/自评"): ("open", 2),
        ("0202", "摸底/公示"): ("open", 6),
        ("0203", "摸底/公示"): ("open", 6),
        ("0203", "摸底/自评"): ("open", 2),
    }
    assert _figures(board.totals) == (6, 0, 2, 4)


def test_the_last_day_itself_is_not_late(small_world: World) -> None:
    world = small_world
    world.launch(CAMPAIGN)

    on_the_day = world.at("2026-03-06 23:59").status(late=True)
    a_minute_later = world.at("2026-03-07 00:00").status(late=True)

    assert on_the_day.rows == ()
    assert on_the_day.totals == Totals(expected=0, on_time=0, late=0, open=0)
    assert {duty.days_late for row in a_minute_later.rows for duty in row.duties} == {1}


def test_an_extension_shows_both_lines(small_world: World) -> None:
    world = small_world
    _play(world)

    duty = world.duty("0202", "自评")

    assert (duty.due, duty.extended_from, duty.days_late) == (date(2026, 3, 24), date(2026, 3, 10), 0)


def test_a_returned_paper_keeps_the_mark_of_its_first_submission(small_world: World) -> None:
    world = small_world
    boards = _play(world)

    returned = next(
        duty for row in boards["2026-03-06"].rows if row.unit == "0102" for duty in row.duties if duty.key == "摸底/公示"
    )

    assert (returned.state, returned.on_time, returned.days_late) == ("returned", True, 0)


def test_rows_stand_in_the_order_of_the_tree(small_world: World) -> None:
    world = small_world
    world.launch(CAMPAIGN)

    rows = world.engine.status().rows

    assert [row.unit for row in rows] == [
        "01", "0101", "0102", "0109", "010901", "010902", "02", "0201", "0202", "0203", "03", "03",
    ]  # fmt: skip
    assert {row.track for row in rows if row.unit == "03"} == {"党支部", "二级党组织"}


def test_who_sees_one_committee_gets_its_figures_only(world: World) -> None:
    _play(world)
    engine = world.engine
    scope = scope_of(engine.database, engine.person(WANG), world.day)

    board = engine.status(scope=scope)

    assert {row.unit for row in board.rows} == {"01", "0101", "0102", "0109", "010901", "010902"}
    assert board.totals == engine.status(unit="01").totals
    with pytest.raises(NotFound) as elsewhere:
        engine.status(scope=scope, unit="0201")
    with pytest.raises(NotFound) as nowhere:
        engine.status(scope=scope, unit="0777")
    assert str(elsewhere.value).replace("0201", "") == str(nowhere.value).replace("0777", "")


def test_an_unknown_unit_is_answered_with_those_that_may_be_meant(world: World) -> None:
    world.launch(CAMPAIGN)

    with pytest.raises(NotFound) as caught:
        world.engine.status(unit="学生党支")

    assert caught.value.candidates == ("0202 学生党支部",)
    assert "0202 学生党支部" in str(caught.value)


def test_a_unit_may_be_named_if_only_one_has_the_name(small_world: World) -> None:
    world = small_world
    world.launch(CAMPAIGN)

    assert {row.unit for row in world.engine.status(unit="学生党总支").rows} == {"0109", "010901", "010902"}


def test_an_unknown_phase_is_answered_with_those_there_are(small_world: World) -> None:
    world = small_world
    world.launch(CAMPAIGN)

    with pytest.raises(NotFound) as caught:
        world.engine.status(phase="总结")

    assert caught.value.candidates == ("摸底", "整改", "办结")


def test_a_day_before_the_launch_or_still_to_come_is_refused(small_world: World) -> None:
    world = small_world
    world.at("2026-03-03")
    world.launch(CAMPAIGN)

    for day, code in ((date(2026, 3, 2), "before-launch"), (date(2026, 3, 4), "at-future")):
        with pytest.raises(Refused) as caught:
            world.engine.status(at=day)
        assert [reason.code for reason in caught.value.reasons] == [code]


def test_where_nothing_is_expected_it_says_so_and_not_a_hundred_per_cent(small_world: World) -> None:
    world = small_world
    world.launch(definition("任务:\n  - {事项: 汇总, 谁办: 组织部, 时间: 3月30日前}\n"))
    branch = world.engine.status(unit="0101")

    shown = CliRunner().invoke(
        app,
        ["--db", world.url, "status", "--unit", "0101"],
        env={"DUBAN_CLOCK": "2026-03-02T09:00:00+08:00"},
    )

    assert (branch.totals.expected, branch.totals.on_time) == (0, 0)
    assert "无应报" in shown.output
    assert "%" not in shown.output


def test_a_past_day_shows_the_school_as_it_was_organised_then(world: World) -> None:
    world.launch(CAMPAIGN)
    world.at("2026-03-05").import_units(files=SCHOOL.changed("0203", parent="01", name="离退休党支部").files())
    world.at("2026-03-06")

    before = world.engine.status(unit="02", at=date(2026, 3, 4))
    after = world.engine.status(unit="02", at=date(2026, 3, 5))

    assert "退休党支部" in {row.name for row in before.rows}
    assert "0203" not in {row.unit for row in after.rows}
    assert before.totals.expected - after.totals.expected == 3
