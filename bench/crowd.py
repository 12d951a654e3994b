"""W2-crowd: everything is due at once and a few people must hear of it: one message each, and whoever looks meanwhile does not wait."""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.connection import Connection
from tempfile import TemporaryDirectory
from time import perf_counter

from bench import floor
from bench.campus import build, engine
from bench.places import Place
from bench.rounds import Figure, Job, best, figure
from bench.sweep import AT, LATER

PEOPLE = 400
LONGEST = 1.0
"""Seconds a reader may wait at most while a run writes."""
AFTER_THE_LINE = "2012-03-31T08:30:00+08:00"
"""One working day after 30 March 2012: that Saturday was worked. The first step was missed, the second tells the clerks."""


def crowd(place: Place, n: int, rounds: int) -> list[Figure]:
    """n duties due for 400 clerks. What is timed is the run (plan and fold); the 400 letters are then rendered and written into a folder,
    and all the while another process keeps looking at the board."""
    build(place, "crowd", n, phases=1, in_sandbox=True, per_committee=n // PEOPLE)
    floor.lay_down(place, "floor", n, due=n, at=AT, later=LATER, index=floor.INDEX_ON_DUE)
    waits: list[float] = []
    messages: set[int] = set()
    times = best(rounds, lambda: _floor(place), lambda: _ours(place, n, messages, waits))
    longest = max(waits)
    note = f"{n} due for {PEOPLE} people: {max(messages)} messages; a reader waited {longest * 1000:.0f} ms at most"
    broken = max(messages) > PEOPLE or longest > LONGEST
    return [figure("W2-crowd", n, place.kind, *times, note=note, broken=broken)]


def _floor(place: Place) -> tuple[Job, Job]:
    place.copy("floor", "round")
    connection = place.driver("round")

    def clear() -> None:
        connection.close()
        place.drop("round")

    return lambda: _swept(connection), clear


def _swept(connection: object) -> None:
    floor.sweep(connection, AT, LATER)


def _ours(place: Place, n: int, messages: set[int], waits: list[float]) -> tuple[Job, Job]:
    place.copy("crowd", "round")
    letters = TemporaryDirectory(prefix="duban-bench-")
    made = engine(place.url("round"), at=AFTER_THE_LINE, folder=letters.name)
    ours, theirs = get_context("spawn").Pipe()
    reader = get_context("spawn").Process(target=look, args=(place.url("round"), theirs))
    reader.start()
    assert ours.recv() == "ready"

    def job() -> None:
        run = made.escalate()
        assert run.reminders == n, run
        messages.add(run.messages)

    def clear() -> None:
        assert made.deliver().sent == PEOPLE
        ours.send("stop")
        waits.append(ours.recv())
        reader.join()
        made.close()
        letters.cleanup()
        place.drop("round")

    return job, clear


def look(url: str, pipe: Connection) -> None:
    """Ask for the board of one committee again and again, until told to stop; answers the longest time one look took."""
    with engine(url, at=AFTER_THE_LINE) as made:
        made.status(unit="C7")
        pipe.send("ready")
        longest = 0.0
        while not pipe.poll():
            start = perf_counter()
            made.status(unit="C7")
            longest = max(longest, perf_counter() - start)
        pipe.recv()
        pipe.send(longest)
