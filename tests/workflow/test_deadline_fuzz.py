"""Any text at all: the reader never raises, answers in its own words, and takes time in proportion to the text."""

from __future__ import annotations

import time
import timeit
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workflow.deadline import FLAGS, read
from workflow.model import Deadline

KINDS = {"before", "on", "window", "month", "xun", "open_start", "relative", "recurring", "none"}

SIGNS = (
    *"0123456789０１９〇○一二三四五六七八九十廿卅两oOlI",
    *"年月日号时点分秒旬底初末前后内起止至到从自於于每第各双单逢",
    *"-—–－~～―.．/／:：,，、;；。()（）〔〕[]【】《》“”\"'|｜%％ \u3000\u00a0\u200b\n\r\t",
    *(
        "之前",
        "以前",
        "截止",
        "截至",
        "最迟",
        "不晚于",
        "不超过",
        "上旬",
        "中下旬",
        "年底",
        "月底",
        ";2012年",
        "上半年",
        "第一季度",
        "暑假2012年.",
        "月底后",
        "年内",
        "上半年",
        "季度",
        "学期",
    ),
    *("星期", "周", "礼拜", "星期日", "上午", "下午", "中午", "半", "下班前", "工作日", "收到", "公示", "会议", "开学", "暑假"),
    *(
        "即日",
        "今",
        "明",
        "次",
        "去",
        "本",
        "下",
        "上",
        "七一",
        "国庆",
        "春节",
        "元旦",
        "定期",
        "及时",
        "另行通知",
        "改为",
        "延至",
    ),
    *(
        "20",
        "2012",
        "2012年",
        "13月",
        "31日",
        "2月30日",
        "0日",
        "24:00",
        "25:61",
        "0001年",
        "9999年12月31日",
        "99999999999999999999",
    ),
)
texts = st.one_of(
    st.lists(st.sampled_from(SIGNS), max_size=24).map("".join),
    st.lists(st.one_of(st.sampled_from(SIGNS), st.text(max_size=3)), max_size=12).map("".join),
    st.text(max_size=60),
)
anchors = st.none() | st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)) | st.sampled_from((date.min, date.max))

often = settings(max_examples=1000, derandomize=True, deadline=None, database=None)


@given(texts, anchors)
@example("", None)
@example("前", date(2012, 2, 29))
@example("9999年12月31日后", date.max)
@example("明年2月29日前", date(2011, 3, 1))
@example("上月底前", date.min)
@example("\ud800月\udfff日前", date(2012, 3, 26))
@often
def test_any_text_is_answered_in_the_words_of_the_reader(text: str, anchor: date | None) -> None:
    found = read(text, anchor)

    assert isinstance(found, Deadline)
    assert found.kind in KINDS
    assert set(found.flags) <= FLAGS.keys()
    assert len(set(found.flags)) == len(found.flags)


@given(texts, anchors)
@often
def test_no_window_ends_before_it_begins(text: str, anchor: date | None) -> None:
    found = read(text, anchor)

    for start, end in ((found.start, found.end), *found.ranges):
        assert start is None or end is None or start <= end


@given(texts, anchors)
@often
def test_the_words_read_stand_where_the_reader_says(text: str, anchor: date | None) -> None:
    found = read(text, anchor)

    assert (found.at is None) == (found.to is None)
    if found.at is not None and found.to is not None:
        assert 0 <= found.at < found.to <= len(text)


@given(texts, anchors)
@often
def test_the_same_text_is_read_the_same_way_twice(text: str, anchor: date | None) -> None:
    assert read(text, anchor) == read(text, anchor)


@pytest.mark.parametrize(
    "unit",
    [
        "3月30日前，",
        "2012年3月-",
        "3月",
        "年月日",
        "12",
        "1月2日至",
        "每",
        "每月第",
        "（",
        "〔2012〕",
        "星期三",
        "一",
        "3.4",
        "5—",
        " \n",
        "前",
        "下午5点",
        "第3周",
        "七一",
        "自起至止",
        "月底",
        ";2012年",
        "上半年",
        "第一季度",
        "暑假2012年.",
        "月底后",
        "工作日内",
        "开学后",
        "\u200b",
        "通知",
    ],
)
def test_a_hundred_kilobytes_take_time_in_proportion(unit: str) -> None:
    small, large = (unit * (size // len(unit.encode())) for size in (20_000, 100_000))

    quick, slow = (_seconds(text) for text in (small, large))

    # Five times the text: about five times as long. A quadratic step would take twenty-five times.
    assert slow < max(12 * quick, 0.25)
    assert slow < 5


def _seconds(text: str) -> float:
    # The processor's time: a busy machine is not a slow reader.
    return min(timeit.repeat(lambda: read(text, date(2012, 3, 26)), timer=time.process_time, number=1, repeat=3))
