"""Who is told on which day, and when not: rungs, digests, repeated runs, zones and the working days (cases 1 to 13 of escalation.md)."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import herd as h
import pytest
from crashkit.outside import Outside, facts, ledger, looks, notices, told, unsaid
from herd import Herd
from places import Places
from shell import Shell
from world import QIAN, R1, R2, R3, R4, World, built, crowd, days, definition, instant

Builder = Callable[..., World]
SECRETARIES = {"s1": 30, "s2": 30, "s3": 30}
"""Who leads the three committees, and how many branches are open under each."""
HEAD = "日期,类型,说明\n"


def until(line: str, issued: str = "2026-03-02") -> str:
    """A definition in which every branch owes one thing by a line."""
    return definition(f"任务:\n  - {{事项: 换届方案, 谁办: 党支部, 时间: {line}}}\n", issued=issued)


@pytest.fixture
def make(places: Places, tmp_path: Path) -> Iterator[Builder]:
    """Worlds of three committees of thirty that begin on a day: `make("2026-01-05")`; every call is another database."""
    made: list[World] = []

    def one(begin: str = "2026-03-02") -> World:
        url = places.copy(f"crowd-{begin}", lambda url: built(url, crowd(), begin=f"{begin} 09:00"))
        made.append(World(url=url, folder=tmp_path / str(len(made)), time=instant(f"{begin} 09:00")))
        return made[-1]

    yield one
    for world in made:
        world.close()
        places.drop(world.url)


def daily(world: World, first: str, last: str) -> dict[str, int]:
    """Runs of every morning with their deliveries: {day: messages that left}, of the days on which any did."""
    left: dict[str, int] = {}
    for day in days(first, last):
        before = world.rows("SELECT count(*) FROM delivery")[0][0]
        world.run(day, deliver=True)
        if sent := world.rows("SELECT count(*) FROM delivery")[0][0] - before:
            left[day] = sent
    return left


def test_case_1_every_branch_is_reminded_once_and_looked_at_again_on_the_morning_after_the_line(outside: Outside) -> None:
    outside.world.launch()

    run = outside.run("2026-03-25", deliver=True)

    assert (run.state, run.reminders, run.messages) == ("done", 90, 90)
    assert outside.sizes() == {f"n{c}-{b}": 1 for c in (1, 2, 3) for b in range(1, 31)}
    assert notices(outside.world) == {(R1, "folded"): 90}
    assert looks(outside.world) == [(instant("2026-03-31 08:30"), 90)]


def test_case_2_thirty_branches_are_one_message_to_the_secretary_of_their_committee(outside: Outside) -> None:
    outside.world.launch()
    outside.run("2026-03-25", deliver=True)
    outside.calls()

    run = outside.run("2026-03-31", deliver=True)

    assert (run.reminders, run.messages) == (90, 3)
    assert outside.sends() == [(f"s{c}", tuple(f"c{c}b{b}" for b in range(1, 31))) for c in (1, 2, 3)]
    assert notices(outside.world) == {(R1, "folded"): 90, (R2, "folded"): 90}


def test_case_3_the_same_moment_five_more_times_and_in_a_new_process_adds_nothing(outside: Outside, herd: Herd) -> None:
    outside.world.launch()
    outside.run("2026-03-25", deliver=True)
    outside.run("2026-03-31", deliver=True)
    before, calls = facts(outside.world), len(outside.calls())

    here = [outside.run("2026-03-31", deliver=True).state for _ in range(5)]
    elsewhere = [herd.together(h.escalate, [(outside.world.url, instant("2026-03-31 08:30"))]) for _ in range(2)]
    left = herd.together(h.deliver, [(outside.world.url, instant("2026-03-31 08:30"), str(outside.world.folder))])

    assert calls == 93
    assert (here, elsewhere) == (["nothing_due"] * 5, [["nothing_due"]] * 2)
    assert (left, outside.calls()) == ([(0, 0)], [])
    assert facts(outside.world) == before


def test_case_4_a_second_before_half_past_eight_nothing_is_planned(outside: Outside) -> None:
    """Changed: a run that finds nothing due writes no run row, only a heartbeat; its answer says `nothing_due` and 0."""
    outside.world.launch()

    early = outside.run("2026-03-25 08:29:59", deliver=True)
    rows = (outside.calls(), notices(outside.world), outside.world.rows("SELECT count(*) FROM run"))
    in_time = outside.run("2026-03-25 08:30:00", deliver=True)

    assert (early.state, early.reminders, early.messages) == ("nothing_due", 0, 0)
    assert rows == ([], {}, [(0,)])
    assert (in_time.reminders, len(outside.calls())) == (90, 90)


def test_case_5_the_last_day_counts_to_midnight_and_the_chase_waits_for_the_morning(outside: Outside) -> None:
    outside.world.launch()
    outside.run("2026-03-25", deliver=True)
    outside.calls()

    found = []
    for moment in ("2026-03-30 23:59:59", "2026-03-31 00:00:00"):
        state = outside.run(moment, deliver=True).state
        late = [row for row in outside.world.engine.status(late=True).rows if row.duties]
        found.append((state, len(late), outside.world.duty("c2b9").days_late))

    assert found == [("nothing_due", 0, 0), ("nothing_due", 90, 1)]
    assert outside.calls() == []
    assert looks(outside.world) == [(instant("2026-03-31 08:30"), 90)]


def test_case_6_a_line_that_excludes_its_day_ends_the_evening_before(outside: Outside) -> None:
    """Changed: there is no exclusive line. 「3月30日前，不含当日」 is read as the last day 29 March, and every message says that day
    with 「24:00前，含当日」, so that nobody has to subtract."""
    outside.world.launch(until('"3月30日前（不含当日）"'))
    outside.run("2026-03-25", deliver=True)
    texts = [call.json["data"]["text"] for call in outside.calls()]

    late = []
    for moment in ("2026-03-29 23:59:59", "2026-03-30 00:00:00"):
        assert outside.run(moment, deliver=True).state == "nothing_due"
        late.append(outside.world.duty("c1b1").days_late)
    outside.run("2026-03-30 08:30:00", deliver=True)

    assert (len(texts), late) == (90, [0, 1])
    assert all("3月29日（周日）24:00前，含当日" in text for text in texts)
    assert outside.sizes() == SECRETARIES
    assert told(outside.world, "c1b1") == [("2026-03-25", R1), ("2026-03-30", R2)]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_case_7_the_day_is_the_campaigns_whatever_the_zone_of_server_and_session(
    crowded: World, tmp_path: Path, zone: str
) -> None:
    crowded.launch()
    crowded.run("2026-03-25", deliver=True)
    cron = Shell(folder=tmp_path, url=crowded.url, clock=None)

    answers = []
    for moment in ("2026-03-30T16:30:00Z", "2026-03-31T00:30:00Z"):  # 00:30 and 08:30 of the 31st in Shanghai
        said = cron.outside("escalate", "--deliver", "--json", DUBAN_CLOCK=moment, TZ=zone, PGTZ=zone)
        answers.append(json.loads(said.out))

    assert [(a["state"], a["reminders"], a["delivered"]["sent"]) for a in answers] == [("nothing_due", 0, 0), ("done", 90, 3)]
    due = date(2026, 3, 31).toordinal()
    rows = crowded.rows(
        "SELECT r.slot_day, m.window_day, m.not_before, count(*) FROM reminder r JOIN message m ON m.id = r.message_id"
        f" WHERE r.rung = '{R2}' GROUP BY r.slot_day, m.window_day, m.not_before"
    )
    assert rows == [(due, due, instant("2026-03-31 08:30"), 90)]
    assert crowded.rows("SELECT DISTINCT at, told_on FROM timer") == [(instant("2026-04-02 08:30"), due)]


def quarters(world: World, first: datetime, last: datetime) -> None:
    """A run every 15 minutes from one instant to another, both included."""
    while first <= last:
        world.time = int(first.timestamp())
        world.engine.escalate()
        first += timedelta(minutes=15)


def test_case_8_a_server_whose_clock_skips_an_hour_that_night_keeps_the_same_ledger(
    make: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing had run since the reminder fell due, so that something is planned in that night: at 00:15 in Berlin, 23:15 UTC."""
    night, morning = datetime(2026, 3, 28, 23, 15, tzinfo=UTC), datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    found = []
    for zone in ("Europe/Berlin", "UTC"):
        world = make()
        world.launch()
        monkeypatch.setenv("TZ", zone)
        monkeypatch.setenv("PGTZ", zone)
        time.tzset()
        world.database.close()  # the next session is one of that zone
        quarters(world, night, morning)
        stood = world.rows("SELECT DISTINCT at, rung, told_on FROM timer")
        quarters(world, morning, datetime(2026, 3, 31, 1, 0, tzinfo=UTC))
        found.append((stood, ledger(world), world.rows("SELECT DISTINCT window_day, not_before FROM message ORDER BY 1")))
    monkeypatch.undo()
    time.tzset()

    (stood, rows, windows), plain = found
    assert (stood, rows, windows) == plain
    assert stood == [(instant("2026-03-31 08:30"), 1, date(2026, 3, 30).toordinal())]  # told on Monday: Sunday is a rest day
    assert Counter(row[2] for row in rows) == {R1: 90, R2: 90}
    assert windows == [(date(2026, 3, day).toordinal(), instant(f"2026-03-{day} 08:30")) for day in (30, 31)]


def test_case_9_a_saturday_that_makes_up_for_the_holiday_is_worked_and_its_sunday_is_not(crowded: World) -> None:
    crowded.launch(until("10月9日前"))

    left = daily(crowded, "2026-09-28", "2026-10-12")

    assert left == {"2026-09-29": 90, "2026-10-10": 3}
    assert told(crowded, "c3b30") == [("2026-09-29", R1), ("2026-10-10", R2)]


def test_case_10_nobody_is_chased_through_the_long_holiday(crowded: World) -> None:
    crowded.launch(until("9月30日前"))

    left = daily(crowded, "2026-09-22", "2026-10-08")

    assert left == {"2026-09-24": 90, "2026-10-08": 3}
    assert told(crowded, "c1b1") == [("2026-09-24", R1), ("2026-10-08", R2)]


def test_case_11_the_spring_festival_is_left_in_peace_and_its_make_up_days_count(make: Builder) -> None:
    world = make("2026-01-05")
    world.launch(until("2月13日前", issued="2026-01-05"))

    left = daily(world, "2026-02-09", "2026-03-03")

    # R1 three working days before; R3: 14, 24, 25 February; R4: 26, 27, the worked Saturday 28, then Monday 2 March
    assert left == {"2026-02-10": 90, "2026-02-14": 3, "2026-02-25": 1, "2026-03-02": 1}
    assert told(world, "c2b2") == [("2026-02-10", R1), ("2026-02-14", R2), ("2026-02-25", R3), ("2026-03-02", R4)]


def test_case_12_a_day_that_becomes_free_the_day_before_moves_the_rung_that_has_not_been_told(crowded: World) -> None:
    crowded.launch(until("10月9日前"))
    before = daily(crowded, "2026-09-28", "2026-10-09")
    assert looks(crowded) == [(instant("2026-10-10 08:30"), 90)]

    crowded.at("2026-10-09 15:00")
    crowded.engine.import_calendar("校历.csv", content=f"{HEAD}2026-10-10,休息,不再调休\n".encode(), by=QIAN)
    after = daily(crowded, "2026-10-10", "2026-10-13")

    assert before == {"2026-09-29": 90}
    assert after == {"2026-10-12": 3}
    assert notices(crowded) == {(R1, "folded"): 90, (R2, "folded"): 90}


def test_case_13_what_needs_a_year_that_is_not_published_waits_for_it_and_nothing_is_guessed(crowded: World) -> None:
    crowded.launch(until("12月30日前"))
    first = daily(crowded, "2026-12-25", "2026-12-31")
    meanwhile = daily(crowded, "2027-01-01", "2027-01-14")
    blocked = {why for rung, why in unsaid(crowded, "c1b1") if rung in (R3, R4)}
    alarms: list[str] = crowded.engine.doctor()["lines"]

    crowded.at("2027-01-14 15:00")
    year = f"{HEAD}2027-01-01,休息,元旦\n2027-01-04,休息,元旦\n2027-01-09,上班,元旦调休\n"
    crowded.engine.import_calendar("2027.csv", content=year.encode(), by=QIAN, published=[2027])
    after = daily(crowded, "2027-01-15", "2027-01-19")

    assert first == {"2026-12-25": 90, "2026-12-31": 3}
    assert (meanwhile, blocked) == ({}, {"blocked:calendar"})
    assert any("放假安排未公布" in line for line in alarms)
    assert after == {"2027-01-15": 1, "2027-01-18": 1}  # R3 and R4 have dates now; both are past: one a working day
    assert told(crowded, "c1b1")[1:] == [("2026-12-31", R2), ("2027-01-15", R3), ("2027-01-18", R4)]
    assert not any("放假安排未公布" in line for line in crowded.engine.doctor()["lines"])
