"""Messages and the channels they leave by."""

from __future__ import annotations

from collections.abc import Sequence

from duban.facade.base import Base
from duban.service import chases as chasing
from duban.service import deliver as delivering
from duban.service import (
    receipts,
    tending,
)
from duban.service.chases import Chase, Released
from duban.service.deliver import Delivered
from duban.service.tending import ChannelRead, MessageRead
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
        """Send what waits; any number of processes may do so at once. See `duban.service.deliver.deliver`."""
        return delivering.deliver(self.context, only=only, lease=lease, batch=batch, interval=interval, patience=patience)

    def receipt(
        self, provider: str, *, event_id: str, provider_id: str | None, state: str | None, body: bytes | str = b""
    ) -> bool:
        """What a provider reports of a message (`delivered`, `failed`; anything else is only kept). True if it changed one."""
        return receipts.receipt(self.context, provider, event_id=event_id, provider_id=provider_id, state=state, body=body)

    def messages(self, *, state: str | None = None, limit: int = 200, scope: Scope = EVERYTHING) -> tuple[MessageRead, ...]:
        """The newest messages, of one state if it is named: to whomever, about units within the scope."""
        return tending.messages(self.context, state=state, limit=limit, scope=scope)

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
