"""How is a request signed, so that its receiver knows it is ours and of this hour?"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

Clock = Callable[[], float]
"""Real time in UTC seconds: receivers refuse a signature that is more than some minutes old."""

PREFIX = "whsec_"


def dingtalk(secret: str, now: float) -> str:
    """The query 钉钉 asks for (加签): milliseconds, and HMAC-SHA256 of 「milliseconds, line break, secret」 by the secret."""
    stamp = str(int(now * 1000))
    return urlencode({"timestamp": stamp, "sign": _hmac(secret.encode(), f"{stamp}\n{secret}".encode())})


def feishu(secret: str, now: float) -> dict[str, str]:
    """The two members 飞书 asks for (签名校验): seconds, and HMAC-SHA256 of nothing by the key 「seconds, line break, secret」."""
    stamp = str(int(now))
    return {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{secret}".encode(), b"")}


def standard(secret: str | None, name: str, body: bytes, now: float) -> dict[str, str]:
    """Headers as the Standard Webhooks specification names them: `webhook-id`, `-timestamp`, `-signature` (v1, HMAC-SHA256 of
    `id.timestamp.body`). A secret beginning with `whsec_` is base64; any other is taken as it is. Unsigned without a secret.
    """
    stamp = str(int(now))
    headers = {"webhook-id": name, "webhook-timestamp": stamp}
    if secret:
        headers["webhook-signature"] = "v1," + _hmac(key_of(secret), f"{name}.{stamp}.".encode() + body)
    return headers


def key_of(secret: str) -> bytes:
    """The bytes of a secret. Raises `ValueError` for a `whsec_` that is not base64."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("whsec_") from None  # not the secret's own words


def name_of(key: str) -> str:
    """A parcel's key as a header can carry it: the same for every try, in ASCII, without a full stop."""
    return "msg_" + hashlib.sha256(key.encode()).hexdigest()[:40]


def accepted(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a request with these headers was signed by `standard`. Its age is the receiver's business."""
    name, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    expected = "v1," + _hmac(key_of(secret), f"{name}.{stamp}.".encode() + body)
    return any(hmac.compare_digest(expected, given) for given in headers.get("webhook-signature", "").split())


def _hmac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
