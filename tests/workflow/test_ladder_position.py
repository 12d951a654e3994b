"""A running campaign changes its ladder: where its duties stand on the new one, and what is passed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from clockwork import Clockwork, group
from hypothesis import given
from hypothesis import strategies as st
from scene import LADDER, campaign, rung

from workflow.ladder import position
from workflow.model import Rung

R1, R2, R3, R4 = LADDER
R1B = rung(0, 0, key="R1b")


def numbered(*rungs: Rung) -> tuple[Rung, ...]:
    return tuple(replace(each, no=no) for no, each in enumerate(rungs, start=1))


def keys(rungs: tuple[Rung, ...]) -> list[str]:
    return [each.key for each in rungs]


@pytest.mark.parametrize(
    ("no", "stands", "passed"),
    [(0, 0, []), (1, 1, []), (2, 3, ["R1b"]), (3, 4, ["R1b"]), (4, 5, ["R1b"])],
)
def test_inserted_rung_is_passed_over_by_those_who_are_above_it(no: int, stands: int, passed: list[str]) -> None:  # [61]
    found, skipped = position(LADDER, numbered(R1, R1B, R2, R3, R4), no)

    assert (found, keys(skipped)) == (stands, passed)


@pytest.mark.parametrize(("no", "stands"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3)])
def test_duty_on_a_removed_rung_stands_on_the_one_below_it(no: int, stands: int) -> None:  # [62]
    assert position(LADDER, numbered(R1, R2, R4), no) == (stands, ())


def test_after_a_rung_was_removed_the_next_one_is_told_on_its_day() -> None:  # [62]
    old = Clockwork(group()).run("03-25 08:30").run("03-31 08:30")
    new = numbered(R1, R2, R4)

    stands, _ = position(LADDER, new, old.group.rung)
    clock = Clockwork(replace(old.group, rung=stands), campaign(ladder=new)).run("04-02 08:30").run("04-09 08:30")

    assert clock.told == [("04-09 08:30", "R4")]


@pytest.mark.parametrize("no", range(5))
def test_same_rungs_under_other_numbers_are_the_same_rungs(no: int) -> None:  # [63]
    renumbered = tuple(replace(each, no=each.no * 10) for each in LADDER)

    assert position(LADDER, renumbered, no) == (no * 10, ())


def test_renumbered_ladder_tells_nobody_anything_again() -> None:  # [63]
    old = Clockwork(group()).run("03-25 08:30").run("03-31 08:30")
    new = tuple(replace(each, no=each.no * 10) for each in LADDER)

    stands, _ = position(LADDER, new, old.group.rung)
    clock = Clockwork(replace(old.group, rung=stands), campaign(ladder=new)).daily(date(2026, 3, 31), date(2026, 4, 10))

    assert clock.days == [("2026-04-02", "R3"), ("2026-04-09", "R4")]


def test_rung_that_tells_somebody_else_takes_the_place_of_the_old_one() -> None:
    other = rung(0, 1, key="R2'")

    assert position(LADDER, numbered(R1, other, R3, R4), 2) == (2, (replace(other, no=2),))
    assert position(LADDER, numbered(R1, other, R3, R4), 1) == (1, ())


def test_rung_that_comes_later_than_the_removed_one_is_still_ahead() -> None:
    later, evening = rung(0, 2, key="later"), rung(0, 1, key="evening", at=time(20))

    assert position(LADDER, numbered(R1, later, R3, R4), 2) == (1, ())
    assert position(LADDER, numbered(R1, evening, R3, R4), 2) == (1, ())


def test_rung_that_was_there_before_does_not_take_the_place_of_another() -> None:
    moved = replace(R3, offset=0)

    assert position(LADDER, numbered(R1, moved, R4), 2) == (1, ())


def test_rung_moved_below_what_was_told_is_passed_over() -> None:
    stands, passed = position(LADDER, numbered(R1, R3, R2, R4), 2)

    assert (stands, keys(passed)) == (3, ["R3"])


def test_ladder_with_nothing_of_the_old_one_begins_anew_where_time_has_not_passed_it() -> None:
    fresh = numbered(rung(0, -1, key="A"), rung(0, 2, key="B"))

    assert keys(position(LADDER, fresh, 3)[1]) == ["A", "B"]
    assert position(LADDER, fresh, 1) == (0, ())
    assert position(LADDER, (), 4) == (0, ())


rungs = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(-5, 9)), max_size=6, unique_by=lambda pair: pair[0]).map(
    lambda pairs: numbered(*(rung(0, offset, key=key) for key, offset in sorted(pairs, key=lambda pair: pair[1])))
)


@given(rungs, rungs, st.integers(0, 6))
def test_whatever_changes_nothing_told_is_ahead_and_nothing_untold_is_lost(
    old: tuple[Rung, ...], new: tuple[Rung, ...], no: int
) -> None:
    no = min(no, len(old))
    told = set(keys(old[:no]))

    stands, passed = position(old, new, no)

    assert 0 <= stands <= len(new)
    assert not told & set(keys(new[stands:]))
    assert set(keys(passed)) == set(keys(new[:stands])) - told


@given(rungs, st.data())
def test_unchanged_ladder_leaves_everybody_where_he_is(ladder: tuple[Rung, ...], data: st.DataObject) -> None:
    no = data.draw(st.integers(0, len(ladder)))

    assert position(ladder, ladder, no) == (no, ())
