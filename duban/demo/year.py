"""The play itself: every unit acts on its days, cron runs every morning, reviewers review, leaders decide."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from duban.clock import Clock
from duban.demo import midway
from duban.demo.habits import GRANTED, Deal, Habit
from duban.demo.papers import Papers
from duban.engine import Engine
from duban.samples import Organisation
from duban.service.context import ZONE
from duban.service.status import DutyStatus, Row
from workflow.errors import NotFound, Refused
from workflow.model import BRANCHES, Task, UnitKind, Way
from workflow.workdays import WorkCalendar

if TYPE_CHECKING:
    from duban.demo import Progress

START, END = date(2012, 3, 26), date(2012, 12, 31)
RUN_AT = time(8, 30)
LAST_WORDS = date(2012, 12, 27)
"""What is handed in later than this could not be reviewed within the year."""
RETURNED = 0.06
"""The share of submissions that come back once to be completed."""
PAPER_FIRST = 0.4
"""The share of papers that reach the desk before anything is sent electronically."""
OFFICER = "91:联系人"


class Year:
    """One year in one sandbox. Everything it does goes through `Engine`."""

    def __init__(self, url: str, organisation: Organisation, *, progress: Progress, midway: Path | None = None) -> None:
        self.organisation = organisation
        self.papers = Papers(organisation)
        self.progress = progress
        self.midway = midway
        self.random = Random(organisation.kind + "2012")
        self.habits = Deal(self.random)
        self.calendar = WorkCalendar()
        self.instant = _at(START, time(8, 0))
        self.engine = Engine(url, clock=Clock(now=lambda: self.instant))
        self.events: list[tuple[int, int, Callable[[], None]]] = []
        self.order = itertools.count()
        self.people: dict[str, int] = {}
        self.campaign = 0
        self.runs = 0
        self.sent: Counter[date] = Counter()
        self.proxies = 0
        self.seen: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.engine.close()

    def play(self, workbook: Path, definition: Path) -> None:
        """From the launch on 26 March to the last run on 31 December."""
        self.engine.import_units(workbook)
        self.instant = _at(START, time(9, 0))
        self.campaign = self.engine.launch(definition, by=self._person("91:部长"))
        self.tasks = self.engine.campaign(self.campaign).campaign.task_by_key
        self._plan_duties()
        days = [START + timedelta(days=n) for n in range((END - START).days + 1)]
        for number, day in enumerate(days):
            self._until(_at(day, RUN_AT))
            if day == midway.DAY and self.midway is not None:
                midway.leave(self.engine, self.midway)
            self._morning(day)
            self.progress(f"{day.month}月{day.day}日", number + 1, len(days))
        self._until(_at(END, time(23, 0)))

    def tables(self, folder: Path) -> list[Path]:
        """The tables that go upward: of the whole school, and one of a single unit as its clerk would export it."""
        officer = self._person(OFFICER)
        made = [
            self.engine.export(table, by=officer, out=folder, campaign=self.campaign)
            for table in ("grades", "plan", "result", "promotion")
        ]
        clerk = self._person("01:组织员")
        return [*made, self.engine.export("grades", by=clerk, out=folder, unit="01", campaign=self.campaign)]

    # --- what happens

    def _plan_duties(self) -> None:
        """Every duty that has come to be since last time gets its habit and its day."""
        board = self.engine.status(self.campaign)
        fresh = [(row, duty) for row in board.rows for duty in row.duties if duty.id not in self.seen and duty.due]
        self.seen |= {duty.id for _, duty in fresh}
        missable = frozenset(d.id for _, d in fresh if self._task(d).form in (None, "总结") and not self._task(d).materials)
        habits = self.habits.deal([d.id for _, d in fresh if not self._task(d).recurring], missable)
        in_time = [d.id for _, d in fresh if habits.get(d.id) is Habit.ON_TIME and self._task(d).phase == "健全组织"]
        extended = frozenset(self.random.sample(in_time, min(GRANTED, len(in_time))))
        for row, duty in fresh:
            self._plan(row, duty, habits.get(duty.id, Habit.ON_TIME), extended=duty.id in extended)

    def _plan(self, row: Row, duty: DutyStatus, habit: Habit, *, extended: bool) -> None:
        assert duty.due is not None
        task = self._task(duty)
        if habit is Habit.NEVER:
            self._on(self.calendar.add(duty.due, 9).day, lambda: self._decide(duty))
            return
        if extended:
            ask = self.calendar.previous(duty.due - timedelta(days=1)).day
            until = self.calendar.add(duty.due, 5).day
            self._on(ask, lambda: self._extend(row, duty, until))
            self._on(self.calendar.previous(until).day, lambda: self._submit(row, duty, task))
            return
        self._on(self._day(duty.due, habit, task), lambda: self._submit(row, duty, task))

    def _day(self, due: date, habit: Habit, task: Task) -> date:
        if habit is Habit.LATE_1_3:
            return due + timedelta(days=self.random.randint(1, 3))
        if habit is Habit.LATER:
            return max(due + timedelta(days=4), min(due + timedelta(days=self.random.randint(4, 18)), LAST_WORDS))
        first = max(task.deadline.start or START, START)
        span = min((due - first).days, 12)
        day = due - timedelta(days=self.random.randint(0, max(span, 0)))
        workday = self.calendar.previous(day).day
        return max(workday, first)

    def _submit(self, row: Row, duty: DutyStatus, task: Task, *, again: bool = False) -> None:
        who, proxy = self._submitter(row)
        reviewer = self._reviewer(row)
        on_paper = bool(task.ways) and not again and self.random.random() < PAPER_FIRST
        if on_paper:
            self.engine.act("receive", duty=duty.id, by=reviewer, ways=task.ways)
        else:
            self.engine.act("submit", duty=duty.id, by=who, data=self._data(row, duty, task))
            self.proxies += proxy
        review = self.calendar.add(self._today(), self.random.randint(1, 2)).day
        if not again and not on_paper and self.random.random() < RETURNED:
            self._on(review, lambda: self._return(row, duty, task))
        else:
            self._on(review, lambda: self._accept(row, duty, task))

    def _accept(self, row: Row, duty: DutyStatus, task: Task) -> None:
        reviewer = self._reviewer(row)
        try:
            self.engine.act("accept", duty=duty.id, by=reviewer)
        except Refused as refusal:
            if [r.code for r in refusal.reasons] != ["paper-missing"]:
                raise
            self.engine.act("receive", duty=duty.id, by=reviewer, ways=[Way.PAPER])
            self.engine.act("accept", duty=duty.id, by=reviewer)
        if task.grading is not None:
            self._plan_duties()

    def _return(self, row: Row, duty: DutyStatus, task: Task) -> None:
        self.engine.act("return", duty=duty.id, by=self._reviewer(row), reason="第二项写得太笼统，请补上负责人和日期")
        self._on(self.calendar.add(self._today(), 2).day, lambda: self._submit(row, duty, task, again=True))

    def _extend(self, row: Row, duty: DutyStatus, until: date) -> None:
        self.engine.act("extend", duty=duty.id, by=self._reviewer(row), to=until, reason="支部书记出差，已电话说明")

    def _decide(self, duty: DutyStatus) -> None:
        """The leader who was asked chooses; the choice is recorded."""
        self.engine.act("sign", duty=duty.id, by=self._person("91:部长"), data={"decision": "电话了解"})

    def _morning(self, day: date) -> None:
        """What the one line in the crontab does."""
        run = self.engine.escalate()
        self.runs += 1
        if run.state == "needs_confirm" and run.run is not None:
            self.engine.confirm_run(run.run)
        self.sent[day] += self.engine.deliver().sent

    # --- who and what

    def _data(self, row: Row, duty: DutyStatus, task: Task) -> dict[str, Any] | None:
        if task.grading is not None:
            second = task.phase == "考评总结"
            regrade = self.organisation.truth["regrade"]["A"] if second else None  # type: ignore[index]
            return self.papers.grading(self._subjects(row), regrade)
        if task.form == "自评":
            return self.papers.self_rating(row.unit)
        if task.form == "整改计划":
            return self.papers.plan(row.unit, duty.due or END)
        if task.form == "整改结果":
            return self.papers.result(row.unit, self._today())
        return self.papers.summary() if task.form == "总结" else None

    def _subjects(self, row: Row) -> list[str]:
        """Whom a grader grades: 组织部 the second-level units, a second-level unit its branches (a direct branch itself)."""
        units = self.organisation.units
        if row.kind == UnitKind.DEPARTMENT:
            return [u.code for u in units if u.kind in (UnitKind.COMMITTEE, UnitKind.GENERAL_BRANCH, UnitKind.DIRECT_BRANCH)]
        parents = {u.code: u.parent for u in units}
        return [u.code for u in units if u.kind in BRANCHES and row.unit in _line(u.code, parents)]

    def _submitter(self, row: Row) -> tuple[int, bool]:
        """The head of the unit; where the post is empty the 组织员 above fills in (代填)."""
        found = self._holder(row.unit, ("书记", "部长", "校长", "主任", "副书记"))
        return (found, False) if found is not None else (self._reviewer(row), True)

    def _reviewer(self, row: Row) -> int:
        """The 组织员 of the unit above, or who stands in for an empty post; 组织部 for everybody else."""
        above = self.papers.units[row.unit].parent if row.kind == UnitKind.BRANCH else None
        found = self._holder(above, ("组织员", "党务秘书", "书记")) if above is not None else None
        return found if found is not None else self._person(OFFICER)

    def _holder(self, code: str, roles: tuple[str, ...]) -> int | None:
        for role in roles:
            try:
                return self._person(f"{code}:{role}")
            except NotFound:
                continue
        return None

    def _person(self, words: str) -> int:
        if words not in self.people:
            self.people[words] = self.engine.person(words)
        return self.people[words]

    def _task(self, duty: DutyStatus) -> Task:
        return self.tasks[duty.key.partition("@")[0]]

    # --- the clock of the play

    def _on(self, day: date, what: Callable[[], None]) -> None:
        """Some time in the office hours of a day, never before now."""
        at = _at(day, time(9, 0)) + self.random.randrange(0, 8 * 3600, 60)
        if day <= END:
            heapq.heappush(self.events, (max(at, self.instant + 60), next(self.order), what))

    def _until(self, instant: int) -> None:
        while self.events and self.events[0][0] <= instant:
            at, _, what = heapq.heappop(self.events)
            self.instant = max(at, self.instant)
            what()
        self.instant = max(instant, self.instant)

    def _today(self) -> date:
        return datetime.fromtimestamp(self.instant, ZoneInfo(ZONE)).date()


def _line(code: str, parents: dict[str, str | None]) -> Iterable[str]:
    at: str | None = code
    while at is not None:
        yield at
        at = parents[at]


def _at(day: date, hour: time) -> int:
    return int(datetime.combine(day, hour, ZoneInfo(ZONE)).timestamp())
