"""Looking never waits and never writes; writing waits its turn and is all or nothing."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import text
from world import World

from storage.campaigns import add_definition
from storage.database import Database, DatabaseProblem
from storage.meta import meta, set_meta


def test_a_board_is_read_within_a_second_while_somebody_writes(world: World) -> None:
    world.launch()
    with world.database.write() as connection:
        connection.execute(text("UPDATE duty SET state = 'waived'"))
        begun = time.monotonic()

        board = world.engine.status()

        took = time.monotonic() - begun
    assert board.totals.open == 8  # what was committed: the change is not
    assert took < 1


def test_a_look_sees_one_moment_however_long_it_takes(world: World) -> None:
    world.launch()
    with world.database.read() as connection:
        before = connection.execute(text("SELECT count(*) FROM journal")).scalar_one()
        world.act("submit", "0101", by="1001")

        after = connection.execute(text("SELECT count(*) FROM journal")).scalar_one()

    assert before == after
    assert world.rows("SELECT count(*) FROM journal") == [(before + 1,)]


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM journal", "UPDATE unit SET code = 'x'", "CREATE TABLE t (a INTEGER)", "INSERT INTO meta VALUES ('a', 'b')"],
)
def test_nothing_can_be_written_through_the_reader(world: World, statement: str) -> None:
    before = world.everything()

    with pytest.raises(DatabaseProblem, match="只读") as refusal, world.database.read() as connection:
        connection.execute(text(statement))

    assert refusal.value.code == "read-only"
    assert world.everything() == before


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def work() -> None:
        with database.write() as connection:
            set_meta(connection, colour="red")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()

    with database.read() as connection:
        assert "colour" not in meta(connection)


def test_a_transaction_on_the_bare_driver_that_fails_leaves_nothing(database: Database) -> None:
    def work() -> None:
        with database.driver() as driver:
            driver.execute("INSERT INTO meta (key, value) VALUES ('colour', 'red')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()

    with database.read() as connection:
        assert "colour" not in meta(connection)
    with database.driver() as driver:  # and the connection can be used again
        assert driver.execute("SELECT 1").fetchone()[0] == 1


def test_two_writers_of_one_file_take_turns(small_world: World) -> None:
    world = small_world
    order: list[str] = []

    def second() -> None:
        with world.database.write() as connection:
            order.append("second begins")
            set_meta(connection, turn="2")

    with world.database.write() as connection:
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.1)
        set_meta(connection, turn="1")
        order.append("first ends")
    thread.join()

    assert order == ["first ends", "second begins"]
    with world.database.read() as connection:
        assert meta(connection)["turn"] == "2"


def test_the_same_fact_said_by_two_at_once_is_said_once(world: World) -> None:
    failed: list[BaseException] = []

    def say(word: str) -> None:
        try:
            for _ in range(20):
                with world.database.write() as connection:
                    set_meta(connection, heartbeat=word)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=say, args=(str(n),)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert len(world.rows("SELECT value FROM meta WHERE key = 'heartbeat'")) == 1


def test_a_definition_is_kept_once_however_often_it_is_launched(database: Database) -> None:
    with database.write() as connection:
        first = add_definition(connection, digest="d", text="活动: 甲", at=1)
        again = add_definition(connection, digest="d", text="活动: 甲", at=2)

    assert first == again
