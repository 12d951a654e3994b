"""When: the phrases of a definition as Deadlines, with its anchor, its answered events and its rule for rest days."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from phases.source import Source
from phases.values import UNDECIDED
from workflow.deadline import BLOCKING, FLAGS, read, short
from workflow.model import Deadline
from workflow.numerals import whole
from workflow.terms import SchoolDay, SchoolYear
from workflow.workdays import KEEP, WorkCalendar

NO_LOCK = ("不锁定", "不锁", "否")
WRONG = ("impossible", "unread", "no-date", "no-month", "daily")
"""Flags of what is simply wrong. What a notice may really say (定期, 617前, 会前) becomes a question instead."""


@dataclass(frozen=True, kw_only=True)
class Times:
    """What every phrase of one definition is read with. `answers` are the days of 日期, by event or by phrase."""

    source: Source
    anchor: date | None
    rest_day: str
    calendar: WorkCalendar
    answers: Mapping[str, date]

    def read(self, words: str | None, place: Sequence[str | int]) -> Deadline:
        """The deadline of a phrase; a problem is reported if it can't be understood or can't be true.

        A reading that a person must confirm first (`workflow.deadline.BLOCKING`) keeps its flags but no days, so that no
        duty is made of it; phases.questions asks.
        """
        if words is None or words == UNDECIDED:
            return Deadline(words=words or "", flags=("asked",) if words else ())
        deadline = self._answered(self._sound(words, place))
        if BLOCKING & set(deadline.flags):
            return replace(deadline, start=None, end=None, hour=None, ranges=())
        return self.on_workday(deadline)

    def frequency(self, words: str, place: Sequence[str | int]) -> Deadline:
        """How often (频次). 定期 and the like are kept as words to be asked about; what makes no sense is reported."""
        deadline = self.read(words, place)
        if deadline.every is None and not {*BLOCKING, *WRONG} & set(deadline.flags):
            self.source.report(place, f"频次“{words}”看不懂；请写 每月1次、每学期1次、每半年1次 这样的次数")
        return deadline

    def proposal(self, words: str) -> str:
        """What a phrase probably means, for a person to confirm; empty if there is nothing to propose."""
        proposed = read(words, self.anchor).end
        return f"{short(proposed, self.anchor)}前" if proposed else ""

    def on_workday(self, deadline: Deadline) -> Deadline:
        """The deadline with its effective last day: a rest day stays (休息日: 保持), or moves; it is flagged either way."""
        if deadline.end is None or deadline.every:
            return deadline
        about = self.calendar.about(deadline.end)
        flags = deadline.flags if about.certain else (*deadline.flags, "provisional")
        if about.working:
            return replace(deadline, flags=flags)
        moved, _ = self.calendar.rest_day(deadline.end, self.rest_day)
        if self.rest_day == KEEP or (deadline.start and moved < deadline.start):
            return replace(deadline, flags=(*flags, "rest-day"))
        return replace(deadline, end=moved, flags=(*flags, "moved-rest-day"))

    def lock(self, words: str | None, deadline: Deadline, place: Sequence[str | int]) -> date | None:
        """The last day after which even a late submission is refused (锁定); None: never, or no last day yet."""
        if words is None or words in NO_LOCK or deadline.every:
            return None
        if words in ("当天", "当日", "到期"):
            return deadline.end
        if (workdays := lock_workdays(words)) is not None:
            return self.calendar.add(deadline.end, workdays).day if deadline.end else None
        fixed = read(words, self.anchor)
        if fixed.end is None or BLOCKING & set(fixed.flags):
            self.source.report(place, f"锁定“{words}”看不懂；请写 不锁定、超过10个工作日 或 6月15日")
        elif deadline.end and fixed.end < deadline.end:
            self.source.report(place, f"锁定日{short(fixed.end)}早于最后一天{short(deadline.end)}；请改晚，或写 不锁定")
        return fixed.end

    def _sound(self, words: str, place: Sequence[str | int]) -> Deadline:
        """The phrase as read; what is simply wrong in it is reported."""
        deadline = read(words, self.anchor)
        if _runs_backwards(deadline):
            self.source.report(place, f"“{words}”的结束早于开始；请核对，若是跨年请写上年份，如 2012年12月-2013年2月")
        elif deadline.more:
            self.source.report(place, f"“{words}”里有几种频次；请分行写，如 支委会: 每月1次，党课: 每季度1次")
        elif "impossible" in deadline.flags:
            self.source.report(place, f"“{words}”：没有这一天或这个时刻，或结束早于开始；请核对年月日")
        elif wrong := next((flag for flag in WRONG if flag in deadline.flags), None):
            self.source.report(place, f"“{words}”：{FLAGS[wrong]}；可写 3月30日前、4月上旬、4月-11月，没有定就写 待定")
        return deadline

    def _answered(self, deadline: Deadline) -> Deadline:
        """A day given under 日期 makes the line. 党代会召开前 ends on the eve, as 七一前 ends on 30 June."""
        day = self.answers.get(deadline.words)
        if day is None and (day := self._day_of(deadline.event)) is not None:
            day = self._from_event(deadline, day)
        if day is None:
            return self._by_terms(deadline)
        flags = tuple(flag for flag in deadline.flags if flag not in BLOCKING)
        return replace(deadline, kind="before", start=None, end=day, ranges=((None, day),), flags=(*flags, "answered"))

    def _by_terms(self, deadline: Deadline) -> Deadline:
        """开学后两周内, 第11周周五, 暑假前 get their day from the school's terms, where those are known; else they are asked about."""
        if self.anchor is None or deadline.end is not None or deadline.every or not self.calendar.terms:
            return deadline
        year = SchoolYear(terms=self.calendar.terms, breaks=self.calendar.breaks, anchor=self.anchor)
        found = self._after_opening(year, deadline) if deadline.event else None
        if found is None and (found := year.read(deadline.words)) is None:
            return deadline
        flags = tuple(flag for flag in deadline.flags if flag not in BLOCKING)
        return replace(
            deadline,
            kind="window" if found.start else "before",
            rule=f"{deadline.rule}:{found.source}",
            start=found.start,
            end=found.end,
            ranges=((found.start, found.end),),
            flags=(*flags, "by-terms"),
        )

    def _after_opening(self, year: SchoolYear, deadline: Deadline) -> SchoolDay | None:
        amount = deadline.after_workdays or deadline.after_days or 0
        if amount <= 0 or "ambiguous" in deadline.flags:
            return None
        day = year.opening(deadline.event or "", least=amount)
        return SchoolDay(start=None, end=self._from_event(deadline, day), source=f"{day}开学") if day else None

    def _from_event(self, deadline: Deadline, day: date) -> date:
        if deadline.after_workdays:
            return self.calendar.add(day, deadline.after_workdays).day
        if deadline.after_days:
            return day + timedelta(days=deadline.after_days)
        return day - timedelta(days=1) if re.search("前夕?$", deadline.words) else day

    def _day_of(self, event: str | None) -> date | None:
        if not event:
            return None
        return next((day for name, day in self.answers.items() if name in event or event in name), None)


def lock_workdays(words: str) -> int | None:
    """超过10个工作日 -> 10."""
    m = re.fullmatch(r"(?:超过|逾期|超期|期满后?|截止后)?(.+?)个?工作日(?:后|以后)?", words)
    number = whole(m[1]) if m else None
    return number if number is not None and number > 0 else None


def _runs_backwards(deadline: Deadline) -> bool:
    """5月20日-4月10日: the reader takes it to cross the new year. In a definition that needs the year, else it is a slip."""
    start, end = deadline.start, deadline.end
    return "next-year" in deadline.flags and start is not None and end is not None and start.year < end.year
