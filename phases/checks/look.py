"""What all checks look at: the campaign, the working days, the day from which time is counted, and who shares a last day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from phases.ladder_words import offset_words
from workflow.errors import Problem
from workflow.model import ONE_PHASE, Campaign, Phase, Rung, Target, Task
from workflow.workdays import WorkCalendar, short

Thing = Phase | Task | Target
SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class LastDay:
    """A last day and all that ends with it: phases first, then tasks and targets."""

    day: date
    things: tuple[Thing, ...]

    @property
    def phases(self) -> tuple[Phase, ...]:
        return tuple(thing for thing in self.things if isinstance(thing, Phase))

    @property
    def tasks(self) -> tuple[Task, ...]:
        return tuple(thing for thing in self.things if isinstance(thing, Task))


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at a campaign. `on` is the day of the launch somebody asks about, None if nobody does."""

    campaign: Campaign
    calendar: WorkCalendar
    on: date | None = None

    @property
    def begins(self) -> date | None:
        """The day from which time is counted."""
        return self.on or self.campaign.counts_from

    @property
    def begun(self) -> str:
        """What happens on the day from which time is counted."""
        return "启动" if self.on is not None else "公布"

    def day(self, day: date) -> str:
        """3月30日（周五）, with the year if that is not the campaign's."""
        return short(day, self.campaign.counts_from or self.campaign.ends)

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """The phases of the definition in its order, each once however many tracks walk it."""
        found = {phase.name: phase for track in self.campaign.tracks for phase in track.phases if phase.name != ONE_PHASE}
        return tuple(sorted(found.values(), key=lambda phase: phase.line or 0))

    @cached_property
    def things(self) -> tuple[Thing, ...]:
        """Everything that has a time."""
        return (*self.phases, *self.campaign.tasks, *self.campaign.targets)

    @cached_property
    def last_days(self) -> tuple[LastDay, ...]:
        """Every last day, ascending. What recurs has no last day, only an end of its recurring."""
        found: dict[date, list[Thing]] = {}
        for thing in self.things:
            if thing.deadline.end is not None and not thing.deadline.every:
                found.setdefault(thing.deadline.end, []).append(thing)
        return tuple(LastDay(day=day, things=tuple(found[day])) for day in sorted(found))

    def asks(self, *alternatives: str | Iterable[str | None] | None) -> bool:
        """One question under 待定 mentions each of these already; of several words together any one will do."""
        wanted = [(words,) if isinstance(words, str) or words is None else tuple(words) for words in alternatives]
        questions = [f"{question.text}\n{question.words}" for question in self.campaign.questions]
        return any(all(any(word and word in asked for word in words) for words in wanted) for asked in questions)


def path(thing: Thing) -> str:
    """How a reader finds it."""
    return thing.key if isinstance(thing, Task) else thing.name if isinstance(thing, Phase) else "目标"


def at(thing: Thing, text: str) -> Problem:
    return Problem(text=text, line=thing.line, path=path(thing))


def named(names: Sequence[str]) -> str:
    """“甲”“乙”, of many the first few and how many they are."""
    distinct = list(dict.fromkeys(names))
    shown = "".join(f"“{name}”" for name in distinct[:SHOWN])
    return shown if len(distinct) <= SHOWN else f"{shown}等{len(distinct)}件"


def when(rung: Rung) -> str:
    """提前3个工作日, 当天, 超过5个工作日."""
    return offset_words(rung.offset)
