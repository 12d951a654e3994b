"""时段: in which window does a message leave, from when, and until when is it worth saying?

One window a civil day, and only on working days. Within a day the hours of `[quiet]` count; where none are given a window opens at 08:30
and does not close. A window says when its message may leave first (`not_before`) and from when on it is stale (`expires_at`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from duban.service.context import ZONE, Context
from workflow.ladder import RUNG_TIME
from workflow.workdays import WorkCalendar

Hours = tuple[tuple[time, time], ...]
ANY_HOUR: Hours = ((RUNG_TIME, time.max),)
OFFICE_HOURS: Hours = ((RUNG_TIME, time(17, 30)),)
"""When somebody may look at a first chase, where no hours are given."""
STALE_AFTER = 2
"""Working days: what did not leave by the end of the second one after its window is not sent any more, but offered anew."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """One day on which people are written to. `not_before` and `expires_at` are UTC seconds."""

    day: date
    not_before: int
    expires_at: int


@dataclass(frozen=True, kw_only=True)
class Windows:
    """The windows of a calendar. `hours` are those in which messages may leave, ascending; () means any hour from 08:30."""

    calendar: WorkCalendar
    hours: Hours = ()
    zone: str = ZONE

    def at(self, instant: int) -> Window:
        """The first window in which something can leave at or after an instant.

        Friday 20:00 before 清明 with hours 08:00-18:00 -> Tuesday, from 08:00.
        """
        day, moment = self._next_hour(instant, self.hours or ANY_HOUR)
        return self._window(day, moment)

    def on(self, day: date) -> Window:
        """The window of a day, or of the first working day after it, from its opening."""
        working = self.calendar.next(day).day
        return self._window(working, self._moment(working, (self.hours or ANY_HOUR)[0][0]))

    def after(self, window: Window) -> Window:
        """The window of the next working day."""
        return self.on(window.day + timedelta(days=1))

    def of_week(self, window: Window) -> Window:
        """The window itself on the first working day of its week, else that of the first working day of a later week."""
        monday = window.day - timedelta(days=window.day.weekday())
        return window if self.calendar.next(monday).day == window.day else self.on(monday + timedelta(days=7))

    def preview(self, window: Window, hours: int) -> Window:
        """The same window for what a clerk may look at first: it leaves so many working hours later, whichever day that is."""
        counted = self.hours or OFFICE_HOURS
        day, moment = self._next_hour(window.not_before, counted)
        left = hours * 3600
        while (room := self._room(day, moment, counted)) < left:
            left -= room
            day, moment = self._next_hour(moment + room, counted)
        leaves = moment + left
        return Window(day=window.day, not_before=leaves, expires_at=self._stale(day))

    def _next_hour(self, instant: int, hours: Hours) -> tuple[date, int]:
        """The first instant at or after one at which messages may leave, with its day."""
        local = datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(self.zone))
        if self.calendar.is_workday(local.date()):
            for first, last in hours:
                if local.time() < first:
                    return local.date(), self._moment(local.date(), first)
                if local.time() < last:
                    return local.date(), instant
        day = self.calendar.add(local.date(), 1).day
        return day, self._moment(day, hours[0][0])

    def _room(self, day: date, moment: int, hours: Hours) -> int:
        """Seconds from a moment within the hours to the end of its span."""
        local = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(self.zone)).time()
        last = next(last for first, last in hours if first <= local < last)
        end = self._midnight(day + timedelta(days=1)) if last == time.max else self._moment(day, last)
        return end - moment

    def _window(self, day: date, moment: int) -> Window:
        return Window(day=day, not_before=moment, expires_at=self._stale(day))

    def _stale(self, day: date) -> int:
        return self._midnight(self.calendar.add(day, STALE_AFTER).day + timedelta(days=1))

    def _midnight(self, day: date) -> int:
        return self._moment(day, time.min)

    def _moment(self, day: date, at: time) -> int:
        return int(datetime.combine(day, at, ZoneInfo(self.zone)).timestamp())


def windows_of(context: Context) -> Windows:
    """Those of an installation: its calendar, its `[quiet]`."""
    return Windows(calendar=context.calendar, hours=context.settings.quiet)
