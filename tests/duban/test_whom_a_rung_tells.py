"""Rungs that name an organisation on the way up, and rungs that name two people."""

from __future__ import annotations

from pathlib import Path

from places import Places
from world import QIAN, SCHOOL, SUN, WANG, XU, World, built, definition, post

TASK = "任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n"


def told(world: World) -> set[tuple[str, str]]:
    """(unit that owes, 工号 of who is told) of everything that was said."""
    sql = """SELECT u.code, p.number FROM reminder r JOIN person p ON p.id = r.recipient_id
        JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id"""
    return {(unit, number) for unit, number in world.rows(sql)}


def test_a_general_branch_hears_of_its_own_branches_not_of_the_whole_school(world: World) -> None:
    ladder = "督办:\n  - {何时: 超过1个工作日, 告诉: 党总支书记}\n"
    world.launch(definition(TASK, ladder=ladder))

    world.run("2026-03-31")

    assert {unit for unit, number in told(world) if number == XU} == {"010901", "010902"}
    assert ("0101", QIAN) in told(world)  # where there is no such organisation: 组织部


def test_of_two_who_are_to_be_told_each_has_his_own_stand_in(places: Places, tmp_path: Path) -> None:
    school = SCHOOL.without(people=[SUN]).plus(post("01", "副书记", "副书记甲", "1099"))  # 化学学院 has no 书记 now
    world = World(url=places.copy("a committee without its 书记", lambda url: built(url, school)), folder=tmp_path)
    ladder = "督办:\n  - {何时: 超过1个工作日, 告诉: 组织员和书记}\n"
    world.launch(definition(TASK, ladder=ladder))

    world.run("2026-03-31")

    assert {number for unit, number in told(world) if unit == "0101"} == {WANG, "1099"}
    world.close()
    places.drop(world.url)
