"""Targets over the frozen cohort: who is counted, who has reached, what moved."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from phases.cohort import Event, Fate, Member, Standing, cohort
from phases.grading import UNRATED
from phases.targets import flow_matrix, measure, needed, standing_grade
from workflow.model import Deadline, Target

SCALE = ("先进", "较好", "一般", "后进")
BASELINE_COUNTS = {"先进": 68, "较好": 153, "一般": 92, "后进": 28}  # 341 branches
THIS_YEAR = Deadline(words="今年内", kind="before", end=date(2012, 12, 31))


def target(from_grade: str, *to_grades: str, share: str) -> Target:
    return Target(from_grade=from_grade, to_grades=to_grades, share=Fraction(share), words=f"{share}以上", deadline=THIS_YEAR)


UP = target("一般", "先进", share="3/10")
OUT = target("后进", "先进", "较好", "一般", share="1/2")


def university(risen: dict[str, int], events: dict[str, Event] | None = None) -> tuple[Member, ...]:
    """341 branches `一般000`, ...; of each starting grade the first so many now have the grade aimed at."""
    baseline = {f"{grade}{n:03d}": grade for grade, count in BASELINE_COUNTS.items() for n in range(count)}
    aim = {"一般": "先进", "后进": "一般"}
    current = {code: aim[grade] if int(code[-3:]) < risen.get(grade, 0) else grade for code, grade in baseline.items()}
    return cohort(baseline, events or {}, current)


def branch(current: str | None = None, **changes: object) -> Member:
    return Member(**{"unit": "030701", "baseline": "一般", "current": current, **changes})  # type: ignore[arg-type]


def gone(reason: str = "毕业后撤销") -> Event:
    return Event(state=Fate.DISSOLVED, reason=reason)


@pytest.mark.parametrize(
    ("count", "share", "whole"),
    [
        (92, "3/10", 28),  # 27.6
        (28, "1/2", 14),  # 14 exactly: 以上 includes
        (90, "3/10", 27),  # 27 exactly; 90 * 0.3 is 27.0
        (26, "1/2", 13),
        (92, "1/2", 46),
        (28, "4/5", 23),  # 22.4
        (10, "7/10", 7),  # exactly 7
        (0, "3/10", 0),
        (1, "3/10", 1),
    ],
)
def test_a_share_asks_for_a_whole_number_itself_included(count: int, share: str, whole: int) -> None:
    assert needed(count, Fraction(share)) == whole


def test_variant_a_is_exactly_on_target() -> None:
    members = university({"一般": 28, "后进": 14})

    up, out = measure(UP, members, SCALE), measure(OUT, members, SCALE)

    assert (up.expected, up.needed, up.reached, up.short, up.met) == (92, 28, 28, 0, True)
    assert (out.expected, out.needed, out.reached, out.short, out.met) == (28, 14, 14, 0, True)
    assert up.left == out.left == ()


def test_variant_b_is_one_short() -> None:
    members = university({"一般": 27, "后进": 14})

    up = measure(UP, members, SCALE)

    assert (up.expected, up.needed, up.reached, up.short, up.met) == (92, 28, 27, 1, False)


def test_variant_c_after_restructuring_needs_27_and_13() -> None:
    # Two 一般 and two 后进 dissolved; one 后进 merged into a 先进 branch stays and is judged by it.
    dissolved = {code: gone() for code in ("一般090", "一般091", "后进026", "后进027")}
    merged = {"后进020": Event(state=Fate.MERGED, successors=("先进000",))}
    members = university({"一般": 27, "后进": 12}, {**dissolved, **merged})

    up, out = measure(UP, members, SCALE), measure(OUT, members, SCALE)

    assert (up.expected, up.needed, up.reached, up.met) == (90, 27, 27, True)
    assert (out.expected, out.needed, out.reached, out.met) == (26, 13, 13, True)
    assert [(left.unit, left.reason) for left in out.left] == [("后进026", "毕业后撤销"), ("后进027", "毕业后撤销")]
    assert [(carried.unit, [end.unit for end in carried.by]) for carried in out.carried] == [("后进020", ["先进000"])]


def test_a_new_branch_never_enters_the_cohort() -> None:
    members = cohort({"1": "一般"}, {"1": Event(state=Fate.SPLIT, successors=("2", "3"))}, {"2": "先进", "3": "先进"})

    figure = measure(UP, members, SCALE)

    assert (figure.expected, figure.reached) == (1, 1)


@pytest.mark.parametrize(
    ("grades", "reached"),
    [
        ({"2": "先进", "3": "先进"}, 1),
        ({"2": "先进", "3": "较好"}, 0),
        ({"2": "先进"}, 0),  # the second is not graded yet
        ({"2": "先进", "3": UNRATED}, 0),
    ],
)
def test_a_split_branch_is_reached_only_when_all_its_successors_are(grades: dict[str, str], reached: int) -> None:
    members = cohort({"1": "一般"}, {"1": Event(state=Fate.SPLIT, successors=("2", "3"))}, grades)

    assert measure(UP, members, SCALE).reached == reached


def test_a_branch_that_gave_up_half_its_members_and_kept_its_code_is_judged_by_both() -> None:
    events = {"1": Event(state=Fate.SPLIT, successors=("1", "2"))}

    both = cohort({"1": "一般"}, events, {"1": "先进", "2": "先进"})
    one = cohort({"1": "一般"}, events, {"1": "先进", "2": "一般"})

    assert (measure(UP, both, SCALE).reached, measure(UP, one, SCALE).reached) == (1, 0)


def test_two_branches_merged_into_one_stay_two_members() -> None:
    events = {code: Event(state=Fate.MERGED, successors=("9",)) for code in ("1", "2")}
    members = cohort({"1": "一般", "2": "一般"}, events, {"9": "先进"})

    figure = measure(UP, members, SCALE)

    assert (figure.expected, figure.reached) == (2, 2)


def test_a_successor_that_is_dissolved_later_takes_its_member_along_with_the_reason() -> None:
    events = {"1": Event(state=Fate.MERGED, successors=("9",)), "9": gone("学院撤并")}
    members = cohort({"1": "一般"}, events, {"9": "先进"}, {"1": "化工研一党支部"})

    figure = measure(UP, members, SCALE)

    assert (figure.expected, figure.met) == (0, None)
    assert [(left.name, left.reason) for left in figure.left] == [("化工研一党支部", "学院撤并")]


def test_a_split_branch_with_one_successor_left_is_judged_by_that_one() -> None:
    events = {"1": Event(state=Fate.SPLIT, successors=("2", "3")), "3": gone()}
    members = cohort({"1": "一般"}, events, {"2": "先进"})

    figure = measure(UP, members, SCALE)

    assert (figure.expected, figure.reached, figure.left) == (1, 1, ())


def test_a_renamed_or_moved_branch_changes_nothing() -> None:
    before = cohort({"1": "一般"}, {}, {"1": "先进"}, {"1": "旧名党支部"})
    after = cohort({"1": "一般"}, {}, {"1": "先进"}, {"1": "新名党支部"})

    assert measure(UP, before, SCALE) == measure(UP, after, SCALE)


def test_only_the_grades_asked_for_count_and_better_ones() -> None:
    to_good = target("一般", "较好", share="1/2")
    members = [branch("先进"), branch("较好", unit="2"), branch("一般", unit="3"), branch(None, unit="4")]

    assert measure(UP, members, SCALE).reached == 1
    assert measure(to_good, members, SCALE).reached == 2


def test_a_target_nobody_is_expected_for_is_neither_met_nor_missed() -> None:
    figure = measure(OUT, [branch("先进")], SCALE)

    assert (figure.expected, figure.needed, figure.short, figure.met) == (0, 0, 0, None)


def test_a_merged_branch_without_a_successor_is_an_error_in_the_data() -> None:
    with pytest.raises(ValueError, match="successors"):
        Standing(unit="1", state=Fate.MERGED)


def test_a_line_that_comes_back_to_itself_is_an_error_in_the_data() -> None:
    events = {"1": Event(state=Fate.MERGED, successors=("2",)), "2": Event(state=Fate.MERGED, successors=("1",))}

    with pytest.raises(ValueError, match="1 -> 2 -> 1"):
        cohort({"1": "一般"}, events, {})


def test_the_matrix_has_every_member_once_with_falls_and_those_that_left() -> None:
    baseline = {"1": "先进", "2": "先进", "3": "一般", "4": "一般", "5": "后进", "6": "后进", "7": "一般"}
    current = {"1": "先进", "2": "较好", "3": "先进", "4": "后进", "5": UNRATED}
    members = cohort(baseline, {"6": gone()}, current)

    matrix = flow_matrix(members, SCALE)

    assert matrix.columns == (*SCALE, "不参评", "撤销", "尚未定级")
    assert [(row.baseline, row.counts, row.rises, row.falls) for row in matrix.rows] == [
        ("先进", (1, 1, 0, 0, 0, 0, 0), 0, 1),
        ("较好", (0, 0, 0, 0, 0, 0, 0), 0, 0),
        ("一般", (1, 0, 0, 1, 0, 0, 1), 1, 1),
        ("后进", (0, 0, 0, 0, 1, 1, 0), 0, 0),
    ]
    assert sum(matrix.totals) == len(members)


def test_matrix_and_target_count_a_split_branch_alike() -> None:
    events = {"1": Event(state=Fate.SPLIT, successors=("2", "3"))}
    (member,) = cohort({"1": "一般"}, events, {"2": "先进", "3": "较好"})

    matrix = flow_matrix([member], SCALE)

    assert standing_grade(member, SCALE) == "较好"
    assert dict(zip(matrix.columns, matrix.totals, strict=True))["较好"] == 1
    assert measure(UP, [member], SCALE).reached == 0


def test_a_label_of_an_earlier_scale_gets_its_own_row_and_column() -> None:
    matrix = flow_matrix([branch("先进", baseline="优秀"), branch("合格", unit="2")], SCALE)

    assert matrix.columns == (*SCALE, "优秀", "合格", "不参评", "撤销", "尚未定级")
    assert sum(matrix.totals) == 2
    assert sum(row.rises + row.falls for row in matrix.rows) == 0


def test_the_university_matrix_adds_up_to_341() -> None:
    matrix = flow_matrix(university({"一般": 28, "后进": 14}), SCALE)

    assert [row.total for row in matrix.rows] == [68, 153, 92, 28]
    assert sum(matrix.totals) == 341
    assert sum(row.rises for row in matrix.rows) == 42
