"""The phases of a track as a picture: boxes from above to below, on every arrow the date guard as the notice has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.diagram import svg as draw
from workflow.diagram.edges import WAYS, Edge, date_guard, edges, states
from workflow.machine import phase_name, phase_on, track_machine
from workflow.model import Campaign, Track

WIDTH, MARGIN = 400, 16
RAIL = MARGIN + 28
"""Where the numbers stand, and the arrows between them."""
INSIDE = RAIL + 28
ROOM = WIDTH - MARGIN - INSIDE - 14
NOTES = (
    "转入下一阶段：本阶段事项全部审核通过；没有事项的，到时间自动转入；组织部可以说明理由转入。",
    "时限含当日；过后仍可报送，记为迟报；写明“不再受理”的除外。",
)
FOOT = (*NOTES, "非涉密系统，严禁处理国家秘密")


def svg(
    campaign: Campaign,
    track: Track,
    counts: Mapping[int, int] | None = None,
    here: int | None = None,
    *,
    alone: bool = True,
) -> str:
    """An SVG of a track's machine. `counts` {phase number: units} stand in the boxes; `here` marks the phase one unit is in.

    The number after the last phase is 办结. 400 px wide: readable on a telephone, and on paper. Not `alone`: a page around it says what
    its title and its notes (`NOTES`) would say.
    """
    machine = track_machine(track)
    drawing = _Drawing(campaign=campaign, track=track, counts=counts, here=here)
    if alone:
        drawing.head()
    else:
        drawing.y = MARGIN
    by_source = {edge.source: edge for edge in edges(machine)}
    for state in states(machine):
        drawing.state(int(state))
        if state in by_source:
            drawing.edge(by_source[state])
    if alone:
        drawing.foot()
    else:
        drawing.y += MARGIN
    return draw.picture(WIDTH, drawing.y, f"{campaign.name}：{track.key}的阶段和时限", "".join(drawing.parts))


@dataclass(kw_only=True)
class _Drawing:
    """Drawn from above to below; `y` is where the next thing begins."""

    campaign: Campaign
    track: Track
    counts: Mapping[int, int] | None
    here: int | None
    y: float = 0
    parts: list[str] = field(default_factory=list)

    def head(self) -> None:
        lines = draw.wrapped(self.campaign.name, 18, WIDTH - 2 * MARGIN, most=2)
        self.parts.append(draw.paragraph(MARGIN, 36, lines, size=18, leading=25, bold=True))
        below = 36 + 25 * len(lines)
        of = draw.wrapped(f"{self.track.key}的阶段和时限", 13, WIDTH - 2 * MARGIN, most=1)
        self.parts.append(draw.paragraph(MARGIN, below, of, size=13, leading=18, fill=draw.GREY))
        self.y = below + 22

    def state(self, no: int) -> None:
        """One box: number, name, and how many units are in it."""
        done, mine = no > len(self.track.phases), no == self.here
        number = f"{self.counts.get(no, 0)}" if self.counts is not None else ""
        room = ROOM - (draw.width_of(number, 20) + 34 if number else 0)
        lines = draw.wrapped(phase_name(self.track, no), 16, room)
        height = 30 + 22 * len(lines)
        middle = self.y + height / 2
        fill, stroke = (draw.ROSE, draw.RED) if mine else (draw.PAPER if done else draw.PALE, draw.LINE)
        shape = draw.box(MARGIN, self.y, WIDTH - 2 * MARGIN, height, fill=fill, stroke=stroke, weight=2.2 if mine else 1.2)
        name = draw.paragraph(INSIDE, middle - 11 * len(lines) + 17, lines, size=16, leading=22, bold=True)
        content = shape + self._badge(no, middle, done, mine) + name + self._number(number, middle)
        if mine:
            content += self._flag()
        self.parts.append(draw.group(content, state=str(no)))
        self.y += height

    def edge(self, edge: Edge) -> None:
        """The arrow out of a phase, with its date guard."""
        phase = phase_on(self.track, int(edge.source))
        assert phase is not None
        guard = date_guard(self.campaign, self.track, phase)
        words = draw.wrapped(guard.words, 15, ROOM, most=2)
        small = [line for note in (guard.days, *guard.notes) if note for line in draw.wrapped(note, 12.5, ROOM, most=2)]
        height = 26 + 20 * len(words) + 18 * len(small)
        line = draw.arrow([(RAIL, self.y + 2), (RAIL, self.y + height - 2)])
        first = self.y + 28
        written = draw.paragraph(INSIDE, first, words, size=15, leading=20, fill=draw.RED, bold=True)
        meant = draw.paragraph(INSIDE, first + 20 * len(words), small, size=12.5, leading=18, fill=draw.GREY)
        acts = {"from": edge.source, "to": edge.dest, "acts": " ".join(edge.acts)}
        title = f"<title>{'／'.join(WAYS[act] for act in edge.acts)}</title>"
        self.parts.append(draw.group(title + line + written + meant, **acts))
        self.y += height

    def foot(self) -> None:
        self.y += 24
        for sentence in FOOT:
            lines = draw.wrapped(sentence, 11.5, WIDTH - 2 * MARGIN)
            self.parts.append(draw.paragraph(MARGIN, self.y + 6, lines, size=11.5, leading=17, fill=draw.GREY))
            self.y += 17 * len(lines) + 5
        self.y += 8

    def _badge(self, no: int, middle: float, done: bool, mine: bool) -> str:
        """The phase's number in a disc; phases behind `here`, and 办结, have a tick."""
        passed = self.here is not None and no < self.here
        fill = draw.RED if mine or not passed else draw.LINE
        disc = f'<circle cx="{RAIL:g}" cy="{middle:g}" r="13" fill="{fill}"/>'
        if done or passed:
            tick = f"M{RAIL - 5.5:g},{middle + 0.5:g} l4,4.2 l7.5,-8.4"
            return disc + f'<path d="{tick}" fill="none" stroke="{draw.PAPER}" stroke-width="2.2" stroke-linecap="round"/>'
        return disc + draw.text(RAIL, middle + 5, str(no), size=14, fill=draw.PAPER, bold=True, anchor="middle")

    def _number(self, number: str, middle: float) -> str:
        if not number:
            return ""
        right = WIDTH - MARGIN - 14
        unit = draw.text(right, middle + 6, "个", size=12.5, fill=draw.GREY, anchor="end")
        return draw.text(right - 16, middle + 7, number, size=20, bold=True, anchor="end") + unit

    def _flag(self) -> str:
        words = "本单位在此"
        width = draw.width_of(words, 11.5) + 16
        left = WIDTH - MARGIN - width - 92
        ground = draw.box(left, self.y - 10, width, 20, radius=10, fill=draw.RED, stroke=draw.RED)
        return ground + draw.text(left + width / 2, self.y + 4.2, words, size=11.5, fill=draw.PAPER, anchor="middle")
