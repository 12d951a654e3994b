"""公文: a paper is drawn up from what is true now, and read again. Never by a timer, never to a branch.

One a kind, milestone (task and last day) and second-level unit. A draft can be drawn up again; what is signed stays as it was signed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from duban.service.context import Context, Running, day_of
from duban.service.paper_facts import Matter, Standing, content, matter, standing_of
from duban.service.people import find_unit, standing
from notifications.papers.content import CIRCULAR, KINDS, PaperContent, from_json, to_json
from notifications.papers.wording import file_name
from storage import papers as rows
from storage import units as unit_rows
from storage.acts import Acts
from storage.campaigns import task_ids
from storage.papers import PaperRow
from storage.scope import EVERYTHING, Scope
from storage.units import UnitRead
from workflow.deadline import short
from workflow.errors import NotFound, Reason, Refused
from workflow.guards import GROUP_OFFICE, LEADERS, TOP_OFFICE
from workflow.model import SECOND_LEVEL, UnitKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

STATES = {"draft": "待签发", "signed": "已签发", "refused": "不签发"}
LEADING = (TOP_OFFICE, GROUP_OFFICE, UnitKind.LEADING_GROUP.value, "root")
"""Where those stand who draft papers, and whose heads sign them."""


@dataclass(frozen=True, kw_only=True)
class PaperRead:
    """A paper: what it says, and how far it is. `state` is draft, signed or refused; instants are UTC seconds."""

    id: int
    kind: str
    campaign: int
    unit: str
    unit_code: str
    task: str
    due: date
    state: str
    content: PaperContent
    made_at: int
    made_by: str | None
    decided_at: int | None = None
    decided_by: str | None = None
    reason: str | None = None
    number: str | None = None

    @property
    def file_name(self) -> str:
        """What to call its Word file."""
        return file_name(self.content, self.id)


def draft(
    context: Context,
    running: Running,
    kind: str,
    *,
    duty: str,
    under: str | None,
    by: int,
    until: date | None = None,
    via: str | None = None,
) -> PaperRead:
    """Draw a paper up, or a draft up again with today's facts. Raises `Refused`, `NotFound`."""
    if kind not in KINDS:
        raise NotFound(f"没有“{kind}”这种公文；可以是：{'、'.join(KINDS)}", candidates=KINDS)
    about = matter(running, duty)
    with context.database.write() as connection:
        context.refresh(connection)
        unit = _addressed(connection, kind, under, context.today(running.campaign.zone))
        name = may(context, connection, unit, by, draft=True)
        made = draw_up(context, connection, running, kind, about, unit, by=by, requested_by=name, until=until, via=via)
        context.record_instant(connection)
        return made


def draw_up(
    context: Context,
    connection: Connection,
    running: Running,
    kind: str,
    about: Matter,
    unit: UnitRead,
    *,
    by: int,
    requested_by: str,
    until: date | None = None,
    via: str | None = None,
) -> PaperRead:
    """The same within the caller's transaction; who may is not asked."""
    now = context.now()
    today = day_of(now, running.campaign.zone)
    if until is not None and until <= today:
        raise Refused([Reason(code="until-past", text=f"反馈日期{short(until, today)}要在今天之后", unblock="换一个日期")])
    found = standing_of(connection, running, about, unit, today=today)
    _refuse_nothing_open(about, unit, found, today)
    said = content(
        context, connection, running, about, found, kind=kind, unit=unit, requested_by=requested_by, until=until, today=today
    )
    task_id = task_ids(connection, running.id)[about.task.key]
    milestone = {"kind": kind, "task_id": task_id, "due_day": found.milestone.toordinal(), "unit_id": unit.id}
    fresh = rows.add(connection, campaign_id=running.id, content=to_json(said), at=now, by=by, **milestone)  # type: ignore[arg-type]
    row = rows.of_milestone(connection, scope=EVERYTHING, day=today.toordinal(), **milestone)  # type: ignore[arg-type]
    assert row is not None
    if not fresh and not rows.redraft(connection, row.id, content=to_json(said), at=now, by=by):
        raise Refused([decided(row, today)])
    words = f"{kind}第{row.id}号{'起草' if fresh else '按最新情况重新起草'}"
    journal(context, connection, row, "paper-draft", words, by=by, via=via)
    return found_paper(connection, row.id, today)


def papers(
    context: Context, *, campaign: int | None = None, state: str | None = None, scope: Scope = EVERYTHING
) -> tuple[PaperRead, ...]:
    """Papers to units in scope, oldest first."""
    if state is not None and state not in STATES:
        raise NotFound(f"没有“{state}”这种状态；可以是：{'、'.join(STATES)}", candidates=STATES)
    with context.database.read() as connection:
        found = rows.papers(connection, scope=scope, day=context.today().toordinal(), campaign_id=campaign, state=state)
    return tuple(_read(row) for row in found)


def paper(context: Context, paper_id: int, *, scope: Scope = EVERYTHING) -> PaperRead:
    """One paper as it now reads. Raises `NotFound` outside the scope."""
    with context.database.read() as connection:
        return found_paper(connection, paper_id, context.today(), scope=scope)


def paper_file(context: Context, paper_id: int, *, scope: Scope = EVERYTHING) -> bytes:
    """One paper as a Word file, the same bytes each time. Raises `NotFound` outside the scope, `PaperTemplateProblem`."""
    from notifications.papers.document import document

    found, folder = paper(context, paper_id, scope=scope), context.settings.templates
    said = replace(found.content, mark=f"{found.content.mark}（不签发）") if found.state == "refused" else found.content
    return document(said, Path(folder) if folder else None)


def second_level(connection: Connection, path: str, day: int) -> UnitRead | None:
    """The second-level unit on the way up from a unit (itself, if it is one): to whom its matters are written."""
    for unit_id in [int(part) for part in path.strip("/").split("/")]:
        unit = unit_rows.unit_by_id(connection, unit_id, scope=EVERYTHING, day=day)
        if unit is not None and unit.depth == 1 and unit.kind in SECOND_LEVEL:
            return unit
    return None


def _addressed(connection: Connection, kind: str, under: str | None, today: date) -> UnitRead:
    day = today.toordinal()
    root = unit_rows.root(connection, day=day)
    assert root is not None, "a campaign runs over a tree"
    unit = find_unit(connection, under, day=today) if under is not None else root
    if kind == CIRCULAR:
        if unit.id == root.id:
            return unit
        text = f"通报面向全校各二级党组织，不单发给{unit.name}"
        raise Refused([Reason(code="not-the-root", text=text, unblock="不写 --under；单发请用催办函或督办单")])
    if unit.depth == 1 and unit.kind in SECOND_LEVEL:
        return unit
    above = second_level(connection, unit.path, day)
    unblock = f"请写 --under {above.code}（{above.name}），支部的事项列在其中" if above else "用 --under 写明一个二级党组织"
    raise Refused([Reason(code="not-second-level", text=f"{kind}只发给二级党组织，不发给{unit.name}", unblock=unblock)])


def may(context: Context, connection: Connection, unit: UnitRead, by: int, *, draft: bool) -> str:
    """The name of who drafts or decides. Raises `Refused` if it is not his to do."""
    acts = Acts(connection.connection.driver_connection, context.database.dialect, connection)
    name, posts = acts.actor(by, context.today().toordinal())
    held = standing(posts, unit.id, unit.path)
    if any(level in LEADING and (draft or role in LEADERS) for level, role in held):
        return name
    rule = "公文由组织部、领导小组及其办公室起草" if draft else "公文由组织部部长、领导小组组长或学校党委书记签发"
    unblock = "请组织部起草" if draft else "请有签发权的领导办理"
    raise Refused([Reason(code="wrong-actor", text=f"{name or '这个人'}不能办理：{rule}", unblock=unblock)])


def _refuse_nothing_open(about: Matter, unit: UnitRead, found: Standing, today: date) -> None:
    if found.open:
        return
    if not found.lines:
        raise NotFound(f"{unit.name}和它下面没有事项“{about.name}”")
    if found.next_due is not None:
        text = f"“{about.name}”的最后一天（{short(found.next_due, today)}）还没有过，现在不必发文"
        raise Refused([Reason(code="not-late", text=text, until=found.next_due.isoformat())])
    raise Refused([Reason(code="nothing-open", text=f"{unit.name}的“{about.name}”都已报送，不必发文")])


def decided(row: PaperRow, today: date) -> Reason:
    day = short(day_of(row.decided_at), today) if row.decided_at is not None else ""
    text = f"{row.unit}的这份{row.kind}（第{row.id}号）{STATES[row.state]}：{row.decided_by or ''}，{day}"
    return Reason(code="paper-decided", text=text, unblock="同一事项、同一时限对一个单位只发一份")


def journal(context: Context, connection: Connection, row: PaperRow, act: str, words: str, *, by: int, via: str | None) -> None:
    """A line beside the duties: it changes none of them."""
    now = context.now()
    acts = Acts(connection.connection.driver_connection, context.database.dialect, connection)
    nothing = dict.fromkeys(("case_id", "duty_id", "from_state", "to_state", "due_day_from", "due_day", "on_time", "data"))
    about = {"campaign_id": row.campaign_id, "unit_id": row.unit_id, "unit_path": row.unit_path, "task_id": row.task_id}
    when = {"recorded_at": now, "effective_on": day_of(now).toordinal()}
    acts.journal({**nothing, **about, **when, "act": act, "by_person": by, "via": via, "reason": words})


def found_paper(connection: Connection, paper_id: int, today: date, *, scope: Scope = EVERYTHING) -> PaperRead:
    row = rows.paper(connection, paper_id, scope=scope, day=today.toordinal())
    if row is None:
        raise NotFound(f"没有第{paper_id}号公文：它可能不存在，或者您无权查看")
    return _read(row)


def _read(row: PaperRow) -> PaperRead:
    said = from_json(row.content)
    if row.state == "signed" and row.decided_at is not None:
        said = replace(said, number=row.number or "", signed_by=row.decided_by or "", signed_on=day_of(row.decided_at))
    return PaperRead(
        id=row.id,
        kind=row.kind,
        campaign=row.campaign_id,
        unit=row.unit,
        unit_code=row.unit_code,
        task=row.task_key,
        due=date.fromordinal(row.due_day),
        state=row.state,
        content=said,
        made_at=row.made_at,
        made_by=row.made_by,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
        number=row.number,
    )
