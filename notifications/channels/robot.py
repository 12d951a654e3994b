"""What do the robots of chat groups (群机器人) have in common? They answer 200 to a refusal, and say it in the body.

Sent is what has HTTP 200 and the code 0, and nothing else. A code no table knows is a refusal of this message: every passing trouble
is in the tables, so trying again would not help, and the next contact point gets its turn. Codes: the platforms' documentation, and
answers seen in the issue trackers of other senders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from notifications.channels.answers import as_json, by_status, pause_of, reply_of
from notifications.channels.channel import Failed, Fault, Parcel, Result, Retry, Sent
from notifications.channels.http import SOON, Answer, Http, Posting
from notifications.forms import Blocks, fitted

_RATE_WORDS = ("too fast", "too many", "frequency", "freq out", "rate limit", "limited", "限流", "频率", "太快", "频繁")
_DIGITS = 9


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


class Robot(Posting):
    """A robot in one group. Subclasses say what a message looks like."""

    group = True

    def __init__(self, name: str, http: Http, dialect: Dialect) -> None:
        super().__init__(name, http)
        self._dialect = dialect

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


def _code(value: object) -> int | None:
    """The code as a whole number; None for everything else: `true` and "0" are not the success that was promised."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lstrip("-").isdigit() and len(value) <= _DIGITS and int(value):
        return int(value)
    return None
