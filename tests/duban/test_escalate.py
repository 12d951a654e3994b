"""The run: who is told what on which day, once; what it refuses, what it holds, and what it writes (numbers: escalation.md)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import herd as h
import pytest
from herd import Herd
from places import Places
from world import (
    JIN,
    KONG,
    LI,
    ONE_DUTY,
    QIAN,
    R1,
    R2,
    R3,
    R4,
    SCHOOL,
    SUN,
    WU,
    YAN,
    ZHAO,
    ZHENG,
    ZHOU,
    School,
    Unit,
    World,
    built,
    crowd,
    days,
    definition,
    instant,
    post,
)

from duban.service.context import day_of
from duban.service.escalate import LONG_LATE, RunResult
from workflow.errors import Refused

Builder = Callable[..., World]
TWO_DUTIES = definition(
    "任务:\n" + "".join(f"  - {{事项: {n}, 谁办: 党支部, 时间: 3月30日前}}\n" for n in ("换届方案", "名册"))
)
LONG_AGO = definition("任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n", issued="2024-03-01")
"""A cloned definition: its only day is Saturday 2024-03-30."""


@pytest.fixture
def make(places: Places, tmp_path: Path) -> Iterator[Builder]:
    """Worlds of other schools, or of the same school at another time: `make("name", school)`, `make("name", begin=…)`."""
    made: list[World] = []

    def one(template: str, school: School = SCHOOL, *, begin: str = "2026-03-02 09:00") -> World:
        url = places.copy(f"escalate-{template}", lambda url: built(url, school, begin=begin))
        made.append(World(url=url, folder=tmp_path, time=instant(begin)))
        return made[-1]

    yield one
    for world in made:
        world.close()
        places.drop(world.url)


def told(world: World, unit: str | None = None) -> list[tuple[str, str, str]]:
    """(day of the run, rung, who) of every reminder that reached somebody, in the order of the runs."""
    rows = world.rows(
        "SELECT n.as_of, r.rung, p.name FROM reminder r JOIN run n ON n.id = r.run_id JOIN person p ON p.id = r.recipient_id"
        " JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id"
        + (f" WHERE u.code = '{unit}'" if unit else "")
        + " ORDER BY n.as_of, r.rung, p.name"
    )
    return [(str(day_of(as_of)), rung, who) for as_of, rung, who in rows]


def climbed(world: World, unit: str) -> list[tuple[str, str]]:
    """(day, rung) about one unit."""
    return list(dict.fromkeys((day, rung) for day, rung, _ in told(world, unit)))


def nobody_told(world: World) -> Counter[tuple[str, str]]:
    """{(rung, why): how often} of what reached nobody."""
    return Counter(world.rows("SELECT rung, state FROM reminder WHERE recipient_id = 0"))


def facts(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Every row but the heartbeat's."""
    return {name: rows for name, rows in world.everything().items() if name != "meta"}


def file_bytes(world: World) -> bytes | None:
    """What lies on the disk, of a database that is a file."""
    path = world.database.path
    if path is None:
        return None
    wal = path.with_name(path.name + "-wal")
    return path.read_bytes() + (wal.read_bytes() if wal.exists() else b"")


def refusal(world: World, words: str, **more: str) -> list[str]:
    """The codes with which a run for an instant is refused."""
    with pytest.raises(Refused) as refused:
        world.engine.escalate(as_of=instant(words), **more)
    return [reason.code for reason in refused.value.reasons]


# --- days and rungs


def test_every_branch_is_reminded_before_the_line_and_every_committee_told_once_after_it(crowded: World) -> None:  # [1] [2]
    crowded.launch()

    first = crowded.run("2026-03-25")
    sent_first = crowded.engine.deliver().sent
    next_looks = crowded.rows("SELECT at, count(*) FROM timer GROUP BY at")
    second = crowded.run("2026-03-31")
    sent_second = crowded.engine.deliver().sent

    assert (first.reminders, first.messages, sent_first) == (90, 90, 90)
    assert next_looks == [(instant("2026-03-31 08:30"), 90)]
    assert (second.reminders, second.messages, sent_second) == (90, 3, 3)
    digests = [m for m in crowded.messages.values() if len(m["items"]) > 1]
    assert sorted((m["recipient"], len(m["items"])) for m in digests) == [("院书记1", 30), ("院书记2", 30), ("院书记3", 30)]
    assert Counter(rung for _, rung, _ in told(crowded)) == {R1: 90, R2: 90}


def test_the_same_moment_again_finds_nothing_also_in_a_new_process(crowded: World, herd: Herd) -> None:  # [3]
    crowded.launch()
    crowded.run("2026-03-25", deliver=True)
    crowded.run("2026-03-31", deliver=True)
    before, sent = facts(crowded), len(crowded.messages)

    here = [crowded.run("2026-03-31", deliver=True).state for _ in range(3)]
    elsewhere = [herd.together(h.escalate, [(crowded.url, crowded.time)])[0] for _ in range(2)]

    assert here == ["nothing_due"] * 3
    assert elsewhere == ["done"] * 2 or elsewhere == ["nothing_due"] * 2
    assert facts(crowded) == before
    assert len(crowded.messages) == sent


def test_within_the_hour_a_second_run_writes_not_one_byte(world: World) -> None:
    world.launch()
    world.run("2026-03-25 08:30")
    rows, on_disk = world.everything(), file_bytes(world)

    again = world.run("2026-03-25 09:29")
    rows_again, on_disk_again = world.everything(), file_bytes(world)
    beat = world.run("2026-03-25 09:30")

    assert again.state == beat.state == "nothing_due"
    assert (rows_again, on_disk_again) == (rows, on_disk)
    assert world.everything()["meta"] != rows["meta"]  # an hour later it says that it was here, and only that
    assert facts(world) == {name: content for name, content in rows.items() if name != "meta"}


def test_a_second_before_its_time_nothing_is_planned(world: World) -> None:  # [4]
    world.launch()

    early = world.run("2026-03-25 08:29:59")

    assert early.state == "nothing_due"
    assert told(world) == []
    assert world.rows("SELECT count(*) FROM run") == [(0,)]
    assert world.run("2026-03-25 08:30:00").reminders == 8


def test_the_last_day_belongs_to_the_unit_and_the_chase_waits_for_the_morning(world: World) -> None:  # [5]
    world.launch()
    world.run("2026-03-25")

    late, states = [], []
    for moment in ("2026-03-30 23:59:59", "2026-03-31 00:00:00", "2026-03-31 08:29:59"):
        states.append(world.run(moment).state)
        late.append(world.duty("0101").days_late)

    assert late == [0, 1, 1]
    assert states == ["nothing_due"] * 3
    assert [rung for _, rung, _ in told(world, "0101")] == [R1]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_the_day_is_the_campaigns_wherever_the_server_stands(
    world: World, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # [7]
    world.launch()
    world.run("2026-03-25")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        world.time = instant("2026-03-31 00:30")  # 2026-03-30 16:30Z
        first = world.engine.escalate()
        world.time = instant("2026-03-31 08:30")  # 00:30Z
        second = world.engine.escalate()
    finally:
        monkeypatch.undo()
        time.tzset()

    assert first.state == "nothing_due"
    assert (second.state, second.reminders) == ("done", 8)
    assert Counter(rung for _, rung, _ in told(world)) == {R1: 8, R2: 8}


@pytest.mark.parametrize(
    ("begin", "line", "first", "last", "expected"),
    [
        # [9] Saturday 10-10 makes up for the holiday and is worked; Sunday 10-11 is not
        (
            "2026-09-01",
            "10月9日",
            "2026-09-28",
            "2026-10-12",
            [("2026-09-29", R1), ("2026-10-10", R2)],
        ),
        # [10] R1 on Thursday, for Friday 09-25 is 中秋; nothing from 10-01 to 10-07
        ("2026-09-01", "9月30日", "2026-09-20", "2026-10-08", [("2026-09-24", R1), ("2026-10-08", R2)]),
        # [11] Saturday 02-14 is worked; nothing from 15 to 23 February; Saturday 02-28 counts on the way to R4
        (
            "2026-01-05",
            "2月13日",
            "2026-02-09",
            "2026-03-03",
            [("2026-02-10", R1), ("2026-02-14", R2), ("2026-02-25", R3), ("2026-03-02", R4)],
        ),
    ],
)
def test_holidays_are_left_in_peace_and_make_up_days_are_worked(
    make: Builder, begin: str, line: str, first: str, last: str, expected: list[tuple[str, str]]
) -> None:
    world = make(begin, begin=f"{begin} 09:00")
    world.launch(definition(f"任务:\n  - {{事项: 换届方案, 谁办: 党支部, 时间: {line}前}}\n", issued=begin))

    for day in days(first, last):
        world.run(day)

    assert climbed(world, "0101") == expected


def test_daily_runs_climb_one_person_at_a_time_to_the_leader(world: World) -> None:
    world.launch()

    for day in days("2026-03-23", "2026-04-20"):
        world.run(day, deliver=True)

    assert told(world, "0101") == [
        ("2026-03-25", R1, "李可"),
        ("2026-03-31", R2, "孙岩"),
        ("2026-04-02", R3, "钱宁"),
        ("2026-04-09", R4, "金声"),
    ]
    a_day = world.rows("SELECT count(*) FROM message GROUP BY recipient_id, window_day")
    assert set(a_day) == {(1,)}


# --- who acted is not mentioned


def test_who_submitted_before_the_run_is_not_in_the_digest(crowded: World) -> None:  # [15]
    crowded.launch()
    crowded.run("2026-03-25")
    crowded.at("2026-03-30 18:00")
    crowded.act("submit", "c1b7", by="n1-7")

    crowded.run("2026-03-31", deliver=True)

    digest = next(m for m in crowded.messages.values() if m["recipient"] == "院书记1")
    assert len(digest["items"]) == 29
    assert "c1b7" not in [item["unit"] for item in digest["items"]]
    assert R2 not in [rung for _, rung, _ in told(crowded, "c1b7")]


def test_who_submits_between_run_and_delivery_is_not_mentioned(crowded: World) -> None:  # [17]
    crowded.launch()
    crowded.run("2026-03-31")
    crowded.at("2026-03-31 08:31")
    crowded.act("submit", "c1b1", by="n1-1")

    crowded.engine.deliver()

    digest = next(m for m in crowded.messages.values() if m["recipient"] == "院书记1")
    assert len(digest["items"]) == 29
    assert "第1学院第1党支部" not in digest["text"] + digest["html"]
    assert "第1学院第10党支部" in digest["text"] + digest["html"]


def test_message_about_nothing_that_is_still_open_is_cancelled(world: World) -> None:  # [16] [17]
    world.launch()
    world.run("2026-03-25")
    world.at("2026-03-25 08:31")
    world.act("submit", "0101", by=LI)

    sent = world.engine.deliver().sent

    assert sent == 7
    assert "李可" not in [m["recipient"] for m in world.messages.values()]
    cancelled = world.rows(
        "SELECT p.name, m.state, r.state FROM message m JOIN person p ON p.id = m.recipient_id"
        " JOIN reminder r ON r.message_id = m.id WHERE m.state <> 'sent'"
    )
    assert cancelled == [("李可", "cancelled", "cancelled:done")]


def test_extended_line_gets_its_own_ladder_and_the_old_one_falls_silent(world: World) -> None:  # [20]
    world.launch()
    world.run("2026-03-25", deliver=True)
    world.at("2026-03-27")
    world.act("extend", "0101", by=QIAN, to=date(2026, 4, 10), reason="换届材料待补")

    for day in days("2026-03-28", "2026-04-14"):
        world.run(day)

    assert climbed(world, "0101") == [("2026-03-25", R1), ("2026-04-07", R1), ("2026-04-13", R2)]
    duty = world.duty("0101").id
    assert world.rows(f"SELECT epoch FROM reminder WHERE duty_id = {duty} AND rung = '{R1}' ORDER BY epoch") == [(1,), (2,)]
    assert ("2026-03-31", R2) in climbed(world, "0102")


def test_line_extended_before_the_message_leaves_takes_its_item_out(world: World) -> None:  # [21]
    world.launch()
    world.run("2026-03-31")
    world.at("2026-03-31 08:31")
    world.act("extend", "0101", by=QIAN, to=date(2026, 4, 10), reason="换届材料待补")

    world.engine.deliver()

    sun = next(m for m in world.messages.values() if m["recipient"] == "孙岩")
    assert [item["unit"] for item in sun["items"]] == ["0102"]


# --- when nothing ran for a while


def test_after_five_dead_days_the_lowest_chase_comes_first_and_the_next_a_day_later(crowded: World) -> None:  # [23]
    crowded.launch()

    first = crowded.run("2026-04-01", deliver=True)
    for day in days("2026-04-02", "2026-04-09"):
        crowded.run(day, deliver=True)

    assert (first.reminders, first.messages, first.skipped) == (90, 3, 90)
    assert nobody_told(crowded) == {(R1, "skipped:line-passed"): 90}
    assert climbed(crowded, "c2b9") == [("2026-04-01", R2), ("2026-04-02", R3), ("2026-04-09", R4)]


def test_longer_dwell_gives_the_lower_rung_its_time(world: World) -> None:  # [23]
    world.launch(ONE_DUTY.replace("告诉: 上级联系人", "告诉: 上级联系人, 间隔: 2"))

    for day in days("2026-04-01", "2026-04-09"):
        world.run(day)

    assert climbed(world, "0101") == [("2026-04-01", R2), ("2026-04-03", R3), ("2026-04-09", R4)]


def test_after_downtime_over_the_whole_ladder_it_climbs_one_rung_a_working_day(crowded: World) -> None:  # [24]
    crowded.launch()

    for day in days("2026-04-20", "2026-04-24"):
        crowded.run(day, deliver=True)
        crowded.run(f"{day} 15:00", deliver=True)

    assert climbed(crowded, "c1b1") == [("2026-04-20", R2), ("2026-04-21", R3), ("2026-04-22", R4)]
    assert nobody_told(crowded) == {(R1, "skipped:line-passed"): 90}
    assert set(crowded.rows("SELECT count(*) FROM message GROUP BY recipient_id, window_day")) == {(1,)}


def test_a_run_on_a_rest_day_tells_on_the_next_working_day(world: World) -> None:
    world.launch()

    run = world.run("2026-04-05 10:00", deliver=True)  # 清明: 4 to 6 April
    sent_on = {"2026-04-05": len(world.messages)}
    for moment in ("2026-04-06 12:00", "2026-04-07 08:29"):
        world.run(moment, deliver=True)
        sent_on[moment] = len(world.messages)
    world.run("2026-04-07 08:30", deliver=True)

    assert run.reminders == 8
    assert set(sent_on.values()) == {0}
    assert {m["recipient"] for m in world.messages.values()} >= {"孙岩", "周延"}
    assert all(m["at"].startswith("2026-04-07T00:30") for m in world.messages.values())


def test_who_is_told_on_a_working_day_has_that_day_before_the_next_rung(world: World) -> None:
    """The dwell begins when people are told, not when a run on a rest day wrote it down."""
    world.launch()

    for day in days("2026-04-05", "2026-04-09"):
        world.run(day, deliver=True)

    assert climbed(world, "0101") == [("2026-04-05", R2), ("2026-04-08", R3), ("2026-04-09", R4)]


# --- the volume guard


def test_cloned_dates_are_held_until_somebody_confirms(crowded: World) -> None:  # [25]
    crowded.launch(LONG_AGO, accept_past=True)

    run = crowded.run("2026-03-02 10:00", deliver=True)
    before = dict(crowded.messages)
    shown = crowded.engine.doctor()
    assert run.run is not None
    confirmed = crowded.engine.confirm_run(run.run, accept=True)
    crowded.engine.deliver()

    assert (run.state, run.reminders, run.messages, before) == ("needs_confirm", 90, 3, {})
    assert shown["held_runs"] == [{"run": run.run, "messages": 3}]
    assert any("等待确认" in line and "3" in line for line in shown["lines"])
    assert confirmed == {"run": run.run, "state": "done", "messages": 3}
    assert sorted(m["recipient"] for m in crowded.messages.values()) == ["院书记1", "院书记2", "院书记3"]


def test_rejected_run_sends_nothing_and_keeps_what_it_would_have_said(crowded: World) -> None:  # [25]
    crowded.launch(LONG_AGO, accept_past=True)
    run = crowded.run("2026-03-02 10:00")

    crowded.engine.confirm_run(run.run, accept=False)
    crowded.engine.deliver()

    assert crowded.messages == {}
    assert crowded.rows("SELECT state, count(*) FROM reminder WHERE recipient_id > 0 GROUP BY state") == [
        ("skipped:rejected", 90)
    ]
    assert crowded.rows("SELECT state FROM run") == [("rejected",)]
    with pytest.raises(Refused) as refused:
        crowded.engine.confirm_run(run.run, accept=True)
    assert [reason.code for reason in refused.value.reasons] == ["not-held"]


def test_nobody_is_told_further_up_while_the_run_below_waits_for_consent(crowded: World) -> None:
    crowded.launch(LONG_AGO, accept_past=True)

    states = [crowded.run(day, deliver=True).state for day in days("2026-03-02", "2026-03-05")]

    assert "done" not in states
    assert crowded.messages == {}


def test_late_duties_up_to_the_limit_hold_no_run(make: Builder) -> None:
    """`LONG_LATE` branches are late since 2024: one fewer than the guard wants."""
    world = make("fifty", crowd(2, LONG_LATE // 2))
    world.launch(LONG_AGO, accept_past=True)

    assert world.run("2026-03-02 10:00", deliver=True).state == "done"
    assert len(world.messages) == 2


def test_run_that_is_not_there_cannot_be_confirmed(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.engine.confirm_run(7)

    assert [reason.code for reason in refused.value.reasons] == ["no-such-run"]


# --- other moments, rehearsals, promises


def test_moment_before_the_last_run_is_refused_and_can_only_be_looked_at(world: World) -> None:  # [33]
    world.launch()
    world.run("2026-04-02")
    before = world.everything()

    codes = refusal(world, "2026-03-31 08:30")
    dry = world.engine.escalate(as_of=instant("2026-03-31 08:30"), dry=True)

    assert codes == ["as-of-past"]
    assert dry.state == "dry"
    assert world.everything() == before


def test_future_moment_can_be_rehearsed_but_not_run(world: World) -> None:  # [34]
    world.launch()
    world.run("2026-03-25", deliver=True)
    rows, on_disk = world.everything(), file_bytes(world)

    dry = world.engine.escalate(as_of=instant("2026-04-30 08:30"), dry=True)
    codes = refusal(world, "2026-04-30 08:30")

    assert (dry.state, dry.run, dry.reminders) == ("dry", None, 8)
    assert {line.rung for line in dry.plan} == {R2}
    assert codes == ["as-of-future"]
    assert (world.everything(), file_bytes(world)) == (rows, on_disk)


def test_a_real_run_does_what_the_rehearsal_showed(world: World) -> None:  # [35]
    world.launch(TWO_DUTIES)
    world.at("2026-03-31 08:30")
    before = world.everything()

    dry = world.engine.escalate(dry=True)
    untouched = world.everything() == before
    real = world.engine.escalate(expect=dry.hash)

    assert untouched
    assert (real.state, real.reminders, real.messages, real.held, real.skipped) == (
        "done", dry.reminders, dry.messages, dry.held, dry.skipped,
    )  # fmt: skip
    assert sorted((line.rung, line.recipient) for line in dry.plan) == sorted((rung, who) for _, rung, who in told(world))


def test_plan_that_has_changed_since_the_rehearsal_is_refused_and_nothing_is_written(world: World) -> None:  # [35]
    world.launch()
    world.run("2026-03-31")
    world.at("2026-04-02 08:00")
    seen = world.engine.escalate(as_of=instant("2026-04-02 08:30"), dry=True).hash
    assert seen is not None
    world.engine.import_units(
        files=SCHOOL.without(people=(QIAN,)).plus(post("91", "干事", "冯新", "9103")).files(), end_missing=True
    )
    world.at("2026-04-02 08:30")
    before = world.everything()

    codes = refusal(world, "2026-04-02 08:30", expect=seen)

    assert codes == ["plan-changed"]
    assert world.everything() == before
    assert world.engine.escalate().state == "done"
    assert {who for day, _, who in told(world) if day == "2026-04-02"} == {"冯新"}


def test_submission_since_the_rehearsal_changes_the_plan(world: World) -> None:  # [35]
    world.launch()
    world.at("2026-03-31 08:30")
    seen = world.engine.escalate(dry=True).hash
    assert seen is not None
    world.act("submit", "0101", by=LI)

    assert refusal(world, "2026-03-31 08:30", expect=seen) == ["plan-changed"]


def test_rehearsal_counts_what_nobody_would_be_told(make: Builder) -> None:
    world = make("nobody", SCHOOL.without(people=(WU, ZHOU, ZHAO, KONG, YAN, QIAN, ZHENG, JIN)))
    world.launch()
    world.at("2026-03-31 08:30")

    dry = world.engine.escalate(dry=True)
    real = world.engine.escalate()

    assert (dry.held, dry.skipped, dry.reminders) == (real.held, real.skipped, real.reminders) == (3, 8, 5)


# --- who is told


def test_contact_of_the_department_is_one_person(world: World) -> None:
    """组织部 has a 干事 and a 部长; from the third rung on the 干事 is the contact, and copying the other is noise."""
    world.launch()

    for day in ("2026-03-31", "2026-04-02"):
        world.run(day)

    third = [who for _, rung, who in told(world) if rung == R3]
    assert third == ["钱宁"] * 8


def test_next_in_the_department_is_the_contact_when_the_first_is_vacant(make: Builder) -> None:
    world = make("head", SCHOOL.without(people=(QIAN,)).plus(post("91", "副部长", "冯新", "9103")))
    world.launch()

    for day in ("2026-03-31", "2026-04-02"):
        world.run(day)

    assert {who for _, rung, who in told(world) if rung == R3} == {"冯新"}


def test_vacant_committee_is_answered_for_by_the_department_in_the_digest_it_gets_anyway(make: Builder) -> None:  # [37]
    world = make("vacant", SCHOOL.without(people=(WU, ZHOU)))
    body = "任务:\n  - {事项: 换届方案, 谁办: 党支部, 时间: 3月30日前}\n  - {事项: 名册, 谁办: 党支部, 时间: 3月26日前}\n"
    world.launch(definition(body))
    world.run("2026-03-27", deliver=True)  # R2 of 名册; its R3 falls on the 31st

    world.run("2026-03-31", deliver=True)

    qian = [m for m in world.messages.values() if m["recipient"] == "钱宁"]
    keys = [(item["unit"], item["duty"], item["rung"]) for m in qian for item in m["items"]]
    assert len([m for m in qian if m["at"].startswith("2026-03-31")]) == 1
    acting = world.rows(
        "SELECT u.code FROM reminder r JOIN duty d ON d.id = r.duty_id JOIN task t ON t.id = d.task_id"
        " JOIN unit u ON u.id = r.acting_for AND u.id = d.unit_id JOIN person p ON p.id = r.recipient_id"
        f" WHERE r.rung = '{R2}' AND p.name = '钱宁' AND t.key LIKE '%换届方案' ORDER BY u.code"
    )
    assert acting == [("0201",), ("0202",), ("0203",)]
    assert {(u, r) for u, d, r in keys if d.endswith("换届方案")} == {("0201", R2), ("0202", R2), ("0203", R2)}
    assert len([1 for _, d, r in keys if d.endswith("名册") and r == R3]) == 8


def test_reminder_of_a_branch_without_anybody_goes_to_the_clerk_who_acts_for_it(make: Builder) -> None:  # [37]
    world = make("branch", SCHOOL.without(people=(LI,)))
    world.launch()

    world.run("2026-03-25", deliver=True)

    assert told(world, "0101") == [("2026-03-25", R1, "王然")]
    assert world.rows("SELECT u.code FROM reminder r JOIN unit u ON u.id = r.acting_for") == [("0101",)]


def test_where_nobody_holds_any_post_it_is_recorded_and_the_others_are_told(make: Builder) -> None:  # [38]
    world = make("nobody", SCHOOL.without(people=(WU, ZHOU, ZHAO, KONG, YAN, QIAN, ZHENG, JIN)))
    world.launch()

    first = world.run("2026-03-25", deliver=True)
    second = world.run("2026-03-31", deliver=True)

    assert (first.held, first.reminders) == (3, 5)
    assert (second.held, second.reminders) == (3, 5)
    assert nobody_told(world)[(R1, "undeliverable:vacant")] == 3
    assert nobody_told(world)[(R2, "undeliverable:vacant")] == 3
    assert {who for day, _, who in told(world) if day == "2026-03-31"} == {"孙岩", "徐晴", "曹曼"}
    assert any("没有可以提醒的人：" in line for line in world.engine.doctor()["lines"])


def test_who_leads_the_branch_and_the_committee_gets_one_message_with_both(make: Builder) -> None:  # [40]
    world = make("two-posts", SCHOOL.without(people=(SUN,)).plus(post("01", "书记", "李可", LI)))
    world.launch()

    world.run("2026-03-31", deliver=True)

    mine = [m for m in world.messages.values() if m["recipient"] == "李可"]
    assert len(mine) == 1
    assert sorted(item["unit"] for item in mine[0]["items"]) == ["0101", "0102"]
    assert told(world, "0101") == [("2026-03-31", R2, "李可")]


def test_branch_founded_after_the_reminders_day_is_chased_but_not_reminded(world: World) -> None:  # [65]
    world.launch()
    world.run("2026-03-25")
    world.at("2026-03-27 08:00")
    new = Unit(code="0204", name="新建党支部", kind="党支部", parent="02", branch_kind="研究生", since="2026-03-27")
    world.engine.add_unit("0204", "新建党支部", "党支部", "02", branch_kind="研究生", reason="研究生增多")
    world.engine.import_units(files=SCHOOL.plus(new, post("0204", "书记", "褚宁", "2006")).files())

    run: RunResult = world.run("2026-03-27")
    states = world.rows("SELECT r.rung, r.state FROM reminder r JOIN duty d ON d.id = r.duty_id JOIN unit u ON u.id = d.unit_id"
                        " WHERE u.code = '0204'")  # fmt: skip
    world.run("2026-03-31")

    assert (run.reminders, run.skipped) == (0, 1)
    assert states == [(R1, "skipped:born-late")]
    assert told(world, "0204") == [("2026-03-31", R2, "周延")]


# --- at once


def test_of_two_processes_one_plans(world: World, herd: Herd) -> None:
    world.launch()

    for moment in ("2026-03-25 08:30", "2026-03-31 08:30", "2026-04-02 08:30"):
        answers = herd.together(h.escalate, [(world.url, instant(moment))] * 2)
        assert sorted(answers)[0] in ("already_running", "done")
        assert answers.count("done") == 1

    assert world.rows("SELECT count(*) FROM run") == [(3,)]
    assert world.rows("SELECT rung, count(*) FROM reminder GROUP BY rung ORDER BY rung") == sorted([(R1, 8), (R2, 8), (R3, 8)])


def test_both_of_two_duties_of_one_branch_are_one_message(world: World) -> None:
    world.launch(TWO_DUTIES)

    run = world.run("2026-03-25", deliver=True)

    assert (run.reminders, run.messages) == (16, 8)
    chen = [m for m in world.messages.values() if m["recipient"] == "陈初"]
    assert [item["duty"] for m in chen for item in m["items"]] == ["换届方案", "名册"]
