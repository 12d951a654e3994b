"""What providers report back of messages: each event once, and a message only ever goes forward."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, literal, select, update

from storage.claim import claim
from storage.tables import MESSAGE
from storage.tables_telling import INBOUND

DELIVERED = "delivered"


def keep(
    connection: Connection, *, provider: str, event_id: str, at: int, body_sha: str, provider_id: str | None, state: str | None
) -> bool:
    """Keep an event, whomever it is about; False if it came before."""
    values: dict[str, ColumnElement[Any]] = {
        "provider": literal(provider),
        "event_id": literal(event_id),
        "received_at": literal(at),
        "body_sha": literal(body_sha),
        "provider_id": literal(provider_id),
        "state": literal(state),
        "applied": literal(False),
    }
    return claim(connection, INBOUND, list(values), select(*values.values())) == 1


def deliver(connection: Connection, *, channel: str, provider_id: str) -> int:
    """The provider says that a sent message has arrived: then it has, whatever comes later. Returns how many it was."""
    mine = and_(MESSAGE.c.channel == channel, MESSAGE.c.provider_id == provider_id, MESSAGE.c.state == "sent")
    return connection.execute(update(MESSAGE).where(mine).values(state=DELIVERED)).rowcount


def applied(connection: Connection, *, provider: str, event_id: str) -> None:
    mine = and_(INBOUND.c.provider == provider, INBOUND.c.event_id == event_id)
    connection.execute(update(INBOUND).where(mine).values(applied=True))


def early(connection: Connection, *, channel: str, provider_id: str) -> list[str]:
    """Ids of events that said 「delivered」 before we knew what the provider calls the message."""
    mine = and_(INBOUND.c.provider == channel, INBOUND.c.provider_id == provider_id, INBOUND.c.state == DELIVERED)
    return [str(id_) for id_ in connection.execute(select(INBOUND.c.event_id).where(mine, ~INBOUND.c.applied)).scalars()]
