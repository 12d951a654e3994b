"""How the API describes itself: OpenAPI, with every problem it answers with and the ways to say who asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.routing import BaseRoute

from duban.web.api.problems import TYPE
from duban.web.sessions import COOKIE
from duban.web.urls import root

TITLE = "Duban 督办"
ABOUT = """Campaigns of a Party committee: where every unit stands, and the acts that move it.

**Who asks.** A program sends a token (`Authorization: Bearer …`), which stands for a person and sees at most what he sees; a page of the
portal Duban lives in needs none, its reader is known. Posts of the day decide: what lies outside is answered like what does not exist, 404.

**Acting.** Read a duty or a case, keep its `ETag`, and send it back as `If-Match`: an act on what somebody else has changed since is
refused with 412 and nothing is written. A refusal lists every reason; `code` is stable, texts (Chinese, for people) may change.

**Lists** come in pages: ask again with `after` set to `next` until `next` is null. Instants are UTC, days are those of the campaign's zone.
"""
DESCRIPTIONS = {
    400: "The request cannot be read, or a place in a list is not one.",
    401: "Nobody is signed in, or the token is not (no longer) valid.",
    403: "The token only reads, or the `X-CSRF-Token` is missing or stale.",
    404: "It does not exist, or lies outside what the caller may see: the two are not told apart.",
    409: "The rules do not allow it now: `reasons` says all of why, and what would help.",
    412: "Somebody has acted since this version was read. Nothing was written.",
    413: "The body is longer than 1 MB.",
    422: "A field does not have the shape that is asked for: a reason for each.",
    428: "An act must say with `If-Match` which version it was decided on.",
    503: "The database cannot be used at the moment; try again.",
}
CODES = {
    400: "bad-cursor",
    401: "unauthenticated",
    403: "read-only-token",
    404: "not-found",
    409: "wrong-actor",
    412: "stale-version",
    413: "too-long",
    422: "malformed",
    428: "version-missing",
    503: "busy",
}
READS = (400, 401, 404, 422, 503)
"""What any reading address may answer beside what was asked for."""
ACTS = (400, 401, 403, 404, 409, 412, 413, 422, 428, 503)


class ReasonShape(BaseModel):
    """Why not."""

    code: str = Field(description="Stable, for programs.", examples=["not-yet-open"])
    text: str = Field(description="Chinese, for people.", examples=["“公示”从3月20日开始办理"])
    unblock: str = Field(description="The smallest change that would allow it; may be empty.", examples=["3月20日起可以办理"])
    until: str | None = Field(description="The day from which the answer would differ by itself.", examples=["2026-03-20"])


class ProblemShape(BaseModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(examples=["about:blank"])
    title: str = Field(description="The phrase of the status.", examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(description="Chinese, for people.", examples=["“公示”从3月20日开始办理"])
    code: str = Field(
        description="Stable, for programs: that of the first reason, if there are any.", examples=["not-yet-open"]
    )
    reasons: list[ReasonShape]


def problems(statuses: Sequence[int]) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": DESCRIPTIONS[status],
            "content": {TYPE: {"schema": schema, "examples": {CODES[status]: {"value": nulls_kept(_example(status))}}}},
        }
        for status in statuses
    }


def tagged_by(statuses: Sequence[int]) -> dict[int | str, dict[str, Any]]:
    """The same for an answer that carries an ETag."""
    etag = {"description": "The version of the case: for `If-Match`.", "schema": {"type": "string"}, "example": '"4"'}
    return {200: {"headers": {"ETag": etag}}, **problems(statuses)}


def router(routers: Sequence[APIRouter]) -> APIRouter:
    """GET /api/v1/openapi.json: open to everybody, as there is nothing of anybody in it."""
    made = APIRouter()
    routes = [route for each in routers for route in each.routes]

    @made.get("/api/v1/openapi.json", include_in_schema=False)
    def openapi(request: Request) -> JSONResponse:
        return JSONResponse(document(routes, server=root(request) or "/"), headers={"Cache-Control": "no-cache"})

    return made


def document(routes: Sequence[BaseRoute], *, server: str) -> dict[str, Any]:
    """The OpenAPI document of some routes."""
    from duban import __version__

    made = get_openapi(title=TITLE, version=__version__, description=ABOUT, routes=routes, servers=[{"url": server}], tags=TAGS)
    parts = made.setdefault("components", {})
    parts.setdefault("schemas", {}).update(_shapes())
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    parts["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token of Duban: 接口令牌."},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "A reader who is signed in."},
    }
    for operation in (each for path in made["paths"].values() for each in path.values()):
        for parameter in operation.get("parameters", ()):
            if parameter["name"] == "If-Match":  # without it the answer is 428, not 422
                parameter["required"] = True
    made["security"] = [{"token": []}, {"session": []}]
    return dict(_with(made, NULL, None))


def nulls_kept(example: Any) -> Any:
    """An example that FastAPI may pass on: it leaves out whatever is null from all that it describes."""
    return _with(example, None, NULL)


NULL = "\x00null"


def _with(value: Any, old: Any, new: Any) -> Any:
    """A document with one value in the place of another."""
    if isinstance(value, dict):
        return {name: _with(each, old, new) for name, each in value.items()}
    if isinstance(value, list):
        return [_with(each, old, new) for each in value]
    return new if value == old else value


TAGS = [
    {"name": "me", "description": "Who asks."},
    {"name": "campaigns", "description": "专项活动: what is asked, of whom, by when; where it stands on any day."},
    {"name": "units", "description": "单位: the dated tree, and one unit's way."},
    {"name": "cases", "description": "本单位进展 and 应办事项: what each unit owes, and the acts that move it."},
    {"name": "events", "description": "事件: everything that happens, in order, for programs that follow."},
    {"name": "events", "description": "事件: what happened, as CloudEvents."},
    {"name": "runs", "description": "例行核查 and 消息: what was told to whom. For 组织部 only."},
]


def _shapes() -> dict[str, Any]:
    """The shape of a problem, with the shape of a reason beside it."""
    found = ProblemShape.model_json_schema(ref_template="#/components/schemas/{model}")
    inner: dict[str, Any] = found.pop("$defs")
    return {"Problem": found, **inner}


def _example(status: int) -> dict[str, Any]:
    from http import HTTPStatus

    detail = EXAMPLES[status]
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": CODES[status],
        "reasons": [{"code": CODES[status], "text": detail, "unblock": "", "until": None}] if status in (409, 412, 422) else [],
    }


EXAMPLES = {
    400: "after 不是这个列表给出的位置：请从头读起，或用上一页的 next",
    401: "请先登录，或在 Authorization 里给出接口令牌",
    403: "这个接口令牌只能查看，不能办理：请换一个可以办理的令牌",
    404: "没有找到这件事项：它可能不存在，或者您无权查看",
    409: "赵磊不能为教工第一党支部办理：报送和撤回由本单位书记、委员办理，上级组织员可以代填",
    412: "教工第一党支部的进展已被他人更新（您看到的是第1版，现在是第2版）",
    413: "提交的内容太长（最多1 MB），没有记录。请返回后删减再试。",
    422: "请求的内容不符合要求",
    428: "请用 If-Match 写明您看到的版本：它是读取时的 ETag",
    503: "数据库暂时不能使用，这一次没有写入；请稍后再试。",
}
