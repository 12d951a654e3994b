"""The JSON API asked at random, by its own description: no server error, no answer that the description does not have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from portal import who_asks
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from world import LI, QIAN, WANG, ZHENG, World, definition

from duban import create_app
from storage.scope import EVERYTHING

CAMPAIGN = definition(
    """阶段:
  - {名称: 摸底, 时间: 3月30日前}
  - {名称: 整改, 时间: 5月底前}
定级:
  - {对象: 党支部, 谁来定: 二级党组织, 阶段: 摸底, 等次: [先进, 较好, 一般, 后进], 基数: 是}
任务:
  - {事项: 自评, 谁办: 党支部, 阶段: 摸底, 表单: 自评}
  - {事项: 公示, 谁办: 党支部, 阶段: 摸底, 时间: 3月20日至3月30日}
  - {事项: 整改计划, 谁办: 党支部, 阶段: 整改, 表单: 整改计划}
"""
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ACTS = ("submit", "withdraw", "accept", "return", "receive", "extend", "waive", "reopen", "sign")
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["score", "items", "units", "due"]), inner),
    max_leaves=8,
)
BODIES = st.fixed_dictionaries(
    {"act": st.sampled_from(ACTS)},
    optional={
        "reason": st.sampled_from(["材料不全", "", "<script>"])
        | st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=30),
        "to": st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)).map(date.isoformat),
        "received_on": st.sampled_from(["2026-03-02", "2026-03-30", "2026-04-01"]),
        "ways": st.lists(st.sampled_from(["纸质", "电子邮件"]), max_size=2),
        "decision": st.sampled_from(["电话了解", "督办单"]),
        "data": st.dictionaries(st.sampled_from(["score", "items", "units", "comment"]), DATA, max_size=3),
    },
)
"""What somebody might really ask of a duty: the rules have to judge it, and write it."""
SETTINGS = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
"""What is drawn is the same on every machine."""
EXAMPLES, ACTS_TRIED = 15, 150
"""Requests an operation and mode; acts on duties that exist."""


@dataclass(frozen=True)
class Asked:
    """The application of a world in the middle of its campaign, and what its addresses can really be about."""

    app: FastAPI
    known: dict[str, list[Any]]
    tokens: list[str | None]
    """Those of people who may act, one that only reads, one that is none, and nobody's."""

    @property
    def schema(self) -> Any:
        return schemathesis.openapi.from_asgi("/api/v1/openapi.json", self.app)


@pytest.fixture
def asked(small_world: World) -> Asked:
    world = small_world
    world.launch(CAMPAIGN)
    world.run("2026-03-25")
    world.act("submit", "0101", "公示", by=LI)
    world.engine.restored(by=QIAN)
    world.run("2026-03-31")
    duties = [duty.id for row in world.engine.status().rows for duty in row.duties]
    cases = [row.case for row in world.engine.status().rows]
    units = [unit.code for unit in world.engine.units_page(scope=EVERYTHING).items]
    tokens = [_token(world, who) for who in (LI, WANG, QIAN, ZHENG)]
    return Asked(
        app=create_app(world.engine, who_asks),
        tokens=[*tokens, _token(world, WANG, rights="read"), "duban_of-nobody", None],
        known={"campaign": [1], "duty": duties, "case": cases, "code": units, "run": [1, 2, 3], "unit": units, "under": units},
    )


def _token(world: World, who: str, rights: str = "act") -> str:
    engine = world.engine
    return engine.new_token(engine.person(who), name="随机", rights=rights).secret


def _operations(asked: Asked) -> list[Any]:
    return [found.ok() for found in asked.schema.get_all_operations()]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        pytest.param(GenerationMode.POSITIVE, {200, 400, 401, 403, 404, 409, 412}, id="as-described"),
        pytest.param(GenerationMode.NEGATIVE, {200, 400, 401, 403, 404, 422}, id="otherwise"),
    ],
)
def test_whatever_is_asked_is_answered_as_described(asked: Asked, mode: GenerationMode, expected: set[int]) -> None:
    seen: dict[str, set[int]] = {}
    for operation in _operations(asked):

        @settings(SETTINGS, max_examples=EXAMPLES)
        @given(
            case=operation.as_strategy(generation_mode=mode),
            token=st.sampled_from(asked.tokens),
            real=st.booleans(),
            data=st.data(),
        )
        def ask(case: Any, token: str | None, real: bool, data: st.DataObject) -> None:
            if real:  # an address of something that exists, and a version that holds: the request comes as far as the rules
                for name in sorted({*(case.path_parameters or {})} & {*asked.known}):
                    case.path_parameters[name] = data.draw(st.sampled_from(asked.known[name]))
                case.headers["If-Match"] = "*"
            answer = case.call(headers={"Authorization": f"Bearer {token}"} if token else {})
            seen.setdefault(case.operation.label, set()).add(answer.status_code)
            checks = CHECKS if mode.is_positive or real else [*CHECKS, negative_data_rejection]
            case.validate_response(answer, checks=checks)

        ask()

    assert expected <= set().union(*seen.values())


def test_whatever_is_tried_on_a_duty_is_done_or_refused_in_words(asked: Asked) -> None:
    operation = next(found for found in _operations(asked) if found.label == "POST /api/v1/duties/{duty}/acts")
    seen: set[int] = set()

    @settings(SETTINGS, max_examples=ACTS_TRIED)
    @given(duty=st.sampled_from(asked.known["duty"]), body=BODIES, token=st.sampled_from(asked.tokens[:4]))
    def attempt(duty: int, body: dict[str, Any], token: str) -> None:
        headers = {"If-Match": "*", "Authorization": f"Bearer {token}"}
        case = operation.Case(path_parameters={"duty": duty}, headers=headers, body=body, media_type="application/json")

        answer = case.call()

        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code == 409:
            reasons = answer.json()["reasons"]
            assert reasons
            assert all(reason["text"] and "--" not in reason["unblock"] for reason in reasons)

    attempt()

    assert seen == {200, 404, 409}
