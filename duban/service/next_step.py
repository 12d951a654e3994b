"""我的下一步: what one person has to do now for his units, by when and whom to ask; what waits for others; what is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from duban.service import extending
from duban.service.context import ZONE, Context, day_of
from duban.service.extending import ExtensionRequest
from duban.service.one_duty import FIRST_CLERKS, Ask, ask_of, opens_on
from duban.service.visiting import Visitor
from phases.forms.effort import minutes
from storage import messages, own_duties
from storage.own_duties import OwnDuty, Reviewer
from storage.scope import Scope
from workflow.deadline import closes_at, short, show
from workflow.model import CLOCK_RUNS, CLOSED, STATE_WORDS, Campaign, DutyState, Task, duty_name

SOON = 5
"""Working days: what is due within them is to be done now, whichever phase it belongs to."""
AHEAD = 31
"""Days: occurrences of what recurs are shown from this long before they begin."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One duty as its owner meets it. `first_due` is the day he should keep to: the internal line while it is ahead, else the last day.

    `minutes` is about how long its form takes, None where nobody can tell.
    """

    duty: int
    title: str
    unit: str
    campaign: str
    phase: str | None
    state: DutyState
    state_words: str
    due: date | None
    due_words: str
    internal: date | None
    provisional: bool
    opens_on: date | None
    days_past: int
    workdays_left: int | None
    minutes: int | None
    form: bool
    saved: bool
    returned: str | None
    request: ExtensionRequest | None
    ask: Ask
    day: date | None
    """The day it was handed in, or accepted."""

    @property
    def first_due(self) -> date | None:
        return self.internal or self.due


@dataclass(frozen=True, kw_only=True)
class NextSteps:
    """`now` is what he should do, the most urgent first; `later` what can wait or has not begun; `sent` waits for its reviewer."""

    now: tuple[Step, ...]
    later: tuple[Step, ...]
    sent: tuple[Step, ...]
    done: tuple[Step, ...]
    today: date
    several_units: bool
    several_campaigns: bool

    @property
    def lead(self) -> str:
        """The one sentence with which the page begins."""
        if not self.now:
            return "目前没有需要您办的事。" + self._then()
        if len(self.now) == 1:
            long = self.now[0].minutes
            return "本阶段您只有1件事" + (f"，约{long}分钟。" if long is not None else "。")
        line = min((step.first_due for step in self.now if step.first_due is not None), default=None)
        if line is None:
            return f"现在您有{len(self.now)}件事。"
        if line < self.today:
            return f"现在您有{len(self.now)}件事，请从第一件办起。"
        return f"现在您有{len(self.now)}件事，最近的一件{short(line, self.today)}前。"

    def _then(self) -> str:
        """What comes after nothing."""
        if self.sent:
            return f"已报送的{len(self.sent)}件正在审核；如退回，会写明改哪里。"
        begins = [step for step in self.later if step.opens_on is not None or step.due is not None]
        if not begins:
            return ""
        first = begins[0]
        when = (
            f"{short(first.opens_on, self.today)}起办理"
            if first.opens_on
            else f"{short(first.due or self.today, self.today)}前"
        )
        return f"下一件是“{first.title}”，{when}。"


def next_steps(context: Context, visitor: Visitor, *, scope: Scope) -> NextSteps:
    """Everything his own units owe in the campaigns that run."""
    today, now = context.today(), context.now()
    day = today.toordinal()
    with context.database.read() as connection:
        context.refresh(connection)
        until = closes_at(today + timedelta(days=AHEAD), None, ZONE)
        found = own_duties.own_duties(connection, visitor.own, scope=scope, day=day, until=until)
        ids = [line.duty_id for line in found if line.state not in CLOSED]
        returned = messages.returned(connection, ids)
        requests = extending.newest(context, connection, ids, scope=scope, day=day)
        reviewers = own_duties.reviewers(connection, visitor.own, roles=FIRST_CLERKS, scope=scope, day=day)
    read = _Reader(context, today, now, returned, requests, reviewers)
    return _sorted([(line, read.step(line)) for line in found], context, today)


@dataclass(frozen=True)
class _Reader:
    """What a row becomes, with what was read beside it."""

    context: Context
    today: date
    now: int
    returned: Mapping[int, str]
    requests: Mapping[int, ExtensionRequest]
    reviewers: Mapping[int, Reviewer]

    def step(self, line: OwnDuty) -> Step:
        campaign = self.context.running(line.campaign_id).campaign
        task = campaign.task_by_key[line.task_key]
        state = DutyState(line.state)
        due, internal = _day(line.due_day), _day(line.internal_day)
        runs = state in CLOCK_RUNS
        past = max(0, (self.today - due).days) if due is not None and runs else 0
        return Step(
            duty=line.duty_id,
            title=duty_name(task.name, line.occurrence),
            unit=line.unit,
            campaign=campaign.name,
            phase=task.phase,
            state=state,
            state_words=STATE_WORDS[state],
            due=due,
            due_words=show(due, task.deadline.hour, self.today),
            internal=internal if internal is not None and internal >= self.today else None,
            provisional=due is not None and not self.context.calendar.is_certain(due),
            opens_on=opens_on(line.opens_at, self.now),
            days_past=past,
            workdays_left=self.context.calendar.count(self.today, due) if due is not None and not past else None,
            minutes=minutes(task.form),
            form=task.form is not None,
            saved=line.saved_at is not None,
            returned=self.returned.get(line.duty_id) if state is DutyState.RETURNED else None,
            request=self.requests.get(line.duty_id),
            ask=ask_of(line.unit_kind, self.reviewers.get(line.unit_id), self.context.contact(campaign)),
            day=self._done_on(line, state),
        )

    def _done_on(self, line: OwnDuty, state: DutyState) -> date | None:
        at = line.accepted_at if state is DutyState.ACCEPTED else line.submitted_at
        return day_of(at) if at is not None else None


def _sorted(found: Sequence[tuple[OwnDuty, Step]], context: Context, today: date) -> NextSteps:
    open_ = [(line, step) for line, step in found if step.state in CLOCK_RUNS]
    now = [step for line, step in open_ if _is_now(line, step, context)]
    later = [(line, step) for line, step in open_ if not _is_now(line, step, context)]
    done = [step for _, step in found if step.state in CLOSED]
    return NextSteps(
        now=tuple(sorted(now, key=_urgency)),
        later=tuple(sorted(_first_of_each(later), key=lambda step: step.opens_on or step.due or date.max)),
        sent=tuple(step for _, step in found if step.state is DutyState.SUBMITTED),
        done=tuple(sorted(done, key=lambda step: step.day or date.min, reverse=True)),
        today=today,
        several_units=len({line.unit_id for line, _ in found}) > 1,
        several_campaigns=len({line.campaign_id for line, _ in found}) > 1,
    )


def _is_now(line: OwnDuty, step: Step, context: Context) -> bool:
    """Its time has begun, and it is of the phase the unit is in (or of one before, or of none), or due soon, or sent back."""
    if step.state is DutyState.RETURNED:
        return True
    if step.opens_on is not None:
        return False
    if step.days_past or (step.workdays_left is not None and step.workdays_left <= SOON):
        return True
    campaign = context.running(line.campaign_id).campaign
    return _phase_no(campaign, line, campaign.task_by_key[line.task_key]) <= line.phase


def _phase_no(campaign: Campaign, line: OwnDuty, task: Task) -> int:
    """The number of a task's phase in the track of its case; 0 without one."""
    track = campaign.track_by_key[line.track]
    return track.phase_names.index(task.phase) + 1 if task.phase in track.phase_names else 0


def _urgency(step: Step) -> tuple[bool, date]:
    """What was sent back first, then by its day."""
    return step.state is not DutyState.RETURNED, step.first_due or date.max


def _first_of_each(found: Iterable[tuple[OwnDuty, Step]]) -> list[Step]:
    """Of what recurs only the next occurrence."""
    seen: dict[tuple[int, str], Step] = {}
    for line, step in sorted(found, key=lambda pair: pair[1].due or date.max):
        seen.setdefault((line.case_id, line.task_key), step)
    return list(seen.values())


def _day(ordinal: int | None) -> date | None:
    return date.fromordinal(ordinal) if ordinal is not None else None
