"""What did one run make, or would send once somebody agrees; and one message, with its text and what came of every try?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from duban.service import letters, listing
from duban.service.context import Context
from duban.service.reminder_words import step
from duban.service.story_words import name_of
from duban.service.wording import templates
from storage import consent
from storage import run_messages as rows
from storage.listing import RunListed
from storage.outbox import Claimed
from storage.run_messages import MessageLine, Tried
from storage.scope import Scope
from workflow.errors import DubanError, NotFound
from workflow.model import STATE_WORDS, DutyState

if TYPE_CHECKING:
    from sqlalchemy import Connection

LEAVING = ("pending", "held", "claimed")


@dataclass(frozen=True, kw_only=True)
class MessageItem:
    """One thing a message is about; `state` is how it stands now, in words."""

    unit: str
    unit_code: str
    campaign: int
    duty: str
    due: date | None
    step: str
    role: str
    state: str


@dataclass(frozen=True, kw_only=True)
class MessageStory:
    """One message. `subject` and `text` are as it left, or (`would`) as it would leave now; None: nothing is kept, or to say."""

    message: MessageLine
    items: tuple[MessageItem, ...]
    tries: tuple[Tried, ...] = ()
    subject: str | None = None
    text: str | None = None
    would: bool = False


@dataclass(frozen=True, kw_only=True)
class RunStory:
    """A run with some of its messages, of `total`; `more`: it goes on after the last of them. `held` of them leave once it is released."""

    run: RunListed
    messages: tuple[MessageStory, ...]
    total: int
    more: bool
    held: int


def run_story(context: Context, run_id: int, *, scope: Scope, after: int = 0, limit: int = 50) -> RunStory:
    """What a run made, with what is held along with it. Raises `NotFound`."""
    run = listing.run(context, run_id)
    day = context.today().toordinal()
    why = run.why if run.state == "needs_confirm" else None
    with context.database.read() as connection:
        context.refresh(connection)
        found = rows.of_run(connection, run_id, why, scope=scope, day=day, limit=limit + 1, after=after)
        held = len(consent.held_keys(connection, run_id)) if run.state == "needs_confirm" else 0
        total = rows.count_of_run(connection, run_id, why)
        items = _items(context, connection, [message.id for message in found], scope, day)
    return RunStory(
        run=run,
        messages=tuple(MessageStory(message=each, items=items.get(each.id, ())) for each in found[:limit]),
        total=total,
        held=held,
        more=len(found) > limit,
    )


def message_story(context: Context, message_id: int, *, scope: Scope) -> MessageStory:
    """One message about units in the scope. Raises `NotFound`."""
    today = context.today()
    day = today.toordinal()
    with context.database.read() as connection:
        context.refresh(connection)
        found = rows.message(connection, message_id, scope=scope, day=day)
        if found is None:
            raise NotFound("没有找到这封消息：它可能不存在，或者您无权查看")
        items = _items(context, connection, [message_id], scope, day).get(message_id, ())
        tries = rows.tries(connection, message_id, scope=scope, day=day)
        would = found.state in LEAVING
        subject, text = _would_say(context, connection, found, today) if would else (found.subject, found.body)
    return MessageStory(message=found, items=items, tries=tuple(tries), subject=subject, text=text, would=would)


def _items(
    context: Context, connection: Connection, ids: list[int], scope: Scope, day: int
) -> dict[int, tuple[MessageItem, ...]]:
    made: dict[int, list[MessageItem]] = {}
    for line in rows.about(connection, ids, scope=scope, day=day):
        campaign = context.running(line.campaign_id).campaign
        item = MessageItem(
            unit=line.unit,
            unit_code=line.unit_code,
            campaign=line.campaign_id,
            duty=name_of(campaign, line.task_key, line.occurrence),
            due=date.fromordinal(line.due_day) if line.due_day is not None else None,
            step=step((*campaign.ladder, *campaign.review_ladder), line.rung),
            role=line.role or "",
            state=STATE_WORDS[DutyState(line.state)],
        )
        made.setdefault(line.message_id, []).append(item)
    return {id_: tuple(items) for id_, items in made.items()}


def _would_say(context: Context, connection: Connection, found: MessageLine, today: date) -> tuple[str | None, str | None]:
    """The words with which it would leave now; none if it is about nothing any more, or no template can say it."""
    message = Claimed(
        id=found.id,
        idem_key="",
        recipient_id=found.recipient_id,
        recipient=found.recipient,
        channel=found.channel,
        address=None,
        attempts=0,
        fence=0,
        rung=0,
    )
    about = letters.about(connection, [message], today)
    if found.id not in about.items:
        return None, None
    try:
        letter, _ = letters.letter_for(context, message, about, today, context.settings.link)
        rendered = templates(context.settings.templates).render(letter)
    except DubanError:
        return None, None  # its own `why` says so
    return rendered.subject, rendered.text
