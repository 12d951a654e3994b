"""A workbook becomes the dated tree; a second one becomes a list of differences, and nothing is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from places import Places
from world import LI, QIAN, SCHOOL, WU, YAN, ZHAO, Post, School, Unit, World, definition, instant, post

from duban import sandbox
from duban.service.organisation import Imported
from storage import units
from storage.scope import EVERYTHING
from workflow.errors import WorkbookError

APRIL = "2026-04-01"
WAITING = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月20日前, 等支部: 是}
  - {名称: 整改, 时间: 3月30日前}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
报送:
  - {谁报: 二级党组织, 材料: 汇总表, 报给: 组织部, 方式: 在线, 阶段: 摸底}
"""
)


@pytest.fixture
def empty(places: Places, tmp_path: Path) -> Iterator[World]:
    """A database with no school in it yet."""
    url = places.copy("empty", lambda url: sandbox.create(url, sandbox=True).close())
    made = World(url=url, folder=tmp_path)
    yield made
    made.close()
    places.drop(url)


def _tree(world: World, on: str, recorded_by: str | None = None) -> dict[str, str]:
    """{code: codes from the top down, and the name} of the tree on a day, as believed at an instant."""
    believed = instant(recorded_by) if recorded_by else None
    with world.database.read() as connection:
        found = units.units(connection, scope=EVERYTHING, day=date.fromisoformat(on).toordinal(), recorded_by=believed)
    codes = {unit.id: unit.code for unit in found}
    return {u.code: f"{'/'.join(codes.get(int(i), '?') for i in u.path.strip('/').split('/'))} {u.name}" for u in found}


def _holders(world: World, unit: str, on: str) -> set[str]:
    day = date.fromisoformat(on).toordinal()
    with world.database.read() as connection:
        found = units.unit(connection, unit, scope=EVERYTHING, day=day)
        assert found is not None
        return {f"{p.role} {p.person}" for p in units.holders(connection, scope=EVERYTHING, unit_id=found.id, day=day)}


def _people(world: World) -> set[tuple[str | None, str, str | None, str | None]]:
    return {(row[0], row[1], row[2], row[3]) for row in world.rows("SELECT number, name, email, mobile FROM person")}


def _without_memory(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Every row but those in which the database remembers when it was last asked."""
    return {table: rows for table, rows in world.everything().items() if table != "meta"}


def _only(row: Post) -> School:
    """The school with somebody in the post of Yan (0203)."""
    return SCHOOL.without(people=[YAN]).plus(row)


# --- the first time


def test_a_first_import_makes_every_unit_person_and_post(empty: World) -> None:
    done = empty.engine.import_units(files=SCHOOL.files())

    assert (done.units_added, done.people_added, done.posts_added) == (15, 17, 17)
    assert (done.units_changed, done.units_ended, done.posts_ended) == (0, 0, 0)
    assert (done.changes, done.missing, done.skipped, done.warnings) == ((), (), (), ())
    tree = _tree(empty, "2026-03-02")
    assert len(tree) == 15
    assert tree["010901"] == "00/01/0109/010901 本科生党支部"
    assert _holders(empty, "01", "2026-03-02") == {"组织员 王然", "书记 孙岩"}


def test_files_on_disk_are_read_by_their_names(empty: World, tmp_path: Path) -> None:
    for name, content in SCHOOL.files().items():
        (tmp_path / name).write_bytes(content)

    done = empty.engine.import_units(tmp_path / "units.csv", tmp_path / "posts.csv")

    assert done.units_added == 15


def test_a_unit_holds_from_the_day_it_was_founded(empty: World) -> None:
    empty.engine.import_units(files=SCHOOL.changed("0203", since="2026-03-16").files())

    assert "0203" not in _tree(empty, "2026-03-15")
    assert "0203" in _tree(empty, "2026-03-16")
    assert "0202" in _tree(empty, "1949-10-01")


def test_a_preview_tells_the_same_and_writes_nothing(empty: World) -> None:
    before = empty.everything()

    preview = empty.engine.import_units(files=SCHOOL.files(), preview=True)
    after = empty.everything()
    done = empty.engine.import_units(files=SCHOOL.files())

    assert after == before
    assert preview == done


# --- bad rows


def test_a_file_with_bad_rows_changes_nothing_and_names_them_all(world: World) -> None:
    bad = SCHOOL.plus(
        Unit(code="0204", name="新党支部", kind="党支部", parent="77"),
        Unit(code="0205", name="", kind="党支部", parent="02"),
        post("0299", "书记", "吴名", "2099"),
    )
    before = world.everything()

    with pytest.raises(WorkbookError) as caught:
        world.engine.import_units(files=bad.files())

    assert [problem.line for problem in caught.value.problems] == [17, 18, 19]
    assert world.everything() == before


def test_the_good_rows_of_such_a_file_are_taken_if_wanted(small_world: World) -> None:
    world = small_world
    bad = SCHOOL.plus(
        Unit(code="0204", name="新党支部", kind="党支部", parent="77"),
        Unit(code="0206", name="好党支部", kind="党支部", parent="02"),
        post("0204", "书记", "吴名", "2099"),
        post("0206", "书记", "郝人", "2098"),
    )

    done = world.engine.import_units(files=bad.files(), skip_bad=True)

    assert (done.units_added, done.people_added, done.posts_added) == (1, 1, 1)
    assert [problem.line for problem in done.skipped] == [17, 19]
    assert all(problem.text for problem in done.skipped)
    tree = _tree(world, "2026-03-02")
    assert "0206" in tree
    assert "0204" not in tree


def test_a_file_that_cannot_be_read_at_all_is_refused_even_so(small_world: World) -> None:
    world = small_world
    with pytest.raises(WorkbookError):
        world.engine.import_units(files={"units.csv": b"\x89PNG\r\n", "posts.csv": b""}, skip_bad=True)


# --- the next time


def test_the_same_file_again_changes_nothing(world: World) -> None:
    before = _without_memory(world)

    again = world.at(APRIL).import_units(files=SCHOOL.files(), end_missing=True)

    assert again == Imported()
    assert _without_memory(world) == before


def test_differences_are_told_in_words(small_world: World) -> None:
    world = small_world
    changed = SCHOOL.changed("0203", name="离退休党支部", members="21").changed("0202", parent="01")

    done = world.at(APRIL).import_units(files=changed.files())

    assert done.units_changed == 2
    assert set(done.changes) == {
        "0203 离退休党支部：名称由退休党支部改为离退休党支部，党员数由19改为21",
        "0202 学生党支部：隶属改为01",
    }


def test_a_new_name_and_superior_begin_a_new_span_and_the_old_one_is_kept(world: World) -> None:
    changed = SCHOOL.changed("0203", name="离退休党支部", parent="01")

    world.at(APRIL).import_units(files=changed.files())

    assert _tree(world, "2026-03-31")["0203"] == "00/02/0203 退休党支部"
    assert _tree(world, APRIL)["0203"] == "00/01/0203 离退休党支部"
    assert _tree(world, "2026-05-06", recorded_by="2026-03-31 18:00")["0203"] == "00/02/0203 退休党支部"
    spans = world.rows(
        "SELECT s.name, s.superseded_at > 4000000000000 FROM unit_span s JOIN unit u ON u.id = s.unit_id"
        " WHERE u.code = '0203' ORDER BY s.id"
    )
    assert [(name, bool(believed)) for name, believed in spans] == [
        ("退休党支部", False),
        ("退休党支部", True),
        ("离退休党支部", True),
    ]


def test_a_unit_that_comes_back_is_the_same_unit_and_codes_keep_their_ids(world: World) -> None:
    before = dict(world.rows("SELECT code, id FROM unit"))
    world.at(APRIL).import_units(files=SCHOOL.without(units=["0203"]).files(), end_missing=True)
    newer = SCHOOL.without(units=["0203"]).plus(Unit(code="0204", name="新党支部", kind="党支部", parent="02"))
    world.at("2026-04-02").import_units(files=newer.files())

    back = world.at("2026-05-06").import_units(files=SCHOOL.files())

    after = dict(world.rows("SELECT code, id FROM unit"))
    assert after.pop("0204") > max(before.values())
    assert after == before
    assert back.units_added == 1
    assert any("2026-03-31已撤销，现重新设立" in words for words in back.changes)


# --- what the file no longer has


def test_missing_units_and_posts_are_listed_and_stay(world: World) -> None:
    before = _without_memory(world)

    done = world.at(APRIL).import_units(files=SCHOOL.without(units=["0203"]).files())

    assert (done.units_ended, done.posts_ended) == (0, 0)
    assert done.missing == ("0203 退休党支部", "1条任职在文件里没有了")
    assert _without_memory(world) == before


def test_missing_units_end_if_wanted_and_what_they_owed_is_void_with_a_line(world: World) -> None:
    world.launch()
    world.act("submit", "0202", by=WU)
    world.at(APRIL)

    done = world.engine.import_units(files=SCHOOL.without(units=["0203"]).files(), end_missing=True)

    assert (done.units_ended, done.posts_ended) == (1, 1)
    assert "0203" not in _tree(world, APRIL)
    assert "0203" in _tree(world, "2026-03-31")
    states = world.rows("SELECT u.code, d.state FROM duty d JOIN unit u ON u.id = d.unit_id WHERE u.code LIKE '020%'")
    assert dict(states) == {"0201": "open", "0202": "submitted", "0203": "void"}
    lines = world.rows("SELECT act, from_state, to_state, reason FROM journal WHERE to_state = 'void'")
    assert [line[1:] for line in lines] == [("open", "void", "单位表里已经没有这个单位")]
    assert world.run("2026-04-01 10:00").reminders > 0
    assert world.rows(f"SELECT count(*) FROM reminder r JOIN person p ON p.id = r.recipient_id WHERE p.number = '{YAN}'") == [
        (0,)
    ]


def test_a_committee_that_only_waited_for_a_branch_that_is_gone_goes_on(world: World) -> None:
    world.launch(WAITING)
    world.act("submit", "02", "报送材料", by=WU)
    world.act("accept", "02", "报送材料", by=QIAN)
    for branch in ("0201", "0202"):
        world.act("submit", branch, "自评", by=WU)
        world.act("accept", branch, "自评", by=WU)
    assert world.row("02", "二级党组织").phase == "摸底"

    world.at("2026-03-10").import_units(files=SCHOOL.without(units=["0203"]).files(), end_missing=True)

    assert world.row("02", "二级党组织").phase == "整改"


def test_units_that_are_only_listed_move_along_with_their_superior(world: World) -> None:
    moved = SCHOOL.changed("0109", parent="02").without(units=["010901"])

    done = world.at(APRIL).import_units(files=moved.files())

    assert done.missing[0] == "010901 本科生党支部"
    assert _tree(world, APRIL)["010902"] == "00/02/0109/010902 研究生党支部"
    assert _tree(world, APRIL)["010901"] == "00/02/0109/010901 本科生党支部"
    assert _tree(world, "2026-03-31")["010901"] == "00/01/0109/010901 本科生党支部"
    assert _tree(world, APRIL, recorded_by="2026-03-31 18:00")["010901"] == "00/01/0109/010901 本科生党支部"


# --- posts and people


def test_a_post_is_held_from_its_first_day_to_its_last(world: World) -> None:
    term = _only(post("0203", "书记", "严松", YAN, since="2026-03-10", until="2026-03-31"))

    world.engine.import_units(files=term.files())

    assert _holders(world, "0203", "2026-03-09") == set()
    assert _holders(world, "0203", "2026-03-10") == {"书记 严松"}
    assert _holders(world, "0203", "2026-03-31") == {"书记 严松"}
    assert _holders(world, "0203", APRIL) == set()


def test_the_same_number_is_the_same_person_under_a_new_name_and_address(small_world: World) -> None:
    world = small_world
    done = world.engine.import_units(files=_only(post("0203", "书记", "严青松", YAN, email="yqs@example.edu.cn")).files())

    assert (done.people_added, done.posts_added) == (0, 0)
    assert (YAN, "严青松", "yqs@example.edu.cn", None) in _people(world)
    assert len(_people(world)) == 17


@pytest.mark.parametrize("email", ["p2005@example.edu.cn", "P2005@Example.edu.cn"])
def test_without_a_number_the_same_e_mail_is_the_same_person(small_world: World, email: str) -> None:
    world = small_world
    done = world.engine.import_units(files=_only(Post(unit="0203", role="书记", name="严松", email=email)).files())

    assert done.people_added == 0
    assert len(_people(world)) == 17


def test_without_number_and_e_mail_the_same_mobile_is_the_same_person(small_world: World) -> None:
    world = small_world
    world.engine.import_units(files=_only(post("0203", "书记", "严松", YAN, mobile="13800000001")).files())

    only_mobile = _only(Post(unit="0203", role="书记", name="严松", mobile="13800000001"))
    done = world.at("2026-03-03").import_units(files=only_mobile.files())

    assert done.people_added == 0
    assert (YAN, "严松", "p2005@example.edu.cn", "13800000001") in _people(world)


def test_another_number_at_the_same_address_is_another_person(small_world: World) -> None:
    world = small_world
    done = world.engine.import_units(files=_only(post("0203", "书记", "颜松", "2077", email="p2005@example.edu.cn")).files())

    assert done.people_added == 1
    assert _holders(world, "0203", "2026-03-02") == {"书记 严松", "书记 颜松"}


def test_the_same_name_alone_is_not_the_same_person(small_world: World) -> None:
    world = small_world
    done = world.engine.import_units(files=SCHOOL.plus(Post(unit="0203", role="副书记", name="赵磊")).files())

    assert done.people_added == 1
    assert [warning.line for warning in done.warnings] == [19]


def test_somebody_of_whom_only_the_name_is_known_is_not_made_again_each_time(world: World) -> None:
    school = _only(Post(unit="0203", role="副书记（主持）", name="严松"))
    world.engine.import_units(files=school.files(), end_missing=True)
    before = _without_memory(world)

    again = world.at("2026-03-03").import_units(files=school.files())

    assert (again.people_added, again.posts_added, again.missing) == (0, 0, ())
    assert _without_memory(world) == before
    assert _holders(world, "0203", "2026-03-03") == {"副书记 严松"}


def test_one_person_may_hold_posts_in_two_units(small_world: World) -> None:
    world = small_world
    done = world.engine.import_units(files=SCHOOL.plus(post("010902", "书记", "李可", LI)).files())

    assert (done.people_added, done.posts_added) == (0, 1)
    assert _holders(world, "010902", "2026-03-02") == {"书记 吕洁", "书记 李可"}


def test_who_leaves_his_post_stays_in_it_for_the_days_before(small_world: World) -> None:
    world = small_world
    world.launch()
    world.at("2026-03-16")
    school = SCHOOL.without(people=[ZHAO]).plus(post("0201", "书记", "林远", "2010"))

    done = world.engine.import_units(files=school.files(), end_missing=True)

    assert (done.posts_added, done.posts_ended, done.people_added) == (1, 1, 1)
    assert _holders(world, "0201", "2026-03-15") >= {"书记 赵磊"}
    assert _holders(world, "0201", "2026-03-16") == {"书记 林远"}
    assert world.refused("submit", "0201", by=ZHAO)
    world.act("submit", "0201", by="2010")
