"""What items of a draft are called: short names without the marks that have a use in keys, no two alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from phases.reader.nouns import Demand, Draft, Stage

LONGEST = 40
_HANDED_IN = re.compile("[报交送]|提交|发至|发到")
_MARKS = str.maketrans({"/": "／", "@": "＠", "\n": "", "\t": "", "　": "", " ": ""})


def named_apart(found: Draft) -> Draft:
    """The draft with names that fit into keys; the second of two alike is told apart by a number: 培训（2）."""
    stages = tuple(replace(s, name=fitting(s.name)) for s in found.stages)
    count: Counter[str] = Counter()
    return replace(
        found,
        stages=_apart(stages, Counter()),
        deliverables=_apart_demands(found.deliverables, count),
        recurring=_apart_demands(found.recurring, count),
        tasks=_apart_demands(found.tasks, count),
        scales=tuple(replace(scale, no=no) for no, scale in enumerate(found.scales, 1)),
        aims=tuple(replace(aim, no=no) for no, aim in enumerate(found.aims, 1)),
    )


def fitting(words: str) -> str:
    name = re.sub(r"^[，,、；;：:。]+|[，,、；;：:。]+$", "", words.translate(_MARKS))
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def stage_key(stage: Stage) -> str:
    return f"阶段/{stage.name}"


def demand_key(demand: Demand) -> str:
    return f"{'报送' if is_paper(demand) else '任务'}/{demand.what}"


def is_paper(demand: Demand) -> bool:
    """Does it go to somebody, as papers do? It then stands under 报送. A paper only to be made (制定承诺书) is a task."""
    if not demand.materials or demand.office or (demand.deadline is not None and demand.deadline.every is not None):
        return False
    return bool(demand.to or _HANDED_IN.search(demand.quote.text))


def _apart(items: tuple[Stage, ...], count: Counter[str]) -> tuple[Stage, ...]:
    return tuple(replace(item, name=_numbered(item.name, count)) for item in items)


def _apart_demands(items: Sequence[Demand], count: Counter[str]) -> tuple[Demand, ...]:
    return tuple(replace(item, what=_numbered(fitting(item.what) or "事项", count)) for item in items)


def _numbered(name: str, count: Counter[str]) -> str:
    count[name] += 1
    return name if count[name] == 1 else f"{name}（{count[name]}）"
