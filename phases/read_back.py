"""The one page a leader signs (任务分解表): a compiled campaign read back in words and as rows for a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from phases.ladder_words import offset_words, terms
from phases.tracks import BRANCH
from workflow.deadline import often, show
from workflow.ladder import KIND_WORDS
from workflow.model import LOCAL_ADDITION, ONE_PHASE, Campaign, Deadline, Grading, Phase, Quantity, Rung, Task
from workflow.workdays import TENTATIVE, WorkCalendar, provisional, short

QUOTED = "原文"
OPEN = "待定"
COLLAPSES = "错过了几步的，只报最高一步"
SIGNATURE = "签发人：____________　　日期：______年____月____日"
WARNING = "非涉密系统，严禁处理国家秘密"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. `section` is 阶段, 任务, 目标, 督办 or 待定; `no` counts within it from 1.

    `source` is 原文 (with the words of the notice if they were noted) or 本级补充; `when` is the resolved last day with its
    weekday, `rest` what people must know about a last day that is a rest day, `note` everything else, ready to print.
    `key` is the task's.
    """

    section: str
    no: int
    what: str
    source: str
    key: str = ""
    phase: str = ""
    who: str = ""
    owners: str = ""
    when: str = ""
    rest: str = ""
    note: str = ""


def rows_of(campaign: Campaign, *, calendar: WorkCalendar | None = None) -> tuple[Row, ...]:
    """The structured lines, in the order in which they are printed."""
    days = calendar or WorkCalendar()
    return (*_phases(campaign, days), *_tasks(campaign, days), *_targets(campaign, days), *_ladder(campaign), *_open(campaign))


def read_back(campaign: Campaign, *, calendar: WorkCalendar | None = None) -> str:
    """The page as plain text, ending with the line to sign."""
    rows = rows_of(campaign, calendar=calendar)
    lines = [f"《{campaign.name}》任务分解表", *head_of(campaign, calendar=calendar)]
    for number, section in zip("一二三四五", ("阶段", "任务", "目标", "督办", "待定"), strict=True):
        here = [row for row in rows if row.section == section]
        lines += ["", f"{number}、{TITLES[section]}"]
        lines += [line for row in here for line in _printed(row)] or ["  （无）"]
    lines += ["", "以上时间、责任和督办程序核对无误，同意启动。", SIGNATURE, WARNING]
    return "\n".join(lines) + "\n"


TITLES = {
    "阶段": "阶段",
    "任务": "任务",
    "目标": "目标（比例含本数）",
    "督办": "督办程序（从最后一天起按工作日计，每步上午8:30，另写的除外）",
    "待定": "还要请您定的",
}


def head_of(campaign: Campaign, *, calendar: WorkCalendar | None = None) -> Iterator[str]:
    """The lines above the table: who issued it and when, who owes, whom to ask, and how much it is."""
    calendar = calendar or WorkCalendar()
    issued = _full(campaign.issued) if campaign.issued else OPEN
    number = f"　文号：{campaign.document_no}" if campaign.document_no else ""
    yield f"发文：{campaign.issuer}{number}　印发：{issued}"
    if campaign.counts_from and campaign.counts_from != campaign.issued:
        yield f"公布：{_full(campaign.counts_from)}（提醒从这天算起）"
    yield f"办理单位：{'、'.join(track.key for track in campaign.tracks)}　结束：{_full(campaign.ends)}{_doubt(campaign.ends, calendar)}"
    contact = campaign.contact
    if contact.unit or contact.name:
        yield f"联系人：{' '.join(part for part in (contact.unit, contact.name, contact.phone) if part)}"
    local = sum(_source(campaign, task.quote, task.local) == LOCAL_ADDITION for task in campaign.tasks)
    yield f"任务{len(campaign.tasks)}项，其中本级补充{local}项；待定{len(campaign.questions)}处"


def _printed(row: Row) -> Iterator[str]:
    people = "，".join(part for part in (row.who, row.owners) if part)
    parts = [part for part in (row.key or row.what, people, row.when) if part]
    yield f"  {row.no}. {'｜'.join(parts)}［{row.source}］"
    for extra in (row.rest, row.note):
        if extra:
            yield f"     {extra}"


def _phases(campaign: Campaign, calendar: WorkCalendar) -> Iterator[Row]:
    phases = {phase.name: phase for track in campaign.tracks for phase in track.phases if phase.name != ONE_PHASE}
    for no, phase in enumerate(sorted(phases.values(), key=lambda p: p.line or 0), start=1):
        yield Row(
            section="阶段",
            no=no,
            what=phase.name,
            who=_walkers(campaign, phase),
            when=_when(phase.deadline, campaign),
            rest=_rest(phase.deadline, campaign, calendar),
            source=_source(campaign, phase.quote, phase.local),
            note=_note(
                ("要点", "、".join(phase.points)),
                ("转入下一阶段", "到日子就转" if phase.by_calendar else ""),
                ("二级党组织", "等所属支部都完成" if phase.waits_for_branches else ""),
            ),
        )


def _walkers(campaign: Campaign, phase: Phase) -> str:
    """Named only where the phase is not for everybody."""
    walking = [track.key for track in campaign.tracks if phase.name in track.phase_names and track.kinds]
    return "" if len(walking) == sum(bool(track.kinds) for track in campaign.tracks) else "、".join(walking)


def _tasks(campaign: Campaign, calendar: WorkCalendar) -> Iterator[Row]:
    for no, task in enumerate(campaign.tasks, start=1):
        yield Row(
            section="任务",
            no=no,
            phase=task.phase or "",
            key=task.key,
            what=task.name,
            who=_who(task),
            owners=f"责任人：{'、'.join(task.owners)}",
            when=_when(task.deadline, campaign),
            rest=_rest(task.deadline, campaign, calendar),
            source=_source(campaign, task.quote, task.local),
            note=_task_note(campaign, task, calendar),
        )


def _who(task: Task) -> str:
    narrowed = [f"等次为{'、'.join(task.selector.grades)}" if task.selector.grades else ""]
    narrowed.append(f"类别为{'、'.join(task.selector.branch_kinds)}" if task.selector.branch_kinds else "")
    words = "，".join(part for part in narrowed if part)
    return f"{task.track}（{words}）" if words else task.track


def _task_note(campaign: Campaign, task: Task, calendar: WorkCalendar) -> str:
    grading = campaign.gradings[task.grading - 1] if task.grading else None
    scale = f"{grading.subject}：{'、'.join(grading.scale)}" if grading else ""
    evidence = "、".join((*grading.evidence, *((grading.method,) if grading.method else ()))) if grading else ""
    return _note(
        ("数量", "、".join(map(_quantity, task.quantities))),
        ("材料", "、".join(task.materials)),
        ("报给", task.receiver or (OPEN if task.materials else "")),
        ("方式", "、".join(task.ways)),
        ("写明", "、".join(task.details)),
        *task.terms,
        ("表单", task.form or ""),
        ("等次", scale),
        ("依据", evidence),
        ("作为", "目标的基数" if grading and _is_base(campaign, grading) else ""),
        ("支部内部时间", f"提前{task.internal_workdays}个工作日" if task.internal_workdays else ""),
        ("锁定", f"{short(task.locks, campaign.counts_from)}{_doubt(task.locks, calendar)}后不再接收" if task.locks else ""),
        ("代填", "组织员可以代填" if task.proxy else ""),
        ("催办", "" if task.chased else "不催，只计数"),
    )


def _is_base(campaign: Campaign, grading: Grading) -> bool:
    return bool(campaign.targets) and grading.baseline and grading.subject == BRANCH


def _quantity(quantity: Quantity) -> str:
    if quantity.most is None:
        return f"{quantity.what}{quantity.least}以上"
    most = "" if quantity.most == quantity.least else f"-{quantity.most}"
    return f"{quantity.what}{quantity.least}{most}"


def _targets(campaign: Campaign, calendar: WorkCalendar) -> Iterator[Row]:
    for no, target in enumerate(campaign.targets, start=1):
        yield Row(
            section="目标",
            no=no,
            what=target.words,
            when=_last_day(target.deadline, campaign) or OPEN,
            rest=_rest(target.deadline, campaign, calendar),
            source=_source(campaign, target.quote, target.local),
        )


def _ladder(campaign: Campaign) -> Iterator[Row]:
    for rung in campaign.ladder:
        collapses = rung.no == len(campaign.ladder) and campaign.catchup == "collapse"
        yield Row(
            section="督办",
            no=rung.no,
            what=f"{offset_words(rung.offset)}，{_told(rung)}",
            source=LOCAL_ADDITION if rung.local else QUOTED,
            note="；".join((*terms(rung), *((COLLAPSES,) if collapses else ()))),
        )
    for rung in campaign.review_ladder:
        yield Row(
            section="督办",
            no=len(campaign.ladder) + rung.no,
            what=f"报来{campaign.review_workdays}个工作日没有审核的，再过{rung.offset}个工作日，{_told(rung)}",
            source=LOCAL_ADDITION,
            note="；".join(terms(rung)),
        )


def _told(rung: Rung) -> str:
    people = "、".join(audience.words for audience in rung.audience)
    return f"提请{people}决定" if rung.kind == "ask" else f"告诉{people}（{KIND_WORDS[rung.kind]}）"


def _open(campaign: Campaign) -> Iterator[Row]:
    for no, question in enumerate(campaign.questions, start=1):
        source = f"{QUOTED}“{question.words}”" if question.words else "通知未写"
        yield Row(section="待定", no=no, what=question.text, source=source, note=_note(("建议", question.proposal)))


def _when(deadline: Deadline, campaign: Campaign) -> str:
    """The words of the notice and what they come to: 3月30日前，即3月30日（周五）24:00前，含当日."""
    words = deadline.words
    if deadline.every:
        return _recurring(deadline, campaign)
    if deadline.end is None:
        return OPEN if words in ("", OPEN) else f"{words}（{OPEN}）"
    begins = deadline.start is not None and deadline.start != deadline.end
    begin = f"{short(deadline.start, campaign.counts_from)}起，" if deadline.start and begins else ""
    return f"{words}，即{begin}{_last_day(deadline, campaign)}"


def _last_day(deadline: Deadline, campaign: Campaign) -> str:
    return show(deadline.end, deadline.hour, campaign.counts_from) if deadline.end else ""


def _recurring(deadline: Deadline, campaign: Campaign) -> str:
    every = deadline.every
    assert every is not None
    hour = f"，每次{deadline.hour.hour}:{deadline.hour.minute:02}前" if deadline.hour else ""
    begin = f"{short(deadline.start, campaign.counts_from)}起" if deadline.start else ""
    end = f"至{short(deadline.end, campaign.counts_from)}" if deadline.end else ""
    return f"{often(every)}{hour}" + (f"，{begin}{end}" if begin or end else "")


def _rest(deadline: Deadline, campaign: Campaign, calendar: WorkCalendar) -> str:
    """What must be told about a last day that is a rest day, or lies in a year not yet published."""
    if deadline.end is None:
        return ""
    if deadline.every:
        return "" if calendar.is_certain(deadline.end) else provisional(deadline.end.year)
    if "moved-rest-day" in deadline.flags:
        return f"原定最后一天是休息日，按“{campaign.rest_day}”定为{short(deadline.end)}{_doubt(deadline.end, calendar)}"
    return calendar.rest_day(deadline.end, "保持")[1] or ""


def _source(campaign: Campaign, quote: str | None, local: bool) -> str:
    if local or (campaign.notes.get(LOCAL_ADDITION) and not quote):
        return LOCAL_ADDITION
    return f"{QUOTED}“{quote}”" if quote else QUOTED


def _note(*parts: tuple[str, str]) -> str:
    return "；".join(f"{what}：{words}" for what, words in parts if words)


def _doubt(day: date, calendar: WorkCalendar) -> str:
    """What stands behind a day of a year whose arrangement nobody has published."""
    return "" if calendar.is_certain(day) else f"（{TENTATIVE}：{provisional(day.year)}）"


def _full(day: date) -> str:
    return f"{day.year}年{short(day)}"
