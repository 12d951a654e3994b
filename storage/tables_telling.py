"""The tables of telling people, beside those of `storage/tables.py`: what holds a reminder back, what people answered, how channels fare,
and the papers about which a leader decides.

Days are integers (`date.toordinal()`), instants UTC seconds, as everywhere.
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables import BIG, table

PARKED_AT = 1 << 60
"""The `timer.at` of duties whose campaign is paused: after every instant, so that no run looks at them."""


class Silence(SQLModel, table=True):
    """静默: for some days nobody is told about some of the duties. What is None is not asked about.

    It concerns duties of `campaign_id`, of units in the subtree of `unit_id` (today's tree), reminders to `person_id`, and rungs from
    number `rung_min` up, or with `inside` only those that are told within the subtree (never to a superior). With `mode` defer the rung
    falls due when the silence is over; with drop it is recorded and passed over.
    `last_day` is the last silent day. Ended early: `ended_at`.
    """

    __tablename__ = "silence"
    __table_args__ = (Index("ix_silence_days", "last_day"),)
    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    person_id: int | None = None
    rung_min: int | None = None
    inside: bool = False
    first_day: int
    last_day: int
    mode: str = "defer"
    by_person: int | None = None
    via: str | None = None
    reason: str
    recorded_at: int = Field(sa_type=BIG)
    ended_at: int | None = Field(default=None, sa_type=BIG)


class Answer(SQLModel, table=True):
    """回应: what a person told said: `seen` (知悉; silent to the end of `until_day`), `promise` (承诺 `until_day`), `snooze` (`until_day`;
    of his digest, so without a duty).

    `rung` is the highest told when he answered: one promise a rung. An answer counts in the duty's `epoch` only.
    """

    __tablename__ = "answer"
    __table_args__ = (Index("ix_answer_duty", "duty_id", "epoch"), Index("ix_answer_person", "person_id", "kind", "until_day"))
    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    person_id: int
    kind: str
    duty_id: int | None = Field(default=None, sa_type=BIG)
    epoch: int | None = None
    rung: str | None = None
    until_day: int | None = None
    note: str | None = None
    via: str | None = None
    at: int = Field(sa_type=BIG)


class ReplyToken(SQLModel, table=True):
    """回执链接: the SHA-256 of a link's secret; the secret itself stands in the sent message only, never here."""

    __tablename__ = "reply_token"
    hash: str = Field(primary_key=True)
    message_id: int = Field(sa_type=BIG, index=True)
    person_id: int
    made_at: int = Field(sa_type=BIG)
    expires_at: int = Field(sa_type=BIG)
    used_at: int | None = Field(default=None, sa_type=BIG)


class Decision(SQLModel, table=True):
    """领导意见: what a leader chose about a duty put before him (提请): 电话了解, 督办单, 约谈 or 不处理. The first choice stands."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("duty_id", "epoch", "rung"),)
    id: int | None = Field(default=None, primary_key=True)
    duty_id: int = Field(sa_type=BIG)
    epoch: int
    rung: str
    person_id: int
    choice: str
    note: str | None = None
    via: str | None = None
    at: int = Field(sa_type=BIG)


class Paper(SQLModel, table=True):
    """公文代拟稿: 催办函, 督办单 or 通报; one a kind, milestone (task and last day) and second-level unit (通报: the root).

    `state` is draft, signed or refused; `content` the JSON the Word file is made from, as it was then.
    """

    __tablename__ = "paper"
    __table_args__ = (UniqueConstraint("kind", "campaign_id", "task_id", "due_day", "unit_id"),)
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    campaign_id: int = Field(foreign_key="campaign.id")
    task_id: int = Field(foreign_key="task.id")
    due_day: int
    unit_id: int = Field(foreign_key="unit.id")
    state: str = "draft"
    content: str
    made_at: int = Field(sa_type=BIG)
    made_by: int | None = None
    decided_at: int | None = Field(default=None, sa_type=BIG)
    decided_by: int | None = None
    reason: str | None = None
    number: str | None = None


class Wish(SQLModel, table=True):
    """个人设置: how one person wants to be written to. `weekly`: what concerns others comes once a week, on its first working day."""

    __tablename__ = "wish"
    person_id: int = Field(primary_key=True)
    weekly: bool = False
    at: int = Field(sa_type=BIG)


class BlockedAddress(SQLModel, table=True):
    """停用的联系方式: an address that a channel refused for good. A corrected address is another one, and so is not blocked."""

    __tablename__ = "blocked_address"
    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    at: int = Field(sa_type=BIG)
    code: str | None = None
    why: str | None = None


class ChannelState(SQLModel, table=True):
    """渠道状态, shared by all processes: how often in a row it failed, until when it is left alone, and whether a person must mend it.

    `state` is closed (in use), open (left alone until `open_until`, then tried with one message) or disabled (until a person enables it).
    Instants are real time.
    """

    __tablename__ = "channel_state"
    name: str = Field(primary_key=True)
    state: str = "closed"
    streak: int = 0
    open_until: int | None = Field(default=None, sa_type=BIG)
    why: str | None = None
    since: int | None = Field(default=None, sa_type=BIG)


class RateUse(SQLModel, table=True):
    """发送频率: one row a physical send of a rated channel; the number within the last 60 s is what all machines share. Milliseconds."""

    __tablename__ = "rate_use"
    channel: str = Field(primary_key=True)
    at_ms: int = Field(primary_key=True, sa_type=BIG)
    n: int = Field(primary_key=True, sa_type=BIG)


class InboundEvent(SQLModel, table=True):
    """回执: what a provider reported back, each event once."""

    __tablename__ = "inbound_event"
    provider: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    received_at: int = Field(sa_type=BIG)
    body_sha: str
    provider_id: str | None = None
    state: str | None = None
    applied: bool = False


class CampaignVersion(SQLModel, table=True):
    """活动设置的版本: which definition a campaign ran by, from when; the launch is its first."""

    __tablename__ = "campaign_version"
    __table_args__ = (UniqueConstraint("campaign_id", "no"),)
    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    no: int
    definition_id: int = Field(foreign_key="definition.id")
    at: int = Field(sa_type=BIG)
    by_person: int | None = None
    via: str | None = None
    reason: str | None = None


class Pause(SQLModel, table=True):
    """暂停: a campaign's ladder stood still over a span of instants. One open pause a campaign at most."""

    __tablename__ = "pause"
    __table_args__ = (Index("ix_pause_campaign", "campaign_id"),)
    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    from_at: int = Field(sa_type=BIG)
    to_at: int | None = Field(default=None, sa_type=BIG)
    by_person: int | None = None
    via: str | None = None
    reason: str | None = None


SILENCE, ANSWER, TOKEN, DECISION, PAPER = map(table, ("silence", "answer", "reply_token", "decision", "paper"))
WISH, BLOCKED, CHANNEL, RATE = map(table, ("wish", "blocked_address", "channel_state", "rate_use"))
INBOUND, VERSION, PAUSE = map(table, ("inbound_event", "campaign_version", "pause"))
