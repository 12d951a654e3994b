"""Crashes, zombies, power cuts and many at once: the cases 26 to 30, 71, 80 and 81."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import herd as h
import pytest
from crashkit import unlocked, works
from crashkit.power import Cut, OwnServer, own_server, wait_until_halted
from herd import SIZE, Herd
from sqlalchemy import event
from world import World

from bench.crash import invariants, school
from bench.crash.checkpoints import KILLED, Point, read_points, spread
from bench.crash.gateway import ok, read_calls, slow
from bench.crash.life import LATER, POLICIES, Life, morning
from bench.crash.picture import Picture, picture_of
from bench.crash.soak import Lane, soak
from storage.database import Database, DatabaseProblem

R1_DAY, R2_DAY = school.instant("2026-03-25 08:30"), school.instant("2026-03-31 08:30")
SECRETARIES = "SELECT count(*), min(n), max(n) FROM (SELECT count(*) AS n FROM reminder WHERE message_id IS NOT NULL GROUP BY message_id) x"


@pytest.fixture
def eve(lane: Lane) -> str:
    """The name of a database in which nobody has been told anything yet: three committees of thirty."""
    lane.place.make("eve")
    school.build(lane.place.url("eve"))
    return "eve"


@pytest.fixture
def small(lane: Lane) -> str:
    """The same with four branches a committee."""
    lane.place.make("small")
    school.build(lane.place.url("small"), branches=4)
    return "small"


@pytest.fixture(scope="module")
def power() -> Iterator[OwnServer]:
    with own_server() as server:
        yield server


def test_case_26_of_four_runs_at_once_one_plans_and_everybody_gets_one_digest(lane: Lane, eve: str, herd: Herd) -> None:
    for round_ in range(20):
        lane.place.copy(eve, "round")
        url = lane.place.url("round")

        answers = herd.together(h.escalate, [(url, R2_DAY)] * SIZE)

        assert answers.count("done") == 1, (round_, answers)
        assert set(answers) <= {"done", "already_running", "nothing_due"}
        assert _rows(url, SECRETARIES) == [(3, 30, 30)]
        assert _broken(url, finished=False) == []
        lane.place.drop("round")


def test_case_27_without_the_lock_and_the_one_transaction_split_digests_are_seen(lane: Lane, eve: str, herd: Herd) -> None:
    seen = []
    for in_turn in (False, False, True):  # how four at once fall is luck; one behind the other is the order that must split
        lane.place.copy(eve, "round")
        url = lane.place.url("round")
        folder = str(lane.folder / "files")

        calls = [(url, R2_DAY, date(2026, 3, 31), part, SIZE, folder) for part in range(SIZE)]
        for these in [[call] for call in calls] if in_turn else [calls]:
            herd.together(unlocked.plan_a_share, these)

        seen += _split(url)
        assert _rows(url, "SELECT count(*) FROM reminder WHERE rung = '+1:书记'") == [(90,)]
        lane.place.drop("round")
    assert seen


@pytest.mark.parametrize("policy", POLICIES)
def test_case_28_killed_anywhere_and_begun_again_it_is_the_life_it_would_have_been(lanes: list[Lane], policy: str) -> None:
    tally = soak(lanes[0].place, lanes, 12, policies=(policy,), branches=4)

    assert tally.problems == []
    assert (tally.points, tally.missed, tally.duplicates, tally.unfolded) == (12, 0, 0, 0)
    assert all(tally.stages.values()), tally.stages
    assert (tally.repeats[policy] > 0, tally.parked[policy] > 0) == (policy == "repeat", policy == "park")


@pytest.mark.parametrize(
    ("how", "stage"),
    [
        ("immediate", "plan"),
        ("immediate", "fold"),
        ("immediate", "deliver-claim"),
        ("immediate", "deliver-wire"),
        ("immediate", "deliver-result"),
        ("kill", "plan"),
        ("kill", "deliver-result"),
    ],
)
def test_case_29_a_worker_outlives_the_power_cut_of_its_server(
    postgresql_lane: Lane, power: OwnServer, how: Cut, stage: str
) -> None:
    lane = postgresql_lane
    lane.place.make("small")
    school.build(lane.place.url("small"), branches=4)
    whole, points = _whole(lane, "small", R1_DAY), _points(lane, "small", R1_DAY)
    of_stage = [point for point in points if point.stage == stage]
    url = power.make(f"cut_{how}_{stage}".replace("-", "_"))
    school.build(url, branches=4)
    life = works.elsewhere(lane.life("small", "repeat"), url)
    pid = lane.stable.start(works.worker, life, R1_DAY, of_stage[len(of_stage) // 2].n)
    wait_until_halted(pid)

    power.cut(how)
    power.start_again()
    os.kill(pid, signal.SIGCONT)

    assert lane.stable.wait(pid) == 0
    assert lane.stable.run(morning, life, R1_DAY + LATER, LATER) == 0
    assert _broken(url, lane) == []
    assert picture_of(url).differences(whole) == []


def test_case_29_a_commit_that_is_torn_anywhere_is_whole_or_not_at_all(sqlite_lane: Lane, tmp_path: Path) -> None:
    """Of what SQLite wrote at the commit of a run, a power cut leaves any beginning."""
    lane = sqlite_lane
    lane.place.make("small")
    school.build(lane.place.url("small"), branches=4)
    whole = _whole(lane, "small", R1_DAY)
    commit = _point(lane, "small", R1_DAY, "fold", "committed")
    lane.place.copy("small", "torn")
    assert lane.stable.run(morning, lane.life("torn", "repeat"), R1_DAY, 0, commit.n) == KILLED
    file = Path(lane.place.url("torn").removeprefix("sqlite:///"))
    log = file.with_name(file.name + "-wal").read_bytes()
    before, ends = picture_of(lane.place.url("small")), set[bool]()

    for length in (0, 1, 31, 32, *spread_over(len(log), 20), len(log) - 1, len(log)):
        copy = tmp_path / f"{length}.db"
        shutil.copyfile(file, copy)
        copy.with_name(copy.name + "-wal").write_bytes(log[:length])
        url = f"sqlite:///{copy}"
        found = picture_of(url)
        ends.add(bool(found.tables["message"]))

        assert found.tables["message"] or found.differences(before) == []
        assert lane.stable.run(morning, works.elsewhere(lane.life("torn", "repeat"), url), R1_DAY) == 0
        assert picture_of(url).differences(whole) == []
    assert ends == {True, False}


def test_case_30_a_run_that_stands_still_lets_no_other_plan_and_tells_nobody_twice(lane: Lane, small: str) -> None:
    whole = _whole(lane, small, R1_DAY)
    inside = _point(lane, small, R1_DAY, "plan", "after", "INSERT INTO fresh")
    lane.place.copy(small, "zombie")
    life = lane.life("zombie", "repeat")
    pid = lane.stable.start(morning, life, R1_DAY, 0, inside.n, None, True)
    wait_until_halted(pid)

    assert _hurried_run(life, R1_DAY) == ("busy" if lane.place.kind == "sqlite" else "already_running")
    os.kill(pid, signal.SIGCONT)

    assert lane.stable.wait(pid) == 0
    assert _hurried_run(life, R1_DAY) == "nothing_due"
    assert picture_of(life.url).differences(whole) == []
    assert invariants.repeats(lane.gateway.calls()) == 0


def test_case_30_a_deliverer_that_stands_still_repeats_only_what_it_held_and_records_nothing(lane: Lane, small: str) -> None:
    """It claimed, slept longer than its lease, and another one sent in its place."""
    whole = _whole(lane, small, R1_DAY)
    claimed = _point(lane, small, R1_DAY, "deliver-wire", "wire", "")
    lane.place.copy(small, "zombie")
    life = lane.life("zombie", "repeat")
    pid = lane.stable.start(morning, life, R1_DAY, 0, claimed.n, None, True)
    wait_until_halted(pid)

    assert lane.stable.run(morning, life, R1_DAY + LATER, LATER) == 0
    others = picture_of(life.url)
    os.kill(pid, signal.SIGCONT)

    assert lane.stable.wait(pid) == 0
    assert _broken(life.url, lane) == []
    assert picture_of(life.url).differences(others) == []
    assert picture_of(life.url).differences(whole) == []


def test_case_71_a_fold_that_fails_before_its_commit_leaves_neither_message_nor_job(world: World) -> None:
    world.launch()
    everything = world.everything()
    world.break_off("run", "UPDATE")  # the last thing a run writes: messages, reminders and jobs are made by then
    broken = world.everything()

    with pytest.raises(Exception, match="broken off"):
        world.run("2026-03-25")

    assert world.everything() == broken == everything
    _mend(world, "run")
    assert world.run("2026-03-25").state == "done"
    assert invariants.unfolded(world.database) == []


def test_case_80_a_run_killed_while_it_planned_may_be_followed_by_an_older_one(lane: Lane, eve: str, tmp_path: Path) -> None:
    assert lane.stable.run(morning, lane.life(eve, "repeat"), R1_DAY) == 0
    log = tmp_path / "points"
    lane.place.copy(eve, "watched")
    assert lane.stable.run(morning, lane.life("watched", "repeat"), R2_DAY, 0, 0, log) == 0
    planning = [point for point in read_points(log) if point.stage in ("plan", "fold")]

    for point in spread(planning, 5):
        lane.place.copy(eve, "killed")
        life = lane.life("killed", "repeat")
        assert lane.stable.run(morning, life, R2_DAY, 0, point.n) == KILLED
        older = _run(lane, life, tmp_path, school.instant("2026-03-27 08:30"))
        assert older == ("as-of-past" if point is planning[-1] else "nothing_due")  # the last point is behind the commit
        assert lane.stable.run(morning, life, R2_DAY) == 0

        digests = SECRETARIES.replace("WHERE", "WHERE rung = '+1:书记' AND")
        assert _rows(life.url, digests) == [(3, 30, 30)], point
        assert _broken(life.url) == []
        lane.place.drop("killed")


def test_case_81_with_its_usual_lease_no_claim_is_taken_over_from_who_is_slow(lane: Lane, eve: str, tmp_path: Path) -> None:
    life = lane.life(eve, "repeat")
    assert _run(lane, life, tmp_path) == "done"
    lane.gateway.plays(slow(0.02))

    _workers(lane, life, seconds=3.0, speed=1)

    assert invariants.repeats(lane.gateway.calls()) == 0
    assert len(lane.gateway.calls()) == 90
    assert _broken(life.url, lane) == []


def test_case_81_with_a_lease_shorter_than_a_send_repeats_are_seen_and_the_state_is_consistent(
    lane: Lane, small: str, tmp_path: Path
) -> None:
    """Real time runs 3000 times as fast: the lease of ten minutes is over in a fifth of a second, and a send takes three tenths."""
    life = replace(lane.life(small, "repeat"), attempts=1000)  # every claim that is taken over counts as a try
    assert _run(lane, life, tmp_path) == "done"
    lane.gateway.plays(slow(0.3))

    _workers(lane, life, seconds=2.0, speed=3000)

    assert invariants.repeats(lane.gateway.calls()) > 0
    lane.gateway.plays(ok())
    for later in range(1, 4):
        assert lane.stable.run(morning, life, R1_DAY + later * LATER, later * LATER) == 0
    assert _broken(life.url, lane) == []
    assert sum(n for row, n in picture_of(life.url).tables["message"].items() if row[4] == "sent") == 12


def _run(lane: Lane, life: Life, folder: Path, at: int = R1_DAY) -> str:
    """The state of a run without delivery, or the code of what stood against it."""
    assert lane.stable.run(works.run_only, life, at, folder / "said") == 0
    return (folder / "said").read_text("utf-8")


def _workers(lane: Lane, life: Life, *, seconds: float, speed: int) -> None:
    pids = [lane.stable.start(works.deliver_for, life, R1_DAY, seconds, speed) for _ in range(SIZE)]
    assert [lane.stable.wait(pid) for pid in pids] == [0] * SIZE


def _whole(lane: Lane, source: str, at: int) -> Picture:
    """What an uncrashed morning comes to."""
    lane.place.copy(source, "whole")
    assert lane.stable.run(morning, lane.life("whole", "repeat"), at) == 0
    found = picture_of(lane.place.url("whole"))
    lane.place.drop("whole")
    lane.gateway.log.unlink()
    return found


def _point(lane: Lane, source: str, at: int, stage: str, when: str, what: str = "") -> Point:
    """The last place of its kind on an uncrashed morning; on the wire the first."""
    points = _points(lane, source, at)
    found = [point for point in points if (point.stage, point.when) == (stage, when) and point.what.startswith(what)]
    return found[0] if stage == "deliver-wire" else found[-1]


def _points(lane: Lane, source: str, at: int) -> list[Point]:
    lane.place.copy(source, "watched")
    log = lane.folder / "watched.points"
    assert lane.stable.run(morning, lane.life("watched", "repeat"), at, 0, 0, log) == 0
    lane.place.drop("watched")
    lane.gateway.log.unlink()
    found = read_points(log)
    log.unlink()
    return found


def _hurried_run(life: Life, at: int) -> str:
    """The state of a run that waits for a third of a second at most, not a quarter of a minute."""
    with life.engine(at) as engine:
        if engine.database.dialect == "sqlite":
            event.listen(engine.database.writer, "connect", lambda driver, _record: driver.execute("PRAGMA busy_timeout=300"))
        try:
            return engine.escalate().state
        except DatabaseProblem as problem:
            return problem.code


def _mend(world: World, table: str) -> None:
    with world.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER broken" + (f' ON "{table}"' if world.database.dialect == "postgresql" else ""))


def _rows(url: str, sql: str) -> list[tuple[object, ...]]:
    database = Database(url)
    with database.read() as connection:
        found = [tuple(row) for row in connection.exec_driver_sql(sql)]
    database.close()
    return found


def _split(url: str) -> list[str]:
    database = Database(url)
    found = invariants.split_digests(database) + invariants.one_digest_a_day(database)
    database.close()
    return found


def _broken(url: str, lane: Lane | None = None, *, finished: bool = True) -> list[str]:
    database = Database(url)
    found = invariants.broken(database, read_calls(lane.gateway.log) if lane else (), finished=finished)
    database.close()
    return found


def spread_over(length: int, wanted: int) -> list[int]:
    """`wanted` lengths at equal distances below `length`."""
    return [length * no // wanted for no in range(1, wanted)]
