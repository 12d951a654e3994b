"""公文代拟稿 as they are kept: one a kind, milestone and second-level unit; drafted, then signed or refused."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, literal, select, update

from storage.claim import claim
from storage.scope import Scope
from storage.tables import CAMPAIGN, PERSON, SPAN, TASK, UNIT
from storage.tables_telling import PAPER
from storage.units import on


class PaperRow(NamedTuple):
    """A paper with the names of what it is about. Days are ordinals, instants UTC seconds; `content` is JSON."""

    id: int
    kind: str
    campaign_id: int
    campaign: str
    task_id: int
    task_key: str
    due_day: int
    unit_id: int
    unit: str
    unit_code: str
    unit_path: str
    state: str
    content: str
    made_at: int
    made_by: str | None
    decided_at: int | None
    decided_by: str | None
    reason: str | None
    number: str | None


def add(
    connection: Connection,
    *,
    kind: str,
    campaign_id: int,
    task_id: int,
    due_day: int,
    unit_id: int,
    content: str,
    at: int,
    by: int | None,
) -> bool:
    """A new draft; False if there is a paper of that kind for this milestone and unit already."""
    values = {
        "kind": kind,
        "campaign_id": campaign_id,
        "task_id": task_id,
        "due_day": due_day,
        "unit_id": unit_id,
        "state": "draft",
        "content": content,
        "made_at": at,
        "made_by": by,
    }
    typed = [literal(value, type_=PAPER.c[name].type).label(name) for name, value in values.items()]
    return claim(connection, PAPER, list(values), select(*typed)) == 1


def of_milestone(
    connection: Connection, *, kind: str, task_id: int, due_day: int, unit_id: int, scope: Scope, day: int
) -> PaperRow | None:
    """The paper of a kind for one milestone and unit, ours until the end of the transaction."""
    mine = (PAPER.c.kind == kind, PAPER.c.task_id == task_id, PAPER.c.due_day == due_day, PAPER.c.unit_id == unit_id)
    id_ = connection.execute(select(PAPER.c.id).where(*mine).with_for_update()).scalar()
    return paper(connection, int(id_), scope=scope, day=day) if id_ is not None else None


def redraft(connection: Connection, paper_id: int, *, content: str, at: int, by: int | None) -> bool:
    """Today's facts for a draft; False if it has been signed or refused."""
    draft = (PAPER.c.id == paper_id, PAPER.c.state == "draft")
    values = {"content": content, "made_at": at, "made_by": by}
    return connection.execute(update(PAPER).where(*draft).values(values)).rowcount == 1


def settle(
    connection: Connection, paper_id: int, *, state: str, at: int, by: int, reason: str | None = None, number: str | None = None
) -> bool:
    """Sign or refuse a draft; False if somebody has decided before."""
    draft = (PAPER.c.id == paper_id, PAPER.c.state == "draft")
    values = {"state": state, "decided_at": at, "decided_by": by, "reason": reason, "number": number}
    return connection.execute(update(PAPER).where(*draft).values(values)).rowcount == 1


def paper(connection: Connection, paper_id: int, *, scope: Scope, day: int) -> PaperRow | None:
    found = papers(connection, scope=scope, day=day, paper_id=paper_id)
    return found[0] if found else None


def papers(
    connection: Connection,
    *,
    scope: Scope,
    day: int,
    campaign_id: int | None = None,
    state: str | None = None,
    paper_id: int | None = None,
) -> list[PaperRow]:
    """Papers to units in scope, oldest first. A unit that has ended since is shown by its last name."""
    maker, decider = PERSON.alias("maker"), PERSON.alias("decider")
    ended = select(SPAN.c.unit_id).where(SPAN.c.unit_id == PAPER.c.unit_id, on(day)).correlate(PAPER)
    newest = SPAN.alias("newest")
    last = (
        select(newest.c.id)
        .where(newest.c.unit_id == PAPER.c.unit_id)
        .order_by(newest.c.valid_to.desc(), newest.c.id.desc())
        .limit(1)
        .correlate(PAPER)
        .scalar_subquery()
    )
    asked = (
        select(
            PAPER.c.id,
            PAPER.c.kind,
            PAPER.c.campaign_id,
            CAMPAIGN.c.name,
            PAPER.c.task_id,
            TASK.c.key,
            PAPER.c.due_day,
            PAPER.c.unit_id,
            SPAN.c.name,
            UNIT.c.code,
            SPAN.c.path,
            PAPER.c.state,
            PAPER.c.content,
            PAPER.c.made_at,
            maker.c.name,
            PAPER.c.decided_at,
            decider.c.name,
            PAPER.c.reason,
            PAPER.c.number,
        )
        .join(CAMPAIGN, CAMPAIGN.c.id == PAPER.c.campaign_id)
        .join(TASK, TASK.c.id == PAPER.c.task_id)
        .join(UNIT, UNIT.c.id == PAPER.c.unit_id)
        .join(SPAN, SPAN.c.unit_id == PAPER.c.unit_id)
        .outerjoin(maker, maker.c.id == PAPER.c.made_by)
        .outerjoin(decider, decider.c.id == PAPER.c.decided_by)
        .where(on(day) | (~ended.exists() & (SPAN.c.id == last)), scope.on(SPAN.c.path))
        .order_by(PAPER.c.id)
    )
    for column, value in ((PAPER.c.campaign_id, campaign_id), (PAPER.c.state, state), (PAPER.c.id, paper_id)):
        if value is not None:
            asked = asked.where(column == value)
    return [PaperRow._make(row) for row in connection.execute(asked)]
