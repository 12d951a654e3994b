"""The outbox: which messages may leave, who has taken them, and what came of every try."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, or_, select, update

from storage import unsent
from storage.slots import in_doubt
from storage.tables import DELIVERY, MESSAGE, PERSON

BAD_TEMPLATE = "模板有误"
"""How the reason of a message begins that no template could say."""
LOST = "lease-expired"
QUERY, PARK = "query", "park"
"""What happens to a message when nobody knows whether it arrived: the provider is asked, or a person may have it. Any other
word: the same key again."""


class Claimed(NamedTuple):
    """A message taken for sending. Only who holds the `fence` may record the result; it is the number of the try.

    `doubtful`: an earlier try ended without an answer, so it may have arrived.
    """

    id: int
    idem_key: str
    recipient_id: int
    recipient: str
    channel: str
    address: str | None
    attempts: int
    fence: int
    rung: int
    doubtful: bool = False


class Policy(NamedTuple):
    """What a channel does with a message without an answer, and how many tries a message has."""

    unknown: str = PARK
    attempts: int = 6


# --- taking


def waiting(
    connection: Connection, *, now: int, channels: Sequence[str], limit: int, only: Sequence[int] | None = None
) -> list[int]:
    """Messages that may leave now: urgent ones first, then the oldest window, the highest rung. A claim is not among them."""
    asked = (
        select(MESSAGE.c.id)
        .where(_may_leave(now), MESSAGE.c.channel.in_(channels), *([MESSAGE.c.id.in_(only)] if only is not None else []))
        .order_by(*_order())
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        asked = asked.with_for_update(skip_locked=True)
    return [int(value) for value in connection.execute(asked).scalars()] if channels and limit > 0 else []


def claim(
    connection: Connection, ids: Sequence[int], *, owner: str, lease_until: int, started: int, worker: str | None = None
) -> list[Claimed]:
    """Take messages, and write the try before the wire is touched."""
    if not ids:
        return []
    values = {
        "state": "claimed",
        "attempts": MESSAGE.c.attempts + 1,
        "fence": MESSAGE.c.fence + 1,
        "lease_until": lease_until,
        "lease_owner": owner,
    }
    mine = and_(MESSAGE.c.id.in_(ids), MESSAGE.c.state == "pending")
    got = list(connection.execute(update(MESSAGE).where(mine).values(values).returning(MESSAGE.c.id)).scalars())
    columns = (MESSAGE.c[name] for name in ("id", "idem_key", "recipient_id"))
    more = (MESSAGE.c[name] for name in ("channel", "address", "attempts", "fence", "rung"))
    asked = select(*columns, PERSON.c.name, *more, in_doubt()).join(PERSON, PERSON.c.id == MESSAGE.c.recipient_id)
    taken = [Claimed._make(row) for row in connection.execute(asked.where(MESSAGE.c.id.in_(got)).order_by(*_order()))]
    if taken:
        unsent.drop_done(connection, [m.id for m in taken if m.attempts == 1])
        tries = [{"message_id": m.id, "n": m.fence, "started_at": started, "worker": worker} for m in taken]
        connection.execute(insert(DELIVERY), tries)
    return taken


def renew(connection: Connection, messages: Sequence[Claimed], *, owner: str, lease_until: int) -> set[int]:
    """Hold what is not sent yet for longer; returns the ids of those that nobody has taken over since."""
    held = update(MESSAGE).where(_held(messages, owner)).values(lease_until=lease_until)
    return set(connection.execute(held.returning(MESSAGE.c.id)).scalars())


def put_back(connection: Connection, messages: Sequence[Claimed], *, owner: str) -> int:
    """Messages that were taken and not tried after all: as if nobody had taken them."""
    values = {"state": "pending", "attempts": MESSAGE.c.attempts - 1, "lease_until": None, "lease_owner": None}
    back = update(MESSAGE).where(_held(messages, owner)).values(values)
    ids = list(connection.execute(back.returning(MESSAGE.c.id)).scalars())
    fence = select(MESSAGE.c.fence).where(MESSAGE.c.id == DELIVERY.c.message_id).scalar_subquery()
    if ids:
        connection.execute(delete(DELIVERY).where(DELIVERY.c.message_id.in_(ids), DELIVERY.c.n == fence))
    return len(ids)


# --- what came of it


def finish(
    connection: Connection,
    message: Claimed,
    *,
    outcome: str,
    state: str,
    at: int,
    not_before: int | None = None,
    why: str | None = None,
    code: str | None = None,
    counts: bool = True,
    template: str | None = None,
    subject: str | None = None,
    body: str | None = None,
    provider_id: str | None = None,
) -> bool:
    """Record the result of a try; False if somebody else has taken the message over since (then only the try is completed).

    With `counts` False the try is not the message's: the channel was at fault.
    """
    values: dict[str, Any] = {"state": state, "why": why, "lease_until": None, "lease_owner": None}
    if not_before is not None:
        values["not_before"] = not_before
    if template is not None:
        values["template"] = template
    if not counts:
        values["attempts"] = MESSAGE.c.attempts - 1
    if state == "sent":
        values |= {"sent_at": at, "subject": subject, "body": body, "provider_id": provider_id}
    # What was sent was sent: if the lease ran out meanwhile and nobody has begun anew, nobody needs to.
    states = ("claimed", "pending") if state == "sent" else ("claimed",)
    mine = and_(MESSAGE.c.id == message.id, MESSAGE.c.fence == message.fence, MESSAGE.c.state.in_(states))
    kept = connection.execute(update(MESSAGE).where(mine).values(values)).rowcount == 1
    connection.execute(
        update(DELIVERY)
        .where(DELIVERY.c.message_id == message.id, DELIVERY.c.n == message.fence)
        .values(finished_at=at, outcome=outcome, code=code, text=why)
    )
    return kept


def holders(connection: Connection) -> list[str]:
    """Who holds claims now."""
    asked = select(MESSAGE.c.lease_owner).where(MESSAGE.c.state == "claimed", MESSAGE.c.lease_owner.is_not(None))
    return list(connection.execute(asked.distinct()).scalars())


def expire_leases(connection: Connection, *, real_now: int, policies: Mapping[str, Policy], gone: Sequence[str] = ()) -> int:
    """Claims whose lease ran out, or whose holder is `gone`: what came of them is unknown, and the channel's policy says what happens.

    Where the same key may go again they wait anew (or are dead, if that was the last try); else a person may have them: they are parked,
    and what they were about is offered again. Returns how many they were. What channel is not in `policies` parks.
    """
    lost = and_(MESSAGE.c.state == "claimed", or_(MESSAGE.c.lease_until < real_now, MESSAGE.c.lease_owner.in_(gone)))
    found = connection.execute(select(MESSAGE.c.channel).where(lost).distinct()).scalars()
    return sum(_lost(connection, and_(lost, MESSAGE.c.channel == name), policies.get(name, Policy())) for name in list(found))


def _lost(connection: Connection, lost: ColumnElement[bool], policy: Policy) -> int:
    # One statement: whoever waited here for another deliverer finds the lease renewed, and leaves the message alone.
    after = "unknown" if policy.unknown == PARK else case((MESSAGE.c.attempts >= policy.attempts, "dead"), else_="pending")
    again = update(MESSAGE).where(lost).values(state=after, why=LOST, lease_until=None, lease_owner=None)
    ids = list(connection.execute(again.returning(MESSAGE.c.id)).scalars())
    if ids:
        open_tries = and_(DELIVERY.c.message_id.in_(ids), DELIVERY.c.finished_at.is_(None))
        connection.execute(update(DELIVERY).where(open_tries).values(outcome="unknown"))
    if policy.unknown == PARK:
        unsent.offer_again(connection, ids, arrived=True)
    return len(ids)


# --- what waits longer


def reoffer(connection: Connection, *, template: str) -> int:
    """Messages that an earlier wording could not say are offered to this one."""
    other = or_(MESSAGE.c.template.is_(None), MESSAGE.c.template != template)
    held = and_(MESSAGE.c.state == "held", MESSAGE.c.why.startswith(BAD_TEMPLATE), other)
    return connection.execute(update(MESSAGE).where(held).values(state="pending", why=None)).rowcount


def purge(connection: Connection, *, before: int) -> int:
    """The texts of messages that left before an instant are forgotten; that they left, when, and to whom stays."""
    old = and_(MESSAGE.c.sent_at < before, MESSAGE.c.body.is_not(None))
    return connection.execute(update(MESSAGE).where(old).values(body=None, subject=None)).rowcount


# --- how much there is


def waiting_count(connection: Connection) -> int:
    asked = select(func.count()).select_from(MESSAGE).where(MESSAGE.c.state.in_(("pending", "claimed", "held")))
    return int(connection.execute(asked).scalar_one())


def anything_to_send(connection: Connection, *, now: int, real_now: int, gone: Sequence[str] = ()) -> bool:
    """A look that takes no lock."""
    ready = or_(
        _may_leave(now),
        and_(MESSAGE.c.state == "claimed", or_(MESSAGE.c.lease_until < real_now, MESSAGE.c.lease_owner.in_(gone))),
        and_(MESSAGE.c.state == "held", MESSAGE.c.why.startswith(BAD_TEMPLATE)),
    )
    return connection.execute(select(MESSAGE.c.id).where(ready).limit(1)).first() is not None


def waits_on(connection: Connection, channels: Iterable[str], *, now: int) -> bool:
    """Something could leave by one of these channels."""
    ready = and_(_may_leave(now), MESSAGE.c.channel.in_(list(channels)))
    return connection.execute(select(MESSAGE.c.id).where(ready).limit(1)).first() is not None


def _may_leave(now: int) -> ColumnElement[bool]:
    fresh = or_(MESSAGE.c.expires_at.is_(None), MESSAGE.c.expires_at > now)
    return and_(MESSAGE.c.state == "pending", MESSAGE.c.not_before <= now, fresh)


def _order() -> tuple[ColumnElement[Any], ...]:
    return (MESSAGE.c.urgent.desc(), MESSAGE.c.not_before, MESSAGE.c.rung.desc(), MESSAGE.c.id)


def _held(messages: Sequence[Claimed], owner: str) -> ColumnElement[bool]:
    """Taken by this holder and by nobody since: every pass of delivery has a name of its own."""
    mine = MESSAGE.c.id.in_([message.id for message in messages])
    return and_(mine, MESSAGE.c.state == "claimed", MESSAGE.c.lease_owner == owner)
