"""The invented organisations: every number of their description, and that nothing in them is real."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import mean, median
from typing import Any

import chinese_calendar
import pytest

from duban.samples import KINDS, Organisation, RegisterItem, generate, write
from duban.workbook import PostRow, UnitRow, persons, read_units
from workflow.model import UnitKind

GRADES = ("先进", "较好", "一般", "后进")
STUDENTS = ("本科生", "研究生", "师生联合")
NOTICE = date(2012, 3, 26)
SECOND = (UnitKind.COMMITTEE, UnitKind.GENERAL_BRANCH, UnitKind.DIRECT_BRANCH)


@pytest.fixture(scope="module")
def university() -> Organisation:
    return generate("university")


def branches(o: Organisation) -> list[UnitRow]:
    return [row for row in o.units if row.branch_kind]


def of_kind(o: Organisation, *kinds: UnitKind) -> list[UnitRow]:
    return [row for row in o.units if row.kind in kinds]


def per_unit(o: Organisation) -> dict[str, list[UnitRow]]:
    """The branches of each of the 40 units that have any below them."""
    found: dict[str, list[UnitRow]] = {}
    for row in of_kind(o, UnitKind.BRANCH):
        found.setdefault(row.parent or "", []).append(row)
    return found


def sizes(o: Organisation) -> list[int]:
    return sorted(len(rows) for rows in per_unit(o).values())


def members(o: Organisation, *kinds: str) -> list[int]:
    return [row.members or 0 for row in branches(o) if not kinds or row.branch_kind in kinds]


def graded(o: Organisation, grade: str) -> list[UnitRow]:
    return [row for row in branches(o) if row.grade == grade]


def held(o: Organisation, unit: str, role: str) -> list[PostRow]:
    """Who holds a post on the day of the notice."""
    return [
        post
        for post in o.posts
        if (post.unit, post.role) == (unit, role) and (post.valid_to is None or post.valid_to >= NOTICE)
    ]


def vacancies(o: Organisation) -> Iterator[tuple[str, str]]:
    """Every post that should be held and is not."""
    for row in branches(o):
        roles = ("书记", "组织委员") if (row.members or 0) >= 7 else ("书记",)
        yield from ((row.code, role) for role in roles if not held(o, row.code, role))
    for row in of_kind(o, UnitKind.COMMITTEE, UnitKind.GENERAL_BRANCH):
        yield from ((row.code, role) for role in ("书记", "副书记", "组织员") if not held(o, row.code, role))


def gaps(o: Organisation) -> list[int]:
    return [score.own - score.superior for score in o.scores.values()]


def items(o: Organisation) -> list[RegisterItem]:
    return [item for rows in o.problems.values() for item in rows]


def events(o: Organisation, kind: str) -> int:
    return sum(event.kind == kind for event in o.reorganisations)


def of_students(o: Organisation) -> int:
    kinds = {row.code: row.branch_kind for row in o.units}
    concerned = [kinds[e.units[0]] if e.units else e.becomes[0].branch_kind for e in o.reorganisations]
    return sum(kind in STUDENTS for kind in concerned)


H1: list[tuple[str, Callable[[Organisation], object], object]] = [
    ("second-level units", lambda o: len(of_kind(o, *SECOND)), 45),
    ("committees", lambda o: len(of_kind(o, UnitKind.COMMITTEE)), 28),
    ("general branches", lambda o: len(of_kind(o, UnitKind.GENERAL_BRANCH)), 12),
    ("direct branches", lambda o: len(of_kind(o, UnitKind.DIRECT_BRANCH)), 5),
    ("branches", lambda o: len(branches(o)), 341),
    ("branches below the 40", lambda o: len(of_kind(o, UnitKind.BRANCH)), 336),
    ("members", lambda o: sum(members(o)), 6195),
    ("fewest branches of a unit", lambda o: sizes(o)[0], 2),
    ("most branches of a unit", lambda o: sizes(o)[-1], 21),
    ("median of branches", lambda o: median(sizes(o)), 7),
    ("units of 16 branches or more", lambda o: sum(size >= 16 for size in sizes(o)), 3),
    ("student branches of 21 to 38", lambda o: sum(21 <= size <= 38 for size in members(o, *STUDENTS)), 17),
    ("student branches over 20", lambda o: sum(size > 20 for size in members(o, *STUDENTS)), 17),
    ("branches over 50", lambda o: sum(size > 50 for size in members(o)), 2),
    ("branches below 3", lambda o: sum(size < 3 for size in members(o)), 3),
    ("branches below 7", lambda o: sum(size < 7 for size in members(o)), 5),
    ("vacant posts", lambda o: len(list(vacancies(o))), 12),
    ("vacant secretaries", lambda o: sum(role == "书记" for _, role in vacancies(o)), 4),
    # A branch elects for three years: elected before 26 March 2009 and still in office on 26 March 2012.
    ("terms that have run out", lambda o: len(run_out(o, NOTICE)), 9),
    ("terms that run out in 2012", lambda o: len(run_out(o, date(2013, 1, 1))), 9),
    ("先进", lambda o: len(graded(o, "先进")), 68),
    ("较好", lambda o: len(graded(o, "较好")), 153),
    ("一般", lambda o: len(graded(o, "一般")), 92),
    ("后进", lambda o: len(graded(o, "后进")), 28),
    ("units without 先进", lambda o: sum("先进" not in {r.grade for r in rows} for rows in per_unit(o).values()), 6),
    ("units with 先进 only", lambda o: sum({"先进"} == {r.grade for r in rows} for rows in per_unit(o).values()), 2),
    ("own 15 points above superior", lambda o: sum(gap >= 15 for gap in gaps(o)), 14),
    ("own above superior on average", lambda o: round(mean(gaps(o))), 6),
    ("vetoes", lambda o: sum(score.veto is not None for score in o.scores.values()), 6),
    ("vetoes that change the grade", lambda o: sum(s.computed != s.grade for s in o.scores.values()), 2),
    ("satisfied on average", lambda o: round(mean(s.satisfaction for s in o.scores.values()), 1), 91.0),
    ("branches below 80 % satisfied", lambda o: sum(s.satisfaction < 80 for s in o.scores.values()), 9),
    ("fewer than 5 people's ballots", lambda o: sum(b[1].returned < 5 for b in o.ballots.values()), 11),
    ("miscounts", lambda o: sum(not all(count.adds_up for count in b) for b in o.miscounts.values()), 4),
    ("problems", lambda o: len(items(o)), 1020),
    ("problems a branch", lambda o: round(len(items(o)) / 341), 3),
    ("closed in percent", lambda o: round(100 * sum(item.closed for item in items(o)) / 1020), 81),
    ("reopened in percent", lambda o: round(100 * sum(item.reopened for item in items(o)) / 1020), 6),
    ("reorganisations", lambda o: len(o.reorganisations), 46),
    ("new branches", lambda o: events(o, "新建"), 18),
    ("dissolved branches", lambda o: events(o, "撤销"), 11),
    ("mergers", lambda o: events(o, "合并"), 4),
    ("splits", lambda o: events(o, "拆分"), 3),
    ("renamings", lambda o: events(o, "更名"), 7),
    ("moves", lambda o: events(o, "隶属调整"), 3),
    ("reorganised student branches in percent", lambda o: round(100 * of_students(o) / 46), 61),
]


def run_out(o: Organisation, day: date) -> set[str]:
    """Branches whose secretary was elected three years before `day` or earlier."""
    codes = {row.code for row in branches(o)}
    before = day.replace(year=day.year - 3)
    return {
        post.unit
        for post in o.posts
        if post.unit in codes and post.role == "书记" and post.valid_from and post.valid_from < before and not post.valid_to
    }


@pytest.mark.parametrize(("measure", "expected"), [case[1:] for case in H1], ids=[case[0] for case in H1])
def test_the_university_has_the_numbers_of_its_description(
    university: Organisation, measure: Callable[[Organisation], object], expected: object
) -> None:
    assert measure(university) == expected


@pytest.mark.parametrize(
    ("kind", "number", "people"),
    [
        ("本科生", 104, 1976),
        ("研究生", 62, 1240),
        ("师生联合", 6, 84),
        ("专任教师", 96, 1536),
        ("机关/管理", 28, 476),
        ("教辅/直属单位", 14, 224),
        ("后勤/校产", 11, 165),
        ("离退休", 14, 350),
        ("附属医院", 6, 144),
    ],
)
def test_each_kind_of_branch_has_its_number_and_members(university: Organisation, kind: str, number: int, people: int) -> None:
    sizes = members(university, kind)

    assert (len(sizes), sum(sizes)) == (number, people)


def test_units_without_a_model_have_branches_that_look_for_one(university: Organisation) -> None:
    without = university.truth["units_without_best"]

    assert isinstance(without, list)
    assert all("一般" in {row.grade for row in per_unit(university)[code]} for code in without)


def test_logistics_and_the_retired_have_more_than_their_share_of_the_last_grade(university: Organisation) -> None:
    last = Counter(row.branch_kind for row in graded(university, "后进"))
    all_branches = Counter(row.branch_kind for row in branches(university))

    # 28 of 341 are 8 %; here 4 of 11 and 4 of 14.
    assert last["后勤/校产"] / all_branches["后勤/校产"] > 0.3
    assert last["离退休"] / all_branches["离退休"] > 0.25


def test_the_points_lead_to_the_grades_of_the_baseline(university: Organisation) -> None:
    for row in branches(university):
        score = university.scores[row.code]

        assert score.final == pytest.approx(0.4 * score.own + 0.6 * score.superior)
        assert score.grade == row.grade
        cut = next(grade for least, grade in ((90, "先进"), (75, "较好"), (60, "一般"), (0, "后进")) if score.final >= least)
        assert score.computed == cut
        if score.veto is None:
            assert cut == row.grade


def test_ballots_are_counted_rightly_and_miscounts_are_two_of_each_sort(university: Organisation) -> None:
    wrong = [counts[1] for counts in university.miscounts.values()]

    assert all(count.adds_up for counts in university.ballots.values() for count in counts)
    assert sum(count.returned > count.issued for count in wrong) == 2
    assert (
        sum(count.valid + count.abstained + count.void != count.returned for count in wrong if count.returned <= count.issued)
        == 2
    )
    assert all(university.miscounts[code][1] != university.ballots[code][1] for code in university.miscounts)


@pytest.mark.parametrize(
    ("variant", "grade", "cohort", "needed", "reached"),
    [
        ("A", "一般", 92, 28, 28),  # 30 % of 92 are 27.6; 28 are 30.4 %
        ("A", "后进", 28, 14, 14),
        ("B", "一般", 92, 28, 27),  # 29.3 %: one short
        ("B", "后进", 28, 14, 14),
        ("C", "一般", 90, 27, 27),  # two dissolved
        ("C", "后进", 26, 13, 13),  # two dissolved; the merged one stays, judged by its successor
    ],
)
def test_the_second_grading_reaches_just_what_each_variant_is_for(
    university: Organisation, variant: str, grade: str, cohort: int, needed: int, reached: int
) -> None:
    targets: Any = university.truth["targets"]

    assert targets[variant][grade] == {"cohort": cohort, "needed": needed, "reached": reached}


@pytest.mark.parametrize("variant", ["A", "B"])
def test_without_reorganisations_the_grades_say_the_same_as_the_targets(university: Organisation, variant: str) -> None:
    regrade: Any = university.truth["regrade"]
    targets: Any = university.truth["targets"]
    now = regrade[variant]

    assert set(now) == {row.code for row in branches(university)}
    assert sum(now[row.code] == "先进" for row in graded(university, "一般")) == targets[variant]["一般"]["reached"]
    assert sum(now[row.code] != "后进" for row in graded(university, "后进")) == targets[variant]["后进"]["reached"]


def test_two_years_need_46_and_23(university: Organisation) -> None:
    targets: Any = university.truth["targets"]

    # 50 % of 92; 80 % of 28 are 22.4.
    assert targets["two_years"] == {"一般": {"cohort": 92, "needed": 46}, "后进": {"cohort": 28, "needed": 23}}


def test_seven_branches_fall_in_every_variant(university: Organisation) -> None:
    regrade: Any = university.truth["regrade"]
    grades = {row.code: row.grade or "" for row in branches(university)}

    for now in regrade.values():
        fallen = Counter(
            (grades[code], grade)
            for code, grade in now.items()
            if code in grades and GRADES.index(grade) > GRADES.index(grades[code])
        )
        assert fallen == {("先进", "较好"): 5, ("一般", "后进"): 2}


def test_after_the_reorganisations_only_units_that_exist_are_graded(university: Organisation) -> None:
    regrade: Any = university.truth["regrade"]
    alive = {row.code for row in branches(university)}
    new: set[str] = set()
    for event in university.reorganisations:
        becomes = {row.code for row in event.becomes}
        alive = (alive - set(event.units)) | becomes
        new |= becomes if event.kind == "新建" else set()

    # 341 + 18 new - 11 dissolved - 4 absorbed + 3 from splits; the new ones are not rated.
    assert len(alive) == 347
    assert set(regrade["C"]) == alive - new


def test_the_dissolved_and_the_merged_change_what_the_targets_count(university: Organisation) -> None:
    grades = {row.code: row.grade for row in branches(university)}
    dissolved = Counter(grades[event.units[0]] for event in university.reorganisations if event.kind == "撤销")
    merged = [tuple(grades[code] for code in event.units) for event in university.reorganisations if event.kind == "合并"]

    assert (dissolved["后进"], dissolved["一般"]) == (2, 2)
    assert merged.count(("后进", "先进")) == 1
    assert all("后进" not in pair for pair in merged if pair != ("后进", "先进"))


def test_a_branch_is_reorganised_once_on_a_working_day_from_may_to_october(university: Organisation) -> None:
    concerned = [code for event in university.reorganisations for code in event.units]
    days = [event.on for event in university.reorganisations]

    assert len(concerned) == len(set(concerned))
    assert all(chinese_calendar.is_workday(day) for day in days)
    assert min(days) >= date(2012, 5, 1)
    assert max(days) <= date(2012, 10, 31)
    assert days == sorted(days)


def test_new_branches_get_new_codes_and_people_who_lead_them(university: Organisation) -> None:
    old = {row.code for row in university.units}
    born = [row for event in university.reorganisations if event.kind in ("新建", "拆分") for row in event.becomes]
    appointed = [post for event in university.reorganisations for post in event.posts]
    known = {post.person for post in university.posts}

    assert len({row.code for row in born} - old) == len(born) == 24
    assert all({"书记", "组织委员"} == {post.role for post in appointed if post.unit == row.code} for row in born)
    assert not known & {post.person for post in appointed}
    assert persons([*university.posts, *appointed]).problems == ()


def test_second_level_units_have_a_secretary_and_an_organiser(university: Organisation) -> None:
    for row in of_kind(university, *SECOND):
        assert held(university, row.code, "书记")
        assert held(university, row.code, "联系领导")

    direct = of_kind(university, UnitKind.DIRECT_BRANCH)
    assert all(held(university, row.code, role) for row in direct for role in ("组织员", "组织委员"))


def test_the_offices_that_a_notice_names_have_somebody_to_answer(university: Organisation) -> None:
    code = {row.name: row.code for row in university.units}

    for name, role in (
        ("组织部", "部长"),
        ("组织部", "副部长"),
        ("组织部", "联系人"),
        ("领导小组", "组长"),
        ("党校", "联系人"),
    ):
        assert held(university, code[name], role), (name, role)
    assert {row.parent for row in university.units if row.name in ("组织部", "党校", "党办", "领导小组", "领导小组办公室")} == {
        "00"
    }


def test_some_people_hold_two_posts_and_two_have_a_namesake(university: Organisation) -> None:
    found = persons(university.posts)
    names = Counter(person.name for person in found.people)

    assert found.problems == found.warnings == ()
    assert sum(len(person.posts) > 1 for person in found.people) > 10
    assert sum(count == 2 for count in names.values()) == 2
    assert sum(person.email is None for person in found.people) == 6


def test_the_branch_of_the_examples_is_whole(university: Organisation) -> None:
    assert held(university, "0307", "书记")
    assert held(university, "0307", "组织委员")
    assert not any("0307" in event.units for event in university.reorganisations)


@pytest.mark.parametrize("kind", KINDS)
def test_addresses_lead_nowhere(kind: Any) -> None:
    organisation = generate(kind)

    assert all(post.email is None or post.email.endswith("@example.edu") for post in organisation.posts)
    # No network in China begins a number with 100.
    assert all(re.fullmatch(r"100\d{8}", post.mobile or "") for post in organisation.posts)


@pytest.mark.parametrize("kind", KINDS)
def test_generation_gives_the_same_bytes_every_time_and_quickly(kind: Any, tmp_path: Path) -> None:
    began = time.perf_counter()

    first = [path.read_bytes() for path in write(generate(kind), tmp_path / "a")]
    second = [path.read_bytes() for path in write(generate(kind), tmp_path / "b")]

    assert first == second
    assert time.perf_counter() - began < 4  # two of them


@pytest.mark.parametrize("kind", KINDS)
def test_the_written_files_hold_the_organisation_and_its_truth(kind: Any, tmp_path: Path) -> None:
    organisation = generate(kind)

    workbook, truth = write(organisation, tmp_path / "deep" / "er")

    file = read_units({workbook.name: workbook.read_bytes()})
    assert (workbook.name, truth.name) == ("units.xlsx", "truth.json")
    assert (file.units, file.posts) == (organisation.units, organisation.posts)
    assert (file.problems, file.left_out, file.warnings) == ((), (), ())
    assert json.loads(truth.read_text(encoding="utf-8")) == organisation.truth


@pytest.mark.parametrize("kind", KINDS)
def test_every_branch_has_problems_with_all_that_a_plan_needs(kind: Any) -> None:
    organisation = generate(kind)

    assert set(organisation.problems) == {row.code for row in branches(organisation)}
    for rows in organisation.problems.values():
        assert [item.no for item in rows] == list(range(1, len(rows) + 1))
        assert len({item.problem for item in rows}) == len(rows) >= 1
        assert {item.category for item in rows} <= {"设置", "班子", "制度", "经费场所", "活动", "作用", "其他"}
        assert all(item.goal and item.measure and item.owner for item in rows)
        assert all(item.closed for item in rows if item.reopened)


def test_the_hospital_has_the_numbers_of_its_description() -> None:
    hospital = generate("hospital")
    top = [row for row in hospital.units if row.parent is None]
    counts = {code: Counter(ballot.session for ballot in ballots) for code, ballots in hospital.ballots.items()}

    assert [row.kind for row in top] == [UnitKind.GENERAL_BRANCH]
    assert [row.members for row in branches(hospital)] == [21, 19, 24, 18, 12, 17, 9, 22, 16, 8, 20]
    assert sum(members(hospital)) == 186
    assert [len(graded(hospital, grade)) for grade in GRADES] == [3, 5, 2, 1]
    assert all(set(sessions) == {1, 2, 3} for sessions in counts.values())
    assert all(ballot.adds_up for ballots in hospital.ballots.values() for ballot in ballots)
    for row in branches(hospital):
        score = hospital.scores[row.code]
        assert score.grade == row.grade
        assert len(score.parts) == 5
        assert sum(points for _, points in score.parts) == score.own
        assert all(0 <= points <= 20 for _, points in score.parts)


def test_two_branches_of_the_hospital_share_a_secretary() -> None:
    hospital = generate("hospital")
    names = {row.code: row.name for row in hospital.units}
    leading = [person for person in persons(hospital.posts).people if len([p for p in person.posts if p.role == "书记"]) > 1]

    assert [[names[post.unit] for post in person.posts] for person in leading] == [["药剂党支部", "后勤党支部"]]


def test_the_hospital_has_departments_as_a_second_tree_of_recipients() -> None:
    hospital = generate("hospital")
    departments = of_kind(hospital, UnitKind.SECTION)

    assert len(departments) == 6
    assert all(any(post.unit == row.code for post in hospital.posts) for row in departments)


def test_the_college_has_two_branches_five_owners_and_one_clerk() -> None:
    college = generate("college")
    owners: Any = college.truth["owners"]
    clerk: Any = college.truth["clerk"]

    assert {row.branch_kind: row.members for row in branches(college)} == {"教工": 26, "学生": 32}
    assert sum(members(college)) == 58
    assert len({owner["person"] for owner in owners}) == 5
    assert {owner["person"] for owner in owners} <= {post.person for post in college.posts}
    assert {post.unit for post in college.posts if post.person == clerk["person"]} == {"00", "91", "95"}
    assert all(row.grade is None for row in college.units)
