"""One act on one duty or case: facts read, `decide` asked, everything it changes written, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from duban.clock import show_instant
from duban.service import choice, effects
from duban.service.context import Context, Running, day_of
from duban.service.facts import NO_CASE, NO_DUTY, WAY_BITS, Asked, facts_of
from duban.service.next_look import next_look, review_day
from storage.acts import Acts, CaseRead, DutyRead
from storage.database import Collision
from workflow.decide import decide, settle
from workflow.errors import DubanError, NotFound, Reason, Refused
from workflow.facts import DutyFacts, Entry, Facts, Outcome
from workflow.machine import ACTS, phase_name
from workflow.model import Track

RACES = 10
"""How often an act is decided anew when somebody else was first and no version was expected."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What stands after an act: case id, phase name, the duty's key and state (None for an act on the case), the case's version."""

    case: int
    phase: str
    duty: str | None
    state: str | None
    version: int


def act(context: Context, asked: Asked) -> Done:
    """Do what is asked. Raises `Refused` with every reason; then nothing is written."""
    if asked.act not in ACTS:
        raise DubanError(f"没有“{asked.act}”这项操作；可以用：{'、'.join(ACTS)}", code="unknown-act")
    for _ in range(RACES):
        try:
            with _transaction(context, asked.act) as acts:
                return _Once(context, acts, asked).go()
        except (_Raced, Collision):
            continue
    raise Refused([Reason(code="stale-version", text="同一件事项正有多人同时办理", unblock="稍等片刻再试一次")])


def act_in(context: Context, acts: Acts, asked: Asked) -> Done:
    """The same within the caller's transaction, which must be one of SQLAlchemy's. Raises `Collision` if somebody else was first."""
    try:
        return _Once(context, acts, asked).go()
    except _Raced:
        raise Collision from None


class _Raced(Exception):
    """Somebody else changed the row between reading and writing: nothing was written, decide anew."""


@contextmanager
def _transaction(context: Context, act_name: str) -> Iterator[Acts]:
    """Acceptances may confirm grades and register items, a leader's choice may draft a paper, by statements of whole tables; all other
    acts stay on the bare driver."""
    if act_name in ("accept", "sign"):
        with context.database.write() as connection:
            yield Acts(connection.connection.driver_connection, context.database.dialect, connection)
    else:
        with context.database.driver() as driver:
            yield Acts(driver, context.database.dialect)


class _Once:
    """One try of one act on an open transaction."""

    def __init__(self, context: Context, acts: Acts, asked: Asked) -> None:
        self.context = context
        self.acts = acts
        self.asked = asked
        self.now = context.now()
        self.today = day_of(self.now)

    def go(self) -> Done:
        """What stands afterwards. Raises `_Raced` if somebody else was first."""
        duty = self._duty()
        case_id = duty.case_id if duty else self.asked.case
        case = self.acts.case(case_id, self.today.toordinal()) if case_id is not None else None
        if case is None or not self.asked.scope.sees(case.unit_path):
            raise NotFound(NO_DUTY if duty is not None else NO_CASE)
        self.context.keep_up(case.calendar, case.version_now)
        running = self.context.running(case.campaign_id)
        facts = facts_of(self.context, self.acts, running, case, duty, self.asked, self.now)
        outcome = decide(running.campaign, facts)
        return self._write(running, case, duty, facts, outcome)

    def _duty(self) -> DutyRead | None:
        if self.asked.duty is None:
            return None
        duty = self.acts.duty(self.asked.duty)
        if duty is None:
            raise NotFound(NO_DUTY)
        return duty

    def _write(self, running: Running, case: CaseRead, duty: DutyRead | None, facts: Facts, outcome: Outcome) -> Done:
        if (
            duty is not None
            and outcome.duty
            and not self.acts.change_duty(duty.id, duty.version, self._changes(running, outcome))
        ):
            raise _Raced
        if outcome.phase is None:
            kept = self.acts.touch_case(case.case_id, case.version)
        else:
            kept = self.acts.move_case(case.case_id, case.version, outcome.phase, self.today.toordinal())
        if not kept:
            raise _Raced
        for entry in outcome.entries:
            self.acts.journal(self._line(case, duty, entry))
        if duty is not None and facts.duty is not None:
            self._timer(running, duty, facts.duty, outcome)
            self._papers(duty, facts.duty, outcome)
            if outcome.act == "sign":
                self._choice(running, case, duty)
            if outcome.confirms:
                freed = effects.confirm(self.context, self.acts, running, case, facts.duty, by=self.asked.by, now=self.now)
                for case_id in freed:
                    self._settle(running, case_id)
        stands = self._carry_on(running, case, facts.case.track, outcome.phase) if outcome.phase is not None else None
        if self.context.sandbox:
            self.acts.record_instant(show_instant(self.now))
        return Done(
            case=case.case_id,
            phase=phase_name(facts.case.track, stands.phase if stands else outcome.phase or case.phase),
            duty=facts.duty.key if facts.duty else None,
            state=_state_after(facts, outcome),
            version=stands.version if stands else case.version + 1,
        )

    def _line(self, case: CaseRead, duty: DutyRead | None, entry: Entry) -> dict[str, Any]:
        of_duty = duty is not None and not entry.of_case
        effective = self.asked.received_on if entry.act == "receive" and self.asked.received_on else self.today
        return {
            "recorded_at": self.now,
            "effective_on": effective.toordinal(),
            "campaign_id": case.campaign_id,
            "unit_id": case.unit_id,
            "unit_path": case.unit_path,
            "case_id": case.case_id,
            "duty_id": duty.id if duty is not None and of_duty else None,
            "task_id": duty.task_id if duty is not None and of_duty else None,
            "act": entry.act,
            "from_state": entry.from_state,
            "to_state": entry.to_state,
            "due_day_from": entry.due_day_from.toordinal() if entry.due_day_from else None,
            "due_day": entry.due_day.toordinal() if entry.due_day else None,
            "on_time": entry.on_time,
            "by_person": self.asked.by,
            "via": self.asked.via,
            "reason": entry.reason,
            "data": None,
        }

    def _timer(self, running: Running, duty: DutyRead, facts: DutyFacts, outcome: Outcome) -> None:
        """A running clock, the owner's or the reviewer's, gets a timer in the new version; the old one no longer counts."""
        look = next_look(self.context, self.acts, running, duty, facts, outcome, today=self.today)
        if look is not None:
            self.acts.timer(
                look.at,
                duty.id,
                duty.version + 1,
                rung=look.rung,
                repeat=look.repeat,
                told_on=look.told_on,
                held_to=look.held_to,
            )

    def _changes(self, running: Running, outcome: Outcome) -> dict[str, Any]:
        """The outcome's columns as the database keeps them; a submission's reviewer has a last day where a time for it is set."""
        columns = _columns(outcome)
        last_day = review_day(self.context, running, self.today) if outcome.clock == "review" else None
        return {**columns, "review_day": last_day.toordinal()} if last_day is not None else columns

    def _papers(self, duty: DutyRead, facts: DutyFacts, outcome: Outcome) -> None:
        asked = self.asked
        if outcome.act == "submit":
            data = json.dumps(asked.data, ensure_ascii=False) if asked.data is not None else None
            self.acts.submission(
                {
                    "duty_id": duty.id,
                    "epoch": facts.epoch,
                    "at": self.now,
                    "by_person": asked.by,
                    "proxy": outcome.proxy,
                    "data": data,
                }
            )
        elif outcome.act == "receive":
            on = (asked.received_on or self.today).toordinal()
            for way in sorted(asked.ways):
                self.acts.receipt(
                    {
                        "duty_id": duty.id,
                        "epoch": facts.epoch,
                        "way": str(way),
                        "received_on": on,
                        "at": self.now,
                        "by_person": asked.by,
                    }
                )

    def _choice(self, running: Running, case: CaseRead, duty: DutyRead) -> None:
        """A leader's choice is kept, once; the journal has it already."""
        asked = self.asked
        said = str((asked.data or {}).get("decision"))
        choice.keep(
            self.context,
            self.acts,
            running,
            case,
            duty,
            choice=said,
            note=asked.reason,
            by=asked.by,
            via=asked.via,
            now=self.now,
        )

    def _carry_on(self, running: Running, case: CaseRead, track: Track, phase: int) -> CaseRead | None:
        """A case may go on at once, if its branches are ready for the phase it came into; returns it as it then stands. And a branch
        that left a phase may free every second-level case above it that waits for its branches."""
        stands = None
        if phase <= len(track.phases) and track.phases[phase - 1].waits_for_branches:
            self._settle(running, case.case_id)
            stands = self.acts.case(case.case_id, self.today.toordinal())
        for other in running.campaign.tracks:
            if other.key == case.track or not any(p.waits_for_branches for p in other.phases):
                continue
            for unit_id in reversed([int(part) for part in case.unit_path.strip("/").split("/")]):
                above = self.acts.case_of(running.id, other.key, unit_id)
                if above is not None:
                    self._settle(running, above)
        return stands

    def _settle(self, running: Running, case_id: int) -> None:
        settle_case(self.context, self.acts, running, case_id, by=self.asked.by, now=self.now)


def settle_case(context: Context, acts: Acts, running: Running, case_id: int, *, by: int | None, now: int) -> bool:
    """Carry a case on as far as its acceptances and its branches let it. True if it moved."""
    day = day_of(now, running.campaign.zone)
    moved = False
    while True:
        case = acts.case(case_id, day.toordinal())
        if case is None:
            return moved
        # Nobody's standing is asked: the acceptances carry the case, not who gave the last one.
        facts = facts_of(context, acts, running, case, None, Asked(act="complete", by=0), now, counts=True)
        phase = settle(running.campaign, facts)
        if phase == case.phase or not acts.move_case(case.case_id, case.version, phase, day.toordinal()):
            return moved
        moved = True
        acts.journal(
            {
                "recorded_at": now,
                "effective_on": day.toordinal(),
                "campaign_id": case.campaign_id,
                "unit_id": case.unit_id,
                "unit_path": case.unit_path,
                "case_id": case.case_id,
                "duty_id": None,
                "task_id": None,
                "act": "complete",
                "from_state": phase_name(facts.case.track, case.phase),
                "to_state": phase_name(facts.case.track, phase),
                "due_day_from": None,
                "due_day": None,
                "on_time": None,
                "by_person": by,
                "via": None,
                "reason": None,
                "data": None,
            }
        )


def _columns(outcome: Outcome) -> dict[str, Any]:
    """The outcome's columns as the database keeps them."""
    made = dict(outcome.duty)
    if "ways" in made:
        made["ways"] = sum(WAY_BITS[way] for way in made["ways"])
    for name in ("due_day", "judged_day"):
        if isinstance(made.get(name), date):
            made[name] = made[name].toordinal()
    return made


def _state_after(facts: Facts, outcome: Outcome) -> str | None:
    if facts.duty is None:
        return None
    return str(outcome.duty.get("state", facts.duty.state))
