"""我的账号: one's own password, sessions and tokens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from duban.service.accounts import NotSignedIn
from duban.service.api_tokens import MOST_DAYS, RIGHTS, USUAL_DAYS, NewToken
from duban.service.throttling import TooManyAttempts
from duban.service.visiting import NO_PAGE, Visitor
from duban.web.forms import Posted, posted
from duban.web.pages.signing_in import DIFFERENT
from duban.web.plain_words import reason_lines
from duban.web.portal import Who, portal_of
from duban.web.render import html
from duban.web.said import see_other
from duban.web.sessions import begin, device_of, forget
from duban.web.urls import url
from workflow.errors import DubanError, NotFound, Refused

router = APIRouter()


@router.get("/account")
def own(request: Request, who: Who) -> Response:
    return _own(request, who)


@router.post("/account/password")
async def change_password(request: Request, who: Who) -> Response:
    _local(request)
    return await run_in_threadpool(_change_password, request, who, await posted(request, who))


def _change_password(request: Request, who: Visitor, form: Posted) -> Response:
    fields = dict(form.items())  # as typed: a password may begin with a space
    new, address = fields.get("password", ""), request.client.host if request.client else ""
    if new != fields.get("again"):
        return _own(request, who, status=400, password_lines=[DIFFERENT])
    try:
        begun = portal_of(request).engine.change_password(
            who.person, fields.get("current", ""), new, address=address, device=device_of(request)
        )
    except NotSignedIn:
        return _own(request, who, status=403, password_lines=["现在的密码不对，没有修改。"])
    except (TooManyAttempts, Refused) as error:
        return _own(request, who, status=429 if isinstance(error, TooManyAttempts) else 409, password_lines=_lines(error))
    good = ("密码已修改；其他设备上的登录都已退出。",)
    return begin(see_other(request, url(request, "/account"), good=good), request, begun)


@router.post("/account/sessions/end")
async def end_sessions(request: Request, who: Who) -> Response:
    _local(request)
    await posted(request, who)
    await run_in_threadpool(portal_of(request).engine.end_sessions, who.person)
    good = ("您已在所有设备上退出登录。",)
    return forget(see_other(request, url(request, "/signin"), good=good), request)


@router.post("/account/tokens")
async def new_token(request: Request, who: Who) -> Response:
    return await run_in_threadpool(_new_token, request, who, await posted(request, who))


def _new_token(request: Request, who: Visitor, form: Posted) -> Response:
    """Shows the secret at once: it is nowhere to be had again."""
    try:
        made = portal_of(request).engine.new_token(
            who.person,
            name=form.text("name"),
            rights=form.text("rights"),
            unit=form.text("unit") or None,
            days=form.number("days") or 0,
            by=who.person,
        )
    except (Refused, NotFound) as error:
        return _own(request, who, status=404 if isinstance(error, NotFound) else 409, token_lines=_lines(error))
    return _own(request, who, made=made)


@router.post("/account/tokens/{token}/revoke")
async def revoke_token(request: Request, who: Who, token: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Response:
    await posted(request, who)
    await run_in_threadpool(lambda: portal_of(request).engine.revoke_token(token, of=who.person))
    return see_other(request, url(request, "/account"), good=("令牌已撤销，用它的程序不能再访问。",))


def _own(
    request: Request,
    who: Visitor,
    *,
    status: int = 200,
    password_lines: list[str] | None = None,
    token_lines: list[str] | None = None,
    made: NewToken | None = None,
) -> Response:
    engine = portal_of(request).engine
    return html(
        request,
        "account.html.j2",
        status,
        visitor=who,
        account=engine.own_account(who.person) if portal_of(request).local else None,
        tokens=engine.tokens(who.person),
        made=made,
        rights=RIGHTS,
        usual_days=USUAL_DAYS,
        most_days=MOST_DAYS,
        password_lines=password_lines or [],
        token_lines=token_lines or [],
    )


def _lines(error: DubanError) -> list[str]:
    return list(reason_lines(error.reasons)) if isinstance(error, Refused) else [str(error)]


def _local(request: Request) -> None:
    """Nothing of this where a portal says who is asking."""
    if not portal_of(request).local:
        raise NotFound(NO_PAGE)
