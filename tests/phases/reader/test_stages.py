"""The stages of a notice: what is one, what is none, and which of the times said is its own."""

from datetime import date

import pytest

from phases.reader.document import Document
from phases.reader.head import head
from phases.reader.nouns import Stage
from phases.reader.outline import outline
from phases.reader.stages import stages

TOP = ("关于开展“清洁校园”活动的通知", "各学院：")
END = ("后勤处", "2014年3月3日")


def read(*lines: str, rows: tuple[int, ...] = (), top: tuple[str, ...] = TOP, end: tuple[str, ...] = END) -> tuple[Stage, ...]:
    shift = len(top)
    built = outline(Document(text="\n".join((*top, *lines, *end)), rows=frozenset(row + shift for row in rows)))
    return stages(built, head(built))


def spans(found: tuple[Stage, ...]) -> list[tuple[str, str, str]]:
    """(name, first day, last day), months and days as 04-01; "" for a side that is open."""
    return [
        (s.name, _day(s.deadline.start if s.deadline else None), _day(s.deadline.end if s.deadline else None)) for s in found
    ]


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat().removeprefix("2014-")


def flags(stage: Stage) -> tuple[str, ...]:
    assert stage.deadline is not None
    return stage.deadline.flags


# Where the time stands


@pytest.mark.parametrize(
    ("line", "span"),
    [
        ("1.宣传发动（3月20日前）。张贴标语。", ("宣传发动", "", "03-20")),
        ("1.宣传发动（4月上旬）。张贴标语。", ("宣传发动", "04-01", "04-10")),
        ("1.宣传发动（4－6月）。张贴标语。", ("宣传发动", "04-01", "06-30")),
        ("1.宣传发动（时间：4月1日—10日）。张贴标语。", ("宣传发动", "04-01", "04-10")),
        ("1.宣传发动：（4月1日—10日）张贴标语。", ("宣传发动", "04-01", "04-10")),
        ("1.宣传发动阶段:4月上旬,各班张贴标语。", ("宣传发动阶段", "04-01", "04-10")),
        ("1.宣传发动阶段:4月10日前,各班张贴标语。", ("宣传发动阶段", "", "04-10")),
        ("1.宣传发动。4月1日至4月10日，张贴标语。", ("宣传发动", "04-01", "04-10")),
        ("1.4月1日—4月10日：宣传发动。", ("宣传发动", "04-01", "04-10")),
        ("1.4月1日—4月10日为宣传发动阶段。张贴标语。", ("宣传发动阶段", "04-01", "04-10")),
        ("1.4月10日前，宣传发动。", ("宣传发动", "", "04-10")),
        ("1.宣传发动。4月10日前，各班张贴标语。", ("宣传发动", "", "04-10")),
        ("1.摸底登记。逐户走访。摸底和登记务必在4月10日前做完。", ("摸底登记", "", "04-10")),
        ("1.宣传发动。张贴标语。这项工作在4月10日前完成。", ("宣传发动", "", "04-10")),
        ("1.宣传发动。张贴标语，此项工作4月10日前完成。", ("宣传发动", "", "04-10")),
        ("1.广泛宣传，精心部署。张贴标语。宣传部署工作于4月10日前完成。", ("广泛宣传，精心部署", "", "")),
        ("1.动员宣传，分片包干。张贴标语。分片包干工作于4月10日前结束。", ("动员宣传，分片包干", "", "04-10")),
    ],
)
def test_time_of_a_step_stands_at_its_head_behind_it_or_in_its_last_sentence(line, span):
    found = read("三、方法步骤", line, "2.检查验收（6月）。逐班检查。")

    assert spans(found)[0] == span
    assert spans(found)[1] == ("检查验收", "06-01", "06-30")


def test_time_on_the_line_below_the_heading():
    found = read(
        "三、实施步骤",
        "（一）动员阶段",
        "时间：3月10日—3月20日",
        "内容：开会。",
        "（二）整治阶段",
        "4月1日至5月15日，清理卫生死角。",
    )

    assert spans(found) == [("动员阶段", "03-10", "03-20"), ("整治阶段", "04-01", "05-15")]


def test_label_with_two_named_spans_gives_two_stages():
    found = read(
        "五、活动内容",
        "(一)第一阶段",
        "主题:讲卫生",
        "时间:班级评比4月-5月(每班一次),年级评比6月中旬",
        "(二)第二阶段",
        "时间:全校评比9月",
    )

    assert spans(found) == [
        ("第一阶段 班级评比", "04-01", "05-31"),
        ("第一阶段 年级评比", "06-11", "06-20"),
        ("第二阶段", "09-01", "09-30"),
    ]


def test_day_for_a_paper_within_a_stage_is_not_the_end_of_the_stage():
    found = read(
        "三、方法步骤",
        "1.自查自纠（3月—4月）。各班逐间检查。4月15日之前将报告交后勤处。",
        "2.整改提高。5月20日前，各班将整改情况报后勤处，并公布结果。",
    )

    assert spans(found) == [("自查自纠", "03-01", "04-30"), ("整改提高", "", "")]


def test_two_closing_days_are_a_question():
    found = read("三、方法步骤", "1.清理教室。这项工作4月10日前完成。这项工作4月20日前完成。", "2.检查（5月）。")

    assert "ambiguous" in flags(found[0])


# What is a stage


@pytest.mark.parametrize("heading", ["方法步骤", "实施步骤", "明确方法步骤和时间安排", "进度安排", "工作步骤及要求"])
def test_undated_step_is_kept_without_a_time(heading):
    found = read(f"三、{heading}", "1.宣传发动（3月20日前）。张贴标语。", "2.检查验收。逐班检查。")

    assert found[1].deadline is None
    assert found[1].quote.text == "2.检查验收。"


def test_stages_of_the_same_month_are_all_kept():
    found = read("三、方法步骤", "1.摸底（4月上旬）。", "2.整改（4月-11月）。", "3.总结（11月）。")

    assert [name for name, _, _ in spans(found)] == ["摸底", "整改", "总结"]


@pytest.mark.parametrize(
    "lines",
    [
        ("二、推进措施", "1、分类实施（3月底前）。各班分类。", "2、抓住关键（4月）。突出重点。"),
        ("二、重点工作", "1.第一季度，抓好学习。", "2.第二季度，抓好整改。"),
        ("二、活动内容", "（一）知识讲座（6月16日）。", "（二）应急演练（6月20日前）。", "（三）观看短片（6月上旬）。"),
        ("二、工作要求", "（一）4月1日—4月10日，各班要高度重视。", "（二）5月底前，各班要上报总结。"),
        ("二、教育管理", "高中阶段（9月）要加强管理，义务教育阶段（3月—7月）要减轻负担。"),
        ("二、评选程序", "（一）确定名单。", "（二）张榜公布。", "（三）报送材料。"),
        ("现阶段（4月）要突出重点，各阶段（4月—6月）工作要衔接好。",),
        ("自查自纠阶段已经结束，下一阶段要突出整改重点，4月底前完成。",),
        ("每月开一次会。4月10日前将名单报后勤处，5月底前完成清理。",),
    ],
)
def test_measures_demands_and_plain_deadlines_are_no_stages(lines):
    assert read(*lines) == ()


def test_measures_below_a_stage_are_its_points_and_no_stages():
    found = read(
        "三、方法步骤",
        "（一）学习动员阶段（3月）",
        "1.开好大会。3月10日前召开。",
        "2.办好专栏。3月20日前出刊。",
        "（二）总结阶段（4月）",
    )

    assert [s.name for s in found] == ["学习动员阶段", "总结阶段"]
    assert found[0].points == ("开好大会", "办好专栏")


def test_steps_and_measures_under_one_heading_are_told_apart():
    found = read(
        "三、方法步骤和工作措施",
        "（一）方法步骤。分两个阶段进行：",
        "1.动员阶段（3月）。开会。",
        "2.整治阶段（4月）。清理。",
        "（二）工作措施。",
        "1.加强教育。",
        "2.加强检查。",
    )

    assert [s.name for s in found] == ["动员阶段", "整治阶段"]


def test_list_of_steps_without_any_time_is_taken_only_if_there_is_no_other():
    dated = ("一、时间安排", "1.动员阶段（3月）。", "2.整治阶段（4月）。")
    steps = ("二、方法步骤", "1.公开承诺。", "2.群众评议。")

    assert [s.name for s in read(*dated, *steps)] == ["动员阶段", "整治阶段"]
    assert [s.name for s in read(*steps)] == ["公开承诺", "群众评议"]


def test_stages_at_the_top_level_need_no_heading_above_them():
    found = read("1、班级自查阶段：（3月—4月）逐间检查。", "2、学校抽查阶段：（4月中下旬）派人抽查。")

    assert spans(found) == [("班级自查阶段", "03-01", "04-30"), ("学校抽查阶段", "04-11", "04-30")]
    assert found[0].quote.text == "1、班级自查阶段：（3月—4月）"


@pytest.mark.parametrize(
    "lines",
    [
        ("第一阶段：动员（即日起至4月10日）。开会。", "第二阶段：整治（4月11日—5月）。清理。"),
        ("第一阶段（即日起至4月10日）：动员。", "第二阶段（4月11日—5月）：整治。"),
        ("分为两步：第一阶段（即日起至4月10日）：动员，第二阶段（4月11日—5月）：整治。",),
    ],
)
def test_numbered_stages_are_called_by_what_follows_the_number(lines):
    assert spans(read("三、时间安排", *lines)) == [("动员", "03-03", "04-10"), ("整治", "04-11", "05-31")]


def test_first_day_of_a_stage_from_now_on_is_open_if_nobody_knows_when_now_is():
    found = read(
        "三、步骤", "1.动员（即日起至4月10日）。", "2.整治（5月）。", end=("后勤处",), top=("2014年清洁校园方案", "各学院：")
    )

    assert spans(found) == [("动员", "", "04-10"), ("整治", "05-01", "05-31")]


def test_stages_in_one_sentence_and_the_last_one_without_a_time():
    found = read("活动分三个步骤，自查阶段（3月15日-4月30日）；督导阶段（5月1日-6月30日）；最后就是总结评估，公布结果。")

    assert spans(found) == [("自查阶段", "03-15", "04-30"), ("督导阶段", "05-01", "06-30"), ("总结评估", "", "")]


def test_last_stage_without_a_time_must_make_up_the_number():
    found = read("活动分五个步骤，自查阶段（3月15日-4月30日）；督导阶段（5月1日-6月30日）；最后就是总结评估，公布结果。")

    assert [s.name for s in found] == ["自查阶段", "督导阶段"]


def test_paragraphs_that_begin_with_a_stage_need_no_numbers():
    found = read(
        "进度如下。",
        "动员部署阶段（3月中旬）：召开会议。3月28日前交表。",
        "清理整顿阶段（4-5月）：逐项清理。",
        "6月为总结阶段。",
    )

    assert spans(found) == [
        ("动员部署阶段", "03-11", "03-20"),
        ("清理整顿阶段", "04-01", "05-31"),
        ("总结阶段", "06-01", "06-30"),
    ]


def test_stages_only_named_in_a_sentence_are_kept_if_their_number_agrees():
    assert [s.name for s in read("检查分自查自纠、督查整改、总结提高三个阶段进行。")] == ["自查自纠", "督查整改", "总结提高"]
    assert read("检查分自查自纠、督查整改、总结提高四个阶段进行。") == ()


def test_table_with_a_column_of_stages():
    found = read(
        "进度安排如下，请各学院照办。",
        "阶段\t时间\t内容",
        "宣传动员\t3月上旬\t开会",
        "学院自评\t3月15日—5月31日\t写报告，5月20日前交",
        "整改\t待定\t落实",
        rows=(2, 3, 4, 5),
    )

    assert spans(found) == [("宣传动员", "03-01", "03-10"), ("学院自评", "03-15", "05-31"), ("整改", "", "")]
    assert flags(found[2]) == ("asked",)


def test_lines_below_a_time_heading_are_stages_if_there_are_two():
    found = read("一、检查时间", "各班自查：3月10日—3月14日", "学校检查：3月17日—3月20日", "二、内容", "卫生。")

    assert spans(found) == [("各班自查", "03-10", "03-14"), ("学校检查", "03-17", "03-20")]


def test_schedule_has_stages_where_it_has_spans_and_not_where_it_lists_what_is_done():
    spanned = read("三、赛程安排", "1.报名时间：3月10日-3月18日", "2.评比时间：3月20日-3月25日")
    listed = read("三、活动安排", "1.3月5日，召开座谈会。", "2.3月7日—8日，举办图片展。", "3.3月30日前，各班上交总结。")

    assert [s.name for s in spanned] == ["报名", "评比"]
    assert listed == ()


# The frame


@pytest.mark.parametrize(
    "lines",
    [
        ("四、活动时间", "3月10日—6月30日"),
        ("四、时间安排：3月10日—6月30日。",),
        ("学校决定于3月10日至6月30日在全校开展清洁校园活动，请照办。",),
        ("四、整治时间", "整治时间为近四个月，从3月10日至6月30日。"),
        ("清洁活动从3月10日开始，6月30日前基本完成，各班要抓紧。",),
    ],
)
def test_frame_of_the_whole_is_marked(lines):
    (found,) = read(*lines)

    assert found.overall
    assert spans((found,))[0][1:] == ("03-10", "06-30")
    assert found.name.endswith("（全程）")


def test_frame_comes_before_the_stages_it_holds():
    found = read("学校决定于3月至6月在全校开展清洁校园活动。", "一、步骤", "1.动员（3月）。", "2.整治（4月—6月）。")

    assert [(s.name, s.overall) for s in found] == [("清洁校园活动（全程）", True), ("动员", False), ("整治", False)]


def test_item_that_spans_all_stages_is_their_frame():
    found = read("四、步骤", "(一)3月至4月为动员阶段。", "(二)5月为检查阶段。", "(三)3月至5月全面开展清洁活动。")

    assert [s.name for s in found if s.overall] == ["全面开展清洁活动"]


@pytest.mark.parametrize(
    "lines",
    [
        ("一、步骤", "1.自查（3月1日—3月31日）。", "2.整改（4月）。", "二、检查时间", "3月17日至3月18日"),
        ("一、宣传工作", "3月，开展学雷锋活动。"),
        ("去年3月至6月在全校开展了清洁活动。",),
        ("一、活动时间", "4月24日"),
    ],
)
def test_span_of_a_part_and_a_single_day_are_no_frame(lines):
    assert not any(stage.overall for stage in read(*lines))


# Damage and years


def test_damaged_times_in_headings_are_questions():
    found = read(
        "二、整治步骤", "(一)宣传阶段(31日至310日)。", "(二)整治阶段(月11日-4月30日)。", "(三)总结阶段(5月1日-5月10)。"
    )

    assert [s.name for s in found] == ["宣传阶段", "整治阶段", "总结阶段"]
    assert all("damaged" in flags(stage) for stage in found)


def test_year_of_an_earlier_stage_carries_over_the_turn_of_the_year():
    found = read("二、步骤", "1.自查阶段（2014年11月—12月）。", "2.整改阶段（1月—2月）。", end=("后勤处",))

    assert spans(found) == [("自查阶段", "11-01", "12-31"), ("整改阶段", "2015-01-01", "2015-02-28")]


def test_explicit_year_wins_over_the_day_of_issue():
    found = read("二、步骤", "1.自查阶段（2015年3月）。", "2.整改阶段（2015年4月）。")

    assert spans(found) == [("自查阶段", "2015-03-01", "2015-03-31"), ("整改阶段", "2015-04-01", "2015-04-30")]


def test_without_any_year_there_are_no_days():
    found = read("二、步骤", "1.自查阶段（3月）。", "2.整改阶段（4月10日前）。", end=("后勤处",))

    assert spans(found) == [("自查阶段", "", ""), ("整改阶段", "", "")]
    assert all("no-year" in flags(stage) for stage in found)


def test_stage_that_was_over_when_the_notice_was_issued_is_a_stage():
    found = read("二、步骤", "1.自查阶段（2月10日—2月28日）。", "2.整改阶段（3月）。")

    assert spans(found)[0] == ("自查阶段", "02-10", "02-28")


def test_years_that_put_the_stages_out_of_order_are_doubted():
    # 184 days lie between 8 May and 8 November, 183 between 9 May and then: only the first is put into the next year.
    found = read("二、步骤", "1.动员阶段（5月8日前）。", "2.检查阶段（5月9日—5月20日）。", end=("后勤处", "2014年11月8日"))

    assert spans(found) == [("动员阶段", "", "2015-05-08"), ("检查阶段", "05-09", "05-20")]
    assert all("ambiguous" in flags(stage) for stage in found)


def test_report_keeps_only_the_stages_that_lie_ahead():
    lines = ("活动2014年1月至2月为学习阶段，各班都学了。", "4月至5月为整改阶段。")

    assert [s.name for s in read(*lines, top=("清洁活动开展情况的通报", "各学院："))] == ["整改阶段"]
    assert [s.name for s in read(*lines)] == ["学习阶段", "整改阶段"]


def test_headings_without_numbers_under_a_heading_without_a_number():
    found = read(
        "整治步骤",
        "动员部署（3月25日前）",
        "召开班会，把责任落实到每一个人。",
        "集中清理（3月26日至4月10日）",
        "清理教室、走廊和宿舍，不留死角。",
        "有关要求",
        "4月20日前把总结交到后勤处，不得迟报。",
    )

    assert spans(found) == [("动员部署", "", "03-25"), ("集中清理", "03-26", "04-10")]


def test_whole_years_one_after_another_are_stages():
    found = read("三、年度任务", "（一）启动年（2014年）。做好规划。", "（二）推进年（2015年）。全面铺开。")
    others = read("三、历年情况", "（一）招生（2011年）。做好规划。", "（二）就业（2015年）。全面铺开。")

    assert spans(found) == [("启动年", "01-01", "12-31"), ("推进年", "2015-01-01", "2015-12-31")]
    assert others == ()


def test_table_that_fell_apart_into_lines_still_has_its_stages():
    found = read(
        "筹备阶段", "3月4日—3月9日", "成立筹备组", "开会阶段", "3月20日", "召开全校班长会", top=("班长会筹备时间表", "请照办。")
    )

    assert spans(found) == [("筹备阶段", "03-04", "03-09"), ("开会阶段", "03-20", "03-20")]


def test_tabs_of_a_plain_text_make_a_table():
    found = read("进度安排如下，请各学院照办。", "阶段\t时间\t内容", "宣传动员\t3月上旬\t开会", "总结\t5月\t验收")

    assert spans(found) == [("宣传动员", "03-01", "03-10"), ("总结", "05-01", "05-31")]


def test_traditional_characters():
    found = read(
        "四、工作步驟",
        "(一)成立組織,制定規劃。",
        "(二)2014年3月至5月為宣傳發動階段。",
        "(三)2014年6月為學校的考核驗收階段。",
    )

    assert spans(found) == [("宣傳發動階段", "03-01", "05-31"), ("考核驗收階段", "06-01", "06-30")]


def test_words_of_a_stage_stand_in_the_notice():
    text = "\n".join((*TOP, "三、方法步骤", "1.宣传发动（3月20日前）。张贴", "2.检查。这项工作5月底前完成。", *END))
    built = outline(Document(text=text))

    for stage in stages(built, head(built)):
        assert text[stage.quote.at : stage.quote.to] == stage.quote.text
        assert stage.section is not None
        assert built.sections[stage.section].heading.startswith(stage.name)


@pytest.mark.parametrize("text", ["", "阶段", "第一阶段", "（3月）" * 3000, "第一阶段（3月）" * 2000, "一是阶段。" * 3000])
def test_junk_is_read_to_its_end(text):
    built = outline(Document(text=text))

    assert all(stage.quote.text for stage in stages(built, head(built)))


# Stages that stand otherwise than in a numbered list


def test_named_steps_each_beside_its_time_in_one_sentence():
    found = read("活动分筹备、推进、收尾三个阶段：4月上旬至5月中旬筹备，5月下旬至9月推进，10月收尾。")

    assert spans(found) == [
        ("筹备", "04-01", "05-20"),
        ("推进", "05-21", "09-30"),
        ("收尾", "10-01", "10-31"),
    ]
    assert found[1].quote.said == "5月下旬至9月推进"


def test_named_steps_with_their_times_in_brackets():
    found = read("活动分筹备（4月上旬）、推进（4月中旬）、收尾（4月下旬至5月）三个环节进行。")

    assert spans(found) == [("筹备", "04-01", "04-10"), ("推进", "04-11", "04-20"), ("收尾", "04-21", "05-31")]


def test_named_steps_with_their_times_on_the_lines_below():
    found = read("清点分初点、复点、入账三步进行。", "初点：4月15日前完成。", "复点：4月16日至5月5日。", "入账：5月底前完成。")

    assert spans(found) == [("初点", "", "04-15"), ("复点", "04-16", "05-05"), ("入账", "", "05-31")]


def test_named_steps_of_which_one_has_no_time_stay_without_times():
    found = read("活动分筹备、推进、收尾三个阶段：4月筹备，5月推进。")

    assert spans(found) == [("筹备", "", ""), ("推进", "", ""), ("收尾", "", "")]


def test_a_count_of_stages_is_no_stage():
    assert read("活动共三个阶段：4月。") == ()


@pytest.mark.parametrize(
    "lines",
    [
        ("9月：清扫。擦净门窗。", "10月：清运。运走杂物。", "11月：绿化。补种树苗。"),
        ("三、工作进度", "● 9月30日前：清扫", "● 10月1日—10月31日：清运", "● 11月：绿化"),
        ("三、实施阶段", "二季度：清扫。擦净门窗。", "三季度：清运。运走杂物。", "四季度：绿化。"),
        ("三、时间步骤", "9月1日至30日，清扫。擦净门窗。", "10月1日至12月31日，清运。", "次年1月，绿化。"),
    ],
)
def test_lines_that_begin_with_a_time_and_a_name_are_stages(lines: tuple[str, ...]):
    found = read(*lines)

    assert [stage.name for stage in found] == ["清扫", "清运", "绿化"]
    assert all(stage.deadline and stage.deadline.end and not stage.overall for stage in found)


@pytest.mark.parametrize(
    "lines",
    [
        ("一、值班安排", "10月1日—3日：办公室", "10月4日—5日：后勤处", "10月6日—8日：保卫处"),
        ("一、日程", "4月18日下午：报到。", "4月19日上午：听报告。", "4月20日上午：选举。"),
        ("二季度，开展清扫日活动。", "三季度，组织清运培训。", "四季度，评比。"),
        ("二、活动安排", "6月1日，举行启动仪式。", "6月上旬，开展清扫竞赛。", "6月下旬，应急演练。"),
    ],
)
def test_rosters_programmes_and_plans_by_the_quarter_have_no_stages(lines: tuple[str, ...]):
    assert read(*lines) == ()


def test_times_with_names_behind_the_heading_of_times():
    found = read("二、评比时间：班级展示9月—10月；年级初评11月上旬；学院决赛11月下旬（另行通知）", "三、奖励", "发奖状。")

    assert spans(found) == [
        ("班级展示", "09-01", "10-31"),
        ("年级初评", "11-01", "11-10"),
        ("学院决赛", "11-21", "11-30"),
    ]


def test_steps_in_one_line_with_their_heading():
    found = read("四、实施步骤第一阶段：（4月1日——4月20日），清扫。擦净门窗。第二阶段（4月21日——5月10日）清运。运走杂物。")

    assert spans(found) == [("清扫", "04-01", "04-20"), ("清运", "04-21", "05-10")]


def test_stages_in_square_brackets():
    found = read("【清扫阶段】4月1日—4月20日。擦净门窗。", "【清运阶段】4月21日—5月10日。运走杂物。")

    assert spans(found) == [("清扫阶段", "04-01", "04-20"), ("清运阶段", "04-21", "05-10")]


def test_the_name_and_behind_a_comma_its_time():
    found = read("具体分为三步：第一步初点，6月1日至6月10日；第二步复点，6月11日至6月22日；第三步入账，6月23日至6月30日。")

    assert spans(found) == [("初点", "06-01", "06-10"), ("复点", "06-11", "06-22"), ("入账", "06-23", "06-30")]


def test_a_table_whose_cells_are_divided_by_blanks():
    found = read(
        "阶段安排",
        "时间      阶段      主要内容",
        "5月6日—5月10日      启动阶段      发倡议",
        "5月11日—5月25日      清扫阶段      擦门窗、拖地",
        "5月26日—5月31日      总结阶段      评优",
    )

    assert spans(found) == [
        ("启动阶段", "05-06", "05-10"),
        ("清扫阶段", "05-11", "05-25"),
        ("总结阶段", "05-26", "05-31"),
    ]


# Which day is the stage's own


def test_the_day_behind_the_heading_is_the_stages_own_and_the_second_that_of_its_paper():
    found = read("二、步骤", "1.清扫。5月10日前，各班擦净门窗。", "2.整改。6月10日前，各班完成整改，6月15日前将报告报后勤处。")

    assert spans(found) == [("清扫", "", "05-10"), ("整改", "", "06-10")]


@pytest.mark.parametrize(
    ("words", "last"),
    [("5月底以前完成书目推荐。", "05-31"), ("5月10日前将名单报后勤处。", ""), ("5月10日前评出先进班级。", "05-10")],
)
def test_a_last_day_before_its_verb_is_the_stages_unless_a_paper_is_handed_in(words: str, last: str):
    found = read("二、步骤", f"1.推荐。{words}", "2.评比。6月。")

    assert spans(found)[0] == ("推荐", "", last)


def test_a_stage_until_an_event_has_no_last_day():
    found = read("三、步骤", "（一）筹备（2014年4月—5月）。印材料。", "（二）争创（2014年6月—全校第五次团代会召开）。评先进。")

    assert spans(found) == [("筹备", "04-01", "05-31"), ("争创", "06-01", "")]
    assert "event" in flags(found[1])


def test_weeks_of_a_term_are_a_time_nobody_here_knows():
    found = read("二、检查安排", "1.自查（第8周—第9周）。", "2.抽查（第10周）。", "3.整改（第11周）。")

    assert spans(found) == [("自查", "", ""), ("抽查", "", ""), ("整改", "", "")]
    assert [stage.deadline.words for stage in found if stage.deadline] == ["第8周-第9周", "第10周", "第11周"]


def test_figures_that_lost_their_words_are_no_time():
    assert read("一、时间安排", "节目征集时间：20143月至5", "节目演出时间：20146月至7") == ()


def test_stages_of_a_report_are_its_history():
    top = ("2013年清洁校园工作总结",)
    end = ("后勤处", "2013年12月28日")

    assert read("第一阶段（3月至5月），清扫，擦窗320扇。", "第二阶段（6月至10月），清运。", top=top, end=end) == ()


def test_a_stage_of_a_report_that_ends_on_its_day_of_issue_is_over():
    top = ("关于清洁校园活动情况的通报", "各学院：")

    found = read("1月1日至3月3日为清扫阶段，擦窗320扇。", "下一步，3月4日至4月30日为清运阶段。", top=top)

    assert spans(found) == [("清运阶段", "03-04", "04-30")]


def test_a_registration_on_the_net_is_a_stage_like_its_neighbours():
    found = read("一、时间安排", "（一）网上报名：4月1日—4月15日", "（二）现场确认：4月16日—4月20日")

    assert [stage.name for stage in found] == ["网上报名", "现场确认"]
