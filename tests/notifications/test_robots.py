"""What the robots of chat groups are sent, and what their codes mean."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from wire import Behave, Gateway, Heard, answers, gateway

from notifications.channels.channel import Failed, Parcel, Retry, Sent
from notifications.channels.dingtalk import DingtalkChannel
from notifications.channels.feishu import FeishuChannel
from notifications.channels.http import BadSettings
from notifications.channels.robot import Robot
from notifications.channels.wecom import WecomChannel
from notifications.forms import Blocks, Item
from notifications.letter import Letter, Line
from notifications.preview import awkward, examples
from notifications.render import render

SECRET = "SECc2VjcmV0+/="
NOW = 1333153800.25
OK = {"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"}
Serve = Callable[[Behave], Gateway]
MAKE: dict[str, Callable[[str], Robot]] = {
    "wecom": lambda url: WecomChannel(url),
    "dingtalk": lambda url: DingtalkChannel(url, clock=lambda: NOW),
    "feishu": lambda url: FeishuChannel(url, clock=lambda: NOW),
}
LIMITS = {"wecom": 4096, "dingtalk": 20000, "feishu": 20000}


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as open_gateways:
        yield lambda behaves: open_gateways.enter_context(gateway(behaves))


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("wecom", 45009, Retry(after_seconds=60, why="", fault="channel")),
        ("wecom", -1, Retry(after_seconds=60, why="", fault="channel")),
        ("wecom", 93000, Failed(why="", code="93000", fault="channel")),
        ("wecom", 93004, Failed(why="", code="93004", fault="channel")),
        ("wecom", 40058, Failed(why="", code="40058", fault="message")),
        ("dingtalk", 130101, Retry(after_seconds=600, why="", fault="channel")),
        ("dingtalk", 410100, Retry(after_seconds=600, why="", fault="channel")),
        ("dingtalk", 660026, Retry(after_seconds=600, why="", fault="channel")),
        ("dingtalk", 310000, Failed(why="", code="310000", fault="channel")),
        ("dingtalk", 300005, Failed(why="", code="300005", fault="channel")),
        ("dingtalk", 400102, Failed(why="", code="400102", fault="channel")),
        ("dingtalk", 430102, Failed(why="", code="430102", fault="message")),
        ("feishu", 11232, Retry(after_seconds=60, why="", fault="channel")),
        ("feishu", 19001, Failed(why="", code="19001", fault="channel")),
        ("feishu", 19021, Failed(why="", code="19021", fault="channel")),
        ("feishu", 19024, Failed(why="", code="19024", fault="channel")),
        ("feishu", 9499, Failed(why="", code="9499", fault="message")),
        ("wecom", 777777, Failed(why="", code="777777", fault="message")),
        ("dingtalk", 777777, Failed(why="", code="777777", fault="message")),
        ("feishu", 777777, Failed(why="", code="777777", fault="message")),
    ],
)
def test_code_behind_a_200_says_what_to_do(serve: Serve, short: Parcel, name: str, code: int, expected: Failed | Retry) -> None:
    server = serve(answers({"errcode": code, "code": code, "errmsg": "said so", "msg": "said so"}))

    result = MAKE[name](server.url()).send(short)

    assert isinstance(result, Failed | Retry)
    assert replace(result, why="") == expected
    assert f"{code} said so" in result.why


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("feishu", "too many request"),
        ("feishu", "frequency limited psm[x]"),
        ("dingtalk", "send too fast"),
        ("wecom", "接口调用频率过高"),
    ],
)
def test_unknown_code_that_speaks_of_haste_is_waited_for(serve: Serve, short: Parcel, name: str, words: str) -> None:
    server = serve(answers({"errcode": 9499, "code": 9499, "errmsg": words, "msg": words}))

    result = MAKE[name](server.url()).send(short)

    assert isinstance(result, Retry)
    assert result.fault == "channel"
    assert result.after_seconds == (600 if name == "dingtalk" else 60)


def test_feishu_says_in_a_header_how_long_to_wait(serve: Serve, short: Parcel) -> None:
    limited = {"code": 99991400, "msg": "request trigger frequency limit"}
    server = serve(answers(limited, status=400, headers={"x-ogw-ratelimit-reset": "90"}))

    result = MAKE["feishu"](server.url()).send(short)

    assert isinstance(result, Retry)
    assert result.after_seconds == 90


def test_dingtalk_signature_is_what_its_server_computes(serve: Serve, short: Parcel) -> None:
    server = serve(answers(OK))

    for n in range(20):  # so that + and / come up among the base64 characters
        DingtalkChannel(server.url("/robot/send?access_token=abc"), clock=lambda n=n: NOW + n, secret=SECRET).send(short)  # type: ignore[misc]

    assert {request.query["access_token"] for request in server.heard} == {"abc"}
    assert server.heard[0].query["timestamp"] == "1333153800250"
    assert all(_dingtalk_accepts(request) for request in server.heard)
    assert any(set("+/") & set(request.query["sign"]) for request in server.heard)
    assert not any("%25" in request.target for request in server.heard)


def test_feishu_signature_is_what_its_server_computes(serve: Serve, short: Parcel) -> None:
    server = serve(answers(OK))

    FeishuChannel(server.url(), clock=lambda: NOW, secret=SECRET).send(short)

    sent = server.heard[0].json
    assert sent["timestamp"] == "1333153800"
    digest = hmac.new(b"1333153800\n" + SECRET.encode(), digestmod=hashlib.sha256).digest()
    assert sent["sign"] == base64.b64encode(digest).decode()


@pytest.mark.parametrize("name", MAKE)
def test_robot_without_a_secret_signs_nothing(serve: Serve, short: Parcel, name: str) -> None:
    server = serve(answers(OK))

    MAKE[name](server.url()).send(short)

    assert b"sign" not in server.heard[0].body
    assert "sign" not in server.heard[0].target


@pytest.mark.parametrize("name", MAKE)
def test_ten_thousand_duties_are_one_message_within_the_limit_with_right_totals(
    serve: Serve, to_wang: Letter, short: Parcel, name: str
) -> None:
    lines = tuple(
        replace(to_wang.below[0], task=f"第{task:03}项工作", unit=f"第{unit:03}党支部", unit_code=f"{unit:03}")
        for task in range(500)
        for unit in range(20)
    )
    server = serve(answers(OK))

    result = MAKE[name](server.url()).send(replace(short, blocks=render(replace(to_wang, below=lines)).blocks))

    assert isinstance(result, Sent)
    text = _text(server.heard[0])
    shown = text.count("· 第")
    assert 1 <= shown <= 20
    assert f"……另有{10_000 - 20 * shown}件，见 " in text
    assert "20个单位（共10000件）还没有报齐" in text
    assert len(server.heard[0].body) <= LIMITS[name]


@pytest.mark.parametrize("size", [50, 500, 5000])
@pytest.mark.parametrize("to", ["", "13800000000"])
@pytest.mark.parametrize("name", MAKE)
def test_long_chinese_text_is_cut_between_items_by_bytes(serve: Serve, short: Parcel, name: str, to: str, size: int) -> None:
    items = tuple(Item(text=f"· 第{n:03}件" + "汉" * 42, count=1) for n in range(size // 50))
    blocks = Blocks(
        head="**工作提示**", items=items, more="……另有\ue0ff件，见 页面", foot="如已报送，请忽略。", total=len(items)
    )
    server = serve(answers(OK))

    result = MAKE[name](server.url()).send(replace(short, blocks=blocks, to=to))

    assert isinstance(result, Sent)
    body = server.heard[0].body
    assert len(body) <= (2048 if name == "wecom" and to else LIMITS[name])
    text = _text(server.heard[0])
    shown = text.count("汉" * 42)
    assert text.count("汉") == 42 * shown
    assert text.count("· 第") == shown
    missing = len(items) - shown
    assert (f"另有{missing}件" in text) == (missing > 0)
    next_one = len(items[0].text.encode()) + 20
    assert missing == 0 or len(body) + next_one > (2048 if name == "wecom" and to else LIMITS[name])
    assert text.rstrip().split("@")[0].rstrip().endswith("如已报送，请忽略。")


@pytest.mark.parametrize("name", MAKE)
def test_frame_longer_than_the_limit_fails_for_this_message_only(short: Parcel, name: str) -> None:
    blocks = Blocks(head="汉" * 8000, items=(), more="", foot="", total=0)

    result = MAKE[name]("http://127.0.0.1:9/hook").send(replace(short, blocks=blocks))

    assert isinstance(result, Failed)
    assert (result.code, result.fault) == ("too-long", "message")


@pytest.mark.parametrize("name", MAKE)
def test_message_without_a_short_form_does_not_reach_a_group(serve: Serve, parcel: Parcel, name: str) -> None:
    server = serve(answers(OK))

    result = MAKE[name](server.url()).send(parcel)

    assert isinstance(result, Failed)
    assert result.code == "no-blocks"
    assert server.heard == []


@pytest.mark.parametrize("to", ["", "13800000000"])
@pytest.mark.parametrize("name", MAKE)
def test_hostile_names_are_shown_and_not_obeyed(serve: Serve, short: Parcel, name: str, to: str) -> None:
    server = serve(answers(OK))

    MAKE[name](server.url()).send(replace(short, to=to, blocks=render(awkward()).blocks))

    text = _text(server.heard[0])
    for shown in (
        "{{7*7}}党支部",
        "<script>alert(1)</script>&党支部",
        "一行 Bcc: all@example.edu.cn 党支部",
        "@all*[点](http://x.cn)_`#",
    ):
        # 企业微信 and 钉钉 know no escape: the marks are written in full width, which NFKC folds back.
        assert unicodedata.normalize("NFKC", shown) in unicodedata.normalize("NFKC", text)
    if name != "feishu":
        names = text.split("含当日：")[1].split("\n")[0]
        assert not set(names) & set("*_[]<>`#@&")


@pytest.mark.parametrize("to", ["", "13800000000", "@all", "all", "wang@example.edu.cn"])
@pytest.mark.parametrize("name", MAKE)
def test_nobody_but_the_addressee_is_mentioned_and_never_all(serve: Serve, short: Parcel, name: str, to: str) -> None:
    server = serve(answers(OK))

    MAKE[name](server.url()).send(replace(short, to=to))

    sent: Any = server.heard[0].json
    mobiles = [to] if to.startswith("138") else []
    if name == "wecom":
        assert sent["msgtype"] == ("text" if mobiles else "markdown")
        assert sent.get("text", {}).get("mentioned_mobile_list", []) == mobiles
        assert "mentioned_list" not in server.heard[0].body.decode()
    if name == "dingtalk":
        assert sent["at"] == {"atMobiles": mobiles, "isAtAll": False}
        assert ("@13800000000" in unicodedata.normalize("NFKC", _text(server.heard[0]))) == bool(mobiles)
    if name == "feishu":
        assert {element["tag"] for line in sent["content"]["post"]["zh_cn"]["content"] for element in line} <= {"text", "a"}
    assert "@all" not in unicodedata.normalize("NFKC", _text(server.heard[0]))


@pytest.mark.parametrize("name", MAKE)
def test_link_can_be_followed(serve: Serve, short: Parcel, name: str) -> None:
    link = "https://portal.example.edu.cn/duban/my"
    server = serve(answers(OK))

    MAKE[name](server.url()).send(short)

    sent: Any = server.heard[0].json
    if name == "feishu":
        elements = [element for line in sent["content"]["post"]["zh_cn"]["content"] for element in line]
        assert {"tag": "a", "text": "查看和办理", "href": link} in elements
    else:
        assert f"[查看和办理]({link})" in _text(server.heard[0])


@pytest.mark.parametrize("example", list(examples()))
@pytest.mark.parametrize("name", MAKE)
def test_group_reads_of_units_and_tasks_not_of_people(serve: Serve, short: Parcel, name: str, example: str) -> None:
    letter = examples()[example]
    told = tuple(replace(line, returned_text="李可填错了", answered_text="李可说好了") for line in letter.own)
    letter = replace(letter, recipient="欧阳某某", role="党务秘书某某", own=told)
    server = serve(answers(OK))

    MAKE[name](server.url()).send(replace(short, blocks=render(letter).blocks))

    text = _text(server.heard[0])
    assert not [words for words in ("欧阳", "党务秘书", "李可") if words in text]
    assert "如已报送，请忽略" in text
    assert "非涉密系统" in text
    for line in letter.ask:
        if line.unit not in {other.unit for other in (*letter.below, *letter.review)}:
            assert line.unit not in text


@pytest.mark.parametrize(
    "url", ["", "qyapi.example.com/send?key=abc", "ftp://a/b", "http://?key=abc", "https://a b/", "https://主机/x"]
)
@pytest.mark.parametrize("name", MAKE)
def test_address_that_is_none_is_refused_without_being_shown(name: str, url: str) -> None:
    with pytest.raises(BadSettings) as caught:
        MAKE[name](url)

    assert f"渠道 {name} 的设置有误" in str(caught.value)
    assert not url or url not in str(caught.value)


@pytest.fixture
def short(parcel: Parcel, to_wang: Letter, self_assessment: Line) -> Parcel:
    own = replace(self_assessment, workdays_left=None, days_past=1, due_day=date(2012, 3, 30))
    return replace(parcel, to="", blocks=render(replace(to_wang, own=(own,))).blocks)


def _text(heard: Heard) -> str:
    """What a reader sees, marks included."""
    sent: Any = json.loads(heard.body.decode("utf-8"))
    if "content" in sent:
        lines = sent["content"]["post"]["zh_cn"]["content"]
        return "\n".join("".join(element["text"] for element in line) for line in lines)
    kind = sent[sent["msgtype"]]
    return str(kind.get("content", kind.get("text")))


def _dingtalk_accepts(heard: Heard) -> bool:
    query = heard.query
    digest = hmac.new(SECRET.encode(), f"{query['timestamp']}\n{SECRET}".encode(), hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest).decode(), query["sign"])
