"""What is answered when something is not possible: a page that says why and what to do, or for programs a problem document."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from duban.service.visiting import NO_PAGE, NoPost
from duban.web.api.malformed import reasons as malformed
from duban.web.api.problems import Declined, problem
from duban.web.forms import Forged
from duban.web.guarding import HEADERS, TOO_LONG, TooLong
from duban.web.logging import HEADER, request_id
from duban.web.plain_words import reason_lines
from duban.web.portal import Nobody, portal_of
from duban.web.render import html
from duban.web.sessions import session_person
from duban.web.urls import API, here, root, url
from storage.database import Collision, DatabaseProblem, Unkeepable
from workflow.errors import DubanError, NotFound, Refused

log = logging.getLogger("duban.web")
NO_SUCH = {404: NO_PAGE, 405: "这个地址不接受这样的请求。"}
UNUSABLE = "数据库暂时不能使用，这一次没有写入；请稍后再试，仍然不行请告诉系统管理员。"
E_ = TypeVar("E_", bound=Exception)


def answer_failures(app: FastAPI) -> None:
    """Register what every kind of failure is answered with."""
    app.add_exception_handler(Nobody, _for(Nobody, _nobody))
    app.add_exception_handler(Forged, _for(Forged, _forged))
    app.add_exception_handler(Declined, _for(Declined, _declined))
    app.add_exception_handler(NoPost, _for(NoPost, _without_post))
    app.add_exception_handler(DubanError, _for(DubanError, _said))
    app.add_exception_handler(StarletteHTTPException, _for(StarletteHTTPException, _http))
    app.add_exception_handler(RequestValidationError, _for(RequestValidationError, _unreadable))
    app.add_exception_handler(Exception, _unexpected)


def status_of(error: DubanError) -> int:
    """The HTTP status of one of our errors."""
    if isinstance(error, (NotFound, Unkeepable)):
        return 404
    if isinstance(error, Refused):
        return 409
    if isinstance(error, DatabaseProblem):
        return 503
    return 400


def _for(
    kind: type[E_], handler: Callable[[Request, E_], Awaitable[Response]]
) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handled(request: Request, error: Exception) -> Response:
        assert isinstance(error, kind)
        return await handler(request, error)

    return handled


async def _nobody(request: Request, _error: Nobody) -> Response:
    portal = portal_of(request)
    if _is_api(request):
        return problem(
            401, "unauthenticated", "请先登录，或在 Authorization 里给出接口令牌", headers={"WWW-Authenticate": "Bearer"}
        )
    if not portal.local:
        return html(request, "sorry.html.j2", 401, title="请先登录", lines=["请先登录门户，再打开这个页面。"])
    back = url(request, here(request)) + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(url(request, "/signin", next=back if back != root(request) + "/" else None), status_code=303)


async def _declined(_request: Request, error: Declined) -> Response:
    return error.answer()


async def _forged(request: Request, _error: Forged) -> Response:
    if _is_api(request):
        return problem(403, "forged", "没有带上有效的 X-CSRF-Token：请从 /api/v1/me 重新读取，或改用接口令牌")
    lines = ["这个页面打开得太久，或不是从本系统打开的，所以没有记录。", "请返回上一页，刷新以后再试一次。"]
    return html(request, "sorry.html.j2", 403, title="没有记录", lines=lines)


async def _without_post(request: Request, error: NoPost) -> Response:
    """Somebody who is signed in, and may see nothing any more, can still leave."""
    portal = portal_of(request)
    person = await run_in_threadpool(session_person, portal.engine, request) if portal.local else None
    if person is None or person != error.person or _is_api(request):
        return await _said(request, error)
    return html(request, "sorry.html.j2", 404, title="目前没有任职", lines=[str(error)], person=person, leave=True)


async def _said(request: Request, error: DubanError) -> Response:
    status = status_of(error)
    if isinstance(error, DatabaseProblem) and not isinstance(error, (Collision, Unkeepable)):
        log.error("database problem in %s: %s", request.method, error.code)
        error = DatabaseProblem(UNUSABLE, code=error.code)  # its own words are for who runs the server: paths, commands
    if _is_api(request):
        return problem(status, error.code, str(error), reasons=error.reasons if isinstance(error, Refused) else ())
    title = {404: "没有找到", 503: "请稍后再试"}.get(status, "没有记录")
    if isinstance(error, Refused):
        return html(request, "sorry.html.j2", status, title=title, lines=reason_lines(error.reasons))
    return html(request, "sorry.html.j2", status, title=title, lines=[str(error)])


async def _http(request: Request, error: StarletteHTTPException) -> Response:
    text = NO_SUCH.get(error.status_code) or str(error.detail)
    if _is_api(request):
        if isinstance(error.__cause__, TooLong):  # read by FastAPI, which makes a bad request of it
            return problem(413, "too-long", TOO_LONG)
        if error.status_code == 400:
            return problem(400, "unreadable", "读不懂请求的内容：要是 UTF-8 的 JSON，数字和括号不要太长太深")
        return problem(error.status_code, _code(error.status_code), text, headers=error.headers)
    title = "没有找到" if error.status_code == 404 else "不能这样打开"
    response = html(request, "sorry.html.j2", error.status_code, title=title, lines=[text])
    response.headers.update(error.headers or {})
    return response


async def _unreadable(request: Request, error: RequestValidationError) -> Response:
    """What was sent does not have the shape that was asked for: every place that is wrong."""
    if _is_api(request):
        return problem(422, "malformed", "请求的内容不符合要求", reasons=malformed(error.errors()))
    return html(request, "sorry.html.j2", 404, title="没有找到", lines=[NO_SUCH[404]])


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected failure in %s %s", request.method, getattr(request.scope.get("route"), "path", "?"), exc_info=error)
    number = request_id.get() or ""
    text = f"程序出错了，没有记录。请稍后再试；仍然不行，请告诉系统管理员这个编号：{number}。"
    if _is_api(request):
        response = problem(500, "unexpected", text)
    else:
        response = html(request, "sorry.html.j2", 500, title="程序出错了", lines=[text])
    response.headers.update(HEADERS | {HEADER: number})  # this answer passes through neither `Guarded` nor `Logged`
    return response


def _is_api(request: Request) -> bool:
    return here(request).startswith(API)


def _code(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "-")
