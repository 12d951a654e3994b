"""发送: what may leave now is taken in batches and sent; what has to be told another way is folded anew and sent as well."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from duban.service.channels import InUse, in_use, messages_folder
from duban.service.claiming import BATCH, INTERVAL, LEASE, Taken, Terms, gone_holders, is_quiet, rated, take
from duban.service.context import Context, day_of
from duban.service.folding import refold
from duban.service.sending import Delivered, Sending
from duban.service.wording import templates
from storage import outbox
from storage.meta import meta, set_meta
from workflow.errors import DubanError

if TYPE_CHECKING:
    from notifications.render import Templates

__all__ = ["BATCH", "INTERVAL", "LEASE", "Delivered", "deliver", "messages_folder"]

PURGED = "purged_on"


def deliver(
    context: Context,
    *,
    only: Sequence[int] | None = None,
    lease: float = LEASE,
    batch: int = BATCH,
    interval: int = INTERVAL,
    patience: float = 0,
) -> Delivered:
    """Send everything that may leave now. Any number of processes may do this at once: a claim is taken by one.

    `patience` is for how many seconds of real time it waits where only a channel's rate keeps messages back; then it returns, and the
    next call goes on. `lease`, `batch` and `interval` are those of `claiming`.
    """
    terms = Terms(lease=lease, batch=batch, interval=interval, only=tuple(only) if only is not None else None)
    done, used = Delivered(), in_use(context)
    done.problems += used.problems.values()
    done.failed += len(used.problems)
    if only is None:
        refold(context)
    try:
        spoken = templates(context.settings.templates)
    except DubanError as error:  # nothing can be said at all: everything waits until somebody has mended it
        done.problems.append(str(error))
        done.failed += 1
    else:
        _all(context, used, terms, spoken, done, patience)
    if done.sent:
        _purge(context)
    with context.database.read() as connection:
        done.waiting = outbox.waiting_count(connection)
    return done


def _all(context: Context, used: InUse, terms: Terms, templates: Templates, done: Delivered, patience: float) -> None:
    while _anything(context):
        sending = _batch(context, used, terms, templates, done)
        if sending.offered or sending.taken.lost:
            refold(context)
        elif not sending.taken.looked:
            if patience <= 0 or not _waits_for_room(context, used):
                return
            context.clock.wait(1)
            patience -= 1


def _batch(context: Context, used: InUse, terms: Terms, templates: Templates, done: Delivered) -> Sending:
    wording = _wording(templates)
    with ExitStack() as lines:
        for channel in used.channels.values():
            lines.enter_context(channel)  # nothing is connected yet
        taken: Taken = take(context, used, terms, wording=wording)
        sending = Sending(context=context, used=used, terms=terms, taken=taken, templates=templates, wording=wording, done=done)
        sending.all()
    return sending


def _anything(context: Context) -> bool:
    with context.database.read() as connection:
        gone = gone_holders(connection)
        return outbox.anything_to_send(connection, now=context.now(), real_now=context.clock.real(), gone=gone)


def _waits_for_room(context: Context, used: InUse) -> bool:
    """Something is kept back by a rate alone."""
    from storage.channel_states import Fare, fares

    if is_quiet(context, context.now()):
        return False
    with context.database.read() as connection:
        fare, real = fares(connection), context.clock.real()
        names = [name for name in rated(used) if name in used.channels and not fare.get(name, Fare(name)).is_left_alone(real)]
        return outbox.waits_on(connection, names, now=context.now())


def _purge(context: Context) -> None:
    """Once a day: texts older than they are kept are forgotten."""
    today = day_of(context.now()).isoformat()
    with context.database.read() as connection:
        if meta(connection).get(PURGED) == today:
            return
    with context.database.write() as connection:
        outbox.purge(connection, before=context.now() - context.settings.keep_days * 86400)
        set_meta(connection, **{PURGED: today})


def _wording(templates: Templates) -> str:
    """The name of the present wording as messages keep it."""
    from notifications.render import NAME

    return f"{NAME}@{templates.version}"
