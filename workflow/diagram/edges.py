"""What leads from where to where in a machine, and the words that stand on the arrow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from transitions import Machine

from workflow.guards import ACT_WORDS
from workflow.model import Campaign, Deadline, Phase, Track
from workflow.workdays import TENTATIVE

WAYS = {"complete": "事项全部审核", "open_next": "到时间", "advance": "组织部转入"}
"""What moves a case on: the last acceptance, the calendar, an officer."""
DUTY_WORDS = ACT_WORDS
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One arrow: two states and all acts that lead from the one to the other, in the machine's order."""

    source: str
    dest: str
    acts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DateGuard:
    """The date guard of a phase: the words of the notice, the days they mean, and what else holds for leaving the phase."""

    words: str
    days: str
    notes: tuple[str, ...]


def edges(machine: Machine) -> tuple[Edge, ...]:
    """Every transition of a machine; those between the same two states on one arrow."""
    found: dict[tuple[str, str], list[str]] = {}
    for act, event in machine.events.items():
        for source, transitions in event.transitions.items():
            for transition in transitions:
                acts = found.setdefault((source, str(transition.dest)), [])
                acts += [act] if act not in acts else []
    return tuple(Edge(source=source, dest=dest, acts=tuple(acts)) for (source, dest), acts in found.items())


def states(machine: Machine) -> tuple[str, ...]:
    """The machine's states in the order of their definition."""
    return tuple(machine.states)


def date_guard(campaign: Campaign, track: Track, phase: Phase) -> DateGuard:
    """What stands on the arrow out of a phase."""
    return DateGuard(
        words=phase.deadline.words or "待定",
        days=days_of(phase.deadline, campaign),
        notes=tuple(_notes(campaign, track, phase)),
    )


def days_of(deadline: Deadline, campaign: Campaign) -> str:
    """The days a phrase means: `3月30日（周五）24:00前，含当日`; nothing if they are still to be named."""
    if deadline.end is None:
        return ""
    hour = deadline.hour.strftime("%H:%M") if deadline.hour else "24:00"
    last = f"{_day(deadline.end, campaign)}（周{WEEKDAYS[deadline.end.weekday()]}）{hour}"
    if "provisional" in deadline.flags:
        last += f"（{TENTATIVE}）"
    if deadline.start is not None:
        return f"{_day(deadline.start, campaign)}至{last}"
    return f"{last}前" if deadline.hour else f"{last}前，含当日"


def _notes(campaign: Campaign, track: Track, phase: Phase) -> list[str]:
    notes = []
    if phase.closes is None:
        notes.append("时间定下以前不催办")
    if phase.by_calendar:
        notes.append("到时间自动转入，不等审核")
    if phase.waits_for_branches:
        notes.append("等所属支部都完成")
    mine = (task for task in campaign.tasks if task.track == track.key and task.phase == phase.name)
    locks = sorted({task.locks for task in mine if task.locks is not None})
    if locks:
        days = "、".join(_day(day, campaign) for day in locks)
        notes.append(f"{days}后不再受理" if len(locks) == 1 else f"{days}后依次不再受理")
    return notes


def _day(day: date, campaign: Campaign) -> str:
    """With its year only where it is not the campaign's own."""
    anchor = campaign.issued or campaign.counts_from
    year = f"{day.year}年" if anchor is None or anchor.year != day.year else ""
    return f"{year}{day.month}月{day.day}日"
