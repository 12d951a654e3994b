"""照管: what people see and do of messages and channels: a list, once more, call off, enable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from duban.service.channels import InUse, in_use
from duban.service.context import Context
from duban.service.noting import note
from duban.service.people import scope_of
from duban.service.reminder_words import MESSAGE_FATES, SENT_WORDS
from duban.service.windows import windows_of
from storage import channel_states, tending
from storage import messages as rows
from storage.channel_states import DISABLED, Fare
from storage.scope import EVERYTHING, Scope
from storage.tending import Found
from workflow.errors import NotFound, Reason, Refused, UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

RETRYABLE = ("failed", "dead", "held", "pending", "unknown")
ABORTABLE = ("pending", "held", "failed", "dead")
STATES = ("pending", "held", "claimed", "sent", "delivered", "unknown", "failed", "dead", "cancelled")
WORDS = {**MESSAGE_FATES, **SENT_WORDS}


@dataclass(frozen=True, kw_only=True)
class MessageRead:
    """One message in a list. Instants are UTC seconds; `tries` are physical ones, `items` the reminders in it."""

    id: int
    state: str
    why: str | None
    recipient: str
    channel: str
    window: date
    not_before: int
    sent_at: int | None
    tries: int
    items: int


@dataclass(frozen=True, kw_only=True)
class ChannelRead:
    """A channel and how it fares: `state` is ready, paused (until an instant), disabled (until a person enables it) or
    unusable (`why`: what is missing). `waiting` messages wait to leave by it."""

    name: str
    kind: str
    state: str
    waiting: int
    why: str | None = None
    until: int | None = None


def messages(
    context: Context, *, state: str | None = None, limit: int = 200, before: int | None = None, scope: Scope = EVERYTHING
) -> tuple[MessageRead, ...]:
    """The newest messages (before one of them) about units within the scope, of one state if it is named."""
    if state is not None and state not in STATES:
        raise UsageError(f"没有“{state}”这种状态；可以写 {'、'.join(STATES)}")
    with context.database.read() as connection:
        day = context.today().toordinal()
        found = rows.listed(connection, states=[state] if state else [], limit=limit, scope=scope, day=day, before=before)
    return tuple(
        MessageRead(**{k: v for k, v in line._asdict().items() if k != "window_day"}, window=date.fromordinal(line.window_day))
        for line in found
    )


def channels(context: Context) -> tuple[ChannelRead, ...]:
    """Every channel of this installation, and those that messages still wait for."""
    used, real = in_use(context), context.clock.real()
    with context.database.read() as connection:
        fares = channel_states.fares(connection)
        waiting = rows.waiting_by_channel(connection)
    names = [*used.described, *sorted(set(waiting) - set(used.described))]
    return tuple(_channel(used, fares.get(name, Fare(name)), waiting.get(name, 0), real) for name in names)


def retry_message(context: Context, id_: int, *, by: int, reason: str, via: str | None = None) -> str:
    """Try a message once more, now or as soon as the hours allow; its state then.

    An address that was refused counts as mended. Raises `NotFound`, `Refused` if there is nothing in it any more, or it has left.
    """
    _may(context, by)
    now = context.now()
    with context.database.write() as connection:
        found = _found(connection, id_)
        if found.state not in RETRYABLE or (found.state == "held" and found.why is None):
            raise Refused([Reason(code="not-retryable", text=f"消息{id_}{_stands(found)}，不用再发")])
        mended = tending.unblock(connection, id_, now=now)
        if found.items:
            window = windows_of(context).at(now)
            tending.again(connection, id_, not_before=window.not_before, expires_at=window.expires_at)
        elif not mended:
            text = f"消息{id_}里没有还要告诉的事项：已经办完，或者已改由别的消息告诉"
            raise Refused([Reason(code="nothing-to-say", text=text, unblock="用 duban explain 单位 --reminders 查看去向")])
        note(context, connection, "retry-message", by=by, via=via, reason=reason, data={"message": id_, "was": found.state})
        context.record_instant(connection)
    return "pending" if found.items else found.state


def abort_message(context: Context, id_: int, *, by: int, reason: str, via: str | None = None) -> int:
    """A message that has not left does not leave; returns how many things it was about. Raises `NotFound`, `Refused`."""
    _may(context, by)
    with context.database.write() as connection:
        found = _found(connection, id_)
        if found.state not in ABORTABLE:
            raise Refused([Reason(code="not-abortable", text=f"消息{id_}{_stands(found)}，不能取消了")])
        tending.abort(connection, id_)
        note(context, connection, "abort-message", by=by, via=via, reason=reason, data={"message": id_, "was": found.state})
        context.record_instant(connection)
    return found.items


def enable_channel(context: Context, name: str, *, by: int, reason: str | None = None, via: str | None = None) -> bool:
    """A person says that a channel is in order again. False if nothing was held against it. Raises `NotFound`."""
    _may(context, by)
    with context.database.write() as connection:
        known = {*in_use(context).described, *channel_states.fares(connection)}
        if name not in known:
            raise NotFound(f"没有渠道“{name}”；现有：{'、'.join(sorted(known))}", candidates=sorted(known))
        changed = channel_states.enable(connection, name)
        if changed:
            note(context, connection, "enable-channel", by=by, via=via, reason=reason, data={"channel": name})
            context.record_instant(connection)
    return changed


def _may(context: Context, by: int) -> None:
    if scope_of(context.database, by, context.today()) != EVERYTHING:
        text = "只有校级部门（如组织部）的同志可以处理消息和渠道"
        raise Refused([Reason(code="not-allowed", text=text, unblock="请组织部的同志来办")])


def _found(connection: Connection, id_: int) -> Found:
    found = tending.find(connection, id_)
    if found is None:
        raise NotFound(f"没有编号为{id_}的消息：用 duban message list 查看")
    return found


def _stands(found: Found) -> str:
    if found.state == "held" and found.why is None:
        return "在等核查的确认（duban run confirm）"
    return f"现在的状态是“{WORDS.get(found.state, found.state)}”"


def _channel(used: InUse, fare: Fare, waiting: int, real: int) -> ChannelRead:
    name = fare.name
    if name not in used.described:
        return ChannelRead(name=name, kind="", state="unusable", waiting=waiting, why="设置里没有这个渠道了")
    kind = used.described[name].kind
    if name in used.problems:
        return ChannelRead(name=name, kind=kind, state="unusable", waiting=waiting, why=used.problems[name])
    if fare.state == DISABLED:
        return ChannelRead(name=name, kind=kind, state="disabled", waiting=waiting, why=fare.why)
    if fare.is_left_alone(real):
        return ChannelRead(name=name, kind=kind, state="paused", waiting=waiting, why=fare.why, until=fare.open_until)
    return ChannelRead(name=name, kind=kind, state="ready", waiting=waiting, why=fare.why)
