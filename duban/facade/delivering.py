"""Messages and the channels they leave by."""

from __future__ import annotations

from collections.abc import Sequence

from duban.facade.base import Base
from duban.service import chases as chasing
from duban.service import deliver as delivering
from duban.service import event_feed, event_push, receipts, tending
from duban.service import run_story as run_stories
from duban.service.chases import Chase, Released
from duban.service.deliver import Delivered
from duban.service.event_feed import Events
from duban.service.event_push import Pushed
from duban.service.run_story import MessageStory, RunStory
from duban.service.tending import ChannelRead, MessageRead
from duban.service.visiting import Visitor
from storage.scope import EVERYTHING, Scope


class Delivering(Base):
    """Messages and the channels they leave by."""

    def deliver(
        self,
        *,
        only: Sequence[int] | None = None,
        lease: float = delivering.LEASE,
        batch: int = delivering.BATCH,
        interval: int = delivering.INTERVAL,
        patience: float = 0,
    ) -> Delivered:
        """Send what waits; any number of processes may do so at once. See `duban.service.deliver.deliver`.

        Then, unless `only` some messages were meant, what happened is told to who wants events.
        """
        done = delivering.deliver(self.context, only=only, lease=lease, batch=batch, interval=interval, patience=patience)
        pushed = self.push_events() if only is None else Pushed()
        if pushed.problem:
            done.problems.append(pushed.problem)
        return done

    def push_events(self) -> Pushed:
        """Tell the receiver of `[events]` what happened since last time; nothing where there is none, nothing from a sandbox."""
        return event_push.push(self.context)

    def events(self, *, after: int = 0, limit: int = event_feed.MOST, visitor: Visitor | None = None) -> Events:
        """What happened, oldest first, as CloudEvents: numbers and keys, no names, no grades. Without a visitor everything."""
        return event_feed.events(self.context, visitor=visitor, after=after, limit=limit)

    def receipt(
        self, provider: str, *, event_id: str, provider_id: str | None, state: str | None, body: bytes | str = b""
    ) -> bool:
        """What a provider reports of a message (`delivered`, `failed`; anything else is only kept). True if it changed one."""
        return receipts.receipt(self.context, provider, event_id=event_id, provider_id=provider_id, state=state, body=body)

    def messages(
        self, *, state: str | None = None, limit: int = 200, before: int | None = None, scope: Scope = EVERYTHING
    ) -> tuple[MessageRead, ...]:
        """The newest messages (before one of them), of one state if it is named: to whomever, about units within the scope."""
        return tending.messages(self.context, state=state, limit=limit, before=before, scope=scope)

    def run_story(self, run: int, *, scope: Scope, after: int = 0, limit: int = 50) -> RunStory:
        """A run with the messages it made (from the one `after` another), and what each is about. Raises `NotFound`."""
        return run_stories.run_story(self.context, run, scope=scope, after=after, limit=limit)

    def message_story(self, message: int, *, scope: Scope) -> MessageStory:
        """One message: to whom, what about, its words, and what came of every try. Raises `NotFound`."""
        return run_stories.message_story(self.context, message, scope=scope)

    def retry_message(self, message: int, *, by: str | int, reason: str, via: str | None = None) -> str:
        """Once more, now or as soon as the hours allow; a refused address counts as mended. Raises `Refused`, `NotFound`."""
        return tending.retry_message(self.context, message, by=self.person(by), reason=reason, via=via)

    def abort_message(self, message: int, *, by: str | int, reason: str, via: str | None = None) -> int:
        """A message that has not left does not leave. Returns how many things it was about. Raises `Refused`, `NotFound`."""
        return tending.abort_message(self.context, message, by=self.person(by), reason=reason, via=via)

    def channels(self) -> tuple[ChannelRead, ...]:
        """Every channel, how it fares, and what waits for it."""
        return tending.channels(self.context)

    def enable_channel(self, name: str, *, by: str | int, reason: str | None = None, via: str | None = None) -> bool:
        """A person says that a channel is in order again. False if nothing was held against it."""
        return tending.enable_channel(self.context, name, by=self.person(by), reason=reason, via=via)

    def first_chases(self, under: str | None = None, *, scope: Scope = EVERYTHING) -> tuple[Chase, ...]:
        """What would go out after the line and waits for a clerk's look: a line a message and unit, with when it leaves by itself."""
        return chasing.first_chases(self.context, under=under, scope=scope)

    def release(self, *, by: str | int, under: str | None = None, via: str | None = None) -> Released:
        """Let first chases leave with the next delivery: 组织部 all, 书记 or 组织员 of a committee those about its own branches."""
        return chasing.release(self.context, by=self.person(by), under=under, via=via)

    def wish(self, by: str | int, *, weekly: bool) -> None:
        """How a person wants to be written to: what concerns others once a week, or each working day. His own duties do not wait."""
        chasing.wish(self.context, by=self.person(by), weekly=weekly)
