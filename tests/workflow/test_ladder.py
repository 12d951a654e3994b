"""督办程序: what a run tells whom, on which day, and when it looks again.

Numbers in brackets are cases of the escalation design. The ladder is L1 of the cases: R1 three working days before the line, R2
one, R3 three and R4 seven working days after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from clockwork import CALENDAR, MONDAY, Clockwork, group
from hypothesis import given
from hypothesis import strategies as st
from scene import CAMPAIGN, LADDER, ZONE, at, campaign, day_of, rung

from workflow.ladder import Group, first_look, plan, slot_day
from workflow.model import Rung
from workflow.workdays import WorkCalendar


def slots(due: date, ladder: Iterable[Rung] = LADDER, **more: object) -> list[str]:
    return [str(slot_day(each, group(due, **more), CALENDAR)) for each in ladder]


# --- slots


@pytest.mark.parametrize(
    ("due", "days"),
    [
        (MONDAY, ["2026-03-25", "2026-03-31", "2026-04-02", "2026-04-09"]),
        # [6] Sunday 29 is the last day allowed: back over the weekend to Wednesday, forward to Monday
        (date(2026, 3, 29), ["2026-03-25", "2026-03-30", "2026-04-01", "2026-04-08"]),
        # [9] Friday; Saturday 10 October is worked
        (date(2026, 10, 9), ["2026-09-29", "2026-10-10", "2026-10-13", "2026-10-19"]),
        # [10] 25 to 27 September is 中秋, 1 to 7 October 国庆
        (date(2026, 9, 30), ["2026-09-24", "2026-10-08", "2026-10-10", "2026-10-15"]),
        # [11] Saturday 14 February is worked, 15 to 23 is 春节, Saturday 28 is worked
        (date(2026, 2, 13), ["2026-02-10", "2026-02-14", "2026-02-25", "2026-03-02"]),
        # 2012: Saturday 31 March and Sunday 1 April are worked, 2 to 4 April is 清明
        (date(2012, 3, 30), ["2012-03-27", "2012-03-31", "2012-04-05", "2012-04-11"]),
        (date(2012, 4, 13), ["2012-04-10", "2012-04-16", "2012-04-18", "2012-04-24"]),
        # 30 April is a day off for 劳动节; Saturday 28 is worked
        (date(2012, 4, 30), ["2012-04-26", "2012-05-02", "2012-05-04", "2012-05-10"]),
        # 1 to 3 January 2013 is 元旦; Saturday 5 and Sunday 6 are worked for it
        (date(2012, 12, 31), ["2012-12-26", "2013-01-04", "2013-01-06", "2013-01-10"]),
        (date(2012, 9, 30), ["2012-09-27", "2012-10-08", "2012-10-10", "2012-10-16"]),  # Sunday, and a week of 国庆 after it
    ],
)
def test_rungs_stand_on_working_days_from_the_line(due: date, days: list[str]) -> None:
    assert slots(due) == days


@pytest.mark.parametrize(
    ("due", "slot"),
    [
        (MONDAY, "2026-03-30"),
        (date(2026, 3, 29), "2026-03-27"),
        (date(2012, 4, 2), "2012-04-01"),
        (date(2012, 3, 31), "2012-03-31"),
    ],
)
def test_rung_of_the_day_itself_falls_on_the_last_working_day_people_have(due: date, slot: str) -> None:
    assert slots(due, [rung(1, 0)]) == [slot]


def test_reminders_count_from_the_internal_line_and_escalation_from_the_notices_own() -> None:
    # The committee wants it on Wednesday 28 March 2012, the notice on Friday 30.
    days = slots(date(2012, 3, 30), internal=date(2012, 3, 28))

    assert days == ["2012-03-23", "2012-03-31", "2012-04-05", "2012-04-11"]


# --- one line, watched


def test_each_rung_is_told_on_its_day_and_the_next_look_is_the_next_slot() -> None:  # [1] [2]
    clock = Clockwork(group())
    looks = [clock.timer]

    for moment in ("03-25 08:30", "03-31 08:30", "04-02 08:30", "04-09 08:30"):
        clock.run(moment)
        looks.append(clock.timer)

    assert clock.told == [("03-25 08:30", "R1"), ("03-31 08:30", "R2"), ("04-02 08:30", "R3"), ("04-09 08:30", "R4")]
    expected = [at(f"2026-{day} 08:30:00") for day in ("03-25", "03-31", "04-02", "04-09")]
    assert looks == [*expected, None]
    assert clock.skipped == []


def test_daily_runs_in_2012_skip_the_holiday_and_work_the_saturday() -> None:
    clock = Clockwork(group(date(2012, 3, 30))).daily(date(2012, 3, 26), date(2012, 4, 30))

    assert clock.days == [("2012-03-27", "R1"), ("2012-03-31", "R2"), ("2012-04-05", "R3"), ("2012-04-11", "R4")]


def test_running_again_for_the_same_moment_tells_nobody_anything() -> None:  # [3]
    clock = Clockwork(group())

    for _ in range(6):
        clock.run("03-31 08:30")

    assert clock.told == [("03-31 08:30", "R2")]
    assert clock.skipped == [("R1", "line-passed")]


@pytest.mark.parametrize(("moment", "told"), [("2026-03-25 08:29:59", None), ("2026-03-25 08:30:00", "R1")])
def test_nothing_is_planned_before_half_past_eight(moment: str, told: str | None) -> None:  # [4]
    step = plan(CAMPAIGN, group(), at(moment), CALENDAR)

    assert (step.fire.key if step.fire else None) == told
    assert step.next_at == at(f"2026-03-{'31' if told else '25'} 08:30:00")


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-03-30 23:59:59", None),
        ("2026-03-31 00:00:00", None),
        ("2026-03-31 08:29:59", None),
        ("2026-03-31 08:30:00", "R2"),
    ],
)
def test_chase_waits_for_the_morning_after_the_line(moment: str, told: str | None) -> None:  # [5]
    step = plan(CAMPAIGN, group(rung=1, told_on=date(2026, 3, 25)), at(moment), CALENDAR)

    assert (step.fire.key if step.fire else None) == told


def test_last_day_on_a_sunday_is_chased_on_monday() -> None:  # [6]
    clock = Clockwork(group(date(2026, 3, 29))).daily(date(2026, 3, 20), date(2026, 4, 30))

    assert clock.days == [("2026-03-25", "R1"), ("2026-03-30", "R2"), ("2026-04-01", "R3"), ("2026-04-08", "R4")]


@pytest.mark.parametrize(
    ("utc", "told"), [("2026-03-30 16:30:00", None), ("2026-03-31 00:29:59", None), ("2026-03-31 00:30:00", "R2")]
)
def test_the_day_is_the_campaigns_and_not_the_servers(utc: str, told: str | None) -> None:  # [7]
    step = plan(CAMPAIGN, group(rung=1), at(utc, "UTC"), CALENDAR)

    assert (step.fire.key if step.fire else None) == told


def test_runs_every_quarter_of_an_hour_through_a_european_dst_night_change_nothing() -> None:  # [8]
    clock = Clockwork(group(date(2026, 3, 27), rung=1))
    start = at("2026-03-28 23:00:00", "Europe/Berlin")  # at 02:00 the clocks there go to 03:00

    for number in range(4 * 24 * 5):
        clock.run(datetime.fromtimestamp(start + number * 900, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M"))

    assert clock.told == [("2026-03-30 08:30", "R2"), ("2026-04-01 08:30", "R3")]


@pytest.mark.parametrize(
    ("due", "first", "last", "told"),
    [
        # [9] the make-up Saturday counts, the Sunday after it does not
        (date(2026, 10, 9), "2026-09-29", "2026-10-12", [("2026-09-29", "R1"), ("2026-10-10", "R2")]),
        # [10] nothing in the long holiday
        (date(2026, 9, 30), "2026-09-20", "2026-10-08", [("2026-09-24", "R1"), ("2026-10-08", "R2")]),
        # [11] nothing from 15 to 23 February; Saturday 28 is a working day on the way to R4
        (
            date(2026, 2, 13),
            "2026-02-09",
            "2026-03-03",
            [("2026-02-10", "R1"), ("2026-02-14", "R2"), ("2026-02-25", "R3"), ("2026-03-02", "R4")],
        ),
    ],
)
def test_holidays_are_left_in_peace_and_make_up_days_are_not(
    due: date, first: str, last: str, told: list[tuple[str, str]]
) -> None:
    clock = Clockwork(group(due)).daily(date.fromisoformat(first), date.fromisoformat(last))

    assert clock.days == told


def test_calendar_changed_before_the_day_moves_the_rung_without_telling_twice() -> None:  # [12]
    clock = Clockwork(group(date(2026, 10, 9)))
    clock.run("09-30 08:30")
    clock.calendar = WorkCalendar(overrides={date(2026, 10, 10): False})

    clock.daily(date(2026, 10, 10), date(2026, 10, 12))

    assert clock.told == [("09-30 08:30", "R1"), ("2026-10-12 08:30", "R2")]


# --- a year nobody has published


def test_rung_in_an_unpublished_year_is_held_and_not_guessed() -> None:  # [13]
    clock = Clockwork(group(date(2026, 12, 30))).daily(date(2026, 12, 20), date(2027, 1, 20))

    assert clock.days == [("2026-12-25", "R1"), ("2026-12-31", "R2")]
    # R3 would be Monday 4 January if 1 January were a working day: from then on it is looked at, and held.
    assert clock.blocked[0] == "2027-01-04 08:30"
    assert len(clock.blocked) == 13  # every provisional working day to the 20th


def test_rung_of_the_published_year_is_told_late_and_only_the_next_one_is_held() -> None:
    clock = Clockwork(group(date(2026, 12, 30))).run("2027-01-05 08:30")

    assert clock.told == [("2027-01-05 08:30", "R2")]
    assert clock.blocked == []


def test_held_rung_gets_its_day_when_the_year_is_published() -> None:  # [13]
    clock = Clockwork(group(date(2026, 12, 30))).daily(date(2026, 12, 20), date(2027, 1, 4))
    clock.calendar = WorkCalendar(published=frozenset({2027}), overrides={date(2027, 1, 1): False})

    clock.daily(date(2027, 1, 5), date(2027, 1, 31))

    # 元旦 off: 31 December, 4 and 5 January are one to three; the eighth is the 12th
    assert clock.days[2:] == [("2027-01-05", "R3"), ("2027-01-11", "R4")]


def test_dwell_that_ends_in_an_unpublished_year_is_held_too() -> None:
    # Everything was due in December; the run of the 31st tells R2, and whether 1 January is worked nobody knows.
    clock = Clockwork(group(date(2026, 12, 1)))

    clock.run("2026-12-31 08:30").run("2027-01-01 08:30").run("2027-01-04 08:30")

    assert clock.told == [("2026-12-31 08:30", "R2")]
    assert clock.blocked == ["2027-01-01 08:30", "2027-01-04 08:30"]


def test_repeat_in_an_unpublished_year_is_not_guessed_either() -> None:
    repeating = campaign(ladder=(rung(1, 1, repeat_every=1, repeat_most=5),))
    clock = Clockwork(group(date(2026, 12, 30)), repeating).daily(date(2026, 12, 30), date(2027, 1, 8))

    assert clock.days == [("2026-12-31", "R1")]


# --- lines that move


def test_extended_line_has_a_ladder_of_its_own() -> None:  # [20]
    Clockwork(group()).run("03-25 08:30")

    moved = Clockwork(group(date(2026, 4, 10), made_on=date(2026, 3, 27))).daily(date(2026, 3, 27), date(2026, 4, 20))

    assert moved.days == [("2026-04-07", "R1"), ("2026-04-13", "R2"), ("2026-04-15", "R3")]


def test_line_brought_forward_skips_the_reminder_and_climbs_one_rung_a_day() -> None:  # [22]
    clock = Clockwork(group(date(2026, 3, 27))).daily(date(2026, 3, 31), date(2026, 4, 10))

    assert clock.skipped == [("R1", "line-passed")]
    assert clock.days == [("2026-03-31", "R2"), ("2026-04-01", "R3"), ("2026-04-08", "R4")]


def test_clock_that_runs_on_in_the_same_epoch_goes_on_where_the_ladder_stood() -> None:
    # Submitted and withdrawn on the morning R2 was told: the next look is R3's, and not before its dwell.
    told = group(date(2026, 3, 2), rung=2, told_on=date(2026, 3, 31))

    look = first_look(CAMPAIGN, told, CALENDAR)

    assert look == at("2026-04-01 08:30:00")  # R3's slot is long past; its dwell ends on Wednesday


def test_clock_that_runs_on_after_the_last_rung_needs_no_look() -> None:
    assert first_look(CAMPAIGN, group(rung=4, told_on=date(2026, 4, 9)), CALENDAR) is None


def test_campaign_without_a_ladder_needs_no_look() -> None:
    assert first_look(campaign(ladder=()), group(), CALENDAR) is None


# --- after downtime


def test_after_five_dead_days_one_rung_is_told_and_the_next_waits_its_dwell() -> None:  # [23]
    clock = Clockwork(group()).daily(date(2026, 4, 1), date(2026, 4, 10))

    assert clock.skipped == [("R1", "line-passed")]
    assert clock.days == [("2026-04-01", "R2"), ("2026-04-02", "R3"), ("2026-04-09", "R4")]


def test_longer_dwell_gives_the_lower_rung_more_time() -> None:  # [23]
    patient = campaign(ladder=tuple(replace(each, dwell=2) for each in LADDER))

    clock = Clockwork(group(), patient).daily(date(2026, 4, 1), date(2026, 4, 10))

    assert clock.days == [("2026-04-01", "R2"), ("2026-04-03", "R3"), ("2026-04-09", "R4")]


def test_after_downtime_over_the_whole_ladder_it_still_climbs_one_rung_a_day() -> None:  # [24]
    clock = Clockwork(group()).daily(date(2026, 4, 20), date(2026, 4, 30))

    assert clock.skipped == [("R1", "line-passed")]
    assert clock.days == [("2026-04-20", "R2"), ("2026-04-21", "R3"), ("2026-04-22", "R4")]
    assert clock.timer is None


def test_several_runs_on_one_day_climb_no_faster() -> None:
    clock = Clockwork(group())

    for hour in range(8, 20):
        clock.run(f"04-20 {hour:02}:45")

    assert clock.told == [("04-20 08:45", "R2")]


def test_asked_again_on_the_same_day_the_plan_is_to_wait() -> None:
    step = plan(CAMPAIGN, group(date(2026, 3, 2), rung=2, told_on=date(2026, 4, 20)), at("2026-04-20 16:00:00"), CALENDAR)

    assert step.fire is None
    assert step.next_at == at("2026-04-21 08:30:00")


def test_next_look_never_falls_on_the_moment_of_the_run_itself() -> None:
    hasty = campaign(ladder=tuple(replace(each, dwell=0) for each in LADDER))

    clock = Clockwork(group(), hasty).run("04-20 08:30")

    assert clock.timer == at("2026-04-21 08:30:00")


def test_dwell_is_counted_in_working_days() -> None:
    # Told on Friday 3 April; Saturday to Monday is 清明.
    clock = Clockwork(group(date(2026, 3, 20))).run("04-03 08:30").daily(date(2026, 4, 4), date(2026, 4, 8))

    assert clock.told == [("04-03 08:30", "R2"), ("2026-04-07 08:30", "R3"), ("2026-04-08 08:30", "R4")]


def test_of_several_missed_reminders_only_the_latest_is_told() -> None:
    gentle = campaign(ladder=(rung(1, -10), rung(2, -3), rung(3, 0), rung(4, 1)))

    clock = Clockwork(group(), gentle).run("03-27 08:30").run("03-30 08:30").run("03-31 08:30")

    assert clock.told == [("03-27 08:30", "R2"), ("03-30 08:30", "R3"), ("03-31 08:30", "R4")]
    assert clock.skipped == [("R1", "later-one-due")]


def test_reminder_missed_by_a_day_is_still_told_before_the_line() -> None:
    clock = Clockwork(group()).run("03-30 18:00")

    assert clock.told == [("03-30 18:00", "R1")]


def test_reminder_is_not_told_once_the_line_has_passed() -> None:
    clock = Clockwork(group()).run("03-31 00:00")

    assert clock.told == []
    assert clock.skipped == [("R1", "line-passed")]
    assert clock.timer == at("2026-03-31 08:30:00")


def test_reminder_of_a_passed_internal_line_is_still_told_before_the_notices_own() -> None:
    clock = Clockwork(group(internal=date(2026, 3, 26))).run("03-27 08:30")

    assert clock.told == [("03-27 08:30", "R1")]


# --- born late


@pytest.mark.parametrize(
    ("made_on", "told", "skipped"),
    [
        (date(2026, 3, 24), [("2026-03-25", "R1"), ("2026-03-31", "R2")], []),
        (date(2026, 3, 25), [("2026-03-25", "R1"), ("2026-03-31", "R2")], []),
        (date(2026, 3, 26), [("2026-03-31", "R2")], [("R1", "born-late")]),
        (date(2026, 3, 27), [("2026-03-31", "R2")], [("R1", "born-late")]),  # [65]
    ],
)
def test_duty_made_after_a_reminders_day_does_not_get_it(
    made_on: date, told: list[tuple[str, str]], skipped: list[tuple[str, str]]
) -> None:
    clock = Clockwork(group(made_on=made_on)).daily(made_on, date(2026, 3, 31))

    assert (clock.days, clock.skipped) == (told, skipped)


def test_launch_after_the_line_begins_with_the_lowest_chase_and_sends_no_old_reminder() -> None:
    clock = Clockwork(group(made_on=date(2026, 4, 13))).daily(date(2026, 4, 13), date(2026, 4, 20))

    assert clock.skipped == [("R1", "born-late")]
    assert clock.days == [("2026-04-13", "R2"), ("2026-04-14", "R3"), ("2026-04-15", "R4")]


# --- repeats


def test_repeats_come_every_two_working_days_three_times_in_all() -> None:  # [64]
    repeating = campaign(ladder=(rung(1, -3), rung(2, 1, repeat_every=2, repeat_most=3)))

    clock = Clockwork(group(), repeating).daily(date(2026, 3, 25), date(2026, 4, 15))

    # 清明 is from Saturday 4 to Monday 6 April
    assert clock.days[1:] == [("2026-03-31", "R2"), ("2026-04-02", "R2#1"), ("2026-04-07", "R2#2")]
    assert clock.timer is None


def test_look_at_which_nobody_is_told_forgets_no_repeat() -> None:
    # Both tellings are used up; the next rung lies in a year nobody has published and is looked at every day.
    repeating = campaign(ladder=(rung(1, 1, repeat_every=1, repeat_most=2), rung(2, 9)))
    clock = Clockwork(group(date(2026, 12, 21)), repeating).daily(date(2026, 12, 22), date(2027, 1, 15))

    assert clock.days == [("2026-12-22", "R1"), ("2026-12-23", "R1#1")]
    assert clock.group.repeat == 1


def test_next_rung_ends_the_repeats_of_the_one_below() -> None:
    repeating = campaign(ladder=(LADDER[0], replace(LADDER[1], repeat_every=1, repeat_most=9), *LADDER[2:]))

    clock = Clockwork(group(), repeating).daily(date(2026, 3, 31), date(2026, 4, 15))

    assert clock.days == [("2026-03-31", "R2"), ("2026-04-01", "R2#1"), ("2026-04-02", "R3"), ("2026-04-09", "R4")]


def test_missed_repeats_are_not_made_up_for() -> None:
    repeating = campaign(ladder=(rung(1, 1, repeat_every=1, repeat_most=9),))

    clock = Clockwork(group(), repeating).run("03-31 08:30").run("04-09 08:30").run("04-09 17:00").run("04-10 08:30")

    assert [name for _, name in clock.told] == ["R1", "R1#1", "R1#2"]


def test_repeated_reminder_falls_silent_with_the_line() -> None:
    repeating = campaign(ladder=(rung(1, -3, repeat_every=1, repeat_most=99), rung(2, 7)))

    clock = Clockwork(group(), repeating).daily(date(2026, 3, 25), date(2026, 4, 9))

    assert clock.days == [
        ("2026-03-25", "R1"),
        ("2026-03-26", "R1#1"),
        ("2026-03-27", "R1#2"),
        ("2026-03-30", "R1#3"),
        ("2026-04-09", "R2"),
    ]


def test_skipped_reminder_is_not_repeated_in_the_place_of_the_one_told_before_it() -> None:
    repeating = campaign(ladder=(rung(1, -5), rung(2, -1, repeat_every=1, repeat_most=5), rung(3, 7)))

    clock = Clockwork(group(), repeating).run("03-23 08:30").daily(date(2026, 3, 31), date(2026, 4, 9))

    assert clock.skipped == [("R2", "line-passed")]
    assert clock.told == [("03-23 08:30", "R1"), ("2026-04-09 08:30", "R3")]


def test_reminder_with_no_rung_above_it_needs_no_look_after_the_line() -> None:
    only = campaign(ladder=(rung(1, -3, repeat_every=1, repeat_most=99),))

    clock = Clockwork(group(), only).daily(date(2026, 3, 25), date(2026, 3, 30))

    assert len(clock.told) == 4  # Wednesday to Friday and Monday
    assert clock.timer is None


def test_after_skipping_a_reminder_that_repeats_the_next_look_is_the_next_rungs() -> None:
    repeating = campaign(ladder=(rung(1, -5), rung(2, -1, repeat_every=1, repeat_most=5), rung(3, 7)))

    clock = Clockwork(group(), repeating).run("03-23 08:30").run("03-31 08:30")

    assert clock.timer == at("2026-04-09 08:30:00")


def test_missed_last_repeat_of_a_reminder_is_not_told_after_the_line() -> None:
    repeating = campaign(ladder=(rung(1, -3, repeat_every=3, repeat_most=5), rung(2, 7)))

    clock = Clockwork(group(), repeating).run("03-25 08:30").run("03-31 08:30")

    assert clock.told == [("03-25 08:30", "R1")]
    assert clock.timer == at("2026-04-09 08:30:00")


# --- what always holds


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Rung, ...]:
    offsets = sorted(draw(st.lists(st.integers(-8, 10), min_size=1, max_size=6)))
    repeats = st.one_of(st.none(), st.integers(1, 3))
    return tuple(
        rung(no, offset, dwell=draw(st.integers(1, 3)), repeat_every=draw(repeats), repeat_most=draw(st.integers(1, 4)))
        for no, offset in enumerate(offsets, start=1)
    )


@st.composite
def groups(draw: st.DrawFn) -> Group:
    due = draw(st.dates(date(2011, 12, 1), date(2026, 12, 31)))
    internal = draw(st.one_of(st.none(), st.integers(1, 8).map(lambda days: due - timedelta(days=days))))
    made_on = due - timedelta(days=draw(st.integers(-20, 30)))
    return Group(due=due, internal=internal, made_on=made_on)


RUNS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 86_399)), min_size=1, max_size=40)
"""How many days after the one before, and at which second of the day."""


@given(ladders(), groups(), RUNS)
def test_whenever_runs_happen_the_ladder_is_climbed_in_order_once_and_in_good_time(
    ladder: tuple[Rung, ...], start: Group, runs: Sequence[tuple[int, int]]
) -> None:
    played, zero = campaign(ladder=ladder), at(f"{start.made_on} 00:00:00")
    now, day, mine, timer = zero, 0, start, first_look(played, start, CALENDAR)
    told: set[tuple[int, int]] = set()
    skipped: set[int] = set()

    for gap, second in runs:
        day += gap
        now = max(now, zero + day * 86_400 + second)
        if timer is None or timer > now:
            continue
        step, today = plan(played, mine, now, CALENDAR), day_of(now)
        if step.fire is not None:
            assert (step.fire.no, step.repeat) not in told
            told.add((step.fire.no, step.repeat))
            assert now >= at(f"{slot_day(step.fire, mine, CALENDAR)} 08:30:00")
            assert step.fire.offset > 0 or today <= mine.due
            assert step.repeat < max(1, step.fire.repeat_most)
            below = next((each for each in ladder if each.no == mine.rung), None)
            if step.fire.offset > 0 and not step.repeat and below and below.offset > 0 and mine.told_on:
                assert CALENDAR.count(mine.told_on, today) >= step.fire.dwell
        skipped |= {each.no for each, _ in step.skipped}
        assert step.told >= mine.rung
        assert step.next_at is None or step.next_at > now
        assert step.blocked is None or step.next_at is not None
        mine = replace(mine, rung=step.told, repeat=step.repeat, told_on=step.told_on)
        timer = step.next_at

    assert not skipped & {no for no, _ in told}
    # Every rung passed was told or recorded as skipped.
    assert {each.no for each in ladder if each.no <= mine.rung} == skipped | {no for no, _ in told}
    if timer is None:
        assert mine.rung == len(ladder)


@given(ladders(), groups(), st.integers(0, 60), st.integers(0, 86_399))
def test_two_runs_for_the_same_moment_agree(ladder: tuple[Rung, ...], start: Group, days: int, second: int) -> None:
    as_of = at(f"{start.made_on} 00:00:00") + days * 86_400 + second

    assert plan(campaign(ladder=ladder), start, as_of, CALENDAR) == plan(campaign(ladder=ladder), start, as_of, WorkCalendar())


@given(ladders(), groups())
def test_first_look_of_a_new_line_is_its_lowest_rungs_slot(ladder: tuple[Rung, ...], start: Group) -> None:
    look = first_look(campaign(ladder=ladder), start, CALENDAR)

    assert look == at(f"{slot_day(ladder[0], start, CALENDAR)} 08:30:00", ZONE)
