"""What the API answers about cases and duties: where each stands, and what may be done about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from duban.service.act import Done
from duban.service.listing import CaseShown, DutyShown
from duban.service.status import DutyStatus
from duban.service.submission import Submission
from duban.web.api.documented import ReasonShape
from duban.web.api.shapes import example, moment, reason_shape
from workflow.decide import Action
from workflow.model import STATE_WORDS, DutyState


class CaseShape(BaseModel):
    """本单位进展: one unit's way through one track. `version` counts what has happened to it; it is its ETag."""

    model_config = example(
        id=17,
        campaign=1,
        unit="0307",
        unit_name="第七党支部",
        track="党支部",
        phase="调查摸底",
        entered_on="2012-03-26",
        version=4,
    )

    id: int
    campaign: int
    unit: str
    unit_name: str
    track: str
    phase: str
    entered_on: date
    version: int

    @classmethod
    def of(cls, case: CaseShown) -> CaseShape:
        return cls(
            id=case.id,
            campaign=case.campaign,
            unit=case.unit,
            unit_name=case.unit_name,
            track=case.track,
            phase=case.phase,
            entered_on=case.entered_on,
            version=case.version,
        )


class DutyStanding(BaseModel):
    """应办事项 as the board shows it."""

    id: int
    key: str = Field(
        description="The task, of what recurs with its occurrence.", examples=["调查摸底/支部自评", "月报@2026-04"]
    )
    state: str = Field(description="open, submitted, returned, accepted or waived.", examples=["open"])
    state_words: str = Field(examples=["尚未报送"])
    due: date | None = Field(description="The last day, included; null: no day is set.")
    days_late: int = Field(description="Civil days after the last day; 0 if in time or not yet due.")
    on_time: bool | None = Field(description="Of the first submission; null before it.")
    extended_from: date | None = Field(description="The last day before an extension.")
    provisional: bool = Field(description="The last day lies in a year whose holidays are not published.")

    @classmethod
    def of(cls, duty: DutyStatus) -> DutyStanding:
        return cls(**standing(duty))


def standing(duty: DutyStatus) -> dict[str, Any]:
    """The fields of `DutyStanding`."""
    return {
        "id": duty.id,
        "key": duty.key,
        "state": duty.state,
        "state_words": STATE_WORDS[DutyState(duty.state)],
        "due": duty.due,
        "days_late": duty.days_late,
        "on_time": duty.on_time,
        "extended_from": duty.extended_from,
        "provisional": duty.provisional,
    }


STANDING = {
    "id": 211,
    "key": "调查摸底/支部自评",
    "state": "open",
    "state_words": "尚未报送",
    "due": "2012-03-30",
    "days_late": 0,
    "on_time": None,
    "extended_from": None,
    "provisional": False,
}


class DutyShape(DutyStanding):
    """应办事项: one task owed by one unit by one day. `version` is its case's, and its ETag."""

    model_config = example(
        **STANDING,
        campaign=1,
        case=17,
        unit="0307",
        unit_name="第七党支部",
        track="党支部",
        task="支部自评",
        form="自评",
        opens=None,
        version=4,
    )

    campaign: int
    case: int
    unit: str
    unit_name: str
    track: str
    task: str = Field(description="What the task is called.")
    form: str | None = Field(description="Data are submitted by this schema, see `GET /duties/{duty}/form`; null: none needed.")
    opens: date | None = Field(description="Not before this day.")
    version: int

    @classmethod
    def shown(cls, duty: DutyShown) -> DutyShape:
        return cls(
            **standing(duty.status),
            campaign=duty.campaign,
            case=duty.case,
            unit=duty.unit,
            unit_name=duty.unit_name,
            track=duty.track,
            task=duty.task,
            form=duty.form,
            opens=duty.opens,
            version=duty.version,
        )


class FormShape(BaseModel):
    """表单: the JSON Schema (draft 2020-12) of what is submitted for a duty."""

    form: str = Field(examples=["自评"])
    schema_: dict[str, Any] = Field(alias="schema", examples=[{"type": "object"}])


class SentShape(BaseModel):
    """报送版: what was submitted for a duty."""

    model_config = example(at="2012-03-28T02:10:00Z", by="李可", proxy=False, data={"score": 92})

    at: datetime
    by: str
    proxy: bool = Field(description="代填: somebody of the superior submitted it for the unit.")
    data: dict[str, Any] | None

    @classmethod
    def of(cls, sent: Submission) -> SentShape:
        return cls.model_validate({**vars(sent), "at": moment(sent.at)})


class ActionShape(BaseModel):
    """One act that exists now, judged for the caller by the guards that will judge it."""

    model_config = example(
        act="accept",
        words="审核通过",
        duty=211,
        key="调查摸底/支部自评",
        possible=False,
        reasons=[
            {
                "code": "wrong-actor",
                "text": "李可不能为第七党支部办理：支部的材料由上级党组织的书记或组织员审核、登记",
                "unblock": "请上级党组织组织员办理",
                "until": None,
            }
        ],
    )

    act: str
    words: str
    duty: int | None = Field(description="Null for an act on the case.")
    key: str | None
    possible: bool = Field(description="Nothing stands against it, but words or data that it may need.")
    reasons: list[ReasonShape]

    @classmethod
    def of(cls, action: Action) -> ActionShape:
        return cls(
            act=action.act,
            words=action.words,
            duty=action.duty,
            key=action.key,
            possible=not action.reasons,
            reasons=[reason_shape(reason) for reason in action.reasons],
        )


class DoneShape(BaseModel):
    """What stands after an act."""

    model_config = example(case=17, phase="调查摸底", duty="调查摸底/支部自评", state="submitted", version=5)

    case: int
    phase: str
    duty: str | None
    state: str | None
    version: int

    @classmethod
    def of(cls, done: Done) -> DoneShape:
        return cls(case=done.case, phase=done.phase, duty=done.duty, state=done.state, version=done.version)
