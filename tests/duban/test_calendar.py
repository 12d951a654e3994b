"""The calendar of a running system: what an import changes, what it leaves alone, and that it is one audited operation."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from world import CAO, LI, QIAN, R1, R2, R3, WANG, ZHENG, World, definition, instant

from duban.clock import Clock
from duban.engine import Engine
from duban.service.calendar import CalendarChange, CalendarFileError
from duban.settings import Settings
from workflow.errors import Refused
from workflow.workdays import PROVISIONAL

HEAD = "日期,类型,说明\n"
CLOSED_30 = f"{HEAD}2026-03-30,休息,校庆\n"
"""Monday 30 March, the line of most cases here, is a rest day of the school."""
LATER = "休息日: 顺延\n任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n"
EARLIER = LATER.replace("顺延", "提前")
KEEP = LATER.replace("休息日: 顺延\n", "")
ON_30, ON_31, ON_27 = date(2026, 3, 30), date(2026, 3, 31), date(2026, 3, 27)
BRANCHES = 8
"""党支部 of the small school, 直属党支部 included."""


def take(world: World, text: str, name: str = "校历.csv", **more: Any) -> CalendarChange:
    return world.engine.import_calendar(name, content=text.encode(), by=QIAN, **more)


def told(world: World, unit: str = "0101") -> list[tuple[str, str]]:
    """(rung, state) of the reminders about a unit's duties that reached somebody."""
    lines = world.engine.explain(unit).reminders
    return [(line.rung, line.state) for line in lines if line.recipient is not None]


# --- the line moves


def test_a_rest_day_that_is_announced_later_moves_the_line_where_the_definition_says_so(world: World) -> None:
    world.launch(definition(LATER))

    made = take(world, CLOSED_30)

    (move,) = made.projection.moved
    assert (move.task, move.due, move.duties) == ("换届方案", (ON_30, ON_31), BRANCHES)
    assert world.duty("0101").due == ON_31
    assert world.rows("SELECT DISTINCT due_day, first_due_day, planned_day, epoch, version FROM duty") == [
        (ON_31.toordinal(), ON_30.toordinal(), ON_31.toordinal(), 2, 2)
    ]


def test_each_duty_moved_has_its_line_in_the_journal_with_reason_and_version(world: World) -> None:
    world.launch(definition(LATER))

    take(world, CLOSED_30, reason="校长办公会决定")

    rows = world.rows("SELECT due_day_from, due_day, reason, data FROM journal WHERE act = 'calendar' AND duty_id IS NOT NULL")
    assert len(rows) == BRANCHES
    assert {row[:3] for row in rows} == {(ON_30.toordinal(), ON_31.toordinal(), "校长办公会决定（日历第2版）")}
    assert json.loads(rows[0][3])["calendar"] == 2
    event = next(line for line in world.engine.explain("0101").journal if line.act == "calendar")
    assert (event.by, event.due_day_from) == ("钱宁", ON_30.toordinal())


def test_keep_never_moves_a_line(world: World) -> None:
    world.launch(definition(KEEP))

    made = take(world, CLOSED_30)

    assert made.projection.moved == ()
    assert world.duty("0101").due == ON_30
    assert world.rows("SELECT DISTINCT epoch, version FROM duty") == [(1, 1)]


def test_a_preview_says_the_same_and_writes_nothing(world: World) -> None:
    world.launch(definition(LATER))
    before = world.everything()

    shown = take(world, CLOSED_30, preview=True)

    assert world.everything() == before
    done = take(world, CLOSED_30)
    assert shown == replace(done, preview=True)


def test_the_same_file_once_more_changes_nothing(world: World) -> None:
    world.launch(definition(LATER))
    take(world, CLOSED_30)
    before = world.everything()

    again = take(world, CLOSED_30)

    assert again.state == "unchanged"
    assert world.everything() == before


def test_the_way_back_is_a_new_file_with_the_same_name(world: World) -> None:
    world.launch(definition(LATER))
    take(world, CLOSED_30)

    made = take(world, f"{HEAD}2026-05-20,休息,校运会\n")

    assert world.duty("0101").due == ON_30
    assert any("照常（原为休息，校庆）" in change for change in made.changes)
    assert world.rows("SELECT count(*) FROM calendar_entry") == [(2,)]  # superseded, not deleted


def test_a_line_that_a_person_has_set_is_his(world: World) -> None:
    world.launch(definition(LATER))
    world.act("extend", "0101", by=WANG, to=date(2026, 4, 2), reason="换届推迟")

    made = take(world, f"{HEAD}2026-03-30,休息,\n2026-04-02,休息,\n")

    assert world.duty("0101").due == date(2026, 4, 2)
    assert made.projection.duties == BRANCHES - 1


def test_what_is_handed_in_keeps_the_line_it_was_judged_by(world: World) -> None:
    world.launch(definition(LATER))
    world.act("submit", "0101", by=LI)

    take(world, CLOSED_30)

    assert world.duty("0101").due == ON_30
    assert world.duty("0102").due == ON_31


def test_internal_lines_and_locks_follow(world: World) -> None:
    world.launch(
        definition(
            "任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前, 锁定: 超过2个工作日}\n"
            "报送:\n  - {谁报: 二级党组织, 材料: 汇总表, 报给: 组织部, 时间: 3月30日前, 支部内部时间: 提前2个工作日}\n"
        )
    )
    before = "SELECT DISTINCT internal_day FROM duty WHERE internal_day IS NOT NULL"
    assert world.rows(before) == [(date(2026, 3, 26).toordinal(),)]

    made = take(world, f"{HEAD}2026-03-27,休息,\n2026-04-01,休息,\n")

    assert made.projection.duties == 0
    (move,) = made.projection.moved
    # Two working days before Monday 30: 27 rests, so 26 and 25.
    assert move.internal == (date(2026, 3, 26), date(2026, 3, 25))
    # The lock: 31 March, 2 April (1 April rests) instead of 1 April; refused from the midnight after.
    assert world.rows("SELECT DISTINCT locks_at, epoch FROM duty WHERE locks_at > 0") == [(instant("2026-04-03 00:00"), 1)]


def test_phases_that_the_calendar_opens_open_on_the_new_day(world: World) -> None:
    world.launch(
        definition(
            "休息日: 顺延\n阶段:\n  - {名称: 摸底, 时间: 3月30日前, 推进: 按时间}\n  - {名称: 整改, 时间: 4月30日前}\n"
            "任务:\n  - {事项: 自查, 谁办: 党支部, 阶段: 摸底}\n"
        )
    )

    made = take(world, CLOSED_30)

    assert made.projection.openings > 0
    assert world.run("2026-03-31").moved == 0
    assert world.run("2026-04-01").moved > 0


# --- the ladder


def test_what_was_told_is_not_told_again_when_the_line_moves_on(world: World) -> None:
    world.launch(definition(LATER))
    world.run("2026-03-25", deliver=True)
    assert told(world) == [(R1, "folded")]

    take(world, CLOSED_30)
    runs = {day: world.run(day, deliver=True).reminders for day in ("2026-03-26", "2026-03-27", "2026-03-31", "2026-04-01")}

    assert told(world) == [(R1, "folded"), (R2, "folded")]  # R2 one working day after 31 March
    assert [day for day, reminders in runs.items() if reminders] == ["2026-04-01"]


def test_what_was_told_stays_told_after_a_return(world: World) -> None:
    world.launch(definition(LATER))
    world.run("2026-03-25", deliver=True)
    take(world, CLOSED_30)
    world.at("2026-03-26")
    world.act("submit", "0101", by=LI)
    world.act("withdraw", "0101", by=LI)

    world.run("2026-03-27", deliver=True)

    assert told(world) == [(R1, "folded")]


def test_who_was_told_a_day_that_is_now_too_late_is_told_anew(world: World) -> None:
    world.launch(definition(EARLIER))
    world.run("2026-03-25", deliver=True)

    take(world, CLOSED_30)
    world.run("2026-03-26", deliver=True)

    assert world.duty("0101").due == ON_27
    assert told(world) == [(R1, "folded"), (R1, "folded")]
    newest = max(world.messages)
    assert "3月27日（周五）" in world.messages[newest]["text"]


def test_a_message_that_waits_says_the_new_day_when_it_leaves(world: World) -> None:
    world.launch(definition(LATER))
    world.run("2026-03-25")

    take(world, CLOSED_30)
    world.engine.deliver()

    texts = [message["text"] for message in world.messages.values() if message["recipient"] == "李可"]
    assert len(texts) == 1
    assert "3月31日（周二）" in texts[0]
    assert told(world) == [(R1, "folded")]


def test_an_escalation_that_was_told_stays_told_and_the_ladder_goes_on(world: World) -> None:
    world.launch(definition(LATER))
    for day in ("2026-03-25", "2026-03-31"):
        world.run(day, deliver=True)

    take(world, CLOSED_30)  # on 31 March the line of 30 March becomes that very day
    for day in ("2026-04-01", "2026-04-02", "2026-04-03"):
        world.run(day, deliver=True)

    assert [rung for rung, _ in told(world)] == [R1, R2, R3]  # R3 three working days after 31 March: 3 April


def test_slots_after_the_same_line_are_counted_anew(world: World) -> None:
    """escalation 12: the office takes a working Saturday away before it comes."""
    world.launch(definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 10月9日前}\n"))
    world.run("2026-09-30", deliver=True)  # R1: 10-08 -> 09-30, 09-29 … three before 9 October

    world.at("2026-10-09")
    made = take(world, f"{HEAD}2026-10-10,休息,\n")

    assert made.projection.moved == ()
    assert made.projection.timers == BRANCHES
    assert world.run("2026-10-10", deliver=True).reminders == 0
    assert world.run("2026-10-12", deliver=True).reminders == BRANCHES
    assert [rung for rung, _ in told(world)].count(R2) == 1


def test_who_was_told_too_late_a_day_is_told_anew_though_the_ladder_had_ended(world: World) -> None:
    ladder = "督办:\n  - {何时: 提前3个工作日, 告诉: 责任人}\n"
    world.launch(definition(EARLIER, ladder=ladder))
    world.run("2026-03-25", deliver=True)
    assert world.run("2026-03-26", deliver=True).reminders == 0

    take(world, CLOSED_30)
    world.run("2026-03-26 10:00", deliver=True)

    assert world.duty("0101").due == ON_27
    assert told(world) == [(R1, "folded"), (R1, "folded")]


def test_nobody_is_told_anew_when_the_line_moves_on_after_the_ladder_has_ended(world: World) -> None:
    ladder = "督办:\n  - {何时: 提前3个工作日, 告诉: 责任人}\n"
    world.launch(definition(LATER, ladder=ladder))
    world.run("2026-03-25", deliver=True)

    take(world, CLOSED_30)
    runs = [world.run(day, deliver=True).reminders for day in ("2026-03-26", "2026-03-27", "2026-03-31")]

    assert world.duty("0101").due == ON_31
    assert runs == [0, 0, 0]


# --- a year that nobody has published

AT_YEARS_END = "任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 12月30日前}\n"
"""R2 is due on Thursday 31 December, R3 and R4 in January 2027."""
WHOLE_2027 = f"{HEAD}2027-01-01,休息,元旦\n2027-01-04,休息,元旦\n2027-01-09,上班,元旦调休\n"


def held(world: World) -> World:
    world.launch(definition(AT_YEARS_END))
    for day in ("2026-12-25", "2026-12-31", "2027-01-05", "2027-01-06"):
        world.run(day, deliver=True)
    return world


def test_a_rung_that_needs_an_unpublished_year_is_held_with_an_alarm(world: World) -> None:
    held(world)

    assert [rung for rung, _ in told(world)] == [R1, R2]
    assert (R3, "blocked:calendar") in [(line.rung, line.state) for line in world.engine.explain("0101").reminders]
    assert any("放假安排未公布" in line for line in world.engine.doctor()["lines"])


def test_when_the_year_is_published_the_held_rungs_are_released_and_get_their_days(world: World) -> None:
    held(world)
    world.at("2027-01-06 10:00")

    made = take(world, WHOLE_2027, "2027.csv", published=[2027])

    assert made.projection.released == BRANCHES
    assert not any("放假安排未公布" in line for line in world.engine.doctor()["lines"])
    # Three working days after 30 December: 31, then 1 and 4 January rest, 5 and 6.
    assert world.run("2027-01-06 10:30", deliver=True).reminders > 0
    assert [rung for rung, _ in told(world)] == [R1, R2, R3]


def test_days_of_a_year_alone_do_not_make_it_published(world: World) -> None:
    held(world)

    made = take(world, WHOLE_2027, "2027.csv")

    assert made.projection.released == 0
    assert "--published 2027" in made.hints[0]


def test_a_line_in_an_unpublished_year_is_shown_as_provisional_until_it_is(world: World) -> None:
    world.launch(definition("结束: 2027-03-31\n任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 2027年1月8日前}\n"))
    assert world.duty("0101").provisional

    take(world, WHOLE_2027, "2027.csv", published=[2027])

    assert not world.duty("0101").provisional


def test_a_letter_about_an_unpublished_year_says_so(world: World) -> None:
    """The branch hands in to its committee by a line of 2026; the line of the committee itself lies in 2027."""
    world.launch(
        definition(
            "结束: 2027-03-31\n任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 2027年1月4日前}\n"
            "报送:\n  - {谁报: 二级党组织, 材料: 汇总表, 报给: 组织部, 时间: 2027年1月4日前, 支部内部时间: 提前5个工作日}\n"
        )
    )

    world.run("2026-12-23", deliver=True)  # three working days before the internal line, Monday 28 December

    (text,) = [message["text"] for message in world.messages.values() if message["recipient"] == "李可"]
    assert "放假安排未公布，暂按周一至周五推算" in text


# --- one operation


def test_a_crash_in_the_middle_leaves_nothing(world: World) -> None:
    world.launch(definition(LATER))
    before = world.everything()
    world.break_off("duty", "UPDATE")

    with pytest.raises(Exception, match="broken off"):
        take(world, CLOSED_30)

    assert world.everything() == before
    assert world.engine.context.calendar.is_workday(ON_30)


def test_a_file_with_one_bad_row_is_not_taken_in_at_all(world: World) -> None:
    world.launch(definition(LATER))
    before = world.everything()

    with pytest.raises(CalendarFileError) as refusal:
        take(world, CLOSED_30 + "2026-02-30,休息,\n2026-04-01,值班,\n")

    assert [problem.line for problem in refusal.value.problems] == [3, 4]
    assert world.everything() == before


def test_a_calendar_under_which_a_running_campaign_makes_no_sense_is_refused(world: World) -> None:
    world.launch(definition(LATER.replace("3月30日前", "3月30日前, 锁定: 3月30日")))

    with pytest.raises(Refused) as refusal:
        take(world, CLOSED_30)

    (reason,) = refusal.value.reasons
    assert reason.code == "calendar-against-campaign"
    assert "锁定日" in reason.text


def test_another_engine_sees_the_changed_calendar_with_its_next_act(world: World) -> None:
    world.launch(definition(LATER))
    with Engine(world.url, clock=Clock(now=lambda: world.time)) as other:
        duty = next(d for row in other.status().rows if row.unit == "0101" for d in row.duties)
        take(world, f"{HEAD}2026-03-03,休息,\n")

        other.act("submit", duty=duty.id, by=LI)

        assert not other.context.calendar.is_workday(date(2026, 3, 3))


def test_a_campaign_launched_after_the_import_is_read_by_it(world: World) -> None:
    take(world, CLOSED_30)

    world.launch(definition(LATER))

    assert world.duty("0101").due == ON_31


# --- the installation's own days, and a new release of the statutory ones


def installed(world: World, days: dict[str, bool]) -> Engine:
    return Engine(world.url, clock=Clock(now=lambda: world.time), settings=Settings(days=days))


def test_days_of_the_settings_win_over_what_was_imported(world: World) -> None:
    take(world, CLOSED_30)

    with installed(world, {"2026-03-30": True}) as engine:
        assert engine.context.calendar.is_workday(ON_30)
        assert engine.calendar_day(ON_30).day.source == "duban.toml"


def test_a_calendar_that_is_not_the_one_of_the_timers_is_noticed_and_applied(world: World) -> None:
    world.launch(definition(LATER))
    with installed(world, {"2026-03-30": False}) as engine:
        assert engine.doctor()["calendar"]["needs_apply"]
        assert "duban calendar apply" in engine.escalate().warnings[0]
        assert world.duty("0101").due == ON_30  # nothing moved by itself

        shown = engine.apply_calendar(by=ZHENG, preview=True)
        assert world.duty("0101").due == ON_30
        made = engine.apply_calendar(by=ZHENG)

        assert shown == replace(made, preview=True)
        assert (made.state, made.projection.duties) == ("planned", BRANCHES)
        assert world.duty("0101").due == ON_31
        assert not engine.doctor()["calendar"]["needs_apply"]
        assert engine.escalate().warnings == ()
        assert engine.apply_calendar().state == "unchanged"


@pytest.mark.parametrize("what", ["run", "submit", "status", "explain"])
def test_a_new_release_under_which_a_launched_definition_makes_no_sense_stops_nothing(world: World, what: str) -> None:
    """The lock of 30 March lies before the last day then; launched duties keep the lines and locks they have."""
    world.launch(definition(LATER.replace("3月30日前", "3月30日前, 锁定: 3月30日")))
    duty = world.duty("0101")
    world.at("2026-03-25")

    with installed(world, {"2026-03-30": False}) as engine:
        match what:
            case "run":
                assert engine.escalate().reminders == BRANCHES
            case "submit":
                engine.act("submit", duty=duty.id, by=LI)
                assert world.duty("0101").state == "submitted"
            case "status":
                assert engine.status().totals.expected == BRANCHES
            case "explain":
                assert engine.explain("0101").rows[0].duties == (duty,)

    assert world.duty("0101").due == ON_30


# --- terms

TERMS = "名称,起,止,第一周\n2026春,2026-03-01,2026-07-10,2026-03-02\n暑假,2026-07-11,2026-08-30,\n"


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("第11周周五", date(2026, 5, 15)),
        ("开学后两周内", date(2026, 3, 15)),
        ("开学后10个工作日内", date(2026, 3, 13)),  # from Sunday 1 March: 2 to 13
        ("暑假前", date(2026, 7, 10)),
        ("期末", date(2026, 7, 10)),
    ],
)
def test_a_campaign_of_a_school_with_terms_knows_the_days_of_its_phrases(small_world: World, words: str, due: date) -> None:
    take(small_world, TERMS)

    small_world.launch(definition(f"任务:\n  - {{事项: 换届方案, 谁办: 党支部, 时间: {words}}}\n"))

    assert small_world.duty("0101").due == due


def test_a_line_that_was_asked_for_comes_with_the_terms(world: World) -> None:
    world.launch(definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 第11周周五}\n"))
    assert world.duty("0101").due is None

    made = take(world, TERMS)

    assert made.projection.duties == BRANCHES
    assert world.duty("0101").due == date(2026, 5, 15)
    assert world.rows("SELECT DISTINCT first_due_day FROM duty") == [(date(2026, 5, 15).toordinal(),)]
    assert world.run("2026-05-12", deliver=True).reminders == BRANCHES


def test_what_is_owed_every_term_ends_with_the_term(world: World) -> None:
    world.launch(definition("任务:\n  - {事项: 党课, 谁办: 党支部, 频次: 每学期1次}\n"))
    assert world.duty("0101", "党课@2026春").due == date(2026, 7, 10)

    take(world, TERMS.replace("2026-07-10", "2026-07-03"))

    assert world.duty("0101", "党课@2026春").due == date(2026, 7, 3)


# --- looking


def test_a_year_says_of_each_day_where_its_status_comes_from(world: World) -> None:
    world.at("2026-03-02 09:00")
    take(world, f"{HEAD}2026-04-20,休息,校庆\n2026-04-25,上班,校庆补班\n")

    year = world.engine.calendar_year(2026)

    by_day = {str(view.day): view for view in year.days}
    assert len(by_day) == 365
    assert (by_day["2026-04-20"].kind, by_day["2026-04-20"].source) == ("own-rest", "本单位导入 校历.csv（2026-03-02，钱宁）")
    assert by_day["2026-04-25"].kind == "own-work"
    assert by_day["2026-02-14"].kind == "made-up"
    assert by_day["2026-02-17"].why == "春节"
    assert by_day["2026-02-17"].source.startswith("国务院办公厅放假安排（chinesecalendar ")


def test_an_unpublished_year_says_so_and_a_published_one_where_it_was_said(world: World) -> None:
    before = world.engine.calendar_year(2027)
    take(world, WHOLE_2027, "2027.csv", published=[2027])
    after = world.engine.calendar_year(2027)

    assert (before.published, before.note) == (False, PROVISIONAL)
    assert not any(view.certain for view in before.days)
    assert (after.published, after.note) == (True, None)
    assert after.days[100].source.startswith("本单位导入 2027.csv")


def test_days_that_are_as_the_state_council_says_are_not_kept(world: World) -> None:
    made = take(world, f"{HEAD}2026-10-10,上班,国庆调休\n2026-10-01,休息,国庆节\n2026-10-12,休息,校庆\n")

    assert (made.same, len(made.changes)) == (2, 1)
    assert world.rows("SELECT count(*) FROM calendar_entry") == [(1,)]


def test_a_day_knows_its_neighbours_and_counts(small_world: World) -> None:
    answer = small_world.engine.calendar_day(date(2026, 2, 13), plus=2)

    assert (answer.previous.day, answer.following.day) == (date(2026, 2, 12), date(2026, 2, 14))
    assert answer.reached is not None
    assert answer.reached.day == date(2026, 2, 24)


def test_the_straight_branch_owes_by_the_new_line_too(world: World) -> None:
    world.launch(definition(LATER))

    take(world, CLOSED_30)
    world.at("2026-03-31 23:59")
    world.act("submit", "03", by=CAO)

    assert world.duty("03").on_time is True
