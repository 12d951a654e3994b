"""The page behind the link in a message: what it is about, and the buttons with which its reader answers.

GET changes nothing, ever: mail scanners open links. POST acts once, and only with what the page's form holds. No cookie, no script, nothing
from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from duban.service.tokens import BadLink
from duban.web.bodies import TooLong, body
from workflow.deadline import short
from workflow.errors import DubanError, Refused

if TYPE_CHECKING:
    from duban.engine import Engine

STATUS = {"forged": 404, "expired": 410, "unconfirmed": 403}
MOST_FIELDS = 2000


def router(engine: Engine) -> APIRouter:
    """GET, HEAD and POST /r/{secret}."""
    made = APIRouter()

    @made.api_route("/r/{secret}", methods=["GET", "HEAD"])
    def look(secret: str) -> HTMLResponse:
        try:
            return _html("reply.html.j2", 200, page=engine.reply_page(secret))
        except DubanError as error:
            return _said(error)

    @made.post("/r/{secret}")
    async def send(secret: str, request: Request) -> HTMLResponse:
        try:
            await body(request)
        except TooLong as error:
            return _html("sorry.html.j2", error.status, title="没有记录", text="提交的内容太长，请返回后再试。")
        async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
        return await run_in_threadpool(_send, engine, secret, fields)

    return made


def _send(engine: Engine, secret: str, fields: dict[str, str]) -> HTMLResponse:
    try:
        done = engine.reply(secret, fields)
        return _html("done.html.j2", 200, done=done, page=engine.reply_page(secret))
    except Refused as refusal:
        return _html("refused.html.j2", 409, reasons=refusal.reasons)
    except DubanError as error:
        return _said(error)


def _said(error: DubanError) -> HTMLResponse:
    title = "链接不能用" if isinstance(error, BadLink) else "没有记录"
    return _html("sorry.html.j2", STATUS.get(error.code, 400), title=title, text=str(error))


def _html(template: str, status: int, **values: Any) -> HTMLResponse:
    text = _environment().get_template(template).render(style=_style(), **values)
    return HTMLResponse(text, status_code=status, headers=_headers())


@lru_cache(maxsize=1)
def _headers() -> dict[str, str]:
    """Nothing is kept, nothing is told elsewhere, nothing runs; the one style sheet is known by its hash."""
    style = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    return {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }


@lru_cache(maxsize=1)
def _style() -> str:
    environment = _environment()
    assert environment.loader is not None
    return environment.loader.get_source(environment, "style.css")[0].strip()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loader = PackageLoader("duban.web", "templates")
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["day"] = short
    return made
