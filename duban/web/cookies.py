"""Cookies of the portal: for this app's addresses only, unseen by scripts, not sent along from other sites' forms."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from duban.web.urls import root


def keep(request: Request, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """The browser keeps it so long; None: until it is closed."""
    secure = bool(request.app.state.portal.secure)
    response.set_cookie(name, value, seconds, path=_path(request), httponly=True, samesite="lax", secure=secure)


def drop(request: Request, response: Response, name: str) -> None:
    """The browser forgets it."""
    response.delete_cookie(name, path=_path(request), httponly=True, samesite="lax")


def _path(request: Request) -> str:
    return root(request) or "/"
