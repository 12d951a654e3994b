"""What a person should look at in a definition that can run: short times, rest days, targets without a base ..."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from phases.tracks import BRANCH
from workflow.deadline import BLOCKING, FLAGS
from workflow.errors import Problem
from workflow.model import ONE_PHASE, Campaign, Deadline, Phase, Target, Task
from workflow.workdays import EARLIER, LATER, PROVISIONAL, WorkCalendar, short

FEW_WORKDAYS = 5
SAID_ELSEWHERE = ("asked", "past", "daily")


def warnings_of(campaign: Campaign, *, calendar: WorkCalendar) -> tuple[Problem, ...]:
    """Every warning, ordered by line; none of them keeps the campaign from being launched."""
    found = [
        *_phases(campaign),
        *_lines(campaign, calendar),
        *_internal(campaign, calendar),
        *_papers(campaign),
        *_targets(campaign),
        *_ladder(campaign, calendar),
        *_contact(campaign),
    ]
    return tuple(sorted(found, key=lambda problem: problem.line or 0))


def _phases(campaign: Campaign) -> Iterator[Problem]:
    for phase in _distinct_phases(campaign):
        if phase.deadline.end is None:
            yield Problem(
                text=f"阶段“{phase.name}”没有时间；补上以前，其中没有另写时间的事项不提醒", line=phase.line, path=phase.name
            )


def _lines(campaign: Campaign, calendar: WorkCalendar) -> Iterator[Problem]:
    """Each phrase and each last day once, however many tasks share them."""
    phrases: set[str] = set()
    days: set[date] = set()
    things: tuple[Phase | Task | Target, ...] = (*_distinct_phases(campaign), *campaign.tasks, *campaign.targets)
    for thing in things:
        line = thing.deadline
        texts: list[str] = []
        if line.words not in phrases:
            phrases.add(line.words)
            texts += _doubts(line)
        if line.end and not line.every and line.end not in days:
            days.add(line.end)
            texts += [*_rest_day(campaign, line, calendar), *_too_short(campaign, line, calendar)]
        if isinstance(thing, Task) and line.end and line.end > campaign.ends:
            texts.append(f"“{line.words}”（{_day(line.end)}）在活动结束（{_day(campaign.ends)}）之后；请改“结束”或这件事的时间")
        yield from (Problem(text=text, line=thing.line, path=_path(thing)) for text in texts)


def _path(thing: Phase | Task | Target) -> str:
    return thing.key if isinstance(thing, Task) else thing.name if isinstance(thing, Phase) else "目标"


def _doubts(line: Deadline) -> Iterator[str]:
    for flag in line.flags:
        if flag in FLAGS and flag not in SAID_ELSEWHERE:
            meant = f"（现按{_day(line.end)}）" if line.end and not line.every else ""
            yield f"“{line.words}”：{FLAGS[flag]}{meant}"


def _rest_day(campaign: Campaign, line: Deadline, calendar: WorkCalendar) -> Iterator[str]:
    assert line.end is not None
    if "moved-rest-day" in line.flags:
        yield f"“{line.words}”的最后一天是休息日；按“{campaign.rest_day}”定为{_day(line.end)}"
        return
    _, note = calendar.rest_day(line.end, "保持")
    if note and PROVISIONAL in note and calendar.is_workday(line.end):
        yield f"“{line.words}”的最后一天{note}"
    elif note:
        yield f"“{line.words}”的最后一天{note}；现在不变，要改就写 休息日: {EARLIER} 或 {LATER}"


def _too_short(campaign: Campaign, line: Deadline, calendar: WorkCalendar) -> Iterator[str]:
    assert line.end is not None
    begins = campaign.counts_from
    if begins is None:
        return
    left = calendar.count(begins, line.end)
    if line.end < begins:
        yield f"“{line.words}”（{_day(line.end)}）在{_day(begins)}公布之前；请核对年份"
    elif left < FEW_WORKDAYS:
        yield f"从{_day(begins)}公布到{_day(line.end)}只有{left}个工作日；请核对是否来得及"


def _internal(campaign: Campaign, calendar: WorkCalendar) -> Iterator[Problem]:
    told: set[date] = set()
    for task in campaign.tasks:
        end = task.deadline.end
        if task.internal_workdays is None or end is None or campaign.counts_from is None or end in told:
            continue
        inner = calendar.add(end, -task.internal_workdays).day
        if inner <= campaign.counts_from:
            told.add(end)
            text = f"支部内部时间是{_day(inner)}，不晚于公布日{_day(campaign.counts_from)}；请少提前几个工作日"
            yield Problem(text=text, line=task.line, path=task.key)


def _papers(campaign: Campaign) -> Iterator[Problem]:
    for task in campaign.tasks:
        if task.materials and task.receiver is None:
            yield Problem(text=f"“{task.name}”要交材料，没有写报给谁", line=task.line, path=task.key)


def _targets(campaign: Campaign) -> Iterator[Problem]:
    """A share needs the branches it is a share of."""
    has_base = campaign.starting_grades or any(g.baseline and g.subject == BRANCH for g in campaign.gradings)
    for target in campaign.targets:
        if not has_base:
            text = f"目标“{target.words}”没有分母；请在一轮党支部定级里写 基数: 是，或写“起点”"
            yield Problem(text=text, line=target.line, path="目标")
        if target.deadline.end is None and not BLOCKING & set(target.deadline.flags):
            yield Problem(text=f"目标“{target.words}”定不出到哪天", line=target.line, path="目标")


def _ladder(campaign: Campaign, calendar: WorkCalendar) -> Iterator[Problem]:
    """A ladder whose first step falls after the campaign has ended tells nobody anything."""
    if not campaign.ladder:
        if any(task.chased and task.deadline.end for task in campaign.tasks):
            yield Problem(text="“督办”是空的：没有人会收到提醒；要用默认办法就删去“督办”这一行", path="督办")
        return
    first = min(campaign.ladder, key=lambda rung: rung.offset)
    last_lines = {task.deadline.end for task in campaign.tasks if task.chased and not task.recurring}
    for end in sorted(day for day in last_lines if day):
        begins = calendar.add(end, first.offset).day
        if begins > campaign.ends:
            text = f"{_day(end)}到期的事项，督办程序{_day(begins)}才开始，活动{_day(campaign.ends)}已经结束；请加一步提前的提醒"
            yield Problem(text=text, path="督办")


def _contact(campaign: Campaign) -> Iterator[Problem]:
    if not campaign.contact.phone:
        yield Problem(text="没有写联系人和电话，提示里无法告诉大家有问题找谁", path="联系人")


def _distinct_phases(campaign: Campaign) -> tuple[Phase, ...]:
    phases = {phase.name: phase for track in campaign.tracks for phase in track.phases if phase.name != ONE_PHASE}
    return tuple(sorted(phases.values(), key=lambda phase: phase.line or 0))


def _day(day: date) -> str:
    return short(day)
