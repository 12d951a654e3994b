"""What stands on the one printed page that the leader signs: the campaign in few words, by phase, with what is still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from phases.questions import NUMERALS
from phases.read_back import OPEN, SIGNATURE, TITLES, WARNING, Row, head_of, rows_of
from phases.tracks import GROUPS
from workflow.model import LOCAL_ADDITION, ONE_PHASE, Campaign, Deadline, ItemSteps, Task
from workflow.workdays import WorkCalendar, short

HEADINGS = ("序号", "事项", "谁办 · 责任人", "时间", "要求", "来源")
AS_PHASE = "按阶段"
APPROVAL = "以上时间、责任和督办程序核对无误，同意启动。"
TIMES = "时间是最后一天，含当日，未写钟点的到24:00"
TIMES_OF_PHASE = "；“按阶段”即所在阶段的时间"
_LONGEST_QUOTE = 24


@dataclass(frozen=True, kw_only=True)
class Line:
    """One task: the cells of `HEADINGS`."""

    no: int
    what: str
    who: str
    when: str
    asks: str
    source: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (str(self.no), self.what, self.who, self.when, self.asks, self.source)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A phase with its tasks. `heading` is empty where the campaign has no phases."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class SignPage:
    title: str
    head: tuple[str, ...]
    parts: tuple[Part, ...]
    projects: tuple[str, ...]
    targets: tuple[str, ...]
    ladder: str
    questions: tuple[str, ...]
    closing: tuple[str, ...] = (APPROVAL, SIGNATURE, WARNING)


def sign_page(campaign: Campaign, *, calendar: WorkCalendar | None = None) -> SignPage:
    """The page of a compiled campaign."""
    days = calendar or WorkCalendar()
    rows = rows_of(campaign, calendar=days)
    by_section = {section: [row for row in rows if row.section == section] for section in TITLES}
    return SignPage(
        title=f"《{campaign.name}》任务分解表",
        head=(*head_of(campaign, calendar=days), f"{TIMES}{TIMES_OF_PHASE if by_section['阶段'] else ''}。"),
        parts=tuple(_parts(campaign, by_section)),
        projects=tuple(map(_project, campaign.projects)),
        targets=tuple(f"{row.no}. {_joined(row.what, _ends(row), row.rest)}［{_source(row)}］" for row in by_section["目标"]),
        ladder="；".join(f"{row.no}. {_joined(row.what, row.note)}" for row in by_section["督办"]) + _ladder_source(campaign),
        questions=tuple(f"{row.no}. {_joined(row.what + _quote(row), row.note)}" for row in by_section["待定"]),
    )


def _parts(campaign: Campaign, rows: Mapping[str, Sequence[Row]]) -> Iterator[Part]:
    tasks = list(zip(campaign.tasks, rows["任务"], strict=True))
    deadlines = {phase.name: phase.deadline for track in campaign.tracks for phase in track.phases}
    for phase in rows["阶段"]:
        when = deadlines[phase.what]
        own = tuple(_line(campaign, task, row, when) for task, row in tasks if task.phase == phase.what)
        number = NUMERALS[phase.no - 1 : phase.no] or str(phase.no)
        said = _joined(_when(campaign, when, phase), phase.who and f"适用：{phase.who}", phase.note, phase.rest)
        yield Part(heading=f"阶段{number}　{phase.what}　{said}［{_source(phase)}］", lines=own)
    named = {row.what for row in rows["阶段"]}
    if rest := tuple(_line(campaign, task, row, None) for task, row in tasks if task.phase not in named):
        yield Part(heading="不分阶段的事项" if named else "", lines=rest)


def _line(campaign: Campaign, task: Task, row: Row, phase: Deadline | None) -> Line:
    as_phase = phase is not None and (task.deadline.words, task.deadline.end) == (phase.words, phase.end)
    what = row.key.removeprefix(f"{task.phase}/") if task.phase not in (None, ONE_PHASE) else row.key
    return Line(
        no=row.no,
        what=what,
        who=f"{_who(task)}：{'、'.join(task.owners)}",
        when=AS_PHASE if as_phase else _when(campaign, task.deadline, row),
        asks=_joined(_brief(row.note, task), "" if as_phase else row.rest),
        source=_source(row),
    )


def _who(task: Task) -> str:
    """党支部（定为先进）, 党支部（教工）: a group of kinds by its name."""
    kinds = list(task.selector.branch_kinds)
    for name, group in GROUPS.items():
        if set(group) <= set(kinds):
            kinds = [name, *(kind for kind in kinds if kind not in group)]
    grades = f"定为{'、'.join(task.selector.grades)}" if task.selector.grades else ""
    only = _joined(grades, "、".join(kinds))
    return f"{task.track}（{only}）" if only else task.track


def _brief(note: str, task: Task) -> str:
    """Without what stands in the line already or says itself."""
    return note.replace(f"数量：{task.name}", "数量：", 1).replace("催办：不催", "不催").replace("代填：组织员", "组织员")


def _when(campaign: Campaign, line: Deadline, row: Row) -> str:
    """A last day with its weekday, both ends of a window, how often; the words of the notice where no day is in them."""
    if line.end is None:
        return row.when
    day = short(line.end, campaign.counts_from)
    end = day + (f"{line.hour.hour}:{line.hour.minute:02}" if line.hour else "")
    if line.every:
        often = "，".join(part for part in row.when.split("，") if not part.endswith(day) and not part.endswith("起"))
        return often if line.end == campaign.ends else f"{often}，至{day}"
    if line.start is not None and line.start != line.end:
        return f"{short(line.start, campaign.counts_from)}至{end}"
    plain = f"{line.end.month}月{line.end.day}日" in line.words
    return end if plain else f"{line.words}，即{end}"


def _ends(row: Row) -> str:
    return "" if row.when == OPEN else f"即{row.when.replace('24:00前，含当日', '')}"


def _project(project: ItemSteps) -> str:
    details = f"写明：{'、'.join(project.details)}" if project.details else ""
    return _joined(f"{project.name}（{project.track}，每单位0到多个）：{'→'.join(project.steps)}", details)


def _source(row: Row) -> str:
    if len(row.source) <= _LONGEST_QUOTE + 4 or row.source == LOCAL_ADDITION:
        return row.source
    return f"{row.source[: _LONGEST_QUOTE + 2]}…”"


def _quote(row: Row) -> str:
    return f"（{_source(row)}）" if row.source.startswith("原文“") else ""


def _ladder_source(campaign: Campaign) -> str:
    steps = (*campaign.ladder, *campaign.review_ladder)
    local = sum(rung.local for rung in steps)
    source = LOCAL_ADDITION if local == len(steps) else f"其中{local}步{LOCAL_ADDITION}" if local else "原文"
    return (f"。［{source}］" if steps else "") + ("" if campaign.ladder else "不设督办程序，不提醒。")


def _joined(*words: str) -> str:
    return "；".join(word for word in words if word)
