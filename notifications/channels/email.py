"""A channel that sends e-mail by SMTP, and says exactly what became of each message."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import parseaddr
from types import TracebackType
from typing import Self

from notifications.channels.channel import Failed, Fault, Parcel, Result, Retry, Sent, Unknown
from notifications.channels.envelope import BadAddress, SmtpSettings, compose

__all__ = ["EmailChannel", "SmtpSettings"]

SOON, LATER, AFTER_REPAIR = 60, 300, 1800  # seconds: a lost connection, a busy server, something a person must mend

_ACCEPTED, _REPEATABLE, _REFUSED = range(200, 300), range(400, 500), range(500, 600)
_CLOSING = 421
_NOT_LET_IN = (530, 534, 535, 538)


class EmailChannel:
    """One message, one recipient, one transfer.

    Refusals before the recipient is named are the server's or the settings' fault and concern every message: `Retry`. Of a
    recipient or a content, 4xx is `Retry` and 5xx `Failed`. Once DATA has begun, silence is `Unknown`: the server may have the
    message, and the next try carries the same Message-ID.
    """

    name = "email"
    group = False

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._sender = parseaddr(settings.sender)[1]
        self._server: smtplib.SMTP | None = None
        self._batch = False

    def __enter__(self) -> Self:
        self._batch = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._batch = False
        self._hang_up()

    def send(self, parcel: Parcel) -> Result:
        try:
            message = compose(parcel, self._settings)
        except BadAddress as error:
            return Failed(why=str(error), code="bad-address")
        reused = self._server is not None
        result = self._transfer(parcel.to.strip(), message)
        if reused and isinstance(result, Retry) and result.fault == "channel":
            self._drop()  # servers close idle or long connections: nothing was handed over yet, so once more on a new one
            result = self._transfer(parcel.to.strip(), message)
        if not self._batch:
            self._hang_up()
        return result

    def _transfer(self, to: str, message: EmailMessage) -> Result:
        try:
            server = self._connected()
            refusal = self._addressed(server, to)
        except (OSError, UnicodeError) as error:  # smtplib's are OSErrors; a host name may not be one at all
            self._drop()
            return self._unreachable(error)
        if refusal:
            self._start_over(server)
            return refusal
        return self._handed_over(server, message)

    def _addressed(self, server: smtplib.SMTP, to: str) -> Result | None:
        code, reply = server.mail(self._sender)
        if code not in _ACCEPTED:
            why = f"邮件服务器不接受发件人 {self._sender}（{_words(code, reply)}）"
            return Retry(after_seconds=LATER if code in _REPEATABLE else AFTER_REPAIR, why=why, fault="channel")
        code, reply = server.rcpt(to)
        if code in _ACCEPTED:
            return None
        if code in _NOT_LET_IN:
            why = f"邮件服务器要求先登录（{_words(code, reply)}）"
            return Retry(after_seconds=AFTER_REPAIR, why=why, fault="channel")
        # 5.7.x is a policy (no relaying, not from you): it says nothing against the address.
        return _refusal(code, reply, "收件地址", "message" if b"5.7." in reply else "address")

    def _handed_over(self, server: smtplib.SMTP, message: EmailMessage) -> Result:
        try:
            code, reply = server.data(message.as_bytes())
        except smtplib.SMTPDataError as error:  # the server declined before a byte of the message was sent
            self._start_over(server)
            return _refusal(error.smtp_code, _bytes(error.smtp_error), "邮件", "message")
        except OSError as error:
            self._drop()
            return Unknown(why=f"邮件已经交出，没有等到服务器回执（{_reason(error)}）")
        if code in _ACCEPTED:
            return Sent(provider_id=str(message["Message-ID"]), note=_words(code, reply))
        if code in _REPEATABLE or code in _REFUSED:
            if code == _CLOSING:
                self._drop()
            return _refusal(code, reply, "邮件", "message")
        self._drop()
        return Unknown(why=f"邮件已经交出，服务器的回执看不懂（{_words(code, reply)}）")

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            self._server = _connect(self._settings, self._sender.rpartition("@")[2])
        return self._server

    def _start_over(self, server: smtplib.SMTP) -> None:
        try:
            server.rset()
        except OSError:
            self._drop()

    def _hang_up(self) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except OSError:
                self._server.close()
            self._server = None

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _unreachable(self, error: Exception) -> Retry:
        where = f"{self._settings.host}:{self._settings.port}"
        why = f"邮件服务器 {where} 连接不成（{_reason(error)}）"
        return Retry(after_seconds=_pause(error), why=why, fault="channel")


def _connect(settings: SmtpSettings, own_name: str) -> smtplib.SMTP:
    """A greeted, encrypted and logged-in connection. Raises OSError; a half-made connection is closed."""
    server: smtplib.SMTP
    # The sender's domain as our name: asking the resolver for this machine's own can take many seconds.
    if settings.security == "ssl":
        context = ssl.create_default_context(cafile=settings.ca_file)
        server = smtplib.SMTP_SSL(settings.host, settings.port, own_name, timeout=settings.timeout, context=context)
    else:
        server = smtplib.SMTP(settings.host, settings.port, own_name, timeout=settings.timeout)
    try:
        if settings.security == "starttls":
            server.starttls(context=ssl.create_default_context(cafile=settings.ca_file))
        server.ehlo_or_helo_if_needed()
        if settings.user is not None:
            server.login(settings.user, settings.password or "")
    except BaseException:
        server.close()
        raise
    return server


def _refusal(code: int, reply: bytes, what: str, fault: Fault) -> Retry | Failed:
    why = f"邮件服务器没有接受{what}（{_words(code, reply)}）"
    if code in _REFUSED:
        return Failed(why=why, code=str(code), fault=fault)
    return Retry(after_seconds=LATER, why=why, fault="channel" if code == _CLOSING else fault)


def _pause(error: Exception) -> int:
    match error:
        case smtplib.SMTPResponseException():
            return AFTER_REPAIR if error.smtp_code in _REFUSED else LATER
        case ssl.SSLCertVerificationError() | smtplib.SMTPNotSupportedError() | FileNotFoundError() | UnicodeError():
            return AFTER_REPAIR
        case ssl.SSLError():
            return LATER
        case _:
            return SOON


def _reason(error: Exception) -> str:
    match error:
        case smtplib.SMTPResponseException():
            return _words(error.smtp_code, _bytes(error.smtp_error))
        case TimeoutError():
            return "超时没有回应"
        case ConnectionRefusedError():
            return "对方没有开这个端口"
        case _:
            return str(error) or type(error).__name__


def _words(code: int, reply: bytes) -> str:
    """`550 5.1.1 no such user`, on one line, at most 200 characters. Chinese servers may answer in GB18030."""
    try:
        text = reply.decode()
    except UnicodeDecodeError:
        text = reply.decode("gb18030", errors="replace")
    return f"{code} {' '.join(text.split())}"[:200]


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode()
