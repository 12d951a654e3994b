"""What is logged of requests: method, route, status, time and a number to find it by; never who, never what was asked for.

A route is the pattern (`/units/{code}`), so that no 单位编号, secret link or search word stands in a log; of an error its kind and its
places in the code, since its words may quote what somebody typed.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from starlette.datastructures import MutableHeaders
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("duban.access")
HEADER = "x-request-id"
request_id: ContextVar[str | None] = ContextVar("duban_request_id", default=None)
FACTS = ("method", "route", "status", "ms")
UNREMARKABLE = ("/healthz", "/readyz", "/static", "/favicon.ico")
"""Routes that are asked all day long: said only when something is wrong with them."""
SLOW = 5_000
"""Milliseconds from which a request is a warning."""


class Logged:
    """Around the whole app: one record a request, with a number that the answer carries too (`x-request-id`)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = secrets.token_hex(8)
        request_id.set(number)  # not reset: what is logged of a failure further out is the same request's
        began, root, status = time.perf_counter(), str(scope.get("root_path", "")), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            ms = round((time.perf_counter() - began) * 1000)
            route = route_of(scope, root)
            facts = {"method": _method(scope), "route": route, "status": status, "ms": ms}
            log.log(_level(route, status, ms), "request", extra=facts)


def route_of(scope: Scope, root: str = "") -> str:
    """The pattern that a request was answered by; `-` if there is none. `root` is where the app is mounted."""
    route = scope.get("route")
    if route is not None and not isinstance(route, Mount):
        return str(getattr(route, "path", "-"))
    inner = str(scope.get("root_path", "")).removeprefix(root)  # files: a mount inside has moved the root path on
    return inner or "-"


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, event, request, and of a failure its kind and its places."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage().strip(),
            "request": request_id.get(),
        }
        line |= {name: getattr(record, name) for name in FACTS if hasattr(record, name)}
        line |= _failure(record)
        return json.dumps({key: value for key, value in line.items() if value is not None}, ensure_ascii=False)


class ShortLines(logging.Formatter):
    """The same for a person at a terminal."""

    def __init__(self, zone: str) -> None:
        super().__init__()
        self.zone = ZoneInfo(zone)

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).astimezone(self.zone)
        words = [f"{at:%H:%M:%S}", record.getMessage().strip()]
        if hasattr(record, "route"):
            facts = vars(record)
            words[1:] = [f"{facts['status']}", f"{facts['method']} {facts['route']}", f"{facts['ms']}毫秒"]
        return " ".join([*words, *(str(part) for part in _failure(record).values())])


def write_to(stream: TextIO = sys.stderr, *, zone: str) -> None:
    """What is logged in this process goes to a stream, as JSON; on a terminal in short lines (in `zone`).

    Of libraries only what is wrong: on their way they name everything they touch, httpx2 whole addresses with their secrets.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ShortLines(zone) if stream.isatty() else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("duban").setLevel(logging.INFO)


def _failure(record: logging.LogRecord) -> dict[str, Any]:
    error = record.exc_info[1] if record.exc_info else None
    kinds, places = list[str](), list[str]()
    while error is not None and len(kinds) < 5:
        kinds.append(type(error).__name__)
        places += [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-8:]]
        error = error.__cause__ or error.__context__
    return {"error": " < ".join(kinds), "places": places} if kinds else {}


def _level(route: str, status: int, ms: int) -> int:
    if status >= 500:
        return logging.ERROR
    if ms >= SLOW:
        return logging.WARNING
    return logging.DEBUG if route in UNREMARKABLE and status < 400 else logging.INFO


def _method(scope: Scope) -> str:
    """A known method, or `-`: anybody may write anything there."""
    found = str(scope["method"])
    return found if found in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "-"
