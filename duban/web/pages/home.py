"""首页: everybody begins where his work is."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from duban.web.portal import Who
from duban.web.render import PATHS, html
from duban.web.urls import url

router = APIRouter()


@router.get("/")
def home(request: Request, who: Who) -> Response:
    if who.home is None:
        return html(
            request, "sorry.html.j2", visitor=who, title="目前没有需要您办的事", lines=[f"您现在的任职：{who.posts_words}。"]
        )
    return RedirectResponse(url(request, PATHS[who.home]), status_code=303)
