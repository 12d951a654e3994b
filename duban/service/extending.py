"""延期申请: a unit asks for a later last day of one duty; its superior grants it by the act `extend`, or says why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from duban.service.act import act_in
from duban.service.context import Context
from duban.service.duty_at import duty_at
from duban.service.facts import Asked
from duban.service.visiting import Visitor
from storage import extension_requests as rows
from storage.database import Collision
from storage.extension_requests import RequestRead
from storage.scope import Scope
from workflow.deadline import short
from workflow.errors import NotFound, Reason, Refused
from workflow.model import duty_name
from workflow.preparing import against_asking, against_refusing, against_taking_back

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_WORDS = 200
RACES = 10
STATE_WORDS = {"open": "等待答复", "granted": "已同意", "refused": "未同意", "withdrawn": "已撤回"}
NO_REQUEST = "没有找到这份延期申请：它可能不存在，或者您无权查看"
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class ExtensionRequest:
    """延期申请 of one unit. `due` is the line as it stands; `live`: it waits for an answer.

    `version` is the case's; instants are UTC seconds.
    """

    id: int
    duty: int
    case: int
    version: int
    campaign: str
    unit: str
    unit_code: str
    task: str
    due: date | None
    to: date
    reason: str
    state: str
    live: bool
    by: str
    at: int
    answered_by: str
    answered_at: int | None
    answer: str | None

    @property
    def state_words(self) -> str:
        """A request whose line has moved otherwise, or whose duty was handed in, waits for nobody any more."""
        return STATE_WORDS[self.state] if self.live or self.state != "open" else "不用再答复"


def ask(
    context: Context, duty: int, *, to: date | None, reason: str, by: int, scope: Scope, version: int | None, via: str | None
) -> None:
    """Ask for a later last day. Raises `Refused` with every reason; then nothing is written."""
    asked = Asked(act="extend", by=by, duty=duty, to=to, reason=reason, expect_version=version, scope=scope)

    def within(connection: Connection) -> None:
        at = duty_at(context, connection, asked)
        if reasons := (*against_asking(at.campaign, at.facts), *_too_long(reason)):
            raise Refused(reasons)
        assert to is not None
        if not rows.add(
            connection, duty_id=duty, epoch=at.duty.epoch, to_day=to.toordinal(), reason=reason.strip(), by=by, at=at.now
        ):
            text = f"“{at.task.name}”已经申请过延期，正等答复"
            raise Refused([Reason(code="asked-already", text=text, unblock="要改日期，请先撤回原来的申请")])
        at.journal("extend-ask", f"申请延到{short(to, at.today)}：{reason.strip()}", by=by, via=via)

    _in_one(context, within)


def take_back(context: Context, duty: int, *, by: int, scope: Scope, via: str | None) -> None:
    """撤回申请, before it is answered."""

    def within(connection: Connection) -> None:
        at = duty_at(context, connection, Asked(act="extend", by=by, duty=duty, scope=scope))
        if reasons := against_taking_back(at.campaign, at.facts):
            raise Refused(reasons)
        found = rows.newest(connection, [duty], scope=scope, day=at.today.toordinal()).get(duty)
        if found is None or not rows.settle(connection, found.id, state="withdrawn", by=by, at=at.now):
            raise Refused([Reason(code="nothing-asked", text="没有等待答复的延期申请")])
        at.journal("extend-withdraw", None, by=by, via=via)

    _in_one(context, within)


def answer(
    context: Context,
    request: int,
    *,
    grant: bool,
    by: int,
    to: date | None,
    words: str,
    version: int | None,
    scope: Scope,
    via: str | None,
) -> ExtensionRequest:
    """Grant a request (`to`: another day than was asked for) or refuse it with words; answers the request as it was.

    The extension and the request's state are one transaction. Raises `Refused` with every reason; then nothing is written.
    """

    def within(connection: Connection) -> ExtensionRequest:
        context.refresh(connection)
        day = context.today().toordinal()
        found = rows.request(connection, request, scope=scope, day=day)
        if found is None:
            raise NotFound(NO_REQUEST)
        _judge(context, connection, found, words, grant=grant, by=by, to=to, version=version, scope=scope, via=via)
        return request_of(context, found)

    return _in_one(context, within)


def _judge(
    context: Context,
    connection: Connection,
    found: RequestRead,
    words: str,
    *,
    grant: bool,
    by: int,
    to: date | None,
    version: int | None,
    scope: Scope,
    via: str | None,
) -> None:
    said = words.strip() or None
    asked = Asked(act="extend", by=by, duty=found.duty_id, reason=said, expect_version=version, scope=scope)
    at = duty_at(context, connection, asked)
    reasons = [*_moot(found, at.task.name), *_too_long(words)]
    if not grant:
        reasons += against_refusing(at.campaign, at.facts)
    if reasons:
        raise Refused(reasons)
    state = "granted" if grant else "refused"
    if not rows.settle(connection, found.id, state=state, by=by, at=at.now, answer=said):
        raise Collision  # somebody answers at this moment: what he said is found when this begins anew
    if not grant:
        at.journal("extend-refuse", said, by=by, via=via)
        return
    reason = f"经申请：{found.reason}" + (f"（{said}）" if said else "")
    day = to or date.fromordinal(found.to_day)
    act_in(
        context,
        at.acts,
        Asked(act="extend", by=by, duty=found.duty_id, reason=reason, to=day, expect_version=version, via=via, scope=scope),
    )


def waiting_for(context: Context, visitor: Visitor, *, scope: Scope) -> tuple[ExtensionRequest, ...]:
    """What waits for an answer of this person: of the branches whose papers he reviews; for an office, of the units that are none."""
    day = context.today().toordinal()
    with context.database.read() as connection:
        context.refresh(connection)
        found = rows.waiting(connection, scope=scope, day=day, below=visitor.reviews, office=visitor.office)
    return tuple(request_of(context, one) for one in found)


def newest(
    context: Context, connection: Connection, duties: Sequence[int], *, scope: Scope, day: int
) -> Mapping[int, ExtensionRequest]:
    """{duty: its last request}, of those that still mean something."""
    found = rows.newest(connection, duties, scope=scope, day=day)
    return {duty: request_of(context, one) for duty, one in found.items() if one.state != "withdrawn"}


def request_of(context: Context, found: RequestRead) -> ExtensionRequest:
    campaign = context.running(found.campaign_id).campaign
    task = campaign.task_by_key.get(found.task_key)
    name = task.name if task is not None else found.task_key
    return ExtensionRequest(
        id=found.id,
        duty=found.duty_id,
        case=found.case_id,
        version=found.version,
        campaign=campaign.name,
        unit=found.unit,
        unit_code=found.unit_code,
        task=duty_name(name, found.occurrence),
        due=date.fromordinal(found.due_day) if found.due_day is not None else None,
        to=date.fromordinal(found.to_day),
        reason=found.reason,
        state=found.state,
        live=found.live,
        by=found.by,
        at=found.at,
        answered_by=found.answered_by,
        answered_at=found.answered_at,
        answer=found.answer,
    )


def _in_one(context: Context, work: Callable[[Connection], _T]) -> _T:
    """One transaction, begun anew where somebody else was first."""
    for _ in range(RACES):
        try:
            with context.database.write() as connection:
                done = work(connection)
                context.record_instant(connection)
                return done
        except Collision:
            continue
    raise Refused([Reason(code="stale-version", text="同一件事项正有多人同时办理", unblock="稍等片刻再试一次")])


def _moot(found: RequestRead, task: str) -> tuple[Reason, ...]:
    """Answered already, or about a line that is no more."""
    if found.live:
        return ()
    if found.state in ("granted", "refused"):
        text = f"{found.unit}“{task}”的延期申请，{found.answered_by}已经答复：{STATE_WORDS[found.state]}"
        return (Reason(code="answered-already", text=text),)
    if found.state == "withdrawn":
        return (Reason(code="taken-back", text=f"{found.unit}已撤回“{task}”的延期申请"),)
    return (Reason(code="request-moot", text=f"{found.unit}的“{task}”已经报送或另有时限，不用再答复这份申请"),)


def _too_long(words: str) -> tuple[Reason, ...]:
    if len(words) <= MOST_WORDS:
        return ()
    return (Reason(code="note-too-long", text=f"说明有{len(words)}个字", unblock=f"请不超过{MOST_WORDS}字"),)
