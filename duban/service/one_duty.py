"""应办事项, one of them, as the person sees it who fills it in, or who looks at what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from duban.service import extending
from duban.service.context import Context, day_of
from duban.service.duty_at import DutyAt, duty_at
from duban.service.extending import ExtensionRequest
from duban.service.facts import Asked, scale_of
from duban.service.known import Known, known
from duban.service.saved_forms import SavedForm, saved_form_of
from duban.service.submission import Submission, graded_codes, last_submission, may_read
from duban.service.visiting import Visitor
from storage import messages, own_duties, saved_forms
from storage import units as unit_rows
from storage.matrix import names_by_code
from storage.own_duties import Reviewer
from storage.scope import Scope
from workflow.deadline import show
from workflow.decide import NEEDS_WORDS, available
from workflow.errors import Reason
from workflow.guards import HEADS, REVIEWERS, SUBMITTERS, is_proxy
from workflow.machine import phase_name
from workflow.model import STATE_WORDS, Contact, DutyState, Task, UnitKind, Way, duty_name
from workflow.preparing import against_asking, against_saving

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Whom to ask, and by which number."""

    unit: str
    name: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class OneDuty:
    """`version` is the case's, as acts expect it. `against`: {act: what stands against it for this person}, of acts that exist now.

    `own`: he acts for the unit itself. `fill`: he may fill in its form, or where there is none say that it is done; `data` is then what the
    form begins with. `sent` has its data only where they are `readable` for him. `facts` are known things to be read beside the form;
    `names` those of the units that were graded, by their codes.
    """

    id: int
    case: int
    version: int
    campaign_id: int
    campaign: str
    unit: str
    unit_code: str
    phase: str | None
    task: Task
    title: str
    state: str
    state_words: str
    due: date | None
    due_words: str
    internal: date | None
    opens_on: date | None
    provisional: bool
    days_past: int
    on_time: bool | None
    scale: Sequence[str]
    against: Mapping[str, tuple[Reason, ...]]
    fill: bool
    own: bool
    proxy: bool
    may_ask: bool
    sent: Submission | None
    readable: bool
    names: Mapping[str, str]
    returned: str | None
    missing: tuple[Way, ...]
    ask: Ask
    request: ExtensionRequest | None
    saved: SavedForm | None
    known: Known
    facts: tuple[tuple[str, str], ...]

    @property
    def data(self) -> dict[str, Any]:
        """What the form begins with."""
        if self.saved is not None:
            return self.known.completed(self.saved.data)
        sent = self.sent.data if self.sent is not None else None
        return self.known.completed(sent if sent is not None else self.known.data)

    @property
    def may_submit(self) -> bool:
        return self.against.get("submit") == ()

    @property
    def may_withdraw(self) -> bool:
        return self.against.get("withdraw") == ()


def one_duty(context: Context, duty: int, *, visitor: Visitor) -> OneDuty:
    """A duty to a person. Raises `NotFound` outside his scope."""
    asked = Asked(act="sign", by=visitor.person, duty=duty, scope=visitor.scope)
    with context.database.read() as connection:
        # Asked as 签发: so that the facts say whether a leader was asked, and no form is missed before it is filled in.
        return _read(context, connection, duty_at(context, connection, asked), visitor)


def _read(context: Context, connection: Connection, at: DutyAt, visitor: Visitor) -> OneDuty:
    day, scope = at.today.toordinal(), visitor.scope
    owed, duty, task = at.owed, at.duty, at.task
    against = {action.act: action.reasons for action in available(at.campaign, at.facts)}
    fill = not against_saving(at.campaign, at.facts)
    kept = saved_forms.saved_form(connection, duty.id, scope=scope, day=day) if fill else None
    request = extending.newest(context, connection, [duty.id], scope=scope, day=day).get(duty.id)
    unit = unit_rows.unit_by_id(connection, at.case.unit_id, scope=scope, day=day)
    sent = last_submission(connection, duty.id, scope=scope, day=day)
    readable = may_read(visitor, task, unit=at.case.unit_id, path=at.case.unit_path)
    if sent is not None and not readable:
        sent = replace(sent, data=None)
    returned = readable and duty.state == DutyState.RETURNED
    graded = visitor.sees_grades_of(at.case.unit_path)
    internal = date.fromordinal(duty.internal_day) if duty.internal_day is not None else None
    return OneDuty(
        id=duty.id,
        case=at.case.case_id,
        version=at.case.version,
        campaign_id=at.running.id,
        campaign=at.campaign.name,
        unit=at.case.unit_name,
        unit_code=unit.code if unit is not None else "",
        phase=task.phase or phase_name(at.facts.case.track, at.case.phase),
        task=task,
        title=duty_name(task.name, duty.occurrence),
        state=duty.state,
        state_words=STATE_WORDS[DutyState(duty.state)],
        due=owed.due_day,
        due_words=show(owed.due_day, task.deadline.hour, at.today),
        internal=internal if internal is not None and internal >= at.today else None,
        opens_on=opens_on(owed.opens_at, at.now),
        provisional=owed.due_day is not None and not context.calendar.is_certain(owed.due_day),
        days_past=max(0, (at.today - owed.due_day).days) if owed.clock_runs and owed.due_day is not None else 0,
        on_time=owed.on_time,
        scale=scale_of(at.campaign, task),
        against=against,
        fill=fill,
        own=at.facts.request.actor.holds("own", SUBMITTERS),
        proxy=is_proxy(at.facts),
        may_ask=_may_ask(at, request),
        sent=sent,
        readable=readable,
        names=names_by_code(connection, graded_codes(sent.data if sent else None), scope=scope, day=day),
        returned=messages.returned(connection, [duty.id]).get(duty.id) if returned else None,
        missing=tuple(way for way in task.ways if way is not Way.ONLINE and way not in owed.ways),
        ask=_ask(context, connection, at, scope=scope, day=day),
        request=request,
        saved=saved_form_of(kept) if kept is not None else None,
        known=known(connection, at, scope=scope) if fill and task.form is not None else Known(),
        facts=tuple(_facts(connection, unit, scope=scope, day=day, graded=graded)) if fill else (),
    )


def opens_on(opens_at: int | None, now: int) -> date | None:
    """The day from which it can be handed in, if that is still to come."""
    return day_of(opens_at) if opens_at is not None and now < opens_at else None


def _ask(context: Context, connection: Connection, at: DutyAt, *, scope: Scope, day: int) -> Ask:
    found = own_duties.reviewers(connection, [at.case.unit_id], roles=FIRST_CLERKS, scope=scope, day=day)
    return ask_of(at.case.unit_kind, found.get(at.case.unit_id), context.contact(at.campaign))


def ask_of(unit_kind: str, reviewer: Reviewer | None, contact: Contact) -> Ask:
    """For a branch who reviews it; for others, and where nobody holds that post, the contact of the campaign."""
    if reviewer is None or unit_kind != UnitKind.BRANCH:
        return Ask(unit=contact.unit, name=contact.name, phone=contact.phone)
    return Ask(unit=reviewer.above, name=f"{reviewer.name}（{reviewer.role}）", phone=reviewer.mobile or "")


FIRST_CLERKS = (*(role for role in REVIEWERS if role not in HEADS), *HEADS)
"""组织员 before 书记: who deals with papers day by day."""


def _may_ask(at: DutyAt, request: ExtensionRequest | None) -> bool:
    """Nothing stands against it but the words he is going to write, and no request waits."""
    left = {reason.code for reason in against_asking(at.campaign, at.facts)} - NEEDS_WORDS
    return not left and (request is None or not request.live)


def _facts(
    connection: Connection, unit: unit_rows.UnitRead | None, *, scope: Scope, day: int, graded: bool
) -> Iterator[tuple[str, str]]:
    """What is known of the unit and so is asked in no form; its last grade only for who sees it (`graded`)."""
    if unit is None:
        return
    yield "单位", unit.name
    if unit.branch_kind:
        yield "支部类别", unit.branch_kind
    if unit.members is not None:
        yield "党员数", f"{unit.members}人"
    heads = [post.person for post in unit_rows.holders(connection, scope=scope, unit_id=unit.id, day=day, role="书记")]
    if heads:
        yield "书记", "、".join(heads)
    if unit.grade and graded:
        yield "上次等次", unit.grade
