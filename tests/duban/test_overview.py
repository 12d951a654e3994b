"""Units down, phases across: every figure is the board's, for every unit, phase and day, now and looking back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from places import Places
from world import CHEN, LI, QIAN, WANG, WU, ZHAO, World, built, crowd, days, definition

from duban.service.overview import MOST_SHOWN, Count, Overview
from duban.service.people import scope_of
from duban.service.status import Board, DutyStatus, totals_of
from storage.scope import EVERYTHING, Scope
from workflow.errors import NotFound, Refused

CAMPAIGN = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月10日前}
  - {名称: 整改, 时间: 3月20日前}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
  - {事项: 公示, 谁办: 党支部, 阶段: 摸底, 时间: 3月6日前}
  - {事项: 制度, 谁办: 党支部, 阶段: 整改}
  - {事项: 培训, 谁办: 党校, 时间: 3月12日前}
报送:
  - {谁报: 二级党组织, 材料: 汇总表, 报给: 组织部, 方式: 在线, 阶段: 摸底}
"""
)
"""Eight branches owe three things each, four second-level organisations one, and 党校 one of no phase."""
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
    ("2026-03-11 10:00", "receive", "0102", "公示", WANG, {"ways": ["纸质"]}),
)


def _play(world: World, last: str = "2026-03-13") -> None:
    world.launch(CAMPAIGN)
    for moment, act, unit, key, by, more in STORY:
        world.at(moment)
        world.act(act, unit, key, by=by, **more)
    world.at(f"{last} 17:00")


def _count(duties: Iterable[DutyStatus]) -> Count:
    """The same counted from the board's duties, one by one."""
    owed = [duty for duty in duties if duty.state != "waived"]
    open_ = [duty for duty in owed if duty.on_time is None]
    return Count(
        on_time=sum(duty.on_time is True for duty in owed),
        late=sum(duty.on_time is False for duty in owed),
        open=len(open_),
        over=0,
        behind=sum(duty.days_late > 0 for duty in open_),
        review=sum(duty.state == "submitted" for duty in owed),
    )


def _without_over(count: Count) -> Count:
    return Count(on_time=count.on_time, late=count.late, open=count.open, behind=count.behind, review=count.review)


def _of(board: Board, unit: str, *, below: bool) -> list[DutyStatus]:
    path = next(row.path for row in board.rows if row.unit == unit)
    mine = [row for row in board.rows if row.unit == unit or (below and row.path.startswith(path))]
    return [duty for row in mine for duty in row.duties]


def _in(duties: Iterable[DutyStatus], phase: str) -> list[DutyStatus]:
    return [duty for duty in duties if (duty.key.partition("/")[0] if "/" in duty.key else "其他事项") == phase]


def _seen(world: World, unit: str | None = None, at: date | None = None, scope: Scope = EVERYTHING) -> Overview:
    return world.engine.overview(scope=scope, unit=unit, at=at)


@pytest.mark.parametrize("at", [None, *(date.fromisoformat(day) for day in days("2026-03-02", "2026-03-12"))])
def test_every_cell_is_counted_as_the_board_counts_on_every_day(world: World, at: date | None) -> None:
    _play(world)

    shown, board = _seen(world, at=at), world.engine.status(at=at)

    assert {row.code for row in shown.rows} == {"01", "02", "03", "93"}
    for row in shown.rows:
        duties = _of(board, row.code, below=True)
        for column, cell in zip(shown.columns, row.cells, strict=True):
            assert _without_over(cell) == _count(_in(duties, column.name)), (row.code, column.name)
    assert _without_over(shown.total) == _count(duty for row in board.rows for duty in row.duties)
    assert (shown.total.expected, shown.total.open) == (board.totals.expected, board.totals.open)


@pytest.mark.parametrize("at", [None, date(2026, 3, 9)])
def test_a_unit_is_shown_with_each_of_its_branches(world: World, at: date | None) -> None:
    _play(world)

    shown, board = _seen(world, "01", at), world.engine.status(unit="01", at=at)

    assert [row.code for row in shown.rows] == ["01", "0101", "0102", "0109", "010901", "010902"]
    assert [row.level for row in shown.rows] == [0, 0, 0, 0, 1, 1]
    assert [row.itself for row in shown.rows] == [True, False, False, False, False, False]
    for row in shown.rows:
        assert _without_over(row.total) == _count(_of(board, row.code, below=False)), row.code
    assert (shown.total.on_time, shown.total.late) == (board.totals.on_time, board.totals.late)


def test_sums_are_those_of_the_rows_above_them(small_world: World) -> None:
    _play(small_world)

    shown = _seen(small_world)

    for no, total in enumerate(shown.sums):
        assert total == sum((row.cells[no] for row in shown.rows), start=Count())
    assert shown.total == sum((row.total for row in shown.rows), start=Count())
    assert totals_of(small_world.engine.status().rows).expected == shown.total.expected


def test_what_is_over_is_counted_whether_it_came_in_or_not(small_world: World) -> None:
    _play(small_world)

    total = _seen(small_world).total

    # On Friday 03-13 the lines of 03-06 (8 branches), 03-10 (8 自评, of which 0202's was moved to 03-24; 4 报送材料) and 03-12 are over.
    assert total.over == 8 + 7 + 4 + 1
    # In are three 公示, one 自评 and one 报送材料.
    assert total.behind == total.over - 5


def test_units_behind_are_counted_once_each(small_world: World) -> None:
    _play(small_world)

    shown, first = _seen(small_world), small_world.engine.overview(scope=EVERYTHING, phase="整改")

    behind = {
        row.unit for row in small_world.engine.status().rows if any(d.on_time is None and d.days_late for d in row.duties)
    }
    assert behind == {"0102", "010901", "010902", "0201", "0202", "0203", "03", "01", "0109", "93"}  # all but 0101 and 02
    assert shown.units_behind == len(behind)
    assert first.units_behind == 0


def test_on_the_last_day_itself_nothing_is_behind_yet(small_world: World) -> None:
    small_world.launch(CAMPAIGN)

    evening = small_world.at("2026-03-06 23:59").overview(scope=EVERYTHING)
    after = small_world.at("2026-03-07 00:00").overview(scope=EVERYTHING)

    assert evening.total.behind == 0
    assert after.total.behind == 8


def test_phases_say_how_many_cases_are_in_them_then_and_now(world: World) -> None:
    _play(world)

    now, then = _seen(world), _seen(world, at=date(2026, 3, 8))

    # 0101 has gone on to 整改 on 03-09, 02 waits for its acceptance; 党校 is in no phase of these.
    assert dict(zip([c.name for c in now.columns], now.here, strict=True)) == {"摸底": 11, "整改": 1, "其他事项": None}
    assert then.here[0] == 12


def test_a_row_says_where_the_unit_itself_is(world: World) -> None:
    _play(world)

    rows = {row.code: row for row in _seen(world, "01").rows}
    before = {row.code: row for row in _seen(world, "01", date(2026, 3, 8)).rows}

    assert (rows["0101"].phases, rows["0102"].phases) == ("整改", "摸底")
    assert before["0101"].phases == "摸底"


def test_a_direct_branch_is_one_row_that_leads_to_the_unit(small_world: World) -> None:
    small_world.launch(CAMPAIGN)

    rows = {row.code: row for row in _seen(small_world).rows}

    assert rows["03"].total.expected == 4
    assert not rows["03"].leads_down
    assert rows["01"].leads_down


def test_a_phase_is_shown_task_by_task(small_world: World) -> None:
    _play(small_world)

    shown = small_world.engine.overview(scope=EVERYTHING, phase="摸底")

    assert [column.name for column in shown.columns] == ["自评", "公示", "报送材料"]
    whole = next(n for c, n in zip(_seen(small_world).columns, _seen(small_world).sums, strict=True) if c.name == "摸底")
    assert shown.total == whole


def test_a_campaign_without_phases_is_shown_task_by_task(small_world: World) -> None:
    small_world.launch()

    shown = _seen(small_world)

    assert [column.name for column in shown.columns] == ["换届方案"]
    assert shown.here == (None,)
    assert shown.total.expected == 8


def test_an_unknown_phase_is_not_found(small_world: World) -> None:
    small_world.launch(CAMPAIGN)

    with pytest.raises(NotFound, match="有：摸底、整改"):
        small_world.engine.overview(scope=EVERYTHING, phase="总结")


@pytest.mark.parametrize(("at", "code"), [(date(2026, 3, 3), "at-future"), (date(2026, 3, 1), "before-launch")])
def test_a_day_that_cannot_be_asked_is_refused(small_world: World, at: date, code: str) -> None:
    small_world.launch(CAMPAIGN)

    with pytest.raises(Refused) as refusal:
        _seen(small_world, at=at)

    assert refusal.value.code == code


def test_wang_sees_his_own_committee_as_if_there_were_no_other(world: World) -> None:
    _play(world)
    engine = world.engine
    scope = scope_of(engine.database, engine.person(WANG), world.day)

    own, then = _seen(world, scope=scope), _seen(world, at=date(2026, 3, 8), scope=scope)

    assert own.unit is not None
    assert (own.unit.code, own.above) == ("01", ())
    assert (
        {row.code for row in own.rows} == {row.code for row in then.rows} == {"01", "0101", "0102", "0109", "010901", "010902"}
    )
    assert own.total == _seen(world, "01").total
    assert own.here == _seen(world, "01").here[: len(own.here)]


@pytest.mark.parametrize("unit", ["02", "0201", "00", "机械学院党委"])
def test_a_unit_outside_the_scope_does_not_exist(small_world: World, unit: str) -> None:
    small_world.launch(CAMPAIGN)
    engine = small_world.engine
    scope = scope_of(engine.database, engine.person(WANG), small_world.day)

    with pytest.raises(NotFound) as refusal:
        _seen(small_world, unit, scope=scope)

    assert all(words.startswith("01") for words in refusal.value.candidates)  # what he may have meant is his own


def test_somebody_with_posts_in_two_places_sees_a_row_for_each(world: World) -> None:
    _play(world)
    paths = {row.unit: row.path for row in world.engine.status().rows}

    apart = _seen(world, scope=Scope((paths["02"], paths["010901"], paths["0109"])))

    # 010901 lies within 0109 and is no row of its own.
    assert [row.code for row in apart.rows] == ["0109", "02"]
    assert apart.unit is None
    assert [row.total.expected for row in apart.rows] == [1 + 2 * 3, 1 + 3 * 3 - 1]
    assert [row.leads_down for row in apart.rows] == [True, True]
    # In 摸底 are 0109 and its two branches, 02 and its three; something is missing from each of them but 02.
    assert apart.here[0] == 7
    assert apart.units_behind == 6


def test_a_post_within_another_unit_of_ones_own_adds_nothing(small_world: World) -> None:
    _play(small_world)
    paths = {row.unit: row.path for row in small_world.engine.status().rows}

    shown = _seen(small_world, scope=Scope((paths["010901"], paths["0109"])))

    assert shown.unit is not None
    assert [row.code for row in shown.rows] == ["0109", "010901", "010902"]


def test_offices_stand_after_the_organisations(small_world: World) -> None:
    small_world.launch(CAMPAIGN)

    rows = _seen(small_world).rows

    assert [row.office for row in rows] == [False, False, False, True]


def test_a_committee_with_very_many_branches_is_shown_by_those_right_below_it(sqlite_places: Places, tmp_path: Path) -> None:
    url = sqlite_places.copy("very-many", lambda where: built(where, crowd(1, MOST_SHOWN)))
    world = World(url=url, folder=tmp_path)
    world.launch()

    shown = _seen(world, "c1")

    # The committee itself owes nothing, but is enrolled: one more row than branches.
    assert len(shown.rows) == MOST_SHOWN + 1
    assert not any(row.leads_down for row in shown.rows)
    assert shown.total.expected == MOST_SHOWN
    world.close()


def test_what_was_done_lately_is_counted_once_each(world: World) -> None:
    _play(world)

    week, early = world.engine.recent(scope=EVERYTHING), world.engine.recent(scope=EVERYTHING, at=date(2026, 3, 5))

    # 03-07 to 03-13: four came in (a paper of what was in already does not count again), one accepted, one put off, one waived.
    assert week.counts == {"报送": 4, "审核通过": 1, "延期": 1, "免报": 1, "转入下一阶段": 1}
    assert (week.since, week.until) == (date(2026, 3, 6), date(2026, 3, 13))
    assert early.counts == {"报送": 2, "审核通过": 1}
    assert early.since == date(2026, 3, 1)


def test_what_was_done_elsewhere_is_not_counted(world: World) -> None:
    _play(world)
    paths = {row.unit: row.path for row in world.engine.status().rows}

    own = world.engine.recent(scope=Scope((paths["02"],)))

    assert own.counts == {"报送": 2, "延期": 1, "免报": 1}


def test_a_branch_that_moved_counts_where_it_is_and_on_a_past_day_where_it_was(world: World) -> None:
    _play(world)
    world.at("2026-03-13 18:00").move_unit("0102", "02", on=date(2026, 3, 13), by=QIAN, reason="学科调整")

    now, then = _seen(world, "02"), _seen(world, "02", date(2026, 3, 12))

    assert [row.code for row in now.rows] == ["02", "0102", "0201", "0202", "0203"]
    assert [row.code for row in then.rows] == ["02", "0201", "0202", "0203"]
    assert _without_over(now.total) == _count(d for row in world.engine.status(unit="02").rows for d in row.duties)
