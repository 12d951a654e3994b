"""What a page says once after something was done: carried over the redirect in a short signed cookie, no session needed."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from duban.web.cookies import keep
from duban.web.forms import browser_of
from duban.web.portal import portal_of

COOKIE = "duban_said"
SECONDS = 60
MOST = 2500
"""Bytes of a cookie that every browser takes."""


@dataclass(frozen=True)
class Said:
    """`good` went as asked; `bad` did not, and says why."""

    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()


def see_other(request: Request, address: str, *, good: tuple[str, ...] = (), bad: tuple[str, ...] = ()) -> Response:
    """After a POST: go and look at `address` (ours, with its root path), where these lines are shown."""
    response = RedirectResponse(address, status_code=303)
    if good or bad:
        text = _packed(good, bad)
        signature = portal_of(request).sign("said", browser_of(request), text)
        keep(request, response, COOKIE, f"{text}.{signature}", seconds=SECONDS)
    return response


def said(request: Request) -> Said:
    """What is to be shown now."""
    text, _, signature = request.cookies.get(COOKIE, "").partition(".")
    if not text or not portal_of(request).signed_by_us(signature, "said", browser_of(request), text):
        return Said()
    found = json.loads(base64.urlsafe_b64decode(text))
    return Said(tuple(found["good"]), tuple(found["bad"]))


def _packed(good: tuple[str, ...], bad: tuple[str, ...]) -> str:
    """As many lines as fit, the bad ones first; how many more there are is said."""
    kept: dict[str, list[str]] = {"good": [], "bad": []}
    left = MOST * 3 // 4
    dropped = 0
    for where, line in [*(("bad", line) for line in bad), *(("good", line) for line in good)]:
        left -= len(line.encode()) + 4
        if left < 200:
            dropped += 1
        else:
            kept[where].append(line)
    if dropped:
        kept["bad" if len(kept["bad"]) < len(bad) else "good"].append(f"另有{dropped}条没有列出")
    return base64.urlsafe_b64encode(json.dumps(kept, ensure_ascii=False).encode()).decode()
