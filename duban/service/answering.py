"""回应: what somebody who was told says, kept in one transaction: 知悉, 承诺 a day, or 推迟 his own digest.

No answer stops an escalation: 知悉 only silences reminders to that person, 推迟 only his digest; 承诺 lets the ladder wait until the end
of the promised day, once a rung, and never far.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from duban.service.context import Context
from duban.service.told_duty import Raced, ToldDuty
from storage import answers as rows
from storage.database import Collision
from workflow.deadline import short
from workflow.errors import Reason, Refused
from workflow.guards import SUBMITTERS

if TYPE_CHECKING:
    from sqlalchemy import Connection

SEEN_WORKDAYS = 2
"""知悉 silences reminders to that person to the end of the second working day after."""
SNOOZE_WORKDAYS = 3
NOTE_LENGTH = 200
RACES = 10
KINDS = {"seen": "知悉", "promise": "承诺", "snooze": "推迟提醒"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said. `by` is a person's id; `until` the promised day, or the last day without a digest. 知悉 without a `duty` is of all
    open ones he was told about (by one `message`)."""

    kind: str
    by: int
    duty: int | None = None
    until: date | None = None
    note: str | None = None
    via: str | None = None
    message: int | None = None


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What was kept: about which duties (ids), and until when: the last silent day, or the promised one."""

    kind: str
    duties: tuple[int, ...]
    until: date


def answer(context: Context, said: Answer) -> Answered:
    """Keep an answer. Raises `Refused` with every reason; then nothing is written."""
    for _ in range(RACES):
        try:
            with context.database.write() as connection:
                context.refresh(connection)
                kept = record(context, connection, said)
                context.record_instant(connection)
                return kept
        except (Raced, Collision):
            continue
    raise Refused([Reason(code="stale-version", text="同一件事项正有多人同时办理", unblock="稍等片刻再试一次")])


def record(context: Context, connection: Connection, said: Answer) -> Answered:
    """The same within the caller's transaction. Raises `Refused` before anything is written, `Raced` to begin anew."""
    if reasons := list(_misunderstood(said)):
        raise Refused(reasons)
    if said.kind == "snooze":
        return _snooze(context, connection, said)
    return _promise(context, connection, said) if said.kind == "promise" else _seen(context, connection, said)


def latest_snooze(context: Context, connection: Connection, by: int) -> date:
    """The last day to which a person may put his digest off: three working days, and before the last day of what he owes himself."""
    today = context.today()
    limit = context.calendar.add(today, SNOOZE_WORKDAYS).day
    own = rows.first_own_line(connection, by, day=today.toordinal(), roles=SUBMITTERS)
    return min(limit, date.fromordinal(own - 1)) if own is not None else limit


def _misunderstood(said: Answer) -> Iterator[Reason]:
    if said.kind not in KINDS:
        yield Reason(code="unknown-answer", text=f"没有“{said.kind}”这种回应", unblock=f"可以用：{'、'.join(KINDS)}")
    if said.kind in ("promise", "snooze") and said.until is None:
        yield Reason(code="date-missing", text=f"{KINDS[said.kind]}要写明日期", unblock="写明到哪一天")
    if said.kind == "promise" and said.duty is None:
        yield Reason(code="duty-missing", text="请写明承诺的是哪一件事项", unblock="写明事项")
    if len(said.note or "") > NOTE_LENGTH:
        yield Reason(code="note-too-long", text=f"说明有{len(said.note or '')}个字", unblock=f"请不超过{NOTE_LENGTH}字")


def _seen(context: Context, connection: Connection, said: Answer) -> Answered:
    until = context.calendar.add(context.today(), SEEN_WORKDAYS).day
    if said.duty is not None:
        told = ToldDuty(context, connection, said.duty, said.by)
        if reasons := list(told.against_answer()):
            raise Refused(reasons)
        _keep(connection, said, told, until)
        return Answered(kind="seen", duties=(said.duty,), until=until)
    duties = rows.see(
        connection,
        person_id=said.by,
        at=context.now(),
        until_day=until.toordinal(),
        note=said.note,
        via=said.via,
        message_id=said.message,
    )
    if not duties:
        raise Refused([Reason(code="nothing-told", text="事项都已办理，目前没有需要您回应的")])
    return Answered(kind="seen", duties=tuple(duties), until=until)


def _promise(context: Context, connection: Connection, said: Answer) -> Answered:
    assert said.duty is not None
    assert said.until is not None
    told = ToldDuty(context, connection, said.duty, said.by)
    if reasons := list(told.against_promise(said.until)):
        raise Refused(reasons)
    _keep(connection, said, told, said.until)
    day = f"承诺{short(said.until, told.today)}前报送"
    told.journal("promise", f"{day}：{said.note}" if said.note else day, via=said.via)
    told.wait(said.until)
    return Answered(kind="promise", duties=(said.duty,), until=said.until)


def _snooze(context: Context, connection: Connection, said: Answer) -> Answered:
    assert said.until is not None
    today = context.today()
    latest = latest_snooze(context, connection, said.by)
    if latest <= today:
        text = "您自己应办的事项就要到最后一天，或已过最后一天，提醒不能推迟"
        raise Refused([Reason(code="snooze-own", text=text, unblock="请先报送；需要几天时间，可以承诺一个日期")])
    if not today < said.until <= latest:
        text = f"提醒不能推迟到{short(said.until, today)}"
        raise Refused([Reason(code="snooze-too-far", text=text, unblock=f"最晚可以写{short(latest, today)}")])
    rows.add(
        connection,
        kind="snooze",
        person_id=said.by,
        at=context.now(),
        until_day=said.until.toordinal(),
        note=said.note,
        via=said.via,
    )
    return Answered(kind="snooze", duties=(), until=said.until)


def _keep(connection: Connection, said: Answer, told: ToldDuty, until: date) -> None:
    rows.add(
        connection,
        kind=said.kind,
        person_id=said.by,
        at=told.now,
        duty_id=told.duty.id,
        epoch=told.duty.epoch,
        rung=told.rung,
        until_day=until.toordinal(),
        note=said.note,
        via=said.via,
    )
