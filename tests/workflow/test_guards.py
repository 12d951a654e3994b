"""Guards answer and do nothing else: a Reason with what would unblock it, or nothing."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from scene import (
    ALL_WORDS,
    BRANCH_TRACK,
    EVERYBODY,
    HEAD,
    LI,
    LINE,
    MEMBER,
    OFFICER,
    PHASES,
    SECOND_TRACK,
    WANG,
    ZHAO,
    ZONE,
    ask,
    at,
    case,
    duty,
    facts,
    task,
)

from workflow import guards as g
from workflow.errors import Reason
from workflow.facts import Actor, Facts, Request
from workflow.guards import Attempt, Guard
from workflow.machine import ADVANCE, COMMON, DUTY_ACTS
from workflow.model import DutyState, UnitKind, Way

EVERY_GUARD: tuple[Guard, ...] = (
    *dict.fromkeys(guard for _, _, guards in DUTY_ACTS.values() for guard in guards),
    *COMMON,
    *ADVANCE,
    g.not_finished,
    g.duties_done,
    g.branches_done,
)
IN_ORDER = tuple(dict.fromkeys(EVERY_GUARD))


def attempt(facts_: Facts) -> Attempt:
    return Attempt(state=str(facts_.duty.state) if facts_.duty else "1", facts=facts_, zone=ZONE)


def code(guard: Guard, facts_: Facts) -> str | None:
    reason = guard(attempt(facts_))
    return reason.code if reason else None


def situations() -> list[Facts]:
    """Allowed and forbidden in every respect: all states, people, empty and full forms, early, in time, late and locked."""
    forms: tuple[dict[str, Any], ...] = (
        {},
        ALL_WORDS,
        {"reason": " ", "to": date(2012, 3, 1), "received_on": date(2012, 12, 31), "expect_version": 1},
        {"data_reasons": (Reason(code="form-missing", text="没有填写"),)},
    )
    moments = ("2012-03-28 10:00:00", "2012-03-31 00:00:00", "2012-06-01 09:00:00")
    duties = [
        duty(state, task(ways=(Way.PAPER, Way.EMAIL)), locks=date(2012, 4, 9), opens_at=at("2012-03-29 00:00:00"))
        for state in DutyState
    ]
    cases = (
        case(),
        case(2, track=SECOND_TRACK, kind=UnitKind.COMMITTEE, branches_behind=2),
        case(3, open_=(0, 0, 0, 0, 2, 0)),
        case(5),
    )
    return [
        facts(ask("any", EVERYBODY[who], now, **form), what, where)
        for who, form, now, what, where in product(EVERYBODY, forms, moments, [None, *duties], cases)
    ]


SITUATIONS = situations()


@pytest.mark.parametrize("guard", IN_ORDER, ids=lambda guard: guard.__name__)
def test_guard_has_no_side_effect_and_answers_the_same_twice(guard: Guard) -> None:
    for facts_ in SITUATIONS[::7]:
        tried = attempt(facts_)
        before = deepcopy(tried)

        first, second = guard(tried), guard(tried)

        assert tried == before
        assert first == second


@pytest.mark.parametrize("guard", IN_ORDER, ids=lambda guard: guard.__name__)
def test_guard_both_allows_and_refuses_with_a_stable_code_and_a_chinese_sentence(guard: Guard) -> None:
    answers = [guard(attempt(facts_)) for facts_ in SITUATIONS]

    refusals = [reason for reason in answers if reason is not None]
    assert refusals
    assert len(refusals) < len(answers)
    for reason in refusals:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", reason.code)
        assert re.search(r"[\u4e00-\u9fff]", reason.text)
        assert "None" not in reason.text + reason.unblock


def test_every_refusal_of_an_act_says_what_would_unblock_it() -> None:
    of_acts = [guard for guard in IN_ORDER if guard not in (g.not_finished, g.duties_done, g.data_fits)]

    reasons = {reason for guard in of_acts for facts_ in SITUATIONS if (reason := guard(attempt(facts_)))}

    assert {reason.code for reason in reasons if not reason.unblock} == set()


@pytest.mark.parametrize(
    ("standing", "submits", "reviews", "extends", "top", "leads"),
    [
        # a branch's duty: who may submit, review, extend, waive or reopen, sign
        ({("own", "书记")}, True, False, False, False, False),
        ({("own", "副书记")}, True, False, False, False, False),
        ({("own", "组织委员")}, True, False, False, False, False),
        ({("own", "联系领导")}, False, False, False, False, False),  # looks after the branch, does not act for it
        ({("superior", "组织员")}, True, True, True, False, False),
        ({("superior", "党务秘书")}, True, True, True, False, False),
        ({("superior", "书记")}, False, True, True, False, False),  # reviews, but does not fill in
        ({("superior", "组织委员")}, False, False, False, False, False),
        ({("root", "书记")}, False, False, False, False, True),
        ({("root", "组织员")}, False, False, False, False, False),
        ({("组织部", "干事")}, False, False, True, True, False),
        ({("组织部", "副部长")}, False, False, True, True, False),
        ({("组织部", "部长")}, False, False, True, True, True),
        ({("领导小组办公室", "联系人")}, False, False, True, True, False),
        ({("领导小组", "组长")}, False, False, False, False, True),
        ({("宣传部", "部长"), ("部门", "部长")}, False, False, False, False, False),  # another office
        (set(), False, False, False, False, False),  # Zhao of another branch
    ],
)
def test_standing_decides_what_a_person_may_do_about_a_branchs_duty(
    standing: set[tuple[str, str]], submits: bool, reviews: bool, extends: bool, top: bool, leads: bool
) -> None:
    facts_ = facts(ask("any", Actor(person=1, name="某人", standing=frozenset(standing))), duty())

    answers = [guard(attempt(facts_)) is None for guard in (g.submits, g.reviews, g.extends, g.top_office, g.leads)]

    assert answers == [submits, reviews, extends, top, leads]


def test_refused_person_is_named_with_the_unit_and_told_whom_to_ask() -> None:
    reason = g.reviews(attempt(facts(ask("accept", ZHAO), duty("submitted"))))

    assert reason is not None
    assert reason.text.startswith("赵支书不能为机械系教工党支部办理：")
    assert reason.unblock == "请上级党组织组织员办理"


@pytest.mark.parametrize(
    ("by", "kind", "proxy"),
    [
        (LI, UnitKind.BRANCH, False),
        (MEMBER, UnitKind.BRANCH, False),
        (WANG, UnitKind.BRANCH, True),
        (OFFICER, UnitKind.BRANCH, False),
        (OFFICER, UnitKind.DIRECT_BRANCH, True),
        (HEAD, UnitKind.DEPARTMENT, True),
        (ZHAO, UnitKind.BRANCH, False),
    ],
)
def test_proxy_is_who_fills_in_for_a_unit_below_his_own(by: Actor, kind: UnitKind, proxy: bool) -> None:
    assert g.is_proxy(facts(ask("submit", by), duty(), case(kind=kind))) is proxy


@pytest.mark.parametrize(
    ("now", "code_"),
    [("2012-03-29 23:59:59", "not-yet-open"), ("2012-03-30 00:00:00", None)],
)
def test_window_opens_with_the_first_second_of_its_day(now: str, code_: str | None) -> None:
    assert code(g.window_open, facts(ask("submit", LI, now), duty(opens_at=at("2012-03-30 00:00:00")))) == code_


def test_opening_day_is_told_in_the_campaigns_zone() -> None:
    # 1 April 00:30 in Shanghai is still 31 March in London.
    reason = g.window_open(attempt(facts(ask("submit", LI), duty(opens_at=at("2012-04-01 00:30:00")))))

    assert reason is not None
    assert reason.until == "2012-04-01"


@pytest.mark.parametrize(
    ("request_", "state", "code_"),
    [
        (ask("submit", LI, "2012-04-09 23:59:59"), "open", None),
        (ask("submit", LI, "2012-04-10 00:00:00"), "open", "locked"),
        (ask("receive", WANG, "2012-04-12 09:00:00", received_at=at("2012-04-09 23:59:59")), "open", None),
        (ask("receive", WANG, "2012-04-12 09:00:00", received_at=at("2012-04-10 23:59:59")), "open", "locked"),
        (ask("receive", WANG, "2012-04-12 09:00:00"), "submitted", None),
    ],
)
def test_lock_falls_with_the_end_of_its_day_by_the_moment_of_receipt(request_: Request, state: str, code_: str | None) -> None:
    assert code(g.not_locked, facts(request_, duty(state, locks=date(2012, 4, 9)))) == code_


@pytest.mark.parametrize(
    ("asked_for", "in_", "missing"),
    [
        ((), set(), None),
        ((Way.ONLINE,), set(), None),
        ((Way.PAPER,), {Way.ONLINE, Way.EMAIL}, "纸质件"),
        ((Way.PAPER,), {Way.PAPER}, None),
        ((Way.EMAIL,), {Way.ONLINE, Way.EMAIL}, None),
        ((Way.PAPER, Way.EMAIL), {Way.PAPER}, "电子件"),
        ((Way.PAPER, Way.EMAIL), set(), "纸质件、电子件"),
    ],
)
def test_acceptance_waits_for_the_copies_the_notice_asks_for(
    asked_for: tuple[Way, ...], in_: set[Way], missing: str | None
) -> None:
    reason = g.papers_in(attempt(facts(ask("accept", WANG), duty("submitted", task(ways=asked_for), ways=frozenset(in_)))))

    assert (reason is None) == (missing is None)
    assert missing is None or (reason is not None and f"{missing}还没有登记收件" in reason.text)


@pytest.mark.parametrize(
    ("today", "by_calendar", "duties", "open_", "code_"),
    [
        ("2012-03-30", False, 2, 1, "duties-open"),
        ("2012-03-30", False, 2, 0, None),
        ("2012-06-01", False, 2, 1, "duties-open"),  # the calendar does not carry open duties away
        ("2012-03-30", False, 0, 0, "by-calendar"),
        ("2012-03-31", False, 0, 0, None),
        ("2012-03-30", True, 2, 0, "by-calendar"),
        ("2012-03-31", True, 2, 2, None),
    ],
)
def test_phase_is_left_by_acceptance_or_by_the_calendar(
    today: str, by_calendar: bool, duties: int, open_: int, code_: str | None
) -> None:
    track = replace(BRANCH_TRACK, phases=(replace(PHASES[0], by_calendar=by_calendar), *PHASES[1:]))
    where = case(1, track=track, all_=(0, duties, 0, 2, 2, 0), open_=(0, open_, 0, 2, 2, 0))

    assert code(g.duties_done, facts(ask("complete", WANG, f"{today} 09:00:00"), None, where)) == code_


def test_phase_by_calendar_waits_for_its_day_even_if_only_the_branches_owe_something() -> None:
    second = replace(SECOND_TRACK, phases=(PHASES[0], replace(SECOND_TRACK.phases[1], by_calendar=True), *PHASES[2:]))
    where = case(2, track=second, kind=UnitKind.COMMITTEE)

    assert code(g.duties_done, facts(ask("complete", WANG, "2012-04-13 09:00:00"), None, where)) == "by-calendar"
    assert code(g.duties_done, facts(ask("complete", WANG, "2012-04-14 09:00:00"), None, where)) is None


@pytest.mark.parametrize(("branches", "code_"), [(0, "by-calendar"), (3, None), (None, None)])
def test_where_only_branches_owe_something_they_decide_and_without_any_the_calendar(
    branches: int | None, code_: str | None
) -> None:
    where = case(2, track=SECOND_TRACK, kind=UnitKind.COMMITTEE, branches=branches)

    assert code(g.duties_done, facts(ask("complete", WANG, "2012-04-05 09:00:00"), None, where)) == code_


def test_waiting_for_the_calendar_tells_until_when() -> None:
    where = case(2, open_=(0, 0, 0, 2, 2, 0))

    reason = g.duties_done(attempt(facts(ask("complete", WANG), None, where)))

    assert reason is not None
    assert reason.until == "2012-04-14"


@pytest.mark.parametrize(("behind", "code_"), [(0, None), (1, "branches-open"), (12, "branches-open")])
def test_second_level_phase_that_waits_counts_the_branches_behind(behind: int, code_: str | None) -> None:
    where = case(2, track=SECOND_TRACK, kind=UnitKind.COMMITTEE, branches_behind=behind)

    assert code(g.branches_done, facts(ask("complete", WANG), None, where)) == code_


def test_phase_that_does_not_wait_ignores_the_branches() -> None:
    assert code(g.branches_done, facts(ask("complete", WANG), None, case(1, track=SECOND_TRACK, branches_behind=9))) is None


def test_last_day_of_the_line_itself_is_not_later_but_ends_no_correction_early() -> None:
    same_day = facts(ask("extend", WANG, to=LINE), duty())

    assert code(g.line_moves_on, same_day) == "not-later"
    assert code(g.line_not_shortened, same_day) is None
