"""签发: a leader signs a paper that still holds, or refuses it with a reason. The first word stands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from duban.service.context import Context
from duban.service.paper_facts import Matter, standing_of
from duban.service.papers import STATES, PaperRead, decided, found_paper, journal, may
from notifications.papers.content import CIRCULAR, from_json
from storage import papers as rows
from storage import units as unit_rows
from storage.papers import PaperRow
from storage.scope import EVERYTHING
from workflow.errors import NotFound, Reason, Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection


def sign(context: Context, paper_id: int, *, by: int, number: str | None = None, via: str | None = None) -> PaperRead:
    """签发: a leader signs what still holds; from then on the paper stays as it is."""
    with context.database.write() as connection:
        found, today = _to_decide(context, connection, paper_id, by)
        if reason := _overtaken(context, connection, found, today):
            raise Refused([reason])
        number = (number or "").strip() or None
        return _settled(context, connection, found, state="signed", by=by, number=number, via=via)


def refuse(context: Context, paper_id: int, *, by: int, reason: str, via: str | None = None) -> PaperRead:
    """不签发: a leader says no, and why; there is no second draft for this milestone."""
    if not reason.strip():
        raise Refused([Reason(code="reason-missing", text="不签发需要写明理由", unblock="用 --reason 写明理由")])
    with context.database.write() as connection:
        found, _ = _to_decide(context, connection, paper_id, by)
        return _settled(context, connection, found, state="refused", by=by, reason=reason.strip(), via=via)


def _to_decide(context: Context, connection: Connection, paper_id: int, by: int) -> tuple[PaperRow, date]:
    context.refresh(connection)
    today = context.today()
    row = rows.paper(connection, paper_id, scope=EVERYTHING, day=today.toordinal())
    if row is None:
        raise NotFound(f"没有第{paper_id}号公文")
    root = unit_rows.root(connection, day=today.toordinal())
    unit = unit_rows.unit_by_id(connection, row.unit_id, scope=EVERYTHING, day=today.toordinal()) or root
    assert unit is not None
    may(context, connection, unit, by, draft=False)
    if row.state != "draft":
        raise Refused([decided(row, today)])
    return row, today


def _overtaken(context: Context, connection: Connection, row: PaperRow, today: date) -> Reason | None:
    """What a paper says is missing may have come in since: nobody is written to about what he has done."""
    running, said = context.running(row.campaign_id), from_json(row.content)
    unit = unit_rows.unit_by_id(connection, row.unit_id, scope=EVERYTHING, day=today.toordinal())
    task = running.campaign.task_by_key.get(row.task_key)
    if unit is None or task is None:
        return Reason(code="paper-moot", text=f"{row.unit}已经撤并，或者这件事项已不再办理，不必发文", unblock="可以不签发")
    found = standing_of(connection, running, Matter(task=task, occurrence=said.occurrence), unit, today=today)
    waiting = {case.code for case, _ in found.open}
    if not waiting:
        return Reason(code="paper-moot", text=f"“{said.task}”都已报送，不必发文", unblock="可以不签发")
    came = [item.unit for item in said.items if item.unit_code not in waiting]
    if said.kind == CIRCULAR and len(found.open) != said.open:
        text = f"起草时尚有{said.open}件未报送，现在是{len(found.open)}件"
    elif said.kind != CIRCULAR and came:
        text = f"起草以后，{'、'.join(came[:5])}{'等' if len(came) > 5 else ''}已经报送或延期"
    else:
        return None
    return Reason(code="paper-stale", text=text, unblock="请先用 duban paper draft 按最新情况重新起草")


def _settled(
    context: Context,
    connection: Connection,
    row: PaperRow,
    *,
    state: str,
    by: int,
    reason: str | None = None,
    number: str | None = None,
    via: str | None = None,
) -> PaperRead:
    now, today = context.now(), context.today()
    if not rows.settle(connection, row.id, state=state, at=now, by=by, reason=reason, number=number):
        again = rows.paper(connection, row.id, scope=EVERYTHING, day=today.toordinal())
        raise Refused([decided(again or row, today)])
    words = f"{row.kind}第{row.id}号{STATES[state]}" + (f"（{number}）" if number else "") + (f"：{reason}" if reason else "")
    act = "paper-sign" if state == "signed" else "paper-refuse"
    journal(context, connection, row, act, words, by=by, via=via)
    context.record_instant(connection)
    return found_paper(connection, row.id, today)
