"""The calendar against the installed statutory data, day by day, and what it says of years nobody has published."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta

import chinese_calendar
import pytest

from workflow import statutory
from workflow.workdays import EARLIER, LATER, PROVISIONAL, WorkCalendar, days_between

CALENDAR = WorkCalendar()
LAST = statutory.years()[-1]


@pytest.mark.parametrize("year", statutory.years())
def test_every_day_of_a_known_year_works_as_the_installed_statutory_calendar_says(year: int) -> None:
    days = list(days_between(date(year, 1, 1), date(year, 12, 31)))

    said = {day: CALENDAR.is_workday(day) for day in days}

    assert said == {day: chinese_calendar.is_workday(day) for day in days}
    assert all(CALENDAR.is_certain(day) for day in days)


@pytest.mark.parametrize("year", statutory.years())
def test_counting_agrees_with_counting_day_by_day(year: int) -> None:
    """n working days on from each day of a year, by the definition: step a day at a time and count those that work."""
    last = date(LAST, 12, 31)
    for day in days_between(date(year, 1, 1), date(year, 12, 31)):
        reached, left = day, 3
        while left and reached < last:
            reached += timedelta(days=1)
            left -= chinese_calendar.is_workday(reached)
        if not left:
            assert CALENDAR.add(day, 3) == (type(CALENDAR.add(day, 3)))(reached, certain=True)
            assert CALENDAR.count(day, reached) == 3


def test_there_is_a_year_that_nobody_has_published_yet() -> None:
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(LAST + 1, 3, 3))


@pytest.mark.parametrize("year", range(LAST + 1, LAST + 4))
def test_every_day_of_a_later_year_is_provisional_and_follows_the_week(year: int) -> None:
    for day in days_between(date(year, 1, 1), date(year, 12, 31)):
        about = CALENDAR.about(day)

        assert (about.working, about.certain, about.why) == (day.weekday() < 5, False, PROVISIONAL)


@pytest.mark.parametrize(
    ("day", "n", "certain"),
    [
        (date(LAST, 12, 28), 1, True),  # stays in the year
        (date(LAST, 12, 31), 1, False),  # the first working day of January
        (date(LAST, 12, 25), 10, False),  # goes over the year's end
        (date(LAST + 1, 1, 4), -3, False),  # and comes back over it
        (date(LAST + 1, 1, 1), -1, True),  # 1 January is not counted itself: only days of the known year are
    ],
)
def test_a_count_that_touches_an_unpublished_year_is_not_certain(day: date, n: int, certain: bool) -> None:
    assert CALENDAR.add(day, n).certain is certain


def test_days_of_an_unpublished_year_become_certain_one_by_one_and_the_year_as_a_whole() -> None:
    single = WorkCalendar(overrides={date(LAST + 1, 10, 1): False})
    whole = WorkCalendar(overrides={date(LAST + 1, 10, 1): False}, published=frozenset({LAST + 1}))

    assert single.is_certain(date(LAST + 1, 10, 1))
    assert not single.is_certain(date(LAST + 1, 10, 2))
    assert whole.add(date(LAST + 1, 9, 30), 2).certain


@pytest.mark.parametrize(
    ("day", "works", "why"),
    [
        (date(2020, 1, 31), False, "2020 春节: the holiday was made longer in January, to 2 February"),
        (date(2020, 2, 2), False, "the last day of the longer holiday"),
        (date(2020, 2, 3), True, "Monday: work again"),
        (date(2020, 1, 19), True, "Sunday worked for the holiday"),
        (date(2026, 2, 14), True, "Saturday before 春节"),
        (date(2026, 2, 28), True, "Saturday after it"),
        (date(2026, 5, 9), True, "Saturday after 劳动节"),
        (date(2026, 9, 20), True, "Sunday before 国庆"),
        (date(2026, 10, 10), True, "Saturday after 国庆"),
        (date(2024, 2, 29), True, "a Thursday"),
        (date(2020, 2, 29), False, "a Saturday"),
        (date(2004, 1, 17), True, "the first make-up Saturday that is known"),
    ],
)
def test_awkward_days(day: date, works: bool, why: str) -> None:
    assert CALENDAR.is_workday(day) is works, why


@pytest.mark.parametrize(
    ("day", "earlier", "later"),
    [
        (date(2024, 2, 11), date(2024, 2, 9), date(2024, 2, 18)),  # 春节: 10 to 17 rest; Friday 9 works, Sunday 18 is worked
        (date(2026, 10, 4), date(2026, 9, 30), date(2026, 10, 8)),
        (date(2020, 1, 30), date(2020, 1, 23), date(2020, 2, 3)),
        (date(2026, 10, 10), date(2026, 10, 10), date(2026, 10, 10)),  # a Saturday, but worked
    ],
)
def test_a_rest_day_goes_back_or_on_over_the_whole_holiday(day: date, earlier: date, later: date) -> None:
    assert CALENDAR.rest_day(day, EARLIER)[0] == earlier
    assert CALENDAR.rest_day(day, LATER)[0] == later


def test_the_zone_of_the_server_changes_no_day() -> None:
    code = (
        "from datetime import date; from workflow.workdays import WorkCalendar as C; print(C().add(date(2026, 2, 13), 2).day)"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True
        ).stdout
        for zone in ("UTC", "Asia/Shanghai", "America/Los_Angeles")
    }

    assert answers == {"2026-02-24\n"}


def test_the_digest_of_a_calendar_changes_with_what_it_says_and_with_nothing_else() -> None:
    day = date(2026, 4, 20)
    one, same = WorkCalendar(overrides={day: False}), WorkCalendar(overrides={day: False}, notes={day: "校庆"})

    assert one.digest == same.digest != CALENDAR.digest
    assert WorkCalendar(overrides={day: True}).digest != one.digest
    assert WorkCalendar(published=frozenset({LAST + 1})).digest != CALENDAR.digest
