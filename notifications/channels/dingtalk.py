"""A channel that speaks through the robot of a 钉钉 group."""

from __future__ import annotations

import re

from notifications.channels.channel import Parcel
from notifications.channels.http import Http
from notifications.channels.robot import Busy, Dialect, Refused, Robot, whole
from notifications.channels.signing import Clock, dingtalk
from notifications.forms import Blocks, lookalike
from notifications.voice import TITLE

LIMIT = 20000  # bytes of the whole body
_MOBILE = re.compile(r"1\d{10}")
_PAUSE = 600  # who sends more than 20 messages a minute is silenced for ten
_TOKEN = Refused(fault="channel", todo="机器人的地址无效，请重新复制地址")
_CONTENT = Refused(fault="message", todo="平台认为内容不合适，请检查事项名称和链接")

_DIALECT = Dialect(
    platform="钉钉",
    code="errcode",
    message="errmsg",
    rate_pause=_PAUSE,
    codes={
        -1: Busy(),
        130101: Busy(seconds=_PAUSE),
        410100: Busy(seconds=_PAUSE),
        660026: Busy(seconds=_PAUSE),
        90030: Busy(seconds=3600),  # the day's quota
        310000: Refused(fault="channel", todo="没有通过机器人的安全设置，请核对自定义关键词、加签密钥、IP白名单和本机时间"),
        300001: _TOKEN,
        300005: _TOKEN,
        400101: _TOKEN,
        40035: _TOKEN,
        88: _TOKEN,
        400013: Refused(fault="channel", todo="群已解散，请换一个群"),
        400102: Refused(fault="channel", todo="机器人已停用，请在群里启用"),
        400106: Refused(fault="channel", todo="机器人不在群里，请重新添加"),
        400105: Refused(fault="message", todo="消息的种类不对"),
        430101: _CONTENT,
        430102: _CONTENT,
        430103: _CONTENT,
        430104: _CONTENT,
    },
)


class DingtalkChannel(Robot):
    """One group. `url` is the robot's whole address (`…/robot/send?access_token=…`), `secret` its signing secret (加签), if set."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        secret: str | None = None,
        name: str = "dingtalk",
        timeout: float = 10.0,
        proxy: str | None = None,
    ) -> None:
        super().__init__(name, Http(name, url, timeout=timeout, secret=secret, proxy=proxy), _DIALECT)
        self._secret, self._clock = secret, clock

    def _query(self) -> str:
        return dingtalk(self._secret, self._clock()) if self._secret else ""

    def _body(self, parcel: Parcel, blocks: Blocks) -> bytes | None:
        found = _MOBILE.fullmatch(parcel.to.strip())
        mobile = found[0] if found else None
        return whole(blocks, lambda paragraphs: _message(paragraphs, mobile), LIMIT)


def _message(paragraphs: tuple[str, ...], mobile: str | None) -> object:
    # A mention must be in the text too; the platform writes the member's name there, or hides the number if he is not in the group.
    written = (*paragraphs, f"@{mobile}") if mobile else paragraphs
    text = lookalike("\n\n".join(paragraph.replace("\n", "  \n") for paragraph in written))
    at = {"atMobiles": [mobile] if mobile else [], "isAtAll": False}
    return {"msgtype": "markdown", "markdown": {"title": TITLE, "text": text}, "at": at}
