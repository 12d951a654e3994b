"""The kit itself: that points are counted and lives end there, and that every detector sees what it is for."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from crashkit.power import wait_until_halted

from bench.crash import any_order, invariants, school
from bench.crash.checkpoints import KILLED, Point, by_stage, chosen, read_points, spread
from bench.crash.gateway import read_calls
from bench.crash.life import Life, morning
from bench.crash.picture import Picture, picture, picture_of
from bench.crash.soak import Lane
from bench.crash.stable import FAILED
from storage.database import Database

MORNING, NEXT = school.instant("2026-03-25 08:30"), school.instant("2026-03-31 08:30")


@pytest.fixture
def life(lane: Lane) -> Life:
    """Three committees of two branches, on the day of the first reminder."""
    lane.place.make("kit")
    school.build(lane.place.url("kit"), branches=2)
    return lane.life("kit", "repeat")


@pytest.fixture
def told(sqlite_lane: Lane) -> Iterator[tuple[Database, Lane]]:
    """The same after both mornings, on SQLite, for somebody to spoil."""
    sqlite_lane.place.make("kit")
    school.build(sqlite_lane.place.url("kit"), branches=2)
    life = sqlite_lane.life("kit", "repeat")
    for at in (MORNING, NEXT):
        assert sqlite_lane.stable.run(morning, life, at) == 0
    database = Database(life.url)
    yield database, sqlite_lane
    database.close()


def test_a_life_passes_every_stage_and_says_so(lane: Lane, life: Life, tmp_path: Path) -> None:
    assert lane.stable.run(morning, life, MORNING, 0, 0, tmp_path / "points") == 0

    points = read_points(tmp_path / "points")
    assert [point.n for point in points] == list(range(1, len(points) + 1))
    assert all(by_stage(points).values()), by_stage(points)
    assert len(lane.gateway.calls()) == 6


def test_a_life_that_is_cut_off_leaves_what_it_had_committed_and_no_more(lane: Lane, life: Life, tmp_path: Path) -> None:
    lane.place.copy("kit", "other")
    other = replace(life, url=lane.place.url("other"))
    assert lane.stable.run(morning, other, MORNING, 0, 0, tmp_path / "points") == 0
    points = read_points(tmp_path / "points")
    last_of_run = max(point.n for point in points if point.stage in ("plan", "fold") and point.when == "commit")

    assert lane.stable.run(morning, life, MORNING, 0, last_of_run) == KILLED
    assert not picture_of(life.url).tables["message"]

    assert lane.stable.run(morning, life, MORNING, 0, last_of_run + 8) == KILLED
    assert sum(picture_of(life.url).tables["message"].values()) == 6


def test_a_life_can_be_halted_and_let_go_on(lane: Lane, life: Life) -> None:
    pid = lane.stable.start(morning, life, MORNING, 0, 20, None, True)
    wait_until_halted(pid)
    assert not picture_of(life.url).tables["message"]

    os.kill(pid, signal.SIGCONT)

    assert lane.stable.wait(pid) == 0
    assert sum(picture_of(life.url).tables["message"].values()) == 6


def test_a_child_that_fails_is_not_taken_for_one_that_was_cut_off(lane: Lane, capfd: pytest.CaptureFixture[str]) -> None:
    assert lane.stable.run(os.stat, "/nowhere") == FAILED
    assert FAILED != KILLED


def test_a_child_that_hangs_is_ended(lane: Lane) -> None:
    with pytest.raises(TimeoutError):
        lane.stable.run(time.sleep, 60, patience=0.2)


def test_points_are_chosen_from_all_three_stages() -> None:
    stages = ["plan"] * 30 + ["fold"] * 4 + ["deliver-claim"] * 20 + ["deliver-wire"] * 30 + ["deliver-result"] * 16
    points = [Point(n=n, when="before", stage=stage, what="") for n, stage in enumerate(stages, 1)]  # type: ignore[arg-type]

    assert by_stage(chosen(points, 24)) == {
        "plan": 10, "fold": 4, "deliver-claim": 3, "deliver-wire": 4, "deliver-result": 3,
    }  # fmt: skip
    assert [point.n for point in spread(points, 3)] == [1, 51, 100]
    assert chosen(points, 1000) == points


def test_two_lives_alike_have_one_picture(lane: Lane, life: Life) -> None:
    lane.place.copy("kit", "other")
    other = replace(life, url=lane.place.url("other"))
    for each in (life, other):
        assert lane.stable.run(morning, each, MORNING) == 0

    assert picture_of(life.url).differences(picture_of(other.url)) == []
    assert lane.stable.run(morning, other, NEXT) == 0
    assert len(picture_of(life.url).differences(picture_of(other.url))) > 3


@pytest.mark.parametrize("table", ["reminder", "message", "journal", "timer", "duty"])
def test_a_row_more_in_any_table_is_a_difference(told: tuple[Database, Lane], table: str) -> None:
    database, _ = told
    seen = picture(database)
    more = Picture({**seen.tables, table: seen.tables[table] + type(seen.tables[table])([("c1b1",)])})

    assert seen.differences(more) == [f"{table}, only in the second: ('c1b1',)"]


SPOILED: dict[Callable[[invariants.Readable], list[str]], str] = {
    invariants.unfolded: "UPDATE reminder SET state = 'planned', message_id = NULL WHERE duty_id = 1",
    invariants.undelivered: "UPDATE message SET state = 'claimed' WHERE id = 1",
    invariants.in_one_message: "UPDATE reminder SET message_id = 999 WHERE duty_id = 1",
    invariants.not_empty: "UPDATE reminder SET message_id = NULL, state = 'cancelled:done' WHERE message_id = 1",
    invariants.split_digests: "INSERT INTO message (idem_key, recipient_id, channel, window_day, seq, not_before, state, run_id, rung,"
    " urgent, preview, attempts, fence) SELECT idem_key || '-2', recipient_id, channel, window_day, 2, 0, 'sent', 1, 1, 0, 0, 0, 0"
    " FROM message WHERE id = 1",
    invariants.one_sent: "UPDATE message SET window_day = 1, recipient_id = 1, seq = id WHERE id < 3",
    any_order.none_for_done: "UPDATE duty SET state = 'submitted', submitted_at = 0 WHERE id = 1",
    any_order.rungs_climb: "UPDATE reminder SET rung = '+9:书记' WHERE duty_id = 1 AND run_id = (SELECT min(run_id) FROM reminder)",
    invariants.tries_counted: "DELETE FROM delivery WHERE message_id = 1",
    invariants.timers_alone: "INSERT INTO timer (at, duty_id, version, rung, repeat) SELECT at + 1, duty_id, version, rung, repeat"
    " FROM timer WHERE duty_id = 1 AND version = (SELECT version FROM duty WHERE id = 1)",
}


@pytest.mark.parametrize("check", SPOILED, ids=lambda check: check.__name__)
def test_every_detector_sees_what_it_is_for(
    told: tuple[Database, Lane], check: Callable[[invariants.Readable], list[str]]
) -> None:
    database, lane = told
    assert invariants.broken(database, read_calls(lane.gateway.log)) == check(database) == []

    with database.write() as connection:
        assert connection.exec_driver_sql(SPOILED[check]).rowcount > 0

    assert check(database)
    assert set(check(database)) <= set(invariants.broken(database)) or check in any_order.ALWAYS


def test_a_digest_that_is_split_over_two_windows_is_seen(told: tuple[Database, Lane]) -> None:
    database, _ = told
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO message (idem_key, recipient_id, channel, window_day, seq, not_before, state, run_id, rung, urgent, preview,"
            " attempts, fence) SELECT idem_key || '-2', recipient_id, channel, window_day + 1, 0, 0, 'cancelled', 1, 1, 0, 0, 0, 0"
            " FROM message WHERE id = (SELECT max(id) FROM message)"
        )
        connection.exec_driver_sql(
            "UPDATE reminder SET message_id = (SELECT max(id) FROM message)"
            " WHERE duty_id = (SELECT max(duty_id) FROM reminder WHERE message_id = (SELECT max(id) - 1 FROM message))"
        )

    [said] = invariants.one_digest_a_day(database)
    assert "split over 2 messages" in said
    assert not invariants.split_digests(database)


def test_calls_that_the_outbox_cannot_explain_are_seen(told: tuple[Database, Lane]) -> None:
    database, lane = told
    calls = read_calls(lane.gateway.log)
    assert invariants.repeats(calls) == 0

    assert "of which the outbox knows nothing" in invariants.strangers(database, [replace(calls[0], key="k")])[0]
    assert "2 times, and 1 tries are known" in invariants.strangers(database, [calls[0], calls[0]])[0]
    assert invariants.repeats([calls[0], calls[0]]) == 1


def test_what_is_due_and_was_not_looked_at_is_seen(told: tuple[Database, Lane]) -> None:
    database, _ = told

    assert invariants.accounted(database, NEXT) == []
    assert len(invariants.accounted(database, school.instant("2026-04-02 08:30"))) == 6
