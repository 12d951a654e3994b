"""回执: what the link in one message opens. Looking changes nothing: scanners of mail open every link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zlib import crc32

from duban.clock import local_minute
from duban.service import answering, tokens
from duban.service.answering import KINDS
from duban.service.context import ZONE, Context, Running
from duban.service.told_duty import ToldDuty
from storage import answers as rows
from storage import decisions as decision_rows
from storage.answers import ToldItem
from storage.decisions import DecisionRead
from storage.scope import EVERYTHING
from storage.tokens import TokenRead
from workflow.deadline import short, show
from workflow.guards import DECISIONS
from workflow.model import STATE_WORDS, Contact, DutyState, duty_name

if TYPE_CHECKING:
    from sqlalchemy import Connection

SHOWN = 50
"""Items on a page, the open ones first; 知悉 is of all of them."""
SNOOZE_DAYS = 2
"""「三天后再提醒」: silent to the end of the second working day from now, so that the next digest may come on the third."""


@dataclass(frozen=True, kw_only=True)
class ReplyItem:
    """One duty of the message as the page shows it. `choice` is the leader's, if he was asked and somebody has decided."""

    duty: int
    unit: str
    task: str
    campaign: str
    due_words: str
    state: str
    open: bool
    asked: bool
    promise_to: date | None = None
    answered: str = ""
    choice: str | None = None


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One task by one line that a leader is asked about, with everything open of it: he decides once, or for single units apart."""

    items: tuple[ReplyItem, ...]

    @property
    def first(self) -> ReplyItem:
        return self.items[0]

    @property
    def key(self) -> str:
        """Its name in the form. A unit whose line has moved since is another matter, and no choice for this one is meant for it."""
        return f"{crc32('/'.join((self.first.campaign, self.first.task, self.first.due_words)).encode()):08x}"

    @property
    def to_decide(self) -> tuple[ReplyItem, ...]:
        return tuple(item for item in self.items if item.open and item.choice is None)

    @property
    def settled(self) -> tuple[ReplyItem, ...]:
        return tuple(item for item in self.items if item not in self.to_decide)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A page: what the message was about, what can be answered now (dates are the last possible), and what was answered already.

    `more` counts items that are not shown: the page is for a phone.
    """

    person: str
    items: tuple[ReplyItem, ...]
    more: int
    contact: Contact
    today: date
    snooze_to: date | None
    used_at: str | None
    recorded: tuple[str, ...]
    confirmation: str
    choices: tuple[str, ...] = DECISIONS

    @property
    def asked(self) -> tuple[ReplyItem, ...]:
        return tuple(item for item in self.items if item.asked)

    @property
    def told(self) -> tuple[ReplyItem, ...]:
        return tuple(item for item in self.items if not item.asked)

    @property
    def promisable(self) -> tuple[ReplyItem, ...]:
        return tuple(item for item in self.told if item.promise_to is not None)

    @property
    def promise_to(self) -> date | None:
        """The last day that is possible for every one of them."""
        return min((item.promise_to for item in self.promisable if item.promise_to is not None), default=None)

    @property
    def to_answer(self) -> bool:
        """Something can still be said about what was told."""
        return self.used_at is None and any(item.open for item in self.told)

    @property
    def matters(self) -> tuple[Matter, ...]:
        """What a leader is asked about, as the message has it: a task once, however many units it concerns."""
        found: dict[tuple[str, str, str], list[ReplyItem]] = {}
        for item in self.asked:
            found.setdefault((item.campaign, item.task, item.due_words), []).append(item)
        return tuple(Matter(items=tuple(items)) for items in found.values())

    @property
    def to_decide(self) -> tuple[ReplyItem, ...]:
        return tuple(item for matter in self.matters for item in matter.to_decide)


def opened(context: Context, secret: str) -> Reply:
    """What the link opens; nothing is written. Raises `BadLink`."""
    with context.database.read() as connection:
        context.refresh(connection)
        token = tokens.found(context, connection, secret)
        return page(context, connection, token, secret)


def page(context: Context, connection: Connection, token: TokenRead, secret: str) -> Reply:
    today = context.today()
    items = rows.told_items(connection, message_id=token.message_id, person_id=token.person_id, day=today.toordinal())
    best = {item.duty_id: item for item in items}  # each duty once, at its last rung told
    waiting = sorted(best.values(), key=lambda item: not item.open)[:SHOWN]
    decided = decision_rows.present(connection, [item.duty_id for item in waiting])
    # He was told of these himself, wherever they are.
    answers = rows.latest(connection, [item.duty_id for item in waiting], scope=EVERYTHING, day=today.toordinal())
    said = {line.duty_id: f"{line.person}：{words(line.kind, _until(line.until_day), today)}" for line in answers}
    shown = [_item(context, connection, token, item, decided, said) for item in waiting]
    return Reply(
        person=token.person,
        items=tuple(shown),
        more=len(best) - len(shown),
        contact=context.contact(context.running(items[0].campaign_id).campaign if items else None),
        today=today,
        snooze_to=snooze_day(context, connection, token),
        used_at=local_minute(token.used_at, ZONE) if token.used_at is not None else None,
        recorded=recorded(context, connection, token),
        confirmation=tokens.confirmation(secret),
    )


def _item(
    context: Context,
    connection: Connection,
    token: TokenRead,
    item: ToldItem,
    decided: Mapping[tuple[int, str], DecisionRead],
    said: Mapping[int | None, str],
) -> ReplyItem:
    running: Running = context.running(item.campaign_id)
    task = running.campaign.task_by_key.get(item.task_key)
    due = date.fromordinal(item.due_day) if item.due_day is not None else None
    hour = task.deadline.hour if task is not None else None
    name = task.name if task is not None else item.task_key
    rung = running.campaign.rung_by_key.get(item.rung)
    asked = rung is not None and rung.kind == "ask"
    choice = decided.get((item.duty_id, item.rung))
    return ReplyItem(
        duty=item.duty_id,
        unit=item.unit,
        task=duty_name(name, item.occurrence),
        campaign=item.campaign,
        due_words=show(due, hour, context.today()),
        state=STATE_WORDS[DutyState(item.state)],
        open=item.open,
        asked=asked,
        promise_to=_promise_to(context, connection, token, item) if item.open and not asked else None,
        answered=said.get(item.duty_id, ""),
        choice=choice.choice if choice is not None and asked else None,
    )


def _promise_to(context: Context, connection: Connection, token: TokenRead, item: ToldItem) -> date | None:
    told = ToldDuty(context, connection, item.duty_id, token.person_id)
    latest = told.latest_promise()
    return None if any(told.against_promise(latest)) else latest


def snooze_day(context: Context, connection: Connection, token: TokenRead) -> date | None:
    """The last silent day of 「三天后再提醒」; None if nothing can be put off."""
    today = context.today()
    until = min(context.calendar.add(today, SNOOZE_DAYS).day, answering.latest_snooze(context, connection, token.person_id))
    return until if until > today else None


def recorded(context: Context, connection: Connection, token: TokenRead) -> tuple[str, ...]:
    found = rows.said_via(connection, person_id=token.person_id, via=via(token))
    today = context.today()
    return tuple(dict.fromkeys(f"{local_minute(a.at, ZONE)} {words(a.kind, _until(a.until_day), today)}" for a in found))


def words(kind: str, until: date | None, today: date) -> str:
    if kind == "promise" and until is not None:
        return f"承诺{short(until, today)}前报送"
    if kind == "snooze" and until is not None:
        return f"{short(until, today)}之后再提醒"
    return KINDS[kind]


def via(token: TokenRead) -> str:
    """How an answer by this link is marked; the link itself is not said."""
    return f"link:{token.message_id}"


def _until(ordinal: int | None) -> date | None:
    return date.fromordinal(ordinal) if ordinal is not None else None
