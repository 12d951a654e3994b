"""延期申请: a unit asks and takes back, its superior answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from duban.web.act_forms import VIA, Number, day, seen_version
from duban.web.data_forms import field_lines
from duban.web.forms import Form
from duban.web.pages.duty import Typed, duty_page
from duban.web.portal import Who, portal_of
from duban.web.said import see_other
from duban.web.urls import url, within
from workflow.deadline import short
from workflow.errors import Reason, Refused

router = APIRouter()
RequestNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.post("/duties/{duty}/extension")
def ask(request: Request, duty: Number, who: Who, form: Form) -> Response:
    said = {"to": form.text("to"), "reason": form.text("reason")}
    try:
        to = day(form, "to", "希望延到的日期")
        portal_of(request).engine.ask_extension(
            duty, to=to, reason=said["reason"], by=who.person, expect_version=seen_version(form), via=VIA, scope=who.scope
        )
    except Refused as refusal:
        return duty_page(request, who, duty, Typed(bad=field_lines(refusal.reasons), words=said))
    return see_other(request, url(request, f"/duties/{duty}"), good=("延期申请已提交，答复会显示在这里。答复之前仍按原时限。",))


@router.post("/duties/{duty}/extension/withdraw")
def take_back(request: Request, duty: Number, who: Who, _form: Form) -> Response:
    try:
        portal_of(request).engine.take_back_extension(duty, by=who.person, via=VIA, scope=who.scope)
    except Refused as refusal:
        return duty_page(request, who, duty, Typed(bad=field_lines(refusal.reasons)))
    return see_other(request, url(request, f"/duties/{duty}"), good=("延期申请已撤回。",))


@router.post("/requests/{number}")
def answer(request: Request, number: RequestNumber, who: Who, form: Form) -> Response:
    back = within(request, form.text("back"), url(request, "/"))
    try:
        answer = form.text("answer")
        if answer not in ("grant", "refuse"):
            raise Refused([Reason(code="unknown-answer", text="没有记录：请选同意或不同意")])
        to = day(form, "to", "延到的日期")
        asked = portal_of(request).engine.answer_extension(
            number,
            grant=answer == "grant",
            by=who.person,
            to=to,
            words=form.text("words"),
            expect_version=seen_version(form),
            via=VIA,
            scope=who.scope,
        )
    except Refused as refusal:
        return see_other(request, back, bad=field_lines(refusal.reasons))
    today = portal_of(request).engine.context.today()
    if answer == "grant":
        return see_other(request, back, good=(f"已同意{asked.unit}“{asked.task}”延到{short(to or asked.to, today)}。",))
    return see_other(request, back, good=(f"已答复{asked.unit}：“{asked.task}”仍按原时限。",))
