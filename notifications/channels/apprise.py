"""A channel for what has no sender of its own: anything the library Apprise knows, by one URL.

Needs `pip install 'duban[apprise]'`. Apprise says only yes, no, or too slow; so what we can tell of a failure is little.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from notifications.channels.channel import Failed, Parcel, Result, Retry, Sent, Unknown
from notifications.channels.http import SOON, BadSettings
from notifications.forms import pieces, plain, unmarked
from notifications.voice import TITLE

TO = "{to}"
LYING = ("wecombot", "dingtalk", "feishu", "lark", "schan")
OWN = ("mailto", "mailtos")
_SAMPLE = "13800000000"
_NOT_HANDED_OVER = ("Failed to establish a new connection", "NameResolutionError", "ConnectTimeout", "ProxyError", "SSLError")
_LOGS = ("apprise", "urllib3.connectionpool")
_quiet = Lock()


class AppriseChannel:
    """One Apprise URL with one target. With `{to}` in it, each person's address goes there; without it everybody's messages go to
    one place, so they are written as for a group, without the recipient's name.

    Raises `BadSettings` if Apprise does not know the URL, or must not be used for it.
    """

    def __init__(self, url: str, *, name: str = "apprise", timeout: float = 10.0) -> None:
        self.name = name
        self.group = TO not in url
        self._url, self._timeout = url.strip(), timeout
        _service(name, self._url.replace(TO, _SAMPLE), timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    def send(self, parcel: Parcel) -> Result:
        from apprise import NotifyFormat
        from apprise.result import AppriseResultStatus

        title, body = _written(parcel, self.group)
        if not body:
            return Failed(why="这份消息没有群机器人的写法，不能发到群里", code="no-blocks", fault="message")
        try:
            service = _service(self.name, self._url.replace(TO, quote(parcel.to.strip(), safe="")), self._timeout)
        except BadSettings:
            return Failed(why="这个地址不能填进 Apprise 的网址，请在任职表里改正", code="bad-address")
        with _log_kept() as said:
            answered = service.notify(title=title, body=body, body_format=NotifyFormat.TEXT, timeout=3 * self._timeout)
        match answered.status:
            case AppriseResultStatus.SUCCESS:
                return Sent(provider_id=parcel.key)
            case AppriseResultStatus.NOMATCH:
                return Failed(why="Apprise 没有可用的服务，请核对地址", code="no-service", fault="channel")
            case AppriseResultStatus.FAILURE if any(words in line for line in said for words in _NOT_HANDED_OVER):
                return Retry(after_seconds=SOON, why="Apprise 连不上对方", fault="channel")
            case AppriseResultStatus.FAILURE if any("error=" in line for line in said):
                return Retry(after_seconds=SOON, why="对方没有接受（Apprise 只说没有成功）", fault="message")
        return Unknown(why="Apprise 没有说清楚对方是否收到")


def _written(parcel: Parcel, group: bool) -> tuple[str, str]:
    if not group:
        return parcel.subject, parcel.text
    if parcel.blocks is None:
        return "", ""
    return TITLE, plain(unmarked("\n".join(pieces(parcel.blocks, len(parcel.blocks.items)))))


def _service(name: str, url: str, timeout: float) -> Any:
    try:
        import apprise
    except ImportError:
        raise BadSettings(name, ["没有安装 Apprise，请运行 pip install 'duban[apprise]'"]) from None
    found = apprise.Apprise()
    with _log_kept():  # it writes a URL it does not understand to the log
        known = "," not in url.partition("?")[0].partition("://")[0] and bool(found.add(_without_retry(url, timeout)))
    if not known or len(found) != 1:
        raise BadSettings(name, ["Apprise 不认识这个地址，或者不止一个地址"])
    wrong = [text for text in _refusals(_schemas(found[0]))]
    if wrong:
        raise BadSettings(name, wrong)
    return found


def _without_retry(url: str, timeout: float) -> str:
    """Tries are counted and kept in the outbox, not inside a library's call."""
    return f"{url}{'&' if '?' in url else '?'}retry=0&cto={timeout}&rto={timeout}"


def _schemas(service: Any) -> set[str]:
    """By what a service goes: an https address of 企业微信 or 钉钉 is taken for their robots too."""
    found: set[str] = set()
    for given in (service.protocol, service.secure_protocol):
        found |= {given} if isinstance(given, str) else set(given or ())
    return found


def _refusals(schemas: set[str]) -> Iterable[str]:
    if schemas & set(LYING):
        yield "Apprise 对这类机器人拒收的消息也报成功，请改用 kind = wecom、dingtalk 或 feishu 的渠道"
    if schemas & set(OWN):
        yield "邮件请在 [smtp] 里设置，不经 Apprise"


@contextmanager
def _log_kept() -> Iterator[list[str]]:
    """What Apprise and its HTTP library log meanwhile, kept from the program's log: it holds URLs with their keys."""
    lines: list[str] = []
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it loads plugins that import what Python is about to drop
        loggers = [logging.getLogger(name) for name in _LOGS]
        before = [(logger, logger.propagate, logger.level, logger.handlers[:]) for logger in loggers]
        keeper = _Keeper(lines)
        for logger in loggers:
            logger.propagate = False
            logger.handlers = [keeper]
            logger.setLevel(logging.DEBUG)
        try:
            yield lines
        finally:
            for logger, propagate, level, handlers in before:
                logger.propagate, logger.handlers = propagate, handlers
                logger.setLevel(level)


class _Keeper(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(record.getMessage())
