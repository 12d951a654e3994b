"""More notices as offices leave them: masked years, tables that run into the next year, days that only tell which ones are meant."""

from __future__ import annotations

from datetime import date

from phases.reader.document import Document
from phases.reader.draft import draft
from phases.reader.nouns import Demand, Draft, Stage

_HEAD = "关于规范食堂管理的通知\n各分校：\n"
_FOOT = "\n后勤办\n2019年1月7日\n"


def _read(text: str) -> Draft:
    return draft(Document(text=text))


def _days(stages: tuple[Stage, ...]) -> list[tuple[str, date | None, date | None]]:
    return [(s.name, s.deadline.start if s.deadline else None, s.deadline.end if s.deadline else None) for s in stages]


def _dues(found: tuple[Demand, ...]) -> list[tuple[str, date | None]]:
    return [(d.what, d.deadline.end if d.deadline else None) for d in found if not d.office]


def test_a_year_that_nobody_filled_in_is_no_year_of_the_twenties() -> None:
    text = (
        "食堂管理工作方案\n时间：2022-06-25 09:05:00\n为规范管理，制定本方案。\n一、工作步骤\n活动分两个阶段进行。\n"
        "（一）动员阶段（20*年2月下旬—3月上旬）。各校召开会议。\n（二）检查阶段（20__年3月11日—20__年4月5日）。各校自查。\n"
    )

    assert _days(_read(text).stages) == [("动员阶段", None, None), ("检查阶段", None, None)]


def test_a_table_that_runs_over_new_year_does_not_fall_back_into_the_year_it_began_in() -> None:
    text = (
        "各教学部：\n现将工作进度通知如下。\n阶段 |\n工作内容 |\n计划周期 |\n时间节点 |\n"
        "选题阶段 |\n学员选定题目。 |\n9月中旬~10月底 |\n11月5日前交题目一览表 |\n"
        "初稿阶段 |\n学员写出初稿。 |\n12月上旬~第二年1月中旬 |\n|\n"
        "检测阶段 |\n学员参加检测。 |\n3月中旬-4月中旬 |\n4月30日前交检测结果汇总表 |\n"
        "教务办\n2016年6月20日\n"
    )

    read = _read(text)

    assert _days(read.stages)[-1] == ("检测阶段", date(2017, 3, 11), date(2017, 4, 20))
    assert _dues(read.deliverables) == [("题目一览表", date(2016, 11, 5)), ("检测结果汇总表", date(2017, 4, 30))]


def test_a_stage_that_no_day_could_be_read_of_does_not_hide_the_year_of_those_before_it() -> None:
    text = (
        "关于评优工作的通知\n各分校：\n一、实施步骤\n（一）申报阶段（2018年11月1日-12月20日）。各校申报。\n"
        "（二）公示阶段（1月中旬-3月初）。教务办公示。\n（三）授牌阶段（3月11日-3月20日）。教务办授牌。\n教务办\n2018年6月8日\n"
    )

    assert _days(_read(text).stages)[-1] == ("授牌阶段", date(2019, 3, 11), date(2019, 3, 20))


def test_a_span_before_the_name_of_a_stage_is_a_stage_and_no_last_day() -> None:
    text = (
        "关于轮训工作的通知\n各分校：\n轮训的时间从2005年9月开始，12月底前基本结束。轮训分三个阶段：\n"
        "9月上旬至10月中旬，集中授课阶段；\n10月下旬至11月中旬，分组研讨阶段；\n11月下旬至12月下旬，结业考核阶段。\n"
        "培训办\n2005年8月29日\n"
    )

    read = _read(text)

    assert [days for days in _days(read.stages) if days[0].endswith("阶段")] == [
        ("集中授课阶段", date(2005, 9, 1), date(2005, 10, 20)),
        ("分组研讨阶段", date(2005, 10, 21), date(2005, 11, 20)),
        ("结业考核阶段", date(2005, 11, 21), date(2005, 12, 31)),
    ]
    assert _dues(read.deliverables) == []


def test_the_time_a_sentence_says_of_a_stage_is_the_stages_and_the_rest_is_not_its_name() -> None:
    text = (
        "关于轮训工作的通知\n各分校：\n一、阶段安排\n轮训分两个阶段。第一步：通读教材，时间安排在3月-4月，这一步的重点是授课、讨论两个环节。"
        "第二步：查找问题，时间安排在5月-6月，这一步的重点是开会、写报告两个环节。" + _FOOT
    )

    assert _days(_read(text).stages) == [
        ("通读教材", date(2019, 3, 1), date(2019, 4, 30)),
        ("查找问题", date(2019, 5, 1), date(2019, 6, 30)),
    ]


def test_a_week_of_term_beside_the_days_is_no_part_of_the_name() -> None:
    text = (
        "关于发展学员工作的通知\n各分校：\n一、工作进度表\n1、 3月11日-3月15日(第2周)教务办公示计划\n"
        "2、 3月18日-3月29日(第3-4周)各组初审名单\n3、 4月1日-4月12日(第5-6周)教务办约谈学员\n" + _FOOT
    )

    assert _days(_read(text).stages) == [
        ("教务办公示计划", date(2019, 3, 11), date(2019, 3, 15)),
        ("各组初审名单", date(2019, 3, 18), date(2019, 3, 29)),
        ("教务办约谈学员", date(2019, 4, 1), date(2019, 4, 12)),
    ]


def test_a_day_that_tells_which_tasks_are_looked_at_is_no_last_day() -> None:
    text = _HEAD + "督导的重点是对2019年3月底前应完成任务进展情况的检查。自查表于4月10日前交后勤办。" + _FOOT

    assert _dues(_read(text).deliverables) == [("自查表", date(2019, 4, 10))]


def test_what_the_issuer_itself_plans_is_asked_of_nobody() -> None:
    text = _HEAD + (
        "我局定于2019年第二季度对各分校的食堂开展第三方评估。校领导将于2019年6月，对所联系的分校进行点评。"
        "拟定于2019年3月底召开第二届伙食委员大会。"
    )

    assert _dues(_read(text + _FOOT).deliverables) == []


def test_a_meeting_in_traditional_characters_is_one_too() -> None:
    text = (
        "關於徵集提案的通知\n各分工會：\n擬定於2019年3月底召開第三屆伙食委員大會。"
        "請於3月8日前將提案表報送工會辦公室。\n工會\n2019年1月7日\n"
    )

    assert [due for _, due in _dues(_read(text).deliverables)] == [date(2019, 3, 8)]


def test_the_name_of_a_stage_that_begins_like_handing_in_hands_nothing_in() -> None:
    text = (
        "关于清理评比项目的通知\n各分校：\n清理分为动员部署、上报审核和建章立制三个阶段进行。\n动员部署阶段(2019年3月中旬):各校传达精神。\n"
        "上报审核阶段(2019年4-5月):后勤办对各校拟保留的项目进行初审。\n" + _FOOT
    )

    read = _read(text)

    assert _dues(read.deliverables) == []
    assert ("上报审核阶段", date(2019, 4, 1), date(2019, 5, 31)) in _days(read.stages)


def test_the_summary_of_a_stage_is_still_handed_in() -> None:
    text = _HEAD + "各分校于3月5日前上报第一阶段总结。" + _FOOT

    assert _dues(_read(text).deliverables) == [("第一阶段总结", date(2019, 3, 5))]


def test_the_day_a_file_was_uploaded_is_no_day_of_issue() -> None:
    text = (
        "食堂开放日活动方案\n上传人：厨艺社 2020/2/2 文件大小：15 KB\n各分校：\n"
        "为增进了解，决定举办食堂开放日。请各分校于3月5日前将名单报后勤办。\n"
    )

    assert _read(text).head.issued is None


def test_the_last_day_for_contributions_dates_them() -> None:
    text = _HEAD + "一、投稿办法\n1、截稿时间：2月12日\n2、报送方式：将征文交到后勤办。" + _FOOT

    assert _dues(_read(text).deliverables) == [("征文", date(2019, 2, 12))]


def test_a_number_with_nothing_but_a_span_has_its_name_on_the_line_below() -> None:
    text = (
        _HEAD
        + "三、工作安排\n1.3月12日—3月25日\n学员报名，各校初评。\n2.3月26日—4月10日\n后勤办评审。\n3.4月下旬\n后勤办颁奖。"
        + _FOOT
    )

    assert _days(_read(text).stages) == [
        ("学员报名", date(2019, 3, 12), date(2019, 3, 25)),
        ("后勤办评审", date(2019, 3, 26), date(2019, 4, 10)),
        ("后勤办颁奖", date(2019, 4, 21), date(2019, 4, 30)),
    ]


def test_passing_on_what_was_said_hands_nothing_in() -> None:
    text = _HEAD + "3月15日前各校传达会议精神。" + _FOOT

    assert [(d.what, d.materials) for d in _read(text).deliverables] == [("传达会议精神", ())]


def test_a_last_day_behind_a_heading_of_its_own_is_that_of_what_the_notice_collects() -> None:
    text = (
        "关于征集食堂改进建议的通知\n各分校：\n三、材料提交\n（一）提交时间：3月20日17:00前\n"
        "（二）提交材料：建议书、照片。" + _FOOT
    )

    assert _dues(_read(text).deliverables) == [("食堂改进建议", date(2019, 3, 20))]


def test_under_a_schedule_an_item_that_begins_with_a_span_is_a_stage_though_papers_stand_in_it() -> None:
    text = (
        "文学系上半年党员发展工作安排\n\n一、工作进度安排\n"
        "1、3月9日-3月15日系党总支公示发展计划\n2、3月16日-3月25日各支部整理、上报谈话记录材料\n"
        "3、3月26日-4月10日党总支审核发展对象的材料、逐个谈话\n4、4月11日-4月22日召开接收大会\n\n文学系党总支\n2016年3月1日\n"
    )

    read = draft(Document(text=text))

    assert [s.deadline.end.isoformat() for s in read.stages if s.deadline and s.deadline.end] == [
        "2016-03-15",
        "2016-03-25",
        "2016-04-10",
        "2016-04-22",
    ]
