"""The nouns of the settings: the mail server, a channel, and everything one installation is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time


@dataclass(frozen=True, kw_only=True)
class Smtp:
    """The mail server. `password_env` names the environment variable that holds the password: never the password itself."""

    host: str = ""
    port: int = 25
    security: str = "plain"
    user: str = ""
    password_env: str = ""
    sender: str = ""
    timeout: float = 20.0


@dataclass(frozen=True, kw_only=True)
class ChannelSettings:
    """One way to reach people (`[channels.NAME]`), besides the mail server of `[smtp]`, which is the channel `email`.

    `kind` is wecom, dingtalk, feishu, sms, webhook, inbox, folder or apprise. `address` says which of a person's data is the address there:
    email, mobile, number (工号), or none (a robot's group: one address for everybody). `url_env` and `secret_env` name environment
    variables, never the values. `per_minute` is the most physical sends in any 60 seconds by all processes together, None for no limit.
    `unknown` is what happens when no answer came: repeat (the same key again), query (ask the provider), park (a person may have it:
    offered again with the next digest). `attempts` is the most tries; `timeout` seconds for each answer. `template` and `fields` are for
    SMS: the gateway's template id, and which facts are its parameters, in order.
    """

    name: str
    kind: str
    address: str = "email"
    url_env: str = ""
    secret_env: str = ""
    per_minute: int | None = None
    unknown: str = "repeat"
    attempts: int = 6
    timeout: float = 10.0
    template: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PortalSettings:
    """How `duban serve` answers (`[portal]`). `name` and `home` stand at the head of every page, `bar` is a file with the portal's own HTML
    above it, `css` the path of one more style sheet on the same host.

    `header` names the request header in which a reverse proxy says who is signed in (工号 or e-mail), `name_header` the one with his name;
    believed only from `proxies` (addresses or networks), whose `X-Forwarded-For` and `-Proto` are believed too. Without `header` people
    sign in with local accounts. `secure`: cookies over HTTPS only.
    """

    name: str = ""
    home: str = ""
    bar: str = ""
    css: str = ""
    header: str = ""
    name_header: str = ""
    proxies: tuple[str, ...] = ()
    secure: bool = False


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`days` are this installation's own: `{"2026-01-04": true}` works, false rests; they win over what was imported (`duban calendar
    import`, kept in the database for everybody) and over the statutory calendar."""

    smtp: Smtp = field(default_factory=Smtp)
    portal: PortalSettings = field(default_factory=PortalSettings)
    folder: str | None = None
    templates: str | None = None
    contact_unit: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    days: Mapping[str, bool] = field(default_factory=dict)
    link: str | None = None
    channels: tuple[ChannelSettings, ...] = ()
    order: tuple[str, ...] = ()
    """The channels tried for a person, first to last: the next only where there is no address or it was refused for good. Empty: email
    if there is a mail server, else folder."""
    share_addresses: bool = False
    """Two people with one address (a mailbox of the office) get one message a window there, about what concerns either."""
    backend: str = "poll"
    """Who wakes delivery up: `poll` (cron, the daemon, a button) or `procrastinate` (`duban worker`, on PostgreSQL)."""
    quiet: tuple[tuple[time, time], ...] = ()
    """Hours in which messages may leave (local, from–to within a day, `time.max` for 24:00); none given: any hour. Rest days are always
    quiet."""
    preview_hours: int = 0
    """How long a first chase after the line waits for the clerk's look before it leaves by itself; 0: it does not wait."""
    heartbeat_env: str = ""
    """The environment variable with the URL that is called after each run; silence there is the alarm."""
    events_url_env: str = ""
    events_secret_env: str = ""
    """The environment variables with the URL that everything that happens is told to, and with the secret it is signed with."""
    keep_days: int = 730
    """How long the text of sent messages is kept; its fact is kept for good."""
