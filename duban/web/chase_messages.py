"""First chases as a reviewer looks at them: a message each, and what one of them would say."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from duban.engine import Engine
from duban.service.chases import Chase
from duban.service.previewing import Previewed
from duban.service.visiting import Visitor
from duban.web.plain_words import reason_lines
from workflow.errors import Refused

GONE = "这条工作提示已经发出，或已不需要发了。"


@dataclass(frozen=True, kw_only=True)
class ChaseMessage:
    """One message that waits: to whom, when it leaves by itself (UTC seconds), about which units."""

    recipient: str
    role: str
    leaves_at: int
    about: tuple[Chase, ...]


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What would be read about one unit, or why nothing would."""

    unit: str
    messages: tuple[Previewed, ...] = ()
    lines: tuple[str, ...] = ()


def chase_messages(engine: Engine, who: Visitor) -> tuple[ChaseMessage, ...]:
    """What waits about units he sees, a message each."""
    return tuple(
        ChaseMessage(recipient=found[0].recipient, role=found[0].role, leaves_at=found[0].leaves_at, about=tuple(found))
        for _, group in groupby(engine.first_chases(scope=who.scope), key=lambda chase: (chase.message, chase.recipient))
        if (found := list(group))
    )


def looked_at(engine: Engine, who: Visitor, campaign: int, waiting: tuple[ChaseMessage, ...], unit: str) -> Looked:
    """The text about one unit, by its code; only of units about which something waits."""
    mine = [chase for message in waiting for chase in message.about if chase.unit_code == unit]
    if not mine:
        return Looked(unit="", lines=(GONE,))
    rung = engine.campaign(campaign).campaign.rung_by_key.get(mine[0].rung)
    try:
        found = engine.preview(unit, step=rung.no if rung else None, campaign=campaign, scope=who.scope)
    except Refused as refusal:
        return Looked(unit=mine[0].unit, lines=reason_lines(refusal.reasons))
    told, today = {chase.recipient for chase in mine}, engine.context.today()
    now = tuple(one for one in found if one.recipient in told and one.day <= today)
    return Looked(unit=mine[0].unit, messages=now, lines=() if now else (GONE,))
