"""A person's open lines in the calendar of his phone: by an address that is his, that he can change, and that tells nothing more."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from portal import Visit, portal
from world import LI, WANG, World, definition

from duban.engine import Engine

INTERNAL = definition(
    "任务:\n  - {事项: 支部小结, 谁办: 党支部, 时间: 3月30日前}\n"
    "报送:\n  - {谁报: 党支部, 材料: [支部名册], 报给: 二级党组织, 时间: 4月10日前}\n"
)


def address_of(visit: Visit) -> str:
    (field,) = visit.get("/calendar").find(".//textarea[@id='address']")
    return str(field.text)


def events(visit: Visit, address: str) -> list[Event]:
    answer = visit.get(urlsplit(address).path)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.text).walk("VEVENT"))


def test_a_secretary_finds_each_open_line_as_an_all_day_entry_with_whom_to_ask(small_world: World) -> None:
    small_world.launch(INTERNAL)
    with portal(small_world) as p:
        address = address_of(p.as_(LI))

        found = events(p.as_(None), address)  # a phone signs in nowhere

    assert [(str(e["summary"]), e["dtstart"].dt) for e in found] == [
        ("支部小结：教工第一党支部", date(2026, 3, 30)),
        ("报送材料：教工第一党支部", date(2026, 4, 10)),
    ]
    words = str(found[0]["description"])
    assert "材料：支部名册" in str(found[1]["description"])
    assert "3月30日（周一）24:00前" in words
    assert "组织部 钱宁 0000-0000" in words
    assert "如已报送，请忽略" in words
    assert str(found[0]["url"]) == f"{p.base}/duties/{small_world.duty('0101', '支部小结').id}"
    assert not any(word in words for word in ("逾期", "督办", "后进", "等次"))


def test_what_is_handed_in_disappears_and_what_comes_back_is_there_again_under_its_own_name(small_world: World) -> None:
    small_world.launch()
    with portal(small_world) as p:
        address = address_of(p.as_(LI))
        (before,) = events(p.as_(None), address)
        duty = small_world.duty("0101").id
        small_world.at("2026-03-20").act("submit", duty=duty, by=LI)
        handed_in = events(p.as_(None), address)
        small_world.engine.act("return", duty=duty, by=WANG, reason="请补上日期", to=date(2026, 4, 3))
        (back,) = events(p.as_(None), address)

    assert handed_in == []
    assert back["uid"] == before["uid"]
    assert int(back["sequence"]) >= int(before["sequence"])
    assert back["dtstart"].dt == date(2026, 4, 3)
    assert "退回补正" in str(back["description"])


def test_the_old_address_opens_nothing_once_he_asked_for_another(small_world: World) -> None:
    small_world.launch()
    with portal(small_world) as p:
        li = p.as_(LI)
        old = address_of(li)

        page = li.get("/calendar").submit(press="换一个地址")

        new = address_of(li)
        assert "旧地址不能再用" in page.words
        assert new != old
        assert p.as_(None).get(urlsplit(old).path).status == 404
        assert len(events(p.as_(None), new)) == 1


def test_an_address_with_another_number_or_person_opens_nothing(small_world: World) -> None:
    small_world.launch()
    with portal(small_world) as p:
        path = urlsplit(address_of(p.as_(LI))).path
        person, no, signature = path.removeprefix("/calendar/").removesuffix(".ics").split("-")
        wrong = (
            f"{int(person) + 1}-{no}-{signature}",
            f"{person}-{int(no) + 1}-{signature}",
            f"{person}-{no}-{signature[:-1]}",
            f"{person}-{no}-",
            f"{person}-{no}-签名",
            "x",
            f"{'9' * 40}-1-{signature}",
        )

        found = {name: p.as_(None).get(f"/calendar/{name}.ics").status for name in wrong}

    assert set(found.values()) == {404}, found


def test_who_left_his_post_has_no_calendar_any_more(small_world: World) -> None:
    small_world.launch()
    with portal(small_world) as p:
        path = urlsplit(address_of(p.as_(LI))).path
        _end_posts(small_world.engine, LI)

        answer = p.as_(None).get(path)

    assert answer.status == 404


def test_the_address_lies_where_the_installation_says_it_is(small_world: World) -> None:
    from dataclasses import replace

    context = small_world.engine.context
    context.settings = replace(context.settings, link="https://portal.example.edu/duban/")
    small_world.launch()

    with portal(small_world) as p:
        address = address_of(p.as_(LI))

    assert address.startswith("https://portal.example.edu/duban/calendar/")


def _end_posts(engine: Engine, number: str) -> None:
    """As an import with an end day would."""
    from sqlalchemy import update

    from storage.tables import POST

    with engine.database.write() as connection:
        yesterday = engine.context.today().toordinal()
        connection.execute(update(POST).where(POST.c.person_id == engine.person(number)).values(valid_to=yesterday))
