"""回执: a provider reports what became of a message. Each event counts once, however often and in whatever order it comes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from duban.service.context import Context
from storage import receipts as rows
from storage.receipts import DELIVERED

if TYPE_CHECKING:
    from sqlalchemy import Connection

WIRELESS = ("email", "folder")
"""Channels nobody reports back from."""


def receipt(
    context: Context, provider: str, *, event_id: str, provider_id: str | None, state: str | None, body: bytes | str = b""
) -> bool:
    """Take an event in. True if it changed a message; False if it came before, is older than what is known, or is about nothing known.

    `provider` is the channel's name, `state` its word for 「已送达」 translated to `delivered`; any other is kept and changes nothing.
    What is not known yet is kept: the report may be quicker than the answer to the send.
    """
    content = body.encode() if isinstance(body, str) else body
    with context.database.write() as connection:
        new = rows.keep(
            connection,
            provider=provider,
            event_id=event_id,
            at=context.now(),
            body_sha=hashlib.sha256(content).hexdigest(),
            provider_id=provider_id,
            state=state,
        )
        if not new or state != DELIVERED or not provider_id:
            return False
        changed = rows.deliver(connection, channel=provider, provider_id=provider_id) > 0
        if changed:
            rows.applied(connection, provider=provider, event_id=event_id)
        context.record_instant(connection)
        return changed


def apply_early(connection: Connection, channel: str, provider_id: str) -> None:
    """Reports that were here before the answer to the send."""
    if channel in WIRELESS:
        return
    for event_id in rows.early(connection, channel=channel, provider_id=provider_id):
        rows.deliver(connection, channel=channel, provider_id=provider_id)
        rows.applied(connection, provider=channel, event_id=event_id)
