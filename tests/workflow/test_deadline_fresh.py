"""Ways of writing a time that real notices showed last: each class in words of its own."""

from __future__ import annotations

from datetime import date, time

import pytest

from workflow.deadline import BLOCKING, read

SPRING = date(2014, 3, 3)
"""A Monday."""


def day(month: int, number: int, year: int = 2014) -> date:
    return date(year, month, number)


@pytest.mark.parametrize(
    ("text", "end", "hour"),
    [
        ("请于4月8日16:00前进入平台核对", day(4, 8), time(16)),
        ("4月8日前进场布置", day(4, 8), None),
        ("4月8日16∶00前交综合科", day(4, 8), time(16)),
        ("4月8日16:00时前交综合科", day(4, 8), time(16)),
        ("于4月8日下午4.30前送达", day(4, 8), time(16, 30)),
    ],
)
def test_a_line_keeps_its_hour_however_the_hour_is_typed(text: str, end: date, hour: time | None) -> None:
    deadline = read(text, SPRING)

    assert (deadline.kind, deadline.end, deadline.hour) == ("before", end, hour)
    assert not BLOCKING & set(deadline.flags)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("普查从4月1日全面启动，6月20日前基本结束", day(4, 1), day(6, 20)),
        ("轮训自4月开始，9月底前全部完成。", day(4, 1), day(9, 30)),
        ("4月初—5月底，入户走访", day(4, 1), day(5, 31)),
        ("11月中旬至第二年2月底", day(11, 11), day(2, 28, 2015)),
    ],
)
def test_a_beginning_and_a_line_for_the_same_work_are_one_window(text: str, start: date, end: date) -> None:
    deadline = read(text, SPRING)

    assert (deadline.kind, deadline.start, deadline.end) == ("window", start, end)


def test_a_line_for_other_work_is_no_end_of_what_begins() -> None:
    deadline = read("4月1日开始，5月10日前完成名册核对", SPRING)

    assert (deadline.start, deadline.end) == (None, day(5, 10))


def test_the_last_day_said_again_gives_a_window_its_hour() -> None:
    deadline = read("受理时间：4月14日至4月18日（4月18日17:00截止）", SPRING)

    assert (deadline.start, deadline.end, deadline.hour) == (day(4, 14), day(4, 18), time(17))


@pytest.mark.parametrize(
    "text", ["4月10日至本学期期末", "4月10日起至试点结束", "自4月10日—各站点验收结束", "4月10日至新馆开馆之日"]
)
def test_a_window_until_something_of_unknown_day_is_a_question(text: str) -> None:
    deadline = read(text, SPRING)

    assert (deadline.start, deadline.end) == (day(4, 10), None)
    assert "event" in deadline.flags


def test_when_a_meeting_opens_is_a_day_with_an_hour() -> None:
    deadline = read("说明会4月10日上午9:00开始，请准时到场", SPRING)

    assert (deadline.kind, deadline.start, deadline.end, deadline.hour) == ("on", day(4, 10), day(4, 10), time(9))


def test_when_each_day_of_a_window_opens_is_no_line() -> None:
    deadline = read("4月10日至11日，上午9:00开始，逐一听取", SPRING)

    assert (deadline.start, deadline.end, deadline.hour) == (day(4, 10), day(4, 11), None)


def test_since_an_hour_is_still_a_beginning() -> None:
    deadline = read("4月10日上午9:00开始受理", SPRING)

    assert (deadline.kind, deadline.start, deadline.end) == ("window", day(4, 10), None)


@pytest.mark.parametrize(
    "text",
    [
        "原定于4月份举行的运动会因故取消",
        "原计划4月12日召开的座谈会另择时间",
        "今年4月是我省第9个“爱鸟月”",
        "2013年9月至2014年3月期间受到通报批评的班级不得参评",
    ],
)
def test_a_day_that_was_planned_or_only_described_is_no_line(text: str) -> None:
    deadline = read(text, SPRING)

    assert (deadline.start, deadline.end) == (None, None)


def test_what_must_be_obtained_this_month_is_no_history() -> None:
    deadline = read("应于2014年3月取得上岗证", date(2014, 3, 12))

    assert (deadline.start, deadline.end) == (day(3, 1), day(3, 31))


def test_until_a_month_in_which_something_ends_is_a_line() -> None:
    deadline = read("到2014年10月基本结束", SPRING)

    assert (deadline.kind, deadline.end) == ("before", day(10, 31))


def test_the_weekday_tells_the_year_of_a_day_long_over() -> None:
    # 2014-11-03 is a Monday, 2013-11-03 a Sunday.
    deadline = read("11月3日（周一）", date(2013, 12, 20))

    assert deadline.end == day(11, 3)
    assert "next-year" in deadline.flags


def test_a_day_just_over_with_a_wrong_weekday_is_asked_about() -> None:
    # 2014-12-15 is a Monday, 2013-12-15 a Sunday: five days back it is rather a slip.
    deadline = read("12月15日（周一）", date(2013, 12, 20))

    assert "weekday-mismatch" in deadline.flags


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("4 9 日组织体检", day(4, 9), day(4, 9)),
        ("2014 4 9 日组织体检", day(4, 9), day(4, 9)),
        ("复核阶段（1012-20日）", day(10, 12), day(10, 20)),
    ],
)
def test_lost_words_between_numbers_are_proposed_and_flagged(text: str, start: date, end: date) -> None:
    deadline = read(text, SPRING)

    assert (deadline.start, deadline.end) == (start, end)
    assert "damaged" in deadline.flags


@pytest.mark.parametrize(
    "text",
    ["201443", "卫办发〔20147号", "教函2014〕7号", "201220132014级", "评审阶段（1121-122日）", "第三步：——9 月（回访）"],
)
def test_what_lost_too_much_is_flagged_as_damaged(text: str) -> None:
    assert "damaged" in read(text, SPRING).flags


@pytest.mark.parametrize("text", ["卫办发〔2014〕7号", "2014级", "科室3 5人", "楼号12-15", "每组5-7人"])
def test_sound_numbers_are_not_flagged_as_damaged(text: str) -> None:
    assert "damaged" not in read(text, SPRING).flags


@pytest.mark.parametrize("text", ["4月8日前列出短板", "4月8日前述职述廉", "4月8日前面向家长公开", "4月8日前台账归档"])
def test_a_verb_behind_qian_takes_nothing_from_the_line(text: str) -> None:
    assert (read(text, SPRING).kind, read(text, SPRING).end) == ("before", day(4, 8))


@pytest.mark.parametrize(
    "text", ["2014年6月30日前已转正的同志", "2014年9月1日前出生的儿童", "2013年5月至2014年4月期间公开发表"]
)
def test_who_qualifies_is_no_line(text: str) -> None:
    assert read(text, SPRING).end is None


@pytest.mark.parametrize("text", ["4月10日到馆参加毕业展布展", "4月10日—毕业典礼彩排", "4月10日—期末考务会"])
def test_what_happens_on_a_day_is_no_end_of_a_window(text: str) -> None:
    assert (read(text, SPRING).start, read(text, SPRING).end) == (day(4, 10), day(4, 10))


@pytest.mark.parametrize(("text", "year"), [("14年4月8日前上报", 2014), ("于下一年度4月8日前上报", 2015)])
def test_a_year_said_shortly_is_the_one_near_the_issue(text: str, year: int) -> None:
    deadline = read(text, SPRING)

    assert deadline.end == day(4, 8, year)
    assert not BLOCKING & set(deadline.flags)


def test_two_digits_far_from_the_year_of_issue_are_asked_about() -> None:
    assert "damaged" in read("19年4月8日前上报", SPRING).flags


def test_the_day_in_brackets_behind_a_weekday_may_lack_its_month() -> None:
    deadline = read("请于本周四（6日）前回执", SPRING)

    assert (deadline.kind, deadline.end) == ("before", day(3, 6))
    assert "weekday-mismatch" in read("请于本周四（7日）前回执", SPRING).flags


@pytest.mark.parametrize("text", ["4月8、9、10日集中体检", "4月8、9、10号"])
def test_days_on_end_of_one_month_are_a_window(text: str) -> None:
    deadline = read(text, SPRING)

    assert (deadline.kind, deadline.start, deadline.end) == ("window", day(4, 8), day(4, 10))
    assert not BLOCKING & set(deadline.flags)


def test_the_hours_of_each_day_are_no_line_of_the_window() -> None:
    deadline = read("4月8日至10日上午9:00-11:00现场核验", SPRING)

    assert (deadline.start, deadline.end, deadline.hour) == (day(4, 8), day(4, 10), None)


@pytest.mark.parametrize("text", ["去年11月", "上月", "上周五"])
def test_what_was_last_month_is_nothing_to_do(text: str) -> None:
    assert (read(text, SPRING).start, read(text, SPRING).end) == (None, None)


def test_a_day_of_the_month_and_its_end_are_both_kept() -> None:
    every = read("每月15日和月底前报送排查情况", None).every

    assert every is not None
    assert [day.day for day in every.days] == [15, None]
