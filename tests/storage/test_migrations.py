"""The tables come from shipped migrations, and a database that does not fit is refused with what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from herd import Herd, open_new
from places import Places
from sqlalchemy import inspect, text
from sqlmodel import SQLModel
from world import CHEN, LI, WANG, ZHAO, World

import storage
from duban.engine import Engine
from storage.database import PAGE_SIZE, SCHEMA, Database, DatabaseProblem, prepare, schema_of, upgrade
from storage.migrate import upgrade_to_head


def test_every_table_is_made_from_nothing(places: Places) -> None:
    database = Database(places.empty())

    reached = upgrade(database)

    with database.read() as connection:
        made = set(inspect(connection).get_table_names())
    assert made == {*SQLModel.metadata.tables, "duban_version"}
    assert reached == schema_of(database) == SCHEMA
    database.close()
    places.drop(database.url.render_as_string(hide_password=False))


def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    with database.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "version_table": "duban_version"})

        differences = compare_metadata(context, SQLModel.metadata)

    assert differences == []


def test_the_program_knows_the_newest_migration_it_ships() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(storage.__path__[0]) / "migrations"))

    heads = ScriptDirectory.from_config(config).get_heads()

    assert heads == [SCHEMA]


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    upgrade(database)

    assert schema_of(database) == SCHEMA


def test_a_migration_that_fails_half_way_leaves_nothing(places: Places) -> None:
    database = Database(places.empty())
    with database.write() as connection:
        connection.execute(text("CREATE TABLE post (whose TEXT)"))  # somebody's: one of ours will collide with it

    with pytest.raises(Exception, match="post"):
        upgrade_to_head(database)

    with database.read() as connection:
        assert inspect(connection).get_table_names() == ["post"]
    database.close()
    places.drop(database.url.render_as_string(hide_password=False))


def test_a_new_sqlite_file_is_made_and_migrated_on_first_use(tmp_path: Path) -> None:
    file = tmp_path / "new.db"

    with Engine(f"sqlite:///{file}") as engine:
        assert engine.context.instance

    assert schema_of(Database(f"sqlite:///{file}")) == SCHEMA


def test_four_processes_may_be_the_first_to_use_a_new_sqlite_file(tmp_path: Path, herd: Herd) -> None:
    for round_ in range(5):
        url = f"sqlite:///{tmp_path / f'{round_}.db'}"

        names = herd.together(open_new, [(url,)] * 4)

        assert len(set(names)) == 1
        assert len(names[0]) == 8, names


def test_a_sqlite_file_has_small_pages_and_a_write_ahead_log(world_file: sqlite3.Connection) -> None:
    assert world_file.execute("PRAGMA page_size").fetchone() == (PAGE_SIZE,)
    assert world_file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(("table", "clustered_by"), [("timer", "at, duty_id, version"), ("reminder", "duty_id, epoch, rung")])
def test_the_hot_tables_are_clustered(world_file: sqlite3.Connection, table: str, clustered_by: str) -> None:
    (sql,) = world_file.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()

    assert "WITHOUT ROWID" in sql
    assert f"PRIMARY KEY ({clustered_by}" in sql


def test_a_due_timer_is_found_in_the_clustered_key_alone(world_file: sqlite3.Connection) -> None:
    steps = world_file.execute("EXPLAIN QUERY PLAN SELECT 1 FROM timer WHERE at <= 5").fetchall()

    assert [step[3] for step in steps] == ["SEARCH timer USING PRIMARY KEY (at<?)"]


def test_duties_from_before_learn_from_the_journal_which_line_they_were_judged_by(small_world: World) -> None:
    small_world.launch()
    for day, name, unit, by, more in (
        ("2026-03-26", "submit", "0201", ZHAO, {}),
        ("2026-04-01", "submit", "0102", CHEN, {}),
        ("2026-04-02", "withdraw", "0102", CHEN, {}),
        ("2026-04-03", "extend", "0102", WANG, {"to": date(2026, 4, 10)}),
        ("2026-04-13", "submit", "0102", CHEN, {}),
        ("2026-04-16", "submit", "0101", LI, {}),
        ("2026-04-17", "return", "0101", WANG, {"to": date(2026, 4, 24)}),
        ("2026-04-17", "return", "0102", WANG, {"to": date(2026, 4, 30)}),
        ("2026-04-20", "submit", "0101", LI, {}),
    ):
        small_world.at(day).act(name, duty=small_world.duty(unit).id, by=by, reason="理由", **more)
    asked = "SELECT code, judged_day FROM duty JOIN unit ON unit.id = duty.unit_id WHERE judged_day IS NOT NULL ORDER BY code"
    judged = [("0101", date(2026, 3, 30)), ("0102", date(2026, 4, 10)), ("0201", date(2026, 3, 30))]
    known = small_world.rows(asked)

    _downgrade(small_world.database, "0003")
    upgrade(small_world.database)

    assert small_world.rows(asked) == known == [(unit, day.toordinal()) for unit, day in judged]
    assert [small_world.duty(unit).days_late for unit, _ in judged] == [17, 3, 0]


def test_a_newer_database_is_refused_with_the_remedy(places: Places, database_url: str) -> None:
    database = Database(database_url)
    with database.write() as connection:
        connection.execute(text("UPDATE duban_version SET version_num = '0999'"))

    with pytest.raises(DatabaseProblem, match=r"比本程序.*新：请升级 Duban") as refusal:
        prepare(database)

    assert refusal.value.code == "newer-database"
    database.close()


def test_a_postgresql_without_tables_is_refused_with_advice(postgresql_places: Places) -> None:
    url = postgresql_places.empty()

    with pytest.raises(DatabaseProblem, match="还没有建表：请先运行 duban db upgrade") as refusal:
        Engine(url)

    assert refusal.value.code == "old-database"


def test_an_old_postgresql_is_refused_with_advice_and_not_touched(postgresql_places: Places) -> None:
    database = Database(postgresql_places.empty())
    with database.write() as connection:
        connection.execute(text("CREATE TABLE duban_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO duban_version VALUES ('0000')"))

    with pytest.raises(DatabaseProblem, match=r"结构是旧的（0000，.*请先运行 duban db upgrade"):
        prepare(database)

    assert schema_of(database) == "0000"
    database.close()


def test_two_upgrades_of_one_postgresql_at_once_end_well(postgresql_places: Places, herd: Herd) -> None:
    url = postgresql_places.empty()

    answers = herd.together(_upgrade, [(url,)] * 4)

    assert answers == [SCHEMA] * 4


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("会议记录：三月三十日以前报送。" * 40)
    before = file.read_bytes()

    with pytest.raises(DatabaseProblem, match=r"不是完好的 Duban 数据库.*备份") as refusal:
        Engine(f"sqlite:///{file}")

    assert refusal.value.code == "corrupt"
    assert file.read_bytes() == before


@pytest.mark.parametrize("damage", ["torn", "cut"])
def test_a_damaged_database_is_refused(tmp_path: Path, sqlite_places: Places, damage: str) -> None:
    file = _tables(sqlite_places)
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + b"\x5a" * (len(whole) - 100) if damage == "torn" else whole[: PAGE_SIZE * 3])

    with pytest.raises(DatabaseProblem, match="备份") as refusal:
        Engine(f"sqlite:///{file}")

    assert refusal.value.code == "corrupt"


def test_damage_found_later_is_one_sentence_too(sqlite_places: Places) -> None:
    file = _tables(sqlite_places)
    database = Database(f"sqlite:///{file}")
    with database.read() as connection:
        (page,) = connection.execute(text("SELECT rootpage FROM sqlite_master WHERE name = 'journal'")).one()
    content = bytearray(file.read_bytes())
    content[(page - 1) * PAGE_SIZE : page * PAGE_SIZE] = b"\x5a" * PAGE_SIZE
    file.write_bytes(content)

    with pytest.raises(DatabaseProblem) as refusal, database.read() as connection:
        connection.execute(text("SELECT * FROM journal")).all()

    assert refusal.value.code == "corrupt"


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    file = tmp_path / "empty.db"
    file.touch()

    Engine(f"sqlite:///{file}").close()

    assert schema_of(Database(f"sqlite:///{file}")) == SCHEMA


def test_somebody_elses_sqlite_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "portal.db"
    with sqlite3.connect(file) as theirs:
        theirs.execute("CREATE TABLE customers (id INTEGER)")
    theirs.close()

    with pytest.raises(DatabaseProblem, match=r"别的程序.*换一个文件") as refusal:
        Engine(f"sqlite:///{file}")

    assert refusal.value.code == "foreign-database"
    with sqlite3.connect(file) as theirs:
        assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("customers",)]
    theirs.close()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://u@h/d", "不支持的数据库“mysql”"),
        ("这不是地址", "看不懂数据库地址"),
        ("sqlite://", "不能用内存数据库"),
        ("sqlite:////nowhere/at/all/d.db", "文件夹“/nowhere/at/all”不存在"),
        ("postgresql://u@127.0.0.1:1/d", "打不开数据库.*服务器是否在运行"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_sentence(url: str, says: str) -> None:
    with pytest.raises(DatabaseProblem, match=says):
        Engine(url)


def test_a_password_is_never_shown(postgresql_places: Places) -> None:
    with pytest.raises(DatabaseProblem) as refusal:
        Engine("postgresql://u:geheim@127.0.0.1:1/d")

    assert "geheim" not in str(refusal.value)


@pytest.fixture
def world_file(sqlite_places: Places) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(_tables(sqlite_places))
    yield connection
    connection.close()


def _tables(places: Places) -> Path:
    """A file of its own with all tables, its write-ahead log folded in."""
    url = places.copy("tables", lambda url: _filled(url))
    path = Database(url).path
    assert path is not None
    return path


def _filled(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


def _downgrade(database: Database, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(storage.__path__[0]) / "migrations"))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, to)


def _upgrade(url: str) -> str:
    database = Database(url)
    try:
        return upgrade(database)
    finally:
        database.close()
