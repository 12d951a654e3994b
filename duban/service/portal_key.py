"""The key with which the portal of one database signs what it hands out: form tokens, calendar addresses, marks of browsers."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from duban.service.context import Context
from storage.meta import claim_meta, meta

NAME = "portal_key"


def portal_key(context: Context) -> bytes:
    """32 random bytes, made once; every process of the same database has the same."""
    with context.database.read() as connection:
        found = meta(connection).get(NAME)
    if found is None:
        with context.database.write() as connection:
            found = claim_meta(connection, NAME, secrets.token_hex(32))
    return bytes.fromhex(found)


def signature(key: bytes, *parts: str) -> str:
    """An HMAC-SHA256 over some words, hexadecimal. The first word says what for, so that no signature serves elsewhere."""
    return hmac.new(key, "\0".join(parts).encode(), hashlib.sha256).hexdigest()
