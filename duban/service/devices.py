"""常用设备: by what a browser is known in which somebody has signed in before, so that who keeps trying his name can't lock him out of it.

It lets nobody in: passwords tried from it are counted by themselves. A new password makes all of a person's other browsers strange again,
else whoever once knew the old one could collect devices to guess from.
"""

from __future__ import annotations

import secrets

from duban.service.context import Context
from duban.service.portal_key import portal_key, signature

DAYS = 365
"""How long a browser that is not used stays known."""
BYTES, LONGEST = 18, 100


def marked(context: Context, person: int, *, since: int, before: str = "") -> str:
    """What a browser keeps from now on: a random word and a signature that binds it to a person and to when he set his password (UTC
    seconds). What it kept `before`, if that is his."""
    if device_of(context, person, since=since, mark=before) is not None:
        return before
    word = secrets.token_urlsafe(BYTES)
    return f"{word}.{_signature(context, word, person, since)}"


def device_of(context: Context, person: int, *, since: int, mark: str) -> str | None:
    """The random word of a browser's mark; None unless it was made for this person since he set his password."""
    word, _, signed = mark.partition(".")
    if not signed or len(mark) > LONGEST:
        return None
    right = _signature(context, word, person, since)
    return word if secrets.compare_digest(right.encode(), signed.encode()) else None


def _signature(context: Context, word: str, person: int, since: int) -> str:
    return signature(portal_key(context), "device", str(person), str(since), word)
