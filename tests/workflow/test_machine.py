"""The machines: which acts exist in which state, and that there is no way around the guards."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files

import pytest
from scene import (
    ALL_WORDS,
    BRANCH_TRACK,
    CAMPAIGN,
    LI,
    OFFICER,
    PHASES,
    SECOND_TRACK,
    WANG,
    ZHAO,
    ZONE,
    ask,
    case,
    duty,
    facts,
    phase,
)
from transitions import Machine, MachineError

from phases.compile import compile_definition
from workflow.decide import available
from workflow.guards import ACT_WORDS, Attempt
from workflow.machine import (
    ACTS,
    CASE_ACTS,
    DUTY_ACTS,
    acts_in,
    duty_machine,
    phase_name,
    phase_on,
    sources,
    track_machine,
    try_act,
)
from workflow.model import CLOSED, Campaign, DutyState, Track

LIBRARY = ("standard", "d0", "d1", "d2", "d3", "d4")


@cache
def compiled(name: str) -> Campaign:
    return compile_definition(files("phases.library").joinpath(f"{name}.yaml").read_text(encoding="utf-8"), name=name)


TRACKS = [pytest.param(track, id=f"{name}-{track.key}") for name in LIBRARY for track in compiled(name).tracks]


def machines() -> list[Machine]:
    return [duty_machine(), track_machine(BRANCH_TRACK), track_machine(SECOND_TRACK)]


@pytest.mark.parametrize("machine", machines(), ids=["duty", "branch", "second level"])
def test_there_is_no_transition_that_skips_the_guards(machine: Machine) -> None:
    assert machine.auto_transitions is False
    assert not [name for name in machine.events if name.startswith("to_")]
    assert machine.models == []


def test_machine_knows_exactly_the_acts_that_people_are_offered() -> None:
    assert set(duty_machine().events) == set(DUTY_ACTS)
    assert {*DUTY_ACTS, *CASE_ACTS} == set(ACTS) == set(ACT_WORDS)


def test_duty_has_exactly_its_six_states() -> None:
    assert set(duty_machine().states) == {str(state) for state in DutyState}


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        ("submit", "open", "submitted"),
        ("submit", "returned", "submitted"),
        ("withdraw", "submitted", "open"),
        ("accept", "submitted", "accepted"),
        ("return", "submitted", "returned"),
        ("receive", "open", "submitted"),
        ("receive", "returned", "submitted"),
        ("receive", "submitted", "submitted"),
        ("extend", "open", "open"),
        ("extend", "returned", "returned"),
        ("extend", "submitted", "submitted"),
        ("waive", "open", "waived"),
        ("waive", "submitted", "waived"),
        ("reopen", "accepted", "open"),
        ("reopen", "waived", "open"),
        ("sign", "returned", "returned"),
    ],
)
def test_act_leads_from_one_state_to_the_other(act: str, before: str, after: str) -> None:
    by = {"submit": LI, "withdraw": LI, "waive": OFFICER, "reopen": OFFICER, "extend": OFFICER}.get(act, WANG)
    if act == "sign":
        by = replace(OFFICER, standing=frozenset({("组织部", "部长")}))
    attempt = Attempt(state=before, facts=facts(ask(act, by, **ALL_WORDS), duty(before, asked=True)), zone=ZONE)

    moved = try_act(duty_machine(), act, attempt)

    assert (moved, attempt.state, attempt.reasons) == (True, after, [])


def test_refused_act_leaves_the_state_where_it_was_and_says_why() -> None:
    attempt = Attempt(state="submitted", facts=facts(ask("accept", ZHAO), duty("submitted")), zone=ZONE)

    moved = try_act(duty_machine(), "accept", attempt)

    assert (moved, attempt.state) == (False, "submitted")
    assert [reason.code for reason in attempt.reasons] == ["wrong-actor"]


def test_nothing_leads_out_of_a_duty_that_no_longer_applies() -> None:
    assert acts_in(duty_machine(), "void") == ()
    assert available(CAMPAIGN, facts(ask("look", OFFICER), duty("void"))) == ()


def test_closed_duty_can_only_be_reopened() -> None:
    left = {state: acts_in(duty_machine(), str(state)) for state in CLOSED if state is not DutyState.VOID}

    assert left == {DutyState.ACCEPTED: ("reopen",), DutyState.WAIVED: ("reopen",)}


def test_act_that_does_not_exist_in_a_state_is_an_error_of_the_caller() -> None:
    attempt = Attempt(state="open", facts=facts(ask("accept", WANG), duty()), zone=ZONE)

    assert "open" not in sources(duty_machine(), "accept")
    with pytest.raises(MachineError):
        try_act(duty_machine(), "accept", attempt)
    with pytest.raises(KeyError):
        try_act(duty_machine(), "void", attempt)


def test_one_machine_serves_all_cases_of_a_track() -> None:
    same = Track(key=BRANCH_TRACK.key, kinds=BRANCH_TRACK.kinds, phases=BRANCH_TRACK.phases)

    assert track_machine(same) is track_machine(BRANCH_TRACK)
    assert track_machine(SECOND_TRACK) is not track_machine(BRANCH_TRACK)
    assert duty_machine() is duty_machine()


def test_attempts_on_one_machine_do_not_know_of_each_other() -> None:
    machine = duty_machine()
    mine = Attempt(state="open", facts=facts(ask("submit", LI), duty()), zone=ZONE)
    his = Attempt(state="submitted", facts=facts(ask("accept", WANG), duty("submitted")), zone=ZONE)

    try_act(machine, "submit", mine)
    try_act(machine, "accept", his)

    assert (mine.state, his.state) == ("submitted", "accepted")


@pytest.mark.parametrize("track", TRACKS)
def test_every_track_of_the_library_leads_step_by_step_to_its_end(track: Track) -> None:
    machine = track_machine(track)
    end = str(len(track.phases) + 1)

    assert set(machine.states) == {str(no) for no in range(1, len(track.phases) + 2)}
    assert set(machine.events) == {"advance", "complete", "open_next"}
    assert reachable(machine, "1") == [str(no) for no in range(1, len(track.phases) + 2)]
    assert acts_in(machine, end) == ()


@pytest.mark.parametrize("track", TRACKS)
def test_officer_can_lead_a_case_of_any_track_through_every_phase(track: Track) -> None:
    machine = track_machine(track)
    state, seen = "1", []
    while state in sources(machine, "advance"):
        seen.append(phase_name(track, int(state)))
        where = case(int(state), track=track, all_=(0,) * (len(track.phases) + 2))
        attempt = Attempt(state=state, facts=facts(ask("advance", OFFICER, reason="单位正在合并"), None, where), zone=ZONE)
        assert try_act(machine, "advance", attempt)
        state = attempt.state

    assert seen == list(track.phase_names)
    assert phase_name(track, int(state)) == "办结"


def test_phases_of_the_same_name_are_different_states() -> None:
    twice = Track(key="党支部", phases=(phase(1, "讲评"), phase(2, "讲评")))

    assert reachable(track_machine(twice), "1") == ["1", "2", "3"]


def test_phase_after_the_last_is_the_end() -> None:
    assert [phase_name(BRANCH_TRACK, no) for no in range(1, 6)] == ["调查摸底", "健全组织", "对标整改", "考评总结", "办结"]
    assert phase_on(BRANCH_TRACK, 4) == PHASES[3]
    assert phase_on(BRANCH_TRACK, 5) is None


def test_calendar_opens_a_phase_on_its_first_day_or_when_the_one_before_has_closed() -> None:
    days = [BRANCH_TRACK.opening_day(no) for no in range(2, 6)]

    assert [str(day) for day in days] == ["2012-03-31", "2012-04-14", "2012-12-01", "2013-01-01"]


def test_calendar_opens_no_phase_before_the_one_before_it_where_windows_overlap() -> None:
    overlapping = Track(
        key="党支部",
        phases=(
            phase(1, "调查摸底", closes=date(2012, 3, 30)),
            phase(2, "健全组织", closes=date(2012, 4, 13)),
            phase(3, "整改提高", opens=date(2012, 3, 1), closes=date(2012, 11, 30)),
        ),
    )

    assert [str(overlapping.opening_day(no)) for no in (2, 3, 4)] == ["2012-03-31", "2012-03-31", "2012-12-01"]


def test_calendar_opens_no_phase_that_has_no_day() -> None:
    undated = Track(key="党支部", phases=(phase(1, "对标整改"), phase(2, "学习先进")))

    assert [undated.opening_day(no) for no in (2, 3)] == [None, None]


def reachable(machine: Machine, start: str) -> list[str]:
    """The states that can be reached, in the order in which they are found."""
    found, waiting = [start], deque([start])
    while waiting:
        here = waiting.popleft()
        ways = [t for event in machine.events.values() for t in event.transitions.get(here, [])]
        for dest in dict.fromkeys(str(way.dest) for way in ways):
            if dest not in found:
                found.append(dest)
                waiting.append(dest)
    return found
