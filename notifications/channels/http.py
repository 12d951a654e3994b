"""What became of one POST: an answer, nothing handed over, or handed over and no answer?

Every request has a connection of its own. Nothing here logs, raises or tells more of an address than its host: a robot's key stands
in its URL.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Timer
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from notifications.channels.channel import Retry, Unknown
from workflow.errors import DubanError

if TYPE_CHECKING:
    import httpx2

SOON, AFTER_REPAIR = 60, 1800  # seconds: a lost connection, something a person must mend
LONGEST_ANSWER = 64 * 1024  # bytes read of an answer; ours are below one kilobyte
WHOLE = 3  # the answer has at most this many times the timeout, however it trickles in
_SHOWN = 200  # characters shown of what a server says
_SHORTEST_SECRET = 6


class BadSettings(DubanError):
    """Settings of a channel that cannot work."""

    def __init__(self, channel: str, wrong: list[str]) -> None:
        super().__init__(f"渠道 {channel} 的设置有误：" + "；".join(wrong), code="bad-settings")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered. Names of `headers` are in small letters; of a longer `body` only the beginning is kept."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Http:
    """Posts to one URL, with or without a query added, and remembers which words of it are secret.

    `timeout` is in seconds, for the connection and for each answer. `ca_file` is the certificate of the campus's own authority,
    `proxy` the URL of the way out. Raises `BadSettings`, which does not show the URL.
    """

    def __init__(
        self,
        channel: str,
        url: str,
        *,
        timeout: float = 10.0,
        secret: str | None = None,
        ca_file: str | None = None,
        proxy: str | None = None,
    ) -> None:
        wrong = [text for text, is_wrong in _checks(url, timeout) if is_wrong]
        if wrong:
            raise BadSettings(channel, wrong)
        self.url = url.strip()
        self._timeout, self._ca_file, self._proxy = timeout, ca_file, proxy
        self._secrets = _secrets(self.url, secret)
        self._transport: httpx2.HTTPTransport | None = None
        split = urlsplit(self.url)
        self.host = f"{split.hostname}:{split.port}" if split.port else str(split.hostname)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def post(self, body: bytes, headers: Mapping[str, str], *, query: str = "", path: str = "") -> Answer | Retry | Unknown:
        """`query` is already encoded, and is sent as it is; `path` is added to the URL's."""
        exchange = _Exchange(self._timeout * WHOLE)
        try:
            return self._posted(self._address(query, path), body, headers, exchange)
        except Exception as error:  # whatever a server, a proxy or a resolver does is a result, never an exception
            # Compared before anything else: a server that had every byte may have acted on it.
            if exchange.handed_over:
                return Unknown(why=f"已经交给 {self.host}，没有等到答复（{_reason(error, exchange)}）")
            pause = AFTER_REPAIR if _needs_repair(error) else SOON
            return Retry(after_seconds=pause, why=f"{self.host} 连接不成（{_reason(error, exchange)}）", fault="channel")
        finally:
            exchange.done()

    def said(self, words: object) -> str:
        """What a server said, on one line, at most 200 characters, without our secrets should it echo them."""
        text = " ".join(str(words).split())
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text[:_SHOWN]

    def _posted(self, url: str, body: bytes, headers: Mapping[str, str], exchange: _Exchange) -> Answer:
        import httpx2  # 0.1 s; a command that sends nothing does not pay it

        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        request = httpx2.Request(
            "POST",
            url,
            content=body,
            headers={"User-Agent": "duban", "Connection": "close", **headers},
            extensions={"timeout": timeout, "trace": exchange.trace},
        )
        # The transport and not a client: a client writes the whole URL, key and all, to the log.
        response = self._connected().handle_request(request)
        try:
            return Answer(
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                body=_beginning(response.iter_raw()),
            )
        finally:
            response.close()

    def _connected(self) -> httpx2.HTTPTransport:
        if self._transport is None:
            import httpx2

            verify: ssl.SSLContext | bool = ssl.create_default_context(cafile=self._ca_file) if self._ca_file else True
            limits = httpx2.Limits(max_keepalive_connections=0)
            self._transport = httpx2.HTTPTransport(verify=verify, trust_env=False, limits=limits, proxy=self._proxy)
        return self._transport

    def _address(self, query: str, path: str) -> str:
        split = urlsplit(self.url)
        whole = "&".join(part for part in (split.query, query) if part)
        return split._replace(path=split.path.rstrip("/") + path if path else split.path, query=whole, fragment="").geturl()


class Posting:
    """What every channel has that posts to one URL. What it opens for sending is closed with it."""

    def __init__(self, name: str, http: Http) -> None:
        self.name = name
        self._http = http

    def __enter__(self) -> Self:
        self._http.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._http.__exit__(kind, error, trace)


class _Exchange:
    """Watches one request: whether all of it was handed over, and that the answer does not trickle for ever."""

    def __init__(self, whole: float) -> None:
        self.handed_over = False
        self.too_slow = False
        self._tunnel = False
        self._whole = whole
        self._timer: Timer | None = None
        self._socket: Any = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
        elif event.endswith("send_request_body.started"):
            self._tunnel = info["request"].method == b"CONNECT"  # what a proxy is told is not the message
        elif event.endswith("send_request_body.complete") and not self._tunnel:
            self.handed_over = True
            self._timer = Timer(self._whole, self._cut)
            self._timer.daemon = True
            self._timer.start()

    def done(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _cut(self) -> None:
        self.too_slow = True
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            return  # it is closed already: the answer came at the last moment


def _beginning(chunks: Any) -> bytes:
    body = b""
    for chunk in chunks:
        body += chunk
        if len(body) >= LONGEST_ANSWER:
            break
    return body[:LONGEST_ANSWER]


def _checks(url: str, timeout: float) -> tuple[tuple[str, bool], ...]:
    try:
        split = urlsplit(url.strip())
        sound = split.scheme in ("http", "https") and bool(split.hostname) and split.port != 0
    except ValueError:
        sound = False
    sound = sound and url.strip().isascii() and url.strip().isprintable() and " " not in url.strip()
    return (
        ("地址（url_env 所指的环境变量）不是 http:// 或 https:// 开头的完整网址", not sound),
        (f"timeout 是 {timeout} 秒，应大于 0", not timeout > 0),
    )


def _secrets(url: str, secret: str | None) -> tuple[str, ...]:
    """Words of a URL that must not be shown: the URL, its path, its last part, its values, a password; and the secret."""
    split = urlsplit(url)
    tail = f"{split.path}?{split.query}" if split.query else split.path
    last = split.path.rpartition("/")[2]
    values = [value for _, value in parse_qsl(split.query)]
    found = [url, tail, split.path, last, *values, split.password or "", secret or ""]
    whole = {word for text in found for word in (text, unquote(text)) if len(word) >= _SHORTEST_SECRET}
    return tuple(sorted(whole, key=len, reverse=True))


def _causes(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain


def _needs_repair(error: Exception) -> bool:
    """A certificate nobody vouches for, or its file missing, does not mend itself."""
    found = (ssl.SSLCertVerificationError, FileNotFoundError)
    return any(isinstance(cause, found) for cause in _causes(error))


def _reason(error: Exception, exchange: _Exchange) -> str:
    """In our own words: a library's may hold the URL."""
    if exchange.too_slow:
        return "答复太慢"
    for cause in reversed(_causes(error)):
        match cause:
            case ssl.SSLCertVerificationError():
                return f"证书不可信：{cause.verify_message}"
            case ssl.SSLError():
                return "加密连接没有建立"
            case socket.gaierror():
                return "找不到这个主机名"
            case ConnectionRefusedError():
                return "对方没有开这个端口"
            case ConnectionError():
                return "连接被对方断开"
            case TimeoutError():
                return "超时没有回应"
            case FileNotFoundError():
                return "证书文件不存在"
    return "超时没有回应" if "Timeout" in type(error).__name__ else f"连接中断，{type(error).__name__}"
