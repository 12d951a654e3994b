"""A duty as it stands to one person who was told about it or owes it: may he answer, and how far may he promise?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from duban.service.context import Context, Running, day_of
from duban.service.facts import NO_DUTY
from duban.service.next_look import stands_at
from duban.service.noting import note_duty
from duban.service.people import standing
from storage import answers as rows
from storage.acts import Acts, CaseRead, DutyRead
from storage.regroup import Noted
from workflow.deadline import short
from workflow.errors import NotFound, Reason
from workflow.guards import SUBMITTERS
from workflow.ladder import Group, first_look, slot_day
from workflow.model import CLOCK_RUNS, STATE_WORDS, DutyState, Rung

if TYPE_CHECKING:
    from sqlalchemy import Connection

PROMISE_WORKDAYS = 5
"""After the last day a promise reaches at most this far: long enough to hand in, too short to sit a ladder out."""


class Raced(Exception):
    """Somebody else changed the duty between reading and writing: nothing was written, begin anew."""


class ToldDuty:
    """One duty and one person, read on an open connection. Raises `NotFound` if there is no such duty."""

    def __init__(self, context: Context, connection: Connection, duty_id: int, by: int) -> None:
        self.context, self.connection, self.by = context, connection, by
        self.now = context.now()
        self.acts = Acts(connection.connection.driver_connection, context.database.dialect, connection)
        duty = self.acts.duty(duty_id)
        case = self.acts.case(duty.case_id, day_of(self.now).toordinal()) if duty is not None else None
        if duty is None or case is None:
            raise NotFound(NO_DUTY)
        self.duty: DutyRead = duty
        self.case: CaseRead = case
        self.running: Running = context.running(case.campaign_id)
        self.today = day_of(self.now, self.running.campaign.zone)
        self.place = self._place()

    @property
    def clock_runs(self) -> bool:
        return self.duty.state in CLOCK_RUNS

    @property
    def rung(self) -> str | None:
        """The key of the highest rung told about the present line; None before any."""
        return next((rung.key for rung in self._ladder if rung.no == self.place.rung), None)

    def against_answer(self) -> Iterator[Reason]:
        """He was neither told nor owes it, or there is nothing left to say."""
        told = rows.was_told(self.connection, duty_id=self.duty.id, epoch=self.duty.epoch, person_id=self.by)
        if not told and not self._owes():
            text = "您没有收到过这件事项的提示，也不在它的责任单位任职"
            yield Reason(code="not-told", text=text, unblock="请责任单位的书记或委员回应")
        if not self.clock_runs and not (told and self.duty.state == DutyState.SUBMITTED):
            yield self._closed("不需要回应")

    def against_promise(self, until: date) -> Iterator[Reason]:
        """The same for a promise, once a rung and not far."""
        yield from (reason for reason in self.against_answer() if reason.code != "duty-closed")
        if not self.clock_runs:
            yield self._closed("不需要承诺")
            return
        given = rows.promise_at(self.connection, duty_id=self.duty.id, epoch=self.duty.epoch, rung=self.rung)
        if given is not None and given.until_day is not None:
            day = short(date.fromordinal(given.until_day), self.today)
            text = f"{given.person}已承诺{day}前报送；同一步提示之后只承诺一次"
            yield Reason(code="promise-again", text=text, unblock="请按承诺报送；确有困难，请向上级申请延期")
        yield from self._against_day(until)

    def latest_promise(self) -> date:
        """To the next step, at least the last day itself; once that is over, five working days. Never past the lock."""
        limit = self.context.calendar.add(self.today, PROMISE_WORKDAYS).day
        if self.duty.due_day is not None and self.today <= self.place.due:
            slots = [slot_day(rung, self.place, self.context.calendar) for rung in self._ladder if rung.no > self.place.rung]
            limit = max(self.place.due, min((day for day in slots if day > self.today), default=self.place.due))
        if self.duty.locks_at is not None:
            limit = min(limit, day_of(self.duty.locks_at - 1, self.running.campaign.zone))
        return limit

    def wait(self, until: date) -> None:
        """The duty in its next version, with a timer that holds the ladder to the end of a day. Raises `Raced`."""
        changed = self.acts.change_duty(self.duty.id, self.duty.version, {})
        if not changed or not self.acts.touch_case(self.case.case_id, self.case.version):
            raise Raced
        task = self.running.campaign.task_by_key.get(self.duty.task_key)
        held = replace(self.place, held_to=until)
        look = first_look(self.running.campaign, held, self.context.calendar)
        if self.duty.due_day is None or task is None or not task.chased or look is None:
            return
        self.acts.timer(
            look,
            self.duty.id,
            self.duty.version + 1,
            rung=held.rung,
            repeat=held.repeat,
            told_on=held.told_on.toordinal() if held.told_on else None,
            held_to=until.toordinal(),
        )

    def journal(self, act: str, reason: str, *, via: str | None) -> None:
        """A line that leaves state, line and mark as they are."""
        noted = Noted(day=self.today.toordinal(), at=self.now, by=self.by, via=via, reason=reason)
        note_duty(self.acts, self.case, self.duty, act, noted)

    def _against_day(self, until: date) -> Iterator[Reason]:
        latest = self.latest_promise()
        tomorrow = date.fromordinal(self.today.toordinal() + 1)
        said = short(until, self.today)
        possible = f"可以写{short(tomorrow, self.today)}到{short(latest, self.today)}之间的一天"
        if latest < tomorrow:
            yield Reason(code="promise-too-late", text="已经没有可以承诺的日期", unblock="请今天报送，或向上级申请延期")
        elif until < tomorrow:
            yield Reason(code="promise-not-ahead", text=f"承诺的日期{said}要在今天之后", unblock=possible)
        elif until > latest:
            unblock = f"{possible}；需要更长时间，请向上级申请延期"
            yield Reason(code="promise-too-far", text=f"承诺的日期{said}太远", unblock=unblock)

    def _closed(self, so: str) -> Reason:
        word = STATE_WORDS[DutyState(self.duty.state)]
        return Reason(code="duty-closed", text=f"这件事项{word}，{so}")

    def _owes(self) -> bool:
        _, posts = self.acts.actor(self.by, self.today.toordinal())
        stands = standing(posts, self.case.unit_id, self.case.unit_path)
        return any(level == "own" and role in SUBMITTERS for level, role in stands)

    @property
    def _ladder(self) -> tuple[Rung, ...]:
        campaign = self.running.campaign
        return campaign.ladder if self.clock_runs else campaign.review_ladder

    def _place(self) -> Group:
        """Where it stands on its ladder, by what was told about its present line."""
        duty = self.duty
        due = date.fromordinal(duty.due_day) if duty.due_day is not None else self.today
        internal = date.fromordinal(duty.internal_day) if duty.internal_day else None
        place = Group(due=due, internal=internal, made_on=date.fromordinal(duty.made_on))
        return stands_at(self.acts, duty, place, self._ladder, zone=self.running.campaign.zone)
