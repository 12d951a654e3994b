"""`duban check`: problems, warnings and questions apart, and a definition held against the units that are to carry it out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from places import Places
from shell import PLAN, Answer, Shell
from sqlalchemy import literal, select
from world import HE, LI, LYU, QIAN, SCHOOL, SUN, TAO, WANG, XU, ZHENG, School, Unit, World, built, definition, post

from duban.checking.organisation import Organisation
from duban.service.audience import chain_of
from duban.workbook import read_units
from phases import library
from phases.compile import compile_definition
from storage.recipients import Places as Recipients
from storage.tables import FOREVER, PERSON, SPAN

OPEN = "待定:\n  - {问: 换届方案报给谁, 原文: 及时报, 建议: 组织部}\n"
LADDER = "督办:\n  - {何时: 提前3个工作日, 告诉: 责任人}\n  - {何时: 超过1个工作日, 告诉: 组织员}\n"


def plan(*changes: tuple[str, str]) -> str:
    text = PLAN
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def check(shell: Shell, text: str, school: School | None = None, *more: str) -> Answer:
    units = school.files() if school else {}
    files = [word for name, content in units.items() for word in ("--units", shell.file(name, content))]
    return shell("check", shell.file("活动.yaml", text), *files, *more)


def said(shell: Shell, text: str, school: School | None = None, *more: str) -> list[str]:
    """The warnings of a definition without problems."""
    answer = check(shell, text, school, *more, "--json")
    assert answer.code == 0
    return [warning["text"] for warning in answer.document["warnings"]]


def new(shell: Shell, text: str, school: School, *more: str) -> list[str]:
    """What is said because of the units."""
    known = said(shell, text, None, *more)
    return [sentence for sentence in said(shell, text, school, *more) if sentence not in known]


# -- what is said, and where


def test_a_sound_plan_has_nothing_said_about_it(empty_shell: Shell) -> None:
    answer = check(empty_shell, plan(), SCHOOL)

    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[-1].endswith("0个问题，0处请看一看，0处待定。可以启动。")


def test_warnings_and_questions_have_each_their_heading_and_count(empty_shell: Shell) -> None:
    text = plan(("时间: 3月20日前}", "时间: 3月5日前}")) + OPEN

    answer = check(empty_shell, text)

    assert answer.code == 0
    headings = [line for line in answer.out.splitlines() if not line.startswith(" ")]
    assert headings[0].startswith("请看一看 ")
    assert headings[1] == "待定 1处（有关的时间定下来以前不提醒）："
    assert headings[2].endswith("1处待定。可以启动。")
    assert "  第21行，待定：换届方案报给谁（原文“及时报”）；建议：组织部" in answer.out.splitlines()


def test_problems_have_their_heading_and_exit_code_1(empty_shell: Shell) -> None:
    answer = check(empty_shell, plan(("阶段: 换届}", "阶段: 换界}")))

    assert answer.code == 1
    assert answer.out.splitlines()[0] == "问题 1处（改正以后才能启动）："
    assert answer.out.splitlines()[-1].endswith("请先改正问题。")


def test_json_has_questions_among_the_warnings_by_line(empty_shell: Shell) -> None:
    document = check(empty_shell, library.text("d0"), None, "--json").document

    assert list(document) == ["problems", "warnings"]
    assert document["problems"] == []
    assert all(list(warning) == ["line", "path", "text"] for warning in document["warnings"])
    lines = [warning["line"] for warning in document["warnings"]]
    known = [line for line in lines if line is not None]
    assert lines == sorted(known) + [None] * (len(lines) - len(known))
    assert sum(warning["path"] == "待定" for warning in document["warnings"]) == 7


def test_an_impossible_day_of_issue_is_one_problem(empty_shell: Shell) -> None:
    document = check(empty_shell, plan(("2026-03-02", "2026-02-30")), None, "--json").document

    assert [(problem["line"], problem["text"]) for problem in document["problems"]] == [
        (3, "“2026-02-30”这一天不存在；请核对月和日")
    ]


def test_an_impossible_day_of_issue_hides_no_other_problem(empty_shell: Shell) -> None:
    text = plan(("2026-03-02", "2026-02-30"), ("{名称: 摸底, 时间", "{名称: 摸底, 适用: [考评组], 时间"))

    document = check(empty_shell, text, None, "--json").document

    assert {problem["line"] for problem in document["problems"]} == {3, 8}
    assert any("“考评组”既不参加，也没有事项" in problem["text"] for problem in document["problems"])


def test_what_a_launch_on_that_day_would_refuse_is_a_warning_that_says_so(shell: Shell) -> None:
    shell.clock = "2026-03-23 09:00"

    found = said(shell, plan(), None, "--on", "2026-03-23")

    assert any("到时不能启动；请改时间，或启动时加 --accept-past" in text for text in found)
    assert shell.refused("launch", shell.file("活动.yaml", plan())) == ["dates-past"]
    assert not any("--accept-past" in text for text in said(shell, plan(), None, "--on", "2026-03-20"))


# -- who has nothing to do, and who does nothing


def test_an_office_that_is_called_otherwise_is_named_with_its_tasks(empty_shell: Shell) -> None:
    text = plan(("谁办: 党支部, 阶段: 换届", "谁办: 党委党校, 阶段: 换届"))

    assert "单位表里没有“党委党校”：“换届方案”不会有人办；是不是“党校”？名称要一致" in new(empty_shell, text, SCHOOL)


def test_a_grader_that_does_not_exist_is_told(empty_shell: Shell) -> None:
    grading = "定级:\n  - {对象: 党支部, 谁来定: 考评组, 等次: [好, 差], 时间: 4月20日前}\n"

    assert "单位表里没有“考评组”：“党支部定级”没有人来定" in new(empty_shell, plan() + grading, SCHOOL)


def test_branches_under_none_of_the_graders_are_counted_and_named(empty_shell: Shell) -> None:
    grading = "定级:\n  - {对象: 党支部, 谁来定: 二级党组织, 等次: [好, 差], 时间: 4月20日前}\n"
    stray = SCHOOL.plus(Unit(code="94", name="后勤党支部", kind="党支部", parent="00"), post("94", "书记", "安平", "9401"))

    text = "“党支部定级”由上级的“二级党组织”来定，1个单位没有这样的上级：后勤党支部"

    assert text in new(empty_shell, plan() + grading, stray)
    assert text not in new(empty_shell, plan() + grading, SCHOOL)
    by_an_office = plan() + grading.replace("二级党组织", "党校")
    assert not any("没有这样的上级" in one for one in new(empty_shell, by_an_office, stray))


def test_a_phase_that_only_absent_units_walk_is_told(empty_shell: Shell) -> None:
    text = plan(("{名称: 换届, 时间: 3月23日-4月30日}", "{名称: 换届, 时间: 3月23日-4月30日, 适用: [考评组]}"))
    text = text.replace("谁办: 党支部, 阶段: 换届", "谁办: 考评组, 阶段: 换届")

    assert "单位表里没有单位会走到阶段“换届”；请核对“适用”和“谁办”" in new(empty_shell, text, SCHOOL)


def test_tasks_for_kinds_of_branches_that_are_not_there_are_told(empty_shell: Shell) -> None:
    text = plan(("谁办: 党支部, 阶段: 换届", "谁办: 党支部, 适用类别: 离退休, 阶段: 换届"))

    assert "单位表里没有适用的单位（离退休）：“换届方案”不会有人办" in new(empty_shell, text, SCHOOL.without(units=("0203",)))
    assert not any("适用的单位" in one for one in new(empty_shell, text, SCHOOL))


def test_without_anybody_to_review_nothing_moves_on(empty_shell: Shell) -> None:
    found = new(empty_shell, plan(), SCHOOL.without(units=("91",)))
    lonely = new(empty_shell, plan(), SCHOOL.without(people=(WANG, SUN)).plus(post("00", "书记", "高远", "0001")))

    assert any(text.startswith("单位表里“组织部”或“领导小组办公室”没有：") for text in found)
    assert "2个党支部的上级没有书记、组织员等，报送的没有人审核：教工第一党支部、教工第二党支部" in lonely


# -- the starting point


CARRIED = """起点: {沿用: 上年结果, 二级党组织: 45, 党支部: 8}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 等次: [先进, 一般], 时间: 11月20日前}
"""
AIM = "目标:\n  - {从: 一般, 到: 先进, 至少: 30%, 时间: 年内}\n"


def test_figures_of_the_starting_point_are_compared_with_the_units(empty_shell: Shell) -> None:
    graded = School(tuple(replace(u, grade="一般") if "支部" in u.kind else u for u in SCHOOL.units), SCHOOL.posts)

    found = new(empty_shell, plan() + CARRIED + AIM, graded)

    assert "起点写的二级党组织是45个，单位表里是4个；请核对，按单位表启动" in found
    assert not any("起点写的党支部" in text or "起始等次" in text for text in found)
    unfigured = plan() + CARRIED.replace(", 二级党组织: 45, 党支部: 8", "") + AIM
    assert not any("起点" in text for text in new(empty_shell, unfigured, graded))


def test_branches_without_a_starting_grade_or_with_a_strange_one_are_named(empty_shell: Shell) -> None:
    graded = School(tuple(replace(u, grade="一般") if "支部" in u.kind else u for u in SCHOOL.units), SCHOOL.posts)
    odd = graded.changed("0201", grade="").changed("0202", grade="优秀")

    found = new(empty_shell, plan() + CARRIED + AIM, odd)

    assert "8个党支部中1个没有起始等次，不进目标的基数，也没有按等次的事项：教工党支部" in found
    assert "1个党支部的起始等次（优秀）不在这次的等次里：学生党支部" in found


# -- whom a rung finds


def ladder(*steps: str) -> str:
    return definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n", ladder="督办:\n" + "".join(steps))


STEP = "  - {{何时: {when}, 告诉: {who}}}\n"
EARLY, LATE = STEP.format(when="提前3个工作日", who="责任人"), STEP.format(when="超过1个工作日", who="组织员")


@pytest.mark.parametrize(
    ("who", "gone", "text"),
    [
        # Xu's general branch has no 组织员 anyhow: its committee's stands in
        (
            "组织员",
            (WANG,),
            "“超过1个工作日”告诉组织员：1个二级党委、1个党总支、1个直属党支部没有组织员（化学学院党委、学生党总支、图书馆直属党支部），"
            "涉及5个单位，由别人代收",
        ),
        ("书记", (SUN,), "“超过1个工作日”告诉书记：1个二级党委没有书记（化学学院党委），涉及2个单位，由别人代收"),
        ("上级联系人", (QIAN,), None),
        ("上级联系人", (QIAN, ZHENG), "“超过1个工作日”告诉上级联系人：8个单位一个人也找不到"),
        ("组织部部长", (ZHENG,), "“超过1个工作日”告诉组织部部长：1个部门没有部长（组织部），涉及8个单位，由别人代收"),
        ("党校主任", (TAO,), "“超过1个工作日”告诉党校主任：1个部门没有主任（党校），涉及8个单位，由别人代收"),
        ("纪委书记", (), "“超过1个工作日”告诉纪委书记：8个单位没有“纪委”可找，由别人代收"),
        ("责任人", (LI,), None),  # said of the unit, not of the rung: nobody is there at all
    ],
)
def test_a_role_that_nobody_holds_is_told_by_rung_with_counts_and_names(
    empty_shell: Shell, who: str, gone: tuple[str, ...], text: str | None
) -> None:
    definition = ladder(EARLY.replace("责任人", "牵头责任人"), STEP.format(when="超过1个工作日", who=who))

    found = [one for one in new(empty_shell, definition, SCHOOL.without(people=gone)) if "超过1个工作日" in one]

    assert [one[: len(text or "")] for one in found] == ([text] if text else [])


def test_a_unit_without_its_head_is_told_of_once(empty_shell: Shell) -> None:
    nobody = SCHOOL.without(people=(LI,))
    committee_member = nobody.plus(post("0101", "组织委员", "方云", "1010"))

    assert [one for one in new(empty_shell, ladder(EARLY, LATE), nobody) if "教工第一党支部" in one] == [
        "“党支部”中1个单位没有负责人，提醒会发给上级：教工第一党支部"
    ]
    assert [one for one in new(empty_shell, ladder(EARLY, LATE), committee_member) if "教工第一党支部" in one] == [
        "“提前3个工作日”告诉责任人：1个党支部没有负责人（教工第一党支部），由别人代收"
    ]


def test_a_secretary_of_party_affairs_is_as_good_as_a_clerk(empty_shell: Shell) -> None:
    school = SCHOOL.without(people=(WANG,)).plus(post("01", "党务秘书", "方云", "1010"))

    (text,) = [one for one in new(empty_shell, ladder(EARLY, LATE), school) if "组织员" in one]

    assert "化学学院党委" not in text


def test_an_office_needs_no_clerk(empty_shell: Shell) -> None:
    text = definition("任务:\n  - {事项: 甲, 谁办: 党校, 时间: 3月30日前}\n", ladder=LADDER)

    assert new(empty_shell, text, SCHOOL) == []


def test_before_the_line_the_secretary_is_the_unit_s_own_after_it_that_of_the_unit_above(empty_shell: Shell) -> None:
    definition = ladder(EARLY.replace("责任人", "书记"), LATE.replace("组织员", "书记"))

    found = [
        one for one in new(empty_shell, definition, SCHOOL.without(people=(LI, SUN))) if one.startswith(("“提前", "“超过"))
    ]

    assert found == [
        "“提前3个工作日”告诉书记：1个党支部没有书记（教工第一党支部），由别人代收",
        "“超过1个工作日”告诉书记：1个二级党委没有书记（化学学院党委），涉及2个单位，由别人代收",
    ]


def test_a_school_without_any_of_the_units_is_not_told_phase_by_phase(empty_shell: Shell) -> None:
    offices = School(tuple(unit for unit in SCHOOL.units if unit.code in ("00", "91")), ())

    found = new(empty_shell, plan(), offices)

    assert any(text.startswith("单位表里没有“党支部”") for text in found)
    assert not any("没有单位会走到" in text for text in found)


def test_owners_by_name_that_hold_no_post_are_told_once(empty_shell: Shell) -> None:
    named = definition("任务:\n  - {事项: 甲, 谁办: 党支部, 责任人: [李可, 甲乙, 书记], 时间: 3月30日前}\n", ladder=LADDER)
    twice = SCHOOL.plus(post("0102", "委员", "李可", "7777"))

    assert "任职表里没有甲乙：写了他们的事项提醒发给本单位负责人；请改成真名或职务" in new(empty_shell, named, SCHOOL)
    assert "任职表里有2人叫“李可”，都会收到提醒；请改写职务" in new(empty_shell, named, twice)


def test_who_would_be_told_and_has_no_address_is_counted(empty_shell: Shell) -> None:
    silent = School(
        SCHOOL.units, tuple(replace(p, email="", mobile="13800000000") if p.number == LI else p for p in SCHOOL.posts)
    )

    found = [one for one in new(empty_shell, ladder(EARLY, LATE), silent) if "邮箱" in one]

    (text,) = found
    assert text.endswith("人中1人没有邮箱，消息会留着发不出去；请补邮箱：李可（教工第一党支部）")


def test_posts_that_begin_later_are_left_out_and_said_to_be(empty_shell: Shell) -> None:
    later = School(SCHOOL.units, tuple(replace(p, since="2026-04-01") if p.number == LI else p for p in SCHOOL.posts))

    before, after = (
        new(empty_shell, ladder(EARLY, LATE), later),
        new(empty_shell, ladder(EARLY, LATE), later, "--on", "2026-04-01"),
    )

    assert "单位表里有1行在2026年3月2日（周一）以后才开始，没有算进去；要按别的日子核对就写 --on" in before
    assert any("教工第一党支部" in text for text in before)
    ended = School(SCHOOL.units, tuple(replace(p, until="2026-03-02") if p.number == LI else p for p in SCHOOL.posts))
    assert not any("教工第一党支部" in text for text in new(empty_shell, ladder(EARLY, LATE), ended))
    assert any("教工第一党支部" in text for text in new(empty_shell, ladder(EARLY, LATE), ended, "--on", "2026-03-03"))
    assert not any("教工第一党支部" in text or "没有算进去" in text for text in after)


THIN = SCHOOL.without(people=(WANG, HE, LYU, XU, ZHENG)).plus(
    post("01", "党务秘书", "方云", "1010"),
    post("0109", "副书记", "何川", HE),
    post("92", "副组长", "李可", LI),
    post("00", "书记", "高远", "0001"),
    Unit(code="9101", name="组织科", kind="科室", parent="91"),
    post("9101", "科长", "程前", "9109"),
    Unit(code="0110", name="组织部", kind="部门", parent="01"),
    post("0110", "部长", "冯平", "1011"),
    Unit(code="04", name="后勤党总支", kind="党总支", parent="00"),
    post("04", "书记", "安平", "0401"),
)
"""A school with gaps, an office within an office, and a college that has an office of the name of the school's."""


@pytest.mark.parametrize("school", [SCHOOL, THIN], ids=["school", "with gaps"])
def test_the_check_finds_whom_a_run_would_find(sqlite_places: Places, tmp_path: Path, school: School) -> None:
    steps = "".join(STEP.format(when=f"超过{no}个工作日", who=who) for no, who in enumerate(ROLES, 1))
    text = definition(
        "任务:\n  - {事项: 甲, 谁办: [党支部, 二级党组织], 责任人: [李可, 组织委员], 时间: 3月30日前}\n",
        ladder=f"督办:\n{EARLY}{steps}",
    )
    campaign = compile_definition(text)
    candidates = {c for r in campaign.ladder for a in r.audience for t in campaign.tasks for c in chain_of(a, r, t)}
    organisation = Organisation(read_units(school.files()), date(2026, 3, 2))
    world = World(url=sqlite_places.copy(f"checked {len(school.units)}", lambda url: built(url, school)), folder=tmp_path)

    with world.database.read() as connection:
        current = select(SPAN.c.unit_id.label("duty_id"), literal(1).label("epoch"), SPAN.c.unit_id)
        rows = current.where(SPAN.c.superseded_at == FOREVER).subquery()
        numbers = {id_: number for id_, number in connection.execute(select(PERSON.c.id, PERSON.c.number))}
        codes = {id_: code for code, id_ in world.rows("SELECT code, id FROM unit")}
        recipients = Recipients(connection, date(2026, 3, 2).toordinal())
        found = {
            (candidate, codes[row.duty_id], numbers[row.person_id])
            for candidate in candidates
            for row in connection.execute(recipients.holders(rows, candidate, acting=False))
        }

    assert found == {
        (candidate, unit.code, person.number)
        for candidate in candidates
        for unit in organisation.units
        for person in organisation.holders(unit, candidate)
    }
    assert len(candidates) > 20
    world.close()


ROLES = (
    "责任人",
    "组织员",
    "党务秘书",
    "书记",
    "组织委员",
    "上级联系人",
    "上级书记",
    "部长",
    "领导小组组长",
    "党总支书记",
    "二级党委书记",
    "学校党委书记",
    "组织科科长",
    "纪委书记",
    "李可",
)


def test_a_track_has_the_members_a_launch_enrols(small_world: World) -> None:
    text = definition("任务:\n  - {事项: 甲, 谁办: [党支部, 二级党组织, 组织部, 党校, 纪委, '0101'], 时间: 3月30日前}\n")
    organisation = Organisation(read_units(SCHOOL.files()), None)

    small_world.launch(text)

    walked = {(row.track, row.unit) for row in small_world.engine.status().rows}
    campaign = compile_definition(text)
    assert walked == {(track.key, unit.code) for track in campaign.tracks for unit in organisation.members(track)}
