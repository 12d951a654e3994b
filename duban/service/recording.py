"""入账: what came of a try is written down at once: of the message, of what it was about, of its address, and of how the channel fares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from duban.service import outcome, tokens
from duban.service.claiming import rated
from duban.service.context import Context
from duban.service.folding import elsewhere
from duban.service.outcome import Verdict
from duban.service.receipts import apply_early
from duban.service.windows import windows_of
from storage import channel_states, contacts, outbox, unsent
from storage.channel_states import CLOSED, OPEN
from storage.database import DatabaseProblem
from storage.outbox import Claimed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from duban.service.channels import InUse
    from notifications.render import Rendered

_T = TypeVar("_T")

FAILURES = 5
"""So many failures of a channel in a row, and it is left alone for longer and longer."""
PAUSES = (60, 300, 1800)
STUBBORN = 20
"""How often a result is written down again where somebody else held the database; on SQLite each waits a quarter of a minute."""


@dataclass(kw_only=True)
class Records:
    """Of one batch. `blamed` are channels against which something is held; `offered`: something is to be told in another message."""

    context: Context
    used: InUse
    wording: str
    blamed: set[str]
    offered: bool = False

    def record(self, message: Claimed, verdict: Verdict, rendered: Rendered | None = None) -> bool:
        """One short transaction. True if nothing more should go by this channel for now."""
        return self.write(lambda connection: self._recorded(connection, message, verdict, rendered))

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

    def write(self, work: Callable[[Connection], _T]) -> _T:
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
            contacts.block(connection, message.channel, message.address, at=now, code=verdict.code, why=verdict.why)
        if verdict.offer and (
            verdict.state != "failed" or verdict.blocks or elsewhere(self.context, connection, message.id, now)
        ):
            unsent.offer_again(connection, [message.id], arrived=verdict.arrived)
            self.offered = True
        if verdict.state == "cancelled":
            unsent.drop_done(connection, [message.id])
        if verdict.provider_id:
            self.offered |= apply_early(self.context, connection, message.channel, verdict.provider_id)

    def _fare(self, connection: Connection, name: str, verdict: Verdict, real: int) -> bool:
        """How the channel fares after a try; other processes see it with their next batch."""
        if verdict.disables:
            channel_states.disable(connection, name, why=verdict.why or "", real_now=real)
            return True
        if verdict.strike:
            self.blamed.add(name)
            streak = channel_states.failed(connection, name, why=verdict.why or "")
            longer = PAUSES[min(streak - FAILURES, len(PAUSES) - 1)] if streak >= FAILURES else 0
            pause = max(verdict.pause or 0, longer)
            if pause:
                state = OPEN if longer else CLOSED
                channel_states.leave_alone(connection, name, until=real + pause, state=state, real_now=real)
            return pause > 0
        if name in self.blamed and verdict.outcome in (outcome.OK, outcome.RETRYABLE, outcome.PERMANENT):
            self.blamed.discard(name)
            channel_states.worked(connection, name)
        return False

    def _next(self, now: int, verdict: Verdict) -> int | None:
        """When it is tried again: after the pause, within the hours."""
        if verdict.wait is None:
            return None
        return windows_of(self.context).at(now + verdict.wait).not_before
