"""督办程序: what holds whatever the ladder, the holds, the gates and the hours of the runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from clockwork import CALENDAR
from hypothesis import given
from hypothesis import strategies as st
from scene import at, campaign, day_of, rung

from workflow.ladder import REACHED, Group, Step, first_look, plan, slot_day
from workflow.model import Campaign, Rung

HOURS = st.sampled_from((time(8, 30), time(7), time(14), time(20)))


@st.composite
def campaigns(draw: st.DrawFn) -> Campaign:
    offsets = draw(st.lists(st.tuples(st.integers(-6, 8), HOURS), min_size=1, max_size=6))
    repeats = st.one_of(st.none(), st.integers(1, 3))
    ladder = tuple(
        rung(
            no,
            offset,
            at=hour,
            dwell=draw(st.integers(1, 3)),
            repeat_every=draw(repeats),
            repeat_most=draw(st.integers(1, 4)),
            gate=draw(st.sampled_from(("none", "none", *REACHED))),
        )
        for no, (offset, hour) in enumerate(sorted(offsets), start=1)
    )
    catchup = draw(st.sampled_from(("climb", "climb", "collapse")))
    if draw(st.booleans()):
        return campaign(ladder=ladder, catchup=catchup)
    return campaign(ladder=(), review_ladder=ladder, catchup=catchup)


@st.composite
def starts(draw: st.DrawFn) -> Group:
    due = draw(st.dates(date(2011, 12, 1), date(2026, 12, 31)))
    internal = draw(st.one_of(st.none(), st.integers(1, 8).map(lambda days: due - timedelta(days=days))))
    return Group(due=due, internal=internal, made_on=due - timedelta(days=draw(st.integers(-10, 30))))


@dataclass(frozen=True)
class Run:
    """`gap` days after the one before, at a second of its day; a hold of some days from then, and what came of the last message."""

    gap: int
    second: int
    hold: int | None
    reached: str


RUNS = st.lists(
    st.builds(
        Run,
        gap=st.integers(0, 9),
        second=st.integers(0, 86_399),
        hold=st.one_of(st.none(), st.none(), st.integers(-2, 9)),
        reached=st.sampled_from(REACHED),
    ),
    min_size=1,
    max_size=30,
)


def ladder_of(played: Campaign) -> tuple[Rung, ...]:
    return played.ladder or played.review_ladder


def moments(start: Group, runs: Sequence[Run]) -> list[tuple[int, Run]]:
    """The runs with their instants, ascending."""
    zero, day, now = at(f"{start.made_on} 00:00:00"), 0, 0
    found = []
    for run in runs:
        day += run.gap
        now = max(now, zero + day * 86_400 + run.second)
        found.append((now, run))
    return found


def held(group: Group, run: Run, now: int) -> Group:
    hold = day_of(now) + timedelta(days=run.hold) if run.hold is not None else None
    return replace(group, held_to=hold, reached=run.reached)


def after(group: Group, step: Step) -> Group:
    return replace(group, rung=step.told, repeat=step.repeat, told_on=step.told_on)


@given(campaigns(), starts(), RUNS)
def test_a_step_goes_up_the_ladder_tells_one_rung_at_most_and_is_followed_by_a_look(
    played: Campaign, start: Group, runs: Sequence[Run]
) -> None:
    ladder = ladder_of(played)
    mine, told, skipped = replace(start, review=not played.ladder), set[tuple[int, int]](), set[int]()

    for now, run in moments(start, runs):
        mine = held(mine, run, now)
        step = plan(played, mine, now, CALENDAR)
        if step.fire is not None:
            assert (step.fire.no, step.repeat) not in told
            told.add((step.fire.no, step.repeat))
            assert mine.held_to is None or day_of(now) > mine.held_to
            assert now >= at(f"{slot_day(step.fire, mine, CALENDAR)} {step.fire.at}")
            assert step.fire.offset > 0 or day_of(now) <= mine.due
            assert step.blocked is None
        skipped |= {each.no for each, _ in step.skipped}
        assert step.told >= mine.rung
        assert step.next_at is None or step.next_at > now
        # While a rung remains that was neither told nor skipped, somebody will look again.
        assert step.next_at is not None or step.told == ladder[-1].no
        assert (step.blocked is None) == (step.waiting is None)
        mine = after(mine, step)

    assert not skipped & {no for no, _ in told}
    assert {each.no for each in ladder if each.no <= mine.rung} == skipped | {no for no, _ in told}


@given(campaigns(), starts(), RUNS)
def test_nothing_is_told_before_the_look_that_was_named(played: Campaign, start: Group, runs: Sequence[Run]) -> None:
    # Running more often tells no more: all else being equal, a run before the next look tells nobody.
    mine = replace(start, review=not played.ladder)

    for now, run in moments(start, runs):
        mine = held(mine, run, now)
        step = plan(played, mine, now, CALENDAR)
        mine = after(mine, step)
        until = step.next_at if step.next_at is not None else now + 40 * 86_400
        for moment in (now, now + 1, (now + until) // 2, until - 1):
            again = plan(played, mine, moment, CALENDAR)
            assert again.fire is None
            mine = after(mine, again)


@given(campaigns(), starts(), RUNS)
def test_however_often_it_runs_a_day_tells_one_escalation_at_most(played: Campaign, start: Group, runs: Sequence[Run]) -> None:
    mine = replace(start, review=not played.ladder)
    climbed: list[date] = []

    for now, run in moments(start, runs):
        for moment in (now, *(at(f"{day_of(now)} {hour}") for hour in ("08:30:00", "14:00:00", "20:00:00", "23:59:59"))):
            if moment >= now:
                step = plan(played, held(mine, run, now), moment, CALENDAR)
                climbed += [day_of(moment)] if step.fire is not None and step.fire.offset > 0 else []
                mine = after(mine, step)

    assert len(climbed) == len(set(climbed))


@given(campaigns(), starts(), st.integers(0, 40), st.integers(0, 86_399), st.integers(0, 9))
def test_hold_only_ever_puts_the_next_look_off(played: Campaign, start: Group, days: int, second: int, hold: int) -> None:
    mine = replace(start, review=not played.ladder)
    now = at(f"{start.made_on} 00:00:00") + days * 86_400 + second
    kept = replace(mine, held_to=day_of(now) + timedelta(days=hold))

    free, held_back = first_look(played, mine, CALENDAR), first_look(played, kept, CALENDAR)

    assert free is not None
    assert held_back is not None
    assert held_back >= free
    assert day_of(held_back) > day_of(now) + timedelta(days=hold)
    step = plan(played, kept, now, CALENDAR)
    assert (step.fire, step.skipped, step.blocked) == (None, (), None)
    assert step.next_at == held_back


@given(campaigns(), starts(), RUNS)
def test_climbing_never_passes_over_an_escalation(played: Campaign, start: Group, runs: Sequence[Run]) -> None:
    mine = replace(start, review=not played.ladder)
    climbed = replace(played, catchup="climb")

    for now, run in moments(start, runs):
        mine = held(mine, run, now)
        step = plan(climbed, mine, now, CALENDAR)
        assert all(each.offset <= 0 for each, _ in step.skipped)
        if step.fire is not None and step.fire.offset > 0 and not step.repeat:
            assert step.fire.no == min(each.no for each in ladder_of(played) if each.no > mine.rung and each.offset > 0)
        mine = after(mine, step)


@given(campaigns(), starts(), RUNS)
def test_daily_runs_with_open_gates_climb_the_whole_ladder(played: Campaign, start: Group, runs: Sequence[Run]) -> None:
    mine = replace(start, review=not played.ladder)
    for now, run in moments(start, runs):
        mine = after(mine, plan(played, held(mine, run, now), now, CALENDAR))
    zero = at(f"{max(start.due, day_of(now), mine.told_on or start.due)} 23:59:00")
    mine = replace(mine, held_to=None, reached="delivered")

    for number in range(150):
        step = plan(played, mine, zero + number * 86_400, CALENDAR)
        if step.blocked == "calendar":
            break
        mine = after(mine, step)
    else:
        assert mine.rung == ladder_of(played)[-1].no
