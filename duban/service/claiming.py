"""领取: which messages does this process take now, and what do they say? One short transaction; nothing is sent in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from duban.service import holder, tokens
from duban.service.channels import InUse
from duban.service.context import Context, day_of
from duban.service.letters import About, about
from duban.service.windows import windows_of
from storage import channel_states, outbox, unsent
from storage.channel_states import OPEN, Fare
from storage.outbox import PARK, Claimed, Policy

if TYPE_CHECKING:
    from sqlalchemy import Connection

LEASE = 600.0
"""Seconds of real time a claim holds: ample for one message at the slowest allowed answers. A long batch renews it."""
BATCH = 100
INTERVAL = 60
"""Seconds of real time over which `per_minute` counts."""
PROBE = 120
"""Seconds of real time in which one process alone tries an open channel."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How one pass of delivery works. `owner` is its own name, `only` the messages it is about, None for all."""

    lease: float = LEASE
    batch: int = BATCH
    interval: int = INTERVAL
    only: tuple[int, ...] | None = None
    owner: str = field(default_factory=holder.name)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A batch. `looked` counts messages it dealt with, cancelled ones too; `lost` those whose holder was gone.

    `links` are the personal links of messages, `fares` how the channels fared before.
    """

    looked: int
    lost: int
    messages: tuple[Claimed, ...]
    about: About
    links: Mapping[int, str]
    fares: Mapping[str, Fare]
    today: date


def take(context: Context, used: InUse, terms: Terms, *, wording: str) -> Taken:
    """Claim a batch and read what it is about, at one moment."""
    now, real = context.now(), context.clock.real()
    with context.database.write() as connection:
        context.refresh(connection)
        today = day_of(now)
        lost = outbox.expire_leases(connection, real_now=real, policies=used.policies, gone=gone_holders(connection))
        outbox.reoffer(connection, template=wording)
        fares = channel_states.fares(connection)
        ids = [] if is_quiet(context, now) else _chosen(connection, used, fares, terms, now=now, real=real)
        unsent.drop_late(connection, ids, day=today.toordinal())
        gone = unsent.cancel_empty(connection, ids)
        messages = outbox.claim(
            connection,
            [id_ for id_ in ids if id_ not in gone],
            owner=terms.owner,
            lease_until=int(real + terms.lease),
            started=now,
            worker=terms.owner,
        )
        found = about(connection, messages, today)
        links = _links(context, connection, used, messages, found, now)
        context.record_instant(connection)
    return Taken(looked=len(ids), lost=lost, messages=tuple(messages), about=found, links=links, fares=fares, today=today)


def gone_holders(connection: Connection) -> list[str]:
    """Processes of this machine that took messages and are no more: their claims need not wait for the lease."""
    return [name for name in outbox.holders(connection) if holder.is_gone(name)]


def is_quiet(context: Context, now: int) -> bool:
    """On a rest day and outside the hours of `[quiet]` nothing leaves, also what should have left before."""
    return windows_of(context).at(now).not_before > now


def rated(used: InUse) -> dict[str, int]:
    """{channel: the most sends in an interval}."""
    return {name: found.per_minute for name, found in used.described.items() if found.per_minute}


def _chosen(connection: Connection, used: InUse, fares: Mapping[str, Fare], terms: Terms, *, now: int, real: int) -> list[int]:
    """Messages for the channels that may be used: as many as there is room for, one where an open channel is tried.

    Where nothing may go twice, one at a time: who is killed then leaves one behind of which nobody knows whether it arrived.
    """
    usable = [name for name in used.channels if not fares.get(name, Fare(name)).is_left_alone(real)]
    tried = [name for name in usable if fares.get(name, Fare(name)).state == OPEN]
    limits = rated(used)
    carried = channel_states.used(connection, limits, since_ms=(real - terms.interval) * 1000)
    singly = [name for name in usable if used.policies.get(name, Policy()).unknown == PARK]
    free = [name for name in usable if name not in tried and name not in limits and name not in singly]
    ids = outbox.waiting(connection, now=now, channels=free, limit=terms.batch, only=terms.only)
    for name in usable:
        if name in tried:
            ids += _probe(connection, name, terms, now=now, real=real)
        elif name in limits or name in singly:
            most = 1 if name in singly else terms.batch
            room = min(limits[name] - carried.get(name, 0), most) if name in limits else most
            ids += outbox.waiting(connection, now=now, channels=[name], limit=room, only=terms.only)
    return ids


def _probe(connection: Connection, name: str, terms: Terms, *, now: int, real: int) -> list[int]:
    ids = outbox.waiting(connection, now=now, channels=[name], limit=1, only=terms.only)
    mine = bool(ids) and channel_states.take_probe(connection, name, real_now=real, until=real + PROBE)
    return ids if mine else []


def _links(
    context: Context, connection: Connection, used: InUse, messages: Sequence[Claimed], found: About, now: int
) -> dict[int, str]:
    """A personal link for every message that tells one person something and that he alone will see."""
    base = context.settings.link or ""
    if not base.startswith(("https://", "http://")):
        return {}
    expires = tokens.expiry(context.calendar, now)
    alone = {m.id: found.readers(m) for m in messages if not used.channels[m.channel].group}
    return {
        id_: tokens.link(base, tokens.mint(connection, id_, readers[0], now, expires))
        for id_, readers in alone.items()
        if len(readers) == 1
    }
