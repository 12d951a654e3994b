"""Which phrases of time were read with a doubt that nobody has asked about yet?"""

from __future__ import annotations

from collections.abc import Iterator

from phases.checks.look import Look, Thing, at
from workflow.deadline import FLAGS
from workflow.errors import Problem

SAID_ELSEWHERE = ("asked", "past", "daily")


def readings(look: Look) -> Iterator[Problem]:
    """Each phrase once, however many tasks share it."""
    phrases: dict[str, Thing] = {}
    for thing in look.things:
        phrases.setdefault(thing.deadline.words, thing)
    for words, thing in phrases.items():
        line = thing.deadline
        if line.end is None and look.asks((words, line.event)):
            continue
        meant = f"（现按{look.day(line.end)}）" if line.end and not line.every else ""
        flags = [flag for flag in line.flags if flag in FLAGS and flag not in SAID_ELSEWHERE]
        yield from (at(thing, f"“{words}”：{FLAGS[flag]}{meant}") for flag in flags)
