"""What people, clocks and crashes can do, in any order: acts, answers, holds, new ladders, bad weather at the receiver, kills. Case 82.

After every step the invariants must hold; at the end, when nothing holds anything back any more, nothing may be left lying.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bench.crash import invariants, school
from bench.crash.checkpoints import KILLED
from bench.crash.gateway import Play, accepted_then_reset, away, limited, ok, read_calls, refused, reset
from bench.crash.invariants import Look, Readable
from bench.crash.life import Life, morning
from duban.clock import Clock
from duban.service.context import day_of
from storage.database import Database
from workflow.errors import Refused

if TYPE_CHECKING:
    from bench.crash.soak import Lane

COMMITTEES, BRANCHES = 2, 2
UNITS = tuple(f"c{c}b{b}" for c in range(1, COMMITTEES + 1) for b in range(1, BRANCHES + 1))
SECRETARY = {unit: f"n{unit[1]}-{unit[3]}" for unit in UNITS}
OFFICER = "9101"
BEGIN = "2026-03-25 08:30"
"""The morning of the first reminder: four messages wait when a life begins."""
SLOTS = tuple(school.instant(f"{day} 08:30") for day in ("2026-03-31", "2026-04-02", "2026-04-09"))
LADDERS = (
    school.CAMPAIGN,
    school.CAMPAIGN.replace("督办:\n", "督办:\n  - {何时: 当日, 告诉: 责任人}\n"),
    school.CAMPAIGN.replace("  - {何时: 超过3个工作日, 告诉: 上级联系人}\n", ""),
)
"""As launched; with one rung more, on the last day; with one rung less."""
WEATHER: tuple[Play, ...] = (ok(), away(), limited(after=5), reset(), accepted_then_reset(), refused("no", line="451 later"))
SKEW = st.integers(-120, 120)
ENDS = ("2026-06-15 09:00", "2026-06-15 16:00", "2026-06-16 09:00", "2026-06-17 09:00", "2026-06-18 09:00", "2026-06-18 16:00")
"""Working days after everything that steps can hold back."""
STEPS = 25

_numbers = count(1)


def attempt(life: Life, at: int, real_shift: int, die_at: int) -> None:
    """A morning that may be refused: the clock went back behind the last run."""
    try:
        morning(life, at, real_shift, die_at)
    except Refused:
        return


class AnyOrder(RuleBasedStateMachine):
    """Two committees of two branches that owe one thing each. `bound` says on which databases."""

    lane: Lane
    source: str
    name: str
    policy: str
    database: Database
    seen: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.lane.place.copy(self.source, self.name)
        self.lane.gateway.log.unlink(missing_ok=True)
        self.lane.gateway.plays(ok())
        self.life = self.lane.life(self.name, self.policy)
        self.at, self.real = school.instant(BEGIN), int(time.time())
        self.engine = self.life.engine(self.at)
        self.engine.database.close()
        self.engine.database = self.engine.context.database = (
            self.database
        )  # which has compiled its statements in earlier lives
        self.engine.context.clock = Clock(now=lambda: self.at, real=lambda: self.real, wait=lambda _seconds: None)
        self.duties = dict(self._rows("SELECT u.code, d.id FROM duty d JOIN unit u ON u.id = d.unit_id"))
        self.silences: list[int] = []
        self.engine.escalate()

    # --- time, runs, crashes

    @rule(hours=st.sampled_from((1, 3, 8, 24, 24, 48, 96)))
    def time_passes(self, hours: int) -> None:
        self.at += hours * 3600
        self.real += hours * 3600

    @rule(days=st.integers(1, 4))
    def days_go_by(self, days: int) -> None:
        """Cron works as it should."""
        for _ in range(days):
            self.time_passes(24)
            self._confirmed(self.engine.escalate())
            self.engine.deliver()

    @rule(skew=SKEW)
    def cron(self, skew: int) -> None:
        """The machine that runs it is up to two minutes ahead or behind."""
        here, self.at = self.at, self.at + skew
        try:
            self._tried("run", lambda: self._confirmed(self.engine.escalate()))
            self.engine.deliver()
        finally:
            self.at = here

    @rule()
    def run(self) -> None:
        self._tried("run", lambda: self._confirmed(self.engine.escalate()))

    @rule()
    def deliver(self) -> None:
        self.engine.deliver()

    @rule(die_at=st.integers(1, 250))
    def cut_off(self, die_at: int) -> None:
        code = self.lane.stable.run(attempt, self.life, self.at, self.real - int(time.time()), die_at)
        assert code in (0, KILLED), code
        self.seen["killed"] += code == KILLED

    @rule(play=st.sampled_from(WEATHER))
    def weather(self, play: Play) -> None:
        self.lane.gateway.plays(play)

    # --- acts and answers

    @rule(unit=st.sampled_from(UNITS))
    def submit(self, unit: str) -> None:
        self._act("submit", unit, by=SECRETARY[unit])

    @rule(unit=st.sampled_from(UNITS))
    def give_back(self, unit: str) -> None:
        self._act("return", unit, by=f"s{unit[1]}", reason="请补充")

    @rule(unit=st.sampled_from(UNITS))
    def accept(self, unit: str) -> None:
        self._act("accept", unit, by=f"s{unit[1]}")

    @rule(unit=st.sampled_from(UNITS))
    def open_again(self, unit: str) -> None:
        self._act("reopen", unit, by=OFFICER, reason="重新办理", to=self._day(5))

    @rule(unit=st.sampled_from(UNITS), days=st.integers(1, 15))
    def move_line(self, unit: str, days: int) -> None:
        self._act("extend", unit, by=OFFICER, reason="情况特殊", to=self._day(days))

    @rule(unit=st.sampled_from(UNITS), superior=st.booleans())
    def seen_it(self, unit: str, superior: bool) -> None:
        by = f"s{unit[1]}" if superior else SECRETARY[unit]
        self._tried("seen", lambda: self.engine.answer("seen", by=by, duty=self.duties[unit]))

    @rule(unit=st.sampled_from(UNITS), days=st.integers(1, 4))
    def promise(self, unit: str, days: int) -> None:
        by, until = SECRETARY[unit], self._day(days)
        self._tried("promise", lambda: self.engine.answer("promise", by=by, duty=self.duties[unit], until=until))

    @rule(unit=st.sampled_from(UNITS), days=st.integers(1, 3))
    def snooze(self, unit: str, days: int) -> None:
        self._tried("snooze", lambda: self.engine.answer("snooze", by=f"s{unit[1]}", until=self._day(days)))

    # --- holds and another ladder

    @rule(unit=st.sampled_from((*UNITS, "c1", "c2", None)), days=st.integers(0, 4), mode=st.sampled_from(("defer", "drop")))
    def silence(self, unit: str | None, days: int, mode: str) -> None:
        campaign = 1 if unit is None else None
        first, last = self._day(0), self._day(days)
        hold = partial(self.engine.silence, by=OFFICER, reason="迎接检查", first=first, last=last, mode=mode)
        made = self._tried("silence", lambda: hold(unit=unit, campaign=campaign))
        self.silences += [made] if made is not None else []

    @precondition(lambda self: self.silences)
    @rule()
    def end_silence(self) -> None:
        silence = self.silences.pop()
        self._tried("end_silence", lambda: self.engine.end_silence(silence, by=OFFICER))

    @rule(unit=st.sampled_from(UNITS))
    def silence_over_the_morning(self, unit: str) -> None:
        """The others of its committee are told on the next morning of the ladder; of this unit the silence ends later that day."""
        morning = min((at for at in SLOTS if at > self.at), default=self.at)
        self.real += morning - self.at
        self.at = morning
        self.silence(unit, 0, "defer")
        self.cron(0)
        if self.silences:
            self.end_silence()
        self.time_passes(3)
        self.cron(0)

    @rule()
    def pause(self) -> None:
        self._tried("pause", lambda: self.engine.pause(by=OFFICER, reason="考试周"))

    @rule()
    def resume(self) -> None:
        self._tried("resume", lambda: self.engine.resume(by=OFFICER))

    @rule(ladder=st.sampled_from(LADDERS))
    def edit_ladder(self, ladder: str) -> None:
        self._tried("migrate", lambda: self.engine.migrate("支部换届.yaml", text=ladder, by=OFFICER, reason="调整程序"))

    def everything(self) -> None:
        """Every act once, in an order in which each is allowed, so that no act is left to chance."""
        steps: tuple[Callable[[], None], ...] = (
            self.deliver,
            partial(self.seen_it, "c1b1", superior=False),
            partial(self.promise, "c1b1", 1),
            partial(self.submit, "c1b2"),
            partial(self.give_back, "c1b2"),
            partial(self.submit, "c1b2"),
            partial(self.accept, "c1b2"),
            partial(self.open_again, "c1b2"),
            partial(self.move_line, "c2b1", 15),
            partial(self.silence, "c2b2", 1, "defer"),
            self.end_silence,
            self.pause,
            self.resume,
            partial(self.edit_ladder, LADDERS[1]),
            partial(self.time_passes, 144),  # to the morning on which the committees are told; none of them answers
            partial(self.weather, accepted_then_reset()),
            partial(self.cron, 30),
            partial(self.seen_it, "c1b1", superior=True),
            partial(self.snooze, "c1b1", 1),
            partial(self.weather, ok()),
            partial(self.time_passes, 3),
            self.deliver,
            partial(self.time_passes, 45),
            partial(self.cut_off, 20),
            self.run,
            partial(self.silence_over_the_morning, "c2b2"),
            partial(self.days_go_by, 1),
        )
        for step in steps:
            step()
            self.holds()

    # --- what must hold

    @invariant()
    def holds(self) -> None:
        with self.database.read() as connection:
            look = Look(connection)
            found = [line for check in ALWAYS for line in check(look)]
            found += invariants.strangers(look, read_calls(self.lane.gateway.log))
        assert not found, found

    def teardown(self) -> None:
        try:
            self._end()
        finally:
            self.database.writer.dispose()
            self.database.reader.dispose()
            self.lane.place.drop(self.name)
            shutil.rmtree(self.life.folder, ignore_errors=True)

    def _end(self) -> None:
        """Nobody does anything more, the receiver answers, nothing is paused: in a few days everything has been said."""
        self.lane.gateway.plays(ok())
        self.resume()
        for words in ENDS:
            later = school.instant(words) - self.at
            self.at, self.real = self.at + later, self.real + later
            self._confirmed(self.engine.escalate())
            self.engine.deliver()
        self.holds()
        with self.database.read() as connection:
            look = Look(connection)
            left = invariants.unfolded(look) + invariants.undelivered(look) + invariants.accounted(look, self.at)
        assert not left, left
        self.seen["calls"] += len(read_calls(self.lane.gateway.log))
        self.seen["parked"] += self._rows("SELECT count(*) FROM message WHERE state = 'unknown'")[0][0]
        self.seen["repeats"] += invariants.repeats(read_calls(self.lane.gateway.log))

    def _act(self, act: str, unit: str, **words: Any) -> None:
        self._tried(act, lambda: self.engine.act(act, duty=self.duties[unit], **words))

    def _tried(self, what: str, work: Callable[[], Any]) -> Any:
        """What it answers; None if it is not allowed now, which is an answer too."""
        try:
            answer = work()
        except Refused:
            self.seen[f"{what} refused"] += 1
            return None
        self.seen[what] += 1
        return answer

    def _confirmed(self, run: Any) -> None:
        if run.state == "needs_confirm":
            self.seen["confirmed"] += 1
            self.engine.confirm_run(run.run)

    def _day(self, days: int) -> date:
        return day_of(self.at) + timedelta(days=days)

    def _rows(self, sql: str) -> list[Any]:
        with self.database.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]


def bound(lane: Lane, policy: str = "repeat") -> type[AnyOrder]:
    """The machine on databases of a lane, with a count of what was done in all its lives."""
    source = f"any-order{next(_numbers)}"
    lane.place.make(source)
    school.build(lane.place.url(source), COMMITTEES, BRANCHES)
    name = f"{source}-life"
    words = {"lane": lane, "source": source, "name": name, "policy": policy, "seen": Counter()}
    lane.place.copy(source, name)
    words["database"] = Database(lane.place.url(name))
    lane.place.drop(name)
    return type("AnyOrderHere", (AnyOrder,), words)


def play(machine: type[AnyOrder], examples: int, steps: int = STEPS) -> str:
    """A life that does everything there is, then so many at random, the same ones every time.

    The first or the shortest that breaks something, in words, or nothing.
    """
    wanted = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        _one_of_everything(machine)
        run_state_machine_as_test(machine, settings=wanted)
    except Exception as error:
        return "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())])
    return ""


def _one_of_everything(machine: type[AnyOrder]) -> None:
    life = machine()
    try:
        life.everything()
    finally:
        life.teardown()


def none_for_done(database: Readable) -> list[str]:
    """Nobody is chased for what was submitted before the run that planned it."""
    asked = """SELECT u.code, r.rung, n.as_of, d.submitted_at FROM reminder r JOIN duty d ON d.id = r.duty_id AND d.epoch = r.epoch
        JOIN unit u ON u.id = d.unit_id JOIN run n ON n.id = r.run_id
        WHERE r.recipient_id > 0 AND substr(r.rung, 1, 6) <> 'review' AND d.state IN ('submitted', 'accepted')
        AND n.as_of > d.submitted_at + 120"""
    found = invariants.rows(database, asked)
    return [f"{unit} had submitted at {done}, and {rung} was planned as of {at}" for unit, rung, at, done in found]


def rungs_climb(database: Readable) -> list[str]:
    """Within one epoch of a duty the rungs that tell somebody only climb, run after run."""
    asked = """SELECT r.duty_id, r.epoch, r.run_id, r.rung, r.repeat FROM reminder r
        WHERE r.recipient_id > 0 AND substr(r.rung, 1, 6) <> 'review' ORDER BY r.duty_id, r.epoch, r.run_id"""
    found, highest = [], dict[tuple[int, int], int]()
    for duty, epoch, run, rung, _repeat in invariants.rows(database, asked):
        day = int(rung.partition(":")[0])
        if day < highest.get((duty, epoch), day):
            found.append(f"duty {duty} was told {rung} by run {run} after a higher rung of the same epoch")
        highest[(duty, epoch)] = max(day, highest.get((duty, epoch), day))
    return found


ALWAYS: tuple[Callable[[Readable], list[str]], ...] = (
    invariants.in_one_message,
    invariants.not_empty,
    invariants.one_sent,
    invariants.tries_counted,
    invariants.timers_alone,
    none_for_done,
    rungs_climb,
)
