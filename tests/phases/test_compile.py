"""From the words of a definition to a campaign: who owes what by when, and every problem of a file at once."""

from __future__ import annotations

import time
from datetime import date
from datetime import time as hour
from fractions import Fraction

import pytest

from phases import library
from phases.compile import compile_definition
from phases.ladder_words import key_words
from workflow.errors import DefinitionError, Problem
from workflow.model import ONE_PHASE, Audience, Campaign, Every, Quantity, Task, Way
from workflow.workdays import WorkCalendar

HEAD = "活动: 试点\n发文: 学校党委\n印发: 2012-03-26\n参加: [二级党组织, 党支部]\n"  # 4 lines
GRADED = HEAD + "定级:\n  - {对象: 党支部, 谁来定: 二级党组织, 等次: [先进, 较好, 一般, 后进], 时间: 3月30日前}\n"  # 6 lines

TEN_SLIPS = """\
活动: 试点
发文: 学校党委
印发: 2012-03-26
参加: [二级党组织, 党支步]
阶段:
  - 名称: 调查摸底
    时间: 3月32日前
  - 名称: 对标整改
    时间: 5月20日-4月10日
定级:
  - 对象: 党支部
    谁来定: 二级党组织
    等次: [先进, 较好, 一般, 后进]
    阶段: 调查摸低
任务:
  - 事项: 支部自评
    谁办: 党支部
    负责人: 李老师
  - 事项: 支部自评
    谁办: 党支部
  - 事项: 选定对标支部
    谁办: 党支部
    适用等次: 优秀
    数量: 0
报送:
  - {谁报: 二级党组织, 材料: [实施方案], 报给: 组织部, 时间: 3.30}
督办:
  - {何时: 提前3天, 告诉: 责任人}
"""


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(DefinitionError) as refused:
        compile_definition(text, name="试点.yaml")
    return refused.value.problems


def task(campaign: Campaign, key: str) -> Task:
    return campaign.task_by_key[key]


# -- every problem at once


def test_ten_slips_in_one_file_are_ten_problems_each_on_its_line() -> None:
    found = problems(TEN_SLIPS)

    assert [(problem.line, problem.path) for problem in found] == [
        (4, "参加[2]"),
        (7, "阶段[1].时间"),
        (9, "阶段[2].时间"),
        (14, "定级[1].阶段"),
        (18, "任务[1].负责人"),
        (19, "任务[2].事项"),
        (23, "任务[3].适用等次"),
        (24, "任务[3].数量"),
        (26, "报送[1].时间"),
        (28, "督办[1].何时"),
    ]


def test_the_error_names_the_file_and_counts_its_problems() -> None:
    with pytest.raises(DefinitionError, match=r"^试点.yaml 有 10 处问题"):
        compile_definition(TEN_SLIPS, name="试点.yaml")


@pytest.mark.parametrize(
    ("lines", "line", "said"),
    [
        ("任务:\n  - {事项: 甲, 阶段: 学习先进}\n", 8, "没有写阶段"),
        ("任务:\n  - {事项: 甲, 谁办: 党总支书记}\n", 8, "是人，这里写单位"),
        ("任务:\n  - {事项: 甲, 谁办: 每个党支不}\n", 8, "是不是“党支部”"),
        ("任务:\n  - {事项: 甲, 适用类别: 教职员}\n", 8, "没有“教职员”这类支部"),
        ("任务:\n  - {事项: 甲, 适用等次: 一搬}\n", 8, "是不是“一般”"),
        ("任务:\n  - {事项: 甲, 频次: 若干}\n", 8, "没有读出时间"),
        ("任务:\n  - {事项: 甲, 频次: 6月底前}\n", 8, "频次“6月底前”看不懂"),
        ("任务:\n  - {事项: 甲, 频次: 每天}\n", 8, "不单独生成"),
        ("任务:\n  - {事项: 甲/乙}\n", 8, "不能有 / 和 @"),
        ("任务:\n  - {事项: 甲, 时间: 2月30日前}\n", 8, "没有这一天"),
        ("任务:\n  - {事项: 甲, 时间: 30日前}\n", 8, "没有写月份"),
        ("任务:\n  - {事项: 甲, 时间: 5月底前, 锁定: 4月底}\n", 8, "早于最后一天"),
        ("任务:\n  - {事项: 甲, 时间: 5月底前, 锁定: 以后}\n", 8, "锁定“以后”看不懂"),
        ("外部上级: 市委教工委\n任务:\n  - {事项: 甲, 谁办: 市委教工委}\n", 9, "外部上级，只登记"),
        ("定级:\n  - {对象: 党小组, 谁来定: 党支部, 等次: [先进, 一般]}\n", 8, "写 二级党组织 或 党支部"),
        ("定级:\n  - {对象: 党支部, 谁来定: 二级党组织, 等次: [先进, 先进]}\n", 8, "等次有重复"),
        ("定级:\n  - {对象: 党支部, 谁来定: 二级党组织, 等次: 先进}\n", 8, "至少要有两等"),
        ("目标:\n  - {从: 先进, 到: 一般, 至少: 30%, 时间: 今年内}\n", 8, "不是提高"),
        ("目标:\n  - {从: 一般, 到: 优秀, 至少: 30%, 时间: 今年内}\n", 8, "等次里没有“优秀”"),
        ("目标:\n  - {从: 一般, 到: 先进, 至少: 130%, 时间: 今年内}\n", 8, "不超过100%"),
        ("督办:\n  - {何时: 超过0个工作日, 告诉: 书记}\n", 8, "数字要大于0"),
        ("督办:\n  - {何时: 当天, 告诉: 组织圆}\n", 8, "“组织圆”看不懂"),
        ("督办:\n  - {何时: 当天, 告诉: 书记}\n  - {何时: 当日, 告诉: 书记}\n", 9, "写了两次"),
        (
            "督办:\n  - {何时: 当天, 告诉: 书记, 代号: 甲}\n  - {何时: 超过1个工作日, 告诉: 书记, 代号: 甲}\n",
            9,
            "代号“甲”写了两次",
        ),
        ("结束: 2012-03-01\n", 7, "早于印发"),
        ("结束: 看情况\n", 7, "没有读出时间"),
        ("阶段:\n  - {名称: 甲, 时间: 每月1次}\n", 8, "不能是频次"),
        ("阶段:\n  - {名称: 甲, 时间: 4月}\n  - {名称: 甲, 时间: 5月}\n", 9, "写了两次"),
        ("阶段:\n  - {名称: 甲, 时间: 4月, 适用: 党校}\n", 8, "既不参加，也没有事项"),
        ("阶段:\n  - {名称: 甲, 时间: 4月, 适用: 党支部}\n任务:\n  - {事项: 乙, 阶段: 甲, 谁办: 二级党组织}\n", 8, "不适用于"),
    ],
)
def test_what_contradicts_itself_is_a_problem_on_its_line(lines: str, line: int, said: str) -> None:
    before = HEAD + "主题: 甲\n文号: 乙\n" if lines.startswith("定级") else GRADED  # 6 lines either way

    found = problems(before + lines)

    assert said in found[0].text
    assert found[0].line == line


def test_a_grade_without_any_grading_cannot_select_anybody() -> None:
    (problem,) = problems(HEAD + "任务:\n  - {事项: 甲, 适用等次: 一般}\n")

    assert "无从知道谁是“一般”" in problem.text


def test_one_slip_in_a_task_for_two_kinds_of_units_is_told_once() -> None:
    found = problems(HEAD + "任务:\n  - {事项: 甲, 谁办: [党支部, 二级党组织], 时间: 3月32日前}\n")

    assert len(found) == 1


def test_a_misspelt_unit_does_not_hide_what_else_is_wrong_with_the_task() -> None:
    found = problems(HEAD + "任务:\n  - {事项: 甲, 谁办: 党支不, 时间: 3月32日前}\n")

    assert [problem.path for problem in found] == ["任务[1].谁办", "任务[1].时间"]


# -- who owes


def test_the_standard_campaign_gives_every_branch_and_second_level_unit_five_phases() -> None:
    campaign = compile_definition(library.text("standard"))

    phases = {track.key: track.phase_names for track in campaign.tracks}

    assert phases["党支部"] == phases["二级党组织"] == ("调查摸底", "健全组织", "对标整改", "学习先进", "考评总结")
    assert phases["组织部"] == ("调查摸底", "考评总结")  # an office walks only the phases in which it owes something
    assert phases["党校"] == (ONE_PHASE,)
    assert campaign.track_by_key["党支部"].kinds == ("党支部", "直属党支部")
    assert campaign.track_by_key["党校"].units == ("党校",)


def test_phase_numbers_count_within_the_track() -> None:
    campaign = compile_definition(library.text("standard"))

    numbers = [phase.no for phase in campaign.track_by_key["组织部"].phases]

    assert numbers == [1, 2]


def test_a_campaign_without_phases_has_the_one_state() -> None:
    campaign = compile_definition(HEAD + "任务:\n  - {事项: 写总结, 时间: 6月底前}\n")

    assert campaign.track_by_key["党支部"].phase_names == (ONE_PHASE,)
    assert task(campaign, "写总结").phase == ONE_PHASE


def test_a_phase_that_waits_for_branches_waits_only_on_the_second_level() -> None:
    text = HEAD + "阶段:\n  - {名称: 整改, 时间: 5月底前, 等支部: 是, 推进: 按时间}\n"

    tracks = compile_definition(text).track_by_key

    assert tracks["二级党组织"].phases[0].waits_for_branches
    assert not tracks["党支部"].phases[0].waits_for_branches
    assert tracks["党支部"].phases[0].by_calendar


def test_who_owes_defaults_to_the_most_basic_participants() -> None:
    campaign = compile_definition(HEAD + "任务:\n  - {事项: 写总结, 时间: 6月底前}\n")

    assert task(campaign, "写总结").track == "党支部"


@pytest.mark.parametrize(
    ("words", "track", "kinds"),
    [
        ("每个党支部", "党支部", ()),
        ("各支部", "党支部", ()),
        ("教工党支部", "党支部", ("专任教师", "机关/管理", "教辅/直属单位", "后勤/校产", "附属医院", "教工")),
        ("学生党支部", "党支部", ("本科生", "研究生", "学生")),
        ("离退休党支部", "党支部", ("离退休",)),
        ("各基层党组织", "二级党组织", ()),
        ("分党委", "二级党委", ()),
        ("党总支部", "党总支", ()),
        ("党委宣传部", "党委宣传部", ()),
    ],
)
def test_words_for_units_name_a_track(words: str, track: str, kinds: tuple[str, ...]) -> None:
    campaign = compile_definition(HEAD + f"任务:\n  - {{事项: 写总结, 谁办: {words}, 时间: 6月底前}}\n")

    written = task(campaign, "写总结")

    assert (written.track, written.selector.branch_kinds) == (track, kinds)


def test_participants_of_two_kinds_of_branches_share_one_track() -> None:
    campaign = compile_definition(HEAD.replace("[二级党组织, 党支部]", "[教工党支部, 学生党支部]"))

    (track,) = campaign.tracks

    assert track.key == "党支部"
    assert {"专任教师", "本科生"} <= set(track.branch_kinds)


def test_a_task_for_two_kinds_of_units_is_two_tasks() -> None:
    campaign = compile_definition(HEAD + "任务:\n  - {事项: 迎检, 谁办: [二级党组织, 党支部], 时间: 6月底前}\n")

    assert [(t.key, t.track) for t in campaign.tasks] == [("迎检·二级党组织", "二级党组织"), ("迎检·党支部", "党支部")]


def test_owners_are_the_named_ones_else_the_default_else_the_secretary() -> None:
    tasks = "任务:\n  - {事项: 甲, 责任人: [李老师, 王老师]}\n  - {事项: 乙}\n"

    plain = compile_definition(HEAD + tasks)
    defaulted = compile_definition(HEAD + "默认责任人: [赵老师]\n" + tasks)

    assert [t.owners for t in plain.tasks] == [("李老师", "王老师"), ("书记",)]
    assert [t.owners for t in defaulted.tasks] == [("李老师", "王老师"), ("赵老师",)]


# -- what, how often, how many


def test_keys_name_phase_and_task_and_what_is_done_repeatedly() -> None:
    text = (
        HEAD
        + "阶段:\n  - {名称: 学习, 时间: 4月-11月}\n任务:\n"
        + "  - {事项: 写心得, 阶段: 学习}\n  - {事项: 组织生活, 频次: {支委会: 每月1次, 党课: 每季度1次}}\n"
    )

    keys = [t.key for t in compile_definition(text).tasks]

    assert keys == ["学习/写心得", "组织生活·支委会", "组织生活·党课"]


def test_a_recurring_task_recurs_from_issue_to_the_end_and_is_not_chased() -> None:
    campaign = compile_definition(HEAD + "任务:\n  - {事项: 支委会, 频次: 每月1次}\n  - {事项: 例会, 频次: 每周, 催办: 是}\n")

    monthly, weekly = campaign.tasks

    assert monthly.deadline.every == Every(unit="month")
    assert (monthly.deadline.start, monthly.deadline.end) == (date(2012, 3, 26), date(2012, 12, 31))
    assert (monthly.recurring, monthly.chased, weekly.chased) == (True, False, True)


def test_a_recurring_task_of_a_phase_recurs_within_its_window() -> None:
    text = HEAD + "阶段:\n  - {名称: 学习, 时间: 4月-11月}\n任务:\n  - {事项: 支委会, 频次: 每月1次, 阶段: 学习}\n"

    (monthly,) = compile_definition(text).tasks

    assert (monthly.deadline.start, monthly.deadline.end) == (date(2012, 4, 1), date(2012, 11, 30))


@pytest.mark.parametrize(
    ("written", "quantities"),
    [
        ("1以上", (Quantity(what="甲", least=1),)),
        ("1-2", (Quantity(what="甲", least=1, most=2),)),
        ("至少两项", (Quantity(what="甲", least=2),)),
        ("1", (Quantity(what="甲", least=1, most=1),)),
        (
            "{示范岗: 1-2, 示范寝室: 2至3}",
            (Quantity(what="示范岗", least=1, most=2), Quantity(what="示范寝室", least=2, most=3)),
        ),
    ],
)
def test_quantities(written: str, quantities: tuple[Quantity, ...]) -> None:
    (counted,) = compile_definition(HEAD + f"任务:\n  - {{事项: 甲, 数量: {written}}}\n").tasks

    assert counted.quantities == quantities


def test_a_paper_has_materials_ways_and_a_receiver() -> None:
    paper = task(compile_definition(library.text("standard")), "调查摸底/报送材料")

    assert paper.materials == ("实施方案", "分类定级汇总表", "整改汇总表（计划）")
    assert paper.ways == (Way.PAPER, Way.EMAIL)
    assert (paper.receiver, paper.track) == ("组织部", "二级党组织")


def test_two_papers_of_one_phase_need_names() -> None:
    paper = "  - {谁报: 二级党组织, 材料: 甲, 报给: 组织部, 时间: 4月底前}\n"

    (problem,) = problems(HEAD + "报送:\n" + paper + paper)

    assert "请各写一个“名称”" in problem.text


def test_branches_hand_in_earlier_what_their_committee_sends_upward() -> None:
    campaign = compile_definition(library.text("standard"))

    inner = {t.key: t.internal_workdays for t in campaign.tasks if t.internal_workdays}

    assert inner == {"调查摸底/支部自评": 2}


def test_an_earlier_time_for_branches_means_nothing_where_no_branch_takes_part() -> None:
    text = HEAD.replace(", 党支部]", "]") + (
        "报送:\n  - {谁报: 二级党组织, 材料: 甲, 报给: 组织部, 时间: 4月底前, 支部内部时间: 提前2个工作日}\n"
    )

    (paper,) = compile_definition(text).tasks

    assert paper.internal_workdays is None


def test_reports_and_ratings_of_secretaries_become_duties() -> None:
    campaign = compile_definition(library.text("d4"))

    assert task(campaign, "联述·党支部").receiver == "党总支"
    assert task(campaign, "联评·党总支").form == "测评"


# -- by when


def test_a_task_takes_the_time_of_its_phase_unless_it_has_its_own() -> None:
    campaign = compile_definition(library.text("standard"))

    assert task(campaign, "对标整改/整改计划").deadline.end == date(2012, 5, 31)
    assert task(campaign, "考评总结/年度小结").deadline.end == date(2012, 12, 14)  # the phase ends 12-31


@pytest.mark.parametrize(
    ("rule", "end", "flag"),
    [
        ("保持", date(2012, 4, 30), "rest-day"),
        ("提前", date(2012, 4, 28), "moved-rest-day"),  # a make-up working Saturday
        ("顺延", date(2012, 5, 2), "moved-rest-day"),  # 4-29 to 5-1 is the holiday
    ],
)
def test_a_last_day_that_is_a_rest_day_stays_or_moves_and_is_flagged(rule: str, end: date, flag: str) -> None:
    (due,) = compile_definition(HEAD + f"休息日: {rule}\n任务:\n  - {{事项: 甲, 时间: 4月底前}}\n").tasks

    assert (due.deadline.end, flag in due.deadline.flags) == (end, True)


def test_a_school_calendar_decides_what_is_a_rest_day() -> None:
    works = WorkCalendar(overrides={date(2012, 4, 30): True})

    (due,) = compile_definition(HEAD + "休息日: 提前\n任务:\n  - {事项: 甲, 时间: 4月底前}\n", calendar=works).tasks

    assert due.deadline.end == date(2012, 4, 30)


def test_an_event_counts_once_its_day_is_written() -> None:
    tasks = "任务:\n  - {事项: 甲, 时间: 党代会召开前}\n  - {事项: 乙, 时间: 党代会召开前5个工作日}\n"

    asked = compile_definition(HEAD + tasks)
    known = compile_definition(HEAD + tasks + "日期: {党代会: 2012-10-10}\n")

    assert [t.deadline.end for t in asked.tasks] == [None, None]
    assert "党代会在哪天" in asked.questions[0].text
    assert known.questions == ()
    # 10-09 is the eve; five working days before 10-10 are 10-09, 10-08 and, over the holiday, 9-29, 9-28, 9-27
    assert [t.deadline.end for t in known.tasks] == [date(2012, 10, 9), date(2012, 9, 27)]


def test_a_damaged_day_is_proposed_and_makes_no_line() -> None:
    campaign = compile_definition(HEAD + "任务:\n  - {事项: 甲, 时间: 617前}\n")

    assert campaign.tasks[0].deadline.end is None
    assert campaign.questions[0].proposal == "6月17日（周日）前"


def test_the_answer_to_a_damaged_day_is_written_under_its_words() -> None:
    campaign = compile_definition(HEAD + "任务:\n  - {事项: 甲, 时间: 617前}\n日期: {617前: 2012-06-17}\n")

    assert campaign.tasks[0].deadline.end == date(2012, 6, 17)
    assert campaign.questions == ()


def test_vague_times_are_asked_about_and_not_guessed() -> None:
    campaign = compile_definition(HEAD + "任务:\n  - {事项: 甲, 频次: 定期}\n  - {事项: 乙, 时间: 待定}\n")

    assert [t.deadline.end for t in campaign.tasks] == [None, None]
    assert [q.words for q in campaign.questions] == ["定期", ""]
    assert "1件事项没有时间，补上以前不提醒：乙" in campaign.questions[1].text


def test_what_somebody_asks_already_is_not_asked_again() -> None:
    text = HEAD + "任务:\n  - {事项: 甲, 频次: 定期}\n待定:\n  - {问: 甲多久一次, 原文: 定期, 建议: 每季度1次}\n"

    (question,) = compile_definition(text).questions

    assert (question.text, question.proposal, question.line) == ("甲多久一次", "每季度1次", 8)


def test_reminders_count_from_publication_and_the_year_ends_the_campaign() -> None:
    campaign = compile_definition(library.text("d3"))

    assert (campaign.issued, campaign.counts_from, campaign.ends) == (date(2012, 3, 23), date(2012, 3, 28), date(2012, 12, 31))


def test_without_a_day_of_issue_the_document_number_tells_the_year_of_the_end() -> None:
    campaign = compile_definition(library.text("d1"))

    assert (campaign.counts_from, campaign.ends) == (None, date(2012, 12, 31))


def test_without_any_year_the_end_must_be_written() -> None:
    text = "活动: 试点\n发文: 学校党委\n印发: 待定\n"

    (problem,) = problems(text)

    assert (problem.line, "或写 结束" in problem.text) == (3, True)
    assert compile_definition(text + "结束: 2012-12-31\n").ends == date(2012, 12, 31)


def test_a_lock_of_the_campaign_holds_for_every_dated_task_that_says_nothing_else() -> None:
    text = HEAD + (
        "锁定: 超过10个工作日\n任务:\n  - {事项: 甲, 时间: 4月13日前}\n  - {事项: 乙, 时间: 4月13日前, 锁定: 不锁定}\n"
        "  - {事项: 丙, 时间: 4月13日前, 锁定: 5月底}\n  - {事项: 丁}\n  - {事项: 戊, 时间: 4月13日前, 锁定: 当天}\n"
    )

    locks = [t.locks for t in compile_definition(text).tasks]

    # ten working days after Fri 4-13: 4-16 to 4-20, 4-23 to 4-27
    assert locks == [date(2012, 4, 27), None, date(2012, 5, 31), None, date(2012, 4, 13)]


def test_nothing_is_locked_by_itself() -> None:
    assert all(t.locks is None for name in library.names() for t in compile_definition(library.text(name)).tasks)


# -- grades, targets, ladder


def test_a_grading_is_one_duty_of_the_grader() -> None:
    campaign = compile_definition(library.text("standard"))

    by_committees = task(campaign, "调查摸底/党支部定级")
    by_school = task(campaign, "调查摸底/二级党组织定级")

    assert (by_committees.track, by_committees.form) == ("二级党组织", "定级")
    assert by_school.track == "组织部"  # the school's committee grades through its organisation department
    assert campaign.gradings[(by_committees.grading or 0) - 1].task == by_committees.key


def test_the_superior_of_branches_is_the_second_level_as_the_campaign_calls_it() -> None:
    campaign = compile_definition(library.text("d3"))

    assert campaign.gradings[0].grader == "党总支"


def test_one_organisation_department_is_not_two_tracks() -> None:
    text = HEAD + (
        "定级:\n  - {对象: 二级党组织, 谁来定: 学校党委, 等次: [先进, 一般]}\n任务:\n  - {事项: 抽查, 谁办: 党委组织部}\n"
    )

    tracks = [track.key for track in compile_definition(text).tracks]

    assert tracks == ["二级党组织", "党支部", "党委组织部"]


def test_the_first_round_is_the_baseline_unless_another_is_marked_or_grades_are_carried_over() -> None:
    grading = "  - {{对象: 党支部, 谁来定: 二级党组织, 等次: [先进, 一般], 名称: {}}}\n"
    rounds = "定级:\n" + grading.format("甲") + grading.format("乙")

    first = compile_definition(HEAD + rounds)
    marked = compile_definition(HEAD + rounds.replace("名称: 乙", "名称: 乙, 基数: 是"))
    carried = compile_definition(HEAD + rounds + "起点: {沿用: 上年结果, 党支部: 341}\n")

    assert [g.baseline for g in first.gradings] == [True, False]
    assert [g.baseline for g in marked.gradings] == [False, True]
    assert [g.baseline for g in carried.gradings] == [False, False]
    assert carried.starting_grades == "上年结果"


@pytest.mark.parametrize(
    ("goal", "reached"),
    [
        ("先进", ("先进",)),
        ("一般及以上", ("先进", "较好", "一般")),
        ("较好以上", ("先进", "较好")),
        ("升级", ("先进", "较好", "一般")),
    ],
)
def test_a_target_names_a_grade_or_that_and_better(goal: str, reached: tuple[str, ...]) -> None:
    (target,) = compile_definition(GRADED + f"目标:\n  - {{从: 后进, 到: {goal}, 至少: 50%以上, 时间: 今年内}}\n").targets

    assert (target.to_grades, target.share, target.deadline.end) == (reached, Fraction(1, 2), date(2012, 12, 31))


def test_a_gentle_ladder_comes_with_the_program() -> None:
    ladder = compile_definition(HEAD).ladder

    assert [(r.offset, r.kind, [(a.level, a.role) for a in r.audience]) for r in ladder] == [
        (-3, "remind", [("own", "责任人")]),
        (1, "chase", [("clerk", "组织员")]),
        (3, "chase", [("own", "书记")]),
        (5, "oversee", [("contact", "联系人")]),
        (7, "ask", [("root", "部长")]),
    ]
    assert all(rung.local for rung in ladder)


def test_the_standard_campaign_writes_that_ladder_out() -> None:
    assert compile_definition(library.text("standard")).ladder == compile_definition(HEAD).ladder


def test_an_empty_ladder_tells_nobody() -> None:
    assert compile_definition(HEAD + "督办: []\n").ladder == ()


@pytest.mark.parametrize(
    ("words", "audience"),
    [
        ("责任人", [Audience(level="own", role="责任人", words="责任人")]),
        ("牵头责任人", [Audience(level="own", role="牵头责任人", words="牵头责任人")]),
        ("上级联系人", [Audience(level="contact", role="联系人", words="上级联系人")]),
        ("党务秘书", [Audience(level="clerk", role="党务秘书", words="党务秘书")]),
        ("上级党组织书记", [Audience(level="superior", role="书记", words="上级党组织书记")]),
        ("组织部部长", [Audience(level="root", role="部长", words="组织部部长", office="组织部")]),
        ("领导小组的组长", [Audience(level="root", role="组长", words="领导小组的组长", office="领导小组")]),
        ("李老师", [Audience(level="named", role="李老师", words="李老师")]),
        (
            "责任人和党总支书记",
            [
                Audience(level="own", role="责任人", words="责任人"),
                Audience(level="root", role="书记", words="党总支书记", office="党总支"),
            ],
        ),
    ],
)
def test_whom_a_rung_tells(words: str, audience: list[Audience]) -> None:
    text = HEAD + f"默认责任人: 李老师\n督办:\n  - {{何时: 超过2个工作日, 告诉: {words}}}\n"

    (rung,) = compile_definition(text).ladder

    assert list(rung.audience) == audience


def test_a_rung_keeps_its_key_when_another_is_put_before_it() -> None:
    later = "  - {何时: 超过三个工作日, 告诉: 书记, 重复: 每2个工作日, 间隔: 2}\n"
    earlier = "  - {何时: 提前1个工作日, 告诉: 责任人}\n"

    (alone,) = compile_definition(HEAD + "督办:\n" + later).ladder
    first, second = compile_definition(HEAD + "督办:\n" + later + earlier).ladder

    assert (first.offset, second.offset) == (-1, 3)  # in the order in which they fall due
    assert alone.key == second.key
    assert (alone.repeat_every, alone.repeat_most, alone.dwell) == (2, 3, 2)


def test_a_rung_with_a_code_keeps_its_key_when_its_day_and_its_people_change() -> None:
    (before,) = compile_definition(HEAD + "督办:\n  - {何时: 超过1个工作日, 告诉: 组织员, 代号: 催办}\n").ladder
    (after,) = compile_definition(HEAD + "督办:\n  - {何时: 超过2个工作日, 提请: 部长, 代号: 催办}\n").ladder

    assert (before.key, after.key) == ("催办", "催办")
    assert (before.offset, after.offset) == (1, 2)


def test_a_rung_without_its_own_terms_is_as_rungs_always_were() -> None:
    (rung,) = compile_definition(HEAD + "督办:\n  - {何时: 超过1个工作日, 告诉: 组织员}\n").ladder

    assert (rung.key, rung.at, rung.gate, rung.vacant, rung.dwell) == ("+1:组织员", hour(8, 30), "none", "up", 1)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("时刻: 20:00", {"at": hour(20)}),
        ("时刻: '7:05'", {"at": hour(7, 5)}),
        ("时刻: 14点半", None),
        ("时刻: 14点30分", {"at": hour(14, 30)}),
        ("前提: 上一步已发送", {"gate": "attempted"}),
        ("前提: 上一步已送达", {"gate": "delivered"}),
        ("空缺时: 暂缓", {"vacant": "hold"}),
        ("空缺时: 上级代收", {"vacant": "up"}),
    ],
)
def test_terms_of_a_rung(words: str, found: dict[str, object] | None) -> None:
    text = HEAD + f"督办:\n  - {{何时: 当天, 告诉: 书记}}\n  - 何时: 超过1个工作日\n    告诉: 组织员\n    {words}\n"

    if found is None:
        with pytest.raises(DefinitionError, match="时刻“14点半”看不懂"):
            compile_definition(text)
    else:
        second = compile_definition(text).ladder[1]
        assert {name: getattr(second, name) for name in found} == found
        assert second.line == text[: text.index("超过1个工作日")].count("\n") + 1


def test_rungs_of_one_day_stand_in_the_order_of_their_hours() -> None:
    text = HEAD + "督办:\n  - {何时: 当天, 告诉: 书记, 时刻: '14:00'}\n  - {何时: 当天, 告诉: 责任人}\n"

    assert [(rung.no, rung.key, rung.at) for rung in compile_definition(text).ladder] == [
        (1, "+0:责任人", hour(8, 30)),
        (2, "+0:书记", hour(14)),
    ]


def test_the_same_step_at_two_hours_needs_a_code() -> None:
    twice = HEAD + "督办:\n  - {何时: 当天, 告诉: 书记}\n  - {何时: 当天, 告诉: 书记, 时刻: '14:00'}\n"

    with pytest.raises(DefinitionError, match="只有时刻不同；请给其中一步写上代号"):
        compile_definition(twice)
    assert [rung.key for rung in compile_definition(twice.replace("'14:00'", "'14:00', 代号: 下午")).ladder] == [
        "+0:书记",
        "下午",
    ]


@pytest.mark.parametrize(
    ("words", "catchup"), [("", "climb"), ("错过时: 逐级补\n", "climb"), ("错过时: 只报最高一步\n", "collapse")]
)
def test_what_follows_missed_steps(words: str, catchup: str) -> None:
    assert compile_definition(HEAD + words).catchup == catchup


def test_a_time_for_reviewing_brings_the_reviewers_ladder() -> None:
    reviewed = compile_definition(HEAD + "审核时限: 5个工作日\n")

    assert compile_definition(HEAD).review_ladder == ()
    assert [(r.no, r.key, r.offset, r.kind, r.audience[0].level, r.audience[0].role) for r in reviewed.review_ladder] == [
        (1, "review-1", 1, "review", "reviewer", "组织员"),
        (2, "review-2", 4, "review", "reviewer", "书记"),
    ]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("-3:责任人", "提前3个工作日 责任人"),
        ("+0:书记", "当天 书记"),
        ("+7:提请部长", "超过7个工作日 提请部长"),
        ("review-2", "审核提醒第2步"),
        ("催办", "催办"),
    ],
)
def test_a_rungs_key_is_said_in_words(key: str, words: str) -> None:
    assert key_words(key) == words


# -- the file itself


def test_the_digest_is_that_of_the_text() -> None:
    text = library.text("standard")

    assert compile_definition(text).digest == compile_definition(text).digest
    assert compile_definition(text).digest != compile_definition(text + "\n# 注释\n").digest


def test_where_a_task_stands_does_not_make_it_another_task() -> None:
    text = HEAD + "任务:\n  - {事项: 甲, 时间: 4月底前}\n"

    (here,) = compile_definition(text).tasks
    (lower,) = compile_definition("# 注释\n" + text).tasks

    assert (here.line, lower.line) == (6, 7)
    assert here == lower


def test_the_standard_campaign_compiles_in_well_under_sixty_milliseconds() -> None:
    text = library.text("standard")
    compile_definition(text)  # imports and calendars
    times = []
    for _ in range(5):
        begun = time.process_time()
        compile_definition(text)
        times.append(time.process_time() - begun)

    assert min(times) < 0.06


def test_several_frequencies_in_one_value_are_a_problem_not_the_first_of_them():
    text = HEAD + "任务:\n  - {事项: 组织生活, 谁办: 党支部, 频次: 每月1次、每季度1次大检查}\n"

    found = problems(text)

    assert any("几种频次" in problem.text for problem in found)
