"""发出: a batch that was taken goes out one by one, with no transaction open, and what came of each is written down at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from duban.service import outcome, tokens
from duban.service.claiming import Taken, Terms, rated
from duban.service.context import Context
from duban.service.folding import elsewhere, reaches
from duban.service.letters import letter_for
from duban.service.outcome import Verdict
from duban.service.receipts import apply_early
from duban.service.windows import Windows
from storage import channel_states, contacts, outbox
from storage.channel_states import CLOSED, OPEN
from storage.contacts import Reach
from storage.database import DatabaseProblem
from storage.messages import ItemLine
from storage.outbox import BAD_TEMPLATE, Claimed, Policy
from workflow.errors import DubanError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from duban.service.channels import InUse
    from notifications.channels.channel import Parcel, Result
    from notifications.render import Rendered, Templates

_T = TypeVar("_T")

FAILURES = 5
"""So many failures of a channel in a row, and it is left alone for longer and longer."""
PAUSES = (60, 300, 1800)
STUBBORN = 20
"""How often a result is written down again where somebody else held the database; on SQLite each waits a quarter of a minute."""


@dataclass(kw_only=True)
class Delivered:
    """What one pass of delivery did. `waiting` counts messages that are pending, claimed or held afterwards."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    waiting: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Sending:
    """One batch on its way. `offered`: something is to be told in another message."""

    context: Context
    used: InUse
    terms: Terms
    taken: Taken
    templates: Templates
    wording: str
    done: Delivered
    offered: bool = False

    def __post_init__(self) -> None:
        self._waiting = list(self.taken.messages)
        self._renewed = self.context.clock.real()
        self._blamed = {name for name, fare in self.taken.fares.items() if fare.streak or fare.open_until or fare.state == OPEN}

    def all(self) -> None:
        while self._waiting:
            if self.context.clock.real() - self._renewed > self.terms.lease / 4:
                self._renew()
                continue
            self._one(self._waiting.pop(0))

    def _renew(self) -> None:
        self._renewed = self.context.clock.real()
        until = int(self._renewed + self.terms.lease)
        kept = self._write(lambda c: outbox.renew(c, self._waiting, owner=self.terms.owner, lease_until=until))
        self._waiting = [message for message in self._waiting if message.id in kept]

    def _one(self, message: Claimed) -> None:
        policy = self.used.policies[message.channel]
        if message.id not in self.taken.about.items:  # its duties were done since it was claimed before
            self._record(message, Verdict(outcome="cancelled", state="cancelled", why="done", counts=False))
            return
        try:
            parcel, rendered = self._parcel(message)
        except DubanError as error:
            self._close(message, outcome.unsayable(f"{BAD_TEMPLATE}：{error}"))
            return
        except Exception as error:
            self._close(message, outcome.broke(error, attempts=message.attempts, policy=policy))
            return
        if not self._has_room(message):
            self._stop(message.channel, also=message)
            return
        self._close(message, self._tried(message, parcel, policy), rendered)

    def _tried(self, message: Claimed, parcel: Parcel, policy: Policy) -> Verdict:
        try:
            result = self._asked(message, parcel, policy) or self.used.channels[message.channel].send(parcel)
        except Exception as error:
            return outcome.broke(error, attempts=message.attempts, policy=policy)
        return outcome.judge(result, attempts=message.attempts, policy=policy)

    def _asked(self, message: Claimed, parcel: Parcel, policy: Policy) -> Result | None:
        """What the provider says of an earlier try; None if it may be sent."""
        from notifications.channels.channel import Queryable, Retry

        channel = self.used.channels[message.channel]
        if not (outcome.asks_first(policy, doubtful=message.doubtful) and isinstance(channel, Queryable)):
            return None
        answer = channel.query(key=parcel.key)
        return None if isinstance(answer, Retry) and answer.fault != "channel" else answer

    def _close(self, message: Claimed, verdict: Verdict, rendered: Rendered | None = None) -> None:
        """Write down what came of it, count it, and spare the others what they would only run into too."""
        stops = self._record(message, verdict, rendered)
        if verdict.state == "sent":
            self.done.sent += 1
        elif verdict.outcome == outcome.UNKNOWN:
            self.done.unknown += 1
        else:
            self.done.failed += 1
        if verdict.why:
            whose = f"渠道 {message.channel}" if verdict.outcome == outcome.CHANNEL else message.recipient
            self.done.problems.append(f"{whose}：{verdict.why}")
        if stops:
            self._stop(message.channel)
        if verdict.disables and any(reach.channel != message.channel for reach in self._ways()):
            self.offered |= self._write(lambda connection: outbox.move_off(connection, message.channel)) > 0

    def _ways(self) -> list[Reach]:
        """The channels by which people are written to that do not wait for a person's hand."""
        with self.context.database.read() as connection:
            out = contacts.disabled(connection)
        return [reach for reach in reaches(self.context) if reach.channel not in out]

    def _record(self, message: Claimed, verdict: Verdict, rendered: Rendered | None = None) -> bool:
        """One short transaction. True if nothing more should go by this channel for now."""
        return self._write(lambda connection: self._recorded(connection, message, verdict, rendered))

    def _recorded(self, connection: Connection, message: Claimed, verdict: Verdict, rendered: Rendered | None) -> bool:
        now, real = self.context.now(), self.context.clock.real()
        kept = outbox.finish(
            connection,
            message,
            outcome=verdict.outcome,
            state=verdict.state,
            at=now,
            why=verdict.why,
            code=verdict.code,
            counts=verdict.counts,
            not_before=self._next(now, verdict),
            template=self.wording if verdict.state in ("sent", "held") else None,
            subject=rendered.subject if rendered else None,
            body=tokens.masked(rendered.text) if rendered else None,
            provider_id=verdict.provider_id,
        )
        if kept:
            self._follow(connection, message, verdict, now)
        if message.channel in rated(self.used):
            channel_states.settle(connection, message.channel, n=message.id, at_ms=(real + 1) * 1000)
        return self._fare(connection, message.channel, verdict, real)

    def _write(self, work: Callable[[Connection], _T]) -> _T:
        """One transaction, begun anew where another held it up: what has happened on the wire has to be written down."""
        for _ in range(STUBBORN):
            try:
                with self.context.database.write() as connection:
                    return work(connection)
            except DatabaseProblem as problem:
                if problem.code not in ("busy", "collision"):
                    raise
        with self.context.database.write() as connection:
            return work(connection)

    def _follow(self, connection: Connection, message: Claimed, verdict: Verdict, now: int) -> None:
        if verdict.blocks and message.address:
            outbox.block(connection, message.channel, message.address, at=now, code=verdict.code, why=verdict.why)
        if verdict.offer and (
            verdict.state != "failed" or verdict.blocks or elsewhere(self.context, connection, message.id, now)
        ):
            outbox.offer_again(connection, [message.id], arrived=verdict.arrived)
            self.offered = True
        if verdict.state == "cancelled":
            outbox.drop_done(connection, [message.id])
        if verdict.provider_id:
            self.offered |= apply_early(self.context, connection, message.channel, verdict.provider_id)

    def _fare(self, connection: Connection, name: str, verdict: Verdict, real: int) -> bool:
        """How the channel fares after a try; other processes see it with their next batch."""
        if verdict.disables:
            channel_states.disable(connection, name, why=verdict.why or "", real_now=real)
            return True
        if verdict.strike:
            self._blamed.add(name)
            streak = channel_states.failed(connection, name, why=verdict.why or "")
            longer = PAUSES[min(streak - FAILURES, len(PAUSES) - 1)] if streak >= FAILURES else 0
            pause = max(verdict.pause or 0, longer)
            if pause:
                state = OPEN if longer else CLOSED
                channel_states.leave_alone(connection, name, until=real + pause, state=state, real_now=real)
            return pause > 0
        if name in self._blamed and verdict.outcome in (outcome.OK, outcome.RETRYABLE, outcome.PERMANENT):
            self._blamed.discard(name)
            channel_states.worked(connection, name)
        return False

    def _next(self, now: int, verdict: Verdict) -> int | None:
        """When it is tried again: after the pause, within the hours."""
        if verdict.wait is None:
            return None
        hours = Windows(calendar=self.context.calendar, hours=self.context.settings.quiet)
        return hours.at(now + verdict.wait).not_before

    def _has_room(self, message: Claimed) -> bool:
        """Whether the channel's rate leaves room for one more send; then it is taken."""
        most = rated(self.used).get(message.channel)
        if most is None:
            return True
        real, latest = self.context.clock.real(), self.used.described[message.channel].timeout
        with self.context.database.write() as connection:
            full = not channel_states.reserve(
                connection,
                message.channel,
                n=message.id,
                most=most,
                since_ms=(real - self.terms.interval) * 1000,
                until_ms=int((real + 1 + latest) * 1000),
            )
        return not full

    def _stop(self, name: str, also: Claimed | None = None) -> None:
        """Nothing more by this channel for now: what was taken for it waits as if it had not been."""
        mine = [message for message in self._waiting if message.channel == name] + ([also] if also else [])
        self._waiting = [message for message in self._waiting if message.channel != name]
        if mine:
            self._write(lambda connection: outbox.put_back(connection, mine, owner=self.terms.owner))

    def _parcel(self, message: Claimed) -> tuple[Parcel, Rendered]:
        from notifications.channels.channel import Parcel

        link = self.taken.links.get(message.id, self.context.settings.link)
        letter, items = letter_for(self.context, message, self.taken.about, self.taken.today, link)
        rendered = self.templates.render(letter)
        units = list(dict.fromkeys(item.unit_code for item in items))
        parcel = Parcel(
            id=str(message.id),
            key=message.idem_key,
            to=message.address or "",
            recipient=letter.recipient,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            at=datetime.fromtimestamp(self.context.now(), UTC),
            extra={
                "unit": units[0] if len(units) == 1 else units,
                "items": [{"unit": i.unit_code, "duty": _key(i), "rung": i.rung} for i in items],
                "rung": message.rung,
            },
            blocks=rendered.blocks,
            facts=rendered.facts,
        )
        return parcel, rendered


def _key(item: ItemLine) -> str:
    return f"{item.task_key}@{item.occurrence}" if item.occurrence else item.task_key
