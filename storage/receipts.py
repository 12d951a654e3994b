"""What providers report back of messages: each event once, and a message only ever goes forward."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, literal, select, update

from storage.claim import claim
from storage.tables import MESSAGE
from storage.tables_telling import INBOUND

DELIVERED, FAILED = "delivered", "failed"
FINAL = (DELIVERED, FAILED)
NOT_ARRIVED = "服务商报告未送达"


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


def settle(connection: Connection, *, channel: str, provider_id: str, state: str) -> list[int]:
    """The provider says that a sent message has arrived, or has not: that stands, whatever comes later. The messages it was."""
    mine = and_(MESSAGE.c.channel == channel, MESSAGE.c.provider_id == provider_id, MESSAGE.c.state == "sent")
    values = {"state": state} if state == DELIVERED else {"state": state, "why": NOT_ARRIVED}
    return sorted(connection.execute(update(MESSAGE).where(mine).values(values).returning(MESSAGE.c.id)).scalars())


def applied(connection: Connection, *, provider: str, event_id: str) -> None:
    mine = and_(INBOUND.c.provider == provider, INBOUND.c.event_id == event_id)
    connection.execute(update(INBOUND).where(mine).values(applied=True))


def early(connection: Connection, *, channel: str, provider_id: str) -> list[tuple[str, str]]:
    """(id, state) of events that said what became of a message before we knew what the provider calls it, as they came."""
    mine = and_(INBOUND.c.provider == channel, INBOUND.c.provider_id == provider_id, INBOUND.c.state.in_(FINAL))
    asked = select(INBOUND.c.event_id, INBOUND.c.state).where(mine, ~INBOUND.c.applied)
    return [(str(id_), str(state)) for id_, state in connection.execute(asked.order_by(INBOUND.c.received_at))]
