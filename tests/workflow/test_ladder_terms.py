"""督办程序: rungs with a time of their own, held by a promise or a silence, behind a gate, collapsed, or of the reviewer.

Numbers in brackets are cases of the escalation design; the ladder is L1 of the cases, see `test_ladder.py`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from clockwork import CALENDAR, MONDAY, Clockwork, group
from scene import LADDER, at, campaign, rung

from workflow.ladder import first_look, plan
from workflow.model import Rung
from workflow.workdays import WorkCalendar

EVENING = time(20)
COLLAPSE = campaign(catchup="collapse")


def gated(no: int, gate: str) -> tuple[Rung, ...]:
    return tuple(replace(each, gate=gate) if each.no == no else each for each in LADDER)


# --- a time of its own


def test_reminder_of_the_evening_is_told_in_the_evening_of_its_day() -> None:
    clock = Clockwork(group(), campaign(ladder=(rung(1, 0, at=EVENING), rung(2, 1))))

    clock.daily(date(2026, 3, 29), date(2026, 4, 1), "08:30", "19:59", "20:00")

    assert clock.told == [("2026-03-30 20:00", "R1"), ("2026-03-31 08:30", "R2")]


def test_two_reminders_of_one_day_are_both_told_each_at_its_hour() -> None:
    clock = Clockwork(group(), campaign(ladder=(rung(1, 0), rung(2, 0, at=time(14)), rung(3, 1))))

    clock.daily(MONDAY, date(2026, 3, 31), "08:30", "12:00", "14:00")

    assert clock.told == [("2026-03-30 08:30", "R1"), ("2026-03-30 14:00", "R2"), ("2026-03-31 08:30", "R3")]


@pytest.mark.parametrize(
    ("moment", "told", "look"),
    [
        ("2026-03-30 08:29:59", None, "2026-03-30 08:30:00"),
        ("2026-03-30 08:30:00", "R1", "2026-03-30 20:00:00"),
        ("2026-03-30 19:59:59", "R1", "2026-03-30 20:00:00"),
        ("2026-03-30 20:00:00", "R2", "2026-03-31 08:30:00"),  # R1 was missed and the later one goes
    ],
)
def test_run_between_two_hours_of_a_day_tells_what_is_due_by_then(moment: str, told: str | None, look: str) -> None:
    ladder = (rung(1, 0), rung(2, 0, at=EVENING), rung(3, 1))

    step = plan(campaign(ladder=ladder), group(), at(moment), CALENDAR)

    assert (step.fire.key if step.fire else None) == told
    assert step.next_at == at(look)
    assert step.skipped == (((ladder[0], "later-one-due"),) if told == "R2" else ())


def test_reminder_that_a_rest_day_brings_onto_the_day_of_a_later_one_gives_way_to_it() -> None:
    # The last day is Sunday 29 March: both the working day before it and the day itself are Friday 27.
    ladder = (rung(1, -1, at=EVENING), rung(2, 0), rung(3, 1))

    clock = Clockwork(group(date(2026, 3, 29)), campaign(ladder=ladder)).run("03-27 08:30").run("03-27 20:00")

    assert clock.told == [("03-27 08:30", "R2")]
    assert clock.skipped == [("R1", "later-one-due")]


def test_dwell_ends_at_the_hour_of_the_rung_that_waits() -> None:
    clock = Clockwork(group(), campaign(ladder=(rung(1, 1), rung(2, 1, at=EVENING))))

    clock.daily(date(2026, 3, 31), date(2026, 4, 1), "08:30", "20:00")

    assert clock.told == [("2026-03-31 08:30", "R1"), ("2026-04-01 20:00", "R2")]


def test_repeat_comes_at_the_hour_of_its_rung() -> None:
    clock = Clockwork(group(), campaign(ladder=(rung(1, 1, at=EVENING, repeat_every=1, repeat_most=2),)))

    clock.daily(date(2026, 3, 31), date(2026, 4, 2), "08:30", "20:00")

    assert clock.told == [("2026-03-31 20:00", "R1"), ("2026-04-01 20:00", "R1#1")]


# --- held


def test_promise_until_friday_puts_the_next_rung_on_the_first_working_day_after_it() -> None:  # [57]
    clock = Clockwork(group()).run("03-25 08:30").run("03-31 08:30")

    clock.promised(date(2026, 4, 3)).daily(date(2026, 4, 1), date(2026, 4, 10))

    assert clock.days[2:] == [("2026-04-07", "R3"), ("2026-04-09", "R4")]  # 清明 is from Saturday 4 to Monday 6
    assert clock.skipped == []


def test_silence_moves_a_rung_behind_it_and_the_next_one_keeps_its_distance() -> None:  # [58]
    clock = Clockwork(group()).run("03-25 08:30").now(held_to=date(2026, 4, 1))

    clock.daily(date(2026, 3, 31), date(2026, 4, 10))

    assert clock.days[1:] == [("2026-04-02", "R2"), ("2026-04-03", "R3"), ("2026-04-09", "R4")]


@pytest.mark.parametrize("held_to", [date(2026, 3, 1), date(2026, 3, 30)])
def test_hold_that_ends_before_the_slot_changes_nothing(held_to: date) -> None:
    held = group(rung=1, told_on=date(2026, 3, 25), held_to=held_to)

    clock = Clockwork(held).daily(date(2026, 3, 26), date(2026, 4, 10))

    assert clock.days == [("2026-03-31", "R2"), ("2026-04-02", "R3"), ("2026-04-09", "R4")]


def test_run_in_the_middle_of_a_hold_tells_and_records_nothing_and_comes_back_after_it() -> None:
    held = group(held_to=date(2026, 4, 3))

    step = plan(campaign(), held, at("2026-04-01 12:00:00"), CALENDAR)

    assert (step.fire, step.skipped, step.blocked, step.told) == (None, (), None, 0)
    assert step.next_at == at("2026-04-07 08:30:00")


def test_reminder_whose_line_passed_while_it_was_held_is_recorded_and_not_told() -> None:
    clock = Clockwork(group(held_to=date(2026, 4, 1))).daily(date(2026, 3, 25), date(2026, 4, 3))

    assert clock.skipped == [("R1", "line-passed")]
    assert clock.days == [("2026-04-02", "R2"), ("2026-04-03", "R3")]


def test_reminder_held_to_a_day_before_the_line_is_told_late() -> None:
    clock = Clockwork(group(held_to=date(2026, 3, 26))).daily(date(2026, 3, 24), date(2026, 3, 31))

    assert clock.days == [("2026-03-27", "R1"), ("2026-03-31", "R2")]


def test_hold_moves_each_rung_to_its_own_hour() -> None:
    ladder = (rung(1, -3), rung(2, 1, at=EVENING), rung(3, 3))

    clock = Clockwork(group(rung=1, held_to=date(2026, 4, 1)), campaign(ladder=ladder))
    clock.daily(date(2026, 3, 31), date(2026, 4, 3), "08:30", "20:00")

    assert clock.told == [("2026-04-02 20:00", "R2"), ("2026-04-03 08:30", "R3")]


def test_reminder_of_an_evening_held_behind_the_line_is_recorded_by_the_chase_of_the_morning() -> None:
    ladder = (rung(1, -3, at=EVENING), rung(2, 1))

    clock = Clockwork(group(held_to=date(2026, 4, 1)), campaign(ladder=ladder)).run("04-02 08:30").run("04-02 20:00")

    assert (clock.told, clock.skipped) == ([("04-02 08:30", "R2")], [("R1", "line-passed")])


def test_repeats_are_held_too() -> None:
    repeating = campaign(ladder=(rung(1, 1, repeat_every=1, repeat_most=3),))
    clock = Clockwork(group(), repeating).run("03-31 08:30").now(held_to=date(2026, 4, 6))

    clock.daily(date(2026, 4, 1), date(2026, 4, 10))

    assert clock.days[1:] == [("2026-04-07", "R1#1"), ("2026-04-08", "R1#2")]


def test_longer_promise_on_the_way_moves_the_look_again() -> None:
    clock = Clockwork(group(rung=2, told_on=date(2026, 3, 31))).promised(date(2026, 4, 3))

    clock.now(held_to=date(2026, 4, 9)).daily(date(2026, 4, 1), date(2026, 4, 14))

    assert clock.days == [("2026-04-10", "R3"), ("2026-04-13", "R4")]


def test_hold_that_ends_with_the_last_published_year_is_held_for_the_calendar() -> None:
    held = group(date(2026, 12, 28), rung=1, held_to=date(2026, 12, 31))

    step = plan(campaign(), held, at("2027-01-04 08:30:00"), CALENDAR)

    assert (step.fire, step.blocked, step.waiting) == (None, "calendar", LADDER[1])
    assert step.next_at == at("2027-01-05 08:30:00")
    assert plan(campaign(), held, at("2027-01-04 08:30:00"), WorkCalendar(published=frozenset({2027}))).fire == LADDER[1]


def test_hold_into_an_unpublished_year_is_no_matter_until_its_end_may_have_come() -> None:
    held = group(date(2026, 12, 28), rung=1, held_to=date(2026, 12, 31))

    step = plan(campaign(), held, at("2026-12-29 08:30:00"), CALENDAR)

    assert (step.fire, step.blocked, step.waiting) == (None, None, None)
    assert step.next_at == at("2027-01-01 08:30:00")  # provisional: then it will be held for the calendar


# --- behind a gate


@pytest.mark.parametrize(
    ("gate", "reached", "told"),
    [
        ("none", "none", True),
        ("attempted", "none", False),
        ("attempted", "attempted", True),
        ("attempted", "delivered", True),
        ("delivered", "none", False),
        ("delivered", "attempted", False),
        ("delivered", "delivered", True),
    ],
)
def test_gate_asks_what_came_of_the_rung_before(gate: str, reached: str, told: bool) -> None:
    stands = group(rung=2, told_on=date(2026, 3, 31), reached=reached)

    step = plan(campaign(ladder=gated(3, gate)), stands, at("2026-04-02 08:30:00"), CALENDAR)

    assert (step.fire is not None) == told
    assert step.blocked == (None if told else "gate")
    assert step.waiting == (None if told else gated(3, gate)[2])
    assert step.told == (3 if told else 2)


def test_closed_gate_holds_a_rung_and_loses_nothing() -> None:  # [43]
    clock = Clockwork(group(rung=2, told_on=date(2026, 3, 31), reached="attempted"), campaign(ladder=gated(3, "delivered")))

    clock.daily(date(2026, 4, 1), date(2026, 4, 7)).now(reached="delivered").daily(date(2026, 4, 8), date(2026, 4, 14))

    assert [moment[:10] for moment in clock.blocked] == ["2026-04-02", "2026-04-03", "2026-04-07"]
    assert clock.days == [("2026-04-08", "R3"), ("2026-04-09", "R4")]
    assert clock.skipped == []


def test_gate_of_a_higher_rung_is_about_the_one_told_before_it() -> None:
    clock = Clockwork(group(rung=2, told_on=date(2026, 3, 31), reached="none"), campaign(ladder=gated(4, "attempted")))

    clock.run("04-02 08:30").run("04-09 08:30")

    assert clock.told == [("04-02 08:30", "R3")]
    assert clock.blocked == ["04-09 08:30"]


def test_gate_is_open_where_nobody_was_told_before() -> None:
    begins = campaign(ladder=gated(2, "delivered"))
    clock = Clockwork(group(reached="none"), begins).run("04-01 08:30")

    assert clock.skipped == [("R1", "line-passed")]
    assert clock.told == [("04-01 08:30", "R2")]


@pytest.mark.parametrize("moments", [["03-31 08:30"], ["03-31 00:10", "03-31 08:30"]])
def test_gate_does_not_wait_for_a_reminder_that_was_skipped(moments: list[str]) -> None:
    ladder = (rung(1, -3), rung(2, 0, repeat_every=1, repeat_most=9), rung(3, 1, gate="delivered"))
    clock = Clockwork(group(rung=1, told_on=date(2026, 3, 25), reached="none"), campaign(ladder=ladder))

    for moment in moments:
        clock.run(moment)

    assert (clock.skipped, clock.told) == ([("R2", "line-passed")], [("03-31 08:30", "R3")])


def test_reminder_behind_a_closed_gate_is_looked_at_every_working_day_and_passes_with_the_line() -> None:
    ladder = (rung(1, -3), rung(2, -1, gate="attempted", at=EVENING), rung(3, 1))
    clock = Clockwork(group(rung=1, told_on=date(2026, 3, 25), reached="none"), campaign(ladder=ladder))

    clock.daily(date(2026, 3, 26), date(2026, 3, 31), "08:30", "20:00")

    assert clock.blocked == ["2026-03-27 20:00", "2026-03-30 20:00"]
    assert clock.skipped == [("R2", "line-passed")]
    assert clock.days == [("2026-03-31", "R3")]


def test_rung_before_a_closed_gate_goes_on_being_repeated() -> None:
    ladder = (LADDER[0], rung(2, 1, repeat_every=2, repeat_most=3), rung(3, 3, gate="delivered"))
    clock = Clockwork(group(rung=1), campaign(ladder=ladder)).run("03-31 08:30").now(reached="none")

    clock.daily(date(2026, 4, 1), date(2026, 4, 9))

    assert clock.days[1:] == [("2026-04-02", "R2#1"), ("2026-04-07", "R2#2")]
    assert [moment[:10] for moment in clock.blocked] == ["2026-04-03", "2026-04-08", "2026-04-09"]


def test_gate_that_opens_after_a_repeat_still_waits_the_dwell() -> None:
    ladder = (LADDER[0], rung(2, 1, repeat_every=2, repeat_most=9), rung(3, 3, gate="delivered", dwell=3))
    clock = Clockwork(group(rung=2, told_on=date(2026, 3, 31), reached="none"), campaign(ladder=ladder))

    clock.run("04-07 08:30").now(reached="delivered").daily(date(2026, 4, 8), date(2026, 4, 14))

    assert clock.told == [("04-07 08:30", "R2#1"), ("2026-04-10 08:30", "R3")]


# --- only the highest


def test_collapsed_ladder_tells_only_the_highest_missed_rung() -> None:  # [24]
    clock = Clockwork(group(), COLLAPSE).daily(date(2026, 4, 20), date(2026, 4, 24))

    assert clock.days == [("2026-04-20", "R4")]
    assert clock.skipped == [("R1", "line-passed"), ("R2", "collapsed"), ("R3", "collapsed")]
    assert clock.timer is None


def test_ladder_that_could_collapse_is_climbed_as_usual_when_nothing_is_missed() -> None:
    clock = Clockwork(group(), COLLAPSE).daily(date(2026, 3, 24), date(2026, 4, 14))

    assert clock.days == [("2026-03-25", "R1"), ("2026-03-31", "R2"), ("2026-04-02", "R3"), ("2026-04-09", "R4")]
    assert clock.skipped == []


def test_collapsed_ladder_after_a_hold_tells_the_highest_rung_of_the_hour() -> None:
    ladder = (rung(1, 1, at=EVENING), rung(2, 3), rung(3, 20))
    clock = Clockwork(group(held_to=date(2026, 4, 7)), campaign(ladder=ladder, catchup="collapse"))

    clock.run("04-08 08:30").run("04-08 20:00")

    assert (clock.told, clock.skipped) == ([("04-08 08:30", "R2")], [("R1", "collapsed")])


def test_collapsing_does_not_shorten_the_dwell_after_what_was_told() -> None:
    patient = campaign(ladder=(*LADDER[:3], replace(LADDER[3], dwell=4)), catchup="collapse")
    clock = Clockwork(group(rung=2, told_on=date(2026, 4, 17)), patient).daily(date(2026, 4, 20), date(2026, 4, 30))

    # R3 may go on Monday 20, so it goes; R4 then waits its four working days.
    assert clock.days == [("2026-04-20", "R3"), ("2026-04-24", "R4")]


def test_collapsing_steps_over_a_closed_gate_to_the_highest_rung_that_may_go() -> None:
    stands = group(rung=2, told_on=date(2026, 3, 31), reached="attempted")

    step = plan(campaign(ladder=gated(4, "delivered"), catchup="collapse"), stands, at("2026-04-20 08:30:00"), CALENDAR)

    assert (step.fire, step.skipped) == (LADDER[2], ())
    assert step.next_at == at("2026-04-21 08:30:00")


# --- the reviewer's


REVIEW = campaign(review_ladder=(rung(1, 1, kind="review"), rung(2, 4, kind="review")))


def test_reviewers_ladder_counts_from_the_last_day_for_reviewing() -> None:
    clock = Clockwork(group(date(2026, 4, 3), review=True), REVIEW).daily(date(2026, 3, 25), date(2026, 4, 20))

    assert clock.days == [("2026-04-07", "R1"), ("2026-04-10", "R2")]
    assert clock.timer is None


def test_reviewer_who_has_no_ladder_is_not_looked_at() -> None:
    waiting = group(review=True)

    assert first_look(campaign(), waiting, CALENDAR) is None
    assert plan(campaign(), waiting, at("2026-04-20 08:30:00"), CALENDAR).next_at is None


def test_reviewers_ladder_is_no_part_of_the_duties_own() -> None:
    clock = Clockwork(group(), REVIEW).daily(date(2026, 3, 25), date(2026, 3, 31))

    assert clock.days == [("2026-03-25", "R1"), ("2026-03-31", "R2")]


# --- still true with all of it


def test_line_brought_forward_into_a_hold_is_taken_up_after_it() -> None:  # [22] with [58]
    clock = Clockwork(group(date(2026, 3, 27), held_to=date(2026, 3, 31))).daily(date(2026, 3, 30), date(2026, 4, 10))

    assert clock.skipped == [("R1", "line-passed")]
    assert clock.days == [("2026-04-01", "R2"), ("2026-04-02", "R3"), ("2026-04-08", "R4")]


def test_repeats_with_a_restart_on_every_day_are_the_same() -> None:  # [64]
    repeating = campaign(ladder=(rung(1, -3), rung(2, 1, repeat_every=2, repeat_most=3)))
    clock = Clockwork(group(), repeating)

    for number in range(25):
        clock = Clockwork(clock.group, repeating, told=clock.told, timer=None)
        clock.run(f"{date(2026, 3, 25) + timedelta(days=number)} 08:30")

    assert clock.days == [("2026-03-25", "R1"), ("2026-03-31", "R2"), ("2026-04-02", "R2#1"), ("2026-04-07", "R2#2")]
