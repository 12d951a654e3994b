"""Sessions of local accounts: a random secret in a cookie, its hash in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from duban.service.sessions import HOURS
from duban.web.urls import root

if TYPE_CHECKING:
    from duban.engine import Engine

COOKIE = "duban_session"


def session_person(engine: Engine, request: Request) -> int | None:
    """The id of the person whose session a request carries; None without one, or once it is over."""
    secret = session_of(request)
    return engine.signed_in(secret) if secret else None


def session_of(request: Request) -> str | None:
    """The secret a request carries, whether or not it still opens anything."""
    return request.cookies.get(COOKIE) or None


def begin(response: Response, request: Request, secret: str) -> Response:
    """The browser keeps the secret of its session: never shown to scripts, nor sent along from other sites' forms."""
    secure = bool(request.app.state.portal.secure)
    response.set_cookie(
        COOKIE, secret, max_age=HOURS * 3600, path=root(request) or "/", httponly=True, samesite="lax", secure=secure
    )
    return response


def forget(response: Response, request: Request) -> Response:
    """The browser forgets it."""
    response.delete_cookie(COOKIE, path=root(request) or "/", httponly=True, samesite="lax")
    return response
