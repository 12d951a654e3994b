"""What happened to one unit, told to one visitor: acts and changes of plan, reminders and what came of them, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from duban.service import story_words as say
from duban.service.context import day_of
from duban.service.submission import may_read
from duban.service.visiting import Visitor
from storage.journal import JournalLine
from storage.unit_story import ToldLine, TryLine
from storage.units import UnitRead
from workflow.model import Campaign


@dataclass(frozen=True, kw_only=True)
class StoryEvent:
    """One thing that happened. `at` is UTC seconds; `kind` act, told (somebody was), or quiet (nobody was, and why). `more` are details."""

    at: int
    kind: str
    words: str
    by: str = ""
    reason: str = ""
    more: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Who is told: a visitor, about a unit whose grades he sees (`overlooks`), or that is his own or only in his sight."""

    campaign: Campaign
    visitor: Visitor
    unit: UnitRead
    today: date

    @property
    def overlooks(self) -> bool:
        return self.visitor.sees_grades_of(self.unit.path)

    def acts(self, journal: Sequence[JournalLine]) -> Iterator[StoryEvent]:
        """The journal in sentences; what was asked at one moment in one."""
        campaign = self.campaign
        lines = [line for line in journal if self._reads(line)]
        asked = [line for line in lines if line.act == "launch" and line.task_key is not None]
        for (at, reason), group in groupby(asked, key=lambda line: (line.recorded_at, line.reason or "")):
            begun = list(group)
            yield StoryEvent(at=at, kind="act", words=say.launched(begun, campaign), by=begun[0].by or "", reason=reason)
        for line in lines:
            if line.act != "launch" or line.task_key is None:
                words = say.act(line, campaign, self.today)
                yield StoryEvent(at=line.recorded_at, kind="act", words=words, by=line.by or "", reason=self._reason(line))

    def told(self, lines: Sequence[ToldLine], tries: Sequence[TryLine], own: set[int]) -> Iterator[StoryEvent]:
        """One event a message, or what became of those that lie in none; to its own people only what was sent to them."""
        if not self.overlooks:
            lines = [line for line in lines if line.sent_at and (line.post_unit == self.unit.id or line.recipient_id in own)]
        of_message: dict[int, list[TryLine]] = {}
        for one in tries:
            of_message.setdefault(one.message_id, []).append(one)
        same = sorted(lines, key=_message_of)
        for _, group in groupby(same, key=_message_of):
            about = list(group)
            yield self._reminder(about, of_message.get(about[0].message_id or 0, []))

    def _reads(self, line: JournalLine) -> bool:
        return self.overlooks or line.act in say.OF_THE_UNIT

    def _reason(self, line: JournalLine) -> str:
        """What was written about a list of grades tells them as the list does."""
        task = self.campaign.task_by_key.get(line.task_key) if line.task_key is not None else None
        readable = line.task_key is None or may_read(self.visitor, task, unit=self.unit.id, path=self.unit.path)
        return line.reason or "" if readable else ""

    def _reminder(self, about: Sequence[ToldLine], tries: Sequence[TryLine]) -> StoryEvent:
        first, campaign = about[0], self.campaign
        names = "、".join(dict.fromkeys(say.name_of(campaign, line.task_key, line.occurrence) for line in about))
        if first.message_id is None:
            to = f"给{say.whom(first)}的" if first.recipient else ""
            return StoryEvent(at=first.run_at, kind="quiet", words=f"没有发{to}工作提示：{names}", reason=say.fate_of(first))
        steps = tuple(dict.fromkeys(say.step_of(campaign, line.rung) for line in about)) if self.overlooks else ()
        left = first.sent_at is not None
        return StoryEvent(
            at=first.sent_at if first.sent_at is not None else first.run_at,
            kind="told" if left else "quiet",
            words=f"工作提示，{'发给' if left else '写给'}{say.whom(first)}：{names}",
            reason=say.fate_of(first) + (f"（{say.channel(first.channel)}）" if self.overlooks else ""),
            more=(*steps, *say.tried(tries)) if self.overlooks else (),
        )


def by_month(events: Iterable[StoryEvent], zone: str) -> Iterator[tuple[date, tuple[StoryEvent, ...]]]:
    """The newest first; what happened at one instant in the order in which it was recorded."""
    ordered = sorted(events, key=lambda event: event.at)
    for month, group in groupby(reversed(ordered), key=lambda event: day_of(event.at, zone).replace(day=1)):
        yield month, tuple(group)


def _message_of(line: ToldLine) -> tuple[int, int, int, str]:
    """What stands in one message is one event; of what lies in none, what became of it on one run for one person."""
    return (line.message_id or 0, 0, 0, "") if line.message_id else (0, line.run_at, line.recipient_id, line.state)
