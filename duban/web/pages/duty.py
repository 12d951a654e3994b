"""一件应办事项: fill it in, keep it half-way, hand it in, take it back; or, for whoever is above, see what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from duban.service.one_duty import OneDuty
from duban.service.visiting import Page, Visitor
from duban.web.act_forms import VIA, Number, seen_version
from duban.web.data_forms import field_lines, parts_of
from duban.web.data_posted import complete, posted_data, with_row, without_row
from duban.web.data_shown import NOTE, data_shown
from duban.web.fields import Part, Rows
from duban.web.forms import Form, Posted
from duban.web.pages.acting import OF_DUTIES
from duban.web.portal import Who, portal_of
from duban.web.render import html
from duban.web.said import see_other
from duban.web.urls import url
from workflow.errors import Refused

router = APIRouter()
LONGEST_NOTE = 500


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What somebody sent and could not be taken: it stays in the fields. `judged`: with what is wrong beside each."""

    data: Mapping[str, Any] | None = None
    judged: bool = False
    bad: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)


@router.get("/duties/{duty}")
def look(request: Request, duty: Number, who: Who) -> Response:
    return duty_page(request, who, duty)


def duty_page(request: Request, who: Visitor, duty: int, typed: Typed | None = None) -> Response:
    """The page of a duty; with `typed` after something could not be taken, which it says (409) and keeps."""
    page = portal_of(request).engine.duty_page(duty, visitor=who)
    said = typed or Typed()
    within_page = "hx-request" in request.headers  # htmx puts nothing into the page from an answer that is no success
    parts: tuple[Part, ...] = ()
    if page.fill and page.task.form is not None:
        data = said.data if said.data is not None else page.data
        parts = parts_of(page.task.form, data, page.known, scale=page.scale, judged=said.judged)
    sent = data_shown(page.task.form, page.sent.data, names=page.names) if page.sent is not None else ()
    response = html(
        request,
        "duty.html.j2",
        200 if typed is None or within_page else 409,
        visitor=who,
        page=page,
        parts=parts,
        sent=sent,
        note=str((said.data or (page.sent.data if page.sent is not None else None) or {}).get(NOTE) or ""),
        wide=any(isinstance(part, Rows) and part.as_table for part in parts),
        bad=said.bad,
        words=said.words,
        acts={act for act in OF_DUTIES if page.against.get(act) == ()},
        crumb=_crumb(who, page),
    )
    if within_page and not page.fill:
        response.headers["HX-Refresh"] = "true"  # the form it would put there is no more: the whole page anew
    return response


def _crumb(who: Visitor, page: OneDuty) -> tuple[str, str]:
    """Where he came from: (words, path)."""
    if page.own and Page.NEXT in who.pages:
        return Page.NEXT.value, "/next"
    if Page.BRANCHES in who.pages and not page.own:
        return Page.BRANCHES.value, "/branches"
    return page.unit, f"/units/{page.unit_code}"


@router.post("/duties/{duty}/save")
def save(request: Request, duty: Number, who: Who, form: Form) -> Response:
    """What is in the form so far; a row more or less if that was asked for."""
    engine = portal_of(request).engine
    page = engine.duty_page(duty, visitor=who)
    data = _data(page, form) or {}
    data, place = _with_rows(data, page, form.text("do"))
    try:
        engine.save_form(duty, data, by=who.person, seen=form.number("saved") or 0, scope=who.scope)
    except Refused as refusal:
        return duty_page(request, who, duty, Typed(data=data, bad=field_lines(refusal.reasons)))
    here = url(request, f"/duties/{duty}")
    if place:
        return see_other(request, f"{here}#{place}")
    return see_other(request, here, good=("已暂存，还没有报送。随时可以接着填。",))


@router.post("/duties/{duty}/submit")
def submit(request: Request, duty: Number, who: Who, form: Form) -> Response:
    engine = portal_of(request).engine
    page = engine.duty_page(duty, visitor=who)
    typed = _data(page, form)
    data = complete(typed, page.known) if typed is not None else _note(form)
    try:
        engine.act("submit", by=who.person, duty=duty, data=data, expect_version=seen_version(form), via=VIA, scope=who.scope)
    except Refused as refusal:
        return duty_page(request, who, duty, Typed(data=data, judged=True, bad=field_lines(refusal.reasons, page.known)))
    if page.proxy:
        return see_other(request, url(request, f"/duties/{duty}"), good=(f"已为{page.unit}代填报送“{page.title}”。",))
    back = "/next" if Page.NEXT in who.pages else f"/duties/{duty}"
    return see_other(request, url(request, back), good=(f"“{page.title}”已报送。如退回，会写明改哪里。",))


@router.post("/duties/{duty}/withdraw")
def withdraw(request: Request, duty: Number, who: Who, form: Form) -> Response:
    engine = portal_of(request).engine
    try:
        engine.act("withdraw", by=who.person, duty=duty, expect_version=seen_version(form), via=VIA, scope=who.scope)
    except Refused as refusal:
        return duty_page(request, who, duty, Typed(bad=field_lines(refusal.reasons)))
    return see_other(request, url(request, f"/duties/{duty}"), good=("已撤回，改好后请再报送。",))


def _data(page: OneDuty, form: Posted) -> dict[str, Any] | None:
    """What the fields say; None where nothing is to be filled in."""
    return posted_data(page.task.form, form.items(), page.known) if page.task.form is not None else None


def _note(form: Posted) -> dict[str, Any] | None:
    """What may be said of a task without a form."""
    words = form.text(NOTE)[:LONGEST_NOTE]
    return {NOTE: words} if words else None


def _with_rows(data: dict[str, Any], page: OneDuty, do: str) -> tuple[dict[str, Any], str]:
    """`more:items` adds a row, `less:items:2` takes one away; answers also the place to go back to."""
    verb, _, rest = do.partition(":")
    if page.task.form is None or verb not in ("more", "less"):
        return data, ""
    place, _, no = rest.partition(":")
    if verb == "more":
        return with_row(data, page.task.form, place), _anchor(place)
    return without_row(data, page.task.form, place, int(no) if no.isascii() and no.isdigit() else -1), _anchor(place)


def _anchor(place: str) -> str:
    return "f-" + "".join(letter for letter in place.replace(".", "-") if letter.isalnum() or letter in "-_")
