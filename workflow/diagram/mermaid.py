"""A machine as Mermaid text, for pages and documents that draw it themselves."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.diagram.edges import DUTY_WORDS, WAYS, date_guard, edges, states
from workflow.machine import duty_machine, phase_name, phase_on, track_machine
from workflow.model import STATE_WORDS, Campaign, DutyState, Track

HARMLESS = "，。、；：！？“”‘’（）《》〔〕【】—…·～－／ "
"""Characters beside letters and digits that mean nothing to Mermaid."""


def mermaid(campaign: Campaign, track: Track, counts: Mapping[int, int] | None = None) -> str:
    """The phases of a track, on every arrow the date guard as written; with `counts` {phase number: units} in every state."""
    machine = track_machine(track)
    lines = ["stateDiagram-v2"]
    for state in states(machine):
        number = f"（{(counts or {}).get(int(state), 0)}个单位）" if counts is not None else ""
        lines.append(f'    state "{escaped(phase_name(track, int(state)) + number)}" as p{state}')
    lines.append(f"    [*] --> p{machine.initial}")
    for edge in edges(machine):
        phase = phase_on(track, int(edge.source))
        assert phase is not None
        guard = date_guard(campaign, track, phase)
        words = "，".join((guard.words, *guard.notes))
        ways = "／".join(WAYS[act] for act in edge.acts)
        lines.append(f"    p{edge.source} --> p{edge.dest} : {escaped(f'{words}（{ways}）')}")
    lines.append(f"    p{states(machine)[-1]} --> [*]")
    return "\n".join(lines) + "\n"


def mermaid_of_duties() -> str:
    """The life of a duty. What is void (单位撤销, 活动设置变更) is no act of anybody and has no arrow."""
    machine = duty_machine()
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{escaped(STATE_WORDS[DutyState(state)])}" as {state}_' for state in states(machine)]
    lines.append(f"    [*] --> {machine.initial}_")
    for edge in edges(machine):
        words = "／".join(DUTY_WORDS[act] for act in edge.acts)
        lines.append(f"    {edge.source}_ --> {edge.dest}_ : {escaped(words)}")
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Everything that could mean something to Mermaid or to HTML as a character code."""
    return "".join(c if c.isalnum() or c in HARMLESS else f"#{ord(c)};" for c in " ".join(text.split()))
