"""Which numbered lists of a notice are its stages: items under 方法步骤, or called 阶段; not measures, not demands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from phases.reader.markers import marker_at
from phases.reader.names import is_office
from phases.reader.nouns import Outline, Stage
from phases.reader.plain import plain
from phases.reader.stage_items import Item, Items
from phases.reader.stage_words import (
    LONGEST_UNDATED,
    announces_dates,
    announces_steps,
    introduces,
    is_act,
    is_demand,
    may_be_name,
)
from phases.reader.times import Calendar
from workflow.model import Deadline

_INLINE_LEVEL = 6
_FEW, _SEVERAL, _MANY = 2, 3, 9
_LOOK_BACK = 2


@dataclass
class Lists:
    """The numbered stages of one outline. `taken` are the sections that are stages or stand in one."""

    outline: Outline
    calendar: Calendar
    taken: set[int] = field(default_factory=set)

    def stages(self) -> list[Stage]:
        """Those of every list that has a time or is called 阶段; lists with neither only if there is no other."""
        items = Items(self.outline, self.calendar)
        lists: list[list[Item]] = []
        for parent, group in self._groups():
            if parent in self.taken:
                self.taken.update(group)
                continue
            chosen = self._chosen(parent, [items.item(index) for index in group])
            self.taken.update(item.index for item in chosen)
            lists.append(chosen)
        sure = [item for chosen in lists for item in chosen if any(i.dated or i.is_named for i in chosen)]
        return [stage for item in sure or [i for chosen in lists for i in chosen] for stage in item.stages]

    def _groups(self) -> Iterator[tuple[int | None, list[int]]]:
        """Parts of one list: the same parent and the same form of number, counted without a restart; parents first."""
        groups: dict[tuple[int | None, str, int], list[int]] = {}
        runs: dict[tuple[int | None, str], int] = {}
        numbers: dict[tuple[int | None, str], int] = {}
        for index, section in enumerate(self.outline.sections):
            marker = marker_at(plain(section.marker) + " ") if section.marker else None
            key = (section.parent, marker.form if marker else "")
            number = marker.number if marker else 0
            if marker and number <= numbers.get(key, 0):
                runs[key] = runs.get(key, 0) + 1
            numbers[key] = number
            groups.setdefault((*key, runs.get(key, 0)), []).append(index)
        for (parent, _, _), group in groups.items():
            yield parent, group

    def _chosen(self, parent: int | None, items: list[Item]) -> list[Item]:
        """Those of a list that are stages; none if the list is one of measures or demands."""
        if any(announces_steps(plain(item.name)) for item in items):
            return []
        every = items
        heading = plain(self.outline.sections[parent].heading) if parent is not None else ""
        # Under 进度安排 a span before a sentence (3月9日-25日各支部上报材料) makes a stage of what would else be a demand.
        scheduled = announces_steps(heading) and sum(_begins_with_span(item) for item in items) * 2 > len(items) > _FEW
        items = [item for item in items if (scheduled and _begins_with_span(item)) or _may_be_stage(item)]
        named = [item for item in items if item.is_named]
        steps = announces_steps(heading) or self._is_introduced(parent, items)
        if named and (len(named) >= _FEW or any(item.dated for item in named) or steps):
            return _among_named(items, named)
        if steps:
            return _steps(items, is_heading=announces_steps(heading))
        return _arranged(items) if announces_dates(heading) else _years(items) or _spans(every)

    def _is_introduced(self, parent: int | None, items: list[Item]) -> bool:
        """Does the sentence before the first item say that stages follow?"""
        if not items:
            return False
        first = items[0].section
        place = (first.passages.start, first.first - len(first.marker))
        end = bisect_left(self.outline.sentences, place, key=lambda s: (s.passage, s.at))
        before = [s for s in self.outline.sentences[max(0, end - _LOOK_BACK) : end] if s.section == parent]
        return any(introduces(plain(s.text)) for s in before)


def _among_named(items: list[Item], named: list[Item]) -> list[Item]:
    """Beside stages by name: a span that covers them all is the frame of the whole, another span is a stage, the rest is none."""
    spans = [s.deadline for item in named for s in item.stages if s.deadline and s.deadline.start and s.deadline.end]
    chosen = []
    for item in items:
        if item.is_named:
            chosen.append(item)
        elif item.by in ("head", "lead", "label") and item.lasts:
            covers = bool(spans) and all(_covers(s.deadline, span) for s in item.stages for span in spans)
            chosen.append(replace(item, stages=tuple(replace(s, overall=covers) for s in item.stages)))
    return chosen


def _steps(items: list[Item], *, is_heading: bool) -> list[Item]:
    """The items under 方法步骤, undated ones too."""
    dated = [item for item in items if item.dated]
    if any(item.section.level == _INLINE_LEVEL for item in items) and len(dated) * 2 < len(items):
        return []
    short = all(len(item.name) <= LONGEST_UNDATED for item in items)
    if not dated and not (is_heading and short and _FEW <= len(items) <= _MANY):
        return []
    return [item for item in items if item.dated or len(item.name) <= LONGEST_UNDATED]


def _arranged(items: list[Item]) -> list[Item]:
    """Under 时间安排 only what lasts is a stage; single days between spans count with them."""
    items = [item for item in items if not is_act(plain(item.name))]
    heads = [item for item in items if item.by in ("head", "lead", "label")]
    lasting = [item for item in heads if item.lasts]
    if len(lasting) < _FEW and not (lasting and len(heads) == len(items) >= _FEW):
        return []
    return heads if len(heads) == len(items) else lasting


def _years(items: list[Item]) -> list[Item]:
    """启动年（2014年）, 推进年（2015年）: whole years one after another are stages wherever they stand."""
    spans = [s.deadline for item in items if item.by == "head" for s in item.stages if s.deadline]
    starts = [d.start for d in spans if d.start and d.end and (d.start.month, d.start.day, d.end.month) == (1, 1, 12)]
    in_turn = all(later.year == earlier.year + 1 for earlier, later in pairwise(starts))
    return items if len(items) == len(starts) >= _FEW and in_turn else []


def _spans(items: list[Item]) -> list[Item]:
    """1.5月10日-5月19日，… 2.5月20日-5月26日，…: items that each begin with a span, one after another, are stages wherever they stand."""
    leading = [item for item in items if _begins_with_span(item)]
    starts = [s.deadline.start for item in leading for s in item.stages if s.deadline and s.deadline.start]
    in_turn = len(starts) == len(leading) and all(earlier <= later for earlier, later in pairwise(starts))
    # 10月1日—3日：保卫处 is a roster.
    is_roster = any(is_office(plain(item.name)) for item in items)
    return leading if len(leading) >= _SEVERAL and len(leading) == len(items) and in_turn and not is_roster else []


def _may_be_stage(item: Item) -> bool:
    return may_be_name(item.name) and (item.is_named or not is_demand(plain(item.name)))


def _begins_with_span(item: Item) -> bool:
    return item.by == "head" and item.lasts and _is_date_first(item)


def _is_date_first(item: Item) -> bool:
    deadline = item.stages[0].deadline
    words = item.stages[0].quote.said.removeprefix(item.section.marker).lstrip(" 、.．")
    return deadline is not None and words.startswith(deadline.words[:4])


def _covers(deadline: Deadline | None, other: Deadline) -> bool:
    if deadline is None or deadline.start is None or deadline.end is None or other.start is None or other.end is None:
        return False
    return deadline.start <= other.start and other.end <= deadline.end
