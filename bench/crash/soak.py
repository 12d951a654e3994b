"""`python -m bench crash --points 300`: is a life that was cut off anywhere, and simply begun again, the life it would have been?

For each database and each policy (repeat, park): an uncrashed life is watched and its checkpoints counted; then, for so many of them, a
life is killed there, begun again until nothing is left, and compared.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from bench.crash import invariants, school
from bench.crash.checkpoints import KILLED, Point, by_stage, chosen, read_points
from bench.crash.gateway import Gateway, read_calls
from bench.crash.life import LATER, POLICIES, Life, at_mornings, morning
from bench.crash.picture import Picture, picture
from bench.crash.stable import Stable
from bench.places import Place, open_place
from storage.database import Database

LANES = 2
CRONS = 4
"""How often cron comes again, every two hours, before what still waits counts as lost."""
NEXT_DAY = 86_400

_numbers = count(1)


@dataclass(kw_only=True)
class Tally:
    """What came of the lives of one database. `problems` are violations, each with the point it came from."""

    kind: str
    points: int = 0
    stages: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    unfolded: int = 0
    repeats: dict[str, int] = field(default_factory=dict)
    parked: dict[str, int] = field(default_factory=dict)
    missed: int = 0
    problems: list[str] = field(default_factory=list)

    def line(self) -> str:
        stages = ", ".join(f"{stage} {n}" for stage, n in self.stages.items())
        counted = "; ".join(f"{p}: {self.repeats[p]} repeats with the same key, {self.parked[p]} parked" for p in self.repeats)
        verdict = "ok" if not self.problems else f"{len(self.problems)} VIOLATIONS"
        return (
            f"{self.kind}: {self.points} points ({stages}); duplicates {self.duplicates}; unfolded {self.unfolded};"
            f" {counted}; {verdict}"
        )


@dataclass(frozen=True, kw_only=True)
class Whole:
    """An uncrashed life: the database as each morning found it, the points of each morning, and how it ended."""

    begins: tuple[str, ...]
    points: tuple[tuple[Point, ...], ...]
    end: Picture


@dataclass(kw_only=True)
class Lane:
    """One process that forks, one receiver; many lanes work side by side on databases of their own."""

    place: Place
    folder: Path
    stable: Stable
    gateway: Gateway
    channel: str = "hook"

    def life(self, name: str, policy: str) -> Life:
        folder, hook = str(self.folder / f"{name}.messages"), self.gateway.url()
        port = self.gateway.smtp_port if self.channel == "mail" else 0
        return Life(url=self.place.url(name), folder=folder, hook=hook, policy=policy, channel=self.channel, smtp_port=port)


def soak(place: Place, lanes: Sequence[Lane], points: int, *, policies: Sequence[str] = POLICIES, branches: int = 30) -> Tally:
    """Lives cut off at `points` places under each policy, of three committees with so many branches."""
    tally = Tally(kind=place.kind)
    source = f"school{next(_numbers)}"
    place.make(source)
    school.build(place.url(source), branches=branches)
    for policy in policies:
        whole = watched(lanes[0], source, policy)
        picked = list(_picked(whole, points))
        tally.points += len(picked)
        for stage, n in by_stage([point for _, point in picked]).items():
            tally.stages[stage] = tally.stages.get(stage, 0) + n
        for trial in _all(lanes, whole, picked, policy):
            _add(tally, trial, policy)
        for name in whole.begins[1:]:
            place.drop(name)
    place.drop(source)
    return tally


@dataclass(kw_only=True)
class Trial:
    """What one life that was cut off came to."""

    where: str
    missed: bool = False
    repeats: int = 0
    parked: int = 0
    duplicates: int = 0
    unfolded: int = 0
    problems: list[str] = field(default_factory=list)


def watched(lane: Lane, source: str, policy: str) -> Whole:
    """The uncrashed life, morning by morning; what it looked like before each is kept."""
    name, place = f"whole{next(_numbers)}", lane.place
    place.copy(source, name)
    life = lane.life(name, policy)
    begins, points = [source], list[tuple[Point, ...]]()
    lane.gateway.log.unlink(missing_ok=True)
    for no, at in enumerate(at_mornings()):
        if no:
            begins.append(f"{name}-{no}")
            place.copy(name, begins[-1])
        log = lane.folder / f"{name}-{no}.points"
        assert lane.stable.run(morning, life, at, 0, 0, log) == 0
        points.append(tuple(read_points(log)))
        log.unlink()
    database = Database(life.url)
    found = picture(database)
    problems = invariants.broken(database, read_calls(lane.gateway.log))
    database.close()
    place.drop(name)
    assert not problems, problems
    return Whole(begins=tuple(begins), points=tuple(points), end=found)


def cut_off(lane: Lane, whole: Whole, at: int, point: Point, policy: str) -> Trial:
    """A life that ends at a point of a morning, and is begun again until nothing is left."""
    name = f"life{next(_numbers)}"
    lane.place.copy(whole.begins[at], name)
    lane.gateway.log.unlink(missing_ok=True)
    life = lane.life(name, policy)
    trial = Trial(
        where=f"{lane.place.kind}, {policy}, morning {at + 1}, point {point.n} ({point.stage}, {point.when} {point.what})"
    )
    code = lane.stable.run(morning, life, at_mornings()[at], 0, point.n, None)
    if code != KILLED:
        trial.missed = code == 0
        trial.problems += [] if trial.missed else [f"{trial.where}: ended with {code}"]
    for later in range(at, len(at_mornings())):
        trial.problems += [f"{trial.where}: {line}" for line in _again(lane, life, at_mornings()[later])]
    _judge(lane, life, whole, trial)
    lane.place.drop(name)
    shutil.rmtree(life.folder, ignore_errors=True)
    return trial


def _again(lane: Lane, life: Life, at: int) -> Iterator[str]:
    """Cron comes at once, then every two hours while something is left, then the next morning for what was parked."""
    instants = [(at + no * LATER, no * LATER) for no in range(CRONS)] + [(at + NEXT_DAY, NEXT_DAY)]
    for no, (now, shift) in enumerate(instants):
        code = lane.stable.run(morning, life, now, shift, 0, None)
        if code:
            yield f"begun again for the {no + 1}. time it ended with {code}"
        if not _left(life):
            return


def _left(life: Life) -> int:
    database = Database(life.url)
    try:
        return len(invariants.unfolded(database)) + len(invariants.undelivered(database))
    finally:
        database.close()


def _judge(lane: Lane, life: Life, whole: Whole, trial: Trial) -> None:
    database = Database(life.url)
    calls = read_calls(lane.gateway.log)
    end = picture(database)
    found = invariants.broken(database, calls)
    trial.unfolded = len(invariants.unfolded(database))
    trial.duplicates = len(invariants.split_digests(database)) + len(invariants.one_digest_a_day(database))
    trial.parked = sum(n for row, n in end.tables["message"].items() if row[4] == "unknown")
    trial.repeats = invariants.repeats(calls)
    found += (end.sent() if life.policy == "park" else end).differences(whole.end)
    if life.policy == "park" and trial.repeats:
        found.append(f"a channel that parks has repeated {trial.repeats} messages")
    trial.problems += [f"{trial.where}: {line}" for line in found]
    database.close()


def _picked(whole: Whole, points: int) -> Iterator[tuple[int, Point]]:
    """The points of all mornings together, evenly over the three stages."""
    all_ = [(at, point) for at, points_ in enumerate(whole.points) for point in points_]
    numbered = [Point(n=no, when=p.when, stage=p.stage, what=p.what) for no, (_, p) in enumerate(all_)]
    for point in chosen(numbered, points):
        yield all_[point.n]


def _all(lanes: Sequence[Lane], whole: Whole, picked: Iterable[tuple[int, Point]], policy: str) -> Iterator[Trial]:
    free: SimpleQueue[Lane] = SimpleQueue()
    for lane in lanes:
        free.put(lane)

    def one(asked: tuple[int, Point]) -> Trial:
        lane = free.get()
        try:
            return cut_off(lane, whole, *asked, policy)
        finally:
            free.put(lane)

    with ThreadPoolExecutor(len(lanes)) as pool:
        yield from pool.map(one, picked)


def _add(tally: Tally, trial: Trial, policy: str) -> None:
    tally.missed += trial.missed
    tally.duplicates += trial.duplicates
    tally.unfolded += trial.unfolded
    tally.repeats[policy] = tally.repeats.get(policy, 0) + trial.repeats
    tally.parked[policy] = tally.parked.get(policy, 0) + trial.parked
    tally.problems += trial.problems


@contextmanager
def open_lanes(place: Place, folder: Path, wanted: int = LANES, channel: str = "hook") -> Iterator[list[Lane]]:
    made: list[Lane] = []
    try:
        for no in range(wanted):
            gateway = Gateway(folder / f"calls{no}.jsonl")
            gateway.__enter__()
            made.append(Lane(place=place, folder=folder, stable=Stable(), gateway=gateway, channel=channel))
        yield made
    finally:
        for lane in made:
            lane.stable.close()
            lane.gateway.__exit__(None, None, None)


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="duban-crash-") as name:
        yield Path(name)


def main(kinds: Sequence[str], points: int) -> int:
    """Prints a line a database, then every violation, then a line about lives in any order. Exit code 1 if there is a violation."""
    code = 0
    for kind in kinds:
        print(f"crash on {kind} …", file=sys.stderr)
        with _folder() as folder, open_place(kind) as place, open_lanes(place, folder) as lanes:
            tally = soak(place, lanes, points)
            print(tally.line(), *tally.problems, sep="\n", flush=True)
            code |= bool(tally.problems or tally.missed)
            for policy in POLICIES:
                code |= _any_order(lanes[0], policy, points if kind == "sqlite" else max(1, points // 10))
    return code


def _any_order(lane: Lane, policy: str, examples: int) -> int:
    """Lives in which anything happens in any order: 300 of 25 steps and more, for each policy."""
    from bench.crash.any_order import STEPS, bound, play  # Hypothesis is of the development extra

    machine = bound(lane, policy)
    failure = play(machine, examples)
    seen = ", ".join(f"{what} {n}" for what, n in sorted(machine.seen.items()) if "refused" not in what)
    print(
        f"{lane.place.kind}, {policy}: {examples} lives of {STEPS} steps in any order ({seen}); {failure or 'ok'}", flush=True
    )
    return bool(failure)
