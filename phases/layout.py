"""Does the layout follow the shape of a definition: headings at the margin, items under their dash, a colon behind each key.

YAML notices such slips late and in strange places. Here the shape is known, so that each is named on its own line and put
right in the copy that is then parsed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.errors import Problem


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What stands where: `top` keys at the margin; for each list (阶段, 任务 ...) the keys of its items, in order."""

    top: frozenset[str]
    lists: Mapping[str, tuple[str, ...]]

    @property
    def keys(self) -> frozenset[str]:
        return self.top.union(*self.lists.values())

    @property
    def only_top(self) -> frozenset[str]:
        return self.top.difference(*self.lists.values())


@dataclass
class _Line:
    """A line taken apart: blanks, dash, key, colon, value with comment. `key` is empty for `- {` and for other items."""

    at: int
    indent: int
    dash: str
    key: str
    colon: bool
    value: str
    comment: str

    @property
    def text(self) -> str:
        return f"{' ' * self.indent}{self.dash}{self.key}:{' ' if self.value else ''}{self.value}{self.comment}"


@dataclass
class _Walk:
    """Where the walk down the lines is: in which list, at which item, inside what that is to be left alone."""

    section: str = ""
    dash: int = 0
    column: int = 0
    seen: set[str] = field(default_factory=set)
    open_at: int | None = None


def straighten(lines: list[str], plan: Plan) -> list[Problem]:
    """Put right what is out of place, line by line, in `lines` itself; a problem for each change."""
    layout = _Layout(lines, plan)
    layout.run()
    return layout.problems


class _Layout:
    def __init__(self, lines: list[str], plan: Plan) -> None:
        self.lines, self.plan, self.walk = lines, plan, _Walk()
        self.problems: list[Problem] = []
        known = "|".join(sorted(map(re.escape, plan.keys), key=len, reverse=True))
        self._form = re.compile(rf"^( *)(-\s+)?({known})(?:(\s*:)(?:\s+(.*))?|[ 　]+([^\s#].*)|)$")

    def run(self) -> None:
        parts = self._parts()
        for no, line in enumerate(parts):
            if self._is_heading(line):
                self._heading(line, parts[no + 1 :])
            elif not self.walk.section and line.indent:
                self.problems.append(Problem(text="这一行不在任何一项里；请从顶格的“活动: 名称”写起", line=line.at + 1))
                self.lines[line.at] = ""
            elif self.walk.section in self.plan.lists:
                self._inside(line, parts[no + 1] if no + 1 < len(parts) else None)

    def _parts(self) -> list[_Line]:
        """The lines that begin with a key; those inside a block of text or an open bracket are passed over."""
        parts: list[_Line] = []
        block, depth = None, 0
        for at, text in enumerate(self.lines):
            indent = len(text) - len(text.lstrip())
            if block is not None and (not text.strip() or indent > block):
                continue
            block = indent if re.search(r"(?:^|[:-])\s*[|>][-+\d]*\s*(#.*)?$", text) else None
            line = self._part(at, text)
            if line and (depth == 0 or line.colon):
                parts.append(line)
                depth = 0  # a key in its place ends a bracket that somebody forgot to close
            depth = max(0, depth + _opened(text))
        return parts

    def _part(self, at: int, text: str) -> _Line | None:
        code, comment = _without_comment(text)
        if m := self._form.match(code):
            value = (m[5] or m[6] or "").strip()
            return _Line(at, len(m[1]), "- " if m[2] else "", m[3], m[4] is not None, value, comment)
        return None

    def _is_heading(self, line: _Line) -> bool:
        if line.dash or line.key not in self.plan.top:
            return False
        if line.key in self.plan.only_top:
            nested = self.walk.open_at is not None and line.indent > self.walk.open_at
            return not nested or not line.value
        # 阶段 and 锁定 stand in items as well: only at the margin, or without a value, are they headings.
        in_item = self.walk.section in self.plan.lists and line.key in self.plan.lists[self.walk.section]
        return (line.indent == 0 and not (in_item and line.key in self.plan.lists and line.value)) or (
            line.key in self.plan.lists and not line.value and line.colon
        )

    def _heading(self, line: _Line, below: list[_Line]) -> None:
        self._mend(line, 0, "", f"“{line.key}”要顶格写，前面不留空格")
        is_list = line.key in self.plan.lists
        dash = self._dash_of(line.key, below) if is_list else 0
        self.walk = _Walk(section=line.key, dash=dash, column=dash + 2, open_at=None if line.value or is_list else 0)

    def _dash_of(self, section: str, below: list[_Line]) -> int:
        """Where the dashes of a list stand: most of its lines decide."""
        heading = next((no for no, other in enumerate(below) if not other.dash and other.key in self.plan.only_top), None)
        inside = [other for other in below[:heading] if other.key in self.plan.lists[section]]
        votes = Counter(other.indent if other.dash else other.indent - 2 for other in inside)
        return max(0, votes.most_common(1)[0][0]) if votes else 2

    def _inside(self, line: _Line, following: _Line | None) -> None:
        """A line of a list: an item begins at the dash, its other keys stand under the first one."""
        walk, keys = self.walk, self.plan.lists[self.walk.section]
        if walk.open_at is not None and line.indent > walk.open_at and not line.dash:
            return  # nested: 数量 and 频次 with several names
        if line.key not in keys:
            return
        if not line.colon and line.dash and not (following and not following.dash and following.indent == line.indent + 2):
            return  # an item of a plain list that happens to begin with such a word
        missing_dash = not line.dash and line.key == keys[0] and line.key in walk.seen
        if line.dash or missing_dash:
            hint = f"又一项“{line.key}”前面要加“- ”" if missing_dash else "这一项没有与同级的“- ”左对齐"
            self._mend(line, walk.dash, "- ", hint)
            walk.seen, walk.column = {line.key}, walk.dash + 2
        else:
            self._mend(line, walk.column, "", f"“{line.key}”没有与同一项的其他名称左对齐")
            walk.seen.add(line.key)
        walk.open_at = None if line.value else walk.column

    def _mend(self, line: _Line, indent: int, dash: str, hint: str) -> None:
        if not line.colon:
            hint = f"“{line.key}”后面少了冒号；请写成“{line.key}: 内容”"
        elif line.indent == indent and line.dash == dash:
            return
        self.problems.append(Problem(text=hint, line=line.at + 1))
        line.indent, line.dash = indent, dash
        self.lines[line.at] = line.text


def _opened(text: str) -> int:
    """How many more brackets a line opens than it closes, quotes and comments left out."""
    code = re.sub(r"\"[^\"]*\"|'[^']*'", "", _without_comment(text)[0])
    return sum(code.count(mark) for mark in "[{") - sum(code.count(mark) for mark in "]}")


def _without_comment(text: str) -> tuple[str, str]:
    m = re.search(r"(?:^|\s+)#.*$", text)
    return (text[: m.start()], text[m.start() :]) if m else (text.rstrip(), "")
