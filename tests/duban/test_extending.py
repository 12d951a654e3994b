"""延期申请: asked by the unit, answered by who could have extended, in one transaction with the extension."""

from __future__ import annotations

from datetime import date

import pytest
from world import CAO, HE, LI, QIAN, WANG, WU, XU, ZHAO, World

from duban.service.extending import ExtensionRequest
from workflow.errors import NotFound, Refused

LATER = date(2026, 4, 3)
"""Friday after the line on Monday 30 March."""


@pytest.fixture
def asked(world: World) -> ExtensionRequest:
    """Li has asked for more time."""
    world.launch()
    world.at("2026-03-25 10:00")
    world.engine.ask_extension(world.duty("0101").id, to=LATER, reason="书记外出学习", by=LI)
    return _waiting(world, WANG)[0]


def _waiting(world: World, who: str) -> tuple[ExtensionRequest, ...]:
    visitor = world.engine.visitor(who)
    return world.engine.extension_requests(for_=visitor, scope=visitor.scope)


def _not_asked(world: World, by: str, to: date | None = LATER, reason: str = "书记外出学习") -> set[str]:
    with pytest.raises(Refused) as refusal:
        world.engine.ask_extension(world.duty("0101").id, to=to, reason=reason, by=by)
    return {one.code for one in refusal.value.reasons}


def _not_answered(world: World, asked: ExtensionRequest, by: str, *, grant: bool = True, words: str = "可以") -> set[str]:
    before = world.everything()
    with pytest.raises(Refused) as refusal:
        world.engine.answer_extension(asked.id, grant=grant, by=by, words=words)
    assert world.everything() == before
    return {one.code for one in refusal.value.reasons}


def test_a_request_waits_for_the_clerk_above_and_for_nobody_else(world: World, asked: ExtensionRequest) -> None:
    assert (asked.unit, asked.task, asked.due, asked.to) == ("教工第一党支部", "换届方案", date(2026, 3, 30), LATER)
    assert [len(_waiting(world, who)) for who in (WANG, WU, QIAN, LI, ZHAO)] == [1, 0, 0, 0, 0]
    assert world.duty("0101").due == date(2026, 3, 30)


def test_granting_extends_and_says_so_in_one_transaction(world: World, asked: ExtensionRequest) -> None:
    world.engine.answer_extension(asked.id, grant=True, by=WANG, words="请抓紧", expect_version=asked.version)

    assert world.duty("0101").due == LATER
    assert _waiting(world, WANG) == ()
    shown = world.engine.duty_page(asked.duty, visitor=world.engine.visitor(LI)).request
    assert shown is not None
    assert (shown.state_words, shown.answer, shown.answered_by) == ("已同意", "请抓紧", "王然")
    lines = [line for line in world.engine.explain("0101").journal if line.act.startswith("extend")]
    assert [(line.act, line.by) for line in lines] == [("extend-ask", "李可"), ("extend", "王然")]
    assert lines[1].reason == "经申请：书记外出学习（请抓紧）"


def test_a_nearer_day_than_was_asked_for_can_be_granted(world: World, asked: ExtensionRequest) -> None:
    world.engine.answer_extension(asked.id, grant=True, by=WANG, to=date(2026, 4, 1))

    assert world.duty("0101").due == date(2026, 4, 1)


def test_nothing_is_granted_if_the_extension_cannot_be_written(world: World, asked: ExtensionRequest) -> None:
    world.break_off("timer")

    with pytest.raises(Exception, match="broken off"):
        world.engine.answer_extension(asked.id, grant=True, by=WANG)

    assert world.rows("SELECT state FROM extension_request") == [("open",)]
    assert world.duty("0101").due == date(2026, 3, 30)


def test_a_refusal_needs_words_leaves_the_line_and_allows_another_request(world: World, asked: ExtensionRequest) -> None:
    assert _not_answered(world, asked, WANG, grant=False, words="") == {"reason-missing"}

    world.engine.answer_extension(asked.id, grant=False, by=WANG, words="考核在即，请按时报送")

    assert world.duty("0101").due == date(2026, 3, 30)
    shown = world.engine.duty_page(asked.duty, visitor=world.engine.visitor(LI))
    assert shown.request is not None
    assert (shown.request.state_words, shown.request.answer) == ("未同意", "考核在即，请按时报送")
    assert shown.may_ask
    world.engine.ask_extension(asked.duty, to=date(2026, 4, 1), reason="只要两天", by=LI)
    assert [one.to for one in _waiting(world, WANG)] == [date(2026, 4, 1)]


def test_an_answer_is_given_once(world: World, asked: ExtensionRequest) -> None:
    world.engine.answer_extension(asked.id, grant=True, by=WANG)

    assert _not_answered(world, asked, WANG, grant=False) == {"answered-already"}


def test_who_could_not_extend_cannot_answer(world: World, asked: ExtensionRequest) -> None:
    assert _not_answered(world, asked, LI) == {"wrong-actor"}
    assert _not_answered(world, asked, ZHAO, grant=False) == {"wrong-actor"}
    with pytest.raises(NotFound):
        world.engine.answer_extension(asked.id, grant=True, by=WU, scope=world.engine.visitor(WU).scope)


def test_an_answer_to_what_was_seen_before_somebody_acted_is_refused(world: World, asked: ExtensionRequest) -> None:
    world.act("submit", "0101", by=LI)
    world.act("withdraw", "0101", by=LI)

    with pytest.raises(Refused) as refusal:
        world.engine.answer_extension(asked.id, grant=True, by=WANG, expect_version=asked.version)

    assert [one.code for one in refusal.value.reasons] == ["stale-version"]
    assert world.rows("SELECT state FROM extension_request") == [("open",)]


def test_a_duty_handed_in_meanwhile_asks_for_no_answer(world: World, asked: ExtensionRequest) -> None:
    world.act("submit", "0101", by=LI)

    assert _waiting(world, WANG) == ()
    assert _not_answered(world, asked, WANG) == {"request-moot"}


def test_a_line_moved_otherwise_closes_the_request_and_a_new_one_can_be_made(world: World, asked: ExtensionRequest) -> None:
    world.act("extend", "0101", by=WANG, to=date(2026, 4, 1), reason="统一顺延")

    assert _not_answered(world, asked, WANG) == {"request-moot"}
    world.engine.ask_extension(asked.duty, to=LATER, reason="还差两天", by=LI)
    assert [one.reason for one in _waiting(world, WANG)] == ["还差两天"]
    assert sorted(world.rows("SELECT epoch, state FROM extension_request")) == [(1, "withdrawn"), (2, "open")]


def test_a_request_is_made_once_and_taken_back_by_the_unit(world: World, asked: ExtensionRequest) -> None:
    assert _not_asked(world, LI) == {"asked-already"}

    world.engine.take_back_extension(asked.duty, by=LI)

    assert _waiting(world, WANG) == ()
    assert _not_answered(world, asked, WANG) == {"taken-back"}
    with pytest.raises(Refused, match="没有等待答复"):
        world.engine.take_back_extension(asked.duty, by=LI)


@pytest.mark.parametrize(
    ("by", "to", "reason", "codes"),
    [
        pytest.param(WANG, LATER, "来不及", {"wrong-actor"}, id="who chases extends himself"),
        pytest.param(ZHAO, LATER, "来不及", {"wrong-actor"}, id="another branch"),
        pytest.param(LI, None, "来不及", {"date-missing"}, id="no day"),
        pytest.param(LI, LATER, "  ", {"reason-missing"}, id="no reason"),
        pytest.param(LI, date(2026, 3, 30), "来不及", {"not-later"}, id="the same day"),
        pytest.param(LI, date(9999, 12, 31), "来不及", {"day-beyond"}, id="the last day that can be written"),
        pytest.param(LI, date(2200, 1, 1), "来不及", {"day-beyond"}, id="beyond every calendar"),
        pytest.param(LI, LATER, "来" * 201, {"note-too-long"}, id="a novel"),
    ],
)
def test_what_cannot_be_asked(small_world: World, by: str, to: date | None, reason: str, codes: set[str]) -> None:
    small_world.launch()

    assert _not_asked(small_world, by, to, reason) == codes
    assert small_world.rows("SELECT id FROM extension_request") == []


def test_what_is_handed_in_needs_no_more_time(small_world: World) -> None:
    small_world.launch()
    small_world.act("submit", "0101", by=LI)

    assert _not_asked(small_world, LI) == {"wrong-state"}


def test_a_branch_deep_in_the_tree_is_answered_by_both_above_it(small_world: World) -> None:
    small_world.launch()
    duty = small_world.duty("010901").id

    small_world.engine.ask_extension(duty, to=LATER, reason="毕业实习", by=HE)

    assert [len(_waiting(small_world, who)) for who in (XU, WANG, WU)] == [1, 1, 0]


def test_a_direct_branch_asks_the_office(small_world: World) -> None:
    small_world.launch()

    small_world.engine.ask_extension(small_world.duty("03").id, to=LATER, reason="闭馆搬迁", by=CAO)

    assert [len(_waiting(small_world, who)) for who in (QIAN, WANG, CAO)] == [1, 0, 0]
