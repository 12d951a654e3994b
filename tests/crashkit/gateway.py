"""A receiver of messages on the loopback that logs every call and plays scripts: `from crashkit.gateway import Gateway, hang, ok`.

It stands in `bench`, which the long form needs too and which may not import tests.
"""

from bench.crash.gateway import (
    OK_BODY,
    Call,
    Gateway,
    Play,
    accepted_then_hang,
    accepted_then_reset,
    away,
    effects,
    hang,
    limited,
    ok,
    read_calls,
    refused,
    reset,
    slow,
)

__all__ = [
    "OK_BODY",
    "Call",
    "Gateway",
    "Play",
    "accepted_then_hang",
    "accepted_then_reset",
    "away",
    "effects",
    "hang",
    "limited",
    "ok",
    "read_calls",
    "refused",
    "reset",
    "slow",
]
