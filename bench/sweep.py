"""W2: one run over N duties of which a share is due, by `engine.escalate`: planned, claimed, folded into messages, timers set."""

from __future__ import annotations

from bench import floor
from bench.campus import FIRST_RUNG, build, engine
from bench.places import Place
from bench.rounds import Figure, Job, best, figure
from duban.clock import parse_instant
from storage.database import Database

AT = parse_instant(FIRST_RUNG)
EARLIER = AT - 23 * 3600
LATER = AT + 30 * 86_400
GATE, GOAL = 2.5, 1.2
GATED_FROM = 100_000
"""With fewer duties the seven milliseconds that thirty statements take by themselves count; and the gate was set for SQLite."""
GROWTH_GATE, GROWTH_GOAL, GROWTH_FROM, GROWTH_DUE = 4.0, 2.0, 10_000, 1_000
COUNTED = ("duty", "case_", "journal", "reminder", "message", "delivery", "timer", "opening", "run", "meta")


def sweep(place: Place, n: int, rounds: int) -> list[Figure]:
    """W2: one duty in ten is due, one reminder and one message each. W2-again: the second run, which must write nothing."""
    due = n // 10
    gate = GATE if place.kind == "sqlite" and n >= GATED_FROM else None
    prepare(place, "ours", n, due)
    floor.lay_down(place, "floor", n, due=due, at=AT, later=LATER, index=floor.INDEX_ON_DUE)
    first = best(rounds, lambda: _floor(place, due), lambda: _ours(place, "ours", due), gate=gate)
    wrote: set[tuple[int, int]] = set()
    again = best(rounds, lambda: _floor(place, due, again=True), lambda: _again(place, wrote))
    rows, size = max(wrote)
    return [
        figure("W2", n, place.kind, *first, gate=gate, goal=GOAL, note=f"{due} due, one reminder and one message each"),
        figure("W2-again", n, place.kind, *again, note=f"wrote {rows} rows, {size} bytes", broken=rows > 0),
    ]


def growth(place: Place, n: int, rounds: int) -> list[Figure]:
    """W2-growth: 1 000 due among n, against the same among 10 000 (which stands in the floor's place)."""
    for name, size in (("few", GROWTH_FROM), ("many", n)):
        prepare(place, name, size, GROWTH_DUE)
    few, many = (lambda: _ours(place, "few", GROWTH_DUE)), (lambda: _ours(place, "many", GROWTH_DUE))
    times = best(rounds, few, many, gate=GROWTH_GATE)
    note = f"{GROWTH_DUE} due among {n}, against among {GROWTH_FROM}"
    return [figure("W2-growth", n, place.kind, *times, gate=GROWTH_GATE, goal=GROWTH_GOAL, note=note)]


def prepare(place: Place, name: str, n: int, due: int) -> None:
    """n branches that owe one duty each. `due` of them, evenly strewn over every table, keep their line; the others get a later one,
    and the first duty an earlier one."""
    build(place, name, n, phases=1, in_sandbox=True)
    database = Database(place.url(name))
    with database.write() as connection:
        others = f"% {n // due} <> 0"
        connection.exec_driver_sql(
            "UPDATE duty SET due_day = due_day + 30, first_due_day = due_day + 30, closes_at = closes_at + 30 * 86400"
            f" WHERE id {others}".replace("%", _percent(place))
        )
        connection.exec_driver_sql(f"UPDATE timer SET at = {LATER} WHERE duty_id {others}".replace("%", _percent(place)))
        connection.exec_driver_sql("UPDATE duty SET due_day = due_day - 31 WHERE id = 1")
        connection.exec_driver_sql(f"UPDATE timer SET at = {EARLIER} WHERE duty_id = 1")
    with database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    database.close()


def _percent(place: Place) -> str:
    return "%" if place.kind == "sqlite" else "%%"  # psycopg reads a lone one as the beginning of a parameter


def _floor(place: Place, due: int, *, again: bool = False) -> tuple[Job, Job]:
    place.copy("floor", "round")
    connection = place.driver("round")
    if again:
        floor.sweep(connection, AT, LATER)
    done: list[int] = []

    def job() -> None:
        done.append(floor.sweep(connection, AT, LATER))

    def clear() -> None:
        assert done == [0 if again else due], done
        connection.close()
        place.drop("round")

    return job, clear


def _ours(place: Place, name: str, due: int) -> tuple[Job, Job]:
    place.copy(name, "round")
    made = engine(place.url("round"), at=FIRST_RUNG)
    made.escalate(as_of=EARLIER)  # one duty: definition and statements are compiled once for a program, not once for a run
    done: list[tuple[str, int, int]] = []

    def job() -> None:
        run = made.escalate()
        done.append((run.state, run.reminders, run.messages))

    def clear() -> None:
        assert done == [("done", due, due)], done
        made.close()
        place.drop("round")

    return job, clear


def _again(place: Place, wrote: set[tuple[int, int]]) -> tuple[Job, Job]:
    """The second run for the same moment; what it wrote is added to `wrote` as (rows, bytes)."""
    place.copy("ours", "round")
    made = engine(place.url("round"), at=FIRST_RUNG)
    made.escalate()
    rows, size = _rows(place), place.written("round")

    def job() -> None:
        assert made.escalate().state == "nothing_due"

    def clear() -> None:
        wrote.add((_rows(place) - rows, place.written("round") - size))
        made.close()
        place.drop("round")

    return job, clear


def _rows(place: Place) -> int:
    """How many rows there are, plus every version a duty or case has had: it grows with whatever a run can write."""
    connection = place.driver("round")
    counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in COUNTED)
    versions = "(SELECT sum(version) FROM duty) + (SELECT sum(version) FROM case_)"
    total = connection.execute(f"SELECT {counts} + {versions}").fetchone()[0]
    connection.close()
    return int(total)
