"""办理: what a person does about one duty or case from wherever its buttons stand; then he is back where he was."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from duban.service.act import Done
from duban.service.visiting import Visitor
from duban.web.failing import reason_words
from duban.web.forms import Posted, posted
from duban.web.portal import portal_of, visitor
from duban.web.said import see_other
from duban.web.urls import url, within
from workflow.errors import NotFound, Reason, Refused
from workflow.guards import ACT_WORDS
from workflow.model import STATE_WORDS, DutyState, Way

router = APIRouter()
OF_DUTIES = ("accept", "return", "receive", "extend", "waive", "reopen")
OF_CASES = ("advance",)
"""Acts with a form of their own here. Handing in and taking back are the page of the duty's, deciding is the leader's."""
VIA = "portal"
Number = Annotated[int, Path(ge=1, le=2**53 - 1)]


@router.post("/duties/{duty}/act")
async def on_duty(request: Request, duty: Number, who: Annotated[Visitor, Depends(visitor)]) -> Response:
    form = await posted(request, who)
    return await run_in_threadpool(_act, request, who, form, OF_DUTIES, duty=duty)


@router.post("/cases/{case}/act")
async def on_case(request: Request, case: Number, who: Annotated[Visitor, Depends(visitor)]) -> Response:
    form = await posted(request, who)
    return await run_in_threadpool(_act, request, who, form, OF_CASES, case=case)


def _act(
    request: Request,
    who: Visitor,
    form: Posted,
    acts: tuple[str, ...],
    duty: int | None = None,
    case: int | None = None,
) -> Response:
    act = form.text("act")
    if act not in acts:
        raise NotFound("没有这项操作")
    back = within(request, form.text("back"), url(request, "/"))
    try:
        done = portal_of(request).engine.act(
            act,
            by=who.person,
            duty=duty,
            case=case,
            reason=form.text("reason") or None,
            to=day(form, "to", "新的时限"),
            ways=ways(form),
            received_on=day(form, "received_on", "收件日期"),
            expect_version=_version(form),
            via=VIA,
            scope=who.scope,
        )
    except Refused as refusal:
        return see_other(request, back, bad=tuple(reason_words(reason) for reason in refusal.reasons))
    return see_other(request, back, good=(_said(act, done),))


def day(form: Posted, name: str, words: str) -> date | None:
    """A day as a date field sends it. Raises `Refused` for what is none."""
    said = form.text(name)
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Refused([Reason(code="malformed", text=f"看不懂{words}“{said[:20]}”", unblock="写成2012-04-10这样")]) from None


def ways(form: Posted) -> tuple[Way, ...]:
    """How a paper came. Raises `Refused` for what is no way."""
    said = form.all("ways")
    if not all(way in tuple(Way) for way in said):
        raise Refused([Reason(code="malformed", text="收件方式只有纸质、电子邮件和在线", unblock="从中选择")])
    return tuple(Way(way) for way in said)


def _version(form: Posted) -> int:
    """Which version of the case the form was made for. Raises `Refused` without one: nobody acts on what he has not seen."""
    found = form.number("version")
    if found is None:
        raise Refused([Reason(code="stale-version", text="没有记录：这个页面不完整", unblock="请刷新后再办理一次")])
    return found


def _said(act: str, done: Done) -> str:
    if done.duty is None:
        return f"{ACT_WORDS[act]}：现在在“{done.phase}”。"
    name = done.duty.rpartition("/")[2]
    state = f"现在是“{STATE_WORDS[DutyState(done.state)]}”" if done.state is not None else ""
    return f"{ACT_WORDS[act]}：{name}，{state}。"
