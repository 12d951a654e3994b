"""W1: cases through their phases, one durable transaction each, by `engine.act`."""

from __future__ import annotations

from bench import floor
from bench.campus import PHASES, Campus, build, engine, shuffled
from bench.places import Place
from bench.rounds import Figure, Job, best, figure

GATE, GOAL = 6.0, 2.0


def advance(place: Place, n: int, rounds: int) -> list[Figure]:
    """W1: n acts `advance` by an officer, with a reason: guards, version check, journal line, the case's new phase."""
    cases = max(1, n // len(PHASES))
    build(place, "ours", cases, phases=len(PHASES), in_sandbox=False)
    floor.lay_down(place, "floor", cases, index=floor.INDEX_ON_LINE)
    order = shuffled(cases)
    times = best(rounds, lambda: _floor(place, order, len(PHASES)), lambda: _advances(place, order), gate=GATE)
    return [figure("W1", cases * len(PHASES), place.kind, *times, gate=GATE, goal=GOAL, note='engine.act("advance")')]


def submit(place: Place, n: int, rounds: int) -> list[Figure]:
    """W1-submit: n acts, half of them `submit` by the branch, half `accept` by the clerk above: what was sent is kept, and the case
    moves on with its last acceptance."""
    cases = max(1, n // (2 * len(PHASES)))
    campus = build(place, "ours", cases, phases=len(PHASES), in_sandbox=False)
    floor.lay_down(place, "floor", cases, index=floor.INDEX_ON_LINE)
    order = shuffled(cases)
    times = best(rounds, lambda: _floor(place, order, 2 * len(PHASES)), lambda: _submissions(place, campus, order))
    return [figure("W1-submit", cases * 2 * len(PHASES), place.kind, *times, note="submit + accept")]


def _floor(place: Place, order: list[int], steps: int) -> tuple[Job, Job]:
    place.copy("floor", "round")
    connection = place.driver("round")
    step = floor.Steps(connection).step

    def job() -> None:
        for phase in range(1, steps + 1):
            for no in order:
                step(no, phase, phase, 1_332_808_200)

    def clear() -> None:
        connection.close()
        place.drop("round")

    return job, clear


def _advances(place: Place, order: list[int]) -> tuple[Job, Job]:
    place.copy("ours", "round")
    made = engine(place.url("round"))
    campaign = made.campaign()
    officer = made.person("A1:联系人")

    def job() -> None:
        for _ in PHASES:
            for no in order:
                made.act("advance", case=no + 1, by=officer, reason="会议研究同意")

    def clear() -> None:
        rows = made.status(campaign.id).rows
        assert {row.phase for row in rows} == {"办结"}, "every case must have gone through every phase"
        made.close()
        place.drop("round")

    return job, clear


def _submissions(place: Place, campus: Campus, order: list[int]) -> tuple[Job, Job]:
    place.copy("ours", "round")
    made = engine(place.url("round"))
    made.campaign()

    def job() -> None:
        for phase in range(len(PHASES)):
            for no in order:
                duty = phase * campus.branches + no + 1
                made.act("submit", duty=duty, by=campus.secretaries[no])
                made.act("accept", duty=duty, by=campus.clerk_of(no))

    def clear() -> None:
        assert {row.phase for row in made.status().rows} == {"办结"}, "every case must have gone through every phase"
        made.close()
        place.drop("round")

    return job, clear
