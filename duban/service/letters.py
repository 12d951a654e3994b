"""What a message says at the moment it leaves: its open items, sorted into what the reader owes, chases, reviews or decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, cast

from duban.service.context import Context, day_of
from notifications.letter import Letter, Line, RungKind
from storage import messages as rows
from storage.messages import Answered, ItemLine
from storage.outbox import Claimed
from workflow.deadline import show
from workflow.ladder import REVIEW_KEY, rungs_of
from workflow.model import STATE_WORDS, DutyState, Rung, duty_name

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class About:
    """What messages are about, as read at one moment: items by message, units by person who holds posts there, answers by duty,
    what a reviewer wrote by duty that he sent back, and the names of those who read along at somebody else's address."""

    items: Mapping[int, tuple[ItemLine, ...]]
    own: Mapping[int, set[int]]
    answers: Mapping[int, list[Answered]]
    returned: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)

    def readers(self, message: Claimed) -> list[int]:
        """Whom a message tells something: one person, or several who share an address."""
        return list(dict.fromkeys(item.recipient_id for item in self.items.get(message.id, ())))

    def greeted(self, message: Claimed) -> str:
        """「李可、陈静」"""
        others = {person: self.names[person] for person in self.readers(message) if person != message.recipient_id}
        return "、".join(others.get(person, message.recipient) for person in self.readers(message)) or message.recipient


def about(connection: Connection, messages: Sequence[Claimed], today: date) -> About:
    """Everything that the letters of a batch need, in a few looks however many there are."""
    day = today.toordinal()
    items = rows.lines(connection, [m.id for m in messages], day=day)
    people = {item.recipient_id for item in items}
    to = {m.id: m.recipient_id for m in messages}
    answers: dict[int, list[Answered]] = {}
    for answered in rows.answers(connection, [m.id for m in messages]):
        answers.setdefault(answered.duty_id, []).append(answered)
    return About(
        items={key: tuple(group) for key, group in groupby(items, key=lambda item: item.message_id)},
        own=rows.own_units(connection, people, day=day),
        answers=answers,
        returned=rows.returned(connection, [item.duty_id for item in items if item.state == DutyState.RETURNED]),
        names=rows.person_names(connection, {item.recipient_id for item in items if item.recipient_id != to[item.message_id]}),
    )


def letter_for(
    context: Context, message: Claimed, found: About, today: date, link: str | None
) -> tuple[Letter, tuple[ItemLine, ...]]:
    """The letter of one message, and its items: each duty once, at its highest rung."""
    items = _highest(context, found.items[message.id])
    lines = [(item, _line(context, item, found, today)) for item in items]
    plain = [(item, line) for item, line in lines if line.rung_kind not in ("ask", "review")]
    letter = Letter(
        recipient=found.greeted(message),
        role="、".join(dict.fromkeys(item.role for item in items if item.role)),
        own=tuple(line for item, line in plain if _is_own(item, found)),
        below=tuple(line for item, line in plain if not _is_own(item, found)),
        ask=tuple(line for _, line in lines if line.rung_kind == "ask"),
        review=tuple(line for _, line in lines if line.rung_kind == "review"),
        contact=context.contact(context.running(items[0].campaign_id).campaign),
        today=today,
        link=link,
        maybe_received=message.doubtful or any(item.offers for item in items),
    )
    return letter, items


def _is_own(item: ItemLine, found: About) -> bool:
    """His own unit's, also where he stands in for an empty post of that very unit."""
    return item.unit_id in found.own.get(item.recipient_id, ()) and item.acting_for in (None, item.unit_id)


def _highest(context: Context, items: tuple[ItemLine, ...]) -> tuple[ItemLine, ...]:
    best: dict[int, ItemLine] = {}
    for item in items:
        if item.duty_id not in best or _rung(context, item).no > _rung(context, best[item.duty_id]).no:
            best[item.duty_id] = item
    return tuple(best.values())


def _line(context: Context, item: ItemLine, found: About, today: date) -> Line:
    running = context.running(item.campaign_id)
    task, kind = running.campaign.task_by_key[item.task_key], _rung(context, item).kind
    last, hour = (item.review_day, None) if kind == "review" else (item.due_day, task.deadline.hour)
    due = date.fromordinal(last) if last is not None else None
    internal = date.fromordinal(item.internal_day) if item.internal_day is not None and kind != "review" else None
    past = max(0, (today - due).days) if due is not None else 0
    left = context.calendar.count(today, due) if due is not None and not past else None
    certain = due is None or (context.calendar.is_certain(due) and context.calendar.is_certain(today))
    return Line(
        unit=item.unit,
        unit_code=item.unit_code,
        task=duty_name(task.name, item.occurrence),
        campaign=running.campaign.name,
        due_text=show(due, hour, today),
        due_day=due,
        workdays_left=left,
        days_past=past,
        state_text=STATE_WORDS[DutyState(item.state)],
        rung_kind=cast(RungKind, kind),
        returned=item.state == DutyState.RETURNED,
        returned_text=found.returned.get(item.duty_id),
        internal_text=show(internal, None, today) if internal is not None and internal >= today else None,
        provisional=not certain,
        answered_text=_answered(item, found.answers.get(item.duty_id, ()), running.campaign.zone),
    )


def _answered(item: ItemLine, answers: Sequence[Answered], zone: str) -> str | None:
    """「王然4月1日已知悉，承诺4月3日前报送」: the newest of each kind; that the reader himself has seen it, he knows."""
    seen = [one for one in answers if one.kind == "seen" and one.person_id != item.recipient_id]
    promised = [one for one in answers if one.kind == "promise" and one.until_day is not None]
    words = [f"{one.person}{_short(day_of(one.at, zone))}已知悉" for one in seen[-1:]]
    words += [f"承诺{_short(date.fromordinal(one.until_day or 0))}前报送" for one in promised[-1:]]
    return "，".join(words) or None


def _short(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _rung(context: Context, item: ItemLine) -> Rung:
    campaign = context.running(item.campaign_id).campaign
    ladder = rungs_of(campaign, review=item.rung.startswith(REVIEW_KEY))
    return campaign.rung_by_key.get(item.rung, ladder[0])
