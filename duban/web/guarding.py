"""What holds for every request and every answer: how much is read, and which headers protect whoever looks at the answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from duban.web.api.problems import problem
from duban.web.urls import API, here

LONGEST = 1024 * 1024
"""Bytes of a body. The longest honest form, a 整改台账 of a large committee, has some hundred kilobytes."""
DISCARDED = 8 * LONGEST
"""Bytes of a body that are read and thrown away, so that who sent them hears why: who is cut off in the middle of sending hears nothing."""
PATIENCE = 5.0
"""Seconds for that: who says much and sends nothing is answered and sent away."""
TOO_LONG = "提交的内容太长（最多1 MB），没有记录。请返回后删减再试。"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class TooLong(Exception):
    """A body that goes on after `LONGEST`."""


class Guarded:
    """Around the whole app: a body that is too long is refused before it is read, and every answer carries `HEADERS` unless it says
    otherwise itself."""

    def __init__(self, app: ASGIApp, longest: int = LONGEST) -> None:
        self.app = app
        self.longest = longest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        body = _Body(receive, self.longest)
        if self._says_too_much(scope):
            await _refuse(scope, body, sending)
            return
        try:
            await self.app(scope, body.next, sending)
        except TooLong:
            if not begun:
                await _refuse(scope, body, sending)

    def _says_too_much(self, scope: Scope) -> bool:
        said = dict(scope["headers"]).get(b"content-length") or b"0"  # a WSGI server says an empty one where there is none
        return not said.isdigit() or int(said[:12]) > self.longest


class _Body:
    """What is being sent, counted."""

    def __init__(self, receive: Receive, longest: int) -> None:
        self.receive, self.longest = receive, longest
        self.read, self.ended = 0, False

    async def next(self) -> Message:
        """Raises `TooLong` once it is."""
        message = await self._taken()
        if self.read > self.longest:
            raise TooLong
        return message

    async def discard(self) -> None:
        while not self.ended and self.read < DISCARDED:
            await self._taken()

    async def _taken(self) -> Message:
        message = await self.receive()
        self.read += len(message.get("body", b""))
        self.ended = not message.get("more_body", False)  # a disconnect has no more either
        return message


async def _refuse(scope: Scope, body: _Body, send: Send) -> None:
    """A sentence, or for programs a problem document; of what was still on its way not more than `DISCARDED` is waited for."""
    with suppress(TimeoutError):
        await asyncio.wait_for(body.discard(), PATIENCE)
    # Inside a WSGI portal the connection is its server's, and the header is not allowed (PEP 3333).
    headers = {} if "wsgi_environ" in scope else {"Connection": "close"}
    if here(Request(scope)).startswith(API):
        answer: Response = problem(413, "too-long", TOO_LONG, headers=headers)
    else:
        answer = PlainTextResponse(TOO_LONG, status_code=413, headers=headers)
    await answer(scope, body.receive, send)
