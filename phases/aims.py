"""Which targets, items and ladder a definition sets: 目标, 项目 and 督办 as nouns of the campaign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from phases import definition as d
from phases.frame import Frame, PlaceLike
from phases.ladder_words import GATES, VACANT, audiences, default_ladder, offset, rung
from phases.tasks import not_on_scale
from phases.tracks import BRANCH
from phases.values import UNKNOWN
from workflow.model import Audience, ItemSteps, Rung, Target

AND_BETTER = r"(.+?)(?:等次)?(?:及其|及|或)?以上(?:等次|位次)?"
ANY_BETTER = ("升级", "上升一等", "任一更高等次", "晋位")


def targets_of(frame: Frame) -> Iterator[Target]:
    """目标: from one grade to another or better; both must be on the scale of the branches, the second the better one."""
    for at, shape in enumerate(frame.shape.targets):
        place = ("目标", at)
        share = f"{float(shape.share * 100):g}%"
        yield Target(
            from_grade=shape.source,
            to_grades=_reached(frame, shape, place),
            share=shape.share,
            words=f"{shape.source}→{shape.to}，至少{share}，{shape.time}",
            deadline=frame.times.read(shape.time, (*place, "时间")),
            quote=shape.quote,
            local=bool(shape.local),
            line=frame.source.line(place),
        )


def projects_of(frame: Frame) -> Iterator[ItemSteps]:
    """项目: 0..n items a unit registers, with their own steps."""
    for at, shape in enumerate(frame.shape.projects):
        place = ("项目", at)
        ower = frame.owes(shape.who, (*place, "谁办")) if shape.who else frame.default_owers(place)
        if ower:
            yield ItemSteps(
                name=shape.name or "项目", steps=shape.steps, track=ower.track, details=shape.details, quote=shape.quote
            )


def ladder_of(frame: Frame) -> tuple[Rung, ...]:
    """督办, in the order in which the steps fall due; the gentle default if nothing is written, none if the list is empty."""
    if frame.shape.ladder is None:
        return default_ladder()
    rungs: list[Rung] = []
    for at, shape in enumerate(frame.shape.ladder):
        place = ("督办", at)
        when = _when(frame, shape, place)
        told = _told(frame, shape, place)
        if when is None or not told:
            continue
        made = rung(0, when, told, ask=bool(shape.ask), dwell=shape.dwell, every=shape.repeat_every, most=shape.repeat_most)
        made = _with_terms(made, shape)
        if twin := next((other for other in rungs if other.key == made.key), None):
            frame.source.report(*_twice(made, twin, shape, place))
        rungs.append(replace(made, local=shape.quote is None, line=frame.source.line(place)))
    return tuple(replace(r, no=no) for no, r in enumerate(sorted(rungs, key=lambda r: (r.offset, r.at)), start=1))


def _with_terms(rung: Rung, shape: d.RungShape) -> Rung:
    """What the step says beside when and whom. A 代号 is its key instead of the one made of those."""
    return replace(
        rung,
        key=shape.code or rung.key,
        at=shape.at or rung.at,
        gate=GATES[shape.gate] if shape.gate else rung.gate,
        vacant=VACANT[shape.vacant],
    )


def _twice(rung: Rung, twin: Rung, shape: d.RungShape, place: PlaceLike) -> tuple[PlaceLike, str]:
    """What is wrong with two steps that nothing tells apart."""
    if shape.code:
        return (*place, "代号"), f"代号“{shape.code}”写了两次；每一步的代号要不同，请改一个"
    if rung.at != twin.at:
        return place, f"“{shape.when}”告诉同一个人写了两次，只有时刻不同；请给其中一步写上代号，或删去一条"
    return place, f"“{shape.when}”告诉同一个人写了两次；请删去一条"


def _reached(frame: Frame, shape: d.TargetShape, place: PlaceLike) -> tuple[str, ...]:
    scales = frame.scales(BRANCH)
    if not scales:
        frame.source.report(place, "目标用到等次，可是没有写党支部的定级；请在“定级”里写明等次")
        return ()
    scale = scales[0]
    m = re.fullmatch(AND_BETTER, shape.to)
    goal = m[1] if m else shape.to
    if UNKNOWN in (*scale, shape.source, shape.to):
        return ()
    if not _on_scale(frame, shape.source, scale, (*place, "从")):
        return ()
    start = scale.index(shape.source)
    if goal in ANY_BETTER:
        reached = scale[:start]
    elif not _on_scale(frame, goal, scale, (*place, "到")):
        return ()
    else:
        reached = scale[: scale.index(goal) + 1] if m else (goal,)
    if not reached or shape.source in reached or scale.index(reached[-1]) > start:
        frame.source.report((*place, "到"), f"从“{shape.source}”到“{shape.to}”不是提高；等次从好到差是 {'、'.join(scale)}")
    return reached


def _on_scale(frame: Frame, grade: str, scale: tuple[str, ...], place: PlaceLike) -> bool:
    if grade in scale:
        return True
    frame.source.report(place, not_on_scale(grade, scale))
    return False


def _when(frame: Frame, shape: d.RungShape, place: PlaceLike) -> int | None:
    when = offset(shape.when)
    if when is None:
        hint = "按工作日计，不按自然日" if "工作日" not in shape.when else "数字要大于0"
        frame.source.report((*place, "何时"), f"何时“{shape.when}”看不懂（{hint}）；请写 提前3个工作日、当天 或 超过5个工作日")
    return when


def _told(frame: Frame, shape: d.RungShape, place: PlaceLike) -> tuple[Audience, ...]:
    key = "提请" if shape.ask else "告诉"
    told, strangers = audiences(shape.ask or shape.tell or "", _people(frame.shape))
    for words in strangers:
        frame.source.report(
            (*place, key),
            f"{key}“{words}”看不懂；请写 责任人、牵头责任人、组织员、书记、上级联系人，或“单位+职务”如 组织部部长",
        )
    return told


def _people(shape: d.Definition) -> set[str]:
    """The names that stand in the definition."""
    names = {*shape.owners, *(name for task in shape.tasks for name in task.owners)}
    return names | {name for paper in shape.papers for name in paper.owners}
