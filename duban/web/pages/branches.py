"""我的支部: a reviewer's matrix, what waits for him, what is about to be sent; and what he does with many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from duban.engine import Engine
from duban.facade.reviewing import Desk
from duban.service.campaigns_in import CampaignRead, chosen
from duban.service.matrix import FILTERS, Wanted
from duban.service.matrix_lead import Lead
from duban.service.review_queue import Waiting
from duban.service.visiting import Page, Visitor
from duban.web.act_forms import VIA
from duban.web.bulk_forms import bulk_form, ticked, typed, went_not, went_well
from duban.web.campaigns import no_campaign
from duban.web.chase_messages import chase_messages, looked_at
from duban.web.data_shown import Block, brief, data_shown, long
from duban.web.forms import Form, Posted
from duban.web.plain_words import reason_lines
from duban.web.portal import portal_of, reader
from duban.web.render import html
from duban.web.said import see_other
from duban.web.urls import url, within
from workflow.errors import DubanError, Refused
from workflow.guards import COPY_WORDS
from workflow.model import STATE_WORDS

router = APIRouter()
PATH = "/branches"
LEAST = 3
"""Characters that stay of a name whose beginning all have in common."""
Who = Annotated[Visitor, Depends(reader(Page.BRANCHES, Page.PAPERS))]
Words = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Which part of the page is wanted; and of a form that was not taken: its ticked boxes, its words, and what it lacks."""

    campaign: int | None = None
    wanted: Wanted = field(default_factory=Wanted)
    look: str = ""
    ticked: frozenset[str] = frozenset()
    typed: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def query(self) -> dict[str, object]:
        """As an address says it; what is not wanted is left out."""
        words = {name: "1" if value is True else value for name, value in asdict(self.wanted).items()}
        return {name: value for name, value in {"campaign": self.campaign, **words}.items() if value}


@router.get(PATH)
def branches(
    request: Request,
    who: Who,
    campaign: int | None = None,
    state: Words = "",
    kind: Words = "",
    phase: Words = "",
    task: Words = "",
    late: Words = "",
    ahead: Words = "",
    look: Words = "",
) -> Response:
    wanted = Wanted(state=state, kind=kind, phase=phase, task=task, late=bool(late), ahead=bool(ahead))
    return _page(request, who, Shown(campaign=campaign, wanted=wanted, look=look))


def _page(request: Request, who: Visitor, shown: Shown) -> Response:
    engine = portal_of(request).engine
    campaigns = engine.campaigns(scope=who.scope)
    campaign = chosen(campaigns, shown.campaign)
    if campaign is None:
        return no_campaign(request, who)
    desk = engine.desk(campaign.id, of=who, wanted=shown.wanted)
    chases = chase_messages(engine, who)
    return html(
        request,
        "branches.html.j2",
        422 if shown.problem else 200,
        visitor=who,
        campaigns=campaigns,
        campaign=campaign,
        desk=desk,
        shown=shown,
        queue=_by_task(desk.waiting),
        phases=[(phase, len(list(found))) for phase, found in groupby(desk.matrix.columns, key=lambda column: column.phase)],
        states=[(str(state), STATE_WORDS[state]) for state in FILTERS],
        ways=[(str(way), words) for way, words in COPY_WORDS.items()],
        asked_ways=_asked_ways(engine, campaign, desk),
        common=_common(who, [row.name for row in desk.matrix.rows]),
        own_names={post.unit_name for post in who.posts},
        missing=_missing(desk.matrix.lead, "支部" if desk.branches else "单位"),
        # Their forms go back to the address of this page, which a form that was not taken has not.
        requests=() if shown.problem else engine.extension_requests(for_=who, scope=who.scope),
        chases=chases,
        looked=looked_at(engine, who, campaign.id, chases, shown.look) if shown.look else None,
        here=url(request, PATH, **shown.query),
    )


@dataclass(frozen=True, kw_only=True)
class TaskQueue:
    """What waits for review of one task: each with what was sent as it is read, the short part of it in one line."""

    name: str
    details: tuple[str, ...]
    entries: tuple[tuple[Waiting, tuple[Block, ...], str], ...]


def _by_task(waiting: Sequence[Waiting]) -> list[TaskQueue]:
    made = []
    for _, found in groupby(waiting, key=lambda one: one.task.key):
        mine = [(one, data_shown(one.task.form, one.data, problems=one.problems, names=one.names)) for one in found]
        task = mine[0][0].task
        entries = tuple((one, long(blocks), "，".join(f"{b.title}{b.text}" for b in brief(blocks))) for one, blocks in mine)
        made.append(TaskQueue(name=task.name, details=task.details, entries=entries))
    return made


def _missing(lead: Lead, units: str) -> list[str]:
    """What the first sentence says of those that are not done."""
    proxied = f"（其中{lead.proxied}个离退休{units}可由您代填）" if lead.proxied else ""
    counts = ((lead.returned, "个退回待补正"), (lead.open, f"个尚未交齐{proxied}"), (lead.extended, "个已延期"))
    return [f"{n}{words}" for n, words in counts if n]


def _asked_ways(engine: Engine, campaign: CampaignRead, desk: Desk) -> set[str]:
    """The copies that the tasks shown ask for: most likely those on the desk."""
    known = engine.campaign(campaign.id).campaign.task_by_key
    return {str(way) for column in desk.matrix.columns for way in known[column.task].ways}


def _common(who: Visitor, names: Sequence[str]) -> str:
    """What every name begins with only because the reader's own unit is called so: 机电工程学院 of 机电工程学院教工党支部."""
    own = (post.unit_name[:n] for post in who.posts for n in range(len(post.unit_name), 0, -1))
    found = (start for start in own if all(name.startswith(start) and len(name) - len(start) >= LEAST for name in names))
    return next(found, "") if len(names) > 1 else ""


# --- what he does


@router.post(f"{PATH}/act")
def act(request: Request, who: Who, form: Form) -> Response:
    """One act on every duty that is ticked."""
    try:
        asked = bulk_form(form)
    except DubanError as problem:
        return _page(request, who, _again(form, str(problem)))
    done = portal_of(request).engine.act_on_picked(
        asked.act,
        asked.picked,
        by=who,
        reason=asked.reason,
        to=asked.to,
        ways=asked.ways,
        received_on=asked.received_on,
        via=VIA,
    )
    back = within(request, form.text("back"), url(request, PATH))
    return see_other(request, back, good=went_well(asked.act, done), bad=went_not(done))


def _again(form: Posted, problem: str) -> Shown:
    """The same page as its form was sent, with what it lacks."""
    wanted = Wanted(
        state=form.text("state"),
        kind=form.text("kind"),
        phase=form.text("phase"),
        task=form.text("task"),
        late=bool(form.text("late")),
        ahead=bool(form.text("ahead")),
    )
    return Shown(campaign=form.number("campaign"), wanted=wanted, ticked=ticked(form), typed=typed(form), problem=problem)


@router.post(f"{PATH}/release")
def release(request: Request, who: Who, form: Form) -> Response:
    """First chases leave now, as far as he may say so."""
    back = within(request, form.text("back"), url(request, PATH))
    try:
        done = portal_of(request).engine.release(by=who.person, via=VIA)
    except Refused as refusal:
        return see_other(request, back, bad=reason_lines(refusal.reasons))
    left = (f"另有{done.left}封还涉及别的单位，由组织部发出，或到时间自动发出。",) if done.left else ()
    if not done.messages:
        return see_other(request, back, bad=left or ("没有等待发出的工作提示。",))
    return see_other(request, back, good=(f"{done.messages}封工作提示将随下一次发送发出。", *left))
