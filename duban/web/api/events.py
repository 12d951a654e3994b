"""事件: what happened, oldest first, as CloudEvents: for programs that ask rather than being told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from duban.web.api.asking import Asking, Using, api_router
from duban.web.api.cursors import cursor, number_after
from duban.web.api.documented import READS, problems
from duban.web.api.shapes import example
from duban.web.api.words import After, Limit

router = api_router("events")
KIND = "events"


class EventData(BaseModel):
    """What was done to what: numbers and keys; whatever does not apply is left out."""

    campaign: int | None = None
    unit: str | None = Field(default=None, description="The unit's code.")
    case: int | None = None
    duty: int | None = None
    key: str | None = Field(default=None, description="The duty's task, and its occurrence if it recurs.")
    from_: str | None = Field(default=None, alias="from", description="State, or phase of a case, before.")
    to: str | None = Field(default=None, description="State or phase after.")
    due_from: date | None = Field(default=None, description="The last day before, where it has moved.")
    due: date | None = Field(default=None, description="The last day.")
    on_time: bool | None = Field(default=None, description="The mark of the first submission.")
    effective_on: date | None = Field(default=None, description="The day it is about.")
    by: int | None = Field(default=None, description="The number of the person who did it.")


class EventShape(BaseModel):
    """A CloudEvent 1.0."""

    model_config = example(
        specversion="1.0",
        id="3f2a9c1b-5120-1334539800",
        source="urn:duban:3f2a9c1b",
        type="cn.duban.submit",
        subject="duties/812",
        time="2012-04-16T01:30:00Z",
        sequence="0000000000000005120",
        datacontenttype="application/json",
        data={
            "campaign": 1,
            "unit": "0307",
            "case": 17,
            "duty": 812,
            "key": "健全组织/班子和设置核对",
            "from": "open",
            "to": "submitted",
            "due": "2012-04-13",
            "on_time": False,
            "effective_on": "2012-04-16",
            "by": 208,
        },
    )

    specversion: str
    id: str = Field(description="The same whenever it is told: what was seen already can be dropped.")
    source: str
    type: str = Field(description="`cn.duban.` and the act.")
    subject: str = Field(description="What it was done to: the path below `/api/v1/`.")
    time: datetime
    sequence: str = Field(description="Later events compare greater.")
    datacontenttype: str
    data: EventData


class EventList(BaseModel):
    """Some events. Unlike in other lists `next` is never null: keep it, and ask with it again when news is wanted."""

    items: list[EventShape]
    next: str = Field(description="What to ask for as `after` the next time.")
    more: bool = Field(description="There is more already.")


@router.get(
    "/events",
    summary="What happened 事件",
    responses=problems(READS),
    response_model=EventList,
    response_model_exclude_unset=True,
)
def events(using: Using, asking: Asking, after: After = None, limit: Limit = 50) -> dict[str, Any]:
    """What happened to units within sight, oldest first, from the beginning or after an earlier answer's `next`. No names, no grades."""
    found = using.events(after=number_after(KIND, after) or 0, limit=limit, visitor=asking.visitor)
    return {"items": [event.document for event in found.events], "next": cursor(KIND, found.next), "more": found.more}
