"""Notices as pages and exports really leave them: signatures run into the text, tables one cell a line, headings glued together."""

from __future__ import annotations

from datetime import date

from phases.reader.document import Document
from phases.reader.draft import draft
from phases.reader.nouns import Demand, Draft, Stage

_SPANS = """关于做好本届学员结业作品工作的安排
各班：
本届结业作品工作具体安排如下：
1.2023年3月6日-2023年3月17日，确定作品题目，由导师和学员双向选择。
2.2023年3月20日-2023年4月7日，提交创作提纲。
3.2023年4月10日-2023年5月26日，制作作品。
4.2023年5月29日-2023年6月9日完成装裱布展。
培训部
2023年3月1日
"""


def _read(text: str) -> Draft:
    return draft(Document(text=text))


def _days(stages: tuple[Stage, ...]) -> list[tuple[str, date | None, date | None]]:
    return [(s.name, s.deadline.start if s.deadline else None, s.deadline.end if s.deadline else None) for s in stages]


def _dues(found: tuple[Demand, ...]) -> list[date | None]:
    return [d.deadline.end if d.deadline else None for d in found]


def test_a_signature_that_ran_into_the_last_paragraph_is_the_day_of_issue_though_the_page_was_made_later() -> None:
    text = (
        "关于开展园丁奖推荐工作的通知\n发布日期:2020-11-24 08:10:54\n各分校：\n"
        "园丁奖推荐工作已经启动，现将有关事项通知如下： 一、范围 全体任课教师。 "
        "二、报送 请各分校将推荐表于4月20日之前报送校务办公室。 特此通知 联系人：穆老师 校务办公室 2020年4月6日 |\n"
    )

    read = _read(text)

    assert read.head.issued == date(2020, 4, 6)
    assert read.head.published == date(2020, 11, 24)
    assert _dues(read.deliverables) == [date(2020, 4, 20)]


def test_a_last_day_at_the_end_of_the_text_is_no_day_of_issue() -> None:
    text = (
        "关于征集校史照片的通知\n各分校：\n"
        "为办好校史陈列，现向各分校征集上世纪的老照片和实物，请广泛发动教师和校友积极提供，所捐照片由档案室统一编号登记，"
        "征集活动截止于 2020年4月6日\n"
    )

    assert _read(text).head.issued is None


def test_a_day_behind_the_list_of_enclosures_signs_though_links_of_the_page_follow() -> None:
    text = (
        "关于做好文明校园申报工作的通知\n各中心校：\n请各校认真准备，填好申报表，于11月15日前报督导室。\n"
        "附：《文明校园申报表》\n二00八年十一月三日\n\n相关词条\n\n热门词条\n\n联系我们\n"
    )

    read = _read(text)

    assert read.head.issued == date(2008, 11, 3)


def test_a_timetable_with_days_on_lines_of_their_own_is_no_signature() -> None:
    text = (
        "关于举办秋季运动会的通知\n各班：\n运动会定于下月举行，请做好准备，具体日程如下。\n"
        "开幕时间\n2021年10月9日\n开幕地点\n东操场\n主持人\n体育组\n"
    )

    assert _read(text).head.issued is None


def test_an_old_plan_on_a_sharing_site_does_not_take_the_year_of_its_upload() -> None:
    text = (
        "沙湾中学支部评星工作方案\n\n时间:2021-08-14 23:36:32下载本文作者:会员上传\n\n"
        "为做好支部评星工作，制定本方案。\n\n四、方法步骤\n\n"
        "评星工作从2012年4月9日开始，到4月27日结束。\n1、自评阶段（4月9日-4月13日）。各支部自评。\n"
        "2、互评阶段（4月16日-4月27日）。支部之间互评。\n"
    )

    read = _read(text)

    assert read.head.issued is None
    assert [(first, last) for _, first, last in _days(tuple(s for s in read.stages if not s.overall))] == [
        (date(2012, 4, 9), date(2012, 4, 13)),
        (date(2012, 4, 16), date(2012, 4, 27)),
    ]


def test_a_page_line_stays_the_day_of_issue_if_the_text_speaks_of_a_year_to_come() -> None:
    text = (
        "柳溪县村级阵地建设推进情况\n作者：县委组织部 发布时间：2013-05-20 10:21:33\n\n"
        "今年以来，全县把村级阵地建设作为大事来抓，力争2014年6月底前全部建成。\n"
    )

    assert _read(text).head.issued == date(2013, 5, 20)


def test_items_that_each_begin_with_a_span_are_stages_without_a_heading_that_says_so() -> None:
    assert [days[1:] for days in _days(_read(_SPANS).stages)] == [
        (date(2023, 3, 6), date(2023, 3, 17)),
        (date(2023, 3, 20), date(2023, 4, 7)),
        (date(2023, 4, 10), date(2023, 5, 26)),
        (date(2023, 5, 29), date(2023, 6, 9)),
    ]


def test_items_of_which_only_some_begin_with_a_span_are_no_stages() -> None:
    text = _SPANS.replace("3.2023年4月10日-2023年5月26日，制作作品。", "3.作品一律用宣纸，尺寸不限。")

    assert not _read(text).stages


def test_stages_glued_to_their_heading_are_found_with_the_names_behind_their_brackets() -> None:
    text = (
        "关于开展校园植绿活动的实施方案\n各班：\n为美化校园，制定本方案。\n"
        "四、实施步骤第一阶段：（3月1日―――3月20日），宣传动员。学校召开动员会。"
        "第二阶段（3月21日―――4月10日）栽植养护。各班分片包干。第三阶段（4月11日―――5月20日）评比总结。\n总务处\n2011年2月25日\n"
    )

    assert _days(_read(text).stages) == [
        ("宣传动员", date(2011, 3, 1), date(2011, 3, 20)),
        ("栽植养护", date(2011, 3, 21), date(2011, 4, 10)),
        ("评比总结", date(2011, 4, 11), date(2011, 5, 20)),
    ]


def test_bracketed_numbers_glued_to_their_heading_begin_parts() -> None:
    text = (
        "学校读书月活动方案\n各班：\n为营造书香校园，制定本方案。\n"
        "三、活动内容（一）发动阶段（4月1日-4月9日）各班出一期板报。（二）实施阶段（4月10日-4月25日）各班开展读书交流。\n2022年3月28日\n"
    )

    assert _days(_read(text).stages) == [
        ("发动阶段", date(2022, 4, 1), date(2022, 4, 9)),
        ("实施阶段", date(2022, 4, 10), date(2022, 4, 25)),
    ]


_STACKED = """各教学单位：
现将作品展筹备进度表印发给你们，请遵照执行。
阶段 |
工作内容 |
计划周期 |
时间节点 |
选材阶段 |
各班确定参展作品，并报指导教师审核。 |
3月中旬~3月底 |
3月31日前交参展目录 |
布展阶段 |
分片布置展位，
调试灯光。 |
4月上旬~4月中旬 |
|
展出阶段 |
安排讲解员，维持秩序。 |
5月 |
|
美术馆
2016年3月2日
"""


def test_a_table_written_one_cell_a_line_gives_its_stages() -> None:
    assert _days(_read(_STACKED).stages) == [
        ("选材阶段", date(2016, 3, 11), date(2016, 3, 31)),
        ("布展阶段", date(2016, 4, 1), date(2016, 4, 20)),
        ("展出阶段", date(2016, 5, 1), date(2016, 5, 31)),
    ]


def test_an_empty_last_day_beside_a_column_of_spans_is_not_the_one_above() -> None:
    read = _read(_STACKED)

    assert _dues(read.deliverables) == [date(2016, 3, 31)]


def test_every_quote_of_a_table_written_one_cell_a_line_stands_in_the_file() -> None:
    read = _read(_STACKED)

    assert all(stage.quote.text in _STACKED for stage in read.stages)


def test_rows_divided_by_bars_on_one_line_are_a_table() -> None:
    text = (
        "各班：\n现将作品展安排印发给你们，请遵照执行。\n"
        "| 阶段 | 时间 | 要求 |\n| 选材阶段 | 3月10日-3月31日 | 每班两件 |\n"
        "| 布展阶段 | 4月1日-4月20日 | 分片负责 |\n美术馆\n2016年3月2日\n"
    )

    assert _days(_read(text).stages) == [
        ("选材阶段", date(2016, 3, 10), date(2016, 3, 31)),
        ("布展阶段", date(2016, 4, 1), date(2016, 4, 20)),
    ]


def test_a_span_whose_end_lost_its_unit_has_no_end() -> None:
    text = (
        "关于征集社团项目的通知\n各社团：\n现征集社团项目。\n一、时间安排\n征集时间：2021年10月13日至10月28日。\n"
        "开展时间：2021年11月至12\n团委\n2021年10月11日\n"
    )

    ends = [s.deadline.end for s in _read(text).stages if s.deadline]

    assert date(2021, 11, 30) not in ends


def test_the_month_a_paper_tells_of_is_not_when_it_is_due() -> None:
    text = "关于报送报表的通知\n各单位：\n请各单位填报12月报表，并将11月份工作情况报统计科。\n统计科\n2018年1月8日\n"

    read = _read(text)

    assert [day for day in _dues(read.deliverables) if day] == []


def test_a_paper_that_a_superior_sent_out_in_a_month_is_history() -> None:
    text = (
        "关于做好下乡活动总结工作的通知\n各团总支：\n2025年6月，学校党委下发《关于开展下乡活动的通知》，组织开展下乡活动。"
        "请各团总支于9月15日前将总结报送团委办公室。\n"
    )

    assert _dues(_read(text).deliverables) == [date(2025, 9, 15)]


def test_a_group_of_the_units_spoken_to_is_no_office() -> None:
    text = (
        "关于开展期初检查的通知\n各院部：\n"
        "3月2日开课后，由院部检查小组按上述内容进行检查，并于3月12日前上报自查情况。\n教务处\n2015年2月27日\n"
    )

    assert _dues(_read(text).deliverables) == [date(2015, 3, 12)]


def test_a_number_behind_blanks_that_were_a_line_end_begins_a_part() -> None:
    text = (
        "文明餐桌行动方案\n发布时间：2018-07-10 12:16:46 点击：8\n各校：\n为倡导节约，制定本方案。\n"
        "三、活动安排         （一）第一阶段（7月下旬至8月中旬）         1.召开动员会，发出倡议。\n"
        "2.各校张贴标语。\n（二）第二阶段（8月下旬至9月中旬）         1.开学第一课讲节约。\n"
    )

    assert [days[1:] for days in _days(_read(text).stages)] == [
        (date(2018, 7, 21), date(2018, 8, 20)),
        (date(2018, 8, 21), date(2018, 9, 20)),
    ]


def test_a_span_whose_beginning_lost_its_month_is_not_read_as_its_last_day() -> None:
    text = (
        "关于开展书香月工作的通知\n时间：2023-10-06 点击：10\n各班：\n现就书香月有关事项通知如下：\n二、实施步骤\n"
        "（一）宣传动员阶段（107~1010日）\n各班制定计划。\n（二）组织实施阶段（1011~1027日）\n各班开展活动。\n"
    )

    assert [days[1:] for days in _days(_read(text).stages)] == [(None, None), (None, None)]


def test_the_end_of_a_rhythm_is_no_deadline() -> None:
    text = "关于报送治理情况的通知\n各镇：\n自4月起，各镇于每月5日前报送上月治理情况，至年底结束。\n治理办\n2019年2月18日\n"

    assert _dues(_read(text).deliverables) == []


def test_a_day_that_is_over_tells_which_ones_are_meant() -> None:
    text = (
        "关于核查托管机构的通知\n各镇：\n2018年12月底以前登记在册的托管机构要逐家核对。"
        "核对情况于3月15日前报治理办。\n治理办\n2019年2月18日\n"
    )

    assert _dues(_read(text).deliverables) == [date(2019, 3, 15)]


def test_what_the_school_itself_will_hold_this_year_is_no_deliverable_of_a_branch() -> None:
    text = "商贸分院组织建设方案\n为加强建设，制定本方案。\n3、学校今年下半年召开首次教代会，分院要做好准备。\n商贸分院\n2012年3月23日\n"

    assert _dues(_read(text).deliverables) == []


def test_months_that_a_list_of_contents_tells_of_are_no_deadline() -> None:
    text = (
        "关于报送上半年总结的通知\n各科室：\n请认真总结，形成书面材料，于7月4日前报院办。"
        "内容包括：1至6月任务完成情况、存在问题、下半年打算。\n院办\n2014年6月26日\n"
    )

    assert _dues(_read(text).deliverables) == [date(2014, 7, 4)]


def test_short_work_at_the_end_of_a_sentence_has_its_day() -> None:
    text = "关于制度修订工作的通知\n各系：\n7月10日前完成初稿，9月20日前定稿。每系派一支队伍，5月10日前报名。\n院办\n2013年3月5日\n"

    assert _dues(_read(text).deliverables) == [date(2013, 7, 10), date(2013, 9, 20), date(2013, 5, 10)]
