"""From when on a rung may be told: its day and time, moved by a hold, by a dwell, or as a repeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from workflow.ladder.group import Group, rungs_of
from workflow.model import Campaign, Rung
from workflow.workdays import Shift, WorkCalendar


@dataclass(frozen=True, slots=True)
class Slot:
    """`day` is the rung's day by the line, `at` the instant from which it may be told. Not `certain`: an unpublished year is involved."""

    rung: Rung
    day: date
    at: int
    certain: bool


def slot_day(rung: Rung, group: Group, calendar: WorkCalendar) -> date:
    """The day of a rung: working days from the line; those before it count from the internal line where there is one."""
    return _by_line(rung, group, calendar).day


def day_of(instant: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(instant, UTC).astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of one group."""

    campaign: Campaign
    group: Group
    calendar: WorkCalendar
    zone: ZoneInfo

    @property
    def rungs(self) -> tuple[Rung, ...]:
        return rungs_of(self.campaign, review=self.group.review)

    @property
    def told(self) -> Rung | None:
        """The rung on which the group stands."""
        return next((rung for rung in self.rungs if rung.no == self.group.rung), None)

    def ahead(self) -> Iterator[Slot]:
        """Those of the rungs above, from the lowest: by the line, or the first working day after a hold."""
        for rung in self.rungs:
            if rung.no > self.group.rung:
                by_line = _by_line(rung, self.group, self.calendar)
                held = self._held(by_line)
                yield Slot(rung, by_line.day, self._at(held.day, rung.at), held.certain)

    def dwelt(self, slot: Slot) -> Slot:
        """The slot once the rung below has had its chance, if that was an escalation. Reminders need no dwell."""
        if self.group.told_on is None or self.told is None or self.told.offset <= 0:
            return slot
        end = self.calendar.add(self.group.told_on, slot.rung.dwell)
        at = max(slot.at, self._at(end.day, slot.rung.at))
        return Slot(slot.rung, slot.day, at, slot.certain and end.certain)

    def again(self, today: date | None) -> Slot | None:
        """The next repeat of the rung told last; None if there is none. A reminder falls silent with the line."""
        told, on = self.told, self.group.told_on
        if told is None or on is None or told.repeat_every is None or self.group.repeat + 1 >= told.repeat_most:
            return None
        again = self._held(self.calendar.add(on, told.repeat_every))
        if told.offset <= 0 and max(again.day, today or again.day) > self.group.due:
            return None
        return Slot(told, again.day, self._at(again.day, told.at), again.certain)

    def next_morning(self, as_of: int, rung: Rung) -> int:
        """The rung's time on the next working day: when what is held is looked at again."""
        return self._at(self.calendar.add(day_of(as_of, self.zone), 1).day, rung.at)

    def _held(self, shift: Shift) -> Shift:
        """A hold that ends before the day changes nothing."""
        if self.group.held_to is None or shift.day > self.group.held_to:
            return shift
        after = self.calendar.add(self.group.held_to, 1)
        return Shift(after.day, after.certain and shift.certain)

    def _at(self, day: date, at: time) -> int:
        return int(datetime.combine(day, at, self.zone).timestamp())


def _by_line(rung: Rung, group: Group, calendar: WorkCalendar) -> Shift:
    line = group.internal if rung.offset <= 0 and group.internal is not None else group.due
    return calendar.add(line, rung.offset)
