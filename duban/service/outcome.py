"""结果: what becomes of a message, its address and its channel after a try? Pure: a result and the channel's policy in, a verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.outbox import PARK, QUERY, Policy

if TYPE_CHECKING:
    from notifications.channels.channel import Failed, Result, Retry

BACKOFF = (60, 300, 1800, 7200, 21600)
"""Seconds before the second, third, ... try."""
OK, RETRYABLE, PERMANENT, UNKNOWN, CHANNEL, RAISED, TEMPLATE = (
    "ok",
    "retryable",
    "permanent",
    "unknown",
    "channel",
    "raised",
    "template",
)
"""What may come of a try: `channel` is the channel's fault, and not counted; `raised` is a sender that broke."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`outcome` is the try's, `state` the message's. `wait` are seconds until the next try, None for none.

    `counts`: the try is one of those a message has. `offer`: what it was about is offered again, for the next message; `arrived` if
    people may have this one. `blocks`: the address is not written to again. `pause`: nothing goes by the channel for so many seconds.
    `disables`: nothing goes by it until a person enables it. `strike`: one more failure of the channel itself.
    """

    outcome: str
    state: str
    why: str | None = None
    code: str | None = None
    wait: int | None = None
    counts: bool = True
    offer: bool = False
    arrived: bool = False
    blocks: bool = False
    pause: int | None = None
    disables: bool = False
    strike: bool = False
    provider_id: str | None = None

    @property
    def stops(self) -> bool:
        """The others of this channel would only run into the same."""
        return self.pause is not None or self.disables


def judge(result: Result, *, attempts: int, policy: Policy) -> Verdict:
    """What a channel's answer means. `attempts` are the tries so far, this one included."""
    from notifications.channels.channel import Failed, Retry, Sent

    match result:
        case Sent():
            return Verdict(outcome=OK, state="sent", provider_id=result.provider_id)
        case Failed():
            return _refused(result)
        case Retry():
            return _repeatable(result, attempts, policy)
    return _unknown(result.why, attempts, policy)


def broke(error: Exception, *, attempts: int, policy: Policy) -> Verdict:
    """A sender that raised: its fault or the message's, nobody knows; so it counts, and others go on.

    Only the kind of the error is kept: its words may hold an address with its key.
    """
    return _again(RAISED, f"发送程序出错（{type(error).__name__}）", attempts, policy)


def unsayable(words: str) -> Verdict:
    """No template could say it: it is held until one can."""
    return Verdict(outcome=TEMPLATE, state="held", why=words)


def _refused(result: Failed) -> Verdict:
    if result.fault == "channel":
        return Verdict(outcome=CHANNEL, state="pending", why=result.why, code=result.code, counts=False, disables=True)
    bad = result.fault == "address"
    return Verdict(outcome=PERMANENT, state="failed", why=result.why, code=result.code, offer=True, blocks=bad)


def _repeatable(result: Retry, attempts: int, policy: Policy) -> Verdict:
    if result.fault == "channel":
        pause = max(1, result.after_seconds)
        return Verdict(outcome=CHANNEL, state="pending", why=result.why, counts=False, pause=pause, strike=True)
    return _again(RETRYABLE, result.why, attempts, policy, at_least=result.after_seconds)


def _unknown(why: str, attempts: int, policy: Policy) -> Verdict:
    """It may have arrived. Whether the same key may go again is the channel's policy; five silences in a row are the channel's fault."""
    if policy.unknown == PARK:
        return Verdict(outcome=UNKNOWN, state="unknown", why=why, offer=True, arrived=True, strike=True)
    return _again(UNKNOWN, why, attempts, policy, strike=True)


def _again(outcome: str, why: str, attempts: int, policy: Policy, *, at_least: int = 0, strike: bool = False) -> Verdict:
    if attempts >= policy.attempts:
        return Verdict(outcome=outcome, state="dead", why=why, strike=strike)
    wait = max(at_least, BACKOFF[min(attempts, len(BACKOFF)) - 1])
    return Verdict(outcome=outcome, state="pending", why=why, wait=wait, strike=strike)


def asks_first(policy: Policy, *, doubtful: bool) -> bool:
    """The provider is asked what became of the earlier try before anything is sent again."""
    return doubtful and policy.unknown == QUERY
