"""The journal is append-only, and what it tells of a past day is what the board said on that day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from places import Places
from world import CHEN, LI, QIAN, SCHOOL, WANG, WU, ZHAO, Unit, World, built, days, definition

from duban.service.status import Board, DutyStatus, Row
from workflow.errors import NotFound, Refused
from workflow.model import Way

CAMPAIGN = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月10日前, 等支部: 是}
  - {名称: 整改, 时间: 3月20日前}
  - {名称: 巡查, 时间: 3月25日前, 推进: 按时间}
  - {名称: 总结, 时间: 3月30日前}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
  - {事项: 公示, 谁办: 党支部, 阶段: 摸底, 时间: 3月6日前}
  - {事项: 制度, 谁办: 党支部, 阶段: 整改}
  - {事项: 小结, 谁办: 党支部, 阶段: 总结}
报送:
  - {谁报: 二级党组织, 材料: 汇总表, 报给: 组织部, 方式: 纸质, 阶段: 摸底}
"""
)
BRANCHES = {"0101": (LI, WANG), "0102": (CHEN, WANG), "0201": (ZHAO, WU)}
"""Branches that act, with who submits and who reviews."""
KEYS = ("摸底/自评", "摸底/公示", "整改/制度", "总结/小结")

ACTS = st.sampled_from(
    ["submit", "submit", "submit", "accept", "accept", "withdraw", "return", "receive", "extend", "waive", "reopen"]
)
STEPS = st.lists(st.tuples(ACTS, st.sampled_from(sorted(BRANCHES)), st.sampled_from(KEYS)), max_size=4)
DAYS = days("2026-03-02", "2026-04-02")
STORY = st.dictionaries(st.sampled_from(DAYS), STEPS, min_size=4, max_size=10)


@contextmanager
def _fresh(places: Places, folder: Path) -> Iterator[World]:
    url = places.copy("replay", lambda url: _launched(url, folder))
    world = World(url=url, folder=folder)
    try:
        yield world
    finally:
        world.close()
        places.drop(url)


def _launched(url: str, folder: Path) -> None:
    built(url)
    world = World(url=url, folder=folder)
    world.launch(CAMPAIGN)
    world.close()


def _try(world: World, name: str, branch: str, key: str) -> None:
    """The act by whoever may do it; what the rules refuse now is left out."""
    secretary, clerk = BRANCHES[branch]
    who = {"submit": secretary, "withdraw": secretary, "waive": QIAN, "reopen": QIAN}.get(name, clerk)
    duty = next((d for d in world.row(branch).duties if d.key == key), None)
    assert duty is not None
    more: dict[str, Any] = {"reason": "理由"}
    if name == "extend":
        assert duty.due is not None
        more["to"] = max(duty.due, world.day).replace(day=1, month=4)
    if name == "receive":
        more |= {"ways": [Way.PAPER], "received_on": world.day.replace(day=max(1, world.day.day - 2))}
    try:
        world.engine.act(name, duty=duty.id, by=who, **more)
    except Refused:
        return


def _play(world: World, story: dict[str, list[tuple[str, str, str]]]) -> dict[str, Board]:
    """{day: what the board said at its end}."""
    said = {}
    for day in DAYS:
        world.run(f"{day} 08:30")
        if day not in story:
            continue
        for hour, (name, branch, key) in enumerate(story.get(day, ()), 9):
            world.at(f"{day} {hour:02}:00")
            _try(world, name, branch, key)
        said[day] = world.at(f"{day} 23:50").status()
    return said


def _facts(board: Board) -> list[Row | DutyStatus]:
    """Cases and duties one after the other, so that a difference can be read."""
    facts: list[Row | DutyStatus] = []
    for row in board.rows:
        facts += [replace(row, version=0, duties=()), *row.duties]
    return facts


def _check(world: World, said: dict[str, Board]) -> None:
    engine = world.at("2026-05-06")
    for day, then in said.items():
        now = engine.status(at=then.as_of)
        differ = [(day, told, was) for told, was in zip(_facts(now), _facts(then), strict=True) if told != was]
        assert differ == []
        assert now.totals == then.totals, day


@settings(max_examples=10, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(story=STORY)
def test_the_board_of_every_past_day_is_what_it_was(
    sqlite_places: Places, tmp_path_factory: pytest.TempPathFactory, story: dict[str, list[tuple[str, str, str]]]
) -> None:
    with _fresh(sqlite_places, tmp_path_factory.getbasetemp()) as world:
        said = _play(world, story)

        _check(world, said)


TABLE = {
    "2026-03-04": [("submit", "0101", "摸底/自评"), ("receive", "0102", "摸底/公示")],
    "2026-03-06": [("submit", "0201", "摸底/公示"), ("withdraw", "0101", "摸底/自评")],
    "2026-03-11": [("submit", "0101", "摸底/自评"), ("accept", "0102", "摸底/公示"), ("extend", "0102", "摸底/自评")],
    "2026-03-12": [("return", "0101", "摸底/自评"), ("submit", "0201", "整改/制度")],
    "2026-03-17": [("submit", "0101", "摸底/自评"), ("accept", "0201", "摸底/公示")],
    "2026-03-18": [("submit", "0101", "摸底/公示"), ("receive", "0101", "摸底/公示")],
    "2026-03-19": [("accept", "0101", "摸底/自评"), ("accept", "0101", "摸底/公示"), ("waive", "0102", "整改/制度")],
    "2026-03-24": [("reopen", "0101", "摸底/自评"), ("submit", "0201", "总结/小结"), ("accept", "0201", "整改/制度")],
    "2026-03-31": [("submit", "0101", "摸底/自评"), ("submit", "0102", "总结/小结")],
}
"""Every act at least once, on time and late."""


def test_the_board_of_every_past_day_is_what_it_was_on_both_databases(places: Places, tmp_path: Path) -> None:
    with _fresh(places, tmp_path) as world:
        said = _play(world, TABLE)

        _check(world, said)

        assert {a for steps in TABLE.values() for a, _, _ in steps} <= {row[0] for row in world.rows("SELECT act FROM journal")}


def test_the_rows_of_duties_are_a_projection_of_the_journal(places: Places, tmp_path: Path) -> None:
    last = """SELECT d.id, d.state, d.due_day, d.on_time, j.to_state, j.due_day, j.on_time FROM duty d
        JOIN journal j ON j.id = (SELECT max(id) FROM journal WHERE duty_id = d.id)"""
    with _fresh(places, tmp_path) as world:
        _play(world, TABLE)

        for id_, *columns in world.rows(last):
            assert columns[:3] == columns[3:], id_


def test_every_line_follows_from_the_one_before(places: Places, tmp_path: Path) -> None:
    with _fresh(places, tmp_path) as world:
        _play(world, TABLE)

        lines = world.rows(
            "SELECT duty_id, from_state, to_state, due_day_from, due_day FROM journal WHERE duty_id IS NOT NULL ORDER BY id"
        )
        stood: dict[int, tuple[str | None, int | None]] = {}
        for duty, before, after, line_before, line_after in lines:
            if duty in stood:
                assert (before, line_before) == stood[duty]
            stood[duty] = (after, line_after)


def test_the_journal_is_never_changed_nor_shortened(sqlite_places: Places, tmp_path: Path) -> None:
    with _fresh(sqlite_places, tmp_path) as world:
        with world.database.write() as connection:
            for verb in ("UPDATE", "DELETE"):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER no_{verb} BEFORE {verb} ON journal BEGIN SELECT RAISE(ABORT, 'append-only'); END"
                )

        _play(world, TABLE)

        assert len(world.rows("SELECT id FROM journal")) > 60


def test_a_late_submission_counts_its_own_days_not_its_reviewers(small_world: World) -> None:
    small_world.launch()
    small_world.at("2026-04-02")  # due 03-30: three civil days late
    small_world.act("submit", "0101", by=LI)
    small_world.at("2026-04-20")
    small_world.act("accept", "0101", by=WANG)

    now = small_world.at("2026-04-21").status(unit="0101")
    past = small_world.engine.status(unit="0101", at=small_world.day.replace(day=20))

    assert now.rows[0].duties[0].days_late == 3
    assert past.rows[0].duties[0].days_late == 3


def test_what_was_returned_is_late_by_its_first_submission(small_world: World) -> None:
    small_world.launch()
    small_world.at("2026-04-02")
    small_world.act("submit", "0101", by=LI)
    small_world.at("2026-04-03")
    small_world.act("return", "0101", by=WANG, reason="缺党员名册", to=small_world.day.replace(day=10))

    duty = small_world.at("2026-04-06").status(unit="0101", late=True).rows[0].duties[0]

    assert (duty.state, duty.on_time, duty.days_late) == ("returned", False, 3)


LIVES: tuple[tuple[str, str, str, str, dict[str, Any], int], ...] = (
    # when, act, whose, by whom, with what; civil days late on that evening. The line is 03-30
    ("2026-04-02", "submit", "0102", CHEN, {}, 3),
    ("2026-04-03", "withdraw", "0102", CHEN, {}, 4),
    ("2026-04-07", "extend", "0102", WANG, {"to": date(2026, 4, 10)}, 0),
    ("2026-04-13", "submit", "0102", CHEN, {}, 3),
    ("2026-04-14", "return", "0102", WANG, {"to": date(2026, 4, 30)}, 3),
    ("2026-04-16", "submit", "0101", LI, {}, 17),
    ("2026-04-16", "submit", "0201", ZHAO, {}, 17),
    ("2026-04-17", "return", "0101", WANG, {"to": date(2026, 4, 24)}, 17),
    ("2026-04-17", "receive", "0201", WU, {"ways": [Way.PAPER], "received_on": date(2026, 4, 14)}, 15),
    ("2026-04-20", "submit", "0101", LI, {}, 17),
    ("2026-04-20", "return", "0201", WU, {"to": date(2026, 5, 8)}, 15),
    ("2026-04-21", "extend", "0101", WANG, {"to": date(2026, 5, 6)}, 17),
    ("2026-04-22", "withdraw", "0101", LI, {}, 17),
    ("2026-05-08", "submit", "0101", LI, {}, 17),
    ("2026-05-09", "accept", "0101", WANG, {}, 17),
    ("2026-05-11", "reopen", "0101", QIAN, {"to": date(2026, 5, 20)}, 17),
    ("2026-05-21", "submit", "0101", LI, {}, 17),
)


def _live(world: World) -> list[DutyStatus]:
    """What the board said of the duty after each step of LIVES."""
    world.launch()
    said = []
    for day, name, unit, by, more, _ in LIVES:
        world.at(day)
        world.act(name, unit, by=by, **{"reason": "理由", **more})
        said.append(world.duty(unit))
    return said


def test_a_first_submission_is_late_by_the_line_it_was_judged_by_however_often_that_moves(world: World) -> None:
    said = _live(world)

    assert [duty.days_late for duty in said] == [late for *_, late in LIVES]
    engine = world.at("2026-06-01")
    for (day, _, unit, *_), then in zip(LIVES, said, strict=True):
        (row,) = engine.status(unit=unit, at=date.fromisoformat(day)).rows
        assert row.duties == (then,), day


def test_a_move_recorded_later_does_not_change_the_board_of_a_day_before(world: World) -> None:
    world.launch()
    world.at("2026-03-16").import_units(files=SCHOOL.changed("0203", parent="01", name="离退休党支部").files())
    engine = world.at("2026-03-20")

    before = engine.status(unit="02", at=world.day.replace(day=13)).rows
    after = engine.status(unit="02", at=world.day.replace(day=17)).rows

    assert [(row.unit, row.name) for row in before if row.unit == "0203"] == [("0203", "退休党支部")]
    assert not [row for row in after if row.unit == "0203"]


def test_a_unit_recorded_later_is_not_on_the_board_of_a_day_before(world: World) -> None:
    world.launch()
    new = Unit(code="0204", name="新党支部", kind="党支部", parent="02", since="2026-03-05")
    world.at("2026-03-16").import_units(files=SCHOOL.plus(new).files())

    with pytest.raises(NotFound, match="0204"):
        world.engine.status(unit="0204", at=world.day.replace(day=10))

    assert world.engine.status(unit="0204").rows == ()
