"""延期申请: what units ask for, and what was answered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from storage.claim import keyed_insert
from storage.clocks import RUNNING
from storage.scope import Scope, under
from storage.some import some
from storage.tables import CAMPAIGN, CASE, DUTY, PERSON, SPAN, TASK, UNIT
from storage.tables_portal import EXTENSION_REQUEST as REQUEST
from storage.units import on
from workflow.model import UnitKind


class RequestRead(NamedTuple):
    """One request with the duty it is about as it stands now. Days are ordinals, instants UTC seconds.

    `live`: it waits for an answer, and the line it asks about is still the duty's and still runs. `version` is the case's.
    """

    id: int
    duty_id: int
    case_id: int
    version: int
    campaign_id: int
    unit: str
    unit_code: str
    task_key: str
    occurrence: str
    due_day: int | None
    to_day: int
    reason: str
    state: str
    by: str
    at: int
    answered_by: str
    answered_at: int | None
    answer: str | None
    live: bool


_ASKER, _ANSWERER = PERSON.alias("asker"), PERSON.alias("answerer")
_LIVE = and_(REQUEST.c.state == "open", REQUEST.c.epoch == DUTY.c.epoch, DUTY.c.state.in_(RUNNING))


def request(connection: Connection, request_id: int, *, scope: Scope, day: int) -> RequestRead | None:
    return _one(connection, _asked(scope, day).where(REQUEST.c.id == request_id))


def newest(connection: Connection, duty_ids: Sequence[int], *, scope: Scope, day: int) -> dict[int, RequestRead]:
    """{duty: the last request about its present line, or about the line before that was granted}."""
    found: dict[int, RequestRead] = {}
    about = or_(REQUEST.c.epoch == DUTY.c.epoch, and_(REQUEST.c.state == "granted", REQUEST.c.epoch == DUTY.c.epoch - 1))
    asked = _asked(scope, day).where(about).order_by(REQUEST.c.id)
    for ids in some(duty_ids):
        lines = connection.execute(asked.where(REQUEST.c.duty_id.in_(ids)))
        found |= {line.duty_id: line for line in map(_read, lines)}
    return found


def waiting(
    connection: Connection, *, scope: Scope, day: int, below: Collection[int] = (), office: bool = False
) -> list[RequestRead]:
    """Requests that wait: of all units below some second-level ones (ids) and, for an office of the school, of those that are no branches.

    In the order in which they came.
    """
    reviewer = SPAN.alias("reviewer")
    prefixes = connection.execute(select(reviewer.c.path).where(reviewer.c.unit_id.in_(list(below)), on(day, spans=reviewer)))
    mine: list[ColumnElement[bool]] = [and_(under(SPAN.c.path, path), SPAN.c.path != path) for (path,) in prefixes]
    if office:
        mine.append(SPAN.c.kind != UnitKind.BRANCH)
    if not mine:
        return []
    asked = _asked(scope, day).where(_LIVE, CAMPAIGN.c.state == "running", or_(*mine)).order_by(REQUEST.c.id)
    return [_read(row) for row in connection.execute(asked)]


def add(connection: Connection, *, duty_id: int, epoch: int, to_day: int, reason: str, by: int, at: int) -> bool:
    """A new request. False: one about the same duty is open already. One about an earlier line is closed by this one."""
    gone = update(REQUEST).where(REQUEST.c.duty_id == duty_id, REQUEST.c.state == "open", REQUEST.c.epoch != epoch)
    connection.execute(gone.values(state="withdrawn", answered_at=at))
    values = {"duty_id": duty_id, "epoch": epoch, "to_day": to_day, "reason": reason, "by_person": by, "at": at}
    made = keyed_insert(connection, REQUEST).values(state="open", **values).on_conflict_do_nothing()
    return connection.execute(made).rowcount == 1


def settle(connection: Connection, request_id: int, *, state: str, by: int, at: int, answer: str | None = None) -> bool:
    """An open request is granted, refused or withdrawn. False: it is open no more."""
    changed = update(REQUEST).where(REQUEST.c.id == request_id, REQUEST.c.state == "open")
    values = {"state": state, "answered_by": by, "answered_at": at, "answer": answer}
    return connection.execute(changed.values(**values)).rowcount == 1


def _asked(scope: Scope, day: int) -> Any:
    return (
        select(
            REQUEST.c.id,
            REQUEST.c.duty_id,
            DUTY.c.case_id,
            CASE.c.version,
            DUTY.c.campaign_id,
            SPAN.c.name,
            UNIT.c.code,
            TASK.c.key,
            DUTY.c.occurrence,
            DUTY.c.due_day,
            REQUEST.c.to_day,
            REQUEST.c.reason,
            REQUEST.c.state,
            func.coalesce(_ASKER.c.name, ""),
            REQUEST.c.at,
            func.coalesce(_ANSWERER.c.name, ""),
            REQUEST.c.answered_at,
            REQUEST.c.answer,
            _LIVE,
        )
        .select_from(REQUEST)
        .join(DUTY, DUTY.c.id == REQUEST.c.duty_id)
        .join(TASK, TASK.c.id == DUTY.c.task_id)
        .join(CASE, CASE.c.id == DUTY.c.case_id)
        .join(CAMPAIGN, CAMPAIGN.c.id == DUTY.c.campaign_id)
        .join(UNIT, UNIT.c.id == DUTY.c.unit_id)
        .join(SPAN, SPAN.c.unit_id == DUTY.c.unit_id)
        .outerjoin(_ASKER, _ASKER.c.id == REQUEST.c.by_person)
        .outerjoin(_ANSWERER, _ANSWERER.c.id == REQUEST.c.answered_by)
        .where(on(day), scope.on(SPAN.c.path))
    )


def _one(connection: Connection, asked: Any) -> RequestRead | None:
    row = connection.execute(asked).first()
    return _read(row) if row else None


def _read(row: Any) -> RequestRead:
    return RequestRead._make(row)._replace(live=bool(row[-1]))
