"""日历订阅: the signed address of a person's lines, a page that shows it, and what a calendar fetches there."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from duban.web.forms import posted
from duban.web.portal import Who, outside, portal_of
from duban.web.render import html
from duban.web.said import see_other
from duban.web.urls import url
from workflow.errors import NotFound

router = APIRouter()
WHAT = "calendar"
SIGNS = 32
"""Of the signature: 128 bits, so that an address can be read and typed."""
TYPE = "text/calendar; charset=utf-8"


@router.get("/calendar")
def page(request: Request, who: Who) -> Response:
    engine = portal_of(request).engine
    address = outside(request, f"/calendar/{_name(request, who.person, engine.calendar_no(who.person))}.ics")
    return html(request, "calendar.html.j2", visitor=who, address=address)


@router.post("/calendar/renew")
async def renew(request: Request, who: Who) -> Response:
    await posted(request, who)
    await run_in_threadpool(portal_of(request).engine.renew_calendar, who.person)
    return see_other(request, url(request, "/calendar"), good=("已换成新的地址，旧地址不能再用。",))


@router.api_route("/calendar/{name}.ics", methods=["GET", "HEAD"])
def feed(request: Request, name: str) -> Response:
    """What the bearer of the address may fetch: calendars of phones sign in nowhere."""
    portal = portal_of(request)
    engine = portal.engine
    person = _person(request, name)
    content = engine.lines_calendar(
        engine.visitor(person),
        name=f"{portal.look.name}：我的时限",
        link=lambda duty: outside(request, f"/duties/{duty}"),
    )
    headers = {"Content-Disposition": 'inline; filename="duban.ics"', "Cache-Control": "private, max-age=600"}
    return Response(content, media_type=TYPE, headers=headers)


def _name(request: Request, person: int, no: int) -> str:
    return f"{person}-{no}-{_signature(request, person, no)}"


def _signature(request: Request, person: int, no: int) -> str:
    return portal_of(request).sign(WHAT, str(person), str(no))[:SIGNS]


def _person(request: Request, name: str) -> int:
    """Whose calendar an address opens. Raises `NotFound` for one that was not made here, or was replaced."""
    engine = portal_of(request).engine
    person, _, rest = name.partition("-")
    no, _, signature = rest.partition("-")
    wrong = NotFound("这个日历地址不能用：请登录后在“日历订阅”里重新复制")
    if not all(part.isascii() and part.isdigit() and len(part) <= 12 for part in (person, no)):
        raise wrong
    if not secrets.compare_digest(_signature(request, int(person), int(no)).encode(), signature.encode()):
        raise wrong
    if engine.calendar_no(int(person)) != int(no):
        raise wrong
    return int(person)
