"""What every channel promises, whatever the other side does: told against servers on this machine that misbehave."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from wire import Behave, Gateway, answers, drops, free_port, gateway, half_answer, hangs, trickles

from notifications.channels.apprise import AppriseChannel
from notifications.channels.channel import Channel, Failed, Parcel, Queryable, Retry, Sent, Unknown
from notifications.channels.dingtalk import DingtalkChannel
from notifications.channels.email import EmailChannel, SmtpSettings
from notifications.channels.feishu import FeishuChannel
from notifications.channels.folder import FolderChannel
from notifications.channels.inbox import InboxChannel
from notifications.channels.sms import SmsChannel
from notifications.channels.webhook import WebhookChannel
from notifications.channels.wecom import WecomChannel
from notifications.letter import Letter
from notifications.preview import awkward
from notifications.render import render

KEY, SECRET = "KEY0123456789abcdef", "SECgeheimgeheim/+=geheim"
NOW = 1333153800.25  # 2012-03-31 00:30 UTC


@dataclass(frozen=True)
class Kind:
    """A kind of channel that speaks HTTP: how to make one, what its server says to a message taken over, and one refused."""

    make: Callable[[str], Channel]
    path: str
    yes: object
    no: object
    to: str = ""


KINDS: dict[str, Kind] = {
    "wecom": Kind(
        make=lambda url: WecomChannel(url, timeout=0.4),
        path=f"/cgi-bin/webhook/send?key={KEY}",
        yes={"errcode": 0, "errmsg": "ok"},
        no={"errcode": 93000, "errmsg": f"invalid webhook url {KEY}"},
    ),
    "wecom, mentioning": Kind(
        make=lambda url: WecomChannel(url, timeout=0.4),
        path=f"/cgi-bin/webhook/send?key={KEY}",
        yes={"errcode": 0, "errmsg": "ok"},
        no={"errcode": 45009, "errmsg": "api freq out of limit"},
        to="13800000000",
    ),
    "dingtalk": Kind(
        make=lambda url: DingtalkChannel(url, clock=lambda: NOW, secret=SECRET, timeout=0.4),
        path=f"/robot/send?access_token={KEY}",
        yes={"errcode": 0, "errmsg": "ok"},
        no={"errcode": 310000, "errmsg": f"sign not match {SECRET}"},
    ),
    "feishu": Kind(
        make=lambda url: FeishuChannel(url, clock=lambda: NOW, secret=SECRET, timeout=0.4),
        path=f"/open-apis/bot/v2/hook/{KEY}",
        yes={"code": 0, "msg": "success", "data": {}},
        no={"code": 19021, "msg": f"sign match fail /open-apis/bot/v2/hook/{KEY}"},
    ),
    "sms": Kind(
        make=lambda url: SmsChannel(
            url, template="SMS_1001", fields=("活动", "件数"), clock=lambda: NOW, secret=SECRET, timeout=0.4
        ),
        path=f"/sms/{KEY}",
        yes={"result": "accepted", "id": "77"},
        no={"result": "not-allowed", "message": f"bad signature {SECRET}"},
        to="13800000000",
    ),
    "webhook": Kind(
        make=lambda url: WebhookChannel(url, clock=lambda: NOW, secret=SECRET, timeout=0.4),
        path=f"/in/{KEY}",
        yes={},
        no=None,  # a webhook refuses by its status only
        to="wang",
    ),
    "apprise": Kind(
        make=lambda url: AppriseChannel(url.replace("http:", "json:"), timeout=0.4),
        path=f"/in/{KEY}",
        yes={},
        no=None,
    ),
}
SAYS = [name for name, kind in KINDS.items() if kind.no is not None]


@pytest.fixture
def wired(to_wang: Letter, parcel: Parcel) -> Parcel:
    """The parcel of conftest.py with the short forms of Wang's letter."""
    rendered = render(to_wang)
    return replace(parcel, blocks=rendered.blocks, facts=rendered.facts, text=rendered.text, html=rendered.html)


@pytest.fixture
def serve() -> Iterator[Callable[[Behave], Gateway]]:
    with ExitStack() as open_gateways:
        yield lambda behaves: open_gateways.enter_context(gateway(behaves))


@pytest.mark.parametrize("name", KINDS)
def test_what_the_receiver_took_over_is_sent_in_one_request(
    serve: Callable[[Behave], Gateway], wired: Parcel, name: str
) -> None:
    kind = KINDS[name]
    server = serve(answers(kind.yes))

    with kind.make(server.url(kind.path)) as channel:
        result = channel.send(replace(wired, to=kind.to))

    assert isinstance(result, Sent)
    assert result.provider_id
    assert len(server.heard) == 1


@pytest.mark.parametrize("name", KINDS)
def test_second_try_of_a_parcel_is_the_same_message_again(serve: Callable[[Behave], Gateway], wired: Parcel, name: str) -> None:
    kind = KINDS[name]
    server = serve(answers(kind.yes))
    channel = kind.make(server.url(kind.path))

    first, second = (channel.send(replace(wired, to=kind.to)) for _ in range(2))

    assert first == second
    assert server.heard[0].body == server.heard[1].body


@pytest.mark.parametrize("name", KINDS)
def test_server_that_is_not_there_is_tried_again_and_spares_the_others(wired: Parcel, name: str) -> None:
    kind = KINDS[name]

    result = kind.make(f"http://127.0.0.1:{free_port()}{kind.path}").send(replace(wired, to=kind.to))

    assert isinstance(result, Retry)
    assert result.fault == "channel"
    assert result.after_seconds >= 60


@pytest.mark.parametrize("behaves", [hangs, drops, half_answer, trickles], ids=lambda behave: behave.__name__)
@pytest.mark.parametrize("name", KINDS)
def test_handed_over_without_a_whole_answer_is_unknown_and_does_not_last(
    serve: Callable[[Behave], Gateway], wired: Parcel, name: str, behaves: Behave
) -> None:
    kind = KINDS[name]
    server = serve(behaves)
    started = time.monotonic()

    result = kind.make(server.url(kind.path)).send(replace(wired, to=kind.to))

    assert time.monotonic() - started < 4
    assert len(server.heard) == 1
    assert isinstance(result, Unknown), result


@pytest.mark.parametrize("name", SAYS)
def test_refusal_behind_a_200_is_never_sent(serve: Callable[[Behave], Gateway], wired: Parcel, name: str) -> None:
    kind = KINDS[name]
    server = serve(answers(kind.no))

    result = kind.make(server.url(kind.path)).send(replace(wired, to=kind.to))

    assert isinstance(result, Failed | Retry)
    assert result.fault == "channel"


@pytest.mark.parametrize(
    "body",
    [b"", b"ok", b"<html>\xe8\xaf\xb7\xe5\x85\x88\xe7\x99\xbb\xe5\xbd\x95</html>", b"[]", b"null", b"{}", b"\xff\xfe", b"[" * 60000,
     {"errcode": "0", "code": "0", "result": 0}, {"errcode": False, "code": False, "result": True}, {"errcode": 0.0, "code": 0.0},
     {"errcode": None, "code": None, "result": None}, {"result": "accepted"}, b'{"errcode": 0, "code": 0, "result": "acce'],
)  # fmt: skip
@pytest.mark.parametrize("name", SAYS)
def test_answer_that_does_not_clearly_say_yes_is_unknown(
    serve: Callable[[Behave], Gateway], wired: Parcel, name: str, body: object
) -> None:
    kind = KINDS[name]
    server = serve(answers(body))

    result = kind.make(server.url(kind.path)).send(replace(wired, to=kind.to))

    assert isinstance(result, Unknown), result


@pytest.mark.parametrize(
    ("status", "expected", "fault"),
    [(301, Failed, "channel"), (401, Failed, "channel"), (404, Failed, "channel"), (413, Failed, "message"), (429, Retry, "channel"),
     (500, Retry, "channel"), (503, Retry, "channel"), (502, Unknown, None), (504, Unknown, None)],
)  # fmt: skip
@pytest.mark.parametrize("name", [name for name in KINDS if name != "apprise"])
def test_status_says_whom_it_concerns(
    serve: Callable[[Behave], Gateway], wired: Parcel, name: str, status: int, expected: type, fault: str | None
) -> None:
    kind = KINDS[name]
    # It says yes in the body all the same, and points elsewhere: neither is believed.
    server = serve(answers(kind.yes, status=status, headers={"Location": "/elsewhere", "Retry-After": "120"}))

    result = kind.make(server.url(kind.path)).send(replace(wired, to=kind.to))

    assert isinstance(result, expected)
    assert getattr(result, "fault", None) == fault
    assert len(server.heard) == 1
    if status in (429, 503):
        assert isinstance(result, Retry)
        assert result.after_seconds == 120


@pytest.mark.parametrize("name", KINDS)
def test_no_key_and_no_secret_shows_in_a_result_or_a_log(
    serve: Callable[[Behave], Gateway], wired: Parcel, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    kind = KINDS[name]
    caplog.set_level(logging.DEBUG)
    parcel = replace(wired, to=kind.to)
    telling = serve(answers(f"{SECRET} {KEY} {kind.path}".encode(), status=400))
    urls = [telling.url(kind.path), f"http://127.0.0.1:{free_port()}{kind.path}", f"http://nowhere.invalid{kind.path}"]

    results = [kind.make(url).send(parcel) for url in urls]
    results += [kind.make(serve(behave).url(kind.path)).send(parcel) for behave in (answers(kind.no), hangs, drops)]

    told = repr(results) + caplog.text + repr(kind.make(urls[0]).__dict__.get("_http"))
    assert KEY not in told
    assert SECRET not in told
    assert kind.path not in told


@pytest.mark.parametrize("name", KINDS)
def test_hostile_parcel_is_sent_and_raises_nothing(serve: Callable[[Behave], Gateway], wired: Parcel, name: str) -> None:
    kind = KINDS[name]
    server = serve(answers(kind.yes))
    rendered = render(awkward())
    lone = "\ud800"  # half a surrogate pair, which UTF-8 cannot carry
    assert rendered.blocks
    hostile = replace(
        wired,
        to=kind.to,
        recipient=f"王\r\nX-Evil: 1{lone}",
        subject=f"工作提示\r\nX-Evil: 1{lone}",
        text=rendered.text + lone if name != "apprise" else rendered.text,
        blocks=replace(rendered.blocks, head=rendered.blocks.head + (lone if name != "apprise" else "")),
        facts={"活动": f"@all{lone}", "件数": "3"},
    )

    result = kind.make(server.url(kind.path)).send(hostile)

    assert isinstance(result, Sent)
    assert "x-evil" not in server.heard[0].headers
    server.heard[0].body.decode("utf-8")


def test_only_sms_can_be_asked_afterwards() -> None:
    made = {name: kind.make(f"http://127.0.0.1{kind.path}") for name, kind in KINDS.items()}

    assert [name for name, channel in made.items() if isinstance(channel, Queryable)] == ["sms"]


def test_robots_say_that_a_group_reads_along(tmp_path: Path) -> None:
    made: list[Channel] = [kind.make(f"http://127.0.0.1{kind.path}") for kind in KINDS.values()]
    made += [FolderChannel(tmp_path), InboxChannel(), AppriseChannel("json://127.0.0.1/{to}", name="each")]

    in_groups = {channel.name for channel in made if channel.group}

    assert in_groups == {"wecom", "dingtalk", "feishu", "apprise"}


class _Mail:
    """A mail server that takes a message and then does as told."""

    def __init__(self, then: str) -> None:
        self.then = then
        self.kept = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.kept += 1
        if self.then == "drops":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if self.then == "hangs":
            await asyncio.sleep(5)
        return "550 5.7.1 no" if self.then == "refuses" else "250 OK"


@pytest.mark.parametrize(("then", "expected"), [("takes", Sent), ("refuses", Failed), ("drops", Unknown), ("hangs", Unknown)])
def test_mail_keeps_the_same_promises(wired: Parcel, then: str, expected: type) -> None:
    mail = _Mail(then)
    controller = Controller(mail, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings = SmtpSettings(host="127.0.0.1", port=controller.port, security="plain", sender="zzb@example.edu.cn", timeout=0.4)

    try:
        result = EmailChannel(settings).send(wired)
    finally:
        controller.stop()

    assert isinstance(result, expected)
    assert mail.kept == 1


@pytest.mark.parametrize("make", [lambda folder: FolderChannel(folder / "out"), lambda folder: InboxChannel()])
def test_channels_without_a_wire_have_sent_at_once(tmp_path: Path, wired: Parcel, make: Callable[[Path], Channel]) -> None:
    with make(tmp_path) as channel:
        first, second = channel.send(wired), channel.send(wired)

    assert isinstance(first, Sent)
    assert first == second
