"""What is still open in a definition (待定): written questions, and those that follow from missing or vague times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phases.frame import Frame
from phases.values import UNDECIDED
from workflow.deadline import BLOCKING, FLAGS
from workflow.model import ONE_PHASE, Deadline, Question, Target, Task

NUMERALS = "一二三四五六七八九十"


def questions_of(frame: Frame, tasks: Sequence[Task], targets: Sequence[Target]) -> tuple[Question, ...]:
    """Written questions first, then what nobody asked yet."""
    written = tuple(
        Question(text=q.ask, words=q.quote or "", proposal=q.proposal or "", line=frame.source.line(("待定", at)))
        for at, q in enumerate(frame.shape.questions)
    )
    asked = "\n".join(f"{q.text}\n{q.words}" for q in written)
    return (*written, *_unasked(frame, tasks, targets, asked))


def _unasked(frame: Frame, tasks: Sequence[Task], targets: Sequence[Target], asked: str) -> Iterator[Question]:
    if frame.times.anchor is None and "印发" not in asked:
        yield Question(text="印发日期是哪天？没有它，不带年份的时间都定不下来", line=frame.source.line(("印发",)))
    for at, phase in enumerate(frame.shape.phases):
        known = frame.phases[phase.name].end or _mentions(asked, phase.name, f"第{NUMERALS[at : at + 1]}阶段")
        if not known:
            yield Question(text=f"阶段“{phase.name}”什么时候办完？", line=frame.source.line(("阶段", at)))
    yield from _vague(frame, tasks, targets, asked)
    if bare := [t.name for t in tasks if _is_timeless(t) and t.name not in asked]:
        yield Question(text=f"{len(bare)}件事项没有时间，补上以前不提醒：{'、'.join(bare)}")


def _is_timeless(task: Task) -> bool:
    """No time of its own and no phase to lend it one."""
    return task.deadline.words in ("", UNDECIDED) and not task.recurring and task.phase in (None, ONE_PHASE)


def _vague(frame: Frame, tasks: Sequence[Task], targets: Sequence[Target], asked: str) -> Iterator[Question]:
    """Each event whose day is unknown, each time too vague or doubtful to count with; once."""
    told: set[str] = set()
    things: tuple[Task | Target, ...] = (*tasks, *targets)
    for thing in things:
        name, line = thing.name if isinstance(thing, Task) else "目标", thing.deadline
        words = line.words
        if line.end or line.every or words in ("", UNDECIDED, *told) or _mentions(asked, words, line.event):
            continue
        if "no-year" in line.flags:
            continue  # the day of issue is asked for
        told.add(words)
        yield Question(text=_what_of(name, line), words=words, proposal=frame.times.proposal(words))


def _what_of(name: str, line: Deadline) -> str:
    if line.event:
        return f"“{name}”要看{line.event}在哪天；定了写进“日期”：{line.event}: 年-月-日"
    why = next((FLAGS[flag] for flag in line.flags if flag in BLOCKING), "定不出最后一天，请补充")
    return f"“{name}”写的是“{line.words}”：{why}"


def _mentions(asked: str, *words: str | None) -> bool:
    return any(w and w in asked for w in words)
