"""合成消息: what is to be said to people becomes messages, in a run or, for what has to be said another way, outside one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import TYPE_CHECKING

from duban.service.audience import chain_of, only_the_post
from duban.service.context import Context, day_of
from duban.service.windows import Window, windows_of
from storage import contacts, fold_tables, locks, merging, offers, planned, runs, slots, successors
from storage import fold as rows
from storage.campaigns import task_ids
from storage.contacts import Reach, Since
from storage.fold_tables import Folding, Span
from storage.planned import RungOf
from storage.recipients import Candidate, Places
from storage.slots import LATER, NOW, PREVIEW, PREVIEW_LATER, PUT_OFF, WEEK
from storage.successors import EndedGroup
from storage.sweep import Due
from workflow.errors import DubanError
from workflow.model import Rung

if TYPE_CHECKING:
    from sqlalchemy import Connection

REFOLD = "refold"


@dataclass(frozen=True, kw_only=True)
class Folded:
    """What a fold made: reminders that now lie in a message, new messages, and those of them that do not leave by themselves."""

    reminders: int = 0
    messages: int = 0
    held: int = 0


def fold(
    context: Context,
    connection: Connection,
    due: Due | None,
    run_id: int,
    at: int,
    held: bool = False,
    *,
    as_before: bool = False,
) -> Folded:
    """One message per person, channel and window, and every reminder in one of them: the run's (`due`) and what was planned before.

    `held`: they wait for a person's consent, with the run's number in their keys; `as_before` keeps the keys they had when they were
    first made (a restored database), and then nothing planned before is mixed in. Runs in the caller's transaction.
    """
    locks.hold(connection, locks.FOLD)
    today = day_of(at).toordinal()
    again = not held and planned.any_planned(connection)
    with fold_tables.tables(connection, fold_tables.FOLD, *((fold_tables.TAKEN,) if again else ())):
        if again:
            planned.drop_dead(connection, day=today)
            planned.take(connection, _known(context, planned.rungs(connection, day=today)), day=today)
        folding = _folding(context, connection, run_id, at, fresh=due is not None, again=again, held=held, as_before=as_before)
        folded, merge = _messages(context, folding, at)
    if merge:
        merging.merge(connection, now=at)
    if context.wake is not None and folded.messages:
        context.wake(connection, run_id)
    return folded


def refold(context: Context) -> Folded | None:
    """Say anew, outside a run, what was planned and lies in no message: after a failure, a release, a resumed campaign, a new holder.

    A transaction of its own; a look without a lock comes first, and None means that there was nothing to do and nothing was written.
    """
    now = context.now()
    day = day_of(now)
    with context.database.read() as connection:
        context.refresh(connection)
        order = reaches(context, contacts.disabled(connection))
        if runs.asks_about_restore(connection) or not _anything(connection, now, day, order):
            return None
    with context.database.write() as connection:
        locks.hold(connection, locks.FOLD)
        offers.expire(connection, now=now)
        offers.readdress(connection, order=order)
        _succeed(context, connection, now, day)
        planned.drop_dead(connection, day=day.toordinal())
        folded = _outside_a_run(context, connection, now, day)
        context.record_instant(connection)
    return folded


def reaches(context: Context, disabled: set[str] | frozenset[str] = frozenset()) -> tuple[Reach, ...]:
    """The channels tried for a person, first to last. One that waits for a person's hand comes last: who has no other waits for it."""
    order = tuple(Reach(name, _address(context, name)) for name in _order(context))
    return tuple(sorted(order, key=lambda reach: reach.channel in disabled))


def elsewhere(context: Context, connection: Connection, message: int, at: int) -> bool:
    """What a message failed to say can be said at another contact point. If not it stays there, for a person to look at."""
    order = reaches(context, contacts.disabled(connection))
    return contacts.elsewhere(connection, order, message, Since(at, context.settings.share_addresses))


# --- one fold


def _folding(
    context: Context, connection: Connection, run_id: int, at: int, *, fresh: bool, again: bool, held: bool, as_before: bool
) -> Folding:
    now = windows_of(context).at(at)
    return Folding(
        connection=connection,
        run_id=run_id,
        key=context.instance,
        order=reaches(context, contacts.disabled(connection)),
        fresh=fresh,
        again=again,
        held=held,
        apart=held and not as_before,
        preview=context.settings.preview_hours > 0,
        share=context.settings.share_addresses,
        weekly_waits=windows_of(context).of_week(now).day != now.day,
        failed=Since(at, context.settings.share_addresses) if again else None,
    )


def _messages(context: Context, folding: Folding, at: int) -> tuple[Folded, bool]:
    """What a fold makes, and whether some of it must be put together with what waited already."""
    now = windows_of(context).at(at)
    today = now.day.toordinal()
    gathered = rows.gather(folding, today)
    if not gathered:
        return Folded(), False
    until = {last: PUT_OFF + n for n, last in enumerate(slots.put_off(folding, today))}
    slots.choose_slots(folding, today, until)
    used = slots.used(folding.connection)
    spans = {slot: span for slot, span in _spans(context, now, until).items() if slot in used}
    merge = not folding.held and rows.others_wait(folding, now=at)
    made = rows.messages(folding, spans, gathered=gathered)
    reminders = rows.reminders(folding, spans, all_new=made == gathered)
    held = made if folding.held else rows.unreachable(folding)
    return Folded(reminders=reminders, messages=made, held=held), merge


def _spans(context: Context, now: Window, until: Mapping[int, int]) -> dict[int, Span]:
    """The windows of this fold by their slots."""
    found, hours = windows_of(context), context.settings.preview_hours
    later = found.after(now)
    by_slot = {
        NOW: now,
        LATER: later,
        PREVIEW: found.preview(now, hours),
        PREVIEW_LATER: found.preview(later, hours),
        WEEK: found.of_week(now),
        **{slot: found.on(date.fromordinal(last + 1)) for last, slot in until.items()},
    }
    return {slot: Span(window.day.toordinal(), window.not_before, window.expires_at) for slot, window in by_slot.items()}


def _known(context: Context, asked: Sequence[RungOf]) -> dict[RungOf, tuple[int, bool]]:
    """The number of each rung, and whether it is urgent. One that a later version of the definition has no more is the lowest."""
    return {each: (rung.no, rung.urgent) if (rung := _rung(context, each)) else (0, False) for each in asked}


def _rung(context: Context, asked: RungOf) -> Rung | None:
    try:
        campaign = context.running(asked.campaign_id).campaign
    except DubanError:  # a definition that cannot be read any more
        return None
    return campaign.rung_by_key.get(asked.rung)


# --- outside a run


def _anything(connection: Connection, now: int, day: date, order: Sequence[Reach]) -> bool:
    waits = offers.anything(connection, now=now, day=day.toordinal(), order=order)
    return waits or merging.anything(connection, now=now)


def _outside_a_run(context: Context, connection: Connection, now: int, day: date) -> Folded:
    """A run of its own kind, if there is something to fold; else only what is to be merged."""
    if not planned.rungs(connection, day=day.toordinal()):
        merging.merge(connection, now=now)
        return Folded()
    run_id = runs.open_run(connection, as_of=now, at=now, kind=REFOLD)
    folded = fold(context, connection, None, run_id, now)
    counts = {"reminders": folded.reminders, "messages": folded.messages, "held": folded.held}
    runs.close_run(connection, run_id, state="done", finished_at=now, **counts)
    return folded


def _succeed(context: Context, connection: Connection, now: int, day: date) -> None:
    """What was to be said to somebody whose post has ended is said to the next holder, else to who stands in."""
    with fold_tables.tables(connection, fold_tables.ENDED, fold_tables.FOUND):
        groups = successors.end(connection, now=now, day=day.toordinal())
        places, telling = Places(connection, day.toordinal()), count(1)
        for group in groups:
            for chain in _chains(context, connection, group):
                successors.succeed(connection, places, group, chain, telling=next(telling))
        if groups:
            successors.tidy(connection)


def _chains(context: Context, connection: Connection, group: EndedGroup) -> list[tuple[Candidate, ...]]:
    """Where people are looked for at a rung of a task: a chain an audience. None where the definition has it no more."""
    rung = _rung(context, RungOf(group.campaign_id, group.rung))
    if rung is None:
        return []
    campaign = context.running(group.campaign_id).campaign
    keys = {id_: key for key, id_ in task_ids(connection, group.campaign_id).items()}
    task = campaign.task_by_key.get(keys.get(group.task_id, ""))
    if task is None:
        return []
    chains = [chain_of(audience, rung, task) for audience in rung.audience]
    return list(map(only_the_post, chains)) if rung.vacant == "hold" else chains


def _order(context: Context) -> tuple[str, ...]:
    """A sandbox sends nothing out; a database without a mail server keeps files."""
    if context.sandbox:
        return ("folder",)
    return context.settings.order or (("email",) if context.settings.smtp.host else ("folder",))


def _address(context: Context, name: str) -> str:
    if name == "email":
        return "email"
    return next((channel.address for channel in context.settings.channels if channel.name == name), "none")
