"""What an act does, and every reason why it may not be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from itertools import product
from typing import Any

import pytest
from scene import (
    ALL_WORDS,
    BRANCH_TRACK,
    CAMPAIGN,
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
    ask,
    at,
    case,
    duty,
    facts,
    phase,
    task,
)

from workflow.decide import available, decide, settle
from workflow.errors import Reason, Refused
from workflow.facts import Actor, CaseFacts, DutyFacts, Facts, Outcome
from workflow.model import DutyState, Every, Track, UnitKind, Way

PAPERS = task("报送材料", ways=(Way.PAPER, Way.EMAIL))
CLOSED_LINES = {"due_day", "closes_at"}


def codes(facts_: Facts) -> list[str]:
    """The codes of a refusal; [] if it is allowed."""
    try:
        decide(CAMPAIGN, facts_)
    except Refused as refusal:
        return [reason.code for reason in refusal.reasons]
    return []


def after(outcome: Outcome, before: DutyFacts) -> DutyFacts:
    """The duty as the outcome leaves it."""
    known = {name: value for name, value in outcome.duty.items() if name in DutyFacts.__slots__}
    if "state" in known:
        known["state"] = DutyState(str(known["state"]))
    return replace(before, **known, version=before.version + 1)


# --- who may do what, and when

BRANCH_ACTS = {
    # act: (states it exists in, who may do it)
    "submit": ({"open", "returned"}, {"li", "member", "wang"}),
    "withdraw": ({"submitted"}, {"li", "member", "wang"}),
    "accept": ({"submitted"}, {"wang"}),
    "return": ({"submitted"}, {"wang"}),
    "receive": ({"open", "returned", "submitted"}, {"wang"}),
    "extend": ({"open", "returned", "submitted"}, {"wang", "officer", "head"}),
    "waive": ({"open", "returned", "submitted"}, {"officer", "head"}),
    "reopen": ({"accepted", "waived"}, {"officer", "head"}),
    "sign": ({"open", "returned"}, {"head"}),
}


@pytest.mark.parametrize(("act", "state", "who"), [*product(BRANCH_ACTS, DutyState, EVERYBODY)])
def test_a_branchs_duty_allows_each_act_in_its_states_to_its_people(act: str, state: DutyState, who: str) -> None:
    states, people = BRANCH_ACTS[act]
    asked = facts(ask(act, EVERYBODY[who], **ALL_WORDS), duty(state, asked=True))

    found = codes(asked)

    assert ("wrong-state" in found) == (state not in states)
    assert ("wrong-actor" in found) == (who not in people)
    assert bool(found) == (state not in states or who not in people)


OF_SECOND_LEVEL = {
    "secretary": Actor(person=11, name="周书记", standing=frozenset({("own", "书记")})),
    "clerk": Actor(person=12, name="王组织员", standing=frozenset({("own", "组织员")})),
    "zhao": Actor(person=13, name="赵书记", standing=frozenset()),  # secretary of another committee
    "above": Actor(person=14, name="吴书记", standing=frozenset({("root", "书记")})),  # of the school's committee
    "officer": OFFICER,
    "office": Actor(person=15, name="郑主任", standing=frozenset({("领导小组办公室", "主任")})),
}


@pytest.mark.parametrize(
    ("act", "people"),
    [
        ("submit", {"secretary", "clerk", "officer"}),
        ("accept", {"officer", "office"}),
        ("return", {"officer", "office"}),
        ("receive", {"officer", "office"}),
        ("extend", {"officer", "office"}),
        ("waive", {"officer", "office"}),
        ("reopen", {"officer", "office"}),
        ("sign", {"above"}),
    ],
)
@pytest.mark.parametrize("kind", [UnitKind.COMMITTEE, UnitKind.GENERAL_BRANCH, UnitKind.DIRECT_BRANCH, UnitKind.DEPARTMENT])
def test_what_a_second_level_unit_or_an_office_owes_is_reviewed_by_the_organisation_department(
    act: str, people: set[str], kind: UnitKind
) -> None:
    state = next(s for s in ("submitted", "open", "accepted") if s in BRANCH_ACTS[act][0])
    where = case(track=SECOND_TRACK, kind=kind)

    allowed = {
        who
        for who, actor in OF_SECOND_LEVEL.items()
        if not codes(facts(ask(act, actor, **ALL_WORDS), duty(state, asked=True), where))
    }

    assert allowed == people


@pytest.mark.parametrize(
    ("by", "kind", "proxy"),
    [
        (LI, UnitKind.BRANCH, False),
        (WANG, UnitKind.BRANCH, True),
        (OFFICER, UnitKind.COMMITTEE, True),
        (OF_SECOND_LEVEL["clerk"], UnitKind.COMMITTEE, False),
        # He leads the branch and is the committee's clerk as well: it is his own branch.
        (Actor(person=9, name="兼", standing=LI.standing | WANG.standing), UnitKind.BRANCH, False),
    ],
)
def test_submission_by_the_superiors_clerk_is_marked_as_filled_in_for_the_unit(by: Actor, kind: UnitKind, proxy: bool) -> None:
    outcome = decide(CAMPAIGN, facts(ask("submit", by), duty(), case(kind=kind)))

    assert outcome.proxy is proxy
    assert outcome.duty["proxy"] is proxy


def test_act_on_a_duty_without_a_duty_asks_which() -> None:
    assert codes(facts(ask("submit", LI))) == ["duty-missing"]


def test_refusal_in_the_wrong_state_says_what_is_possible_instead() -> None:
    with pytest.raises(Refused) as refused:
        decide(CAMPAIGN, facts(ask("accept", WANG), duty("open")))

    (reason,) = refused.value.reasons
    assert reason.text == "“调查摸底/支部自评”还没有报送，不能审核通过"
    assert reason.unblock == "现在可以：报送、登记收件、延期、免报"


# --- the two lines


@pytest.mark.parametrize(
    ("hour", "now", "on_time"),
    [
        (None, "2012-03-28 09:00:00", True),
        (None, "2012-03-30 23:59:59", True),  # 15:59:59Z
        (None, "2012-03-31 00:00:00", False),  # 16:00:00Z
        (time(17), "2012-03-30 16:59:59", True),
        (time(17), "2012-03-30 17:00:00", False),
        (time(12), "2012-03-30 11:59:59", True),
        (time(12), "2012-03-30 23:59:59", False),
    ],
)
def test_last_second_before_the_line_is_on_time_and_the_next_is_late(hour: time | None, now: str, on_time: bool) -> None:
    outcome = decide(CAMPAIGN, facts(ask("submit", LI, now), duty(hour=hour)))

    assert outcome.duty["on_time"] is on_time
    assert outcome.duty["state"] == "submitted"
    assert outcome.duty["first_submitted_at"] == outcome.duty["submitted_at"] == at(now)
    assert outcome.entries[0].on_time is on_time


def test_the_line_in_shanghai_is_sixteen_hours_of_universal_time() -> None:
    assert duty().closes_at == at("2012-03-30 16:00:00", "UTC")


def test_duty_without_a_line_is_never_late() -> None:
    undated = duty(of=task(due=None))

    outcome = decide(CAMPAIGN, facts(ask("submit", LI, "2013-06-01 10:00:00"), undated))

    assert outcome.duty["on_time"] is True


def test_submission_stops_the_clock_and_starts_the_reviewers() -> None:
    assert decide(CAMPAIGN, facts(ask("submit", LI), duty())).clock == "review"


@pytest.mark.parametrize(
    ("now", "refused"), [("2012-11-30 23:59:59", ["not-yet-open"]), ("2012-12-01 00:00:00", []), ("2013-01-05 08:00:00", [])]
)
@pytest.mark.parametrize("act", ["submit", "receive"])
def test_nothing_is_taken_before_the_window_opens(act: str, now: str, refused: list[str]) -> None:
    yearly = duty(of=task("年度小结", "考评总结", date(2012, 12, 14)), opens_at=at("2012-12-01 00:00:00"))

    assert codes(facts(ask(act, WANG, now, ways=frozenset({Way.PAPER})), yearly)) == refused


def test_refusal_before_the_window_says_from_when_it_would_differ() -> None:
    with pytest.raises(Refused) as refused:
        decide(CAMPAIGN, facts(ask("submit", LI), duty(opens_at=at("2012-12-01 00:00:00"))))

    (reason,) = refused.value.reasons
    assert (reason.until, reason.unblock) == ("2012-12-01", "12月1日起可以办理")


# --- the lock


@pytest.mark.parametrize(
    ("now", "refused"),
    [("2012-03-31 09:00:00", []), ("2012-04-09 23:59:59", []), ("2012-04-10 00:00:00", ["locked"])],
)
@pytest.mark.parametrize("state", ["open", "returned"])
def test_late_is_taken_until_the_lock_and_refused_after_it(state: str, now: str, refused: list[str]) -> None:
    assert codes(facts(ask("submit", LI, now), duty(state, locks=date(2012, 4, 9)))) == refused


def test_extension_opens_a_lock_that_has_fallen() -> None:
    locked = duty(locks=date(2012, 4, 9))
    extension = ask("extend", WANG, "2012-04-10 09:00:00", reason="材料在路上丢失", to=date(2012, 4, 16))

    extended = after(decide(CAMPAIGN, facts(extension, locked)), locked)

    assert codes(facts(ask("submit", LI, "2012-04-16 23:59:59"), extended)) == []
    assert codes(facts(ask("submit", LI, "2012-04-17 00:00:00"), extended)) == ["locked"]


def test_extension_before_the_lock_leaves_it_where_it_was() -> None:
    extension = ask("extend", WANG, reason="班子刚换届", to=date(2012, 4, 6))

    outcome = decide(CAMPAIGN, facts(extension, duty(locks=date(2012, 4, 9))))

    assert outcome.duty["locks_at"] == at("2012-04-10 00:00:00")


def test_correction_may_be_sent_within_its_time_although_the_lock_falls_before() -> None:
    submitted = duty("submitted", locks=date(2012, 4, 5))
    returned = after(
        decide(
            CAMPAIGN, facts(ask("return", WANG, "2012-04-05 16:00:00", reason="缺党员名册", to=date(2012, 4, 10)), submitted)
        ),
        submitted,
    )

    assert codes(facts(ask("submit", LI, "2012-04-10 20:00:00"), returned)) == []
    assert codes(facts(ask("submit", LI, "2012-04-11 00:00:00"), returned)) == ["locked"]


def test_paper_that_lay_on_the_desk_before_the_lock_is_registered_after_it() -> None:
    receipt = {"ways": frozenset({Way.PAPER}), "received_on": date(2012, 4, 9), "received_at": at("2012-04-09 23:59:59")}

    assert codes(facts(ask("receive", WANG, "2012-04-10 09:00:00", **receipt), duty(locks=date(2012, 4, 9)))) == []


def test_second_copy_of_what_came_before_the_lock_is_registered_after_it() -> None:
    submitted = duty("submitted", PAPERS, locks=date(2012, 4, 9))

    assert codes(facts(ask("receive", WANG, "2012-04-12 09:00:00", ways=frozenset({Way.PAPER})), submitted)) == []


# --- change of the line


def test_extension_counts_an_epoch_and_the_journal_keeps_both_lines() -> None:
    outcome = decide(CAMPAIGN, facts(ask("extend", OFFICER, reason="班子刚换届", to=date(2012, 4, 10)), duty()))

    (entry,) = outcome.entries
    assert outcome.duty["due_day"] == date(2012, 4, 10)
    assert outcome.duty["closes_at"] == at("2012-04-11 00:00:00")
    assert outcome.duty["epoch"] == 2
    assert (entry.due_day_from, entry.due_day, entry.reason) == (LINE, date(2012, 4, 10), "班子刚换届")
    assert (entry.from_state, entry.to_state) == ("open", "open")
    assert outcome.clock == "run"


def test_moved_line_leaves_the_internal_line_of_the_old_one_behind() -> None:
    outcome = decide(CAMPAIGN, facts(ask("extend", OFFICER, reason="班子刚换届", to=date(2012, 4, 10)), duty()))

    assert outcome.duty["internal_day"] is None


def test_extension_of_what_is_submitted_starts_no_clock() -> None:
    outcome = decide(CAMPAIGN, facts(ask("extend", WANG, reason="补材料", to=date(2012, 4, 10)), duty("submitted")))

    assert outcome.clock == "keep"
    assert "on_time" not in outcome.duty


@pytest.mark.parametrize(
    ("words", "reasons"),
    [
        ({}, ["reason-missing", "date-missing"]),
        ({"to": date(2012, 4, 10)}, ["reason-missing"]),
        ({"reason": "  ", "to": LINE}, ["reason-missing", "not-later"]),
        ({"reason": "病假", "to": LINE}, ["not-later"]),
        ({"reason": "病假", "to": date(2012, 3, 27)}, ["not-later", "already-past"]),
        ({"reason": "病假", "to": date(2012, 3, 31)}, []),
    ],
)
def test_extension_wants_a_reason_and_a_later_day_that_is_not_past(words: dict[str, Any], reasons: list[str]) -> None:
    assert codes(facts(ask("extend", WANG, "2012-03-28 10:00:00", **words), duty())) == reasons


def test_extension_after_the_line_may_not_end_before_today() -> None:
    extension = ask("extend", WANG, "2012-04-20 10:00:00", reason="病假", to=date(2012, 4, 19))

    assert codes(facts(extension, duty())) == ["already-past"]
    assert codes(facts(ask("extend", WANG, "2012-04-19 10:00:00", reason="病假", to=date(2012, 4, 19)), duty())) == []


def test_undated_duty_gets_its_line_by_an_extension() -> None:
    outcome = decide(
        CAMPAIGN, facts(ask("extend", OFFICER, reason="表彰大会定在6月28日", to=date(2012, 6, 27)), duty(of=task(due=None)))
    )

    assert (outcome.duty["due_day"], outcome.entries[0].due_day_from) == (date(2012, 6, 27), None)


# --- returned, withdrawn, reopened, waived


def test_return_gives_a_line_of_its_own_and_keeps_the_mark_of_the_first_submission() -> None:
    submitted = duty("submitted")

    back = decide(
        CAMPAIGN, facts(ask("return", WANG, "2012-03-29 15:00:00", reason="缺党员名册", to=date(2012, 4, 5)), submitted)
    )
    returned = after(back, submitted)
    again = decide(CAMPAIGN, facts(ask("submit", LI, "2012-04-05 10:00:00"), returned))

    assert (returned.state, returned.due_day, returned.epoch) == ("returned", date(2012, 4, 5), 2)
    assert back.clock == "run"
    assert back.duty["ways"] == frozenset()
    assert again.duty["on_time"] is True
    assert again.duty["first_submitted_at"] == submitted.first_submitted_at
    assert again.duty["submitted_at"] == at("2012-04-05 10:00:00")


def test_what_was_late_stays_late_after_a_return() -> None:
    late = duty(
        "submitted", on_time=False, first_submitted_at=at("2012-04-01 10:00:00"), submitted_at=at("2012-04-01 10:00:00")
    )
    returned = after(
        decide(CAMPAIGN, facts(ask("return", WANG, "2012-04-05 09:00:00", reason="缺名册", to=date(2012, 4, 9)), late)), late
    )

    again = decide(CAMPAIGN, facts(ask("submit", LI, "2012-04-06 10:00:00"), returned))

    assert again.duty["on_time"] is False


@pytest.mark.parametrize("to", [None, LINE])
def test_return_without_a_later_day_leaves_the_line_and_its_reminders(to: date | None) -> None:
    outcome = decide(CAMPAIGN, facts(ask("return", WANG, reason="缺党员名册", to=to), duty("submitted")))

    assert not CLOSED_LINES & set(outcome.duty)
    assert "epoch" not in outcome.duty


@pytest.mark.parametrize(
    ("to", "refused"),
    [(date(2012, 3, 29), ["line-shortened"]), (date(2012, 3, 27), ["line-shortened", "already-past"]), (date(2012, 4, 5), [])],
)
def test_time_for_a_correction_never_ends_before_the_line(to: date, refused: list[str]) -> None:
    assert codes(facts(ask("return", WANG, "2012-03-28 10:00:00", reason="缺党员名册", to=to), duty("submitted"))) == refused


def test_withdrawal_is_as_if_it_had_not_been_sent() -> None:
    submitted = duty("submitted")

    outcome = decide(CAMPAIGN, facts(ask("withdraw", LI), submitted))
    again = decide(CAMPAIGN, facts(ask("submit", LI, "2012-04-01 10:00:00"), after(outcome, submitted)))

    assert outcome.duty["state"] == "open"
    assert outcome.clock == "run"
    assert again.duty["on_time"] is False  # an empty table sent in time earns no mark


def test_withdrawal_of_a_correction_keeps_the_mark_the_first_submission_earned() -> None:
    corrected = duty("submitted", submitted_at=at("2012-04-05 10:00:00"))

    outcome = decide(CAMPAIGN, facts(ask("withdraw", LI, "2012-04-05 11:00:00"), corrected))
    again = decide(CAMPAIGN, facts(ask("submit", LI, "2012-04-06 10:00:00"), after(outcome, corrected)))

    assert again.duty["on_time"] is True
    assert again.duty["first_submitted_at"] == at("2012-03-28 10:00:00")


@pytest.mark.parametrize("state", ["accepted", "waived"])
def test_reopening_is_a_new_epoch_and_not_a_continuation(state: str) -> None:
    done = duty(state, epoch=2)

    outcome = decide(CAMPAIGN, facts(ask("reopen", OFFICER, "2012-04-20 09:00:00", reason="复核不符"), done))

    assert (outcome.duty["state"], outcome.duty["epoch"], outcome.clock) == ("open", 3, "run")
    assert outcome.duty["accepted_at"] is None
    assert outcome.duty["ways"] == frozenset()
    assert not CLOSED_LINES & set(outcome.duty)


def test_reopening_with_a_day_gives_a_new_line() -> None:
    done = duty("accepted", locks=date(2012, 4, 9))

    outcome = decide(
        CAMPAIGN, facts(ask("reopen", OFFICER, "2012-04-20 09:00:00", reason="复核不符", to=date(2012, 4, 27)), done)
    )

    assert (outcome.duty["due_day"], outcome.duty["epoch"]) == (date(2012, 4, 27), 2)
    assert outcome.duty["locks_at"] == at("2012-04-28 00:00:00")
    assert outcome.entries[0].due_day == date(2012, 4, 27)


@pytest.mark.parametrize("act", ["waive", "reopen", "return"])
def test_what_cannot_be_undone_quietly_needs_words(act: str) -> None:
    state = next(iter(BRANCH_ACTS[act][0] - {"open"}))
    by = WANG if act == "return" else OFFICER

    assert codes(facts(ask(act, by, reason=" "), duty(state))) == ["reason-missing"]


def test_waiver_stops_the_clock_for_good() -> None:
    outcome = decide(CAMPAIGN, facts(ask("waive", OFFICER, reason="支部已并入"), duty()))

    assert (outcome.duty["state"], outcome.clock) == ("waived", "stop")


# --- receipts of paper


def test_paper_is_on_time_by_the_day_it_came() -> None:
    receipt = {"ways": frozenset({Way.PAPER}), "received_on": LINE, "received_at": at("2012-03-30 23:59:59")}

    outcome = decide(CAMPAIGN, facts(ask("receive", WANG, "2012-03-31 09:00:00", **receipt), duty(of=PAPERS)))

    assert outcome.duty["on_time"] is True
    assert outcome.duty["ways"] == {Way.PAPER}
    assert outcome.clock == "review"


def test_paper_registered_without_a_day_counts_from_its_registration() -> None:
    outcome = decide(CAMPAIGN, facts(ask("receive", WANG, "2012-03-31 09:00:00", ways=frozenset({Way.PAPER})), duty(of=PAPERS)))

    assert outcome.duty["on_time"] is False


def test_second_way_adds_itself_and_changes_nothing_else() -> None:
    paper_in = duty("submitted", PAPERS, ways=frozenset({Way.PAPER}))

    outcome = decide(CAMPAIGN, facts(ask("receive", WANG, "2012-04-01 09:00:00", ways=frozenset({Way.EMAIL})), paper_in))

    assert outcome.duty == {"ways": frozenset({Way.PAPER, Way.EMAIL})}
    assert outcome.clock == "keep"


def test_paper_that_came_in_time_clears_the_late_email_recorded_before_it() -> None:
    late = at("2012-04-01 10:00:00")
    emailed = duty("submitted", PAPERS, on_time=False, first_submitted_at=late, submitted_at=late)
    receipt = {"ways": frozenset({Way.PAPER}), "received_on": LINE, "received_at": at("2012-03-30 23:59:59")}

    outcome = decide(CAMPAIGN, facts(ask("receive", WANG, "2012-04-05 09:00:00", **receipt), emailed))

    assert outcome.duty["on_time"] is True
    assert outcome.duty["first_submitted_at"] == at("2012-03-30 23:59:59")
    assert outcome.entries[0].on_time is True


def test_both_ways_asked_for_are_needed_before_acceptance() -> None:
    submitted = duty("submitted", PAPERS)

    before = codes(facts(ask("accept", WANG), submitted))
    with_paper = after(decide(CAMPAIGN, facts(ask("receive", WANG, ways=frozenset({Way.PAPER})), submitted)), submitted)

    assert before == ["paper-missing"]
    assert codes(facts(ask("accept", WANG), with_paper)) == []


def test_paper_alone_does_not_stand_for_the_electronic_copy() -> None:
    with pytest.raises(Refused) as refused:
        decide(CAMPAIGN, facts(ask("accept", WANG), duty("submitted", PAPERS, ways=frozenset({Way.PAPER}))))

    assert "电子件还没有登记收件" in refused.value.reasons[0].text


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ({}, ["way-missing"]),
        ({"received_on": date(2012, 3, 29)}, ["way-missing", "received-in-future"]),
        ({"ways": frozenset({Way.PAPER}), "received_on": date(2012, 3, 29)}, ["received-in-future"]),
        ({"ways": frozenset({Way.PAPER}), "received_on": date(2012, 3, 28)}, []),
    ],
)
def test_receipt_names_its_way_and_a_day_that_has_come(words: dict[str, Any], refused: list[str]) -> None:
    assert codes(facts(ask("receive", WANG, "2012-03-28 10:00:00", **words), duty(of=PAPERS))) == refused


# --- a leader decides


def test_leader_signs_only_what_was_brought_to_him() -> None:
    assert codes(facts(ask("sign", HEAD, decision="电话了解"), duty())) == ["nothing-asked"]
    assert codes(facts(ask("sign", HEAD, decision="通报全校"), duty(asked=True))) == ["decision-missing"]
    assert codes(facts(ask("sign", HEAD), duty())) == ["nothing-asked", "decision-missing"]


@pytest.mark.parametrize("decision", ["电话了解", "督办单", "约谈", "不处理"])
def test_decision_is_recorded_and_changes_nothing(decision: str) -> None:
    outcome = decide(CAMPAIGN, facts(ask("sign", HEAD, decision=decision, reason="已了解情况"), duty(asked=True)))

    assert outcome.duty == {}
    assert outcome.entries[0].reason == f"{decision}：已了解情况"
    assert outcome.clock == "keep"


# --- all reasons at once


def test_refusal_carries_every_reason_at_once() -> None:
    wrong = (Reason(code="form-missing", text="没有填写总结"), Reason(code="form-range", text="得分超出范围"))
    request = ask("submit", ZHAO, "2012-04-20 10:00:00", expect_version=2, data_reasons=wrong)

    found = codes(facts(request, duty(opens_at=at("2012-12-01 00:00:00"), locks=date(2012, 4, 9))))

    assert found == ["stale-version", "wrong-actor", "not-yet-open", "locked", "form-missing", "form-range"]


def test_who_was_overtaken_learns_both_that_and_what_happened() -> None:
    assert codes(facts(ask("accept", WANG, expect_version=2), duty("accepted"))) == ["wrong-state", "stale-version"]


@pytest.mark.parametrize(("expected", "refused"), [(None, []), (3, []), (2, ["stale-version"]), (4, ["stale-version"])])
def test_version_seen_must_be_the_version_that_stands(expected: int | None, refused: list[str]) -> None:
    assert codes(facts(ask("submit", LI, expect_version=expected), duty())) == refused


def test_officer_without_a_reason_on_a_finished_case_learns_all_of_it() -> None:
    done = case(5)

    assert codes(facts(ask("advance", OFFICER), None, done)) == ["finished", "reason-missing"]
    assert codes(facts(ask("advance", WANG), None, case(1))) == ["wrong-actor", "reason-missing"]


# --- moving on


def accept(
    where: CaseFacts,
    what: DutyFacts | None = None,
    *,
    on: str = "2012-03-30 10:00:00",
    by: Actor = WANG,
    act: str = "accept",
) -> Outcome:
    return decide(CAMPAIGN, facts(ask(act, by, on, reason="已核实"), what or duty("submitted"), where))


def test_case_stays_until_the_last_duty_of_its_phase_is_accepted() -> None:
    outcome = accept(case(open_=(0, 2, 0, 2, 2, 0)))

    assert outcome.phase is None
    assert [entry.of_case for entry in outcome.entries] == [False]


@pytest.mark.parametrize(("act", "by"), [("accept", WANG), ("waive", OFFICER)])
def test_last_acceptance_or_waiver_moves_the_case_on(act: str, by: Actor) -> None:
    outcome = accept(case(open_=(0, 1, 0, 2, 2, 0)), act=act, by=by)

    assert outcome.phase == 2
    assert outcome.entries[-1].of_case
    assert (outcome.entries[-1].from_state, outcome.entries[-1].to_state) == ("调查摸底", "健全组织")


def test_phase_without_duties_waits_for_the_calendar() -> None:
    outcome = accept(case(open_=(0, 1, 0, 2, 2, 0)), on="2012-04-13 23:59:59")

    assert outcome.phase == 2


def test_case_that_comes_late_into_a_phase_without_duties_does_not_wait_for_a_day_that_has_passed() -> None:
    # The third phase opened on 14 April; a case that waited for that day in the second would wait for ever.
    outcome = accept(case(open_=(0, 1, 0, 2, 2, 0)), on="2012-04-14 00:00:00")

    assert outcome.phase == 3
    assert (outcome.entries[-1].from_state, outcome.entries[-1].to_state) == ("调查摸底", "对标整改")


def test_phases_whose_duties_are_all_accepted_already_are_passed_through() -> None:
    ahead = case(all_=(0, 2, 1, 2, 2, 0), open_=(0, 1, 0, 0, 2, 0))

    assert accept(ahead).phase == 4


def test_phase_by_calendar_is_left_with_the_calendar_only() -> None:
    track = replace(BRANCH_TRACK, phases=(replace(PHASES[0], by_calendar=True), *PHASES[1:]))
    where = case(track=track, open_=(0, 1, 0, 2, 2, 0))

    assert accept(where, on="2012-03-30 10:00:00").phase is None
    assert accept(where, on="2012-03-31 10:00:00").phase == 2


def test_duty_of_another_phase_ends_that_one_and_not_this() -> None:
    plan = duty("submitted", task("整改计划", "对标整改", date(2012, 5, 31)))

    assert accept(case(open_=(0, 1, 0, 1, 2, 0)), plan).phase is None


def test_duty_without_a_phase_moves_nobody() -> None:
    assert accept(case(all_=(1, 2, 0, 2, 2, 0), open_=(1, 1, 0, 2, 2, 0)), duty("submitted", task(phase=None))).phase is None


def test_monthly_meeting_does_not_end_the_phase_it_falls_in() -> None:
    monthly = task("支委会", "调查摸底")
    monthly = replace(monthly, deadline=replace(monthly.deadline, every=Every(unit="month")))

    outcome = accept(case(open_=(0, 1, 0, 2, 2, 0)), duty("submitted", monthly, occurrence="2012-03"))

    assert outcome.phase is None


def test_return_and_receipt_never_move_a_case() -> None:
    assert accept(case(open_=(0, 1, 0, 2, 2, 0)), act="return").phase is None


def test_last_acceptance_of_the_last_phase_ends_the_case() -> None:
    last = duty("submitted", task("年度小结", "考评总结", date(2012, 12, 14)))

    outcome = accept(case(4, open_=(0, 0, 0, 0, 1, 0)), last, on="2012-12-14 10:00:00")

    assert outcome.phase == 5
    assert outcome.entries[-1].to_state == "办结"


def test_last_phase_without_duties_ends_when_it_has_closed() -> None:
    nothing_left = case(3, all_=(0, 2, 0, 2, 0, 0), open_=(0, 0, 0, 1, 0, 0))
    plan = duty("submitted", task("整改计划", "对标整改", date(2012, 5, 31)))

    assert accept(nothing_left, plan, on="2012-12-31 10:00:00").phase == 4
    assert accept(nothing_left, plan, on="2013-01-01 10:00:00").phase == 5


def test_last_phase_without_duties_or_days_is_left_by_hand() -> None:
    track = Track(key="党支部", phases=(phase(1, "对标整改", closes=date(2012, 5, 31)), phase(2, "学习先进")))
    where = case(1, track=track, all_=(0, 1, 0, 0), open_=(0, 1, 0, 0))
    plan = duty("submitted", task("整改计划", "对标整改", date(2012, 5, 31)))

    assert accept(where, plan, on="2013-06-01 10:00:00").phase == 2
    assert decide(CAMPAIGN, facts(ask("advance", OFFICER, reason="年度已结束"), None, replace(where, phase=2))).phase == 3


# --- second-level phases that wait for their branches

COMMITTEE: dict[str, Any] = {"track": SECOND_TRACK, "kind": UnitKind.COMMITTEE}


def test_second_level_case_waits_until_no_branch_is_behind() -> None:
    mine = duty("submitted", task("理顺隶属关系", "健全组织", date(2012, 4, 13)))
    where = case(2, all_=(0, 1, 1, 1, 1, 0), open_=(0, 0, 1, 1, 1, 0), **COMMITTEE)

    behind = accept(replace(where, branches_behind=1), mine, by=OFFICER)
    level = accept(where, mine, by=OFFICER)

    assert behind.phase is None
    assert level.phase == 3


def test_branches_are_not_taken_to_be_done_with_a_phase_nobody_has_looked_at() -> None:
    # Its own duties of both phases are done; how far the branches are in the second is not known yet.
    where = case(1, all_=(0, 1, 1, 1, 1, 0), open_=(0, 1, 0, 1, 1, 0), **COMMITTEE)

    assert accept(where, by=OFFICER).phase == 2


def test_calendar_does_not_carry_a_case_past_branches_that_are_behind() -> None:
    waiting = case(2, all_=(0, 1, 0, 1, 1, 0), open_=(0, 0, 0, 1, 1, 0), **COMMITTEE)
    after_opening = ask("complete", OFFICER, "2012-04-20 09:00:00")

    assert settle(CAMPAIGN, facts(after_opening, None, replace(waiting, branches_behind=2))) == 2
    assert settle(CAMPAIGN, facts(after_opening, None, waiting)) == 3


def test_phase_in_which_only_the_branches_owe_something_is_done_when_they_are() -> None:
    waiting = case(2, all_=(0, 1, 0, 1, 1, 0), open_=(0, 0, 0, 1, 1, 0), **COMMITTEE)
    before_opening = ask("complete", OFFICER, "2012-04-10 09:00:00")

    assert settle(CAMPAIGN, facts(before_opening, None, replace(waiting, branches_behind=1))) == 2
    assert settle(CAMPAIGN, facts(before_opening, None, waiting)) == 3


# --- by hand


def test_officer_moves_a_case_on_by_hand_with_his_reason() -> None:
    outcome = decide(CAMPAIGN, facts(ask("advance", OFFICER, reason="换届期间由组织部代管"), None, case(1)))

    (entry,) = outcome.entries
    assert outcome.phase == 2
    assert (entry.act, entry.from_state, entry.to_state, entry.reason) == (
        "advance",
        "调查摸底",
        "健全组织",
        "换届期间由组织部代管",
    )


# --- what is available


@pytest.mark.parametrize("state", [*DutyState])
def test_available_lists_exactly_the_acts_that_exist(state: DutyState) -> None:
    listed = {action.act for action in available(CAMPAIGN, facts(ask("look", LI), duty(state)))}

    assert listed == {act for act, (states, _) in BRANCH_ACTS.items() if state in states}


def test_button_is_not_hidden_because_its_form_is_still_empty() -> None:
    actions = {a.act: a for a in available(CAMPAIGN, facts(ask("look", WANG), duty("submitted")))}

    assert actions["return"].reasons == ()  # it wants words, which the form will ask for
    assert [r.code for r in actions["waive"].reasons] == ["wrong-actor"]


def test_available_on_a_case_is_to_move_it_on_by_hand() -> None:
    (action,) = available(CAMPAIGN, facts(ask("look", ZHAO)))

    assert (action.act, action.words, action.duty) == ("advance", "转入下一阶段", None)
    assert [r.code for r in action.reasons] == ["wrong-actor"]


def test_member_of_the_branchs_committee_submits_like_its_secretary() -> None:
    assert codes(facts(ask("submit", MEMBER), duty())) == []
