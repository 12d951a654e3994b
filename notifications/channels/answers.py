"""What does an answer of a server mean that says nothing but its HTTP status, and what JSON is in it?"""

from __future__ import annotations

import json
from collections.abc import Mapping

from notifications.channels.channel import Failed, Result, Retry, Unknown
from notifications.channels.http import SOON, Answer

LONGEST_PAUSE = 6 * 3600
_DIGITS = 9


def by_status(answer: Answer, unclear: str, words: str) -> Result:
    """What an answer means that says nothing but its HTTP status."""
    status = answer.status
    if status in (429, 503):
        return Retry(after_seconds=pause_of(answer), why=f"对方请我们稍后再来（{words}）", fault="channel")
    if status in (408, 425, 500):
        return Retry(after_seconds=SOON, why=f"对方暂时不能处理（{words}）", fault="channel")
    if status >= 500 or 200 <= status < 300:
        # 502 and 504 come from a gateway that does not know whether the server behind it acted.
        return Unknown(why=f"{unclear}（{words}），可能已经收到")
    if status in (400, 409, 413, 415, 422):
        return Failed(why=f"对方不接受这份消息（{words}）", code=str(status), fault="message")
    why = f"对方不接受这个地址或密钥（{words}），请核对设置"
    return Failed(why=why, code=str(status), fault="channel")


def pause_of(answer: Answer) -> int:
    """Seconds the receiver asks for, between one minute and six hours. A date in `Retry-After` counts as one minute."""
    for name in ("retry-after", "x-ogw-ratelimit-reset"):
        asked = answer.headers.get(name, "").strip()
        if asked.isascii() and asked.isdigit():
            return min(max(int(asked[:_DIGITS]), SOON), LONGEST_PAUSE)
    return SOON


def as_json(value: object) -> bytes:
    """UTF-8 with Chinese as it is: the limits count bytes. Half a surrogate pair becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def reply_of(body: bytes) -> Mapping[str, object]:
    """The JSON object a server answered; empty if it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
