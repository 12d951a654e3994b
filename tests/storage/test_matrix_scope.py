"""What a reviewer's page reads comes from his own subtree only, and from nobody's desk but his."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection
from world import ITEM, LI, WANG, WU, ZHAO, World, definition

from storage import matrix, submissions
from storage.scope import EVERYTHING, Scope
from storage.some import SOME

PLANS = definition("任务:\n  - {事项: 整改计划, 谁办: 党支部, 时间: 3月30日前, 表单: 整改计划}\n")


@dataclass(frozen=True)
class Sent:
    """Li's and Zhao's plans are sent and accepted: both have a submission and items."""

    world: World
    campaign: int
    paths: dict[str, str]
    duties: dict[str, int]

    @property
    def where(self) -> dict[str, Any]:
        return {"day": self.world.day.toordinal()}


@pytest.fixture
def sent(world: World) -> Sent:
    campaign = world.launch(PLANS)
    for unit, by, reviewer in (("0101", LI, WANG), ("0201", ZHAO, WU)):
        world.act("submit", unit, "整改计划", by=by, data={"items": [ITEM]})
        world.act("accept", unit, "整改计划", by=reviewer)
    paths = dict(world.rows("SELECT u.code, s.path FROM unit_span s JOIN unit u ON u.id = s.unit_id"))
    duties = dict(world.rows("SELECT u.code, d.id FROM duty d JOIN unit u ON u.id = d.unit_id"))
    return Sent(world, campaign, paths, duties)


def _cases(connection: Connection, scope: Scope, beneath: Scope, sent: Sent) -> set[str]:
    found = matrix.cases(connection, scope=scope, beneath=beneath, campaign_id=sent.campaign, branches=True, **sent.where)
    return {case.code for case in found}


def _duties(connection: Connection, scope: Scope, beneath: Scope, sent: Sent) -> set[str]:
    found = matrix.duties(connection, scope=scope, beneath=beneath, campaign_id=sent.campaign, branches=True, **sent.where)
    codes = {duty: code for code, duty in sent.duties.items()}
    return {codes[duty.duty_id] for duty in found}


@pytest.mark.parametrize("ask", [_cases, _duties])
def test_rows_lie_in_the_scope_and_beneath_what_is_reviewed(
    sent: Sent, ask: Callable[[Connection, Scope, Scope, Sent], set[str]]
) -> None:
    one, other, below = (Scope((sent.paths[code],)) for code in ("01", "02", "0109"))

    with sent.world.database.read() as connection:
        answers = [
            ask(connection, scope, beneath, sent)
            for scope, beneath in (
                (EVERYTHING, one),
                (one, EVERYTHING),
                (one, below),
                (below, one),
                (one, other),
                (Scope(()), EVERYTHING),
            )
        ]

    mine, general = {"0101", "0102", "010901", "010902"}, {"010901", "010902"}
    assert answers == [mine, mine, general, general, set(), set()]


def test_what_was_sent_its_problems_and_its_name_are_told_within_the_scope_only(sent: Sent) -> None:
    scope, ids = Scope((sent.paths["02"],)), [sent.duties["0101"], sent.duties["0201"]]
    units = {code: int(path.strip("/").rpartition("/")[2]) for code, path in sent.paths.items()}

    with sent.world.database.read() as connection:
        submitted = submissions.last_sent(connection, ids, scope=scope, **sent.where)
        named = matrix.named(connection, ids, scope=scope, **sent.where)
        problems = matrix.problems(
            connection, [units["0101"], units["0201"]], scope=scope, campaign_id=sent.campaign, **sent.where
        )

    assert {id_: line.by for id_, line in submitted.items()} == {sent.duties["0201"]: "赵磊"}
    assert {id_: line.unit for id_, line in named.items()} == {sent.duties["0201"]: "教工党支部"}
    assert problems == {units["0201"]: {1: "换届不及时"}}


def test_the_last_submission_counts_and_more_ids_than_one_statement_takes_are_asked_for(sent: Sent) -> None:
    ids = [sent.duties["0101"], *range(100_000, 100_000 + SOME)]
    with sent.world.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO submission (duty_id, epoch, at, by_person, proxy, data) "
            f"SELECT duty_id, epoch, at + 60, by_person, proxy, '{{}}' FROM submission WHERE duty_id = {ids[0]}"
        )

    with sent.world.database.read() as connection:
        found = submissions.last_sent(connection, ids, scope=EVERYTHING, **sent.where)

    assert {id_: line.data for id_, line in found.items()} == {ids[0]: "{}"}
