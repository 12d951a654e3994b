"""What the API answers about a campaign: what it asks of whom, by when."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from duban.service.campaigns_in import CampaignRead
from duban.service.context import Running
from duban.web.api.shapes import example
from workflow.model import Phase, Task, Track


class CampaignShape(BaseModel):
    """专项活动 in a list."""

    model_config = example(id=1, name="基层组织建设年", state="running")

    id: int
    name: str
    state: str = Field(description="`running`, or what ended it.")

    @classmethod
    def of(cls, read: CampaignRead) -> CampaignShape:
        return cls(id=read.id, name=read.name, state=read.state)


class PhaseShape(BaseModel):
    """阶段: a state a case can be in."""

    no: int
    name: str
    words: str = Field(description="Its time as written in the notice.", examples=["3月30日前"])
    opens: date | None
    closes: date | None = Field(description="The last day, included.")

    @classmethod
    def of(cls, phase: Phase) -> PhaseShape:
        return cls(no=phase.no, name=phase.name, words=phase.deadline.words, opens=phase.opens, closes=phase.closes)


class TrackShape(BaseModel):
    """适用对象: one kind of participant with its ordered phases."""

    key: str
    phases: list[PhaseShape]

    @classmethod
    def of(cls, track: Track) -> TrackShape:
        return cls(key=track.key, phases=[PhaseShape.of(phase) for phase in track.phases])


class TaskShape(BaseModel):
    """任务: what is asked of whom, by when."""

    key: str = Field(examples=["调查摸底/支部自评"])
    name: str
    track: str
    phase: str | None
    words: str = Field(description="Its time as written in the notice.", examples=["3月30日前"])
    last_day: date | None
    form: str | None = Field(description="Submitted data follow this schema, see `GET /duties/{duty}/form`; null: none needed.")
    ways: list[str] = Field(description="How papers are handed in.", examples=[["纸质", "电子邮件"]])

    @classmethod
    def of(cls, task: Task) -> TaskShape:
        return cls(
            key=task.key,
            name=task.name,
            track=task.track,
            phase=task.phase,
            words=task.deadline.words,
            last_day=task.deadline.end,
            form=task.form,
            ways=[str(way) for way in task.ways],
        )


class CampaignWhole(CampaignShape):
    """专项活动 with what it asks."""

    model_config = example(
        id=1,
        name="基层组织建设年",
        state="running",
        issuer="学校党委",
        launched_on="2012-03-26",
        ends="2012-12-31",
        zone="Asia/Shanghai",
        tracks=[
            {
                "key": "党支部",
                "phases": [{"no": 1, "name": "调查摸底", "words": "3月30日前", "opens": None, "closes": "2012-03-30"}],
            }
        ],
        tasks=[
            {
                "key": "调查摸底/支部自评",
                "name": "支部自评",
                "track": "党支部",
                "phase": "调查摸底",
                "words": "3月30日前",
                "last_day": "2012-03-30",
                "form": "自评",
                "ways": [],
            }
        ],
    )

    issuer: str
    launched_on: date
    ends: date
    zone: str
    tracks: list[TrackShape]
    tasks: list[TaskShape]

    @classmethod
    def whole(cls, running: Running) -> CampaignWhole:
        campaign = running.campaign
        return cls(
            id=running.id,
            name=campaign.name,
            state=running.state,
            issuer=campaign.issuer,
            launched_on=running.launched_on,
            ends=campaign.ends,
            zone=campaign.zone,
            tracks=[TrackShape.of(track) for track in campaign.tracks],
            tasks=[TaskShape.of(task) for task in campaign.tasks],
        )
