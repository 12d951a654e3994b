"""Somebody meets the campaigns his units take part in, the newest running one first."""

from __future__ import annotations

import pytest
from world import ONE_DUTY, WANG, WU, World, definition

from duban.service.campaigns_in import CampaignRead, chosen
from duban.service.people import scope_of
from storage.scope import EVERYTHING, Scope
from workflow.errors import NotFound


def _scope(world: World, who: str) -> Scope:
    return scope_of(world.database, world.engine.person(who), world.day)


def test_before_the_first_launch_there_is_none(small_world: World) -> None:
    assert small_world.engine.campaigns(scope=EVERYTHING) == ()
    assert chosen(()) is None


def test_the_newest_running_campaign_comes_first_and_ended_ones_last(world: World) -> None:
    first = world.launch(ONE_DUTY)
    second = world.launch(ONE_DUTY.replace("活动: 支部换届", "活动: 支部调研"))
    third = world.launch(ONE_DUTY.replace("活动: 支部换届", "活动: 旧活动"))
    with world.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE campaign SET state = 'ended' WHERE id = {third}")

    found = world.engine.campaigns(scope=EVERYTHING)

    assert [(one.id, one.state) for one in found] == [(second, "running"), (first, "running"), (third, "ended")]
    assert chosen(found) == found[0]


def test_a_campaign_in_which_none_of_his_units_takes_part_is_not_wus(world: World) -> None:
    everybodys = world.launch(ONE_DUTY)
    graduates = world.launch(
        definition("任务:\n  - {事项: 毕业生党员, 谁办: 党支部, 适用类别: 研究生, 时间: 5月底前}\n", name="毕业季").replace(
            "参加: [二级党组织, 党支部]", "参加: [党支部]"
        )
    )
    with world.database.write() as connection:  # as if only the branch of graduates had been enrolled
        connection.exec_driver_sql("DELETE FROM timer")
        connection.exec_driver_sql(
            f"DELETE FROM duty WHERE campaign_id = {graduates} AND unit_id != (SELECT id FROM unit WHERE code = '010902')"
        )
        connection.exec_driver_sql(
            f"DELETE FROM case_ WHERE campaign_id = {graduates} AND unit_id != (SELECT id FROM unit WHERE code = '010902')"
        )

    wang, wu = (world.engine.campaigns(scope=_scope(world, who)) for who in (WANG, WU))

    assert [one.id for one in wang] == [graduates, everybodys]
    assert [one.id for one in wu] == [everybodys]
    assert world.engine.campaigns(scope=Scope(())) == ()


def test_a_campaign_that_is_not_his_cannot_be_chosen() -> None:
    mine = (CampaignRead(id=2, name="支部换届", state="running"),)

    assert chosen(mine, 2) == mine[0]
    with pytest.raises(NotFound, match="没有找到这个活动"):
        chosen(mine, 1)
