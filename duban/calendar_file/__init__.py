"""What a file about the calendar (放假安排, 校历) says, and everything that is wrong with it."""

from duban.calendar_file.lines import BreakLine, CalendarFile, DayLine, TermLine
from duban.calendar_file.read import read_calendar_file

__all__ = ["BreakLine", "CalendarFile", "DayLine", "TermLine", "read_calendar_file"]
