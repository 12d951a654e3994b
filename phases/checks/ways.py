"""Can a case reach every phase and 办结 by itself? The machine of each track as a graph of the steps nobody has to take by hand."""

from __future__ import annotations

from collections.abc import Iterator

from phases.checks.grades import never_arises
from phases.checks.look import Look, at
from workflow.errors import Problem
from workflow.machine import phase_on, track_machine
from workflow.model import Campaign, Phase, Track

BY_ITSELF = ("complete", "open_next")
"""The triggers of a case that follow from acceptances and from the calendar. `advance` is an officer's act: no way to rely on."""


def ways(look: Look) -> Iterator[Problem]:
    """Each phase in which cases stay for good, with the tracks that do and the phases they never reach."""
    found: dict[tuple[str, str], list[Track]] = {}
    for track in look.campaign.tracks:
        for no in _trapping(look.campaign, track):
            phase = phase_on(track, no)
            assert phase is not None
            found.setdefault((phase.name, _why(look.campaign, track, phase) or ""), []).append(track)
    for (name, why), tracks in found.items():
        phase = next(p for p in tracks[0].phases if p.name == name)
        who = "、".join(track.key for track in tracks)
        yield at(phase, f"阶段“{name}”{why.format(who=who)}到这里不会自动{_onward(look.campaign, tracks[0], phase)}")


def _trapping(campaign: Campaign, track: Track) -> list[int]:
    """The phases that are reached, or would be, and never left without an officer."""
    machine = track_machine(track)
    steps: dict[str, set[str]] = {state: set() for state in machine.states}
    for trigger in BY_ITSELF:
        for source, transitions in machine.events[trigger].transitions.items():
            phase = phase_on(track, int(source))
            if phase is not None and _why(campaign, track, phase) is None:
                steps[source] |= {str(transition.dest) for transition in transitions}
    last = str(len(track.phases) + 1)
    return [int(state) for state in steps if state != last and not steps[state]]


def _why(campaign: Campaign, track: Track, phase: Phase) -> str | None:
    """Why some or all cases of a track are not moved on from a phase: neither the calendar nor a last acceptance does it."""
    if track.opening_day(phase.no + 1) is not None:
        return None
    owed = [task for task in campaign.tasks if task.track == track.key and task.phase == phase.name]
    arising = [task for task in owed if not never_arises(campaign, task)]
    if phase.by_calendar:
        return "写了按时间转入下一阶段，可是没有日子："
    if not arising:
        return "没有时间，{who}在其中也没有事项："
    if all(task.selector for task in arising):
        return "没有时间，其中的事项只给一部分{who}：其余的"
    return None


def _onward(campaign: Campaign, track: Track, phase: Phase) -> str:
    later = [other.name for other in track.phases if other.no > phase.no]
    if not later:
        return "办结；请给它补上时间"
    return f"转入“{later[0]}”，以后的阶段都到不了；请给它补上时间"
