"""为什么（没）提醒: for each duty of a unit and any day, who was told, or why nobody was, and which step comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from duban.service.context import Context, Running, day_of
from duban.service.reminder_words import SENT_WORDS
from duban.service.status import status
from duban.service.why_reasons import reasons
from duban.service.why_then import Then
from storage import told as rows
from storage import told_holds
from storage import units as unit_rows
from storage.channel_states import fares
from storage.scope import Scope
from storage.told import ToldLine
from workflow.deadline import closes_at


@dataclass(frozen=True, kw_only=True)
class Told:
    """One person told on the day: `at` is when the message left (UTC seconds). `instead` says for whom he was told, if not for himself."""

    recipient: str
    role: str
    rung: str
    channel: str
    at: int | None
    fate: str
    instead: str = ""


@dataclass(frozen=True, kw_only=True)
class Why:
    """One duty on one day: who was told; if nobody, why (`reasons` is then never empty); and the next step with its day, if any."""

    duty: str
    day: date
    told: tuple[Told, ...]
    reasons: tuple[str, ...]
    next: tuple[str, date] | None


def why(context: Context, running: Running, unit: str, *, scope: Scope, day: date | None) -> tuple[Why, ...]:
    """Every duty the unit had on a day (None: today, as of now). Raises `NotFound` outside the scope, `Refused` for a day to come."""
    board = status(context, running, scope=scope, unit=unit, alone=True, at=day)
    now = context.now()
    instant = min(closes_at(board.as_of, None, running.campaign.zone) - 1, now)
    then = board.as_of.toordinal()
    with context.database.read() as connection:
        found = unit_rows.unit(connection, unit, scope=scope, day=then)
        if found is None:
            return ()
        owed = [duty for row in board.rows if row.unit == found.code for duty in row.duties]
        ids = [duty.id for duty in owed]
        lines = rows.duties(connection, ids, scope=scope, day=then)
        told = rows.told(connection, ids, scope=scope, day=then)
        last = rows.last_acts(connection, found.id, ids, scope=scope, day=then, instant=instant)
        holds = told_holds.holds(
            connection,
            scope=scope,
            campaign_id=running.id,
            path=found.path,
            duty_ids=ids,
            person_ids={line.recipient_id for line in told},
            day=then,
            instant=instant,
        )
        faring = fares(connection) if instant == now else {}
    return tuple(
        _why(
            Then(
                status=duty,
                line=lines[duty.id],
                reminders=tuple(line for line in told if line.duty_id == duty.id),
                last=last.get(duty.id),
                holds=tuple(hold for hold in holds if hold.duty_id in (None, duty.id)),
                day=board.as_of,
                instant=instant,
                campaign=running.campaign,
                context=context,
                fares=faring,
            )
        )
        for duty in owed
    )


def _why(then: Then) -> Why:
    told = tuple(_told(then, line) for line in then.before if (at := then.left(line)) and day_of(at, then.zone) == then.day)
    ahead = then.ahead()
    found = () if told else tuple(dict.fromkeys(reasons(then, ahead)))
    return Why(duty=then.status.key, day=then.day, told=told, reasons=found, next=ahead)


def _told(then: Then, line: ToldLine) -> Told:
    return Told(
        recipient=line.recipient or "",
        role=line.role or "",
        rung=then.step(line.rung),
        channel=line.channel or "",
        at=then.left(line),
        fate=SENT_WORDS.get(line.message_state or "", SENT_WORDS["sent"]),
        instead=f"受{line.stands_for}委托" if line.stands_for else "岗位空缺，代收" if line.instead else "",
    )
