"""Every table: what is remembered, in which columns, found by which keys.

Days are integers (`date.toordinal()`), instants integers (UTC seconds since 1970). A span that has not ended has
`valid_to = FOREVER_DAY`; a row that is still believed has `superseded_at = FOREVER`. So every question about time is a comparison,
and every index on time is a narrow one.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, MetaData, Table, Text, UniqueConstraint, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

FOREVER_DAY = 3_652_060
"""One day after the last that `date` knows: the end of what has not ended."""
FOREVER = 1 << 62
"""The instant until which a row that nobody corrected is believed."""

# Before any model is defined, so that the names of constraints are the same in every migration on every database.
SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BIG: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
# Paths are compared by their bytes: under a language's collation "/" and digits would not sort as a tree needs.
PATH: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")


class Meta(SQLModel, table=True):
    """Facts about the database itself: instance, sandbox, last_instant (sandbox only)."""

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str


class Person(SQLModel, table=True):
    """人员: the journal holds ids; names and addresses live here and can be erased."""

    __tablename__ = "person"
    id: int | None = Field(default=None, primary_key=True)
    number: str | None = Field(default=None, unique=True)
    name: str
    email: str | None = None
    mobile: str | None = None
    recorded_at: int = Field(sa_type=BIG)
    erased_at: int | None = Field(default=None, sa_type=BIG)


class Unit(SQLModel, table=True):
    """单位: an identity that is never deleted nor used again. What it is called and where it hangs is in `unit_span`."""

    __tablename__ = "unit"
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    recorded_at: int = Field(sa_type=BIG)


class UnitSpan(SQLModel, table=True):
    """A unit's name, kind, size and place in the tree over a span of days, as believed over a span of instants.

    `path` is the ids from the root down, `/0000001/0000007/0000093/`: a subtree is a range of it.
    """

    __tablename__ = "unit_span"
    __table_args__ = (
        Index("ix_unit_span_unit", "unit_id", "superseded_at", "valid_to"),
        Index("ix_unit_span_path", "path", "superseded_at", "valid_to"),
        Index("ix_unit_span_parent", "parent_id", "superseded_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    valid_from: int
    valid_to: int = FOREVER_DAY
    recorded_at: int = Field(sa_type=BIG)
    superseded_at: int = Field(default=FOREVER, sa_type=BIG)
    name: str
    kind: str
    branch_kind: str | None = None
    members: int | None = None
    grade: str | None = None
    parent_id: int | None = Field(default=None, foreign_key="unit.id")
    path: str = Field(sa_type=PATH)
    depth: int


class Lineage(SQLModel, table=True):
    """沿革: which unit came from which (merge, split, dissolve, new), when it took effect and when it was recorded."""

    __tablename__ = "lineage"
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    from_unit: int | None = Field(default=None, foreign_key="unit.id", index=True)
    to_unit: int | None = Field(default=None, foreign_key="unit.id", index=True)
    effective_on: int
    recorded_at: int = Field(sa_type=BIG)
    by_person: int | None = None
    document: str | None = None
    reason: str | None = None


class Post(SQLModel, table=True):
    """任职: a person in a role in a unit over a span of days, as believed over a span of instants.

    `delegated` (委托): for these days the person stands for the holder `stands_for`, who is then not told himself.
    """

    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_unit", "unit_id", "role", "superseded_at"),
        Index("ix_post_person", "person_id", "superseded_at"),
        Index("ix_post_delegated", "valid_to", sqlite_where=text("delegated = 1"), postgresql_where=text("delegated = true")),
    )
    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    role: str
    person_id: int = Field(foreign_key="person.id")
    valid_from: int
    valid_to: int = FOREVER_DAY
    acting: bool = False
    delegated: bool = False
    stands_for: int | None = None
    recorded_at: int = Field(sa_type=BIG)
    superseded_at: int = Field(default=FOREVER, sa_type=BIG)


class DefinitionRow(SQLModel, table=True):
    """活动设置: the text of a definition, found by its digest. A campaign stays on its version."""

    __tablename__ = "definition"
    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True)
    text: str
    recorded_at: int = Field(sa_type=BIG)


class CampaignRow(SQLModel, table=True):
    """专项活动: a definition launched over a tree of units."""

    __tablename__ = "campaign"
    id: int | None = Field(default=None, primary_key=True)
    definition_id: int = Field(foreign_key="definition.id")
    name: str
    state: str = "running"
    root_id: int = Field(foreign_key="unit.id")
    launched_at: int = Field(sa_type=BIG)
    launched_on: int


class TaskRow(SQLModel, table=True):
    """任务: the tasks of a campaign under the keys people type, so that duties refer to them by a small number."""

    __tablename__ = "task"
    __table_args__ = (UniqueConstraint("campaign_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    key: str
    track: str
    phase: int | None = None
    ord: int


class CaseRow(SQLModel, table=True):
    """本单位进展: one unit's way through one track: current phase (from 1; one more than the last: 办结) and version."""

    __tablename__ = "case_"
    __table_args__ = (
        UniqueConstraint("campaign_id", "track", "unit_id"),
        Index("ix_case_unit", "unit_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    track: str
    unit_id: int = Field(foreign_key="unit.id")
    phase: int = 1
    version: int = 1
    entered_on: int


class DutyRow(SQLModel, table=True):
    """应办事项: one task owed by one unit by one deadline.

    `closes_at` is the first late instant, `locks_at` the first at which even a late submission is refused. `first_due_day` keeps the line
    as launched when extensions move `due_day`; each move adds 1 to `epoch`. `planned_day` is the line by the definition and the calendar
    as last projected (None: still `first_due_day`): where `due_day` differs from it, a person has set it, and no calendar moves it.
    `on_time` is the mark of the first submission, `judged_day` the line it was judged by, however `due_day` moves later. `review_day` is
    the last day of the reviewer's time for the present submission.
    """

    __tablename__ = "duty"
    __table_args__ = (
        UniqueConstraint("case_id", "task_id", "occurrence"),
        Index("ix_duty_task", "task_id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    campaign_id: int
    case_id: int = Field(foreign_key="case_.id")
    unit_id: int
    task_id: int = Field(foreign_key="task.id")
    occurrence: str = ""
    state: str = "open"
    epoch: int = 1
    version: int = 1
    made_on: int
    opens_at: int | None = Field(default=None, sa_type=BIG)
    due_day: int | None = None
    closes_at: int | None = Field(default=None, sa_type=BIG)
    locks_at: int | None = Field(default=None, sa_type=BIG)
    internal_day: int | None = None
    first_due_day: int | None = None
    planned_day: int | None = None
    submitted_at: int | None = Field(default=None, sa_type=BIG)
    first_submitted_at: int | None = Field(default=None, sa_type=BIG)
    on_time: bool | None = None
    judged_day: int | None = None
    review_day: int | None = None
    accepted_at: int | None = Field(default=None, sa_type=BIG)
    ways: int = 0
    proxy: bool = False


class JournalRow(SQLModel, table=True):
    """办理记录: append-only. Rows of cases and duties are its projection; what stood on any past day is a sum over it.

    `recorded_at` is when the server took it down, `effective_on` the day it is about. `due_day` is the line after, `due_day_from` the line
    before. `seal` numbers the block it is sealed in, later, by a sealer of its own.
    """

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_unit", "unit_id"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    recorded_at: int = Field(sa_type=BIG)
    effective_on: int
    campaign_id: int | None = None
    unit_id: int | None = None
    unit_path: str | None = Field(default=None, sa_type=PATH)
    case_id: int | None = None
    duty_id: int | None = Field(default=None, sa_type=BIG)
    task_id: int | None = None
    act: str
    from_state: str | None = None
    to_state: str | None = None
    due_day_from: int | None = None
    due_day: int | None = None
    on_time: bool | None = None
    by_person: int | None = None
    via: str | None = None
    reason: str | None = None
    data: str | None = None
    seal: int | None = Field(default=None, sa_type=BIG)


class Submission(SQLModel, table=True):
    """报送版: what was sent, kept as sent beside today's figures."""

    __tablename__ = "submission"
    __table_args__ = (Index("ix_submission_duty", "duty_id"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    duty_id: int = Field(sa_type=BIG)
    epoch: int
    at: int = Field(sa_type=BIG)
    by_person: int
    proxy: bool = False
    data: str | None = None


class Receipt(SQLModel, table=True):
    """登记收件: who received a paper or an e-mail, which way, on which day."""

    __tablename__ = "receipt"
    __table_args__ = (Index("ix_receipt_duty", "duty_id"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    duty_id: int = Field(sa_type=BIG)
    epoch: int
    way: str
    received_on: int
    at: int = Field(sa_type=BIG)
    by_person: int


class GradeRow(SQLModel, table=True):
    """等次: a confirmed grade of a unit in one round of one campaign, with the figures it rests on. Append-only."""

    __tablename__ = "grade"
    __table_args__ = (Index("ix_grade_unit", "campaign_id", "grading", "unit_id"),)
    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int
    grading: int
    unit_id: int
    grade: str
    self_score: float | None = None
    superior_score: float | None = None
    final_score: float | None = None
    satisfaction: float | None = None
    reason: str | None = None
    problem: str | None = None
    duty_id: int | None = Field(default=None, sa_type=BIG)
    by_person: int | None = None
    effective_on: int
    recorded_at: int = Field(sa_type=BIG)
    superseded_at: int = Field(default=FOREVER, sa_type=BIG)


class Item(SQLModel, table=True):
    """条目: one of 0..n things under a duty: a problem of the 整改台账, a project, a demonstration post."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("duty_id", "no"), Index("ix_item_unit", "campaign_id", "unit_id"))
    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    campaign_id: int
    unit_id: int
    duty_id: int = Field(sa_type=BIG)
    no: int
    kind: str
    category: str | None = None
    problem: str | None = None
    goal: str | None = None
    measure: str | None = None
    owner: str | None = None
    due_day: int | None = None
    state: str = "open"
    result: str | None = None
    checked_by: str | None = None
    closed_on: int | None = None
    version: int = 1
    recorded_at: int = Field(sa_type=BIG)


class Timer(SQLModel, table=True):
    """时点: when a duty next needs a run, clustered by time; append-only.

    It counts only while `version` is the duty's; `rung`, `repeat` and `told_on` are where the ladder stands, so that a run
    reads and writes nothing of duties that are not due. Until the end of `held_to` (a promise, a silence) nobody is told.
    """

    __tablename__ = "timer"
    __table_args__ = {"sqlite_with_rowid": False}
    at: int = Field(primary_key=True, sa_type=BIG)
    duty_id: int = Field(primary_key=True, sa_type=BIG)
    version: int = Field(primary_key=True)
    rung: int = 0
    repeat: int = 0
    told_on: int | None = None
    held_to: int | None = None


class Opening(SQLModel, table=True):
    """When the calendar opens a phase of a track: cases that wait for the day, not for an acceptance, move then."""

    __tablename__ = "opening"
    at: int = Field(primary_key=True, sa_type=BIG)
    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id")
    track: str = Field(primary_key=True)
    phase: int = Field(primary_key=True)


class Reminder(SQLModel, table=True):
    """应发提醒: the fact that a rung concerned a person about a duty. Its key is the claim: it can be made only once.

    `state` planned waits to be folded into a message, folded lies in `message_id`; `skipped:…`, `suppressed:…`, `blocked:…`,
    `undeliverable:…`, `quarantined:…`, `cancelled:…` say why nobody is told. `post_id` is the post by which the person was found; `offers`
    counts the messages that carried it before and may have arrived.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        Index("ix_reminder_message", "message_id"),
        Index(
            "ix_reminder_planned",
            "recipient_id",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        {"sqlite_with_rowid": False},
    )
    duty_id: int = Field(primary_key=True, sa_type=BIG)
    epoch: int = Field(primary_key=True)
    rung: str = Field(primary_key=True)
    repeat: int = Field(primary_key=True, default=0)
    recipient_id: int = Field(primary_key=True)
    slot_day: int
    run_id: int
    state: str
    role: str | None = None
    acting_for: int | None = None
    post_id: int | None = None
    offers: int = 0
    message_id: int | None = Field(default=None, sa_type=BIG)


class Message(SQLModel, table=True):
    """消息: one digest to one contact point in one window: the outbox. Rendered when it leaves, so that it says what is true then.

    `state` is pending, held (`why` says for what), claimed, sent, delivered (the provider said so), unknown (parked: it may have
    arrived), failed, dead or cancelled. `urgent` ones leave first. `preview` is a first chase that the clerk may look at until
    `not_before`, then it leaves by itself. After `expires_at` it is dead, and what it was about is offered anew.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("recipient_id", "channel", "window_day", "seq"),
        Index("ix_message_waiting", "state", "urgent", "not_before"),
        Index("ix_message_provider", "channel", "provider_id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    idem_key: str = Field(unique=True)
    recipient_id: int
    channel: str
    address: str | None = None
    window_day: int
    seq: int = 0
    not_before: int = Field(sa_type=BIG)
    state: str = "pending"
    run_id: int
    rung: int = 0
    urgent: bool = False
    preview: bool = False
    expires_at: int | None = Field(default=None, sa_type=BIG)
    attempts: int = 0
    lease_until: int | None = Field(default=None, sa_type=BIG)
    lease_owner: str | None = None
    fence: int = 0
    why: str | None = None
    template: str | None = None
    subject: str | None = None
    body: str | None = None
    sent_at: int | None = Field(default=None, sa_type=BIG)
    provider_id: str | None = None


class Delivery(SQLModel, table=True):
    """发送记录: one try to send one message, written before the wire is touched, completed after."""

    __tablename__ = "delivery"
    message_id: int = Field(primary_key=True, sa_type=BIG)
    n: int = Field(primary_key=True)
    started_at: int = Field(sa_type=BIG)
    finished_at: int | None = Field(default=None, sa_type=BIG)
    outcome: str | None = None
    code: str | None = None
    text: str | None = None
    worker: str | None = None


class Run(SQLModel, table=True):
    """例行核查: one pass "do what is due as of T", and what it did.

    `state` is planning, done, needs_confirm (`why` says for what) or rejected. `kind` is run, or backfill (everything recorded as
    skipped), or refold (messages made outside a run: a fallback, a release, a resumed campaign).
    """

    __tablename__ = "run"
    id: int | None = Field(default=None, primary_key=True)
    as_of: int = Field(sa_type=BIG, index=True)
    started_at: int = Field(sa_type=BIG)
    finished_at: int | None = Field(default=None, sa_type=BIG)
    state: str
    reminders: int = 0
    messages: int = 0
    held: int = 0
    skipped: int = 0
    moved: int = 0
    plan_hash: str | None = None
    kind: str = "run"
    why: str | None = None


class CalendarRow(SQLModel, table=True):
    """日历的一版: each change of the calendar, and each time the open duties were planned by another one. `id` is its number.

    `act` is launch (the first campaign found this calendar), import, or apply (a new release of the statutory days, or own days in
    duban.toml). `digest` is that of the whole calendar with which every timer was then planned; `statutory` the release of the statutory
    days; `content` the digest of the imported file.
    """

    __tablename__ = "calendar"
    id: int | None = Field(default=None, primary_key=True)
    at: int = Field(sa_type=BIG)
    act: str
    digest: str
    statutory: str
    source: str | None = None
    content: str | None = None
    by_person: int | None = None
    via: str | None = None
    reason: str | None = None


class CalendarEntry(SQLModel, table=True):
    """日历的一条: what an import says; a later one supersedes it, nothing is deleted.

    `kind` is day (one day works or rests), year (its arrangement is wholly known; `first` is 1 January), term or break. `works` is
    for days, `week_one` (the Monday of 第一周) for terms. `name` is the term's (2026春) or the break's name, or why of a day;
    `title` how the school calls the term.
    """

    __tablename__ = "calendar_entry"
    __table_args__ = (Index("ix_calendar_entry_believed", "superseded_at"),)
    id: int | None = Field(default=None, primary_key=True)
    calendar_id: int = Field(foreign_key="calendar.id")
    kind: str
    first: int
    last: int
    works: bool | None = None
    name: str | None = None
    title: str | None = None
    week_one: int | None = None
    recorded_at: int = Field(sa_type=BIG)
    superseded_at: int = Field(default=FOREVER, sa_type=BIG)
    superseded_by: int | None = None


def table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


# The same tables for hand-written statements.
META, PERSON, UNIT, SPAN, LINEAGE, POST = map(table, ("meta", "person", "unit", "unit_span", "lineage", "post"))
DEFINITION, CAMPAIGN, TASK = map(table, ("definition", "campaign", "task"))
CASE, DUTY, JOURNAL, SUBMISSION, RECEIPT = map(table, ("case_", "duty", "journal", "submission", "receipt"))
GRADE, ITEM, TIMER, OPENING = map(table, ("grade", "item", "timer", "opening"))
REMINDER, MESSAGE, DELIVERY, RUN = map(table, ("reminder", "message", "delivery", "run"))
CALENDAR, ENTRY = map(table, ("calendar", "calendar_entry"))
