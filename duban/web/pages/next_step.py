"""我的下一步: what, by when, whom to ask; what waits for others; what is done, folded."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from duban.web.portal import Who, portal_of
from duban.web.render import html

router = APIRouter()


@router.get("/next")
def next_step(request: Request, who: Who) -> Response:
    steps = portal_of(request).engine.next_steps(who, scope=who.scope)
    return html(request, "next.html.j2", visitor=who, steps=steps)
