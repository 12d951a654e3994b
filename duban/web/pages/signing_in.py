"""登录: signing in and out, and the one-time links with which a password is set. Only where no portal says who is asking."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from duban.service.accounts import NotSignedIn, SignedIn
from duban.service.invitations import INVITE, SETUP, BadInvitation, Opened
from duban.service.throttling import TooManyAttempts
from duban.service.visiting import NO_PAGE
from duban.web.forms import Posted, posted
from duban.web.plain_words import reason_lines
from duban.web.portal import Portal, portal_of
from duban.web.render import html
from duban.web.said import see_other
from duban.web.sessions import begin, device_of, forget, session_of, session_person
from duban.web.urls import url, within
from workflow.errors import NotFound, Refused

router = APIRouter()
DIFFERENT = "两次输入的密码不一样，请重新输入。"


@router.get("/signin")
def ask(request: Request, next: str = "") -> Response:
    return _door(request, _local(request), next)


@router.post("/signin")
async def enter(request: Request) -> Response:
    portal = _local(request)
    form = await posted(request, None)
    return await run_in_threadpool(_enter, request, portal, form)


def _enter(request: Request, portal: Portal, form: Posted) -> Response:
    engine, back = portal.engine, form.text("next")
    try:
        if engine.context.sandbox:
            entered = engine.play(form.number("person") or form.text("as"), before=session_of(request))
        else:
            entered = _by_password(request, portal, form)
    except TooManyAttempts as error:
        response = _door(request, portal, back, status=429, lines=[str(error)], name=form.text("name"))
        response.headers["Retry-After"] = str(error.seconds)
        return response
    except (NotSignedIn, NotFound) as error:
        status = 404 if isinstance(error, NotFound) else 403
        return _door(request, portal, back, status=status, lines=[str(error)], name=form.text("name") or form.text("as"))
    home = url(request, "/")
    return begin(RedirectResponse(within(request, back, home), status_code=303), request, entered)


def _by_password(request: Request, portal: Portal, form: Posted) -> SignedIn:
    password = dict(form.items()).get("password", "")  # as typed: a password may begin with a space
    address = request.client.host if request.client else ""
    before, device = session_of(request), device_of(request)
    return portal.engine.sign_in(form.text("name"), password, address=address, before=before, device=device)


def _door(
    request: Request, portal: Portal, back: str, *, status: int = 200, lines: list[str] | None = None, name: str = ""
) -> Response:
    engine = portal.engine
    back, said = within(request, back, ""), lines or []
    if engine.context.sandbox:
        return html(request, "playing.html.j2", status, players=engine.players(), back=back, lines=said, name=name)
    whom = engine.context.contact(None)
    return html(request, "signin.html.j2", status, contact=whom, back=back, lines=said, name=name)


@router.post("/signout")
async def leave(request: Request) -> Response:
    """Also for who holds no post any more; and once the session is over: then there is nothing left to end."""
    portal = _local(request)
    person = await run_in_threadpool(session_person, portal.engine, request)
    if person is None:
        return forget(RedirectResponse(url(request, "/signin"), status_code=303), request)
    await posted(request, person)
    await run_in_threadpool(portal.engine.sign_out, session_of(request) or "")
    return forget(see_other(request, url(request, "/signin"), good=("您已退出登录。",)), request)


@router.get("/setup/{secret}")
def set_up(request: Request, secret: str) -> Response:
    return _link(request, SETUP, secret)


@router.post("/setup/{secret}")
async def set_up_now(request: Request, secret: str) -> Response:
    return await _redeem(request, SETUP, secret)


@router.get("/invite/{secret}")
def invited(request: Request, secret: str) -> Response:
    return _link(request, INVITE, secret)


@router.post("/invite/{secret}")
async def redeem(request: Request, secret: str) -> Response:
    return await _redeem(request, INVITE, secret)


def _link(request: Request, kind: str, secret: str) -> Response:
    try:
        return _password_page(request, _local(request).engine.invitation(kind, secret))
    except BadInvitation as error:
        return _bad(request, error)


async def _redeem(request: Request, kind: str, secret: str) -> Response:
    portal = _local(request)
    form = await posted(request, None)
    return await run_in_threadpool(_redeemed, request, portal, kind, secret, form)


def _redeemed(request: Request, portal: Portal, kind: str, secret: str, form: Posted) -> Response:
    fields = dict(form.items())
    try:
        opened = portal.engine.invitation(kind, secret)
        if fields.get("password") != fields.get("again"):
            return _password_page(request, opened, status=400, lines=[DIFFERENT], chosen=form.number("person"))
        try:
            entered = portal.engine.redeem(kind, secret, fields.get("password", ""), person=form.number("person"))
        except Refused as refusal:
            lines = list(reason_lines(refusal.reasons))
            return _password_page(request, opened, status=409, lines=lines, chosen=form.number("person"))
    except BadInvitation as error:
        return _bad(request, error)
    ended = f"原有的{entered.revoked}个接口令牌已一并撤销；仍要用的，请在“我的账号”里重新生成。"
    good = ("密码已设好，您已登录。", *((ended,) if entered.revoked else ()))
    return begin(see_other(request, url(request, "/"), good=good), request, entered)


def _password_page(
    request: Request, opened: Opened, *, status: int = 200, lines: list[str] | None = None, chosen: int | None = None
) -> Response:
    response = html(request, "set_password.html.j2", status, opened=opened, lines=lines or [], chosen=chosen)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return response


def _bad(request: Request, error: BadInvitation) -> Response:
    status = 404 if error.code == "forged" else 410
    return html(request, "sorry.html.j2", status, title="链接不能用", lines=[str(error)])


def _local(request: Request) -> Portal:
    """The portal, if people sign in here."""
    portal = portal_of(request)
    if not portal.local:
        raise NotFound(NO_PAGE)
    return portal
