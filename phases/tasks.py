"""What is asked of whom: 任务, 定级, 报送 and 联述联评联考 of a definition as Tasks with their keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from phases import definition as d
from phases.fit import UNKNOWN
from phases.frame import Frame, PlaceLike
from phases.source import nearest
from phases.tracks import BRANCH, BRANCH_KINDS, GROUPS, SECOND, Who, branch_kinds, who
from phases.values import UNDECIDED
from workflow.model import Deadline, Grading, Quantity, Selector, Task

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
        for ower in owers:
            name = f"{shape.name}·{ower.track}" if len(shape.who) > 1 else shape.name
            for what, words in (shape.frequency or {None: None}).items():
                deadline = _deadline(frame, shape, what, words, place)
                yield _task(frame, shape, ower, f"{name}·{what}" if what else name, deadline, place)


def gradings_of(frame: Frame) -> Iterator[tuple[Grading, Task]]:
    """定级: each round is one task of the grader, whose accepted submission confirms the grades."""
    rounds = frame.shape.gradings
    for at, shape in enumerate(rounds):
        place = ("定级", at)
        _scale(frame, shape, place)
        subject = _subject(frame, shape, place)
        grader = frame.grader(shape.grader, subject, (*place, "谁来定"))
        if grader is None:
            continue
        task = _grading_task(frame, shape, subject, grader, at, place)
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


def papers_of(frame: Frame) -> Iterator[tuple[d.PaperShape, Task]]:
    """报送: one task with its materials."""
    for at, shape in enumerate(frame.shape.papers):
        place = ("报送", at)
        ower = frame.owes(shape.who, (*place, "谁报"))
        if ower is None:
            continue
        deadline = _by(frame, shape.time, shape.phase, place)
        name = shape.name or PAPERS
        key = _key(frame, shape.phase, name, place, "请各写一个“名称”")
        yield (
            shape,
            Task(
                key=key,
                name=name,
                track=ower.track,
                phase=_known(frame, shape.phase, place),
                deadline=deadline,
                owners=_owners(frame, shape.owners),
                selector=Selector(branch_kinds=ower.branch_kinds),
                materials=shape.materials,
                receiver=_receiver(shape.receiver),
                ways=shape.ways,
                form=shape.form,
                details=shape.details,
                proxy=shape.proxy,
                chased=shape.chased,
                locks=_locks(frame, shape.locks, deadline, place),
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
    phase = _known(frame, shape.phase, place)
    terms = (("范围", shape.scope), ("没有时", shape.otherwise), ("比例", shape.ratio), ("口径", shape.basis))
    recurring = deadline.every is not None
    return Task(
        key=_key(frame, shape.phase, name, (*place, "事项"), RENAME),
        name=name,
        track=ower.track,
        phase=phase,
        deadline=deadline,
        owners=_owners(frame, shape.owners),
        quantities=tuple(
            Quantity(what=what or shape.name, least=least, most=most)
            for what, (least, most) in (shape.quantity or {}).items()
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
        locks=_locks(frame, shape.locks, deadline, place),
        quote=shape.quote,
        local=bool(shape.local),
        line=frame.source.line(place),
    )


def _grading_task(
    frame: Frame, shape: d.GradingShape, subject: str, grader: Who, at: int, place: PlaceLike
) -> Task:
    name = shape.name or f"{subject}定级"
    deadline = _by(frame, shape.time, shape.phase, place)
    return Task(
        key=_key(frame, shape.phase, name, place, "几轮定级请各写“名称”或“阶段”"),
        name=name,
        track=grader.track,
        phase=_known(frame, shape.phase, place),
        deadline=deadline,
        owners=_owners(frame, shape.owners),
        form="定级",
        grading=at + 1,
        locks=_locks(frame, shape.locks, deadline, place),
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
        key=_key(frame, None, name, place, RENAME),
        name=name,
        track=ower.track,
        deadline=deadline,
        owners=_owners(frame, ()),
        selector=Selector(branch_kinds=ower.branch_kinds),
        receiver=receiver,
        form=form,
        locks=_locks(frame, None, deadline, place),
        quote=shape.quote or review.quote,
        local=bool(shape.local or review.local),
        line=frame.source.line(place),
    )


def _deadline(frame: Frame, shape: d.TaskShape, what: str | None, words: str | None, place: PlaceLike) -> Deadline:
    """The task's line; with a frequency, the span within which it recurs."""
    line = _by(frame, shape.time, shape.phase, place)
    often = line if words is None else frame.times.frequency(words, (*place, "频次", what or ""))
    if often.every is None:
        return often
    return replace(often, start=often.start or line.start or frame.times.anchor, end=often.end or line.end)


def _by(frame: Frame, words: str | None, phase: str | None, place: PlaceLike) -> Deadline:
    """The own time, else that of the phase."""
    if words is not None:
        return frame.times.read(words, (*place, "时间"))
    return frame.phases.get(phase or "") or Deadline(words="")


def _key(frame: Frame, phase: str | None, name: str, place: PlaceLike, remedy: str) -> str:
    key = f"{phase}/{name}" if phase else name
    if "/" in name or "@" in name:
        frame.source.report(place, f"“{name}”里不能有 / 和 @，它们在事项的编号里另有用处；请换个写法")
    frame.claim(key, place, remedy)
    return key


def _known(frame: Frame, phase: str | None, place: PlaceLike) -> str | None:
    frame.phase(phase, (*place, "阶段"))
    return phase if phase in frame.phases else None


def _owners(frame: Frame, owners: tuple[str, ...]) -> tuple[str, ...]:
    return owners or frame.shape.owners or (SECRETARY,)


def _receiver(words: str | None) -> str | None:
    return None if words in (None, UNDECIDED, UNKNOWN) else words


def _locks(frame: Frame, words: str | None, deadline: Deadline, place: PlaceLike) -> date | None:
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
        if grade == UNKNOWN or UNKNOWN in labels or grade in labels or (not labels and frame.shape.start):
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


def second_level(track: str) -> bool:
    return track in (SECOND, "党总支", "二级党委")
