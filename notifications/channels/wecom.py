"""A channel that speaks through the robot of a 企业微信 group."""

from __future__ import annotations

import re

from notifications.channels.channel import Parcel
from notifications.channels.http import Http
from notifications.channels.robot import Busy, Dialect, Refused, Robot, whole
from notifications.forms import Blocks, lookalike, unmarked

LIMIT_MARKDOWN, LIMIT_TEXT = 4096, 2048  # bytes; the platform counts the content, we the whole body
_MOBILE = re.compile(r"1\d{10}")
_ROBOT_GONE = Refused(fault="channel", todo="机器人的地址无效，或机器人已移出群，请重新复制地址")

_DIALECT = Dialect(
    platform="企业微信",
    code="errcode",
    message="errmsg",
    codes={
        -1: Busy(),
        45009: Busy(),  # 20 messages a minute a robot
        45033: Busy(),
        93000: _ROBOT_GONE,
        93004: Refused(fault="channel", todo="机器人已停用，请在群里启用"),
        93008: Refused(fault="channel", todo="机器人不在群里，请重新添加"),
        40001: _ROBOT_GONE,
        40014: _ROBOT_GONE,
        41001: _ROBOT_GONE,
        40008: Refused(fault="message", todo="消息的种类不对"),
        40058: Refused(fault="message", todo="消息太长或格式不对"),
        44004: Refused(fault="message", todo="消息是空的"),
    },
)


class WecomChannel(Robot):
    """One group. `url` is the robot's whole address (`…/cgi-bin/webhook/send?key=…`).

    A parcel whose address is a mobile mentions its owner, as plain text, the only kind that can; without one it is Markdown.
    """

    def __init__(self, url: str, *, name: str = "wecom", timeout: float = 10.0, proxy: str | None = None) -> None:
        super().__init__(name, Http(name, url, timeout=timeout, proxy=proxy), _DIALECT)

    def _body(self, parcel: Parcel, blocks: Blocks) -> bytes | None:
        mobile = _MOBILE.fullmatch(parcel.to.strip())
        if mobile is None:
            return whole(blocks, _markdown, LIMIT_MARKDOWN)
        return whole(blocks, lambda paragraphs: _text(paragraphs, mobile[0]), LIMIT_TEXT)


def _markdown(paragraphs: tuple[str, ...]) -> object:
    return {"msgtype": "markdown", "markdown": {"content": lookalike("\n".join(paragraphs))}}


def _text(paragraphs: tuple[str, ...], mobile: str) -> object:
    # Text too knows a mention, <@userid>; so names are written wide here as well.
    content = lookalike(unmarked("\n".join(paragraphs)))
    return {"msgtype": "text", "text": {"content": content, "mentioned_mobile_list": [mobile]}}
