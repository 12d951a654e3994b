"""What an installation is told once: where its data lie, how it sends, who can be called. From `duban.toml` and `DUBAN_*`."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any

from workflow.errors import DubanError

DEFAULT_URL = "sqlite:///duban.db"
SECURITIES = ("plain", "starttls", "ssl")
# Section, key: the kind of its value, and the variable that says it instead.
KNOWN: Mapping[str, Mapping[str, tuple[type, str | None]]] = {
    "database": {"url": (str, "DUBAN_DATABASE_URL")},
    "smtp": {
        "host": (str, "DUBAN_SMTP_HOST"),
        "port": (int, "DUBAN_SMTP_PORT"),
        "security": (str, "DUBAN_SMTP_SECURITY"),
        "user": (str, "DUBAN_SMTP_USER"),
        "password_env": (str, "DUBAN_SMTP_PASSWORD_ENV"),
        "sender": (str, "DUBAN_SMTP_SENDER"),
        "timeout": (float, "DUBAN_SMTP_TIMEOUT"),
    },
    "contact": {
        "unit": (str, "DUBAN_CONTACT_UNIT"),
        "name": (str, "DUBAN_CONTACT_NAME"),
        "phone": (str, "DUBAN_CONTACT_PHONE"),
    },
    "folder": {"path": (str, "DUBAN_FOLDER")},
    "templates": {"path": (str, "DUBAN_TEMPLATES")},
    "calendar": {"days": (dict, None)},
    "link": {"url": (str, "DUBAN_LINK")},
}
KIND_WORDS = {str: "文字（加引号）", int: "整数", float: "数字", dict: "一组日期"}


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
class Settings:
    """`days` are this installation's own: `{"2026-01-04": true}` works, false rests; they win over what was imported (`duban calendar
    import`, kept in the database for everybody) and over the statutory calendar."""

    smtp: Smtp = field(default_factory=Smtp)
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
    quiet: tuple[tuple[time, time], ...] = ()
    """Hours in which messages may leave (local, from–to within a day); none given: any hour. Rest days are always quiet."""
    preview_hours: int = 0
    """How long a first chase after the line waits for the clerk's look before it leaves by itself; 0: it does not wait."""
    heartbeat_env: str = ""
    """The environment variable with the URL that is called after each run; silence there is the alarm."""
    keep_days: int = 730
    """How long the text of sent messages is kept; its fact is kept for good."""


def load(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """`duban.toml` of a folder, then `DUBAN_SMTP_HOST` and the like over it.

    Raises `DubanError` naming the file and every key that is wrong.
    """
    path = folder / "duban.toml"
    found = _file(path)
    said, wrong = _environment(os.environ if environment is None else environment)
    problems = [*(f"{path} 的 {words}" for words in _problems(found)), *wrong]
    if problems:
        raise DubanError("；".join(problems) + "。", code="bad-settings")
    merged = {section: {**found.get(section, {}), **said.get(section, {})} for section in KNOWN}
    if merged["smtp"].get("security", "plain") not in SECURITIES:
        raise DubanError(
            f"邮件的 security 只能是 {'、'.join(SECURITIES)}：请检查 {path} 或 DUBAN_SMTP_SECURITY。", code="bad-settings"
        )
    return Settings(
        smtp=Smtp(**merged["smtp"]),
        folder=merged["folder"].get("path"),
        templates=merged["templates"].get("path"),
        contact_unit=merged["contact"].get("unit", ""),
        contact_name=merged["contact"].get("name", ""),
        contact_phone=merged["contact"].get("phone", ""),
        days=merged["calendar"].get("days", {}),
        link=merged["link"].get("url"),
    )


def database_url(folder: Path, given: str | None) -> str:
    """`--db`, else `DUBAN_DATABASE_URL`, else `[database] url` of the folder's duban.toml, else `sqlite:///duban.db`."""
    if found := given or os.environ.get("DUBAN_DATABASE_URL"):
        return found
    section = _file(folder / "duban.toml").get("database", {})
    return str(section.get("url") or DEFAULT_URL) if isinstance(section, dict) else DEFAULT_URL


def _file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise DubanError(f"{path} 不是 UTF-8 文本：请用 UTF-8 保存后再试。", code="bad-settings") from None
    except tomllib.TOMLDecodeError as error:
        raise DubanError(f"{path} 读不懂：{error}。请按 TOML 格式修改。", code="bad-settings") from None


def _problems(found: Mapping[str, Any]) -> Iterator[str]:
    """Everything in a file that is not known or not of its kind."""
    for section, values in found.items():
        if section not in KNOWN:
            yield f"[{section}] 不认识；可以写的有：{'、'.join(KNOWN)}"
        elif not isinstance(values, dict):
            yield f"{section} 要写成一节：[{section}]"
        else:
            yield from _problems_of(section, values)


def _problems_of(section: str, values: Mapping[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        if key not in KNOWN[section]:
            more = "；密码不写在文件里，用 password_env 写出存放它的环境变量" if key == "password" else ""
            yield f"[{section}] {key} 不认识；可以写的有：{'、'.join(KNOWN[section])}{more}"
        elif not _is(KNOWN[section][key][0], value):
            yield f"[{section}] {key} 要写{KIND_WORDS[KNOWN[section][key][0]]}，现在是{value!r}"
        elif key == "days":
            yield from _wrong_days(value)


def _is(kind: type, value: object) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _wrong_days(days: Mapping[str, Any]) -> Iterator[str]:
    for day, works in days.items():
        try:
            date.fromisoformat(day)
        except ValueError:
            yield f"[calendar.days] {day} 不是日期；写成 2026-01-04 = true"
            continue
        if not isinstance(works, bool):
            yield f"[calendar.days] {day} 只能写 true（上班）或 false（休息），现在是{works!r}"


def _environment(environment: Mapping[str, str]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """What the variables say, by section and key, and what is wrong with them. A variable set to nothing is not set."""
    said: dict[str, dict[str, Any]] = {}
    wrong = []
    for section, keys in KNOWN.items():
        for key, (kind, name) in keys.items():
            value = environment.get(name) if name else None
            if not value:
                continue
            try:
                said.setdefault(section, {})[key] = kind(value)
            except ValueError:
                wrong.append(f"环境变量 {name} 要写{KIND_WORDS[kind]}，现在是“{value}”")
    return said, wrong
