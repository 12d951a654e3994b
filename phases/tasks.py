"""What is asked of whom: 任务, 报送 and 联述联评联考 of a definition as Tasks with their keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from phases import definition as d
from phases.frame import NOBODY, Frame, PlaceLike
from phases.source import nearest
from phases.tracks import BRANCH_KINDS, GROUPS, SECOND, Who, branch_kinds
from phases.values import UNDECIDED, UNKNOWN
from workflow.model import Deadline, Quantity, Selector, Task

SECRETARY = "书记"
PAPERS = "报送材料"
RENAME = "请给其中一项改名"


def tasks_of(frame: Frame) -> Iterator[Task]:
    """任务: one Task for each kind of unit that owes it and each thing done repeatedly."""
    for at, shape in enumerate(frame.shape.tasks):
        place = ("任务", at)
        owers = [w for no, words in enumerate(shape.who) if (w := frame.owes(words, (*place, "谁办", no)))]
        if not shape.who and (default := frame.default_owers(place)):
            owers = [default]
        for ower in owers or [NOBODY]:
            name = f"{shape.name}·{ower.track}" if len(shape.who) > 1 else shape.name
            for what, words in shape.frequency.items() if shape.frequency else (("", None),):
                deadline = _deadline(frame, shape, what, words, place)
                yield _task(frame, shape, ower, f"{name}·{what}" if what else name, deadline, place)


def papers_of(frame: Frame) -> Iterator[tuple[d.PaperShape, Task]]:
    """报送: one task with its materials."""
    for at, shape in enumerate(frame.shape.papers):
        place = ("报送", at)
        ower = frame.owes(shape.who, (*place, "谁报")) or NOBODY
        deadline = line_by(frame, shape.time, shape.phase, place)
        name = shape.name or PAPERS
        key = key_of(frame, shape.phase, name, place, "请各写一个“名称”")
        yield (
            shape,
            Task(
                key=key,
                name=name,
                track=ower.track,
                phase=known_phase(frame, shape.phase, place),
                deadline=deadline,
                owners=owners_of(frame, shape.owners),
                selector=Selector(branch_kinds=ower.branch_kinds),
                materials=shape.materials,
                receiver=_receiver(shape.receiver),
                ways=shape.ways,
                form=shape.form,
                details=shape.details,
                proxy=shape.proxy,
                chased=shape.chased,
                locks=locks_of(frame, shape.locks, deadline, place),
                quote=shape.quote,
                local=bool(shape.local),
                line=frame.source.line(place),
            ),
        )


def reviews_of(frame: Frame) -> Iterator[Task]:
    """联述 and 联评 as duties of the units whose secretaries report; 联考 is only an export."""
    review = frame.shape.review_day
    if review is None:
        return
    place = ("联述联评联考",)
    for at, report in enumerate(review.reports):
        here = (*place, "联述", at)
        ower = frame.owes(report.who.removesuffix(SECRETARY), (*here, "谁述"))
        if ower is None:
            continue
        suffix = f"·{ower.track}" if len(review.reports) > 1 else ""
        yield _review_task(frame, f"联述{suffix}", ower, report, review, here, "总结", report.to)
        if review.opinion:
            rating = _review_task(frame, f"联评{suffix}", ower, review.opinion, review, (*place, "联评"), "测评", None)
            yield replace(rating, terms=(("谁评", "、".join(review.opinion.who)),))


def _task(frame: Frame, shape: d.TaskShape, ower: Who, name: str, deadline: Deadline, place: PlaceLike) -> Task:
    phase = known_phase(frame, shape.phase, place)
    terms = (("范围", shape.scope), ("没有时", shape.otherwise), ("比例", shape.ratio), ("口径", shape.basis))
    recurring = deadline.every is not None
    return Task(
        key=key_of(frame, shape.phase, name, (*place, "事项"), RENAME),
        name=name,
        track=ower.track,
        phase=phase,
        deadline=deadline,
        owners=owners_of(frame, shape.owners),
        quantities=tuple(
            Quantity(what=what or shape.name, least=least, most=most) for what, (least, most) in (shape.quantity or {}).items()
        ),
        selector=_selector(frame, shape, ower, place),
        materials=shape.materials,
        receiver=_receiver(shape.receiver),
        ways=shape.ways,
        form=shape.form,
        details=shape.details,
        terms=tuple((what, words) for what, words in terms if words),
        proxy=shape.proxy,
        chased=not recurring if shape.chased is None else shape.chased,
        locks=locks_of(frame, shape.locks, deadline, place),
        quote=shape.quote,
        local=bool(shape.local),
        line=frame.source.line(place),
    )


def _review_task(
    frame: Frame,
    name: str,
    ower: Who,
    shape: d.ReportShape | d.OpinionShape,
    review: d.ReviewShape,
    place: PlaceLike,
    form: str,
    receiver: str | None,
) -> Task:
    words = shape.time or review.time
    deadline = frame.times.read(words, (*place, "时间") if shape.time else ("联述联评联考", "时间"))
    return Task(
        key=key_of(frame, None, name, place, RENAME),
        name=name,
        track=ower.track,
        deadline=deadline,
        owners=owners_of(frame, ()),
        selector=Selector(branch_kinds=ower.branch_kinds),
        receiver=receiver,
        form=form,
        locks=locks_of(frame, None, deadline, place),
        quote=shape.quote or review.quote,
        local=bool(shape.local or review.local),
        line=frame.source.line(place),
    )


def _deadline(frame: Frame, shape: d.TaskShape, what: str, words: str | None, place: PlaceLike) -> Deadline:
    """The task's line; with a frequency, the span within which it recurs."""
    line = line_by(frame, shape.time, shape.phase, place)
    often = line if words is None else frame.times.frequency(words, (*place, "频次", what))
    if often.every is None:
        return often
    return replace(often, start=often.start or line.start or frame.times.anchor, end=often.end or line.end)


def line_by(frame: Frame, words: str | None, phase: str | None, place: PlaceLike) -> Deadline:
    """The own time, else that of the phase."""
    if words is not None:
        return frame.times.read(words, (*place, "时间"))
    return frame.phases.get(phase or "") or Deadline(words="")


def key_of(frame: Frame, phase: str | None, name: str, place: PlaceLike, remedy: str) -> str:
    key = f"{phase}/{name}" if phase else name
    if "/" in name or "@" in name:
        frame.source.report(place, f"“{name}”里不能有 / 和 @，它们在事项的编号里另有用处；请换个写法")
    frame.claim(key, place, remedy)
    return key


def known_phase(frame: Frame, phase: str | None, place: PlaceLike) -> str | None:
    frame.phase(phase, (*place, "阶段"))
    return phase if phase in frame.phases else None


def owners_of(frame: Frame, owners: tuple[str, ...]) -> tuple[str, ...]:
    return owners or frame.shape.owners or (SECRETARY,)


def _receiver(words: str | None) -> str | None:
    return None if words in (None, UNDECIDED, UNKNOWN) else words


def locks_of(frame: Frame, words: str | None, deadline: Deadline, place: PlaceLike) -> date | None:
    if words is not None:
        return frame.times.lock(words, deadline, (*place, "锁定"))
    return frame.times.lock(frame.shape.locks, deadline, ("锁定",))


def _selector(frame: Frame, shape: d.TaskShape, ower: Who, place: PlaceLike) -> Selector:
    kinds = list(ower.branch_kinds)
    for at, words in enumerate(shape.branch_kinds):
        covered = branch_kinds(words)
        if covered is None and words != UNKNOWN:
            known = "、".join((*GROUPS, *BRANCH_KINDS))
            frame.source.report((*place, "适用类别", at), f"没有“{words}”这类支部；可写 {known}")
        kinds += covered or ()
    _grades_exist(frame, shape, ower, place)
    return Selector(grades=shape.grades, branch_kinds=tuple(dict.fromkeys(kinds)))


def _grades_exist(frame: Frame, shape: d.TaskShape, ower: Who, place: PlaceLike) -> None:
    """A grade asked for must be on a scale of these units, unless they come with starting grades nobody has listed."""
    scales = frame.scales(ower.track)
    labels = tuple(dict.fromkeys(label for scale in scales for label in scale))
    for at, grade in enumerate(shape.grades):
        if UNKNOWN in (grade, ower.track) or UNKNOWN in labels or grade in labels or (not labels and frame.shape.start):
            continue
        here = (*place, "适用等次", at)
        if not labels:
            frame.source.report(here, f"没有给{ower.track}定级，也没有写起点，无从知道谁是“{grade}”；请补上“定级”或“起点”")
        else:
            frame.source.report(here, not_on_scale(grade, labels))


def not_on_scale(grade: str, labels: tuple[str, ...]) -> str:
    close = nearest(grade, labels)
    guess = f"是不是“{close}”？" if close else ""
    return f"等次里没有“{grade}”；{guess}现有：{'、'.join(labels)}"


def second_level(track: str) -> bool:
    return track in (SECOND, "党总支", "二级党委")
