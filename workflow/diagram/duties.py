"""The life of a duty as a picture: every state in its place, every act on its arrow."""

from __future__ import annotations

from workflow.diagram import svg as draw
from workflow.diagram.edges import DUTY_WORDS, Edge, edges, states
from workflow.machine import duty_machine
from workflow.model import CLOCK_RUNS, STATE_WORDS, DutyState

WIDTH, HEIGHT = 424, 590
BOX_WIDTH, BOX_HEIGHT = 124, 72
LEFT, RIGHT = 64, 284
Point = tuple[float, float]

# Left upper corners of the boxes.
PLACES: dict[str, Point] = {
    DutyState.OPEN: (LEFT, 92),
    DutyState.WAIVED: (RIGHT, 92),
    DutyState.SUBMITTED: (LEFT, 262),
    DutyState.RETURNED: (RIGHT, 262),
    DutyState.ACCEPTED: (LEFT, 432),
    DutyState.VOID: (RIGHT, 432),
}
# {(from, to): (the arrow's points, where its words begin, end or stand, a line for each act?)}
ROUTES: dict[tuple[str, str], tuple[tuple[Point, ...], Point, str, bool]] = {
    (DutyState.OPEN, DutyState.SUBMITTED): (((150, 164), (150, 262)), (158, 206), "start", True),
    (DutyState.SUBMITTED, DutyState.OPEN): (((102, 262), (102, 164)), (94, 218), "end", False),
    (DutyState.SUBMITTED, DutyState.ACCEPTED): (((126, 334), (126, 432)), (134, 388), "start", False),
    (DutyState.SUBMITTED, DutyState.RETURNED): (((188, 300), (284, 300)), (236, 294), "middle", False),
    (DutyState.RETURNED, DutyState.SUBMITTED): (((284, 324), (188, 324)), (236, 341), "middle", True),
    (DutyState.OPEN, DutyState.WAIVED): (((188, 116), (284, 116)), (236, 110), "middle", False),
    (DutyState.WAIVED, DutyState.OPEN): (((284, 142), (188, 142)), (236, 159), "middle", False),
    (DutyState.SUBMITTED, DutyState.WAIVED): (
        ((188, 276), (240, 276), (240, 220), (312, 220), (312, 164)),
        (305, 198),
        "end",
        False,
    ),
    (DutyState.RETURNED, DutyState.WAIVED): (((372, 262), (372, 164)), (379, 218), "start", False),
    (DutyState.ACCEPTED, DutyState.OPEN): (((64, 459), (28, 459), (28, 128), (64, 128)), (35, 388), "start", False),
}
VOID_WHY = "单位撤销、并入，或活动设置变更时"
FOOT = ("浅红：时限在走，按督办程序提醒；报送以后不再催办。", "非涉密系统，严禁处理国家秘密")


def svg_of_duties() -> str:
    """An SVG of the machine of duties. Acts that leave a duty in its state stand in its box."""
    machine = duty_machine()
    found = edges(machine)
    moving = [edge for edge in found if edge.source != edge.dest]
    staying = {edge.source: edge for edge in found if edge.source == edge.dest}
    head = draw.text(16, 40, "一件事项怎样办理", size=18, bold=True)
    # Boxes over the arrows, words over both.
    arrows = _beginning(str(machine.initial)) + "".join(_arrow(edge) for edge in moving)
    boxes = "".join(_state(state, staying.get(state)) for state in states(machine))
    foot = draw.paragraph(16, HEIGHT - 38, FOOT, size=11.5, leading=20, fill=draw.GREY)
    return draw.picture(WIDTH, HEIGHT, "一件事项怎样办理：从尚未报送到已审核", head + arrows + boxes + foot)


def _beginning(state: str) -> str:
    """Where every duty begins."""
    x, y = PLACES[state][0] + BOX_WIDTH / 2, PLACES[state][1]
    dot = f'<circle cx="{x:g}" cy="{y - 26:g}" r="5" fill="{draw.INK}"/>'
    return dot + draw.arrow([(x, y - 26), (x, y)]) + draw.text(x + 12, y - 21, "产生", size=12.5)


def _arrow(edge: Edge) -> str:
    points, where, anchor, stacked = ROUTES.get((edge.source, edge.dest)) or _straight(edge)
    words = [DUTY_WORDS[act] for act in edge.acts]
    lines = words if stacked else ["、".join(words)]
    said = "".join(
        draw.text(where[0], where[1] + 17 * n, line, size=12.5, anchor=anchor, halo=True) for n, line in enumerate(lines)
    )
    acts = {"from": edge.source, "to": edge.dest, "acts": " ".join(edge.acts)}
    return draw.group(draw.arrow(points) + said, **acts)


def _state(state: str, staying: Edge | None) -> str:
    x, y = PLACES[state]
    void, runs = state == DutyState.VOID, state in CLOCK_RUNS
    fill = draw.ROSE if runs else draw.PAPER if void else draw.PALE
    shape = draw.box(x, y, BOX_WIDTH, BOX_HEIGHT, fill=fill, dashed=void)
    small = [f"可：{'、'.join(DUTY_WORDS[act] for act in staying.acts)}"] if staying else []
    if void:
        small = draw.wrapped(VOID_WHY, 11.5, BOX_WIDTH - 14)
    middle = x + BOX_WIDTH / 2
    top = y + 42 - 9 * len(small)
    name = draw.text(middle, top, STATE_WORDS[DutyState(state)], size=15.5, bold=True, anchor="middle")
    under = "".join(
        draw.text(middle, top + 20 + 16 * n, line, size=11.5, fill=draw.GREY, anchor="middle") for n, line in enumerate(small)
    )
    acts = {"from": state, "to": state, "acts": " ".join(staying.acts)} if staying else {}
    return draw.group(shape + name + draw.group(under, **acts), state=state)


def _straight(edge: Edge) -> tuple[tuple[Point, ...], Point, str, bool]:
    """For an act that nobody has drawn a way for: from side to side, as the crow flies."""
    (x0, y0), (x1, y1) = PLACES[edge.source], PLACES[edge.dest]
    down = y1 - y0
    start = (x0 + BOX_WIDTH / 2, y0 + (BOX_HEIGHT if down > 0 else 0 if down < 0 else BOX_HEIGHT / 2))
    end = (x1 + BOX_WIDTH / 2, y1 + (0 if down > 0 else BOX_HEIGHT if down < 0 else BOX_HEIGHT / 2))
    return (start, end), ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), "middle", False
