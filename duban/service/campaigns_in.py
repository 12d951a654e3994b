"""Which campaigns somebody meets, and which of them a page is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duban.service.context import Context
from storage import campaigns_in as rows
from storage.scope import Scope
from workflow.errors import NotFound

NONE_YET = "还没有启动任何活动"


@dataclass(frozen=True, kw_only=True)
class CampaignRead:
    """专项活动, as a list has it. `state` is running, or what ended it."""

    id: int
    name: str
    state: str


def campaigns_in(context: Context, *, scope: Scope) -> tuple[CampaignRead, ...]:
    """Campaigns in which a unit in scope has a case: those running first, then the newest first."""
    with context.database.read() as connection:
        found = rows.campaigns_in(connection, scope=scope, day=context.today().toordinal())
    return tuple(CampaignRead(id=line.id, name=line.name, state=line.state) for line in found)


def chosen(campaigns: Sequence[CampaignRead], wanted: int | None = None) -> CampaignRead | None:
    """The campaign a page is about: the wanted one, else the newest running; None if there is none at all.

    Raises `NotFound` for one that is not among them: it does not exist, or has nothing to do with who asks.
    """
    if wanted is None:
        return campaigns[0] if campaigns else None
    found = next((campaign for campaign in campaigns if campaign.id == wanted), None)
    if found is None:
        raise NotFound("没有找到这个活动：它可能不存在，或者与您的单位无关")
    return found
