"""Does everything end within the campaign, and do the phases follow each other as their times do?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from phases.checks.look import LastDay, Look, at
from workflow.errors import Problem
from workflow.model import Target


def windows(look: Look) -> Iterator[Problem]:
    for last in look.last_days:
        yield from _after_the_end(look, last)
    yield from _out_of_order(look)


def _after_the_end(look: Look, last: LastDay) -> Iterator[Problem]:
    """Targets may look beyond the campaign; what is to be done may not."""
    ends = look.campaign.ends
    things = [thing for thing in last.things if not isinstance(thing, Target)]
    if things and last.day > ends:
        many = f"的{len(things)}项" if len(things) > 1 else ""
        words = f"“{things[0].deadline.words}”（{look.day(last.day)}）{many}"
        yield at(things[0], f"{words}在活动结束（{look.day(ends)}）之后；请改“结束”或这件事的时间")


def _out_of_order(look: Look) -> Iterator[Problem]:
    """A phase that closes before the one in front of it is over by the time anybody comes into it. Tracks that share both say it alike."""
    for track in look.campaign.tracks:
        dated = [phase for phase in track.phases if phase.closes is not None]
        for before, phase in pairwise(dated):
            assert before.closes is not None
            assert phase.closes is not None
            if phase.closes < before.closes:
                over = (
                    f"阶段“{phase.name}”{look.day(phase.closes)}结束，比前面的“{before.name}”（{look.day(before.closes)}）还早"
                )
                yield at(phase, f"{over}：单位转到这里时已经过了；请核对先后和时间")
