"""Which program asks, for whom, and whether it may act: a token, or the sign-on of the portal it runs in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool

from duban.engine import Engine
from duban.service.visiting import Visitor
from duban.web.api.problems import Declined
from duban.web.forms import ours
from duban.web.portal import portal_of, visitor
from workflow.errors import NotFound


def _fresh(response: Response) -> None:
    """What stands about people is kept nowhere on the way."""
    response.headers["Cache-Control"] = "no-store"


def api_router(tag: str) -> APIRouter:
    """A router for addresses below /api/v1, each known by the name of its function."""
    return APIRouter(
        prefix="/api/v1", tags=[tag], dependencies=[Depends(_fresh)], generate_unique_id_function=lambda route: route.name
    )


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks. `by_token`: a program with a token of its own; otherwise a page in somebody's browser."""

    visitor: Visitor
    by_token: bool


async def caller(request: Request) -> Caller:
    """A bearer token, else whoever the portal says. Raises `Nobody`, `Declined` for a token that is not (or no longer) one."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":  # another scheme is the business of the gateway that asked for it
        return Caller(visitor=await visitor(request), by_token=False)
    found = await run_in_threadpool(portal_of(request).engine.token_visitor, secret.strip())
    if found is None:
        text = "接口令牌不对，或已过期、已撤销"
        raise Declined(401, "unauthenticated", text, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return Caller(visitor=found, by_token=True)


Asking = Annotated[Caller, Depends(caller)]
CsrfToken = Annotated[
    str | None,
    Header(
        alias="X-CSRF-Token",
        max_length=200,
        description="Needed without a bearer token: `csrf_token` of `GET /api/v1/me`, so that no other site acts with a reader's cookies.",
    ),
]


async def actor(request: Request, asking: Asking, x_csrf_token: CsrfToken = None) -> Caller:
    """Who may act here at all; what he may do the guards judge. Raises `Declined`, and `Forged` for what another site may have sent."""
    if not asking.by_token:
        ours(request, asking.visitor, x_csrf_token or "")
    if not asking.visitor.may_act:
        raise Declined(403, "read-only-token", "这个接口令牌只能查看，不能办理：请换一个可以办理的令牌")
    return asking


async def office(asking: Asking) -> Caller:
    """组织部 or the leading group's office, not narrowed to a unit. For others these addresses do not exist: `NotFound`."""
    if not asking.visitor.office:
        raise NotFound("没有找到：它可能不存在，或者您无权查看")
    return asking


Acting = Annotated[Caller, Depends(actor)]
InOffice = Annotated[Caller, Depends(office)]


def engine_of(request: Request) -> Engine:
    return portal_of(request).engine


Using = Annotated[Engine, Depends(engine_of)]
