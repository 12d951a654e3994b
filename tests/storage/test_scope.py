"""Nobody is answered about a unit outside his scope, and no query can forget to ask for one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import KINDS, Places
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select
from world import ITEM, LI, QIAN, WANG, WU, ZHAO, World, built, definition

import storage
from storage import answers, grades, journal, messages, preview, run_messages, status, told, unit_story, units
from storage.database import Database
from storage.scope import EVERYTHING, Scope
from storage.tables import PATH
from storage.unit_story import Place

WRITES = {"None", "int", "bool", "int | None", "str", "str | None", "list[int]", "set[int]"}
"""What a function that writes answers, or one that only counts: nothing about anybody. Bare ids tell nothing either."""
OF_THE_PROGRAM = {
    "accounts": {"account"},  # whether somebody is who he says
    "api_tokens": {"find"},
    "invitations": {"find"},
    "sign_in_failures": {"failures"},
    "answers": {"promise_at", "said_via", "told_items"},  # of one act, and what one person said or was told himself
    "calendar": {"entries", "latest"},  # days, which are the same for everybody
    "claim": {"keyed_insert"},  # a part of a statement
    "campaigns": {"campaign", "campaigns", "add_tasks", "numbers_now", "task_ids"},  # what is asked, not who owes it
    "enrol": {"graded_units"},  # a part of a statement
    "grades": {"item_numbers"},
    "lineage": {"confirmed_grades", "lines"},  # figures over the whole cohort: a share of it has no meaning within one unit
    "listing": {"run", "runs"},  # what the whole installation did, for its office
    "meta": {"meta"},
    "openings": {"due_openings"},
    "projection": {"openings"},
    "channel_states": {"fares", "used"},
    "contacts": {"disabled"},
    "decisions": {"of_duty", "present"},  # of an act, and what the holder of a link was asked himself
    "fold_tables": {"tables"},
    "health": {"held_runs", "messages", "pauses", "unreached"},  # how many, over the whole installation
    "consent": {"held_keys"},
    "delegations": {"delegations", "holders"},  # of one post, by who may hand it over
    "holds": {"names", "silence", "silences"},
    "hush": {"find"},
    "messages": {
        "answers",
        "lines",
        "own_units",
        "person_names",
        "returned",
        "waiting_by_channel",
    },
    "outbox": {"claim", "holders", "waiting"},
    "overview": {"tasks"},  # what is asked, not who owes it
    "planned": {"rungs"},
    "successors": {"end"},
    "receipts": {"early"},
    "tending": {"find"},
    "tokens": {"find"},  # who holds a link
    "status": set(),
    # the import and the finding of who acts
    "units": {
        "add_people",
        "add_units",
        "all_people",
        "last_days",
        "open_posts",
        "open_units",
        "people",
        "person",
        "root",
        "unit_ids",
    },
}
"""Queries of the run, the delivery and the import: they work for everybody, and answer nobody."""
EVENTS = ("regroup", "succession")
"""Modules of reorganisations, an act of 组织部 over the whole tree."""


def _queries() -> Iterator[tuple[str, FunctionType]]:
    """(module, function) of everything public in storage that asks a connection and answers with rows."""
    for found in pkgutil.iter_modules(storage.__path__):
        if found.name in ("migrations", *EVENTS):
            continue
        module = importlib.import_module(f"storage.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            signature = inspect.signature(function)
            asks = any(parameter.annotation == "Connection" for parameter in signature.parameters.values())
            ours = function.__module__ == module.__name__ and not name.startswith("_")
            if ours and asks and signature.return_annotation not in WRITES:
                yield found.name, function


@pytest.mark.parametrize(("module", "function"), [pytest.param(m, f, id=f"{m}.{f.__name__}") for m, f in _queries()])
def test_a_query_that_answers_a_person_asks_for_his_scope(module: str, function: FunctionType) -> None:
    scope = inspect.signature(function).parameters.get("scope")

    if function.__name__ in OF_THE_PROGRAM.get(module, set()):
        assert scope is None, "a query of the program that has a scope after all: take it off the list"
    else:
        assert scope is not None, "say `scope`, or, if it answers nobody, say so in OF_THE_PROGRAM"
        assert scope.default is inspect.Parameter.empty
        assert scope.annotation == "Scope"


DEFINITION = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月30日前}
  - {名称: 整改, 时间: 5月底前}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 一般], 基数: 是}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底}
  - {事项: 整改计划, 谁办: 党支部, 阶段: 整改, 表单: 整改计划}
"""
)


@dataclass(frozen=True)
class Played:
    """A campaign in which both committees have grades, items, acts and reminders, and every unit's id and path."""

    world: World
    campaign: int
    day: int
    ids: dict[str, int]
    paths: dict[str, str]

    def ask(self, query: Callable[[Connection, Scope, Played], Any], scope: Scope) -> Any:
        with self.world.database.read() as connection:
            return query(connection, scope, self)


@pytest.fixture(scope="module", params=KINDS)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Played once: these tests only look."""
    places: Places = request.getfixturevalue(f"{request.param}_places")
    world = World(url=places.copy("school", built), folder=tmp_path_factory.mktemp("played"))
    yield _play(world)
    world.close()
    places.drop(world.url)


def _play(world: World) -> Played:
    campaign = world.launch(DEFINITION)
    world.run("2026-03-25", deliver=True)
    world.engine.answer("seen", by=LI, duty=world.duty("0101", "自评").id)
    for branch, secretary, clerk in (("0101", "1001", WANG), ("0201", ZHAO, WU)):
        world.act("submit", branch, "自评", by=secretary)
        world.act("submit", branch, "整改计划", by=secretary, data={"items": [ITEM]})
        world.act("accept", branch, "整改计划", by=clerk)
    for committee, clerk, branches in (
        ("01", WANG, ("0101", "0102", "010901", "010902")),
        ("02", WU, ("0201", "0202", "0203")),
    ):
        data = {"grades": [{"unit": code, "grade": "一般"} for code in branches]}
        world.act("submit", committee, "党支部定级", by=clerk, data=data)
        world.act("accept", committee, "党支部定级", by=QIAN)
    world.at("2026-03-26")
    with world.database.read() as connection:
        found = units.units(connection, scope=EVERYTHING, day=world.day.toordinal())
    ids, paths = {u.code: u.id for u in found}, {u.code: u.path for u in found}
    return Played(world=world, campaign=campaign, day=world.day.toordinal(), ids=ids, paths=paths)


def _who_and_what(p: Played) -> dict[str, Any]:
    return {"campaign_id": p.campaign, "day": p.day}


def _at(p: Played) -> dict[str, Any]:
    return {**_who_and_what(p), "instant": p.world.time}


def _duties(p: Played) -> list[int]:
    return [row[0] for row in p.world.rows("SELECT id FROM duty ORDER BY id")]


LISTS: dict[str, Callable[[Connection, Scope, Played], Any]] = {
    "units": lambda c, s, p: {u.id for u in units.units(c, scope=s, day=p.day)},
    "unit by code": lambda c, s, p: {u.id for code in p.ids if (u := units.unit(c, code, scope=s, day=p.day))},
    "unit by id": lambda c, s, p: {u.id for id_ in p.ids.values() if (u := units.unit_by_id(c, id_, scope=s, day=p.day))},
    "similar units": lambda c, s, p: {
        p.ids[words.split()[0]] for name in p.ids for words in units.similar_units(c, name, scope=s, day=p.day)
    },
    "holders": lambda c, s, p: {h.unit_id for id_ in p.ids.values() for h in units.holders(c, scope=s, unit_id=id_, day=p.day)},
    "heads": lambda c, s, p: set(units.heads(c, scope=s, day=p.day, roles=("书记", "部长", "组长", "主任"))),
    "names": lambda c, s, p: set(units.names(c, scope=s, day=p.day)),
    "cases": lambda c, s, p: {row.unit_id for row in status.case_lines(c, scope=s, **_who_and_what(p))},
    "cases on a past day": lambda c, s, p: {row.unit_id for row in status.case_lines_at(c, scope=s, **_at(p))},
    "grades": lambda c, s, p: set(grades.grades(c, scope=s, grading=1, **_who_and_what(p))),
    "items": lambda c, s, p: {item.unit_id for item in grades.items(c, scope=s, **_who_and_what(p))},
    "journal of a unit": lambda c, s, p: {
        id_ for id_ in p.ids.values() if journal.of_unit(c, scope=s, unit_id=id_, **_who_and_what(p))
    },
    "reminders of a unit": lambda c, s, p: {
        id_ for id_ in p.ids.values() if journal.reminders_of_unit(c, scope=s, unit_id=id_, **_who_and_what(p))
    },
    "reminders in a unit's story": lambda c, s, p: {
        id_ for id_ in p.ids.values() if unit_story.told(c, Place(id_, p.campaign, p.day), scope=s)
    },
    "tries in a unit's story": lambda c, s, p: {
        id_ for id_ in p.ids.values() if unit_story.tries(c, Place(id_, p.campaign, p.day), scope=s)
    },
    "phases of a unit's cases": lambda c, s, p: {
        id_ for id_ in p.ids.values() if unit_story.phases(c, Place(id_, p.campaign, p.day), scope=s)
    },
    "what messages are about": lambda c, s, p: {
        p.ids[line.unit_code] for line in run_messages.about(c, range(1, 100), scope=s, day=p.day)
    },
    "the whole journal": lambda c, s, p: {line["unit_id"] for line in journal.lines(c, p.campaign, scope=s)},
}
DUTIES: dict[str, Callable[[Connection, Scope, Played], Any]] = {
    "duties": lambda c, s, p: {row.duty_id for row in status.duty_lines(c, scope=s, **_who_and_what(p))},
    "duties on a past day": lambda c, s, p: {row.duty_id for row in status.duty_lines_at(c, scope=s, **_at(p))},
    "facts of duties": lambda c, s, p: set(told.duties(c, _duties(p), scope=s, day=p.day)),
    "names for a plan": lambda c, s, p: set(messages.names_for_plan(c, _duties(p), scope=s, day=p.day)),
}


@pytest.mark.parametrize("name", LISTS)
def test_zhaos_committee_is_answered_about_its_own_units_only(played: Played, name: str) -> None:
    everybody = played.ask(LISTS[name], EVERYTHING)

    seen = played.ask(LISTS[name], Scope((played.paths["02"],)))

    own = {id_ for code, id_ in played.ids.items() if code.startswith("02")}
    assert seen == everybody & own
    assert seen
    assert everybody - own, "nothing was hidden: the test proves nothing"


@pytest.mark.parametrize("name", DUTIES)
def test_zhaos_committee_is_answered_about_its_own_duties_only(played: Played, name: str) -> None:
    own = {
        row[0] for row in played.world.rows("SELECT d.id FROM duty d JOIN unit u ON u.id = d.unit_id WHERE u.code LIKE '02%'")
    }

    seen = played.ask(DUTIES[name], Scope((played.paths["02"],)))

    assert seen == own
    assert played.ask(DUTIES[name], EVERYTHING) > own


@pytest.mark.parametrize("name", [*LISTS, *DUTIES])
def test_an_empty_scope_sees_nothing(played: Played, name: str) -> None:
    assert not played.ask((LISTS | DUTIES)[name], Scope(()))


@pytest.mark.parametrize("name", LISTS)
def test_two_subtrees_are_seen_together(played: Played, name: str) -> None:
    one, other = Scope((played.paths["01"],)), Scope((played.paths["02"],))

    both = played.ask(LISTS[name], Scope((played.paths["01"], played.paths["02"])))

    assert both == played.ask(LISTS[name], one) | played.ask(LISTS[name], other)


def test_answers_about_a_unit_outside_the_scope_are_not_told(played: Played) -> None:
    def asked(scope: Scope) -> tuple[int, int]:
        with played.world.database.read() as connection:
            where = {"scope": scope, "day": played.day}
            ids = _duties(played)
            return len(answers.latest(connection, ids, **where)), len(preview.answers(connection, ids, **where))

    assert asked(Scope((played.paths["0101"],))) == (1, 1)
    assert asked(Scope((played.paths["02"],))) == (0, 0)


def test_what_was_told_of_a_unit_outside_the_scope_is_not_told(played: Played) -> None:
    def asked(scope: Scope) -> set[int]:
        with played.world.database.read() as connection:
            return {line.duty_id for line in told.told(connection, _duties(played), scope=scope, day=played.day)}

    everybody, own, nobody = asked(EVERYTHING), asked(Scope((played.paths["02"],))), asked(Scope(()))

    mine = {
        row[0] for row in played.world.rows("SELECT d.id FROM duty d JOIN unit u ON u.id = d.unit_id WHERE u.code LIKE '02%'")
    }
    assert own
    assert own == everybody & mine
    assert everybody - mine
    assert not nobody


def test_messages_are_listed_to_those_whose_units_they_are_about(played: Played) -> None:
    def listed(*codes: str) -> set[str]:
        scope = Scope(tuple(played.paths[code] for code in codes))
        with played.world.database.read() as connection:
            found = messages.listed(connection, states=(), limit=100, scope=scope, day=played.day)
        return {line.recipient for line in found}

    branch, committee, nobody = listed("0201"), listed("02"), listed()

    with played.world.database.read() as connection:
        everybody = messages.listed(connection, states=(), limit=100, scope=EVERYTHING, day=played.day)
    assert branch
    assert branch < committee < {line.recipient for line in everybody}
    assert not nobody


def test_a_message_of_a_run_is_seen_by_those_whose_units_it_is_about(played: Played) -> None:
    def seen(*codes: str) -> set[str]:
        where = {"scope": Scope(tuple(played.paths[code] for code in codes)), "day": played.day}
        with played.world.database.read() as connection:
            listed = run_messages.of_run(connection, 1, None, **where, limit=100)
            one_by_one = [run_messages.message(connection, id_, **where) for id_ in range(1, 100)]
            tried = [run_messages.tries(connection, line.id, **where) for line in listed]
        assert {line.id for line in listed} == {line.id for line in one_by_one if line}
        assert all(tried)
        return {line.recipient for line in listed}

    branch, committee, nobody = seen("0201"), seen("02"), seen()

    assert branch == {"赵磊"}
    assert branch < committee
    assert "李可" not in committee
    assert not nobody


def test_counts_are_of_the_scope_too(played: Played) -> None:
    def counts(scope: Scope) -> tuple[Any, ...]:
        with played.world.database.read() as connection:
            return (
                status.phase_counts(connection, scope=scope, **_who_and_what(played)),
                journal.counts_by_act(connection, played.campaign, scope=scope),
            )

    mine, nothing = counts(Scope((played.paths["0201"],))), counts(Scope(()))

    # Zhao's branch: 自评 submitted, 整改计划 accepted
    assert mine[0] == {"党支部": {1: 1}}
    assert mine[1]["submit"] == 2
    assert nothing == ({}, {})


def test_a_unit_outside_the_scope_does_not_exist_for_the_board(played: Played) -> None:
    from workflow.errors import NotFound

    scope = Scope((played.paths["02"],))

    with pytest.raises(NotFound, match="没有找到单位“0101”") as refusal:
        played.world.engine.status(scope=scope, unit="0101")

    assert refusal.value.candidates == ()
    with pytest.raises(NotFound):
        played.world.engine.explain("0101", scope=scope)


PARTS = st.integers(min_value=1, max_value=30)
PATHS = st.lists(PARTS, min_size=1, max_size=4).map(lambda ids: "/" + "/".join(f"{n:07d}" for n in ids) + "/")
_temporary = MetaData()
SEEN = Table("seen", _temporary, Column("no", Integer), Column("path", PATH), prefixes=["TEMPORARY"])


def test_the_database_and_the_program_agree_on_what_a_scope_sees(database: Database) -> None:
    with database.write() as connection:
        SEEN.create(connection)

        @settings(max_examples=60, deadline=None)
        @given(paths=st.lists(PATHS, min_size=1, max_size=12), prefixes=st.lists(PATHS | st.just("/"), max_size=3))
        def agree(paths: list[str], prefixes: list[str]) -> None:
            scope = Scope(tuple(prefixes))
            connection.execute(SEEN.delete())
            connection.execute(insert(SEEN), [{"no": no, "path": path} for no, path in enumerate(paths)])

            found = set(connection.execute(select(SEEN.c.no).where(scope.on(SEEN.c.path))).scalars())

            assert found == {no for no, path in enumerate(paths) if scope.sees(path)}

        agree()


def test_a_prefix_that_is_no_path_is_refused() -> None:
    with pytest.raises(ValueError, match="/0000001"):
        Scope(("/0000001",))
