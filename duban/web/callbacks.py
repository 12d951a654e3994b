"""What providers report about messages they took: signed by the channel's secret, each event once."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from duban.web.bodies import TooLong, body
from notifications.channels.signing import accepted
from workflow.errors import DubanError

if TYPE_CHECKING:
    from duban.engine import Engine

TOLERANCE = 300
"""Seconds a signature may be old or ahead of us: a report that somebody caught on the way can't be played back later."""
FIELDS = ("event_id", "provider_id", "state")
LONGEST_WORD = 200


def router(engine: Engine) -> APIRouter:
    """POST /callback/{channel}: JSON with event_id, provider_id and state, signed as Standard Webhooks ask (`webhook-id`, `-timestamp`,
    `-signature`). 200 for an event known already and for an unknown provider_id (kept), 401 for a wrong signature, 404 for a channel
    without a secret.
    """
    made = APIRouter()

    @made.post("/callback/{channel}")
    async def callback(channel: str, request: Request) -> JSONResponse:
        try:
            content = await body(request)
        except TooLong as error:
            return _answer(error.status, "报文太长，或没有写明长度")
        secret = _secret(engine, channel)
        if secret is None:
            return _answer(404, "没有这个通道，或它没有设置回执密钥")
        if not _signed(engine, secret, dict(request.headers), content):
            return _answer(401, "签名不对，或已过时")
        found = _read(content)
        if found is None:
            return _answer(400, f"报文应是 JSON，写明 {'、'.join(FIELDS)}")
        try:
            fresh = await run_in_threadpool(
                engine.receipt,
                channel,
                event_id=found["event_id"],
                provider_id=found["provider_id"],
                state=found["state"],
                body=content,
            )
        except DubanError as error:
            return _answer(400, str(error))
        return JSONResponse({"recorded": bool(fresh)})

    return made


def _secret(engine: Engine, name: str) -> str | None:
    """The channel's secret, from the environment variable that its settings name."""
    channels = {channel.name: channel for channel in engine.context.settings.channels}
    found = channels.get(name)
    return os.environ.get(found.secret_env) or None if found is not None and found.secret_env else None


def _signed(engine: Engine, secret: str, headers: dict[str, str], content: bytes) -> bool:
    stamp = headers.get("webhook-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        return False
    if abs(engine.context.clock.real() - int(stamp)) > TOLERANCE:
        return False
    try:
        return accepted(secret, headers, content)
    except ValueError:  # a secret that says it is base64 and is not
        return False


def _read(content: bytes) -> dict[str, str] | None:
    try:
        found: Any = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    said = {name: found.get(name) for name in FIELDS}
    if not all(isinstance(value, str) and 0 < len(value) <= LONGEST_WORD for value in said.values()):
        return None
    return {name: str(value) for name, value in said.items()}


def _answer(status: int, text: str) -> JSONResponse:
    return JSONResponse({"error": text}, status_code=status)
