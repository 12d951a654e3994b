"""The text of a definition as plain values, each with its line; what YAML stumbles over becomes Problems with a Chinese hint.

Values stay the words that were written: nothing becomes a number, a date or a truth value by itself (`3.30`, `010`, `no`).
Broken places are mended or blanked one after the other (phases.traps), so that one slip doesn't hide the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from phases import traps
from phases.layout import Plan, straighten
from phases.values import UNKNOWN, Bare, found
from workflow.errors import Problem

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"
Place: TypeAlias = "tuple[str | int, ...]"
MAX_CHARACTERS = 400_000
MAX_REPAIRS = 40


@dataclass
class Source:
    """What was read: `data` (a mapping, empty if nothing could be read), the lines of its places, and the problems so far.

    A place is a path of keys and indexes from 0: ("任务", 2, "时间"). People count from 1: `任务[3].时间`.
    """

    data: dict[str, Value] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lines: dict[Place, int] = field(default_factory=dict)
    spans: dict[Place, tuple[int, int]] = field(default_factory=dict)
    torn: frozenset[int] = frozenset()

    def report(self, place: Sequence[str | int], text: str) -> None:
        """Add a problem at a place, or at the nearest place above it that stands in the text."""
        real = self._real(place)
        problem = Problem(text=text, line=self.lines.get(real), path=path_of(real, place))
        # One item may become several tasks, each of which finds the same slip.
        if problem not in self.problems:
            self.problems.append(problem)

    def line(self, place: Sequence[str | int]) -> int | None:
        return self.lines.get(self._real(place))

    def is_torn(self, place: Sequence[str | int]) -> bool:
        """Something in this mapping was unreadable, so what seems to be missing may have stood there."""
        first, last = self.spans.get(self._real(place), (0, 0))
        return any(first <= line <= last for line in self.torn)

    def _real(self, place: Sequence[str | int]) -> Place:
        # A single value may stand for a list of one: parts that the text does not have are passed over.
        real: Place = ()
        for part in place:
            if (*real, part) in self.lines:
                real = (*real, part)
        return real


def path_of(place: Sequence[str | int], wanted: Sequence[str | int] = ()) -> str:
    """`任务[3].时间`, counting from 1 as people do. The last key of `wanted` is added if the text lacks it."""
    parts = list(place)
    if wanted and isinstance(wanted[-1], str) and wanted[-1] and (not parts or parts[-1] != wanted[-1]):
        parts.append(wanted[-1])
    words = ""
    for part in parts:
        words += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if words else part
    return words


def read_source(text: str, keys: frozenset[str], plan: Plan) -> Source:
    """Read a definition's text. `keys` are all keys of a definition: they tell a full-width colon from a sentence; `plan` says
    where they stand."""
    if len(text) > MAX_CHARACTERS:
        return Source(problems=[Problem(text=f"文件有{len(text)}字，太长；活动设置一般不超过几百行，请确认选对了文件")])
    lines, problems = traps.mend(text, keys)
    problems += straighten(lines, plan)
    node, torn = _compose(lines, problems)
    source = Source(problems=problems, torn=frozenset(torn))
    if node is None:
        if not problems:
            problems.append(Problem(text="文件是空的；至少写上“活动: 名称”和“发文: 单位”"))
        return source
    value = _Reader(source, keys).value(node, ())
    if isinstance(value, dict):
        source.data = value
    else:
        source.report((), f"文件应由“名称: 内容”组成，现在是{found(value)}；请从“活动: 名称”写起")
    return source


def _compose(lines: list[str], problems: list[Problem]) -> tuple[Node | None, list[int]]:
    """The tree of the text; each broken place is reported, mended if a simple change helps, else blanked."""
    torn: list[int] = []
    reported = {problem.line for problem in problems if problem.line}
    for _ in range(MAX_REPAIRS):
        tree, broken = _try(lines)
        if broken is None:
            return tree, torn
        if not _follows(broken.line, reported, lines):
            problems.append(Problem(text=broken.text, line=broken.line))
        reported.add(broken.line)
        for repair in broken.repairs(lines[broken.line - 1], lines):
            _, then = _try([*lines[: broken.line - 1], repair, *lines[broken.line :]])
            if then is None or then.at > broken.at:
                lines[broken.line - 1] = repair
                break
        else:
            lines[broken.line - 1] = ""
            torn.append(broken.line)
    return None, torn


def _follows(line: int, reported: set[int], lines: list[str]) -> bool:
    """It was reported already, or comes right behind what was: one slip makes YAML stumble over all that hangs on it."""
    while line > 1 and line not in reported and not lines[line - 2].strip():
        line -= 1
    return line in reported or line - 1 in reported


def _try(lines: list[str]) -> tuple[Node | None, traps.Broken | None]:
    try:
        return YAML(typ="safe", pure=True).compose("\n".join(lines)), None
    except YAMLError as error:
        return None, traps.explain(error, lines)
    except RecursionError:
        deepest = max(range(len(lines)), key=lambda at: lines[at].count("[") + lines[at].count("{"))
        return None, traps.Broken(line=deepest + 1, at=deepest + 1, text="括号套得太深；最多套两层，请分行写")


@dataclass
class _Reader:
    """Turns nodes into values, noting lines, duplicates and commas that split a sentence."""

    source: Source
    keys: frozenset[str]
    seen: set[int] = field(default_factory=set)

    def value(self, node: Node, place: Place) -> Value:
        self.source.lines.setdefault(place, node.start_mark.line + 1)
        if node.anchor:
            self.source.report(place, "用了 & 和 * 的引用；请把内容照写一遍，若是文字就加引号")
            if id(node) in self.seen:
                return Bare(UNKNOWN)
        self.seen.add(id(node))
        if isinstance(node, ScalarNode):
            return _scalar(node)
        self.source.spans[place] = (node.start_mark.line + 1, node.end_mark.line + 1)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*place, at)) for at, item in enumerate(node.value)]
        assert isinstance(node, MappingNode)
        return dict(self._pairs(node, place))

    def _pairs(self, node: MappingNode, place: Place) -> Iterator[tuple[str, Value]]:
        for key, item in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                self._add("冒号前面应是一个名称，不能是括号", line, place)
            elif (first := self.source.lines.get((*place, key.value))) is not None:
                self._add(f"“{key.value}”写了两次，第{first}行已有；请删去一处或并成一处", line, (*place, key.value))
            elif hint := self._split(node, key, item):
                self._add(hint, line, place)
            else:
                self.source.lines[(*place, key.value)] = line
                yield key.value, self.value(item, (*place, key.value))

    def _add(self, text: str, line: int, place: Place) -> None:
        self.source.problems.append(Problem(text=text, line=line, path=path_of(place)))

    def _split(self, node: MappingNode, key: ScalarNode, item: Node) -> str | None:
        """A key without a value inside { }: the rest of a sentence that an unquoted comma cut off, or a missing colon."""
        if not (node.flow_style and isinstance(item, ScalarNode) and item.value == "" and item.style is None):
            return None
        if key.value in self.keys:
            return None
        words = key.value.replace("　", " ")
        if (known := words.split(" ")[0]) in self.keys:
            return f"“{known}”后面少了冒号；请写成 {known}: …"
        return f"花括号里的逗号把“{key.value}”隔成了另一项；有逗号的内容请加引号，或改用全角逗号“，”"


def _scalar(node: ScalarNode) -> Value:
    words = str(node.value)
    if node.style is None and words in ("", "~", "null", "Null", "NULL"):
        return None
    if node.start_mark.line != node.end_mark.line and node.style in (None, ">", '"'):
        # A sentence written over two lines: YAML joins them by a blank that Chinese doesn't want.
        words = re.sub(r"(?<=[^\x00-\xff]) (?=[^\x00-\xff])", "", words)
    return Bare(words) if node.style is None else words


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that was probably meant."""
    close = get_close_matches(word, known, n=1, cutoff=0.5)
    return close[0] if close else None
