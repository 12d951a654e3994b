"""A program that follows what happens asks again and again, and misses nothing it may see."""

from __future__ import annotations

import json

from portal import Page, portal
from world import LI, QIAN, ZHAO, World


def content(page: Page) -> dict[str, object]:
    assert page.status == 200, page.text
    found = json.loads(page.text)
    assert isinstance(found, dict)
    return found


def test_who_keeps_next_hears_only_what_is_new(small_world: World) -> None:
    small_world.launch()
    with portal(small_world) as p:
        officer = p.as_(QIAN)
        first = content(officer.get("/api/v1/events?limit=200"))
        small_world.at("2026-03-20").act("submit", duty=small_world.duty("0101").id, by=LI)

        second = content(officer.get(f"/api/v1/events?after={first['next']}"))

    (event,) = second["items"]  # type: ignore[misc]
    assert first["more"] is False
    assert event["type"] == "cn.duban.submit"
    assert event["data"]["unit"] == "0101"
    assert event["data"]["from"] == "open"
    assert "due_from" not in event["data"]


def test_a_secretary_of_another_branch_hears_nothing_of_it(small_world: World) -> None:
    small_world.launch()
    small_world.at("2026-03-20").act("submit", duty=small_world.duty("0101").id, by=LI)
    with portal(small_world) as p:
        answer = p.as_(ZHAO).get("/api/v1/events?limit=200")

    units = {event["data"]["unit"] for event in content(answer)["items"]}  # type: ignore[attr-defined]
    assert units == {"0201"}


def test_a_place_of_another_list_is_refused(small_world: World) -> None:
    small_world.launch()
    with portal(small_world) as p:
        answer = p.as_(QIAN).get("/api/v1/events?after=WyJ1bml0cyIsIDNd")

    assert answer.status == 400
    assert json.loads(answer.text)["code"] == "bad-cursor"
