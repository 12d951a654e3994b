"""What a notice asks of whom: one awkward way of writing a test."""

from __future__ import annotations

from datetime import date

import pytest

from phases.reader.demands import demands
from phases.reader.document import Document
from phases.reader.draft import draft
from phases.reader.head import head
from phases.reader.nouns import Demand
from phases.reader.outline import outline
from phases.reader.recurring import rule_words
from phases.reader.stages import stages

TITLE = "关于做好年度工作的通知"


def asked(*lines: str, to: str = "各党总支、直属党支部", by: str = "党委组织部", title: str = TITLE) -> tuple[Demand, ...]:
    """What a notice of 5 March 2012 with these paragraphs asks, without what is past or superseded."""
    text = "\n".join((title, f"{to}：", *lines, by, "2012年3月5日"))
    built = outline(Document(text=text))
    top = head(built)
    return demands(built, top, stages(built, top))


def only(*lines: str, to: str = "各党总支、直属党支部", by: str = "党委组织部") -> Demand:
    """The one demand of such a notice."""
    found = asked(*lines, to=to, by=by)
    assert len(found) == 1, [d.what for d in found]
    return found[0]


def due(demand: Demand) -> date | None:
    return demand.deadline.end if demand.deadline else None


def test_a_paper_with_what_goes_along_with_it_is_one_demand_with_three_materials():
    demand = only(
        "各党总支于4月6日前，将工作方案，连同自评汇总表、问题清单，报活动办公室（党委组织部），同时将电子版发至zzb@example.edu.cn。"
    )

    assert demand.what == "工作方案、自评汇总表、问题清单"
    assert demand.materials == ("工作方案", "自评汇总表", "问题清单")
    assert demand.who == ("各党总支",)
    assert demand.to == "活动办公室（党委组织部）"
    assert demand.ways == ("电子邮件",)
    assert due(demand) == date(2012, 4, 6)


@pytest.mark.parametrize(
    ("sentence", "what", "to", "day"),
    [
        (
            "请将年度总结一式两份于3月20日前交至党委组织部（主楼305室）。",
            "年度总结",
            "党委组织部（主楼305室）",
            date(2012, 3, 20),
        ),
        ("承诺书请于3月20日前上缴院办公室。", "承诺书", "院办公室", date(2012, 3, 20)),
        ("请于3月20日前上报总结和评优材料。", "总结和评优材料", None, date(2012, 3, 20)),
        (
            "述职报告、《党员评议表》于3月20日前报党委组织部备案。",
            "述职报告、《党员评议表》",
            "党委组织部",
            date(2012, 3, 20),
        ),
        ("认真填写《换届情况表》，并于3月20日前报送组织科审核。", "《换届情况表》", "组织科", date(2012, 3, 20)),
        ("3月20日（周二）下班前将台账（见附件）送组织科。", "台账", "组织科", date(2012, 3, 20)),
        ("向党委组织部报送工作计划（3月20日前）。", "工作计划", "党委组织部", date(2012, 3, 20)),
        ("请于3月20日前通过电话反馈收据发放情况。", "收据发放情况", None, date(2012, 3, 20)),
    ],
)
def test_papers_are_handed_in_by_many_verbs(sentence: str, what: str, to: str | None, day: date):
    demand = only(sentence)

    assert (demand.what, demand.to, due(demand)) == (what, to, day)


def test_two_papers_of_one_sentence_keep_their_own_days():
    found = asked("各学院教学计划3月10日前、听课记录4月1日前交教务处。", to="各学院", by="教务处")

    assert [(d.what, due(d), d.to) for d in found] == [
        ("教学计划", date(2012, 3, 10), "教务处"),
        ("听课记录", date(2012, 4, 1), "教务处"),
    ]


def test_each_verb_has_its_own_day_and_the_recipient_at_the_end_is_shared():
    found = asked("请于3月12日前报培训计划、于3月26日前报自查总结至教务处。", to="各学院", by="教务处")

    assert [(d.what, due(d), d.to) for d in found] == [
        ("培训计划", date(2012, 3, 12), "教务处"),
        ("自查总结", date(2012, 3, 26), "教务处"),
    ]


def test_days_said_separately_go_to_the_papers_in_their_order():
    found = asked(
        "各单位认真撰写工作总结及工作提纲。以上两份材料分别于4月10日和4月25日以前送交办公室。", to="各单位", by="办公室"
    )

    assert [(d.what, due(d)) for d in found if d.to] == [("工作总结", date(2012, 4, 10)), ("工作提纲", date(2012, 4, 25))]


def test_days_said_separately_of_papers_nobody_can_count_are_a_question():
    found = asked("有关材料分别于4月10日和4月25日以前送交办公室。", to="各单位", by="办公室")

    assert [("ambiguous" in d.deadline.flags) for d in found if d.deadline] == [True]


def test_a_form_of_a_paper_is_that_paper():
    demand = asked(
        "请各科室逐项自查，形成报告。3月28日之前将纸质版报送医务科，电子版发送ywk@example.com。", to="各科室", by="医务科"
    )[-1]

    assert demand.what == "自查报告（纸质版、电子版）"
    assert demand.materials == ("自查报告",)
    assert demand.ways == ("纸质", "电子邮件")
    assert due(demand) == date(2012, 3, 28)


def test_paper_and_electronic_copy_with_different_days_are_two_demands():
    found = asked("请将《登记表》纸质版于3月20日前交组织科，电子版于3月23日前发至zzk@example.com。")

    assert [(due(d), d.materials) for d in found] == [
        (date(2012, 3, 20), ("《登记表》",)),
        (date(2012, 3, 23), ("《登记表》",)),
    ]


def test_a_superior_that_passes_papers_on_owes_them_itself():
    found = asked("各党总支于3月27日前将定级表报组织部。组织部汇总后于3月30日前报学校党委。", by="组织部")

    assert [(d.office, due(d)) for d in found] == [(False, date(2012, 3, 27)), (True, date(2012, 3, 30))]


def test_a_section_named_like_an_office_owes_what_it_sends_to_the_issuer():
    demand = only("门诊部每月5日前将投诉情况报医务科。", to="各科室", by="医务科")

    assert not demand.office
    assert demand.who == ("门诊部",)
    assert demand.deadline is not None
    assert demand.deadline.every is not None


def test_a_time_in_a_sentence_of_its_own_dates_the_paper_next_to_it():
    found = asked("一、时间：3月15日前", "二、要求：请如实填写《情况统计表》，并传真至服务中心。")

    assert [(d.what, due(d)) for d in found] == [("《情况统计表》", date(2012, 3, 15))]


def test_a_closing_day_without_any_verb_is_of_the_papers_named_before():
    found = asked("1.论文材料一式三份，A4纸打印。", "2.每个总支至少一篇。截止时间5月7日。")

    assert [(d.what, due(d)) for d in found if d.deadline] == [("论文材料", date(2012, 5, 7))]


def test_groups_with_closing_days_of_their_own_are_told_apart():
    found = asked("一、征文时间", "教工组截止时间4月10日，学生组截止时间5月10日。", title="关于开展主题征文活动的通知")

    assert [(d.what, due(d)) for d in found] == [
        ("主题征文（教工组）", date(2012, 4, 10)),
        ("主题征文（学生组）", date(2012, 5, 10)),
    ]


def test_a_form_of_nothing_named_is_one_of_what_the_title_is_about():
    (demand,) = asked("以支部为单位于3月20日前将电子版发送至宣传部。", title="关于开展主题征文活动的通知")

    assert demand.what == "主题征文（电子版）"


def test_a_sentence_that_goes_on_keeps_the_day_of_the_one_before():
    found = asked("3月30日前，各支部完成自评，撰写书面报告。并将以上材料报送学院党委。", by="学院党委")

    assert [(d.what, due(d)) for d in found] == [("完成自评", date(2012, 3, 30)), ("自评报告", date(2012, 3, 30))]


def test_what_is_done_after_a_meeting_has_not_the_day_of_the_meeting():
    found = asked("各支部3月16日前召开专题会议，会后将会议记录报组织部。", by="组织部")

    assert [(d.what, due(d)) for d in found] == [("会议记录", None), ("召开专题会议", date(2012, 3, 16))]


def test_a_paper_without_a_day_has_none():
    demand = only("各支部要及时将活动开展情况报送组织部。", by="组织部")

    assert demand.materials == ("活动开展情况",)
    assert due(demand) is None
    assert demand.deadline is not None
    assert "vague" in demand.deadline.flags


@pytest.mark.parametrize(
    "sentence",
    [
        "逾期不报送的，视为自动放弃。",
        "各总支已上报了整改方案。",
        "现将《实施方案》印发给你们，请认真贯彻落实。",
        "要认真做好总结材料上报工作。",
        "报送方式：电子邮件。",
        "今年3月份以来，各总支认真开展了调查摸底。",
        "未按时上报材料的支部不得参评。",
        "要充分发挥战斗堡垒作用，以优异成绩迎接大会胜利召开。",
        "根据省委组织部2012年2月10日会议精神，结合学校实际开展活动。",
        "听取汇报、查看材料、反馈意见。",
    ],
)
def test_background_and_rules_ask_for_no_paper(sentence: str):
    assert [d for d in asked(sentence) if d.status == "binding"] == []


@pytest.mark.parametrize(
    ("sentence", "what", "day"),
    [
        ("4月底前，各支部要完成自评及测评工作。", "完成自评及测评工作", date(2012, 4, 30)),
        ("换届选举工作务必于4月底前全部完成。", "完成换届选举工作", date(2012, 4, 30)),
        ("各支部在3月底前召开组织生活会。", "召开组织生活会", date(2012, 3, 31)),
        ("自即日起至3月26日，各部门要组织一次全面自查。", "组织一次全面自查", date(2012, 3, 26)),
        ("对在校党员，在3月底前要确保收据发放到位。", "收据发放到位", date(2012, 3, 31)),
    ],
)
def test_dated_work_needs_no_recipient(sentence: str, what: str, day: date):
    demand = only(sentence)

    assert (demand.what, due(demand), demand.office) == (what, day, False)


def test_this_work_takes_the_heading_it_stands_under():
    demand = asked("一、接转组织关系", "请认真审核材料。请各单位在3月30日前完成此项工作。", to="各单位")[-1]

    assert demand.what == "完成接转组织关系"


def test_two_days_of_one_work_are_two_demands():
    found = asked("学校安全工作小组于3月29日和3月30日对各部门进行抽查。", to="各部门", by="保卫处")

    assert [(due(d), d.office) for d in found] == [(date(2012, 3, 29), True), (date(2012, 3, 30), True)]


def test_the_end_of_a_stage_is_its_line_and_no_work_of_its_own():
    found = asked(
        "一、方法步骤",
        "1.调查摸底，分类定级。各总支要摸清底数。分类定级工作于3月30日前完成。",
        "2.对标整改，晋位升级。抓好整改落实。这项工作在5月底前完成。3月20日前将整改表报组织部。",
    )

    assert [(d.what, due(d)) for d in found if d.deadline] == [("整改表", date(2012, 3, 20))]


@pytest.mark.parametrize(
    ("sentence", "who"),
    [
        ("组织部将于9月中旬进行抽查。", ("组织部",)),
        ("学校党校每半年对书记进行一次集中培训。", ("学校党校",)),
        ("4月10日至15日，校党委考核组对各支部进行检查。", ("校党委考核组",)),
        ("定于4月20日召开总结表彰大会。", ()),
    ],
)
def test_what_an_office_will_do_is_not_owed_by_the_units(sentence: str, who: tuple[str, ...]):
    demand = only(sentence)

    assert demand.office
    assert demand.who == who


def test_a_new_day_leaves_the_old_one_superseded():
    found = asked("原定各校于3月20日前完成整改。考虑到实际情况，各校最迟可于3月30日前按方案完成整改。", to="各校", by="教育局")

    assert [(d.status, due(d)) for d in found] == [("superseded", date(2012, 3, 20)), ("binding", date(2012, 3, 30))]


def test_a_line_that_is_moved_belongs_to_the_paper_it_names():
    found = asked(
        "上次通知要求各校在3月20日前报送排查台账。",
        "一、排查台账的报送时间由原定的3月20日前延至4月5日前。",
        to="各校",
        by="教育局",
    )

    assert [(d.what, d.status, due(d)) for d in found] == [
        ("排查台账", "superseded", date(2012, 3, 20)),
        ("排查台账", "binding", date(2012, 4, 5)),
    ]


def test_months_in_a_part_headed_by_a_later_year_are_of_that_year():
    found = asked(
        "一、年度任务",
        "（一）启动年（2012年）。6月底前各校上报需求表。",
        "（二）攻坚年（2014年）。6月底前各校上报总结。",
        to="各校",
    )

    assert [due(d) for d in found] == [date(2012, 6, 30), date(2014, 6, 30)]


def test_a_planned_day_is_tentative():
    demand = only("拟于4月中旬召开评审会。")

    assert demand.status == "tentative"


def test_what_was_done_binds_nobody():
    found = asked("我局于2月11日召开了部署会。", by="教育局")

    assert [d for d in found if d.status == "binding"] == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("每学期召开一次党员大会，每月召开一次支委会。", [("党员大会", "every term"), ("支委会", "monthly")]),
        ("党支部党员大会每三个月召开一次。", [("党支部党员大会", "every 3 months")]),
        ("要安排每月一次民主生活会。", [("民主生活会", "monthly")]),
        ("依托每周的例会加强学习。", [("例会", "weekly")]),
        ("每年要按照5%-10%的比例进行倒查。", [("倒查", "yearly")]),
        ("每年按照一定程序对立项项目组织考评验收。", [("立项项目考评验收", "yearly")]),
        ("各支部书记每年讲党课不少于2次。", [("讲党课", "twice a year")]),
        ("书记每半年向党总支述职一次。", [("述职", "every half year")]),
        (
            "做到“月检查、季通报、半年点评、年底考评”。",
            [("检查", "monthly"), ("通报", "quarterly"), ("点评", "every half year"), ("考评", "yearly, at year end")],
        ),
    ],
)
def test_what_recurs_has_a_short_name_and_a_rule(sentence: str, expected: list[tuple[str, str]]):
    found = asked(sentence)

    assert [(d.what, rule_words(d.deadline)) for d in found if d.deadline] == expected


def test_those_who_are_trained_stand_before_both_frequencies():
    found = asked("学校党校对支部书记每半年进行一次集中培训，每年组织参加一次实践活动。")

    assert [d.what for d in found] == ["支部书记集中培训", "支部书记实践活动"]
    assert [d.quote.said for d in found] == ["每半年进行一次集中培训", "每年组织参加一次实践活动"]


def test_a_meeting_held_regularly_has_no_interval():
    demand = only("各总支要定期召开所辖的支部点评会。")

    assert demand.what == "支部点评会"
    assert demand.deadline is not None
    assert "vague" in demand.deadline.flags
    assert rule_words(demand.deadline) == "regularly (no interval given)"


def test_regular_practices_in_a_list_of_rules_are_none():
    assert asked("健全流动党员管理服务、党性定期分析制度，促进公开承诺、定期反馈等做法规范化。") == ()


@pytest.mark.parametrize(
    ("sentence", "quantities"),
    [
        ("每个党支部至少建立一项务实管用的制度。", (("务实管用的制度", 1, None),)),
        ("在全院建立1-2个示范岗，2-3个示范寝室。", (("示范岗", 1, 2), ("示范寝室", 2, 3))),
        ("每个学院推荐优秀团队2-3个。", (("优秀团队", 2, 3),)),
        ("各支部举办专题讲座不少于3场。", ()),
    ],
)
def test_how_many_are_wanted(sentence: str, quantities: tuple[tuple[str, int, int | None], ...]):
    found = asked(sentence)

    assert tuple(q for d in found for q in d.quantities) == quantities


def test_a_limit_is_no_quantity_of_work():
    assert asked("学生党支部党员人数原则上不超过20人，先进比例控制在20%以内。") == ()


def test_a_demand_on_branches_of_one_grade_says_so():
    demand = only("每个一般党支部都要在本单位选择一个先进党支部。")

    assert demand.grades == ("一般",)
    assert demand.who == ("每个一般党支部",)


def test_a_paper_to_be_written_and_kept_is_work_with_its_details():
    demand = only("一般党支部要制定公开承诺书，明确目标、措施、时限等内容。")

    assert demand.what == "制定公开承诺书"
    assert demand.grades == ("一般",)
    assert demand.details == ("目标", "措施", "时限")


def test_a_demand_on_branches_of_one_kind_says_so():
    demand = only("离退休党支部于3月20日前报送慰问名单。")

    assert demand.branch_kinds == ("离退休",)


def test_something_before_an_event_waits_for_its_day():
    demand = only("七一表彰大会召开前，各支部要对承诺情况进行点评。")

    assert demand.deadline is not None
    assert demand.deadline.event is not None
    assert "表彰大会" in demand.deadline.event
    assert due(demand) is None


def test_an_item_with_named_owners_is_work_under_its_heading():
    found = asked(
        "（一）基础工程", "1、优化支部设置。总支下设两个支部。（责任人：李明、王芳）", "2、开展业务培训。（责任人：赵强）"
    )

    assert [(d.what, d.owners) for d in found] == [("优化支部设置", ("李明", "王芳")), ("开展业务培训", ("赵强",))]


def test_owners_of_a_part_own_what_it_asks():
    demand = only("1、组织生活。每月召开一次支委会。（责任人：李明）")

    assert demand.owners == ("李明",)


def test_a_unit_that_leads_owes_it_and_one_that_helps_is_a_detail():
    demand = only("1、整改工作。8月底前完成整改任务。牵头单位：护理部；配合单位：医务科", to="各科室", by="医院党委")

    assert demand.who == ("护理部",)
    assert demand.details == ("配合：医务科",)


def test_a_row_of_a_table_is_a_demand():
    text = "\n".join(
        (
            TITLE,
            "各总支：",
            "具体安排如下：",
            "序号\t材料名称\t报送时限\t报送单位\t接收部门",
            "1\t自评总结\t3月20日前\t各总支\t组织部",
            "2\t整改台账\t\t各总支\t组织部",
            "3\t组织抽查\t4月中旬\t组织部\t",
            "党委组织部",
            "2012年3月5日",
        )
    )
    built = outline(Document(text=text, rows=frozenset({4, 5, 6, 7})))
    found = demands(built, head(built), ())

    assert [(d.what, due(d), d.to, d.office) for d in found] == [
        ("自评总结", date(2012, 3, 20), "组织部", False),
        ("整改台账", date(2012, 3, 20), "组织部", False),
        ("组织抽查", date(2012, 4, 20), None, True),
    ]


def test_a_damaged_day_is_a_proposal_only():
    demand = only("务必于617前,按要求上报总结材料。")

    assert demand.deadline is not None
    assert "damaged" in demand.deadline.flags


def test_traditional_characters_are_read_and_quoted_as_they_stand():
    demand = only("請各總支於3月20日前,將總結報告報送組織部。", to="各總支", by="組織部")

    assert (demand.what, demand.to, due(demand)) == ("總結報告", "組織部", date(2012, 3, 20))


def test_quotes_stand_in_the_file_where_they_say():
    text = f"{TITLE}\n各总支：\n请认真总结全年的工作，于3月20日前，\n将工作总结报组织部。\n组织部\n2012年3月5日\n"
    built = outline(Document(text=text))

    (demand,) = demands(built, head(built), ())

    assert text[demand.quote.at : demand.quote.to] == demand.quote.text
    assert demand.quote.line == 3


def test_a_long_run_of_junk_is_read_in_time_and_asks_nothing():
    assert asked("报送各党支部、" * 20_000) == ()


def test_a_plan_that_is_a_paper_is_no_tentative_day() -> None:
    read = draft(
        Document(text="关于报送材料的通知\n\n各党支部：\n\n各党支部的学习计划于3月20日前报组织部。\n\n组织部\n2012年3月1日\n")
    )

    assert [(d.status, d.deadline.end if d.deadline else None) for d in read.deliverables] == [("binding", date(2012, 3, 20))]
