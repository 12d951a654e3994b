"""一个单位: its machine as a picture, its duties with what they wait for, and everything that happened to it."""

from __future__ import annotations

from datetime import date
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from duban.service.campaigns_in import chosen
from duban.service.unit_story import CaseStory
from duban.service.visiting import Page
from duban.web.campaigns import no_campaign
from duban.web.plain_words import plain, reason_lines
from duban.web.portal import Who, portal_of
from duban.web.render import html
from duban.web.urls import url
from workflow.deadline import short
from workflow.diagram import NOTES, svg
from workflow.model import CLOCK_RUNS, DONE_PHASE, DutyState

router = APIRouter()


@router.get("/units/{code}")
def unit(request: Request, code: str, who: Who, campaign: int | None = None) -> Response:
    engine = portal_of(request).engine
    campaigns = engine.campaigns(scope=who.scope)
    picked = chosen(campaigns, campaign)
    if picked is None:
        return no_campaign(request, who)
    story = engine.unit_story(code, visitor=who, campaign=picked.id)
    running = engine.campaign(picked.id).campaign
    today = engine.context.today()
    pictures = {
        case.id: Markup(svg(running, running.track_by_key[case.track], here=case.phase_no, alone=False)) for case in story.cases
    }
    return html(
        request,
        "unit.html.j2",
        visitor=who,
        story=story,
        campaign=picked,
        campaigns=campaigns,
        pictures=pictures,
        notes=NOTES,
        lead=partial(_lead, today=today),
        reason_lines=reason_lines,
        plain=plain,
        back=url(request, f"/units/{story.unit.code}", campaign=campaign),
        progress=url(request, "/progress", unit=story.unit.code, campaign=campaign)
        if Page.PROGRESS in who.pages and story.has_branches
        else None,
        own=story.unit.id in who.own,
    )


def _lead(case: CaseStory, today: date) -> str:
    """Where it stands, in one sentence."""
    if not case.duties:
        return f"在“{case.phase}”，没有要办的事项。"
    if not case.open:
        return f"{len(case.duties)}件事项都已办完，现在在“{case.phase}”。" if case.phase != DONE_PHASE else "全部办结。"
    states = [duty.status.state for duty in case.open]
    waiting = states.count(DutyState.SUBMITTED)
    parts = [f"办完{len(case.done)}件"] if case.done else []
    parts += [f"{waiting}件已报送、等审核"] if waiting else []
    parts += [f"{states.count(DutyState.RETURNED)}件待补正"] if DutyState.RETURNED in states else []
    parts += [f"{states.count(DutyState.OPEN)}件尚未报送"] if DutyState.OPEN in states else []
    return f"共{len(case.duties)}件事项：{'，'.join(parts)}。{_ahead(case, today)}"


def _ahead(case: CaseStory, today: date) -> str:
    """The nearest line that nobody has kept yet, and what has to be there by then."""
    running = [duty for duty in case.open if duty.status.state in CLOCK_RUNS]
    first = min((duty.status.due for duty in running if duty.status.due), default=None)
    if first is None:
        return ""
    return f"最近的时限是{short(first, today)}：{'、'.join(duty.name for duty in running if duty.status.due == first)}。"
