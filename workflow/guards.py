"""办理条件: may this be done now? Pure checks: a guard answers nothing, or the Reason why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from workflow.errors import Reason
from workflow.facts import Actor, Facts
from workflow.model import SECOND_LEVEL, DutyState, UnitKind, Way

HEADS = ("书记", "副书记", "部长", "副部长", "主任", "副主任", "组长", "副组长", "校长", "负责人")
"""Roles that head a unit: of a Party organisation, an office, a leading group."""
CLERKS = ("组织员", "党务秘书")
SUBMITTERS = (*HEADS, *CLERKS, "组织委员", "宣传委员", "纪检委员", "青年委员", "统战委员", "委员", "干事", "联系人")
REVIEWERS = (*HEADS, *CLERKS)
TOP_OFFICE = "组织部"
GROUP_OFFICE = "领导小组办公室"
LEADERS = ("部长", "组长", "书记")


@dataclass(slots=True)
class Attempt:
    """One act being tried: `state` is moved by the machine, `reasons` collects why it may not be."""

    state: str
    facts: Facts
    zone: str
    reasons: list[Reason] = field(default_factory=list)


Guard = Callable[[Attempt], Reason | None]


def right_version(attempt: Attempt) -> Reason | None:
    """Somebody else has acted since the page was read."""
    expected, found = attempt.facts.request.expect_version, attempt.facts.case.version
    if expected is None or expected == found:
        return None
    return Reason(
        code="stale-version",
        text=f"{attempt.facts.case.unit_name}的进展已被他人更新（您看到的是第{expected}版，现在是第{found}版）",
        unblock="刷新后再办理一次",
    )


def submits(attempt: Attempt) -> Reason | None:
    """书记/委员 of the unit; its superior's 组织员 may, marked 代填."""
    if attempt.facts.request.actor.holds("own", SUBMITTERS) or is_proxy(attempt.facts):
        return None
    return _wrong_actor(attempt, "报送和撤回由本单位书记、委员办理，上级组织员可以代填", "请本单位书记办理，或请上级组织员代填")


def is_proxy(facts: Facts) -> bool:
    """The one who submits does it for a unit below his own (代填)."""
    actor = facts.request.actor
    if actor.holds("own", SUBMITTERS):
        return False
    return actor.holds("superior", CLERKS) or (not _is_branch(facts) and actor.holds(TOP_OFFICE))


def reviews(attempt: Attempt) -> Reason | None:
    """书记/组织员 of the superior; for second-level units and offices 组织部."""
    facts = attempt.facts
    if _is_branch(facts):
        if facts.request.actor.holds("superior", REVIEWERS):
            return None
        return _wrong_actor(attempt, "支部的材料由上级党组织的书记或组织员审核、登记", "请上级党组织组织员办理")
    if facts.request.actor.holds(TOP_OFFICE) or facts.request.actor.holds(GROUP_OFFICE):
        return None
    return _wrong_actor(attempt, "二级党组织和部门的材料由组织部审核、登记", "请组织部办理")


def extends(attempt: Attempt) -> Reason | None:
    """The superior, else 组织部."""
    actor = attempt.facts.request.actor
    if actor.holds(TOP_OFFICE) or actor.holds(GROUP_OFFICE) or reviews(attempt) is None:
        return None
    return _wrong_actor(attempt, "延期由上级党组织或组织部批准", "请向上级党组织申请")


def top_office(attempt: Attempt) -> Reason | None:
    """免报, 重新办理, 转入下一阶段 are acts of 组织部."""
    actor = attempt.facts.request.actor
    if actor.holds(TOP_OFFICE) or actor.holds(GROUP_OFFICE):
        return None
    return _wrong_actor(attempt, "免报、重新办理和手工转阶段由组织部办理", "请组织部办理")


def leads(attempt: Attempt) -> Reason | None:
    """A leader decides what was brought to him: head of 组织部, of the leading group, or of the school's committee."""
    if is_leader(attempt.facts.request.actor):
        return None
    return _wrong_actor(attempt, "签发由组织部部长、领导小组组长或学校党委书记办理", "请有签发权的领导办理")


def is_leader(actor: Actor) -> bool:
    return any(actor.holds(level, LEADERS) for level in (TOP_OFFICE, GROUP_OFFICE, "领导小组", "root"))


def has_reason(attempt: Attempt) -> Reason | None:
    """What cannot be undone quietly needs words."""
    if (attempt.facts.request.reason or "").strip():
        return None
    return Reason(code="reason-missing", text="这项操作需要写明理由", unblock="用 --reason 写明理由")


def window_open(attempt: Attempt) -> Reason | None:
    """Refused before the window opens; the line itself never refuses (late is accepted and recorded)."""
    duty, request = attempt.facts.duty, attempt.facts.request
    if duty is None or duty.opens_at is None or request.now >= duty.opens_at:
        return None
    day = datetime.fromtimestamp(duty.opens_at, UTC).astimezone(ZoneInfo(attempt.zone)).date()
    return Reason(
        code="not-yet-open",
        text=f"“{duty.key}”从{day.month}月{day.day}日开始办理",
        unblock=f"{day.month}月{day.day}日起可以办理",
        until=day.isoformat(),
    )


def not_locked(attempt: Attempt) -> Reason | None:
    """After the lock even a late submission needs an extension. A second copy of what came in before it does not."""
    duty, request = attempt.facts.duty, attempt.facts.request
    if duty is None or duty.locks_at is None or duty.state is DutyState.SUBMITTED:
        return None
    at = request.received_at if request.received_at is not None else request.now
    if at < duty.locks_at:
        return None
    return Reason(code="locked", text=f"“{duty.key}”已过锁定时间，不再接收", unblock="请上级批准延期后再报送")


def data_fits(attempt: Attempt) -> Reason | None:
    """The form's own answer; further reasons are added by `decide`."""
    reasons = attempt.facts.request.data_reasons
    return reasons[0] if reasons else None


def papers_in(attempt: Attempt) -> Reason | None:
    """A duty asked for on paper is accepted once the paper is registered; submitted online counts as the electronic copy."""
    duty = attempt.facts.duty
    if duty is None:
        return None
    missing = "、".join(COPY_WORDS[way] for way in duty.task.ways if way not in duty.ways and way is not Way.ONLINE)
    if not missing:
        return None
    return Reason(
        code="paper-missing",
        text=f"“{duty.key}”要求{'和'.join(w.value for w in duty.task.ways)}，{missing}还没有登记收件",
        unblock=f"收到{missing}后先登记收件，再审核通过",
    )


COPY_WORDS = {Way.PAPER: "纸质件", Way.EMAIL: "电子件"}


def way_named(attempt: Attempt) -> Reason | None:
    if attempt.facts.request.ways:
        return None
    return Reason(code="way-missing", text="登记收件要写明收到的是纸质还是电子邮件", unblock="用 --way 纸质 或 --way 电子邮件")


def already_received(attempt: Attempt) -> Reason | None:
    """Nothing is registered that has not come yet."""
    request = attempt.facts.request
    if request.received_on is None or request.received_on <= request.today:
        return None
    return Reason(code="received-in-future", text=f"收件日期{request.received_on}在今天之后", unblock="改成实际收到的日期")


def date_named(attempt: Attempt) -> Reason | None:
    if attempt.facts.request.to is not None:
        return None
    return Reason(code="date-missing", text="延期要写明新的时限", unblock="用 --to 写明新的最后一天，如 --to 2012-04-10")


def line_moves_on(attempt: Attempt) -> Reason | None:
    """An extension is later than the line that stands."""
    duty, to = attempt.facts.duty, attempt.facts.request.to
    if duty is None or duty.due_day is None or to is None or to > duty.due_day:
        return None
    return Reason(code="not-later", text=f"新的时限{to}不晚于现在的时限{duty.due_day}", unblock="写一个更晚的日期")


def line_not_shortened(attempt: Attempt) -> Reason | None:
    """What is returned or reopened may get more time, never less than the line that stands."""
    duty, to = attempt.facts.duty, attempt.facts.request.to
    if duty is None or duty.due_day is None or to is None or to >= duty.due_day:
        return None
    return Reason(
        code="line-shortened",
        text=f"新的时限{to}早于现在的时限{duty.due_day}",
        unblock=f"写{duty.due_day}或以后的日期，或不写",
    )


def line_ahead(attempt: Attempt) -> Reason | None:
    """A new line that has passed already would be late at once."""
    request = attempt.facts.request
    if request.to is None or request.to >= request.today:
        return None
    return Reason(code="already-past", text=f"新的时限{request.to}已经过去", unblock="写一个今天或以后的日期")


def was_asked(attempt: Attempt) -> Reason | None:
    """签发 answers a 提请; nobody decides about what was not brought to him.

    Who may not decide is not told either way: a branch does not learn that a leader was asked.
    """
    duty = attempt.facts.duty
    if duty is None or duty.asked or leads(attempt) is not None:
        return None
    return Reason(code="nothing-asked", text=f"“{duty.key}”还没有提请领导决定", unblock="到督办程序的最后一步才需要签发")


def decision_named(attempt: Attempt) -> Reason | None:
    if attempt.facts.request.decision in DECISIONS:
        return None
    return Reason(
        code="decision-missing",
        text=f"请从{'、'.join(DECISIONS)}中选一项",
        unblock='--data {"decision": "电话了解"}',
    )


DECISIONS = ("电话了解", "督办单", "约谈", "不处理")


def not_finished(attempt: Attempt) -> Reason | None:
    if attempt.facts.case.current is not None:
        return None
    return Reason(code="finished", text=f"{attempt.facts.case.unit_name}已办结，没有下一阶段")


def duties_done(attempt: Attempt) -> Reason | None:
    """A case leaves its phase with its last acceptance; a phase without duties, or set 按时间, with the calendar.

    Who comes into such a phase after the calendar has opened the next one need not wait any more.
    """
    case = attempt.facts.case
    phase = case.current
    if phase is None:
        return not_finished(attempt)
    if not case.duties_by_phase[case.phase] and phase.waits_for_branches and not phase.by_calendar and case.branches != 0:
        return None  # its branches decide, see `branches_done`; without any the calendar does
    if phase.by_calendar or not case.duties_by_phase[case.phase]:
        opens = case.track.opening_day(case.phase + 1)
        if opens is not None and attempt.facts.request.today >= opens:
            return None
        until = opens.isoformat() if opens is not None else None
        return Reason(code="by-calendar", text=f"“{phase.name}”到时间自动转入下一阶段", until=until)
    if left := case.open_by_phase[case.phase]:
        return Reason(
            code="duties-open", text=f"“{phase.name}”还有{left}件事项没有审核通过", unblock="全部审核通过后自动转入下一阶段"
        )
    return None


def branches_done(attempt: Attempt) -> Reason | None:
    """A second-level phase that waits for its branches."""
    case = attempt.facts.case
    if case.current is None or not case.current.waits_for_branches or not case.branches_behind:
        return None
    return Reason(
        code="branches-open",
        text=f"还有{case.branches_behind}个支部没有完成“{case.current.name}”",
        unblock="所属支部全部完成后自动转入下一阶段",
    )


WRONG_STATE = {
    DutyState.OPEN: "还没有报送",
    DutyState.SUBMITTED: "已经报送，正在等待审核",
    DutyState.RETURNED: "已退回补正，等待重新报送",
    DutyState.ACCEPTED: "已经审核通过",
    DutyState.WAIVED: "已经免报",
    DutyState.VOID: "已经不再适用",
}


def wrong_state(attempt: Attempt, act: str, allowed: tuple[str, ...]) -> Reason:
    """The act does not exist in this state; say in which it does."""
    duty = attempt.facts.duty
    assert duty is not None
    possible = "、".join(allowed)
    return Reason(
        code="wrong-state",
        text=f"“{duty.key}”{WRONG_STATE[duty.state]}，不能{ACT_WORDS[act]}",
        unblock=f"现在可以：{possible}" if possible else "",
    )


ACT_WORDS = {
    "submit": "报送",
    "accept": "审核通过",
    "return": "退回补正",
    "withdraw": "撤回",
    "receive": "登记收件",
    "extend": "延期",
    "waive": "免报",
    "reopen": "重新办理",
    "advance": "转入下一阶段",
    "sign": "签发",
}


def _is_branch(facts: Facts) -> bool:
    return facts.case.unit_kind == UnitKind.BRANCH


def _wrong_actor(attempt: Attempt, rule: str, unblock: str) -> Reason:
    actor = attempt.facts.request.actor
    return Reason(code="wrong-actor", text=f"{actor.name}不能为{attempt.facts.case.unit_name}办理：{rule}", unblock=unblock)


__all__ = ["ACT_WORDS", "SECOND_LEVEL", "Attempt", "Guard"]
