"""发送: claim messages, send them with no transaction open, record what came of each try."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from duban.service.context import Context, day_of
from duban.service.letters import letters_for
from storage import outbox
from storage.outbox import Claimed, ItemLine
from workflow.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifications.channels.channel import Channel, Parcel, Result, Retry
    from notifications.letter import Letter
    from notifications.render import Rendered, Templates

    Ready = tuple[Claimed, Letter, tuple[ItemLine, ...]]

BATCH = 100
LEASE = 600
"""Seconds of real time a claim holds: ample for one message at the slowest allowed answers. A long batch renews it half-way."""
BACKOFF = (60, 300, 1800, 7200, 21600)
"""Seconds before the second, third, ... try; after the last the message is dead and a person looks."""


@dataclass(kw_only=True)
class Delivered:
    """What one pass of delivery did. `waiting` counts messages that are pending, claimed or held afterwards."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    waiting: int = 0
    problems: list[str] = field(default_factory=list)


def deliver(context: Context) -> Delivered:
    """Send everything that may leave now. Any number of processes may do this at once: a claim is taken by one."""
    done = Delivered()
    owner = f"{socket.gethostname()}:{os.getpid()}"
    while _anything(context):
        with ExitStack() as open_channels:
            # Before anything is claimed: wrong settings of a mail server are nobody's failed try. Nothing is connected yet.
            channels = {name: open_channels.enter_context(_channel(context, name)) for name in _open_channels(context)}
            taken, letters = _claim(context, owner)
            _send_all(context, channels, letters, done)
        if not taken:
            break
    with context.database.read() as connection:
        done.waiting = outbox.waiting_count(connection)
    return done


def _anything(context: Context) -> bool:
    with context.database.read() as connection:
        return outbox.anything_to_send(connection, now=context.now(), real_now=context.clock.real())


def _claim(context: Context, owner: str) -> tuple[int, list[Ready]]:
    """How many messages were taken, and those of them that still have something to say."""
    now, real, wording = context.now(), context.clock.real(), _wording(context)
    with context.database.write() as connection:
        context.refresh(connection)
        outbox.expire_leases(connection, real_now=real)
        if wording is not None:
            outbox.reoffer(connection, template=wording)
        outbox.cancel_empty(connection, now=now)
        ids = outbox.waiting(connection, now=now, channels=_open_channels(context), limit=BATCH)
        claimed = outbox.claim(connection, ids, owner=owner, lease_until=real + LEASE, started=now)
        letters = letters_for(context, connection, claimed, day_of(now))
        for message in claimed:
            if message.id not in letters:
                outbox.finish(connection, message, outcome="cancelled", state="cancelled", at=now, why="done")
        context.record_instant(connection)
    return len(claimed), [(message, *letters[message.id]) for message in claimed if message.id in letters]


def _send_all(context: Context, channels: Mapping[str, Channel], letters: Sequence[Ready], done: Delivered) -> None:
    since, waiting = context.clock.real(), list(letters)
    while waiting:
        if context.clock.real() - since > LEASE // 2:
            since = context.clock.real()
            waiting = _still_ours(context, waiting, since)
            continue
        message, letter, items = waiting.pop(0)
        away = _send(context, channels[message.channel], message, letter, items, done)
        if away is not None:  # the server, not this reader: the others would only wait for it in turn
            for other in [ready[0] for ready in waiting if ready[0].channel == message.channel]:
                _again(context, other, away.why, after=away.after_seconds, outcome="retryable", done=done, ever=True)
                done.failed += 1
            waiting = [ready for ready in waiting if ready[0].channel != message.channel]


def _still_ours(context: Context, waiting: Sequence[Ready], real: int) -> list[Ready]:
    with context.database.write() as connection:
        kept = outbox.renew(connection, [message for message, _, _ in waiting], lease_until=real + LEASE)
    return [ready for ready in waiting if ready[0].id in kept]


def _send(
    context: Context, channel: Channel, message: Claimed, letter: Letter, items: tuple[ItemLine, ...], done: Delivered
) -> Retry | None:
    """Send one message; answers what is wrong with the channel itself, if that is why it did not leave."""
    try:
        rendered = _templates(context.settings.templates).render(letter)
    except DubanError as error:
        why = f"{outbox.BAD_TEMPLATE}：{error}"
        _record(context, message, outcome="template", state="held", why=why, template=_wording(context))
        done.failed += 1
        done.problems.append(f"{message.recipient}：{error}")
        return None
    return _result(context, message, rendered, channel.send(_parcel(context, message, rendered, items)), done)


def _result(context: Context, message: Claimed, rendered: Rendered, result: Result, done: Delivered) -> Retry | None:
    from notifications.channels.channel import Failed, Retry, Sent

    if isinstance(result, Sent):
        _record(context, message, outcome="ok", state="sent", why=None, rendered=rendered, code=result.provider_id)
        done.sent += 1
    elif isinstance(result, Failed):
        _record(context, message, outcome="permanent", state="failed", why=result.why, code=result.code)
        done.failed += 1
        done.problems.append(f"{message.recipient}：{result.why}")
    elif isinstance(result, Retry):
        away = result.fault == "channel"
        _again(context, message, result.why, after=result.after_seconds, outcome="retryable", done=done, ever=away)
        done.failed += 1
        return result if away else None
    else:
        # The same key goes out again: a mail server drops a repeated Message-ID, a folder writes the same file.
        _again(context, message, result.why, after=0, outcome="unknown", done=done)
        done.unknown += 1
    return None


def _again(
    context: Context, message: Claimed, why: str, *, after: int, outcome: str, done: Delivered, ever: bool = False
) -> None:
    """Another try later; `ever` if it is the server that is away, which no number of tries makes the message's fault."""
    done.problems.append(f"{message.recipient}：{why}")
    if message.attempts > len(BACKOFF) and not ever:
        _record(context, message, outcome=outcome, state="dead", why=why)
        return
    wait = max(after, BACKOFF[min(message.attempts, len(BACKOFF)) - 1])
    _record(context, message, outcome=outcome, state="pending", why=why, not_before=context.now() + wait)


def _record(
    context: Context,
    message: Claimed,
    *,
    outcome: str,
    state: str,
    why: str | None,
    rendered: Rendered | None = None,
    template: str | None = None,
    code: str | None = None,
    not_before: int | None = None,
) -> None:
    with context.database.write() as connection:
        outbox.finish(
            connection,
            message,
            outcome=outcome,
            state=state,
            at=context.now(),
            why=why,
            code=code,
            not_before=not_before,
            template=f"{rendered.template}@{rendered.template_version}" if rendered else template,
            subject=rendered.subject if rendered else None,
            body=rendered.text if rendered else None,
        )


def _parcel(context: Context, message: Claimed, rendered: Rendered, items: tuple[ItemLine, ...]) -> Parcel:
    from notifications.channels.channel import Parcel

    units = list(dict.fromkeys(item.unit_code for item in items))
    return Parcel(
        id=str(message.id),
        key=message.idem_key,
        to=message.address or "",
        recipient=message.recipient,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        at=datetime.fromtimestamp(context.now(), UTC),
        extra={
            "unit": units[0] if len(units) == 1 else units,
            "items": [{"unit": i.unit_code, "duty": _key(i), "rung": i.rung} for i in items],
            "rung": message.rung,
        },
    )


def _key(item: ItemLine) -> str:
    return f"{item.task_key}@{item.occurrence}" if item.occurrence else item.task_key


def _open_channels(context: Context) -> tuple[str, ...]:
    """A sandbox sends nothing out, whatever the settings say."""
    if context.sandbox or not context.settings.smtp.host:
        return ("folder",)
    return ("folder", "email")


def _channel(context: Context, name: str) -> Channel:
    if name == "folder":
        from notifications.channels.folder import FolderChannel

        return FolderChannel(messages_folder(context))
    from notifications.channels.email import EmailChannel
    from notifications.channels.envelope import SmtpSettings

    smtp = context.settings.smtp
    password = os.environ.get(smtp.password_env) if smtp.password_env else None
    return EmailChannel(
        SmtpSettings(
            host=smtp.host,
            port=smtp.port,
            security=smtp.security,  # type: ignore[arg-type]  # SmtpSettings itself refuses any other word, in Chinese
            user=smtp.user or None,
            password=password,
            sender=smtp.sender,
            timeout=smtp.timeout,
        )
    )


def messages_folder(context: Context) -> Path:
    """Where messages that are not sent out are kept: `<db path>.messages`, or the folder of the settings."""
    path = context.database.path
    if context.settings.folder and not (context.sandbox and path is not None):
        return Path(context.settings.folder)
    return Path(f"{path or context.database.url.database}.messages")


def _wording(context: Context) -> str | None:
    """The name of the present wording as messages keep it; None if its templates cannot be used at all."""
    from notifications.render import NAME

    try:
        return f"{NAME}@{_templates(context.settings.templates).version}"
    except DubanError:
        return None


@lru_cache(maxsize=4)
def _templates(folder: str | None) -> Templates:
    from notifications.render import Templates

    return Templates(Path(folder) if folder else None)
