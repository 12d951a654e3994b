"""What do the robots of chat groups (群机器人) have in common? They answer 200 to a refusal, and say it in the body.

Sent is what has HTTP 200 and the code 0, and nothing else. A code no table knows is a refusal of this message: every passing trouble
is in the tables, so trying again would not help, and the next contact point gets its turn. Codes: the platforms' documentation, and
answers seen in the issue trackers of other senders.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from notifications.channels.channel import Failed, Fault, Parcel, Result, Retry, Sent, Unknown
from notifications.channels.http import SOON, Answer, Http
from notifications.forms import Blocks, fitted

_RATE_WORDS = ("too fast", "too many", "frequency", "freq out", "rate limit", "limited", "限流", "频率", "太快", "频繁")
_DIGITS = 9
LONGEST_PAUSE = 6 * 3600


@dataclass(frozen=True, kw_only=True)
class Busy:
    """Nobody may send for `seconds`: too many messages, or the platform is overloaded."""

    seconds: int = SOON


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Refused for good. `todo` says in Chinese what a person mends."""

    fault: Fault
    todo: str


Codes = Mapping[int, Busy | Refused]


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How one platform speaks: its Chinese name, the members of its answer, what its codes mean."""

    platform: str
    code: str
    message: str
    codes: Codes
    rate_pause: int = SOON


class Robot:
    """A robot in one group. Subclasses say what a message looks like."""

    group = True

    def __init__(self, name: str, http: Http, dialect: Dialect) -> None:
        self.name = name
        self._http = http
        self._dialect = dialect

    def __enter__(self) -> Self:
        self._http.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.__exit__(kind, error, trace)

    def send(self, parcel: Parcel) -> Result:
        if parcel.blocks is None:
            return Failed(why="这份消息没有群机器人的写法，不能发到群里", code="no-blocks", fault="message")
        body = self._body(parcel, parcel.blocks)
        if body is None:
            why = f"消息的开头和结尾就超过了{self._dialect.platform}的长度，请把模板 robot.md.j2 写短些"
            return Failed(why=why, code="too-long", fault="message")
        answer = self._http.post(body, {"Content-Type": "application/json; charset=utf-8"}, query=self._query())
        if not isinstance(answer, Answer):
            return answer
        return judged(answer, self._dialect, self._http.said, provider_id=parcel.key)

    def _body(self, parcel: Parcel, blocks: Blocks) -> bytes | None:
        raise NotImplementedError

    def _query(self) -> str:
        return ""


def as_json(value: object) -> bytes:
    """UTF-8 with Chinese as it is: the limits count bytes. Half a surrogate pair becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def whole(blocks: Blocks, make: Callable[[tuple[str, ...]], object], limit: int) -> bytes | None:
    """The longest JSON body within `limit` bytes."""
    return fitted(blocks, lambda paragraphs: as_json(make(paragraphs)), limit)


def judged(answer: Answer, dialect: Dialect, said: Callable[[object], str], *, provider_id: str) -> Result:
    """What an answer means. `said` cleans the receiver's words."""
    reply = reply_of(answer.body)
    code = _code(reply.get(dialect.code))
    words = said(f"{code if code is not None else answer.status} {reply.get(dialect.message, '')}")
    if answer.status == 200 and code == 0:
        return Sent(provider_id=provider_id, note=words)
    if code:
        return _refusal(code, words, answer, dialect)
    return by_status(answer, f"{dialect.platform}的答复看不懂", words)


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


def _refusal(code: int, words: str, answer: Answer, dialect: Dialect) -> Result:
    match dialect.codes.get(code):
        case Refused(fault=fault, todo=todo):
            return Failed(why=f"{dialect.platform}没有接受（{words}）：{todo}", code=str(code), fault=fault)
        case Busy(seconds=seconds):
            return _later(max(seconds, pause_of(answer)), words, dialect)
    if answer.status in (429, 503) or any(word in words.lower() for word in _RATE_WORDS):
        return _later(max(dialect.rate_pause, pause_of(answer)), words, dialect)
    if answer.status in (401, 403, 404):
        return by_status(answer, "", words)
    return Failed(why=f"{dialect.platform}没有接受（{words}）", code=str(code), fault="message")


def _later(seconds: int, words: str, dialect: Dialect) -> Retry:
    return Retry(after_seconds=seconds, why=f"{dialect.platform}请我们稍后再发（{words}）", fault="channel")


def reply_of(body: bytes) -> Mapping[str, object]:
    """The JSON object a server answered; empty if it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _code(value: object) -> int | None:
    """The code as a whole number; None for everything else: `true` and "0" are not the success that was promised."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lstrip("-").isdigit() and len(value) <= _DIGITS and int(value):
        return int(value)
    return None
