"""The phases of a campaign on one line of days: windows as they hold, rest days as the calendar has them, doubt where there is doubt."""

from __future__ import annotations

from datetime import date

from duban.service.columns import OTHER, Column, columns_of
from duban.service.phase_timeline import Timeline, phase_timeline
from phases import library
from phases.compile import compile_definition
from storage.overview import TaskLine
from workflow.model import Campaign
from workflow.workdays import WorkCalendar

LAUNCHED = date(2012, 3, 26)


def _campaign(name: str) -> Campaign:
    return compile_definition(library.text(name), calendar=WorkCalendar())


def _columns(campaign: Campaign) -> tuple[Column, ...]:
    tracks = campaign.track_by_key
    lines = [
        TaskLine(no, task.key, task.track, next((p.no for p in tracks[task.track].phases if p.name == task.phase), None))
        for no, task in enumerate(campaign.tasks)
    ]
    return columns_of(campaign, lines)


def _timeline(name: str, *, begins: date = LAUNCHED, day: date = date(2012, 4, 12)) -> Timeline:
    columns = _columns(_campaign(name))
    found = phase_timeline(WorkCalendar(), columns, [None] * len(columns), begins=begins, day=day)
    assert found is not None
    return found


def _bar(last: date | None, *, name: str = "摸底", opens: date | None = None, phase: str | None = "摸底") -> Column:
    return Column(name=name, words="", opens=opens, last=last, tasks=(1,), phase=phase)


def test_phases_follow_each_other_as_the_calendar_opens_them() -> None:
    bars = _timeline("standard").bars

    assert [(bar.name, bar.first, bar.last) for bar in bars] == [
        ("调查摸底", date(2012, 3, 26), date(2012, 3, 30)),
        ("健全组织", date(2012, 3, 31), date(2012, 4, 13)),
        ("对标整改", date(2012, 4, 14), date(2012, 5, 31)),
        ("学习先进", date(2012, 6, 1), date(2012, 9, 30)),
        ("考评总结", date(2012, 12, 1), date(2012, 12, 31)),
    ]


def test_overlapping_windows_overlap() -> None:
    bars = {bar.name: bar for bar in _timeline("d4", begins=date(2012, 4, 24)).bars}

    assert bars["调查摸底，分类定级"].first == date(2012, 4, 1)
    assert bars["整改提高，晋位升级"].first == date(2012, 4, 1)
    assert bars["整改提高，晋位升级"].last == date(2012, 6, 30)


def test_a_phase_whose_time_is_not_set_has_no_last_day() -> None:
    last = _timeline("d0").bars[-1]

    assert last.name == "学习先进，创先争优"
    assert last.last is None
    assert last.first == date(2012, 6, 1)


def test_rest_days_are_the_calendars_with_make_up_days_worked() -> None:
    rests = _timeline("standard").rests

    # Sunday 2012-04-01 was worked for the holiday of 清明, 2 to 4 April; Saturday 03-31 too.
    assert all(not rest.first <= date(2012, 4, 1) <= rest.last for rest in rests)
    qingming = next(rest for rest in rests if rest.first <= date(2012, 4, 3) <= rest.last)
    assert (qingming.first, qingming.last, qingming.holiday) == (date(2012, 4, 2), date(2012, 4, 4), True)
    weekend = next(rest for rest in rests if rest.first == date(2012, 4, 14))
    assert (weekend.last, weekend.holiday) == (date(2012, 4, 15), False)


def test_rest_days_at_both_ends_are_there() -> None:
    found = phase_timeline(WorkCalendar(), [_bar(date(2012, 4, 15))], [None], begins=date(2012, 4, 7), day=date(2012, 4, 9))

    assert found is not None
    assert [(rest.first, rest.last) for rest in found.rests] == [
        (date(2012, 4, 7), date(2012, 4, 8)),
        (date(2012, 4, 14), date(2012, 4, 15)),
    ]


def test_days_of_an_unpublished_year_are_uncertain_and_so_is_what_ends_there() -> None:
    columns = [_bar(date(2098, 12, 20)), _bar(date(2099, 1, 20), name="总结", opens=date(2098, 12, 21))]
    calendar = WorkCalendar(published=frozenset({2098}))

    found = phase_timeline(calendar, columns, [3, 0], begins=date(2098, 12, 1), day=date(2098, 12, 2))

    assert found is not None
    assert found.uncertain == date(2099, 1, 1)
    assert [bar.certain for bar in found.bars] == [True, False]
    assert found.bars[0].here == 3


def test_tasks_without_a_day_and_other_tasks_are_no_bars() -> None:
    columns = [
        _bar(date(2012, 4, 13)),
        _bar(None, name=OTHER, phase=OTHER),
        _bar(None, name="换届方案", phase=None),
    ]

    found = phase_timeline(WorkCalendar(), columns, [None] * 3, begins=LAUNCHED, day=LAUNCHED)

    assert found is not None
    assert [bar.name for bar in found.bars] == ["摸底"]


def test_where_nothing_has_a_time_there_is_no_line() -> None:
    columns = _columns(_campaign("d2"))

    assert phase_timeline(WorkCalendar(), columns, [None] * len(columns), begins=date(2012, 6, 5), day=date(2012, 6, 6)) is None


def test_a_line_before_the_launch_still_has_a_bar() -> None:
    found = phase_timeline(WorkCalendar(), [_bar(date(2012, 3, 20))], [None], begins=LAUNCHED, day=date(2012, 5, 1))

    assert found is not None
    assert found.bars[0].first == found.bars[0].last == date(2012, 3, 20)
    assert found.day == found.last
