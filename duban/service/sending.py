"""发出: a batch that was taken goes out one by one, with no transaction open, and what came of each is written down at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from duban.service import outcome
from duban.service.claiming import Taken, Terms, rated
from duban.service.context import Context
from duban.service.folding import reaches
from duban.service.letters import letter_for
from duban.service.outcome import Verdict
from duban.service.recording import Records
from storage import channel_states, contacts, outbox, unsent
from storage.channel_states import OPEN
from storage.contacts import Reach
from storage.outbox import BAD_TEMPLATE, Claimed, Policy
from workflow.errors import DubanError

if TYPE_CHECKING:
    from duban.service.channels import InUse
    from notifications.channels.channel import Parcel, Result
    from notifications.render import Rendered, Templates


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

    def __post_init__(self) -> None:
        self._waiting = list(self.taken.messages)
        self._renewed = self.context.clock.real()
        blamed = {name for name, fare in self.taken.fares.items() if fare.streak or fare.open_until or fare.state == OPEN}
        self._records = Records(context=self.context, used=self.used, wording=self.wording, blamed=blamed)

    @property
    def offered(self) -> bool:
        return self._records.offered

    def all(self) -> None:
        while self._waiting:
            if self.context.clock.real() - self._renewed > self.terms.lease / 4:
                self._renew()
                continue
            self._one(self._waiting.pop(0))

    def _renew(self) -> None:
        self._renewed = self.context.clock.real()
        until = int(self._renewed + self.terms.lease)
        kept = self._records.write(lambda c: outbox.renew(c, self._waiting, owner=self.terms.owner, lease_until=until))
        self._waiting = [message for message in self._waiting if message.id in kept]

    def _one(self, message: Claimed) -> None:
        policy = self.used.policies[message.channel]
        if message.id not in self.taken.about.items:  # its duties were done since it was claimed before
            self._records.record(message, Verdict(outcome="cancelled", state="cancelled", why="done", counts=False))
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
        stops = self._records.record(message, verdict, rendered)
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
            self._records.offered |= self._records.write(lambda connection: unsent.move_off(connection, message.channel)) > 0

    def _ways(self) -> list[Reach]:
        """The channels by which people are written to that do not wait for a person's hand."""
        with self.context.database.read() as connection:
            out = contacts.disabled(connection)
        return [reach for reach in reaches(self.context) if reach.channel not in out]

    def _has_room(self, message: Claimed) -> bool:
        """Whether the channel's rate leaves room for one more send; then it is taken."""
        most = rated(self.used).get(message.channel)
        if most is None:
            return True
        real, latest = self.context.clock.real(), self.used.described[message.channel].timeout
        since, until = (real - self.terms.interval) * 1000, int((real + 1 + latest) * 1000)
        return self._records.write(
            lambda connection: channel_states.reserve(
                connection, message.channel, n=message.id, most=most, since_ms=since, until_ms=until
            )
        )

    def _stop(self, name: str, also: Claimed | None = None) -> None:
        """Nothing more by this channel for now: what was taken for it waits as if it had not been."""
        mine = [message for message in self._waiting if message.channel == name] + ([also] if also else [])
        self._waiting = [message for message in self._waiting if message.channel != name]
        if mine:
            self._records.write(lambda connection: outbox.put_back(connection, mine, owner=self.terms.owner))

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
                "items": [{"unit": i.unit_code, "duty": i.key, "rung": i.rung} for i in items],
                "rung": message.rung,
            },
            blocks=rendered.blocks,
            facts=rendered.facts,
        )
        return parcel, rendered
