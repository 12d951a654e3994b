"""Two times on units and posts: when a change took effect, and when it was recorded. Nothing is ever deleted or used again."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection
from world import KONG, LI, SCHOOL, WANG, YAN, Post, Unit, World, instant, post

from storage import units
from storage.scope import EVERYTHING

APRIL = "2026-04-01"


def _day(words: str) -> int:
    return date.fromisoformat(words).toordinal()


def _paths(connection: Connection, day: str, recorded_by: str | None = None) -> dict[str, str]:
    """{code: name, with the codes above it} of the tree on a day."""
    believed = instant(recorded_by) if recorded_by else None
    found = units.units(connection, scope=EVERYTHING, day=_day(day), recorded_by=believed)
    codes = {unit.id: unit.code for unit in found}
    return {u.code: f"{'/'.join(codes[int(i)] for i in u.path.strip('/').split('/'))} {u.name}" for u in found}


def test_a_move_and_a_new_name_hold_from_their_day_on(world: World) -> None:
    world.at(APRIL).import_units(files=SCHOOL.changed("0203", parent="01", name="离退休党支部").files())

    with world.database.read() as connection:
        assert _paths(connection, "2026-03-31")["0203"] == "00/02/0203 退休党支部"
        assert _paths(connection, APRIL)["0203"] == "00/01/0203 离退休党支部"


def test_what_was_believed_before_a_change_was_recorded_can_still_be_seen(world: World) -> None:
    world.at(APRIL).import_units(files=SCHOOL.changed("0203", name="离退休党支部").files())

    with world.database.read() as connection:
        assert _paths(connection, "2026-04-20", recorded_by="2026-03-31 18:00")["0203"] == "00/02/0203 退休党支部"
        assert _paths(connection, "2026-04-20", recorded_by="2026-04-01 18:00")["0203"] == "00/02/0203 离退休党支部"


def test_a_moved_committee_takes_its_branches_along(world: World) -> None:
    world.at(APRIL).import_units(files=SCHOOL.changed("0109", parent="02").files())

    with world.database.read() as connection:
        assert _paths(connection, "2026-03-31")["010901"] == "00/01/0109/010901 本科生党支部"
        assert _paths(connection, APRIL)["010901"] == "00/02/0109/010901 本科生党支部"


def test_a_second_change_on_the_same_day_replaces_the_first(world: World) -> None:
    world.at(f"{APRIL} 09:00").import_units(files=SCHOOL.changed("0203", name="老同志党支部").files())
    world.at(f"{APRIL} 15:00").import_units(files=SCHOOL.changed("0203", name="离退休党支部").files())

    with world.database.read() as connection:
        assert _paths(connection, APRIL)["0203"].endswith("离退休党支部")
        assert _paths(connection, APRIL, recorded_by=f"{APRIL} 10:00")["0203"].endswith("老同志党支部")
        assert _paths(connection, "2026-03-31")["0203"].endswith("退休党支部")
    assert world.rows("SELECT count(*) FROM unit_span WHERE valid_from >= valid_to") == [(0,)]


def test_every_day_has_at_most_one_believed_span_of_a_unit(world: World) -> None:
    for day, name in (("2026-03-10", "甲"), ("2026-03-10", "乙"), (APRIL, "丙"), ("2026-05-01", "丁")):
        world.at(day).import_units(files=SCHOOL.changed("0203", name=name).files())

    overlapping = """SELECT count(*) FROM unit_span a JOIN unit_span b ON a.unit_id = b.unit_id AND a.id < b.id
        WHERE a.superseded_at = b.superseded_at AND a.superseded_at > 4000000000000
        AND a.valid_from < b.valid_to AND b.valid_from < a.valid_to"""
    assert world.rows(overlapping) == [(0,)]


def test_a_unit_that_the_file_no_longer_has_ends_only_when_asked(world: World) -> None:
    kept = world.at(APRIL).import_units(files=SCHOOL.without(units=["0203"]).files())
    ended = world.at(APRIL).import_units(files=SCHOOL.without(units=["0203"]).files(), end_missing=True)

    assert (kept.units_ended, ended.units_ended) == (0, 1)
    assert kept.missing[0] == "0203 退休党支部"
    with world.database.read() as connection:
        assert "0203" in _paths(connection, "2026-03-31")
        assert "0203" not in _paths(connection, APRIL)


def test_an_id_is_never_used_again(world: World) -> None:
    def ids() -> dict[str, int]:
        return {str(code): int(id_) for code, id_ in world.rows("SELECT code, id FROM unit")}

    before = ids()
    world.at(APRIL).import_units(files=SCHOOL.without(units=["0203"]).files(), end_missing=True)
    newer = SCHOOL.without(units=["0203"]).plus(Unit(code="0204", name="新党支部", kind="党支部", parent="02"))
    world.at("2026-04-02").import_units(files=newer.files())

    after = ids()
    assert after["0204"] > max(before.values())
    assert {code: after[code] for code in before} == before


def test_a_unit_that_begins_later_is_not_made_twice(world: World) -> None:
    later = SCHOOL.plus(Unit(code="0204", name="新党支部", kind="党支部", parent="02", since="2026-09-01"))
    world.at("2026-03-10").import_units(files=later.files())

    again = world.at("2026-03-11").import_units(files=later.changed("0204", name="新工科党支部").files())

    assert (again.units_added, again.units_changed) == (0, 1)
    with world.database.read() as connection:
        assert "0204" not in _paths(connection, "2026-08-31")
        assert _paths(connection, "2026-09-01")["0204"] == "00/02/0204 新工科党支部"


def test_a_code_that_comes_back_is_the_same_unit(world: World) -> None:
    world.at(APRIL).import_units(files=SCHOOL.without(units=["0203"]).files(), end_missing=True)

    world.at("2026-05-06").import_units(files=SCHOOL.files())

    assert world.rows("SELECT count(*) FROM unit WHERE code = '0203'") == [(1,)]
    with world.database.read() as connection:
        assert "0203" not in _paths(connection, "2026-04-20")
        assert "0203" in _paths(connection, "2026-05-06")


def _holders(world: World, unit: str, day: str) -> set[str]:
    with world.database.read() as connection:
        found = units.unit(connection, unit, scope=EVERYTHING, day=_day(day))
        assert found is not None
        return {f"{h.role} {h.person}" for h in units.holders(connection, scope=EVERYTHING, unit_id=found.id, day=_day(day))}


def test_a_post_with_a_last_day_is_held_to_its_end(world: World) -> None:
    one = next(p for p in SCHOOL.posts if p.number == LI)
    succession = SCHOOL.without(people=[LI]).plus(
        Post(unit="0101", role="书记", name=one.name, number=LI, email=one.email, until="2026-03-31"),
        post("0101", "书记", "林远", "1008", since=APRIL),
    )
    world.at("2026-03-20").import_units(files=succession.files())

    assert _holders(world, "0101", "2026-03-31") == {"书记 李可"}
    assert _holders(world, "0101", APRIL) == {"书记 林远"}


def test_a_post_that_the_file_no_longer_has_ends_only_when_asked(world: World) -> None:
    kept = world.at(APRIL).import_units(files=SCHOOL.without(people=[WANG]).files())
    assert kept.posts_ended == 0
    assert _holders(world, "01", APRIL) == {"书记 孙岩", "组织员 王然"}

    ended = world.at(APRIL).import_units(files=SCHOOL.without(people=[WANG]).files(), end_missing=True)

    assert ended.posts_ended == 1
    assert _holders(world, "01", APRIL) == {"书记 孙岩"}
    assert _holders(world, "01", "2026-03-31") == {"书记 孙岩", "组织员 王然"}


def test_another_term_of_the_same_person_is_not_touched(world: World) -> None:
    terms = SCHOOL.without(people=[KONG]).plus(
        post("0202", "书记", "孔飞", KONG, since="2020-01-01", until="2022-12-31"),
        post("0202", "书记", "孔飞", KONG, since="2025-01-01"),
    )
    world.at("2026-03-10").import_units(files=terms.files())
    resigned = SCHOOL.without(people=[KONG]).plus(
        post("0202", "书记", "孔飞", KONG, since="2020-01-01", until="2022-12-31"),
        post("0202", "书记", "孔飞", KONG, since="2025-01-01", until="2026-06-30"),
    )

    world.at("2026-03-20").import_units(files=resigned.files())

    assert _holders(world, "0202", "2021-05-04") == {"书记 孔飞"}
    assert _holders(world, "0202", "2024-05-04") == set()
    assert _holders(world, "0202", "2026-06-30") == {"书记 孔飞"}
    assert _holders(world, "0202", "2026-07-01") == set()


def test_reading_the_same_file_again_changes_nothing_even_with_acting_posts(world: World) -> None:
    school = SCHOOL.without(people=[YAN]).plus(post("0203", "副书记（主持）", "严松", YAN))
    world.at("2026-03-10").import_units(files=school.files(), end_missing=True)
    before = world.everything()

    again = world.at("2026-03-11").import_units(files=school.files())

    after = world.everything()
    assert (again.units_added, again.units_changed, again.people_added, again.posts_added) == (0, 0, 0, 0)
    assert again.missing == again.changes == ()
    assert {name for name in before if before[name] != after[name]} == {"meta"}
    assert _holders(world, "0203", "2026-03-11") == {"副书记 严松"}
