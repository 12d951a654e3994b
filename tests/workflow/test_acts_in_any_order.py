"""A case with its duties, acted on in any order by anybody at any time: what must hold after every act.

The rules play a service: they take what an outcome changes over into the facts, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from scene import EVERYBODY, OFFICER, at, campaign, case, day_of, duty, task

from workflow.deadline import closes_at
from workflow.decide import NEEDS_WORDS, Action, available, decide, settle
from workflow.errors import Reason, Refused
from workflow.facts import Actor, CaseFacts, DutyFacts, Facts, Outcome, Request
from workflow.machine import DUTY_ACTS, acts_in, duty_machine
from workflow.model import CLOCK_RUNS, CLOSED, DutyState, Every, Task, Way

SURVEY = task("支部自评", "调查摸底", date(2012, 3, 30), ways=(Way.PAPER, Way.EMAIL), locks=date(2012, 4, 9))
REGISTER = task("党员名册", "调查摸底", date(2012, 3, 28))
PLAN = task("整改计划", "对标整改", date(2012, 5, 31))
SUMMARY = task("年度小结", "考评总结", date(2012, 12, 14))
IDEA = task("谋划一个好思路", None, None)
MEETING = replace(task("支委会", "调查摸底"), deadline=replace(SURVEY.deadline, every=Every(unit="month")))
TASKS = (SURVEY, REGISTER, PLAN, SUMMARY, IDEA, MEETING)
PLAYED = campaign(*TASKS)
NAMES = tuple(each.name for each in TASKS)
DAYS = st.integers(-3, 20)


class AnyOrder(RuleBasedStateMachine):
    """One branch, six duties in three phases, one of them monthly and one without phase or line."""

    def __init__(self) -> None:
        super().__init__()
        self.now = at("2012-03-26 09:00:00")
        self.case: CaseFacts = case(all_=(1, 2, 0, 1, 1, 0))
        self.duties: dict[str, DutyFacts] = {each.name: fresh(each) for each in TASKS}

    @rule(hours=st.integers(1, 24 * 40))
    def time_passes(self, hours: int) -> None:
        """And the daily run moves a case that waited for the calendar."""
        self.now += hours * 3600
        self._takes(settle(PLAYED, self._facts(None, "complete", OFFICER, {})))

    @rule(name=st.sampled_from(NAMES))
    def ladder_ends(self, name: str) -> None:
        self.duties[name] = replace(self.duties[name], asked=True)

    @rule(
        name=st.sampled_from(NAMES),
        act=st.sampled_from(tuple(DUTY_ACTS)),
        who=st.sampled_from(tuple(EVERYBODY)),
        days=DAYS,
        earlier=st.integers(0, 10),
        empty=st.sets(st.sampled_from(("reason", "to", "ways", "decision"))),
        behind=st.integers(0, 1),
    )
    def somebody_acts(self, name: str, act: str, who: str, days: int, earlier: int, empty: set[str], behind: int) -> None:
        words = {key: value for key, value in self._words(days, earlier).items() if key not in empty}
        words["expect_version"] = self.case.version - behind

        self._tries(name, act, who, words)

    @rule(name=st.sampled_from(NAMES), act=st.sampled_from(("submit", "receive", "accept", "return", "withdraw", "reopen")))
    def the_right_one_acts(self, name: str, act: str) -> None:
        who = {"submit": "li", "withdraw": "li", "reopen": "officer"}.get(act, "wang")
        self._tries(name, act, who, self._words(5, 0))

    @rule(who=st.sampled_from(tuple(EVERYBODY)), reason=st.sampled_from(("单位正在合并", "")))
    def somebody_moves_it_on(self, who: str, reason: str) -> None:
        facts = self._facts(None, "advance", EVERYBODY[who], {"reason": reason})
        offered = available(PLAYED, facts)

        outcome = self._decided(facts)

        self._agrees(offered, "advance", outcome, facts)
        if outcome is not None:
            self._takes(outcome.phase, by_hand=True)

    @invariant()
    def every_duty_is_in_order(self) -> None:
        for name, each in self.duties.items():
            assert (each.first_submitted_at is None) == (each.on_time is None), name
            if each.state is DutyState.SUBMITTED:
                assert each.submitted_at is not None
            if each.state in (DutyState.OPEN, DutyState.RETURNED):
                assert each.submitted_at is None
                assert not each.ways
            if each.locks_at is not None:
                assert each.closes_at is not None
                assert each.locks_at >= each.closes_at

    @invariant()
    def counts_fit_the_duties(self) -> None:
        for no in range(len(self.case.open_by_phase)):
            assert 0 <= self.case.open_by_phase[no] <= self.case.duties_by_phase[no]

    def _tries(self, name: str, act: str, who: str, words: dict[str, Any]) -> None:
        before = self.duties[name]
        facts = self._facts(before, act, EVERYBODY[who], words)
        offered = available(PLAYED, facts)

        outcome = self._decided(facts)

        assert {action.act for action in offered} == set(acts_in(duty_machine(), str(before.state)))
        self._agrees(offered, act, outcome, facts)
        if outcome is not None:
            self._takes_duty(name, act, before, outcome)

    def _decided(self, facts: Facts) -> Outcome | None:
        """What is decided; the same twice, and with a reason where it is refused."""
        answers: list[Outcome | tuple[Reason, ...]] = []
        for _ in range(2):
            try:
                answers.append(decide(PLAYED, facts))
            except Refused as refusal:
                answers.append(refusal.reasons)
        answer, again = answers
        assert answer == again
        if isinstance(answer, Outcome):
            return answer
        assert answer
        assert all(reason.text for reason in answer)
        return None

    def _agrees(self, offered: Sequence[Action], act: str, outcome: Outcome | None, facts: Facts) -> None:
        """What is offered is allowed once the form is filled in, and what is allowed was offered without a reason."""
        action = next((each for each in offered if each.act == act), None)
        if outcome is not None:
            assert action is not None
            assert action.reasons == ()
        elif action is not None:
            refused = codes(facts)
            assert {reason.code for reason in action.reasons} == refused - NEEDS_WORDS
            assert refused

    def _takes_duty(self, name: str, act: str, before: DutyFacts, outcome: Outcome) -> None:
        after = taken(before, outcome)
        self.duties[name] = after
        assert after.epoch >= before.epoch
        assert before.due_day is None or after.due_day is None or after.due_day >= before.due_day
        assert (after.epoch > before.epoch) == (after.due_day != before.due_day or act == "reopen")
        if before.on_time is not None and after.on_time != before.on_time:
            assert act == "withdraw" or (act == "receive" and after.on_time is True)
        assert (outcome.clock == "run") <= (after.state in CLOCK_RUNS)
        assert (outcome.clock in ("stop", "review")) <= (after.state not in CLOCK_RUNS)
        if after.state in CLOCK_RUNS and before.state not in CLOCK_RUNS:
            assert outcome.clock == "run"
        if after.state not in CLOCK_RUNS and before.state in CLOCK_RUNS:
            assert outcome.clock in ("stop", "review")
        assert outcome.confirms == (act == "accept")
        self._counts(after, before)
        self._takes(outcome.phase)

    def _counts(self, after: DutyFacts, before: DutyFacts) -> None:
        """The counts as the database would give them: occurrences of what recurs are in none."""
        if after.occurrence:
            return
        no = self._phase(after.task)
        opened = list(self.case.open_by_phase)
        opened[no] += (after.state not in CLOSED) - (before.state not in CLOSED)
        self.case = replace(self.case, open_by_phase=tuple(opened))

    def _takes(self, phase: int | None, *, by_hand: bool = False) -> None:
        to = phase or self.case.phase
        assert self.case.phase <= to <= len(self.case.track.phases) + 1
        if not by_hand:
            assert not any(self.case.open_by_phase[self.case.phase : to])
        self.case = replace(self.case, phase=to, version=self.case.version + 1)

    def _words(self, days: int, earlier: int) -> dict[str, Any]:
        today = day_of(self.now)
        received = today - timedelta(days=earlier)
        to = today + timedelta(days=days)
        return {
            "reason": "班子刚换届",
            "to": to,
            "to_closes_at": closes_at(to, None, PLAYED.zone),
            "ways": frozenset({Way.PAPER}),
            "received_on": received,
            "received_at": closes_at(received, None, PLAYED.zone) - 1 if earlier else None,
            "decision": "电话了解",
        }

    def _facts(self, what: DutyFacts | None, act: str, by: Actor, words: dict[str, Any]) -> Facts:
        request = Request(act=act, actor=by, now=self.now, today=day_of(self.now), **words)
        return Facts(request=request, case=self.case, duty=what)

    def _phase(self, of: Task) -> int:
        names = self.case.track.phase_names
        return names.index(of.phase) + 1 if of.phase in names else 0


def fresh(of: Task) -> DutyFacts:
    opens = at("2012-12-01 00:00:00") if of is SUMMARY else None
    return duty("open", of, locks=of.locks, opens_at=opens, occurrence="2012-03" if of.recurring else "")


def taken(before: DutyFacts, outcome: Outcome) -> DutyFacts:
    """The duty as a database would read it back: columns the facts do not show (accepted_at, proxy) are left out."""
    shown = {name: value for name, value in outcome.duty.items() if name in DutyFacts.__slots__}
    if "state" in shown:
        shown["state"] = DutyState(str(shown["state"]))
    return replace(before, **shown, version=before.version + 1)


def codes(facts: Facts) -> set[str]:
    try:
        decide(PLAYED, facts)
    except Refused as refusal:
        return {reason.code for reason in refusal.reasons}
    return set()


AnyOrder.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestActsInAnyOrder = AnyOrder.TestCase


def test_the_right_people_in_the_right_order_bring_a_branch_to_the_end() -> None:
    played = AnyOrder()
    for name, days in (("支部自评", 0), ("党员名册", 0), ("整改计划", 60), ("年度小结", 200), ("谋划一个好思路", 0)):
        played.time_passes(24 * days + 1)
        played.the_right_one_acts(name, "submit")
        played.the_right_one_acts(name, "receive")
        played.the_right_one_acts(name, "accept")

    assert {each.state for each in played.duties.values()} == {DutyState.ACCEPTED, DutyState.OPEN}  # open: the meeting
    assert played.case.current is None
