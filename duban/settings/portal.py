"""`[portal]` of `duban.toml`: what is wrong with how the pages are to look, and with whom they are to believe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network
from typing import Any

HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*", re.ASCII)
"""How a request header is called. No underscore: proxies drop such headers, or mix them up with those that have a hyphen."""


def wrong_header(value: str) -> Iterator[str]:
    if not HEADER.fullmatch(value):
        yield f"要写请求头的名字（字母、数字、连字符），如 X-Remote-User，现在是“{value}”"


def wrong_proxies(values: Sequence[str]) -> Iterator[str]:
    for value in values:
        try:
            network = ip_network(value, strict=False)
        except ValueError:
            yield f"里的“{value}”不是地址；写成 127.0.0.1 或 10.0.0.0/24"
            continue
        if network.prefixlen == 0:
            yield f"里的“{value}”是所有地址：谁都可以冒充别人，请只写反向代理的地址"


def wrong_path(value: str) -> Iterator[str]:
    """A path on the same host: the pages load nothing from anywhere else."""
    if not value.startswith("/") or value.startswith("//"):
        yield f"要写同一台主机上的路径，如 /portal.css，现在是“{value}”"


def wrong_address(value: str) -> Iterator[str]:
    if not value.startswith(("/", "https://", "http://")) or value.startswith("//"):
        yield f"要写 / 开头的路径，或 https:// 开头的地址，现在是“{value}”"


def wrong_together(values: Mapping[str, Any]) -> Iterator[str]:
    """Keys that need one another."""
    if values.get("header") and not values.get("proxies"):
        yield "[portal] 写了 header，还要在 proxies 里写反向代理的地址：别处来的请求头谁都可以写"
    if values.get("name_header") and not values.get("header"):
        yield "[portal] 写了 name_header，还要写 header：只有姓名认不出人"
