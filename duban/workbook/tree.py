"""Which unit rows hang together as one tree, and which do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from duban.workbook.cells import dropped_zeros, without_zeros
from duban.workbook.rows import UNITS, UnitRow
from workflow.errors import Problem
from workflow.model import UnitKind


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """A unit row that could not be read, as far as its place is known."""

    code: str
    parent: str | None
    line: int


@dataclass(frozen=True, kw_only=True)
class Tree:
    """`units` reach the top; `lost` is {code: line} of all rows that do not, bad ones among them."""

    units: tuple[UnitRow, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    lost: Mapping[str, int | None]


def check_tree(rows: Sequence[UnitRow], bad: Sequence[BadRow]) -> Tree:
    """The tree of the sound `rows`. A bad row holds its place, so that what stands under it is not blamed."""
    first, problems = _without_duplicates(rows)
    forest = _Forest(rows=first, bad={row.code: row for row in bad if row.code not in first})
    if forest.top is None:
        problems.append(Problem(path=UNITS, text=_no_top(forest)))
    reached = forest.below(forest.top) if isinstance(forest.top, UnitRow) else set()
    left_out: list[Problem] = []
    for row in first.values():
        if row.code not in reached:
            text = forest.why_lost(row)
            (problems if text else left_out).append(_problem(row, text or forest.why_left_out(row)))
    units = tuple(row for row in first.values() if row.code in reached)
    lost = {each.code: each.line for each in forest.all.values() if each.code not in reached}
    return Tree(units=units, problems=tuple(problems), left_out=tuple(left_out), warnings=tuple(_doubtful(units)), lost=lost)


def _without_duplicates(rows: Iterable[UnitRow]) -> tuple[dict[str, UnitRow], list[Problem]]:
    first: dict[str, UnitRow] = {}
    problems: list[Problem] = []
    for row in rows:
        other = first.setdefault(row.code, row)
        if other is not row:
            text = f"编号「{row.code}」与第{other.line}行「{other.name}」重复；请改成不重复的编号，或删去一行"
            problems.append(Problem(line=row.line, path=f"{UNITS}!编号", text=text))
    return first, problems


@dataclass(frozen=True, kw_only=True)
class _Forest:
    """Rows by code with the bad ones in their places: perhaps one tree, perhaps several, perhaps circles."""

    rows: Mapping[str, UnitRow]
    bad: Mapping[str, BadRow]

    @cached_property
    def all(self) -> dict[str, UnitRow | BadRow]:
        return {**self.rows, **self.bad}

    @cached_property
    def children(self) -> dict[str, list[str]]:
        children: defaultdict[str, list[str]] = defaultdict(list)
        for row in self.all.values():
            if row.parent is not None:
                children[row.parent].append(row.code)
        return children

    @cached_property
    def codes(self) -> dict[str, list[str]]:
        return without_zeros(self.all)

    @cached_property
    def top(self) -> UnitRow | BadRow | None:
        """The top among rows without parent: the one 学校党委, else the one with most units below it, else the first."""
        tops = [row for row in self.all.values() if row.parent is None]
        schools = [row for row in tops if isinstance(row, UnitRow) and row.kind is UnitKind.SCHOOL]
        return schools[0] if len(schools) == 1 else max(tops, key=lambda row: len(self.below(row)), default=None)

    def below(self, top: UnitRow | BadRow) -> set[str]:
        """Codes of `top` and of every row under it, but not past a bad row."""
        reached, waiting = {top.code}, [top.code]
        while waiting:
            new = [code for code in self.children.get(waiting.pop(), ()) if code in self.rows and code not in reached]
            reached.update(new)
            waiting.extend(new)
        return reached

    def why_lost(self, row: UnitRow) -> str:
        """What is wrong with this very row, or nothing if another row is to blame."""
        if row.parent is None:
            above = f"第{self.top.line}行（{self.top.code}）" if self.top else "另一行"
            return f"「{row.name}」没有上级编号，而{above}已是最上级；只能有一个单位没有上级，请填写上级编号"
        if row.parent not in self.all:
            hint = dropped_zeros(row.parent, self.codes)
            return f"上级编号「{row.parent}」在表中没有{hint}；请补上这个单位，或改正编号"
        ring = self._ring(row)
        if not ring:
            return ""
        way = " → ".join(f"{each.code}（第{each.line}行）" for each in (*ring, ring[0]))
        return f"上级关系绕成了圈：{way}；请改正其中一行的上级编号"

    def why_left_out(self, row: UnitRow) -> str:
        seen: set[str] = set()
        above: UnitRow | BadRow = row
        while isinstance(above, UnitRow) and above.parent in self.all and above.code not in seen:
            seen.add(above.code)
            above = self.all[above.parent]
        return f"「{row.name}」的上级第{above.line}行（{above.code}）有问题，这一行也就没有读入；改好那一行即可"

    def _ring(self, row: UnitRow) -> list[UnitRow | BadRow]:
        """The rows of the circle that `row` is part of, from it upwards; empty if it is part of none."""
        way: list[UnitRow | BadRow] = [row]
        seen = {row.code}
        while (above := self.all.get(way[-1].parent or "")) is not None:
            if above is row:
                return way
            if above.code in seen:
                break
            way.append(above)
            seen.add(above.code)
        return []


def _no_top(forest: _Forest) -> str:
    if not forest.all:
        return "表中没有单位；请至少填写最上级单位和参加活动的单位"
    return "没有最上级单位：每一行都填了上级编号；请把最上级单位（如学校党委）的上级编号留空"


def _doubtful(units: Iterable[UnitRow]) -> Iterator[Problem]:
    kinds = {row.code: row.kind for row in units}
    for row in units:
        if row.kind is UnitKind.BRANCH and kinds.get(row.parent or "") is UnitKind.SCHOOL:
            text = f"「{row.name}」直接隶属学校党委，类型却是党支部；如果是直属党支部，请改类型"
            yield Problem(line=row.line, path=f"{UNITS}!类型", text=text)


def _problem(row: UnitRow, text: str) -> Problem:
    return Problem(line=row.line, path=f"{UNITS}!上级编号", text=text)
