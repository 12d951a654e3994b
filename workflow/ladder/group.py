"""What the ladder is asked about, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from workflow.model import Campaign, Rung

RUNG_TIME = time(8, 30)
"""Rungs fall due at 08:30 in the campaign's zone unless they have a time of their own (时刻)."""
REACHED = ("none", "attempted", "delivered")
"""What came of telling a rung, and what a gate (前提) asks for; each includes those before it."""
REVIEW_KEY = "review-"
"""How the keys of the reviewers' rungs begin; a definition gives its own rungs no such key."""
KIND_WORDS: dict[str, str] = {"remind": "提醒", "chase": "催办", "oversee": "督办", "ask": "提请", "review": "审核"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Duties that share all the plan depends on: their lines, where they stand on the ladder, and when they began.

    `rung` is the number of the highest rung told (0: none), `repeat` how often it was repeated, `told_on` the day it was told.
    Until the end of `held_to` (a promise, a silence) nobody is told. `reached` is what came of telling that rung: nothing yet (none),
    attempted, or delivered. With `review` the submission waits for its reviewer: `due` is the last day for that, and the campaign's
    `review_ladder` is climbed.
    """

    due: date
    internal: date | None
    made_on: date
    rung: int = 0
    repeat: int = 0
    told_on: date | None = None
    held_to: date | None = None
    reached: str = "delivered"
    review: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What a run does with a group: the rung to tell now (or none), those recorded as skipped, and when to look again.

    Why a rung is skipped: `born-late` (the duty was made after its day), `line-passed` (a reminder after the line), `later-one-due`
    (a later reminder goes instead), `collapsed` (a higher rung goes instead, 错过时: 只报最高一步).
    `told`, `repeat` and `told_on` are where the group then stands on the ladder. `next_at` is UTC seconds, after the instant of
    the run; None when the ladder has ended. `blocked` names what holds a rung that is due, `calendar` or `gate`; `waiting` is that
    rung.
    """

    fire: Rung | None
    repeat: int
    skipped: tuple[tuple[Rung, str], ...]
    told: int
    told_on: date | None
    next_at: int | None
    blocked: str | None = None
    waiting: Rung | None = None


def rungs_of(campaign: Campaign, *, review: bool) -> tuple[Rung, ...]:
    """The ladder that is climbed: the campaign's, or its reviewers' while a submission waits for them."""
    return campaign.review_ladder if review else campaign.ladder
