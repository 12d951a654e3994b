"""组织调整: dated events on the tree of units, each with what happens to every open duty.

Nothing is deleted and no code is used again: spans end, what was believed before stays beside what is believed now, and
沿革 keeps who came from whom. With `preview` everything is worked out and nothing is written. Each raises `NotFound` for an
unknown unit and `Refused` with every reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from duban.service import tree_rules as rules
from duban.service.context import Context
from duban.service.tree_event import Decision, Event, Part, Reorganised, tree_event
from duban.service.tree_rules import words
from storage import lineage, regroup
from storage.units import UnitRead, path_below
from workflow.errors import Reason, Refused

DISSOLVED_WHY = "单位撤销"


def rename(context: Context, code: str, name: str, decision: Decision, *, preview: bool = False) -> Reorganised:
    """更名: another name from a day on; nothing else changes."""
    with tree_event(context, decision, preview) as event:
        unit, name = event.find(code), name.strip()
        event.refuse(event.of(unit), rules.new_name(name, event.siblings(unit)))
        if name == unit.name:
            raise Refused([Reason(code="same-name", text=f"{words(unit)}现在就叫这个名称", unblock="写新的名称")])
        event.keep(event.verdicts.open([unit.id]), "只改名称，事项和时限不变")
        event.note("rename", [unit], {"from": unit.name, "to": name})
        regroup.rename_unit(event.connection, unit.id, name, day=event.day, at=event.now)
        event.lineage(lineage.RENAMED, [(unit.id, unit.id)])
        event.say(f"{words(unit)}更名为{name}")
    return event.answer


def move(context: Context, code: str, under: str, decision: Decision, *, preview: bool = False) -> Reorganised:
    """隶属调整: the unit and everything below it hang under another unit from a day on; duties and lines stay."""
    with tree_event(context, decision, preview) as event:
        unit, parent = event.find(code), event.find(under)
        event.refuse(event.of(unit), event.of(parent, decided=True), _movable(event, unit, parent))
        event.hang(unit, parent)
    return event.answer


def dissolve(context: Context, code: str, decision: Decision, *, preview: bool = False) -> Reorganised:
    """撤销: the unit ends; its open duties are void. The decision needs a reason."""
    with tree_event(context, decision, preview) as event:
        unit = event.find(code)
        event.refuse(event.of(unit), event.ending(unit), rules.has_units_below(unit, event.below(unit)), _reason(decision))
        event.void(event.verdicts.open([unit.id]), DISSOLVED_WHY)
        event.end([unit], "dissolve", lineage.DISSOLVED, [(unit.id, None)])
        event.say(f"撤销{words(unit)}：{decision.reason}")
    return event.answer


def merge(context: Context, codes: Sequence[str], into: str, decision: Decision, *, preview: bool = False) -> Reorganised:
    """合并: units end and `into`, which may be one of them, takes their place and what is below them."""
    with tree_event(context, decision, preview) as event:
        target = event.find(into)
        found = {unit.id: unit for unit in map(event.find, codes)}
        ended = [unit for unit in found.values() if unit.id != target.id]
        if not ended:
            raise Refused([Reason(code="nothing-to-merge", text="没有写要并入的单位", unblock="写上并入后不再单设的单位")])
        refusals = (reason for unit in ended for reason in _mergeable(event, unit, target))
        event.refuse(event.of(target), refusals)
        event.take_over(ended, target)
        event.void(event.verdicts.open([unit.id for unit in ended]), f"并入{target.name}")
        event.end(ended, "merge", lineage.MERGED, [(unit.id, target.id) for unit in ended], default=f"并入{target.name}")
        event.say(f"{'、'.join(map(words, ended))}并入{words(target)}")
        event.count_members(target, [target, *ended])
    return event.answer


def split(context: Context, code: str, into: Sequence[Part], decision: Decision, *, preview: bool = False) -> Reorganised:
    """拆分: new units take the place of one. They come in its phase and owe what it had not handed in; no grade goes over."""
    with tree_event(context, decision, preview) as event:
        unit = event.find(code)
        fresh = [part for part in into if part.code != unit.code]
        kept = next((part for part in into if part.code == unit.code), None)
        event.refuse(event.of(unit), event.ending(unit), _splittable(event, unit, into, fresh, kept))
        why = f"由{unit.name}分设"
        duties = event.verdicts.open([unit.id])
        heirs = event.found(fresh, like=unit)
        passed_on = event.verdicts.pass_on(duties, unit.id, heirs, why)
        steps = [(unit.id, heir) for heir in heirs]
        if kept is None:
            event.void(duties, f"分设为{'、'.join(part.name for part in fresh)}")
            event.end([unit], "split", lineage.SPLIT, steps)
        else:
            event.keep(duties, "保留编号，继续办理")
            event.go_on(unit, kept, steps)
        event.answered += passed_on
        event.note("found", [event.find(part.code) for part in fresh], {"from": unit.code}, why)
        event.say(f"{words(unit)}分设为{'、'.join(f'{part.code} {part.name}' for part in into)}")
        event.say_empty(fresh)
    return event.answer


def add(
    context: Context,
    code: str,
    name: str,
    kind: str,
    under: str,
    decision: Decision,
    *,
    branch_kind: str | None = None,
    members: int | None = None,
    preview: bool = False,
) -> Reorganised:
    """新建: a unit that was not there. It has no grade, is in no cohort, and owes what is still ahead in running campaigns."""
    with tree_event(context, decision, preview) as event:
        parent = event.find(under)
        part = Part(code=code.strip(), name=name.strip(), members=members)
        like = _blank(parent, kind, branch_kind)
        event.refuse(
            event.of(parent, decided=True),
            rules.known_kind(kind),
            rules.place(part.name, kind, parent),
            rules.new_codes([part.code], event.codes),
            rules.new_name(part.name, event.children(parent)),
            rules.not_entitled(event.actor(like), like),
        )
        event.found([part], like=like)
        unit = event.find(part.code)
        event.lineage(lineage.FOUNDED, [(None, unit.id)])
        event.note("found", [unit], {"under": parent.code})
        event.answered += event.verdicts.enrol(unit, "新建单位参加活动")
        event.say(f"新建{words(unit)}，隶属{parent.name}，没有等次")
        event.say_empty([part])
    return event.answer


def _reason(decision: Decision) -> Iterator[Reason]:
    if not (decision.reason or "").strip():
        yield Reason(code="reason-missing", text="撤销单位要写明理由，它会列在目标的分母说明里", unblock="用 --reason 写明理由")


def _movable(event: Event, unit: UnitRead, parent: UnitRead) -> Iterator[Reason]:
    if parent.path.startswith(unit.path):
        text = (
            f"{words(parent)}就在{words(unit)}下面，隶属关系会绕成圈" if parent.id != unit.id else f"{words(unit)}不能隶属自己"
        )
        yield Reason(code="circle", text=text, unblock="写另一个上级")
    elif unit.parent_id == parent.id:
        yield Reason(code="already-there", text=f"{words(unit)}现在就隶属{parent.name}", unblock="写新的上级")
    yield from rules.place(words(unit), unit.kind, parent)
    yield from rules.new_name(unit.name, event.children(parent) if unit.parent_id != parent.id else ())
    moved = replace(unit, path=path_below(parent.path, unit.id))
    yield from rules.not_entitled(event.actor(moved), moved)


def _mergeable(event: Event, unit: UnitRead, target: UnitRead) -> Iterator[Reason]:
    yield from event.of(unit)
    yield from event.ending(unit)
    yield from rules.different_kinds(unit, target)
    if target.path.startswith(unit.path):
        yield Reason(code="circle", text=f"{words(target)}就在{words(unit)}下面，不能并入它", unblock="先把它调整出来")
    for child in event.children(unit):
        yield from rules.place(words(child), child.kind, target)


def _splittable(
    event: Event, unit: UnitRead, into: Sequence[Part], fresh: Sequence[Part], kept: Part | None
) -> Iterator[Reason]:
    if len(into) < 2:
        yield Reason(code="too-few-parts", text="拆分至少要写两个单位", unblock="写上拆成的每个单位：编号、名称")
    yield from rules.new_codes([part.code for part in fresh], event.codes)
    if kept is None:
        yield from rules.has_units_below(unit, event.below(unit))
    for part in fresh:
        yield from rules.new_name(part.name, (*event.siblings(unit), unit))
    names = [part.name for part in into]
    if len(set(names)) < len(names):
        yield Reason(code="name-taken", text="拆成的单位有同名的", unblock="换成能区分开的名称")


def _blank(parent: UnitRead, kind: str, branch_kind: str | None) -> UnitRead:
    """A unit that is to be: where it stands and what it is."""
    return UnitRead(
        id=0,
        code="",
        name="",
        kind=kind,
        branch_kind=branch_kind,
        members=None,
        grade=None,
        parent_id=parent.id,
        path=path_below(parent.path, 0),
        depth=parent.depth + 1,
    )


__all__ = ["Decision", "Part", "Reorganised", "add", "dissolve", "merge", "move", "rename", "split"]
