"""静默 and 暂停: what is muted is put off and said later, once; what is dropped is recorded; nobody mutes what goes over his head."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from world import KONG, LI, QIAN, R1, R2, R3, R4, SUN, WANG, WU, ZHAO, ZHENG, ZHOU, World, days

from duban.service.context import day_of
from duban.service.people import scope_of
from workflow.errors import NotFound, Refused

TUESDAY, WEDNESDAY = date(2026, 3, 31), date(2026, 4, 1)


def told(world: World, unit: str) -> list[tuple[str, str, str]]:
    """(day of the run, rung, who) about one unit's duty."""
    rows = world.rows(
        "SELECT n.as_of, r.rung, p.name FROM reminder r JOIN run n ON n.id = r.run_id JOIN person p ON p.id = r.recipient_id"
        f" JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id WHERE u.code = '{unit}' AND r.state = 'folded'"
        " ORDER BY n.as_of, r.rung, p.name"
    )
    return [(str(day_of(as_of)), rung, who) for as_of, rung, who in rows]


def climbed(world: World, unit: str) -> list[tuple[str, str]]:
    return [(day, rung) for day, rung, _ in told(world, unit)]


def run_all(world: World, first: str, last: str) -> None:
    for day in days(first, last):
        world.run(day, deliver=True)


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def silence(world: World, by: str = QIAN, *, first: date = TUESDAY, last: date = WEDNESDAY, **more: object) -> int:
    return world.engine.silence(by=by, reason="考试周", first=first, last=last, **more)  # type: ignore[arg-type]


# --- put off


def test_silenced_committee_hears_it_once_when_the_silence_is_over_and_the_next_rung_keeps_its_distance(
    crowded: World,
) -> None:  # [58]
    crowded.launch()
    crowded.run("2026-03-25", deliver=True)
    crowded.at("2026-03-30")
    silence(crowded, unit="c3")

    run_all(crowded, "2026-03-31", "2026-04-10")

    assert climbed(crowded, "c1b1")[1:] == [("2026-03-31", R2), ("2026-04-02", R3), ("2026-04-09", R4)]
    assert climbed(crowded, "c3b1")[1:] == [("2026-04-02", R2), ("2026-04-03", R3), ("2026-04-09", R4)]
    digests = [m for m in crowded.messages.values() if m["recipient"] == "院书记3"]
    assert [len(m["items"]) for m in digests] == [30]


def test_silence_that_ends_early_puts_nothing_off_any_longer(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-30")
    number = silence(world, unit="01", last=date(2026, 4, 10))
    world.run("2026-03-31")
    world.at("2026-04-01 10:00")

    due = world.engine.end_silence(number, by=QIAN)
    world.run("2026-04-01 10:05")

    assert due == 4  # 0101, 0102 and the two branches of 0109
    assert climbed(world, "0101")[1:] == [("2026-04-01", R2)]
    assert world.engine.silences() == ()
    with pytest.raises(Refused) as again:
        world.engine.end_silence(number, by=QIAN)
    assert codes(again) == ["already-over"]


def test_silence_of_one_campaign_leaves_the_others_alone(world: World) -> None:
    from world import definition

    silent = world.launch()
    world.launch(definition("任务:\n  - {事项: 名册, 谁办: 党支部, 时间: 3月30日前}\n", name="名册核对"))
    world.at("2026-03-24")
    silence(world, campaign=silent, first=date(2026, 3, 25), last=date(2026, 3, 27))

    world.run("2026-03-25")

    tasks = world.rows("SELECT DISTINCT t.key FROM reminder r JOIN duty d ON d.id = r.duty_id JOIN task t ON t.id = d.task_id")
    assert tasks == [("名册",)]


def test_rungs_below_the_first_silenced_one_are_told_as_usual(world: World) -> None:
    world.launch()
    world.at("2026-03-24")
    silence(world, rung_min=3, first=date(2026, 3, 25), last=date(2026, 4, 8))

    run_all(world, "2026-03-25", "2026-04-10")

    assert climbed(world, "0101") == [("2026-03-25", R1), ("2026-03-31", R2), ("2026-04-09", R3), ("2026-04-10", R4)]


def test_reminder_whose_line_passes_in_the_silence_is_not_sent_late(world: World) -> None:
    world.launch()
    world.at("2026-03-24")
    silence(world, first=date(2026, 3, 25), last=date(2026, 3, 31))

    run_all(world, "2026-03-25", "2026-04-01")

    assert climbed(world, "0101") == [("2026-04-01", R2)]
    duty = world.duty("0101").id
    assert world.rows(f"SELECT rung, state FROM reminder WHERE duty_id = {duty} AND recipient_id = 0") == [
        (R1, "skipped:line-passed")
    ]


# --- dropped


def test_dropped_rung_is_recorded_with_the_silence_and_never_said(crowded: World) -> None:  # [59]
    crowded.launch()
    crowded.run("2026-03-25", deliver=True)
    crowded.at("2026-03-30")
    number = silence(crowded, unit="c3", mode="drop")

    run_all(crowded, "2026-03-31", "2026-04-10")

    assert climbed(crowded, "c3b1")[1:] == [("2026-04-02", R3), ("2026-04-09", R4)]
    dropped = crowded.rows("SELECT rung, state, count(*) FROM reminder WHERE recipient_id = 0 GROUP BY rung, state")
    assert dropped == [(R2, f"suppressed:silence:{number}", 30)]


def test_where_one_puts_off_and_another_drops_nothing_is_swallowed(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-30")
    silence(world, unit="01", mode="drop")
    silence(world, unit="0101")

    run_all(world, "2026-03-31", "2026-04-02")

    assert climbed(world, "0101")[1:] == [("2026-04-02", R2)]
    assert climbed(world, "0102")[1:] == [("2026-04-02", R3)]


# --- one person


def test_silenced_person_hears_afterwards_and_others_hear_at_once(world: World) -> None:
    world.launch()
    world.at("2026-03-24")
    silence(world, person=LI, first=date(2026, 3, 25), last=date(2026, 3, 26))

    world.run("2026-03-25", deliver=True)
    first = {m["recipient"] for m in world.messages.values()}
    world.at("2026-03-27 08:30")
    world.engine.deliver()

    assert "李可" not in first
    assert len(first) == 7
    mine = [m for m in world.messages.values() if m["recipient"] == "李可"]
    assert [item["duty"] for m in mine for item in m["items"]] == ["换届方案"]
    assert climbed(world, "0101") == [("2026-03-25", R1)]


def test_dropped_person_is_spared_and_the_ladder_climbs(world: World) -> None:
    world.launch()
    world.at("2026-03-24")
    number = silence(world, person=SUN, first=date(2026, 3, 31), last=date(2026, 3, 31), mode="drop")

    run_all(world, "2026-03-25", "2026-04-02")

    assert told(world, "0101") == [("2026-03-25", R1, "李可"), ("2026-04-02", R3, "钱宁")]
    spared = world.rows(
        f"SELECT p.name, count(*) FROM reminder r JOIN person p ON p.id = r.recipient_id WHERE r.state = 'suppressed:silence:{number}'"
        " GROUP BY p.name"
    )
    assert spared == [("孙岩", 2)]


def test_rehearsal_knows_who_is_silenced(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-30")
    silence(world, unit="02")
    silence(world, person=SUN, mode="drop")
    world.at("2026-03-31 08:30")

    dry = world.engine.escalate(dry=True)
    real = world.engine.escalate(expect=dry.hash)

    assert (real.reminders, real.messages, real.held, real.skipped) == (dry.reminders, dry.messages, dry.held, dry.skipped)
    assert {line.recipient for line in dry.plan} == {"徐晴", "曹曼"}


# --- who may


def test_committee_may_quiet_its_own_house_but_not_what_goes_over_its_head(world: World) -> None:
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-30")
    silence(world, WANG, unit="01", first=TUESDAY, last=date(2026, 4, 7))

    run_all(world, "2026-03-31", "2026-04-10")

    assert [each.inside for each in world.engine.silences()] == []
    assert climbed(world, "0101")[1:] == [("2026-04-08", R2), ("2026-04-09", R3), ("2026-04-10", R4)]


def test_house_rule_does_not_hold_the_rung_for_the_department(world: World) -> None:
    world.launch()
    run_all(world, "2026-03-25", "2026-03-31")
    world.at("2026-04-01")
    silence(world, SUN, unit="01", first=date(2026, 4, 1), last=date(2026, 4, 8))

    run_all(world, "2026-04-02", "2026-04-02")

    assert climbed(world, "0101")[-1] == ("2026-04-02", R3)


@pytest.mark.parametrize(
    ("by", "more", "expected"),
    [
        (LI, {"unit": "0101"}, ["wrong-actor"]),  # a branch promises, it does not silence
        (WANG, {"unit": "02"}, ["wrong-actor"]),
        (WANG, {}, ["wrong-actor"]),
        (WANG, {"unit": "01", "mode": "drop"}, ["wrong-actor"]),
        (WANG, {"unit": "01", "last": date(2026, 4, 9)}, ["too-long"]),
        (QIAN, {"last": date(2026, 3, 30)}, ["days-reversed"]),
        (QIAN, {"first": date(2026, 3, 2), "last": date(2026, 3, 29)}, ["already-past"]),
        (QIAN, {"mode": "quiet"}, ["bad-mode"]),
        (QIAN, {"rung_min": 0}, ["no-such-rung"]),
    ],
)
def test_silence_is_refused_with_its_reason(world: World, by: str, more: dict[str, object], expected: list[str]) -> None:
    world.launch()
    world.at("2026-03-30")
    before = world.everything()

    with pytest.raises(Refused) as refusal:
        silence(world, by, **more)  # type: ignore[arg-type]

    assert codes(refusal) == expected
    assert all(reason.unblock for reason in refusal.value.reasons)
    assert world.everything() == before


def test_committee_waits_before_it_silences_itself_again(world: World) -> None:
    world.launch()
    world.at("2026-03-30")
    silence(world, WANG, unit="01")

    with pytest.raises(Refused) as refusal:
        silence(world, SUN, unit="01", first=date(2026, 4, 2), last=date(2026, 4, 3))
    later = silence(world, SUN, unit="01", first=date(2026, 4, 10), last=date(2026, 4, 13))

    assert codes(refusal) == ["again-too-soon"]
    assert [each.id for each in world.engine.silences()][-1] == later


def test_list_shows_what_concerns_the_reader(world: World) -> None:
    world.at("2026-03-30")
    whole, own, other, person = (
        silence(world),
        silence(world, unit="0101"),
        silence(world, unit="02"),
        silence(world, person=LI),
    )
    mine = scope_of(world.database, world.engine.person(WANG), world.day)

    assert [each.id for each in world.engine.silences()] == [whole, own, other, person]
    assert [each.id for each in world.engine.silences(scope=mine)] == [whole, own]


def test_silence_and_its_end_are_journaled(world: World) -> None:
    world.launch()
    world.at("2026-03-30")
    number = world.engine.silence(by=QIAN, reason="考试周", first=TUESDAY, last=WEDNESDAY, unit="01", via="shell:wang")
    world.engine.end_silence(number, by=ZHENG, via="shell:wang")

    lines = world.rows(
        "SELECT j.act, p.name, j.via, j.reason, u.code FROM journal j JOIN person p ON p.id = j.by_person"
        " JOIN unit u ON u.id = j.unit_id WHERE j.act LIKE 'silence%' ORDER BY j.id"
    )
    assert lines == [("silence", "钱宁", "shell:wang", "考试周", "01"), ("silence-end", "郑直", "shell:wang", None, "01")]


def test_silence_of_a_unit_that_is_not_there_names_what_there_is(world: World) -> None:
    with pytest.raises(NotFound) as missing:
        silence(world, unit="机械")

    assert missing.value.candidates == ("02 机械学院党委",)


# --- seen


def test_who_has_seen_it_is_spared_the_repeat_but_not_the_next_rung(world: World) -> None:  # [55]
    from world import ONE_DUTY

    world.launch(ONE_DUTY.replace("告诉: 书记", "告诉: 书记, 重复: 每1个工作日, 最多: 5"))
    world.run("2026-03-31", deliver=True)
    world.at("2026-03-31 10:00")
    for unit in ("0101", "0102"):
        world.engine.answer("seen", by=SUN, duty=world.duty(unit).id)

    world.run("2026-04-01", deliver=True)
    world.run("2026-04-02", deliver=True)

    sun = world.rows(
        "SELECT r.repeat, r.state, count(*) FROM reminder r JOIN person p ON p.id = r.recipient_id WHERE p.name = '孙岩'"
        " GROUP BY r.repeat, r.state ORDER BY r.repeat"
    )
    zhou = world.rows(
        "SELECT count(*) FROM reminder r JOIN person p ON p.id = r.recipient_id WHERE p.name = '周延' AND r.state = 'folded'"
    )
    assert sun == [(0, "folded", 2), (1, "suppressed:seen", 2)]
    assert zhou == [(6,)]
    assert climbed(world, "0101")[-1] == ("2026-04-02", R3)


def test_who_has_seen_it_still_hears_of_the_next_rung_himself(world: World) -> None:  # [55]
    from world import ONE_DUTY

    world.launch(ONE_DUTY.replace("告诉: 上级联系人", "告诉: 书记"))
    world.run("2026-03-31", deliver=True)
    world.at("2026-03-31 10:00")
    world.engine.answer("seen", by=SUN, duty=world.duty("0101").id)
    world.at("2026-04-02 08:30")

    dry = world.engine.escalate(dry=True)
    real = world.engine.escalate(expect=dry.hash)

    assert told(world, "0101") == [("2026-03-31", R2, "孙岩"), ("2026-04-02", "+3:书记", "孙岩")]
    assert (dry.reminders, dry.skipped) == (real.reminders, real.skipped) == (8, 0)


def test_who_has_seen_a_reminder_is_spared_the_next_reminder_too(world: World) -> None:  # [55]
    from world import ONE_DUTY

    first = "  - {何时: 提前3个工作日, 告诉: 责任人}\n"
    world.launch(ONE_DUTY.replace(first, first + "  - {何时: 提前2个工作日, 告诉: 责任人}\n"))
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-25 10:00")
    world.engine.answer("seen", by=LI, duty=world.duty("0101").id)
    world.at("2026-03-26 08:30")

    dry = world.engine.escalate(dry=True)
    real = world.engine.escalate(expect=dry.hash)

    assert climbed(world, "0101") == [("2026-03-25", R1)]
    assert climbed(world, "0102") == [("2026-03-25", R1), ("2026-03-26", "-2:责任人")]
    assert world.rows("SELECT rung, count(*) FROM reminder WHERE state = 'suppressed:seen' GROUP BY rung") == [("-2:责任人", 1)]
    assert (dry.reminders, dry.skipped) == (real.reminders, real.skipped) == (7, 1)


# --- pause and resume


def test_paused_campaign_goes_on_as_after_days_without_runs(world: World) -> None:  # [60]
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-30 09:00")
    world.engine.pause(by=QIAN, reason="校庆")

    run_all(world, "2026-03-31", "2026-04-06")
    paused = world.rows("SELECT count(*) FROM reminder")
    world.at("2026-04-07 08:00")
    due = world.engine.resume(by=QIAN)
    run_all(world, "2026-04-07", "2026-04-10")

    assert paused == [(8,)]
    assert due == 8
    assert climbed(world, "0101")[1:] == [("2026-04-07", R2), ("2026-04-08", R3), ("2026-04-09", R4)]


def test_only_the_paused_campaign_stands_still(world: World) -> None:
    from world import definition

    paused = world.launch()
    world.launch(definition("任务:\n  - {事项: 名册, 谁办: 党支部, 时间: 3月30日前}\n", name="名册核对"))
    world.at("2026-03-24")
    world.engine.pause(paused, by=QIAN, reason="校庆")

    world.run("2026-03-25")

    tasks = world.rows("SELECT DISTINCT t.key FROM reminder r JOIN duty d ON d.id = r.duty_id JOIN task t ON t.id = d.task_id")
    assert tasks == [("名册",)]


def test_what_had_not_left_when_the_pause_began_is_said_after_it(world: World) -> None:
    world.launch()
    world.run("2026-03-31 08:30")
    world.at("2026-03-31 08:31")

    taken_back = world.engine.pause(by=QIAN, reason="校庆")
    world.engine.deliver()
    silent = dict(world.messages)
    world.at("2026-04-01 10:00")
    world.engine.resume(by=QIAN)
    world.engine.deliver()

    assert taken_back == 8
    assert silent == {}
    assert sorted(len(m["items"]) for m in world.messages.values()) == [1, 2, 2, 3]
    assert climbed(world, "0101") == [("2026-03-31", R2)]


def test_reminder_is_not_sent_after_a_pause_over_the_line(world: World) -> None:
    world.launch()
    world.run("2026-03-25 08:30")
    world.at("2026-03-25 08:31")
    world.engine.pause(by=QIAN, reason="校庆")
    world.at("2026-03-31 08:00")
    world.engine.resume(by=QIAN)

    world.run("2026-03-31", deliver=True)

    assert {m["recipient"] for m in world.messages.values()} == {"孙岩", "徐晴", "周延", "曹曼"}
    assert world.rows(f"SELECT DISTINCT state FROM reminder WHERE rung = '{R1}'") == [("cancelled:paused",)]


def test_papers_are_taken_in_while_the_ladder_stands_still(world: World) -> None:
    world.launch()
    world.at("2026-03-24")
    world.engine.pause(by=QIAN, reason="校庆")
    world.at("2026-03-26")
    world.act("submit", "0101", by=LI)
    world.act("return", "0101", by=WANG, reason="缺附件")
    world.at("2026-03-27 08:00")
    world.engine.resume(by=QIAN)

    world.run("2026-03-27")

    assert climbed(world, "0101") == climbed(world, "0102") == [("2026-03-27", R1)]


def test_promise_outlasts_the_end_of_a_silence(world: World) -> None:
    world.launch()
    world.run("2026-03-31", deliver=True)
    world.at("2026-03-31 10:00")
    world.engine.answer("promise", by=LI, duty=world.duty("0101").id, until=date(2026, 4, 3))
    number = silence(world, unit="01", last=date(2026, 4, 8))
    world.at("2026-04-01 10:00")
    world.engine.end_silence(number, by=QIAN)

    run_all(world, "2026-04-02", "2026-04-07")

    assert climbed(world, "0102")[1:] == [("2026-04-02", R3)]
    assert climbed(world, "0101")[1:] == [("2026-04-07", R3)]


@pytest.mark.parametrize("by", [LI, WANG, KONG, WU, ZHAO, ZHOU])
def test_only_the_department_pauses(world: World, by: str) -> None:
    world.launch()

    with pytest.raises(Refused) as refusal:
        world.engine.pause(by=by, reason="校庆")

    assert codes(refusal) == ["wrong-actor"]


def test_pause_and_resume_are_refused_twice_and_journaled_once(world: World) -> None:
    world.launch()
    world.engine.pause(by=QIAN, reason="校庆")
    refusals: list[Sequence[str]] = []

    with pytest.raises(Refused) as paused:
        world.engine.pause(by=QIAN, reason=" ")
    refusals.append(codes(paused))
    world.engine.resume(by=ZHENG)
    with pytest.raises(Refused) as running:
        world.engine.resume(by=QIAN)
    refusals.append(codes(running))

    assert refusals == [["reason-missing", "already-paused"], ["not-paused"]]
    assert world.rows("SELECT act, reason FROM journal WHERE act IN ('pause', 'resume') ORDER BY id") == [
        ("pause", "校庆"),
        ("resume", None),
    ]
