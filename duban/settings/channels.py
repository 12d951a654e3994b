"""`[channels.NAME]`: a way to reach people besides mail, and what is wrong with how it is described."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from duban.settings.sections import KIND_WORDS, SECRETS, is_a, not_a_name, now
from duban.settings.values import ChannelSettings

ROBOTS = ("wecom", "dingtalk", "feishu")
KINDS = (*ROBOTS, "sms", "webhook", "inbox", "folder", "apprise")
OUTSIDE = (*ROBOTS, "sms", "webhook", "apprise")
"""Kinds that call somebody's server, whose address is in an environment variable."""
TAKEN = ("email", "folder")
"""Channels there are already: of `[smtp]` and of `[folder]`."""
ADDRESSES = ("email", "mobile", "number", "none")
UNKNOWNS = ("repeat", "query", "park")
ROBOTS_A_MINUTE = 20
"""What 企业微信, 钉钉 and 飞书 take from one robot."""
_DEFAULT: Mapping[str, Mapping[str, Any]] = {
    **{robot: {"address": "none", "unknown": "park", "per_minute": ROBOTS_A_MINUTE} for robot in ROBOTS},
    "sms": {"address": "mobile", "unknown": "query"},
    "webhook": {"address": "number"},
    "inbox": {"address": "number"},
    "folder": {"address": "none"},
    "apprise": {"address": "none", "unknown": "park"},  # nobody there drops a repeat
}
_KEYS: Mapping[str, type] = {
    "kind": str,
    "address": str,
    "url_env": str,
    "secret_env": str,
    "per_minute": int,
    "unknown": str,
    "attempts": int,
    "timeout": float,
    "template": str,
    "fields": list,
}
_SECRETS = {
    **SECRETS,
    "url": "地址里常有密钥，不写在文件里，用 url_env 写出存放它的环境变量",
    "access_token": SECRETS["token"],
}
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}", re.ASCII)


def channel(name: str, values: Mapping[str, Any]) -> ChannelSettings:
    """A sound section as a channel, with the usual values of its kind where it says nothing."""
    said = {**_DEFAULT[values["kind"]], **values}
    said["per_minute"] = said.get("per_minute") or None  # 0: no limit
    said["fields"] = tuple(said.get("fields", ()))
    return ChannelSettings(name=name, **said)


def problems(name: str, values: object) -> Iterator[str]:
    """Everything that is wrong with one section."""
    where = f"[channels.{name}]"
    if not isinstance(values, dict):
        yield f"channels.{name} 要写成一节：{where}"
        return
    if name in TAKEN:
        yield f"{where} 这个名字已有所指（{'[smtp]' if name == 'email' else '[folder]'}）：请换一个名字"
    elif not _NAME.fullmatch(name):
        yield f"{where} 名字只用小写字母、数字、-、_，以字母开头，最多31个字符"
    for key, value in values.items():
        yield from _of_key(where, key, value)
    yield from _of_kind(where, values)


def _of_key(where: str, key: str, value: Any) -> Iterator[str]:
    if key in _SECRETS:
        yield f"{where} {key} 不能写在这里：{_SECRETS[key]}"
    elif key not in _KEYS:
        yield f"{where} {key} 不认识；可以写的有：{'、'.join(_KEYS)}"
    elif not is_a(_KEYS[key], value):
        yield f"{where} {key} 要写{KIND_WORDS[_KEYS[key]]}{now(key, value)}"
    elif key.endswith("_env"):
        yield from not_a_name(f"{where} {key}", value)
    elif key in _CHOICES and value not in _CHOICES[key]:
        yield f"{where} {key} 只能是 {'、'.join(_CHOICES[key])}，现在是“{value}”"
    elif key in _SPANS and not _SPANS[key][0] <= value <= _SPANS[key][1]:
        yield f"{where} {key} 要在 {_SPANS[key][0]} 到 {_SPANS[key][1]} 之间，现在是{value}"


def _of_kind(where: str, values: Mapping[str, Any]) -> Iterator[str]:
    """What does not go together."""
    kind = values.get("kind")
    if kind is None:
        yield f"{where} 缺 kind（哪一种渠道）：{'、'.join(KINDS)}"
    if kind in OUTSIDE and not values.get("url_env") and "url" not in values:
        yield f"{where} 缺 url_env：写出存放地址的环境变量的名字"
    if kind in KINDS and kind != "sms":
        if values.get("unknown") == "query":
            yield f"{where} unknown 不能是 query：只有短信可以查询，写 repeat 或 park"
        yield from (f"{where} {key} 只用于短信：请去掉" for key in ("template", "fields") if values.get(key))
    if kind == "sms":
        if not values.get("template"):
            yield f"{where} 缺 template：短信平台上模板的编号"
        if values.get("address", "mobile") != "mobile":
            yield f"{where} address 只能是 mobile：短信发到手机"


_CHOICES = {"kind": KINDS, "address": ADDRESSES, "unknown": UNKNOWNS}
_SPANS = {"per_minute": (0, 100_000), "attempts": (1, 20), "timeout": (1, 120)}
