"""Which channels an installation has, and what is said of one that cannot be used."""

from __future__ import annotations

from typing import Any

import pytest
from world import World

from duban.service.channels import in_use
from duban.settings import ChannelSettings, Settings, Smtp

SECRET = "mi-yao-0123456789abcdef"
URLS = {
    "wecom": f"https://robot.example.edu.cn/send?key={SECRET}",
    "dingtalk": f"https://robot.example.edu.cn/send?access_token={SECRET}",
    "feishu": f"https://robot.example.edu.cn/hook/{SECRET}",
    "sms": "https://sms.example.edu.cn/send",
    "webhook": "https://portal.example.edu.cn/duban",
}


def _settings(*channels: ChannelSettings, **more: Any) -> Settings:
    return Settings(**{"channels": channels, **more})


def _channel(kind: str, **more: Any) -> ChannelSettings:
    template = {"template": "T1"} if kind == "sms" else {}
    return ChannelSettings(**{"name": f"my-{kind}", "kind": kind, "url_env": f"URL_{kind.upper()}", **template, **more})


@pytest.fixture
def earnest(small_world: World) -> World:
    small_world.engine.context.sandbox = False
    return small_world


def test_every_kind_is_made_under_its_own_name(earnest: World) -> None:
    kinds = [_channel(kind) for kind in URLS]
    inbox = ChannelSettings(name="站内", kind="inbox")
    shelf = ChannelSettings(name="shelf", kind="folder")
    earnest.engine.context.settings = _settings(*kinds, inbox, shelf, smtp=Smtp(host="127.0.0.1", sender="a@example.edu.cn"))

    used = in_use(earnest.engine.context, {f"URL_{kind.upper()}": url for kind, url in URLS.items()})

    assert used.problems == {}
    assert list(used.channels) == ["folder", "email", *(f"my-{kind}" for kind in URLS), "站内", "shelf"]
    assert [name for name, channel in used.channels.items() if channel.group] == ["my-wecom", "my-dingtalk", "my-feishu"]


def test_a_missing_variable_is_one_sentence_with_its_name_and_keeps_no_other_channel_from_sending(earnest: World) -> None:
    earnest.engine.context.settings = _settings(_channel("wecom"), _channel("webhook"))

    used = in_use(earnest.engine.context, {"URL_WEBHOOK": URLS["webhook"]})

    assert set(used.channels) == {"folder", "my-webhook"}
    assert used.problems == {"my-wecom": "环境变量 URL_WECOM 没有设置：渠道 my-wecom 要用它，设好再发送"}


def test_a_named_secret_must_be_there(earnest: World) -> None:
    earnest.engine.context.settings = _settings(_channel("dingtalk", secret_env="DINGTALK_SECRET"))

    used = in_use(earnest.engine.context, {"URL_DINGTALK": URLS["dingtalk"], "DINGTALK_SECRET": " "})

    assert "DINGTALK_SECRET" in used.problems["my-dingtalk"]


def test_the_password_of_the_mail_server_must_be_there(earnest: World) -> None:
    smtp = Smtp(host="127.0.0.1", sender="a@example.edu.cn", user="zzb", password_env="ZZB_PASSWORD")
    earnest.engine.context.settings = _settings(smtp=smtp)

    used = in_use(earnest.engine.context, {})

    assert "ZZB_PASSWORD" in used.problems["email"]
    assert set(used.channels) == {"folder"}


@pytest.mark.parametrize("bad", [f"ftp://x/{SECRET}", f"{SECRET}", f"https://x example/{SECRET}"])
def test_a_wrong_address_is_said_without_showing_it(earnest: World, bad: str) -> None:
    earnest.engine.context.settings = _settings(_channel("wecom"))

    used = in_use(earnest.engine.context, {"URL_WECOM": bad})

    assert "my-wecom" in used.problems
    assert SECRET not in repr(used.problems)


def test_a_sandbox_has_its_folder_and_nothing_else(small_world: World) -> None:
    small_world.engine.context.settings = _settings(_channel("wecom"), smtp=Smtp(host="127.0.0.1", sender="a@example.edu.cn"))

    used = in_use(small_world.engine.context, {"URL_WECOM": URLS["wecom"]})

    assert set(used.channels) == set(used.described) == {"folder"}


def test_delivery_says_which_channel_cannot_be_used_and_sends_by_the_others(earnest: World) -> None:
    earnest.launch()
    earnest.engine.context.settings = _settings(_channel("wecom", url_env="DUBAN_NOT_SET"), order=("folder",))
    earnest.run("2026-03-25 08:30")

    done = earnest.engine.deliver()

    assert (done.sent, done.failed) == (8, 1)
    assert "DUBAN_NOT_SET" in done.problems[0]
