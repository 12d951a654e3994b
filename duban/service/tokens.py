"""回执链接: a secret in the link of one sent message, for one person, for ten working days. Only its hash is remembered."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING

from duban.service.context import Context, day_of
from storage import tokens as rows
from storage.tokens import TokenRead
from workflow.deadline import closes_at
from workflow.errors import DubanError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from workflow.workdays import WorkCalendar

WORKDAYS = 10
"""How long a link serves: to the end of the tenth working day after the message left."""
BYTES = 24
"""192 random bits: nobody guesses one."""
LONGEST = 64
PLACE = "/r/"
MASK = "******"
_LINK = re.compile(r"(/r/)[A-Za-z0-9_-]{16,}")


class BadLink(DubanError):
    """A link that does not open anything: `code` is forged (unknown) or expired."""


def expiry(calendar: WorkCalendar, now: int, zone: str = "Asia/Shanghai") -> int:
    """The instant from which a link made now no longer serves, UTC seconds."""
    return closes_at(calendar.add(day_of(now, zone), WORKDAYS).day, None, zone)


def mint(connection: Connection, message_id: int, person_id: int, now: int, expires: int) -> str:
    """A new secret for a message to a person, 32 characters safe in a path. It is shown once, here, and can't be had again."""
    secret = secrets.token_urlsafe(BYTES)
    rows.add(connection, hash_=hashed(secret), message_id=message_id, person_id=person_id, at=now, expires_at=expires)
    return secret


def link(base: str, secret: str) -> str:
    """The address to put into a letter: `https://portal.example.edu.cn/duban` -> `…/duban/r/SECRET`."""
    return base.rstrip("/") + PLACE + secret


def masked(text: str) -> str:
    """A text with the secrets of its links blotted out: what may be kept of a sent message."""
    return _LINK.sub(rf"\1{MASK}", text)


def hashed(secret: str) -> str:
    """SHA-256, hexadecimal. A random secret needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def confirmation(secret: str) -> str:
    """What the page's form sends back: only who has read the page can know that it must, and it says nothing about the secret."""
    return hmac.new(secret.encode(), b"duban reply form", hashlib.sha256).hexdigest()


def confirms(secret: str, given: str) -> bool:
    return hmac.compare_digest(confirmation(secret).encode(), given.encode())


def found(context: Context, connection: Connection, secret: str) -> TokenRead:
    """The link of a secret, used or not. Raises `BadLink`."""
    token = rows.find(connection, hashed(secret)) if len(secret) <= LONGEST else None
    if token is None:
        raise BadLink("这个链接无效：可能没有复制完整，或者已被改动。请从收到的原信里重新打开。", code="forged")
    if context.now() >= token.expires_at:
        raise BadLink("这个链接已经过期，不能再用来回应。请直接报送，或联系信中写明的联系人。", code="expired")
    return token
