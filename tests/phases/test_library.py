"""The five ready-made campaigns say what the five notices say: windows, papers, quantities, frequencies, owners, targets."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files

import pytest

from phases.compile import compile_definition
from workflow.model import Campaign, Every, Phase, Quantity, Task, Way

NAMES = ("d0", "d1", "d2", "d3", "d4")
SURVEY, ORGANISE, BENCHMARK, EXEMPLAR = "调查摸底，分类定级", "健全组织，理顺关系", "对标整改，晋位升级", "学习先进，创先争优"
RECTIFY, APPRAISE = "整改提高，晋位升级", "考评总结，评先表优"
FOUR_GRADES = ("先进", "较好", "一般", "后进")


@pytest.mark.parametrize("name", NAMES)
def test_every_campaign_of_the_library_compiles(name: str):
    campaign = compiled(name)

    assert campaign.tasks
    assert campaign.questions


@pytest.mark.parametrize("name", NAMES)
def test_first_line_tells_the_editor_which_schema_to_use(name: str):
    assert text_of(name).splitlines()[0] == "# yaml-language-server: $schema=campaign.schema.json"


@pytest.mark.parametrize(
    ("name", "issued", "counts_from"),
    [
        ("d0", date(2012, 3, 26), date(2012, 3, 26)),
        ("d1", None, None),  # only the year in the document number
        ("d2", date(2012, 6, 5), date(2012, 6, 5)),
        ("d3", date(2012, 3, 23), date(2012, 3, 28)),  # dated on the 23rd, published on the 28th
        ("d4", date(2012, 4, 24), date(2012, 4, 24)),
    ],
)
def test_clock_starts_on_the_day_of_publication(name: str, issued: date | None, counts_from: date | None):
    campaign = compiled(name)

    assert (campaign.issued, campaign.counts_from) == (issued, counts_from)


@pytest.mark.parametrize(
    ("name", "phase", "opens", "closes"),
    [
        ("d0", SURVEY, None, date(2012, 3, 30)),
        ("d0", ORGANISE, None, date(2012, 4, 13)),
        ("d0", BENCHMARK, None, date(2012, 5, 31)),
        ("d0", EXEMPLAR, None, None),  # the notice gives no date
        ("d3", SURVEY, None, date(2012, 3, 30)),
        ("d3", ORGANISE, date(2012, 4, 1), date(2012, 4, 10)),  # 4月上旬
        ("d3", RECTIFY, date(2012, 4, 1), date(2012, 11, 30)),
        ("d3", APPRAISE, date(2012, 12, 1), date(2012, 12, 31)),
        ("d4", SURVEY, date(2012, 4, 1), date(2012, 4, 30)),
        ("d4", RECTIFY, date(2012, 4, 1), date(2012, 6, 30)),  # written with a full-width dash, 月 only once
        ("d4", EXEMPLAR, date(2012, 6, 1), date(2012, 9, 30)),
    ],
)
def test_phase_has_the_window_of_the_notice(name: str, phase: str, opens: date | None, closes: date | None):
    found = phases(name)[phase]

    assert (found.opens, found.closes) == (opens, closes)


@pytest.mark.parametrize(("name", "count"), [("d0", 4), ("d1", 0), ("d2", 0), ("d3", 4), ("d4", 3)])
def test_campaign_has_as_many_phases_as_the_notice(name: str, count: int):
    assert len(phases(name)) == count


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("d0", ("支部设置", "支部班子", "组织制度", "经费场所", "活动开展", "作用发挥")),
        ("d3", ("组织设置", "领导班子", "组织制度", "工作思路", "活动开展", "作用发挥", "经费场所")),
        ("d4", ("组织设置", "领导班子", "组织制度", "经费场所", "作用发挥")),
    ],
)
def test_survey_asks_for_the_points_of_the_notice(name: str, points: tuple[str, ...]):
    assert phases(name)[SURVEY].points == points


@pytest.mark.parametrize(
    ("name", "tracks"),
    [
        ("d0", {"二级党组织", "党支部", "组织部", "党校"}),
        ("d1", {"二级党组织", "党支部", "组织部"}),
        ("d2", {"二级党组织", "党支部"}),
        ("d3", {"党总支", "党支部", "活动领导小组办公室"}),
        ("d4", {"党总支", "党支部", "党办"}),  # 科室 are informed and owe nothing
    ],
)
def test_those_take_part_who_owe_something(name: str, tracks: set[str]):
    assert {track.key for track in compiled(name).tracks} == tracks


def test_hospital_has_two_kinds_of_recipients():
    assert compiled("d4").addressees == ("党支部", "科室")


@pytest.mark.parametrize(
    ("name", "subject", "grader", "scale", "due"),
    [
        ("d0", "二级党组织", "组织部", FOUR_GRADES, date(2012, 3, 30)),
        ("d0", "党支部", "二级党组织", FOUR_GRADES, date(2012, 3, 30)),
        ("d1", "党支部", "二级党组织", FOUR_GRADES, None),
        ("d3", "党支部", "党总支", FOUR_GRADES, date(2012, 3, 30)),
        ("d4", "党支部", "党总支", ("先进", "一般", "后进"), date(2012, 4, 30)),
    ],
)
def test_grading_has_the_grader_and_scale_of_the_notice(
    name: str, subject: str, grader: str, scale: tuple[str, ...], due: date | None
):
    campaign = compiled(name)

    [found] = [grading for grading in campaign.gradings if grading.subject == subject]

    assert (found.grader, found.scale) == (grader, scale)
    assert campaign.task_by_key[found.task].deadline.end == due


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("d0", ("调查走访", "民主评议")),
        ("d3", ("调查摸底", "年度考核", "群众评议", "支部自评")),
        ("d4", ("党组织自评", "党员群众测评", "上级组织考评")),
    ],
)
def test_grading_of_branches_rests_on_the_evidence_of_the_notice(name: str, evidence: tuple[str, ...]):
    [found] = [grading for grading in compiled(name).gradings if grading.subject == "党支部"]

    assert found.evidence == evidence


def test_half_year_notice_grades_nobody():
    assert compiled("d2").gradings == ()


@pytest.mark.parametrize(
    ("name", "paper", "materials", "receiver", "ways", "due"),
    [
        (
            "d0",
            "报送材料",
            ("实施方案", "党支部分类定级汇总表", "党支部整改汇总表"),
            "活动领导小组办公室（组织部）",
            (Way.PAPER, Way.EMAIL),
            date(2012, 3, 30),
        ),
        ("d1", "活动开展情况", ("活动开展情况",), "组织部", (), None),
        (
            "d2",
            "上报总结和评优材料",
            ("总结", "评先评优材料"),
            None,  # the notice doesn't say to whom
            (),
            None,  # 617前 is damaged: asked, never guessed
        ),
    ],
)
def test_second_level_submits_the_papers_of_the_notice(
    name: str,
    paper: str,
    materials: tuple[str, ...],
    receiver: str | None,
    ways: tuple[Way, ...],
    due: date | None,
):
    found = task(name, paper)

    assert found.track == "二级党组织"
    assert (found.materials, found.receiver, found.ways) == (materials, receiver, ways)
    assert found.deadline.end == due


@pytest.mark.parametrize("name", ["d3", "d4"])
def test_notice_without_papers_has_no_papers(name: str):
    assert [found.name for found in compiled(name).tasks if found.materials] == []


@pytest.mark.parametrize(
    ("name", "of", "quantities"),
    [
        ("d0", "建立务实管用的制度", [("建立务实管用的制度", 1, None)]),
        ("d0", "谋划一个好思路", [("谋划一个好思路", 1, 1)]),
        ("d1", "选先进党支部对标", [("选先进党支部对标", 1, 1)]),
        ("d2", "建立务实管用的组织制度", [("建立务实管用的组织制度", 1, 2)]),
        ("d2", "修订分类定级参考标准", [("分党委标准", 1, 1), ("党支部标准", 1, 1)]),
        ("d3", "向学校申报示范点", [("党总支示范点", 1, 1), ("党支部示范点", 1, 1)]),
        ("d3", "建党员示范岗、示范寝室", [("党员示范岗", 1, 2), ("党员示范寝室", 2, 3)]),
        ("d3", "建立务实管用的制度", [("建立务实管用的制度", 1, 1)]),
        ("d4", "创建机关事业单位党建示范点", [("创建机关事业单位党建示范点", 1, 1)]),
    ],
)
def test_task_asks_for_the_quantity_of_the_notice(name: str, of: str, quantities: list[tuple[str, int, int | None]]):
    assert task(name, of).quantities == tuple(Quantity(what=what, least=least, most=most) for what, least, most in quantities)


@pytest.mark.parametrize(
    ("name", "of", "track", "every"),
    [
        ("d0", "党支部书记集中培训", "党校", Every(unit="halfyear")),
        ("d0", "组织党支部书记参加实践活动", "党校", Every(unit="year")),
        ("d1", "定级倒查", "组织部", Every(unit="year")),
        ("d1", "校级项目考评验收", "组织部", Every(unit="year")),
        ("d3", "党总支班子学习", "党总支", Every(unit="week")),
        ("d3", "组织生活·党员大会", "党支部", Every(unit="term")),
        ("d3", "组织生活·支委会", "党支部", Every(unit="month")),
        ("d3", "组织生活·党员民主生活会", "党支部", Every(unit="month")),
    ],
)
def test_recurring_task_has_the_frequency_of_the_notice(name: str, of: str, track: str, every: Every):
    found = task(name, of)

    assert (found.track, found.deadline.every) == (track, every)
    assert not found.chased  # a missed meeting is counted, not escalated


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("d1", "点评互评会"),
        ("d1", "跟踪督促指导"),
        ("d3", "发展对象培训班"),
        ("d3", "党课"),
        ("d3", "任务落实情况检查"),
    ],
)
def test_frequency_that_names_no_interval_is_asked(name: str, of: str):
    found = task(name, of).deadline

    assert found.every is None
    assert "vague" in found.flags


@pytest.mark.parametrize(
    ("name", "of", "due"),
    [
        ("d0", "全面调查所属党支部", date(2012, 3, 30)),
        ("d0", "理顺隶属关系和管理主体", date(2012, 4, 13)),
        ("d0", "对照标准提出整改计划", date(2012, 5, 31)),
        ("d0", "建设年工作考评", None),
        ("d1", "抽查", None),
        ("d2", "公示评优结果", None),
        ("d2", "分党委讲评会", None),  # before a meeting whose day is asked for
        ("d2", "党支部讲评会", None),
        ("d3", "理顺党总支与支部的关系，配齐委员", date(2012, 4, 10)),
        ("d3", "提出并落实整改", date(2012, 11, 30)),
        ("d3", "召开总结大会", date(2012, 12, 31)),
        ("d3", "申报先进单位和个人", None),  # 在七一时: a meeting, asked for
        ("d3", "为首届党代会做准备·党总支", None),
        ("d4", "党支部自评", date(2012, 4, 30)),
        ("d4", "党员群众测评", date(2012, 4, 30)),
        ("d4", "公开承诺", date(2012, 6, 30)),
        ("d4", "专题党性教育", date(2012, 9, 30)),
    ],
)
def test_task_is_due_when_the_notice_says_so(name: str, of: str, due: date | None):
    assert task(name, of).deadline.end == due


def test_last_day_of_the_hospital_is_a_holiday_and_stays():
    # 30 April 2012 was a holiday; Saturday 28 April was the last working day before it.
    found = task("d4", "党员群众测评").deadline

    assert found.end == date(2012, 4, 30)
    assert "rest-day" in found.flags


def test_meeting_before_the_commendation_waits_for_its_day():
    assert task("d2", "党支部讲评会").deadline.event is not None

    answered = compile_definition(text_of("d2") + "\n日期:\n  七一表彰大会: 2012-06-28\n", name="d2.yaml")
    [found] = [one for one in answered.tasks if one.name == "党支部讲评会"]

    assert found.deadline.end is not None
    assert found.deadline.end <= date(2012, 6, 28)


@pytest.mark.parametrize(
    ("of", "owners"),
    [
        ("优化支部设置", 3),
        ("增补支委，选优配强班子", 3),
        ("为首届党代会做准备·党支部", 3),
        ("制定党总支学习计划", 4),
        ("党总支班子学习", 4),
        ("党务干部培训班", 1),
        ("发展对象培训班", 3),
        ("党建理论研究", 4),
        ("出台符合学院实际的党建文件", 3),
        ("组织生活·支委会", 3),
        ("完善考核评估制度", 3),
        ("向学校申报示范点", 3),
        ("建党员示范岗、示范寝室", 3),
    ],
)
def test_college_names_as_many_owners_as_its_notice(of: str, owners: int):
    assert len(task("d3", of).owners) == owners


def test_college_has_five_owners_in_all_and_one_of_them_leads_the_study():
    assert {owner for found in compiled("d3").tasks for owner in found.owners} == set("甲乙丙丁戊")
    assert task("d3", "党总支班子学习").owners[0] == "丁"


def test_promotion_drive_has_four_targets_two_of_them_without_a_day():
    targets = compiled("d1").targets

    this_year, two_years = date(2012, 12, 31), None
    upwards = ("先进", "较好", "一般")
    assert [(t.from_grade, t.to_grades, t.share, t.deadline.end) for t in targets] == [
        ("一般", ("先进",), Fraction(30, 100), this_year),
        ("后进", upwards, Fraction(50, 100), this_year),
        ("一般", ("先进",), Fraction(50, 100), two_years),
        ("后进", upwards, Fraction(80, 100), two_years),
    ]


@pytest.mark.parametrize("name", ["d0", "d2", "d3", "d4"])
def test_other_notices_set_no_targets(name: str):
    assert compiled(name).targets == ()


def test_promotion_drive_starts_from_an_earlier_grading_not_from_its_own():
    campaign = compiled("d1")

    assert campaign.starting_grades is not None
    assert [grading.baseline for grading in campaign.gradings] == [False]


@pytest.mark.parametrize(
    ("name", "of", "grades"),
    [
        ("d1", "党建品牌创建", ("先进",)),
        ("d1", "选先进党支部对标", ("一般",)),
        ("d1", "公开承诺书", ("一般",)),
        ("d1", "集中整改提高", ("后进",)),
        ("d2", "提出并落实整改", ("一般", "后进")),
        ("d2", "总结经验，作出示范", ("优秀",)),
    ],
)
def test_task_is_only_for_the_grades_of_the_notice(name: str, of: str, grades: tuple[str, ...]):
    assert task(name, of).selector.grades == grades


def test_tasks_by_kind_of_branch_are_for_staff_students_and_the_retired():
    assert "专任教师" in task("d1", "优化升级").selector.branch_kinds
    assert "本科生" in task("d1", "学生党支部建设").selector.branch_kinds
    assert task("d1", "关心照顾离退休党员").selector.branch_kinds == ("离退休",)
    assert task("d1", "关心照顾离退休党员").proxy


def test_yearly_check_keeps_the_ratio_of_the_whole_school():
    assert dict(task("d1", "定级倒查").terms) == {"比例": "5%-10%", "口径": "全校"}


def test_student_branches_have_a_soft_limit_in_words():
    assert "20" in dict(task("d0", "按年级或专业设置学生党支部").terms)["口径"]


def test_projects_of_the_drive_have_four_steps_and_five_fixed_things():
    [project] = compiled("d1").projects

    assert project.steps == ("申报", "评审立项", "实施", "考评验收")
    assert project.details == ("人员", "事项", "目标", "责任", "时限")


@pytest.mark.parametrize(
    ("name", "of", "details"),
    [
        ("d0", "对照标准提出整改计划", ("目标", "责任", "措施")),
        ("d1", "公开承诺书", ("晋位目标", "措施", "完成时限")),
        ("d1", "明确任务、措施、时限和承办责任人", ("目标任务", "主要措施", "完成时限", "承办责任人")),
        ("d2", "党支部讲评会", ("个人自评", "党员互评", "领导点评", "群众测评")),
        ("d3", "提出并落实整改", ("目标", "责任", "措施")),
        ("d4", "整改方案", ("目标", "责任", "措施", "时限")),
    ],
)
def test_task_states_what_the_notice_wants_stated(name: str, of: str, details: tuple[str, ...]):
    assert task(name, of).details == details


@pytest.mark.parametrize(
    ("name", "reports"),
    [("d1", [("二级党组织", "上一级党组织")]), ("d4", [("党支部", "党总支"), ("党总支", "上级党委")])],
)
def test_secretaries_report_one_level_up(name: str, reports: list[tuple[str, str]]):
    found = [(one.track, one.receiver) for one in compiled(name).tasks if one.name.startswith("联述")]

    assert found == reports


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("d0", "第四阶段没有时间"),
        ("d1", "2年内到哪一天"),
        ("d1", "基数"),
        ("d2", "七一表彰大会哪一天开"),
        ("d2", "附件"),
        ("d3", "党代会哪一天召开"),
        ("d3", "上级党组织"),
        ("d4", "没有列出等次"),
        ("d4", "一证四评"),
    ],
)
def test_what_the_notice_leaves_open_is_asked_with_a_proposal(name: str, about: str):
    found = [question for question in compiled(name).questions if about in question.text]

    assert found
    assert all(question.proposal for question in found)


def test_damaged_date_is_a_question_and_makes_no_day():
    [question] = [one for one in compiled("d2").questions if one.words == "617前"]

    assert question.proposal == "6月17日前"
    assert date(2012, 6, 17) not in {one.deadline.end for one in compiled("d2").tasks}


@pytest.mark.parametrize("name", NAMES)
def test_no_task_is_named_after_the_lowest_grade(name: str):
    assert [one.key for one in compiled(name).tasks if "后进" in one.key] == []


@pytest.mark.parametrize("name", NAMES)
def test_only_the_ladder_is_an_addition_of_this_level(name: str):
    campaign = compiled(name)

    assert [one.key for one in campaign.tasks if one.local] == []
    assert all(rung.local for rung in campaign.ladder)


@cache
def text_of(name: str) -> str:
    return (files("phases") / "library" / f"{name}.yaml").read_text(encoding="utf-8")


@cache
def compiled(name: str) -> Campaign:
    return compile_definition(text_of(name), name=f"{name}.yaml")


def phases(name: str) -> dict[str, Phase]:
    return {phase.name: phase for track in compiled(name).tracks for phase in track.phases if phase.name != "办理"}


def task(name: str, of: str) -> Task:
    [found] = [one for one in compiled(name).tasks if one.name == of]
    return found
