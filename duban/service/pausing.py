"""暂停和恢复: a campaign's ladder stands still for a while; what is handed in and reviewed goes on. 组织部 decides.

Nobody is told anything while it lasts. What came up meanwhile is due with the first run afterwards, as after days on which nothing ran.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from duban.service.context import Context
from duban.service.entitled import actor, no_reason, not_an_officer
from duban.service.noting import note
from storage import holds, locks
from workflow.errors import Reason, Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection


def pause(context: Context, campaign: str | int | None, *, by: int, reason: str, via: str | None = None) -> int:
    """The ladder of a campaign stands still from now on; acts go on. What had not left is taken back. Returns how many reminders."""
    running = context.pick(campaign)
    with context.database.write() as connection:
        _alone(connection)
        context.refresh(connection)
        who = actor(context, connection, by)
        against = [*no_reason(reason, "暂停"), *not_an_officer(who, "暂停活动")]
        if running.id in holds.paused(connection):
            against.append(Reason(code="already-paused", text=f"“{running.campaign.name}”已经暂停", unblock="不用再办理"))
        if against:
            raise Refused(against)
        taken_back = holds.pause(connection, running.id, from_at=context.now(), by_person=by, via=via, reason=reason.strip())
        note(context, connection, "pause", by=by, via=via, reason=reason, campaign_id=running.id)
        context.record_instant(connection)
    return taken_back


def resume(context: Context, campaign: str | int | None, *, by: int, via: str | None = None) -> int:
    """It goes on with the next run, as after days on which nothing ran: one rung a run, from the lowest.

    Returns how many duties are due.
    """
    running = context.pick(campaign)
    with context.database.write() as connection:
        _alone(connection)
        context.refresh(connection)
        who = actor(context, connection, by)
        against = [*not_an_officer(who, "恢复活动")]
        if running.id not in holds.paused(connection):
            against.append(Reason(code="not-paused", text=f"“{running.campaign.name}”没有暂停", unblock="不用恢复"))
        if against:
            raise Refused(against)
        today = context.today(running.campaign.zone).toordinal()
        due = holds.resume(connection, running.id, at=context.now(), today=today)
        note(context, connection, "resume", by=by, via=via, campaign_id=running.id)
        context.record_instant(connection)
    return due


def _alone(connection: Connection) -> None:
    """No run plans and nobody makes messages until this is written."""
    locks.hold(connection, locks.PLAN)
    locks.hold(connection, locks.FOLD)
