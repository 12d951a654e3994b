"""The school's own time: terms, vacations and teaching weeks (学期, 假期, 教学周), and the days that phrases mean by them.

What no term or vacation answers beyond doubt is answered with None: then it is asked, as it is without terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from workflow.numerals import whole

_ONE_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Term:
    """学期: a term of the school, both days included. `name` is how people and keys call it: 2012春.

    `week_one` is the Monday of 第一周 (None: of the week in which it starts); `title` is how the school itself calls the term.
    """

    name: str
    start: date
    end: date
    week_one: date | None = None
    title: str = ""

    @property
    def monday(self) -> date:
        """The Monday from which the teaching weeks are counted."""
        return self.week_one or self.start - self.start.weekday() * _ONE_DAY


@dataclass(frozen=True)
class Break:
    """假期: a vacation of the school (寒假, 暑假), both days included. Offices work in it, unless its days are rest days too."""

    name: str
    start: date
    end: date


def teaching_weeks(terms: Iterable[Term], start: date, end: date) -> tuple[tuple[date, date], ...]:
    """The weeks in which somebody is taught, as (first, last) days, ascending.

    A week runs from Monday to Sunday and is cut to its term and to `start`..`end`, both included; a week of which nothing
    remains does not count. Without terms there is no vacation: every week counts.
    """
    terms = tuple(terms)
    spans = sorted((max(t.start, t.monday, start), min(t.end, end)) for t in terms) if terms else [(start, end)]
    weeks: dict[date, tuple[date, date]] = {}
    for first, last in spans:
        for monday in mondays(first, last):
            week = max(monday, first), min(monday + 6 * _ONE_DAY, last)
            known = weeks.get(monday, week)
            weeks[monday] = min(known[0], week[0]), max(known[1], week[1])
    return tuple(weeks[monday] for monday in sorted(weeks))


def with_assumed(terms: tuple[Term, ...], start: date, end: date) -> tuple[Term, ...]:
    """The school's terms, and for the seasons of `start`..`end` it has not yet said, the usual ones; () if it has said none at all.

    Without this the autumn would have no terms, and nothing would be due in it, as long as only the spring is known.
    """
    if not terms:
        return ()
    usual = (term for year in range(start.year - 1, end.year + 1) for term in assumed(year))
    free = (term for term in usual if not any(known.start <= term.end and term.start <= known.end for known in terms))
    return tuple(sorted((*terms, *free), key=lambda term: term.start))


def assumed(year: int) -> tuple[Term, Term]:
    """The two terms that most schools begin in a year: 春 20 February to 10 July, 秋 1 September to 15 January."""
    spring = Term(f"{year}春", date(year, 2, 20), date(year, 7, 10))
    return spring, Term(f"{year}秋", date(year, 9, 1), date(year + 1, 1, 15))


def mondays(first: date, last: date) -> Iterator[date]:
    """The Mondays of the weeks that touch `first`..`last`; none if `last` is before `first`."""
    monday = first - first.weekday() * _ONE_DAY
    while monday <= last and first <= last:
        yield monday
        monday += 7 * _ONE_DAY


@dataclass(frozen=True, kw_only=True)
class SchoolDay:
    """What a phrase comes to by the school's calendar: `start` None if only the last day is meant. `source` says by which term."""

    start: date | None
    end: date
    source: str


@dataclass(frozen=True, kw_only=True)
class SchoolYear:
    """The terms and vacations a phrase may mean, seen from `anchor`, the day of the notice.

    A day before the anchor is never an answer, nor one by a term that may not be the one meant.
    """

    terms: tuple[Term, ...]
    breaks: tuple[Break, ...]
    anchor: date

    def read(self, words: str) -> SchoolDay | None:
        """第11周周五, 第5周至第8周, 开学前, 放假前, 暑假前, 寒假期间, 期末, 本学期内: the whole phrase must be one of these."""
        text = re.sub(r"\s", "", words).rstrip("。；;，,")
        readers = (self._weeks, self._opening_ahead, self._end, self._vacation)
        found = next((answer for reader in readers if (answer := reader(text))), None)
        return found if found is not None and found.end >= self.anchor else None

    def opening(self, event: str, *, least: int) -> date | None:
        """The first day of the term that 开学, 新学期开学, 秋季学期开学 means, where something is due from it on.

        It may lie behind the anchor, if `least` days after it do not.
        """
        if not (found := _OPENING.fullmatch(event)):
            return None
        qualifier = found["which"] or ""
        running = self._running() if not _NEXT.fullmatch(qualifier) else None
        if running and running.start + least * _ONE_DAY >= self.anchor and _is_called(running, qualifier):
            return running.start
        coming = self._coming(qualifier)
        return coming.start if coming else None

    def _weeks(self, text: str) -> SchoolDay | None:
        if not (found := _WEEKS.fullmatch(text)):
            return None
        first, last = (whole(found["no"]) or 0), (whole(found["to"] or found["no"]) or 0)
        ahead, weekday = found["ahead"], found["day"]
        if (ahead and not weekday) or (weekday and last > first) or last < first:
            return None  # 第11周前: before it begins, or before it is over?
        term = self._this(found["which"] or "")
        if term is None or first < 1 or term.monday + (last - 1) * _WEEK > term.end:
            return None
        monday, sunday = term.monday + (first - 1) * _WEEK, term.monday + last * _WEEK - _ONE_DAY
        source = f"{term.name}第{first}周" if first == last else f"{term.name}第{first}—{last}周"
        if weekday:
            day = monday + "一二三四五六日".index(weekday.replace("天", "日")) * _ONE_DAY
            return SchoolDay(start=None, end=day, source=source)
        return SchoolDay(start=max(monday, term.start), end=min(sunday, term.end), source=source)

    def _opening_ahead(self, text: str) -> SchoolDay | None:
        found = _OPENING_AHEAD.fullmatch(text)
        term = self._coming(found["which"] or "") if found else None
        return SchoolDay(start=None, end=term.start - _ONE_DAY, source=f"{term.name}开学") if term else None

    def _end(self, text: str) -> SchoolDay | None:
        """期末, 学期结束前, 本学期内 end with the term, as 月底前 ends with the month; 放假前 ends before the vacation begins."""
        found = _END.fullmatch(text)
        term = self._this(found["which"] or "") if found else None
        if found is None or term is None:
            return None
        if found["off"] and (off := self._off_after(term)):
            return SchoolDay(start=None, end=off.start - _ONE_DAY, source=off.name)
        return SchoolDay(start=None, end=term.end, source=f"{term.name}结束")

    def _vacation(self, text: str) -> SchoolDay | None:
        if not (found := _VACATION.fullmatch(text)):
            return None
        name, how = found["name"], found["how"] or ""
        off = next((b for b in self.breaks if name in b.name and b.end >= self.anchor), None)
        if off is not None and (off.start - self.anchor).days <= _FAR:
            if how.startswith("结束"):
                return SchoolDay(start=None, end=off.end, source=off.name)
            if "前" in how:
                return SchoolDay(start=None, end=off.start - _ONE_DAY, source=off.name)
            return SchoolDay(start=off.start, end=off.end, source=off.name) if how else None
        term = self._before(name) if "前" in how and not how.startswith("结束") else None
        return SchoolDay(start=None, end=term.end, source=f"{term.name}结束") if term else None

    def _before(self, vacation: str) -> Term | None:
        """The term after which a vacation must come that is not entered itself: 暑假 follows 春 or 夏, 寒假 秋."""
        seasons = "春夏" if vacation == "暑假" else "秋"
        ends = [t for t in self.terms if t.name[-1:] in seasons and t.end >= self.anchor and (t.end - self.anchor).days <= _FAR]
        same = [t for t in ends if t.end.year == ends[0].end.year]
        return max(same, key=lambda t: t.end) if same else None

    def _off_after(self, term: Term) -> Break | None:
        return next((b for b in self.breaks if 0 <= (b.start - term.end).days <= _NEAR), None)

    def _running(self) -> Term | None:
        return next((t for t in self.terms if min(t.start, t.monday) <= self.anchor <= t.end), None)

    def _this(self, qualifier: str) -> Term | None:
        """The term meant where one goes on: that of the anchor, else one that begins soon."""
        running = self._running()
        if running is not None and not _NEXT.fullmatch(qualifier) and _is_called(running, qualifier):
            return running
        if running is not None and not qualifier:
            return running
        coming = self._coming(qualifier)
        near = coming is not None and (coming.start - self.anchor).days <= (_FAR if qualifier not in ("", "本学期") else _SOON)
        return coming if near else None

    def _coming(self, qualifier: str) -> Term | None:
        """The next term that begins after the anchor, of the season and year that are said."""
        ahead = [t for t in self.terms if t.start > self.anchor and (t.start - self.anchor).days <= _FAR]
        if _SEASON.search(qualifier):
            return next((t for t in ahead if _is_called(t, qualifier)), None)
        return ahead[0] if ahead and (ahead[0].start - self.anchor).days <= _HALF_YEAR else None


_FAR, _HALF_YEAR, _SOON, _NEAR = 330, 240, 60, 14
"""Days: within a school year; to the next term; a term that is about to begin; a vacation that follows."""
_NO = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_WHICH = r"(?P<which>本学期|新学期|下学期|(?:20[0-9]{2}年?)?[春夏秋]季?(?:学期)?)?的?"
_WEEKS = re.compile(
    rf"[在于]?{_WHICH}第(?P<no>{_NO})个?(?:教学)?周?(?:(?:-|—|~|至|到)第?(?P<to>{_NO}))?(?:(?<!周)个?(?:教学)?周|(?<=周))"
    r"(?:的?(?:周|星期)(?P<day>[一二三四五六日天]))?(?:完成|内|之内|以内|末|底|结束前|结束之前|(?P<ahead>之?前|以前))?"
)
_OPENING = re.compile(rf"{_WHICH}(?:开学|开课)(?:之日|当[日天])?")
_OPENING_AHEAD = re.compile(rf"(?:在|于)?{_WHICH}(?:开学|开课)(?:之|以)?前夕?(?:完成)?")
_END = re.compile(
    r"(?:在|于)?(?:(?P<off>放假(?:之|以)?前夕?)|(?:期末|学期末|学期结束)(?:(?:之|以)?前)?"
    r"|(?P<which>本学期)(?:内|之内|以内|末|底|结束)?(?:(?:之|以)?前)?)(?:完成)?"
)
_VACATION = re.compile(
    r"(?:在|于)?(?:放|今年|本年)?(?P<name>[寒暑]假)(?P<how>(?:开始|结束|到来)?(?:之|以)?前夕?|期间|内|中)?(?:完成)?"
)
_SEASON = re.compile(r"(?:(?P<year>20[0-9]{2})年?)?(?P<season>[春夏秋])")
_NEXT = re.compile(r"下学期")


def _is_called(term: Term, qualifier: str) -> bool:
    """Does 秋季学期 or 2026年春 mean this term? 本学期, 新学期 and nothing at all mean any."""
    found = _SEASON.search(qualifier)
    if found is None:
        return True
    return term.name[-1:] == found["season"] and found["year"] in (None, term.name[:4])
