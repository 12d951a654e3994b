"""Is there time enough from the launch to each last day, for branches that hand in earlier as well?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from phases.checks.look import LastDay, Look, at, named
from workflow.errors import Problem
from workflow.model import Target

FEW_WORKDAYS = 5
"""A working week: less was too little in the notices this was made for (3月26日 to 3月30日)."""


def enough_time(look: Look) -> Iterator[Problem]:
    """One finding a last day, however many tasks share it."""
    begins = look.begins
    if begins is None:
        return
    for last in look.last_days:
        if last.day < begins:
            yield at(last.things[0], _past(look, last, begins))
        else:
            texts = [*_too_short(look, last, begins), *_branches(look, last, begins)]
            yield from (at(last.things[0], text) for text in texts)


def _past(look: Look, last: LastDay, begins: date) -> str:
    """A launch refuses tasks whose last day is over; phases and targets only make no sense."""
    published = look.campaign.counts_from
    if look.on is None or (published is not None and last.day < published):
        words = last.things[0].deadline.words
        return f"“{words}”（{look.day(last.day)}）在{look.day(published or begins)}公布之前；请核对年份"
    over = f"最后一天{look.day(last.day)}在{look.day(begins)}启动之前"
    names = [f"阶段“{phase.name}”" for phase in last.phases]
    names += [f"{len(last.tasks)}件事项"] if last.tasks else []
    names += ["目标"] if any(isinstance(thing, Target) for thing in last.things) else []
    if last.tasks:
        return f"{'、'.join(names)}的{over}，到时不能启动；请改时间，或启动时加 --accept-past（以前的提醒不补发）"
    return f"{'、'.join(names)}的{over}；请改时间，或删去"


def _too_short(look: Look, last: LastDay, begins: date) -> Iterator[str]:
    left = look.calendar.count(begins, last.day)
    told_already = look.asks(f"{last.day.month}月{last.day.day}日", f"{left}个工作日")
    if left >= FEW_WORKDAYS or told_already:
        return
    many = f"（{len(last.tasks)}件事项）" if len(last.tasks) > 1 else ""
    yield f"从{look.day(begins)}{look.begun}到{look.day(last.day)}只有{left}个工作日{many}；请核对是否来得及"


def _branches(look: Look, last: LastDay, begins: date) -> Iterator[str]:
    """支部内部时间: what is left for a branch that hands in to its second-level organisation first."""
    ahead = sorted({task.internal_workdays for task in last.tasks if task.internal_workdays})
    if not ahead:
        return
    inner = look.calendar.add(last.day, -ahead[-1]).day
    left = look.calendar.count(begins, inner)
    if inner <= begins:
        yield f"支部内部时间是{look.day(inner)}，不晚于{look.begun}日{look.day(begins)}；请少提前几个工作日"
    elif left < FEW_WORKDAYS:
        what = named([task.name for task in last.tasks if task.internal_workdays == ahead[-1]])
        line = f"{what}支部要在{look.day(inner)}前先交"
        yield f"{line}，从{look.day(begins)}{look.begun}起实际只有{left}个工作日；请核对是否来得及"
