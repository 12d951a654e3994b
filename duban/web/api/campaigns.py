"""Campaigns: which there are, what they ask, and where everything stands now or stood on a past day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query

from duban.engine import Engine
from duban.service.campaigns_in import NONE_YET, CampaignRead, chosen
from duban.service.status import Row
from duban.service.visiting import Visitor
from duban.web.api.asked import CampaignShape, CampaignWhole
from duban.web.api.asking import Asking, Using, api_router
from duban.web.api.board import BoardShape
from duban.web.api.cursors import cursor, number_after, text_after
from duban.web.api.documented import READS, problems
from duban.web.api.shapes import ListOf, listed
from duban.web.api.words import After, Day, Limit, Name, Number, UnderWords
from workflow.errors import NotFound

router = api_router("campaigns")


@router.get("/campaigns", summary="Campaigns 专项活动", responses=problems(READS))
def campaigns(using: Using, asking: Asking, limit: Limit = 50, after: After = None) -> ListOf[CampaignShape]:
    """Those in which a unit takes part that the caller may see, in the order of their ids."""
    place = number_after("campaigns", after) or 0
    found = sorted(using.campaigns(scope=asking.visitor.scope), key=lambda campaign: campaign.id)
    ahead = [campaign for campaign in found if campaign.id > place]
    page = ahead[:limit]
    return listed(page, CampaignShape.of, cursor("campaigns", page[-1].id) if len(ahead) > limit else None)


@router.get("/campaigns/{campaign}", summary="One campaign, with what it asks", responses=problems(READS))
def one_campaign(using: Using, asking: Asking, campaign: Number) -> CampaignWhole:
    """Its tracks with their phases, and its tasks."""
    return CampaignWhole.whole(using.campaign(seen(using, asking.visitor, campaign).id))


@router.get("/campaigns/{campaign}/status", summary="Where everything stands 进度", responses=problems((*READS, 409)))
def status(
    using: Using,
    asking: Asking,
    campaign: Number,
    unit: UnderWords = None,
    phase: Annotated[Name | None, Query(description="Only cases in this phase.", examples=["调查摸底"])] = None,
    late: Annotated[bool, Query(description="Only what is past its last day.")] = False,
    at: Annotated[Day | None, Query(description="As it stood at the end of this day, as recorded by then.")] = None,
    limit: Limit = 50,
    after: After = None,
) -> BoardShape:
    """The board: totals, and a row a case in the order of the tree. 409 for a day to come, or before the campaign began."""
    running = seen(using, asking.visitor, campaign)
    place = text_after("status", after)
    board = using.status(running.id, scope=asking.visitor.scope, unit=unit, phase=phase, late=late, at=at)
    begun = _begun(board.rows, place) if place is not None else 0
    rows = board.rows[begun : begun + limit]
    ahead = len(board.rows) > begun + limit
    return BoardShape.of(board, rows, cursor("status", f"{rows[-1].path} {rows[-1].case}") if ahead else None)


def _begun(rows: Sequence[Row], place: str) -> int:
    """How many rows come before the next page: those up to a case; where it is no longer among them, up to its unit's place in the tree."""
    path, _, case = place.partition(" ")
    after = next((no for no, row in enumerate(rows, 1) if str(row.case) == case), None)
    return after if after is not None else sum(row.path <= path for row in rows)


def seen(using: Engine, visitor: Visitor, campaign: int | None) -> CampaignRead:
    """The campaign meant, the newest running one where none is named. Raises `NotFound`, also outside what the caller may see."""
    found = chosen(using.campaigns(scope=visitor.scope), campaign)
    if found is None:
        raise NotFound(NONE_YET)
    return found
