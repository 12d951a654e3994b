"""A channel that speaks through the robot of a 飞书 group."""

from __future__ import annotations

from notifications.channels.channel import Parcel
from notifications.channels.http import Http
from notifications.channels.robot import Busy, Dialect, Refused, Robot, whole
from notifications.channels.signing import Clock, feishu
from notifications.forms import Blocks, plain, spans
from notifications.voice import TITLE

LIMIT = 20000  # bytes of the whole body
_BAD_MESSAGE = Refused(fault="message", todo="消息的格式不对")

_DIALECT = Dialect(
    platform="飞书",
    code="code",
    message="msg",
    codes={
        11232: Busy(),  # 100 a minute and 5 a second; and whenever the platform is busy, as on the hour
        99991400: Busy(),
        19001: Refused(fault="channel", todo="机器人的地址无效，请重新复制地址"),
        19021: Refused(fault="channel", todo="签名不对，或本机时间相差太多，请核对签名密钥和时间"),
        19022: Refused(fault="channel", todo="本机的IP不在机器人的白名单里"),
        19024: Refused(fault="channel", todo="没有机器人要求的关键词，请把关键词设为“工作提示”"),
        19002: _BAD_MESSAGE,
        11246: _BAD_MESSAGE,
    },  # 9499 is said of a bad format and of too many requests: its words decide
)


class FeishuChannel(Robot):
    """One group. `url` is the robot's whole address (`…/open-apis/bot/v2/hook/…`), `secret` its signing secret (签名校验), if set.

    Nobody is mentioned: the platform knows members by ids of its own only.
    """

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        secret: str | None = None,
        name: str = "feishu",
        timeout: float = 10.0,
        proxy: str | None = None,
    ) -> None:
        super().__init__(name, Http(name, url, timeout=timeout, secret=secret, proxy=proxy), _DIALECT)
        self._secret, self._clock = secret, clock

    def _body(self, parcel: Parcel, blocks: Blocks) -> bytes | None:
        signed = feishu(self._secret, self._clock()) if self._secret else {}
        return whole(blocks, lambda paragraphs: {**signed, **_post(paragraphs)}, LIMIT)


def _post(paragraphs: tuple[str, ...]) -> dict[str, object]:
    """A rich text: its words are shown as written, a link or a mention is an element of its own."""
    lines = [line for paragraph in paragraphs for line in paragraph.split("\n")]
    content = [[_element(words, link) for words, link in spans(line)] for line in lines if line]
    return {"msg_type": "post", "content": {"post": {"zh_cn": {"title": TITLE, "content": content}}}}


def _element(words: str, link: str | None) -> dict[str, str]:
    if link is None:
        return {"tag": "text", "text": plain(words)}
    return {"tag": "a", "text": plain(words), "href": link}
