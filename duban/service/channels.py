"""By which channels may messages leave here, and what does each of them need from the environment?"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from duban.service.context import Context
from duban.settings import ChannelSettings
from storage.outbox import Policy
from workflow.errors import DubanError

if TYPE_CHECKING:
    from notifications.channels.channel import Channel

FOLDER, EMAIL, INBOX = "folder", "email", "inbox"


@dataclass(frozen=True, kw_only=True)
class InUse:
    """The channels of an installation: how each is described, those that can be used now, and why the others cannot."""

    described: Mapping[str, ChannelSettings]
    channels: Mapping[str, Channel] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def policies(self) -> dict[str, Policy]:
        return {name: Policy(found.unknown, found.attempts) for name, found in self.described.items()}


def described(context: Context) -> dict[str, ChannelSettings]:
    """{name: settings} of every channel of this installation, without looking at the environment.

    A sandbox sends nothing out, whatever the settings say. A database without a mail server keeps files.
    """
    folder = ChannelSettings(name=FOLDER, kind=FOLDER, address="none")
    if context.sandbox:
        return {FOLDER: folder}
    found = {FOLDER: folder}
    if context.settings.smtp.host:
        found[EMAIL] = ChannelSettings(name=EMAIL, kind=EMAIL, timeout=context.settings.smtp.timeout)
    return found | {channel.name: channel for channel in context.settings.channels}


def in_use(context: Context, environment: Mapping[str, str] | None = None) -> InUse:
    """The channels, made ready. One that cannot be made does not keep the others from sending. Nothing is connected yet."""
    found = described(context)
    channels: dict[str, Channel] = {}
    problems: dict[str, str] = {}
    for name, settings in found.items():
        try:
            channels[name] = made(context, settings, os.environ if environment is None else environment)
        except DubanError as error:
            problems[name] = str(error)
    return InUse(described=found, channels=channels, problems=problems)


def made(context: Context, settings: ChannelSettings, environment: Mapping[str, str]) -> Channel:
    """One channel. Raises `DubanError` that names the variable or the setting that is wrong, never its value."""
    if settings.kind == EMAIL:
        return _email(context, environment)
    if settings.kind == FOLDER:
        from notifications.channels.folder import FolderChannel

        inside = "" if settings.name == FOLDER else settings.name
        return FolderChannel(messages_folder(context) / inside)
    if settings.kind == INBOX:
        from notifications.channels.inbox import InboxChannel

        return InboxChannel(name=settings.name)
    url = _value(settings, "url_env", environment)
    secret = _value(settings, "secret_env", environment) if settings.secret_env else None
    return _outside(context, settings, url, secret)


def _outside(context: Context, settings: ChannelSettings, url: str, secret: str | None) -> Channel:
    """A channel that calls somebody's server. Signatures tell real time, also where the campaign's is another."""
    name, timeout, clock = settings.name, settings.timeout, context.clock.real
    match settings.kind:
        case "wecom":
            from notifications.channels.wecom import WecomChannel

            return WecomChannel(url, name=name, timeout=timeout)
        case "dingtalk":
            from notifications.channels.dingtalk import DingtalkChannel

            return DingtalkChannel(url, clock=clock, secret=secret, name=name, timeout=timeout)
        case "feishu":
            from notifications.channels.feishu import FeishuChannel

            return FeishuChannel(url, clock=clock, secret=secret, name=name, timeout=timeout)
        case "sms":
            from notifications.channels.sms import SmsChannel

            return SmsChannel(
                url,
                template=settings.template,
                fields=settings.fields,
                clock=clock,
                secret=secret,
                name=name,
                timeout=timeout,
            )
        case "webhook":
            from notifications.channels.webhook import WebhookChannel

            return WebhookChannel(url, clock=clock, secret=secret, name=name, timeout=timeout)
        case "apprise":
            return _apprise(settings, url)
    where = f"请检查 [channels.{settings.name}]"
    raise DubanError(f"渠道 {settings.name} 的种类“{settings.kind}”不认识：{where}", code="bad-settings")


def _apprise(settings: ChannelSettings, url: str) -> Channel:
    from notifications.channels.apprise import AppriseChannel

    try:
        return AppriseChannel(url, name=settings.name, timeout=settings.timeout)
    except ImportError:
        raise DubanError(
            f"渠道 {settings.name} 要用 Apprise，还没有安装：请运行 pip install 'duban[apprise]'", code="not-installed"
        ) from None


def _value(settings: ChannelSettings, key: str, environment: Mapping[str, str]) -> str:
    """What an environment variable holds. One that is named must be set: a robot with a secret refuses what is unsigned."""
    variable = getattr(settings, key)
    if not variable:
        where = f"请在 [channels.{settings.name}] 里写出存放它的环境变量的名字"
        raise DubanError(f"渠道 {settings.name} 没有写 {key}：{where}", code="bad-settings")
    value = environment.get(variable, "").strip()
    if not value:
        raise DubanError(f"环境变量 {variable} 没有设置：渠道 {settings.name} 要用它，设好再发送", code="missing-variable")
    return value


def _email(context: Context, environment: Mapping[str, str]) -> Channel:
    from notifications.channels.email import EmailChannel
    from notifications.channels.envelope import SmtpSettings

    smtp = context.settings.smtp
    password = environment.get(smtp.password_env) if smtp.password_env else None
    if smtp.password_env and not password:
        raise DubanError(
            f"环境变量 {smtp.password_env} 没有设置：[smtp] 要用它登录邮件服务器，设好再发送", code="missing-variable"
        )
    return EmailChannel(
        SmtpSettings(
            host=smtp.host,
            port=smtp.port,
            security=smtp.security,  # type: ignore[arg-type]  # SmtpSettings itself refuses any other word, in Chinese
            user=smtp.user or None,
            password=password,
            sender=smtp.sender,
            timeout=smtp.timeout,
        )
    )


def messages_folder(context: Context) -> Path:
    """Where messages that are not sent out are kept: `<db path>.messages`, or the folder of the settings."""
    path = context.database.path
    if context.settings.folder and not (context.sandbox and path is not None):
        return Path(context.settings.folder)
    return Path(f"{path or context.database.url.database}.messages")
