"""Phrases built from dates, in all the ways offices write them: exactly those dates must come back, and none from numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.deadline import BLOCKING, read

often = settings(max_examples=600, derandomize=True, deadline=None, database=None)
"""The same phrases on every machine: a red build is never luck."""

DIGITS = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))
WIDE = {ord("0") + n: ord("０") + n for n in range(10)}
DASHES = ("-", "—", "——", "–", "－", "~", "～", "―", "至", "到")
WEEKDAYS = "一二三四五六日"

BEGINNINGS = (
    "",
    "请",
    "务必",
    "各二级学院请",
    "请各乡镇",
    "经处务会研究，",
    "（三）",
    "2.",
    "3、",
    "按县卫发〔2011〕43号文件要求，",
    "参考省厅第5号令，",
    "合格率达到95%的科室，",
    "每组5—7人，",
    "联系电话0000-5120316，",
    "由综合楼3号窗口受理，",
    "请将《登记表》（附件2）",
    "党员50人以上的总支，",
    "二、",
)
CLOSINGS = (
    "截止日期为",
    "截止时间：",
    "截止到",
    "截至",
    "最迟",
    "最迟于",
    "不晚于",
    "不迟于",
    "最晚",
    "截止日期：",
    "报名截止日为",
    "最后期限是",
)
ENDS = (
    "",
    "。",
    "，过期不补",
    "，一式3份",
    "报送教务处",
    "将名册交至302室",
    "完成第2轮核查",
    "（电子版发邮箱）",
    "上报，合格率须达90%",
    "；联系人李老师，电话0000-6101204",
    "提交不少于1500字的总结",
    "汇总到护理部",
    "送县志办（东楼8层）",
)


@dataclass(frozen=True, kw_only=True)
class Built:
    """A phrase, the day of issue, and the days it was built from."""

    text: str
    anchor: date
    start: date | None
    end: date
    hour: time | None = None


def chinese(number: int) -> str:
    """12 -> 十二, as days and months are written; up to 99."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[str(tens)] + "十") + (DIGITS[str(ones)] if ones else "")


def chinese_year(year: int) -> str:
    return "".join(DIGITS[digit] for digit in str(year))


anchors = st.dates(min_value=date(2005, 1, 1), max_value=date(2026, 6, 30))


@st.composite
def days_ahead(draw: st.DrawFn, most: int = 180) -> tuple[date, date]:
    """A day of issue, and a day up to half a year later: near enough to need no year."""
    anchor = draw(anchors)
    return anchor, anchor + timedelta(days=draw(st.integers(min_value=0, max_value=most)))


@st.composite
def written(draw: st.DrawFn, day: date) -> str:
    """One day, as offices write it."""
    return draw(
        st.sampled_from(
            (
                f"{day.month}月{day.day}日",
                f"{day.month}月{day.day}号",
                f"{day:%m月%d日}",
                f"{day.year}年{day.month}月{day.day}日",
                f"{day.year}年{day:%m月%d日}",
                f"{chinese(day.month)}月{chinese(day.day)}日",
                f"{chinese_year(day.year)}年{chinese(day.month)}月{chinese(day.day)}日",
                f"{day.month}月{day.day}日".translate(WIDE),
                f"{day.year}年{day.month}月{day.day}日".translate(WIDE),
                f"{day:%Y-%m-%d}",
                f"{day.year}.{day.month}.{day.day}",
                f"{day.year}/{day.month}/{day.day}",
            )
        )
    )


@st.composite
def named(draw: st.DrawFn, day: date) -> str:
    """The day, perhaps with its right weekday behind it."""
    weekday = WEEKDAYS[day.weekday()]
    return draw(written(day)) + draw(
        st.sampled_from(
            (
                "",
                "",
                "",
                f"（周{weekday}）",
                f"(星期{weekday})",
                f"（星期{weekday}）",
                f"星期{weekday}",
                f"【周{weekday}】",
                f"（礼拜{weekday}）",
            )
        )
    )


@st.composite
def clause(draw: st.DrawFn, core: str) -> str:
    """A phrase in its surroundings. No list number stands glued to a date of figures alone: nobody could read 2.2012.3.30."""
    figures = core[0].isdigit() and "月" not in core
    beginnings = [words for words in BEGINNINGS if not (figures and words and words[-1] in ".、")]
    return draw(st.sampled_from(beginnings)) + core + draw(st.sampled_from(ENDS))


hours = st.sampled_from(
    (
        ("", None),
        ("", None),
        ("12:00", time(12)),
        ("17：00", time(17)),
        ("15时", time(15)),
        ("16时30分", time(16, 30)),
        ("上午10点", time(10)),
        ("下午5点", time(17)),
        ("下午5:30", time(17, 30)),
        ("下午三点半", time(15, 30)),
        ("中午12点", time(12)),
        ("晚8点", time(20)),
        ("上午九时", time(9)),
        ("下午４时", time(16)),
        ("17点30分", time(17, 30)),
        ("晚上10:30", time(22, 30)),
        ("１８：００", time(18)),
    )
)


@st.composite
def befores(draw: st.DrawFn, *, bare: bool = False) -> Built:
    """A last day: by 前 behind it, or by a word of closing before it."""
    anchor, day = draw(days_ahead())
    when, (spoken, hour) = draw(named(day)), draw(hours)
    blank = " " if spoken and when[-1].isdigit() else ""  # 2012-03-30 17:00
    core = when + blank + spoken + draw(st.sampled_from(("前", "之前", "以前")))
    if not spoken and draw(st.booleans()):
        core = draw(st.sampled_from(CLOSINGS)) + when
    elif when.startswith(f"{day.month}月") and draw(st.booleans()):
        core = draw(st.sampled_from(("今年", "本年度") if day.year == anchor.year else ("明年", "次年"))) + core
    elif draw(st.booleans()):
        core = draw(st.sampled_from(("于", "在", "须于", "应在", "确保"))) + core
    if bare:
        return Built(text=core, anchor=anchor, start=None, end=day, hour=hour)
    return Built(text=draw(clause(core)), anchor=anchor, start=None, end=day, hour=hour)


@st.composite
def windows(draw: st.DrawFn, *, bare: bool = False) -> Built:
    """Two days with anything between them that offices write; the second shortened where that says the same."""
    anchor, start = draw(days_ahead(150))
    end = start + timedelta(days=draw(st.integers(min_value=1, max_value=100)))
    dash = draw(st.sampled_from(DASHES))
    # Beyond the year's end a year on both sides or on none: 次年 and half-given years are the corpus's work.
    both = [f"{start.year}年{start.month}月{start.day}日{dash}{end.year}年{end.month}月{end.day}日"]
    both.append(f"{start.month}月{start.day}日{dash}{end.month}月{end.day}日")
    both.append(f"{chinese(start.month)}月{chinese(start.day)}日{dash}{chinese(end.month)}月{chinese(end.day)}日")
    both.append(both[1].translate(WIDE))
    both.append(f"自{start.month}月{start.day}日起至{end.month}月{end.day}日止")
    both.append(f"从{start.year}年{start.month}月{start.day}日到{end.year}年{end.month}月{end.day}日")
    both.append(f"{start.year}.{start.month}.{start.day}{dash}{end.year}.{end.month}.{end.day}")
    if start.year == end.year:
        both.append(f"{start.year}年{start.month}月{start.day}日{dash}{end.month}月{end.day}日")
    if (start.year, start.month) == (end.year, end.month):
        both.append(f"{start.month}月{start.day}{dash}{end.day}日")
        both.append(f"{start.month}月{start.day}日{dash}{end.day}日")
        both.append(f"{start.year}年{start.month}月{start.day}{dash}{end.day}日")
    core = draw(st.sampled_from(both))
    if bare:
        return Built(text=core, anchor=anchor, start=start, end=end)
    return Built(text=draw(clause(core)), anchor=anchor, start=start, end=end)


@st.composite
def months(draw: st.DrawFn) -> Built:
    """A month, a third of one (旬), the end of one, or a span of such."""
    anchor = draw(anchors)
    first = _month_after(anchor, draw(st.integers(min_value=1, max_value=5)))
    last = _month_after(first, draw(st.integers(min_value=1, max_value=4)))
    year = draw(st.sampled_from(("", f"{first.year}年")))
    name = draw(st.sampled_from((f"{first.month}月", f"{chinese(first.month)}月", f"{first.month} 月")))
    closes = _month_after(first, 1) - timedelta(days=1)
    dash = draw(st.sampled_from(DASHES))
    text, start, end = draw(
        st.sampled_from(
            (
                (f"{year}{name}份", first, closes),
                (f"{year}{name}底前", None, closes),
                (f"{year}{name}底之前", None, closes),
                (f"{year}{name}末以前", None, closes),
                (f"{year}{name}上旬", first, first.replace(day=10)),
                (f"{year}{name}中旬", first.replace(day=11), first.replace(day=20)),
                (f"{year}{name}下旬", first.replace(day=21), closes),
                (f"{year}{name}中下旬", first.replace(day=11), closes),
                (f"{year}{name}中旬{dash}下旬", first.replace(day=11), closes),
                (f"{first.year}年{first.month}月{dash}{last.year}年{last.month}月", first, _last(last)),
                (f"{first.month}月{dash}{last.month}月", first, _last(last)),
                (f"{chinese(first.month)}月{dash}{chinese(last.month)}月", first, _last(last)),
                *_short_spans(first, last, dash),
                (f"{first.month}月中旬{dash}{last.month}月上旬", first.replace(day=11), last.replace(day=10)),
                (f"{first.month}月下旬{dash}{last.month}月底", first.replace(day=21), _last(last)),
            )
        )
    )
    whole = (
        draw(st.sampled_from(("", "拟于", "（一）", "第二阶段：")))
        + text
        + draw(st.sampled_from(("", "，入户核查", "开展互评")))
    )
    return Built(text=whole, anchor=anchor, start=start, end=end)


blanks = st.sampled_from(("", "", " ", "  ", "\n", "\u3000", "\u00a0", "\t"))


@st.composite
def loosened(draw: st.DrawFn) -> Built:
    """A built phrase as it leaves a PDF or a table cell: blanks and line breaks between any two signs but two digits."""
    built = draw(st.one_of(befores(bare=True), windows(bare=True)))
    joints = [left.isdigit() and right.isdigit() for left, right in zip(built.text, built.text[1:], strict=False)]
    text = "".join(sign + ("" if tight else draw(blanks)) for sign, tight in zip(built.text, [*joints, True], strict=True))
    text = text.translate(WIDE) if draw(st.booleans()) else text
    return Built(text=text, anchor=built.anchor, start=built.start, end=built.end, hour=built.hour)


numbers = st.integers(min_value=1, max_value=31)
years = st.integers(min_value=1990, max_value=2030)


@st.composite
def numbered(draw: st.DrawFn) -> str:
    """A clause with numbers and no date: documents, percentages, scores, telephones, rooms, counts, durations, classes."""
    one, two, three, year = draw(numbers), draw(numbers), draw(numbers), draw(years)
    dash = draw(st.sampled_from(("-", "—", "~", "至")))
    clause = draw(
        st.sampled_from(
            (
                f"县教发〔{year}〕{one}号",
                f"卫办函[{year}]{one}{two}号文件",
                f"党字（{year}）第{one}号",
                f"完成率{one}.{two}%",
                f"提高{one}.{two}个百分点",
                f"占{one}%{dash}{one + two}%",
                f"得分{50 + one}{dash}{82 + one}分",
                f"满分{one}0分",
                f"电话0000-{one:02d}{two:02d}{three:02d}{one:02d}",
                f"手机1380{one:02d}{two:02d}{three:03d}",
                f"送行政楼{one}0{two % 10}室",
                f"{one}号楼{two}层会议室",
                f"附件{one}",
                f"每组{one}{dash}{one + two}人",
                f"推荐{one}名，候补{two}名",
                f"一式{one}份",
                f"第{one}条第{two}款",
                f"第{chinese(one)}章",
                f"第{chinese(one)}次党代会",
                f"党的十{chinese(min(one, 9))}大",
                f"{year}级学生",
                f"{year}届毕业生",
                f"{year}年度工作要点",
                f"{year}—{year + 1}学年",
                f"投资{one}.{two}万元",
                f"单价{one}.{two:02d}元",
                f"党龄满{one}年",
                f"不少于{one}学时",
                f"时长{one}分钟",
                f"连续{one}个季度",
                f"比例为{one}:{two}",
                f"共{one}页，第{two}页",
                f"版本V{one}.{two}",
                f"编号{one:02d}{two:02d}{three:02d}{one:02d}{two:02d}",
                f"年龄{20 + one}周岁以下",
                f"字数{one}000{dash}{one + 1}000字",
                f"{one}个支部、{two}名党员",
                f"校庆{one}0周年",
                f"“{chinese(one)}五”规划",
                f"不超过{one}-{one + two}人",
                f"控制在{one}—{one + two}天以内",
                f"学号{year}{one:02d}{two:02d}前三位",
                f"排名前{one}%",
                f"获第{one}名以前的队伍",
                f"{one}-{two}号楼",
                f"{one}—{one + two}岁儿童",
                f"{one}年级{two}班",
                f"高{one}（{two}）班",
                f"表{one}.{two}",
                f"图{one}-{two}",
                f"见第{one}-{one + two}页",
                f"GB/T {one}{two:02d}{three}-{year}",
                f"V{one}.{two}.{three}版",
                f"IP：10.{one}.{two}.{three}",
                f"{one}×{two}厘米",
                f"网址www.example.cn/{year}/{one:02d}{two:02d}/c3a{three}.htm",
                f"邮箱a{year}{one}{two}@example.cn",
                f"身高{one}.{two:02d}米以上",
                f"{one}0元/人",
                f"每月{one}元",
                f"QQ群{one}{year}{two}",
                f"工龄{one}年{two}个月",
                f"邮编4{one:02d}{two:02d}0",
                f"以{one}:{two}获胜",
                f"{one}项指标、{two}条措施",
                f"{year}年以来发展的党员",
                f"{year}年立项的课题",
                f"{year}年{min(one, 12)}月前入职的人员",
                f"身份证号410{year}{one:02d}{two:02d}1234",
            )
        )
    )
    return (
        draw(st.sampled_from(("", "请参照", "根据", "关于", "（一）", "各科室：")))
        + clause
        + draw(st.sampled_from(("", "。", "，请知悉", "，由办公室汇总", "的有关情况")))
    )


@given(befores())
@often
def test_a_last_day_comes_back_however_it_is_written(built: Built) -> None:
    found = read(built.text, built.anchor)

    assert (found.kind, found.start, found.end, found.hour) == ("before", None, built.end, built.hour)
    assert BLOCKING.isdisjoint(found.flags)


@given(windows())
@often
def test_both_days_of_a_window_come_back_however_it_is_written(built: Built) -> None:
    found = read(built.text, built.anchor)

    assert (found.kind, found.start, found.end) == ("window", built.start, built.end)
    assert BLOCKING.isdisjoint(found.flags)


@given(months())
@often
def test_months_and_thirds_of_months_come_back_as_their_days(built: Built) -> None:
    found = read(built.text, built.anchor)

    assert (found.start, found.end) == (built.start, built.end)
    assert BLOCKING.isdisjoint(found.flags)


@given(loosened())
@often
def test_blanks_and_line_breaks_change_nothing(built: Built) -> None:
    found = read(built.text, built.anchor)

    assert (found.start, found.end, found.hour) == (built.start, built.end, built.hour)
    assert BLOCKING.isdisjoint(found.flags)


@given(numbered(), anchors)
@often
def test_numbers_that_are_no_dates_give_none(text: str, anchor: date) -> None:
    found = read(text, anchor)

    assert (found.start, found.end) == (None, None) or not BLOCKING.isdisjoint(found.flags)


@given(numbered(), befores(bare=True))
@often
def test_a_clause_of_numbers_beside_a_deadline_leaves_it_alone(clause: str, built: Built) -> None:
    before = read(f"{clause}，{built.text}完成", built.anchor)
    after = read(f"{built.text}完成，{clause}", built.anchor)

    for found in (before, after):
        assert (found.end, found.hour) == (built.end, built.hour) or not BLOCKING.isdisjoint(found.flags)


@given(windows(bare=True))
@often
def test_a_lost_year_is_asked_for_and_never_guessed(built: Built) -> None:
    found = read(built.text, None)

    has_year = str(built.start.year) in built.text if built.start else False
    assert found.end == built.end if has_year else found.end is None and "no-year" in found.flags


def _month_after(day: date, months: int) -> date:
    """The first day of the month that many months later."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _short_spans(first: date, last: date, dash: str) -> list[tuple[str, date | None, date]]:
    """3—5月 for 3月—5月: only within a year."""
    if first.year != last.year:
        return []
    return [
        (f"{first.month}{dash}{last.month}月", first, _last(last)),
        (f"{first.year}年{first.month}{dash}{last.month}月", first, _last(last)),
        (f"{first.year}年{first.month}月{dash}{last.month}月", first, _last(last)),
    ]


def _last(first: date) -> date:
    return _month_after(first, 1) - timedelta(days=1)
