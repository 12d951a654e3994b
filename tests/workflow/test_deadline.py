"""Deadline phrases: read right, or refused with a flag; never guessed. Written for a notice issued on Monday 26 March 2012."""

from __future__ import annotations

import ast
import inspect
import re
import timeit
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workflow import deadline
from workflow.deadline import BLOCKING, FLAGS, Occurrence, closes_at, occurrences, opens_at, read, short, show
from workflow.errors import Refused
from workflow.model import DayInPeriod, Deadline, Every
from workflow.workdays import Term

ISSUED = date(2012, 3, 26)
SHANGHAI = "Asia/Shanghai"


def day(month: int, day_of_month: int, year: int = 2012) -> date:
    return date(year, month, day_of_month)


def said(found: Deadline) -> tuple[str, date | None, date | None, tuple[str, ...]]:
    return found.kind, found.start, found.end, found.flags


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("3月30日前", day(3, 30)),
        ("3月30日以前", day(3, 30)),
        ("3月30日之前", day(3, 30)),
        ("3月30日止", day(3, 30)),
        ("3月30日截止", day(3, 30)),
        ("于3月30日前上报实施方案", day(3, 30)),
        ("截止时间为4月15日", day(4, 15)),
        ("不迟于4月15日", day(4, 15)),
        ("延长至4月20日", day(4, 20)),
        ("4月13号前", day(4, 13)),
        ("2012年4月13日前", day(4, 13)),
        ("2012-04-13前", day(4, 13)),
        ("2012.4.13前", day(4, 13)),
        ("2012/4/13 前", day(4, 13)),
        ("20120413前", day(4, 13)),
        ("3月30日（周五）前", day(3, 30)),
        ("3月30日（含当日）前", day(3, 30)),
        ("3月30日（逾期不候）前", day(3, 30)),
        ("3月30日前（不含当日）", day(3, 29)),
        ("３月３０日前", day(3, 30)),
        ("三月三十日前", day(3, 30)),
        ("四月廿五日前", day(4, 25)),
        ("2012 年 3 月 30 日 前", day(3, 30)),
        ("二○一二年六月五日前", day(6, 5)),
        ("3月底前", day(3, 31)),
        ("5月底", day(5, 31)),
        ("2013年2月底前", day(2, 28, 2013)),
        ("2016年2月底前", day(2, 29, 2016)),
        ("月底前", day(3, 31)),
        ("月末", day(3, 31)),
        ("下月5日前", day(4, 5)),
        ("本周五前", day(3, 30)),  # the week of Monday 26 March
        ("下周三前", day(4, 4)),
        ("4月中旬前", day(4, 20)),
        ("年内", day(12, 31)),
        ("今年内", day(12, 31)),
        ("2012年底前", day(12, 31)),
        ("三季度末前", day(9, 30)),
        ("七一前", day(6, 30)),
        ("“七一”前", day(6, 30)),
        ("国庆节前", day(9, 30)),
        ("明年3月底前", day(3, 31, 2013)),
        ("①3月30日前", day(3, 30)),
        ("1.9月22日前", day(9, 22)),  # a list number, not 1.9
        ("3月30日前进行自查", day(3, 30)),  # 前 and a verb, not 前进
    ],
)
def test_before_a_day_includes_the_day(text: str, end: date) -> None:
    found = read(text, ISSUED)

    assert (found.kind, found.start, found.end, found.hour) == ("before", None, end, None)
    assert not BLOCKING & set(found.flags)


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("2012-03-30", "on", day(3, 30), day(3, 30)),
        ("2012年3月30日", "on", day(3, 30), day(3, 30)),
        ("二〇一二年六月五日", "on", day(6, 5), day(6, 5)),
        ("3月30日前往示范点", "on", day(3, 30), day(3, 30)),  # 前往: to go
        ("3月30日起草方案", "on", day(3, 30), day(3, 30)),  # 起草: to draft
        ("12月", "month", day(12, 1), day(12, 31)),
        ("2016年2月", "month", day(2, 1, 2016), day(2, 29, 2016)),
        ("2012-04", "month", day(4, 1), day(4, 30)),
        ("4月上旬", "xun", day(4, 1), day(4, 10)),
        ("4月中旬", "xun", day(4, 11), day(4, 20)),
        ("4月下旬", "xun", day(4, 21), day(4, 30)),
        ("4月中下旬", "xun", day(4, 11), day(4, 30)),
        ("4月-11月", "window", day(4, 1), day(11, 30)),
        ("4－6月", "window", day(4, 1), day(6, 30)),
        ("9—10月", "window", day(9, 1), day(10, 31)),
        ("9～10月", "window", day(9, 1), day(10, 31)),
        ("4月到6月", "window", day(4, 1), day(6, 30)),
        ("四至六月", "window", day(4, 1), day(6, 30)),
        ("十一至十二月", "window", day(11, 1), day(12, 31)),
        ("4月1日至5月10日", "window", day(4, 1), day(5, 10)),
        ("3月28-29日", "window", day(3, 28), day(3, 29)),
        ("5月15-6月30日", "window", day(5, 15), day(6, 30)),
        ("从5月1日开始，至6月底结束", "window", day(5, 1), day(6, 30)),
        ("10月中旬至11月中旬", "window", day(10, 11), day(11, 20)),
        ("4月上旬至中旬", "window", day(4, 1), day(4, 20)),
        ("12月至次年3月", "window", day(12, 1), day(3, 31, 2013)),
        ("2012年12月至2013年1月", "window", day(12, 1), day(1, 31, 2013)),
        ("12月1日至2013年1月10日", "window", day(12, 1), day(1, 10, 2013)),
        ("“五一”至“七一”", "window", day(5, 1), day(7, 1)),
        ("上半年", "window", day(1, 1), day(6, 30)),
        ("今年下半年", "window", day(7, 1), day(12, 31)),
        ("第二季度", "window", day(4, 1), day(6, 30)),
        ("2012年", "window", day(1, 1), day(12, 31)),
        ("自4月1日起", "window", day(4, 1), None),
        ("“七一”后", "window", day(7, 1), None),
        ("即日起至4月10日", "window", ISSUED, day(4, 10)),
        ("即日起", "open_start", ISSUED, None),
        ("自印发之日起", "open_start", ISSUED, None),
    ],
)
def test_days_months_and_windows(text: str, kind: str, start: date, end: date | None) -> None:
    found = read(text, ISSUED)

    assert said(found) == (kind, start, end, ())
    assert found.ranges == ((start, end),)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("3月30日12:00前", time(12)),
        ("3月30日17时前", time(17)),
        ("3月30日下午5点前", time(17)),
        ("3月30日下午5点半前", time(17, 30)),
        ("3月30日（星期五）17：30之前", time(17, 30)),
        ("3月30日中午12点前", time(12)),
        ("3月30日晚8点前", time(20)),
        ("3月30日上午9点前", time(9)),
        ("3月30日8:00-17:00前", time(17)),  # the last hour is the line
        ("3月30日17:00（周五）前", time(17)),
        ("3月30日24:00前", None),  # the end of the day, as without an hour
        ("3月30日24时前", None),
    ],
)
def test_an_hour_behind_the_day_is_the_line(text: str, hour: time | None) -> None:
    found = read(text, ISSUED)

    assert (found.kind, found.end, found.hour, found.flags) == ("before", day(3, 30), hour, ())


@pytest.mark.parametrize("text", ["3月30日下班前", "3月30日5点前", "3月30日中午前", "3月30日（周五下午）前", "3月30日0时前"])
def test_an_hour_that_cannot_be_told_is_flagged_and_not_set(text: str) -> None:
    found = read(text, ISSUED)

    assert (found.end, found.hour, found.flags) == (day(3, 30), None, ("hour-unclear",))


@pytest.mark.parametrize(
    ("text", "anchor", "end"),
    [
        ("清明前", date(2012, 3, 26), day(4, 3)),  # 4 April 2012
        ("端午节前", date(2012, 3, 26), day(6, 22)),  # 5th of the 5th lunar month: 23 June 2012
        ("中秋节前", date(2012, 9, 3), day(9, 29)),
        ("重阳节前", date(2012, 9, 3), day(10, 22)),
        ("春节前", date(2012, 12, 10), day(2, 9, 2013)),
        ("2014年春节前", date(2012, 12, 10), day(1, 30, 2014)),
        ("除夕前", date(2012, 12, 10), day(2, 8, 2013)),
        ("元宵节前", date(2012, 12, 10), day(2, 23, 2013)),
        ("2020年中秋节前", date(2020, 9, 1), day(9, 30, 2020)),  # on 国庆
        ("2013年元旦前", date(2012, 12, 10), day(12, 31)),
        ("“六一”儿童节（6月1日）前", date(2012, 5, 7), day(6, 1)),  # the day is written: it is included
    ],
)
def test_a_feast_ends_on_its_eve_also_by_the_moon(text: str, anchor: date, end: date) -> None:
    found = read(text, anchor)

    assert (found.kind, found.start, found.end) == ("before", None, end)
    assert not BLOCKING & set(found.flags)


@pytest.mark.parametrize("text", ["春节后", "元旦、春节前", "中秋、国庆前"])
def test_a_feast_that_gives_no_single_day_is_asked_about(text: str) -> None:
    assert "ambiguous" in read(text, date(2012, 9, 3)).flags


def test_beyond_the_table_a_feast_of_the_moon_has_no_day() -> None:
    assert said(read("2061年春节前", ISSUED)) == ("none", None, None, ("impossible",))


@pytest.mark.parametrize(
    ("text", "anchor", "end", "flags"),
    [
        ("6月30日前", date(2012, 12, 26), day(6, 30, 2013), ("next-year",)),  # late in December nobody means the past
        ("3月底前", date(2012, 9, 17), day(3, 31, 2013), ("next-year",)),  # nor what was due half a year ago
        ("3月30日前", date(2012, 3, 26), day(3, 30), ()),
        ("1月15日前", date(2012, 12, 20), day(1, 15, 2013), ("next-year",)),  # 11 months back is next year
        ("1月10日前", date(2012, 9, 5), day(1, 10, 2013), ("next-year",)),  # 8 months back, the end of the autumn term
        ("3月20日前", date(2012, 3, 26), day(3, 20), ("past",)),  # 6 days back: kept, and said
        ("2月29日前", date(2011, 12, 20), day(2, 29), ("next-year",)),  # 2011 has none, but 2012 is meant
        ("2月29日前", date(2012, 12, 20), None, ("next-year", "impossible")),  # 2013 has none
        ("元旦前", date(2012, 3, 26), day(12, 31), ("next-year",)),  # 1 January 2013, less a day
        ("11月至3月", date(2012, 10, 8), day(3, 31, 2013), ("next-year",)),
    ],
)
def test_the_day_of_issue_supplies_the_year(text: str, anchor: date, end: date | None, flags: tuple[str, ...]) -> None:
    found = read(text, anchor)

    assert (found.end, found.flags) == (end, flags)


@pytest.mark.parametrize(
    ("text", "kind"), [("3月30日前", "before"), ("4月-11月", "window"), ("七一前", "before"), ("年底", "before")]
)
def test_without_a_day_of_issue_a_phrase_without_year_has_no_dates(text: str, kind: str) -> None:
    assert said(read(text, None)) == (kind, None, None, ("no-year",))


def test_a_written_year_needs_no_day_of_issue() -> None:
    assert said(read("2012年4月1日至5月10日", None)) == ("window", day(4, 1), day(5, 10), ())


def test_a_weekday_that_does_not_fit_is_flagged() -> None:
    assert read("3月30日（周四）前", ISSUED).flags == ("weekday-mismatch",)  # a Friday
    assert read("3月30日（星期五）前", ISSUED).flags == ()


@pytest.mark.parametrize(
    "text",
    [
        "2月30日",
        "3月32日前",
        "4月31日",
        "13月5日",
        "3月0日",
        "2011年2月29日",
        "3月30日25:00前",
        "2012年5月10日至2012年4月1日",
        "3月29-28日",
    ],
)
def test_a_day_that_does_not_exist_is_never_repaired(text: str) -> None:
    assert said(read(text, ISSUED)) == ("none", None, None, ("impossible",))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("617前", None, day(6, 17)),  # 月, 日 lost; 61月7日 does not exist
        ("10月10前", None, day(10, 10)),
        ("2012年617日前", None, day(6, 17)),
        ("3.31118:00前", None, day(3, 11)),  # item 3., then 3月11日18:00
        ("3月2829日", day(3, 28), day(3, 29)),  # the dash is lost
        ("20125月", day(5, 1), day(5, 31)),
        ("20122年5月", day(5, 1), day(5, 31)),  # a digit too many: the year of issue
        ("一二年六月五日", day(6, 5), day(6, 5)),
        ("4月1日5月10日", day(4, 1), day(5, 10)),
        ("3月l5日", day(3, 15), day(3, 15)),  # a letter l
    ],
)
def test_damaged_text_is_flagged_and_the_dates_are_a_proposal(text: str, start: date | None, end: date) -> None:
    found = read(text, date(2012, 3, 1))

    assert (found.start, found.end) == (start, end)
    assert "damaged" in found.flags


@pytest.mark.parametrize("text", ["111前", "月17日前", "3月日前", "公示57天"])
def test_damage_with_two_repairs_or_none_has_no_proposal(text: str) -> None:
    found = read(text, ISSUED)

    assert (found.start, found.end, found.after_days) == (None, None, None)
    assert "damaged" in found.flags


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("党代会召开前", "党代会"),
        ("表彰大会前", "表彰大会"),
        ("召开七一”表彰大会前", "七一表彰大会"),
        ("在七一时", "七一"),
        ("支部书记会议前", "支部书记会议"),
        ("暑假前", "暑假"),
        ("学期末", "学期末"),
        ("学期初", "学期初"),
        ("两会前", "两会"),
    ],
)
def test_an_event_of_unknown_day_is_asked_for(text: str, event: str) -> None:
    found = read(text, ISSUED)

    assert (*said(found), found.event) == ("none", None, None, ("event",), event)


@pytest.mark.parametrize(
    ("text", "event", "workdays", "days"),
    [
        ("公示5个工作日", "公示", 5, None),
        ("公示期不少于5个工作日", "公示", 5, None),
        ("公示7天", "公示", None, 7),
        ("收到通知后10日内", "收到通知", None, 10),
        ("接到通知3日内", "接到通知", None, 3),
        ("会后5个工作日内", "会议", 5, None),
        ("民主生活会会后十五日内", "民主生活会", None, 15),
        ("自印发之日起10日内", "印发", None, 10),
        ("开学后两周内", "开学", None, 14),
        ("大会召开前5个工作日", "大会", -5, None),
    ],
)
def test_a_relative_phrase_counts_from_its_event(text: str, event: str, workdays: int | None, days: int | None) -> None:
    found = read(text, ISSUED)

    assert (found.kind, found.event, found.after_workdays, found.after_days) == ("relative", event, workdays, days)
    assert found.flags == ()


def test_a_period_from_nothing_is_asked_for() -> None:
    found = read("10个工作日内", ISSUED)

    assert (found.kind, found.event, found.after_workdays, found.flags) == ("relative", None, 10, ("asked",))


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("每月1次", Every(unit="month")),
        ("每月召开一次支委会", Every(unit="month")),
        ("每季度一次", Every(unit="quarter")),
        ("每半年1次", Every(unit="halfyear")),
        ("每学期至少召开1次", Every(unit="term")),
        ("每周", Every(unit="week")),
        ("每年", Every(unit="year")),
        ("每年不少于4次", Every(unit="year", times=4)),
        ("每两周一次", Every(unit="week", step=2)),
        ("两周一次", Every(unit="week", step=2)),
        ("隔周一次", Every(unit="week", step=2)),
        ("每半个月一次", Every(unit="month", times=2)),
        ("每三个月一次", Every(unit="month", step=3)),
        ("按季度报送", Every(unit="quarter")),
    ],
)
def test_a_frequency_recurs(text: str, every: Every) -> None:
    found = read(text, ISSUED)

    assert (*said(found), found.every) == ("recurring", None, None, (), every)


@pytest.mark.parametrize(
    ("text", "unit", "days"),
    [
        ("每月25日前", "month", (DayInPeriod(day=25),)),
        ("每月1日、15日", "month", (DayInPeriod(day=1), DayInPeriod(day=15))),
        ("每月10日至15日", "month", (DayInPeriod(day=15),)),
        ("每月上旬", "month", (DayInPeriod(day=10),)),
        ("每月第二个星期五", "month", (DayInPeriod(weekday=4, nth=2),)),
        ("每月最后一个周五前", "month", (DayInPeriod(weekday=4, nth=-1),)),
        ("每周二之前", "week", (DayInPeriod(weekday=1),)),
        ("每周一、三", "week", (DayInPeriod(weekday=0), DayInPeriod(weekday=2))),
        ("每季度首月10日前", "quarter", (DayInPeriod(month=1, day=10),)),
        ("每季度末月25日前", "quarter", (DayInPeriod(month=3, day=25),)),
        ("每年6月30日前和12月31日前", "year", (DayInPeriod(month=6, day=30), DayInPeriod(month=12, day=31))),
        ("每年12月", "year", (DayInPeriod(month=12, since=12),)),
        ("每年3月至5月", "year", (DayInPeriod(month=5, since=3),)),
        ("每年3月和9月", "year", (DayInPeriod(month=3, since=3), DayInPeriod(month=9, since=9))),
        ("每年的第一季度", "year", (DayInPeriod(month=3, since=1),)),
        ("每年上半年", "year", (DayInPeriod(month=6, since=1),)),
        ("每年七一前", "year", (DayInPeriod(month=6),)),  # the last day of June
        ("每半年一次（6月底、12月底前）", "year", (DayInPeriod(month=6), DayInPeriod(month=12))),
        ("逢双月10日前", "year", tuple(DayInPeriod(month=month, day=10) for month in range(2, 13, 2))),
        ("每月底", "month", ()),  # the end of the period, as without a day
        ("每季度末", "quarter", ()),
        ("每年年底前", "year", ()),
        ("每学期结束前", "term", ()),
        ("每周的三会", "week", ()),  # three meetings, not Wednesday
        ("每周一课", "week", ()),  # one lesson a week, not Monday
    ],
)
def test_a_day_within_the_period_is_kept(text: str, unit: str, days: tuple[DayInPeriod, ...]) -> None:
    found = read(text, ISSUED)

    assert said(found) == ("recurring", None, None, ())
    assert found.every == Every(unit=unit, days=days)


@pytest.mark.parametrize(
    "text",
    [
        "每月最后一个工作日前",
        "每月初",
        "每月第一周",
        "每月结束后5个工作日内",
        "每月于次月5日前报送",
        "每季度最后一周",
        "每学期第3周",
        "每学期开学后两周内",
        "每年春节前",
        "每年7月1日前后",
        "每周一至周五",
    ],
)
def test_a_day_within_the_period_that_cannot_be_computed_is_flagged_not_dropped(text: str) -> None:
    found = read(text, ISSUED)

    assert said(found) == ("recurring", None, None, ("day-in-period",))
    assert found.every is not None
    assert found.every.days == ()


def test_an_hour_of_the_day_within_the_period_is_kept() -> None:
    assert read("每周五下午5点前", ISSUED).hour == time(17)
    assert read("每周四下班前", ISSUED).flags == ("hour-unclear",)


def test_every_frequency_of_a_phrase_is_kept() -> None:
    found = read("支委会每月召开一次，党员大会每季度召开一次，党课每季度一次", ISSUED)

    assert (found.every, found.more) == (Every(unit="month"), (Every(unit="quarter"), Every(unit="quarter")))
    assert found.flags == ("several",)


def test_a_frequency_may_be_bounded_by_dates() -> None:
    assert said(read("4月至11月，每月1次", ISSUED)) == ("recurring", day(4, 1), day(11, 30), ())
    assert said(read("4月每周一次", ISSUED)) == ("recurring", day(4, 1), day(4, 30), ())
    assert said(read("从5月1日起每月1次", ISSUED)) == ("recurring", day(5, 1), None, ())


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("定期", "vague"),
        ("适时", "vague"),
        ("及时", "vague"),
        ("经常", "vague"),
        ("2年内", "ambiguous"),
        ("两年内", "ambiguous"),
        ("6月前", "ambiguous"),  # before June begins, or with June?
        ("4月初", "ambiguous"),
        ("3月30日前后", "ambiguous"),
        ("周五前", "ambiguous"),
        ("5月第二周", "ambiguous"),
        ("3月30日前5个工作日", "ambiguous"),
        ("3月30日周末前", "ambiguous"),  # before the 30th, or on it?
        ("4月第一个工作日前", "ambiguous"),
        ("3月最后一个工作日前", "ambiguous"),
        ("由4月10日前提前至3月30日前", "ambiguous"),
        ("农历三月三十日前", "ambiguous"),
        ("15日前", "no-month"),
        ("下午5点前", "no-date"),
        ("待定", "asked"),
        ("另行通知", "asked"),
        ("", "asked"),
        ("  ", "asked"),
        ("学习先进，创先争优", "unread"),
        ("校党组字〔2011〕28号", "unread"),
        ("连续6个月不参加组织生活的党员", "unread"),
        ("建立1-2个示范岗", "unread"),
        ("2011-2012学年", "unread"),
        ("目前", "unread"),
        ("已于3月9日完成整改", "past"),
        ("2011年3月27日中午，支部在会议室召开大会", "past"),
    ],
)
def test_what_gives_no_day_is_refused_with_its_reason(text: str, flag: str) -> None:
    assert said(read(text, ISSUED)) == ("none", None, None, (flag,))


def test_an_hour_without_a_day_keeps_the_hour() -> None:
    assert read("下午5点前", ISSUED).hour == time(17)


def test_of_several_days_the_last_counts_for_before_and_the_first_window_otherwise() -> None:
    before = read("分别于4月20日和5月5日以前送交", ISSUED)
    windows = read("2012年6月1日至10日和2013年6月1日至10日", ISSUED)

    assert said(before) == ("before", None, day(5, 5), ("several",))
    assert before.ranges == ((None, day(4, 20)), (None, day(5, 5)))
    assert said(windows) == ("window", day(6, 1), day(6, 10), ("several",))
    assert windows.ranges[1] == (day(6, 1, 2013), day(6, 10, 2013))


def test_a_part_of_the_year_that_names_the_work_is_not_its_time() -> None:
    assert said(read("4月23日前，将上半年小结报来", ISSUED)) == ("before", None, day(4, 23), ())
    assert read("上半年工作小结", ISSUED).kind == "none"
    assert read("上半年完成换届", ISSUED).end == day(6, 30)


def test_an_event_before_which_something_is_due_wins_over_a_mentioned_time() -> None:
    found = read("召开七一”表彰大会前，对今年上半年的承诺进行点评", ISSUED)

    assert (*said(found), found.event) == ("none", None, None, ("event",), "七一表彰大会")


def test_a_day_that_is_only_mentioned_beside_a_deadline_is_flagged() -> None:
    assert said(read("4月23日前报送名单，5月8日召开大会", ISSUED)) == ("before", None, day(4, 23), ("others",))


def test_the_words_are_kept_as_written() -> None:
    assert read(" ３月30日 前", ISSUED).words == " ３月30日 前"


@given(st.dates(date(2012, 1, 1), date(2012, 12, 31)), st.sampled_from([None, time(12), time(17, 30), time(8, 5)]))
def test_what_is_shown_reads_back(last_day: date, hour: time | None) -> None:
    found = read(show(last_day, hour), date(2012, 1, 1))

    assert (found.kind, found.end, found.hour, found.flags) == ("before", last_day, hour, ())


def test_every_day_of_2012_is_shown_and_read_back() -> None:
    days = [date(2012, 1, 1) + timedelta(days=n) for n in range(366)]

    assert [read(show(d), date(2012, 1, 1)).end for d in days] == days
    assert [read(show(d, today=date(2011, 6, 1)), None).end for d in days] == days


def test_a_line_nobody_has_set_is_said_to_be_open() -> None:
    assert show(None) == "时限待定"


_CHARACTERS = (
    "0123456789年月日号时点分前后内起止至到-—、,，。:（）()零一二三四五六七八九十廿〇每第半上中下旬底初末周两个次天今明次去本七"
)
_WORDS = [
    "工作日",
    "学期",
    "季度",
    "以前",
    "截止",
    "公示",
    "会议",
    "2012",
    "3月30日",
    "4月",
    "即日起",
    "每月",
    "年内",
    "12:00",
    "下午",
    "(周五)",
    "七一",
    "之日",
    "收到",
    "开学",
    "l",
    "O",
]
_PIECES = [*_CHARACTERS, *_WORDS, "\u3000", " ", "\n"]
_ANCHORS = st.one_of(st.none(), st.dates(), st.just(ISSUED))


@settings(max_examples=400)
@example("今天至2012年3月30日", None)
@example("月底至2012年5月", None)
@example("明天", date.max)
@example("次年1月", date.max)
@example("上周一", date.min)
@given(st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)), _ANCHORS)
def test_whatever_the_text_reading_never_raises_and_the_end_is_not_before_the_start(text: str, anchor: date | None) -> None:
    found = read(text, anchor)

    assert found.words == text
    assert set(found.flags) <= set(FLAGS)
    assert len(found.flags) == len(set(found.flags))
    for start, end in ((found.start, found.end), *found.ranges):
        assert start is None or end is None or start <= end
    if found.kind == "none":
        assert (found.start, found.end, found.ranges) == (None, None, ())
        assert found.flags


def test_every_flag_that_the_readers_set_is_explained() -> None:
    folder = Path(inspect.getfile(deadline)).parent
    slugs = {
        node.value
        for file in folder.glob("*.py")
        if file.name != "flags.py"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert set(FLAGS) - {"by-terms"} <= slugs  # that one is set where a definition is compiled, which knows the terms
    assert set(FLAGS) >= BLOCKING
    assert all(re.search("[一-龥]", sentence) for sentence in FLAGS.values())


def test_a_long_text_is_read_in_linear_time() -> None:
    for piece in ("各党支部要认真学习", "做好3月29日座谈会的准备；", "一二三", "会", "3月", "(", "每"):
        short_time, long_time = (_seconds(piece * n) for n in (500, 5000))

        # Ten times the text may take ten times as long; a quadratic reader would take a hundred.
        assert long_time < 40 * short_time + 0.05


def _seconds(text: str) -> float:
    return min(timeit.repeat(lambda: read(text, ISSUED), number=1, repeat=3, timer=process_time))


def test_the_line_is_shown_with_weekday_and_inclusion() -> None:
    assert show(day(3, 30)) == "3月30日（周五）24:00前，含当日"
    assert show(day(3, 30), time(12)) == "3月30日（周五）12:00前"
    assert show(day(1, 15, 2013), today=ISSUED) == "2013年1月15日（周二）24:00前，含当日"
    assert short(day(1, 15, 2013), ISSUED) == "2013年1月15日（周二）"


def test_a_day_closes_at_midnight_and_an_hour_at_itself() -> None:
    # 24:00 in Shanghai is 16:00 UTC of the same day.
    assert closes_at(day(3, 30), None, SHANGHAI) == datetime(2012, 3, 30, 16, tzinfo=UTC).timestamp()
    assert closes_at(day(3, 30), time(12), SHANGHAI) == datetime(2012, 3, 30, 4, tzinfo=UTC).timestamp()
    assert opens_at(day(3, 30), SHANGHAI) == datetime(2012, 3, 29, 16, tzinfo=UTC).timestamp()


def test_the_last_day_that_can_be_written_has_no_midnight_after_it() -> None:
    with pytest.raises(Refused) as refusal:
        closes_at(date.max, None, SHANGHAI)

    assert [one.code for one in refusal.value.reasons] == ["day-beyond"]
    assert closes_at(date.max, time(12), SHANGHAI) > closes_at(date(9999, 12, 30), None, SHANGHAI)


def test_a_day_of_23_hours_closes_at_its_own_midnight() -> None:
    # 25 March 2012: clocks in Berlin go forward, the day lasts 23 hours.
    length = closes_at(day(3, 25), None, "Europe/Berlin") - opens_at(day(3, 25), "Europe/Berlin")

    assert length == 23 * 3600


@pytest.mark.parametrize(
    ("every", "labels"),
    [
        (Every(unit="month"), ("2012-03", "2012-04", "2012-05", "2012-06", "2012-07")),
        (Every(unit="month", step=2), ("2012-03", "2012-05", "2012-07")),
        (Every(unit="quarter"), ("2012-Q1", "2012-Q2", "2012-Q3")),
        (Every(unit="halfyear"), ("2012-H1", "2012-H2")),
        (Every(unit="year"), ("2012",)),
        (Every(unit="term"), ("2012春",)),
    ],
)
def test_a_recurring_duty_falls_due_in_every_period_it_touches(every: Every, labels: tuple[str, ...]) -> None:
    found = occurrences(every, ISSUED, day(7, 15))

    assert tuple(o.label for o in found) == labels
    assert (found[0].first, found[-1].last) == (ISSUED, day(7, 15) if every.unit != "term" else day(7, 10))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("每月25日前", {"2012-03": day(3, 25), "2012-04": day(4, 25), "2012-05": day(5, 25), "2012-06": day(6, 25)}),
        ("每月31日前", {"2012-03": day(3, 31), "2012-04": day(4, 30), "2012-05": day(5, 31), "2012-06": day(6, 30)}),
        # Fridays: 9 March, 13 April, 11 May, 8 June
        ("每月第二个星期五", {"2012-03": day(3, 9), "2012-04": day(4, 13), "2012-05": day(5, 11), "2012-06": day(6, 8)}),
        ("每月第五个星期五", {"2012-03": day(3, 30), "2012-04": day(4, 27), "2012-05": day(5, 25), "2012-06": day(6, 29)}),
        ("每月最后一个周五", {"2012-03": day(3, 30), "2012-04": day(4, 27), "2012-05": day(5, 25), "2012-06": day(6, 29)}),
        ("每两个月15日前", {"2012-03": day(4, 15), "2012-05": day(6, 15)}),
        ("每季度末", {"2012-Q1": day(3, 31), "2012-Q2": day(6, 30)}),
        ("每季度首月10日前", {"2012-Q2": day(4, 10)}),
        ("每年6月10日和12月10日前", {"2012-06-10": day(6, 10)}),
        ("每年12月", {}),
        ("每年年底", {"2012": day(6, 30)}),  # the period is cut, as without a day
    ],
)
def test_a_day_within_the_period_is_the_last_one(text: str, found: dict[str, date]) -> None:
    every = read(text, ISSUED).every
    assert every is not None

    assert {o.label: o.last for o in occurrences(every, day(3, 1), day(6, 30))} == found


def test_a_weekday_is_the_last_day_of_its_week() -> None:
    every = read("每周二之前", ISSUED).every
    assert every is not None

    found = occurrences(every, day(3, 28), day(4, 12))

    # Wednesday to Thursday: Tuesday 27 March is over, 3 and 10 April lie within.
    assert [(o.label, o.first, o.last) for o in found] == [
        ("2012-W14", day(4, 2), day(4, 3)),
        ("2012-W15", day(4, 9), day(4, 10)),
    ]


def test_of_two_days_in_a_year_the_second_opens_after_the_first() -> None:
    every = read("每年6月10日和12月10日前", ISSUED).every
    winter = read("每年12月", ISSUED).every
    assert every is not None
    assert winter is not None
    year = day(1, 1), day(12, 31)

    assert [(o.label, o.first, o.last) for o in occurrences(every, *year)] == [
        ("2012-06-10", day(1, 1), day(6, 10)),
        ("2012-12-10", day(6, 11), day(12, 10)),
    ]
    assert occurrences(winter, *year) == (Occurrence("2012", day(12, 1), day(12, 31)),)


def test_two_days_that_are_the_same_in_a_short_month_fall_due_once() -> None:
    every = Every(unit="month", days=(DayInPeriod(day=30), DayInPeriod(day=31)))

    found = occurrences(every, day(3, 1), day(4, 30))

    assert [(o.label, o.first, o.last) for o in found] == [
        ("2012-03-30", day(3, 1), day(3, 30)),
        ("2012-03-31", day(3, 31), day(3, 31)),
        ("2012-04-30", day(4, 1), day(4, 30)),
    ]


def test_a_period_with_one_day_left_counts_and_none_is_due_after_the_end() -> None:
    found = occurrences(Every(unit="month"), day(3, 31), day(5, 1))

    assert found == (
        Occurrence("2012-03", day(3, 31), day(3, 31)),
        Occurrence("2012-04", day(4, 1), day(4, 30)),
        Occurrence("2012-05", day(5, 1), day(5, 1)),
    )


def test_weekly_duties_fall_in_teaching_weeks_only() -> None:
    spring = Term("2012春", day(2, 20), day(7, 4))
    autumn = Term("2012秋", day(9, 17), day(1, 25, 2013))

    found = occurrences(Every(unit="week"), day(6, 25), day(9, 23), (spring, autumn))

    # ISO weeks 26 (25 June), 27 (2 July, cut to the 4th) and 38 (17 September)
    assert tuple((o.label, o.last) for o in found) == (
        ("2012-W26", day(7, 1)),
        ("2012-W27", day(7, 4)),
        ("2012-W38", day(9, 23)),
    )


def test_weeks_are_labelled_by_the_iso_year() -> None:
    found = occurrences(Every(unit="week"), date(2012, 12, 31), date(2013, 1, 6))

    assert [o.label for o in found] == ["2013-W01"]


def test_terms_of_the_school_replace_the_assumed_ones_under_the_same_label() -> None:
    year = date(2012, 1, 1), date(2012, 12, 31)
    own = Term("2012春", day(2, 13), day(6, 29))

    assumed = occurrences(Every(unit="term"), *year)
    known = occurrences(Every(unit="term"), *year, (own,))

    # The autumn of 2011 runs until 15 January 2012.
    assert [(o.label, o.first, o.last, o.provisional) for o in assumed] == [
        ("2011秋", day(1, 1), day(1, 15), True),
        ("2012春", day(2, 20), day(7, 10), True),
        ("2012秋", day(9, 1), day(12, 31), True),
    ]
    assert known == (Occurrence("2012春", own.start, own.end),)


@pytest.mark.parametrize("every", [Every(unit="day"), Every(unit="month", step=0)])
def test_a_frequency_that_cannot_be_generated_is_refused(every: Every) -> None:
    with pytest.raises(ValueError, match="频次"):
        occurrences(every, ISSUED, day(12, 31))


def test_nothing_recurs_in_an_empty_span() -> None:
    assert occurrences(Every(unit="month"), day(4, 1), day(3, 1)) == ()
