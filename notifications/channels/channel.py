"""What does every channel take, and what may it answer?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Literal, Protocol, Self

Fault = Literal["address", "message", "channel"]


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One message on its way to one contact point.

    `id` names the message, `key` is the same for every try to send it, so that a receiver can drop a repeat. `to` is the
    address, `recipient` the person's name. `at` is the instant the message was made, with a zone: the same for every try too.
    `extra` are facts for channels that carry data (unit, items, rung); JSON values only.
    """

    id: str
    key: str
    to: str
    recipient: str
    subject: str
    text: str
    html: str
    at: datetime
    extra: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(f"parcel {self.id}: `at` has no zone: {self.at}")


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The receiver took it over. `provider_id` is how he can be asked about it, `note` what he answered."""

    provider_id: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Nothing was delivered, and another try may do better, not sooner than in `after_seconds`.

    `fault` says whom to spare meanwhile: `channel` concerns every parcel alike (the server is away, the password is wrong).
    """

    after_seconds: int
    why: str
    fault: Fault = "address"


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Nothing was delivered, and the same parcel would fail again. `code` is the receiver's (`550`) or ours (`bad-address`).

    With `fault` `address` the contact point itself is no good; with `message` only this message was refused.
    """

    why: str
    code: str
    fault: Fault = "address"


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """The parcel was handed over and no answer came back: it may have arrived. What to do then is the channel's policy."""

    why: str


Result = Sent | Retry | Failed | Unknown


class Channel(Protocol):
    """Sends parcels one by one and never raises for what a receiver or a network does.

    Used as a context manager it keeps its connection for the batch inside; not to be shared between threads.
    """

    @property
    def name(self) -> str: ...

    def send(self, parcel: Parcel) -> Result: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...
