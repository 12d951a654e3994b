"""Verbs about messages and channels by hand: message list|retry|abort, channel list|enable."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from duban.cli.options import By, ReasonText, Why
from duban.cli.speak import Db, Json, answering, document, open_engine, say
from duban.cli.words import Face

Number = Annotated[int, typer.Argument(metavar="ID", help="消息编号，见 duban message list")]
CHANNEL_WORDS = {"ready": "可用", "paused": "暂停", "disabled": "停用", "unusable": "不可用"}


def add_to(app: typer.Typer) -> None:
    app.add_typer(_message(), name="message")
    app.add_typer(_channel(), name="channel")


def _message() -> typer.Typer:
    group = Face(help="消息：查看、再发一次、取消。", no_args_is_help=True)
    group.command(name="list")(listed)
    group.command()(retry)
    group.command()(abort)
    return group


def _channel() -> typer.Typer:
    group = Face(help="渠道：查看、重新启用。", no_args_is_help=True)
    group.command(name="list")(channels)
    group.command()(enable)
    return group


def listed(
    state: Annotated[str | None, typer.Option("--state", help="只看一种状态，如 failed、dead、held", metavar="STATE")] = None,
    limit: Annotated[int, typer.Option("--limit", help="最多列出多少封", min=1, max=10_000)] = 50,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """最近的消息和它们的状态。"""
    with answering(as_json), open_engine(db) as engine:
        found = engine.messages(state=state, limit=limit)
        if as_json:
            document({"messages": [_message_document(one) for one in found]})
            return
        if not found:
            say("没有这样的消息。")
        for one in found:
            say(_message_line(one), hang=4)


def retry(message: Number, by: By, reason: Why, db: Db = None, as_json: Json = False) -> None:
    """再发一次：被拒收的地址视为已经改好。"""
    with answering(as_json), open_engine(db) as engine:
        state = engine.retry_message(message, by=by, reason=reason, via="cli")
        if as_json:
            document({"message": message, "state": state})
        elif state == "pending":
            say(f"消息{message}将随下一次发送发出。")
        else:
            say(f"消息{message}的地址已恢复使用；里面的事项将随下一次发送合成新的消息。")


def abort(message: Number, by: By, reason: Why, db: Db = None, as_json: Json = False) -> None:
    """取消一封还没有发出的消息；里面的事项记为人工取消。"""
    with answering(as_json), open_engine(db) as engine:
        items = engine.abort_message(message, by=by, reason=reason, via="cli")
        if as_json:
            document({"message": message, "state": "cancelled", "items": items})
        else:
            say(f"消息{message}已取消，不再发出（{items}件事项）。")


def channels(db: Db = None, as_json: Json = False) -> None:
    """每个渠道能不能用，有多少消息在等它。"""
    with answering(as_json), open_engine(db) as engine:
        found = engine.channels()
        if as_json:
            document({"channels": [_channel_document(one) for one in found]})
            return
        for one in found:
            say(_channel_line(one), hang=4)


def enable(
    name: Annotated[str, typer.Argument(metavar="NAME", help="渠道名称，见 duban channel list")],
    by: By,
    reason: ReasonText = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """渠道已经修好：重新启用。"""
    with answering(as_json), open_engine(db) as engine:
        changed = engine.enable_channel(name, by=by, reason=reason, via="cli")
        if as_json:
            document({"channel": name, "enabled": changed})
        else:
            say(f"渠道 {name} 已重新启用。" if changed else f"渠道 {name} 本来就在使用。")


def _message_document(one: Any) -> dict[str, Any]:
    from duban.clock import show_instant

    sent = show_instant(one.sent_at) if one.sent_at is not None else None
    return {**vars(one), "window": one.window.isoformat(), "not_before": show_instant(one.not_before), "sent_at": sent}


def _channel_document(one: Any) -> dict[str, Any]:
    from duban.clock import show_instant

    return {**vars(one), "until": show_instant(one.until) if one.until is not None else None}


def _message_line(one: Any) -> str:
    from duban.clock import local_minute
    from duban.service.context import ZONE
    from duban.service.reminder_words import message_why
    from duban.service.tending import WORDS

    when = (
        f"{local_minute(one.sent_at, ZONE)}发出" if one.sent_at is not None else f"{local_minute(one.not_before, ZONE)}起可发"
    )
    why = f"：{message_why(one.why)}" if one.why else ""
    state = WORDS.get(one.state, one.state)
    return f"{one.id}  {one.recipient}  {one.channel}  {state}{why}（{when}，{one.items}件，发过{one.tries}次）"


def _channel_line(one: Any) -> str:
    from duban.clock import local_minute
    from duban.service.context import ZONE

    until = f"到{local_minute(one.until, ZONE)}" if one.until is not None else ""
    why = f"：{one.why}" if one.why else ""
    return f"{one.name}  {CHANNEL_WORDS[one.state]}{until}{why}（{one.waiting}封在等）"
