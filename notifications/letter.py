"""What does one person have to be told today? Plain values only: nothing here knows a row or a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflow.model import Contact

__all__ = ["Contact", "Letter", "Line", "RungKind"]

RungKind = Literal["remind", "chase", "oversee", "ask", "review"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One duty (应办事项) that a letter speaks of.

    `due_text` is the last day in full, 「3月30日（周五）24:00前，含当日」; what stands before its first comma is the short form
    used in subjects. `due_day` is the same day as a date, None if it is not known.
    `workdays_left` counts the working days after the letter's day up to and including `due_day` (0 on the last one), None
    when it has passed or is not known. `provisional` marks a count that needed a year whose holidays are not published.
    `days_past` counts civil days since `due_day`, 0 until it has passed.
    `state_text` is the page's word (尚未报送). `returned` says that a submission came back to be completed (退回补正),
    `returned_text` what to complete, in the reviewer's words.
    `internal_text` is an earlier line (内部时间) set by the second-level organisation, in the same shape as `due_text`; None
    once it has passed. `answered_text` is what people answered to earlier messages, in a few words
    (「王然4月1日已知悉」, 「承诺4月3日前报送」); None if nothing. Of what waits for a reviewer, `due_text`, `due_day`,
    `workdays_left` and `days_past` are about his own time.
    """

    unit: str
    unit_code: str
    task: str
    campaign: str
    due_text: str
    due_day: date | None
    workdays_left: int | None = None
    days_past: int = 0
    state_text: str = "尚未报送"
    rung_kind: RungKind = "remind"
    returned: bool = False
    returned_text: str | None = None
    internal_text: str | None = None
    provisional: bool = False
    answered_text: str | None = None

    @property
    def past(self) -> bool:
        return self.days_past > 0


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything one person is told in one window (一人一次一封).

    `own` are the duties the reader owes himself, `below` those of units he is asked to call, `ask` those about which this
    leader is asked to decide (提请), `review` submissions that wait for his review (待审核). `role` is the post he is addressed in,
    several joined by 、. `today` is the letter's day in the campaign's zone. `maybe_received` is set when an earlier copy may have
    arrived: its sending ended without an answer.
    """

    recipient: str
    role: str
    own: tuple[Line, ...] = ()
    below: tuple[Line, ...] = ()
    ask: tuple[Line, ...] = ()
    review: tuple[Line, ...] = ()
    contact: Contact
    today: date
    link: str | None = None
    maybe_received: bool = False

    @property
    def item_count(self) -> int:
        return len(self.own) + len(self.below) + len(self.ask) + len(self.review)
