"""Units: the tree of today, and one unit's way through a campaign with why it stands where it stands."""

from __future__ import annotations

from duban.web.api.asking import Asking, Using, api_router
from duban.web.api.campaigns import seen
from duban.web.api.cursors import cursor, text_after
from duban.web.api.documented import READS, problems
from duban.web.api.shapes import ListOf, UnitShape, listed
from duban.web.api.story import StoryShape
from duban.web.api.words import After, CampaignId, Code, Limit, UnderWords

router = api_router("units")


@router.get("/units", summary="Units 单位", responses=problems(READS))
def units(using: Using, asking: Asking, under: UnderWords = None, limit: Limit = 50, after: After = None) -> ListOf[UnitShape]:
    """Those the caller may see, in the order of the tree."""
    page = using.units_page(scope=asking.visitor.scope, under=under, after=text_after("units", after), limit=limit)
    return listed(page.items, UnitShape.of, cursor("units", page.items[-1].path) if page.more else None)


@router.get("/units/{code}", summary="One unit", responses=problems(READS))
def one_unit(using: Using, asking: Asking, code: Code) -> UnitShape:
    """By its code, or its whole name if only one has it."""
    return UnitShape.of(using.one_unit(code, scope=asking.visitor.scope))


@router.get("/units/{code}/explain", summary="Why it stands where it stands 来龙去脉", responses=problems(READS))
def explain(using: Using, asking: Asking, code: Code, campaign: CampaignId = None) -> StoryShape:
    """Each case and duty with what it waits for and what would help, and everything that happened, newest first.

    In the campaign named, else the newest running one. Whom else a reminder told, what leaders decided and its grade are for those who
    grade, review or lead the unit.
    """
    running = seen(using, asking.visitor, campaign)
    return StoryShape.of(running.id, using.unit_story(code, visitor=asking.visitor, campaign=running.id))
