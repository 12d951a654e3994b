"""What goes through Apprise, what must not, and what is made of its few words."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from wire import answers, gateway

from notifications.channels.apprise import AppriseChannel
from notifications.channels.channel import Failed, Parcel, Retry, Sent
from notifications.channels.http import BadSettings
from notifications.letter import Letter
from notifications.render import render


@pytest.mark.parametrize(
    "url",
    [
        "wecombot://0123456789abcdef-0123-4567",
        "dingtalk://0123456789abcdef0123456789abcdef",
        "feishu://0123456789abcdef0123",
        "lark://0123456789abcdef0123",
        "schan://SCT0123456789abcdef",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123456789abcdef-0123-4567",
    ],
)
def test_services_that_call_a_refusal_a_success_are_not_used(url: str) -> None:
    with pytest.raises(BadSettings) as caught:
        AppriseChannel(url)

    assert "拒收的消息也报成功" in str(caught.value)
    assert "0123456789" not in str(caught.value)


def test_mail_has_its_own_sender() -> None:
    with pytest.raises(BadSettings, match=r"\[smtp\]"):
        AppriseChannel("mailto://user:pass@mail.example.edu.cn")


@pytest.mark.parametrize("url", ["", "nothing", "nobody://knows", "json://127.0.0.1, json://127.0.0.2"])
def test_address_apprise_does_not_know_is_refused(url: str) -> None:
    with pytest.raises(BadSettings):
        AppriseChannel(url)


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_refusal_is_tried_once_inside_and_again_later(short: Parcel, status: int) -> None:
    with gateway(answers({}, status=status)) as server:
        result = AppriseChannel(server.url("/in?retry=3").replace("http:", "json:")).send(short)

    assert isinstance(result, Retry)
    assert len(server.heard) == 1


def test_one_place_for_everybody_is_written_to_as_a_group(short: Parcel) -> None:
    with gateway(answers({})) as server:
        result = AppriseChannel(server.url("/in").replace("http:", "json:")).send(short)
        silent = AppriseChannel(server.url("/in").replace("http:", "json:")).send(replace(short, blocks=None))

    assert isinstance(result, Sent)
    said = str(server.heard[0].json["message"])
    assert "王然" not in said
    assert "3个单位还没有报齐" in said
    assert isinstance(silent, Failed)
    assert len(server.heard) == 1


def test_each_persons_address_is_put_into_the_url(short: Parcel) -> None:
    with gateway(answers({})) as server:
        AppriseChannel(server.url("/in/{to}").replace("http:", "json:")).send(replace(short, to="00 17/x"))

    assert server.heard[0].target.rstrip("/") == "/in/00%2017%2Fx"
    assert "王然同志" in str(server.heard[0].json["message"])


def test_apprise_is_loaded_only_when_a_channel_needs_it() -> None:
    program = (
        "import sys, notifications.channels.apprise, notifications.channels.http, notifications.channels.webhook\n"
        "assert not {'apprise', 'httpx2', 'requests'} & set(sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.fixture
def short(parcel: Parcel, to_wang: Letter) -> Parcel:
    rendered = render(to_wang)
    return replace(parcel, to="", blocks=rendered.blocks, text=rendered.text)
