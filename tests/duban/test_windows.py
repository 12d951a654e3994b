"""In which window a message leaves: working days, hours, weeks, the clerk's look, and when it is stale."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from world import ZONE, instant

from duban.service.windows import Windows
from workflow.workdays import WorkCalendar

CALENDAR = WorkCalendar()
ANY = Windows(calendar=CALENDAR)
DAYTIME = Windows(calendar=CALENDAR, hours=((time(8, 0), time(18, 0)),))
TWO_SPANS = Windows(calendar=CALENDAR, hours=((time(8, 0), time(12, 0)), (time(14, 30), time(17, 30))))
EVENINGS = Windows(calendar=CALENDAR, hours=((time(19, 0), time.max),))


def local(at: int) -> str:
    return datetime.fromtimestamp(at, ZONE).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("windows", "at", "day", "leaves"),
    [
        (ANY, "2026-03-31 08:30", "03-31", "03-31 08:30"),
        (ANY, "2026-03-31 08:10", "03-31", "03-31 08:30"),
        (ANY, "2026-03-31 20:00", "03-31", "03-31 20:00"),
        (ANY, "2026-04-04 09:00", "04-07", "04-07 08:30"),  # 清明: Saturday to Monday
        (ANY, "2026-10-10 09:00", "10-10", "10-10 09:00"),  # a made-up Saturday
        (DAYTIME, "2026-04-03 20:00", "04-07", "04-07 08:00"),
        (DAYTIME, "2026-04-03 18:00", "04-07", "04-07 08:00"),  # the last hour is not included
        (DAYTIME, "2026-04-03 17:59", "04-03", "04-03 17:59"),
        (DAYTIME, "2026-04-03 07:00", "04-03", "04-03 08:00"),
        (TWO_SPANS, "2026-04-03 12:00", "04-03", "04-03 14:30"),
        (TWO_SPANS, "2026-02-14 18:00", "02-24", "02-24 08:00"),  # 春节 begins on the day after a made-up Saturday
        (EVENINGS, "2026-03-31 23:59", "03-31", "03-31 23:59"),
    ],
)
def test_a_message_leaves_in_the_next_allowed_hour_of_a_working_day(windows: Windows, at: str, day: str, leaves: str) -> None:
    window = windows.at(instant(at))

    assert window.day.strftime("%m-%d") == day
    assert local(window.not_before) == leaves


@pytest.mark.parametrize(
    ("at", "stale"),
    [
        ("2026-03-31 08:30", "04-03 00:00"),  # Wed 1, Thu 2
        ("2026-04-02 08:30", "04-08 00:00"),  # Fri 3, Tue 7
        ("2026-02-13 08:30", "02-25 00:00"),  # Sat 14 works, Tue 24
    ],
)
def test_a_message_is_stale_after_the_second_working_day(at: str, stale: str) -> None:
    assert local(ANY.at(instant(at)).expires_at) == stale


@pytest.mark.parametrize(
    ("day", "weekly"),
    [
        ("2026-03-30", "03-30 09:00"),  # Monday itself
        ("2026-03-31", "04-07 08:30"),  # the next week begins on Tuesday, after 清明
        ("2026-04-07", "04-07 09:00"),
        ("2026-09-29", "10-08 08:30"),  # 国庆 to Wednesday 10-07
        ("2026-10-10", "10-12 08:30"),  # a made-up Saturday
    ],
)
def test_once_a_week_is_the_first_working_day_of_the_week(day: str, weekly: str) -> None:
    window = ANY.of_week(ANY.at(instant(f"{day} 09:00")))

    assert local(window.not_before) == weekly


@pytest.mark.parametrize(
    ("windows", "at", "hours", "leaves", "stale"),
    [
        (ANY, "2026-03-31 08:30", 2, "03-31 10:30", "04-03 00:00"),
        (ANY, "2026-03-31 08:30", 9, "03-31 17:30", "04-03 00:00"),
        (ANY, "2026-03-31 08:30", 24, "04-02 14:30", "04-08 00:00"),  # 9 + 9 + 6
        (ANY, "2026-04-03 16:30", 2, "04-07 09:30", "04-10 00:00"),  # nobody looks in the holiday
        (ANY, "2026-03-31 20:00", 1, "04-01 09:30", "04-04 00:00"),
        (TWO_SPANS, "2026-03-31 11:00", 2, "03-31 15:30", "04-03 00:00"),
        (EVENINGS, "2026-03-31 23:00", 2, "04-01 20:00", "04-04 00:00"),
    ],
)
def test_a_first_chase_waits_for_so_many_working_hours(windows: Windows, at: str, hours: int, leaves: str, stale: str) -> None:
    now = windows.at(instant(at))

    window = windows.preview(now, hours)

    assert window.day == now.day
    assert local(window.not_before) == leaves
    assert local(window.expires_at) == stale


def test_the_window_after_is_the_next_working_day_at_its_opening() -> None:
    window = DAYTIME.after(DAYTIME.at(instant("2026-04-03 09:00")))

    assert window.day == date(2026, 4, 7)
    assert local(window.not_before) == "04-07 08:00"
