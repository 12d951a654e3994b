"""Which campaigns somebody meets: those in which a unit of his scope has a case."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, exists, select

from storage.scope import EVERYTHING, Scope
from storage.tables import CAMPAIGN, CASE, SPAN
from storage.units import on


class CampaignLine(NamedTuple):
    """A launched campaign by its id. `state` is running, or what ended it."""

    id: int
    name: str
    state: str


def campaigns_in(connection: Connection, *, scope: Scope, day: int) -> list[CampaignLine]:
    """Those running first, then the newest first. Who sees everything also sees one in which nobody has a case."""
    takes_part = exists(
        select(CASE.c.id)
        .join(SPAN, SPAN.c.unit_id == CASE.c.unit_id)
        # "+ 0": from the few units of a scope to their cases, not through all cases of the campaign.
        .where(CASE.c.campaign_id + 0 == CAMPAIGN.c.id, on(day), scope.on(SPAN.c.path))
    )
    asked = select(CAMPAIGN.c.id, CAMPAIGN.c.name, CAMPAIGN.c.state).order_by(
        CAMPAIGN.c.state != "running", CAMPAIGN.c.id.desc()
    )
    if scope != EVERYTHING:
        asked = asked.where(takes_part)
    return [CampaignLine._make(row) for row in connection.execute(asked)]
