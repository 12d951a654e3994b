"""What a message says at the moment it leaves: its open items, sorted into what the reader owes, chases, or is asked to decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, cast

from duban.service.context import Context, Running
from notifications.letter import Letter, Line, RungKind
from storage import outbox
from storage.outbox import Claimed, ItemLine
from workflow.deadline import show
from workflow.model import STATE_WORDS, Contact, DutyState, Rung

if TYPE_CHECKING:
    from sqlalchemy import Connection


def letters_for(
    context: Context, connection: Connection, messages: Sequence[Claimed], today: date
) -> dict[int, tuple[Letter, tuple[ItemLine, ...]]]:
    """{message id: (letter, its items)}; a message about nothing that is still open is not among them."""
    items = outbox.lines(connection, [m.id for m in messages], day=today.toordinal())
    own = outbox.own_units(connection, {m.recipient_id for m in messages}, day=today.toordinal())
    by_message = {key: tuple(group) for key, group in groupby(items, key=lambda item: item.message_id)}
    made = {}
    for message in messages:
        if message.id in by_message:
            kept = _highest(context, by_message[message.id])
            made[message.id] = (_letter(context, message, kept, own.get(message.recipient_id, set()), today), kept)
    return made


def _highest(context: Context, items: tuple[ItemLine, ...]) -> tuple[ItemLine, ...]:
    """Each duty once, at its highest rung."""
    best: dict[int, ItemLine] = {}
    for item in items:
        if item.duty_id not in best or _rung(context, item).no > _rung(context, best[item.duty_id]).no:
            best[item.duty_id] = item
    return tuple(best.values())


def _letter(context: Context, message: Claimed, items: tuple[ItemLine, ...], own: set[int], today: date) -> Letter:
    lines = [(item, _line(context, item, today)) for item in items]
    asked = tuple(line for item, line in lines if line.rung_kind == "ask")
    mine = tuple(line for item, line in lines if line.rung_kind != "ask" and item.unit_id in own and item.acting_for is None)
    below = tuple(
        line for item, line in lines if line.rung_kind != "ask" and (item.unit_id not in own or item.acting_for is not None)
    )
    roles = list(dict.fromkeys(item.role for item in items if item.role))
    return Letter(
        recipient=message.recipient,
        role="、".join(roles),
        own=mine,
        below=below,
        ask=asked,
        contact=_contact(context, items[0]),
        today=today,
        link=context.settings.link,
        maybe_received=message.attempts > 1,
    )


def _line(context: Context, item: ItemLine, today: date) -> Line:
    running = context.running(item.campaign_id)
    task = running.campaign.task_by_key[item.task_key]
    due = date.fromordinal(item.due_day) if item.due_day is not None else None
    internal = date.fromordinal(item.internal_day) if item.internal_day is not None else None
    past = max(0, (today - due).days) if due is not None else 0
    left = context.calendar.count(today, due) if due is not None and not past else None
    certain = due is None or (context.calendar.is_certain(due) and context.calendar.is_certain(today))
    name = f"{task.name}（{item.occurrence}）" if item.occurrence else task.name
    return Line(
        unit=item.unit,
        unit_code=item.unit_code,
        task=name,
        campaign=running.campaign.name,
        due_text=show(due, task.deadline.hour, today) if due is not None else "时限待定",
        due_day=due,
        workdays_left=left,
        days_past=past,
        state_text=STATE_WORDS[DutyState(item.state)],
        rung_kind=cast(RungKind, _rung(context, item).kind),
        returned=item.state == DutyState.RETURNED,
        internal_text=show(internal, None, today) if internal is not None and internal >= today else None,
        provisional=not certain,
    )


def _rung(context: Context, item: ItemLine) -> Rung:
    ladder = context.running(item.campaign_id).campaign.ladder
    return next((rung for rung in ladder if rung.key == item.rung), ladder[0])


def _contact(context: Context, item: ItemLine) -> Contact:
    """The contact the notice names, else the installation's."""
    running: Running = context.running(item.campaign_id)
    found, own = running.campaign.contact, context.settings
    return Contact(
        unit=found.unit or own.contact_unit or "组织部",
        name=found.name or own.contact_name,
        phone=found.phone or own.contact_phone,
    )
