"""Working days: the statutory calendar with its make-up workdays, and years nobody has published yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.workdays import PROVISIONAL, Day, Shift, Term, WorkCalendar, short, teaching_weeks, year_is_published

CALENDAR = WorkCalendar()
UNPUBLISHED = 2027
KNOWN_DAYS = st.dates(date(2005, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("day", "working", "why"),
    [
        (date(2012, 3, 30), True, "工作日"),
        (date(2012, 3, 31), True, "调休上班"),  # Saturday, worked for 清明
        (date(2012, 4, 1), True, "调休上班"),  # Sunday, worked for 清明
        (date(2012, 4, 2), False, "法定节假日"),  # Monday, a day off in exchange
        (date(2012, 4, 28), True, "调休上班"),  # Saturday, worked for 劳动节
        (date(2012, 4, 30), False, "法定节假日"),  # Monday before 1 May
        (date(2012, 9, 29), True, "调休上班"),  # Saturday, worked for 国庆
        (date(2012, 6, 17), False, "周末"),  # the Sunday on which a notice set its last day
        (date(2026, 10, 10), True, "调休上班"),  # Saturday after 国庆
    ],
)
def test_the_statutory_calendar_says_what_kind_of_day_it_is(day: date, working: bool, why: str) -> None:
    about = CALENDAR.about(day)

    assert about == Day(working, True, why)


@pytest.mark.parametrize(
    ("day", "n", "reached"),
    [
        (date(2026, 10, 9), 1, date(2026, 10, 10)),  # Friday; the Saturday is worked
        # 9月30日 Wed: 29 Tue, 28 Mon, then 25 to 27 is the 中秋 holiday, so 24 Thu is the third
        (date(2026, 9, 30), -3, date(2026, 9, 24)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # 国庆 1 to 7 October
        # 2月13日 Fri: Saturday 14 is worked (1), 15 to 23 is 春节, 24 Tue is the second
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2012, 3, 30), 1, date(2012, 3, 31)),  # a worked Saturday
        (date(2012, 3, 30), 3, date(2012, 4, 5)),  # 31 Sat, 1 Sun, holiday 2 to 4, Thu 5
        (date(2012, 4, 30), -1, date(2012, 4, 28)),  # a holiday Monday; Sunday 29 is free, Saturday 28 is worked
        (date(2012, 4, 30), 1, date(2012, 5, 2)),
        (date(2011, 12, 30), 2, date(2012, 1, 4)),  # 31 Sat worked, holiday 1 to 3, across New Year
        (date(2012, 1, 4), -2, date(2011, 12, 30)),
    ],
)
def test_offsets_are_counted_in_working_days(day: date, n: int, reached: date) -> None:
    shift = CALENDAR.add(day, n)

    assert shift == Shift(reached, certain=True)


def test_a_rung_on_the_day_itself_moves_back_to_the_last_working_day() -> None:
    sunday, friday = date(2012, 6, 17), date(2012, 6, 15)

    assert CALENDAR.add(sunday, 0).day == friday
    assert CALENDAR.add(friday, 0).day == friday


def test_previous_and_next_working_day_stay_on_a_working_day() -> None:
    saturday_at_work, holiday = date(2012, 4, 28), date(2012, 4, 30)

    assert (CALENDAR.previous(saturday_at_work).day, CALENDAR.next(saturday_at_work).day) == (saturday_at_work,) * 2
    assert (CALENDAR.previous(holiday).day, CALENDAR.next(holiday).day) == (saturday_at_work, date(2012, 5, 2))


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2012, 3, 26), date(2012, 3, 30), 4),  # Mon to Fri without the Monday
        (date(2012, 3, 26), date(2012, 4, 13), 13),  # 4 + Sat 31, Sun 1 + Thu 5, Fri 6 + five of the next week
        (date(2012, 4, 30), date(2012, 5, 2), 1),  # a holiday is not counted
        (date(2012, 3, 30), date(2012, 3, 30), 0),
        (date(2012, 3, 30), date(2012, 3, 26), -4),  # backwards, as many
        (date(2011, 12, 30), date(2012, 1, 4), 2),  # across New Year: Sat 31 worked, Wed 4
    ],
)
def test_count_is_the_working_days_after_the_start_up_to_the_end(start: date, end: date, days: int) -> None:
    assert CALENDAR.count(start, end) == days


@given(KNOWN_DAYS, st.integers(1, 60))
def test_adding_n_days_and_counting_them_agree(day: date, n: int) -> None:
    forward, backward = CALENDAR.add(day, n).day, CALENDAR.add(day, -n).day

    assert CALENDAR.is_workday(forward)
    assert CALENDAR.count(day, forward) == n
    assert CALENDAR.count(backward - timedelta(days=1), day - timedelta(days=1)) == n


def test_an_unpublished_year_is_provisional_and_says_so() -> None:
    monday, sunday = date(UNPUBLISHED, 3, 1), date(UNPUBLISHED, 3, 7)

    assert not year_is_published(UNPUBLISHED)
    assert CALENDAR.about(monday) == Day(True, False, PROVISIONAL)
    assert CALENDAR.about(sunday) == Day(False, False, PROVISIONAL)
    assert CALENDAR.add(monday, -1) == Shift(date(UNPUBLISHED, 2, 26), certain=False)


def test_a_walk_is_certain_until_it_enters_the_unpublished_year() -> None:
    last_day = date(2026, 12, 30)

    assert CALENDAR.add(last_day, 1) == Shift(date(2026, 12, 31), certain=True)
    assert CALENDAR.add(last_day, 2) == Shift(date(UNPUBLISHED, 1, 1), certain=False)


def test_a_walk_back_into_the_published_year_is_certain_only_if_it_starts_there() -> None:
    # From Monday 4 January back: Friday 1 January may become a holiday, so the answer may change.
    assert CALENDAR.add(date(UNPUBLISHED, 1, 4), -2) == Shift(date(2026, 12, 31), certain=False)
    assert CALENDAR.add(date(UNPUBLISHED, 1, 1), -1) == Shift(date(2026, 12, 31), certain=True)


def test_an_override_wins_and_is_certain() -> None:
    saturday, workday = date(2012, 5, 12), date(2012, 5, 14)
    school = WorkCalendar(overrides={saturday: True, workday: False})

    assert school.add(date(2012, 5, 11), 1).day == saturday
    assert school.add(saturday, 1).day == date(2012, 5, 15)
    assert school.about(workday) == Day(False, True, "按本单位日历休息")
    assert CALENDAR.add(date(2012, 5, 11), 1).day == workday


def test_overrides_of_every_day_on_the_way_make_an_unpublished_walk_certain() -> None:
    new_year = date(UNPUBLISHED, 1, 1)
    holiday = {new_year + timedelta(days=n): False for n in range(3)}

    known = WorkCalendar(overrides=holiday | {date(UNPUBLISHED, 1, 4): True})
    half_known = WorkCalendar(overrides=holiday)

    assert known.add(date(2026, 12, 31), 1) == Shift(date(UNPUBLISHED, 1, 4), certain=True)
    assert half_known.add(date(2026, 12, 31), 1) == Shift(date(UNPUBLISHED, 1, 4), certain=False)


def test_a_year_declared_published_is_certain_on_its_ordinary_days_too() -> None:
    imported = WorkCalendar(overrides={date(UNPUBLISHED, 1, 1): False}, published=frozenset({UNPUBLISHED}))

    assert imported.add(date(2026, 12, 31), 1) == Shift(date(UNPUBLISHED, 1, 4), certain=True)
    assert imported.about(date(UNPUBLISHED, 1, 4)).why == "工作日"


def test_a_rest_day_is_shown_with_its_neighbours_and_kept() -> None:
    day, note = CALENDAR.rest_day(date(2012, 6, 17), "保持")

    assert day == date(2012, 6, 17)
    assert note == "6月17日是周日（休息日）；之前最后一个工作日6月15日（周五），之后第一个工作日6月18日（周一）"


@pytest.mark.parametrize(
    ("rule", "moved"),
    [("提前", date(2012, 4, 28)), ("顺延", date(2012, 5, 2))],
)
def test_a_holiday_moves_by_the_rule_and_the_note_says_whereto(rule: str, moved: date) -> None:
    day, note = CALENDAR.rest_day(date(2012, 4, 30), rule)

    assert day == moved
    assert note is not None
    assert "4月30日是周一（法定节假日）" in note
    assert f"按“{rule}”定为{short(moved)}" in note


def test_a_working_day_needs_no_note_even_on_a_saturday() -> None:
    assert CALENDAR.rest_day(date(2012, 4, 28), "顺延") == (date(2012, 4, 28), None)


def test_a_note_about_an_unpublished_year_says_that_it_is_provisional() -> None:
    _, of_workday = CALENDAR.rest_day(date(UNPUBLISHED, 3, 1), "保持")
    _, of_weekend = CALENDAR.rest_day(date(UNPUBLISHED, 3, 7), "保持")

    assert of_workday is not None
    assert PROVISIONAL in of_workday
    assert of_weekend is not None
    assert PROVISIONAL in of_weekend


def test_a_note_across_new_year_names_the_other_year() -> None:
    _, note = CALENDAR.rest_day(date(2012, 1, 1), "保持")

    assert note is not None
    assert "之前最后一个工作日2011年12月31日（周六）" in note


def test_an_unknown_rest_day_rule_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="保持、提前、顺延"):
        CALENDAR.rest_day(date(2012, 6, 17), "后移")


def test_a_walk_beyond_the_last_year_has_no_answer() -> None:
    with pytest.raises(OverflowError):
        CALENDAR.add(date.max, 1)
    with pytest.raises(OverflowError):
        CALENDAR.add(date.min, -1)


def test_teaching_weeks_lie_in_the_terms_and_are_cut_to_the_span() -> None:
    spring = Term("2012春", date(2012, 2, 20), date(2012, 7, 4))
    autumn = Term("2012秋", date(2012, 9, 17), date(2013, 1, 25))

    weeks = teaching_weeks((spring, autumn), date(2012, 6, 27), date(2012, 9, 30))

    assert weeks == (
        (date(2012, 6, 27), date(2012, 7, 1)),  # begins with the span, a Wednesday
        (date(2012, 7, 2), date(2012, 7, 4)),  # ends with the term, a Wednesday
        (date(2012, 9, 17), date(2012, 9, 23)),
        (date(2012, 9, 24), date(2012, 9, 30)),
    )


def test_two_terms_in_one_week_make_one_teaching_week() -> None:
    first = Term("夏", date(2012, 7, 2), date(2012, 7, 3))
    second = Term("小学期", date(2012, 7, 5), date(2012, 7, 6))

    assert teaching_weeks((first, second), date(2012, 1, 1), date(2012, 12, 31)) == ((date(2012, 7, 2), date(2012, 7, 6)),)


def test_without_terms_every_week_counts_and_an_empty_span_has_none() -> None:
    assert len(teaching_weeks((), date(2012, 1, 2), date(2012, 1, 15))) == 2
    assert teaching_weeks((), date(2012, 1, 15), date(2012, 1, 2)) == ()


def test_a_day_is_said_with_its_year_only_when_that_is_another_year() -> None:
    assert short(date(2012, 3, 30)) == "3月30日（周五）"
    assert short(date(2012, 3, 30), date(2012, 12, 1)) == "3月30日（周五）"
    assert short(date(2012, 3, 30), date(2011, 12, 1)) == "2012年3月30日（周五）"
