"""委托: on the days named the delegate is told and acts, the holder is left in peace; afterwards it is his again."""

from __future__ import annotations

from datetime import date

import pytest
from world import CHEN, KONG, LI, QIAN, R1, R2, SCHOOL, SUN, WANG, ZHAO, World, days, post

from duban.service.context import day_of
from workflow.errors import NotFound, Refused

FIRST, LAST = date(2026, 3, 30), date(2026, 4, 3)


def told(world: World, unit: str) -> list[tuple[str, str, str]]:
    rows = world.rows(
        "SELECT n.as_of, r.rung, p.name FROM reminder r JOIN run n ON n.id = r.run_id JOIN person p ON p.id = r.recipient_id"
        f" JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id WHERE u.code = '{unit}' ORDER BY n.as_of, p.name"
    )
    return [(str(day_of(as_of)), rung, who) for as_of, rung, who in rows]


def refused(world: World, **more: object) -> list[str]:
    words: dict[str, object] = {"to": WANG, "first": FIRST, "last": LAST, "by": SUN}
    with pytest.raises(Refused) as refusal:
        world.engine.delegate("01", "书记", **{**words, **more})  # type: ignore[arg-type]
    assert all(reason.text and reason.unblock for reason in refusal.value.reasons)
    return [reason.code for reason in refusal.value.reasons]


def test_delegate_is_told_on_his_days_and_the_holder_on_all_others(world: World) -> None:  # [42]
    from world import ONE_DUTY

    world.launch(
        ONE_DUTY.replace("告诉: 书记", "告诉: 书记, 重复: 每2个工作日, 最多: 4")
        .replace("超过3个", "超过9个")
        .replace("超过7个", "超过12个")
    )
    world.at("2026-03-27")
    done = world.engine.delegate("01", "书记", to=WANG, first=FIRST, last=LAST, by=SUN, reason="出差")

    for day in days("2026-03-28", "2026-04-07"):
        world.run(day, deliver=True)

    assert (done.holder, done.to) == ("孙岩", "王然")
    assert told(world, "0101")[-3:] == [
        ("2026-03-31", R2, "王然"),
        ("2026-04-02", R2, "王然"),
        ("2026-04-07", R2, "孙岩"),
    ]


def test_delegate_may_act_in_his_place(world: World) -> None:
    world.launch()
    world.at("2026-03-24")
    before = world.refused("submit", "0101", by=KONG)
    world.engine.delegate("0101", "书记", to=KONG, first=date(2026, 3, 25), last=date(2026, 3, 27), by=LI)

    world.at("2026-03-26")
    done = world.act("submit", "0101", by=KONG)

    assert before == ["wrong-actor"]
    assert done.state == "submitted"


def test_of_two_holders_only_the_one_away_is_stood_in_for(world: World) -> None:
    world.engine.import_units(files=SCHOOL.plus(post("0101", "书记", "冯新", "1099")).files())
    world.launch()
    world.at("2026-03-24")
    with pytest.raises(NotFound) as which:
        world.engine.delegate("0101", "书记", to=CHEN, first=date(2026, 3, 25), last=date(2026, 3, 25), by=QIAN)
    world.engine.delegate("0101", "书记", to=CHEN, first=date(2026, 3, 25), last=date(2026, 3, 25), by=QIAN, holder=LI)

    world.run("2026-03-25")

    assert which.value.candidates == ("李可", "冯新")
    assert told(world, "0101") == [("2026-03-25", R1, "冯新"), ("2026-03-25", R1, "陈初")]


def test_the_post_stays_the_holders_through_the_next_import(world: World) -> None:
    world.launch()
    world.at("2026-03-27")
    world.engine.delegate("01", "书记", to=WANG, first=FIRST, last=LAST, by=SUN)

    again = world.engine.import_units(files=SCHOOL.files(), end_missing=True)
    world.run("2026-03-31")

    assert (again.posts_added, again.posts_ended) == (0, 0)
    assert told(world, "0101") == [("2026-03-31", R2, "王然")]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"by": ZHAO}, ["wrong-actor"]),
        ({"by": LI}, ["wrong-actor"]),
        ({"to": SUN}, ["to-himself"]),
        ({"last": date(2026, 3, 28)}, ["days-reversed"]),
        ({"first": date(2026, 3, 2)}, ["already-past"]),
    ],
)
def test_delegation_is_refused_with_its_reason(world: World, more: dict[str, object], expected: list[str]) -> None:
    world.at("2026-03-27")
    before = world.everything()

    assert refused(world, **more) == expected
    assert world.everything() == before


def test_who_has_delegated_can_neither_do_it_twice_nor_stand_for_another(world: World) -> None:
    world.engine.import_units(files=SCHOOL.plus(post("01", "书记", "冯新", "1099")).files())
    world.at("2026-03-27")
    world.engine.delegate("01", "书记", to=WANG, first=FIRST, last=LAST, by=SUN, holder=SUN)

    twice = refused(world, holder=SUN, first=LAST, last=date(2026, 4, 8))
    away = refused(world, holder="1099", to=SUN, by="1099")
    later = world.engine.delegate("01", "书记", to=WANG, first=date(2026, 4, 7), last=date(2026, 4, 8), by=SUN, holder=SUN)

    assert (twice, away) == (["already-delegated"], ["delegate-away"])
    assert later.last == date(2026, 4, 8)


def test_role_that_nobody_holds_names_who_is_there(world: World) -> None:
    with pytest.raises(NotFound) as missing:
        world.engine.delegate("01", "副书记", to=WANG, first=FIRST, last=LAST, by=QIAN)

    assert sorted(missing.value.candidates) == ["书记 孙岩", "组织员 王然"]


def test_delegation_is_journaled_with_ids_not_names(world: World) -> None:
    world.at("2026-03-27")
    world.engine.delegate("01", "书记", to=WANG, first=FIRST, last=LAST, by=SUN, reason="出差", via="portal")

    [(act, by, via, reason, data)] = world.rows(
        "SELECT j.act, p.name, j.via, j.reason, j.data FROM journal j JOIN person p ON p.id = j.by_person WHERE j.act = 'delegate'"
    )

    assert (act, by, via, reason) == ("delegate", "孙岩", "portal", "出差")
    assert '"role": "书记"' in data
    assert "王然" not in data


def test_delegation_ends_with_the_holders_own_post(world: World) -> None:
    world.launch()
    world.at("2026-03-27").delegate("01", "书记", to=KONG, first=FIRST, last=date(2026, 4, 10), by=SUN, reason="出差")
    files = SCHOOL.without(people=[SUN]).plus(post("01", "书记", "宋平", "1011")).files()
    world.at("2026-04-01 10:00").import_units(files=files, end_missing=True)

    world.run("2026-04-01 10:05")

    spans = world.rows("SELECT valid_to FROM post WHERE delegated AND superseded_at > 99999999999")
    assert spans == [(date(2026, 4, 1).toordinal(),)]
    assert {who for _, rung, who in told(world, "0101") if rung == R2} == {"宋平"}
