"""定级 in figures: distribution, hints, bands."""

from __future__ import annotations

from fractions import Fraction

import pytest

from phases.grading import (
    UNRATED,
    Graded,
    band,
    distribution,
    read_band,
    same_grades,
)

SCALE = ("先进", "较好", "一般", "后进")


def graded(kind: str, *grades: str | None, superior: str = "甲学院党委") -> list[Graded]:
    return [Graded(unit=f"{kind}{n}", kind=kind, grade=grade, superior=superior) for n, grade in enumerate(grades)]


def test_a_distribution_counts_every_unit_once_by_grade_and_kind() -> None:
    units = [*graded("本科生", "先进", "较好", "较好"), *graded("教工", "后进", "先进")]

    counts = distribution(units, SCALE)

    assert counts.labels == SCALE
    assert [(kind.name, kind.counts, kind.total) for kind in counts.kinds] == [
        ("本科生", (1, 2, 0, 0), 3),
        ("教工", (1, 0, 0, 1), 2),
    ]
    assert (counts.whole.counts, counts.whole.total) == ((2, 2, 0, 1), 5)


def test_units_not_rated_not_graded_or_on_an_old_scale_are_not_lost() -> None:
    units = graded("教工", None, "优秀", UNRATED, "先进")

    counts = distribution(units, SCALE)

    assert counts.labels == (*SCALE, "优秀", "不参评", "尚未定级")
    assert counts.whole.counts == (1, 0, 0, 0, 1, 1, 1)


def test_no_units_make_empty_counts() -> None:
    counts = distribution([], SCALE)

    assert (counts.kinds, counts.whole.counts, counts.whole.total) == ((), (0, 0, 0, 0), 0)


def test_a_committee_that_gives_all_its_branches_one_grade_gets_a_hint() -> None:
    units = [*graded("教工", "先进", "先进", "先进"), *graded("教工", "先进", "较好", superior="乙学院党委")]

    (hint,) = same_grades(units)

    assert (hint.superior, hint.grade, hint.count) == ("甲学院党委", "先进", 3)
    assert hint.text == "甲学院党委的3个支部都定为“先进”，建议再看一看是否拉开了档次。"


@pytest.mark.parametrize(
    "grades",
    [
        ("先进",),  # one branch cannot be spread
        ("先进", "先进", None),  # grading is not finished
        (None, None),  # nothing graded yet
        ("先进", UNRATED),  # one rated branch only
        (UNRATED, UNRATED),
    ],
)
def test_no_hint_where_there_is_nothing_to_compare(grades: tuple[str | None, ...]) -> None:
    assert same_grades(graded("教工", *grades)) == ()


def test_a_branch_not_rated_is_left_aside_in_the_hint() -> None:
    (hint,) = same_grades(graded("教工", "较好", "较好", UNRATED))

    assert hint.count == 2


@pytest.mark.parametrize(
    ("count", "low", "high", "least", "most"),
    [
        (341, "5%", "10%", 18, 34),  # 17.05 to 34.1
        (100, "5%", "10%", 5, 10),  # both ends included
        (7, "5%", "10%", 1, 0),  # 0.35 to 0.7: no whole number
        (0, "5%", "10%", 0, 0),
        (10, "30%", "30%", 3, 3),  # 3 exactly, in floats 30% of 10 would do too
        (110, "70%", "100%", 77, 110),  # 110 * 0.7 is 77.00000000000001 in floats
    ],
)
def test_a_band_holds_the_whole_numbers_between_two_shares(count: int, low: str, high: str, least: int, most: int) -> None:
    found = band(count, Fraction(low[:-1]) / 100, Fraction(high[:-1]) / 100)

    assert (found.least, found.most) == (least, most)


def test_28_of_341_lie_within_the_band_and_35_do_not() -> None:
    found = band(341, *read_band("5%-10%"))

    assert [found.holds(number) for number in (17, 18, 28, 34, 35)] == [False, True, True, True, False]
    assert found.text == "共341个，应在18个到34个之间（含）。"


def test_a_band_without_a_whole_number_says_so() -> None:
    assert "没有整数" in band(7, *read_band("5%-10%")).text


@pytest.mark.parametrize("words", ["5%-10%", "5％～10％", "5-10%", "5%至10%", "5% — 10%"])
def test_a_band_is_read_as_written(words: str) -> None:
    assert read_band(words) == (Fraction(1, 20), Fraction(1, 10))


@pytest.mark.parametrize("words", ["", "10%", "5-10", "约一成"])
def test_words_that_are_no_band_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match="请写成 5%-10%"):
        read_band(words)


def test_a_band_upside_down_is_refused() -> None:
    with pytest.raises(ValueError, match="low <= high"):
        band(341, Fraction(1, 10), Fraction(1, 20))
