"""Why a change of the tree of units is refused: every reason at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from storage.units import UnitRead
from workflow.errors import Reason
from workflow.facts import Actor
from workflow.guards import GROUP_OFFICE, HEADS, REVIEWERS, TOP_OFFICE
from workflow.model import BRANCHES, SECOND_LEVEL, UnitKind

SHOWN = 5
PARTY = (*SECOND_LEVEL, UnitKind.BRANCH)
HOLDS_PARTY = (UnitKind.SCHOOL, UnitKind.COMMITTEE, UnitKind.GENERAL_BRANCH)
KINDS = tuple(kind for kind in UnitKind if kind is not UnitKind.SCHOOL)


def words(unit: UnitRead) -> str:
    """「0307 教工第一党支部」"""
    return f"{unit.code} {unit.name}"


def not_yet(on: date, today: date) -> Iterator[Reason]:
    """What is not yet in force would void duties that are still owed."""
    if on > today:
        yield Reason(
            code="on-future",
            text=f"{on}还没有到，组织调整从生效那天起登记",
            unblock=f"{on}当天或以后再登记",
            until=on.isoformat(),
        )


def not_entitled(actor: Actor | None, unit: UnitRead) -> Iterator[Reason]:
    """A committee decides about its branches, the school about everything else; None is the program itself."""
    if actor is None or actor.holds(TOP_OFFICE) or actor.holds(GROUP_OFFICE) or actor.holds("root", HEADS):
        return
    if unit.kind == UnitKind.BRANCH and actor.holds("superior", REVIEWERS):
        return
    yield Reason(
        code="wrong-actor",
        text=f"{actor.name}不能调整{words(unit)}：支部由上级党组织的书记或组织员登记，其他单位由组织部登记",
        unblock="请上级党组织组织员或组织部办理",
    )


def top(unit: UnitRead) -> Iterator[Reason]:
    if unit.parent_id is None:
        yield Reason(code="is-root", text=f"{words(unit)}是最上级单位，不能这样调整", unblock="写它下面的单位")


def changed_since(unit: UnitRead, then: UnitRead | None, on: date) -> Iterator[Reason]:
    """An event may be recorded late, but not before another that is recorded already."""
    if then is None:
        yield Reason(code="changed-since", text=f"{on}时还没有{words(unit)}", unblock="把日期写为它成立以后")
    elif (then.name, then.path) != (unit.name, unit.path):
        text = f"{words(unit)}在{on}以后又更名或调整过隶属"
        yield Reason(code="changed-since", text=text, unblock="把日期写为最近一次调整的那天或以后")


def too_young(unit: UnitRead, first_day: int, on: date) -> Iterator[Reason]:
    """A unit that ended on its first day would never have been."""
    if first_day >= on.toordinal():
        first = date.fromordinal(first_day)
        text = f"{words(unit)}{first}才成立，不能在{on}结束"
        yield Reason(code="too-young", text=text, unblock="把日期写为它成立的第二天或以后")


def has_units_below(unit: UnitRead, below: Sequence[UnitRead]) -> Iterator[Reason]:
    if below:
        names = "、".join(words(each) for each in below[:SHOWN]) + (f"等{len(below)}个" if len(below) > SHOWN else "")
        yield Reason(
            code="has-units-below",
            text=f"{words(unit)}下面还有单位：{names}",
            unblock="先用 duban units move 把它们调整到别的单位，或把它们撤销、合并",
        )


def new_name(name: str, siblings: Iterable[UnitRead]) -> Iterator[Reason]:
    """Two units of one superior must not be taken for each other."""
    if not name.strip():
        yield Reason(code="name-missing", text="没有写名称", unblock="写上单位的全称")
    for other in siblings:
        if other.name == name:
            yield Reason(code="name-taken", text=f"同一上级下已经有{words(other)}", unblock="换一个能区分开的名称")


def new_codes(codes: Sequence[str], known: Iterable[str]) -> Iterator[Reason]:
    """Codes are never used again, not even those of units that ended."""
    used = set(known)
    for code in dict.fromkeys(codes):
        if not code.strip():
            yield Reason(code="code-missing", text="没有写编号", unblock="给新单位一个没有用过的编号")
        elif code in used:
            yield Reason(code="code-taken", text=f"编号“{code}”已经用过，不能再用", unblock="换一个从没用过的编号")
        elif codes.count(code) > 1:
            yield Reason(code="code-repeated", text=f"编号“{code}”写了不止一次", unblock="每个单位一个编号")


def place(name: str, kind: str, parent: UnitRead) -> Iterator[Reason]:
    """Party organisations stand under the school's committee, a committee or a general branch."""
    if kind in PARTY and parent.kind not in HOLDS_PARTY:
        text = f"{name}是{kind}，不能隶属{words(parent)}（{parent.kind}）"
        yield Reason(code="wrong-place", text=text, unblock="上级要是学校党委、二级党委或党总支")


def known_kind(kind: str) -> Iterator[Reason]:
    if kind not in KINDS:
        yield Reason(code="no-such-kind", text=f"没有单位类型“{kind}”", unblock=f"写{'、'.join(KINDS)}之一")


def different_kinds(unit: UnitRead, into: UnitRead) -> Iterator[Reason]:
    """Branches merge into branches, committees into committees; what took the place of a unit must owe the same."""
    alike = unit.kind == into.kind or any(unit.kind in kinds and into.kind in kinds for kinds in (BRANCHES, SECOND_LEVEL))
    if not alike:
        text = f"{words(unit)}是{unit.kind}，不能并入{words(into)}（{into.kind}）"
        yield Reason(code="different-kinds", text=text, unblock="并入同类的党组织；或者撤销它")
