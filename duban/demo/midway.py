"""途中: the same year as it stood on a busy morning, left beside it to be looked at: things to review, first chases, a leader's choice."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from duban.clock import Clock
from duban.engine import Engine
from duban.service.context import ZONE
from duban.settings import Settings
from storage.database import backup
from workflow.errors import NotFound

DAY = date(2012, 4, 16)
"""A Monday: the line of the second phase was the Friday before, the first chases are due, and three matters wait for the 部长."""
RUN_AT, STANDS_AT = time(8, 30), time(9, 30)
HOLD_HOURS = 4
"""How long the clerks may look at first chases here; in the year itself they leave at once."""
ASKED = 3
"""Branches that ask for a later day this morning."""
WHYS = (
    "书记本周在外地参加培训，支部大会改在下周召开，报送材料随后补齐",
    "支部刚并入两名新党员，人数和分工需要重新核对",
    "支委改选的结果还在公示，公示结束后才能填写",
)


def leave(engine: Engine, out: Path) -> None:
    """Copy the year as it stands before the run of `DAY` into `out`, and let that morning happen there."""
    backup(engine.database, out)
    clock = _Moving(_at(RUN_AT))
    with Engine(f"sqlite:///{out}", clock=Clock(now=clock), settings=Settings(preview_hours=HOLD_HOURS)) as copy:
        copy.escalate()
        copy.deliver()
        _ask(copy, clock)
        clock.instant = _at(STANDS_AT)
        with copy.database.write() as connection:
            copy.context.record_instant(connection)


class _Moving:
    """A clock whose instant is set from outside."""

    def __init__(self, instant: int) -> None:
        self.instant = instant

    def __call__(self) -> int:
        return self.instant


def _ask(engine: Engine, clock: _Moving) -> None:
    """Some branches that owe something since Friday ask for a few days more."""
    owing = [
        (person, duty.id)
        for row in engine.status().rows
        for duty in row.duties
        if row.track == "党支部" and duty.state == "open" and duty.days_late == 3
        if (person := _secretary(engine, row.unit)) is not None
    ]
    for number, (person, duty) in enumerate(Random(DAY.isoformat()).sample(owing, ASKED)):
        clock.instant = _at(time(9, 2 + 7 * number))
        to = engine.context.calendar.add(DAY, 3 + number).day
        engine.ask_extension(duty, to=to, reason=WHYS[number], by=person)


def _secretary(engine: Engine, unit: str) -> int | None:
    try:
        return engine.person(f"{unit}:书记")
    except NotFound:  # the post is empty
        return None


def _at(hour: time) -> int:
    return int(datetime.combine(DAY, hour, ZoneInfo(ZONE)).timestamp())
