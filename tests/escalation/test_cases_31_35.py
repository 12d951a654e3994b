"""Clocks that jump, moments that are not now, and rehearsals (cases 31 to 35 of escalation.md)."""

from __future__ import annotations

import threading
import time as stopwatch
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from crashkit.gateway import accepted_then_reset, ok, slow
from crashkit.outside import Outside, facts, notices, told, units
from places import Places
from shell import Shell
from world import R1, R2, R3, R4, World, built, crowd, days, definition, instant, post

from storage.runs import clock_of
from workflow.errors import Refused

DAY = 86400


@pytest.fixture
def cron(crowded: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """The command before the database of `crowded`; `at` is its clock."""
    monkeypatch.chdir(tmp_path)
    return Shell(folder=tmp_path, url=crowded.url)


@pytest.fixture
def served(postgresql_places: Places, tmp_path: Path) -> Iterator[World]:
    """A campaign on a server that has a clock of its own."""
    url = postgresql_places.copy("crowd", lambda url: built(url, crowd()))
    world = World(url=url, folder=tmp_path)
    world.launch()
    world.engine.context.sandbox = False
    yield world
    world.close()
    postgresql_places.drop(url)


def refused(world: World, **more: Any) -> tuple[list[str], str]:
    """The codes with which a run is refused, and what would unblock it."""
    with pytest.raises(Refused) as refusal:
        world.engine.escalate(**more)
    return [reason.code for reason in refusal.value.reasons], "".join(reason.unblock or "" for reason in refusal.value.reasons)


def as_of(words: str) -> str:
    return f"{words.replace(' ', 'T')}:00+08:00"


# --- clocks that jump


def test_case_31_a_machine_ahead_of_the_servers_clock_may_not_run(served: World) -> None:
    with served.database.read() as connection:
        theirs = clock_of(connection)
    assert theirs is not None
    before = served.everything()

    served.time = theirs + 3 * DAY
    codes, unblock = refused(served)
    untouched = served.everything() == before
    served.time = theirs + 240
    slightly_ahead = served.engine.escalate()

    assert (codes, untouched) == (["clock-ahead"], True)
    assert "校准" in unblock
    assert slightly_ahead.run is not None


def test_case_31_after_a_jump_and_back_runs_refuse_until_a_person_says_so_and_nothing_is_repeated(
    outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On one machine a jump looks like days without runs; then the moment of that run lies ahead."""
    world = outside.world
    world.launch()
    outside.run("2026-03-25", deliver=True)
    reminded = outside.sizes()

    jumped = outside.run("2026-03-31 10:00", deliver=True)  # on the 28th, by a clock that is three days ahead
    early = outside.sizes()
    world.at("2026-03-28 11:00")
    before = facts(world)
    codes, unblock = refused(world)
    alarms = world.engine.doctor()["lines"]
    unwritten = facts(world) == before
    monkeypatch.chdir(tmp_path)
    office = Shell(folder=tmp_path, url=world.url, clock="2026-03-28 11:05")
    answer = office("run", "rewind", "--by", "9101", "--reason", "时钟曾快三天")
    left: dict[str, dict[str, int]] = {}
    for day in days("2026-03-29", "2026-04-10"):
        outside.run(day, deliver=True)
        if sizes := outside.sizes():
            left[day] = sizes

    assert (jumped.reminders, early) == (90, {"s1": 30, "s2": 30, "s3": 30})
    assert (codes, unwritten) == (["as-of-past"], True)
    assert "duban run rewind" in unblock
    assert any("duban run rewind" in line for line in alarms)
    assert answer.code == 0, answer
    assert left == {"2026-04-02": {"9101": 90}, "2026-04-09": {"9201": 90}}
    assert (len(reminded), set(reminded.values())) == (90, {1})
    assert notices(world) == {(rung, "folded"): 90 for rung in (R1, R2, R3, R4)}


def test_case_32_a_clock_that_goes_back_brings_no_retry_forward_and_no_older_run(outside: Outside) -> None:
    """Changed: back-off follows the campaign's clock, so a retry waits until that clock has caught up; leases follow real time."""
    outside.world.launch()
    outside.run("2026-03-31")
    outside.gateway.plays(accepted_then_reset(), ok())
    outside.deliver("2026-03-31 08:30:00")
    first = outside.calls()

    outside.world.at("2026-03-31 06:31")
    codes, _ = refused(outside.world)
    for moment in ("2026-03-31 06:31", "2026-03-31 08:29", "2026-03-31 08:30:59"):
        outside.deliver(moment)
    early = outside.calls()
    outside.deliver("2026-03-31 08:31:00")
    later = outside.calls()

    assert (len(first), codes, early) == (3, ["as-of-past"], [])
    assert [call.key for call in later] == [call.key for call in first if call.play == "accepted-then-reset"]


@pytest.mark.parametrize("back", [0, 7200])
def test_case_32_what_is_on_the_wire_is_not_taken_over_when_the_clocks_go_back(outside: Outside, back: int) -> None:
    """The campaign's clock alone, or the machine's with it."""
    world = outside.world
    world.launch()
    outside.run("2026-03-31")
    outside.gateway.plays(slow(1.0), slow(1.0), slow(1.0), ok())
    context = world.engine.context
    real = [context.clock.real()]
    context.clock = replace(context.clock, real=lambda: real[0])
    world.at("2026-03-31 10:45")
    delivery = threading.Thread(target=world.deliver)

    delivery.start()
    limit = stopwatch.monotonic() + 20
    while not outside.gateway.calls():
        assert stopwatch.monotonic() < limit
        stopwatch.sleep(0.02)
    world.time, real[0] = instant("2026-03-31 08:45"), real[0] - back
    world.engine.deliver()
    delivery.join(30)
    outside.deliver("2026-03-31 11:00")

    assert sorted(call.json["data"]["to"] for call in outside.calls()) == ["s1", "s2", "s3"]


# --- moments that are not now

SECOND = definition("任务:\n  - {事项: 名册, 谁办: 党支部, 时间: 3月30日前}\n", name="名册核对")


def test_case_33_a_moment_before_the_last_run_is_refused_rehearsed_or_only_recorded(crowded: World, cron: Shell) -> None:
    """Another campaign came in late: what its branches would have been told on 31 March is recorded, and nobody is told it."""
    crowded.launch()
    crowded.run("2026-04-02", deliver=True)
    crowded.at("2026-04-02 10:00")
    crowded.launch(SECOND, accept_past=True)
    before, sent = crowded.everything(), set(crowded.messages)
    cron.clock = "2026-04-02 10:05"
    past = ("--as-of", as_of("2026-03-31 08:30"))

    codes = cron.refused("escalate", *past)
    dry = cron.json("escalate", *past, "--dry-run")
    untouched = crowded.everything() == before
    done = cron.json("escalate", *past, "--backfill", "--deliver")
    again = cron.json("escalate", *past, "--backfill")

    assert codes == ["as-of-past"]
    assert (dry["state"], dry["reminders"], dry["messages"], untouched) == ("dry", 90, 3, True)
    assert {(line["rung"], line["duty"]) for line in dry["plan"]} == {(R2, "名册")}
    assert (done["state"], done["reminders"], done["messages"], done["delivered"]["sent"]) == ("done", 0, 0, 0)
    assert again["skipped"] == 0
    assert notices(crowded)[(R2, "skipped:backfill")] == 90
    assert set(crowded.messages) == sent
    crowded.at("2026-04-03 08:30")
    assert crowded.engine.escalate().state == "done"  # the backfill did not set the clock of runs back or ahead
    assert told(crowded, "c1b1")[-1][0] == "2026-04-03"


def test_case_34_a_moment_ahead_can_be_rehearsed_and_not_run(crowded: World, cron: Shell) -> None:
    crowded.launch()
    crowded.run("2026-03-25", deliver=True)
    cron.clock = "2026-03-25 09:00"
    before = crowded.everything()
    ahead = ("--as-of", as_of("2026-04-30 08:30"))

    dry = cron.json("escalate", *ahead, "--dry-run")
    printed = cron("escalate", *ahead, "--dry-run")
    codes = cron.refused("escalate", *ahead)

    assert (dry["state"], dry["run"], len(dry["plan"])) == ("dry", None, 90)
    assert {line["rung"] for line in dry["plan"]} == {R2}
    assert (printed.code, "第1学院第1党支部" in printed.out) == (0, True)
    assert codes == ["as-of-future"]
    assert crowded.everything() == before


def test_case_35_a_real_run_does_what_the_rehearsal_showed_and_no_other(outside: Outside, cron: Shell) -> None:
    """Changed: the plan names people, units and rungs, not the text, which is made when a message leaves, from what is true then. A plan
    that is another one by now is refused without a difference: the next rehearsal shows it."""
    world = outside.world
    world.launch()
    cron.clock = "2026-03-31 08:30"
    world.at("2026-03-31 08:30")
    before = world.everything()

    dry = cron.json("escalate", "--dry-run")
    untouched = world.everything() == before
    real = world.engine.escalate(expect=dry["hash"])
    world.deliver()
    said = Counter((call.json["data"]["recipient"], unit) for call in outside.calls() for unit in units(call))
    names = dict(world.rows("SELECT u.code, s.name FROM unit u JOIN unit_span s ON s.unit_id = u.id"))

    assert untouched
    assert (real.state, real.reminders, real.messages) == ("done", dry["reminders"], dry["messages"])
    assert Counter((line["recipient"], line["unit"]) for line in dry["plan"]) == Counter(
        {(who, names[unit]): n for (who, unit), n in said.items()}
    )


def test_case_35_a_plan_that_has_changed_since_the_rehearsal_is_stopped(crowded: World, cron: Shell) -> None:
    crowded.launch()
    crowded.run("2026-03-31", deliver=True)
    cron.clock = "2026-04-02 08:30"
    seen = cron.json("escalate", "--dry-run")["hash"]
    crowded.at("2026-04-02 08:30")
    school = crowd().without(people=("9101",)).plus(post("91", "干事", "冯新", "9103"))
    crowded.engine.import_units(files=school.files(), end_missing=True)
    before = crowded.everything()

    codes = cron.refused("escalate", "--expect", seen)
    untouched = crowded.everything() == before
    anew = cron.json("escalate", "--dry-run")
    done = cron.json("escalate", "--expect", anew["hash"])

    assert (codes, untouched) == (["plan-changed"], True)
    assert {line["recipient"] for line in anew["plan"]} == {"冯新"}
    assert (done["state"], done["reminders"], done["messages"]) == ("done", 90, 1)
    assert told(crowded, "c1b1")[-1] == ("2026-04-02", R3)
