"""Acts: what a program does for a person, by the guards everybody is judged by, on the version it has seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from duban.service.act import Done
from duban.web.api.asking import Acting, Using, api_router
from duban.web.api.documented import ACTS, tagged_by
from duban.web.api.problems import Declined
from duban.web.api.standing import DoneShape
from duban.web.api.versions import STALE, IfMatch, expected, tagged
from duban.web.api.words import Day, Number, Text
from workflow.errors import Refused

router = api_router("cases")
VIA = "api"
"""How the journal says that an act came from a program."""


def _storable(data: dict[str, Any]) -> dict[str, Any]:
    """JSON as the standard knows it: no NaN, no half of a character."""
    try:
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise ValueError("含有不能识别的字符或数字") from None
    return data


Data = Annotated[dict[str, Any], AfterValidator(_storable)]


class DutyAct(BaseModel):
    """An act on a duty. What an act does not need is left out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"act": "submit", "data": {"score": 92, "comment": "按要点逐项自评"}},
                {"act": "return", "reason": "缺少会议记录", "to": "2012-04-06"},
                {"act": "receive", "ways": ["纸质"], "received_on": "2012-03-29"},
            ]
        },
    )

    act: Literal["submit", "withdraw", "accept", "return", "receive", "extend", "waive", "reopen", "sign"] = Field(
        description="报送, 撤回, 审核通过, 退回补正, 登记收件, 延期, 免报, 重新办理, 签发."
    )
    reason: Text | None = Field(None, description="Why: needed to return, extend, waive and reopen.")
    to: Day | None = Field(None, description="The new last day: needed to extend; of a return, until when.")
    data: Data | None = Field(None, description="What is submitted, by `GET /duties/{duty}/form`.")
    ways: list[Literal["纸质", "电子邮件"]] = Field([], max_length=2, description="In which ways a paper was received.")
    received_on: Day | None = Field(None, description="When it was received; today if left out.")
    decision: Literal["电话了解", "督办单", "约谈", "不处理"] | None = Field(None, description="A leader's choice, to sign.")


class CaseAct(BaseModel):
    """An act on a case."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"act": "advance", "reason": "本阶段事项已另行办结"}]}
    )

    act: Literal["advance"] = Field(description="转入下一阶段.")
    reason: Text | None = Field(None, description="Why: needed.")


@router.post("/duties/{duty}/acts", summary="Act on a duty 办理", responses=tagged_by(ACTS))
def act_on_duty(
    using: Using, acting: Acting, response: Response, duty: Number, asked: DutyAct, if_match: IfMatch = None
) -> DoneShape:
    """Done whole or not at all. The answer has the new version, also as its `ETag`."""
    version = expected(if_match)
    data = {"decision": asked.decision} if asked.act == "sign" else asked.data
    return _done(
        response,
        version,
        lambda: using.act(
            asked.act,
            by=acting.visitor.person,
            duty=duty,
            reason=asked.reason,
            to=asked.to,
            data=data,
            ways=asked.ways,
            received_on=asked.received_on,
            expect_version=version,
            via=VIA,
            scope=acting.visitor.scope,
        ),
    )


@router.post("/cases/{case}/acts", summary="Act on a case 转阶段", responses=tagged_by(ACTS))
def act_on_case(
    using: Using, acting: Acting, response: Response, case: Number, asked: CaseAct, if_match: IfMatch = None
) -> DoneShape:
    """The same, for the act that is of no duty."""
    version, visitor = expected(if_match), acting.visitor
    return _done(
        response,
        version,
        lambda: using.act(
            asked.act,
            by=visitor.person,
            case=case,
            reason=asked.reason,
            expect_version=version,
            via=VIA,
            scope=visitor.scope,
        ),
    )


def _done(response: Response, version: int | None, act: Callable[[], Done]) -> DoneShape:
    """What stands now. Raises `Declined` (412) if somebody else was first, `Refused` if the rules do not allow it."""
    try:
        done = act()
    except Refused as refusal:
        stale = [reason for reason in refusal.reasons if reason.code == STALE]
        if version is None or not stale:
            raise
        raise Declined(412, STALE, stale[0].text, reasons=refusal.reasons) from None
    tagged(response, done.version)
    return DoneShape.of(done)
