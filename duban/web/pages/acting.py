"""办理: what a person does about one duty or case from wherever its buttons stand; then he is back where he was."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from duban.service.act import Done
from duban.service.visiting import Visitor
from duban.web.act_forms import VIA, Number, day, seen_version, ways
from duban.web.forms import Form, Posted
from duban.web.plain_words import reason_lines
from duban.web.portal import Who, portal_of
from duban.web.said import see_other
from duban.web.urls import url, within
from workflow.errors import NotFound, Refused
from workflow.guards import ACT_WORDS
from workflow.model import STATE_WORDS, DutyState

router = APIRouter()
OF_DUTIES = ("accept", "return", "receive", "extend", "waive", "reopen")
OF_CASES = ("advance",)
"""Acts with a form of their own here. Handing in and taking back are the page of the duty's, deciding is the leader's."""


@router.post("/duties/{duty}/act")
def on_duty(request: Request, duty: Number, who: Who, form: Form) -> Response:
    return _act(request, who, form, OF_DUTIES, duty=duty)


@router.post("/cases/{case}/act")
def on_case(request: Request, case: Number, who: Who, form: Form) -> Response:
    return _act(request, who, form, OF_CASES, case=case)


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
            expect_version=seen_version(form),
            via=VIA,
            scope=who.scope,
        )
    except Refused as refusal:
        return see_other(request, back, bad=reason_lines(refusal.reasons))
    return see_other(request, back, good=(_said(act, done),))


def _said(act: str, done: Done) -> str:
    if done.duty is None:
        return f"{ACT_WORDS[act]}：现在在“{done.phase}”。"
    name = done.duty.rpartition("/")[2]
    state = f"现在是“{STATE_WORDS[DutyState(done.state)]}”" if done.state is not None else ""
    return f"{ACT_WORDS[act]}：{name}，{state}。"
