"""The line of days as a picture: phases as bars, rest days shaded, the day that is looked at. Inline SVG without script and style."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from duban.service.phase_timeline import Bar, Rest, Timeline
from workflow.deadline import short
from workflow.diagram.svg import GREY, PAPER, box, group, text, width_of, wrapped
from workflow.diagram.svg import picture as whole
from workflow.workdays import TENTATIVE

WEEKEND, HOLIDAY, GRID = "#f1f3f6", "#e9e3d8", "#d9dde4"
DONE, AHEAD, NOW, UNSURE = "#8d97a5", "#c9cfd8", "#9b2423", "#94500a"
HEAD = 46
"""Above the bars: the months, and the day that is looked at."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Where things stand, in pixels: days from `left` to `right`; a row is `row` high, its bar `bar` high and `above` below its top."""

    width: float
    left: float
    right: float
    row: float
    bar: float
    above: float
    beside: bool


WIDE = Paper(width=1120, left=232, right=1104, row=46, bar=18, above=12, beside=True)
NARROW = Paper(width=360, left=12, right=348, row=58, bar=14, above=30, beside=False)
"""On a telephone names stand above their bars, and nothing need shrink."""


def picture(timeline: Timeline, paper: Paper, *, today: date) -> str:
    """An SVG. The day's line says 今天, or of a past day which one it is."""
    drawing = _Drawing(timeline=timeline, paper=paper, today=today)
    return whole(paper.width, drawing.height, words(timeline, today), "".join(drawing.parts()))


def words(timeline: Timeline, today: date) -> str:
    """The same for those who cannot see it."""
    bars = "；".join(f"{bar.name}，{_span(bar)}" for bar in timeline.bars)
    return f"各阶段时间。{bars}。{_day(timeline, today)}"


def _span(bar: Bar) -> str:
    if bar.last is None:
        return "时间待定"
    unsure = "" if bar.certain else f"（{TENTATIVE}）"
    return f"{bar.first.month}月{bar.first.day}日至{bar.last.month}月{bar.last.day}日{unsure}"


def _day(timeline: Timeline, today: date) -> str:
    return f"{'今天' if timeline.day == today else ''}{short(timeline.day, today)}"


@dataclass(frozen=True, kw_only=True)
class _Drawing:
    timeline: Timeline
    paper: Paper
    today: date

    @property
    def height(self) -> float:
        return HEAD + self.paper.row * len(self.timeline.bars) + 10

    @property
    def per_day(self) -> float:
        return (self.paper.right - self.paper.left) / ((self.timeline.last - self.timeline.first).days + 1)

    def x(self, day: date) -> float:
        """Where a day begins."""
        return self.paper.left + (day - self.timeline.first).days * self.per_day

    def parts(self) -> Iterator[str]:
        yield from (self.rest(rest) for rest in self.timeline.rests if self.is_seen(rest))
        yield self.uncertain()
        yield from self.months()
        yield self.day()
        for no, bar in enumerate(self.timeline.bars):
            yield self.bar(bar, HEAD + no * self.paper.row)

    def is_seen(self, rest: Rest) -> bool:
        """A plain weekend only where it is wide enough to be one."""
        return rest.holiday or self.per_day >= 2

    def rest(self, rest: Rest) -> str:
        left, right = self.x(rest.first), self.x(rest.last + _ONE_DAY)
        fill = HOLIDAY if rest.holiday else WEEKEND
        return f'<rect x="{left:.4g}" y="{HEAD}" width="{right - left:.3g}" height="{self.height - HEAD:g}" fill="{fill}"/>'

    def uncertain(self) -> str:
        """From here on nobody has published which days are holidays."""
        if self.timeline.uncertain is None:
            return ""
        left = self.x(self.timeline.uncertain)
        line = (
            f'<line x1="{left:.4g}" y1="{HEAD}" x2="{left:.4g}" y2="{self.height:g}" stroke="{UNSURE}" stroke-dasharray="2 4"/>'
        )
        room = self.paper.right - left
        label = "放假安排未公布" if room > 100 else ""
        return line + (text(left + 5, self.height - 6, label, size=12, fill=UNSURE) if label else "")

    def months(self) -> Iterator[str]:
        """A line where each month begins; its name where there is room for it."""
        free = 0.0
        for first in _months(self.timeline.first, self.timeline.last):
            at = max(self.x(first), self.paper.left)
            name = f"{first.month}月" if first.month > 1 or self.timeline.first.year == first.year else f"{first.year}年1月"
            if first >= self.timeline.first:
                yield f'<line x1="{at:.4g}" y1="{HEAD - 8}" x2="{at:.4g}" y2="{self.height:g}" stroke="{GRID}"/>'
            after = self.x((first + timedelta(days=32)).replace(day=1)) - at  # what the first month has, if it began before
            if at >= free and after > width_of(name, 12) + 4 and at + width_of(name, 12) <= self.paper.width:
                yield text(at + 3, HEAD - 6, name, size=12, fill=GREY)
                free = at + width_of(name, 12) + 4

    def bar(self, bar: Bar, top: float) -> str:
        y = top + self.paper.above
        end = bar.last or self.timeline.last
        left, right = self.x(bar.first), self.x(end + _ONE_DAY)
        fill = DONE if end < self.timeline.day else NOW if bar.first <= self.timeline.day else AHEAD
        sure = bar.certain and bar.last is not None
        shape = box(
            left,
            y,
            max(right - left, 5),
            self.paper.bar,
            radius=4,
            fill=fill if sure else PAPER,
            stroke=fill if sure else UNSURE,
            dashed=not sure,
        )
        return group(shape + (self.beside(bar, top, left, right) if self.paper.beside else self.over(bar, top)), bar=bar.name)

    def beside(self, bar: Bar, top: float, left: float, right: float) -> str:
        """Name and line at the left, the last day at the end of the bar."""
        room = self.paper.left - 26
        name = text(8, top + 20, wrapped(bar.name, 14, room, most=1)[0], size=14, bold=True)
        small = text(8, top + 37, wrapped(_below(bar), 12, room, most=1)[0], size=12, fill=GREY)
        if bar.last is None or not bar.certain:
            label = "时间待定" if bar.last is None else f"{bar.last.month}月{bar.last.day}日（{TENTATIVE}）"
        else:
            label = f"{bar.last.month}月{bar.last.day}日"
        fits = right + 8 + width_of(label, 12) <= self.paper.width
        at, anchor = (right + 7, "start") if fits else (left - 7, "end")
        return name + small + text(at, top + self.paper.above + 13.5, label, size=12, anchor=anchor, halo=True)

    def over(self, bar: Bar, top: float) -> str:
        room = self.paper.right - self.paper.left
        line = wrapped(_below(bar), 12, room * 0.6, most=1)[0]
        name = wrapped(bar.name, 14, room - width_of(line, 12) - 12, most=1)[0]
        beside = text(self.paper.right, top + 22, line, size=12, fill=GREY, anchor="end", halo=True)
        return text(self.paper.left, top + 22, name, size=14, bold=True, halo=True) + beside

    def day(self) -> str:
        """The day's line, in the middle of the day, and what it is."""
        at = self.x(self.timeline.day) + self.per_day / 2
        label = _day(self.timeline, self.today)
        half = width_of(label, 12) / 2 + 8
        middle = min(max(at, half), self.paper.width - half)
        line = f'<line x1="{at:.4g}" y1="20" x2="{at:.4g}" y2="{self.height:g}" stroke="{NOW}" stroke-width="1.6"/>'
        ground = box(middle - half, 1, 2 * half, 20, radius=10, fill=NOW, stroke=NOW)
        return group(line + ground + text(middle, 15.5, label, size=12, fill=PAPER, anchor="middle"), day="")


def _below(bar: Bar) -> str:
    """4月13日前 · 205个在此"""
    here = f"{bar.here}个在此阶段" if bar.here else ""
    return " · ".join(part for part in (bar.words, here) if part)


def _months(first: date, last: date) -> Iterator[date]:
    """The first days of the months that a span of days touches."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)
