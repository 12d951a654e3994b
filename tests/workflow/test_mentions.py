"""Times said in running text: each with its place, its sense and the right year; what is no line is called a reference.

Written for a notice issued on Monday 18 February 2013.
"""

from __future__ import annotations

import random
import timeit
from collections.abc import Callable
from datetime import date, time
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.deadline import FLAGS, Mention, mentions, read
from workflow.model import DayInPeriod, Every

ISSUED = date(2013, 2, 18)
SENSES = {"before", "from", "window", "on", "past", "recurring", "relative", "event", "vague", "reference"}


def told(text: str, anchor: date | None = ISSUED) -> list[tuple[str, str]]:
    return [(m.sense, m.words) for m in mentions(text, anchor)]


def days(text: str, anchor: date | None = ISSUED) -> list[tuple[date | None, date | None]]:
    return [(m.deadline.start, m.deadline.end) for m in mentions(text, anchor)]


def only(text: str) -> Mention:
    (found,) = mentions(text, ISSUED)
    return found


def test_every_time_of_a_sentence_is_told_in_order_with_its_place() -> None:
    text = "各总支于3月15日（周五）下午5:00前报方案，４月下旬接受抽查，每月召开一次例会。"

    found = mentions(text, ISSUED)

    assert [(m.sense, m.words) for m in found] == [
        ("before", "3月15日（周五）下午5:00前"),
        ("window", "４月下旬"),
        ("recurring", "每月召开一次"),
    ]
    assert [text[m.at : m.to] for m in found] == [m.words for m in found]
    assert (found[0].deadline.end, found[0].deadline.hour) == (date(2013, 3, 15), time(17))


@pytest.mark.parametrize(
    ("text", "sense", "words"),
    [
        ("材料请于3月20日前交来", "before", "3月20日前"),
        ("报名截止时间为3月20日12:00，过期不候", "before", "截止时间为3月20日12:00"),
        ("最迟不超过3月20日报齐", "before", "最迟不超过3月20日"),
        ("“七一”前评出先进", "before", "“七一”前"),
        ("中秋节前办结", "before", "中秋节前"),
        ("5月底完成换届", "before", "5月底"),
        ("自4月1日起试用新表", "from", "4月1日起"),
        ("即日起受理申请", "from", "即日起"),
        ("即日起至4月10日受理申请", "window", "即日起至4月10日"),
        ("自查从3月4日开始，到3月29日结束", "window", "3月4日开始，到3月29日"),
        ("4月份集中培训", "window", "4月份"),
        ("三季度组织实施", "window", "三季度"),
        ("评议会定于4月16日上午9时召开", "on", "4月16日上午9时"),
        ("本处已于1月9日报送", "past", "1月9日"),
        ("1月9日召开了部署会", "past", "1月9日"),
        ("截至2012年底，共有支部210个", "past", "截至2012年底"),
        ("每季度末月25日前上报", "recurring", "每季度末月25日前"),
        ("公示期不少于5个工作日", "relative", "公示期不少于5个工作日"),
        ("应在收到批复后10日内办结", "relative", "收到批复后10日内"),
        ("第11周周五交教案", "relative", "第11周周五"),
        ("表彰大会前报送事迹", "event", "表彰大会前"),
        ("学期末考核", "event", "学期末"),
        ("会议时间另行通知", "vague", "另行通知"),
        ("适时组织观摩", "vague", "适时"),
        ("依据院党发〔2013〕7号精神", "reference", "院党发〔2013〕7号"),
        ("学习党的十八大精神", "reference", "党的十八大"),
        ("今年1月份以来成效明显", "reference", "今年1月份以来"),
        ("自2011年9月开展结对活动以来", "reference", "2011年9月"),
        ("总结2012年度党建工作", "reference", "2012年度"),
        ("去年的做法", "reference", "去年"),
        ("2009年发布的办法同时废止", "reference", "2009年"),
        ("证书有效期至2015年12月31日", "reference", "至2015年12月31日"),
        ("本办法自2013年3月1日起施行", "reference", "2013年3月1日起"),
        ("党办2013年2月18日印发", "reference", "2013年2月18日"),
        ("发布时间：2013-02-18 09:12:44", "reference", "2013-02-18 09:12:44"),
        ("1965年1月1日以前出生的教师", "reference", "1965年1月1日以前"),
        ("2011级学生党员", "reference", "2011级"),
    ],
)
def test_each_time_has_its_sense_and_the_words_that_give_it(text: str, sense: str, words: str) -> None:
    found = only(text)

    assert (found.sense, found.words) == (sense, words)


@pytest.mark.parametrize(
    "text",
    [
        "电话：0731-68682013，地点：行政楼301室",
        "推荐3-5人，材料不少于1500字，照片5-8张",
        "考察期不少于6个月，占62.5%",
        "第3会议室（综合楼1205室）",
        "各支部要认真学习，统一思想",
        "",
    ],
)
def test_numbers_that_are_no_time_are_not_mentioned(text: str) -> None:
    assert mentions(text, ISSUED) == ()


@pytest.mark.parametrize("sense", ["past", "reference"])
def test_what_is_over_or_only_referred_to_has_no_days(sense: str) -> None:
    text = "2012年12月召开的会议、2011年印发的校发〔2011〕3号文件、去年12月5日的通知，截至2012年底共办结5件。"

    found = [m for m in mentions(text, ISSUED) if m.sense == sense]

    assert found
    assert {(m.deadline.kind, m.deadline.start, m.deadline.end, m.deadline.flags) for m in found} == {
        ("none", None, None, (sense,))
    }


def test_a_year_that_a_sentence_states_holds_for_its_later_days() -> None:
    assert days("2014年3月启动，5月底前评估，9月推开。4月底前报名。") == [
        (date(2014, 3, 1), date(2014, 3, 31)),
        (None, date(2014, 5, 31)),
        (date(2014, 9, 1), date(2014, 9, 30)),
        (None, date(2013, 4, 30)),  # a new sentence: the year of issue
    ]


def test_a_stated_year_also_helps_where_the_day_of_issue_is_unknown() -> None:
    assert days("2011年12月20日前初评，1月5日前复评", None) == [(None, date(2011, 12, 20)), (None, date(2012, 1, 5))]


@pytest.mark.parametrize(
    "text",
    [
        "总结2012年度工作，于3月5日前报送",
        "自2010年5月开展活动以来成效显著，3月5日前报总结",
        "按照2012年12月会议要求，3月5日前完成",
        "根据校发〔2011〕3号文件，3月5日前完成",
    ],
)
def test_the_year_of_a_report_or_of_history_is_not_the_year_of_the_line(text: str) -> None:
    found = [m for m in mentions(text, ISSUED) if m.sense == "before"]

    assert [m.deadline.end for m in found] == [date(2013, 3, 5)]


def test_a_frequency_carries_the_dates_right_before_it_and_its_days() -> None:
    found = only("4月至11月每月25日前报送")

    assert (found.sense, found.words) == ("recurring", "4月至11月每月25日前")
    assert (found.deadline.start, found.deadline.end) == (date(2013, 4, 1), date(2013, 11, 30))
    assert found.deadline.every == Every(unit="month", days=(DayInPeriod(day=25),))


def test_what_is_planned_or_moved_is_told_so() -> None:
    planned = only("拟于6月下旬召开总结会")
    first, second = mentions("原定于3月8日的会议推迟至3月15日召开", ISSUED)

    assert planned.deadline.flags == ("tentative",)
    assert (first.sense, second.sense, second.deadline.end) == ("reference", "on", date(2013, 3, 15))


def test_only_the_damaged_time_is_flagged() -> None:
    found = mentions("3月5日前报名，务必于617前报送，7月10日前验收", ISSUED)

    assert [(m.words, "damaged" in m.deadline.flags) for m in found] == [
        ("3月5日前", False),
        ("617前", True),
        ("7月10日前", False),
    ]
    assert found[1].deadline.end == date(2013, 6, 17)


def test_the_cells_of_a_row_are_not_read_together() -> None:
    assert told("3月20日\t前期宣传\t5月\t10日内反馈") == [("on", "3月20日"), ("window", "5月"), ("relative", "10日内")]


def test_a_line_break_inside_a_date_stays_in_its_words() -> None:
    assert told("请于2013年3\n月20日\n前报送") == [("before", "2013年3\n月20日\n前")]


@pytest.mark.parametrize(
    "text", ["3月15日前", "4月-11月", "每月25日前", "公示5个工作日", "七一前", "617前", "第11周", "4月上旬", "年底"]
)
def test_a_phrase_alone_means_what_read_says(text: str) -> None:
    found = only(text)

    assert found.deadline == read(text, ISSUED)
    assert found.words == text


def test_where_the_words_of_a_phrase_stand_is_known() -> None:
    text = "务必于 ３月３０日 前报送"

    found = read(text, ISSUED)

    assert found.at is not None
    assert text[found.at : found.to] == "３月３０日 前"


_PIECES = [
    *"0123456789年月日号时点前后内起止至到-—、，。：（）“”一二三四五六七八九十第每半上中下旬底初末周次今明去 \n\t①㈠½",
    "3月30日",
    "〔2012〕6号",
    "以来",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=24).map("".join)), st.one_of(st.none(), st.dates()))
def test_whatever_the_text_mentions_stand_in_it_in_order_and_apart(text: str, anchor: date | None) -> None:
    found = mentions(text, anchor)

    assert all(text[m.at : m.to] == m.words == m.deadline.words and m.at < m.to for m in found)
    assert all(one.to <= other.at for one, other in pairwise(found))
    assert {m.sense for m in found} <= SENSES
    assert {flag for m in found for flag in m.deadline.flags} <= set(FLAGS)


@pytest.mark.parametrize("alphabet", ["0123456789年月日至到-前第每周", "3月日前起至2012年、，(每个内后会公示"])
def test_100_kB_of_junk_are_read_in_two_seconds(alphabet: str) -> None:
    junk = "".join(random.Random(7).choices(alphabet, k=100_000))  # a fixed seed

    assert _seconds(lambda: mentions(junk, ISSUED)) < 2
    assert _seconds(lambda: read(junk, ISSUED)) < 2


def test_a_long_text_is_read_in_linear_time() -> None:
    for piece in ("各党支部于3月29日前，", "2013年", "一季度", "每月", "“", "(", "今年", "10日内", "元旦、"):
        short_time, long_time = (_seconds(lambda text=piece * n: mentions(text, ISSUED)) for n in (400, 4000))

        # Ten times the text may take ten times as long; a quadratic reader would take a hundred.
        assert long_time < 40 * short_time + 0.05


def _seconds(work: Callable[[], object]) -> float:
    """Seconds of this process alone, whatever else the machine does."""
    return min(timeit.repeat(work, number=1, repeat=3, timer=process_time))
