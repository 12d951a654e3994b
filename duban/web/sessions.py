"""Sessions of local accounts: a random secret in a cookie, its hash in the database; and the mark by which a browser is known again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import Response

from duban.service.accounts import SignedIn
from duban.service.devices import DAYS
from duban.service.sessions import HOURS
from duban.web.cookies import drop, keep

if TYPE_CHECKING:
    from duban.engine import Engine

COOKIE = "duban_session"
DEVICE = "duban_device"


def session_person(engine: Engine, request: Request) -> int | None:
    """The id of the person whose session a request carries; None without one, or once it is over."""
    secret = session_of(request)
    return engine.signed_in(secret) if secret else None


def session_of(request: Request) -> str | None:
    """The secret a request carries, whether or not it still opens anything."""
    return request.cookies.get(COOKIE) or None


def device_of(request: Request) -> str:
    """The mark a browser carries, whether or not it is of any use; empty without one."""
    return request.cookies.get(DEVICE, "")


def begin(response: Response, request: Request, begun: SignedIn) -> Response:
    """The browser keeps the secret of its session, and by what it is known again."""
    keep(request, response, COOKIE, begun.secret, seconds=HOURS * 3600)
    if begun.device:
        keep(request, response, DEVICE, begun.device, seconds=DAYS * 86400)
    return response


def forget(response: Response, request: Request) -> Response:
    """The browser forgets its session. It stays known: leaving is not losing it."""
    drop(request, response, COOKIE)
    return response
