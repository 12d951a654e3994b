"""A duty on the ladder as a database keeps it: planned when its timer is due, told only what the plan says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from scene import CAMPAIGN, at

from workflow.ladder import Group, first_look, plan
from workflow.model import Campaign
from workflow.workdays import WorkCalendar

CALENDAR = WorkCalendar()
MONDAY = date(2026, 3, 30)
"""The line of the cases. Slots: R1 Wed 03-25, R2 Tue 03-31, R3 Thu 04-02, R4 Thu 04-09 (清明 is 04-04 to 04-06)."""
LONG_AGO = date(2012, 1, 1)


def group(due: date = MONDAY, **more: object) -> Group:
    return Group(**{"due": due, "internal": None, "made_on": LONG_AGO, **more})  # type: ignore[arg-type]


@dataclass
class Clockwork:
    """Runs as a database would: a duty is planned when its timer is due, and takes what the plan says with it."""

    group: Group
    campaign: Campaign = CAMPAIGN
    calendar: WorkCalendar = CALENDAR
    told: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    timer: int | None = None

    def __post_init__(self) -> None:
        self.timer = first_look(self.campaign, self.group, self.calendar)

    def run(self, moment: str) -> Clockwork:
        """One run: `03-31 08:30` of the line's year, or a whole date with its time."""
        as_of = at(moment if len(moment) > 11 else f"{self.group.due.year}-{moment}")
        if self.timer is None or self.timer > as_of:
            return self
        step = plan(self.campaign, self.group, as_of, self.calendar)
        if step.fire is not None:
            name = f"{step.fire.key}#{step.repeat}" if step.repeat else step.fire.key
            self.told.append((moment, name))
        self.skipped += [(each.key, why) for each, why in step.skipped]
        if step.blocked:
            self.blocked.append(moment)
        self.group = replace(self.group, rung=step.told, repeat=step.repeat, told_on=step.told_on)
        self.timer = step.next_at
        return self

    def daily(self, first: date, last: date, *times: str) -> Clockwork:
        """A run every civil day at 08:30, or at each of the times."""
        for number in range((last - first).days + 1):
            for time in times or ("08:30",):
                self.run(f"{first + timedelta(days=number)} {time}")
        return self

    def now(self, **more: object) -> Clockwork:
        """What the database says of the duty has become something else: a hold, what came of a message."""
        self.group = replace(self.group, **more)  # type: ignore[arg-type]
        return self

    def promised(self, day: date) -> Clockwork:
        """A promise sets a new timer with the hold."""
        self.now(held_to=day)
        self.timer = first_look(self.campaign, self.group, self.calendar)
        return self

    @property
    def days(self) -> list[tuple[str, str]]:
        """(day, rung) of what was told."""
        return [(moment[:10], name) for moment, name in self.told]
