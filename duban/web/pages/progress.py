"""进度: units down, phases across, on any day since the launch; what waits for a decision, and what changed lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from markupsafe import Markup

from duban.engine import Engine
from duban.service.campaigns_in import chosen
from duban.service.columns import phases_of
from duban.service.overview import Count, Overview
from duban.service.phase_timeline import phase_timeline
from duban.service.visiting import Page, Visitor
from duban.web import progress_words as words
from duban.web import timeline as drawing
from duban.web.act_forms import VIA
from duban.web.campaigns import no_campaign
from duban.web.forms import Form, Posted
from duban.web.plain_words import reason_lines
from duban.web.portal import portal_of, reader
from duban.web.render import html
from duban.web.said import see_other
from duban.web.urls import url, within
from storage.scope import Scope
from workflow.errors import Refused
from workflow.guards import DECISIONS

router = APIRouter()
Who = Annotated[Visitor, Depends(reader(Page.PROGRESS))]
"""A branch is not told that a leader was asked, either."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address of the page says; what is empty or no date is as if it were not there."""

    campaign: int | None = None
    unit: str = ""
    phase: str = ""
    at: str = ""
    late: bool = False

    def day(self, first: date, today: date) -> date | None:
        """A past day since the launch; None is today."""
        try:
            found = date.fromisoformat(self.at)
        except ValueError:
            return None
        return max(found, first) if found < today else None


@router.get("/progress")
def progress(
    request: Request, who: Who, campaign: int | None = None, unit: str = "", phase: str = "", at: str = "", late: bool = False
) -> Response:
    engine = portal_of(request).engine
    campaigns = engine.campaigns(scope=who.scope)
    shown = chosen(campaigns, campaign)
    if shown is None:
        return no_campaign(request, who)
    asked = Asked(campaign=shown.id, unit=unit.strip(), phase=phase, at=at, late=late)
    values = _values(engine, who, asked)
    kept = {**values["kept"], "campaign": shown.id if len(campaigns) > 1 else None}
    view = partial(_address, request, kept)
    return html(request, "progress.html.j2", visitor=who, campaigns=campaigns, view=view, **{**values, "kept": kept})


def _address(request: Request, kept: dict[str, object], path: str = "/progress", **changed: object) -> str:
    """This view with something else, or another page about the same campaign."""
    query = {**kept, **changed} if path == "/progress" else {"campaign": kept["campaign"], **changed}
    return url(request, path, **query)


def _values(engine: Engine, who: Visitor, asked: Asked) -> dict[str, Any]:
    running = engine.campaign(asked.campaign)
    today = engine.context.today(running.campaign.zone)
    at = asked.day(running.launched_on, today)
    board = engine.overview(running.id, scope=who.scope, unit=asked.unit or None, phase=asked.phase or None, at=at)
    rows = [row for row in board.rows if row.total.behind or not asked.late]
    top = not asked.unit and not asked.phase
    return {
        "board": board,
        "rows": rows,
        "sums": [sum((row.cells[no] for row in rows), start=Count()) for no in range(len(board.columns))],
        "total": sum((row.total for row in rows), start=Count()),
        "kept": {"unit": asked.unit, "phase": asked.phase, "at": at, "late": 1 if asked.late else None},
        "campaign": running.id,
        "past": at,
        "launched": running.launched_on,
        "phases": phases_of(running.campaign),
        "lead": words.lead(board, today),
        "changes": words.changes(
            engine.recent(running.id, scope=_within(board, asked, who), at=at), today, decided=who.central
        ),
        "behind": [row for row in board.rows if row.total.behind],
        "cell": partial(_cell, board),
        "pictures": _pictures(engine, board, running.launched_on, today) if top else (),
        # Targets are over the whole, and name grades below the best.
        "figures": engine.figures(running.id, at=at, scope=who.scope) if top and who.central else [],
        **(_decisions(engine, who, running.id) if top and at is None else {"mine": (), "others": ()}),
        "requests": engine.extension_requests(for_=who, scope=who.scope) if top and at is None and who.office else (),
        "choices": DECISIONS,
    }


def _within(board: Overview, asked: Asked, who: Visitor) -> Scope:
    """What is looked at, which he may see: it was found in his scope."""
    return Scope((board.unit.path,)) if asked.unit and board.unit is not None else who.scope


def _decisions(engine: Engine, who: Visitor, campaign: int) -> dict[str, Any]:
    """What he was asked himself, with a form; for those above it all, what others were asked."""
    mine = engine.matters(campaign, scope=who.scope, by=who.person)
    others = engine.matters(campaign, scope=who.scope, but=mine) if who.central else ()
    return {"mine": mine, "others": others}


def _cell(board: Overview, count: Count, no: int) -> tuple[str, str]:
    return words.cell(count, board.columns[no], board.looked.day)


def _pictures(engine: Engine, board: Overview, begins: date, today: date) -> tuple[Markup, ...]:
    """The line of days, wide and for a telephone."""
    made = phase_timeline(engine.context.calendar, board.columns, board.here, begins=begins, day=board.looked.day)
    if made is None:
        return ()
    # Our own drawing: every word in it was escaped when it was drawn.
    return tuple(Markup(drawing.picture(made, paper, today=today)) for paper in (drawing.WIDE, drawing.NARROW))


@router.post("/decisions")
def decisions(request: Request, who: Who, form: Form) -> Response:
    """A leader's choice about one matter, for the units he left ticked."""
    back = within(request, form.text("back"), url(request, "/progress"))
    good, bad = _decide(portal_of(request).engine, who, form)
    return see_other(request, back, good=good, bad=bad)


def _decide(engine: Engine, who: Visitor, form: Posted) -> tuple[tuple[str, ...], tuple[str, ...]]:
    duties = [int(value) for value in form.all("duty") if value.isascii() and value.isdigit() and len(value) < 16]
    choice = form.text("choice")
    if not duties:
        return (), ("没有选中任何单位，所以没有记录。",)
    if choice not in DECISIONS:
        return (), ("没有选怎么办，所以没有记录。",)
    names = {item.duty: item.unit_name for item in engine.waiting_decisions(scope=who.scope)}
    done: list[str] = []
    bad: list[str] = []
    for duty in dict.fromkeys(duties):
        try:
            engine.decide(duty, choice, by=who.person, note=form.text("note") or None, via=VIA, scope=who.scope)
            done.append(names.get(duty, ""))
        except Refused as refusal:
            bad += reason_lines(refusal.reasons)
    return ((_recorded(choice, done),) if done else ()), tuple(dict.fromkeys(bad))


def _recorded(choice: str, units: list[str]) -> str:
    """已记录：电话了解（文学院党委、…）。"""
    named = "、".join(name for name in units if name)
    more = "草稿已生成，签发以前不会送出。" if choice == "督办单" else ""
    return f"已记录：{choice}（{named or f'{len(units)}个单位'}）。{more}"
