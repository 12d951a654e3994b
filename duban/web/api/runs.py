"""Runs and messages: what was told to whom, and consent to what is held. For the office of the whole installation."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from duban.service.reminder_words import RUN_WHYS, message_why
from duban.service.tending import MessageRead
from duban.web.api.acts import VIA
from duban.web.api.asking import Acting, InOffice, Using, api_router
from duban.web.api.cursors import cursor, number_after
from duban.web.api.documented import READS, problems
from duban.web.api.shapes import ListOf, example, listed, moment
from duban.web.api.words import After, Limit, Number, Text
from duban.web.plain_words import plain
from storage.listing import RunListed

router = api_router("runs")


class RunState(StrEnum):
    """Where a run can stand."""

    PLANNING = "planning"
    DONE = "done"
    NEEDS_CONFIRM = "needs_confirm"
    REJECTED = "rejected"


class MessageState(StrEnum):
    """Where a message can stand."""

    PENDING = "pending"
    HELD = "held"
    CLAIMED = "claimed"
    SENT = "sent"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"


class RunShape(BaseModel):
    """例行核查: one pass "do what is due as of then", and what it did."""

    model_config = example(
        id=12,
        kind="run",
        as_of="2012-03-27T00:30:00Z",
        started_at="2012-03-27T00:30:02Z",
        finished_at="2012-03-27T00:30:03Z",
        state="done",
        why=None,
        reminders=341,
        messages=298,
        held=0,
        skipped=0,
    )

    id: int
    kind: str = Field(description="run, backfill (recorded, nobody told), or refold (messages made outside a run).")
    as_of: datetime
    started_at: datetime
    finished_at: datetime | None
    state: RunState = Field(description="needs_confirm: nothing leaves until somebody agrees.")
    why: str | None = Field(description="What it waits for, Chinese.")
    reminders: int
    messages: int
    held: int
    skipped: int

    @classmethod
    def of(cls, run: RunListed) -> RunShape:
        values: dict[str, Any] = run._asdict()
        instants = {name: moment(values[name]) for name in ("as_of", "started_at", "finished_at")}
        why = RUN_WHYS.get(run.why, run.why) if run.why else None
        return cls.model_validate({**values, **instants, "why": why})


class MessageShape(BaseModel):
    """消息: one digest to one person in one window."""

    model_config = example(
        id=298,
        state="sent",
        why=None,
        recipient="李可",
        channel="email",
        window="2012-03-27",
        not_before="2012-03-27T00:30:00Z",
        sent_at="2012-03-27T00:31:10Z",
        tries=1,
        items=2,
    )

    id: int
    state: MessageState
    why: str | None = Field(description="Why it did not leave, Chinese, or in the receiver's own words.")
    recipient: str
    channel: str
    window: date
    not_before: datetime
    sent_at: datetime | None
    tries: int
    items: int

    @classmethod
    def of(cls, message: MessageRead) -> MessageShape:
        instants = {"not_before": moment(message.not_before), "sent_at": moment(message.sent_at)}
        return cls.model_validate({**vars(message), **instants, "why": plain(message_why(message.why)) or None})


class Consent(BaseModel):
    """What is to become of a run that is held."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"accept": True}]})

    accept: bool = Field(strict=True, description="True: its messages leave with the next delivery. False: they do not leave.")
    reason: Text | None = Field(None, description="Why: kept in the journal.")


class Consented(BaseModel):
    """What became of it; `messages` were released or cancelled."""

    model_config = example(run=12, state="done", messages=298)

    run: int
    state: RunState
    messages: int


@router.get("/runs", summary="Runs 例行核查", responses=problems(READS))
def runs(
    using: Using,
    _office: InOffice,
    state: Annotated[RunState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 50,
    after: After = None,
) -> ListOf[RunShape]:
    """The newest first."""
    wanted = str(state) if state is not None else None
    page = using.runs_page(before=number_after("runs", after), limit=limit, state=wanted)
    return listed(page.items, RunShape.of, cursor("runs", page.items[-1].id) if page.more else None)


@router.get("/runs/{run}", summary="One run", responses=problems(READS))
def one_run(using: Using, _office: InOffice, run: Number) -> RunShape:
    """What it did, or waits for."""
    return RunShape.of(using.one_run(run))


@router.post(
    "/runs/{run}/consent",
    summary="Release or reject a held run 确认、取消",
    responses=problems((400, 401, 403, 404, 409, 413, 422, 503)),
)
def consent(using: Using, _office: InOffice, acting: Acting, run: Number, asked: Consent) -> Consented:
    """Once: 409 where it does not wait for consent."""
    using.one_run(run)
    done = using.confirm_run(run, accept=asked.accept, by=acting.visitor.person, reason=asked.reason, via=VIA)
    return Consented.model_validate(done)


@router.get("/messages", summary="Messages 消息", responses=problems(READS))
def messages(
    using: Using,
    office: InOffice,
    state: Annotated[MessageState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 50,
    after: After = None,
) -> ListOf[MessageShape]:
    """The newest first: to whom, by which channel, and what became of each."""
    found = using.messages(
        state=str(state) if state is not None else None,
        limit=limit + 1,
        before=number_after("messages", after),
        scope=office.visitor.scope,
    )
    page = found[:limit]
    return listed(page, MessageShape.of, cursor("messages", page[-1].id) if len(found) > limit else None)
