"""回执: a provider reports what became of a message. Each event counts once, however often and in whatever order it comes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from duban.service.context import Context
from duban.service.folding import elsewhere
from storage import locks, unsent
from storage import receipts as rows
from storage.receipts import FAILED, FINAL

if TYPE_CHECKING:
    from sqlalchemy import Connection

WIRELESS = ("email", "folder")
"""Channels nobody reports back from."""


def receipt(
    context: Context, provider: str, *, event_id: str, provider_id: str | None, state: str | None, body: bytes | str = b""
) -> bool:
    """Take an event in. True if it changed a message; False if it came before, is older than what is known, or is about nothing known.

    `provider` is the channel's name, `state` its word for 「已送达」 translated to `delivered` and that for 「未送达」 to `failed`; any
    other is kept and changes nothing. What failed is told at the next contact point. What is not known yet is kept: the report may be
    quicker than the answer to the send.
    """
    content = body.encode() if isinstance(body, str) else body
    with context.database.write() as connection:
        locks.hold(connection, locks.RECEIPT)
        new = rows.keep(
            connection,
            provider=provider,
            event_id=event_id,
            at=context.now(),
            body_sha=hashlib.sha256(content).hexdigest(),
            provider_id=provider_id,
            state=state,
        )
        if not new or state not in FINAL or not provider_id:
            return False
        ids = _settle(context, connection, provider, event_id, provider_id, state)
        context.record_instant(connection)
        return bool(ids)


def apply_early(context: Context, connection: Connection, channel: str, provider_id: str) -> bool:
    """Reports that were here before the answer to the send. True if something is to be told in another message."""
    if channel in WIRELESS:
        return False
    locks.hold(connection, locks.RECEIPT)
    offered = False
    for id_, state in rows.early(connection, channel=channel, provider_id=provider_id):
        settled = _settle(context, connection, channel, id_, provider_id, state)
        offered |= state == FAILED and bool(settled)
    return offered


def _settle(context: Context, connection: Connection, channel: str, event_id: str, provider_id: str, state: str) -> list[int]:
    """What an event says becomes of the messages it is about, if it is the first to say so."""
    ids = rows.settle(connection, channel=channel, provider_id=provider_id, state=state)
    if ids:
        rows.applied(connection, provider=channel, event_id=event_id)
    for id_ in ids if state == FAILED else ():
        if elsewhere(context, connection, id_, context.now()):
            unsent.offer_again(connection, [id_], arrived=False)
    return ids
