"""What the API answers about one unit's way through a campaign."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from duban.service.story_events import StoryEvent
from duban.service.unit_story import CaseStory, DutyStory, UnitStory
from duban.web.api.documented import ReasonShape
from duban.web.api.shapes import example, moment, reason_shape
from duban.web.api.standing import STANDING, DutyStanding, standing


class DutyStoryShape(DutyStanding):
    """应办事项, with what it waits for."""

    waits: str = Field(description="What has to happen next; empty once it is done.", examples=["等本单位报送"])
    reasons: list[ReasonShape] = Field(description="What stands against its going on, and what would help.")
    possible: list[str] = Field(description="Acts that the caller may do now.", examples=[["submit"]])

    @classmethod
    def told(cls, duty: DutyStory) -> DutyStoryShape:
        reasons = [reason_shape(reason) for reason in duty.reasons]
        return cls(**standing(duty.status), waits=duty.waits, reasons=reasons, possible=list(duty.acts))


class CaseStoryShape(BaseModel):
    """本单位进展, with what keeps it in its phase."""

    id: int
    track: str
    phase: str
    version: int
    held: list[ReasonShape]
    duties: list[DutyStoryShape]

    @classmethod
    def told(cls, case: CaseStory) -> CaseStoryShape:
        return cls(
            id=case.id,
            track=case.track,
            phase=case.phase,
            version=case.version,
            held=[reason_shape(reason) for reason in case.held],
            duties=[DutyStoryShape.told(duty) for duty in case.duties],
        )


class StoryEventShape(BaseModel):
    """Something that happened: `act` (somebody did it, or the calendar), `told` (a reminder left), `quiet` (none left, and why)."""

    at: datetime
    kind: str
    words: str
    by: str
    reason: str
    more: list[str]

    @classmethod
    def of(cls, event: StoryEvent) -> StoryEventShape:
        at = moment(event.at)
        assert at is not None
        return cls(at=at, kind=event.kind, words=event.words, by=event.by, reason=event.reason, more=list(event.more))


class StoryShape(BaseModel):
    """One unit in one campaign. `events` are newest first."""

    model_config = example(
        campaign=1,
        unit="0307",
        name="第七党支部",
        cases=[
            {
                "id": 17,
                "track": "党支部",
                "phase": "调查摸底",
                "version": 4,
                "held": [
                    {
                        "code": "duties-open",
                        "text": "“调查摸底”还有1件事项没有审核通过",
                        "unblock": "全部审核通过后自动转入下一阶段",
                        "until": None,
                    }
                ],
                "duties": [{**STANDING, "waits": "等本单位报送", "reasons": [], "possible": ["submit"]}],
            }
        ],
        events=[
            {
                "at": "2012-03-27T00:30:00Z",
                "kind": "told",
                "words": "工作提示，发给王然（书记）：支部自评",
                "by": "",
                "reason": "已发送",
                "more": [],
            }
        ],
    )

    campaign: int
    unit: str
    name: str
    cases: list[CaseStoryShape]
    events: list[StoryEventShape]

    @classmethod
    def of(cls, campaign: int, story: UnitStory) -> StoryShape:
        return cls(
            campaign=campaign,
            unit=story.unit.code,
            name=story.unit.name,
            cases=[CaseStoryShape.told(case) for case in story.cases],
            events=[StoryEventShape.of(event) for _, events in story.months for event in events],
        )
