"""心跳: an outside monitor hears that a run has ended. Silence there is the alarm: nobody else notices a scheduler that is dead."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace

from duban.service.context import Context
from duban.service.escalate import RunResult

SECONDS = 5
"""How long an answer is waited for. A monitor that is away must not hold up the next run."""
WRONG = "/fail"
"""What is added to the address's path when a run broke off (the custom of Healthchecks and its like)."""


def watched(context: Context, run: Callable[[], RunResult], environment: Mapping[str, str] = os.environ) -> RunResult:
    """A run, and then the call: also after nothing was due, not if another run was at work. A sandbox calls nobody.

    What is wrong with the call is a warning of the run's; it never fails the run. No transaction is open meanwhile.
    """
    name = "" if context.sandbox else context.settings.heartbeat_env
    try:
        result = run()
    except Exception:
        if name:
            _call(environment.get(name, ""), WRONG)
        raise
    if not name or result.state == "already_running":
        return result
    wrong = _call(environment.get(name, ""), "")
    return replace(result, warnings=(*result.warnings, f"{wrong}（环境变量 {name}）")) if wrong else result


def _call(url: str, tail: str) -> str | None:
    """What went wrong, without the address: whoever knows it can call in our name."""
    from http.client import HTTPException
    from urllib.parse import urlsplit
    from urllib.request import Request, urlopen

    if not url:
        return "没有通知外部监控：地址是空的"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return "没有通知外部监控：地址要以 http:// 或 https:// 开头"
    asked = parts._replace(path=parts.path.rstrip("/") + tail).geturl() if tail else url
    try:
        with urlopen(Request(asked, headers={"User-Agent": "duban"}), timeout=SECONDS):  # http(s) only, see above
            return None
    except (OSError, HTTPException, ValueError) as error:
        return f"外部监控没有收到通知：{_said(error)}"


def _said(error: Exception) -> str:
    """`HTTP 503`, `timed out`: never the address."""
    code = getattr(error, "code", None)
    if code is not None:
        return f"HTTP {code}"
    reason = getattr(error, "reason", None) or error
    return getattr(reason, "strerror", None) or type(reason).__name__
