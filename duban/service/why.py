"""为什么（没）提醒: for each duty of a unit and any day, who was told, or why nobody was, and which step comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from duban.clock import local_minute
from duban.service.context import Context, Running, day_of
from duban.service.reminder_words import FATES, MESSAGE_FATES, step
from duban.service.status import DutyStatus, status
from storage import told as rows
from storage import units as unit_rows
from storage.scope import Scope
from storage.told import DutyLine, Hold, LastLine, ToldLine
from workflow.deadline import closes_at, short
from workflow.ladder import Group, slot_day
from workflow.model import CLOCK_RUNS, STATE_WORDS, Campaign, DutyState, Rung

WAITING = ("pending", "claimed", "held")


@dataclass(frozen=True, kw_only=True)
class Told:
    """One person told on the day, or to be told: `at` is when the message left (UTC seconds), None if it had not by the end of the day."""

    recipient: str
    role: str
    rung: str
    channel: str
    at: int | None
    fate: str


@dataclass(frozen=True, kw_only=True)
class Why:
    """One duty on one day: who was told; if nobody, why (`reasons` is then never empty); and the next step with its day, if any."""

    duty: str
    day: date
    told: tuple[Told, ...]
    reasons: tuple[str, ...]
    next: tuple[str, date] | None


@dataclass(frozen=True, kw_only=True)
class _Then:
    """A duty as it stood at the end of the day: `instant` is its last second, or now."""

    status: DutyStatus
    line: DutyLine
    reminders: tuple[ToldLine, ...]
    last: LastLine | None
    holds: tuple[Hold, ...]
    day: date
    instant: int
    campaign: Campaign
    context: Context

    @property
    def clock_runs(self) -> bool:
        return self.status.state in CLOCK_RUNS

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """The steps of the duty's own clock, or of its reviewer's."""
        return self.campaign.review_ladder if self.status.state == DutyState.SUBMITTED else self.campaign.ladder

    @property
    def group(self) -> Group | None:
        due = self.status.due
        if due is None:
            return None
        same = self.line.due_day == due.toordinal()
        internal = date.fromordinal(self.line.internal_day) if same and self.line.internal_day is not None else None
        return Group(due=due, internal=internal, made_on=date.fromordinal(self.line.made_on))

    def before(self) -> list[ToldLine]:
        """Reminders made by the end of the day."""
        return [line for line in self.reminders if line.run_at <= self.instant]

    def until(self, line: ToldLine) -> int | None:
        """When its message had left, as known by the end of the day."""
        return line.sent_at if line.sent_at is not None and line.sent_at <= self.instant else None


def why(context: Context, running: Running, unit: str, *, scope: Scope, day: date | None) -> tuple[Why, ...]:
    """Every duty the unit had on a day (None: today, as of now). Raises `NotFound` outside the scope, `Refused` for a day to come."""
    zone = running.campaign.zone
    board = status(context, running, scope=scope, unit=unit, at=day)
    now = context.now()
    instant = min(closes_at(board.as_of, None, zone) - 1, now)
    with context.database.read() as connection:
        found = unit_rows.unit(connection, unit, scope=scope, day=board.as_of.toordinal())
        if found is None:
            return ()
        owed = [duty for row in board.rows if row.unit == found.code for duty in row.duties]
        ids = [duty.id for duty in owed]
        then = board.as_of.toordinal()
        lines = rows.duties(connection, ids, scope=scope, day=then)
        told = rows.told(connection, ids, scope=scope, day=then)
        last = rows.last_acts(connection, found.id, ids, scope=scope, day=then, instant=instant)
        holds = rows.holds(
            connection,
            scope=scope,
            campaign_id=running.id,
            path=found.path,
            duty_ids=ids,
            day=then,
            instant=instant,
        )
    return tuple(
        _why(
            _Then(
                status=duty,
                line=lines[duty.id],
                reminders=tuple(line for line in told if line.duty_id == duty.id),
                last=last.get(duty.id),
                holds=tuple(hold for hold in holds if hold.duty_id in (None, duty.id)),
                day=board.as_of,
                instant=instant,
                campaign=running.campaign,
                context=context,
            )
        )
        for duty in owed
    )


def _why(then: _Then) -> Why:
    zone = then.campaign.zone
    told = tuple(_told(then, line) for line in then.before() if (at := then.until(line)) and day_of(at, zone) == then.day)
    ahead = _next(then)
    reasons = () if told else tuple(dict.fromkeys(_reasons(then, ahead)))
    return Why(duty=then.status.key, day=then.day, told=told, reasons=reasons, next=ahead)


def _told(then: _Then, line: ToldLine) -> Told:
    return Told(
        recipient=line.recipient or "",
        role=line.role or "",
        rung=step(then.ladder, line.rung),
        channel=line.channel or "",
        at=then.until(line),
        fate="已送达" if line.message_state == "delivered" else "已发送",
    )


def _reasons(then: _Then, ahead: tuple[str, date] | None) -> Iterator[str]:
    """The most telling first; at least one."""
    if then.status.due is None and then.clock_runs:
        yield "时限待定，定下之前不提醒"
        return
    if not then.clock_runs and not (then.status.state == DutyState.SUBMITTED and then.ladder):
        yield _closed(then)
        return
    yield from (_held(then, hold) for hold in then.holds)
    task = then.campaign.task_by_key.get(then.status.key.partition("@")[0])
    if task is not None and not task.chased:
        yield "经常性工作，只统计，不逐次提醒"
        return
    if then.status.state == DutyState.SUBMITTED:
        yield "已报送，等待审核"
    yield from _unsent(then)
    yield from _told_before(then)
    yield from _missed(then)
    if ahead is not None:
        yield f"下一步要到{short(ahead[1], then.day)}：{ahead[0]}"
    elif then.clock_runs:
        yield "各步都已走完，等领导定"


def _closed(then: _Then) -> str:
    words = STATE_WORDS[DutyState(then.status.state)]
    if then.last is None:
        return f"{words}，不再提醒"
    return f"{local_minute(then.last.recorded_at, then.campaign.zone)} {words}，不再提醒"


def _held(then: _Then, hold: Hold) -> str:
    by = f"（{hold.by}）" if hold.by else ""
    because = f"：{hold.reason}" if hold.reason else ""
    until = short(date.fromordinal(hold.last_day), then.day) if hold.last_day is not None else ""
    match hold.kind:
        case "pause":
            return f"活动暂停中{by}{because}"
        case "silence":
            steps = f"第{hold.rung_min}步起" if hold.rung_min else ""
            return f"静默到{until}，{steps}不提醒{by}{because}"
        case _:
            return f"已承诺{until}前报送，这之前不提醒{by}{because}"


def _unsent(then: _Then) -> Iterator[str]:
    """What was due on the day, or waits since then, and did not leave."""
    zone = then.campaign.zone
    for line in then.before():
        if then.until(line) is not None:
            continue
        waits = line.state == "folded" and (line.message_state in WAITING or line.sent_at is not None)
        if not waits and day_of(line.run_at, zone) != then.day:
            continue
        yield f"{step(then.ladder, line.rung)}：{_fate(then, line)}"


def _fate(then: _Then, line: ToldLine) -> str:
    to = f"给{line.recipient}的" if line.recipient else ""
    if line.state.startswith("suppressed:silence"):
        return "静默期内，按“不补发”处理"
    if line.state != "folded":
        return FATES.get(line.state, line.state)
    if line.sent_at is not None:
        return f"{to}消息到{local_minute(line.sent_at, then.campaign.zone)}才发出"
    if line.message_state == "pending" and line.not_before is not None and line.not_before > then.instant:
        return f"{to}消息等到{local_minute(line.not_before, then.campaign.zone)}再发"
    words = MESSAGE_FATES.get(line.message_state or "", line.message_state or "")
    return f"{to}消息{words.removeprefix('消息')}" + (f"：{line.why}" if line.why else "")


def _told_before(then: _Then) -> Iterator[str]:
    """The last time somebody was told, if it was before the day."""
    zone = then.campaign.zone
    sent = [(at, line) for line in then.before() if line.epoch == _epoch(then) and (at := then.until(line)) is not None]
    earlier = [(at, line) for at, line in sent if day_of(at, zone) < then.day]
    if earlier:
        at = max(at for at, _ in earlier)
        people = "、".join(dict.fromkeys(line.recipient or "" for when, line in earlier if when == at))
        rung = next(line.rung for when, line in earlier if when == at)
        yield f"{step(then.ladder, rung)}已在{short(day_of(at, zone), then.day)}告诉{people}"


def _missed(then: _Then) -> Iterator[str]:
    """A step was due by the end of the day, and no run had come by: else it would have left a trace."""
    group = then.group
    if group is None or then.ladder is not then.campaign.ladder or then.holds:
        return
    recorded = {line.rung for line in then.before() if line.epoch == _epoch(then)}
    rungs = [rung for rung in then.ladder if rung.key not in recorded]
    slots = [(slot_day(rung, group, then.context.calendar), rung) for rung in rungs]
    due = [(day, rung) for day, rung in slots if day <= then.day and day >= group.made_on]
    later = [line for line in then.reminders if line.run_at > then.instant and line.rung in {rung.key for _, rung in due}]
    if due and (later or not recorded):
        day, rung = min(due, key=lambda pair: pair[1].no)
        after = f"，后来在{local_minute(min(x.run_at for x in later), then.campaign.zone)}补做" if later else ""
        yield f"{step(then.ladder, rung.key)}在{short(day, then.day)}到点，但到这时还没有做过例行核查{after}"


def _next(then: _Then) -> tuple[str, date] | None:
    """The lowest step not yet recorded and its own day; how far a hold or a dwell moves it is said by the reasons."""
    group = then.group
    if group is None or not then.clock_runs:
        return None
    recorded = {line.rung for line in then.before() if line.epoch == _epoch(then)}
    highest = max((rung.no for rung in then.ladder if rung.key in recorded), default=0)
    for rung in then.ladder:
        if rung.no > highest:
            return step(then.ladder, rung.key), slot_day(rung, group, then.context.calendar)
    return None


def _epoch(then: _Then) -> int:
    """The epoch of the line in force on the day: that of the newest reminder made by then, else the present one."""
    made = [line.epoch for line in then.before()]
    return then.line.epoch if then.line.due_day == (then.status.due or date.min).toordinal() else max(made, default=1)
