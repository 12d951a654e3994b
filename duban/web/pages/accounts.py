"""登录账号: for 组织部, who can sign in, a one-time link for whoever cannot, and an end to an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from duban.service.accounts import SHOWN, STATES
from duban.service.invitations import Invited
from duban.service.visiting import NO_PAGE, Visitor
from duban.web.forms import Posted, posted
from duban.web.plain_words import reason_lines
from duban.web.portal import Who, outside, portal_of
from duban.web.render import html
from duban.web.said import see_other
from duban.web.urls import url
from workflow.errors import NotFound, Refused

router = APIRouter()
Person = Annotated[int, Path(ge=1, le=2**31 - 1)]
MOST_PAGES = 10_000


@dataclass(frozen=True, kw_only=True)
class Where:
    """Which part of the list is looked at. `state` is one of `STATES`, or empty for all."""

    q: str = ""
    state: str = ""
    page: int = 1

    def address(self, request: Request) -> str:
        return url(request, "/accounts", q=self.q, state=self.state, page=self.page if self.page > 1 else None)


@router.get("/accounts")
def everybody(request: Request, who: Who, q: str = "", state: str = "", page: int = 1) -> Response:
    _local(request)
    return _list(request, who, _where(q, state, page))


@router.post("/accounts/{person}/invite")
async def invite(request: Request, who: Who, person: Person) -> Response:
    """Shows the link at once: it is nowhere to be had again."""
    _local(request)
    form = await posted(request, who)
    return await run_in_threadpool(_invite, request, who, person, form)


def _invite(request: Request, who: Visitor, person: int, form: Posted) -> Response:
    made = portal_of(request).engine.invite(person, by=who.person)
    return _list(request, who, _said(form), made=made)


@router.post("/accounts/{person}/disable")
async def disable(request: Request, who: Who, person: Person) -> Response:
    _local(request)
    form = await posted(request, who)
    return await run_in_threadpool(_disable, request, who, person, form)


def _disable(request: Request, who: Visitor, person: int, form: Posted) -> Response:
    back = _said(form).address(request)
    try:
        portal_of(request).engine.disable_account(person, by=who.person)
    except Refused as refusal:
        return see_other(request, back, bad=reason_lines(refusal.reasons))
    return see_other(request, back, good=("账号已停用，各设备上的登录都已退出。",))


def _said(form: Posted) -> Where:
    """Where in the list the button was."""
    return _where(form.text("q"), form.text("state"), form.number("page") or 1)


def _where(q: str, state: str, page: int) -> Where:
    return Where(q=q.strip(), state=state if state in STATES else "", page=max(1, min(page, MOST_PAGES)))


def _list(request: Request, who: Visitor, where: Where, *, made: Invited | None = None) -> Response:
    engine = portal_of(request).engine
    offset = (where.page - 1) * SHOWN
    found = engine.accounts(by=who.person, words=where.q, state=where.state or None, limit=SHOWN, offset=offset)
    link = outside(request, made.path) if made else ""
    return html(request, "accounts.html.j2", visitor=who, found=found, states=STATES, where=where, made=made, link=link)


def _local(request: Request) -> None:
    """Nothing of this where a portal says who is asking."""
    if not portal_of(request).local:
        raise NotFound(NO_PAGE)
