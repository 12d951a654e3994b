"""The sections of `duban.toml` with fixed keys: what may stand in each, and what is wrong with what does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from duban.settings.hours import wrong_hours
from duban.settings.portal import wrong_address, wrong_header, wrong_path, wrong_proxies

SECURITIES = ("plain", "starttls", "ssl")
BACKENDS = ("poll", "procrastinate")
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
    "deliver": {
        "order": (list, None),
        "share_addresses": (bool, None),
        "backend": (str, "DUBAN_BACKEND"),
    },
    "quiet": {"hours": (list, None)},
    "first_chase": {"hold_hours": (int, "DUBAN_FIRST_CHASE_HOURS")},
    "heartbeat": {"url_env": (str, "DUBAN_HEARTBEAT_URL_ENV")},
    "events": {"url_env": (str, "DUBAN_EVENTS_URL_ENV"), "secret_env": (str, "DUBAN_EVENTS_SECRET_ENV")},
    "privacy": {"keep_days": (int, "DUBAN_KEEP_DAYS")},
    # Who is believed is said in one place only: no variables.
    "portal": {
        "name": (str, None),
        "home": (str, None),
        "bar": (str, None),
        "css": (str, None),
        "header": (str, None),
        "name_header": (str, None),
        "proxies": (list, None),
        "secure": (bool, None),
    },
}
KIND_WORDS = {
    str: "文字（加引号）",
    int: "整数",
    float: "数字",
    dict: "一组日期",
    list: '一列文字，如 ["…", "…"]',
    bool: "true 或 false",
}
SECRETS = {
    "password": "密码不写在文件里，用 password_env 写出存放它的环境变量",
    "secret": "密钥不写在文件里，用 secret_env 写出存放它的环境变量",
    "token": "密钥不写在文件里，用 secret_env 写出存放它的环境变量",
    "key": "密钥不写在文件里，用 secret_env 写出存放它的环境变量",
}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
"""How an environment variable is called. What is not called so may be the secret itself: it is never repeated in a sentence."""
_CREDENTIALS = re.compile(r"//[^/@\s]*:[^/@\s]+@|[?&](?:password|key|token|access_token|secret)=", re.IGNORECASE)


def problems(section: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Everything in one section that is not known, not of its kind, or not sound."""
    for key, value in values.items():
        if key not in KNOWN[section]:
            more = f"；{SECRETS[key]}" if key in SECRETS else ""
            yield f"[{section}] {key} 不认识；可以写的有：{'、'.join(KNOWN[section])}{more}"
        elif not is_a(KNOWN[section][key][0], value):
            yield f"[{section}] {key} 要写{KIND_WORDS[KNOWN[section][key][0]]}{now(key, value)}"
        else:
            yield from unsound(section, key, value)


def unsound(section: str, key: str, value: Any) -> Iterator[str]:
    """What is wrong with a value of the right kind."""
    where = f"[{section}] {key}"
    if key.endswith("_env"):
        yield from not_a_name(where, value)
    elif (section, key) in _SOUND:
        yield from (f"{where} {words}" for words in _SOUND[section, key](value))


def not_a_name(where: str, value: str) -> Iterator[str]:
    """A reference to a secret that is none. The value itself may be the secret, and is not repeated."""
    if value and not NAME.fullmatch(value):
        yield f"{where} 要写环境变量的名字（字母、数字、下划线），不写地址或密钥本身：把它放进那个环境变量"


def now(key: str, value: object) -> str:
    """What stands there at present; not repeated where it may be a secret."""
    return "" if key.endswith("_env") else f"，现在是{value!r}"


def is_a(kind: type, value: object) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is list:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def said_by(environment: Mapping[str, str]) -> tuple[dict[str, dict[str, Any]], list[str]]:
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
                continue
            if section != "database":  # a variable is where an address with a password may stand
                wrong += [f"环境变量 {name}：{words}" for words in unsound(section, key, said[section][key])]
    return said, wrong


def _one_of(words: tuple[str, ...]) -> Callable[[str], Iterator[str]]:
    def wrong(value: str) -> Iterator[str]:
        if value not in words:
            yield f"只能是 {'、'.join(words)}，现在是“{value}”"

    return wrong


def _between(low: float, high: float, unit: str = "") -> Callable[[float], Iterator[str]]:
    def wrong(value: float) -> Iterator[str]:
        if not low <= value <= high:
            yield f"要在 {low:g} 到 {high:g}{unit}之间，现在是{value:g}"

    return wrong


def _address_with_password(value: str) -> Iterator[str]:
    if _CREDENTIALS.search(value):
        yield "里写了密码：请去掉，改放进环境变量（PGPASSWORD，或整个地址放进 DUBAN_DATABASE_URL）"


def _wrong_days(days: Mapping[str, Any]) -> Iterator[str]:
    for day, works in days.items():
        try:
            date.fromisoformat(day)
        except ValueError:
            yield f"里的 {day} 不是日期；写成 2026-01-04 = true"
            continue
        if not isinstance(works, bool):
            yield f"里的 {day} 只能写 true（上班）或 false（休息），现在是{works!r}"


_SOUND: Mapping[tuple[str, str], Callable[[Any], Iterator[str]]] = {
    ("database", "url"): _address_with_password,
    ("smtp", "port"): _between(1, 65535),
    ("smtp", "security"): _one_of(SECURITIES),
    ("smtp", "timeout"): _between(1, 300, "秒"),
    ("calendar", "days"): _wrong_days,
    ("deliver", "backend"): _one_of(BACKENDS),
    ("quiet", "hours"): wrong_hours,
    ("first_chase", "hold_hours"): _between(0, 240, "小时"),
    ("privacy", "keep_days"): _between(1, 36500, "天"),
    ("portal", "home"): wrong_address,
    ("portal", "css"): wrong_path,
    ("portal", "header"): wrong_header,
    ("portal", "name_header"): wrong_header,
    ("portal", "proxies"): wrong_proxies,
}
