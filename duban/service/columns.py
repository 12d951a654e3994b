"""What stands across a board: the phases of a campaign, or the tasks of one phase, each with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from storage.overview import TaskLine
from workflow.errors import NotFound
from workflow.model import Campaign, Phase, Track

OTHER = "其他事项"
"""Tasks of no phase, where a campaign has phases."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """`words` is the line as written; `opens` and `last` are days, None where they are not known. `tasks` are the rows' ids.

    `phase` is the name under which its tasks are shown one by one, None if that is not possible.
    """

    name: str
    words: str
    opens: date | None
    last: date | None
    tasks: tuple[int, ...]
    phase: str | None = None

    def begun(self, day: date) -> bool:
        return self.opens is None or self.opens <= day


def phases_of(campaign: Campaign) -> tuple[str, ...]:
    """The names of the phases of all tracks, in order; a campaign without phases has none."""
    names = dict.fromkeys(name for track in campaign.tracks if len(track.phases) > 1 for name in track.phase_names)
    return tuple(names)


def columns_of(campaign: Campaign, tasks: Sequence[TaskLine], phase: str | None = None) -> tuple[Column, ...]:
    """The phases; with `phase`, or where there are none, tasks. Raises `NotFound` for a phase the campaign does not have."""
    names = phases_of(campaign)
    if phase is not None and phase not in (*names, OTHER):
        raise NotFound(f"没有阶段“{phase}”；有：{'、'.join(names) or '（不分阶段）'}", candidates=names)
    by_phase = {name: [task for task in tasks if _phase(campaign, task) == name] for name in (*names, OTHER)}
    if phase is not None or not names:
        return tuple(_tasks(campaign, by_phase[phase or OTHER]))
    return tuple(_phases(campaign, by_phase))


def _phase(campaign: Campaign, task: TaskLine) -> str:
    track = campaign.track_by_key[task.track]
    known = task.phase is not None and len(track.phases) > 1
    return track.phases[(task.phase or 1) - 1].name if known else OTHER


def _phases(campaign: Campaign, by_phase: dict[str, list[TaskLine]]) -> Iterable[Column]:
    for name, lines in by_phase.items():
        same = [(track, phase) for track in campaign.tracks for phase in track.phases if phase.name == name]
        closes = [phase.closes for _, phase in same if phase.closes is not None]
        words = dict.fromkeys(phase.deadline.words for _, phase in same if phase.deadline.words)
        if name != OTHER or lines:
            yield Column(
                name=name,
                words="；".join(words),
                opens=_opens(same),
                last=max(closes, default=None),
                tasks=tuple(line.id for line in lines),
                phase=name,
            )


def _opens(same: Sequence[tuple[Track, Phase]]) -> date | None:
    """When a phase opens that several tracks have: by those with the most phases, as an office that skips some comes to it too early."""
    most = max((len(track.phases) for track, _ in same), default=0)
    longest = [(track, phase) for track, phase in same if len(track.phases) == most]
    opens = [track.opening_day(phase.no) if phase.no > 1 else phase.opens for track, phase in longest]
    return None if None in opens else min((day for day in opens if day is not None), default=None)


def _tasks(campaign: Campaign, lines: Sequence[TaskLine]) -> Iterable[Column]:
    """Tasks of one name for several tracks say for whom."""
    known = [(line, campaign.task_by_key[line.key]) for line in lines if line.key in campaign.task_by_key]
    often = Counter(task.name for _, task in known)
    for line, task in known:
        yield Column(
            name=f"{task.name}（{task.track}）" if often[task.name] > 1 else task.name,
            words=task.deadline.words,
            opens=task.deadline.start,
            last=task.deadline.end if not task.recurring else None,
            tasks=(line.id,),
        )
