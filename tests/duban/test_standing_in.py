"""Who is told for a post that nobody holds: the next one up, one level at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from places import Places
from world import SCHOOL, SUN, WANG, XU, School, World, built, post

R2_DAY = "2026-03-31"
"""After the line the 书记 of the unit that chases is told."""


def _told(places: Places, folder: Path, name: str, school: School, unit: str) -> list[tuple[str, str | None]]:
    """(who, in which role) is told on the first day after the line about a branch that did nothing."""
    world = World(url=places.copy(name, lambda url: built(url, school)), folder=folder)
    world.launch()
    world.run(R2_DAY)
    sql = f"""SELECT p.name, r.role, r.acting_for FROM reminder r JOIN person p ON p.id = r.recipient_id
        JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id WHERE u.code = '{unit}' AND r.rung LIKE '+1%'"""
    found = world.rows(sql)
    world.close()
    places.drop(world.url)
    return [(who, role if acting is None else f"{role}（代）") for who, role, acting in found]


def test_a_general_branch_chases_its_own_branches(places: Places, tmp_path: Path) -> None:
    assert _told(places, tmp_path, "school", SCHOOL, "010901") == [("徐晴", "书记")]


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ((XU,), [("王然", "组织员（代）")]),  # the committee above the general branch, its clerk first
        ((XU, WANG), [("孙岩", "书记（代）")]),
        ((XU, WANG, SUN), [("钱宁", "干事（代）")]),  # nobody in the whole line: 组织部
    ],
)
def test_where_a_general_branch_has_nobody_the_committee_comes_before_the_department(
    places: Places, tmp_path: Path, gone: tuple[str, ...], told: list[tuple[str, str]]
) -> None:
    assert _told(places, tmp_path, f"without {len(gone)}", SCHOOL.without(people=gone), "010901") == told


def test_an_ordinary_branch_does_not_go_to_the_head_of_the_school(places: Places, tmp_path: Path) -> None:
    school = SCHOOL.without(people=[WANG, SUN]).plus(post("00", "书记", "校书记", "0001"))

    assert _told(places, tmp_path, "head", school, "0101") == [("钱宁", "干事（代）")]
