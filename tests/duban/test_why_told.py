"""Why was I (not) told: for any day, every open duty answers with a message or with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from places import Places
from world import CHEN, LI, ONE_DUTY, QIAN, SCHOOL, SUN, WANG, ZHENG, World, built, days, definition

from duban.settings import ChannelSettings
from storage import channel_states
from workflow.errors import Refused


def of(world: World, unit: str, day: str) -> tuple[list[str], str]:
    """Who was told about the unit's one duty on a day, and the reasons as one text."""
    found = world.engine.why_told(unit, at=date.fromisoformat(day))
    assert len(found) == 1
    return [told.recipient for told in found[0].told], "；".join(found[0].reasons)


def test_on_the_day_of_a_step_it_says_who_was_told_by_which_channel_and_when(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)

    found = world.engine.why_told("0101")[0]

    assert [(t.recipient, t.role, t.channel) for t in found.told] == [("李可", "书记", "folder")]
    assert found.told[0].rung == "第1步（提前3个工作日，告诉责任人）"
    assert found.reasons == ()
    assert found.next == ("第2步（超过1个工作日，告诉书记）", date(2026, 3, 31))


def test_between_two_steps_it_says_when_the_last_one_was_and_when_the_next_one_is(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-27")

    told, reasons = of(world, "0101", "2026-03-27")

    assert told == []
    assert (
        reasons
        == "第1步（提前3个工作日，告诉责任人）已在3月25日（周三）告诉李可；下一步要到3月31日（周二）：第2步（超过1个工作日，告诉书记）"
    )


def test_after_handing_in_it_says_when_that_was(world: World) -> None:
    world.launch()
    world.at("2026-03-30 18:00")
    world.act("submit", "0101", by=LI)
    world.run("2026-03-31", deliver=True)

    told, reasons = of(world, "0101", "2026-03-31")

    assert told == []
    assert reasons == "2026-03-30 18:00 已报送，不再提醒"
    assert of(world, "0102", "2026-03-31") == (["孙岩"], "")


def test_a_past_day_is_answered_as_it_was_then(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-30 18:00")
    world.act("submit", "0101", by=LI)

    told, reasons = of(world, "0101", "2026-03-26")

    assert told == []
    assert "已在3月25日（周三）告诉李可" in reasons
    assert "已报送" not in reasons


def test_a_day_without_a_run_is_named_with_the_run_that_made_up_for_it(world: World) -> None:
    world.launch()
    world.run("2026-04-01", deliver=True)

    told, reasons = of(world, "0101", "2026-03-31")

    assert told == []
    assert "还没有做过例行核查，后来在2026-04-01 08:30补做" in reasons


def test_a_message_that_waits_for_a_working_day_says_until_when(world: World) -> None:
    world.launch(definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 4月2日前}\n"))
    world.run("2026-04-04 09:00", deliver=True)

    told, reasons = of(world, "0101", "2026-04-04")

    assert told == []
    assert "给孙岩的消息等到2026-04-07 08:30再发" in reasons


def test_an_empty_post_without_anybody_above_is_a_reason(world: World) -> None:
    world.launch(definition("任务:\n  - {事项: 方案, 谁办: 党支部, 时间: 待定}\n"))

    _, reasons = of(world, "0101", "2026-03-02")

    assert reasons == "时限待定，定下之前不提醒"


def test_every_open_duty_has_a_message_or_a_reason_on_every_day_of_its_life(world: World) -> None:
    world.launch()
    day = date(2026, 3, 3)
    while day < date(2026, 4, 20):
        if day.day % 3:  # no cron every third day
            world.run(day.isoformat(), deliver=True)
        world.at(day.isoformat())
        if day == date(2026, 3, 27):
            world.act("extend", "0102", by=QIAN, to=date(2026, 4, 10), reason="人员出差")
        for unit in ("0101", "0102", "03"):
            for found in world.engine.why_told(unit):
                assert found.told or found.reasons, (unit, day)
        day += timedelta(days=1)

    again = date(2026, 3, 3)
    while again < day:
        for found in world.engine.why_told("0102", at=again):
            assert found.told or found.reasons, again
        again += timedelta(days=1)


def test_a_day_to_come_is_refused(world: World) -> None:
    world.launch()

    with pytest.raises(Refused) as refusal:
        world.engine.why_told("0101", at=date(2026, 5, 1))

    assert [reason.code for reason in refusal.value.reasons] == ["at-future"]


# -- every sort of reason


def test_a_silence_says_until_when_and_what_comes_after_it(world: World) -> None:
    world.launch()
    world.engine.silence(by=QIAN, reason="校庆", first=world.day, last=date(2026, 4, 1), unit="01")
    world.run("2026-03-25", deliver=True)

    told, reasons = of(world, "0101", "2026-03-25")

    assert told == []
    assert reasons == "静默到4月1日（周三），不提醒（钱宁）：校庆；下一步要到4月2日（周四）：第2步（超过1个工作日，告诉书记）"
    assert of(world, "0201", "2026-03-25")[0] == ["赵磊"]


def test_a_silence_that_swallows_says_so_and_goes_on_with_the_step_after_it(small_world: World) -> None:
    world = small_world
    world.launch()
    world.engine.silence(by=QIAN, reason="校庆", first=world.day, last=date(2026, 4, 1), unit="01", mode="drop")
    world.run("2026-03-25", deliver=True)

    _, reasons = of(world, "0101", "2026-03-25")

    assert "不提醒，过后也不补发（钱宁）：校庆" in reasons
    assert "第1步（提前3个工作日，告诉责任人）：静默期内，按“不补发”处理" in reasons
    assert reasons.endswith("下一步要到4月2日（周四）：第3步（超过3个工作日，告诉上级联系人）")


def test_a_silence_of_one_person_is_said_until_it_is_over(world: World) -> None:
    world.launch()
    world.engine.silence(by=QIAN, reason="出国", first=world.day, last=date(2026, 3, 27), person=LI)
    world.run("2026-03-25", deliver=True)
    world.run("2026-03-26", deliver=True)

    said = "第1步（提前3个工作日，告诉责任人）：对李可静默到3月27日（周五），过后再告诉（钱宁）：出国"
    assert said in of(world, "0101", "2026-03-25")[1]
    assert said in of(world, "0101", "2026-03-26")[1]
    world.run("2026-03-30", deliver=True)
    assert of(world, "0101", "2026-03-30")[0] == ["李可"]


def test_a_pause_says_who_why_and_promises_no_day(small_world: World) -> None:
    world = small_world
    world.launch()
    world.at("2026-03-24").pause(by=QIAN, reason="学校放假")
    world.run("2026-03-25", deliver=True)

    found = world.engine.why_told("0101")[0]

    assert found.reasons == ("活动暂停中（钱宁）：学校放假；恢复后接着提醒",)
    assert found.next is None


def test_a_promise_says_until_when_and_moves_the_next_step_behind_it(world: World) -> None:
    world.launch()
    for day in ("2026-03-25", "2026-03-31"):
        world.run(day, deliver=True)
    duty = world.duty("0101").id
    world.at("2026-03-31 10:00").answer("promise", by=LI, duty=duty, until=date(2026, 4, 3), note="正在签字")
    world.run("2026-04-02", deliver=True)

    _, reasons = of(world, "0101", "2026-04-02")

    assert reasons.startswith("已承诺4月3日（周五）前报送，这之前不提醒（李可）：正在签字；")
    assert reasons.endswith("下一步要到4月7日（周二）：第3步（超过3个工作日，告诉上级联系人）")


def test_who_put_his_messages_off_is_named(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-30").answer("snooze", by=SUN, until=date(2026, 4, 2))
    world.run("2026-03-31", deliver=True)

    assert "给孙岩的消息等到2026-04-03 08:30再发：他请求4月2日（周四）以前不要提醒" in of(world, "0101", "2026-03-31")[1]


def test_who_wants_it_weekly_is_named(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.engine.wish(SUN, weekly=True)
    world.run("2026-03-31", deliver=True)

    assert "给孙岩的消息等到2026-04-07 08:30再发：他选了只涉及下级的每周合成一封" in of(world, "0101", "2026-03-31")[1]


def test_who_has_just_seen_it_is_not_told_again_and_it_says_so(small_world: World) -> None:
    world = small_world
    repeats = "督办:\n  - {何时: 提前3个工作日, 告诉: 责任人, 重复: 每1个工作日, 最多: 2}\n"
    world.launch(definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n", ladder=repeats))
    world.run("2026-03-25", deliver=True)
    world.engine.answer("seen", by=LI, duty=world.duty("0101").id)
    world.run("2026-03-26", deliver=True)

    told, reasons = of(world, "0101", "2026-03-26")

    assert told == []
    assert "本人刚答复过“已知悉”，两个工作日内不重复提醒" in reasons
    assert of(world, "0102", "2026-03-26")[0] == ["陈初"]


def test_a_delegate_and_who_stands_in_are_told_as_such(places: Places, tmp_path: Path) -> None:
    world = World(url=places.copy("no Li", lambda url: built(url, SCHOOL.without(people=[LI]))), folder=tmp_path)
    world.launch()
    engine = world.at("2026-03-24")
    engine.delegate("0102", "书记", to=engine.person(SUN), first=date(2026, 3, 25), last=date(2026, 3, 27), by=CHEN)
    world.run("2026-03-25", deliver=True)

    instead, delegate = (world.engine.why_told(unit)[0].told[0] for unit in ("0101", "0102"))

    assert (instead.recipient, instead.instead) == ("王然", "岗位空缺，代收")
    assert (delegate.recipient, delegate.instead) == ("孙岩", "受陈初委托")
    world.close()
    places.drop(world.url)


def test_a_post_that_nobody_holds_stays_a_reason(places: Places, tmp_path: Path) -> None:
    school = SCHOOL.without(people=[LI, WANG, SUN, QIAN, ZHENG])
    world = World(url=places.copy("nobody", lambda url: built(url, school)), folder=tmp_path)
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.run("2026-03-27", deliver=True)

    for day in ("2026-03-25", "2026-03-27"):
        assert "没有可以告诉的人：岗位空缺" in of(world, "0101", day)[1]
    world.close()
    places.drop(world.url)


def _elsewhere(world: World, channel: ChannelSettings) -> None:
    world.engine.context.sandbox = False
    world.engine.context.settings = replace(world.engine.context.settings, channels=(channel,), order=(channel.name,))


def test_who_has_no_address_is_named_with_what_to_do(world: World) -> None:
    _elsewhere(world, ChannelSettings(name="slips", kind="folder", address="email"))
    with world.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE person SET email = NULL WHERE number = '{LI}'")
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-26")

    assert "给李可的消息暂停：任职表里没有他能用的联系方式，请补上" in of(world, "0101", "2026-03-26")[1]


def test_a_channel_that_is_down_or_out_of_use_is_named(small_world: World) -> None:
    world = small_world
    _elsewhere(world, ChannelSettings(name="slips", kind="folder", address="number"))
    world.launch()
    world.run("2026-03-25")

    assert "给李可的消息等待发送：下一次 duban deliver 时发出" in of(world, "0101", "2026-03-25")[1]
    with world.database.write() as connection:
        channel_states.failed(connection, "slips", why="连接不成")
    assert "渠道slips现在不通（连接不成），会自动再试" in of(world, "0101", "2026-03-25")[1]
    with world.database.write() as connection:
        channel_states.disable(connection, "slips", why="密钥不对", real_now=0)
    assert "渠道slips已停用（密钥不对），改好后用 duban channel enable slips 启用" in of(world, "0101", "2026-03-25")[1]


def test_a_run_that_waits_for_consent_is_named_with_the_command(world: World) -> None:
    world.launch()
    world.engine.restored(by=QIAN)
    run = world.run("2026-03-25", deliver=True).run

    said = f"给李可的消息要等人确认：数据库刚从备份恢复；核对后用 duban run confirm {run} 放行"
    assert said in of(world, "0101", "2026-03-25")[1]
    world.engine.confirm_run(run, accept=False)
    assert "那次核查被取消，没有发送" in of(world, "0101", "2026-03-25")[1]


def test_a_first_chase_that_is_looked_at_first_says_so(small_world: World) -> None:
    world = small_world
    world.engine.context.settings = replace(world.engine.context.settings, preview_hours=4)
    world.launch()
    world.run("2026-03-31", deliver=True)

    _, reasons = of(world, "0101", "2026-03-31")

    assert "给孙岩的消息等到2026-03-31 12:30再发：首次催办，先由组织员查看" in reasons


def test_hours_in_which_nothing_leaves_and_a_rest_day_are_told_apart(small_world: World) -> None:
    world = small_world
    world.engine.context.settings = replace(world.engine.context.settings, quiet=((time(9), time(17)),))
    world.launch()
    world.run("2026-03-25 20:00", deliver=True)
    assert "给李可的消息等到2026-03-26 09:00再发：不在发送时间内" in of(world, "0101", "2026-03-25")[1]
    world.run("2026-03-26", deliver=True)

    world.run("2026-04-04 09:00", deliver=True)

    assert "给孙岩的消息等到2026-04-07 09:00再发：休息日不发" in of(world, "0101", "2026-04-04")[1]


def test_a_spoiled_row_is_said_to_be_put_aside_and_promises_nothing(small_world: World) -> None:
    world = small_world
    world.launch()
    with world.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE timer SET rung = 77 WHERE duty_id = {world.duty('0101').id}")
    world.run("2026-03-25", deliver=True)
    world.run("2026-03-27", deliver=True)

    for day in ("2026-03-25", "2026-03-27"):
        assert of(world, "0101", day) == ([], "这条记录有问题，已单独搁置，请看 duban doctor")


def test_what_waits_for_its_reviewer_says_until_when_and_whom_he_is_told_by(world: World) -> None:
    world.launch("审核时限: 3个工作日\n" + ONE_DUTY)
    world.at("2026-03-24 09:00")
    world.act("submit", "0101", by=LI)
    world.run("2026-03-25", deliver=True)

    told, reasons = of(world, "0101", "2026-03-25")

    assert told == []
    assert reasons == (
        "已报送，等待审核；审核时间到3月27日（周五）；"
        "下一步要到3月30日（周一）：审核提醒第1步（超过审核时间1个工作日，告诉审核的组织员）"
    )
    world.run("2026-03-30", deliver=True)
    assert of(world, "0101", "2026-03-30")[0] == ["王然"]


def test_after_the_last_step_it_says_whether_the_leader_has_decided(small_world: World) -> None:
    world = small_world
    world.launch()
    for day in days("2026-03-25", "2026-04-14"):
        world.run(day, deliver=True)
    assert of(world, "0101", "2026-04-14")[1].endswith("各步都已走完，等领导定")

    world.act("sign", "0101", by=ZHENG, data={"decision": "电话了解"})

    reasons = of(world, "0101", "2026-04-14")[1]
    assert "领导已定" in reasons
    assert "电话了解" in reasons
    assert not reasons.endswith("等领导定")


# -- what is said of the days to come


def _silence(world: World) -> None:
    world.engine.silence(by=QIAN, reason="校庆", first=world.day, last=date(2026, 4, 1), unit="01")


def _drop(world: World) -> None:
    world.engine.silence(by=QIAN, reason="校庆", first=world.day, last=date(2026, 4, 1), unit="01", mode="drop")


def _from_the_second_step(world: World) -> None:
    world.engine.silence(by=QIAN, reason="校庆", first=world.day, last=date(2026, 4, 3), unit="01", rung_min=2)


def _within(world: World) -> None:
    world.engine.silence(by=SUN, reason="开会", first=date(2026, 3, 30), last=date(2026, 4, 3), unit="01")


def _nothing(world: World) -> None:
    """All as usual."""


HOLDS = (_nothing, _silence, _drop, _from_the_second_step, _within)
MISSED = ("2026-03-25", "2026-03-31", "2026-04-01")
"""Days without a run. (What a silence would have swallowed on them is told after all, as no run has met it: not foretold.)"""


@pytest.mark.parametrize(("held", "missed"), [*((h, ()) for h in HOLDS), *((h, MISSED) for h in HOLDS if h is not _drop)])
def test_a_step_comes_on_the_day_that_was_foretold(
    small_world: World, held: Callable[[World], None], missed: tuple[str, ...]
) -> None:
    world = small_world
    world.launch()
    held(world)
    told: list[tuple[str, date]] = []
    foretold: list[tuple[str, date]] = []
    for day in days("2026-03-24", "2026-04-15"):
        if day in missed:
            continue
        world.run(day, deliver=True)
        found = world.engine.why_told("0101")[0]
        told += [(line.rung, found.day) for line in found.told]
        foretold += [found.next] if found.next is not None else []

    assert len(told) >= 2
    for step, day in told:
        before = [expected for expected in foretold if expected[1] <= day]
        assert (step, day) in foretold or (missed and before and before[-1][0] == step), (step, day, foretold)
