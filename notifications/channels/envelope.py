"""What does a parcel look like as an e-mail, and by which settings is it sent?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Literal, get_args

from notifications.channels.channel import Parcel
from notifications.voice import one_line
from workflow.errors import DubanError

Security = Literal["plain", "starttls", "ssl"]


class BadAddress(DubanError):
    """An address no e-mail can be sent to."""

    def __init__(self, address: str) -> None:
        shown = one_line(address)
        super().__init__(f"“{shown}”不是有效的邮箱地址，请在任职表里改正（注意全角字符和空格）", code="bad-address")


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """How to reach the mail server. `sender` is 「组织部 <zzb@example.edu.cn>」 or the address alone.

    `security` is plain (inside the campus only), starttls or ssl; nothing falls back to a weaker one. `timeout` is in
    seconds, for each answer of the server. `ca_file` is the certificate of the campus's own authority, if it has one. The
    password is never printed.
    """

    host: str
    port: int = 465
    security: Security = "ssl"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    sender: str
    timeout: float = 20.0
    ca_file: str | None = None

    def __post_init__(self) -> None:
        wrong = [text for text, is_wrong in self._checks() if is_wrong]
        if wrong:
            raise DubanError("邮件设置有误：" + "；".join(wrong), code="bad-settings")

    def _checks(self) -> tuple[tuple[str, bool], ...]:
        ways = get_args(Security)
        return (
            ("host 没有写邮件服务器", not self.host.strip()),
            (f"port 是 {self.port}，应在 1 到 65535 之间", not 1 <= self.port <= 65535),
            (f"security 是“{self.security}”，只能是 {'、'.join(ways)}", self.security not in ways),
            (f"sender 是“{self.sender}”，应像 组织部 <zzb@example.edu.cn>", _address(parseaddr(self.sender)[1]) is None),
            ("user 和 password 只能用英文字母、数字和符号", not f"{self.user or ''}{self.password or ''}".isascii()),
            (f"timeout 是 {self.timeout} 秒，应大于 0", self.timeout <= 0),
        )


def compose(parcel: Parcel, settings: SmtpSettings) -> EmailMessage:
    """The e-mail: plain text and HTML of the same content, one recipient, byte for byte the same at every try.

    Raises `BadAddress`.
    """
    to = _address(parcel.to)
    name, sender = parseaddr(settings.sender)
    if to is None:
        raise BadAddress(parcel.to)
    digest = hashlib.sha256(parcel.key.encode()).hexdigest()[:40]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(one_line(name), addr_spec=sender)
    message["To"] = Address(one_line(parcel.recipient), addr_spec=to)
    message["Subject"] = one_line(parcel.subject)
    message["Date"] = parcel.at
    message["Message-ID"] = f"<{digest}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(parcel.text, charset="utf-8", cte="base64")
    if parcel.html:
        message.add_alternative(parcel.html, subtype="html", charset="utf-8", cte="base64")
        message.set_boundary(f"={digest}=")
    return message


def _address(words: str) -> str | None:
    """`words` as one bare address, None if it is not one that every server understands."""
    address = words.strip()
    local, at, domain = address.rpartition("@")
    plain = address.isascii() and address.isprintable() and not set(address) & set(' <>()[]\\,;:"')
    if not (plain and at and local and domain and "@" not in local):
        return None
    try:
        return Address(addr_spec=address).addr_spec
    except (ValueError, IndexError, HeaderParseError):
        return None
