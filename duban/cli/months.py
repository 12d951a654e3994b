"""A year as a page of months in a terminal: what works can be read without colour, by the mark behind each day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rich.console import Console
from rich.text import Text

from duban.cli.lines import width
from duban.cli.speak import say
from duban.service.year import DayView, Kind, Special, YearView
from workflow.workdays import PROVISIONAL, Break, Term, short

MARKS = {
    Kind.WORKDAY: (" ", ""),
    Kind.WEEKEND: ("-", "dim"),
    Kind.HOLIDAY: ("*", "bold red"),
    Kind.MADE_UP: ("+", "bold green"),
    Kind.OWN_REST: ("x", "bold magenta"),
    Kind.OWN_WORK: ("o", "bold cyan"),
}
"""The mark behind a day, and its colour where there are colours."""
WORDS = {
    Kind.WORKDAY: "上班",
    Kind.WEEKEND: "周末",
    Kind.HOLIDAY: "法定节假日",
    Kind.MADE_UP: "调休上班",
    Kind.OWN_REST: "本单位休息",
    Kind.OWN_WORK: "本单位上班",
}
CELL, GAP = 3, 3
"""Cells of a day (two digits and a mark), and between two months."""
WEEK = 3
"""Cells of the number of the teaching week in front of its days."""


def show(out: Console, found: YearView, *, month: int | None = None) -> None:
    """The page, its legend, and where each special day is said."""
    _head(out, found, month)
    days = [day for day in found.days if month in (None, day.day.month)]
    weeks = any(day.week for day in days)
    months = [_month([day for day in days if day.day.month == no], weeks) for no in sorted({day.day.month for day in days})]
    size = 7 * CELL + (WEEK if weeks else 0)
    across = 4 if out.width >= 4 * (size + GAP) - GAP else max(1, min(3, (out.width + GAP) // (size + GAP)))
    for at in range(0, len(months), across):
        for line in _beside(months[at : at + across], size):
            out.print(line, soft_wrap=True)
        out.print()
    _legend(out, days, weeks)
    _sources(out, found, month)
    for warning in found.warnings:
        say(f"请留意：{warning}", out=out, hang=8)


def _head(out: Console, found: YearView, month: int | None) -> None:
    title = f"{found.year}年{f'{month}月' if month else ''}"
    out.print(
        Text(
            title if found.published else f"{title}  放假安排{PROVISIONAL}", style="bold" if found.published else "bold yellow"
        )
    )
    out.print()


def _month(days: Sequence[DayView], weeks: bool) -> list[Text]:
    """A title, the weekdays, and six weeks."""
    size = 7 * CELL + (WEEK if weeks else 0)
    title = f"{days[0].day.month}月" + ("" if any(day.certain for day in days) else "（未公布）")
    lines = [Text(" " * max(0, (size - width(title)) // 2) + title, style="bold")]
    lines.append(Text(("周 " if weeks else "") + "".join(f"{name} " for name in "一二三四五六日"), style="dim"))
    lines += [_week(row, weeks) for row in _rows(days)]
    return [*lines, *[Text()] * (8 - len(lines))]


def _rows(days: Sequence[DayView]) -> Iterator[list[DayView | None]]:
    padded = [*[None] * days[0].day.weekday(), *days]
    for at in range(0, len(padded), 7):
        yield [*padded[at : at + 7], *[None] * (7 - len(padded[at : at + 7]))]


def _week(row: Sequence[DayView | None], weeks: bool) -> Text:
    line = Text()
    if weeks:
        numbers = [day.week[1] for day in row if day is not None and day.week is not None]
        line.append(f"{numbers[0]:>2}│" if numbers else "   ", style="dim italic")
    for day in row:
        if day is None:
            line.append(" " * CELL)
            continue
        mark, style = MARKS[day.kind]
        line.append(f"{day.day.day:>2}{mark}", style=style)
    return line


def _beside(months: Sequence[Sequence[Text]], size: int) -> Iterator[Text]:
    for parts in zip(*months, strict=True):
        line = Text()
        for no, part in enumerate(parts):
            line.append_text(part)
            if no < len(parts) - 1:
                line.append(" " * (size - width(part.plain) + GAP))
        line.rstrip()
        if line.plain:
            yield line


def _legend(out: Console, days: Iterable[DayView], weeks: bool) -> None:
    there = {day.kind for day in days}
    line = Text("图例：")
    parts = [(kind, *MARKS[kind]) for kind in MARKS if kind in there and kind != Kind.WORKDAY]
    for no, (kind, mark, style) in enumerate(parts):
        line.append("  " if no else "")
        line.append(f" 8{mark}", style=style)
        line.append(f" {WORDS[kind]}")
    line.append("  没有记号的上班")
    if weeks:
        line.append("  左边的数字是第几教学周")
    out.print(line)


def _sources(out: Console, found: YearView, month: int | None) -> None:
    """Special days by their source, so that each source is said once."""
    shown = [each for each in found.specials if month is None or month in (each.first.month, each.last.month)]
    for source in dict.fromkeys(each.source for each in shown):
        out.print()
        say(source, out=out, style="bold")
        for each in shown:
            if each.source == source:
                say(f"  {_span(each.first, each.last)}  {_said(each)}", out=out, hang=4)
    terms: list[Term | Break] = sorted([*found.terms, *found.breaks], key=lambda each: each.start)
    if terms and month is None:
        out.print()
        say("学期和假期", out=out, style="bold")
        for span in terms:
            say(f"  {_titled(span)}", out=out, hang=4)


def _said(each: Special) -> str:
    what = "上班" if each.working else "休息"
    return what if each.why in ("", what) else f"{what}（{each.why}）"


def _span(first: date, last: date) -> str:
    return short(first) if first == last else f"{short(first)}至{short(last)}，共{(last - first).days + 1}天"


def _titled(each: Term | Break) -> str:
    text = f"{each.name}：{each.start}至{each.end}"
    if isinstance(each, Term):
        title = f"（{each.title}）" if each.title else ""
        return f"{each.name}{title}：{each.start}至{each.end}，第1周从{short(each.monday, each.start)}起"
    return text
