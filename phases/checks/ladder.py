"""Does the ladder (督办) tell somebody before the line and after it, in time, and each step somebody new?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, time
from itertools import groupby, pairwise

from phases.checks.look import Look, when
from phases.ladder_words import time_words
from workflow.errors import Problem
from workflow.ladder import Group, slot_day
from workflow.model import Rung

PATH = "督办"
DAYTIME = (time(7), time(22))
"""Who is told something outside of these hours takes it for an emergency."""


def ladder(look: Look) -> Iterator[Problem]:
    due = _due(look)
    if not due:
        return
    texts = [*_gaps(look), *_same_day(look), *_same_people(look), *_missed(look, due), *_after_the_end(look, due)]
    yield from (Problem(text=text, path=PATH) for text in texts)
    yield from (Problem(text=text, line=rung.line, path=PATH) for rung, text in _terms(look))


def _due(look: Look) -> Counter[tuple[date, date | None]]:
    """How many tasks are chased by each line; with it the earlier line of branches."""
    found: Counter[tuple[date, date | None]] = Counter()
    for task in look.campaign.tasks:
        end = task.deadline.end
        if task.chased and end is not None and not task.recurring:
            inner = look.calendar.add(end, -task.internal_workdays).day if task.internal_workdays else None
            found[end, inner] += 1
    return found


def _gaps(look: Look) -> Iterator[str]:
    """Nobody is told at all, nobody before the line, or nobody after it."""
    rungs = look.campaign.ladder
    if not rungs:
        yield "“督办”是空的：没有人会收到提醒；要用默认办法就删去“督办”这一行"
    elif rungs[-1].offset <= 0:
        yield "“督办”到最后一天为止：过了时间还没有报的，没有人会知道；请加一步，如 {何时: 超过1个工作日, 告诉: 组织员}"
    elif rungs[0].offset > 0:
        begins = when(rungs[0])
        yield f"“督办”从“{begins}”才开始：到期以前没有人会收到提醒；请加一步，如 {{何时: 提前3个工作日, 告诉: 责任人}}"


def _same_day(look: Look) -> Iterator[str]:
    """Steps of one day: before the line only the last is told, after it one waits for the other."""
    # Two reminders of one day at different hours are both told; an escalation waits a working day in any case.
    for _, same in groupby(look.campaign.ladder, key=lambda rung: (rung.offset, rung.at if rung.offset <= 0 else None)):
        rungs = list(same)
        if len(rungs) == 1:
            continue
        fate = "只会发最后一步" if rungs[0].offset <= 0 else f"后一步要再等{rungs[1].dwell}个工作日"
        told = "和".join(_people(rung) for rung in rungs)
        asks = any(rung.kind == "ask" for rung in rungs)
        remedy = "请给提请的一步晚一些的时间" if asks else f"要同时告诉，请合成一步 告诉: {told}"
        yield f"“{when(rungs[0])}”写了{len(rungs)}步：{fate}；{remedy}"


def _same_people(look: Look) -> Iterator[str]:
    """After the line each step goes to somebody who was not told by the step before. To ask for a decision is another thing."""
    climbing = [rung for rung in look.campaign.ladder if rung.offset > 0]
    for below, rung in pairwise(climbing):
        again = {a.words for a in rung.audience} <= {a.words for a in below.audience}
        if again and (rung.kind == "ask") == (below.kind == "ask"):
            told = f"“{when(rung)}”告诉的{_people(rung)}，前一步（{when(below)}）已经告诉过"
            yield f"{told}；请告诉上一级，只是再说一次就给前一步写“重复”"


def _terms(look: Look) -> Iterator[tuple[Rung, str]]:
    """What a step says of its hour, of what it waits for and how long, that has no effect or an odd one."""
    first, last = DAYTIME
    for no, rung in enumerate(look.campaign.ladder):
        if no == 0 and rung.gate != "none":
            yield rung, f"“{when(rung)}”是第一步，前面没有要等的一步，写的“前提”用不上；请删去“前提”"
        if not first <= rung.at <= last:
            hours = f"{time_words(first)}到{time_words(last)}"
            yield rung, f"“{when(rung)}”在{time_words(rung.at)}，是休息时间；请改在{hours}之间"
        if rung.dwell > 1 and look.campaign.catchup == "collapse":
            what = f"“{when(rung)}”写了间隔{rung.dwell}个工作日，“错过时”又是只报最高一步"
            yield rung, f"{what}：错过的几步不逐级补，间隔用不上；请删去一样"


def _missed(look: Look, due: Counter[tuple[date, date | None]]) -> Iterator[str]:
    """Reminders whose day is over when the campaign begins are never sent."""
    begins = look.begins
    reminders = [rung for rung in look.campaign.ladder if rung.offset <= 0]
    if begins is None or not reminders:
        return
    for (end, inner), number in sorted(due.items(), key=lambda item: (item[0][0], item[0][1] or item[0][0])):
        if end < begins:
            continue
        days = [(rung, _slot(look, rung, end, inner)) for rung in reminders]
        if days[0][1] >= begins:
            continue
        left = next((when(rung) for rung, day in days if day >= begins), None)
        rest = f"从“{left}”开始提醒" if left else "到期以前没有人会收到提醒"
        what = f"{_line(look, end, inner)}的{number}件事项，“{when(days[0][0])}”是{look.day(days[0][1])}"
        yield f"{what}，在{look.day(begins)}{look.begun}以前，不会发；{rest}"


def _after_the_end(look: Look, due: Counter[tuple[date, date | None]]) -> Iterator[str]:
    """Steps after the line that come when the campaign is over."""
    ends = look.campaign.ends
    climbing = [rung for rung in look.campaign.ladder if rung.offset > 0]
    lines: Counter[date] = Counter()
    for (end, _), number in due.items():
        lines[end] += number
    for end, number in sorted(lines.items()):
        late = [(rung, day) for rung in climbing if (day := _slot(look, rung, end, None)) > ends]
        if late and end <= ends:
            rung, day = late[0]
            what = f"{look.day(end)}到期的{number}件事项，“{when(rung)}”要到{look.day(day)}"
            yield f"{what}，那时活动已经结束（{look.day(ends)}）；请把事项提前，或把“结束”改晚"


def _slot(look: Look, rung: Rung, end: date, inner: date | None) -> date:
    return slot_day(rung, Group(due=end, internal=inner, made_on=look.begins or end), look.calendar)


def _line(look: Look, end: date, inner: date | None) -> str:
    return f"{look.day(end)}到期{f'、支部{look.day(inner)}先交' if inner else ''}"


def _people(rung: Rung) -> str:
    return "和".join(audience.words for audience in rung.audience)
