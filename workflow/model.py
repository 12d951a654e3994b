"""The frozen nouns: what a compiled campaign consists of. Words as in docs/glossary.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any

LOCAL_ADDITION = "本级补充"


class UnitKind(StrEnum):
    """Kinds of units (单位类型). `二级党组织` in a definition means the second-level kinds, see `SECOND_LEVEL`."""

    SCHOOL = "学校党委"
    COMMITTEE = "二级党委"
    GENERAL_BRANCH = "党总支"
    DIRECT_BRANCH = "直属党支部"
    BRANCH = "党支部"
    DEPARTMENT = "部门"
    LEADING_GROUP = "领导小组"
    GROUP_OFFICE = "领导小组办公室"
    SECTION = "科室"
    OUTSIDE = "外部上级"


SECOND_LEVEL = (UnitKind.COMMITTEE, UnitKind.GENERAL_BRANCH, UnitKind.DIRECT_BRANCH)
BRANCHES = (UnitKind.BRANCH, UnitKind.DIRECT_BRANCH)


class Way(StrEnum):
    """How a paper is handed in (方式)."""

    PAPER = "纸质"
    EMAIL = "电子邮件"
    ONLINE = "在线"


@dataclass(frozen=True, kw_only=True)
class DayInPeriod:
    """Which day of a period is the last one (周期内的日子): 每月25日前, 每年6月10日前, 每月第2个星期五, 每周二, 每年第一季度.

    `month` counts the months of the period from 1 (每年6月 -> 6); None is its last one. `day` is a day of that month, cut to its
    length; None is its last day. With `weekday` (0 = Monday) the `nth` such day of the month counts instead (-1: the last one), in a
    week simply that day. `since` is the month of the period in which the time begins (每年第一季度 -> since=1, month=3); None
    is the beginning of the period.
    """

    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    nth: int | None = None
    since: int | None = None


@dataclass(frozen=True, kw_only=True)
class Every:
    """A frequency (频次): `times` a `unit`, e.g. 每月1次 -> Every(unit="month", step=1, times=1).

    `unit` is one of week, month, quarter, term, halfyear, year; `step` counts units (每2周 -> step=2). `days` are the last days within
    a unit (每年6月10日和12月10日前 has two), () its end.
    """

    unit: str
    step: int = 1
    times: int = 1
    days: tuple[DayInPeriod, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When something is due (时限): the words as written, the rule they were read by, and what they mean.

    `kind` is one of before, on, window, month, xun, open_start, relative, recurring, none. `start` and `end` are civil days in
    the campaign's zone, `end` the last day allowed, to 24:00 unless `hour` is given. `flags` name what a person should look at
    (`ambiguous`, `event`, `asked`, ...). `event` names the event whose day must be asked for; `after_workdays` and
    `after_days` count from it (公示5个工作日). `every` is how often it recurs, `more` the further frequencies of the same words
    (每月1次支委会，每季度1次党课). `at`..`to` is where its words stand in the text that was read, None if there are none.
    """

    words: str
    kind: str = "none"
    rule: str = ""
    start: date | None = None
    end: date | None = None
    hour: time | None = None
    flags: tuple[str, ...] = ()
    ranges: tuple[tuple[date | None, date | None], ...] = ()
    every: Every | None = None
    more: tuple[Every, ...] = ()
    event: str | None = None
    after_workdays: int | None = None
    after_days: int | None = None
    confirmed_by: str | None = None
    at: int | None = field(default=None, compare=False)
    to: int | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Phase:
    """阶段: a state a case can be in, with its window. `no` counts from 1 among the phases of its track."""

    no: int
    name: str
    deadline: Deadline
    points: tuple[str, ...] = ()
    by_calendar: bool = False
    waits_for_branches: bool = False
    quote: str | None = None
    local: bool = False
    line: int | None = field(default=None, compare=False)

    @property
    def opens(self) -> date | None:
        return self.deadline.start

    @property
    def closes(self) -> date | None:
        return self.deadline.end


@dataclass(frozen=True, kw_only=True)
class Track:
    """适用对象: one kind of participant with its ordered phases. `kinds` are the kinds of units that walk it;
    `units` names single units instead (an office such as 组织部, by name or code)."""

    key: str
    kinds: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    branch_kinds: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = ()

    @cached_property
    def phase_names(self) -> tuple[str, ...]:
        return tuple(p.name for p in self.phases)

    def opening_day(self, no: int) -> date | None:
        """The day the calendar opens phase `no`; for the number after the last phase, the day it closes the case (办结).

        A phase without a start opens the day after the one before it closes, and none before the one before it: where windows
        overlap, nobody skips a phase. None if there is no date to tell it by; `no` is at least 2.
        """
        opens = self.phases[no - 1].opens if no <= len(self.phases) else None
        closes = self.phases[no - 2].closes
        own = opens or (closes + timedelta(days=1) if closes is not None else None)
        before = self.opening_day(no - 1) if no > 2 else None
        return max(own, before) if own is not None and before is not None else own


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """数量: how many of what. `most` None means 以上."""

    what: str
    least: int
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Selector:
    """For whom among the units of the track a task is: by confirmed grade (适用等次), by kind of branch (适用类别)."""

    grades: tuple[str, ...] = ()
    branch_kinds: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.grades or self.branch_kinds)


@dataclass(frozen=True, kw_only=True)
class Task:
    """任务（事项）: what the notice asks of whom, by when, how often, how many.

    `key` is what people type (`调查摸底/支部自评`); `form` names the published JSON Schema that submitted data follow (None: no
    data needed); `owners` are names or roles, the first 牵头; `locks` is the last day after which even a late submission is
    refused; `internal_workdays` is how many working days before the line branches of a second-level organisation hand in to
    it; `details` is what must be stated (写明), `terms` are conditions in words: (范围, 本单位), (没有时, ...), (比例, 5%-10%),
    (口径, 全校). `line` is where it stands in the definition.
    """

    key: str
    name: str
    track: str
    phase: str | None = None
    deadline: Deadline
    owners: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    selector: Selector = Selector()
    materials: tuple[str, ...] = ()
    receiver: str | None = None
    ways: tuple[Way, ...] = ()
    form: str | None = None
    grading: int | None = None
    details: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    proxy: bool = False
    chased: bool = True
    locks: date | None = None
    internal_workdays: int | None = None
    quote: str | None = None
    local: bool = False
    line: int | None = field(default=None, compare=False)

    @property
    def recurring(self) -> bool:
        return self.deadline.every is not None


@dataclass(frozen=True, kw_only=True)
class Grading:
    """定级: who grades whom, on which scale. `no` counts rounds from 1 in the order of the definition; `task` is the key of the
    grader's task, whose accepted submission confirms the grades. No label, cut-off or weight has a default number."""

    no: int
    name: str
    subject: str
    grader: str
    scale: tuple[str, ...]
    task: str
    evidence: tuple[str, ...] = ()
    method: str | None = None
    baseline: bool = False
    quote: str | None = None
    local: bool = False


@dataclass(frozen=True, kw_only=True)
class Target:
    """目标: at least `share` of the baseline branches graded `from_grade` reach `to_grade` (or better) by a day."""

    from_grade: str
    to_grades: tuple[str, ...]
    share: Fraction
    words: str
    deadline: Deadline
    quote: str | None = None
    local: bool = False
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Audience:
    """告诉谁: a role looked for at a level, seen from the unit that owes.

    `level` is one of
      own       the unit itself; `role` 责任人 are the owners of the duty, 牵头责任人 the first of them, 书记 its secretary
      clerk     the 组织员 (or 党务秘书) who chases this unit: of the unit above for a branch, of the unit itself for a
                second-level unit
      contact   the superior's contact (上级联系人): for a branch the 书记 of its second-level unit, for a second-level unit the
                contact in 组织部
      superior  the unit above, whatever it is
      root      an office under the root (组织部, 领导小组) or the unit of that kind on the way up (党总支); `office` names it
      named     one person by name, in `role`
      reviewer  who reviews what the unit handed in: for a branch the `role` (组织员, 书记) of the unit above, for a second-level unit
                组织部: its contact in the place of the 组织员, its 部长 in the place of the 书记
    `words` is what the definition says.
    """

    level: str
    role: str
    words: str
    office: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rung:
    """第几步: `offset` in working days from the last day (negative: before it); fires at `at` in the campaign's zone.

    `kind` is remind (提醒), chase (催办), oversee (督办), ask (提请: a leader decides) or review (审核: a reviewer is told what waits
    for him). `key` is stable: renumbering must not fire a rung again. `dwell` are working days since the rung below was told. With
    `repeat_every` it is told again every so many working days until the next rung, `repeat_most` times in all (重复: 每2个工作日,
    最多: 3 -> the first time and two more). `gate` is what must have come of the rung told before (none, attempted, delivered);
    until then the rung waits. `vacant` is what happens where nobody holds the post: up (the next level stands in) or hold.
    """

    no: int
    key: str
    offset: int
    kind: str
    audience: tuple[Audience, ...]
    dwell: int = 1
    repeat_every: int | None = None
    repeat_most: int = 0
    local: bool = True
    at: time = time(8, 30)
    gate: str = "none"
    vacant: str = "up"
    line: int | None = field(default=None, compare=False)

    @property
    def urgent(self) -> bool:
        """It waits for nobody's wish, and leaves before others."""
        return self.kind in ("oversee", "ask")


@dataclass(frozen=True, kw_only=True)
class Question:
    """待定: an open question; nothing in it makes a duty until it is answered."""

    text: str
    words: str = ""
    proposal: str = ""
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class ItemSteps:
    """项目: 0..n items a unit registers, with their own steps (申报 -> 评审立项 -> 实施 -> 考评验收)."""

    name: str
    steps: tuple[str, ...]
    track: str
    details: tuple[str, ...] = ()
    quote: str | None = None


@dataclass(frozen=True, kw_only=True)
class Contact:
    unit: str = ""
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """专项活动: a compiled definition. Frozen; `digest` is the SHA-256 of the definition's text.

    `review_ladder` is climbed while a submission waits for its reviewer, from the last day of `review_workdays`; empty where no time
    for reviewing is set. `catchup` is what follows missed rungs: climb (one a run, from the lowest), or collapse (only the highest
    due one is told, those below are recorded as skipped).
    """

    name: str
    digest: str
    issuer: str
    issued: date | None
    counts_from: date | None
    ends: date
    zone: str
    rest_day: str
    tracks: tuple[Track, ...]
    tasks: tuple[Task, ...]
    gradings: tuple[Grading, ...] = ()
    targets: tuple[Target, ...] = ()
    ladder: tuple[Rung, ...] = ()
    review_ladder: tuple[Rung, ...] = ()
    catchup: str = "climb"
    projects: tuple[ItemSteps, ...] = ()
    questions: tuple[Question, ...] = ()
    contact: Contact = Contact()
    addressees: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    document_no: str | None = None
    basis: tuple[str, ...] = ()
    theme: str | None = None
    review_workdays: int | None = None
    starting_grades: str | None = None
    notes: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def track_by_key(self) -> dict[str, Track]:
        return {t.key: t for t in self.tracks}

    @cached_property
    def task_by_key(self) -> dict[str, Task]:
        return {t.key: t for t in self.tasks}

    @cached_property
    def rung_by_key(self) -> dict[str, Rung]:
        """The steps of both ladders."""
        return {rung.key: rung for rung in (*self.ladder, *self.review_ladder)}


class DutyState(StrEnum):
    """Where one duty stands. The clock runs in `OPEN` and `RETURNED`."""

    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WAIVED = "waived"
    VOID = "void"


CLOCK_RUNS = (DutyState.OPEN, DutyState.RETURNED)
CLOSED = (DutyState.ACCEPTED, DutyState.WAIVED, DutyState.VOID)
STATE_WORDS = {
    DutyState.OPEN: "尚未报送",
    DutyState.SUBMITTED: "已报送",
    DutyState.RETURNED: "退回补正",
    DutyState.ACCEPTED: "已审核",
    DutyState.WAIVED: "免报",
    DutyState.VOID: "不再适用",
}
DONE_PHASE = "办结"
ONE_PHASE = "办理"


def duty_key(task: str, occurrence: str) -> str:
    """调查摸底/支部自评, 月报@2026-04: a duty of a unit as people type it, by its task's key and, where it recurs, the occurrence."""
    return f"{task}@{occurrence}" if occurrence else task


def duty_name(task: str, occurrence: str) -> str:
    """支部自评, 月报（2026-04）: the same as people read it, by its task's name."""
    return f"{task}（{occurrence}）" if occurrence else task
