"""例行核查: how the runs go, what waits for a person's word, and what did not arrive. For the school's own office only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from duban.clock import parse_instant
from duban.engine import Engine
from duban.service.doctor import MESSAGES as MESSAGE_LINES
from duban.service.reminder_words import RUN_STATES, RUN_WHYS, message_why
from duban.service.run_guards import RESTORED
from duban.service.story_words import TRY_WORDS
from duban.service.story_words import channel as channel_name
from duban.service.tending import ABORTABLE, RETRYABLE, WORDS, MessageRead
from duban.service.visiting import Page, Visitor
from duban.web.act_forms import LARGEST, VIA, Number
from duban.web.forms import Form
from duban.web.plain_words import plain, reason_lines
from duban.web.portal import portal_of, reader
from duban.web.render import html
from duban.web.said import see_other
from duban.web.urls import here, url, within
from workflow.errors import Refused

router = APIRouter()
SHOWN = 30
"""Runs on one page."""
MESSAGES = 100
"""Messages that need a hand on one page; of each kind the newest are looked at."""
LOOKED_AT = 1000
ATTENTION = ("held", "failed", "dead", "unknown")
CHANNEL_WORDS = {"ready": "可用", "paused": "暂停使用", "disabled": "停用", "unusable": "不能用"}
RUN_KINDS = {"run": "核查", "backfill": "补记", "refold": "补发"}


Officer = Annotated[Visitor, Depends(reader(Page.RUNS))]
"""Somebody of 组织部 or the leading group's office."""


@router.get("/runs")
def runs(request: Request, who: Officer, before: Annotated[int | None, Query(ge=1, le=LARGEST)] = None) -> Response:
    engine = portal_of(request).engine
    page = engine.runs_page(before=before, limit=SHOWN)
    doctor = engine.doctor()
    return _html(
        request,
        who,
        "runs.html.j2",
        runs=page.items,
        older=page.items[-1].id if page.more else None,
        newest=before is None,
        waiting=engine.runs_page(limit=SHOWN, state="needs_confirm").items,
        troubled=_troubled(engine, who),
        channels=engine.channels(),
        healthy=doctor["healthy"],
        last=parse_instant(doctor["last_run"]) if doctor["last_run"] else None,
        lines=_lines(doctor["lines"]),
    )


@router.get("/runs/{run}")
def run(request: Request, run: Number, who: Officer, after: Annotated[int, Query(ge=0, le=LARGEST)] = 0) -> Response:
    story = portal_of(request).engine.run_story(run, scope=who.scope, after=after)
    return _html(request, who, "run.html.j2", story=story, first=not after)


@router.get("/messages/{message}")
def message(request: Request, message: Number, who: Officer) -> Response:
    return _html(request, who, "message.html.j2", story=portal_of(request).engine.message_story(message, scope=who.scope))


@router.post("/runs/{run}/confirm")
def confirm(request: Request, run: Number, who: Officer, form: Form) -> Response:
    """放行, or with the other button 取消."""
    accept = form.text("answer") == "release"

    def decided() -> str:
        done = portal_of(request).engine.confirm_run(run, accept=accept, by=who.person, reason=form.text("reason"), via=VIA)
        return f"核查{run}已放行，{done['messages']}封消息随下一次发送发出。" if accept else f"核查{run}已取消，不会发送。"

    return _answered(request, form.text("back"), decided)


@router.post("/messages/{message}/retry")
def retry(request: Request, message: Number, who: Officer, form: Form) -> Response:
    def again() -> str:
        engine = portal_of(request).engine
        state = engine.retry_message(message, by=who.person, reason=form.text("reason") or "核对后再发一次", via=VIA)
        if state == "pending":
            return "这封消息随下一次发送再发一次。"
        return "地址已恢复使用；里面的事项随下一次发送合成新的消息。"

    return _answered(request, form.text("back"), again)


@router.post("/messages/{message}/abort")
def abort(request: Request, message: Number, who: Officer, form: Form) -> Response:
    def called_off() -> str:
        reason = form.text("reason") or "核对后取消"
        items = portal_of(request).engine.abort_message(message, by=who.person, reason=reason, via=VIA)
        return f"这封消息已取消，不再发出（里面有{items}件事项）。"

    return _answered(request, form.text("back"), called_off)


@router.post("/channels/enable")
def enable(request: Request, who: Officer, form: Form) -> Response:
    name = form.text("channel")

    def enabled() -> str:
        changed = portal_of(request).engine.enable_channel(name, by=who.person, reason=form.text("reason") or None, via=VIA)
        return f"渠道“{name}”已重新启用。" if changed else f"渠道“{name}”本来就在使用。"

    return _answered(request, form.text("back"), enabled)


def _answered(request: Request, back: str, work: Callable[[], str]) -> Response:
    """Do it, and go back with what came of it."""
    address = within(request, back, url(request, "/runs"))
    try:
        good = work()
    except Refused as refusal:
        return see_other(request, address, bad=reason_lines(refusal.reasons))
    return see_other(request, address, good=(good,))


def _troubled(engine: Engine, who: Visitor) -> list[MessageRead]:
    """Messages that need a hand; those that wait with a run are the run's."""
    found = [one for state in ATTENTION for one in engine.messages(state=state, limit=LOOKED_AT, scope=who.scope)]
    return [one for one in found if one.state != "held" or one.why not in (None, RESTORED)][:MESSAGES]


def _lines(lines: Iterable[str]) -> list[str]:
    """What the page does not show in a place of its own: not the last run, the runs that wait, troubled messages and channels."""
    elsewhere = (
        "核查",
        "渠道",
        "上次例行核查",
        *(MESSAGE_LINES[how][0] for how in ("consent", "no-address", "template", *ATTENTION[1:])),
    )
    said = (plain(line) for line in lines if not line.startswith(elsewhere))
    return list(dict.fromkeys(line for line in said if line))


def _html(request: Request, who: Visitor, template: str, **values: Any) -> Response:
    return html(
        request,
        template,
        visitor=who,
        words=WORDS,
        message_why=lambda why: plain(message_why(why)),
        run_states=RUN_STATES,
        run_whys=RUN_WHYS,
        run_kinds=RUN_KINDS,
        channel_words=CHANNEL_WORDS,
        channel_name=channel_name,
        try_words=TRY_WORDS,
        retryable=RETRYABLE,
        abortable=ABORTABLE,
        at_url=url(request, here(request)),
        **values,
    )
