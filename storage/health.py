"""What a person should look at: what waits for him, what reached nobody, what nobody has looked at."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, case, exists, func, literal, or_, select

from storage import holds
from storage.clocks import RUNNING, is_due, same_line
from storage.outbox import BAD_TEMPLATE
from storage.tables import CAMPAIGN, DUTY, MESSAGE, REMINDER, RUN, TIMER
from storage.tables_telling import PAUSE

WAITING = ("pending", "claimed", "held")
ENDED_BADLY = ("unknown", "failed", "dead")


class HeldRun(NamedTuple):
    """A run that waits for consent, with its messages and what for."""

    run: int
    messages: int
    why: str | None


class Paused(NamedTuple):
    """A campaign whose ladder stands still since an instant."""

    campaign: str
    since: int
    reason: str | None


def messages(connection: Connection, *, now: int, real: int, since: int) -> dict[str, int]:
    """{how it is with them: messages} of those that have not left, and of those that ended badly in windows from the day `since` on.

    Beside the states: `lost` (claimed by somebody who is gone), `preview` (a first chase that the clerk may look at), and what held ones
    wait for: `no-address`, `template`, `consent`.
    """
    how = case(
        (and_(MESSAGE.c.state == "claimed", MESSAGE.c.lease_until < real), "lost"),
        (and_(MESSAGE.c.state == "pending", MESSAGE.c.preview, MESSAGE.c.not_before > now), "preview"),
        (and_(MESSAGE.c.state == "held", MESSAGE.c.why == "no-address"), "no-address"),
        (and_(MESSAGE.c.state == "held", MESSAGE.c.why.startswith(BAD_TEMPLATE)), "template"),
        (MESSAGE.c.state == "held", "consent"),
        (and_(MESSAGE.c.state == "dead", MESSAGE.c.why == "expired"), "expired"),
        else_=MESSAGE.c.state,
    ).label("how")
    bad = and_(MESSAGE.c.state.in_(ENDED_BADLY), MESSAGE.c.window_day >= since)
    asked = select(how, func.count()).where(or_(MESSAGE.c.state.in_(WAITING), bad)).group_by(how)
    return {str(name): int(n) for name, n in connection.execute(asked)}


def held_runs(connection: Connection) -> list[HeldRun]:
    asked = select(RUN.c.id, RUN.c.messages, RUN.c.why).where(RUN.c.state == "needs_confirm").order_by(RUN.c.id)
    return [HeldRun._make(row) for row in connection.execute(asked)]


def unreached(connection: Connection) -> dict[str, int]:
    """{why: reminders} about duties that are still open and nobody was told: vacant, calendar, gate, quarantined."""
    why = case(
        (REMINDER.c.state == "undeliverable:vacant", "vacant"),
        (REMINDER.c.state == "blocked:calendar", "calendar"),
        (REMINDER.c.state == "blocked:gate", "gate"),
        else_="quarantined",
    ).label("why")
    # A gate that has opened since: the rung was told after all.
    told = REMINDER.alias()
    gone_by = exists().where(
        told.c.duty_id == REMINDER.c.duty_id,
        told.c.epoch == REMINDER.c.epoch,
        told.c.rung == REMINDER.c.rung,
        told.c.state == "folded",
    )
    kinds = or_(
        REMINDER.c.state.in_(("undeliverable:vacant", "blocked:calendar", "blocked:gate")),
        REMINDER.c.state.startswith("quarantined"),
    )
    asked = select(why, func.count()).select_from(REMINDER).join(DUTY, same_line()).where(kinds, is_due(), ~gone_by)
    return {str(name): int(n) for name, n in connection.execute(asked.group_by(why))}


def planned_before(connection: Connection, at: int, *, day: int) -> int:
    """Reminders of runs that ended before an instant and lie in no message, though nothing puts them off."""
    mine = and_(REMINDER.c.state == "planned", REMINDER.c.run_id == RUN.c.id, RUN.c.finished_at < at)
    moving = and_(DUTY.c.id == REMINDER.c.duty_id, DUTY.c.campaign_id.not_in(holds.are_paused()))
    asked = select(func.count()).select_from(REMINDER).join(RUN, mine).join(DUTY, moving)
    return int(connection.execute(asked.where(REMINDER.c.recipient_id.not_in(holds.put_off(day)))).scalar_one())


def unlooked(connection: Connection, before: int) -> int:
    """Duties that have waited for a run since before an instant."""
    due = and_(TIMER.c.duty_id == DUTY.c.id, TIMER.c.version == DUTY.c.version, TIMER.c.at < before)
    running = exists().where(CAMPAIGN.c.id == DUTY.c.campaign_id, CAMPAIGN.c.state == "running")
    asked = select(func.count()).select_from(TIMER).join(DUTY, due).where(DUTY.c.state.in_(RUNNING), running)
    return int(connection.execute(asked).scalar_one())


def pauses(connection: Connection) -> list[Paused]:
    asked = select(CAMPAIGN.c.name, PAUSE.c.from_at, func.coalesce(PAUSE.c.reason, literal(""))).select_from(PAUSE)
    asked = asked.join(CAMPAIGN, CAMPAIGN.c.id == PAUSE.c.campaign_id).where(PAUSE.c.to_at.is_(None))
    return [Paused._make(row) for row in connection.execute(asked.order_by(PAUSE.c.from_at))]
