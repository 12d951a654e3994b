"""A run touches what is due, an act what it is about: no statement of theirs reads a whole table that grows with the school.

SQLite tells its plans without regard to how few rows a test has; PostgreSQL reads small tables as a whole, whatever the index.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from places import Places
from sqlalchemy import Connection, Engine, event
from world import CHEN, KONG, LI, ONE_DUTY, QIAN, WANG, ZHAO, World, built, crowd, definition

TEMPORARY = {"due", "fresh", "fold", "told", "held", "each", "both", "taken", "ended", "found", "merged"}
SMALL = TEMPORARY | {"campaign", "definition", "task", "run", "opening", "meta", "silence", "pause", "channel_state", "wish"}
"""What may be read as a whole: the temporary tables of a run, and what does not grow with the number of units."""
RUNGS = ("2026-03-25", "2026-03-31", "2026-04-02", "2026-04-09")
"""The mornings on which ONE_DUTY's branch, its superior's 书记, 组织部's contact and 领导小组's head are told."""
READING = ("SELECT", "INSERT", "UPDATE", "DELETE")


def read_whole(driver: Any, statement: str, values: Any = ()) -> set[str]:
    """The tables that SQLite reads from end to end, under the names the statement gives them.

    It fills a Bloom filter, and an index made for one statement ("AUTOMATIC"), with every row of their table.
    """
    plan = "\n".join(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values))
    whole = re.findall(r"(?:\bSCAN|BLOOM FILTER ON) (\w+)|SEARCH (\w+) USING AUTOMATIC", plan)
    return {scanned or indexed for scanned, indexed in whole} - SMALL - {"CONSTANT"}


@contextmanager
def reading(engine: Engine) -> Iterator[dict[str, set[str]]]:
    """{statement: tables it reads as a whole} of all that goes through an engine, explained at the moment at which it is run."""
    found: dict[str, set[str]] = {}

    def explain(connection: Connection, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if not many and statement.startswith(READING):
            found[statement] = read_whole(connection.connection.driver_connection, statement, values)

    event.listen(engine, "before_cursor_execute", explain)
    yield found
    event.remove(engine, "before_cursor_execute", explain)


def scans(found: dict[str, set[str]]) -> dict[str, set[str]]:
    return {statement: names for statement, names in found.items() if names}


def as_if_large(world: World) -> None:
    """Make SQLite plan for a school a hundred times as large: that is what it knows of its tables, and all it goes by.

    A statistic is the number of rows, and how many have the same first, first two, ... columns of an index: one or two are few in a
    large school too, many become more.
    """
    with world.database.write() as connection:
        connection.exec_driver_sql("ANALYZE main")
        for rowid, words in connection.exec_driver_sql("SELECT rowid, stat FROM main.sqlite_stat1").all():
            rows, *same = map(int, words.split())
            grown = [rows * 100, *(each * 100 if each > 2 else each for each in same)]
            connection.exec_driver_sql(
                "UPDATE main.sqlite_stat1 SET stat = ? WHERE rowid = ?", (" ".join(map(str, grown)), rowid)
            )
        connection.exec_driver_sql("ANALYZE sqlite_schema")


@pytest.mark.parametrize("large", [False, True])
def test_no_statement_of_a_run_reads_a_whole_table(sqlite_places: Places, tmp_path: Path, large: bool) -> None:
    school = crowd().without(people=["n1-7"])  # one branch without a 书记: others are looked for
    world = World(url=sqlite_places.copy("crowd with a vacancy", lambda url: built(url, school)), folder=tmp_path)
    world.launch()
    for day in RUNGS:
        if large:
            as_if_large(world)

        with reading(world.database.writer) as written, reading(world.database.reader) as looked:
            assert world.run(day).reminders == 90
            assert world.run(day).state == "nothing_due"

        assert len(written) > 10
        assert len(looked) >= 2
        assert scans(written) == {}
        assert scans(looked) == {}
        world.engine.deliver()
    world.close()


def test_a_dry_run_reads_no_whole_table_either(small_world: World) -> None:
    small_world.launch()
    engine = small_world.at("2026-03-25")

    with reading(small_world.database.reader) as looked:
        assert engine.escalate(dry=True).reminders == 8

    assert scans(looked) == {}


def test_what_holds_reminders_back_is_looked_up_too(small_world: World) -> None:
    """With silences of every kind, a delegation, answers, a gate and a reviewer's clock in force; and the same as a dry run."""
    text = ONE_DUTY.replace("任务:", "审核时限: 1\n任务:").replace("告诉: 上级联系人", "告诉: 上级联系人, 前提: 上一步已送达")
    small_world.launch(text)
    engine = small_world.at("2026-03-23")
    small_world.act("submit", "0202", by=KONG)
    first, last = date(2026, 3, 25), date(2026, 4, 8)
    engine.silence(by=QIAN, reason="考试周", first=first, last=last, unit="0102", campaign="支部换届")
    engine.silence(by=QIAN, reason="考试周", first=first, last=last, unit="02", mode="drop", rung_min=3)
    engine.silence(by=QIAN, reason="休假", first=first, last=last, person=LI, unit="01", mode="drop")
    engine.delegate("01", "书记", to=WANG, first=first, last=last, by=QIAN)

    with reading(small_world.database.writer) as written, reading(small_world.database.reader) as looked:
        for day in RUNGS:
            small_world.at(f"{day} 08:30").escalate(dry=True)
            small_world.run(day, deliver=True)
            if day == RUNGS[0]:
                engine.answer("seen", by=CHEN, duty=small_world.duty("0102").id)
                engine.answer("seen", by=ZHAO, duty=small_world.duty("0201").id)

    runs = {
        statement: names
        for statement, names in scans({**written, **looked}).items()
        if "fresh" in statement or "timer" in statement
    }
    assert len(written) > 20
    assert runs == {}


@pytest.mark.parametrize("index", ["ix_post_unit", "ix_unit_span_unit", "ix_unit_span_parent"])
def test_a_missing_index_would_be_noticed(small_world: World, index: str) -> None:
    small_world.launch()
    with small_world.database.write() as connection:
        connection.exec_driver_sql(f"DROP INDEX {index}")

    with reading(small_world.database.writer) as written:
        for day in RUNGS:
            small_world.run(day)

    assert scans(written)


def test_no_statement_of_an_act_reads_a_whole_table(small_world: World) -> None:
    small_world.launch()
    small_world.at("2026-03-26")
    duty = small_world.duty("0101").id
    said: list[str] = []

    with small_world.database.driver() as driver:
        driver.set_trace_callback(said.append)  # the pool gives the same connection to the acts
    small_world.engine.act("submit", duty=duty, by=LI)
    small_world.engine.act("return", duty=duty, by=WANG, reason="缺附件")
    small_world.engine.act("extend", duty=duty, by=QIAN, reason="换届推迟", to=small_world.day.replace(month=5))
    small_world.engine.act("submit", duty=duty, by=LI)
    small_world.engine.act("accept", duty=duty, by=WANG)
    small_world.engine.act("advance", case=small_world.row("0201").case, by=QIAN, reason="由组织部代管")

    statements = {one for one in said if one.startswith(READING)}
    assert len(statements) > 20
    with sqlite3.connect(str(small_world.database.path)) as connection:
        found = {one: read_whole(connection, one) for one in statements}
    connection.close()
    assert scans(found) == {}


TWO_LINES = definition(
    "任务:\n"
    "  - {事项: 换届方案, 谁办: 党支部, 适用类别: 离退休, 时间: 3月30日前}\n"
    "  - {事项: 换届结果, 谁办: 党支部, 适用类别: 专任教师, 时间: 6月30日前}\n"
)


def steps_of_a_run(places: Places, folder: Path, committees: int) -> int:
    """How many steps SQLite's machine takes for a run about the 30 branches of the first of some committees."""
    school = crowd(committees)
    for no in range(1, 31):
        school = school.changed(f"c1b{no}", branch_kind="离退休")
    world = World(url=places.copy(f"{committees} committees", lambda url: built(url, school)), folder=folder)
    world.launch(TWO_LINES)
    taken = 0

    def one_more() -> int:
        nonlocal taken
        taken += 1
        return 0

    with world.database.driver() as driver:
        driver.set_progress_handler(one_more, 10)
    assert world.run("2026-03-25").reminders == 30
    with world.database.driver() as driver:
        driver.set_progress_handler(None, 10)
    world.close()
    return taken


def test_what_a_run_reads_grows_with_what_is_due_not_with_the_school(sqlite_places: Places, tmp_path: Path) -> None:
    few = steps_of_a_run(sqlite_places, tmp_path, 2)
    many = steps_of_a_run(sqlite_places, tmp_path, 20)

    assert few > 100
    assert many < 1.1 * few
