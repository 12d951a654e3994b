"""What does every channel take, and what may it answer?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Literal, Protocol, Self, runtime_checkable

from notifications.forms import Blocks

Fault = Literal["address", "message", "channel"]


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One message on its way to one contact point.

    `id` names the message, `key` is the same for every try to send it, so that a receiver can drop a repeat. `to` is the
    address, `recipient` the person's name. `at` is the instant the message was made, with a zone: the same for every try too.
    `extra` are facts for channels that carry data (unit, items, rung); JSON values only. `blocks` is the short form for a group's
    robot, without the recipient's name; `facts` are the parameters of a text message by name (活动, 件数).
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
    blocks: Blocks | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

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

    With `fault` `address` the contact point itself is no good; with `message` only this message was refused; with `channel` every
    message would be (the key is wrong, the robot was removed): nobody should knock again until a person has mended it.
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
    `group` says that more people than the recipient read along (群机器人): then a personal link must not be in the parcel.
    """

    @property
    def name(self) -> str: ...

    @property
    def group(self) -> bool: ...

    def send(self, parcel: Parcel) -> Result: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


@runtime_checkable
class Queryable(Protocol):
    """A channel that can be asked afterwards what became of a parcel, so that an unanswered one is never sent again blindly."""

    def query(self, *, key: str, provider_id: str | None = None) -> Result:
        """`Sent`, `Failed`, `Unknown` (ask again later), or `Retry`: the receiver never had this key, so it may be sent."""
        ...
