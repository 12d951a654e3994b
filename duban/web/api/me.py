"""Who asks: what a program knows about itself before it asks for anything else."""

from __future__ import annotations

from fastapi import Request, Response

from duban.web.api.asking import Asking, api_router
from duban.web.api.documented import problems
from duban.web.api.shapes import Me
from duban.web.forms import remember, token

router = api_router("me")


@router.get("/me", summary="Who asks", responses=problems((401, 404, 503)))
def me(request: Request, response: Response, asking: Asking) -> Me:
    """The person a token stands for, or whom the portal says, with his posts of today. A page gets the token for its acts here."""
    if asking.by_token:
        return Me.of(asking.visitor, None)
    remember(request, response)
    return Me.of(asking.visitor, token(request, asking.visitor))
