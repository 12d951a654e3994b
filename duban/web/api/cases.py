"""Cases and duties: what each unit owes, and which acts exist for it now."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import Query, Response

from duban.service.listing import Narrowed
from duban.web.api.asking import Asking, Using, api_router
from duban.web.api.cursors import cursor, number_after
from duban.web.api.documented import READS, problems, tagged_by
from duban.web.api.shapes import ListOf, listed
from duban.web.api.standing import ActionShape, CaseShape, DutyShape, FormShape, SentShape
from duban.web.api.versions import tagged
from duban.web.api.words import After, CampaignId, Day, Limit, Name, Number, UnderWords, UnitWords

router = api_router("cases")


class State(StrEnum):
    """Where a duty can stand."""

    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WAIVED = "waived"


@router.get("/cases", summary="Cases 本单位进展", responses=problems(READS))
def cases(
    using: Using,
    asking: Asking,
    campaign: CampaignId = None,
    unit: UnitWords = None,
    under: UnderWords = None,
    track: Annotated[Name | None, Query(description="Only of this track.", examples=["党支部"])] = None,
    limit: Limit = 50,
    after: After = None,
) -> ListOf[CaseShape]:
    """Those of units the caller may see, in the order of their ids."""
    place, wanted = number_after("cases", after) or 0, Narrowed(campaign=campaign, unit=unit, under=under)
    page = using.cases_page(wanted, scope=asking.visitor.scope, after=place, limit=limit, track=track)
    return listed(page.items, CaseShape.of, cursor("cases", page.items[-1].id) if page.more else None)


@router.get("/cases/{case}", summary="One case, with its ETag", responses=tagged_by(READS))
def one_case(using: Using, asking: Asking, response: Response, case: Number) -> CaseShape:
    """Its `ETag` is what an act expects in `If-Match`."""
    found = using.one_case(case, scope=asking.visitor.scope)
    tagged(response, found.version)
    return CaseShape.of(found)


@router.get("/cases/{case}/acts", summary="Acts on a case and its duties, for the caller", responses=tagged_by(READS))
def case_acts(using: Using, asking: Asking, response: Response, case: Number) -> list[ActionShape]:
    """Every act that exists now, with what stands against it for the caller: the guards that will judge it."""
    found = using.one_case(case, scope=asking.visitor.scope)
    tagged(response, found.version)
    return [ActionShape.of(action) for action in using.available(case, to=asking.visitor.person, scope=asking.visitor.scope)]


@router.get("/duties", summary="Duties 应办事项", responses=problems(READS))
def duties(
    using: Using,
    asking: Asking,
    campaign: CampaignId = None,
    unit: UnitWords = None,
    under: UnderWords = None,
    task: Annotated[Name | None, Query(description="Only this task, with or without its phase.", examples=["支部自评"])] = None,
    state: Annotated[State | None, Query(description="Only in this state.")] = None,
    due_by: Annotated[Day | None, Query(description="Only those whose last day is this one or earlier.")] = None,
    limit: Limit = 50,
    after: After = None,
) -> ListOf[DutyShape]:
    """Those of units the caller may see, in the order of their ids; what no longer applies is left out."""
    place, wanted = number_after("duties", after) or 0, Narrowed(campaign=campaign, unit=unit, under=under)
    page = using.duties_page(
        wanted,
        scope=asking.visitor.scope,
        after=place,
        limit=limit,
        task=task,
        state=str(state) if state is not None else None,
        due_by=due_by,
    )
    return listed(page.items, DutyShape.shown, cursor("duties", page.items[-1].status.id) if page.more else None)


@router.get("/duties/{duty}", summary="One duty, with its ETag", responses=tagged_by(READS))
def one_duty(using: Using, asking: Asking, response: Response, duty: Number) -> DutyShape:
    """Its `ETag` is that of its case: what an act expects in `If-Match`."""
    found = using.one_duty(duty, scope=asking.visitor.scope)
    tagged(response, found.version)
    return DutyShape.shown(found)


@router.get("/duties/{duty}/acts", summary="Acts on a duty, for the caller", responses=tagged_by(READS))
def duty_acts(using: Using, asking: Asking, response: Response, duty: Number) -> list[ActionShape]:
    """Every act that exists now, with what stands against it for the caller."""
    found = using.one_duty(duty, scope=asking.visitor.scope)
    tagged(response, found.version)
    every = using.available(found.case, to=asking.visitor.person, scope=asking.visitor.scope)
    return [ActionShape.of(action) for action in every if action.duty == duty]


@router.get("/duties/{duty}/submission", summary="What was last submitted 报送版", responses=problems(READS))
def submission(using: Using, asking: Asking, duty: Number) -> SentShape:
    """As it was sent, whatever has become of it since. 404 if nothing was submitted.

    Grades, self-ratings and ballots of others are for those who grade, review or lead them: to everybody else a 404 too.
    """
    return SentShape.of(using.sent_for(duty, visitor=asking.visitor))


@router.get("/duties/{duty}/form", summary="The form of a duty 表单", responses=problems(READS))
def form(using: Using, asking: Asking, duty: Number) -> FormShape:
    """The JSON Schema its data follow, with the grades of its campaign. 404 where none is needed."""
    name, schema = using.form_of(duty, scope=asking.visitor.scope)
    return FormShape(form=name, schema=schema)
