"""预览: the message people would read about a unit's open duties at a step of the ladder, with real names and dates. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from duban.service.audience import chain_of
from duban.service.context import Context, Running, day_of
from duban.service.letters import About, letter_for
from duban.service.people import find_unit
from duban.service.reminder_words import step
from duban.service.wording import templates
from storage import messages as message_rows
from storage import preview as rows
from storage.messages import Answered, ItemLine
from storage.outbox import Claimed
from storage.preview import Holder
from storage.scope import Scope
from workflow.errors import NotFound, Reason, Refused
from workflow.ladder import Group, slot_day
from workflow.model import CLOCK_RUNS, DutyState, Rung

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from notifications.render import Rendered


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """One person's message: at which step, and as which day's; `rendered` has its form for every kind of channel."""

    recipient: str
    role: str
    step: str
    day: date
    rendered: Rendered


@dataclass(frozen=True, kw_only=True)
class _Told:
    item: ItemLine
    rung: Rung
    holder: Holder
    day: date


def preview(
    context: Context,
    running: Running,
    unit: str,
    *,
    scope: Scope,
    step_no: int | None = None,
    duty: str | None = None,
    on: date | None = None,
) -> tuple[Previewed, ...]:
    """What each person would be told about one unit's open duties, if nothing else were due for him.

    `step_no` counts the steps of the ladder (None: each duty's next one from the day on); `duty` is one duty's key; `on` is the day the
    message would leave (None: the step's own day, today if that is past). Raises `NotFound`, `Refused` if there is nothing to say.
    """
    today = day_of(context.now(), running.campaign.zone)
    with context.database.read() as connection:
        context.refresh(connection)
        found = find_unit(connection, unit, day=today, scope=scope)
        items = rows.items(connection, scope=scope, campaign_id=running.id, unit_id=found.id, day=today.toordinal())
        chosen = [item for item in items if duty is None or item.key == duty or item.key.rpartition("/")[2] == duty]
        if duty is not None and not chosen:
            keys = [item.key for item in items]
            raise NotFound(f"{found.name}没有“{duty}”这件事；有：{'、'.join(keys) or '（无）'}", candidates=keys)
        told = [one for item in chosen for one in _told(context, connection, running, item, scope, step_no, on or today, on)]
        if not told:
            text = f"{found.name}没有要提醒的事：都已报送、时限待定，或督办程序没有这一步"
            raise Refused([Reason(code="nothing-to-tell", text=text, unblock="用 duban status --unit 查看各事项的状态")])
        answers = rows.answers(connection, [item.duty_id for item in chosen], scope=scope, day=today.toordinal())
        own = message_rows.own_units(connection, {one.holder.person_id for one in told}, day=today.toordinal())
        returned = message_rows.returned(connection, [i.duty_id for i in chosen if i.state == DutyState.RETURNED])
    people = dict.fromkeys((one.holder.person_id, one.day) for one in told)
    return tuple(
        _one(context, [one for one in told if (one.holder.person_id, one.day) == person], own, answers, returned)
        for person in people
    )


def _told(
    context: Context,
    connection: Connection,
    running: Running,
    item: ItemLine,
    scope: Scope,
    step_no: int | None,
    since: date,
    on: date | None,
) -> list[_Told]:
    """Who would be told about one duty at its step, and on which day."""
    rung = _rung(context, running, item, step_no, since)
    if rung is None:
        return []
    slot = slot_day(rung, _group(item), context.calendar)
    task = running.campaign.task_by_key[item.task_key]
    day = on or max(slot, since)
    return [
        _Told(item=item, rung=rung, holder=holder, day=day)
        for audience in rung.audience
        for holder in rows.holders(connection, item.duty_id, chain_of(audience, rung, task), scope=scope, day=day.toordinal())
    ]


def _rung(context: Context, running: Running, item: ItemLine, step_no: int | None, since: date) -> Rung | None:
    reviewing = item.state == DutyState.SUBMITTED
    if item.due_day is None or (item.state not in CLOCK_RUNS and not (reviewing and item.review_day is not None)):
        return None
    ladder = running.campaign.review_ladder if reviewing else running.campaign.ladder
    if step_no is not None:
        return next((rung for rung in ladder if rung.no == step_no), None)
    ahead = [rung for rung in ladder if slot_day(rung, _group(item), context.calendar) >= since]
    return ahead[0] if ahead else (ladder[-1] if ladder else None)


def _group(item: ItemLine) -> Group:
    last = item.review_day if item.state == DutyState.SUBMITTED else item.due_day
    assert last is not None, "a duty without a line has no step"
    internal = date.fromordinal(item.internal_day) if item.internal_day is not None else None
    return Group(due=date.fromordinal(last), internal=internal, made_on=date.min)


def _one(
    context: Context, told: Sequence[_Told], own: dict[int, set[int]], answers: Sequence[Answered], returned: dict[int, str]
) -> Previewed:
    """One person's message of one day."""
    holder, day = told[0].holder, told[0].day
    items = tuple(
        one.item._replace(
            recipient_id=holder.person_id, rung=one.rung.key, role=one.holder.role, acting_for=one.holder.acting_for
        )
        for one in told
    )
    by_duty = {item.duty_id: [a for a in answers if a.duty_id == item.duty_id] for item in items}
    message = Claimed(
        id=0,
        idem_key="",
        recipient_id=holder.person_id,
        recipient=holder.person,
        channel="",
        address=None,
        attempts=0,
        fence=0,
        rung=0,
    )
    letter, _ = letter_for(
        context, message, About(items={0: items}, own=own, answers=by_duty, returned=returned), day, context.settings.link
    )
    return Previewed(
        recipient=holder.person,
        role=letter.role,
        step="；".join(dict.fromkeys(step([one.rung], one.rung.key) for one in told)),
        day=day,
        rendered=templates(context.settings.templates).render(letter),
    )
