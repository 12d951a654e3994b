"""我的下一步: what, by when, whom to ask; what waits for others; what is done, folded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from duban.service.visiting import Visitor
from duban.web.portal import portal_of, visitor
from duban.web.render import html

router = APIRouter()


@router.get("/next")
def next_step(request: Request, who: Annotated[Visitor, Depends(visitor)]) -> Response:
    steps = portal_of(request).engine.next_steps(who, scope=who.scope)
    return html(request, "next.html.j2", visitor=who, steps=steps)
