"""Who grades whom in a definition: each 定级 as a Grading and as the task of its grader."""

from __future__ import annotations

from collections.abc import Iterator

from phases import definition as d
from phases.frame import NOBODY, Frame, PlaceLike
from phases.tasks import key_of, known_phase, line_by, locks_of, owners_of
from phases.tracks import BRANCH, Who, who
from phases.values import UNKNOWN
from workflow.model import Grading, Task


def gradings_of(frame: Frame) -> Iterator[tuple[Grading, Task]]:
    """定级: each round is one task of the grader, whose accepted submission confirms the grades."""
    for at, shape in enumerate(frame.shape.gradings):
        place = ("定级", at)
        _scale(frame, shape, place)
        subject = _subject(frame, shape, place)
        grader = frame.grader(shape.grader, subject, (*place, "谁来定")) or NOBODY
        task = _task(frame, shape, subject, grader, at, place)
        yield (
            Grading(
                no=at + 1,
                name=task.name,
                subject=subject,
                grader=grader.track,
                scale=shape.scale,
                task=task.key,
                evidence=shape.evidence,
                method=shape.method,
                baseline=_is_baseline(frame, at, subject),
                quote=shape.quote,
                local=bool(shape.local),
            ),
            task,
        )


def _task(frame: Frame, shape: d.GradingShape, subject: str, grader: Who, at: int, place: PlaceLike) -> Task:
    name = shape.name or f"{subject}定级"
    deadline = line_by(frame, shape.time, shape.phase, place)
    return Task(
        key=key_of(frame, shape.phase, name, place, "几轮定级请各写“名称”或“阶段”"),
        name=name,
        track=grader.track,
        phase=known_phase(frame, shape.phase, place),
        deadline=deadline,
        owners=owners_of(frame, shape.owners),
        form="定级",
        grading=at + 1,
        locks=locks_of(frame, shape.locks, deadline, place),
        quote=shape.quote,
        local=bool(shape.local),
        line=frame.source.line(place),
    )


def _scale(frame: Frame, shape: d.GradingShape, place: PlaceLike) -> None:
    if len(set(shape.scale)) < len(shape.scale):
        frame.source.report((*place, "等次"), f"等次有重复：{'、'.join(shape.scale)}；请从最好到最差各写一次")
    elif len(shape.scale) < 2 and UNKNOWN not in shape.scale:
        frame.source.report((*place, "等次"), "等次至少要有两等，从最好写到最差")


def _subject(frame: Frame, shape: d.GradingShape, place: PlaceLike) -> str:
    """二级党组织 or 党支部, or one second-level kind."""
    named = who(shape.subject)
    if named and named.kinds and not named.branch_kinds:
        return named.track
    frame.source.report((*place, "对象"), f"给“{shape.subject}”定级看不懂；请写 二级党组织 或 党支部")
    return BRANCH


def _is_baseline(frame: Frame, at: int, subject: str) -> bool:
    """The round marked 基数; if none is, the first of its subject, unless the grades are carried over from elsewhere."""
    same = [no for no, g in enumerate(frame.shape.gradings) if (w := who(g.subject)) and w.track == subject]
    marked = [no for no in same if frame.shape.gradings[no].baseline]
    if marked:
        return at in marked
    return frame.shape.start is None and bool(same) and at == same[0] and frame.shape.gradings[at].baseline is None
